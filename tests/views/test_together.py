"""Two people who answered blind: nothing of the other before both are done, then one page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from assessments.models import Assessment, Pair
from assessments.tokens import new_token
from tests.invited import Invited, inviting_client, two_invited
from tests.views.test_sharing import answers_to
from tests.web import (
    CHANGE_HEAVY,
    FOUNDERS,
    HTMX,
    LENS,
    STABILITY_HEAVY,
    STEPS,
    Draft,
    Json,
    controls,
    draft,
    form_of,
    heading,
    says,
    soup,
    text_of,
    title,
    with_answers,
)

pytestmark = pytest.mark.django_db
MARINA = FOUNDERS["with a settled part"].file
ALIKE = with_answers(MARINA, mistake="loose_much", schema="settled")


def done(first: Json = CHANGE_HEAVY, second: Json = STABILITY_HEAVY) -> tuple[Pair, Draft, Draft]:
    pair, one, other = two_invited()
    return pair, one.answer(first), other.answer(second)


def together(client: Client, mine: Draft) -> Any:
    return client.get(mine.url("together"))


def labels(page: Any) -> list[str]:
    return [text_of(legend) for legend in soup(page).select("#settle legend")]


def settle(client: Client, mine: Draft, choice: str = "first", **other: str) -> Any:
    """Fills in the form: one choice for all, but for those given."""
    form = form_of(together(client, mine), "ettle" if labels(together(client, mine)) else "Make")
    names = {str(radio["name"]) for radio in form.select("input[type=radio]")}
    named = {f"settle_{question}": value for question, value in other.items()}
    data = controls(form) | dict.fromkeys(names, choice) | named
    return client.post(str(form["action"]), {k: v for k, v in data.items() if v})


def joint_of(pair: Pair) -> Assessment:
    joint = Pair.objects.get(pk=pair.pk).joint
    assert joint
    return joint


# ---- Blind ----

SECRET = with_answers(
    STABILITY_HEAVY,
    changes=[{"text": "Buoys report by the second", "kind": "throughput", "likelihood": "certain"}],
    settled_part="yes",
    settled_part_name="Lighthouse ledger",
)
SECRET = SECRET | {"project": {"name": "Keelhaul", "summary": "Insures wrecks"}}
OF_THE_OTHER = ["Buoys report", "Lighthouse ledger", "Keelhaul", "Insures wrecks"]


def pages_of(founder: Invited) -> list[str]:
    own = ["", "check", "what-if", "together", "together/joint", *STEPS]
    return [founder.url, *(founder.own(rest) for rest in own)]


def everything(client: Client, founder: Invited) -> str:
    """All that somebody can see under their own token, with all the forms sent once."""
    seen = [client.get(path, follow=True) for path in pages_of(founder)]
    seen += [client.post(founder.own("together"), {"settle_stage": "second", "seen": "x"})]
    seen += [client.post(founder.own("share"), follow=True)]
    return " ".join(page.content.decode() for page in seen)


@pytest.mark.parametrize("mine_done", [True, False], ids=["mine is finished", "mine is not"])
@pytest.mark.parametrize("theirs_done", [True, False], ids=["theirs is", "theirs is not"])
def test_before_both_are_done_nothing_of_the_other_shows_anywhere(
    client: Client, mine_done: bool, theirs_done: bool
) -> None:
    if mine_done and theirs_done:
        return
    _, me, them = two_invited()
    them.answer(SECRET, finished=theirs_done)
    mine = me.answer(CHANGE_HEAVY, finished=mine_done)
    seen = everything(client, me)
    assert not [text for text in [*OF_THE_OTHER, them.token] if text in seen]
    if mine_done:
        assert "Start with Go" not in seen
    assert mine.now.project.name == "Sketchbook"


def test_what_one_sees_is_the_same_whatever_the_other_has_answered(client: Client) -> None:
    """Up to what tells an assessment from another, such as its own token."""

    def seen(file: Json | None) -> list[str]:
        _, me, them = two_invited()
        me.answer(CHANGE_HEAVY, finished=False)
        if file:
            them.answer(file)
        steps = [client.get(me.own(rest)) for rest in ("together", "check", *STEPS)]
        return [says(page) for page in steps]

    assert seen(None) == seen(SECRET) == seen(CHANGE_HEAVY)


def test_the_others_project_is_a_row_of_its_own(client: Client) -> None:
    _, me, them = two_invited()
    them.answer(SECRET)
    mine = me.answer(CHANGE_HEAVY, finished=False)
    mine.save("project", project={"name": "Mine", "summary": ""})
    assert them.now.assessment
    assert them.now.assessment.project.name == "Keelhaul"


def test_before_both_are_done_the_page_says_whom_it_waits_for(client: Client) -> None:
    _, one, other = two_invited()
    first, second = one.answer(CHANGE_HEAVY), other.answer(STABILITY_HEAVY, finished=False)
    for page in (together(client, first), client.post(first.url("together"))):
        assert heading(page) == "Not both of you are done yet"
        assert "Waiting for CTO." in says(page)
    assert "You have not finished yet." in says(together(client, second))
    assert "Waiting for CTO" in says(client.get(first.url("result")))
    assert client.get(first.url("joint"))["Location"] == first.url("together")
    assert not Pair.objects.exclude(joint=None).exists()


LITTLE = with_answers(
    {**CHANGE_HEAVY, "answers": {"stage": "idea", "mistake": "slow"}},
    changes=CHANGE_HEAVY["answers"]["changes"][:2],
)


@pytest.mark.parametrize("file", [{**CHANGE_HEAVY, "answers": {}}, LITTLE], ids=["none", "few"])
def test_who_finishes_with_next_to_nothing_sees_nothing_of_the_other(
    client: Client, file: Json
) -> None:
    _, me, them = two_invited()
    mine, theirs = me.answer(file), them.answer(SECRET)
    seen = everything(client, me)
    assert not [text for text in [*OF_THE_OTHER, them.token] if text in seen]
    page = together(client, mine)
    assert heading(page) == "A few answers are missing"
    assert "You left more than half of the questions open yourself." in says(page)
    assert soup(page).select_one(f"main a[href='{mine.url('check')}']")
    assert client.get(mine.url("joint"))["Location"] == mine.url("together")
    told = says(together(client, theirs))
    assert "Founder has finished, and left more than half of the questions open." in told
    assert "yourself" not in told


def test_nor_settles_anything(client: Client) -> None:
    _, me, them = two_invited()
    mine, _ = me.answer(LITTLE), them.answer(SECRET)
    client.post(mine.url("together"), {"settle_mistake": "second", "seen": ""})
    assert not Pair.objects.exclude(joint=None).exists()


def test_their_results_say_that_answers_are_missing(client: Client) -> None:
    _, me, them = two_invited()
    for each in (me.answer(LITTLE), them.answer(SECRET)):
        notice = soup(client.get(each.url("result"))).select_one(".notice")
        assert "until each of you has said enough, neither sees the other’s" in text_of(notice)


def test_once_enough_is_answered_both_see_each_other(client: Client) -> None:
    _, me, them = two_invited()
    mine, theirs = me.answer(LITTLE), them.answer(SECRET)
    mine.save("changes", changes=CHANGE_HEAVY["answers"]["changes"])
    assert heading(together(client, mine)) == "A few answers are missing"  # not finished yet
    mine.now.finish(LENS)
    for each in (mine, theirs):
        assert heading(together(client, each)) == "Where you disagree"


def test_who_answers_less_afterwards_sees_no_more_of_it(client: Client) -> None:
    pair, first, _ = done()
    settle(client, first)
    assert joint_of(pair)
    answers = first.now.stored_answers(LENS)
    assert first.now.record_all(LENS, type(answers)(), first.version)
    first.now.finish(LENS)
    assert heading(together(client, first)) == "A few answers are missing"
    assert client.get(first.url("joint")).status_code == 302


def test_once_both_are_done_each_result_leads_to_the_other(client: Client) -> None:
    _, first, second = done()
    for mine in (first, second):
        page = client.get(mine.url("result"))
        assert "Waiting for" not in says(page)
        link = soup(page).select_one(".notice a")
        assert link
        assert (link["href"], text_of(link)) == (
            mine.url("together"),
            "See where you disagree, and settle it",
        )


# ---- The page ----


def test_both_verdicts_stand_there_with_whose_they_are(client: Client) -> None:
    _, first, second = done()
    page = soup(together(client, first))
    section = text_of(page.select_one(".map-section"))
    assert "Two verdicts Founder (you) Start with FastAPI." in section
    assert "CTO Start with Go." in section
    assert page.select_one(".map .here")
    assert page.select_one(".map .was")
    assert "Founder (you): product uncertainty" in text_of(page.select_one(".map desc"))
    assert "CTO (you)" in says(together(client, second))


def test_only_disagreements_are_shown_and_what_changes_the_verdict_first(client: Client) -> None:
    _, first, _ = done(MARINA, ALIKE)
    page = together(client, first)
    assert "You answered 2 questions differently." in says(page)
    fields = soup(page).select("#settle fieldset")
    assert [text_of(field.legend) for field in fields] == [
        LENS.question["mistake"].short,
        LENS.question["schema"].short,
    ]
    marked = ["changes the verdict" in text_of(field) for field in fields]
    assert marked == [True, False]
    assert "It moves no points, but where the verdict turns." in text_of(fields[0])
    assert "moves the balance by up to 6.0 points." in text_of(fields[1])


def test_both_answers_stand_side_by_side_under_the_names(client: Client) -> None:
    _, first, _ = done(MARINA, ALIKE)
    field = soup(together(client, first)).select("#settle fieldset")[0]
    mistake = LENS.question["mistake"].by_id
    cards = [text_of(card) for card in field.select(".choice")]
    assert cards[:2] == [
        f"Founder (you): {mistake['even'].label}",
        f"CTO: {mistake['loose_much'].label}",
    ]
    assert cards[2].startswith("Leave it open")


def test_two_lists_of_changes_can_be_joined_only_where_they_fit(client: Client) -> None:
    one = {
        "go": "none",
        "changes": [{"text": "Offline mode", "kind": "user_flow", "likelihood": "likely"}],
    }
    short = {**CHANGE_HEAVY, "answers": CHANGE_HEAVY["answers"] | one}
    few = with_answers(short, changes=[{"text": "Another", "kind": "schema"}])
    pair, first, _ = done(short, few)
    assert "Both lists" in says(together(client, first))
    settle(client, first, changes="both")
    listed = [change["text"] for change in joint_of(pair).answers["changes"]]
    assert listed == ["Offline mode", "Another"]
    assert "Both lists" not in says(together(client, done()[1]))


def test_what_is_shown_is_what_the_verdicts_are_about(client: Client) -> None:
    """Answers changed since, but not finished, are not among the other's business."""
    _, first, second = done(MARINA, ALIKE)
    second.save("project", project={"name": "Renamed", "summary": ""}, stage="relied_on")
    page = together(client, first)
    assert LENS.question["stage"].short not in labels(page)
    assert "Renamed" not in says(page)


