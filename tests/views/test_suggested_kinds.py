"""Kinds suggested in the wizard: chips while one types, filled in on check your answers."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import Tag
from django.test import Client

from stackpick.environment import Rate
from tests.suggesting import COLUMN, STRIPE, UNKNOWN, Keywords, put_in_use
from tests.web import (
    CHANGE_HEAVY,
    HTMX,
    STEPS,
    Draft,
    controls,
    draft,
    form_of,
    says,
    soup,
    text_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Keywords:
    keywords = Keywords()
    put_in_use(monkeypatch, keywords)
    return keywords


@pytest.fixture
def off(settings: Any) -> None:
    settings.SUGGEST = False


def with_changes(*changes: str | dict[str, str]) -> Draft:
    """A draft with these changes; one that is only a text has no kind."""
    started = draft()
    rows = [{"text": change} if isinstance(change, str) else change for change in changes]
    started.save("changes", changes=rows)
    return started


def typing(client: Client, started: Draft, **typed: str) -> Any:
    """The live panel's answer to what is typed in the step of the changes."""
    form = form_of(client.get(started.step("changes")), "Continue")
    address = f"{started.step('changes')}so-far/"
    return client.post(address, controls(form) | typed, headers=HTMX)


def place(page: Any, number: int) -> Tag:
    found = soup(page).find(id=f"suggest-{number}")
    assert isinstance(found, Tag)
    return found


def chips(page: Any, number: int) -> dict[str, str]:
    """The kinds to take beside a row, and whether each is the one chosen."""
    return {str(c["value"]): str(c["aria-pressed"]) for c in place(page, number).select(".chip")}


# ---- While one types ----


def test_typing_a_change_shows_two_kinds_and_why(client: Client) -> None:
    page = typing(client, draft(), change_0_text=STRIPE, change_1_text=COLUMN)
    expected = "Looks like New integration or User flow because of “Stripe” and “webhook”."
    assert text_of(place(page, 1)) == expected
    assert chips(page, 1) == {"integration": "false", "user_flow": "false"}
    assert text_of(place(page, 2)) == "Looks like Data model or User flow because of “column”."
    assert [text_of(place(page, number)) for number in (3, 4, 5)] == [""] * 3


def test_without_telling_words_it_says_no_because(
    client: Client, fake: Keywords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "because", lambda text, kind: ())
    page = typing(client, draft(), change_0_text=STRIPE)
    assert text_of(place(page, 1)) == "Looks like New integration or User flow"


def test_three_words_are_said_as_a_sentence_would(
    client: Client, fake: Keywords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "because", lambda text, kind: ("webhook", "Connect", "Stripe"))
    page = typing(client, draft(), change_0_text=STRIPE)
    assert text_of(place(page, 1)).endswith("because of “Connect”, “Stripe” and “webhook”.")


def test_words_are_shown_as_they_were_typed_and_do_no_harm(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_in_use(monkeypatch, Keywords(**{"<b>stripe</b>": "integration"}))
    page = typing(client, draft(), change_0_text="Connect <b>Stripe</b> for payments")
    assert text_of(place(page, 1)).endswith("because of “<b>Stripe</b>”.")
    assert not place(page, 1).select("b")


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("integration", {"integration": "true", "user_flow": "false"}),
        ("user_flow", {"integration": "false", "user_flow": "true"}),
        ("deployment", {}),
        ("nonsense", {}),
    ],
)
def test_a_choice_that_was_made_is_marked_or_left_alone(
    client: Client, chosen: str, shown: dict[str, str]
) -> None:
    page = typing(client, draft(), change_0_text=STRIPE, change_0_kind=chosen)
    assert chips(page, 1) == shown
    assert bool(text_of(place(page, 1))) is bool(shown)


def test_a_line_that_does_not_tell_asks_to_choose(client: Client) -> None:
    page = typing(
        client,
        draft(),
        change_0_text=UNKNOWN,
        change_1_text="Something else",
        change_2_text=UNKNOWN.upper(),
        change_2_kind="schema",
    )
    assert text_of(place(page, 1)) == "Not sure what kind this is: please choose."
    assert [text_of(place(page, number)) for number in (2, 3)] == ["", ""]


def test_where_the_coach_speaks_nobody_asks_to_choose(client: Client) -> None:
    page = typing(client, draft(), change_0_text="improve the overall performance")
    assert text_of(soup(page).find(id="coach-1"))
    assert text_of(place(page, 1)) == ""


