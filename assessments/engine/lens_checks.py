"""What has to hold between the tables of a lens, checked once when it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from .lens import AXES, Advice, Cap, Lens, Question
from .toml_table import LensError


def check_lens(lens: Lens, file: Path) -> None:
    """Raises LensError for the first table that does not fit the others."""
    check = _Checks(lens, file)
    check.structure()
    for question in lens.questions:
        check.question(question)
    for advice in (*lens.guardrails, *lens.costs):
        check.conditions(advice)


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
        for axis in AXES:
            if not any(q.weights.get(axis) for q in lens.questions):
                raise self.refuse(f"axis.{axis}", "no question weighs on this axis")
            if not any(kind.axis == axis for kind in lens.kinds):
                raise self.refuse("kind", f"no kind of change lies on the axis “{axis}”")
        if lens.arithmetic.stand_in_likelihood not in lens.likelihood:
            raise self.refuse("arithmetic", "“stand_in_likelihood” names no likelihood")
        for step in lens.steps:
            if not lens.questions_of(step.id):
                raise self.refuse(f"step[{step.id}]", "no question belongs to this step")

    def question(self, question: Question) -> None:
        table = f"question[{question.id}]"
        if question.step not in {step.id for step in self.lens.steps}:
            raise self.refuse(table, f"“step” names an unknown step, “{question.step}”")
        if question.kind in ("text", "changes") and question.max_length < 1:
            raise self.refuse(table, "“max_length” is missing: a limit is needed")
        if question.kind == "number" and question.maximum <= question.minimum:
            raise self.refuse(table, "“maximum” has to be above “minimum”")
        if question.kind == "choice":
            self._options(question, table)
        if question.shown_if:
            self._known({question.shown_if[0]: question.shown_if[1]}, f"{table}.shown_if")
        if question.cap:
            self._cap(question, question.cap, table)

    def _options(self, question: Question, table: str) -> None:
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
        if target is None or cap.axis not in target.weights:
            raise self.refuse(f"{table}.cap", "“question” has to name a question on the same axis")

    def conditions(self, advice: Advice) -> None:
        self._known(advice.when, f"advice[{advice.id}].when")

    def _known(self, when: Mapping[str, frozenset[str]], table: str) -> None:
        for question_id, wanted in when.items():
            question = self.lens.question.get(question_id)
            if question is None:
                raise self.refuse(table, f"names an unknown question, “{question_id}”")
            allowed = self.lens.kind if question.kind == "changes" else question.by_id
            for option in sorted(wanted):
                if option not in allowed:
                    raise self.refuse(table, f"“{option}” is not an option of “{question_id}”")


def _mismatch(what: str, given: Iterable[str], wanted: Iterable[str]) -> str:
    missing = sorted(set(wanted) - set(given))
    if missing:
        return f"“{what}” is missing for “{missing[0]}”, on which the question weighs"
    extra = sorted(set(given) - set(wanted))
    return f"“{what}” names “{extra[0]}”, on which the question has no weight"
