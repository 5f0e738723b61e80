"""Forms that are filled in and sent: once, again, twice at once, and from a tab that is old."""

from __future__ import annotations

from copy import deepcopy
from itertools import product

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.faults.acts import NUMBERS, WORDS, Acts
from tests.faults.must_be_stored import FIELDS, PROJECT, Came, Project
from tests.faults.two_people import Tab, at_once
from tests.web import STEPS, says

MOST_TABS = 12
# In words on both sides of a conflict, whatever else is answered.
SHOWN = {*PROJECT, *(name for names in FIELDS.values() for name in names if "_text" in name)}
STATUS = {Came.SAVED: 302, Came.SAME: 302, Came.STALE: 409}


class Saving(Acts):
    """What founder and consultant save, each in several tabs."""

    @precondition(lambda self: self.alive and len(self.tabs) < MOST_TABS)
    @rule(which=NUMBERS, step=st.sampled_from(STEPS))
    def the_founder_opens_a_step(self, which: int, step: str) -> None:
        self.open_tab(self.pick(which), step)

    @precondition(lambda self: self.alive and len(self.tabs) < MOST_TABS)
    @rule(which=NUMBERS, step=st.sampled_from(STEPS))
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
    @rule(which=st.integers(0, 3), name=NUMBERS, option=NUMBERS, words=WORDS)
    def somebody_types(self, which: int, name: int, option: int, words: str) -> None:
        fill_in(self.tab(which), name, option, words)

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
            self.pinned_anew_if_it_was_finished(tab.number, self.kept[tab.number])

    def save(self, tab: Tab, **more: str) -> None:
        wanted = sent_to(self.project, tab)
        self.came(tab, self.post(tab, **more), wanted)
        self.sent.append((deepcopy(tab), wanted))

    @precondition(lambda self: self.alive and self.tabs)
    @rule(which=st.integers(0, 3), then=st.sampled_from(["", "", "back", "check"]))
    def somebody_saves(self, which: int, then: str) -> None:
        self.save(self.tab(which), **({"then": then} if then else {}))

    @precondition(lambda self: self.alive and self.tabs)
    @rule(which=NUMBERS, name=NUMBERS, option=NUMBERS, words=WORDS)
    def somebody_comes_back_to_an_old_tab(
        self, which: int, name: int, option: int, words: str
    ) -> None:
        tab = self.tabs[which % len(self.tabs)]
        fill_in(tab, name, option, words)
        self.save(tab)

    @precondition(lambda self: self.alive and self.sent)
    @rule(which=NUMBERS, times=st.integers(1, 2))
    def the_network_sends_a_save_again(self, which: int, times: int) -> None:
        tab, _ = self.sent[which % len(self.sent)]
        for _ in range(times):
            self.save(tab)

    @precondition(lambda self: self.alive and self.tabs)
    @rule(which=st.integers(0, 3), name=NUMBERS, option=NUMBERS, words=WORDS)
    def somebody_clicks_twice(self, which: int, name: int, option: int, words: str) -> None:
        tab = self.tab(which)
        fill_in(tab, name, option, words)
        self.two_at_once(tab, deepcopy(tab))

    @precondition(lambda self: self.alive and len(self.tabs) > 1)
    @rule(first=st.integers(0, 4), second=st.integers(0, 4), words=WORDS, option=NUMBERS)
    def two_save_at_once(self, first: int, second: int, words: str, option: int) -> None:
        one, other = self.tab(first), deepcopy(self.tab(second))
        fill_in(one, option, option, words)
        self.two_at_once(one, other)

    def two_at_once(self, *tabs: Tab) -> None:
        """The outcome is that of one order or of the other; nothing in between.

        But that a step was looked through and left as it is says nothing that could be lost:
        whoever saves in the same moment need not have seen it.
        """
        answers = at_once(*(lambda tab=tab: self.post(tab) for tab in tabs))
        got, possible = [answer.status_code for answer in answers], []
        for order, first_is_seen in product(((0, 1), (1, 0)), (True, False)):
            project, came, corrected = deepcopy(self.project), [Came.SAME, Came.SAME], []
            for place in order:
                tab = tabs[place]
                came[place] = sent_to(project, tab, first_is_seen or place == order[1])
                if tab.at_desk and came[place] == Came.SAVED:
                    corrected.append((tab.number, deepcopy(project.kept[tab.number])))
            possible.append((came, [own.stored() for own in project.kept]))
            if [STATUS[each] for each in came] == got and self.is_stored(project):
                break
        else:
            stored = [self.site.database.stored(own.token) for own in self.kept]
            raise AssertionError(f"{got}, {stored} is neither of {possible}: {tabs}")
        self.project = project
        for number, then in dict(corrected).items():
            self.pinned_anew_if_it_was_finished(number, then)
        self.sent += [(deepcopy(tab), each) for tab, each in zip(tabs, came, strict=True)]


def sent_to(project: Project, tab: Tab, is_seen: bool = True) -> Came:
    """What has to come of a form."""
    wanted, based_on, confirms = tab.wanted, tab.based_on, is_seen and not tab.at_desk
    return project.save(tab.number, tab.step, wanted, based_on, confirms)


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
