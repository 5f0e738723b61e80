"""What the tests of the web side share: founders, drafts, and forms sent as a browser would."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assessments.engine.answers import Answers, parse
from assessments.engine.lens import Lens, Step
from assessments.engine.loading import DEFAULT_LENS, load_lens
from assessments.models import Assessment, ShareLink

LENS: Lens = load_lens(DEFAULT_LENS)
STEPS: list[str] = [step.id for step in LENS.steps]
HTMX = {"HX-Request": "true"}
HISTORY = HTMX | {"HX-History-Restore-Request": "true"}
# Read once: a client that reads them for itself takes longer than its requests.
CERTIFICATES = ssl.create_default_context()

Json = dict[str, Any]


@dataclass(frozen=True)
class Founder:
    """Answers, as a file, and what their result says at its top."""

    file: Json
    verdict: str
    seam: str = ""


def _changes(kinds: Iterable[str]) -> list[Json]:
    return [
        {"text": f"Change {number} of the {kind}", "kind": kind, "likelihood": "likely"}
        for number, kind in enumerate(kinds, start=1)
    ]


def _file(name: str, kinds: Iterable[str], **answers: Any) -> Json:
    return {
        "format": LENS.answers_format,
        "project": {"name": name, "summary": f"What {name} does"},
        "answers": {"changes": _changes(kinds)} | answers,
    }


FOUNDERS = {
    "change-heavy": Founder(
        _file(
            "Sketchbook",
            ["schema", "user_flow", "api_contract", "integration", "data_script"],
            stage="idea",
            backend="product",
            settled_part="no",
            mistake="slow",
            schema="moving",
            flows="unknown",
            throughput="later",
            peak_rps=5,
            python="fluent",
        ),
        "Start with FastAPI.",
    ),
    "stability-heavy": Founder(
        _file(
            "Floodgate",
            ["throughput", "keep_alive", "deployment", "observability", "concurrency"],
            stage="relied_on",
            backend="webhook_receiver",
            settled_part="no",
            mistake="loose",
            core_object="settled",
            schema="settled",
            throughput="now",
            peak_rps=4000,
            keep_alive="now",
            failure_cost="severe",
            go="fluent",
        ),
        "Start with Go.",
    ),
    "with a settled part": Founder(
        _file(
            "Marina",
            ["user_flow", "schema", "user_flow", "throughput", "keep_alive"],
            stage="early_users",
            backend="product",
            settled_part="yes",
            settled_part_name="tariff engine",
            mistake="even",
            schema="moving",
            flows="moving",
            keep_alive="soon",
            failure_cost="serious",
            python="fluent",
            go="some",
        ),
        "Start with FastAPI.",
        seam="Keep a seam around “tariff engine”",
    ),
}
CHANGE_HEAVY = FOUNDERS["change-heavy"].file
STABILITY_HEAVY = FOUNDERS["stability-heavy"].file


def with_answers(file: Json, **answers: Any) -> Json:
    """A copy of an answers file with some answers in place of its own."""
    copy = deepcopy(file)
    copy["answers"] |= answers
    return copy


def typed(file: Json, step: Step) -> dict[str, str]:
    """What the founder of this answers file fills in on one step, by field name."""
    answers: Json = file["answers"]
    filled: dict[str, str] = {}
    if step == LENS.steps[0]:
        filled |= {f"project_{key}": text for key, text in file["project"].items()}
    for question in LENS.questions_of(step.id):
        if question.kind == "changes":
            for number, change in enumerate(answers.get(question.id, [])):
                filled |= {f"change_{number}_{key}": text for key, text in change.items()}
        elif question.id in answers:
            filled[question.id] = str(answers[question.id])
        elif question.kind == "choice":
            filled[question.id] = ""  # left at "not sure", whatever was assumed there
    return filled


# ---- An assessment in the database of this process ----


@dataclass(frozen=True)
class Draft:
    """An assessment with the token of its edit link."""

    assessment: Assessment
    token: str

    def url(self, name: str, *args: Any) -> str:
        return reverse(name, args=[self.token, *args])

    def step(self, step_id: str) -> str:
        return self.url("step", step_id)

    @property
    def now(self) -> Assessment:
        return Assessment.objects.get(pk=self.assessment.pk)

    @property
    def version(self) -> int:
        return self.now.version

    @property
    def answers(self) -> Answers:
        return self.now.engine_answers(LENS)

    def save(self, step_id: str, **given: Any) -> None:
        """Saves a step as another tab would."""
        current = self.now
        current.record(LENS, step_id, given, current.version)

    def share(self, label: str = "") -> tuple[ShareLink, str]:
        return ShareLink.objects.issue(self.now, label)


def draft(file: Json | None = None, finished: bool = False) -> Draft:
    """A started assessment, with the answers of a file."""
    assessment, token = Assessment.objects.start()
    if file:
        assessment.take(LENS, parse(LENS, file))
    if finished:
        assessment.finish(LENS)
    return Draft(Assessment.objects.get(pk=assessment.pk), token)


def post_step(
    client: Client, draft: Draft, step_id: str, data: Mapping[str, Any], **kwargs: Any
) -> HttpResponse:
    """Sends a step based on the version that is saved, or on the one in ``data``."""
    return client.post(  # type: ignore[return-value]
        draft.step(step_id), {"version": draft.version} | dict(data), **kwargs
    )


# ---- Pages and their forms ----


def soup(page: Any) -> BeautifulSoup:
    """The page, from a response of Django's client or of httpx, or from its text; to read only."""
    return _parsed(getattr(page, "content", page))


