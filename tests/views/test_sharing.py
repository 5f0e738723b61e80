"""Share links: made, opened by anybody who has one, revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import Http404
from django.test import Client
from django.utils import timezone

from assessments import access
from assessments.models import Assessment, ShareLink
from assessments.tokens import new_token
from assessments.views import documents, results
from tests.web import (
    FOUNDERS,
    Draft,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
)

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def finished() -> Draft:
    return draft(FILE, finished=True)


def share(client: Client, finished: Draft, label: str = "") -> BeautifulSoup:
    """The page after a link was made with the form of the result."""
    form = form_of(client.get(finished.url("result")), "Make a link")
    data = controls(form) | {"label": label}
    return soup(client.post(str(form["action"]), data, follow=True))


def link_on(page: BeautifulSoup) -> str:
    field = page.select_one(".link-box input")
    assert field
    return str(field["value"])


def test_a_link_opens_the_result_for_somebody_without_cookies(
    client: Client, finished: Draft
) -> None:
    url = link_on(share(client, finished, "For the board"))
    assert url.startswith("http://testserver/r/")
    page = Client().get(url)
    assert page.status_code == 200
    assert heading(page) == heading(client.get(finished.url("result")))
    assert not page.cookies


def test_who_reads_can_neither_change_nor_share_nor_learn_the_edit_link(finished: Draft) -> None:
    _, token = finished.share("A label for me alone")
    page = Client().get(f"/r/{token}/")
    assert not soup(page).select("form, #share, .share-list")
    assert {tag["data-copy"] for tag in soup(page).select("[data-copy]")} <= {"badge-snippet"}
    assert finished.token not in page.content.decode()
    assert "A label for me alone" not in says(page)


def test_a_link_is_shown_once_and_never_again(client: Client, finished: Draft) -> None:
    url = link_on(share(client, finished))
    token = url.rstrip("/").rpartition("/")[2]
    assert token not in client.get(finished.url("result")).content.decode()
    assert token not in str(ShareLink.objects.values())


def test_links_are_listed_with_what_they_are_for(client: Client, finished: Draft) -> None:
    share(client, finished, "For the board")
    page = share(client, finished, "<b>For Ayşe 🦀</b>")
    assert [text_of(th) for th in page.select(".share-name strong")] == [
        "<b>For Ayşe 🦀</b>",
        "For the board",
    ]


def test_two_links_made_at_once_can_both_be_copied(client: Client, finished: Draft) -> None:
    """From two tabs, say; each must be found by its own id."""
    forms = [form_of(client.get(finished.url("result")), "Make a link") for _ in range(2)]
    for form in forms:
        client.post(str(form["action"]), controls(form))
    page = soup(client.get(finished.url("result")))
    fields = page.select(".link-box input")
    assert len({field["value"] for field in fields}) == 2
    copied = [page.find(id=button["data-copy"]) for button in page.select("[data-copy]")]
    assert copied == fields


def test_a_link_to_share_is_not_shown_on_somebody_elses_result(
    client: Client, finished: Draft
) -> None:
    client.post(finished.url("share"))
    other = draft(FILE, finished=True)
    assert not soup(client.get(other.url("result"))).select(".link-box")


@pytest.mark.parametrize(
    ("label", "message"),
    [("x" * 81, "80 characters"), ("be\0fore", "Null characters are not allowed.")],
)
def test_a_label_that_cannot_be_kept_makes_no_link_and_is_said(
    client: Client, finished: Draft, label: str, message: str
) -> None:
    page = share(client, finished, label)
    assert message in text_of(page.select_one("#share .field-error"))
    assert not ShareLink.objects.exists()


def test_a_label_that_is_too_long_comes_back_whole(client: Client, finished: Draft) -> None:
    page = share(client, finished, "x" * 81)
    field = page.select_one("input[name=label]")
    assert field
    assert field.get("value") == "x" * 81


def test_a_label_that_is_refused_is_tied_to_its_field(client: Client, finished: Draft) -> None:
    page = share(client, finished, "x" * 81)
    field = page.select_one("input[name=label]")
    error = page.select_one("#share .field-error")
    assert field
    assert error
    assert field.get("aria-invalid") == "true"
    assert error.get("id") in str(field["aria-describedby"]).split()


def test_an_unfinished_assessment_cannot_be_shared(client: Client) -> None:
    started = draft(FILE)
    assert client.post(started.url("share"))["Location"] == started.url("check")
    assert not ShareLink.objects.exists()


def test_revoking_closes_a_link_and_leaves_the_others(client: Client, finished: Draft) -> None:
    kept, closed = link_on(share(client, finished, "Kept")), link_on(share(client, finished, "Out"))
    page = client.get(finished.url("result"))
    form = form_of(page, "Revoke Out")
    after = client.post(str(form["action"]), controls(form), follow=True)
    assert "Out" in text_of(soup(after).select_one(".share-list"))
    assert Client().get(closed).status_code == 404
    assert Client().get(kept).status_code == 200
    assert [text_of(b) for b in soup(after).select(".share-list button")] == [
        "Replace Kept",
        "Revoke Kept",
    ]


def test_revoking_twice_keeps_the_first_time(client: Client, finished: Draft) -> None:
    link, _ = finished.share()
    for _ in range(2):
        assert client.post(finished.url("revoke", link.pk)).status_code == 302
    first = ShareLink.objects.get().revoked_at
    client.post(finished.url("revoke", link.pk))
    assert ShareLink.objects.get().revoked_at == first


def test_nobody_revokes_the_links_of_another_assessment(client: Client, finished: Draft) -> None:
    link, token = finished.share()
    other = draft(FILE, finished=True)
    assert client.post(other.url("revoke", link.pk)).status_code == 404
    assert client.post(f"/a/{token}/share/{link.pk}/revoke/").status_code == 404
    assert Client().get(f"/r/{token}/").status_code == 200


@pytest.mark.parametrize("number", ["0", "999", "9" * 18, "9" * 30, "9" * 5000])
def test_a_link_number_that_does_not_exist_is_not_found(
    client: Client, finished: Draft, number: str
) -> None:
    assert client.post(f"/a/{finished.token}/share/{number}/revoke/").status_code == 404


def test_the_shared_result_stays_as_it_was_finished(client: Client, finished: Draft) -> None:
    _, token = finished.share()
    before = client.get(f"/r/{token}/").content
    finished.save("project", project={"name": "Renamed"}, stage="relied_on")
    assert client.get(f"/r/{token}/").content == before


# ---- How long, how much, how often ----


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock of the application."""
    real, ahead = timezone.now, [timedelta(0)]
    monkeypatch.setattr(timezone, "now", lambda: real() + ahead[0])

    def move(by: timedelta) -> None:
        ahead[0] += by

    return move


