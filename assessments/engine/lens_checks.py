"""What has to hold between the tables of a lens, checked once when it is loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from .lens import AXES, Cap, Lens, Question
from .toml_table import LensError

# Ids become addresses and names of fields, where these are taken.
TAKEN_STEPS = {"check", "delete", "remind", "share", "review", "together", "what-if"}
LONGEST_ID = 40
_STEP_ID = re.compile(r"[a-z][a-z0-9_-]*")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = re.compile(r"version|then|project(_.*)?|change_.*|csrfmiddlewaretoken")


def check_lens(lens: Lens, file: Path) -> None:
    """Raises LensError for the first table that does not fit the others."""
    check = _Checks(lens, file)
    check.structure()
    for question in lens.questions:
        check.question(question)
    for kind in lens.kinds:
        if kind.implies:
            wanted = kind.implies.question, (kind.implies.option,)
            check.choice(*wanted, f"kind[{kind.id}].implies")
    for guardrail in lens.guardrails:
        if not guardrail.when:
            reason = "“when” is missing: a guardrail names the answers that call for it"
            raise check.refuse(f"guardrail[{guardrail.id}]", reason)
    for array, all_of_it in (("guardrail", lens.guardrails), ("cost", lens.costs)):
        for advice in all_of_it:
            check.known(advice.when, f"{array}[{advice.id}].when")


class _Checks:
    def __init__(self, lens: Lens, file: Path) -> None:
        self.lens, self.file = lens, file

    def refuse(self, table: str, reason: str) -> LensError:
        return LensError(self.file, table, reason)

    def structure(self) -> None:
        lens = self.lens
        if [q.kind for q in lens.questions].count("changes") != 1:
            raise self.refuse("question", "there has to be exactly one question of kind “changes”")
        if sum(q.sets_loss for q in lens.questions) != 1:
            raise self.refuse("question", "exactly one question has to set the two losses")
        if len({stack.axis for stack in lens.stacks.values()}) != len(AXES):
            raise self.refuse("stack", "each stack has to answer an axis of its own")
        for axis in AXES:
            if not any(q.weights.get(axis) for q in lens.questions):
                raise self.refuse(f"axis.{axis}", "no question weighs on this axis")
            if not any(kind.axis == axis for kind in lens.kinds):
                raise self.refuse("kind", f"no kind of change lies on the axis “{axis}”")
        if lens.arithmetic.stand_in_likelihood not in lens.likelihood:
            raise self.refuse("arithmetic", "“stand_in_likelihood” names no likelihood")
        if len(lens.likelihoods) < 2:
            raise self.refuse("likelihood", "at least two likelihoods are needed")
        if lens.arithmetic.close_below > lens.arithmetic.clear_from:
            raise self.refuse("arithmetic", "“close_below” lies above “clear_from”")
        for name, ids in (("kind", lens.kind), ("likelihood", lens.likelihood)):
            self._ids(name, ids)
        for step in lens.steps:
            if not _STEP_ID.fullmatch(step.id) or step.id in TAKEN_STEPS:
                raise self.refuse(f"step[{step.id}]", "the id cannot be an address of a page")
            if not lens.questions_of(step.id):
                raise self.refuse(f"step[{step.id}]", "no question belongs to this step")

    def question(self, question: Question) -> None:
        table = f"question[{question.id}]"
        if not _ID.fullmatch(question.id) or _TAKEN.fullmatch(question.id):
            raise self.refuse(table, "the id cannot be the name of a field on a page")
        if question.step not in {step.id for step in self.lens.steps}:
            raise self.refuse(table, f"“step” names an unknown step, “{question.step}”")
        if question.kind in ("text", "changes") and question.max_length < 1:
            raise self.refuse(table, "“max_length” is missing: a limit is needed")
        if question.kind == "number" and question.maximum <= question.minimum:
            raise self.refuse(table, "“maximum” has to be above “minimum”")
        if question.kind == "choice":
            self._options(question, table)
        elif question.fit_weights or (question.weights and question.kind != "changes"):
            raise self.refuse(table, f"a question of kind “{question.kind}” cannot weigh anything")
        if question.shown_if and question.decides:
            raise self.refuse(table, "a question shown for some answers only cannot weigh anything")
        if question.shown_if:
            self.choice(*question.shown_if, f"{table}.shown_if")
        if question.cap:
            self._cap(question, question.cap, table)

    def _ids(self, array: str, ids: Iterable[str]) -> None:
        for each in ids:
            if not _ID.fullmatch(each) or len(each) > LONGEST_ID:
                raise self.refuse(
                    f"{array}[{each}]",
                    f"the id has to be small letters, digits and _, at most {LONGEST_ID}",
                )

    def _options(self, question: Question, table: str) -> None:
        self._ids(f"{table}.option", question.by_id)
        if len(question.options) < 2:
            raise self.refuse(table, "a choice needs at least two options")
        for option in question.options:
            place = f"{table}.option[{option.id}]"
            if set(option.readings) != set(question.weights):
                raise self.refuse(place, _mismatch("reading", option.readings, question.weights))
            if set(option.fit) != set(question.fit_weights):
                raise self.refuse(place, _mismatch("fit", option.fit, question.fit_weights))
            if question.sets_loss and option.loss is None:
                raise self.refuse(place, "“loss” is missing: every option of this question sets it")

    def _cap(self, question: Question, cap: Cap, table: str) -> None:
        target = self.lens.question.get(cap.question)
        if question.kind != "number":
            raise self.refuse(table, "only a question of kind “number” can have a cap")
        if target is None or target.kind != "choice" or cap.axis not in target.weights:
            raise self.refuse(
                f"{table}.cap", "“question” has to name a question with options on its axis"
            )

    def choice(self, question_id: str, wanted: tuple[str, ...], table: str) -> None:
        question = self.lens.question.get(question_id)
        if question and question.kind != "choice":
            raise self.refuse(table, f"“{question_id}” has to be a choice")
        self.known({question_id: wanted}, table)

    def known(self, when: Mapping[str, tuple[str, ...]], table: str) -> None:
        for question_id, wanted in when.items():
            question = self.lens.question.get(question_id)
            if question is None:
                raise self.refuse(table, f"names an unknown question, “{question_id}”")
            allowed = self.lens.kind if question.kind == "changes" else question.by_id
            for option in wanted:
                if option not in allowed:
                    raise self.refuse(table, f"“{option}” is not an option of “{question_id}”")


def _mismatch(what: str, given: Iterable[str], wanted: Iterable[str]) -> str:
    missing = sorted(set(wanted) - set(given))
    if missing:
        return f"“{what}” is missing for “{missing[0]}”, on which the question weighs"
    extra = sorted(set(given) - set(wanted))
    return f"“{what}” names “{extra[0]}”, on which the question has no weight"
