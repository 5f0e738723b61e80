"""Assessments as the exports show them: plain values, read from the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .engine.lens import Lens
from .exports.item import Item
from .lens import current_lens
from .models import Assessment
from .naming import STAGE, stage_name
from .reviews import published_review


def item_of(
    assessment: Assessment,
    site: str = "",
    link: str = "",
    *,
    unnamed: bool = False,
    at_desk: bool = False,
) -> Item:
    """The assessment as the exports show it: of reviews only what is published, and no notes.

    Readers see what is pinned, project and answers included, and never the consultant's client.
    Asks the database nothing where ``review``, and for the desk ``project__client``, were read
    along with it.

    Args:
        site: where StackPick stands.
        link: the address at which the result can be read.
        unnamed: without names and free text, and without the number, which would tie it to files
            that have them.
        at_desk: for the desk: with the client's name, and the answers as they stand now.

    Raises:
        NoUnnamedReport: see ``Assessment.unnamed_report``.
    """
    lens = current_lens()
    report = _report(assessment, unnamed)
    file = assessment.answers_file(lens) if at_desk else _pinned_file(lens, report)
    client = assessment.project.client if at_desk else None
    return Item(
        number=0 if unnamed else assessment.pk,
        client=client.name if client else "",
        project=file["project"].get("name", ""),
        summary=file["project"].get("summary", ""),
        stage=stage_name(lens, file["answers"].get(STAGE)),
        state=assessment.state,
        started=assessment.created_at,
        finished=assessment.finished_at,
        review_on=assessment.review_on,
        answers_file=file,
        report=report,
        review=published_review(assessment, lens, unnamed),
        site=site,
        link=link,
        changed=assessment.updated_at,
    )


def _report(assessment: Assessment, unnamed: bool) -> Mapping[str, Any] | None:
    is_shown_unnamed = unnamed and assessment.finished_at is not None
    return assessment.unnamed_report() if is_shown_unnamed else assessment.report


def _pinned_file(lens: Lens, report: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answers file that the report is about; an empty one for a draft."""
    of_report = report or {"project": {}, "answers": {}}
    parts = {"project": of_report["project"], "answers": of_report["answers"]}
    return {"format": lens.answers_format, **parts}
