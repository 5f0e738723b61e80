"""A report without names and free text, for readers who are to see the verdict and not the project.

Nothing is searched or drawn anew: figures, flips and draws stay as they were pinned. Only sentences
that quote the founder are made again, by the same lens, from answers that hold no words of theirs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

from .advice import guardrails, seam
from .answers import Answers, reread
from .flips import Move
from .lens import Lens
from .report import Json, Report
from .scoring import Contribution, score
from .sentences import answer_text, because, move_label, move_text, reason

_ROW = re.compile(r"changes\[(\d+)\]\.")


def without_texts(lens: Lens, report: Report) -> Report:
    """The same report, with the changes numbered and nothing else of what was written.

    Args:
        lens: the one that the report was made under: its sentences are made again from it.
        report: as ``build_report`` made it, or read back from JSON. It is left as it is.
    """
    answers = masked(lens, reread(lens, {"answers": report["answers"]}))
    verdict = score(lens, answers)
    parts = {part.question: part for part in verdict.contributions}
    listed = zip(report["changes"], answers.changes, strict=True)
    worded = {
        "project": {},
        "answers": answers.answers_object(lens),
        "contributions": [
            _contribution(lens, answers, stored, parts[stored["question"]])
            for stored in report["contributions"]
        ],
        "because": because(lens, answers, verdict),
        "seam": seam(lens, answers, verdict),
        "changes": [{**stored, "text": change.text} for stored, change in listed],
        "flips": [_flip(lens, answers, stored) for stored in report["flips"]],
        "guardrails": guardrails(lens, answers, verdict),
    }
    return cast(Report, {**report, **worded})


def masked(lens: Lens, answers: Answers) -> Answers:
    """The answers with “Change 1”, “Change 2” … for the changes, and no other text."""
    texts = {question.id for question in lens.questions if question.kind == "text"}
    values = {key: value for key, value in answers.values.items() if key not in texts}
    numbered = enumerate(answers.changes, start=1)
    return Answers(values, tuple(replace(each, text=f"Change {n}") for n, each in numbered))


def _contribution(lens: Lens, answers: Answers, stored: Json, part: Contribution) -> Json:
    said = answer_text(lens, answers, lens.question[part.question])
    return {**stored, "answer": said, "reason": reason(lens, answers, part)}


def _flip(lens: Lens, answers: Answers, stored: Json) -> Json:
    moved = [_moved(lens, answers, change) for change in stored["changes"]]
    return {**stored, "says": ", and ".join(change["says"] for change in moved), "changes": moved}


def _moved(lens: Lens, answers: Answers, stored: Json) -> Json:
    move = _move(stored)
    label = move_label(lens, answers, move)
    return {**stored, "says": move_text(lens, answers, move), "label": label}


def _move(stored: dict[str, Any]) -> Move:
    """The move that a stored change of a flip was written from; its distance is not asked for."""
    path = stored["path"].removeprefix("answers.")
    row = _ROW.match(path)
    question, before, after = stored["question"], stored["from"], stored["to"]
    return Move(path, question, before, after, 0.0, int(row[1]) if row else None)
