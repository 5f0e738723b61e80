"""What became of suggested kinds: counted once, when a founder finishes in the wizard.

A suggestion is what the words of a finished change suggest, whether the founder took it, chose
another kind or left it open; what a founder has typed on the way there is not looked at.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable

from . import suggestions
from .engine.answers import Change
from .engine.lens import Lens
from .models import Assessment, SuggestionCount
from .models.assessment import REPORTS
from .models.revising import CORRECTED
from .models.suggestion_count import Outcome

_log = logging.getLogger(__name__)


def finish_and_count(
    lens: Lens, assessment: Assessment, finish: Callable[[], bool] | None = None
) -> bool:
    """Finishes on the answers as they were read, as ``Assessment.finish`` does.

    Counting comes after it, once nothing is locked any more, and only in the request that finished
    the assessment for the first time. Whatever goes wrong there is logged: it is finished already.

    Args:
        finish: another way to finish it, which may save answers first.
    """
    client = assessment.project.client_id
    finished = finish() if finish else assessment.finish(lens, assessment.version)
    if assessment.was_first:
        try:
            _count(lens, assessment, client)
        except Exception as error:
            _log.warning("Suggested kinds were not counted: %s", type(error).__name__)
    return finished


def _count(lens: Lens, assessment: Assessment, client: int | None) -> None:
    """Classifies before the transaction that counts: a few milliseconds a change."""
    changes = assessment.pinned_answers(lens).changes  # a save may have come in between
    found = outcomes(lens, _own(lens, assessment, changes))
    if found and not _was_corrected(lens, assessment):
        SuggestionCount.objects.add(client, found)


def outcomes(lens: Lens, changes: Iterable[Change]) -> Counter[Outcome]:
    """Which kind was suggested for each change, and which one it has; without those for which
    nothing was suggested."""
    asked = ((suggestions.suggested(lens, change.text), change.kind) for change in changes)
    return Counter(
        (found.kind, kind or "") for found, kind in asked if found is not None and not found.abstain
    )


def _own(lens: Lens, assessment: Assessment, changes: Iterable[Change]) -> list[Change]:
    """Those that did not come along from the version before with the kind that they have."""
    rows = Assessment.objects.whole().defer(*REPORTS)
    before = rows.filter(pk=assessment.previous_id).first() if assessment.previous_id else None
    known = before.engine_answers(lens).changes if before else ()
    taken_over = {(change.text, change.kind) for change in known}
    return [change for change in changes if (change.text, change.kind) not in taken_over]


def _was_corrected(lens: Lens, assessment: Assessment) -> bool:
    """Whether a consultant corrected the changes of the draft: the kinds may be theirs."""
    step = next(step for step in lens.steps if step.id == lens.changes.step)
    said = CORRECTED.format(step=step.short)
    return bool(assessment.history.filter(history_change_reason__startswith=said).exists())
