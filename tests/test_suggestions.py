"""What is suggested for a change, what is said of it, and how much may be asked for."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread
from typing import Any

import pytest

from assessments import limits
from assessments.suggestions import Asker, Memory, Offer, are_made, because, offer, suggested
from stackpick.environment import Rate
from tests.suggesting import COLUMN, STRIPE, UNKNOWN, Keywords, put_in_use
from tests.web import LENS


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Keywords:
    keywords = Keywords()
    put_in_use(monkeypatch, keywords)
    return keywords


def offered(text: str, chosen: str = "", hinted: bool = False) -> Offer | None:
    return offer(LENS, text, chosen, Asker("somebody"), hinted)


def kinds(found: Offer | None) -> list[str]:
    assert found
    return [kind.id for kind in found.kinds]


# ---- What is suggested ----


def test_the_two_likeliest_kinds_and_the_words_that_speak_for_the_first() -> None:
    found = offered(STRIPE)
    assert kinds(found) == ["integration", "user_flow"]
    assert found
    assert found.because == ("Stripe", "webhook")


def test_the_words_keep_the_order_in_which_they_were_written(
    fake: Keywords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "because", lambda text, kind: ("Friday", "Black"))
    assert because(LENS, "Survive Black Friday", "throughput") == ("Black", "Friday")


@pytest.mark.parametrize("text", ["", "  \t ", "column " * 50])
def test_nothing_is_suggested_for_no_text_and_for_one_that_is_too_long(
    fake: Keywords, text: str
) -> None:
    assert suggested(LENS, text) is None
    assert because(LENS, text, "schema") == ()
    assert offered(text) is None
    assert fake.asked == []


def test_a_lens_of_other_kinds_has_nothing_suggested() -> None:
    other = replace(LENS, kinds=tuple(kind for kind in LENS.kinds if kind.id != "integration"))
    assert suggested(other, STRIPE) is None
    assert because(other, STRIPE, "integration") == ()
    assert suggested(other, COLUMN) is None, "it would never name what was called integration"
    assert not are_made(other)
    assert are_made(LENS)


def test_nothing_is_suggested_where_it_is_switched_off(fake: Keywords, settings: Any) -> None:
    settings.SUGGEST = False
    assert suggested(LENS, STRIPE) is None
    assert because(LENS, STRIPE, "integration") == ()
    assert fake.asked == []


def test_nothing_is_suggested_without_a_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_use(monkeypatch, None)
    assert suggested(LENS, STRIPE) is None
    assert because(LENS, STRIPE, "integration") == ()
    assert offered(STRIPE) is None


# ---- What is said beside a row ----


@pytest.mark.parametrize("chosen", ["integration", "user_flow"])
def test_both_kinds_stay_while_one_of_them_is_chosen(chosen: str) -> None:
    assert kinds(offered(STRIPE, chosen)) == ["integration", "user_flow"]


@pytest.mark.parametrize("text", [STRIPE, UNKNOWN])
def test_another_choice_is_not_questioned(text: str) -> None:
    assert offered(text, "observability") is None


def test_a_choice_is_not_questioned_where_the_words_do_not_tell() -> None:
    assert offered(UNKNOWN, "schema") is None


@pytest.mark.parametrize(
    ("text", "hinted", "said"),
    [
        (UNKNOWN, False, Offer()),
        ("Something else", False, None),  # it may go on
        (UNKNOWN, True, None),  # the coach has said something
    ],
)
def test_that_the_words_do_not_tell_is_said_of_a_whole_line_without_a_hint(
    text: str, hinted: bool, said: Offer | None
) -> None:
    assert offered(text, hinted=hinted) == said


def test_why_is_not_asked_where_nothing_is_said(fake: Keywords) -> None:
    offered(STRIPE, "observability")
    offered(UNKNOWN)
    assert fake.asked_why == []


# ---- What is remembered ----


def test_a_text_is_looked_at_once_with_or_without_blanks_around_it(fake: Keywords) -> None:
    for text in (STRIPE, f"  {STRIPE}\t", STRIPE):
        offered(text)
    assert fake.asked == fake.asked_why == [STRIPE]


def test_another_classifier_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(STRIPE)
    put_in_use(monkeypatch, Keywords(stripe="user_flow"))
    assert kinds(offered(STRIPE)) == ["user_flow", "integration"]


def test_what_was_used_longest_ago_is_forgotten_first() -> None:
    memory = Memory(remembered=2)
    for key in ("a", "b", "a", "c"):
        memory.get(key, lambda: key)  # noqa: B023
    assert [key in memory for key in ("a", "b", "c")] == [True, False, True]


def test_many_threads_may_ask_at_once() -> None:
    memory = Memory(remembered=5)
    found: list[bool] = []

    def ask(number: int) -> None:
        for key in (n % 7 for n in range(number, 500)):
            found.append(memory.get(key, lambda: key) == key)  # noqa: B023

    threads = [Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == sum(500 - number for number in range(8))
    assert all(found)


# ---- How much may be asked for ----


@pytest.fixture
def two_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> list[float]:
    """The time in seconds, to be moved."""
    settings.RATES = settings.RATES | {"suggest": Rate(2, 60)}
    now = [1_800_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    return now


def test_above_the_limit_nothing_is_suggested_and_nothing_is_computed(
    fake: Keywords, two_a_minute: list[float]
) -> None:
    found = [suggested(LENS, f"column {number}", Asker("somebody")) for number in range(4)]
    assert [bool(each) for each in found] == [True, True, False, False]
    assert len(fake.asked) == 2
    assert suggested(LENS, "column 3", Asker("somebody else"))
    two_a_minute[0] += 30
    assert suggested(LENS, "column 2", Asker("somebody"))


def test_what_is_known_already_costs_nothing(two_a_minute: list[float]) -> None:
    for _ in range(10):
        assert suggested(LENS, STRIPE, Asker("somebody"))
        assert suggested(LENS, COLUMN, Asker("somebody"))


def test_the_site_itself_may_ask_for_anything(two_a_minute: list[float]) -> None:
    assert all(suggested(LENS, f"column {number}") for number in range(10))


def test_without_a_limit_anybody_may(settings: Any) -> None:
    settings.RATES = {"suggest": None}
    assert all(suggested(LENS, f"column {number}", Asker("somebody")) for number in range(300))