def test_who_agrees_on_everything_can_keep_it_at_once(client: Client) -> None:
    pair, first, _ = done(CHANGE_HEAVY, CHANGE_HEAVY)
    page = together(client, first)
    assert heading(page) == "You agree on every answer"
    assert "nothing to settle" in says(page)
    assert "Both are at the same point." in says(page)
    assert settle(client, first)["Location"] == f"{first.url('together')}#settled"
    assert joint_of(pair).answers == first.now.answers


# ---- Settling ----


def test_what_is_settled_is_a_joint_assessment_of_the_client(client: Client) -> None:
    pair, first, second = done()
    page = settle(client, first, "second", stage="open")
    assert page["Location"] == f"{first.url('together')}#settled"
    joint = joint_of(pair)
    assert "stage" not in joint.answers
    assert joint.answers["backend"] == second.now.answers["backend"]
    assert joint.project.client == inviting_client()
    assert joint.project not in (first.now.project, second.now.project)
    reasons = set(joint.history.values_list("history_change_reason", flat=True))
    assert reasons == {"settled by Founder"}


def test_both_then_see_the_joint_verdict_and_the_whole_of_it(client: Client) -> None:
    _, first, second = done()
    settle(client, first, "second")
    for mine in (first, second):
        page = together(client, mine)
        settled = soup(page).select_one("#settled")
        assert "Settled: start with Go" in text_of(settled)
        whole = client.get(mine.url("joint"))
        assert heading(whole).startswith("Start with Go.")
        assert "settled by Founder and CTO" in says(whole)
        assert not soup(whole).select("form")
        assert "See what you settled on" in says(client.get(mine.url("result")))


