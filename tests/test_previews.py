"""What others show of a result: previews of its address, its files, and the badge."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from assessments import previews
from assessments.exports.documents import DOCUMENTS, Document
from assessments.shared_pages import shared_files, shared_pages
from tests.web import FOUNDERS, Draft, draft, says, soup, text_of, with_answers

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    shared_pages.clear()
    shared_files.clear()


@pytest.fixture
def finished() -> Draft:
    call_command("load_examples", verbosity=0)
    return draft(FILE, finished=True)


def add(monkeypatch: pytest.MonkeyPatch, extension: str) -> None:
    one = Document(
        f"A .{extension}",
        f"Good for {extension}.",
        "text/plain",
        lambda item: b"x",
        lambda item: "x",
    )
    monkeypatch.setitem(DOCUMENTS, extension, one)


@pytest.fixture
def picture(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, "png")


@pytest.fixture
def badge(monkeypatch: pytest.MonkeyPatch) -> None:
    """A badge whose Markdown says what it was made of."""
    add(monkeypatch, "svg")

    def markdown_snippet(image_url: str, page_url: str, item: Any) -> str:
        return f"[![{item.decided}]({image_url})]({page_url})"

    plain = SimpleNamespace(markdown_snippet=markdown_snippet)
    monkeypatch.setitem(sys.modules, "assessments.exports.badge", plain)


def tags(page: Any) -> dict[str, str]:
    """The meta tags by property or name."""
    found = soup(page).select("meta[property], meta[name^='twitter:']")
    names = [str(tag.get("property") or tag.get("name")) for tag in found]
    assert len(names) == len(set(names))
    return dict(zip(names, (str(tag["content"]) for tag in found), strict=True))


@pytest.mark.parametrize("place", ["shared", "example"])
def test_a_preview_names_the_verdict_the_page_and_its_picture(
    client: Client, finished: Draft, picture: None, place: str
) -> None:
    beside = f"/r/{finished.share()[1]}" if place == "shared" else "/examples/ledgerly"
    page = client.get(f"{beside}/", headers={"Host": "localhost"})
    told = tags(page)
    project = "Marina" if place == "shared" else "Ledgerly"
    assert told["og:title"] == f"{project}: start with FastAPI"
    assert told["og:description"] in says(page)
    assert told["og:image:alt"].startswith("Start with FastAPI. ")
    assert {
        name: told[name]
        for name in sorted(told)
        if name not in {"og:title", "og:description", "og:image:alt"}
    } == {
        "og:image": f"http://localhost{beside}.png",
        "og:image:height": "630",
        "og:image:type": "image/png",
        "og:image:width": "1200",
        "og:site_name": "StackPick",
        "og:type": "article",
        "og:url": f"http://localhost{beside}/",
        "twitter:card": "summary_large_image",
    }
    assert client.get(f"{beside}.png", headers={"Host": "localhost"}).status_code == 200


def test_the_scheme_is_the_readers(client: Client, finished: Draft, picture: None) -> None:
    address = f"/r/{finished.share()[1]}"
    plain, secure = client.get(f"{address}/"), client.get(f"{address}/", secure=True)
    assert tags(plain)["og:image"] == f"http://testserver{address}.png"
    assert tags(secure)["og:image"] == f"https://testserver{address}.png"


def test_without_a_picture_a_preview_has_words_alone(
    client: Client, finished: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {key: one for key, one in DOCUMENTS.items() if key != "png"}
    monkeypatch.setattr(previews, "DOCUMENTS", others)
    told = tags(client.get(f"/r/{finished.share()[1]}/"))
    assert not [name for name in told if name.startswith("og:image")]
    assert told["twitter:card"] == "summary"


def test_ones_own_page_has_no_preview_and_no_page_says_it_is_another(
    client: Client, finished: Draft, picture: None
) -> None:
    assert tags(client.get(finished.url("result"))) == {}
    page = soup(client.get(f"/r/{finished.share()[1]}/"))
    assert not page.select("link[rel=canonical], link[hreflang]")


def test_a_name_is_never_markup_in_a_preview(client: Client, picture: None) -> None:
    nasty = '"><script>alert(1)</script>'
    file = with_answers(FILE) | {"project": {"name": nasty, "summary": ""}}
    page = client.get(f"/r/{draft(file, finished=True).share()[1]}/")
    assert tags(page)["og:title"] == f"{nasty}: start with FastAPI"
    assert not soup(page).select("script:not([src])")


# ---- Take it with you ----


@pytest.mark.parametrize("place", ["shared", "own", "example"])
def test_every_format_is_offered_with_what_it_is_good_for(
    client: Client, finished: Draft, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    add(monkeypatch, "pdf")
    beside = {"shared": f"/r/{finished.share()[1]}", "own": f"/a/{finished.token}"}
    page = client.get(f"{beside.get(place, '/examples/ledgerly')}/")
    offered = soup(page).select("#documents .file-list li")
    assert len(offered) == len(DOCUMENTS)
    for row, (extension, document) in zip(offered, DOCUMENTS.items(), strict=True):
        link = row.a
        assert link
        assert text_of(row) == f"{document.label} .{extension} {document.use}"
        assert link.has_attr("download")
        assert client.get(str(link["href"])).status_code == 200
    assert "no-print" in soup(page).select_one("#documents")["class"]  # type: ignore[index]


@pytest.mark.parametrize("place", ["shared", "example"])
def test_the_badge_is_shown_with_its_markdown(
    client: Client, finished: Draft, badge: None, place: str
) -> None:
    beside = f"/r/{finished.share()[1]}" if place == "shared" else "/examples/ledgerly"
    page = soup(client.get(f"{beside}/"))
    picture, snippet = page.select_one("#documents img"), page.find(id="badge-snippet")
    assert picture
    assert snippet
    assert picture["src"] == f"{beside}.svg"
    assert picture["alt"] == "Badge: start with FastAPI"
    site = "http://testserver"
    assert str(snippet["value"]).startswith("[![")
    assert str(snippet["value"]).endswith(f"]({site}{beside}.svg)]({site}{beside}/)")
    assert "FastAPI" in str(snippet["value"])
    assert page.select_one("[data-copy=badge-snippet]")


def test_ones_own_page_has_no_markdown_that_would_give_the_key_away(
    client: Client, finished: Draft, badge: None
) -> None:
    page = soup(client.get(finished.url("result")))
    assert not page.select("#badge-snippet, #documents img")
    said = text_of(page.select_one("#documents"))
    assert "Files from here name no address" in said
    assert "stands on the page of a share link" in said