def test_the_chips_are_buttons_that_send_nothing(client: Client) -> None:
    started = with_changes(STRIPE)
    [first, _] = place(client.get(started.step("changes")), 1).select(".chip")
    assert first.name == "button"
    assert first["type"] == "button"
    assert not first.has_attr("name")


def test_what_is_suggested_is_announced_politely(client: Client) -> None:
    assert place(client.get(draft().step("changes")), 1)["aria-live"] == "polite"


def test_nothing_is_saved_while_one_types(client: Client) -> None:
    started = draft()
    typing(client, started, change_0_text=STRIPE)
    assert started.version == 0


def test_the_other_steps_have_no_place_for_suggestions(client: Client, fake: Keywords) -> None:
    started = with_changes(STRIPE)
    for step in (name for name in STEPS if name != "changes"):
        assert "suggest-" not in client.get(started.step(step)).content.decode()
        live = client.post(f"{started.step(step)}so-far/", {}, headers=HTMX)
        assert "suggest-" not in live.content.decode()
    assert fake.asked == []


# ---- On a page that is opened ----


def test_an_opened_page_suggests_for_rows_with_a_text_and_no_kind(client: Client) -> None:
    page = client.get(with_changes(STRIPE, {"text": COLUMN, "kind": "schema"}).step("changes"))
    assert list(chips(page, 1)) == ["integration", "user_flow"]
    assert [text_of(place(page, number)) for number in (2, 3, 4, 5)] == [""] * 4


def test_nothing_is_suggested_for_what_has_its_kind(client: Client, fake: Keywords) -> None:
    client.get(draft(CHANGE_HEAVY).step("changes"))
    assert fake.asked == []


def test_adding_a_row_keeps_the_chips_of_the_others(client: Client) -> None:
    started = draft()
    data = {"change_0_text": STRIPE, "change_0_kind": "integration", "rows": "add", "shown": "3"}
    page = client.post(f"{started.step('changes')}rows/", data, headers=HTMX)
    assert chips(page, 1) == {"integration": "true", "user_flow": "false"}


# ---- Limits, and doing without ----


def test_above_the_limit_the_panel_says_when_to_go_on_and_pages_open_as_ever(
    client: Client, settings: Any
) -> None:
    settings.RATES = settings.RATES | {"suggest": Rate(1, 3600)}
    started = draft()
    assert chips(typing(client, started, change_0_text=STRIPE), 1)
    assert chips(typing(client, started, change_0_text=STRIPE), 1)  # known from before
    page = typing(client, started, change_0_text=STRIPE, change_1_text=COLUMN)
    assert page.status_code == 429
    assert 0 < int(page["Retry-After"]) <= 3600
    assert "Saving goes on as ever" in says(page)
    assert client.get(started.step("changes")).status_code == 200
    assert client.get(with_changes(COLUMN).url("check")).status_code == 200


def test_typing_on_in_one_row_counts_one_a_pause(client: Client, settings: Any) -> None:
    settings.RATES = settings.RATES | {"suggest": Rate(4, 3600)}
    started, others = draft(), {"change_1_text": COLUMN, "change_2_text": UNKNOWN}
    for text in ("Connect Stripe", STRIPE):
        page = typing(client, started, change_0_text=text, **others)
        assert chips(page, 1)
    assert chips(page, 2)


@pytest.mark.parametrize("address", ["step", "check"])
def test_without_suggestions_there_is_no_trace_of_them(
    client: Client, off: None, address: str
) -> None:
    started = with_changes(STRIPE, UNKNOWN)
    page = client.get(started.step("changes") if address == "step" else started.url("check"))
    assert "suggest" not in page.content.decode().lower()
    assert "Kinds of change" not in says(page)
    assert "suggest" not in typing(client, started).content.decode()


def test_what_was_chosen_just_before_it_was_switched_off_is_kept(client: Client, off: None) -> None:
    started = with_changes(STRIPE)
    data = {"version": started.version, "change_0_kind": "integration"}
    assert client.post(started.url("check"), data)["Location"] == started.url("result")
    assert [change.kind for change in started.answers.changes] == ["integration"]


def test_a_consultant_who_corrects_answers_sees_none(admin_client: Client) -> None:
    started = draft(CHANGE_HEAVY, finished=True)
    page = admin_client.get(
        f"/admin/assessments/assessment/{started.assessment.pk}/correct/changes/"
    )
    assert page.status_code == 200
    assert not soup(page).select(".chip")
