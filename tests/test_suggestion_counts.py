"""What became of suggested kinds: counted once, when a founder finishes in the wizard."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments import suggestion_counts
from assessments.demo import fill
from assessments.engine.answers import parse
from assessments.models import Assessment, Pair, SuggestionCount
from tests.desk.people import client_of, consultant, group
from tests.factories import only
from tests.first_words import change, suggest_first_words, suggest_nothing
from tests.invited import invited, two_invited
from tests.servers import run_beside
from tests.web import LENS, Draft, Json, controls, draft, form_of, post_step, with_answers

pytestmark = pytest.mark.django_db
CHANGES = [
    change("schema of invoices", "schema"),
    change("user_flow of sign-up", "integration"),
    change("throughput of imports"),
    change("Perhaps schema", "schema"),
    change("Something else", "user_flow"),
]
COUNTED = {
    ("schema", "schema"): 1,
    ("user_flow", "integration"): 1,
    ("throughput", ""): 1,
}
FILE = only(changes=CHANGES)


@pytest.fixture(autouse=True)
def foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    suggest_first_words(monkeypatch)


def finish(client: Client, started: Draft, kinds_as_filled_in: bool = False) -> Any:
    """By the button of the page with all answers; kinds that are open are left at “Not sure”."""
    form = form_of(client.get(started.url("check")), "See the verdict")
    sent = dict(controls(form))
    if not kinds_as_filled_in:
        sent |= {name: "" for name in sent if name.endswith("_kind")}
    return client.post(str(form["action"]), sent)


def counted(of: Any = None) -> dict[tuple[str, str], int]:
    rows = SuggestionCount.objects.filter(client=of)
    return {(row.suggested, row.chosen): row.times for row in rows}


def nothing_was_counted() -> bool:
    return not SuggestionCount.objects.exists()


# ---- What is counted ----


def test_what_was_taken_corrected_and_left_open_is_counted_and_what_was_not_suggested_is_not(
    client: Client,
) -> None:
    started = draft(FILE)
    assert finish(client, started)["Location"] == started.url("result")
    assert counted() == COUNTED


def test_a_kind_that_was_filled_in_on_the_check_page_and_stayed_counts_as_taken(
    client: Client,
) -> None:
    started = draft(FILE)
    assert finish(client, started, kinds_as_filled_in=True)["Location"] == started.url("result")
    taken = {("throughput", "throughput"): 1}
    left_open = {("throughput", "")}
    assert counted() == {key: COUNTED[key] for key in COUNTED.keys() - left_open} | taken


def test_the_way_to_the_verdict_past_the_check_page_counts_as_well(client: Client) -> None:
    started = draft(FILE)
    answer = post_step(client, started, "team", {"then": "verdict"})
    assert answer["Location"] == started.url("result")
    assert counted() == COUNTED


def test_two_changes_of_one_outcome_are_two(client: Client) -> None:
    finish(client, draft(only(changes=[change("schema one"), change("schema two")])))
    assert counted() == {("schema", ""): 2}


def test_founders_add_up(client: Client) -> None:
    for _ in range(3):
        finish(client, draft(FILE))
    assert counted() == dict.fromkeys(COUNTED, 3)


def test_who_was_invited_is_counted_with_the_client(client: Client) -> None:
    person = invited()
    started = person.answer(FILE, finished=False)
    finish(client, started)
    assert counted(person.invite.client) == COUNTED
    assert counted() == {}


def test_nothing_of_what_was_written_is_in_the_counts(client: Client) -> None:
    finish(client, draft({**FILE, "project": {"name": "Ledgerly"}}))
    stored = str(list(SuggestionCount.objects.values()))
    for word in ("invoices", "sign-up", "imports", "Ledgerly"):
        assert word not in stored


# ---- Counted once ----


def test_finishing_once_more_without_or_with_edits_counts_nothing(client: Client) -> None:
    started = draft(FILE)
    for _ in range(2):
        finish(client, started)
    started.save("changes", changes=[change("schema of invoices", "integration")])
    assert finish(client, started).status_code == 302
    assert counted() == COUNTED


def test_what_is_kept_of_a_what_if_counts_nothing(client: Client) -> None:
    started = draft(FILE)
    finish(client, started)
    tried = {"version": started.version, "stage": "idea"}
    client.post(started.url("what_if"), tried)
    assert started.now.answers["stage"] == "idea"
    assert counted() == COUNTED


def test_of_a_doubled_request_the_one_that_finished_counts() -> None:
    started = draft(FILE)
    both = [Assessment.objects.by_edit_hash(str(started.now.edit_hash), False) for _ in range(2)]
    assert [suggestion_counts.finish_and_count(LENS, each) for each in both if each] == [True] * 2
    assert [each.was_first for each in both if each] == [True, False]
    assert counted() == COUNTED


def test_who_finishes_on_answers_that_have_moved_counts_nothing(client: Client) -> None:
    started = draft(FILE)
    form = form_of(client.get(started.url("check")), "See the verdict")
    sent = controls(form)
    started.save("team", go="none")
    assert client.post(str(form["action"]), sent).status_code == 200
    assert nothing_was_counted()
    assert finish(client, started).status_code == 302
    assert counted() == COUNTED


def test_what_is_saved_at_that_moment_is_not_counted_in_its_place(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, whole = draft(FILE), Assessment.finish

    def and_then_another_tab(self: Assessment, *args: Any) -> bool:
        done = whole(self, *args)
        started.save("changes", changes=[change("schema", "integration")])
        self.refresh_from_db()
        return done

    monkeypatch.setattr(Assessment, "finish", and_then_another_tab)
    finish(client, started)
    assert counted() == COUNTED


# Each in a thread with a connection of its own, on whatever database the site has.
FINISHED_AT_ONCE = """
import json
from threading import Barrier, Thread
from django.db import connection
from assessments import suggestions
from assessments.lens import current_lens
from assessments.models import Assessment, SuggestionCount
from assessments.suggestion_counts import finish_and_count
from tests.first_words import FirstWords
from tests.factories import lens, only, parsed

