"""A result leaves its page: by a link that opens, ends and is revoked, and as every file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assessments.exports.documents import DOCUMENTS
from assessments.worked_examples import worked_example
from tests.browser.clocks import Clock, server_with_a_clock
from tests.browser.driving import expect_heading, go_on, seed
from tests.exports.papers import seen, text_of
from tests.exports.readers import READERS

NewContext = Callable[..., BrowserContext]
NOTHING = "There is nothing at this address."
EXAMPLE = worked_example("harbourmaster")
# What a reader of the page sees of the reasons, and of what they are about.
REASONS = ".reasons small, .lead, .changes-list strong, .costs li, .tripwires td:first-child > bdi"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Clock]]:
    with server_with_a_clock(tmp_path_factory.mktemp("clock")) as running:
        yield running


@pytest.fixture
def clock(site: tuple[str, Clock]) -> Iterator[Clock]:
    yield site[1]
    site[1].put_forward(timedelta())


@pytest.fixture(scope="module")
def founders_page(browser: Browser, site: tuple[str, Clock]) -> Iterator[Page]:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(seed(site[0], EXAMPLE, finished=True).url())
        yield page


@pytest.fixture
def link(founders_page: Page) -> str:
    """A new link that is open for a week."""
    founders_page.get_by_label("Who is it for?").fill("Board")
    founders_page.get_by_label("How long is it open?").select_option(label="7 days")
    go_on(founders_page, "Make a link to read")
    return founders_page.locator("#share-link-1").input_value()


@pytest.fixture
def guest(new_context: NewContext, link: str) -> Page:
    """Somebody else, in a browser that has never been here."""
    page = new_context().new_page()
    page.goto(link)
    expect(page.locator("h1.verdict")).to_contain_text("Start with FastAPI.")
    return page


def opens(page: Page, address: str) -> list[bool]:
    """Whether the page and each of its files are there."""
    beside = [f"{address.rstrip('/')}.{extension}" for extension in DOCUMENTS]
    return [page.request.get(each).status == 200 for each in (address, *beside)]


def test_a_link_ends_on_its_day_with_all_its_files(guest: Page, link: str, clock: Clock) -> None:
    clock.put_forward(timedelta(days=6, hours=23))
    assert all(opens(guest, link))
    clock.put_forward(timedelta(days=7, minutes=1))
    assert not any(opens(guest, link))
    guest.reload()
    expect_heading(guest, NOTHING)


def test_a_link_is_closed_at_once_and_says_no_more_than_one_that_never_was(
    founders_page: Page, guest: Page, link: str
) -> None:
    founders_page.locator(".share-list li").first.get_by_role("button", name="Revoke").click()
    expect(founders_page.locator(".share-list li").first).to_contain_text("Revoked")
    assert not any(opens(guest, link))
    guest.reload()
    expect_heading(guest, NOTHING)
    never = link.replace(urlsplit(link).path.split("/")[2], "x" * 43)
    assert guest.request.get(link).text() == guest.request.get(never).text()


def test_its_views_are_counted_where_the_founder_looks(founders_page: Page, guest: Page) -> None:
    guest.reload()
    for _ in range(50):  # written a moment after the answer has left
        founders_page.reload()
        if "2, last" in founders_page.locator(".share-list li").first.inner_text():
            return
        founders_page.wait_for_timeout(200)
    pytest.fail(founders_page.locator(".share-list li").first.inner_text())


@pytest.mark.parametrize("extension", DOCUMENTS)
def test_every_file_is_saved_from_the_page_under_its_name_and_can_be_read(
    guest: Page, link: str, extension: str
) -> None:
    offered = guest.locator(f".file-list a[href$='.{extension}']")
    with guest.expect_download() as saving:
        offered.click()
    saved = saving.value
    assert re.fullmatch(rf"[a-z0-9-]*start-with-fastapi\.{extension}", saved.suggested_filename)
    content = saved.path().read_bytes()
    read = READERS[extension](content)
    assert read
    if extension not in ("png", "svg"):
        assert link in (text_of(content) if extension == "pdf" else content.decode()).replace(
            "\r\n ", ""
        ).replace("\\_", "_").replace("\\-", "-")


def test_the_pdf_says_what_the_page_says(guest: Page, link: str) -> None:
    pdf = seen(text_of(guest.request.get(f"{link.rstrip('/')}.pdf").body()))
    said = guest.locator(REASONS).all_inner_texts()
    assert len(said) > 20
    assert [text for text in said if seen(text) not in pdf] == []


def test_the_printed_page_says_what_the_pdf_says(guest: Page, link: str) -> None:
    guest.emulate_media(media="print")
    printed = seen(text_of(guest.pdf(prefer_css_page_size=True)))
    guest.emulate_media(media="screen")
    said = guest.locator(REASONS).all_inner_texts()
    assert [text for text in said if seen(text) not in printed] == []


def test_what_previews_are_told_leads_to_a_picture_of_the_size_that_is_told(
    guest: Page, link: str
) -> None:
    def told(name: str) -> str:
        kind = "name" if name.startswith("twitter") else "property"
        return str(guest.locator(f"meta[{kind}='{name}']").get_attribute("content"))

    assert told("og:title").startswith("Harbourmaster: start with FastAPI")
    assert told("og:url") == link
    assert told("og:description") == guest.locator("p.lead").first.inner_text()
    assert told("twitter:card") == "summary_large_image"
    assert told("og:image") == f"{link.rstrip('/')}.png"
    picture = READERS["png"](guest.request.get(told("og:image")).body())
    assert picture
    assert (told("og:image:width"), told("og:image:height")) == ("1200", "630")


def test_the_badge_leads_back_to_the_page(guest: Page, link: str) -> None:
    snippet = guest.locator("#badge-snippet").input_value()
    shown = re.fullmatch(r"\[!\[.*\]\((\S+)\)\]\((\S+)\)", snippet)
    assert shown
    assert shown.groups() == (f"{link.rstrip('/')}.svg", link)
    assert guest.request.get(shown[1]).headers["content-type"] == "image/svg+xml"
