"""Answers corrected on a client's behalf, at the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from assessments.models import Assessment
from tests.desk.asking import refused, said, send
from tests.desk.lenses import FLIPPED, in_use
from tests.desk.pages import at
from tests.desk.people import assessment_of, client_of, consultant, signed_in, stored
from tests.factories import lens
from tests.web import controls, form_of, says, soup, text_of, title

pytestmark = pytest.mark.django_db
STEPS = [step.id for step in lens().steps]


@pytest.fixture
def hers(ada: User) -> Assessment:
    return assessment_of(client_of(ada))


def correct(
    user: User, assessment: Assessment, step: str, why: str = "On the phone", **given: Any
) -> Any:
    """Opens the step, fills something in and sends it, as a browser would."""
    browser = signed_in(user)
    page = browser.get(at("correct_step", assessment.pk, step))
    return send(browser, page, "Correct", correction_reason=why, **given)


def test_all_answers_are_listed_each_step_with_the_way_to_its_form(
    ada: User, hers: Assessment
) -> None:
    page = signed_in(ada).get(at("correct", hers.pk))
    assert "Change number 1" in says(page)
    links = [str(link["href"]) for link in soup(page).select("#content-main table a")]
    assert links == [at("correct_step", hers.pk, step) for step in STEPS]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_sent_as_it_stands_stores_nothing(ada: User, hers: Assessment, step: str) -> None:
    before = Assessment.objects.values().get()
    page = correct(ada, hers, step)
    assert "Nothing was stored" in said(page)
    assert Assessment.objects.values().get() == before


def test_a_form_shows_the_answers_as_they_are_stored(ada: User, hers: Assessment) -> None:
    page = signed_in(ada).get(at("correct_step", hers.pk, "team"))
    sent = controls(form_of(page, "Correct"))
    assert (sent["python"], sent["go"], sent["version"]) == ("fluent", "none", str(hers.version))
    legends = [text_of(legend) for legend in soup(page).select("fieldset legend")]
    assert lens().question["go"].label in legends
    assert lens().question["go"].options[0].says in says(page)


def test_an_open_answer_is_open_and_nothing_is_assumed(ada: User) -> None:
    made = assessment_of(client_of(ada), schema=None)
    page = signed_in(ada).get(at("correct_step", made.pk, "moving"))
    assert controls(form_of(page, "Correct"))["schema"] == ""


def test_the_changes_are_rows_to_correct(ada: User, hers: Assessment) -> None:
    correct(
        ada,
        hers,
        "changes",
        change_1_text="Prices by country",
        change_4_text="",
        change_4_kind="",
        change_4_likelihood="",
    )
    texts = [change["text"] for change in stored(hers).answers["changes"]]
    assert texts == ["Change number 1", "Prices by country", "Change number 3", "Change number 4"]
    assert [row.text for row in hers.changes.all()] == texts


def test_the_first_step_has_the_projects_name(ada: User, hers: Assessment) -> None:
    correct(ada, hers, STEPS[0], project_name="Quill")
    assert stored(hers).project.name == stored(hers).pinned()["project"]["name"] == "Quill"


def test_the_verdict_is_found_anew_and_said(ada: User, hers: Assessment) -> None:
    page = correct(ada, hers, "team", go="fluent")
    assert "Corrected “Team and libraries”. The verdict on the answers now: FastAPI" in said(page)
    after = stored(hers)
    assert after.pinned()["answers"]["go"] == "fluent"
    line = after.history.first()
    assert line.history_user == ada
    assert line.history_change_reason == "corrected “Team and libraries”: On the phone"


def test_a_draft_stays_a_draft(ada: User) -> None:
    made = assessment_of(client_of(ada), finished=False)
    page = signed_in(ada).get(at("correct_step", made.pk, "team"))
    assert "This is a draft, and stays one" in says(page)
    correct(ada, made, "team", go="fluent")
    assert (stored(made).report, stored(made).answers["go"]) == (None, "fluent")
    assert stored(made).history.first().history_user == ada


@pytest.mark.parametrize("why", ["", "  \n "])
def test_without_a_reason_nothing_is_stored(ada: User, hers: Assessment, why: str) -> None:
    page = correct(ada, hers, "team", why, go="fluent")
    assert title(page).startswith("Error:")
    assert "Say why you correct it" in says(page)
    assert controls(form_of(page, "Correct"))["go"] == "fluent"
    assert stored(hers).answers["go"] == "none"


@pytest.mark.parametrize(
    ("step", "given", "error"),
    [
        ("team", {"go": "a bit"}, "That is not one of the options"),
        ("changes", {"change_0_text": "x" * 201}, "At most 200 characters"),
        ("changes", {"change_0_text": ""}, "is empty"),
        ("project", {"project_name": ""}, "Give the project a name"),
        ("holding", {"peak_rps": "lots"}, "A whole number"),
        ("team", {"version": "99"}, "It is not clear which version"),
        ("team", {"version": ""}, "It is not clear which version"),
    ],
)
def test_a_mistake_comes_back_with_what_was_filled_in(
    ada: User, hers: Assessment, step: str, given: dict[str, str], error: str
) -> None:
    page = correct(ada, hers, step, **given)
    assert error in says(page)
    assert title(page).startswith("Error:")
    assert "On the phone" in says(page)
    assert stored(hers).version == hers.version


def test_a_step_saved_meanwhile_is_told_with_both_versions(ada: User, hers: Assessment) -> None:
    browser = signed_in(ada)
    opened = browser.get(at("correct_step", hers.pk, "team"))
    stored(hers).record(lens(), "team", {"go": "some"}, hers.version)
    page = send(browser, opened, "Correct", go="fluent", correction_reason="On the phone")
    assert page.status_code == 409
    options = lens().question["go"].by_id
    differing = [text_of(cell) for cell in soup(page).select("tr.differs td")]
    assert differing == [options["some"].label, options["fluent"].label]
    assert stored(hers).answers["go"] == "some"
    again = send(browser, page, "Correct")
    assert again.status_code == 200
    assert stored(hers).answers["go"] == "fluent"


def test_another_step_saved_meanwhile_is_no_conflict(ada: User, hers: Assessment) -> None:
    browser = signed_in(ada)
    opened = browser.get(at("correct_step", hers.pk, "team"))
    stored(hers).record(lens(), "mistake", {"mistake": "loose"}, hers.version)
    send(browser, opened, "Correct", go="fluent", correction_reason="On the phone")
    assert (stored(hers).answers["go"], stored(hers).answers["mistake"]) == ("fluent", "loose")


def test_what_comes_along_is_said_before(
    ada: User, hers: Assessment, settings: Any, tmp_path: Any
) -> None:
    browser, address = signed_in(ada), at("correct_step", hers.pk, "team")
    assert not soup(browser.get(address)).select(".desk-warning")
    hers.record(lens(), "mistake", {"mistake": "loose"}, hers.version)
    in_use(settings, tmp_path, FLIPPED)
    page = says(browser.get(address))
    assert "theirs included" in page
    assert "finds it anew under “FastAPI or Go”, version 2" in page


def test_anothers_are_out_of_reach(ada: User, caplog: pytest.LogCaptureFixture) -> None:
    his = assessment_of(client_of(consultant("ben")))
    browser, data = signed_in(ada), {"version": his.version, "go": "fluent"}
    with refused(caplog, f"assessment {his.pk}"):
        assert browser.get(at("correct", his.pk)).status_code == 404
    with refused(caplog, f"assessment {his.pk}"):
        assert browser.get(at("correct_step", his.pk, "team")).status_code == 404
    with refused(caplog, f"assessment {his.pk}"):
        page = browser.post(at("correct_step", his.pk, "team"), data | {"correction_reason": "x"})
    assert page.status_code == 404
    assert stored(his).answers["go"] == "none"


def test_a_step_that_is_none_is_not_found(
    ada: User, hers: Assessment, caplog: pytest.LogCaptureFixture
) -> None:
    with refused(caplog, "step dreams"):
        assert signed_in(ada).get(at("correct_step", hers.pk, "dreams")).status_code == 404


def test_the_list_of_steps_is_only_read(ada: User, hers: Assessment) -> None:
    assert signed_in(ada).post(at("correct", hers.pk)).status_code == 405
    assert signed_in(ada).put(at("correct_step", hers.pk, "team")).status_code == 405


def test_who_may_not_change_is_refused(ada: User, hers: Assessment) -> None:
    ada.groups.get().permissions.remove(Permission.objects.get(codename="change_assessment"))
    browser, step = signed_in(ada), at("correct_step", hers.pk, "team")
    assert browser.get(at("correct", hers.pk)).status_code == 403
    assert browser.get(step).status_code == 403
    data = {"version": hers.version, "go": "fluent", "correction_reason": "x"}
    assert browser.post(step, data).status_code == 403
    assert stored(hers).answers["go"] == "none"
