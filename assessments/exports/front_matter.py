"""The YAML in front of a decision record, valid however hostile the texts in it."""

from __future__ import annotations

import json
from datetime import date

from .item import Item
from .plain import one_line


def front_matter(item: Item, finished: date) -> str:
    """Status, date, and who has a part in the decision.

    The status is “proposed”: the record is a recommendation until the team that commits it says
    otherwise.
    """
    review = item.review
    changed = max(finished, review.on.date()) if review else finished
    lines = ["status: proposed", f"date: {changed.isoformat()}"]
    deciders = one_line(item.client) or one_line(item.project)
    if deciders:
        lines.append(f"decision-makers: [{quoted(deciders)}]")
    if review and one_line(review.by):
        lines.append(f"consulted: [{quoted(one_line(review.by))}]")
    return "\n".join(["---", *lines, "---"])


def quoted(text: str) -> str:
    """A YAML string in double quotes, on one line: JSON, with YAML's escapes for the unprintable.

    JSON's own would write a character beyond U+FFFF as two halves, which YAML does not join.
    """
    return "".join(map(_printable, json.dumps(text, ensure_ascii=False)))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"
