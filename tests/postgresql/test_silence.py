"""Whoever meets a database that is silent finds out alone; the rest is told."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest

from stackpick.postgresql.silence import SEVERAL, TRIAL_SECONDS, Silence, Silent


@pytest.fixture
def silent() -> Silence:
    """One that somebody has waited for in vain."""
    silence = Silence(behind=0.1)
    with pytest.raises(Silent), silence.asking():
        raise Silent
    return silence


def test_as_long_as_it_answers_everybody_may_ask_for_as_long_as_they_like() -> None:
    silence = Silence()
    with silence.asking() as first, silence.asking() as second:
        assert first == second == float("inf")


def test_after_a_silence_one_tries_and_the_rest_is_told_soon(silent: Silence) -> None:
    with silent.asking() as seconds:
        assert seconds == TRIAL_SECONDS
        began = time.monotonic()
        with pytest.raises(Silent, match="a moment ago"), silent.asking():
            pytest.fail("two were let in")
        assert 0.05 < time.monotonic() - began < 1


def test_once_the_one_has_an_answer_all_may_ask(silent: Silence) -> None:
    with silent.asking():
        pass
    with silent.asking() as first, silent.asking() as second:
        assert first == second == float("inf")


def test_those_who_wait_for_a_trial_that_succeeds_go_on() -> None:
    silence, tried = Silence(behind=5), Event()
    with pytest.raises(Silent), silence.asking():
        raise Silent

    def ask_behind() -> float:
        tried.wait(5)
        with silence.asking() as seconds:
            return seconds

    with ThreadPoolExecutor(1) as threads:
        behind = threads.submit(ask_behind)
        with silence.asking():
            tried.set()
            time.sleep(0.1)
        assert behind.result(5) == float("inf")


def test_a_trial_in_vain_leaves_the_next_one_to_somebody_else() -> None:
    silent = Silence(rest=0)
    with pytest.raises(Silent), silent.asking():
        raise Silent
    for _ in range(3):
        with pytest.raises(Silent, match=f"^{TRIAL_SECONDS}$"), silent.asking() as seconds:
            raise Silent(seconds)


def test_an_error_is_an_answer(silent: Silence) -> None:
    with pytest.raises(KeyError), silent.asking():
        raise KeyError
    with silent.asking() as seconds:
        assert seconds == float("inf")


def test_after_several_in_a_row_all_are_told_at_once_for_a_while() -> None:
    silence = Silence(rest=0.3)
    for _ in range(SEVERAL):
        with pytest.raises(Silent), silence.asking():
            raise Silent
    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(Silent, match="a moment ago"), silence.asking():
            pytest.fail("somebody was let in")
    assert time.monotonic() - began < 0.2
    time.sleep(0.3)
    with silence.asking() as seconds:
        assert seconds == TRIAL_SECONDS


def test_single_questions_that_are_slow_among_others_close_no_door() -> None:
    silence = Silence()
    for _ in range(3 * SEVERAL):
        with pytest.raises(Silent), silence.asking():
            raise Silent
        with silence.asking():
            pass


def test_those_behind_a_trial_wait_for_it_together_and_not_in_turn() -> None:
    silence, tried, over = Silence(behind=0.3), Event(), Event()
    with pytest.raises(Silent), silence.asking():
        raise Silent

    def try_in_vain() -> None:
        with suppress(Silent), silence.asking():
            tried.set()
            over.wait(5)
            raise Silent

    with ThreadPoolExecutor(1) as threads:
        threads.submit(try_in_vain)
        tried.wait(5)
        began = time.monotonic()
        for _ in range(10):
            with pytest.raises(Silent), silence.asking():
                pytest.fail("two were let in")
        assert time.monotonic() - began < 1.5
        over.set()