def test_own_answers_and_verdicts_stay_as_they_are(client: Client) -> None:
    _, first, second = done()
    before = [(mine.now.answers, mine.now.report) for mine in (first, second)]
    settle(client, first, "second")
    assert [(mine.now.answers, mine.now.report) for mine in (first, second)] == before


def test_it_can_be_settled_again_from_what_was_settled(client: Client) -> None:
    pair, first, second = done()
    settle(client, first, "second", stage="open")
    page = together(client, second)
    checked = {str(r["name"]): r["value"] for r in soup(page).select("#settle [checked]")}
    assert checked["settle_stage"] == "open"
    assert set(checked.values()) == {"open", "second"}
    assert len(checked) == len(labels(page))
    settle(client, second, "first")
    assert Assessment.objects.filter(settles=pair).count() == 1
    assert joint_of(pair).answers == first.now.answers


def test_all_have_to_be_chosen_and_what_was_chosen_comes_back(client: Client) -> None:
    pair, first, _ = done(MARINA, ALIKE)
    page = settle(client, first, "first", schema="")
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    message = "Choose whose answer stands, or leave it open."
    link = soup(page).select_one(".error-summary a")
    assert link
    target = soup(page).select_one(str(link["href"]))
    assert target
    assert target["name"] == "settle_schema"
    field = target.find_parent("fieldset")
    assert field
    error = soup(page).find(id=str(field["aria-describedby"]))
    assert text_of(error) == message
    assert [r["name"] for r in soup(page).select("#settle [checked]")] == ["settle_mistake"]
    assert len(soup(page).select("#settle .field-error")) == 1
    assert Pair.objects.get(pk=pair.pk).joint is None


