"""The shipped lens as text, and small edits of it: one line, one question more, some fewer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from assessments.engine.lens import Lens
from assessments.engine.loading import DEFAULT_LENS, load_lens

SHIPPED = DEFAULT_LENS.read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    """The text cut before each table's header; together they are the text again."""
    return re.split(r"(?m)^(?=\[)", text)


def edit(text: str, header: str, name: str | None, pattern: str, replacement: str) -> str:
    """The text with one line changed, in the first table with this header (and this id)."""
    parts = blocks(text)
    for n, block in enumerate(parts):
        if block.startswith(header) and (name is None or f'\nid = "{name}"\n' in block):
            parts[n], count = re.subn(f"(?m)^{pattern}$", lambda _: replacement, block, count=1)
            assert count, f"nothing like {pattern} in {header} {name}"
            return "".join(parts)
    raise AssertionError(f"no table {header} {name}")


# a guardrail's or a cost's condition, or the answer that a kind of change implies
_HANGS_ON = r'(?m)^when = .*\b{0} = |^question = "{0}"$'


def without_questions(text: str, ids: Iterable[str]) -> str:
    """The text without some questions, what hangs on them, and steps that are empty then."""
    gone = set(ids)
    kept: list[str] = []
    dropping = False
    for block in blocks(text):
        if block.startswith("[[question]]"):
            dropping = _id(block) in gone
        elif not block.startswith(("[[question.option]]", "[question.cap]")):
            dropping = any(re.search(_HANGS_ON.format(name), block) for name in gone)
        if not dropping:
            kept.append(block)
    used = {match[1] for block in kept if (match := re.search(r'(?m)^step = "(.*)"$', block))}
    return "".join(b for b in kept if not b.startswith("[[step]]") or _id(b) in used)


def _id(block: str) -> str:
    match = re.search(r'(?m)^id = "(.*)"$', block)
    assert match
    return match[1]


def write(folder: Path, text: str) -> Path:
    """A lens file of its own for each text, because lenses are cached by their path."""
    path = folder / f"lens-{len(list(folder.iterdir()))}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, text: str) -> Lens:
    return load_lens(write(folder, text))
