"""A founder and a consultant on one project, and what has to hold after each of their acts.

The acts are in files of their own (`acts_of_saving`, `acts_on_results`, `acts_at_the_desk`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.faults.looking_in import Database
from tests.faults.must_be_stored import Came, Fields, Kept, Project, Review
from tests.faults.two_people import Consultant, Founder, Tab
from tests.web import STEPS, says

# Enough to tell the values of two people apart, and few enough for them to say the same.
WORDS = st.integers(0, 9).map(lambda number: f"Words {number}")
NUMBERS = st.integers(0, 1_000)


@dataclass
class Site:
    """A running server, its database, and who works at the desk there."""

    url: str
    database: Database
    consultant: Consultant
    acts: int = 0
    runs: int = 0


class Acts(RuleBasedStateMachine):
    """One founder and one consultant on one project. ``site`` is set by whoever runs it."""

    site: Site

    def __init__(self) -> None:
        super().__init__()
        self.founder, self.desk = Founder(self.site.url), self.site.consultant
        self.tabs: list[Tab] = []
        self.sent: list[tuple[Tab, Came]] = []
        self.checks: list[tuple[int, Fields]] = []
        self.reviews: list[Fields] = []
        self.renamings: list[Fields] = []
        self.review = Review()
        self.gone: list[str] = []
        self.site.runs += 1

    @initialize()
    def begin(self) -> None:
        token = self.founder.take_up(self.desk.invite())
        self.project = Project([Kept(token, 0, {"project_name": "Begun"})])
        self.open_tab(0, STEPS[0])

    @property
    def kept(self) -> list[Kept]:
        return self.project.kept

    @property
    def alive(self) -> bool:
        return not self.gone

    def pick(self, which: int) -> int:
        return which % len(self.kept)

    def key(self, which: int) -> int:
        return self.site.database.keys(self.kept[which].token)[0]

    # ---- What they share ----

    def open_tab(self, which: int, step: str) -> None:
        """What is saved stands on the page; what was never said may be filled in for them."""
        own = self.kept[which]
        tab = self.founder.tab(which, step, f"/a/{own.token}/{step}/")
        shown = {name: text for name, text in tab.wanted.items() if own.fields.get(name)}
        assert shown == {name: text for name, text in own.of(step).items() if text}
        assert tab.based_on == own.version
        self.tabs.append(tab)

    def person(self, tab: Tab) -> Founder | Consultant:
        return self.desk if tab.at_desk else self.founder

    def post(self, tab: Tab, **more: str) -> httpx.Response:
        return self.person(tab).send(tab.address, tab.sent | more)

    def finished(self) -> list[int]:
        return [place for place, own in enumerate(self.kept) if own.report is not None]

    def pinned_anew_if_it_was_finished(self, which: int, then: Kept) -> None:
        """A correction finds the verdict anew, on all answers as they stood ``then``."""
        own = self.kept[which]
        if own.report is not None:
            own.report = self.site.database.report(own.token)
            assert then.shows(own.report or {}), "the verdict is not about the corrected answers"

    def is_stored(self, project: Project) -> bool:
        stored = self.site.database.stored
        return all(stored(own.token) == own.stored() for own in project.kept)

    @invariant()
    def everything_acknowledged_is_stored(self) -> None:
        self.site.acts += 1
        for own in getattr(self, "project", Project([])).kept:
            stored = self.site.database.stored(own.token)
            assert stored == (own.stored() if self.alive else None)
            if stored is not None:
                assert self.site.database.report(own.token) == own.report

    @precondition(lambda self: self.alive)
    @rule()
    def readers_see_what_was_finished(self) -> None:
        self.look()

    def look(self) -> None:
        published = self.review.published
        for place, own in enumerate(self.kept):
            for token in own.links:
                document = json.loads(self.founder.open(f"/r/{token}.json").content)
                report = own.report or {}
                assert {key: document[key] for key in ("answers", "project", "stack")} == {
                    key: report[key] for key in ("answers", "project", "stack")
                }
                page = self.founder.open(f"/r/{token}/")
                assert report["project"].get("name", "") in says(page.content)
                if place == 0:
                    review = document["review"] and document["review"]["text"]
                    assert review == published
            for token in own.closed:
                assert self.founder.open(f"/r/{token}/").status_code == 404
            if own.report is not None:
                assert self.founder.open(f"/a/{own.token}/").status_code == 200

    def teardown(self) -> None:
        if not hasattr(self, "project"):
            return
        if self.alive:
            self.look()
        for address in self.gone:
            assert self.founder.open(address).status_code == 404
        self.founder.client.close()
