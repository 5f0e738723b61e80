"""A decision record, ready to commit: MADR 4 (Markdown Any Decision Records, adr.github.io/madr).

Whatever founders typed is escaped, also inside the report's sentences, so that it reads as they
wrote it and never acts as Markdown. The consultant's review is Markdown, and stands last.
"""

from __future__ import annotations

from datetime import date

from .failures import DraftError
from .file_names import document_name, verdict_slug
from .front_matter import front_matter
from .item import Item
from .markdown import escaped
from .record_aftermath import confirmation, consequences, more_information
from .record_decision import context, drivers, options, outcome
from .record_words import Json


def render(item: Item) -> str:
    r"""The record, a Markdown document that ends in ``\n``.

    Days are those of the item's times as they are given, in whatever zone.

    Raises:
        DraftError: the assessment is not finished.
    """
    report, finished = _decision(item)
    parts = [
        front_matter(item, finished),
        f"# Start with {escaped(item.decided)}",
        *context(item, report),
        *drivers(report),
        *options(report),
        *outcome(item, report),
        *consequences(item, report),
        *confirmation(item, report),
        *more_information(item, report, finished),
    ]
    return "\n\n".join(parts) + "\n"


def file_name(item: Item) -> str:
    """The name beside records of other assessments: ``0017-ledgerly-start-with-fastapi.md``.

    An item without a number is named as the first record of a repository, 0001.

    Raises:
        DraftError: the assessment is not finished.
    """
    return document_name(item, "md", first=f"{item.number or 1:04d}")


def name_by_itself(item: Item) -> str:
    """The name in the project's own ``docs/decisions/``: ``0001-start-with-fastapi.md``.

    Its first record, as the choice of a backend comes before all that is built with it.

    Raises:
        DraftError: the assessment is not finished.
    """
    return f"0001-{verdict_slug(item)}.md"


def _decision(item: Item) -> tuple[Json, date]:
    if item.report is None or item.finished is None:
        raise DraftError(item)
    return item.report, item.finished.date()
