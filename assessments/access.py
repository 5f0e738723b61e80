"""Who may touch what. Every view asks here, and a refusal is always the same 404.

An edit token opens one assessment for its founder; a share token opens one finished result to read.
Unknown, revoked, mistyped and malformed tokens cannot be told apart.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from .models import Assessment, ShareLink
from .tokens import looks_like_token, token_hash

Found = TypeVar("Found", bound=Model)


def editable(token: str) -> Assessment:
    """The assessment that this edit token opens."""
    return _only(Assessment.objects.whole().filter(edit_hash=_hash(token)))


def answerable(token: str) -> Assessment:
    """The same, to answer its questions: the report stays in the database until it is asked for."""
    return _only(Assessment.objects.draft().filter(edit_hash=_hash(token)))


def readable(token: str) -> Assessment:
    """The finished assessment that this share token shows."""
    links = ShareLink.objects.live().select_related("assessment__project")
    return _only(links.filter(token_hash=_hash(token))).assessment


def own_link(assessment: Assessment, link_id: int) -> ShareLink:
    """One of the assessment's own share links."""
    return _only(assessment.share_links.filter(pk=link_id))


def example(slug: str) -> Assessment:
    """A worked example, open to everybody."""
    return _only(Assessment.objects.whole().exclude(report=None).filter(slug=slug))


def _hash(token: str) -> str:
    if not looks_like_token(token):
        raise Http404
    return token_hash(token)


def _only(query: QuerySet[Found]) -> Found:
    # by a unique column: no ordering, which .first() would add
    found = next(iter(query), None)
    if found is None:
        raise Http404
    return found
