"""Every page of the consultant's desk: what is looked at for complaints, width, access, pictures.

A new page is a line in DESK_PAGES. Its name begins with ``desk-``, its way opens it as a
superuser on a desk that desk_data.py has filled; a page for somebody who is not signed in is
named in SIGNED_OUT as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.desk_data import PASSWORD, USERNAME
from tests.browser.driving import expect_heading
from tests.servers import ONE_WORKER, ROOT, running_server, without_our_settings
from tests.web import FOUNDERS


@dataclass
class Desk:
    """A running site with a filled desk.

    ``made`` are the keys of what is on it, by the names that desk_data.py gives them.
    """

    site: str
    made: dict[str, int]
    cookies: list[Any] = field(default_factory=list)

    def url(self, path: str = "") -> str:
        """An address under /admin/; a name in braces stands for the key of what has it."""
        return f"{self.site}/admin/{path.format(**self.made)}"

    def sign_in(self, page: Page) -> None:
        """By the form once, by its cookies from then on."""
        if not self.cookies:
            page.goto(self.url("login/"))
            page.fill("[name=username]", USERNAME)
            page.fill("[name=password]", PASSWORD)
            page.get_by_role("button", name="Log in").click()
            expect(page.locator("#logout-form")).to_be_visible()
            self.cookies = list(page.context.cookies())
        page.context.clear_cookies()
        page.context.add_cookies(self.cookies)


@contextmanager
def running_desk(folder: Path, wordy: bool = False) -> Iterator[Desk]:
    """A site of its own, with something of everything; ``wordy`` makes of each text a long word."""
    url = f"sqlite:///{folder}/desk.sqlite3"
    with running_server(url, env=ONE_WORKER) as site:
        yield Desk(site, _filled(url, wordy))


def _filled(database_url: str, wordy: bool) -> dict[str, int]:
    environment = without_our_settings(os.environ) | {"DATABASE_URL": database_url}
    command = [sys.executable, "-m", "tests.browser.desk_data", *(["--wordy"] if wordy else [])]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    made: dict[str, int] = json.loads(done.stdout)
    return made


# ---- Ways to a page ----

Way = Callable[[Page, Desk], None]


def at(path: str) -> Way:
    """The page at an address under /admin/, such as ``assessments/client/{client}/change/``."""

    def go(page: Page, desk: Desk) -> None:
        page.goto(desk.url(path))

    return go


def _mistaken_login(page: Page, desk: Desk) -> None:
    page.goto(desk.url("login/"))
    page.fill("[name=username]", USERNAME)
    page.fill("[name=password]", "something else")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator(".errornote")).to_be_visible()


def _selected(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/sharelink/"))
    page.check("#action-toggle")
    expect(page.locator(".action-counter")).to_contain_text("selected")


def _delete_selected(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/sharelink/"))
    page.locator(".action-select").first.check()
    page.select_option("select[name=action]", "delete_selected")
    page.get_by_role("button", name="Go").click()
    expect_heading(page, "Delete multiple objects")


def _mistakes(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/client/add/"))
    page.locator("[name=_save]").click()
    expect(page.locator(".errornote")).to_be_visible()


def _one_more_row(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/client/add/"))
    page.locator(".add-row a").click()
    expect(page.locator("#id_projects-0-name")).to_be_visible()


def _sent(page: Page, desk: Desk, content: bytes) -> None:
    """A file sent to be imported for the client."""
    page.goto(desk.url("assessments/client/{client}/import/"))
    file: Any = {"name": "answers.jsonl", "mimeType": "application/jsonl", "buffer": content}
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Look through").click()


def _import_preview(page: Page, desk: Desk) -> None:
    files = [founder.file for founder in FOUNDERS.values()]
    _sent(page, desk, b"".join(json.dumps(file).encode() + b"\n" for file in files))
    expect(page.get_by_role("button", name="Import 3 assessments")).to_be_visible()


def _import_mistakes(page: Page, desk: Desk) -> None:
    _sent(page, desk, b'{"format": "%s"}\n{oops\n' % (b"x" * 300))
    expect(page.locator(".errornote")).to_be_visible()


def _delete_mistyped(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/client/{client}/delete/"))
    page.fill("[name=name]", "Somebody else")
    page.get_by_role("button", name="Delete the client").click()
    expect(page.locator(".errorlist")).to_be_visible()


def _choosing(page: Page, desk: Desk) -> None:
    """Looking for a client by typing."""
    page.goto(desk.url("assessments/project/{project}/change/"))
    page.locator(".select2-selection").click()
    expect(page.locator(".select2-results__option", has_text="Ballast")).to_be_visible()


def _calendar(page: Page, desk: Desk) -> None:
    page.goto(desk.url("auth/user/{user}/change/"))
    page.locator(".date-icon").first.click()
    expect(page.locator(".calendarbox").first).to_be_visible()


def _clock(page: Page, desk: Desk) -> None:
    page.goto(desk.url("auth/user/{user}/change/"))
    page.locator(".clock-icon").first.click()
    expect(page.locator(".clockbox").first).to_be_visible()


def _setting_up(page: Page, desk: Desk) -> None:
    page.goto(desk.url("two-step/"))
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="two-step sign-in").or_(
        page.get_by_role("button", name="Start again")
    ).click()
    expect(page.locator("svg.qr-code")).to_be_visible()


def _setting_up_mistaken(page: Page, desk: Desk) -> None:
    """Without a password, as a browser sends it that does not look for itself."""
    page.goto(desk.url("two-step/"))
    form = page.locator("form:has([name=password])")
    form.evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="two-step sign-in").or_(
        page.get_by_role("button", name="Start again")
    ).click()
    expect(page.locator(".errornote")).to_be_visible()


def _signed_out(page: Page, desk: Desk) -> None:
    """By a session of its own, as this one ends it."""
    Desk(desk.site, desk.made).sign_in(page)
    page.goto(desk.url())
    page.locator("#logout-form button").click()
    expect_heading(page, "Logged out")


def _invited_nobody(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/client/{client}/invite/"))
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator(".errornote")).to_be_visible()


def _invited_two(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/client/{idle_client}/invite/"))
    page.fill("[name=recipient]", "Founder")
    page.fill("[name=second]", "Their engineer")
    page.get_by_role("button", name="Make the link").click()
    expect(page.locator("[id^=invite-link]")).to_have_count(2)


def _new_link(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/invite/{invite}/change/"))
    page.get_by_role("button", name="Make a new link").click()
    expect(page.locator("[id^=invite-link]")).to_be_visible()


def _settled_nothing(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/pair/{pair}/change/"))
    page.get_by_role("button", name="Settle it").click()
    expect(page.locator(".errornote")).to_be_visible()


def _correction_mistakes(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/assessment/{finished}/correct/changes/"))
    page.fill("[name=change_0_text]", "")
    page.get_by_role("button", name="Correct").click()
    expect(page.locator(".errornote")).to_be_visible()


def _correction_conflict(page: Page, desk: Desk) -> None:
    """A form that was opened before the step was saved last."""
    page.goto(desk.url("assessments/assessment/{finished}/correct/team/"))
    page.locator("[name=version]").evaluate("field => { field.value = 0 }")
    page.locator("[name=go]").first.check()
    page.fill("[name=correction_reason]", "They said so on the phone.")
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("heading", name="changed elsewhere")).to_be_visible()


def _unnamed_milestone(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/assessment/{finished}/correct/"))
    form = page.locator("#logout-form")
    freeze = desk.url("assessments/assessment/{finished}/milestones/")
    form.evaluate("(form, address) => { form.action = address }", freeze)
    form.locator("button").click()
    expect(page.locator(".errornote")).to_be_visible()


def _many_to_re_score(page: Page, desk: Desk) -> None:
    page.goto(desk.url("assessments/assessment/"))
    page.check("#action-toggle")
    page.select_option("select[name=action]", "rescore_selected")
    page.get_by_role("button", name="Go").click()
    expect_heading(page, "Re-score under the current lens")


DESK_PAGES: dict[str, Way] = {
    "desk-login": at("login/"),
    "desk-login-mistake": _mistaken_login,
    "desk-signed-out": _signed_out,
    "desk-index": at(""),
    "desk-app": at("assessments/"),
    "desk-clients": at("assessments/client/"),
    "desk-clients-archived": at("assessments/client/?standing=archived"),
    "desk-clients-not-found": at("assessments/client/?q=nobody"),
    "desk-client-add": at("assessments/client/add/"),
    "desk-client-row": _one_more_row,
    "desk-client-mistakes": _mistakes,
    "desk-client": at("assessments/client/{client}/change/"),
    "desk-client-popup": at("assessments/client/add/?_popup=1"),
    "desk-client-delete": at("assessments/client/{idle_client}/delete/"),
    "desk-client-delete-all": at("assessments/client/{client}/delete/"),
    "desk-client-delete-mistyped": _delete_mistyped,
    "desk-client-archived": at("assessments/client/{archived_client}/change/"),
    "desk-client-import": at("assessments/client/{client}/import/"),
    "desk-client-import-preview": _import_preview,
    "desk-client-import-mistakes": _import_mistakes,
    "desk-client-history": at("assessments/client/{client}/history/"),
    "desk-projects": at("assessments/project/"),
    "desk-project": at("assessments/project/{project}/change/"),
    "desk-project-choosing": _choosing,
    "desk-assessments": at("assessments/assessment/?verdict=fastapi&o=-3"),
    "desk-assessment": at("assessments/assessment/{finished}/change/"),
    "desk-assessment-draft": at("assessments/assessment/{draft}/change/"),
    "desk-assessment-delete": at("assessments/assessment/{finished}/delete/"),
    "desk-compare": at(
        "assessments/assessment/compare/?a=milestone-{milestone}&b=assessment-{earlier}"
    ),
    "desk-compare-draft": at(
        "assessments/assessment/compare/?a=assessment-{finished}&b=assessment-{draft}"
    ),
    "desk-compare-choosing": at("assessments/assessment/compare/?a=assessment-{finished}"),
    "desk-correct": at("assessments/assessment/{finished}/correct/"),
    "desk-correct-project": at("assessments/assessment/{finished}/correct/project/"),
    "desk-correct-team": at("assessments/assessment/{draft}/correct/team/"),
    "desk-correct-mistakes": _correction_mistakes,
    "desk-correct-conflict": _correction_conflict,
    "desk-milestones-mistake": _unnamed_milestone,
    "desk-rescore": at("assessments/assessment/{finished}/rescore/"),
    "desk-rescore-many": _many_to_re_score,
    "desk-changes": at("assessments/anticipatedchange/"),
    "desk-links": at("assessments/sharelink/"),
    "desk-links-selected": _selected,
    "desk-link": at("assessments/sharelink/{link}/change/"),
    "desk-links-delete": _delete_selected,
    "desk-invite": at("assessments/client/{client}/invite/"),
    "desk-invite-mistakes": _invited_nobody,
    "desk-invite-made": _invited_two,
    "desk-invites": at("assessments/invite/"),
    "desk-invitation": at("assessments/invite/{invite}/change/"),
    "desk-invitation-new-link": _new_link,
    "desk-invitation-taken-up": at("assessments/invite/{taken_up}/change/"),
    "desk-pairs": at("assessments/pair/"),
    "desk-pair-waiting": at("assessments/pair/{pair_waiting}/change/"),
    "desk-pair": at("assessments/pair/{pair}/change/"),
    "desk-pair-mistakes": _settled_nothing,
    "desk-suggested-kinds": at("suggested-kinds/"),
    "desk-two-step": at("two-step/"),
    "desk-two-step-mistake": _setting_up_mistaken,
    "desk-two-step-set-up": _setting_up,
    "desk-password": at("password_change/"),
    "desk-password-done": at("password_change/done/"),
    "desk-users": at("auth/user/"),
    "desk-user-add": at("auth/user/add/"),
    "desk-user": at("auth/user/{user}/change/"),
    "desk-user-calendar": _calendar,
    "desk-user-clock": _clock,
    "desk-user-password": at("auth/user/{user}/password/"),
    "desk-not-found": at("nothing/here/"),
}
SIGNED_OUT = {"desk-login", "desk-login-mistake", "desk-signed-out"}
REFUSED = {"desk-not-found": 404, "desk-correct-conflict": 409}


def show(page: Page, desk: Desk, name: str) -> None:
    if name in SIGNED_OUT:
        page.context.clear_cookies()
    else:
        desk.sign_in(page)
    DESK_PAGES[name](page, desk)
    page.wait_for_load_state()