def chosen(client: Client, finished: Draft, **fields: str) -> str:
    """The token of a link made with these fields."""
    form = form_of(client.get(finished.url("result")), "Make a link")
    page = client.post(str(form["action"]), controls(form) | fields, follow=True)
    return link_on(soup(page)).rstrip("/").rpartition("/")[2]


def facts(client: Client, finished: Draft) -> list[dict[str, str]]:
    """What the list says of each link, the newest first."""
    rows = soup(client.get(finished.url("result"))).select(".share-list li")
    return [
        {text_of(dt): text_of(dt.find_next("dd")) for dt in row.select("dt")}
        | {"state": text_of(row.select_one(".link-state"))}
        for row in rows
    ]


def test_a_link_lasts_and_shows_everything_if_nothing_else_is_chosen(
    client: Client, finished: Draft
) -> None:
    form = form_of(client.get(finished.url("result")), "Make a link")
    assert {key: controls(form)[key] for key in ("days", "shows")} == {"days": "", "shows": "whole"}
    client.post(str(form["action"]), {"label": "By hand"})
    link = ShareLink.objects.get()
    assert (link.expires_at, link.shows) == (None, "whole")
    (told,) = facts(client, finished)
    assert (told["Expires"], told["Shows"]) == ("Never", "The whole report")
    assert (told["Views"], told["state"]) == ("None yet", "Open")


