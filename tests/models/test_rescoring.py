"""Stored verdicts scored anew under the lens in use."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from assessments.engine.lens import Lens
from assessments.models import Assessment, Milestone, State
from assessments.shared_pages import shared_pages
from tests.desk.lenses import FLIPPED, MOVING, SLIPPED, STILL, in_use, next_version
from tests.desk.people import consultant
from tests.engine.lens_text import edit
from tests.web import LENS, Draft, draft, heading, says

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished() -> Draft:
    return draft(MOVING, finished=True)


@pytest.fixture
def later(finished: Draft, settings: Any, tmp_path: Path) -> Lens:
    return in_use(settings, tmp_path, FLIPPED)


def test_the_report_is_made_anew_and_what_stood_is_kept(finished: Draft, later: Lens) -> None:
    before, ada = finished.now, consultant()
    assert finished.now.rescore(later, ada)
    after, kept = finished.now, Milestone.objects.get()
    assert (before.stack, after.stack) == ("fastapi", "go")
    assert (after.lens_version, after.pinned()["lens"]["version"]) == (2, 2)
    assert (kept.report, kept.answers_file, kept.author) == (before.report, MOVING, ada)
    assert kept.name.startswith("Before re-scoring, lens fastapi-go 1, 20")


def test_it_is_no_new_answer(finished: Draft, later: Lens) -> None:
    finished.now.look_again_on(date(2031, 5, 6))
    Assessment.objects.update(state=State.PUBLISHED)
    before = finished.now
    finished.now.rescore(later)
    after = finished.now
    for name in ("finished_at", "review_on", "version", "answers", "touched", "state"):
        assert getattr(after, name) == getattr(before, name), name
    assert not after.has_moved_on(later)


def test_the_history_says_so(finished: Draft, later: Lens) -> None:
    finished.now.rescore(later, consultant("ada"))
    line = finished.now.history.first()
    assert line.history_change_reason == "re-scored under lens fastapi-go version 2"
    assert line.history_user.username == "ada"
    assert (line.prev_record.stack, line.stack) == ("fastapi", "go")


def test_answers_that_were_not_finished_still_wait(finished: Draft, later: Lens) -> None:
    finished.save("team", go="fluent")
    finished.now.rescore(later)
    assert "go" not in finished.now.pinned()["answers"]
    assert finished.now.has_moved_on(later)
    assert "go" not in Milestone.objects.get().answers_file["answers"]


def test_again_under_the_same_lens_nothing_moves(finished: Draft, later: Lens) -> None:
    finished.now.rescore(later)
    before = Assessment.objects.values().get()
    assert finished.now.rescored_under(later) is None
    assert finished.now.rescore(later)
    assert Assessment.objects.values().get() == before
    assert Milestone.objects.count() == 1


def test_a_new_version_is_taken_over_where_no_figure_moves(settings: Any, tmp_path: Path) -> None:
    anchored = draft(STILL, finished=True)
    newer = in_use(settings, tmp_path, next_version())
    found = anchored.now.rescored_under(newer)
    assert found
    assert not found.moves_anything
    anchored.now.rescore(newer)
    assert anchored.now.lens_version == 2


def test_a_second_time_on_the_same_day_has_a_name_of_its_own(finished: Draft, later: Lens) -> None:
    finished.now.rescore(later)
    for lens in (LENS, later):
        finished.now.rescore(lens)
    first, _, third = Milestone.objects.order_by("pk").values_list("name", flat=True)
    assert third == f"{first} (2)"


def test_what_moved_since_it_was_seen_is_left_alone(finished: Draft, later: Lens) -> None:
    seen = finished.now.standing()
    finished.save("team", go="fluent")
    assert not finished.now.rescore(later, seen=seen)
    assert (finished.now.lens_version, Milestone.objects.count()) == (1, 0)
    seen = finished.now.standing()
    finished.now.finish(LENS)  # the answers are the same, the report is not
    assert not finished.now.rescore(later, seen=seen)
    assert finished.now.rescore(later, seen=finished.now.standing())


def test_a_draft_has_nothing_to_score_anew() -> None:
    started = draft(MOVING)
    assert not started.now.rescore(LENS)
    assert started.now.state == State.DRAFT


def test_an_option_that_is_gone_does_not_count_and_is_no_change_of_the_answers(
    settings: Any, tmp_path: Path, client: Client
) -> None:
    """“Your answers have changed” must not be said to a founder who changed none."""
    finished = draft(STILL, finished=True)
    text = edit(next_version(), "[[question]]", "schema", 'id = "schema"', 'id = "tables"')
    text = text.replace("schema = [", "tables = [")
    text = text.replace('question = "schema"', 'question = "tables"')
    other = in_use(settings, tmp_path, text)
    finished.now.rescore(other)
    assert finished.now.pinned()["answers"] == {}
    assert not finished.now.has_moved_on(other)
    assert "answers have changed" not in says(client.get(finished.url("result"))).lower()


@pytest.mark.parametrize("text", [FLIPPED, SLIPPED], ids=["next version", "same version"])
def test_a_shared_result_shows_the_new_verdict_at_once(
    client: Client, settings: Any, tmp_path: Path, text: str
) -> None:
    shared_pages.clear()
    finished = draft(MOVING, finished=True)
    address = f"/r/{finished.share()[1]}/"
    before = client.get(address)
    assert heading(before).startswith("Start with FastAPI.")
    finished.now.rescore(in_use(settings, tmp_path, text))
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert heading(after).startswith("Start with Go.")
    assert heading(client.get(finished.url("result"))).startswith("Start with Go.")