foreseen = FirstWords()
suggestions.classifier = lambda: foreseen
SuggestionCount.objects.all().delete()
assessment, _ = Assessment.objects.start()
assessment.take(lens(), parsed(only(changes=[{"text": "schema of invoices"}])))
start, said = Barrier(2), []

def finish():
    try:
        found = Assessment.objects.by_edit_hash(assessment.edit_hash, with_report=False)
        start.wait(30)
        said.append(finish_and_count(current_lens(), found))
    finally:
        connection.close()

threads = [Thread(target=finish) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(60)
print(json.dumps([said, list(SuggestionCount.objects.values_list("times", flat=True))]))
"""


def test_of_two_requests_at_the_same_moment_one_counts(live_site: str) -> None:
    said, times = json.loads(run_beside(live_site, FINISHED_AT_ONCE))
    assert said == [True, True]
    assert times == [1]


# ---- A new version ----


def test_a_new_version_counts_what_is_new_in_it(client: Client) -> None:
    first = draft(FILE)
    finish(client, first)
    version, token = Assessment.objects.again(first.now)
    second = Draft(version, token)
    moved = [*CHANGES[:1], change("user_flow of sign-up", "user_flow"), change("schema of plans")]
    second.save("changes", changes=moved)
    finish(client, second)
    new = {("user_flow", "user_flow"): 1, ("schema", ""): 1}
    assert counted() == COUNTED | new


def test_a_new_version_on_the_same_changes_counts_nothing(client: Client) -> None:
    first = draft(FILE)
    finish(client, first)
    finish(client, Draft(*Assessment.objects.again(first.now)))
    assert counted() == COUNTED


def test_a_version_whose_former_one_was_deleted_is_finished_and_counted(client: Client) -> None:
    first = draft(FILE)
    version, token = Assessment.objects.again(first.now)
    Assessment.objects.filter(pk=first.assessment.pk).forget()
    finish(client, Draft(version, token))
    assert counted() == COUNTED


# ---- Who is not a founder in the wizard ----


def test_examples_demonstration_files_and_the_api_count_nothing(client: Client) -> None:
    call_command("load_examples", verbosity=0)
    group()  # which tests before may have emptied out of the database
    fill()
    draft(FILE, finished=True)
    file = json.dumps({**FILE, "project": {"name": "By a program"}})
    assert client.post("/api/score", file, content_type="application/json").status_code == 200
    assert nothing_was_counted()


def test_a_joint_assessment_counts_nothing() -> None:
    pair, one, other = two_invited()
    for person in (one, other):
        person.answer(FILE)
    whole = Pair.objects.whole().get(pk=pair.pk)
    whole.conclude(LENS, parse(LENS, FILE), whole.basis, "both")
    assert whole.joint
    assert nothing_was_counted()


def test_corrections_and_re_scorings_at_the_desk_count_nothing(client: Client) -> None:
    started = draft(FILE)
    finish(client, started)
    by = consultant()
    now = started.now
    given = {"changes": [change("schema of invoices", "integration")]}
    now.correct(LENS, "changes", given, now.version, "They said so.", by)
    now.rescore(LENS, by)
    assert counted() == COUNTED


@pytest.mark.parametrize(("step", "counts"), [("changes", {}), ("team", COUNTED)])
def test_a_draft_whose_changes_a_consultant_has_corrected_is_not_counted(
    client: Client, step: str, counts: Json
) -> None:
    started = draft(FILE)
    given: Json = {"changes": CHANGES[:2]} if step == "changes" else {"go": "fluent"}
    now = started.now
    now.correct(LENS, step, given, now.version, "They said so.", consultant())
    finish(client, started)
    assert counted() == counts


# ---- Without suggestions, and when something fails ----


def test_where_nothing_is_suggested_nothing_is_counted_and_nothing_more_is_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggest_nothing(monkeypatch)
    started = draft(FILE)
    form = form_of(client.get(started.url("check")), "See the verdict")
    with CaptureQueriesContext(connection) as asked:
        client.post(str(form["action"]), controls(form))
    assert nothing_was_counted()
    assert "suggestioncount" not in " ".join(query["sql"] for query in asked)


def test_counting_asks_little(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> int:
        started = draft(FILE)
        with CaptureQueriesContext(connection) as captured:
            finish(client, started)
        return len(captured)

    counting = asked()
    suggest_nothing(monkeypatch)
    # whether a consultant corrected it, the counts, and around them a transaction
    assert counting - asked() <= 4


@pytest.mark.parametrize("where", ["the classifier", "the database"])
def test_a_failure_does_not_stop_the_founder_and_leaves_a_line_without_words(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    def broken(*args: Any) -> None:
        raise DatabaseError("schema of invoices")

    if where == "the classifier":
        monkeypatch.setattr("assessments.suggestions.suggested", broken)
    else:
        monkeypatch.setattr(suggestion_counts.SuggestionCount.objects, "add", broken)
    started = draft(FILE)
    with caplog.at_level(logging.WARNING, suggestion_counts.__name__):
        assert finish(client, started)["Location"] == started.url("result")
    assert started.now.report
    assert "Suggested kinds were not counted: DatabaseError" in caplog.text
    assert "invoices" not in caplog.text
    assert nothing_was_counted()


def test_a_client_that_is_deleted_at_that_moment_does_not_stop_the_founder(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Databases refuse rows of a client that is gone at the end of the transaction."""
    theirs = client_of(consultant())
    started = invited(client=theirs).answer(FILE, finished=False)
    add = SuggestionCount.objects.add

    def too_late(key: int, outcomes: Any) -> None:
        with transaction.atomic():
            add(key + 1000, outcomes)
            connection.check_constraints()

    monkeypatch.setattr(suggestion_counts.SuggestionCount.objects, "add", too_late)
    assert finish(client, started)["Location"] == reverse("result", args=[started.token])


def test_kinds_that_the_lens_does_not_know_count_as_left_open() -> None:
    stored = with_answers(FILE, changes=[change("schema", "schema")])
    found = draft(stored).now
    found.answers["changes"][0]["kind"] = "of another lens"
    assert suggestion_counts.outcomes(LENS, found.engine_answers(LENS).changes) == {
        ("schema", ""): 1
    }
