"""``manage.py load_examples``: three worked examples, safe to load again."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from assessments.engine.report import build_report
from assessments.models import Assessment, Project
from tests.web import CHANGE_HEAVY, LENS, draft

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_examples", stdout=out)
    return out.getvalue()


def rows() -> list[Any]:
    return list(Assessment.objects.order_by("pk").values())


def test_there_is_one_clear_fastapi_one_clear_go_and_one_seam() -> None:
    load()
    verdicts = Assessment.objects.order_by("pk").values_list("stack", "strength", "pattern")
    clear_fastapi, clear_go, seam = verdicts
    assert clear_fastapi == ("fastapi", "clear", "single")
    assert clear_go == ("go", "clear", "single")
    assert seam[2] == "seam"


def test_they_are_scored_by_the_engine_and_belong_to_nobody() -> None:
    load()
    for example in Assessment.objects.all():
        assert example.report == build_report(LENS, example.engine_answers(LENS))
        assert example.edit_hash is None
        assert example.project.client is None


def test_loading_again_changes_nothing() -> None:
    assert len(load().splitlines()) == 3
    before = rows()
    assert load() == ""
    assert rows() == before
    assert Project.objects.count() == 3


def test_an_example_that_was_altered_is_put_right() -> None:
    load()
    reports = [row["report"] for row in rows()]
    altered = Assessment.objects.get(slug="ledgerly")
    altered.record(LENS, "project", {"stage": "relied_on"}, altered.version)
    altered.finish(LENS)
    assert load().startswith("ledgerly:")
    assert [row["report"] for row in rows()] == reports


def test_an_example_of_an_older_lens_is_scored_anew() -> None:
    load()
    older = Assessment.objects.get(slug="tidegate")
    lens = replace(LENS, version=0)
    older.pin(lens, build_report(lens, older.engine_answers(LENS)))
    assert load().startswith("tidegate: go, clear, single")


def test_what_founders_have_entered_is_left_alone() -> None:
    own = draft(CHANGE_HEAVY, finished=True)
    before = Assessment.objects.values().get()
    load()
    assert Assessment.objects.values().get(pk=own.assessment.pk) == before
