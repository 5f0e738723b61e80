"""Shared results are rendered once, and are never shown a moment longer than they are open."""

from __future__ import annotations

import gzip
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.test import Client

from assessments.shared_pages import Page, Pages, shared_pages
from tests.web import CHANGE_HEAVY, HTMX, LENS, Draft, draft, heading, soup


def test_a_page_is_rendered_once() -> None:
    pages, rendered = Pages(), []

    def render() -> Page:
        rendered.append(1)
        return Page.of(b"page")

    assert [pages.get("key", render).content for _ in range(3)] == [b"page"] * 3
    assert len(rendered) == 1


def noise(name: str) -> Page:
    """A page that does not get smaller."""
    return Page.of(random.Random(name).randbytes(10_000))  # noqa: S311


def fill(pages: Pages, names: str) -> None:
    for name in names:
        pages.get(name, partial(noise, name))


def test_the_page_that_nobody_asked_for_goes_first() -> None:
    pages = Pages(2 * noise("a").size)
    fill(pages, "abac")
    assert [bool(pages.kept(name)) for name in "abc"] == [True, False, True]


def test_a_page_that_alone_is_too_large_is_answered_and_not_kept() -> None:
    pages = Pages(noise("a").size - 1)
    assert pages.get("a", lambda: noise("a")).content == noise("a").content
    assert pages.kept("a") is None


def test_a_page_rendered_twice_at_once_counts_once() -> None:
    pages = Pages(2 * noise("a").size)

    def render() -> Page:
        fill(pages, "a")  # another thread was quicker
        return noise("a")

    pages.get("a", render)
    fill(pages, "b")
    assert pages.kept("a")
    assert pages.kept("b")


def test_what_is_cleared_makes_room() -> None:
    pages = Pages(noise("a").size)
    fill(pages, "a")
    pages.clear()
    fill(pages, "b")
    assert pages.kept("a") is None
    assert pages.kept("b")


def test_many_threads_never_keep_more_than_fits() -> None:
    size = noise("a").size
    pages = Pages(3 * size)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(partial(fill, pages), ["abcdefgh", "hgfedcba", "aceg", "bdfh"] * 4))
    kept = [name for name in "abcdefgh" if pages.kept(name)]
    assert 1 <= len(kept) <= 3


def test_different_pages_have_different_tags() -> None:
    assert Page.of(b"one").etag != Page.of(b"two").etag


@pytest.fixture
def finished(db: None) -> Draft:
    shared_pages.clear()
    return draft(CHANGE_HEAVY, finished=True)


def test_a_reader_who_has_the_page_is_told_that_it_still_stands(
    client: Client, finished: Draft
) -> None:
    address = f"/r/{finished.share()[1]}/"
    page = client.get(address)
    again = client.get(address, headers={"If-None-Match": page["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == page["ETag"]
    other = client.get(address, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


def test_a_revoked_link_closes_at_once(client: Client, finished: Draft) -> None:
    link, token = finished.share()
    page = client.get(f"/r/{token}/")
    link.revoke()
    for headers in ({}, {"If-None-Match": page["ETag"]}):
        assert client.get(f"/r/{token}/", headers=headers).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}, HTMX], ids=str)
def test_the_kept_page_comes_with_the_headers_of_the_first_one(
    client: Client, finished: Draft, headers: dict[str, str]
) -> None:
    address = f"/r/{finished.share()[1]}/"
    first, second = (client.get(address, headers=headers) for _ in range(2))
    assert first.content == second.content
    vary = {name.strip() for name in first["Vary"].split(",")}
    assert vary == {name.strip() for name in second["Vary"].split(",")}
    assert first["X-Request-ID"] != second["X-Request-ID"]
    own = {"Vary", "X-Request-ID"}
    others = [{k: v for k, v in page.items() if k not in own} for page in (first, second)]
    assert others[0] == others[1]


def test_a_compressed_page_is_the_same_page(client: Client, finished: Draft) -> None:
    address = f"/r/{finished.share()[1]}/"
    plain = client.get(address).content
    zipped = client.get(address, headers={"Accept-Encoding": "br, gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain
    assert len(zipped.content) < len(plain) / 2


def test_a_host_that_is_not_ours_is_refused_for_a_kept_page_too(
    client: Client, finished: Draft
) -> None:
    address = f"/r/{finished.share()[1]}/"
    client.get(address)
    assert client.get(address, headers={"Host": "evil.example"}).status_code == 400


def test_two_links_to_one_result_differ_by_their_own_address_alone(
    client: Client, finished: Draft
) -> None:
    tokens = [finished.share()[1] for _ in range(2)]
    pages = [client.get(f"/r/{token}/").content.decode() for token in tokens]
    for page, own, other in zip(pages, tokens, tokens[::-1], strict=True):
        assert own in page
        assert other not in page
    assert pages[0].replace(tokens[0], tokens[1]) == pages[1]


def test_the_page_names_the_site_as_its_reader_sees_it(client: Client, finished: Draft) -> None:
    address = f"/r/{finished.share()[1]}/"
    for host in ("testserver", "localhost", "testserver"):
        page = soup(client.get(address, headers={"Host": host}))
        assert page.select_one(f"meta[property='og:url'][content='http://{host}{address}']")


def test_a_new_verdict_is_shown_from_then_on(client: Client, finished: Draft) -> None:
    address = f"/r/{finished.share()[1]}/"
    assert heading(client.get(address)).startswith("Start with FastAPI.")
    finished.save("backend", backend="stream_processor")
    finished.save("mistake", mistake="loose_much")
    finished.save("changes", changes=None)
    finished.save("project", stage="relied_on")
    finished.now.finish(LENS)
    assert heading(client.get(address)).startswith("Start with Go.")


def test_htmx_gets_its_own_form_of_the_page(client: Client, finished: Draft) -> None:
    address = f"/r/{finished.share()[1]}/"
    assert soup(client.get(address)).select("main")
    assert not soup(client.get(address, headers=HTMX)).select("main")
