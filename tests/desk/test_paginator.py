"""Pages of keys: which rows are on which page, and how exact the total is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client as Browser

from assessments.admin.paginator import DeskPaginator, Total
from assessments.models import Assessment
from tests.desk.people import client_of, consultant, signed_in, superuser
from tests.desk.rows import many, page

pytestmark = [pytest.mark.django_db, pytest.mark.queries]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if ten rows were many."""
    monkeypatch.setattr("assessments.admin.paginator.CAP", 10)


def pages(paginator: DeskPaginator) -> list[int]:
    return [key for number in paginator.page_range for key in paginator.page(number).object_list]


@pytest.mark.parametrize("rows", [0, 1, 4, 5, 9, 10, 11, 12, 13, 23])
@pytest.mark.parametrize("order", ["-pk", "pk"])
def test_the_pages_of_a_table_hold_each_row_once_and_in_order(rows: int, order: str) -> None:
    keys = [row.pk for row in many(rows)]
    paginator = DeskPaginator(Assessment.objects.order_by(order), 5)
    assert paginator.count == rows
    assert pages(paginator) == sorted(keys, reverse=order == "-pk")


@pytest.mark.parametrize("rows", [0, 1, 5, 9, 12])
def test_the_pages_of_a_filtered_table_do_so_too(rows: int) -> None:
    keys = [row.pk for row in many(rows)]
    many(3, stack="fastapi")
    paginator = DeskPaginator(Assessment.objects.filter(stack="go"), 5)
    assert not paginator.count.words
    assert pages(paginator) == keys[::-1]


def test_what_is_filtered_is_counted_up_to_the_cap_and_says_so(small: None) -> None:
    keys = [row.pk for row in many(13)]
    paginator = DeskPaginator(Assessment.objects.filter(stack="go"), 5)
    assert str(paginator.count) == "more than 10"
    assert pages(paginator) == keys[:2:-1]
    exact = DeskPaginator(Assessment.objects.filter(stack="go", pk__gt=keys[2]), 5)
    assert str(exact.count) == "10"


def test_a_large_table_is_estimated_and_ends_with_its_last_rows(small: None) -> None:
    keys = [row.pk for row in many(33)]
    Assessment.objects.filter(pk__in=keys[10:15]).delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE assessments_assessment")
    paginator = DeskPaginator(Assessment.objects.all(), 5)
    assert str(paginator.count).startswith("about ")
    assert 28 <= paginator.count <= 33
    last = paginator.page(paginator.num_pages).object_list
    assert last[-1] == keys[0]
    assert paginator.page(1).object_list == keys[:-6:-1]


def test_an_estimate_never_says_less_than_was_counted(small: None) -> None:
    many(33)  # in this transaction, so that PostgreSQL's statistics know nothing of them
    assert DeskPaginator(Assessment.objects.all(), 5).count >= 11


def test_keys_found_elsewhere_are_taken() -> None:
    keys = [row.pk for row in many(7)]
    paginator = DeskPaginator(Assessment.objects.filter(pk__lt=0), 5)
    paginator.take(keys)
    assert paginator.count == 7
    assert pages(paginator) == keys


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (Total(0), "0"),
        (Total(10_000, "more than"), "more than 10,000"),
        (Total(7, "about"), "about 7"),
    ],
)
def test_a_total_says_how_exact_it_is(total: Total, words: str) -> None:
    assert str(total) == words


def test_the_list_says_how_exact_its_total_is(small: None) -> None:
    ada = consultant("ada")
    many(60, client_of(ada))
    desk: Browser = signed_in(superuser())
    assert "about 60 assessments" in paginator_of(desk, "") or connection.vendor == "postgresql"
    assert "more than 10 assessments" in paginator_of(desk, "?state=finished")
    assert "more than 10 assessments" in paginator_of(signed_in(ada), "")


def paginator_of(browser: Browser, query: str) -> str:
    return " ".join(page(browser, query).select_one(".paginator").get_text().split())  # type: ignore[union-attr]


def test_a_page_beyond_the_end_is_the_last() -> None:
    many(60)
    shown = page(signed_in(superuser()), "?p=99")
    assert len(shown.select("#result_list tbody tr")) == 10
    assert shown.select_one(".this-page").get_text() == "2"  # type: ignore[union-attr]


def test_a_short_list_can_be_shown_whole() -> None:
    many(60)
    shown = page(signed_in(superuser()), "?all=")
    assert len(shown.select("#result_list tbody tr")) == 60
