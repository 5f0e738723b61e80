"""What readers see of a consultant's review: what was published of it, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .engine.lens import Lens
from .exports.item import PublishedReview
from .exports.markdown import to_html
from .lens import current_lens
from .models import Assessment, Review
from .naming import stack_name

# Where there is none, for the templates.
NO_REVIEW = {"review": None, "review_text": "", "overruling": None}


def published_review(
    assessment: Assessment, lens: Lens, unnamed: bool = False
) -> PublishedReview | None:
    """The published review; None where there is none, or where it was withdrawn.

    ``unnamed`` leaves out who wrote it and what: all that is told is whether it overrules.
    """
    review: Review | None = getattr(assessment, "review", None)
    if review is None or review.published is None or review.published_at is None:
        return None
    said = review.published
    if unnamed:
        said = said | dict.fromkeys(("text", "reason", "by"), "")
    return PublishedReview(
        text=said["text"],
        overrules=said["overrules"],
        overrules_name=stack_name(lens, said["overrules"]),
        reason=said["reason"],
        by=said["by"],
        on=review.published_at,
        outdated=datetime.fromisoformat(said["about"]) != assessment.finished_at,
    )


def review_context(assessment: Assessment, unnamed: bool = False) -> dict[str, Any]:
    """What ``results/_report.html`` shows of the review.

    It overrules the verdict only where the two differ: the founder may have finished other
    answers since, and agree with the consultant by now. ``unnamed`` as in ``published_review``.
    """
    review = published_review(assessment, current_lens(), unnamed)
    if review is None:
        return dict(NO_REVIEW)
    differs = review.overrules and review.overrules != assessment.stack
    return {
        "review": review,
        "review_text": to_html(review.text),
        "overruling": review if differs else None,
    }
