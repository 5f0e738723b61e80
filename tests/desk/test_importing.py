"""Importing answers files for a client: upload, look through, import."""

from __future__ import annotations

import json
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments import imports
from assessments.admin import importing
from assessments.engine.report import build_report
from assessments.exports import FORMATS
from assessments.models import Assessment, Client, PendingImport, Project, State
from stackpick.uploads import OneFile
from tests.desk.forms import Refusals, desk
from tests.desk.people import assessment_of, client_of, consultant, signed_in, superuser
from tests.factories import Json, answers, lens, only, parsed, stable_answers
from tests.web import controls, form_of, says, soup, text_of

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
OTHER: Json = stable_answers(stage=None)


@pytest.fixture
def client_row(ada: User) -> Client:
    return client_of(ada)


def lines(*files: Any) -> bytes:
    return b"".join(json.dumps(file).encode() + b"\n" for file in files)


def upload(
    user: User | Browser, client: Client, content: bytes, name: str = "answers.jsonl", **more: Any
) -> Any:
    browser = user if isinstance(user, Browser) else signed_in(user)
    sent = {"file": SimpleUploadedFile(name, content), **more}
    return browser.post(desk("client_import", client.pk), sent)


def preview(user: User, client: Client, content: bytes) -> tuple[str, HttpResponse]:
    """The address of the preview, and the page."""
    answer = upload(user, client, content)
    assert answer.status_code == 302, says(answer)
    page: Any = signed_in(user).get(answer.url)
    return answer.url, page


def rows_of(page: Any) -> list[list[str]]:
    found = soup(page).select(".desk-table tbody tr")
    return [[text_of(cell) for cell in row.select("td, th")] for row in found]


def press(user: User, address: str, page: Any, button: str = "import") -> HttpResponse:
    sent: Any = signed_in(user).post(address, controls(form_of(page, "Import")) | {button: "1"})
    return sent


# ---------------------------------------------------------------- looking through


def test_the_clients_page_leads_there(ada: User, client_row: Client) -> None:
    page = soup(signed_in(ada).get(desk("client_change", client_row.pk)))
    assert page.select_one(f"a[href='{desk('client_import', client_row.pk)}']")
    form = form_of(signed_in(ada).get(desk("client_import", client_row.pk)), "Look through")
    assert form["enctype"] == "multipart/form-data"


def test_every_row_is_shown_with_the_verdict_it_will_have(ada: User, client_row: Client) -> None:
    _, page = preview(ada, client_row, lines(answers()) + b"\n" + lines(OTHER, only()))
    assert rows_of(page) == [
        ["1", "Ledgerly", "FastAPI clear", "A prototype"],
        ["3", "Tidegate", "Go clear", "Not sure"],
        ["4", "(no name yet)", rows_of(page)[2][2], "Not sure"],
    ]
    assert "Import 3 assessments" in says(page)
    assert not Assessment.objects.exists()


def test_one_object_over_several_lines_is_one_row(ada: User, client_row: Client) -> None:
    _, page = preview(ada, client_row, json.dumps(answers(), indent=2).encode())
    assert [row[:2] for row in rows_of(page)] == [["1", "Ledgerly"]]
    assert "Import 1 assessment" in says(page)


def test_every_mistake_is_named_and_nothing_can_be_imported(ada: User, client_row: Client) -> None:
    bad = lines(answers(schema="wobbly", flows=7)) + b"{oops\n" + lines(answers(), {"format": 1})
    page = upload(ada, client_row, bad)
    assert page.status_code == 200
    assert text_of(soup(page).title).startswith("Error:")
    assert "Nothing of answers.jsonl was imported: it has 5 mistakes." in says(page)
    found = rows_of(page)
    assert [row[0] for row in found] == ["1", "1", "2", "4", "4"]
    assert [row[1] for row in found] == [
        "answers.schema",
        "answers.flows",
        "–",
        "format",
        "answers",
    ]
    assert "“wobbly” is not one of the options" in found[0][2]
    assert not PendingImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xff\xfe{}", "is not"),
        (b"PK\x03\x04" * 100, "is not JSON"),
    ],
)
def test_what_is_no_answers_file_is_refused_in_a_sentence(
    ada: User, client_row: Client, content: bytes, sentence: str
) -> None:
    page = upload(ada, client_row, content)
    assert page.status_code == 200
    assert sentence in says(page)


def test_no_file_is_said_so(ada: User, client_row: Client) -> None:
    page = signed_in(ada).post(desk("client_import", client_row.pk), {})
    assert "Choose a file." in says(page)


def test_names_of_files_and_projects_are_text(ada: User, client_row: Client) -> None:
    file = answers() | {"project": {"name": "<b>Ledgerly</b>"}}
    page = upload(ada, client_row, b"{", name="<script>alert(1)<script>.json")
    assert "<script>alert" not in page.content.decode()
    _, shown = preview(ada, client_row, lines(file))
    assert "<b>Ledgerly" not in shown.content.decode()


# ---------------------------------------------------------------- importing


