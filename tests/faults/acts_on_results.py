"""What a founder does with a result: finishes it, tries out, shares, begins anew, deletes."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.faults.acts import NUMBERS, Acts
from tests.faults.must_be_stored import Kept
from tests.faults.two_people import at_once
from tests.web import controls, form_of, says

MOST_VERSIONS = 3


class Results(Acts):
    """What becomes of answers that are there."""

    @precondition(lambda self: self.alive)
    @rule(which=NUMBERS)
    def the_founder_opens_the_check(self, which: int) -> None:
        which = self.pick(which)
        page = self.founder.open(f"/a/{self.kept[which].token}/check/")
        words = says(page.content)
        for name, text in self.kept[which].applicable().items():
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
    @rule(option=NUMBERS, twice=st.booleans())
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

    @precondition(lambda self: self.alive and self.finished())
    @rule(which=NUMBERS)
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

    @precondition(lambda self: self.alive and self.finished() and len(self.kept) < MOST_VERSIONS)
    @rule(which=NUMBERS, twice=st.booleans())
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
        # Whoever saves in the very moment has saved, or finds nothing; it is gone all the same.
        saved, *deleted = at_once(
            lambda: self.post(self.tabs[-1]),
            *[lambda: self.founder.send(address, sent)] * 2,
        )
        assert saved.status_code in (302, 404, 409)
        assert {302} <= {answer.status_code for answer in deleted} <= {302, 404}
        for own in self.kept:
            self.gone += [f"/a/{own.token}/", *(f"/r/{token}/" for token in own.links)]

    @precondition(lambda self: not self.alive)
    @rule(which=NUMBERS)
    def somebody_saves_what_was_deleted(self, which: int) -> None:
        tab = self.tabs[which % len(self.tabs)]
        assert self.post(tab).status_code == 404
