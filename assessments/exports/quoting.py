"""A consultant's Markdown as a part of a longer document, whose structure it cannot break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, html_inline
from markdown_it.token import Token

from .markdown import DEEPEST, escaped, highest_heading, level_of
from .plain import clean

# Escaping one tag can bring up another that it hid; more rounds than this are no honest text.
ROUNDS = 12
_PLACES = "places of HTML"
_ANGLE = re.compile(r"(?<!\\)(?:\\\\)*<")
_ODD_BLANKS = re.compile(r"[^\S \t]")
_CLOSING_HASHES = re.compile(r"(?<!\\)#(?=#*\Z)")


def embedded(text: str, top: int) -> str:
    """The Markdown as it is, but for headings and HTML: to stand at the end of a document.

    Its highest heading gets level ``top``, the others follow, down to level 6. HTML outside of
    code is escaped. Where that cannot be done for certain, the text is given without any markup.
    """
    given = clean(text).strip("\n")
    tame = _with_headings_from(_without_html(given), top)
    return tame if _is_tame(tame, top) else _literal(given)


def _literal(text: str) -> str:
    return "\n\n".join(filter(None, map(escaped, text.split("\n"))))


@cache
def _readers() -> tuple[MarkdownIt, MarkdownIt]:
    """Plain CommonMark, and with tables: whoever reads the document may know them or not."""
    readers = (
        MarkdownIt("commonmark"),
        MarkdownIt("commonmark").enable(["table", "strikethrough"]),
    )
    for reader in readers:
        reader.inline.ruler.at("html_inline", _noted_html)
    return readers


def _noted_html(state: StateInline, silent: bool) -> bool:
    """The parser's own rule, which also notes in which text and at which place it found HTML."""
    place = state.pos
    found = html_inline(state, silent)
    if found and not silent:
        state.env.setdefault(_PLACES, {}).setdefault(state.src, set()).add(place)
    return found


# ---------------------------------------------------------------- HTML


def _without_html(text: str) -> str:
    for _ in range(ROUNDS):
        places = {place for reader in _readers() for place in _html_places(reader, text)}
        if not places:
            break
        text = "".join(f"\\{c}" if n in places else c for n, c in enumerate(text))
    return text


def _html_places(reader: MarkdownIt, text: str) -> Iterator[int]:
    """Where in the text each ``<`` stands that begins HTML."""
    env: dict[str, dict[str, set[int]]] = {}
    tokens = reader.parse(text, env)
    starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
    table: list[int] | None = None
    for token in tokens:
        if token.type in ("table_open", "table_close"):
            table = token.map
        found = env.get(_PLACES, {}).get(token.content, set()) if token.type == "inline" else set()
        if token.type == "html_block" or (found and table):
            first, last = table or token.map or [0, 0]
            block = text[starts[first] : starts[last]]
            yield from (starts[first] + angle.end() - 1 for angle in _ANGLE.finditer(block))
        elif found and token.map:
            yield from _in_source(text, starts[token.map[0]], token.content, found)


def _in_source(text: str, start: int, content: str, places: set[int]) -> Iterator[int]:
    """Places in a block's content as places in the text.

    The block's lines have marks of lists and quotations before the content, but no ``<`` in them:
    the n-th in the content is the n-th in the text.
    """
    angles = (found.start() for found in re.compile("<").finditer(text, start))
    inside = (found.start() for found in re.finditer("<", content))
    yield from (there for there, here in zip(angles, inside, strict=False) if here in places)


# ---------------------------------------------------------------- headings


def _with_headings_from(text: str, top: int) -> str:
    tokens, lines = _readers()[0].parse(text), text.split("\n")
    shift = top - highest_heading(tokens, top)
    # from the end, because a heading of several lines becomes one
    for n in reversed(range(len(tokens))):
        if tokens[n].type == "heading_open":
            _move(lines, tokens[n], tokens[n + 1], min(DEEPEST, level_of(tokens[n]) + shift))
    return "\n".join(lines)


def _move(lines: list[str], opening: Token, inline: Token, level: int) -> None:
    first, last = opening.map or [0, 0]
    marks = "#" * level
    if opening.markup.startswith("#"):
        lines[first] = lines[first].replace(opening.markup, marks, 1)
        return
    # underlined: there are such headings of levels 1 and 2 only
    content = [line.strip() for line in inline.content.split("\n")]
    # blanks that indent nothing would make a paragraph of the heading
    before = _ODD_BLANKS.sub("", lines[first].rstrip().removesuffix(content[0]))
    heading = _CLOSING_HASHES.sub(r"\#", " ".join(content))
    lines[first:last] = [f"{before}{marks} {heading}"]


# ---------------------------------------------------------------- the proof


def _is_tame(text: str, top: int) -> bool:
    readings = [reader.parse(text, {}) for reader in _readers()]
    return not any(_has_html(tokens) or highest_heading(tokens, top) < top for tokens in readings)


def _has_html(tokens: Sequence[Token]) -> bool:
    return any(
        token.type in ("html_block", "html_inline") or _has_html(token.children or ())
        for token in tokens
        if token.type != "image"  # what stands for an image is never read as HTML
    )
