"""Answers files as bytes: what is read, and what is refused on which line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.engine.answers import Answers
from assessments.engine.intake import (
    DOCUMENT_LIMIT,
    FILE_LIMIT,
    IntakeError,
    Mistake,
    documents,
    mistakes,
    only_document,
)
from tests.examples import examples
from tests.factories import Json, answers, answers_files, lens, only, parsed, stable_answers

MEGABYTE = 1024 * 1024
BOM = "\N{BYTE ORDER MARK}".encode()
GOOD, OTHER = answers(), stable_answers()
PRETTY = json.dumps(GOOD, indent=2).encode()


def line(file: Json) -> bytes:
    return json.dumps(file).encode() + b"\n"


def found(content: bytes) -> list[Mistake]:
    return mistakes(lens(), io.BytesIO(content))


def only_mistake(content: bytes) -> tuple[int, str]:
    """The line and the sentence of the only mistake, which is about the file and no path in it."""
    (mistake,) = found(content)
    assert mistake.problem.path == ""
    return mistake.line, mistake.problem.message


def read(content: bytes) -> list[Answers]:
    assert found(content) == []
    return list(documents(lens(), io.BytesIO(content)))


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(GOOD).encode(),
        line(GOOD),
        PRETTY,
        b"\n\n" + PRETTY + b"\n\n",
        PRETTY.replace(b"\n", b"\r\n"),
        json.dumps(GOOD, indent=0).encode(),
        BOM + line(GOOD),
        BOM + PRETTY,
        b"  " + line(GOOD),
    ],
    ids=["bare", "line", "pretty", "blank", "CRLF", "brace alone", "BOM", "pretty BOM", "indented"],
)
def test_one_object_in_any_layout_is_one_answers_file(content: bytes) -> None:
    assert read(content) == [parsed(GOOD)]


@pytest.mark.parametrize(
    "content",
    [
        line(GOOD) + line(OTHER),
        (line(GOOD) + line(OTHER)).rstrip(),
        b"\n" + line(GOOD) + b"\n  \n" + line(OTHER) + b"\n",
        (line(GOOD) + line(OTHER)).replace(b"\n", b"\r\n"),
        BOM + line(GOOD) + line(OTHER),
    ],
    ids=["lines", "no last newline", "blank lines", "CRLF", "BOM"],
)
def test_json_lines_are_one_answers_file_each(content: bytes) -> None:
    assert read(content) == [parsed(GOOD), parsed(OTHER)]


def test_words_come_through_as_they_were_written() -> None:
    file = {**only(), "project": {"name": "🦊 דו״ח ledger"}}
    (taken,) = read(json.dumps(file, ensure_ascii=False).encode() + b"\n")
    assert taken.name == file["project"]["name"]


def test_the_stream_is_left_at_its_start() -> None:
    stream = io.BytesIO(line(GOOD))
    assert mistakes(lens(), stream) == []
    assert stream.tell() == 0
    stream = io.BytesIO(line(GOOD) + b"nonsense")
    assert mistakes(lens(), stream) != []
    assert stream.tell() == 0


@examples(30)
@given(st.lists(answers_files(words=True), min_size=2, max_size=3))
def test_drawn_files_survive_being_lines(drawn: list[Json]) -> None:
    content = b"".join(json.dumps(file, ensure_ascii=False).encode() + b"\n" for file in drawn)
    assert read(content) == [parsed(file) for file in drawn]


# ---------------------------------------------------------------- what is refused, on which line


@pytest.mark.parametrize("content", [b"", b"\n" * 1000, b"   ", BOM, b"\r\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert only_mistake(content) == (1, "is empty: there is no answers file in it")


def test_what_is_not_utf8_is_refused_on_its_line() -> None:
    assert only_mistake(b"\xff\xfe\x00") == (1, "is not UTF-8 text")
    assert only_mistake(line(GOOD) + b"\n" + b'{"a": "\xe9"}\n') == (3, "is not UTF-8 text")
    latin = PRETTY.replace(b"Invoices", "Factures réglées".encode("latin-1"))
    at = 1 + latin[: latin.index(b"\xe9")].count(b"\n")
    assert at > 2
    assert only_mistake(latin) == (at, "is not UTF-8 text")


def test_other_encodings_of_unicode_are_refused() -> None:
    assert only_mistake(json.dumps(GOOD).encode("utf-16")) == (1, "is not UTF-8 text")


def test_a_mistake_is_reported_with_its_line() -> None:
    second = line(only(schema="wobbly"))
    (mistake,) = found(line(GOOD) + second + line(OTHER))
    assert (mistake.line, mistake.problem.path) == (2, "answers.schema")


def test_lines_after_a_bad_one_are_looked_at_too() -> None:
    bad = line(only(schema="wobbly"))
    reported = found(line(GOOD) + b"{oops}\n" + bad + b"\n[]\n" + line(OTHER))
    assert [(m.line, m.problem.path) for m in reported] == [(2, ""), (3, "answers.schema"), (5, "")]


def test_a_bad_first_line_does_not_hide_the_others() -> None:
    reported = found(b"{oops}\n" + line(GOOD) + line(only(schema="wobbly")))
    assert [(m.line, m.problem.path) for m in reported] == [(1, ""), (3, "answers.schema")]


def test_json_that_is_cut_off_is_refused_on_the_line_where_it_ends() -> None:
    cut = PRETTY[: PRETTY.index(b'"schema"')].rstrip()
    number, message = only_mistake(cut)
    assert number == cut.count(b"\n") + 1
    assert message.startswith("is not JSON: ")


def test_a_cut_off_line_is_refused_on_that_line() -> None:
    number, message = only_mistake(line(GOOD) + line(OTHER)[:50])
    assert number == 2
    assert message.startswith("is not JSON: ")


# Cut off where the file could go on with another line.
CUT = json.dumps(GOOD).encode().partition(b'"schema"')[0] + b"\n"


def test_a_first_line_that_is_cut_off_is_refused_on_that_line() -> None:
    assert only_mistake(CUT + line(OTHER))[0] == 1


def test_a_first_line_that_is_cut_off_does_not_make_a_long_file_one_object() -> None:
    number, message = only_mistake(CUT + line(OTHER) * 2000)
    assert number == 1
    assert message.startswith("is not JSON: ")


def test_a_mistake_inside_pretty_printed_json_has_its_own_line() -> None:
    broken = PRETTY.replace(b'"answers": {', b'"answers": {,')
    number, message = only_mistake(broken)
    assert number == 1 + broken[: broken.index(b"{,")].count(b"\n")
    assert message.startswith("is not JSON: ")
    assert "column" in message


@pytest.mark.parametrize("content", [b"nonsense", b"{'format': 1}", b"{} {}", b'{"a": 01}'])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    number, message = only_mistake(content)
    assert number == 1
    assert message.startswith("is not JSON: ")


@pytest.mark.parametrize("content", [b"[]", b"7", b'"text"', b"null", b"[\n" + PRETTY + b"\n]"])
def test_json_that_is_no_object_is_refused(content: bytes) -> None:
    number, message = only_mistake(content)
    assert number == 1
    assert message.startswith("has to be an object")


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000]
)
def test_deep_nesting_is_refused(content: bytes) -> None:
    assert only_mistake(content) == (1, "is nested too deeply to be an answers file")
    assert only_mistake(line(GOOD) + content)[0] == 2


def test_nesting_that_python_can_still_read_is_no_answers_file_either() -> None:
    nested = b'{"answers": ' + b'{"a": ' * 300 + b"1" + b"}" * 300 + b', "format": 1}'
    assert {m.problem.path for m in found(nested)} == {"answers.a", "format"}


@pytest.mark.parametrize(
    "content",
    [
        b'{"format": 1, "format": 2}',
        b'{"answers": {"schema": "moving", "schema": "settled"}}',
        b'{"answers": {"changes": [{"text": "a", "text": "a"}]}}',
    ],
)
def test_a_key_given_twice_is_refused(content: bytes) -> None:
    number, message = only_mistake(line(GOOD) + content)
    assert number == 2
    assert "twice in one object" in message


@pytest.mark.parametrize("key", ["a\\nb", "\\u001b[31m", "\\ud800"])
def test_a_strange_key_given_twice_cannot_garble_the_message(key: str) -> None:
    _, message = only_mistake(f'{{"{key}": 1, "{key}": 2}}'.encode())
    assert message.isprintable()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have_are_refused(number: str) -> None:
    content = f'{{"format": "stackpick-answers/1", "answers": {{"peak_rps": {number}}}}}'.encode()
    assert only_mistake(content) == (1, f"contains {number}, which is not a JSON number")


@pytest.mark.parametrize("number", ["9" * 1000, "1e400", "-1e400", "1e309"])
def test_numbers_out_of_all_range_are_refused_at_their_place(number: str) -> None:
    (mistake,) = found(line(only(peak_rps=0)).replace(b" 0}", f" {number}}}".encode()))
    assert mistake.problem.path == "answers.peak_rps"
    assert "has to lie between" in mistake.problem.message
    assert len(mistake.problem.message) < 100


def test_a_number_too_long_to_be_read_is_refused_in_words_for_its_writer() -> None:
    number, message = only_mistake(
        line(only(peak_rps=0)).replace(b" 0}", b" " + b"9" * 5000 + b"}")
    )
    assert number == 1
    assert "sys." not in message


# ---------------------------------------------------------------- size


class CountedFile(io.FileIO):
    """A file that knows how much was read from it."""

    taken = 0

    def readinto(self, buffer: object) -> int:
        count = super().readinto(buffer) or 0  # type: ignore[arg-type]
        self.taken += count
        return count


def test_a_file_that_is_too_large_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as sparse:
        sparse.truncate(33 * MEGABYTE)
    raw = CountedFile(path)
    with io.BufferedReader(raw) as stream:
        (mistake,) = mistakes(lens(), stream)
    assert (mistake.line, str(mistake.problem)) == (
        1,
        "is larger than 32 MB, the limit for one file",
    )
    assert raw.taken == 0


def test_a_file_at_the_limit_is_read_and_judged_by_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "zeros.json"
    with path.open("wb") as sparse:
        sparse.truncate(FILE_LIMIT)
    with path.open("rb") as stream:
        (mistake,) = mistakes(lens(), stream)
    assert str(mistake.problem) == "is larger than 1024 KB, the limit for one answers file"


def test_a_line_that_is_too_long_is_refused_on_its_line() -> None:
    long = line({**only(), "project": {"name": "x" * 2 * MEGABYTE}})
    sentence = "is larger than 1024 KB, the limit for one answers file"
    assert only_mistake(long) == (1, sentence)
    assert only_mistake(line(GOOD) + b"\n" + long) == (3, sentence)


def test_an_answers_file_may_be_as_long_as_the_limit() -> None:
    padded = line(GOOD).rstrip() + b" " * DOCUMENT_LIMIT
    assert read(padded[: DOCUMENT_LIMIT - 1] + b"\n" + line(OTHER)) == [parsed(GOOD), parsed(OTHER)]


def test_a_file_full_of_mistakes_does_not_fill_the_memory() -> None:
    first_ones = found(b"{}\n" * 20_000)
    assert len(first_ones) <= 1000
    assert "still more mistakes" in first_ones[-1].problem.message


def test_a_document_by_itself_is_read_whole() -> None:
    assert only_document(b'\xef\xbb\xbf{"a":\n1}\n') == {"a": 1}


@pytest.mark.parametrize("raw", [b"", b"{} {}", b"\xff", b'{"a": 1, "a": 2}', b"[" * 100_000])
def test_bytes_that_are_no_document_by_themselves_are_refused(raw: bytes) -> None:
    with pytest.raises(IntakeError):
        only_document(raw)
