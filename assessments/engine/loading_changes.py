"""Reads what a lens says about the five changes: kinds, likelihoods, prompts and the coach."""

from __future__ import annotations

from typing import cast

from .coach_rules import CoachExample, CoachRule, Prompt
from .lens import AXES, Axis, ChangeKind, ChangesText, Implied, Likelihood
from .toml_table import Table, finish
from .words import words_in

# Per rule of coach.py, the place in its sentence and the lists of words that it goes by.
COACH_RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "duplicate": (("number",), ("beside",)),
    "vague": ((), ("words", "beside")),
    "feature": ((), ("words", "beside", "before")),
    **{f"one_kind_{axis}": (("kind",), ()) for axis in AXES},
}


def axis_of(table: Table) -> Axis:
    return cast(Axis, table.word("axis", AXES, "axis"))


def changes_text(table: Table) -> ChangesText:
    turns = table.table("turns")
    text = ChangesText(
        named={axis: table.template(f"named_{axis}", "named") for axis in AXES},
        reasons={axis: table.template(f"reason_{axis}", "share") for axis in AXES},
        likelier={axis: table.text(f"likelier_{axis}") for axis in AXES},
        even=table.text("reason_even"),
        unsorted=table.text("reason_unsorted"),
        turns={axis: turns.template(axis, "text") for axis in AXES},
    )
    turns.done()
    return text


def likelihood(table: Table) -> Likelihood:
    return Likelihood(
        id=table.text("id"),
        label=table.text("label"),
        probability=table.number("probability", 0, 1),
        rises=table.template("rises", "text"),
        fades=table.template("fades", "text"),
    )


def change_kind(table: Table) -> ChangeKind:
    return ChangeKind(
        id=table.text("id"),
        axis=axis_of(table),
        label=table.text("label"),
        means=table.text("means"),
        buys=table.text("buys"),
        implies=finish(table.table("implies"), _implied) if table.has("implies") else None,
    )


def _implied(table: Table) -> Implied:
    return Implied(
        question=table.text("question"),
        option=table.text("option"),
        one=table.text("one"),
        many=table.template("many", "count"),
    )


def prompt(table: Table) -> Prompt:
    return Prompt(table.text("id"), table.text("title"), table.text("example"))


def coach_rule(table: Table) -> CoachRule:
    name = table.word("id", COACH_RULES, "rule")
    places, lists = COACH_RULES[name]
    words = {key: _word_list(table, key) for key in lists}
    return CoachRule(
        id=name,
        says=table.template("says", *places),
        better=table.text("better"),
        words=words.get("words", frozenset()),
        beside=words.get("beside", frozenset()),
        before=words.get("before", frozenset()),
        examples=_examples(table, words["words"]) if "words" in words else (),
    )


def _examples(table: Table, words: frozenset[str]) -> tuple[CoachExample, ...]:
    tables = table.tables("example") if table.has("example") else []
    examples = tuple(finish(item, _example) for item in tables)
    for example in examples:
        for word in sorted(example.words - words):
            raise table.error(f"an example is for “{word}”, which is not one of the rule's words")
    return examples


def _example(table: Table) -> CoachExample:
    return CoachExample(_word_list(table, "words"), table.text("better"))


def _word_list(table: Table, key: str) -> frozenset[str]:
    """A list of single words, in the spelling in which the coach compares them."""
    spelled = {entry: words_in(entry) for entry in table.texts(key, "words")}
    for entry, words in spelled.items():
        if len(words) != 1:
            raise table.error(f"“{key}” holds “{entry}”, which is not one word")
    return frozenset(words[0] for words in spelled.values())
