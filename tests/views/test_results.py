"""From check-your-answers to the result, and what the result says."""

from __future__ import annotations

from copy import copy
from typing import Any

import pytest
from django.test import Client

from assessments.models import Assessment
from assessments.views import wizard
from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    HTMX,
    LENS,
    STEPS,
    Draft,
    Founder,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
    title,
)

pytestmark = pytest.mark.django_db
SEAM = FOUNDERS["with a settled part"].file
every_founder = pytest.mark.parametrize("founder", FOUNDERS.values(), ids=FOUNDERS)


def finish(client: Client, started: Draft, **kwargs: Any) -> Any:
    form = form_of(client.get(started.url("check")), "See the verdict")
    return client.post(str(form["action"]), controls(form), **kwargs)


# ---- Check your answers ----


def test_every_answer_is_listed_and_can_be_changed(client: Client) -> None:
    started = draft(SEAM)
    page = soup(client.get(started.url("check")))
    listed = {text_of(row.dt): text_of(row.dd) for row in page.select(".summary-list > div")}
    assert listed["Project"] == "Marina"
    assert listed["Stage"] == "Early users"
    assert listed["Name of the settled part"] == "tariff engine"
    assert listed["Peak requests per second"] == "Not given"
    assert listed["Go in the team"] == "Some"
    assert listed["Library pull"] == "Not sure"
    for change in SEAM["answers"]["changes"]:
        assert change["text"] in listed["The next five changes"]
    links = page.select(".summary-list a")
    assert len(links) == len(listed)


def test_every_change_link_leads_to_a_field_that_is_there(client: Client) -> None:
    started = draft(SEAM)
    for link in soup(client.get(started.url("check"))).select(".summary-list a"):
        address, _, anchor = str(link["href"]).partition("#")
        target = soup(client.get(address)).find(id=anchor)
        assert target, link["href"]
        assert target.name in ("input", "select")


def test_what_is_open_is_shown_as_not_sure(client: Client) -> None:
    page = client.get(draft().url("check"))
    listed = says(page)
    assert listed.count("Not sure") >= sum(q.kind == "choice" for q in LENS.questions) - 1
    assert "None listed" in listed


def test_answers_that_changed_since_they_were_looked_through_are_shown_again(
    client: Client,
) -> None:
    started = draft(SEAM)
    form = form_of(client.get(started.url("check")), "See the verdict")
    started.save("team", go="none")
    page = client.post(str(form["action"]), controls(form))
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert "Your answers have changed" in says(page)
    assert started.now.report is None
    again = form_of(page, "See the verdict")
    assert client.post(str(again["action"]), controls(again)).status_code == 302
    assert started.now.report


