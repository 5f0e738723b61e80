"""Fills a database for the benchmark and says, as JSON, what is in it.

Run by ``benchmarks.web`` in a process of its own, because one process has one database.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from assessments import view_counts  # noqa: E402
from assessments.view_counts import ViewCounts  # noqa: E402
from tests.web import (  # noqa: E402
    CHANGE_HEAVY,
    FOUNDERS,
    LENS,
    STABILITY_HEAVY,
    STEPS,
    Draft,
    Json,
    controls,
    draft,
    form_of,
    post_step,
    typed,
    with_answers,
)

FILE = FOUNDERS["with a settled part"].file
FOUNDERS_READING, FOUNDERS_WRITING = 25, 50
TIMES = 5
CLIENT = Client()  # One for all: making it reads through the static files.


def main() -> None:
    half_filled = [draft(half(variation(n))) for n in range(FOUNDERS_READING)]
    finished = [draft(variation(n), finished=True) for n in range(FOUNDERS_READING)]
    heaviest = max(STEPS, key=lambda step: milliseconds(half_filled[0].step(step)))
    # Views are written when the answer was sent: no reader waits for that.
    view_counts.view_counts = ViewCounts(lambda: float("-inf"), lambda write: None)
    pages = {
        "steps": [founder.step(step) for founder in half_filled for step in STEPS],
        "heaviest": [founder.step(heaviest) for founder in half_filled],
        "result": [founder.url("result") for founder in finished],
        "share": [f"/r/{founder.share()[1]}/" for founder in finished],
        "file": [f"/r/{founder.share()[1]}.md" for founder in finished],
    }
    writers = [draft(CHANGE_HEAVY) for _ in range(FOUNDERS_WRITING)]
    csrf, saves = forms(draft(CHANGE_HEAVY))
    counted = {name: max(map(queries_of, some[: len(STEPS)])) for name, some in pages.items()}
    counted |= {"hello": queries_of("/hello/"), "save": queries_of_a_save()}
    files = [variation(n) for n in range(FOUNDERS_READING)]
    counted["score"] = max(map(queries_of_a_score, files))
    said = {
        "pages": pages,
        "heaviest": heaviest,
        "queries": counted,
        "writers": [founder.token for founder in writers],
        "csrf": csrf,
        "saves": saves,
        "files": files,
    }
    print(json.dumps(said))


def variation(number: int) -> Json:
    """A founder unlike the others, so that no cache of what one answered helps another."""
    file = with_answers(
        FILE, stage=_option("stage", number), mistake=_option("mistake", number // 5)
    )
    return file | {"project": {"name": f"Marina {number}", "summary": "Berths by the night"}}


def _option(question: str, number: int) -> str:
    options = LENS.question[question].options
    return options[number % len(options)].id


def half(file: Json) -> Json:
    """The answers of the first half of the steps."""
    steps = set(STEPS[: (len(STEPS) + 1) // 2])
    kept = {
        key: value for key, value in file["answers"].items() if LENS.question[key].step in steps
    }
    return file | {"answers": kept}


def milliseconds(path: str) -> float:
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        CLIENT.get(path)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def forms(founder: Draft) -> tuple[str, list[tuple[str, str]]]:
    """The CSRF cookie, and a round of saves: all steps as somebody else would answer them, then
    all as they were. They are whole forms, as a browser sends them.
    """
    others, own = [], []
    for step in LENS.steps:
        shown = controls(form_of(CLIENT.get(founder.step(step.id))))
        del shown["version"]
        changed = shown | typed(STABILITY_HEAVY, step)
        assert changed != shown
        others.append((step.id, urlencode(changed)))
        own.append((step.id, urlencode(shown)))
    return CLIENT.cookies["csrftoken"].value, others + own


def queries_of(path: str) -> int:
    return queries(partial(CLIENT.get, path), 200)


def queries_of_a_save() -> int:
    founder, counts = draft(CHANGE_HEAVY), []
    for step in LENS.steps:
        save = partial(post_step, CLIENT, founder, step.id, typed(STABILITY_HEAVY, step))
        counts.append(queries(save, 302))
    return max(counts)


def queries_of_a_score(file: Json) -> int:
    return queries(partial(CLIENT.post, "/api/score", file, "application/json"), 200)


def queries(ask: Callable[[], Any], status: int) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert ask().status_code == status
    return len(captured)


if __name__ == "__main__":
    main()
