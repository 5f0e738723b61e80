"""Typesetting when the child hangs, crashes or talks nonsense: the next document comes."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assessments.exports.failures import RenderingFailed
from assessments.exports.glyphs import legible
from assessments.exports.sheet import sheet
from assessments.exports.typesetting import PROGRAM, Typesetter
from tests.exports.items import item

DATA = sheet(item())
ENDLESS = "#for a in range(100000) { for b in range(100000) { let c = a * b } }"
SHORT = 1.0  # seconds, where waiting is what is tested
# What a child does with its first request; with each one after that it behaves.
BEHAVIOUR = """
import os, sys, time
from pathlib import Path
kind, seen, real = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
if not seen.exists():
    seen.write_text(str(os.getpid()))
    size = int.from_bytes(sys.stdin.buffer.read(4), "big")
    sys.stdin.buffer.read(size)
    if kind == "hangs":
        time.sleep(60)
    if kind == "hangs midway":
        sys.stdout.buffer.write((1000).to_bytes(4, "big") + b"+half of it"); sys.stdout.flush()
        time.sleep(60)
    if kind == "talks nonsense":
        sys.stdout.buffer.write(b"Traceback (most recent call last)"); sys.stdout.flush()
        time.sleep(60)
    if kind == "answers with another letter":
        sys.stdout.buffer.write((3).to_bytes(4, "big") + b"abc"); sys.stdout.flush()
        time.sleep(60)
    if kind == "crashes":
        os.abort()
    if kind == "ends":
        sys.exit(0)
