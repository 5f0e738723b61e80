"""The report without names and free text, kept beside the pinned one for links that show no more.

Methods of `Assessment`, in a file of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..engine.report import Report
from ..engine.unnamed import without_texts
from ..lens import current_lens

if TYPE_CHECKING:
    from .assessment import Assessment


class NoUnnamedReport(Exception):
    """There is none: the report is older than they are, and the lens it was made under is gone.

    Only finishing again or re-scoring makes one.
    """


def unnamed_report(self: Assessment) -> Report:
    """The pinned report without names and free text; only for a finished assessment.

    Raises:
        NoUnnamedReport: it was not kept, and cannot be made any more (``can_go_unnamed`` tells).
    """
    if self.unnamed is not None:
        return cast(Report, self.unnamed)
    if not _is_under_current_lens(self):
        raise NoUnnamedReport(f"assessment {self.pk}, under {self.lens_id}/{self.lens_version}")
    return without_texts(current_lens(), self.pinned())


def can_go_unnamed(self: Assessment) -> bool:
    """Whether there is something to show without names; reads no report under the lens in use."""
    if self.finished_at is None:
        return False
    return _is_under_current_lens(self) or self.unnamed is not None


def _is_under_current_lens(self: Assessment) -> bool:
    lens = current_lens()
    return (self.lens_id, self.lens_version) == (lens.id, lens.version)
