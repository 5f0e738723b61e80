"""The versions of a project at the desk: named on each other's pages, compared, and in scope."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment
from tests.desk.forms import desk
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.factories import lens
from tests.web import heading, says, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(ada: User) -> Assessment:
    return assessment_of(client_of(ada))


def again(of: Assessment, finished: bool = True, **given: Any) -> Assessment:
    made, _ = Assessment.objects.again(of)
    for step, question in ((q.step, q.id) for q in lens().questions if q.id in given):
        made.record(lens(), step, {question: given[question]}, made.version)
    if finished:
        made.finish(lens())
    return made


def page_of(browser: Browser, assessment: Assessment) -> BeautifulSoup:
    page = browser.get(desk("assessment_change", assessment.pk))
    assert page.status_code == 200
    return soup(page)


def rows(page: BeautifulSoup) -> list[list[str]]:
    found = page.select("#versions tbody tr")
    return [[text_of(cell) for cell in row.select("th, td")] for row in found]


def test_an_assessment_names_its_earlier_and_later_versions(ada: User, first: Assessment) -> None:
    second = again(first)
    third = again(second, finished=False)
    page = page_of(signed_in(ada), second)
    told = rows(page)
    assert [row[0] for row in told] == [
        f"Version 1, no. {first.pk}",
        f"Version 2, no. {second.pk} (this one)",
        f"Version 3, no. {third.pk}",
    ]
    assert [row[3] for row in told] == [
        f"FastAPI {first.strength}",
        f"FastAPI {second.strength}",
        "Draft",
    ]
    links = [str(link["href"]) for link in page.select("#versions th a")]
    assert links == [desk("assessment_change", each.pk) for each in (first, third)]


def test_one_version_alone_has_no_such_list(ada: User, first: Assessment) -> None:
    Assessment.objects.create(project=first.project)
    assert page_of(signed_in(ada), first).select_one("#versions") is None


@pytest.mark.parametrize("at", [0, 1])
def test_two_versions_are_compared_the_earlier_one_first(
    ada: User, first: Assessment, at: int
) -> None:
    both = (first, again(first, schema="settled"))
    browser = signed_in(ada)
    link = page_of(browser, both[at]).select_one("#versions td a")
    assert link
    page = browser.get(str(link["href"]))
    assert heading(page) == "Compare"
    chosen = [str(option["value"]) for option in soup(page).select("option[selected]")]
    assert chosen == [f"assessment-{each.pk}" for each in both]
    assert "Schema" in says(page)


def test_a_version_belongs_to_the_same_client_and_is_found_there(
    ada: User, first: Assessment
) -> None:
    second = again(first)
    browser = signed_in(ada)
    assert page_of(browser, second)
    found = says(browser.get(desk("assessment_changelist"), {"q": "ledgerly"}))
    assert "2 assessments" in found


def test_with_whom_the_client_is_shared_sees_the_versions_too(first: Assessment) -> None:
    client = first.project.client
    assert client
    ben = consultant("ben")
    client.shared_with.add(ben)
    again(first)
    assert len(rows(page_of(signed_in(ben), first))) == 2


def test_who_is_not_of_the_client_sees_neither_version(first: Assessment) -> None:
    second = again(first)
    browser = signed_in(consultant("ben"))
    for each in (first, second):
        assert browser.get(desk("assessment_change", each.pk)).status_code == 404
    compare = desk("assessment_compare")
    query = {"a": f"assessment-{first.pk}", "b": f"assessment-{second.pk}"}
    assert browser.get(compare, query).status_code == 404


def test_versions_of_no_client_are_a_superusers(ada: User) -> None:
    alone = assessment_of(None)
    second = again(alone)
    assert len(rows(page_of(signed_in(superuser()), second))) == 2
    assert signed_in(ada).get(desk("assessment_change", second.pk)).status_code == 404


def test_a_version_out_of_scope_is_not_named_on_one_in_scope(ada: User, first: Assessment) -> None:
    """Versions share their project; one that was put elsewhere by hand is nobody else's."""
    second = again(first)
    elsewhere = assessment_of(client_of(consultant("ben"), "Rudder"))
    Assessment.objects.filter(pk=elsewhere.pk).update(previous=second)
    told = says(signed_in(ada).get(desk("assessment_change", second.pk)))
    assert f"no. {elsewhere.pk}" not in told


def test_more_versions_are_no_more_queries(ada: User, first: Assessment) -> None:
    again(first)
    browser = signed_in(ada)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(browser, first)
        return len(captured)

    few = asked()
    for _ in range(4):
        again(first)
    assert asked() == few
