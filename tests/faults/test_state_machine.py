"""A founder with several tabs and a consultant at once: nothing is silently overwritten.

What they do is drawn by Hypothesis, sent over HTTP to a real server, and compared with a model
(`must_be_stored`) after each act: answer by answer in the database, and on the pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.faults.looking_in import Database
from tests.faults.must_be_stored import FIELDS, PROJECT, Came, Fields, Kept, Project, Review
from tests.faults.two_people import Consultant, Founder, Tab, at_once
from tests.servers import APPLICATION, running_server
from tests.web import STEPS, controls, form_of, says

ACTS_A_RUN = 30
MOST_TABS = 12
# In words on both sides of a conflict, whatever else is answered.
SHOWN = {*PROJECT, *(name for names in FIELDS.values() for name in names if "_text" in name)}
STATUS = {Came.SAVED: 302, Came.SAME: 302, Came.STALE: 409}
# Enough to tell the values of two people apart, and few enough for them to say the same.
WORDS = st.integers(0, 9).map(lambda number: f"Words {number}")
number = st.integers(0, 1_000)


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

    # ---- Filling in ----

    def open_tab(self, which: int, step: str) -> None:
        """What is saved stands on the page; what was never said may be filled in for them."""
        own = self.kept[which]
        tab = self.founder.tab(which, step, f"/a/{own.token}/{step}/")
        shown = {name: text for name, text in tab.wanted.items() if own.fields.get(name)}
        assert shown == {name: text for name, text in own.of(step).items() if text}
        assert tab.based_on == own.version
        self.tabs.append(tab)

    @precondition(lambda self: self.alive and len(self.tabs) < MOST_TABS)
    @rule(which=number, step=st.sampled_from(STEPS))
    def the_founder_opens_a_step(self, which: int, step: str) -> None:
        self.open_tab(self.pick(which), step)

    @precondition(lambda self: self.alive and len(self.tabs) < MOST_TABS)
    @rule(which=number, step=st.sampled_from(STEPS))
    def the_consultant_opens_a_step(self, which: int, step: str) -> None:
        which = self.pick(which)
        tab = self.desk.correcting(which, step, self.key(which))
        shown = {name: text for name, text in tab.wanted.items() if text}
        assert shown == {name: text for name, text in self.kept[which].of(step).items() if text}
        self.tabs.append(tab)

    def tab(self, which: int) -> Tab:
        """The later ones more often, so that a form is filled in and sent."""
        return self.tabs[-1 - which % len(self.tabs)]

    @precondition(lambda self: self.alive and self.tabs)
    @rule(which=st.integers(0, 3), name=number, option=number, words=WORDS)
    def somebody_types(self, which: int, name: int, option: int, words: str) -> None:
        fill_in(self.tab(which), name, option, words)

    # ---- Saving ----

    def person(self, tab: Tab) -> Founder | Consultant:
        return self.desk if tab.at_desk else self.founder

    def post(self, tab: Tab, **more: str) -> httpx.Response:
        return self.person(tab).send(tab.address, tab.sent | more)

    def came(self, tab: Tab, answer: httpx.Response, wanted: Came) -> None:
        """What the answer has to be, and what follows on it."""
        assert answer.status_code == STATUS[wanted], (answer.status_code, wanted)
        if wanted == Came.STALE:
            assert "changed elsewhere" in says(answer.content)
            kept = self.kept[tab.number].of(tab.step)
            for name in FIELDS[tab.step]:
                if name in SHOWN and kept[name] != tab.wanted[name]:
                    assert kept[name] in says(answer.content), "the other's words are not shown"
                    assert tab.wanted[name] in says(answer.content), "one's own are not shown"
            person = self.person(tab)
            again = person.tab_on(answer, tab.number, tab.step, tab.address, tab.at_desk)
            again.options = tab.options
            assert again.wanted == tab.wanted, "what was typed is not in the form of the conflict"
            self.tabs.append(again)
        if wanted == Came.SAVED and tab.at_desk:
            self.pinned_anew_if_it_was_finished(tab.number)

    def save(self, tab: Tab, **more: str) -> None:
        wanted = sent_to(self.project, tab)
        self.came(tab, self.post(tab, **more), wanted)
        self.sent.append((deepcopy(tab), wanted))

    @precondition(lambda self: self.alive and self.tabs)
    @rule(which=st.integers(0, 3), then=st.sampled_from(["", "", "back", "check"]))
    def somebody_saves(self, which: int, then: str) -> None:
        self.save(self.tab(which), **({"then": then} if then else {}))

    @precondition(lambda self: self.alive and self.tabs)
    @rule(which=number, name=number, option=number, words=WORDS)
    def somebody_comes_back_to_an_old_tab(
        self, which: int, name: int, option: int, words: str
    ) -> None:
        tab = self.tabs[which % len(self.tabs)]
        fill_in(tab, name, option, words)
        self.save(tab)

    @precondition(lambda self: self.alive and self.sent)
    @rule(which=number, times=st.integers(1, 2))
    def the_network_sends_a_save_again(self, which: int, times: int) -> None:
        tab, _ = self.sent[which % len(self.sent)]
        for _ in range(times):
            self.save(tab)

    @precondition(lambda self: self.alive and self.tabs)
    @rule(which=st.integers(0, 3), name=number, option=number, words=WORDS)
    def somebody_clicks_twice(self, which: int, name: int, option: int, words: str) -> None:
        tab = self.tab(which)
        fill_in(tab, name, option, words)
        self.two_at_once(tab, deepcopy(tab))

    @precondition(lambda self: self.alive and len(self.tabs) > 1)
    @rule(first=st.integers(0, 4), second=st.integers(0, 4), words=WORDS, option=number)
    def two_save_at_once(self, first: int, second: int, words: str, option: int) -> None:
        one, other = self.tab(first), deepcopy(self.tab(second))
        fill_in(one, option, option, words)
        self.two_at_once(one, other)

    def two_at_once(self, *tabs: Tab) -> None:
        """The outcome is that of one order or of the other; nothing in between."""
        answers = at_once(*(lambda tab=tab: self.post(tab) for tab in tabs))
        got = [answer.status_code for answer in answers]
        possible = []
        for order in ((0, 1), (1, 0)):
            project, came = deepcopy(self.project), [Came.SAME, Came.SAME]
            for place in order:
                came[place] = sent_to(project, tabs[place])
            possible.append((came, [own.stored() for own in project.kept]))
            if [STATUS[each] for each in came] == got and self.is_stored(project):
                break
        else:
            stored = [self.site.database.stored(own.token) for own in self.kept]
            raise AssertionError(f"{got}, {stored} is neither of {possible}: {tabs}")
        self.project = project
        desk = [tab for tab, each in zip(tabs, came, strict=True) if tab.at_desk]
        for tab in desk:
            self.pinned_anew_if_it_was_finished(tab.number)
        self.sent += [(deepcopy(tab), each) for tab, each in zip(tabs, came, strict=True)]

    # ---- Finishing ----

    def pinned_anew_if_it_was_finished(self, which: int) -> None:
        """A correction finds the verdict anew, on all answers as they stand."""
        own = self.kept[which]
        if own.report is not None:
            own.report = self.site.database.report(own.token)
            assert own.shows(own.report or {}), "the verdict is not about the corrected answers"

    @precondition(lambda self: self.alive)
    @rule(which=number)
    def the_founder_opens_the_check(self, which: int) -> None:
        which = self.pick(which)
        page = self.founder.open(f"/a/{self.kept[which].token}/check/")
        words = says(page.content)
        for name, text in self.kept[which].fields.items():
            assert not text.startswith("Words") or text in words, f"{name} is not on the check"
        self.checks.append((which, controls(form_of(page, "See the verdict"))))

    @precondition(lambda self: self.alive and self.checks)
    @rule(which=st.integers(0, 2))
    def the_founder_finishes(self, which: int) -> None:
        which, sent = self.checks[-1 - which % len(self.checks)]
        own = self.kept[which]
        answer = self.founder.send(f"/a/{own.token}/check/", sent)
        if int(sent["version"]) != own.version:
            assert "Your answers have changed" in says(answer.content)
            return
        assert answer.status_code == 302
        if own.report is None or not own.shows(own.report):
            own.report = self.site.database.report(own.token)
        assert own.shows(own.report or {})

    @precondition(lambda self: self.alive and self.checks)
    @rule()
    def the_founder_finishes_twice_at_once(self) -> None:
        which, sent = self.checks[-1]
        own = self.kept[which]
        address = f"/a/{own.token}/check/"
        answers = at_once(*[lambda: self.founder.send(address, sent)] * 2)
        was_seen = int(sent["version"]) == own.version
        assert [each.status_code for each in answers] == ([302, 302] if was_seen else [200, 200])
        if was_seen and (own.report is None or not own.shows(own.report)):
            own.report = self.site.database.report(own.token)

    @precondition(lambda self: self.alive and self.finished())
    @rule(option=number, twice=st.booleans())
    def the_founder_keeps_what_was_tried_out(self, option: int, twice: bool) -> None:
        which = self.finished()[-1]
        own = self.kept[which]
        choice = ("some", "fluent", "none")[option % 3]
        sent = {"version": str(own.version), "go": choice}
        sent["csrfmiddlewaretoken"] = self.founder.client.cookies["csrftoken"]
        for again in range(1 + twice):
            answer = self.founder.send(f"/a/{own.token}/what-if/", sent)
            moved = own.fields.get("go") != choice
            if again and sent["version"] != str(own.version):
                assert answer.status_code == 200, "what was tried on old answers was kept"
            else:
                assert answer.status_code == 302
            if moved:
                own.put({"go": choice})
                own.confirmed["team"] = own.version
            if not own.shows(own.report or {}):
                own.report = self.site.database.report(own.token)

    def finished(self) -> list[int]:
        return [place for place, own in enumerate(self.kept) if own.report is not None]

    # ---- Links, versions, the end ----

    @precondition(lambda self: self.alive and self.finished())
    @rule(which=number)
    def the_founder_shares(self, which: int) -> None:
        finished = self.finished()
        own = self.kept[finished[which % len(finished)]]
        token = self.founder.share(own.token)
        own.links[token] = self.site.database.link(token)

    @precondition(lambda self: self.alive and any(own.links for own in self.kept))
    @rule(twice=st.booleans())
    def the_founder_revokes(self, twice: bool) -> None:
        own = next(own for own in self.kept if own.links)
        token, link = own.links.popitem()
        own.closed.add(token)
        sent = {"csrfmiddlewaretoken": self.founder.client.cookies["csrftoken"]}
        for _ in range(1 + twice):
            answer = self.founder.send(f"/a/{own.token}/share/{link}/revoke/", sent)
            assert answer.status_code == 302

    @precondition(lambda self: self.alive and self.finished() and len(self.kept) < 3)
    @rule(which=number, twice=st.booleans())
    def the_founder_starts_a_version(self, which: int, twice: bool) -> None:
        finished = self.finished()
        own = self.kept[finished[which % len(finished)]]
        form = controls(form_of(self.founder.open(f"/a/{own.token}/"), "Re-assess"))
        address = f"/a/{own.token}/again/"
        answers = at_once(*[lambda: self.founder.send(address, form)] * (1 + twice))
        tokens = {answer.headers["Location"].split("/")[2] for answer in answers}
        assert len(tokens) == 1, "one form has begun two versions"
        token = tokens.pop()
        stored = self.site.database.stored(token)
        assert stored is not None
        assert stored[1] == own.stored()[1], "the new version does not begin with the answers"
        confirmed = dict.fromkeys(own.confirmed, 0)
        self.kept.append(Kept(token, stored[0], dict(own.fields), {}, confirmed))

    @precondition(lambda self: self.alive and len(self.sent) > 9)
    @rule(which=st.integers(0, 9))
    def the_founder_deletes_the_project(self, which: int) -> None:
        if which:  # now and then: nothing comes after it
            return
        address = f"/a/{self.kept[0].token}/delete/"
        sent = controls(form_of(self.founder.open(address), "Delete it for good"))
        for status in (302, 404):
            assert self.founder.send(address, sent).status_code == status
        for own in self.kept:
            self.gone += [f"/a/{own.token}/", *(f"/r/{token}/" for token in own.links)]

    @precondition(lambda self: not self.alive)
    @rule(which=number)
    def somebody_saves_what_was_deleted(self, which: int) -> None:
        tab = self.tabs[which % len(self.tabs)]
        assert self.post(tab).status_code == 404

    # ---- The desk ----

    @precondition(lambda self: self.alive)
    @rule(opens=st.booleans(), which=number, words=WORDS)
    def the_consultant_renames_the_project(self, opens: bool, which: int, words: str) -> None:
        """From a page just opened, or from an old one: a name given meanwhile is not undone."""
        project = self.site.database.keys(self.kept[0].token)[1]
        if opens or not self.renamings:
            self.renamings.append(self.desk.project_form(project))
        form = self.renamings[which % len(self.renamings)]
        stands, seen = self.kept[0].fields, form["initial-name"]
        answer = self.desk.rename(project, form | {"name": words})
        own_name, other = stands.get("project_name", ""), words != seen
        if other and own_name not in (seen, words):
            assert answer.status_code == 200
            assert "Meanwhile it was changed to" in says(answer.content)
            return
        assert answer.status_code == 302
        summary = stands.get("project_summary", "")
        name = words if other else own_name
        self.project.rename({"project_name": name, "project_summary": summary})

    @precondition(lambda self: self.alive and self.kept[0].report)
    @rule()
    def the_consultant_opens_the_review(self) -> None:
        self.reviews.append(self.desk.review_form(self.key(0)))

    @precondition(lambda self: self.alive and self.reviews)
    @rule(which=st.integers(0, 2), act=st.sampled_from(["save", "publish"]), words=WORDS)
    def the_consultant_writes_the_review(self, which: int, act: str, words: str) -> None:
        form = self.reviews[-1 - which % len(self.reviews)]
        before, key = self.review, self.key(0)
        answer = self.desk.review(key, act, form | {"text": words})
        self.review = now = self.site.database.review(key)
        if answer.status_code == 302:
            fresh = int(form["version"]) == before.version
            assert fresh or before.text == words, "somebody else's review was overwritten"
            assert (now.text, now.published) == (
                words,
                words if act == "publish" else now.published,
            )
            assert act == "publish" or now.published == before.published
        else:
            assert answer.status_code == 200
            assert now == before, "what was refused has changed the review"

    @precondition(lambda self: self.alive and self.review.published is not None)
    @rule()
    def the_consultant_withdraws_the_review(self) -> None:
        self.desk.review(self.key(0), "withdraw", self.desk.review_form(self.key(0)))
        before, self.review = self.review, self.site.database.review(self.key(0))
        assert (self.review.text, self.review.published) == (before.text, None)

    @precondition(lambda self: self.alive and self.finished())
    @rule()
    def the_consultant_scores_again(self) -> None:
        """Under the lens that it was scored with: nothing is to move."""
        key = self.key(self.finished()[0])
        form = self.desk.project_form(self.site.database.keys(self.kept[0].token)[1])
        page = self.desk.open(f"/admin/assessments/assessment/{key}/rescore/")
        assert "nothing to re-score" in says(page.content)
        sent = {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"], "seen": f"{key}:x", "lens": "x"}
        self.desk.send("/admin/assessments/assessment/rescore/", sent)

    # ---- What holds after each act ----

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


def sent_to(project: Project, tab: Tab) -> Came:
    """What has to come of a form."""
    wanted, based_on = tab.wanted, tab.based_on
    return project.save(tab.number, tab.step, wanted, based_on, confirms=not tab.at_desk)


def fill_in(tab: Tab, name: int, option: int, words: str) -> None:
    """Changes one field as it can be: a choice, a number, or words; a change has words first."""
    names = FIELDS[tab.step]
    field = names[name % len(names)]
    row = field.rpartition("_")[0] if field.startswith("change_") else ""
    if row and not tab.sent.get(f"{row}_text"):
        field = next(each for each in names if each.endswith("_text") and not tab.sent.get(each))
    if options := tab.options.get(field):
        tab.sent[field] = options[option % len(options)]
    else:
        tab.sent[field] = str(option) if field == "peak_rps" else words


# ---- Running it ----


@contextmanager
def serving(database_url: str, log: Path, application: str = APPLICATION) -> Iterator[Site]:
    env = {"SUGGEST": "0", "RATE_GUESSES": "off"}
    with running_server(database_url, env=env, log=log, application=application) as url:
        database = Database(database_url)
        try:
            yield Site(url, database, Consultant(url))
        finally:
            database.close()


def run(site: Site, runs: int, fixed: bool = True) -> None:
    """Raises AssertionError for the first run in which something is not as it has to be."""
    machine = type("Acts", (Acts,), {"site": site})
    chosen = settings(
        max_examples=runs,
        stateful_step_count=ACTS_A_RUN,
        deadline=None,
        database=None,
        derandomize=fixed,
        # A smaller example would be told by a hundred more runs; the acts are printed as they are.
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)


RUNS, RUNS_OF_THE_SOAK = 20, 500


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_overwritten_or_doubled(
    database: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    soaking: bool,
    amount: Callable[[int, int], int],
    figure: Callable[..., None],
) -> None:
    if database == "postgresql" and not soaking:
        pytest.skip("a check of each change has time for one database")
    url = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
    with serving(url, tmp_path / "log") as site:
        run(site, amount(RUNS, RUNS_OF_THE_SOAK), fixed=not soaking)
    figure(f"Runs of the state machine on {database}", site.runs, "runs")
    figure(f"Acts of founder and consultant on {database}", site.acts, "acts")
    figure(f"Saves lost, doubled or overwritten on {database}", 0, "saves", wanted="0")


@pytest.mark.parametrize("fault", ["last_write_wins", "forgets_retries"])
def test_a_site_that_does_lose_something_is_caught(fault: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    with (
        serving(url, tmp_path / "log", f"tests.faults.broken.{fault}") as site,
        pytest.raises((AssertionError, Flaky)),
    ):
        run(site, RUNS)
