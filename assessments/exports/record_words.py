"""The words of a decision record: everything foreign in it goes through one of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ..engine.sentences import isolated
from .markdown import escaped
from .plain import one_line

Json = Mapping[str, Any]

# As in the lens, whose names a report only has for the stack it chose.
STACKS = {"fastapi": "FastAPI", "go": "Go"}


def own(text: str) -> str:
    """Somebody's own words, in quotation marks, that cannot turn the direction of reading."""
    return f"“{escaped(isolated(one_line(text)))}”"


def continued(sentence: str) -> str:
    """A sentence of the lens as it goes on after “because”; stacks keep their capitals."""
    is_name = sentence.split(" ", 1)[0] in STACKS.values()
    return escaped(sentence if is_name else sentence[:1].lower() + sentence[1:])


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "\N{MINUS SIGN}")


def bullets(lines: Iterable[str], indent: str = "") -> str:
    return "\n".join(f"{indent}* {line}" for line in lines)


def contribution(part: Json) -> str:
    """An answer with what it weighs, as displayed, and why."""
    answer = f": {escaped(part['answer'])}" if part["answer"] else ""
    weighs = f"{escaped(part['label'])}{answer} ({signed(part['displayed'])})"
    return f"{weighs}. {escaped(part['reason'])}" if part["reason"] else weighs
