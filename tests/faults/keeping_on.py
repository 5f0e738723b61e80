"""Founders who keep on saving while something happens, and what they were told was saved."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import httpx

from tests.servers import run_beside
from tests.web import CHANGE_HEAVY as FILE
from tests.web import LENS, Visitor, heading, typed

# How often a save that was answered 503 is sent again, as its page asks for.
TRIES = 60
SAVED = """
import json
from assessments.models import Assessment
rows = Assessment.objects.filter(project__name__startswith="Founder ")
print(json.dumps([[row.project.name, row.report is not None]
                  for row in rows.only("report", "project__name").select_related("project")]))
"""


@dataclass
class Founders:
    """What became of all saves. ``acknowledged`` are names, and whether the verdict was seen."""

    site: str
    acknowledged: dict[str, bool] = field(default_factory=dict)
    put_off: int = 0
    failed: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    stop: Event = field(default_factory=Event)

    def run(self, number: int) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            try:
                self.one(f"Founder {number} of {count}", finishes=count % 3 == 0)
            except (AssertionError, httpx.HTTPError) as error:
                with self.lock:
                    self.failed.append(f"{type(error).__name__}: {error}")
                time.sleep(0.2)

    def one(self, name: str, finishes: bool) -> None:
        """Starts an assessment, names it, answers a step, and now and then finishes."""
        visitor = Visitor(self.site)
        self.send(visitor, path="/start/")
        token = visitor.path.split("/")[2]
        self.send(visitor, {"project_name": name})
        self.acknowledge(name, False)
        self.send(visitor, typed(FILE, LENS.steps[1]))
        if finishes:
            self.send(visitor, button="See the verdict", path=f"/a/{token}/check/")
            assert heading(visitor.page).startswith("Start with "), heading(visitor.page)
            self.acknowledge(name, True)

    def send(
        self,
        visitor: Visitor,
        filled: dict[str, str] | None = None,
        button: str = "",
        path: str = "",
    ) -> None:
        """Opens a page, if one is named, and sends its form, again while it is put off."""
        for _ in range(TRIES):
            before = visitor.page
            answer = visitor.open(path) if path else before
            if answer.status_code == 200:
                answer = visitor.send(filled, button)
            if answer.status_code == 200:
                return
            assert answer.status_code == 503, f"{answer.status_code} at {answer.url.path[:3]}…"
            assert answer.headers["Retry-After"]
            visitor.page = before
            with self.lock:
                self.put_off += 1
            time.sleep(0.3)
        raise AssertionError("it was put off for too long")

    def acknowledge(self, name: str, finished: bool) -> None:
        with self.lock:
            self.acknowledged[name] = finished

    def so_far(self) -> dict[str, bool]:
        with self.lock:
            return dict(self.acknowledged)

    def wait_for(self, more: int, seconds: float = 200) -> None:
        """Until so many more were saved, or somebody failed."""
        wanted, deadline = len(self.so_far()) + more, time.monotonic() + seconds
        while len(self.so_far()) < wanted and not self.failed:
            assert time.monotonic() < deadline, "nobody saves any more"
            time.sleep(0.05)


def lost(site: str, acknowledged: dict[str, bool]) -> list[str]:
    """Of what was acknowledged, what the database of a site does not hold."""
    saved: dict[str, bool] = dict(json.loads(run_beside(site, SAVED)))
    return [name for name, finished in acknowledged.items() if finished > saved.get(name, -1)]


@contextmanager
def founders_at(site: str, number: int = 3) -> Iterator[Founders]:
    """So many who have begun, until the context ends."""
    founders = Founders(site)
    threads = [Thread(target=founders.run, args=[n], daemon=True) for n in range(number)]
    for thread in threads:
        thread.start()
    try:
        founders.wait_for(number)
        yield founders
    finally:
        founders.stop.set()
        for thread in threads:
            thread.join(120)
