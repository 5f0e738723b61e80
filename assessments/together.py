"""Where two people who answered blind disagree, and how it is settled: on site and desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from .charts import Map, result_map
from .engine.answers import Answers
from .engine.disagreements import (
    BOTH,
    FIRST,
    OPEN,
    SECOND,
    Disagreement,
    UnsettledError,
    disagreements,
    settle,
)
from .engine.joining import joined_changes
from .engine.lens import Lens
from .models import Assessment, Invite, Pair, StaleSettlement

UNCHOSEN = "Choose whose answer stands, or leave it open."
UNKNOWN = "That is not one of the choices. Choose one of those shown."
STALE = (
    "While this page was open, it was settled by somebody else, or one of you finished again. "
    "Nothing of yours was stored. Below is how it stands now, with what you had chosen: settle it "
    "again if that is still right."
)
LEFT_OPEN = ("Leave it open", ("It widens the joint result, and nothing is assumed.",))
JOINED = ("Both lists", ("Joined into one, each change once.",))


@dataclass(frozen=True)
class Choice:
    """One way to settle a disagreement, as a radio; ``lines`` say what it amounts to."""

    value: str
    label: str
    lines: tuple[str, ...]
    is_answer: bool


@dataclass(frozen=True)
class Row:
    """A disagreement, its field and the ways to settle it.

    ``moves_the_turn``: its answers weigh the mistakes, or team and libraries, and so where the
    verdict turns.
    """

    item: Disagreement
    field: forms.BoundField
    choices: tuple[Choice, ...]
    moves_the_turn: bool

    @property
    def chosen(self) -> str:
        return str(self.field.value() or "")

    @property
    def error(self) -> str:
        return str(self.field.errors[0]) if self.field.errors else ""


class SettleForm(forms.Form):
    """A choice for each disagreement; ``answers`` are the joint ones once it is valid."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    answers: Answers

    def __init__(self, two: Together, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, initial=two.chosen())
        self.two = two
        for item in two.found.items:
            self.fields[field_of(item.question)] = forms.ChoiceField(
                label=item.label,
                choices=[(choice.value, choice.label) for choice in two.choices(item)],
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": UNKNOWN},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("seen", "") != self.two.pair.basis:
            self.errors.clear()  # they would be about disagreements that may be gone
            raise forms.ValidationError(STALE)
        questions = {field_of(item.question): item.question for item in self.two.found.items}
        choices = {questions[name]: cleaned[name] for name in questions if cleaned.get(name)}
        try:
            self.answers = settle(self.two.lens, *self.two.answers, choices=choices)
        except UnsettledError as error:
            for name in map(field_of, error.questions):
                if name not in self.errors:
                    self.add_error(name, UNCHOSEN)
        return cleaned


class Together:
    """Two finished assessments of one question, beside each other."""

    def __init__(self, lens: Lens, pair: Pair, own: Invite | None = None) -> None:
        self.lens, self.pair = lens, pair
        self.assessments = [_assessment(invite) for invite in pair.both]
        first, second = (each.pinned_answers(lens) for each in self.assessments)
        self.answers = (first, second)
        self.names = [_name(invite, own) for invite in pair.both]
        self.found = disagreements(lens, *self.answers)

    def form(self, data: Mapping[str, Any] | None = None) -> SettleForm:
        return SettleForm(self, data)

    def choices(self, item: Disagreement) -> tuple[Choice, ...]:
        found = [
            Choice(FIRST, self.names[0], item.first, True),
            Choice(SECOND, self.names[1], item.second, True),
        ]
        if item.can_join:
            found.append(Choice(BOTH, *JOINED, False))
        return (*found, Choice(OPEN, *LEFT_OPEN, False))

    def chosen(self) -> dict[str, str]:
        """By field, what was settled last, where that can still be told from the joint answers."""
        if self.pair.joint is None:
            return {}
        joint = self.pair.joint.pinned_answers(self.lens)
        picked = {item.question: self._picked(item.question, joint) for item in self.found.items}
        return {field_of(question): choice for question, choice in picked.items() if choice}

    def _picked(self, question: str, joint: Answers) -> str:
        first, second = (self._said(answers, question) for answers in self.answers)
        said = self._said(joint, question)
        ways = {FIRST: first, SECOND: second, OPEN: () if question == self._changes else None}
        if question == self._changes:
            ways[BOTH] = joined_changes(first, second)
        return next((choice for choice, answer in ways.items() if answer == said), "")

    @property
    def _changes(self) -> str:
        return self.lens.changes.id

    def _said(self, answers: Answers, question: str) -> Any:
        return answers.changes if question == self._changes else answers.values.get(question)

    def context(self, form: SettleForm) -> dict[str, Any]:
        """What the page of the site and the one of the desk show."""
        reports = [assessment.pinned() for assessment in self.assessments]
        rows = [self._row(item, form) for item in self.found.items]
        return {
            "pair": self.pair,
            "people": list(zip(self.names, reports, self.assessments, strict=True)),
            "same_stack": reports[0]["stack"] == reports[1]["stack"],
            "map": self._map(reports),
            "lines_differ": reports[0]["turning_point"] != reports[1]["turning_point"],
            "rows": rows,
            "deciding": sum(row.item.changes_verdict for row in rows),
            "form": form,
            "basis": self.pair.basis,
            "joint": self.pair.joint,
            "joint_report": self.pair.joint and self.pair.joint.pinned(),
        }

    def _row(self, item: Disagreement, form: SettleForm) -> Row:
        question = self.lens.question[item.question]
        moves_the_turn = question.sets_loss or bool(question.fit_weights)
        return Row(item, form[field_of(item.question)], self.choices(item), moves_the_turn)

    def _map(self, reports: list[Any]) -> Map:
        """The first one's point, and the second one's as a ring; the clouds would hide them."""
        says = "; ".join(
            f"{name}: product uncertainty {report['uncertainty']['displayed']} of 100, need for "
            f"operational certainty {report['operations']['displayed']} of 100"
            for name, report in zip(self.names, reports, strict=True)
        )
        return replace(result_map(*reports), cloud="", says=f"{says}.")


def settle_with(
    lens: Lens, pair: Pair, own: Invite | None, data: Any, by: str
) -> SettleForm | None:
    """Settles as chosen; the form with what is wrong where it could not be, on what stands now."""
    form = Together(lens, pair, own).form(data)
    if form.is_valid():
        try:
            pair.conclude(lens, form.answers, form.cleaned_data["seen"], by)
        except StaleSettlement:  # just now, since the pair was read
            current = Pair.objects.whole().get(pk=pair.pk)
            may_see = current.is_open if own else current.is_complete
            return Together(lens, current, own).form(data) if may_see else None
        return None
    return form


def field_of(question: str) -> str:
    """The name of the field in which a disagreement is settled."""
    return f"settle_{question}"


def _name(invite: Invite, own: Invite | None) -> str:
    return f"{invite.recipient} (you)" if invite == own else invite.recipient


def _assessment(invite: Invite) -> Assessment:
    if invite.assessment is None:
        raise ValueError("both have to be finished")
    return invite.assessment
