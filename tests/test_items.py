"""What leaves as a file: for readers what is pinned, also without names; all of it for the desk."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from assessments.engine.answers import parse
from assessments.exports import decision_record, lines
from assessments.exports.documents import DOCUMENTS
from assessments.items import item_of
from assessments.models import Assessment, Project, Review
from tests.desk.people import consultant
from tests.invited import inviting_client
from tests.web import FOUNDERS, LENS, Draft, draft, with_answers

pytestmark = pytest.mark.django_db
MARK = "qzx"
# Words of a founder, of a consultant and of the desk, each with the mark.
FILE = with_answers(FOUNDERS["with a settled part"].file, settled_part_name=f"{MARK} engine")
FILE["project"] = {"name": f"{MARK} Marina", "summary": f"{MARK} berths"}
for change in FILE["answers"]["changes"]:
    change["text"] = f"{MARK} {change['text']}"


@pytest.fixture
def ada() -> User:
    return consultant("ada", first_name=f"{MARK} Ada", last_name="Marsh")


@pytest.fixture
def finished(ada: User) -> Draft:
    """Of a client, with a published review that overrules."""
    made = draft(FILE, finished=True)
    Project.objects.update(client=inviting_client(f"{MARK} Ltd"))
    other = "go" if made.now.stack == "fastapi" else "fastapi"
    how = {"text": f"{MARK} agreed.", "overrules": other, "reason": f"{MARK} the team."}
    Review.objects.write_and_publish(made.now, 0, ada, **how)
    return made


def everything(item: Any) -> str:
    texts = [
        f"{document.render(item)!r} {document.file_name(item)}" for document in DOCUMENTS.values()
    ]
    return " ".join([*texts, json.dumps(lines.document(item), ensure_ascii=False), repr(item)])


def test_without_names_there_is_nobodys_word_in_any_format(finished: Draft) -> None:
    assert MARK in everything(item_of(finished.now))
    assert MARK not in everything(item_of(finished.now, unnamed=True))


def test_without_names_it_still_says_that_a_consultant_overrules(finished: Draft) -> None:
    item = item_of(finished.now, unnamed=True)
    assert item.overruling is not None
    assert item.decided == item.overruling.overrules_name
    assert item.review is not None
    assert (item.review.text, item.review.reason, item.review.by) == ("", "", "")
    assert item.review.on == finished.now.review.published_at
    record = decision_record.render(item)
    assert "because the consultant overrules the model." in record
    assert "Written by the consultant, published on" in record


def test_without_names_no_number_ties_it_to_another_file(finished: Draft) -> None:
    item = item_of(finished.now, unnamed=True)
    assert item.number == 0
    assert decision_record.file_name(item).startswith("0001-start-with-")
    assert "An assessment shown without names and free text, finished on" in (
        decision_record.render(item)
    )


def test_without_names_the_rest_is_the_same(finished: Draft) -> None:
    whole, left = (
        item_of(finished.now, "https://a", "b"),
        item_of(finished.now, "https://a", "b", unnamed=True),
    )
    for name in ("stage", "state", "finished", "review_on", "site", "link"):
        assert getattr(left, name) == getattr(whole, name), name
    assert left.report == finished.now.unnamed_report()
    assert left.answers_file["answers"] == finished.now.unnamed_report()["answers"]


def test_readers_never_learn_whose_client_it_is(finished: Draft) -> None:
    assert item_of(finished.now).client == ""
    assert f"{MARK} Ltd" not in everything(item_of(finished.now))
    assert item_of(finished.now, at_desk=True).client == f"{MARK} Ltd"


def test_readers_see_the_pinned_answers_and_the_desk_those_of_now(finished: Draft) -> None:
    finished.save("project", stage="relied_on", project={"name": "Renamed"})
    reader, desk = item_of(finished.now), item_of(finished.now, at_desk=True)
    assert reader.answers_file["answers"] == finished.now.pinned()["answers"]
    assert (reader.project, reader.stage) == (f"{MARK} Marina", "Early users")
    assert desk.answers_file["answers"]["stage"] == "relied_on"
    assert (desk.project, desk.stage) == ("Renamed", "Relied on")


def test_a_draft_without_names_shows_nothing_of_itself() -> None:
    item = item_of(draft(FILE).now, unnamed=True)
    assert not item.has_verdict
    assert MARK not in repr(item)


def test_the_file_for_readers_can_be_read_again(finished: Draft) -> None:
    for unnamed in (False, True):
        file = item_of(finished.now, unnamed=unnamed).answers_file
        assert parse(LENS, file).to_file(LENS) == file


def test_readers_files_take_no_query_beyond_what_was_read_along(
    finished: Draft, django_assert_num_queries: Any
) -> None:
    row = Assessment.objects.select_related("project", "review").get()
    with django_assert_num_queries(0):
        item_of(row)
        item_of(row, unnamed=True)