@pytest.mark.parametrize("days", [7, 30, 90])
def test_a_link_closes_at_its_end_and_not_before(
    client: Client, finished: Draft, moved: Callable[[timedelta], None], days: int
) -> None:
    token = chosen(client, finished, days=str(days))
    addresses = [f"/r/{token}/", f"/r/{token}.md"]
    tags = [client.get(address)["ETag"] for address in addresses]  # both are kept from here on
    moved(timedelta(days=days) - timedelta(minutes=5))
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    moved(timedelta(minutes=5))
    for address, tag in zip(addresses, tags, strict=True):
        for headers in ({}, {"If-None-Match": tag}):
            assert client.get(address, headers=headers).status_code == 404
    with pytest.raises(Http404):
        access.shown(token)
    (told,) = facts(client, finished)
    assert told["state"] == "Expired"
    assert "Expired" in told
    assert not soup(client.get(finished.url("result"))).select(".share-list button")


def test_expired_revoked_replaced_and_unknown_cannot_be_told_apart(
    client: Client, finished: Draft, moved: Callable[[timedelta], None]
) -> None:
    expired = chosen(client, finished, days="7")
    link, revoked = finished.share()
    link.revoke()
    old, replaced = finished.share()
    assert old.replace()
    moved(timedelta(days=8))
    tokens = (expired, revoked, replaced, new_token())
    for rest in ("/", ".md", ".pdf", ".svg", ".exe"):
        answers = [answers_to(client, f"/r/{token}{rest}", "get") for token in tokens]
        assert answers[0][0] == 404
        assert all(answer == answers[0] for answer in answers), rest


def test_a_link_that_shows_less_says_so_in_the_list_and_asks_for_less(
    client: Client, finished: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, bool]] = []

    def note(name: str, module: Any) -> None:
        real = getattr(module, name)

        def noted(assessment: Any, *args: Any, unnamed: bool = False, **kwargs: Any) -> Any:
            asked.append((name, unnamed))
            return real(assessment, *args, unnamed=unnamed, **kwargs)

        monkeypatch.setattr(module, name, noted)

    note("result_context", results)
    note("review_context", results)
    note("item_of", documents)
    token = chosen(client, finished, shows="unnamed")
    assert facts(client, finished)[0]["Shows"] == "Without names and free text"
    for shared, less in ((token, True), (finished.share()[1], False)):
        asked.clear()
        client.get(f"/r/{shared}/")
        client.get(f"/r/{shared}.md")
        assert {name for name, _ in asked} == {"result_context", "review_context", "item_of"}
        assert {unnamed for _, unnamed in asked} == {less}


def test_a_verdict_without_a_nameless_copy_cannot_be_shared_as_one(
    client: Client, finished: Draft
) -> None:
    Assessment.objects.update(unnamed=None, lens_version=0)
    page = client.post(finished.url("share"), {"label": "Board", "shows": "unnamed"})
    assert "older than links without names" in page.content.decode()
    assert not ShareLink.objects.exists()
    assert client.post(finished.url("share"), {"label": "Board"}).status_code == 302


@pytest.mark.parametrize("field", ["days", "shows"])
@pytest.mark.parametrize("wrong", ["0", "365", "-7", "x", "\0"], ids=["0", "365", "-7", "x", "NUL"])
def test_what_is_not_offered_makes_no_link(
    client: Client, finished: Draft, field: str, wrong: str
) -> None:
    page = client.post(finished.url("share"), {"label": "Board", field: wrong})
    assert "not one of the options" in says(page)
    assert text_of(soup(page).select_one(f"#id_{field}_error"))
    assert soup(page).select_one("input[name=label][value=Board]")
    assert not ShareLink.objects.exists()