def test_a_question_that_no_longer_applies_needs_no_choice(client: Client) -> None:
    named = with_answers(CHANGE_HEAVY, settled_part="yes", settled_part_name="Tariffs")
    pair, first, _ = done(named, CHANGE_HEAVY)
    assert len(labels(together(client, first))) == 2
    assert settle(client, first, "second", settled_part_name="").status_code == 302
    assert "settled_part_name" not in joint_of(pair).answers
    assert settle(client, first, "first", settled_part_name="").status_code == 200


@pytest.mark.parametrize("value", ["both", "third", "FIRST", "\0", "x" * 5000, "🦀"])
def test_a_choice_that_was_not_offered_settles_nothing(client: Client, value: str) -> None:
    pair, first, _ = done(MARINA, ALIKE)
    page = settle(client, first, "first", schema=value)
    assert page.status_code == 200
    assert "That is not one of the choices." in says(page)
    assert Pair.objects.get(pk=pair.pk).joint is None


def test_choices_on_what_they_agree_on_or_nobody_asks_count_for_nothing(client: Client) -> None:
    pair, first, _ = done(MARINA, ALIKE)
    settle(client, first, "first", stage="open", nonsense="second", project="second", seen="x")
    assert joint_of(pair).answers == first.now.answers


@pytest.mark.parametrize("seen", [None, "", "x", "\0", "9" * 5000])
def test_a_tampered_version_settles_nothing(client: Client, seen: str | None) -> None:
    pair, first, _ = done(MARINA, ALIKE)
    form = form_of(together(client, first), "Settle it")
    data = {"settle_mistake": "first", "settle_schema": "second"}
    page = client.post(str(form["action"]), data if seen is None else data | {"seen": seen})
    assert page.status_code == 200
    assert title(page).startswith("Error: ")
    assert Pair.objects.get(pk=pair.pk).joint is None
    again = form_of(page, "Settle it")
    assert client.post(str(again["action"]), controls(again)).status_code == 302
    assert joint_of(pair).answers["schema"] == "settled"


