"""One assessment as the exports show it: plain values, read from the database by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class PublishedReview:
    """What the consultant published about a verdict.

    Args:
        text: the review, in Markdown; like ``reason`` and ``by`` it is empty where names and
            free text are left out.
        overrules: the id of the stack that the consultant says instead; empty where none.
        overrules_name: that stack's name; empty where none.
        reason: why the verdict is overruled, as plain text.
        by: the consultant's name.
        on: when it was published.
        outdated: whether the answers have changed since.
    """

    text: str
    overrules: str
    overrules_name: str
    reason: str
    by: str
    on: datetime
    outdated: bool


@dataclass(frozen=True)
class Item:
    """One assessment.

    Args:
        number: the assessment's id; 0 where it is shown without names.
        client: the client's name; empty where it has none.
        project: the project's name; may be empty.
        summary: the project in a sentence; may be empty.
        stage: the label of the stage answered; empty where not sure.
        state: ``draft``, ``finished``, ``reviewed`` or ``published``.
        started: when it was made.
        finished: when its report was pinned; None for a draft.
        review_on: the day to look again.
        answers_file: the answers file, ``stackpick-answers/1``.
        report: ``engine.report.Report`` as stored; None for a draft.
        review: the published review; None where there is none.
        site: where StackPick stands, such as ``https://stackpick.example.org``; may be empty.
        link: the address at which the result can be read; empty where nobody knows one.
        changed: when anything about it last changed, such as the day to look again; None where
            that is not known.
    """

    number: int
    client: str
    project: str
    summary: str
    stage: str
    state: str
    started: datetime
    finished: datetime | None
    review_on: date | None
    answers_file: dict[str, Any]
    report: Mapping[str, Any] | None
    review: PublishedReview | None
    site: str = ""
    link: str = ""
    changed: datetime | None = None

    @property
    def has_verdict(self) -> bool:
        """Whether there is a report to show, which a draft does not have."""
        return self.report is not None and self.finished is not None

    @property
    def overruling(self) -> PublishedReview | None:
        """The review, where it names another stack than the report does.

        A consultant may have overruled an earlier verdict, and the answers of today agree.
        """
        if self.review is None or self.report is None or not self.review.overrules:
            return None
        return None if self.review.overrules == self.report["stack"] else self.review

    @property
    def decided(self) -> str:
        """The name of the stack to start with: the consultant's word counts; empty for a draft."""
        if self.report is None:
            return ""
        overruling = self.overruling
        if overruling:
            return overruling.overrules_name or overruling.overrules
        return str(self.report["headline"]["stack"])
