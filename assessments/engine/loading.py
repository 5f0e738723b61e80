"""Reads a lens from its TOML file and refuses one with a mistake in it.

Every refusal is a ``LensError`` that names the file, the table and the reason, so that a lens is
mended by reading the message and not by reading this code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from .lens import (
    AXES,
    STACKS,
    STRENGTHS,
    Advice,
    Arithmetic,
    Axis,
    Cap,
    Lens,
    Loss,
    Option,
    Question,
    QuestionKind,
    Stack,
    StackText,
    Step,
)
from .lens_checks import check_lens
from .loading_changes import axis_of, change_kind, changes_text, coach_rule, likelihood, prompt
from .toml_table import LensError, Table, each, finish

DEFAULT_LENS = Path(__file__).parent / "lenses" / "fastapi_go.toml"
KINDS = ("choice", "changes", "number", "text")
SEAM_SENTENCES = ("unnamed", "title_unnamed", "fastapi", "rest", "now_fastapi", "now_go", "moving")


def load_lens(path: Path = DEFAULT_LENS) -> Lens:
    """The lens in the file at ``path``.

    Raises:
        LensError: the file cannot be read, is not TOML, or has a mistake in it.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LensError(path, "lens file", f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LensError(path, "lens file", f"is not TOML: {error}") from error
    lens = _lens(Table(path, "lens file", data))
    check_lens(lens, path)
    return lens


def _lens(root: Table) -> Lens:
    head = root.table("lens")
    axes = _axes(root.table("axis"))
    lens = Lens(
        id=head.text("id"),
        version=head.whole("version", low=1),
        title=head.text("title"),
        source=head.text("source"),
        answers_format=head.text("answers_format"),
        arithmetic=finish(root.table("arithmetic"), _arithmetic),
        axis_names={axis: text[0] for axis, text in axes.items()},
        axis_means={axis: text[1] for axis, text in axes.items()},
        stacks=_stacks(root.table("stack")),
        strengths=_only(root.table("strength"), (*STRENGTHS, "tie")),
        seam_text=finish(root.table("seam"), _seam_text),
        changes_text=finish(root.table("changes"), changes_text),
        likelihoods=each(root, "likelihood", likelihood),
        kinds=each(root, "kind", change_kind),
        prompts=each(root, "prompt", prompt),
        coach=each(root, "coach", coach_rule),
        steps=each(root, "step", _step),
        questions=each(root, "question", _question),
        guardrails=each(root, "guardrail", _advice),
        costs=each(root, "cost", _advice),
    )
    head.done()
    root.done()
    return lens


def _only(table: Table, keys: Iterable[str]) -> dict[str, str]:
    result = {key: table.text(key) for key in keys}
    table.done()
    return result


def _axes(table: Table) -> dict[Axis, tuple[str, str]]:
    """Per axis, its name and what it means."""
    found = {axis: finish(table.table(axis), _axis_text) for axis in AXES}
    table.done()
    return found


def _axis_text(table: Table) -> tuple[str, str]:
    return table.text("name"), table.text("means")


def _seam_text(table: Table) -> dict[str, str]:
    words = {key: table.text(key) for key in SEAM_SENTENCES}
    return words | {key: table.template(key, "part") for key in ("title", "go")}


def _arithmetic(table: Table) -> Arithmetic:
    return Arithmetic(
        scale=table.number("scale", 1, 1000),
        neutral=table.number("neutral", 0, 1),
        close_below=table.number("close_below", 0, 1),
        clear_from=table.number("clear_from", 0, 1),
        changes_cut=table.number("changes_cut", 1e-6),
        stand_in_likelihood=table.text("stand_in_likelihood"),
        expected_from=table.number("expected_from", 0, 1),
        draws=table.whole("draws", low=1, high=1_000_000),
        factor=table.number("factor", 1, 100),
    )


def _stacks(table: Table) -> dict[Stack, StackText]:
    stacks = {stack: _stack(table.table(stack), stack) for stack in STACKS}
    table.done()
    return stacks


def _stack(table: Table, stack: Stack) -> StackText:
    text = StackText(
        id=stack,
        name=table.text("name"),
        axis=axis_of(table),
        buys=table.text("buys"),
        bottleneck=table.text("bottleneck"),
        fear=table.word("fear", ("too_slow", "too_loosely"), "mistake"),
        against=table.text("against"),
        despite=table.text("despite"),
        level=table.text("level"),
        tips=table.template("tips", "reasons"),
        tips_mistake=table.text("tips_mistake"),
        tips_fit=table.text("tips_fit"),
        tips_near=table.text("tips_near"),
        opposed=table.text("opposed"),
        trap_title=table.text("trap_title"),
        trap=table.text("trap"),
        regret=table.text("regret"),
    )
    table.done()
    return text


def _step(table: Table) -> Step:
    return Step(
        id=table.text("id"),
        title=table.text("title"),
        lead=table.text("lead"),
        short=table.text("short"),
    )


def _question(table: Table) -> Question:
    kind = cast(QuestionKind, table.word("kind", KINDS, "kind of question"))
    weights = table.optional_table("weight").numbers(AXES, "axis", float("inf"))
    fit_weights = table.optional_table("fit_weight").numbers(STACKS, "stack", 1)
    return Question(
        id=table.text("id"),
        step=table.text("step"),
        kind=kind,
        label=table.text("label"),
        short=table.text("short"),
        why=table.text("why"),
        weights=cast(Mapping[Axis, float], weights),
        fit_weights=cast(Mapping[Stack, float], fit_weights),
        fit_unanswered=table.number("fit_unanswered", 0, 1) if table.has("fit_unanswered") else 0.0,
        options=each(table, "option", _option) if kind == "choice" else (),
        ordered=table.flag("ordered", True),
        only_forward=table.flag("only_forward", False),
        shown_if=_shown_if(table),
        max_length=table.whole("max_length", 0),
        minimum=table.whole("minimum", 0),
        maximum=table.whole("maximum", 0),
        cap=finish(table.table("cap"), _cap) if table.has("cap") else None,
    )


def _shown_if(table: Table) -> tuple[str, tuple[str, ...]] | None:
    conditions = table.optional_table("shown_if").words()
    if len(conditions) > 1:
        raise table.error("“shown_if” may name one question only")
    return next(iter(conditions.items()), None)


def _option(table: Table) -> Option:
    readings = table.optional_table("reading").numbers(AXES, "axis", 1)
    fit = table.optional_table("fit").numbers(STACKS, "stack", 1)
    return Option(
        id=table.text("id"),
        label=table.text("label"),
        says=table.text("says"),
        reason=table.text("reason"),
        sign=table.text("sign"),
        readings=cast(Mapping[Axis, float], readings),
        fit=cast(Mapping[Stack, float], fit),
        loss=finish(table.table("loss"), _loss) if table.has("loss") else None,
        seam_from=table.number("seam_from", 0, 100) if table.has("seam_from") else None,
    )


def _loss(table: Table) -> Loss:
    loss = Loss(table.number("too_slow", 0.01, 0.99), table.number("too_loosely", 0.01, 0.99))
    if abs(loss.too_slow + loss.too_loosely - 1) > 1e-9:
        raise table.error("the two losses have to add up to 1")
    return loss


def _cap(table: Table) -> Cap:
    return Cap(
        question=table.text("question"),
        axis=axis_of(table),
        below=table.number("below"),
        reading=table.number("reading", 0, 1),
        reason=table.template("reason", "number"),
    )


def _advice(table: Table) -> Advice:
    return Advice(
        id=table.text("id"),
        about=table.word("about", (*STACKS, "seam"), "stack"),
        text=table.text("text"),
        when=table.optional_table("when").words(),
    )