def test_a_save_in_the_very_moment_of_finishing_is_not_scored_unseen(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, find = draft(SEAM), wizard.access.answerable

    def then_another_tab_saves(token: str) -> Assessment:
        found = find(token)
        started.save("team", go="none")
        return found

    monkeypatch.setattr(wizard.access, "answerable", then_another_tab_saves)
    client.post(started.url("check"), {"version": started.version})
    report = started.now.report
    assert report is None or report["answers"]["go"] == "some"


@pytest.mark.parametrize("version", [None, "", "text", "-1", "99", "9" * 5000, "\0", "1 "])
def test_a_tampered_version_finishes_nothing(client: Client, version: str | None) -> None:
    started = draft(SEAM)
    page = client.post(started.url("check"), {} if version is None else {"version": version})
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert started.now.report is None


# ---- The result ----


@every_founder
def test_the_verdict_comes_first_with_the_founders_own_words(
    client: Client, founder: Founder
) -> None:
    started = draft(founder.file)
    assert finish(client, started)["Location"] == started.url("result")
    page = client.get(started.url("result"))
    assert heading(page).startswith(founder.verdict)
    assert title(page).startswith(f"{founder.file['project']['name']}: start with")
    because = text_of(soup(page).select_one("h1 + p"))
    assert any(change["text"] in because for change in founder.file["answers"]["changes"])
    seam = soup(page).select_one("aside.seam h2")
    assert (text_of(seam) if seam else "") == founder.seam


@every_founder
def test_the_points_of_the_answers_add_up_to_the_lean(client: Client, founder: Founder) -> None:
    page = soup(client.get(draft(founder.file, finished=True).url("result")))
    table = page.select_one("table.reasons")
    assert table
    points = [number(cell) for cell in table.select("tbody td.num")]
    assert round(sum(points), 1) == number(table.select_one("tfoot td.num"))


def number(cell: Any) -> float:
    return float(text_of(cell).replace("\N{MINUS SIGN}", "-"))


def test_every_change_is_named_with_what_it_buys(client: Client) -> None:
    page = says(client.get(draft(SEAM, finished=True).url("result")))
    for change in SEAM["answers"]["changes"]:
        assert change["text"] in page
        assert LENS.kind[change["kind"]].buys in page


def test_the_result_has_all_its_parts(client: Client) -> None:
    started = draft(SEAM, finished=True)
    page = soup(client.get(started.url("result")))
    parts = [text_of(tag) for tag in page.select("article h2, article h3")]
    assert parts == [
        "Keep a seam around “tariff engine”",
        "Where you stand",
        "Why",
        "The changes you expect, and what each asks the backend to buy",
        "Which mistake is more dangerous right now?",
        "Where the scales tip",
        "The trap this choice sets",
        "What you pay for it",
        "Guardrails, from your answers",
        "What would flip it",
    ]
    cloud = page.select_one("svg.map path.cloud")
    assert cloud
    assert str(cloud["d"]).count("M") > 50
    assert page.select(".tripwires tbody tr")
    review = started.now.review_on
    assert f"Look again on {review:%-d %B %Y}:" in text_of(page.select_one("#flips p"))


def test_a_chart_never_stands_alone(client: Client) -> None:
    page = soup(client.get(draft(SEAM, finished=True).url("result")))
    for svg in page.select("svg"):
        if svg.get("aria-hidden") != "true":
            says = [page.find(id=name) for name in str(svg["aria-labelledby"]).split()]
            assert all(text_of(tag) for tag in says)


@every_founder
def test_no_percent_reads_as_a_chance_of_being_right(client: Client, founder: Founder) -> None:
    whole = copy(soup(client.get(draft(founder.file, finished=True).url("result"))))
    if whole.select_one("#headroom"):
        whole.select_one("#headroom").decompose()  # type: ignore[union-attr]  # shares of a server
    page = text_of(whole)
    for after in page.split("%")[1:]:
        assert after.startswith(" of 10,000 readings consistent with your answers")


def test_leaving_everything_open_still_gives_a_verdict(client: Client) -> None:
    started = draft()
    assert finish(client, started).status_code == 302
    page = client.get(started.url("result"))
    assert heading(page).startswith("Start with ")
    assert "No changes were listed." in says(page)
    assert "Nothing was answered" in says(page)


def test_an_unfinished_assessment_goes_to_check_your_answers(client: Client) -> None:
    started = draft(SEAM)
    assert client.get(started.url("result"))["Location"] == started.url("check")


def test_a_doubled_finish_is_harmless(client: Client) -> None:
    started = draft(SEAM)
    form = controls(form_of(client.get(started.url("check")), "See the verdict"))
    for _ in range(2):
        assert client.post(started.url("check"), form)["Location"] == started.url("result")
    assert client.get(started.url("result")).status_code == 200


def test_answers_changed_afterwards_leave_the_verdict_and_say_so(client: Client) -> None:
    started = draft(CHANGE_HEAVY, finished=True)
    before = client.get(started.url("result"))
    assert "Your answers have changed since this verdict" not in says(before)
    started.save("project", stage="relied_on")
    after = client.get(started.url("result"))
    assert "Your answers have changed since this verdict" in says(after)
    assert heading(after) == heading(before)
    finish(client, started)
    assert "have changed since" not in says(client.get(started.url("result")))


def test_htmx_gets_the_inside_of_the_result(client: Client) -> None:
    started = draft(SEAM, finished=True)
    part = client.get(started.url("result"), headers=HTMX)
    assert not soup(part).select("html, main")
    assert title(part) == title(client.get(started.url("result")))


def test_a_text_that_turns_the_reading_direction_stays_within_itself(client: Client) -> None:
    """Every place where the founder's own words stand is isolated from the words around it."""
    started, trick = draft(SEAM), "Prices \u202e in euro"
    started.save("changes", changes=[{"text": trick, "kind": "schema", "likelihood": "certain"}])
    started.save("backend", settled_part_name=trick)
    started.now.finish(LENS)
    page = soup(client.get(started.url("result")))
    for text in page.select_one("article").find_all(string=lambda s: trick in s):  # type: ignore[union-attr]
        isolated = text.find_parent("bdi") or "\u2068" + trick + "\u2069" in text
        assert isolated, f"not isolated: {text}"


@pytest.mark.parametrize("step", STEPS)
def test_a_finished_assessment_can_be_changed_again(client: Client, step: str) -> None:
    assert client.get(draft(SEAM, finished=True).step(step)).status_code == 200
