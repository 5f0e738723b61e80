"""Who may touch what. Every view asks here, and a refusal is always the same 404.

An edit token opens one assessment for its founder; a share token opens one finished result to read;
that of an invitation starts an assessment, and is its edit token from then on.
Unknown, revoked, mistyped and malformed tokens cannot be told apart.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils import timezone

from stackpick.replica import REPLICA, first

from .models import Assessment, Invite, Pair, Reminder, ShareLink
from .models.prepared import PLACE, Prepared, sent
from .tokens import looks_like_token, token_hash

Found = TypeVar("Found", bound=Model)


def editable(token: str) -> Assessment:
    """The assessment that this edit token opens."""
    return _found(Assessment.objects.by_edit_hash(_hash(token)))


def answerable(token: str) -> Assessment:
    """The same, to answer its questions: the report stays in the database until it is asked for."""
    return _found(Assessment.objects.by_edit_hash(_hash(token), with_report=False))


def shown(token: str, row: tuple[Any, ...] | None = None) -> ShareLink:
    """The open link of this share token, with all that it shows.

    ``row`` is what ``open_link`` gave: a replica that has come so far is asked for the rest, the
    primary otherwise.
    """

    def as_new() -> ShareLink | None:
        return _shown(token) if _open_row(token, REPLICA) == row else None

    return _found((row and first(as_new)) or _shown(token))


def _shown(token: str) -> ShareLink | None:
    links = ShareLink.objects.live(timezone.now())
    whole = links.select_related("assessment__project", "assessment__review")
    return whole.filter(token_hash=_hash(token)).first()


def open_link(token: str) -> tuple[Any, ...]:
    """The link of a share token, and in which state what it shows is, to find what was rendered.

    Asked for each reader of a shared result, and so without building objects: the query is put
    together once, and its row is all that is read. The link's own key stands first in it. Always
    asked of the primary, so that a link that was revoked is closed everywhere at once.
    """
    row = _open_row(token, DEFAULT_DB_ALIAS)
    if row is None:
        raise Http404
    return row


def _open_row(token: str, using: str) -> tuple[Any, ...] | None:
    parameters = (_hash(token), sent(timezone.now(), using))
    with connections[using].cursor() as cursor:
        cursor.execute(OPEN_LINK.sql(using), parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


OF_REVIEW = ("review__published_at", "review__version")
# Whatever the page shows moves one of these. Re-scoring keeps the day on which it was finished, and
# may keep the version of the lens: then the last save alone tells two reports apart. The version of
# the review only goes up: a page that was rendered in the very moment of publishing is not found
# again once that is withdrawn.
OF_SHARED = ("id", "updated_at", *OF_REVIEW)


def _open_links(token_hash: str, now: datetime) -> QuerySet[ShareLink, Any]:
    columns = ("pk", "shows", *(f"assessment__{name}" for name in OF_SHARED))
    links = ShareLink.objects.filter(token_hash=token_hash).live(now)
    return links.order_by().values_list(*columns)


OPEN_LINK = Prepared(_open_links, PLACE, datetime(2000, 1, 1, tzinfo=UTC))


def invitation(token: str) -> Invite:
    """The invitation of this token: one that can be taken up, or that was."""
    invites = Invite.objects.light().select_related("client", "created_by", "pair")
    found = _only(invites.filter(token_hash=_hash(token)))
    if not (found.is_open or found.assessment):
        raise Http404
    return found


def paired(token: str) -> tuple[Pair, Invite]:
    """The pair in which the assessment of this edit token is, and its own invitation there."""
    assessment = answerable(token)
    pair = _only(Pair.objects.whole().filter(invites__assessment=assessment))
    waited_for = [each for each in pair.both if each.assessment or not each.revoked_at]
    if len(waited_for) != 2:  # an invitation was closed or deleted: there is nobody to wait for
        raise Http404
    return pair, next(own for own in pair.both if own.assessment_id == assessment.pk)


def own_link(assessment: Assessment, link_id: int) -> ShareLink:
    """One of the assessment's own share links."""
    return _only(assessment.share_links.filter(pk=link_id))


def stoppable(key: str) -> Reminder | None:
    """The reminder that the link at the end of a mail stops; None where it does no longer."""
    return Reminder.objects.by_stop_key(key)


def reminded(token: str) -> Reminder:
    """The reminder in whose newest mail this token is, to begin a new version with."""
    found = Reminder.objects.filter(again_hash=_hash(token), confirmed_at__isnull=False)
    return _only(found.select_related("assessment__project"))


def example(slug: str) -> Assessment:
    """A worked example, open to everybody."""
    examples = Assessment.objects.whole().select_related("review").defer("unnamed")
    return _only(examples.exclude(report=None).filter(slug=slug))


def _hash(token: str) -> str:
    if not looks_like_token(token):
        raise Http404
    return token_hash(token)


def _only(query: QuerySet[Found]) -> Found:
    return _found(query.first())


def _found(found: Found | None) -> Found:
    if found is None:
        raise Http404
    return found
