"""Views of share links: counted after the answer, written together, and nothing of who it was."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments import view_counts
from assessments.exports.documents import DOCUMENTS, Document
from assessments.models import ShareLink
from assessments.shared_pages import shared_files, shared_pages
from assessments.view_counts import BETWEEN_SECONDS, ViewCounts
from tests.web import CHANGE_HEAVY, Draft, draft

pytestmark = pytest.mark.django_db


class Time:
    """A clock to be moved, and what is to be done later."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.due: list[Callable[[], None]] = []

    def counts(self) -> ViewCounts:
        return ViewCounts(lambda: self.now, self.due.append)

    def pass_by(self) -> None:
        """Lets the time between two writes pass, and does what is due."""
        self.now += BETWEEN_SECONDS
        due, self.due = self.due, []
        for write in due:
            write()


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    moved = Time()
    monkeypatch.setattr(view_counts, "view_counts", moved.counts())
    # the test's own connection, on which nothing is committed
    monkeypatch.setattr(view_counts.connection, "close", lambda: None, raising=False)
    shared_files.clear()
    shared_pages.clear()
    return moved


@pytest.fixture
def finished() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def views(link: ShareLink) -> int:
    return ShareLink.objects.get(pk=link.pk).views


# ---- When it is written ----


def test_the_first_view_is_written_at_once(finished: Draft, time: Time) -> None:
    link, _ = finished.share()
    time.counts().add(link.pk)
    assert views(link) == 1
    assert not time.due


def test_more_views_are_written_together_after_a_while(finished: Draft, time: Time) -> None:
    link, counts = finished.share()[0], time.counts()
    for _ in range(5):
        counts.add(link.pk)
    assert (views(link), len(time.due)) == (1, 1)
    with CaptureQueriesContext(connection) as asked:
        time.pass_by()
    assert views(link) == 5
    assert len([query for query in asked if query["sql"].startswith("UPDATE")]) == 1
    time.now += 10 * BETWEEN_SECONDS
    counts.add(link.pk)
    assert views(link) == 6


def test_what_has_gathered_is_written_at_the_end_of_the_process(
    finished: Draft, time: Time
) -> None:
    link, counts = finished.share()[0], time.counts()
    for _ in range(3):
        counts.add(link.pk)
    counts.write()  # as atexit does
    assert views(link) == 3
    time.pass_by()
    assert views(link) == 3


def test_each_link_has_its_own_count(finished: Draft, time: Time) -> None:
    first, second, third = (finished.share()[0] for _ in range(3))
    counts = time.counts()
    for link in (third, first, second, first):
        counts.add(link.pk)
    time.pass_by()
    assert [views(link) for link in (first, second, third)] == [2, 1, 1]


def test_threads_lose_no_view(finished: Draft, time: Time) -> None:
    link, counts = finished.share()[0], time.counts()
    counts.add(link.pk)  # written here, so that no other thread does
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(counts.add, [link.pk] * 400))
    time.pass_by()
    assert views(link) == 401