def test_importing_makes_a_finished_assessment_of_each(ada: User, client_row: Client) -> None:
    address, page = preview(ada, client_row, lines(answers(), OTHER))
    assert press(ada, address, page).url == desk("client_change", client_row.pk)  # type: ignore[attr-defined]
    made = Assessment.objects.order_by("pk").select_related("project")
    assert [each.project.name for each in made] == ["Ledgerly", "Tidegate"]
    assert {each.project.client for each in made} == {client_row}
    for assessment, file in zip(made, (answers(), OTHER), strict=True):
        assert assessment.state == State.FINISHED
        assert assessment.report == build_report(lens(), parsed(file))
        assert assessment.stage == (file["answers"]["stage"] or "")
        assert assessment.changes.count() == 5
        assert not assessment.has_moved_on(lens())
    assert not PendingImport.objects.exists()


def test_the_history_and_the_log_say_where_they_come_from(ada: User, client_row: Client) -> None:
    address, page = preview(ada, client_row, lines(answers()))
    press(ada, address, page)
    entry: Any = Assessment.history.first()
    assert entry.history_change_reason == "imported from answers.jsonl"
    assert LogEntry.objects.get().change_message == "Imported 1 assessment from answers.jsonl."


def test_what_the_desk_exports_comes_in_again(ada: User, client_row: Client) -> None:
    from assessments.admin.exporting import items

    before = [assessment_of(client_row), assessment_of(client_row, OTHER)]
    export = b"".join(FORMATS["jsonl"].render(items(Assessment.objects.order_by("pk"))))
    target = client_of(ada, "Keel")
    address, page = preview(ada, target, export)
    assert len(rows_of(page)) == 2
    press(ada, address, page)
    made = Assessment.objects.filter(project__client=target).order_by("pk")
    for copy, original in zip(made, before, strict=True):
        assert copy.answers_file(lens()) == original.answers_file(lens())
        assert copy.report == original.report


def test_importing_twice_imports_once(ada: User, client_row: Client) -> None:
    address, page = preview(ada, client_row, lines(answers()))
    browser, sent = signed_in(ada), controls(form_of(page, "Import")) | {"import": "1"}
    browser.post(address, sent)
    again = browser.post(address, sent, follow=True)
    assert again.redirect_chain == [(desk("client_change", client_row.pk), 302)]
    assert "it was imported, or cancelled, before" in says(again)
    assert Assessment.objects.count() == 1


