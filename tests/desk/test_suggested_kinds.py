"""The desk's page on suggested kinds: what became of them, each with their own clients' counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.admin.suggested_kinds import rows_of, total_of
from assessments.models import SuggestionCount
from tests.desk.people import client_of, consultant, signed_in, superuser
from tests.factories import lens
from tests.first_words import suggest_first_words, suggest_nothing
from tests.web import says, soup, text_of, title

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/suggested-kinds/"
HEAD = ["Suggested kind", "Suggested", "Taken", "Share taken", "Corrected", "Left open"]


@pytest.fixture(autouse=True)
def foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    suggest_first_words(monkeypatch)


@pytest.fixture(autouse=True)
def some_counts(ada: User, ben: User) -> None:
    """Ada's own client, Ben's that is shared with her, Ben's alone, and founders without one."""
    ours, shared, his = client_of(ada), client_of(ben, "Shared", ada), client_of(ben, "His")
    add = SuggestionCount.objects.add
    add(ours.pk, {("user_flow", "user_flow"): 6, ("user_flow", ""): 1})
    add(ours.pk, {("user_flow", "schema"): 1, ("user_flow", "integration"): 2})
    add(shared.pk, {("user_flow", "schema"): 2, ("schema", "schema"): 1})
    add(his.pk, {("throughput", "throughput"): 40})
    add(None, {("keep_alive", "deployment"): 1_000})


def table(page: Any) -> list[list[str]]:
    """The rows of the figures, without the head."""
    rows = soup(page).select("#content-main :is(tbody, tfoot) tr")
    return [[text_of(cell) for cell in row.select("th, td")] for row in rows]


USER_FLOW = ["User flow", "12", "6", "50 %", "5", "1", "Data model 3, New integration 2"]
SCHEMA = ["Data model", "1", "1", "100 %", "0", "0", "–"]


def test_a_consultant_sees_the_counts_of_their_own_and_shared_clients(desk: Browser) -> None:
    page = desk.get(ADDRESS)
    assert title(page).startswith("Suggested kinds")
    assert [text_of(cell) for cell in soup(page).select("thead th")] == [*HEAD, "Corrected to"]
    total = ["All kinds", "13", "7", "54 %", "5", "1", ""]
    assert table(page) == [SCHEMA, USER_FLOW, total]
    assert "These are the counts of your clients, and of those shared with you." in says(page)


def test_another_consultant_sees_other_counts(ben: User) -> None:
    kinds = [(row[0], row[1]) for row in table(signed_in(ben).get(ADDRESS))]
    assert kinds == [
        ("Data model", "1"),
        ("User flow", "2"),
        ("Throughput", "40"),
        ("All kinds", "43"),
    ]


def test_a_superuser_sees_all_of_them_and_founders_who_came_alone() -> None:
    page = signed_in(superuser()).get(ADDRESS)
    assert [row[0] for row in table(page)][-3:] == ["Throughput", "Keeping it alive", "All kinds"]
    assert table(page)[-2][1:] == ["1,000", "0", "0 %", "1,000", "0", "Deployment 1,000"]
    assert "These are the counts of all clients, and of founders who came alone." in says(page)


def test_whoever_has_no_clients_sees_no_counts_and_is_told() -> None:
    page = signed_in(consultant("cleo")).get(ADDRESS)
    assert table(page) == []
    assert "Nothing has been counted yet." in says(page)


def test_it_says_what_is_counted_and_that_no_text_is_kept(desk: Browser) -> None:
    said = says(desk.get(ADDRESS))
    assert "which kind was suggested, and which one was chosen" in said
    assert "No text is kept" in said


def test_where_nothing_is_suggested_it_says_so_and_shows_what_there_was(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggest_nothing(monkeypatch)
    page = desk.get(ADDRESS)
    assert "Kinds are not suggested on this server at the moment" in says(page)
    assert "What you see was counted before." in says(page)
    assert table(page)[0] == SCHEMA
    SuggestionCount.objects.all().delete()
    page = desk.get(ADDRESS)
    assert "Nothing was counted before either." in says(page)
    assert table(page) == []


def test_it_says_that_nothing_is_suggested_only_where_it_is_so(desk: Browser) -> None:
    assert "not suggested on this server" not in says(desk.get(ADDRESS))


def test_more_counts_are_no_more_queries(desk: Browser, ada: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(ADDRESS).status_code == 200
        return len(asked)

    few = queries()
    for number in range(5):
        client = client_of(ada, f"Client {number}")
        kinds = list(lens().kind)
        counts = {(kind, chosen): 1 for kind in kinds for chosen in (*kinds, "")}
        SuggestionCount.objects.add(client.pk, counts)
    assert queries() == few


def test_nothing_is_changed_there(desk: Browser) -> None:
    assert desk.post(ADDRESS, {"times": 7}).status_code == 405
    assert not soup(desk.get(ADDRESS)).select("#content-main :is(form, a, button, input)")


def test_the_start_page_leads_there_and_it_leads_back(desk: Browser) -> None:
    links = soup(desk.get(reverse("admin:index"))).select(f".desk-card a[href='{ADDRESS}']")
    assert [text_of(link) for link in links] == ["Suggested kinds"]
    assert soup(desk.get(ADDRESS)).select(f".breadcrumbs a[href='{reverse('admin:index')}']")


def test_a_kind_that_only_another_lens_knew_comes_last_under_its_identifier() -> None:
    rows = rows_of(lens(), {("older", "older"): 1, ("throughput", "oldest"): 1, ("schema", ""): 2})
    assert [row.label for row in rows] == ["Data model", "Throughput", "older"]
    assert rows[1].corrected_to == (("oldest", 1),)


def test_of_what_was_corrected_to_the_most_frequent_comes_first_then_by_name() -> None:
    to = {"integration": 2, "api_contract": 2, "throughput": 7, "schema": 1, "": 9}
    (row,) = rows_of(lens(), {("schema", kind): times for kind, times in to.items()})
    assert row.corrected_to == (("Throughput", 7), ("API contract", 2), ("New integration", 2))
    assert (row.suggested, row.taken, row.corrected, row.left_open) == (21, 1, 11, 9)


def test_figures_add_up_to_the_line_of_all() -> None:
    kinds = list(lens().kind)
    counts = {(a, b): 1 + n + m for n, a in enumerate(kinds) for m, b in enumerate((*kinds, ""))}
    rows = rows_of(lens(), counts)
    total = total_of(rows)
    assert total.suggested == sum(counts.values())
    for figure in ("suggested", "taken", "corrected", "left_open"):
        assert getattr(total, figure) == sum(getattr(row, figure) for row in rows)
    assert total.taken + total.corrected + total.left_open == total.suggested


def test_a_share_is_not_rounded_to_all_or_none_where_it_is_not() -> None:
    counts = {("schema", "schema"): 999, ("schema", ""): 1, ("user_flow", "schema"): 999}
    schema, user_flow = rows_of(lens(), counts | {("user_flow", "user_flow"): 1})
    assert (schema.share, user_flow.share) == ("More than 99 %", "Less than 1 %")
