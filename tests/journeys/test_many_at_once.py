"""Many founders, and many tabs of one founder, saving at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.browser.invited import seeded
from tests.web import (
    FOUNDERS,
    LENS,
    STEPS,
    Json,
    Visitor,
    controls,
    form_of,
    heading,
    says,
    soup,
    typed,
)

SEAM = FOUNDERS["with a settled part"].file
THREADS = 12


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """All jobs in threads of their own, let go at the same moment; their results in order."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait(30)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture(scope="module")
def visitors(live_site: str) -> list[Visitor]:
    return [Visitor(live_site) for _ in range(THREADS)]


def test_different_assessments_are_all_saved(visitors: list[Visitor]) -> None:
    tokens = [visitor.start() for visitor in visitors]
    for step in LENS.steps:
        jobs = [
            partial(visitor.send, typed(named(f"Number {number}"), step))
            for number, visitor in enumerate(visitors)
        ]
        assert {page.status_code for page in at_once(jobs)} == {200}
    for number, (visitor, token) in enumerate(zip(visitors, tokens, strict=True)):
        assert visitor.path == f"/a/{token}/check/"
        assert {f"Number {number}", "tariff engine"} <= set(soup(visitor.page).stripped_strings)


def named(name: str) -> Json:
    return SEAM | {"project": {"name": name}}


def test_all_of_them_finish_at_once(visitors: list[Visitor]) -> None:
    for visitor in visitors:
        visitor.start()
        visitor.open(visitor.path.replace(STEPS[0], "check"))
    pages = at_once([partial(visitor.send, button="See the verdict") for visitor in visitors])
    assert {page.status_code for page in pages} == {200}
    assert all(heading(page).startswith("Start with ") for page in pages)


def test_of_many_saves_of_one_step_each_is_stored_or_shown_as_a_conflict(
    visitors: list[Visitor],
) -> None:
    token = visitors[0].start()
    for visitor in visitors:
        visitor.open(f"/a/{token}/{STEPS[0]}/")
    names = [f"Tab {number}" for number in range(THREADS)]
    pages = at_once(
        [
            partial(visitor.send, {"project_name": name})
            for visitor, name in zip(visitors, names, strict=True)
        ]
    )
    won = [name for page, name in zip(pages, names, strict=True) if page.status_code == 200]
    assert len(won) == 1
    for page, name in zip(pages, names, strict=True):
        if name not in won:
            assert page.status_code == 409
            assert {name, won[0]} <= set(soup(page).stripped_strings)
    assert won[0] in says(visitors[0].open(f"/a/{token}/check/"))


def test_many_saves_of_different_steps_of_one_assessment_are_all_kept(
    visitors: list[Visitor],
) -> None:
    token = visitors[0].start()
    steps = [LENS.steps[number % len(STEPS)] for number in range(THREADS)]
    for visitor, step in zip(visitors, steps, strict=True):
        visitor.open(f"/a/{token}/{step.id}/")
    jobs = [
        partial(visitor.send, typed(SEAM, step))
        for visitor, step in zip(visitors, steps, strict=True)
    ]
    assert {page.status_code for page in at_once(jobs)} == {200}
    visitor = visitors[0]
    for step in LENS.steps:
        saved = controls(form_of(visitor.open(f"/a/{token}/{step.id}/")))
        assert saved | typed(SEAM, step) == saved


def test_the_same_save_by_many_is_one(visitors: list[Visitor]) -> None:
    token = visitors[0].start()
    for visitor in visitors:
        visitor.open(f"/a/{token}/{STEPS[0]}/")
    pages = at_once([partial(visitor.send, {"project_name": "Same"}) for visitor in visitors])
    assert {page.status_code for page in pages} == {200}
    version = controls(form_of(visitors[0].open(f"/a/{token}/{STEPS[0]}/")))["version"]
    assert version == "1"


def test_reading_goes_on_while_others_write(visitors: list[Visitor], live_site: str) -> None:
    for visitor in visitors:
        visitor.start()
    half = THREADS // 2
    writers = [partial(visitor.send, {"project_name": "Written"}) for visitor in visitors[:half]]
    readers = [partial(httpx.get, live_site, timeout=60)] * half
    assert {page.status_code for page in at_once([*writers, *readers])} == {200}


def test_of_many_clicks_on_one_invitation_there_is_one_assessment(
    visitors: list[Visitor], live_site: str
) -> None:
    (token,) = seeded(live_site, SEAM)["one"]
    for visitor in visitors:
        visitor.open(f"/i/{token}/")
    pages = at_once([partial(visitor.send, button="Start") for visitor in visitors])
    assert {page.status_code for page in pages} == {200}
    assert {visitor.path for visitor in visitors} == {f"/a/{token}/{STEPS[0]}/"}
    visitors[0].send({"project_name": "Kept"})
    saved = controls(form_of(visitors[1].open(f"/a/{token}/{STEPS[0]}/")))
    assert saved["project_name"] == "Kept"


def test_of_many_who_settle_at_once_one_does_and_the_others_are_told(
    visitors: list[Visitor], live_site: str
) -> None:
    tokens = seeded(live_site, with_another_name(SEAM))["done"]
    for number, visitor in enumerate(visitors):
        visitor.open(f"/a/{tokens[number % 2]}/together/")
    radios = soup(visitors[0].page).select("#settle input[value=first]")
    chosen = {str(radio["name"]): "first" for radio in radios}
    pages = at_once([partial(visitor.send, chosen, "Settle it") for visitor in visitors])
    assert {page.status_code for page in pages} == {200}
    told = [page for page in pages if "While this page was open" in says(page)]
    assert len(told) == THREADS - 1
    assert all("Settled: start with FastAPI" in says(page) for page in pages)


def with_another_name(file: Json) -> Json:
    """So that its client is another than that of the test before."""
    return {**file, "project": {**file["project"], "name": "Another"}}
