"""The scoring API does what its OpenAPI document says: schemathesis asks, and looks at each answer.

It sends what the schemas allow, what they do not, and by other methods; the same in each run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup

from assessments.engine.answers import parse
from assessments.engine.report import build_report
from assessments.exports import json_report
from assessments.lens import current_lens
from assessments.worked_examples import worked_example

pytestmark = pytest.mark.django_db  # Django looks at its connections around each request

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

EXAMPLE = worked_example("ledgerly")
DOCUMENT, SCORE = "/api/openapi.json", "/api/score"
_django = WSGIHandler()
few = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def site(environment: dict[str, Any], start: Start) -> Iterable[bytes]:
    """The site, to a client that takes nothing compressed: this one does not unpack."""
    environment.pop("HTTP_ACCEPT_ENCODING", None)
    return _django(environment, start)


@schemathesis.openapi.from_wsgi(DOCUMENT, site).parametrize()
@few
def test_every_answer_is_one_of_those_described(case: schemathesis.Case) -> None:
    case.call_and_validate()


# ---------------------------------------------------------------- it would be noticed


def broken(spoil: Callable[[int, Any], tuple[str, Any]]) -> Any:
    """The operation of a site that spoils what it answers: ``spoil(status, document)``."""

    def application(environment: dict[str, Any], start: Start) -> Iterable[bytes]:
        if environment["PATH_INFO"] != SCORE:
            return site(environment, start)
        said: list[Any] = []
        parts = site(environment, lambda status, headers, *rest: said.append((status, headers)))
        status, headers = said[0]
        status, spoilt = spoil(int(status[:3]), json.loads(b"".join(parts)))
        content = json.dumps(spoilt).encode()
        kept = [pair for pair in headers if pair[0] != "Content-Length"]
        start(status, [*kept, ("Content-Length", str(len(content)))])
        return [content]

    return schemathesis.openapi.from_wsgi(DOCUMENT, application)[SCORE]["POST"]


def without_stack(status: int, document: Any) -> tuple[str, Any]:
    document.pop("stack", None)
    return f"{status} As before", document


def with_another_name(status: int, document: Any) -> tuple[str, Any]:
    if "headline" in document:
        document["flips"] = [{"turns": flip} for flip in document["flips"]] or [{}]
    return f"{status} As before", document


def as_teapot(status: int, document: Any) -> tuple[str, Any]:
    return "418 I'm a teapot", document


def as_broken(status: int, document: Any) -> tuple[str, Any]:
    return "500 Internal Server Error", document


@pytest.mark.parametrize("spoil", [without_stack, with_another_name, as_teapot, as_broken])
def test_a_wrong_answer_to_a_right_question_is_noticed(spoil: Any) -> None:
    operation = broken(spoil)
    case = operation.Case(body=EXAMPLE, media_type="application/json")
    with pytest.raises(FailureGroup):
        case.call_and_validate()


def takes_everything(status: int, document: Any) -> tuple[str, Any]:
    lens = current_lens()
    return "200 OK", json_report.document(build_report(lens, parse(lens, EXAMPLE)))


def takes_nothing(status: int, document: Any) -> tuple[str, Any]:
    return "415 Unsupported Media Type", {"title": "No", "status": 415, "detail": "No."}


@pytest.mark.parametrize(
    ("spoil", "mode"),
    [
        (takes_everything, schemathesis.GenerationMode.NEGATIVE),
        (takes_nothing, schemathesis.GenerationMode.POSITIVE),
    ],
)
def test_an_api_that_takes_too_much_or_too_little_is_noticed(spoil: Any, mode: Any) -> None:
    @given(case=broken(spoil).as_strategy(generation_mode=mode))
    @settings(few, phases=[Phase.generate])
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate()

    with pytest.raises(FailureGroup):
        ask()
