"""The first who waits for a silent database in vain has found out for all."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

import pytest

from stackpick.postgresql.silence import Silence, Silent


class Server:
    """Answers, or does not."""

    def __init__(self) -> None:
        self.is_silent, self.asked = True, 0

    def __call__(self) -> None:
        self.asked += 1
        if self.is_silent:
            raise Silent


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def silence(server: Server) -> Silence:
    """One that somebody has noticed."""
    silence = Silence(server)
    with pytest.raises(Silent), silence.asking():
        raise Silent
    assert eventually(lambda: silence.is_noticed)
    return silence


def _wait_for(event: Event) -> None:
    event.wait(10)


def eventually(holds: Callable[[], bool]) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_as_long_as_it_answers_everybody_may_ask_and_nobody_tries(server: Server) -> None:
    silence = Silence(server)
    with silence.asking(), silence.asking():
        pass
    with pytest.raises(KeyError), silence.asking():  # refused is an answer
        raise KeyError
    assert not silence.is_noticed
    assert server.asked == 0


def test_after_that_all_are_told_at_once(silence: Silence) -> None:
    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(Silent, match="a moment ago"), silence.asking():
            pytest.fail("somebody was let in")
    assert time.monotonic() - began < 2


def test_it_is_asked_until_it_answers_and_then_all_may_ask(
    silence: Silence, server: Server
) -> None:
    assert eventually(lambda: server.asked >= 2)
    assert silence.is_noticed
    server.is_silent = False
    assert eventually(lambda: not silence.is_noticed)
    with silence.asking(), silence.asking():
        pass
    asked = server.asked
    time.sleep(0.5)
    assert server.asked == asked


def test_an_error_is_an_answer() -> None:
    def refuse() -> None:
        raise ConnectionRefusedError

    silence = Silence(refuse)
    with pytest.raises(Silent), silence.asking():
        raise Silent
    assert eventually(lambda: not silence.is_noticed)


def test_only_one_asks_for_all_of_those_who_waited_in_vain() -> None:
    done, asked = Event(), list[int]()

    def ask() -> None:
        asked.append(1)
        done.wait(10)

    silence = Silence(ask, behind=0)
    silence.suspect()
    silence.suspect()
    assert eventually(lambda: bool(asked))
    done.set()
    assert eventually(lambda: not silence._is_asked)
    assert len(asked) == 1


def test_while_it_answers_others_one_who_waits_in_vain_concerns_nobody_else() -> None:
    answered = Event()

    noticed = list[bool]()

    def answer() -> None:
        noticed.append(asked.is_noticed)
        answered.set()

    asked = Silence(answer)
    with pytest.raises(Silent), asked.asking():
        raise Silent
    assert answered.wait(10)
    with asked.asking():
        assert noticed == [False]


def test_where_no_thread_can_be_had_nobody_is_kept_out(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = Silence(server)

    def refuse(thread: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(Thread, "start", refuse)
        silence.suspect(is_sure=True)
    with silence.asking():
        pass
    silence.suspect()
    assert eventually(lambda: silence.is_noticed)


def test_those_who_come_while_it_answers_wait_for_that_and_go_on() -> None:
    answer = Event()
    silence = Silence(lambda: _wait_for(answer), behind=10)
    silence.suspect(is_sure=True)
    assert silence.is_noticed
    answer.set()
    with silence.asking():
        assert not silence.is_noticed
