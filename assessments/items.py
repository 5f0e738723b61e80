"""Assessments as the exports show them: plain values, read from the database."""

from __future__ import annotations

from .exports.item import Item
from .lens import current_lens
from .models import Assessment
from .naming import STAGE, stage_name
from .reviews import published_review


def item_of(assessment: Assessment, site: str = "", link: str = "", unnamed: bool = False) -> Item:
    """The assessment as the exports show it: of reviews only what is published, and no notes.

    Asks the database nothing where ``project__client`` and ``review`` were read along with it.
    """
    lens = current_lens()
    client = assessment.project.client
    return Item(
        number=assessment.pk,
        client=client.name if client else "",
        project=assessment.project.name,
        summary=assessment.project.summary,
        stage=stage_name(lens, assessment.answers.get(STAGE)),
        state=assessment.state,
        started=assessment.created_at,
        finished=assessment.finished_at,
        review_on=assessment.review_on,
        answers_file=assessment.answers_file(lens),
        report=assessment.report,
        review=published_review(assessment, lens),
        site=site,
        link=link,
    )
