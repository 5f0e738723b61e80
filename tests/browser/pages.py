"""Every page in every state: what is looked at for complaints, width, access and pictures.

A new page, or a new state of one, is a line in PAGES. Only the error pages that no visitor can
ask for (400, 500, 503) are missing: they are built like the ones that are here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser import beside
from tests.browser.driving import Seed, expect_heading, fill, go_on, revoke, seed, share
from tests.browser.invited import Two, seeded
from tests.browser.reminded import Links, reminded
from tests.web import LENS, STEPS, Json, Visitor, soup, with_answers

CHANGE_LIMIT = 200
GUESSER = "203.0.113.9"
NOT_FOUND = "There is nothing at this address."
# What is answered otherwise in a later version.
MOVED = {"mistake": "loose_much", "keep_alive": "now", "schema": "settled", "stage": "relied_on"}


class States:
    """A site with an assessment in every state, all from one answers file."""

    def __init__(self, site: str, file: Json) -> None:
        self.site, self.file = site, file

    @cached_property
    def empty(self) -> Seed:
        return seed(self.site)

    @cached_property
    def half(self) -> Seed:
        return seed(self.site, half_of(self.file))

    @cached_property
    def assumed(self) -> Seed:
        """The five changes and nothing else, so that they fill in what they imply."""
        changes = {"changes": self.file["answers"]["changes"]}
        return seed(self.site, {**self.file, "answers": changes}, until="changes")

    @cached_property
    def unsorted(self) -> Seed:
        """Changes without a kind: one whose words tell it, and one whose words do not."""
        texts = ("Connect Stripe for payments", self.file["answers"]["changes"][3]["text"])
        return seed(self.site, with_answers(self.file, changes=[{"text": each} for each in texts]))

    @cached_property
    def result(self) -> Seed:
        return self.anew(finished=True)

    @cached_property
    def moved_on(self) -> Seed:
        """Finished, and then an answer was changed."""
        moved = self.anew(finished=True)
        changed_elsewhere(moved, self.change_as("Later"))
        return moved

    @cached_property
    def versions(self) -> list[Seed]:
        """Three versions: the first, one with other answers, and a draft."""
        first = self.anew(finished=True)
        second = again(first, MOVED)
        return [first, second, again(second)]

    @cached_property
    def later(self) -> Seed:
        """The later one of two versions, both finished."""
        return again(self.anew(finished=True), MOVED)

    @cached_property
    def shared(self) -> str:
        return share(self.anew(finished=True))

    @cached_property
    def linked(self) -> Seed:
        """Finished, with a link to it."""
        seeded = self.anew(finished=True)
        share(seeded)
        return seeded

    @cached_property
    def revoked(self) -> str:
        seeded = self.anew(finished=True)
        address = share(seeded)
        revoke(seeded)
        return address

    @cached_property
    def invited(self) -> dict[str, list[str]]:
        """Tokens of people who were invited, by how far they have come."""
        return seeded(self.site, self.file)

    def invitation(self, name: str) -> str:
        return f"{self.site}/i/{self.invited[name][0]}/"

    def two(self, name: str) -> Two:
        return Two(self.site, *self.invited[name])

    @cached_property
    def settled(self) -> Two:
        """A pair that has settled, for what comes of it."""
        two = self.two("settled")
        visitor = Visitor(self.site)
        visitor.open(urlsplit(two.url("together")).path)
        radios = soup(visitor.page).select("#settle input[value=second]")
        visitor.send({str(radio["name"]): "second" for radio in radios}, "Settle it")
        return two

    @cached_property
    def reviewed(self) -> Seed:
        return reviewed(self.anew(finished=True), self.wordy)

    @cached_property
    def overruled(self) -> Seed:
        """A consultant says to start with the other stack."""
        return reviewed(self.anew(finished=True), self.wordy, overrule=True)

    @cached_property
    def shared_overruled(self) -> str:
        return share(self.overruled)

    @cached_property
    def with_links(self) -> Seed:
        """Shared with everybody, in every way."""
        seeded = self.anew(finished=True)
        beside.make(self.site, "sharing.links", seeded.token, self.wordy)
        return seeded

    @cached_property
    def broken(self) -> Seed:
        """Finished, and of no use to whatever makes files."""
        seeded = self.anew(finished=True)
        beside.make(self.site, "sharing.break_report", seeded.token)
        return seeded

    @cached_property
    def guesser(self) -> str:
        """An internet address that has tried too many addresses here."""
        beside.make(self.site, "sharing.refuse", GUESSER)
        return GUESSER

    @cached_property
    def reminded(self) -> tuple[Seed, Links]:
        """One whose founder is reminded by mail."""
        seeded = self.anew(finished=True)
        return seeded, reminded(seeded)

    def link(self, name: str, begun: bool = False) -> str:
        """The address of a link in its mails; ``begun`` where it was pressed already."""
        links = reminded(self.anew(finished=True), begun) if begun else self.reminded[1]
        return self.site + str(getattr(links, name))

    @property
    def wordy(self) -> bool:
        """Whether the texts are long words, to see that they fit."""
        return "W" * 80 in self.file["project"]["name"]

    def anew(self, finished: bool = False) -> Seed:
        """One that nobody else looks at, for a state that comes of changing something."""
        return seed(self.site, self.file, finished)

    def change_as(self, when: str) -> str:
        """The first change as somebody else would put it, no longer than is allowed."""
        return f"{when}: {self.file['answers']['changes'][0]['text']}"[:CHANGE_LIMIT]


Way = Callable[[Page, States], None]


def half_of(file: Json) -> Json:
    """The file with three changes, and every second choice of each step left open."""
    half = with_answers(file, changes=file["answers"]["changes"][:3])
    asked_for = {question.shown_if[0] for question in LENS.question.values() if question.shown_if}
    for each in LENS.steps:
        choices = [question.id for question in LENS.questions_of(each.id)][1::2]
        for name in set(choices) - asked_for:
            half["answers"].pop(name, None)
    return half


def reviewed(seeded: Seed, wordy: bool, overrule: bool = False) -> Seed:
    """A consultant publishes a review of it."""
    beside.make(seeded.site, "reviewing.publish", seeded.token, wordy, overrule)
    return seeded


def again(seeded: Seed, moved: dict[str, str] | None = None) -> Seed:
    """A new version; with other answers, to questions that are options, it is finished."""
    visitor = Visitor(seeded.site)
    visitor.open(f"/a/{seeded.token}/")
    visitor.send(button="Re-assess")
    token = visitor.path.split("/")[2]
    for question, answer in (moved or {}).items():
        visitor.open(f"/a/{token}/{LENS.question[question].step}/")
        visitor.send({question: answer})
    if moved:
        visitor.open(f"/a/{token}/check/")
        visitor.send(button="See the verdict")
    return Seed(seeded.site, token)


def changed_elsewhere(seeded: Seed, text: str) -> None:
    """Another tab saves another first change."""
    visitor = Visitor(seeded.site)
    visitor.open(f"/a/{seeded.token}/changes/")
    visitor.send({"change_0_text": text})


# ---- Ways to a page ----


def at(path: str) -> Way:
    return to(lambda states: states.site + path)


def to(address: Callable[[States], str]) -> Way:
    def go(page: Page, states: States) -> None:
        page.goto(address(states))

    return go


def step(step_id: str, state: str) -> Way:
    return to(lambda states: getattr(states, state).url(step_id))


def _form_expired(page: Page, states: States) -> None:
    page.goto(f"{states.site}/start/")
    page.context.clear_cookies()
    go_on(page, "Start")
    expect_heading(page, "The form had expired, so nothing was saved.")


def _with_mistakes(page: Page, states: States) -> None:
    page.goto(states.half.url("changes"))
    fill(page, {f"change_{number}_text": "and so on " * 25 for number in (0, 3)})
    go_on(page)
    expect(page.locator(".error-summary")).to_be_visible()


def _mistake_in_a_label(page: Page, states: States) -> None:
    page.goto(states.result.url())
    page.get_by_label("Who is it for?").fill("for whom " * 20)
    go_on(page, "Make a link")
    expect(page.locator(".error-summary")).to_be_visible()


def _new_link(page: Page, states: States) -> None:
    page.goto(states.anew(finished=True).url())
    go_on(page, "Make a link")
    expect(page.locator(".link-box input")).to_be_visible()


def _conflict(page: Page, states: States) -> None:
    opened = states.anew()
    page.goto(opened.url("changes"))
    changed_elsewhere(opened, states.change_as("Later"))
    fill(page, {"change_0_text": states.change_as("At once")})
    go_on(page)
    expect_heading(page, "These answers were changed elsewhere")


def _stale_check(page: Page, states: States) -> None:
    opened = states.anew()
    page.goto(opened.url("check"))
    changed_elsewhere(opened, states.change_as("Later"))
    go_on(page, "See the verdict")
    expect(page.locator(".error-summary")).to_be_visible()


def _revoked(page: Page, states: States) -> None:
    page.goto(states.revoked)
    expect_heading(page, NOT_FOUND)


def _refused(page: Page, states: States) -> None:
    page.set_extra_http_headers({"X-Forwarded-For": states.guesser})
    page.goto(f"{states.site}/r/mistyped/")
    page.set_extra_http_headers({})
    expect_heading(page, "Too many addresses that open nothing.")


def _wrong_review_date(page: Page, states: States) -> None:
    page.goto(states.result.url())
    page.locator("#review form").evaluate("form => { form.review_on.value = '2020-01-01'; }")
    go_on(page, "Change the date")
    expect(page.locator(".error-summary")).to_be_visible()


def _live(page: Page, states: States) -> None:
    """A step in which a change was typed that the coach has something to say about."""
    page.goto(states.empty.url("changes"))
    page.fill("[name=change_0_text]", "improve performance")
    if _has_scripts(page):
        expect(page.locator("#coach-1")).not_to_be_empty()


def _suggested(page: Page, states: States) -> None:
    """The step of the changes, where one of the suggested kinds was taken."""
    page.goto(states.unsorted.url("changes"))
    chip = page.locator("#suggest-1 .chip")
    if _has_scripts(page) and chip.count():
        chip.first.click()
        expect(chip.first).to_have_attribute("aria-pressed", "true")


def _wrong_kind(page: Page, states: States) -> None:
    page.goto(states.unsorted.url("check"))
    page.locator("#id_change_0_kind option").last.evaluate("option => { option.value = '?'; }")
    page.locator("#id_change_0_kind").select_option("?")
    go_on(page, "See the verdict")
    expect(page.locator(".error-summary")).to_be_visible()


def _map_unfolded(page: Page, states: States) -> None:
    """Where this points so far, opened as one would on a phone."""
    page.goto(states.half.url("team"))
    page.locator(".so-far .fold").evaluate("fold => { fold.open = true; }")


def _deleted(page: Page, states: States) -> None:
    page.goto(states.anew(finished=True).url("delete"))
    go_on(page, "Delete it for good")
    expect_heading(page, "It is gone.")


def _has_scripts(page: Page) -> bool:
    return bool(page.evaluate("matchMedia('(scripting: enabled)').matches"))


def _trying(page: Page, states: States) -> None:
    page.goto(states.result.url("what-if"))
    _try_another(page)


def _trying_in_place(page: Page, states: States) -> None:
    page.goto(states.result.url())
    page.get_by_role("link", name="Try other answers").click()
    if _has_scripts(page):
        expect(page.locator("[data-focus]")).to_be_focused()
    _try_another(page)


def _try_another(page: Page) -> None:
    page.select_option("[name=mistake]", "loose_much")
    if not _has_scripts(page):
        go_on(page, "See what moves")
    # on a phone it is there, and folded away
    expect(page.locator("#what-if-panel button[type=submit]")).to_be_attached()


# ---- Reminders ----


def _ask_for_a_code(page: Page, states: States, email: str = "founder@example.org") -> None:
    """On the result, with an address that is a long word where all texts are."""
    page.goto(states.anew(finished=True).url())
    page.get_by_label("E-mail address").fill(email)
    go_on(page, "Send me a code")


def _waiting_for_the_code(page: Page, states: States) -> None:
    long = f"{'w' * 64}@{'w' * 60}.example.org"
    _ask_for_a_code(page, states, long if states.wordy else "founder@example.org")
    expect(page.get_by_label("Code from the mail")).to_be_visible()


def _wrong_code(page: Page, states: States) -> None:
    _waiting_for_the_code(page, states)
    page.get_by_label("Code from the mail").fill("12 34")
    go_on(page, "Confirm the address")
    expect(page.locator(".error-summary")).to_be_visible()


def _wrong_address(page: Page, states: States) -> None:
    _ask_for_a_code(page, states, "founder")
    expect(page.locator(".error-summary")).to_be_visible()


def _stopped(page: Page, states: States) -> None:
    page.goto(states.site + reminded(states.anew(finished=True)).stop)
    go_on(page, "Stop reminding")
    expect_heading(page, "No more mails will come")


# ---- People who were invited ----


def invitation(name: str) -> Way:
    return to(lambda states: states.invitation(name))


def of_two(name: str, rest: str = "") -> Way:
    return to(lambda states: states.two(name).url(rest))


def _nowhere_begun(page: Page, states: States) -> None:
    page.goto(states.invitation("one"))
    page.get_by_text("I have answered already").click()
    page.get_by_label("Address of your assessment").fill(f"{states.site}/a/nowhere/")
    go_on(page, "Use this assessment")
    expect(page.locator(".error-summary")).to_be_visible()


def _taken_up(page: Page, states: States) -> None:
    address = states.invitation("tied")
    page.goto(address)
    if page.get_by_text("I have answered already").count():
        page.get_by_text("I have answered already").click()
        page.get_by_label("Address of your assessment").fill(states.anew().url())
        go_on(page, "Use this assessment")
        page.goto(address)
    expect_heading(page, "This invitation is taken up")


def _unsettled(page: Page, states: States) -> None:
    page.goto(states.two("done").url("together"))
    page.locator("#settle input[value=first]").first.check()
    go_on(page, "Settle it")
    expect(page.locator(".error-summary")).to_be_visible()


def _settled_elsewhere(page: Page, states: States) -> None:
    page.goto(states.settled.url("together"))
    page.locator("[name=seen]").evaluate("field => { field.value = 'before'; }")
    go_on(page, "Settle it")
    expect(page.locator(".error-summary")).to_be_visible()


PAGES: dict[str, Way] = {
    "home": at("/"),
    "model": at("/model/"),
    "start": at("/start/"),
    "api": at("/api/"),
    "example-change": at("/examples/ledgerly/"),
    "example-stability": at("/examples/tidegate/"),
    "example-seam": at("/examples/harbourmaster/"),
    "privacy": at("/privacy/"),
    "not-found": at("/nothing/here/"),
    "form-expired": _form_expired,
    **{f"step-{name}-empty": step(name, "empty") for name in STEPS},
    **{f"step-{name}": step(name, "half") for name in STEPS},
    "step-mistakes": _with_mistakes,
    "step-live": _live,
    "step-suggested": _suggested,
    "step-map-unfolded": _map_unfolded,
    "step-assumed": to(lambda states: states.assumed.url("moving")),
    "step-settled": to(lambda states: states.result.url("team")),
    "step-from-check": to(lambda states: states.half.url("holding") + "?then=check"),
    "conflict": _conflict,
    "check-empty": step("check", "empty"),
    "check": step("check", "half"),
    "check-suggested": step("check", "unsorted"),
    "check-wrong-kind": _wrong_kind,
    "check-stale": _stale_check,
    "result": to(lambda states: states.result.url()),
    "result-empty": to(lambda states: seed(states.site, finished=True).url()),
    "result-new-link": _new_link,
    "result-mistake": _mistake_in_a_label,
    "result-wrong-date": _wrong_review_date,
    "what-if": to(lambda states: states.result.url("what-if")),
    "what-if-trying": _trying,
    "what-if-in-place": _trying_in_place,
    "result-moved-on": to(lambda states: states.moved_on.url()),
    "delete": to(lambda states: states.linked.url("delete")),
    "delete-draft": step("delete", "half"),
    "delete-of-two": to(lambda states: states.settled.url("delete")),
    "deleted": _deleted,
    "remind-code": _waiting_for_the_code,
    "remind-wrong-code": _wrong_code,
    "remind-wrong-address": _wrong_address,
    "reminded": to(lambda states: states.reminded[0].url()),
    "stop": to(lambda states: states.link("stop")),
    "stopped": _stopped,
    "stop-nothing": at("/stop/1-nothing/"),
    "again": to(lambda states: states.link("again")),
    "again-begun": to(lambda states: states.link("again", begun=True)),
    "check-new-version": to(lambda states: states.versions[2].url("check")),
    "result-first-version": to(lambda states: states.versions[0].url()),
    "result-later-version": to(lambda states: states.later.url()),
    "versions": to(lambda states: states.versions[1].url("versions")),
    "versions-one": to(lambda states: states.result.url("versions")),
    "invite": invitation("one"),
    "invite-pair": invitation("new"),
    "invite-mistake": _nowhere_begun,
    "invite-taken-up": _taken_up,
    "check-invited": to(lambda states: f"{states.site}/a/{states.invited['started'][0]}/check/"),
    "result-waiting": of_two("waiting"),
    "result-of-two": of_two("done"),
    "together-waiting": of_two("waiting", "together"),
    "together-too-little": of_two("little", "together"),
    "together": of_two("done", "together"),
    "together-agreed": of_two("agreed", "together"),
    "together-error": _unsettled,
    "together-settled": to(lambda states: states.settled.url("together")),
    "together-stale": _settled_elsewhere,
    "joint": to(lambda states: states.settled.url("together/joint")),
    "result-reviewed": to(lambda states: states.reviewed.url()),
    "result-overruled": to(lambda states: states.overruled.url()),
    "shared": to(lambda states: states.shared),
    "shared-overruled": to(lambda states: states.shared_overruled),
    "shared-revoked": _revoked,
    "result-links": to(lambda states: states.with_links.url() + "#share"),
    "file-of-a-draft": to(lambda states: f"{states.site}/a/{states.half.token}.md"),
    "file-not-made": to(lambda states: f"{states.site}/a/{states.broken.token}.md"),
    "too-many-tries": _refused,
}
REFUSED = {"not-found": 404, "shared-revoked": 404, "form-expired": 403}
REFUSED |= {"file-of-a-draft": 409, "file-not-made": 503, "too-many-tries": 429}


def show(page: Page, states: States, name: str) -> None:
    PAGES[name](page, states)
    page.wait_for_load_state()
