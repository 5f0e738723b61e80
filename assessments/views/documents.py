"""Results as files: of a share link, of the founder's own, and of the worked examples."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Hashable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from stackpick import metrics, request_id
from stackpick.addresses import address, asked_site
from stackpick.client_address import caller
from stackpick.errors import RETRY_AFTER_SECONDS, too_many_requests

from .. import access
from ..exports.documents import DOCUMENTS
from ..exports.failures import RenderingFailed
from ..exports.item import Item
from ..items import item_of
from ..limits import seconds_to_wait
from ..models import Assessment, ShareLink, Shows
from ..shared_examples import file_of_example
from ..shared_pages import Page, shared_files
from ..view_counts import counted
from .private import private_page, unlisted_page

# Shown in place, and on other sites as well: a badge in a README, a picture in a preview.
PICTURES = {"png", "svg"}
# Set anew by a process of their own, at 30 to 50 ms each.
TYPESET = {"pdf", "png"}

_log = logging.getLogger(__name__)


@unlisted_page
@require_safe
def shared(request: HttpRequest, token: str, extension: str) -> HttpResponseBase:
    """What a share link shows, as a file."""
    _known(extension)
    link_row = access.open_link(token)
    key = key_of_shared_file(request, link_row, extension)

    def rendered() -> Page:
        link = access.shown(token, link_row)
        return new_file(request, extension, link.assessment, shared_item(request, link, token))

    answer = _answer(request, extension, key, rendered, address("shared", token))
    return counted(request, answer, link_row, extension) if answer.status_code < 400 else answer


def key_of_shared_file(
    request: HttpRequest, link: tuple[Any, ...], extension: str
) -> tuple[Hashable, ...]:
    """What a file is kept by; ``link`` is the row of ``access.open_link``."""
    return (link, extension, asked_site(request))


@private_page
@require_safe
def own(request: HttpRequest, token: str, extension: str) -> HttpResponseBase:
    """The founder's own result as a file. It names no address: theirs is a secret."""
    _known(extension)
    assessment = access.editable(token)
    if assessment.report is None:
        context = {"token": token, "document": DOCUMENTS[extension]}
        return render(request, "documents/unfinished.html", context, status=HTTPStatus.CONFLICT)
    item = item_of(assessment, asked_site(request))
    said_at = item.review and item.review.on
    key = ("own", assessment.pk, assessment.updated_at, said_at, extension, item.site)

    def rendered() -> Page:
        return new_file(request, extension, assessment, item)

    return _answer(request, extension, key, rendered, address("result", token), Page.plain_answer)


@require_safe
def example(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    """A worked example as a file."""
    _known(extension)
    assessment, site = access.example(slug), asked_site(request)
    page = address("example", slug)
    item = item_of(assessment, site, site + page)
    key = ("example", assessment.pk, assessment.updated_at, extension, site)

    def rendered() -> Page:
        return file_of_example(key, lambda: new_file(request, extension, assessment, item))

    return _answer(request, extension, key, rendered, page)


def shared_item(request: HttpRequest, link: ShareLink, token: str) -> Item:
    """What a share link shows, as the exports take it, with the address that they carry."""
    site = asked_site(request)
    unnamed = link.shows == Shows.UNNAMED
    return item_of(link.assessment, site, site + address("shared", token), unnamed=unnamed)


class TooMany(Exception):
    """More was to be typeset for one address than may be."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def new_file(request: HttpRequest, extension: str, assessment: Assessment, item: Item) -> Page:
    """A file that was not kept, as ``file_of`` gives it.

    How many there are is bounded for an address and not for a file: under another name of the host
    or port the same file is another one.

    Raises:
        TooMany: their address has had its share.
        RenderingFailed: as in ``file_of``.
    """
    if extension in TYPESET and (seconds := seconds_to_wait("documents", caller(request))):
        raise TooMany(seconds)
    return file_of(extension, assessment, item)


def file_of(extension: str, assessment: Assessment, item: Item) -> Page:
    """The file of an item, with its headers.

    Raises:
        RenderingFailed: it could not be made; the log says why, without a word of the founder's.
    """
    document = DOCUMENTS[extension]
    try:
        content, name = document.render(item), document.file_name(item)
    except Exception as error:
        _log.error("No .%s of assessment %d: %s", extension, assessment.pk, _reason(error))
        metrics.not_rendered(extension)
        raise RenderingFailed(extension) from None
    saved = content_disposition_header(extension not in PICTURES, name) or "inline"
    headers = {"Content-Type": document.content_type, "Content-Disposition": saved}
    return Page.of(content, headers)


def _reason(error: Exception) -> str:
    """What went wrong and where, in one line; of other errors than ours the text may quote."""
    if isinstance(error, RenderingFailed):
        return " ".join(str(error).split())
    at = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {at.name}, {at.filename}, line {at.lineno}"


def _known(extension: str) -> None:
    if extension not in DOCUMENTS:
        raise Http404


def _answer(
    request: HttpRequest,
    extension: str,
    key: Hashable,
    rendered: Callable[[], Page],
    back: str,
    answered: Callable[[Page, HttpRequest], HttpResponseBase] = Page.answer,
) -> HttpResponseBase:
    """The file as ``answered`` gives it, or word of why there is none."""
    try:
        return answered(shared_files.get(key, rendered), request)
    except TooMany as refusal:
        return too_many_requests(request, refusal.seconds, "documents")
    except RenderingFailed:
        return _failed(request, extension, back)


def _failed(request: HttpRequest, extension: str, back: str) -> HttpResponse:
    """503 in place of a broken file; ``back`` is the address of the result."""
    context = {"document": DOCUMENTS[extension], "back": back, "request_id": request_id.current()}
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response = render(request, "documents/failed.html", context, status=status)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
