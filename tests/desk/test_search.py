"""Search at the desk: words by their beginnings, all of them, and only where one may look."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from assessments.folding import fold
from assessments.models import Assessment, Client, Invite, Project, SearchText
from assessments.models.search import Search
from tests.desk.people import assessment_of, client_of, signed_in, superuser
from tests.examples import examples
from tests.factories import answers, lens, parsed, texts

pytestmark = [pytest.mark.django_db, pytest.mark.queries]
LIST = "/admin/assessments/assessment/"


def found(text: str) -> set[int]:
    rows = Search(text, connection.alias).within(Assessment.objects.all())
    return set(rows.values_list("pk", flat=True))


def named(name: str, client: Client | None = None, summary: str = "") -> Assessment:
    project = Project.objects.create(name=name, summary=summary, client=client)
    return Assessment.objects.create(project=project)


@pytest.mark.parametrize(
    "text",
    ["Ledger", "LEDGERLY", "freelancers", "harb", "sons led", "number", "change ledgerly invoi"],
)
def test_each_text_is_found_by_the_beginnings_of_its_words(text: str) -> None:
    hers = assessment_of(client_of(None))
    assessment_of(None, answers() | {"project": {"name": "Other", "summary": ""}}, finished=False)
    assert hers.pk in found(text)


@pytest.mark.parametrize("text", ["edgerly", "ledgerly tidegate", "ledgerlyx", "", " ", "—", "*"])
def test_what_does_not_begin_a_word_finds_nothing(text: str) -> None:
    assessment_of(client_of(None))
    assert found(text) == set()


def test_marks_and_case_do_not_matter() -> None:
    marina = named("Café Ångström STRAẞE ﬁne İzmir")
    for text in ("cafe", "CAFÉ", "angstrom", "strasse", "straße", "fine", "izm", "İZMİR"):
        assert found(text) == {marina.pk}, text


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'",
        "ledger OR tide",
        "NOT tide",
        "words:ledger",
        "led*",
        "NEAR(a b)",
        "a & b | !c",
        "\\",
        "%",
        "_",
        "'; DROP TABLE x; --",
        "^led",
        "{words}: led",
        "led\x00ger",
        ":*",
        "<->",
    ],
)
def test_a_query_has_no_syntax(text: str) -> None:
    hers = assessment_of(client_of(None))
    words = SearchText.objects.get(assessment=hers).words.split()
    assert (hers.pk in found(text)) is matches(text, words)


def matches(text: str, words: list[str]) -> bool:
    terms = fold(text)
    return bool(terms) and all(any(word.startswith(term) for word in words) for term in terms)


LETTERS = "aAäÄbß1_-'\"*&|!():<>^ \u0301ﬁ中א\U0001d518"
WORDS = texts(30) | st.text(LETTERS, max_size=20)


@examples(120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(WORDS, min_size=1, max_size=4), query=WORDS | st.text(max_size=20))
def test_the_index_finds_what_plain_python_finds(names: list[str], query: str) -> None:
    rows = {
        named(name.replace("\x00", "")[:100]).pk: fold(name.replace("\x00", "")[:100])
        for name in names
    }
    try:
        assert found(query) & set(rows) == {
            pk for pk, words in rows.items() if matches(query, words)
        }
    finally:
        Assessment.objects.filter(pk__in=rows).delete()


def test_a_word_that_many_have_is_found_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessments.models.search.FEW", 2)
    pks = {named(f"Marina {number}").pk for number in range(5)}
    named("Harbour")
    assert found("mari") == pks
    assert found("mari 3") < pks


def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    pks = [named(f"Marina {number}").pk for number in range(5)]
    assert Search("marina", connection.alias).newest(3) == pks[:1:-1]


# Kept up to date


def test_what_founders_save_is_found_and_what_they_take_out_is_not() -> None:
    assessment = assessment_of(None, finished=False)
    other = answers() | {"project": {"name": "Quayside", "summary": ""}}
    assessment.take(lens(), parsed(other))
    assert found("quay") == {assessment.pk}
    assert found("ledgerly") == set()
    assert found("change") == {assessment.pk}


def test_only_texts_that_moved_are_stored_anew() -> None:
    assessment = assessment_of(None, finished=False)
    SearchText.objects.update(words="untouched")
    assessment.take(lens(), parsed(answers(stage="idea")))
    assert SearchText.objects.get().words == "untouched"


def test_a_project_renamed_or_moved_at_the_desk_is_found_under_its_new_name() -> None:
    assessment = named("Ledgerly", client_of(None, "Harbour"))
    browser = signed_in(superuser())
    tide = client_of(None, "Tidegate")
    data = {"name": "Quayside", "summary": "", "client": tide.pk}
    answer = browser.post(f"/admin/assessments/project/{assessment.project_id}/change/", data)
    assert answer.status_code == 302, answer.content
    assert found("quayside tidegate") == {assessment.pk}
    assert found("ledgerly") == found("harbour") == set()


def test_a_renamed_client_takes_all_assessments_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assessments.models.search.AT_ONCE", 2)
    client = client_of(None, "Harbour")
    pks = {named(f"Marina {number}", client).pk for number in range(5)}
    client.name = "Quayside"
    client.save()
    assert found("quay") == pks
    assert found("harb") == set()


def test_a_client_saved_under_the_same_name_leaves_the_words_alone() -> None:
    client = client_of(None, "Harbour")
    named("Marina", client)
    SearchText.objects.update(words="untouched")
    client.archive()
    client.save()
    assert SearchText.objects.get().words == "untouched"


def test_an_assessment_made_for_a_client_is_found_before_anything_is_answered() -> None:
    assessment = named("", client_of(None, "Harbour"))
    assert found("harbour") == {assessment.pk}


def test_an_assessment_tied_to_a_client_later_is_found_under_their_name() -> None:
    assessment = assessment_of(None, finished=False)
    invite = Invite.objects.create(client=client_of(None, "Quayside"), token_hash="x")
    invite.tie(assessment)
    assert found("quayside ledgerly") == {assessment.pk}


def test_what_is_deleted_is_found_no_more() -> None:
    assessment = named("Ledgerly")
    assessment.delete()
    assert found("ledgerly") == set()
    assert not SearchText.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_stored_before_there_was_a_search_is_found() -> None:
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    try:
        old = executor.migrate([("assessments", "0004_consultants")]).apps
        client = old.get_model("assessments", "Client").objects.create(name="Harbour")
        project = old.get_model("assessments", "Project").objects.create(name="Café", client=client)
        row = old.get_model("assessments", "Assessment").objects.create(project_id=project.pk)
        change = old.get_model("assessments", "AnticipatedChange")
        change.objects.create(assessment_id=row.pk, position=0, text="Berths by the night")
    finally:
        MigrationExecutor(connection).migrate(leaves)
    assert found("harb cafe berth") == {row.pk}


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_is_searched_like_a_new_one() -> None:
    named("Ledgerly")
    call_command("flush", interactive=False, verbosity=0)
    assert found("ledgerly") == set()
    assert Search("ledgerly", connection.alias).newest(5) == []
