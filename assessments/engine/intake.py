"""Answers files as bytes: one JSON object or JSON Lines, read with limits and clear refusals.

A file is read twice: ``mistakes`` goes through all of it first, so that nothing of a file with a
mistake in it is ever used; ``documents`` then gives its answers one by one, so that memory does
not grow with the file.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from .answers import Answers, AnswersError, Problem, parse
from .foreign_text import clip
from .lens import Lens

FILE_LIMIT = 32 * 1024 * 1024
DOCUMENT_LIMIT = 1024 * 1024
MOST_MISTAKES = 1000
LONGEST_NUMBER = 4000  # Python itself stops reading whole numbers soon after


@dataclass(frozen=True)
class Mistake:
    """A problem with its line in the file, counted from 1."""

    line: int
    problem: Problem


class IntakeError(ValueError):
    """A document that is no JSON object; ``line`` counts from 1 inside the file."""

    def __init__(self, line: int, message: str, path: str = "") -> None:
        self.line, self.problem = line, Problem(path, message)
        super().__init__(message)


Opener = Callable[[Any], Any]


def as_it_is(document: Any) -> Any:
    """The answers file in a document that is one."""
    return document


def mistakes(
    lens: Lens, stream: IO[bytes], opened: Opener = as_it_is, most: int | None = None
) -> list[Mistake]:
    """Every mistake in the file; the stream has to be seekable and is left at its start.

    Args:
        opened: gives the answers file in a decoded document, where it is wrapped in something.
        most: how many documents are taken; one more is a mistake, and the last that is looked at.
    """
    found: list[Mistake] = []
    try:
        for number, (line, text) in enumerate(_texts(stream)):
            if number == most:
                says = f"is one too many: at most {most:,} answers files are taken at once"
                found.append(Mistake(line, Problem("", says)))
                break
            found += _document_mistakes(lens, line, text, opened)
            if len(found) >= MOST_MISTAKES:
                rest = Problem("", "has still more mistakes; these are the first of them")
                found = [*found[: MOST_MISTAKES - 1], Mistake(line, rest)]
                break
    except IntakeError as error:
        found.append(Mistake(error.line, error.problem))
    stream.seek(0)
    return found


def documents(lens: Lens, stream: IO[bytes]) -> Iterator[Answers]:
    """The answers of a file without mistakes, one by one."""
    return (answers for _line, answers in numbered(lens, stream))


def numbered(
    lens: Lens, stream: IO[bytes], opened: Opener = as_it_is
) -> Iterator[tuple[int, Answers]]:
    """The same, each with the line that it begins on."""
    for line, text in _texts(stream):
        yield line, parse(lens, opened(decode(text, line)))


def only_document(raw: bytes) -> Any:
    """The one JSON document in these bytes.

    Raises:
        IntakeError: not UTF-8, or what ``decode`` refuses.
    """
    return decode(_decoded(raw, 1))


def decode(text: str, line: int = 1) -> Any:
    """One JSON document; refuses what JSON allows but an answers file cannot mean.

    Raises:
        IntakeError: not JSON, nested too deeply, a key given twice, or a number JSON does not have.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        place = line + error.lineno - 1
        raise IntakeError(place, f"is not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise IntakeError(line, "is nested too deeply to be an answers file") from None
    except ValueError as error:
        raise IntakeError(line, str(error)) from None


def _document_mistakes(lens: Lens, line: int, text: str, opened: Opener) -> list[Mistake]:
    try:
        parse(lens, opened(decode(text, line)))
    except IntakeError as error:
        return [Mistake(error.line, error.problem)]
    except AnswersError as error:
        return [Mistake(line, problem) for problem in error.problems]
    return []


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"gives the key “{clip(key)}” twice in one object")
        result[key] = value
    return result


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"contains a number of {len(digits)} digits")
    return int(digits)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"contains {name}, which is not a JSON number")


def _texts(stream: IO[bytes]) -> Iterator[tuple[int, str]]:
    """(line, text) of each document: a line each for JSON Lines, else the whole file."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > FILE_LIMIT:
        raise IntakeError(1, f"is larger than {FILE_LIMIT // 1024**2} MB, the limit for one file")
    if _is_one_object(stream):
        yield 1, _decoded(stream.read(DOCUMENT_LIMIT + 1), 1)
        return
    empty = True
    for number, raw in enumerate(iter(lambda: stream.readline(DOCUMENT_LIMIT + 1), b""), start=1):
        if raw.isspace():
            continue
        text = _decoded(raw, number)
        if text.strip():
            empty = False
            yield number, text.rstrip()
    if empty:
        raise IntakeError(1, "is empty: there is no answers file in it")


def _is_one_object(stream: IO[bytes]) -> bool:
    """Whether the file is one document over several lines; the stream is left at its start.

    A first line that is JSON by itself means JSON Lines. So does one that merely looks like an
    object, or that a line of JSON follows, unless all lines together are JSON: then its mistake is
    reported with its own line.
    """
    lines = iter(lambda: stream.readline(DOCUMENT_LIMIT + 1), b"")
    filled = (line.strip().removeprefix(codecs.BOM_UTF8) for line in lines)
    first = next(filter(None, filled), b"")
    second = _is_json(next(filter(None, filled), b""))
    stream.seek(0)
    if not first or _is_json(first):
        return False
    whole = stream.read(DOCUMENT_LIMIT + 1)
    stream.seek(0)
    return _is_json(whole) or not ((first.startswith(b"{") and first.endswith(b"}")) or second)


def _is_json(raw: bytes) -> bool:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _decoded(raw: bytes, line: int) -> str:
    if len(raw) > DOCUMENT_LIMIT:
        limit = DOCUMENT_LIMIT // 1024
        raise IntakeError(line, f"is larger than {limit} KB, the limit for one answers file")
    try:
        return raw.decode("utf-8").removeprefix("\N{BYTE ORDER MARK}")
    except UnicodeDecodeError as error:
        place = line + raw.count(b"\n", 0, error.start)
        raise IntakeError(place, "is not UTF-8 text") from None
