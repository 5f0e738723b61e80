"""Which steps were seen: none is forgotten, however many are saved and confirmed at once."""

from __future__ import annotations

from itertools import permutations

import pytest

from assessments.models import Assessment, SearchText, StaleAnswers
from tests.web import FOUNDERS, LENS, Draft, draft

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file
TEXTS = {"name": "Marina", "summary": "What Marina does"}
SEEN = {
    "team": {"python": None, "go": None},
    "moving": {"schema": None},
    "holding": {"throughput": None},
}


@pytest.mark.parametrize("order", list(permutations(SEEN)), ids="-".join)
def test_steps_confirmed_in_the_same_moment_are_all_confirmed(order: tuple[str, ...]) -> None:
    empty = draft()
    at_once = [(step, empty.now) for step in order]
    for step, read_before in at_once:
        read_before.record(LENS, step, SEEN[step], read_before.version)
    assert set(empty.now.touched) == set(SEEN)
    assert empty.version == 0


def test_a_step_confirmed_while_another_is_saved_is_not_forgotten() -> None:
    empty = draft()
    saving, confirming = empty.now, empty.now
    confirming.record(LENS, "team", SEEN["team"], 0)
    saving.record(LENS, "moving", {"schema": "settled"}, 0)
    assert empty.now.touched == {"team": 0, "moving": 1}


def test_a_step_confirmed_while_all_are_saved_at_once_is_not_forgotten() -> None:
    started = draft(FILE)
    saving, confirming = started.now, started.now
    answers = saving.stored_answers(LENS)
    values = {**answers.values, "schema": "settled", "go": "fluent"}
    confirming.record(LENS, "holding", {}, confirming.version)
    assert saving.record_all(LENS, type(answers)(values, answers.changes, *TEXTS.values()), 1)
    assert started.now.touched == {"holding": 1, "moving": 2, "team": 2}
    assert saving.touched == {"moving": 2, "team": 2}


def test_what_a_save_leaves_in_the_object_is_what_it_stored() -> None:
    started = draft(FILE)
    stored = started.now
    stored.record(LENS, "team", {"go": "fluent"}, stored.version)
    assert (stored.touched, stored.version) == (started.now.touched, started.version)


# ---- A project renamed elsewhere ----


def renamed(first: Draft, name: str = "Harbour") -> None:
    """As the desk does it."""
    project = first.now.project
    project.name = name
    project.save()


def test_a_form_opened_before_a_renaming_does_not_put_the_old_name_back() -> None:
    started = draft(FILE)
    before = started.version
    renamed(started)
    assert started.version == before + 1
    with pytest.raises(StaleAnswers) as stale:
        started.now.record(LENS, "project", {"project": TEXTS, "stage": "idea"}, before)
    assert (stale.value.saved.name, stale.value.wanted.name) == ("Harbour", "Marina")
    assert started.now.project.name == "Harbour"


def test_one_opened_after_it_does_as_it_says() -> None:
    started = draft(FILE)
    renamed(started)
    started.save("project", project=TEXTS)
    assert started.now.project.name == "Marina"


def test_other_steps_are_saved_from_forms_opened_before_it() -> None:
    started = draft(FILE)
    before = started.version
    renamed(started)
    started.now.record(LENS, "team", {"go": "fluent"}, before)
    assert started.answers.values["go"] == "fluent"
    assert started.now.project.name == "Harbour"


def test_a_step_nobody_has_seen_is_still_to_be_seen() -> None:
    empty = draft()
    renamed(empty)
    assert empty.now.first_open_step(LENS) == 1


def test_what_is_saved_without_another_text_is_no_renaming() -> None:
    started = draft(FILE)
    before, lines = started.version, started.now.history.count()
    renamed(started, "Marina")
    assert (started.version, started.now.history.count()) == (before, lines)


def test_history_tells_the_renaming_apart_from_what_the_founder_did_before() -> None:
    started = draft(FILE)
    started.save("team", go="fluent")
    renamed(started)
    newest, before = started.now.history.order_by("-history_id")[:2]
    assert newest.history_change_reason == "project renamed: “Marina” → “Harbour”"
    assert (newest.version, newest.answers) == (before.version + 1, before.answers)
    assert not before.history_change_reason
    assert before.answers["go"] == "fluent"


def test_a_version_renamed_by_its_founder_makes_the_others_forms_stale() -> None:
    first = draft(FILE, finished=True)
    second = Draft(*Assessment.objects.again(first.now))
    opened = first.version
    second.save("project", project={"name": "Harbour", "summary": ""})
    assert first.version == opened + 1
    with pytest.raises(StaleAnswers):
        first.now.record(LENS, "project", {"project": TEXTS}, opened)
    assert first.now.project.name == "Harbour"


def test_all_versions_are_found_by_the_new_name() -> None:
    first = draft(FILE, finished=True)
    second = Draft(*Assessment.objects.again(first.now))
    second.save("project", project={"name": "Harbour", "summary": ""})
    words = SearchText.objects.order_by("pk").values_list("words", flat=True)
    assert ["harbour" in text.split() for text in words] == [True, True]
    assert not any("marina" in text.split() for text in words)
