"""Two requests that meet over the same rows: the second one is answered, and never with a 500."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from assessments import access
from assessments.deletion import delete_with_kin
from assessments.meeting import BROKEN_OFF, once_more
from assessments.models import Assessment, Pair, ShareLink, StaleSettlement
from tests.desk.pages import at
from tests.desk.people import assessment_of, client_of, consultant, signed_in
from tests.invited import two_invited
from tests.web import CHANGE_HEAVY, LENS, STABILITY_HEAVY, draft, heading

pytestmark = pytest.mark.django_db


class BrokenOff(Exception):
    sqlstate = BROKEN_OFF[0]


def operational(cause: Exception) -> OperationalError:
    error = OperationalError("somebody else was first")
    error.__cause__ = cause
    return error


def failing(*errors: Exception) -> Callable[..., HttpResponse]:
    """A view that fails so, one time after the other, and then answers."""
    left = list(errors)

    def view(request: Any) -> HttpResponse:
        if left:
            raise left.pop(0)
        return HttpResponse("fine")

    return view


ANOTHER_WAS_FIRST = {
    "deleted": Assessment.DoesNotExist(),
    "deleted under what hangs on it": IntegrityError(),
    "deleted before it was saved": DatabaseError(
        "Save with update_fields did not affect any rows."
    ),
    "deadlock": operational(BrokenOff()),
}


@pytest.mark.parametrize("error", ANOTHER_WAS_FIRST.values(), ids=ANOTHER_WAS_FIRST)
def test_whoever_met_another_is_asked_once_more(error: Exception, rf: RequestFactory) -> None:
    answer = once_more(failing(error), rf.post("/"))
    assert isinstance(answer, HttpResponse)
    assert answer.content == b"fine"


@pytest.mark.parametrize("error", ANOTHER_WAS_FIRST.values(), ids=ANOTHER_WAS_FIRST)
def test_what_goes_wrong_twice_is_a_fault(error: Exception, rf: RequestFactory) -> None:
    with pytest.raises(type(error)):
        once_more(failing(error, error), rf.post("/"))


@pytest.mark.parametrize("error", [operational(ConnectionError()), ValueError()])
def test_nothing_else_is_asked_again(error: Exception, rf: RequestFactory) -> None:
    with pytest.raises(type(error)):
        once_more(failing(error), rf.post("/"))


def deleting_after(found: Callable[..., Any]) -> Callable[..., Any]:
    """Finds an assessment that somebody deletes a moment later."""

    def find(*args: Any, **kwargs: Any) -> Any:
        assessment = found(*args, **kwargs)
        delete_with_kin(Assessment.objects.get(pk=assessment.pk))
        return assessment

    return find


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("again", {}),
        ("share", {"label": "For the board"}),
        ("review", {"review_on": "2027-02-01"}),
        ("remind", {"email": "founder@example.org"}),
        ("check", {"version": "1"}),
        ("delete", {}),
    ],
)
def test_what_is_deleted_meanwhile_is_not_found(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str, sent: dict[str, str]
) -> None:
    finished = draft(CHANGE_HEAVY, finished=True)
    for way in ("editable", "answerable"):
        monkeypatch.setattr(access, way, deleting_after(getattr(access, way)))
    page = client.post(finished.url(name), sent)
    if name == "delete":
        assert page.status_code == 302
    else:
        assert page.status_code == 404
        assert heading(page) == heading(client.get(f"/a/{'x' * 43}/"))
    assert not Assessment.objects.exists()
    assert not ShareLink.objects.exists()


def test_so_it_is_at_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    from assessments.admin import pages

    ada = consultant()
    assessment = assessment_of(client_of(ada))
    monkeypatch.setattr(pages, "reach", deleting_after(pages.reach))
    sent = {"version": str(assessment.version), "go": "some", "correction_reason": "As said."}
    page = signed_in(ada).post(at("correct_step", assessment, "team"), sent)
    assert page.status_code == 404


def test_a_joint_result_that_is_deleted_meanwhile_is_not_settled_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair, first, second = two_invited()
    for each, file in ((first, CHANGE_HEAVY), (second, STABILITY_HEAVY)):
        each.answer(file)
    read = Pair.objects.whole().get(pk=pair.pk)
    read.conclude(LENS, read.both[0].assessment.pinned_answers(LENS), read.basis, "CTO")  # type: ignore[union-attr]
    stale = Pair.objects.whole().get(pk=pair.pk)
    Pair.objects.filter(pk=pair.pk).update(joint=None)
    answers = stale.both[0].assessment.pinned_answers(LENS)  # type: ignore[union-attr]
    with pytest.raises(StaleSettlement):
        stale.conclude(LENS, answers, stale.basis, "CTO")
