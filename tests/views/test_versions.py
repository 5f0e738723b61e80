"""Re-assessing: a new version, what moved since the last one, and all of them on one page."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment
from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    LENS,
    STABILITY_HEAVY,
    Draft,
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
FILE = FOUNDERS["with a settled part"].file


@pytest.fixture
def first() -> Draft:
    return draft(CHANGE_HEAVY, finished=True)


def again(client: Client, of: Draft) -> Draft:
    """Begins a new version by the button."""
    form = form_of(client.get(of.url("result")), "Re-assess")
    answer = client.post(str(form["action"]), controls(form))
    assert answer.status_code == 302
    token = answer["Location"].split("/")[2]
    newest = Assessment.objects.order_by("pk").last()
    assert newest
    return Draft(newest, token)


def finish(version: Draft, **answers: Any) -> Draft:
    for step in LENS.steps:
        names = {question.id for question in LENS.questions_of(step.id)}
        given = {name: value for name, value in answers.items() if name in names}
        if given:
            version.save(step.id, **given)
    version.now.finish(LENS)
    return version


def table(page: Any, caption: str) -> list[list[str]]:
    """The rows of a table, without its head."""
    found = next(each for each in soup(page).select("#moved table") if caption in text_of(each))
    return [[text_of(cell) for cell in row.select("th, td")] for row in found.select("tbody tr")]


def listed(page: Any) -> list[list[str]]:
    rows = soup(page).select(".version-list tbody tr")
    return [[text_of(cell) for cell in row.select("th, td")] for row in rows]


# ---- Beginning ----


def test_the_button_leads_to_the_new_versions_answers(client: Client, first: Draft) -> None:
    second = again(client, first)
    assert second.token != first.token
    page = client.get(second.url("check"))
    assert heading(page) == "Check your answers"
    assert "Change 1 of the schema" in says(page)
    notice = soup(page).select_one(".notice")
    assert "A new version" in text_of(notice)
    day = f"{first.now.finished_at:%-d %B %Y}"
    assert f"The verdict of {day} stays as it is" in text_of(notice)
    assert "keep it" in text_of(notice)


def test_the_new_address_is_there_to_be_copied(client: Client, first: Draft) -> None:
    second = again(client, first)
    field = soup(client.get(second.url("check"))).select_one("#new-version-address")
    assert field
    assert field["value"] == f"http://testserver/a/{second.token}/"
    assert client.get(str(field["value"]), follow=True).status_code == 200


def test_a_first_version_says_nothing_of_versions_beside_its_answers(client: Client) -> None:
    assert "A new version" not in says(client.get(draft(FILE).url("check")))


def test_a_finished_version_says_no_more_that_it_is_new(client: Client, first: Draft) -> None:
    second = finish(again(client, first))
    assert "A new version" not in says(client.get(second.url("check")))


def test_the_old_verdict_stays_under_its_address(client: Client, first: Draft) -> None:
    finish(again(client, first), mistake="loose_much", stage="relied_on", **HOLDING)
    page = client.get(first.url("result"))
    assert heading(page).startswith("Start with FastAPI.")


def test_a_double_click_makes_one_version(client: Client, first: Draft) -> None:
    form = form_of(client.get(first.url("result")), "Re-assess")
    answers = [client.post(str(form["action"]), controls(form)) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Assessment.objects.count() == 2


def test_asked_for_on_another_day_it_is_another_version(client: Client, first: Draft) -> None:
    assert again(client, first).token != again(client, first).token
    assert Assessment.objects.count() == 3


@pytest.mark.parametrize("once", [None, "", "x", "A" * 42, "A" * 44, "\0" * 43])
def test_without_the_forms_own_word_no_two_get_the_same_address(
    client: Client, first: Draft, once: str | None
) -> None:
    sent = {} if once is None else {"once": once}
    addresses = {client.post(first.url("again"), sent)["Location"] for _ in range(2)}
    assert len(addresses) == 2


def test_one_word_makes_one_version_of_each_assessment(client: Client, first: Draft) -> None:
    """Whoever sends a word of their own learns no address that it leads to elsewhere."""
    other = draft(FILE, finished=True)
    made = {
        client.post(each.url("again"), {"once": "A" * 43})["Location"] for each in (first, other)
    }
    assert len(made) == 2
    assert Assessment.objects.filter(previous=other.assessment).count() == 1


def test_a_draft_is_not_re_assessed(client: Client) -> None:
    started = draft(FILE)
    assert client.post(started.url("again"))["Location"] == started.url("check")
    assert Assessment.objects.count() == 1


def test_it_takes_a_post(client: Client, first: Draft) -> None:
    assert client.get(first.url("again")).status_code == 405
    assert client.post(f"/a/{'A' * 43}/again/").status_code == 404
    assert Assessment.objects.count() == 1


# ---- What moved ----

HOLDING = {"keep_alive": "now", "deployment": "now", "observability": "now", "concurrency": "now"}


def test_a_first_result_has_nothing_that_moved(client: Client, first: Draft) -> None:
    page = client.get(first.url("result"))
    assert soup(page).select_one("#moved") is None
    assert "See all" not in says(page)


def test_a_later_result_says_what_moved(client: Client, first: Draft) -> None:
    second = finish(again(client, first), schema="settled", keep_alive="now")
    page = client.get(second.url("result"))
    day = f"{first.now.finished_at:%-d %B %Y}"
    assert text_of(soup(page).select_one("#moved h2")) == f"What moved since {day}"
    answers = table(page, "Answers that differ")
    assert ["Schema", "Moving", "Settled"] in answers
    assert {row[0] for row in answers} == {"Schema", "Keeping it alive"}
    points = {row[0]: row[1:] for row in table(page, "What the answers add")}
    assert set(points) == {row[0] for row in answers}
    before = first.now.pinned()["uncertainty"]["displayed"]
    verdict = {row[0]: row[1:] for row in table(page, "The verdict")}
    assert verdict["Product uncertainty"][0] == f"{before:.1f} of 100"


def test_a_verdict_that_turned_is_said_at_the_top(client: Client, first: Draft) -> None:
    second = again(client, first)
    answers = STABILITY_HEAVY["answers"]
    finish(second, **{name: answers[name] for name in answers if name != "settled_part"})
    page = client.get(second.url("result"))
    notice = text_of(soup(page).select_one(".notice"))
    assert notice.startswith("Version 2 The verdict was FastAPI, and is Go now.")
    assert soup(page).select_one(".notice a[href='#moved']")
    assert ["Verdict", "FastAPI", "Go"] in table(page, "The verdict")
    assert "version 2 · assessed" in text_of(soup(page).select_one(".kicker"))


def test_the_same_answers_move_nothing(client: Client, first: Draft) -> None:
    page = client.get(finish(again(client, first)).url("result"))
    assert "Nothing moved: every answer is what it was." in says(page)
    assert not soup(page).select("#moved table")


def test_another_name_of_the_project_is_told_and_outdates_no_earlier_verdict(
    client: Client, first: Draft
) -> None:
    second = again(client, first)
    second.save("project", project={"name": "Scrapbook", "summary": "What Sketchbook does"})
    finish(second)
    page = client.get(second.url("result"))
    assert ["Project", "Sketchbook", "Scrapbook"] in table(page, "The project")
    earlier = client.get(first.url("result"))
    assert "Your answers have changed since this verdict" not in says(earlier)
    assert "There is a newer version" in says(earlier)


def test_answers_changed_in_an_earlier_version_are_still_told(client: Client, first: Draft) -> None:
    again(client, first)
    first.save("team", go="fluent")
    assert "Your answers have changed since this verdict" in says(client.get(first.url("result")))


def test_a_shared_result_shows_one_version_and_nothing_of_the_others(
    client: Client, first: Draft
) -> None:
    second = finish(again(client, first), schema="settled")
    shown = client.get(f"/r/{second.share()[1]}/")
    assert shown.status_code == 200
    page = soup(shown)
    assert page.select_one("#moved, #versions, .notice") is None
    assert "ersion 2" not in says(shown)
    assert "Schema: Settled" in says(shown)
    assert "Schema: Moving" not in says(shown)


# ---- All of them ----


def test_the_page_lists_all_versions_in_order(client: Client, first: Draft) -> None:
    second = finish(again(client, first), schema="settled")
    third = again(client, second)
    page = client.get(second.url("versions"))
    assert title(page) == "Versions · Sketchbook · StackPick"
    assert heading(page) == "The verdict, version by version"
    rows = listed(page)
    assert [row[0] for row in rows] == ["Version 1", "Version 2 this one", "Version 3"]
    robust = f"{100 * (second.now.robust or 0):.0f} %"
    strength = second.now.strength.capitalize()
    assert rows[1][2:4] == ["FastAPI", strength]
    assert rows[1][4] in (robust, "More than 99 %")
    assert rows[2][2:] == ["Not finished yet"]
    assert listed(client.get(third.url("versions")))[2][0] == "Version 3 this one"


def test_a_version_begun_from_an_older_one_says_so(client: Client, first: Draft) -> None:
    finish(again(client, first))
    again(client, first)
    rows = listed(client.get(first.url("versions")))
    assert [row[0] for row in rows] == [
        "Version 1 this one",
        "Version 2",
        "Version 3 begun from version 1",
    ]


def test_the_map_has_each_finished_version_and_the_way(client: Client, first: Draft) -> None:
    second = again(client, first)
    answers = STABILITY_HEAVY["answers"]
    finish(second, **{name: answers[name] for name in answers if name != "settled_part"})
    again(client, second)
    page = soup(client.get(first.url("versions")))
    assert len(page.select("svg.way circle.stop-fastapi")) == 1
    assert len(page.select("svg.way rect.stop-go")) == 1
    assert len(page.select("svg.way line.moved")) == 1
    assert [text_of(label) for label in page.select("svg.way .stop-label")] == ["1", "2"]
    says_so = text_of(page.select_one("svg.way desc"))
    assert says_so.startswith("Version 1: FastAPI, product uncertainty ")
    assert "Version 2: Go, product uncertainty " in says_so


def test_versions_at_one_point_share_their_number(client: Client, first: Draft) -> None:
    finish(again(client, first))
    page = soup(client.get(first.url("versions")))
    assert [text_of(label) for label in page.select("svg.way .stop-label")] == ["1, 2"]


def test_no_page_tells_the_address_of_another_version(client: Client, first: Draft) -> None:
    second = finish(again(client, first))
    for here, there in ((first, second), (second, first)):
        for name in ("result", "check", "versions"):
            page = client.get(here.url(name)).content.decode()
            assert here.token in page
            assert there.token not in page
    assert "keeps only a fingerprint" in says(client.get(second.url("versions")))


def test_a_page_of_versions_is_its_founders_alone(client: Client, first: Draft) -> None:
    other = draft(FILE, finished=True)
    again(client, other)
    assert len(listed(client.get(first.url("versions")))) == 1
    page = client.get(f"/a/{first.share()[1]}/versions/")
    assert page.status_code == 404
    page = client.get(first.url("versions"))
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]


def test_one_draft_alone_has_no_map(client: Client) -> None:
    page = client.get(draft(FILE).url("versions"))
    assert heading(page) == "One version so far"
    assert soup(page).select_one("svg.way") is None
    assert "Where the others are" not in says(page)


def test_hostile_names_are_shown_as_they_were_written(client: Client) -> None:
    file = FILE | {"project": {"name": "<b>\u202eevil", "summary": ""}}
    first = draft(file, finished=True)
    second = again(client, first)
    second.save("project", project={"name": "<i>{{ token }}", "summary": ""})
    finish(second)
    for name in ("result", "versions"):
        page = client.get(second.url(name))
        assert "&lt;i&gt;{{ token }}" in page.content.decode()
        assert soup(page).select("main i, main b") == []


def test_more_versions_are_no_more_queries(client: Client, first: Draft) -> None:
    second = finish(again(client, first))

    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(second.url(name)).status_code == 200
        return len(captured)

    few = {name: asked(name) for name in ("result", "versions", "check")}
    for _ in range(4):
        finish(again(client, second))
    assert few == {name: asked(name) for name in few}
    assert (few["result"], few["versions"]) == (5, 3)