@lru_cache(maxsize=4)  # To parse a page takes longer than to make it, and tests ask it often.
def _parsed(text: bytes | str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def title(page: Any) -> str:
    return text_of(soup(page).find("title"))


def heading(page: Any) -> str:
    return text_of(soup(page).find("h1"))


def text_of(tag: Any) -> str:
    """The words of an element, with white space as a browser shows it."""
    assert tag is not None, "there is no such element on the page"
    return " ".join(tag.get_text().split())


def says(page: Any) -> str:
    return text_of(soup(page))


def controls(form: Tag) -> dict[str, str]:
    """What a browser would send with the form as it stands, by field name."""
    sent: dict[str, str] = {}
    for control in form.select("input[name], select[name], textarea[name]"):
        name = str(control["name"])
        if control.name == "textarea":
            # the first line break after the tag is not part of the text
            sent[name] = control.get_text().removeprefix("\n")
        elif control.name == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            sent[name] = str(chosen["value"]) if chosen else ""
        elif control.get("type") != "radio" or control.has_attr("checked"):
            sent[name] = str(control.get("value", ""))
    return sent


def form_of(page: Any, button: str = "") -> Tag:
    """The form to post with this button, or the page's first one."""
    for form in soup(page).select("form[method=post]"):
        if any(button in text_of(found) for found in form.find_all("button")):
            return form
    raise AssertionError(f"there is no form with a button {button!r}")


class Visitor:
    """A browser without scripts: follows redirects, keeps cookies, sends forms as they stand."""

    def __init__(self, site: str) -> None:
        # A connection each: one kept open might be closed by the server just when it is used again.
        limits = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(
            base_url=site, follow_redirects=True, timeout=60, limits=limits, verify=CERTIFICATES
        )
        self.page: httpx.Response = self.open("/")

    def open(self, path: str) -> httpx.Response:
        self.page = self.client.get(path)
        return self.page

    def send(self, filled: Mapping[str, str] | None = None, button: str = "") -> httpx.Response:
        form = form_of(self.page, button)
        address = urljoin(str(self.page.url), str(form["action"]))
        self.page = self.client.post(address, data={**controls(form), **(filled or {})})
        return self.page

    def start(self) -> str:
        """Starts an assessment; the token of its edit link."""
        self.open("/start/")
        self.send()
        return self.path.split("/")[2]

    def walk(self, file: Json, until: str = "") -> None:
        """From the first step to check-your-answers, filling in the answers of a file.

        It goes no further than the step ``until``, where one is given.
        """
        for step in LENS.steps:
            assert heading(self.page) == step.title
            self.send(typed(file, step))
            if step.id == until:
                break

    @property
    def path(self) -> str:
        return urlsplit(str(self.page.url)).path
