"""``manage.py score``, as it is run: a process of its own, with nothing set."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assessments.engine.report import build_report
from tests.engine.lens_text import SHIPPED, edit, write
from tests.factories import Json, answers, changes, lens, only, parsed, stable_answers
from tests.servers import ROOT

MEGABYTE = 1024 * 1024
COMMAND = [sys.executable, "manage.py", "score"]
NOTHING_SET = {"PATH": os.defpath}
# file:line: path inside the object: sentence
MESSAGE = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): (?:(?P<path>[\w.\[\]]+): )?(?P<says>\S.*)$")


def score(
    *arguments: str | Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=ROOT,
        env=NOTHING_SET | (env or {}),
        input=stdin,
        capture_output=True,
        timeout=60,
    )


def reports(done: subprocess.CompletedProcess[bytes]) -> list[Json]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def line(file: Json) -> bytes:
    return json.dumps(file).encode() + b"\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("score")


# ---------------------------------------------------------------- good files


def test_each_answers_file_gives_one_report_a_line(folder: Path) -> None:
    pretty, lines = folder / "pretty.json", folder / "lines.jsonl"
    pretty.write_text(json.dumps(answers(), indent=2), encoding="utf-8")
    lines.write_bytes(line(stable_answers()) + b"\n" + line(only()))
    done = score(pretty, lines)
    assert (done.returncode, done.stderr) == (0, b"")
    expected = [build_report(lens(), parsed(f)) for f in (answers(), stable_answers(), only())]
    assert reports(done) == expected


def test_a_report_has_what_a_script_wants_of_it() -> None:
    (report,) = reports(score("-", stdin=line(answers(mistake=None))))
    assert report["lens"] == {"id": "fastapi-go", "version": lens().version, "title": lens().title}
    for axis in ("uncertainty", "operations"):
        assert report[axis]["low"] <= report[axis]["score"] <= report[axis]["high"]
    assert report["lean"] == pytest.approx(
        report["uncertainty"]["score"] - report["operations"]["score"]
    )
    assert 0 < report["belief"] < 1
    assert set(report["regret"]) == set(report["robustness"]) == {"fastapi", "go"}
    assert report["stack"] == "fastapi"
    assert report["strength"] in ("close", "lean", "clear")
    assert report["pattern"] == "single"
    assert report["settled"] is True
    assert {"question", "points", "reason"} <= report["contributions"][0].keys()
    assert isinstance(report["flips"], list)
    assert report["next_question"]["question"] == "mistake"


def test_standard_input_is_read_for_a_dash(folder: Path) -> None:
    path = folder / "file.json"
    path.write_bytes(line(stable_answers()))
    done = score("-", path, stdin=json.dumps(answers(), indent=1).encode())
    assert done.returncode == 0
    assert [report["project"]["name"] for report in reports(done)] == ["Ledgerly", "Tidegate"]


def test_words_in_any_script_come_out_as_they_went_in() -> None:
    file = only(changes=[{"text": "🦊 דו״ח"}]) | {"project": {"name": "فواتير"}}
    done = score("-", stdin=line(file))
    assert "🦊 דו״ח" in done.stdout.decode()
    assert reports(done)[0]["project"] == {"name": "فواتير"}


def test_the_text_format_is_for_people() -> None:
    done = score("--format", "text", "-", stdin=line(answers()))
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert text.startswith("Ledgerly: Start with FastAPI.\n")
    assert "readings consistent with your answers" in text
    assert not text.lstrip().startswith("{")


def test_another_lens_can_be_named(tmp_path: Path) -> None:
    other = write(tmp_path, edit(SHIPPED, "[lens]", None, "id = .*", 'id = "another"'))
    (report,) = reports(score("-", stdin=line(only()), env={"LENS_FILE": str(other)}))
    assert report["lens"]["id"] == "another"


def test_a_lens_with_a_mistake_is_refused_without_a_traceback(tmp_path: Path) -> None:
    broken = write(tmp_path, edit(SHIPPED, "[[question]]", "schema", "why = .*", ""))
    done = score("-", stdin=line(only()), env={"LENS_FILE": str(broken)})
    assert done.returncode != 0
    assert done.stdout == b""
    said = done.stderr.decode()
    assert f"{broken}: question[schema]: “why” is missing" in said
    assert "Traceback" not in said


def test_it_works_from_another_folder_and_in_the_c_locale(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_bytes(line({**only(), "project": {"name": "🦊"}}))
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "score", "answers.json"],
        cwd=tmp_path,
        env=NOTHING_SET | {"LC_ALL": "C"},
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert reports(done)[0]["project"] == {"name": "🦊"}


def test_output_is_utf8_whatever_the_terminal_speaks() -> None:
    done = score(
        "-", stdin=line({**only(), "project": {"name": "🦊"}}), env={"PYTHONIOENCODING": "ascii"}
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert reports(done)[0]["project"] == {"name": "🦊"}


# ---------------------------------------------------------------- bad files

FIVE = changes(*["schema"] * 5)
GOOD = line(answers())
# name: content, then the line and path of each message, and a part of the sentence
BAD: dict[str, tuple[bytes, list[tuple[int, str | None, str]]]] = {
    "unknown-key": (line(only() | {"colour": 1}), [(1, "colour", "is not known here")]),
    "unknown-question": (line(only(colour="red")), [(1, "answers.colour", "is not known here")]),
    "unknown-option": (line(only(schema="wobbly")), [(1, "answers.schema", "“wobbly”")]),
    "unknown-kind": (
        line(only(changes=[{"text": "x", "kind": "pricing"}])),
        [(1, "answers.changes[0].kind", "“pricing”")],
    ),
    "sixth-change": (
        line(only(changes=[*FIVE, FIVE[0]])),
        [(1, "answers.changes", "lists 6 changes; at most 5")],
    ),
    "empty-text": (
        line(only(changes=[{"text": ""}])),
        [(1, "answers.changes[0].text", "is empty")],
    ),
    "null-byte": (line(only() | {"project": {"name": "a\0"}}), [(1, "project.name", "U+0000")]),
    "second-line": (GOOD + line(only(schema="wobbly")) + GOOD, [(2, "answers.schema", "“wobbly”")]),
    "two-mistakes": (
        line(only(schema="wobbly", peak_rps=-1)),
        [(1, "answers.schema", "“wobbly”"), (1, "answers.peak_rps", "has to lie between")],
    ),
    "not-utf8": (GOOD + b'{"a": "\xff"}\n', [(2, None, "is not UTF-8 text")]),
    "not-json": (GOOD + b"{oops}\n", [(2, None, "is not JSON")]),
    "cut-off": (json.dumps(answers(), indent=1).encode()[:-3], [(80, None, "is not JSON")]),
    "empty": (b"", [(1, None, "is empty")]),
    "a-list": (b"[]", [(1, None, "has to be an object")]),
    "deep": (b"[" * 100_000, [(1, None, "is nested too deeply")]),
    "deep-object": (b'{"a":' * 100_000, [(1, None, "is nested too deeply")]),
    "twice": (b'{"format": 1, "format": 1}', [(1, None, "twice")]),
    "nan": (b'{"answers": {"peak_rps": NaN}}', [(1, None, "NaN")]),
    "long-line": (line(only() | {"project": {"name": "x" * MEGABYTE}}), [(1, None, "1024 KB")]),
}


@pytest.fixture(scope="module")
def bad_run(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """All bad files, a file of 100 MB, one that is missing and a folder, between two good ones."""
    first, last = folder / "first.json", folder / "last.json"
    first.write_bytes(GOOD)
    last.write_bytes(line(stable_answers()))
    for name, (content, _) in BAD.items():
        (folder / name).write_bytes(content)
    with (folder / "large").open("wb") as sparse:
        sparse.truncate(100 * MEGABYTE)
    began = time.monotonic()
    done = score(
        *(first, *(folder / name for name in BAD)),
        *(folder / "large", folder / "none", folder, last),
    )
    assert time.monotonic() - began < 20
    return done


def said(done: subprocess.CompletedProcess[bytes], path: Path) -> list[str]:
    """The lines on standard error about one file."""
    return [text for text in done.stderr.decode().splitlines() if text.startswith(f"{path}:")]


@pytest.mark.parametrize("name", BAD)
def test_each_mistake_is_named_with_file_line_path_and_sentence(
    bad_run: subprocess.CompletedProcess[bytes], folder: Path, name: str
) -> None:
    found = [MESSAGE.match(text) for text in said(bad_run, folder / name)]
    expected = BAD[name][1]
    assert len(found) == len(expected)
    for match, (number, path, sentence) in zip(found, expected, strict=True):
        assert match
        if name != "cut-off":  # its line is the last one, however the answers are laid out
            assert int(match["line"]) == number
        assert match["path"] == path
        assert sentence in match["says"]


def test_a_file_of_a_hundred_megabytes_is_refused(
    bad_run: subprocess.CompletedProcess[bytes], folder: Path
) -> None:
    (message,) = said(bad_run, folder / "large")
    assert message.endswith("large:1: is larger than 32 MB, the limit for one file")


def test_what_cannot_be_read_is_said_so(
    bad_run: subprocess.CompletedProcess[bytes], folder: Path
) -> None:
    assert said(bad_run, folder / "none") == [
        f"{folder / 'none'}: cannot be read: No such file or directory"
    ]
    assert f"{folder}: cannot be read: Is a directory" in bad_run.stderr.decode()


def test_good_files_are_scored_beside_bad_ones_and_the_exit_says_that_some_were_bad(
    bad_run: subprocess.CompletedProcess[bytes],
) -> None:
    assert bad_run.returncode == 2
    assert [report["project"]["name"] for report in reports(bad_run)] == ["Ledgerly", "Tidegate"]


def test_no_mistake_ends_in_a_traceback(bad_run: subprocess.CompletedProcess[bytes]) -> None:
    assert b"Traceback" not in bad_run.stderr
    assert len(bad_run.stderr.splitlines()) == sum(len(m) for _, m in BAD.values()) + 3


def test_standard_input_is_limited_like_a_file() -> None:
    done = score("-", stdin=b"\0" * (33 * MEGABYTE))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"-:1: is larger than 32 MB, the limit for one file\n"


def test_a_mistake_on_standard_input_is_named_with_a_dash() -> None:
    done = score("-", stdin=GOOD + line(only(schema="wobbly")))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"-:2: answers.schema: ")


def test_without_a_file_it_says_how_it_is_used() -> None:
    done = score()
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"usage:" in done.stderr


def test_a_pipe_given_as_a_file_is_read() -> None:
    # as in `score <(command)`
    reading, writing = os.pipe()
    os.write(writing, GOOD)
    os.close(writing)
    done = subprocess.run(
        [*COMMAND, f"/dev/fd/{reading}"],
        cwd=ROOT,
        env=NOTHING_SET,
        pass_fds=[reading],
        capture_output=True,
    )
    os.close(reading)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(reports(done)) == 1


def test_a_reader_that_goes_away_is_not_taken_for_a_mistake_in_the_file(folder: Path) -> None:
    # as in `score FILE | head -1`
    path = folder / "many.jsonl"
    path.write_bytes(GOOD * 40)
    running = subprocess.Popen(
        [*COMMAND, str(path)],
        cwd=ROOT,
        env=NOTHING_SET,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout
    assert running.stderr
    assert running.stdout.readline().startswith(b"{")
    running.stdout.close()
    complaint = running.stderr.read().decode()
    running.stderr.close()
    running.wait(timeout=30)
    assert "cannot be read" not in complaint
    assert "Traceback" not in complaint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_not_taken_for_a_mistake_in_the_file(folder: Path) -> None:
    path = folder / "file.json"
    path.write_bytes(GOOD)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, str(path)], cwd=ROOT, env=NOTHING_SET, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode != 0
    assert b"No space left" in done.stderr
    assert b"cannot be read" not in done.stderr


def test_a_mistake_stays_a_mistake_when_the_reader_goes_away(folder: Path) -> None:
    bad, good = folder / "bad.json", folder / "many.jsonl"
    bad.write_bytes(b"{oops}")
    good.write_bytes(GOOD * 40)
    running = subprocess.Popen(
        [*COMMAND, str(bad), str(good)],
        cwd=ROOT,
        env=NOTHING_SET,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert running.stdout
    running.stdout.readline()
    running.stdout.close()
    assert running.wait(timeout=30) == 2


# ---------------------------------------------------------------- memory


def peak_memory(path: Path, env: dict[str, str]) -> int:
    """The most memory, in KB, that scoring this file took."""
    with open(os.devnull, "wb") as nowhere:
        running = subprocess.Popen([*COMMAND, str(path)], cwd=ROOT, env=env, stdout=nowhere)
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0
    return int(usage.ru_maxrss)


def test_ten_times_as_many_answers_take_no_more_memory(tmp_path: Path) -> None:
    quick = write(tmp_path, edit(SHIPPED, "[arithmetic]", None, "draws = .*", "draws = 10"))
    peaks: dict[int, Any] = {}
    for count in (50, 500):
        path = tmp_path / f"{count}.jsonl"
        path.write_bytes((line(answers()) + line(stable_answers(mistake=None))) * (count // 2))
        peaks[count] = peak_memory(path, NOTHING_SET | {"LENS_FILE": str(quick)})
    assert peaks[500] < peaks[50] + 8 * 1024
