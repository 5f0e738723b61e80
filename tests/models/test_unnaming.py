"""The report without names beside the pinned one: made with it, kept with it, read only for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.engine.answers import parse
from assessments.engine.report import build_report
from assessments.engine.unnamed import without_texts
from assessments.imports import bring_in, scored
from assessments.models import Assessment, NoUnnamedReport, Pair
from tests.desk.lenses import FLIPPED, MOVING, in_use
from tests.invited import inviting_client, two_invited
from tests.web import CHANGE_HEAVY, FOUNDERS, LENS, STABILITY_HEAVY, STEPS, Draft, draft, typed

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file


def loaded_examples() -> None:
    call_command("load_examples", verbosity=0)


def brought_in() -> None:
    bring_in(LENS, inviting_client(), scored(LENS, json.dumps(FILE).encode()), "imported")


def settled() -> None:
    pair, first, second = two_invited()
    first.answer(CHANGE_HEAVY)
    second.answer(STABILITY_HEAVY)
    current = Pair.objects.whole().get(pk=pair.pk)
    current.conclude(LENS, parse(LENS, CHANGE_HEAVY), current.basis, "CTO")


def corrected() -> None:
    finished = draft(FILE, finished=True).now
    finished.correct(LENS, "project", {"stage": "relied_on"}, finished.version, "As they said.")


def finished_again() -> None:
    finished = draft(FILE, finished=True)
    finished.save("team", go="none")
    finished.now.finish(LENS)


@pytest.mark.parametrize(
    "pinned",
    [
        lambda: draft(FILE, finished=True),
        finished_again,
        corrected,
        settled,
        brought_in,
        loaded_examples,
    ],
    ids=["finished", "again", "corrected", "settled", "imported", "example"],
)
def test_whatever_pins_a_report_keeps_it_without_names(pinned: Callable[[], Any]) -> None:
    pinned()
    rows = list(Assessment.objects.all())
    assert rows
    for row in rows:
        assert row.unnamed == without_texts(LENS, row.pinned())
        assert row.unnamed["project"] == {}


def test_a_draft_has_none(client: Client) -> None:
    started = draft(FILE)
    assert started.now.unnamed is None
    assert not started.now.can_go_unnamed()


def test_rescoring_words_it_in_the_new_lens(settings: Any, tmp_path: Path) -> None:
    finished = draft(MOVING, finished=True)
    before = finished.now.unnamed_report()
    later = in_use(settings, tmp_path, FLIPPED)
    assert finished.now.rescore(later)
    after = finished.now
    assert after.unnamed == without_texts(later, after.pinned())
    assert (before["stack"], after.unnamed_report()["stack"]) == ("fastapi", "go")


def test_a_later_lens_does_not_matter(settings: Any, tmp_path: Path) -> None:
    finished = draft(MOVING, finished=True)
    kept = finished.now.unnamed
    in_use(settings, tmp_path, FLIPPED)
    assert finished.now.can_go_unnamed()
    assert finished.now.unnamed_report() == kept


def test_what_was_not_kept_is_made_while_the_lens_is_the_same() -> None:
    finished = draft(FILE, finished=True)
    kept = finished.now.unnamed
    Assessment.objects.update(unnamed=None)
    assert finished.now.can_go_unnamed()
    assert finished.now.unnamed_report() == kept


def test_once_the_lens_has_moved_on_it_is_refused_and_not_made_up(
    settings: Any, tmp_path: Path
) -> None:
    finished = draft(MOVING, finished=True)
    Assessment.objects.update(unnamed=None)
    in_use(settings, tmp_path, FLIPPED)
    assert not finished.now.can_go_unnamed()
    with pytest.raises(NoUnnamedReport, match="fastapi-go/1"):
        finished.now.unnamed_report()


# ---------------------------------------------------------------- it costs nobody else anything


def asked(client: Client, call: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured]


@pytest.fixture
def finished() -> Draft:
    return draft(FILE, finished=True)


@pytest.mark.parametrize("page", ["result", "check", "what_if", "delete", *STEPS])
def test_a_founders_pages_do_not_read_it(client: Client, finished: Draft, page: str) -> None:
    address = finished.step(page) if page in STEPS else finished.url(page)
    said = asked(client, lambda: client.get(address))
    assert said
    assert not [sql for sql in said if "unnamed" in sql]


@pytest.mark.parametrize("step", STEPS)
def test_saving_a_step_neither_reads_nor_writes_it(
    client: Client, finished: Draft, step: str
) -> None:
    before, address = finished.now.unnamed, finished.step(step)
    data = typed(STABILITY_HEAVY, next(each for each in LENS.steps if each.id == step))
    data["version"] = str(finished.version)
    said = asked(client, lambda: client.post(address, data))
    assert [sql for sql in said if sql.startswith("UPDATE")]
    assert not [sql for sql in said if "unnamed" in sql]
    assert finished.now.unnamed == before


def test_no_history_keeps_it(finished: Draft) -> None:
    assert "unnamed" not in {field.name for field in Assessment.history.model._meta.fields}


# ---------------------------------------------------------------- what was pinned before


@pytest.mark.django_db(transaction=True)
def test_reports_pinned_before_get_theirs_where_the_lens_is_the_same() -> None:
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    try:
        old = executor.migrate([("assessments", "0007_results_that_travel")]).apps
        rows, report = old.get_model("assessments", "Assessment").objects, report_on(FILE)
        project = old.get_model("assessments", "Project").objects.create(name="Marina")
        of_today = {"project": project, "lens_id": LENS.id, "report": report}
        same = [rows.create(lens_version=LENS.version, **of_today).pk for _ in range(3)]
        older = rows.create(lens_version=LENS.version - 1, **of_today).pk
        unfinished = rows.create(project=project).pk
    finally:
        MigrationExecutor(connection).migrate(leaves)
    wanted = without_texts(LENS, report_on(FILE))
    assert [Assessment.objects.get(pk=pk).unnamed for pk in same] == [wanted] * 3
    assert Assessment.objects.filter(pk__in=(older, unfinished), unnamed__isnull=True).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_way_back_leaves_the_pinned_reports() -> None:
    finished = draft(FILE, finished=True)
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate([("assessments", "0007_results_that_travel")])
        assert finished.now.unnamed is None
        assert finished.now.report == report_on(FILE)
    finally:
        MigrationExecutor(connection).migrate(leaves)
    assert finished.now.unnamed == without_texts(LENS, finished.now.pinned())


def report_on(file: Any) -> Any:
    return build_report(LENS, parse(LENS, file))


def test_it_belongs_to_the_lens_that_is_handed_over_with_the_report() -> None:
    finished = draft(FILE, finished=True).now
    seam = {**LENS.seam_text, "title_unnamed": "A seam, as that lens calls it"}
    lens = replace(LENS, version=LENS.version + 1, seam_text=seam)
    finished.take_report(lens, build_report(lens, finished.engine_answers(lens)))
    seam_shown = finished.unnamed_report()["seam"]
    assert seam_shown
    assert seam_shown["title"] == "A seam, as that lens calls it"