def test_replacing_gives_a_new_address_like_the_old_one_and_closes_that(
    client: Client, finished: Draft
) -> None:
    old = chosen(client, finished, label="For the board", days="30", shows="unnamed")
    client.get(f"/r/{old}/")
    before = ShareLink.objects.get()
    form = form_of(client.get(finished.url("result")), "Replace For the board")
    page = client.post(str(form["action"]), controls(form), follow=True)
    new = link_on(soup(page)).rstrip("/").rpartition("/")[2]
    assert new != old
    assert Client().get(f"/r/{old}/").status_code == 404
    assert Client().get(f"/r/{new}/").status_code == 200
    after = ShareLink.objects.latest("pk")
    for name in ("label", "expires_at", "shows", "assessment"):
        assert getattr(after, name) == getattr(before, name)
    assert after.views == 0
    assert [told["state"] for told in facts(client, finished)] == ["Open", "Revoked"]
    assert new not in client.get(finished.url("result")).content.decode()


def test_replacing_twice_gives_one_new_link(client: Client, finished: Draft) -> None:
    link, _ = finished.share()
    for _ in range(2):
        assert client.post(finished.url("replace", link.pk)).status_code == 302
    assert ShareLink.objects.count() == 2
    assert ShareLink.objects.filter(revoked_at=None).count() == 1


def test_a_link_that_has_ended_cannot_be_had_back(
    client: Client, finished: Draft, moved: Callable[[timedelta], None]
) -> None:
    chosen(client, finished, days="7")
    moved(timedelta(days=7))
    client.post(finished.url("replace", ShareLink.objects.get().pk))
    assert ShareLink.objects.count() == 1


def test_nobody_replaces_the_links_of_another_assessment(client: Client, finished: Draft) -> None:
    link, token = finished.share()
    other = draft(FILE, finished=True)
    assert client.post(other.url("replace", link.pk)).status_code == 404
    assert client.post(f"/a/{token}/share/{link.pk}/replace/").status_code == 404
    assert client.get(finished.url("replace", link.pk)).status_code == 405
    assert ShareLink.objects.get().is_open


def test_views_are_listed_with_the_last_one(client: Client, finished: Draft) -> None:
    link, _ = finished.share()
    at = datetime(2027, 3, 1, 14, 5, tzinfo=UTC)
    ShareLink.objects.filter(pk=link.pk).update(views=1200, last_viewed_at=at)
    assert facts(client, finished)[0]["Views"] == "1,200, last 1 Mar 2027, 14:05"


# ---- Tokens that open nothing ----


def one_off(token: str, at: int) -> str:
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


def wrong_tokens(token: str, revoked: str) -> list[str]:
    odd = ["é" * 43, "%00" * 43, "\t" + token[1:], token + "=", "٣" * 43, "..", "%2e%2e", "𝔸" * 43]
    one = [one_off(token, at) for at in (0, 20, 42)]
    cut = [token[:-1], token + "A", token[:5], token.swapcase(), token + "%0A", token + "%20"]
    return [new_token(), revoked, *one, *cut, *odd]


def answers_to(client: Client, address: str, method: str) -> tuple[int, bytes, dict[str, str]]:
    page = getattr(client, method)(address)
    own = {"Expires", "X-Request-ID"}
    headers = {name: value for name, value in page.headers.items() if name not in own}
    return page.status_code, page.content, headers


@pytest.mark.parametrize(
    "rest",
    [
        *("r", "a", "a/check", "a/delete", "a/project", "a/share"),
        *("a/share/1/revoke", "a/share/1/replace"),
    ],
)
def test_every_token_that_opens_nothing_gets_the_same_answer(
    client: Client, finished: Draft, rest: str
) -> None:
    link, revoked = finished.share()
    link.revoke()
    _, shared = finished.share()
    right = shared if rest == "r" else finished.token
    wrong = [*wrong_tokens(right, revoked), finished.token if rest == "r" else shared]
    place, _, tail = rest.partition("/")
    method = "post" if "share" in tail else "get"
    answers = [
        answers_to(client, f"/{place}/{token}/{tail + '/' if tail else ''}", method)
        for token in wrong
    ]
    assert {status for status, *_ in answers} == {404}
    assert all(answer == answers[0] for answer in answers)


def test_a_link_to_an_unfinished_assessment_opens_nothing(client: Client) -> None:
    started = draft(FILE)
    _, token = started.share()
    unknown = client.get(f"/r/{new_token()}/")
    page = client.get(f"/r/{token}/")
    assert (page.status_code, page.content) == (404, unknown.content)