def test_the_second_of_two_at_the_same_moment_finds_nothing_left(
    ada: User, client_row: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, page = preview(ada, client_row, lines(answers()))
    scored = imports.scored

    def overtaken(*args: Any) -> Any:
        monkeypatch.setattr(importing.imports, "scored", scored)
        press(ada, address, page)
        return scored(*args)

    monkeypatch.setattr(importing.imports, "scored", overtaken)
    assert press(ada, address, page).status_code == 302
    assert Assessment.objects.count() == 1


def test_all_are_imported_or_none(
    ada: User, client_row: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _page = preview(ada, client_row, lines(answers(), OTHER))
    taken = Assessment.take

    def failing(self: Assessment, lens: Any, answers: Any) -> None:
        if answers.name == "Tidegate":
            raise RuntimeError("no")
        taken(self, lens, answers)

    monkeypatch.setattr(Assessment, "take", failing)
    browser = signed_in(ada)
    browser.raise_request_exception = False
    assert browser.post(address, {"import": "1"}).status_code == 500
    assert not Assessment.objects.exists()
    assert not Project.objects.exists()
    assert PendingImport.objects.count() == 1


def test_a_file_that_is_cancelled_is_gone(ada: User, client_row: Client) -> None:
    address, page = preview(ada, client_row, lines(answers()))
    press(ada, address, page, "cancel")
    assert not PendingImport.objects.exists()
    assert not Assessment.objects.exists()
    assert signed_in(ada).get(address).status_code == 404


def test_a_file_that_the_lens_refuses_by_now_is_not_imported(ada: User, client_row: Client) -> None:
    address, _page = preview(ada, client_row, lines(answers()))
    PendingImport.objects.update(content=lines(answers(schema="wobbly")))
    page = signed_in(ada).post(address, {"import": "1"})
    assert "“wobbly” is not one of the options" in says(page)
    assert not Assessment.objects.exists()


def test_old_files_go_when_a_new_one_comes(ada: User, client_row: Client) -> None:
    for _ in range(2):
        preview(ada, client_row, lines(answers()))
    oldest = PendingImport.objects.order_by("pk").first()
    assert oldest is not None
    PendingImport.objects.filter(pk=oldest.pk).update(
        created_at=timezone.now() - timedelta(hours=25)
    )
    preview(ada, client_row, lines(answers()))
    assert PendingImport.objects.count() == 2
    assert not PendingImport.objects.filter(pk=oldest.pk).exists()


# ---------------------------------------------------------------- limits


def test_a_file_over_the_limit_is_said_to_be_and_not_kept(ada: User, client_row: Client) -> None:
    page = upload(ada, client_row, b" " * (8 * MEGABYTE + 1))
    assert page.status_code == 200
    assert "The file is larger than 8 MB" in says(page)
    assert not PendingImport.objects.exists()


def test_a_file_of_just_the_limit_is_read(ada: User, client_row: Client) -> None:
    line = lines(answers())
    blank = (b" " * 1023 + b"\n") * (8 * 1024)
    page = upload(ada, client_row, line + blank[: -len(line)])
    assert page.status_code == 302


def test_of_a_very_large_file_little_is_ever_in_memory() -> None:
    handler = OneFile(HttpRequest(), MEGABYTE)

    def receive_a_gigabyte() -> None:
        for _ in range(1024):
            handler.receive_data_chunk(b"".join([b" " * MEGABYTE]), 0)

    tracemalloc.start()
    handler.new_file("file", "large", "text/plain", None)
    with pytest.raises(SkipFile):
        receive_a_gigabyte()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * MEGABYTE
    assert not handler.parts


def test_of_several_files_one_is_taken(ada: User, client_row: Client) -> None:
    more: Any = {f"file{n}": SimpleUploadedFile(f"{n}.json", b"x" * MEGABYTE) for n in range(12)}
    assert upload(ada, client_row, lines(answers()), **more).status_code == 302
    assert PendingImport.objects.count() == 1


def test_a_thousand_rows_are_taken_and_no_more(ada: User, client_row: Client) -> None:
    line = lines(only())
    page = upload(ada, client_row, line * 1001)
    assert rows_of(page) == [
        ["1001", "–", "is one too many: at most 1,000 answers files are taken at once"]
    ]
    _, shown = preview(ada, client_row, line * 1000)
    assert "Import 1000 assessments" in says(shown)


def test_a_flood_of_mistakes_is_shown_in_part(ada: User, client_row: Client) -> None:
    page = upload(ada, client_row, lines({"format": 1}) * 5000)
    assert len(rows_of(page)) == importing.MOST_SHOWN
    assert len(page.content) < MEGABYTE


def test_more_rows_take_no_more_queries_to_look_through(ada: User, client_row: Client) -> None:
    counts = []
    for count in (2, 20):
        address, _ = preview(ada, client_row, lines(only()) * count)
        browser = signed_in(ada)
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- who may


def test_without_the_forms_token_no_file_is_taken(ada: User, client_row: Client) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert upload(browser, client_row, lines(answers())).status_code == 403
    page = browser.get(desk("client_import", client_row.pk))
    token = controls(form_of(page, "Look through"))["csrfmiddlewaretoken"]
    answer = upload(browser, client_row, lines(answers()), csrfmiddlewaretoken=token)
    assert answer.status_code == 302
    assert browser.post(answer.url, {"import": "1"}).status_code == 403
    assert not Assessment.objects.exists()


def test_elsewhere_files_are_refused_as_ever(ada: User, client_row: Client) -> None:
    sent = {"file": SimpleUploadedFile("x", b"x")}
    for address in (desk("client_change", client_row.pk), desk("client_add")):
        assert signed_in(ada).post(address, sent).status_code == 400


def test_nobody_from_outside_uploads(client_row: Client) -> None:
    answer = upload(Browser(), client_row, lines(answers()))
    assert answer.status_code == 302
    assert "login" in answer.url
    assert not PendingImport.objects.exists()


def test_for_anothers_client_there_is_no_import(client_row: Client, refusals: Refusals) -> None:
    assert upload(consultant("ben"), client_row, lines(answers())).status_code == 404
    assert f"client {client_row.pk}" in refusals
    assert not PendingImport.objects.exists()


@pytest.mark.parametrize("kind", ["shared", "superuser"])
def test_a_file_waits_for_its_author_alone(
    ada: User, client_row: Client, kind: str, refusals: Refusals
) -> None:
    other = superuser() if kind == "superuser" else consultant("ben")
    client_row.shared_with.add(other)
    address, page = preview(ada, client_row, lines(answers()))
    assert signed_in(other).get(address).status_code == 404
    for button in ("import", "cancel"):
        assert press(other, address, page, button).status_code == 404
    assert "pendingimport" in refusals
    assert PendingImport.objects.count() == 1
    assert not Assessment.objects.exists()


def test_a_file_waits_for_its_client_alone(ada: User, client_row: Client) -> None:
    preview(ada, client_row, lines(answers()))
    pending, other = PendingImport.objects.get(), client_of(ada, "Keel")
    address = desk("client_import_preview", other.pk, pending.pk)
    assert signed_in(ada).post(address, {"import": "1"}).status_code == 404


def test_a_number_that_never_was_is_as_absent_as_anothers(ada: User, client_row: Client) -> None:
    address = desk("client_import_preview", client_row.pk, 99)
    assert signed_in(ada).post(address, {"import": "1"}).status_code == 404


def test_who_the_client_is_shared_with_may_import(client_row: Client) -> None:
    ben = consultant("ben")
    client_row.shared_with.add(ben)
    address, page = preview(ben, client_row, lines(answers()))
    press(ben, address, page)
    assert Assessment.objects.get().project.client == client_row
