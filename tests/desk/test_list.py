"""The list of assessments at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import results
from django.contrib.auth.models import User
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from assessments.admin.listing import age_in_words, overdue_reviews
from assessments.models import Assessment, Review
from assessments.templatetags.desk_list import drawn_rows
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.desk.rows import LIST, cell, listed, many, names, page
from tests.examples import THOROUGH

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Browser:
    return signed_in(superuser())


def test_a_row_says_all_that_matters_in_words(desk: Browser) -> None:
    listed("Tidegate", client_of(None, "Harbour"), finished_at=timezone.now() - timedelta(days=3))
    shown = page(desk)
    said = {
        "client": "Harbour",
        "verdict": "Go",
        "strength": "Clear",
        "pattern": "One stack",
        "robust": "93%",
        "uncertainty": "20.0",
        "operations": "70.0",
        "stage": "Growing",
        "state": "Finished",
        "age": "3 days",
        "review": "–",
    }
    assert {column: cell(shown, column) for column in said} == said
    title = shown.select_one("td.field-listed_age span")["title"]  # type: ignore[index]
    assert str(title).startswith("Finished ")


def test_a_draft_has_only_what_is_known(desk: Browser) -> None:
    listed("", state="draft")
    shown = page(desk)
    assert names(shown) == ["(no name yet)"]
    assert cell(shown, "verdict") == cell(shown, "robust") == cell(shown, "client") == "–"
    assert cell(shown, "age") == "today"


def test_values_of_another_lens_are_shown_as_stored(desk: Browser) -> None:
    listed(stack="rust", strength="settled", pattern="braid", stage="moon")
    shown = page(desk)
    assert cell(shown, "verdict") == "rust"
    assert cell(shown, "strength") == "settled"
    assert cell(shown, "pattern") == "braid"
    assert cell(shown, "stage") == "moon"


def test_the_project_leads_to_the_assessment(desk: Browser) -> None:
    row = listed()
    link = page(desk).select_one("th.field-listed_project a")
    assert str(link["href"]).startswith(f"{LIST}{row.pk}/change/")  # type: ignore[index]


def test_a_review_that_is_due_is_marked_in_words(desk: Browser) -> None:
    today = timezone.localdate()
    listed("Due", review_on=today - timedelta(days=1))
    assert cell(page(desk), "review").endswith("overdue")
    listed("Today", review_on=today)
    assert "overdue" not in cell(page(desk), "review")


def test_a_published_review_that_overrules_is_said_beside_the_verdict(desk: Browser) -> None:
    row = listed(state="published")
    Review.objects.create(assessment=row, published={"overrules": "fastapi", "text": "No."})
    assert cell(page(desk), "verdict") == "Go; the review says FastAPI"
    Review.objects.update(published={"overrules": "", "text": "Yes."})
    assert cell(page(desk), "verdict") == "Go"
    Review.objects.update(published=None)
    assert cell(page(desk), "verdict") == "Go"


def test_the_newest_come_first_and_columns_can_be_sorted(desk: Browser) -> None:
    for name, stage in (("First", "idea"), ("Second", "relied_on"), ("Third", "idea")):
        listed(name, stage=stage)
    assert names(page(desk)) == ["Third", "Second", "First"]
    assert names(page(desk, "?o=9")) == ["Third", "First", "Second"]
    assert names(page(desk, "?o=-9")) == ["Second", "First", "Third"]
    assert names(page(desk, "?o=-11")) == ["First", "Second", "Third"]
    assert names(page(desk, "?o=77.x.-")) == ["Third", "Second", "First"]


def test_a_consultant_sees_their_own_alone() -> None:
    ada, ben = consultant("ada"), consultant("ben")
    listed("Hers", client_of(ada, "Hers & Co"))
    listed("His", client_of(ben, "His & Co"))
    listed("Nobody's")
    shown = page(signed_in(ada))
    assert names(shown) == ["Hers"]
    assert "His" not in shown.get_text()
    assert "1 assessment" in shown.get_text()


def test_a_search_finds_nothing_of_anothers_and_does_not_say_so() -> None:
    ada, ben = consultant("ada"), consultant("ben")
    assessment_of(client_of(ada, "Hers & Co"))
    assessment_of(client_of(ben, "Secretive"))
    browser = signed_in(ada)
    assert names(page(browser, "?q=ledg")) == ["Ledgerly"]
    there, nowhere = page(browser, "?q=secretive"), page(browser, "?q=nonesuch")
    assert names(there) == names(nowhere) == []
    said = there.get_text().replace("secretive", "")
    assert said == nowhere.get_text().replace("nonesuch", "")


@pytest.mark.parametrize(
    "query",
    [
        *("?version=1", "?edit_hash__startswith=a", "?report__contains=x", "?nonsense=1"),
        *("?project__client__name=x", "?updated_at__year=2026", "?e=1", "?id__in=1,2"),
        *("?p=x", "?p=0", "?p=-1", "?_changelist_filters=x", "?_to_field=slug"),
    ],
)
def test_what_the_list_does_not_know_is_refused(desk: Browser, query: str) -> None:
    assert desk.get(LIST + query).status_code in (400, 404)


def test_heavy_columns_are_not_read(desk: Browser) -> None:
    assessment_of(None)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        page(desk)
    table = '"assessments_assessment".'
    for query in captured:
        assert not any(
            table + f'"{name}"' in query["sql"] for name in ("answers", "report", "touched")
        )


def queries(browser: Browser, query: str = "") -> int:
    with CaptureQueriesContext(connection) as captured:
        page(browser, query)
    return len(captured)


ASKED = ["", "?q=one+of", "?state=finished&verdict=go", "?review=-", "?started=7", "?p=2", "?o=9"]


@pytest.mark.parametrize(
    ("by", "query"),
    [("consultant", query) for query in ASKED]
    # Their rows are found in one way less.
    + [("superuser", query) for query in (ASKED if THOROUGH else ASKED[:1])],
)
def test_ten_times_the_rows_are_no_more_queries(by: str, query: str) -> None:
    ada = consultant("ada")
    browser = signed_in(ada if by == "consultant" else superuser())
    for number in range(6):
        many(10, client_of(ada, f"Client {number}"))
    few = queries(browser, query)
    for number in range(54):
        many(10, client_of(ada, f"Client {number}"))
    assert Assessment.objects.count() == 600
    assert queries(browser, query) == few <= 12


def test_counts_beside_the_filters_are_few_queries_more(desk: Browser) -> None:
    many(60)
    assert queries(desk, "?_facets=True&state=finished&verdict=go") <= 16


def test_an_action_takes_no_more_than_was_counted(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = many(12)
    data = {"action": "delete_selected", "_selected_action": rows[0].pk, "select_across": 1}
    data |= {"index": 0}
    monkeypatch.setattr("assessments.admin.listing.CAP", 10)
    answer = desk.post(LIST, data, follow=True)
    assert "more than 10" in answer.content.decode()
    monkeypatch.setattr("assessments.admin.listing.CAP", 20)
    assert "Are you sure" in desk.post(LIST, data).content.decode()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        *((0, "today"), (1, "1 day"), (59, "59 days"), (60, "2 months"), (729, "24 months")),
        *((730, "2 years"), (1100, "3 years")),
    ],
)
def test_an_age_is_said_in_the_unit_that_fits(days: int, words: str) -> None:
    assert age_in_words(timedelta(days=days)) == words


def test_overdue_reviews_are_counted_in_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, yesterday = consultant("ada"), timezone.localdate() - timedelta(days=1)
    away = client_of(ada, "Away")
    away.archive()
    listed("Hers", client_of(ada), review_on=yesterday)
    listed("Later", client_of(ada), review_on=yesterday + timedelta(days=1))
    listed("Archived", away, review_on=yesterday)
    listed("His", client_of(consultant("ben")), review_on=yesterday)
    listed("Example", slug="tidegate", review_on=yesterday)
    assert overdue_reviews(ada) == 1
    root = superuser()
    assert overdue_reviews(root) == 2
    assert sorted(names(page(signed_in(root), "?review=overdue"))) == ["Hers", "His"]
    monkeypatch.setattr("assessments.admin.listing.MOST_OVERDUE", 1)
    many(5, review_on=yesterday)
    assert overdue_reviews(root) == 2


@pytest.mark.parametrize(
    ("overdue", "words"), [(1, "1 review is"), (7, "7 reviews are"), (1001, "More than 1,000")]
)
def test_the_start_page_leads_to_what_is_overdue(overdue: int, words: str) -> None:
    shown = render_to_string("admin/_overdue.html", {"overdue": overdue})
    assert f"{LIST}?review=overdue" in shown
    assert words in shown


def test_the_start_page_is_silent_where_nothing_is_overdue() -> None:
    assert not render_to_string("admin/_overdue.html", {"overdue": 0}).strip()


# The map


def test_every_assessment_of_the_list_is_a_dot_that_leads_to_it(desk: Browser) -> None:
    go, fast = listed("Tide <gate>"), listed("", stack="fastapi", uncertainty=80, operations=10)
    listed(state="draft")
    shown = page(desk)
    links = {str(a["href"]): a for a in shown.select(".desk-map svg a")}
    assert set(links) == {f"{LIST}{row.pk}/change/" for row in (go, fast)}
    of_go, of_fast = (links[f"{LIST}{row.pk}/change/"] for row in (go, fast))
    assert of_go.title.get_text() == "Tide <gate>: Go"  # type: ignore[union-attr]
    assert of_fast.title.get_text() == "(no name yet): FastAPI"  # type: ignore[union-attr]
    assert of_go.select_one("rect.dot-go")
    assert of_fast.select_one("circle.dot-fastapi")
    assert {a["tabindex"] for a in links.values()} == {"-1"}
    assert "1 of them have no result" in shown.select_one("#portfolio-says").get_text()  # type: ignore[union-attr]


def test_the_map_holds_all_pages_and_follows_filters_and_search(desk: Browser) -> None:
    many(70)
    many(5, stack="fastapi")
    assert len(page(desk).select(".desk-map svg a")) == 75
    assert len(page(desk, "?verdict=fastapi").select(".desk-map svg a")) == 5
    assert not page(desk, "?q=nonesuch").select(".desk-map")


def test_many_are_a_density_that_says_what_it_is_of(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.admin.portfolio.MOST_DOTS", 20)
    monkeypatch.setattr("assessments.admin.portfolio.SAMPLE", 25)
    many(20)
    many(10, uncertainty=90, operations=5, stack="fastapi")
    shown = page(desk)
    assert not shown.select(".desk-map svg a")
    shades = [cell["class"] for cell in shown.select(".desk-map rect.cell")]
    assert shades == [["cell", "cell-5"]] * 2
    assert "Density of the first 25 of 30" in shown.select_one("#portfolio-says").get_text()  # type: ignore[union-attr]
    table = [row.get_text(" ").split() for row in shown.select(".desk-map tbody tr")]
    assert table == [
        ["FastAPI", "10", "0", "0", "0", "10"],
        ["Go", "0", "0", "15", "0", "15"],
        ["All", "10", "0", "15", "0", "25"],
    ]


def test_a_consultants_map_holds_nothing_of_anothers() -> None:
    ada = consultant("ada")
    many(3, client_of(ada))
    many(4, client_of(consultant("ben")))
    assert len(page(signed_in(ada)).select(".desk-map svg a")) == 3


def test_rows_are_drawn_as_the_stock_list_draws_them(desk: Browser) -> None:
    listed("Tide <gate>", client_of(None, "Quay & Co"), review_on=timezone.localdate())
    listed("", state="draft")
    request: Any = RequestFactory().get(LIST, {"q": "tide", "o": "3"})
    request.user, request.resolver_match = User.objects.get(), resolve(LIST)
    cl = admin.site.get_model_admin(Assessment).get_changelist_instance(request)
    cl.formset = None
    stock = ["".join(row).replace(' class="nowrap"', "") for row in results(cl)]
    assert list(drawn_rows(cl)) == stock


def test_a_common_word_is_found_among_what_the_list_holds_in_its_order(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.models.search.FEW", 2)
    ada = consultant("ada")
    hers = client_of(ada, "Hers")
    for number, stage in enumerate(("idea", "relied_on", "idea", "growing")):
        listed(f"Tidegate {number}", hers if number else None, stage=stage)
    listed("Ledgerly", hers)
    assert names(page(desk, "?q=tide")) == [f"Tidegate {n}" for n in (3, 2, 1, 0)]
    assert names(page(desk, "?q=tide+gate&stage=idea")) == []
    assert names(page(desk, "?q=tide&stage=idea")) == ["Tidegate 2", "Tidegate 0"]
    browser = signed_in(ada)
    assert names(page(browser, "?q=tide")) == [f"Tidegate {n}" for n in (3, 2, 1)]
    assert names(page(browser, "?q=tide&o=9")) == [f"Tidegate {n}" for n in (3, 2, 1)]
    assert names(page(browser, "?q=tide&o=-9&state=finished")) == [
        f"Tidegate {n}" for n in (1, 2, 3)
    ]
    assert names(page(browser, "?q=nonesuch")) == []