os.execv(real[0], real)
"""
KINDS = [
    "hangs",
    "hangs midway",
    "talks nonsense",
    "answers with another letter",
    "crashes",
    "ends",
]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Typesetter]]:
    made: list[Typesetter] = []

    def making(kind: str = "", seconds: float = 20, **options: int) -> Typesetter:
        script = tmp_path / "child.py"
        script.write_text(BEHAVIOUR)
        first = (sys.executable, "-I", str(script), kind, str(tmp_path / "seen"), *PROGRAM)
        made.append(Typesetter(first if kind else PROGRAM, seconds, **options))
        return made[-1]

    yield making
    for typesetter in made:
        typesetter.end()


def set_it(typesetter: Typesetter, words: str = "") -> bytes:
    data = DATA | {"because": words} if words else DATA
    return typesetter.render("result.typ", data, format="pdf", timestamp=0)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_child_does_the_next_request_has_a_new_one(
    make: Callable[..., Typesetter], kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    typesetter = make(kind, seconds=SHORT)
    with caplog.at_level(logging.ERROR), pytest.raises(RenderingFailed):
        set_it(typesetter, "SECRET WORDS")
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "SECRET" not in caplog.text
    assert "Ledgerly" not in caplog.text
    assert is_gone(int((tmp_path / "seen").read_text()))
    patient = make(kind)  # the same program: the second start of it behaves
    assert set_it(patient).startswith(b"%PDF")


def test_a_hang_ends_in_time_and_the_same_one_recovers(make: Callable[..., Typesetter]) -> None:
    typesetter = make("hangs", seconds=3)
    start = time.monotonic()
    with pytest.raises(RenderingFailed, match="took too long"):
        set_it(typesetter)
    assert 2.9 < time.monotonic() - start < 5
    assert typesetter.pid is None
    typesetter.start()
    time.sleep(1)  # it may take a moment to read its fonts
    assert set_it(typesetter).startswith(b"%PDF")


def test_nobody_hangs_behind_a_hanging_document(make: Callable[..., Typesetter]) -> None:
    typesetter = make("hangs", seconds=SHORT)
    start = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(set_it, typesetter) for _ in range(4)]
        failed = [future.exception() for future in asked]
    assert time.monotonic() - start < SHORT + 2
    assert any(isinstance(problem, RenderingFailed) for problem in failed)
    assert {type(problem) for problem in failed} <= {RenderingFailed, type(None)}


def test_who_stands_behind_a_hanging_document_is_told_before_it_is_ended(
    make: Callable[..., Typesetter], tmp_path: Path
) -> None:
    typesetter = make("hangs", seconds=6)
    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(set_it, typesetter)
        assert eventually((tmp_path / "seen").exists)
        start = time.monotonic()
        with pytest.raises(RenderingFailed, match="others took too long"):
            set_it(typesetter)
        assert time.monotonic() - start < 4.5
        assert not hanging.done()
        assert isinstance(hanging.exception(), RenderingFailed)


def test_threads_get_each_their_own_document(make: Callable[..., Typesetter]) -> None:
    typesetter = make()
    with ThreadPoolExecutor(4) as threads:
        words = [f"sentence number {number}" for number in range(8)]
        made = list(threads.map(lambda said: set_it(typesetter, said), words))
    alone = make()
    assert made == [set_it(alone, said) for said in words]


def test_a_fork_has_a_child_of_its_own(make: Callable[..., Typesetter]) -> None:
    typesetter = make()
    ours = set_it(typesetter)
    before = typesetter.pid
    forked = os.fork()
    if forked == 0:  # pragma: no cover -- another process, which the measurement cannot see
        try:
            right = set_it(typesetter) == ours and typesetter.pid != before
            typesetter.end()
            os._exit(0 if right else 1)
        except BaseException:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0
    assert typesetter.pid == before
    assert set_it(typesetter) == ours


def test_a_fork_in_the_middle_of_a_document_is_free(make: Callable[..., Typesetter]) -> None:
    typesetter = make()
    set_it(typesetter)
    typesetter._lock.acquire()  # as a thread that the fork does not have
    forked = os.fork()
    if forked == 0:  # pragma: no cover
        try:
            set_it(typesetter)
            typesetter.end()
            os._exit(0)
        except BaseException:
            os._exit(2)
    typesetter._lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 0


def test_an_old_child_is_replaced(make: Callable[..., Typesetter]) -> None:
    typesetter = make(documents=2)
    seen = []
    for _ in range(5):
        set_it(typesetter)
        seen.append(typesetter.pid)
    first, second, third = seen[0], seen[1], seen[3]
    assert seen == [first, second, second, third, third]
    assert len({first, second, third}) == 3


def test_the_child_ends_with_its_parent(make: Callable[..., Typesetter]) -> None:
    typesetter = make()
    set_it(typesetter)
    child = typesetter.pid
    assert child
    assert typesetter._child
    typesetter._child.forget()  # what the system does with our end when we go
    assert eventually(lambda: is_gone(child))
    typesetter._child._process.wait()


def test_a_child_killed_between_two_documents_is_noticed(make: Callable[..., Typesetter]) -> None:
    typesetter = make()
    set_it(typesetter)
    assert typesetter.pid
    os.kill(typesetter.pid, signal.SIGKILL)
    with pytest.raises(RenderingFailed, match="crashed"):
        set_it(typesetter)
    assert set_it(typesetter).startswith(b"%PDF")


@pytest.fixture
def endless(tmp_path: Path) -> tuple[str, ...]:
    """The real child, with a template that takes longer than anybody lives."""
    shutil.copy(PROGRAM[-1], tmp_path)
    (tmp_path / "fonts").mkdir()
    (tmp_path / "typst").mkdir()
    for name in ("result.typ", "picture.typ", "warm.typ", "empty.typ"):
        (tmp_path / "typst" / name).write_text(ENDLESS if name == "result.typ" else "= x")
    return (*PROGRAM[:-1], str(tmp_path / "typesetter.py"))


def test_a_hang_inside_typst_is_ended(endless: tuple[str, ...]) -> None:
    typesetter = Typesetter(endless, seconds=2)
    with pytest.raises(RenderingFailed, match="took too long"):
        set_it(typesetter)
    assert typesetter.render("picture.typ", {}, format="png").startswith(b"\x89PNG")
    typesetter.end()


def test_a_hang_inside_typst_ends_itself_where_nobody_is_left(endless: tuple[str, ...]) -> None:
    request = json.dumps({"template": "result.typ", "data": {}, "format": "pdf"}).encode()
    process = subprocess.Popen([*endless, "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(len(request).to_bytes(4, "big") + request)
    process.stdin.close()
    assert process.wait(timeout=10) == -signal.SIGALRM


def test_a_program_that_is_not_there_is_a_failure_like_others() -> None:
    with pytest.raises(RenderingFailed, match="could not start"):
        set_it(Typesetter(("/nowhere/python",)))


def test_what_typst_refuses_is_told_without_the_words(make: Callable[..., Typesetter]) -> None:
    typesetter = make()
    with pytest.raises(RenderingFailed, match="TypstError"):
        typesetter.render("result.typ", {"stack": "SECRET"}, format="pdf")
    with pytest.raises(RenderingFailed, match="KeyError"):
        typesetter.render("nothing.typ", {}, format="pdf")
    assert set_it(typesetter).startswith(b"%PDF")


def test_the_childs_memory_stays_where_it_is(make: Callable[..., Typesetter]) -> None:
    typesetter = make()
    heights = []
    for number in range(50):
        set_it(typesetter, f"{number} " * 50)
        heights.append(resident(typesetter.pid))
    # what is between documents; while one is set, or let go of, there is more. Its buffers grow
    # with some two dozen of them, and then stay as they are
    early, late = min(heights[25:35]), min(heights[40:])
    assert early < 90
    assert late < early + 8


def resident(pid: int | None) -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def test_the_child_knows_no_secrets(
    make: Callable[..., Typesetter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "SECRET")
    typesetter = make()
    typesetter.start()
    assert b"SECRET" not in Path(f"/proc/{typesetter.pid}/environ").read_bytes()


def test_a_process_with_a_document_has_not_loaded_typst() -> None:
    assert "typst" not in sys.modules
    assert legible(DATA)


def is_gone(pid: int) -> bool:
    """Whether the process has ended, be it that nobody has asked for its end yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def eventually(holds: Callable[[], bool], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False
