"""What a good colleague would say about the five changes: plain rules on plain words.

A hint never blocks anything. A false alarm costs more trust than a miss, so a rule speaks only
where it knows every word of an entry; what is in another language, or says anything of its own,
is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .answers import MAX_CHANGES, Change
from .coach_rules import CoachRule
from .lens import Lens
from .words import words_in


@dataclass(frozen=True)
class Hint:
    """What is said about one row, counted from 0, or about the whole list (``None``).

    ``rule`` is the id of the rule in the lens; ``better`` is an entry that it would not stop at.
    """

    rule: str
    row: int | None
    says: str
    better: str


@dataclass(frozen=True)
class _Entry:
    """One row as the rules see it: its words, and those of the rows above it."""

    words: Sequence[str]
    above: Sequence[Sequence[str]]
    has_to_hold: bool


# What a rule found, as the places of its sentence; None where it has nothing to say.
Found = Mapping[str, object] | None


def coach(lens: Lens, changes: Sequence[Change]) -> list[Hint]:
    """At most one hint a row, top to bottom, and last what is said about the whole list."""
    words = [words_in(change.text) for change in changes]
    entries = [
        _Entry(words[row], words[:row], _has_to_hold(lens, change))
        for row, change in enumerate(changes)
    ]
    hints = [_row_hint(lens, entry, row) for row, entry in enumerate(entries)]
    return [hint for hint in (*hints, _list_hint(lens, changes)) if hint]


def _has_to_hold(lens: Lens, change: Change) -> bool:
    kind = lens.kind.get(change.kind or "")
    return kind is not None and kind.axis == "operations"


def _row_hint(lens: Lens, entry: _Entry, row: int) -> Hint | None:
    """The first rule that has something to say; the lens lists the most useful first."""
    for rule in lens.coach:
        check = _ROW_RULES.get(rule.id)
        found = check(rule, entry) if check and entry.words else None
        if found is not None:
            says = rule.says.format(**found)
            return Hint(rule.id, row, says, _better(rule, entry.words))
    return None


def _better(rule: CoachRule, words: Sequence[str]) -> str:
    """The example that fits one of the words, or else the rule's own."""
    fitting = (ex.better for ex in rule.examples if ex.words.intersection(words))
    return next(fitting, rule.better)


def _duplicate(rule: CoachRule, entry: _Entry) -> Found:
    """The same words as in a row above, but for those that make no difference."""
    own = _bare(rule, entry.words)
    for row, words in enumerate(entry.above):
        if _bare(rule, words) == own:
            return {"number": row + 1}
    return None


def _bare(rule: CoachRule, words: Sequence[str]) -> str:
    telling = [word for word in words if word not in rule.beside] or words
    # letters run together, so that “sign up” is “sign-up”; numbers stay apart
    return "".join(word if word.isalpha() else f" {word} " for word in telling)


def _vague(rule: CoachRule, entry: _Entry) -> Found:
    """Nothing but words that would stand on anybody's list, and words that may go with them."""
    return _only(rule, entry.words)


def _feature(rule: CoachRule, entry: _Entry) -> Found:
    """A thing to build and nothing about it, with or without “we will add” in front.

    A dashboard that is listed as something to hold is there to watch, and no feature.
    """
    start = 0
    while start < len(entry.words) and entry.words[start] in rule.before:
        start += 1
    return None if entry.has_to_hold else _only(rule, entry.words[start:])


def _only(rule: CoachRule, words: Sequence[str]) -> Found:
    known = all(word in rule.words or word in rule.beside for word in words)
    return {} if known and rule.words.intersection(words) else None


_ROW_RULES: dict[str, Callable[[CoachRule, _Entry], Found]] = {
    "duplicate": _duplicate,
    "vague": _vague,
    "feature": _feature,
}


def _list_hint(lens: Lens, changes: Sequence[Change]) -> Hint | None:
    """Five changes of one kind: the founder may have looked in one direction only."""
    written = [change for change in changes if change.text.strip()]
    kind = lens.kind.get(written[0].kind or "") if len(written) == MAX_CHANGES else None
    if kind is None or any(change.kind != kind.id for change in written):
        return None
    rule = next((rule for rule in lens.coach if rule.id == f"one_kind_{kind.axis}"), None)
    return Hint(rule.id, None, rule.says.format(kind=kind.label), rule.better) if rule else None
