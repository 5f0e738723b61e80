"""Of what is deleted no word stays in the search index, where a look at the file would find it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection

from assessments.models import Assessment, SearchText
from assessments.models.search import Search, forget_deleted
from tests.desk.people import assessment_of, client_of, consultant
from tests.factories import answers

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on(
        "sqlite",
        "about SQLite's full-text index, which holds words of deleted rows until it is told to "
        "merge; PostgreSQL has none, and vacuums rows and indexes by itself",
    ),
]
SECRET = "zephyrquartz"


def named(name: str, client: str = "Harbour") -> Assessment:
    file = answers() | {"project": {"name": name}}
    return assessment_of(client_of(consultant(client.lower()), client), file)


def in_index(word: str = SECRET) -> bool:
    """Whether the file still holds the word: a term may share its first letters with another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM assessments_searchindex_data")
        return any(word[4:].encode() in bytes(block) for (block,) in cursor.fetchall())


def by_founder(assessment: Assessment) -> None:
    Assessment.objects.filter(pk=assessment.pk).forget()


def with_its_client(assessment: Assessment) -> None:
    assert assessment.project.client
    assessment.project.client.delete_with_all()


@pytest.mark.parametrize("delete", [by_founder, with_its_client])
def test_a_deletion_leaves_no_word_of_it(delete: Callable[[Assessment], None]) -> None:
    kept, gone = named("Ledgerly"), named(SECRET, "Quay")
    assert in_index()
    delete(gone)
    assert not in_index()
    assert Search("ledgerly", connection.alias).newest(5) == [kept.pk]
    assert SearchText.objects.count() == 1


def test_by_itself_the_index_would_keep_it() -> None:
    """What all of this is for."""
    named("Ledgerly")
    named(SECRET, "Quay").delete()
    assert in_index()


def test_with_many_assessments_a_deletion_does_not_wait_for_the_merge() -> None:
    for name in ("Ledgerly", "Tidegate", SECRET):
        named(name, name)
    SearchText.objects.get(words__contains=SECRET).delete()
    assert not forget_deleted(most=1)
    assert in_index()
    assert forget_deleted(most=2)
    assert not in_index()


def test_the_command_forgets_whatever_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.models.search.FEW_ENOUGH", 0)
    named("Ledgerly")
    named(SECRET, "Quay").delete()
    call_command("forget_words")
    assert not in_index()