def test_of_two_who_settle_at_once_the_second_is_told_and_sees_what_was_settled(
    client: Client,
) -> None:
    pair, first, second = done(MARINA, ALIKE)
    form = form_of(together(client, second), "Settle it")
    settle(client, first, "first")
    mine = {"settle_mistake": "second", "settle_schema": "open"}
    page = client.post(str(form["action"]), controls(form) | mine)
    assert title(page).startswith("Error: ")
    assert "While this page was open, it was settled" in text_of(
        soup(page).select_one(".error-summary")
    )
    assert "Settled: start with FastAPI" in text_of(soup(page).select_one("#settled"))
    chosen = {str(r["name"]): r["value"] for r in soup(page).select("#settle [checked]")}
    assert chosen == mine
    assert joint_of(pair).answers == first.now.answers
    again = form_of(page, "Settle it")
    assert client.post(str(again["action"]), controls(again)).status_code == 302
    assert joint_of(pair).answers["mistake"] == "loose_much"


def test_what_was_made_of_answers_that_were_finished_anew_is_told_as_well(client: Client) -> None:
    pair, first, second = done(MARINA, ALIKE)
    form = form_of(together(client, first), "Settle it")
    second.save("moving", flows="settled")
    second.now.finish(LENS)
    data = controls(form) | {"settle_mistake": "second", "settle_schema": "second"}
    page = client.post(str(form["action"]), data)
    assert title(page).startswith("Error: ")
    assert LENS.question["flows"].short in labels(page)
    assert Pair.objects.get(pk=pair.pk).joint is None


def test_to_htmx_the_page_comes_as_its_inside(client: Client) -> None:
    _, first, _ = done()
    page = client.get(first.url("together"), headers=HTMX)
    assert not soup(page).select("html")


# ---- Who may not ----


@pytest.mark.parametrize("rest", ["together", "joint"])
def test_where_there_is_no_pair_the_answer_is_that_of_any_address(
    client: Client, rest: str
) -> None:
    _, first, second = done()
    _, shared = first.share()
    alone = draft(CHANGE_HEAVY, finished=True)
    tokens = [alone.token, shared, new_token(), "x" * 42, str(first.now.edit_hash)[:43]]
    tail = {"together": "together/", "joint": "together/joint/"}[rest]
    answers = [answers_to(client, f"/a/{token}/{tail}", "get") for token in tokens]
    anywhere = answers_to(client, f"/a/{new_token()}/", "get")
    assert all(answer == anywhere for answer in answers)
    second.now.invite.delete()
    assert client.get(first.url(rest)).status_code == 404
    assert client.get(first.url("result")).status_code == 200


def test_ids_of_another_pair_in_the_form_reach_nothing(client: Client) -> None:
    ours, first, _ = done(MARINA, ALIKE)
    theirs, _, _ = done(MARINA, ALIKE)
    settle(client, first, "first", pair=str(theirs.pk))
    form = form_of(together(client, first), "Settle it")
    data = controls(form) | {"pair": str(theirs.pk), "pair_id": str(theirs.pk), "joint": "1"}
    client.post(str(form["action"]), data)
    assert Pair.objects.get(pk=theirs.pk).joint is None
    assert joint_of(ours)


def test_how_often_it_asks_the_database(client: Client, django_assert_num_queries: Any) -> None:
    _, first, _ = done()
    settle(client, first)
    with django_assert_num_queries(3):
        together(client, first)
