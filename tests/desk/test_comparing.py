"""Two assessments, or milestones of them, side by side."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User

from assessments.models import Assessment
from tests.desk.asking import act, columns, refused, said
from tests.desk.pages import at
from tests.desk.people import assessment_of, client_of, consultant, signed_in
from tests.factories import lens, stable_answers
from tests.web import says, soup

pytestmark = pytest.mark.django_db


@pytest.fixture
def moving(ada: User) -> Assessment:
    return assessment_of(client_of(ada))


@pytest.fixture
def holding(ada: User) -> Assessment:
    return assessment_of(client_of(ada, "Tide"), stable_answers())


def compare(user: User, a: str, b: str = "") -> object:
    return signed_in(user).get(at("compare"), {"a": a} | ({"b": b} if b else {}))


def named(one: Assessment) -> str:
    return f"assessment-{one.pk}"


def test_the_two_verdicts_stand_side_by_side(
    ada: User, moving: Assessment, holding: Assessment
) -> None:
    page = compare(ada, named(moving), named(holding))
    words = says(page)
    assert "A says FastAPI, B says Go." in words
    for text in ("Ledgerly", "Tidegate", "Strength", "Pattern", "Robustness", "of readings"):
        assert text in words
    tags = [tag.get_text() for tag in soup(page).select(".tag-fastapi, .tag-go")]
    assert tags == ["FastAPI", "Go"]
    assert f"{moving.uncertainty:.1f} of 100" in words
    assert f"{holding.operations:.1f} of 100" in words


def test_answers_texts_and_points_that_differ_are_listed(ada: User, moving: Assessment) -> None:
    kept = moving.freeze("Before", ada)
    version = moving.version
    given = {"go": "fluent"}
    moving.correct(lens(), "team", given, version, "why")
    moving.correct(lens(), "project", {"project": {"name": "Quill"}}, moving.version, "why")
    page = compare(ada, f"milestone-{kept.pk}", named(moving))
    options = lens().question["go"].by_id
    assert columns(page, "answered differently") == [
        [lens().question["go"].short, options["none"].label, options["fluent"].label]
    ]
    assert ["Project", "Ledgerly", "Quill"] in columns(page, "Texts that differ")
    assert "Both say" in says(page)


def test_contributions_come_with_their_difference(
    ada: User, moving: Assessment, holding: Assessment
) -> None:
    rows = columns(compare(ada, named(moving), named(holding)), "Points of product uncertainty")
    assert rows[0][0] == "Expected changes"
    assert rows[0][1][0] == "+"
    assert rows[0][3][0] == "−"


def test_both_are_on_one_map(ada: User, moving: Assessment, holding: Assessment) -> None:
    page = compare(ada, named(moving), named(holding))
    drawing = soup(page).select_one("figure.desk-map svg")
    assert drawing
    assert len(drawing.select("circle.dot-fastapi")) == len(drawing.select("rect.dot-go")) == 1
    assert [text.get_text() for text in drawing.select(".map-label")] == ["A", "B"]
    described = drawing.select_one("desc")
    assert described
    assert f"A {moving.uncertainty:.1f} of 100" in described.get_text()


def test_the_same_twice_differs_in_nothing(ada: User, moving: Assessment) -> None:
    page = compare(ada, named(moving), named(moving))
    assert "None: every question is answered alike." in says(page)
    assert "None: every answer counts alike." in says(page)
    assert not soup(page).select(".differs")


def test_a_draft_has_no_verdict_yet(ada: User, moving: Assessment) -> None:
    draft = assessment_of(client_of(ada, "New"), finished=False, go="fluent")
    page = compare(ada, named(moving), named(draft))
    assert "B is not finished yet" in says(page)
    assert len(columns(page, "answered differently")) == 1
    assert not soup(page).select("figure.desk-map")


def test_answers_that_moved_on_are_told(ada: User, moving: Assessment) -> None:
    kept = moving.freeze("Before", ada)
    moving.record(lens(), "team", {"go": "fluent"}, moving.version)
    page = compare(ada, f"milestone-{kept.pk}", named(moving))
    assert "The answers of B have changed since the verdict was found." in says(page)


def test_the_same_clients_others_are_offered(
    ada: User, moving: Assessment, holding: Assessment
) -> None:
    theirs = moving.project.client
    another = assessment_of(theirs)
    kept = another.freeze("Frozen", None)
    page = compare(ada, named(moving))
    assert page.status_code == 200  # type: ignore[attr-defined]
    offered = {str(option["value"]) for option in soup(page).select("#id_b option")}
    assert offered == {named(moving), named(another), f"milestone-{kept.pk}"}
    chosen = soup(page).select_one("#id_a option[selected]")
    assert chosen
    assert chosen["value"] == named(moving)
    assert f"no. {moving.pk}, now" in chosen.get_text()


def test_what_is_offered_does_not_cost_a_query_each(
    ada: User, moving: Assessment, django_assert_max_num_queries: object
) -> None:
    for _ in range(4):
        assessment_of(moving.project.client).freeze("Frozen", None)
    browser = signed_in(ada)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        browser.get(at("compare"), {"a": named(moving), "b": named(moving)})


def test_from_the_list_two_are_compared_the_older_first(
    ada: User, moving: Assessment, holding: Assessment
) -> None:
    page = act(signed_in(ada), "compare_selected", holding, moving)
    assert page["Location"] == f"{at('compare')}?a={named(moving)}&b={named(holding)}"


@pytest.mark.parametrize("number", [1, 3])
def test_from_the_list_it_takes_exactly_two(ada: User, number: int) -> None:
    chosen = [assessment_of(client_of(ada)) for _ in range(number)]
    page = act(signed_in(ada), "compare_selected", *chosen, follow=True)
    assert "Select two assessments" in said(page)


def test_anothers_are_out_of_reach(
    ada: User, moving: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    his = assessment_of(client_of(consultant("ben")))
    kept = his.freeze("His", None)
    for theirs in (named(his), f"milestone-{kept.pk}"):
        what = theirs.replace("-", " ")
        for a, b in ((theirs, named(moving)), (named(moving), theirs)):
            with refused(caplog, what):
                assert compare(ada, a, b).status_code == 404  # type: ignore[attr-defined]
    with refused(caplog, f"assessment {his.pk}"):
        assert act(signed_in(ada), "compare_selected", moving, his).status_code == 403


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "5",
        "assessment",
        "assessment-",
        "assessment-x",
        "note-1",
        "assessment-" + "9" * 30,
        "assessment-5\n",
        "assessment--5",
        "assessment-٥",
    ],
)
def test_what_names_nothing_is_not_found(
    ada: User, moving: Assessment, reference: str, caplog: pytest.LogCaptureFixture
) -> None:
    with refused(caplog, "to compare"):
        assert compare(ada, reference, named(moving)).status_code == 404  # type: ignore[attr-defined]


def test_it_is_only_read(ada: User) -> None:
    assert signed_in(ada).post(at("compare")).status_code == 405


def test_milestones_take_the_right_to_see_them(ada: User, moving: Assessment) -> None:
    kept = moving.freeze("Before", ada)
    ada.groups.get().permissions.remove(Permission.objects.get(codename="view_milestone"))
    page = compare(ada, f"milestone-{kept.pk}", named(moving))
    assert page.status_code == 403  # type: ignore[attr-defined]
    assert "Before" not in says(compare(ada, named(moving)))
