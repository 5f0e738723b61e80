"""A consultant's day: invite two, see where they disagree, review, publish, share, take along,
and the next morning re-score under a new lens."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.driving import Complaints, expect_heading, go_on, walk
from tests.browser.invited import another_view
from tests.desk.lenses import FLIPPED, MOVING
from tests.desk.people import PASSWORD
from tests.engine.lens_text import write
from tests.servers import run_beside, running_server
from tests.web import FOUNDERS

NewContext = Callable[..., BrowserContext]
FOUNDER = FOUNDERS["with a settled part"].file
CTO = another_view(FOUNDER)
ACCOUNT = "from tests.desk.people import consultant; consultant('ada', first_name='Ada Byron')"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/day.sqlite3"


@contextmanager
def at_the_desk(page: Page, site: str) -> Iterator[Page]:
    page.goto(f"{site}/admin/")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect_heading(page, "Clients and their assessments")
    yield page


def go_to(page: Page, models: str) -> None:
    page.get_by_role("navigation", name="Desk").get_by_role("link", name=models).click()


def add_client(page: Page) -> None:
    go_to(page, "Clients")
    page.get_by_role("link", name="Add client").click()
    page.fill("[name=name]", "Harbour Works")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("added successfully")


def invite_two(page: Page) -> list[str]:
    page.get_by_role("link", name="Invite to an assessment").click()
    page.fill("[name=recipient]", "Founder")
    page.fill("[name=second]", "CTO")
    page.fill("[name=project_name]", "Marina")
    page.get_by_role("button", name="Make the link").click()
    links = page.locator("input[id^=invite-link]")
    expect(links).to_have_count(2)
    return [link.input_value() for link in links.all()]


def answer(page: Page, address: str, file: object) -> None:
    page.goto(address)
    expect(page.get_by_text("Ada Byron").first).to_be_visible()
    go_on(page, "Start")
    walk(page, file)  # type: ignore[arg-type]
    go_on(page, "See the verdict")
    expect(page.locator("h1.verdict")).to_be_visible()


def settle(page: Page) -> None:
    """Each disagreement as the CTO sees it."""
    go_to(page, "Pairs")
    page.locator("#result_list tbody th a").click()
    expect(page.get_by_role("heading", name="Where they disagree")).to_be_visible()
    for row in page.locator("input[type=radio][value=second]").all():
        row.check()
    page.get_by_role("button", name="Settle it").click()
    expect(page.get_by_text("start with Go").first).to_be_visible()


def open_joint(page: Page) -> None:
    """The joint assessment is the newest, and so the first of the list."""
    go_to(page, "Assessments")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    expect(page.locator(".desk-map .dot-fastapi, .desk-map .dot-go")).to_have_count(3)
    page.locator("#result_list tbody th a").first.click()
    expect_heading(page, "Marina")


def review_and_publish(page: Page) -> None:
    page.fill("#review [name=text]", "Start with the **tariffs**, they are settled.")
    page.select_option("#review [name=overrules]", "fastapi")
    page.fill("#review [name=reason]", "The team has six weeks of money.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#review")).to_contain_text("Nothing is published")
    page.fill("#notes [name=text]", "They will not like it.")
    page.locator("#notes").get_by_role("button", name="Add").click()
    expect(page.locator("#notes")).to_contain_text("They will not like it.")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator("#review")).to_contain_text("It overrules the verdict")


def share_link(page: Page) -> str:
    page.fill("#links [name=label]", "For the board")
    page.get_by_role("button", name="Make a link").click()
    return page.locator("#links input[readonly]").input_value()


def read_shared(guest: Page, address: str) -> None:
    guest.goto(address)
    expect(guest.locator("h1.verdict")).to_contain_text("Start with Go.")
    shown = guest.locator("main")
    expect(shown).to_contain_text("Ada Byron overrules it: start with FastAPI")
    expect(shown).to_contain_text("The team has six weeks of money.")
    expect(shown.locator("strong", has_text="tariffs")).to_be_visible()
    expect(shown).not_to_contain_text("They will not like it.")


def export(page: Page, how: str) -> bytes:
    go_to(page, "Assessments")
    page.check("#action-toggle")
    page.select_option("select[name=action]", label=how)
    with page.expect_download() as download:
        page.get_by_role("button", name="Go", exact=True).click()
    return Path(download.value.path()).read_bytes()


def import_file(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "compass.json"
    file.write_text(json.dumps(MOVING))
    go_to(page, "Clients")
    page.get_by_role("link", name="Harbour Works").click()
    page.get_by_role("link", name="Import answers files").click()
    page.set_input_files("input[type=file]", file)
    page.locator("form:has(input[type=file]) [type=submit]").click()
    expect(page.locator("#content")).to_contain_text("Compass")
    page.get_by_role("button", name="Import 1 assessment").click()
    expect(page.locator(".messagelist")).to_contain_text("Imported 1 assessment")


def re_score(page: Page) -> None:
    go_to(page, "Assessments")
    page.check("#action-toggle")
    page.select_option("select[name=action]", "rescore_selected")
    page.get_by_role("button", name="Go", exact=True).click()
    expect_heading(page, "Re-score under the current lens")
    expect(page.get_by_role("heading", name="1 of 4 verdicts changes")).to_be_visible()
    expect(page.get_by_text("“Core object” counts")).to_be_visible()
    page.get_by_role("button", name="Re-score 4 assessments").click()
    page.get_by_role("link", name="Compass", exact=True).click()
    expect(page.locator("#milestones")).to_contain_text("Before re-scoring")


def test_a_consultants_day(new_context: NewContext, database: str, tmp_path: Path) -> None:
    desk, founder, cto, guest = (new_context().new_page() for _ in range(4))
    complaints = [Complaints().listen(page) for page in (desk, founder, cto, guest)]
    with running_server(database) as site:
        run_beside(site, ACCOUNT)
        with at_the_desk(desk, site):
            add_client(desk)
            to_founder, to_cto = invite_two(desk)
        answer(founder, to_founder, FOUNDER)
        expect(founder.get_by_role("heading", name="Waiting for CTO")).to_be_visible()
        answer(cto, to_cto, CTO)
        founder.reload()
        founder.get_by_role("link", name="See where you disagree").click()
        expect_heading(founder, "Where you disagree")
        settle(desk)
        founder.reload()
        expect(founder.locator("#settled h2")).to_have_text("Settled: start with Go")
        open_joint(desk)
        review_and_publish(desk)
        read_shared(guest, share_link(desk))
        rows = list(csv.DictReader(io.StringIO(export(desk, "Export as CSV").decode("utf-8-sig"))))
        assert [row["Client"] for row in rows] == ["Harbour Works"] * 3
        lines = export(desk, "Export as JSON Lines").splitlines()
        assert "six weeks of money" in json.loads(lines[0])["review"]["reason"]
        records = zipfile.ZipFile(io.BytesIO(export(desk, "Export as decision records (zip)")))
        assert sum("fastapi" in name for name in records.namelist()) == 2
        import_file(desk, tmp_path)
    new_lens = {"LENS_FILE": str(write(tmp_path, FLIPPED))}
    with running_server(database, env=new_lens) as site, at_the_desk(desk, site):
        re_score(desk)
    assert [complaint.heard for complaint in complaints] == [[], [], [], []]
