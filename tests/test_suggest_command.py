"""``manage.py suggest``, as it is run: a process of its own, with nothing set, where it matters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import execute_from_command_line

from tests.servers import ROOT
from tests.suggest.conftest import known  # noqa: F401

COMMAND = [sys.executable, "manage.py", "suggest"]
NOTHING_SET = {"PATH": os.defpath}
pytestmark = pytest.mark.usefixtures("known")


def suggest(
    file: str | Path = "-", stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, str(file)],
        cwd=ROOT,
        env=NOTHING_SET | (env or {}),
        input=stdin,
        capture_output=True,
        timeout=60,
    )


def answers(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


class Here:
    """The command in the process of the test, which has the model already."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file, self.capsys = folder / "lines", capsys

    def suggest(self, content: bytes) -> subprocess.CompletedProcess[bytes]:
        self.file.write_bytes(content)
        return self.suggest_file(self.file)

    def suggest_file(self, file: str | Path) -> subprocess.CompletedProcess[bytes]:
        status: Any = 0
        try:
            execute_from_command_line(["manage.py", "suggest", str(file)])
        except SystemExit as ended:
            status = ended.code
        said = self.capsys.readouterr()
        return subprocess.CompletedProcess([], status, said.out.encode(), said.err.encode())


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(tmp_path, capsys)


def line(text: object) -> bytes:
    return json.dumps({"text": text}).encode() + b"\n"


def test_a_file_gives_an_answer_a_line(tmp_path: Path) -> None:
    file = tmp_path / "changes.jsonl"
    file.write_bytes(line("Connect Stripe for payments") + b"\n" + line("hello"))
    done = suggest(file)
    assert done.returncode == 0, done.stderr
    first, second = answers(done)
    assert list(first) == ["kind", "also", "confidence", "abstain"]
    assert (first["kind"], first["abstain"]) == ("integration", False)
    assert 0.8 < first["confidence"] <= 1
    assert second["abstain"] is True
    assert second["kind"] != second["also"]


STRANGE = [
    "",
    " ",
    "x" * 10_000,
    "word " * 2_000,
    "Wir brauchen mehr Felder",
    "フィールドを追加する",
    "🔥🚀",
    "\x00\x01",
    "\ud800",
]


def test_strange_texts_are_abstained_from(here: Here) -> None:
    done = here.suggest(b"".join(map(line, STRANGE)))
    assert done.returncode == 0, done.stderr
    found = answers(done)
    assert [one["abstain"] for one in found] == [True] * len(STRANGE)
    assert all(one["kind"] and one["also"] for one in found)


WRONG = {
    b"not json\n": "is not JSON",
    b"[1]\n": "is not a JSON object",
    b"{}\n": "has no text",
    b'{"text": 5}\n': "has no text",
    b"\xff\xfe\x00\n": "is not UTF-8 text",
    b'{"text": "' + b"x" * 1024 * 1024 + b'"}\n': "is longer than 1024 KB",
    b"[" * 100_000 + b"\n": "nested too deeply",
}


def test_lines_that_are_none_are_named_and_the_others_are_answered() -> None:
    good = line("Connect Stripe"), line("Add a column")
    done = suggest(stdin=b"".join(raw + good[number % 2] for number, raw in enumerate(WRONG)))
    assert done.returncode == 2
    kinds = ["integration", "schema"] * len(WRONG)
    assert [one["kind"] for one in answers(done)] == kinds[: len(WRONG)]
    messages = done.stderr.decode().splitlines()
    assert len(messages) == len(WRONG)
    for number, (message, says) in enumerate(zip(messages, WRONG.values(), strict=True)):
        assert message.startswith(f"-:{2 * number + 1}: ")
        assert says in message


def test_a_binary_file_ends_in_a_clear_error_and_not_in_a_flood(here: Here) -> None:
    binary = bytes(range(128, 256)) + b"\n"
    assert here.suggest(binary).returncode == 2
    done = here.suggest(binary * 5_000)
    assert done.returncode == 1
    assert b"the rest is not read" in done.stderr
    assert len(done.stderr.splitlines()) < 1_100


def test_nothing_in_nothing_out(here: Here) -> None:
    done = here.suggest(b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_file_that_is_not_there_is_said(here: Here) -> None:
    done = here.suggest_file("/no/such/file")
    assert done.returncode == 1
    assert done.stderr.decode().strip() == "CommandError: /no/such/file: No such file or directory"


def test_without_the_extra_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('not here')")
    done = suggest(stdin=line("Connect Stripe"), env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert "Kinds cannot be suggested here: onnxruntime cannot be imported" in done.stderr.decode()
