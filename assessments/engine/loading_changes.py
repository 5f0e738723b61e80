"""Reads what a lens says about the five changes: their kinds, likelihoods and sentences."""

from __future__ import annotations

from typing import cast

from .lens import AXES, Axis, ChangeKind, ChangesText, Implied, Likelihood
from .toml_table import Table, finish


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