def test_a_database_that_fails_loses_no_view_and_stops_no_reader(
    client: Client,
    finished: Draft,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    link, token = finished.share()

    def broken(gathered: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING):
        patched.setattr(view_counts, "_write", broken)
        assert client.get(f"/r/{token}/").status_code == 200
    assert "Views of 1 links were not written: OperationalError" in caplog.text
    assert token not in caplog.text
    client.get(f"/r/{token}/")
    time.pass_by()
    assert views(link) == 2


def test_a_link_that_was_deleted_meanwhile_is_no_trouble(finished: Draft, time: Time) -> None:
    (gone, _), (stays, _) = finished.share(), finished.share()
    counts = time.counts()
    counts.add(stays.pk)
    for link in (gone, stays):
        counts.add(link.pk)
    gone.delete()
    time.pass_by()
    assert views(stays) == 2


# ---- What is a view ----


def test_reading_the_page_is_a_view_and_so_is_reading_it_again(
    client: Client, finished: Draft, time: Time
) -> None:
    link, token = finished.share()
    tag = client.get(f"/r/{token}/")["ETag"]
    assert client.get(f"/r/{token}/").status_code == 200
    assert client.get(f"/r/{token}/", headers={"If-None-Match": tag}).status_code == 304
    time.pass_by()
    seen = ShareLink.objects.get(pk=link.pk)
    assert seen.views == 3
    assert seen.last_viewed_at


def format_of(extension: str) -> Document:
    def render(item: Any) -> bytes:
        return b"file"

    return Document("A file", "For a test.", "text/plain", render, lambda item: f"a.{extension}")


@pytest.mark.parametrize(
    ("extension", "counts"),
    [("pdf", 2), ("md", 2), ("json", 2), ("ics", 2), ("png", 0), ("svg", 0)],
)
def test_taking_a_file_is_a_view_and_a_picture_on_another_page_is_none(
    client: Client,
    finished: Draft,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    extension: str,
    counts: int,
) -> None:
    monkeypatch.setitem(DOCUMENTS, extension, format_of(extension))
    link, token = finished.share()
    for _ in range(2):  # rendered, and kept
        assert client.get(f"/r/{token}.{extension}").status_code == 200
    time.pass_by()
    assert views(link) == counts


AGENTS = {
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)": 0,
    "facebookexternalhit/1.1": 0,
    "WhatsApp/2.23.20.0": 0,
    "Twitterbot/1.0": 0,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SkypeUriPreview Preview/0.5": 0,
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36": 2,
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) Chrome/141.0 Mobile Safari/537.36": 2,
}


@pytest.mark.parametrize(("agent", "counts"), AGENTS.items(), ids=range(len(AGENTS)))
def test_a_program_that_looks_what_is_behind_a_link_is_no_reader(
    client: Client, finished: Draft, time: Time, agent: str, counts: int
) -> None:
    link, token = finished.share()
    for _ in range(2):
        client.get(f"/r/{token}/", headers={"User-Agent": agent})
    time.pass_by()
    assert views(link) == counts


def test_neither_head_nor_fetching_ahead_nor_a_refusal_nor_the_founder_is_a_view(
    client: Client, finished: Draft, time: Time
) -> None:
    link, token = finished.share()
    client.head(f"/r/{token}/")
    client.head(f"/r/{token}.md")
    client.get(f"/r/{token}/", headers={"Sec-Purpose": "prefetch;prerender"})
    client.post(f"/r/{token}/")
    client.get(finished.url("result"))
    link.revoke()
    client.get(f"/r/{token}/")
    time.pass_by()
    assert views(link) == 0


def test_a_view_is_nobodys_and_leaves_no_trace_in_the_history(
    client: Client, finished: Draft, time: Time
) -> None:
    link, token = finished.share("For the board")
    before = link.history.count()
    client.get(f"/r/{token}/", headers={"User-Agent": "Nosy/1.0"}, REMOTE_ADDR="192.0.2.7")
    assert link.history.count() == before
    stored = str(list(ShareLink.objects.values())) + str(list(ShareLink.history.values()))
    assert "192.0.2.7" not in stored
    assert "Nosy" not in stored


def test_the_count_costs_a_reader_no_query(client: Client, finished: Draft, time: Time) -> None:
    """It is closed after the answer; of the second one only the look at the link is left."""
    _, token = finished.share()
    client.get(f"/r/{token}/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/r/{token}/")
    assert [query["sql"].split()[0] for query in asked] == ["SELECT"]


def test_where_no_thread_can_be_had_the_next_reader_has_them_written(finished: Draft) -> None:
    link, _ = ShareLink.objects.issue(finished.assessment, "For the board")
    moved, is_full = Time(), [True]

    def later(write: Callable[[], None]) -> None:
        if is_full[0]:
            raise RuntimeError("can't start new thread")
        moved.due.append(write)

    counts = ViewCounts(lambda: moved.now, later)
    for _ in range(2):
        counts.add(link.pk)
    assert views(link) == 1
    is_full[0] = False
    counts.add(link.pk)
    moved.pass_by()
    assert views(link) == 3
