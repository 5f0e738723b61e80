"""Guardrails, costs and the seam: what the lens says to do, chosen by the answers given."""

from __future__ import annotations

from typing import Any

from .answers import Answers
from .lens import Advice, Lens, Question
from .scoring import Verdict
from .sentences import answer_text, isolated, quoted


def guardrails(lens: Lens, answers: Answers, verdict: Verdict) -> list[dict[str, Any]]:
    """The guardrails of the stack and of its seam, each with the answers that called for it."""
    about = {verdict.stack, "seam"} if verdict.pattern == "seam" else {verdict.stack}
    return [
        {
            "id": advice.id,
            "about": advice.about,
            "text": advice.text,
            "because": _triggers(lens, answers, advice),
        }
        for advice in lens.guardrails
        if advice.about in about and applies(lens, answers, advice)
    ]


def costs(lens: Lens, answers: Answers, verdict: Verdict) -> list[str]:
    """What is paid for the choice."""
    return [
        advice.text
        for advice in lens.costs
        if advice.about == verdict.stack and applies(lens, answers, advice)
    ]


def applies(lens: Lens, answers: Answers, advice: Advice) -> bool:
    """Whether every condition of the advice holds; advice without conditions always applies."""
    return all(_holds(lens, answers, key, wanted) for key, wanted in advice.when.items())


def _holds(lens: Lens, answers: Answers, question_id: str, wanted: tuple[str, ...]) -> bool:
    if lens.question[question_id].kind == "changes":
        return any(change.kind in wanted for change in answers.changes)
    return answers.choice(question_id) in wanted


def _triggers(lens: Lens, answers: Answers, advice: Advice) -> list[str]:
    """The answers that called for it, as the founder gave them."""
    found: list[str] = []
    for question_id, wanted in advice.when.items():
        question = lens.question[question_id]
        if question.kind == "changes":
            found += [quoted(c.text) for c in answers.changes if c.kind in wanted]
        else:
            found.append(f"{question.short}: {answer_text(lens, answers, question).lower()}")
    return found


def seam(lens: Lens, answers: Answers, verdict: Verdict) -> dict[str, str] | None:
    """Where the seam runs and what stands on each side of it; None for a single pattern."""
    if verdict.pattern != "seam":
        return None
    words = lens.seam_text
    names = [str(answers.values[question.id]) for question in _part_names(lens, answers)]
    part = isolated(names[0]) if names else words["unnamed"]
    title = words["title"].format(part=part) if names else words["title_unnamed"]
    shared = {"part": part, "title": title}
    shared |= {"moving": words["rest"], "moving_stack": words["moving"], "settled": part}
    if verdict.stack == "fastapi":
        return {**shared, "says": words["fastapi"], "settled_stack": words["now_fastapi"]}
    return {
        **shared,
        "says": words["go"].format(part=f"“{part}”" if names else part),
        "settled_stack": words["now_go"],
    }


def _part_names(lens: Lens, answers: Answers) -> list[Question]:
    """The text questions that name a part, which are those shown for an answer about a seam."""
    return [
        question
        for question in lens.questions
        if question.kind == "text" and question.id in answers.values and question.shown_if
    ]
