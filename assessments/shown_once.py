"""Secret links that were made a moment ago, on their way to the page that shows them this once.

They travel in the signed cookie of whoever made them, among the messages, and are stored nowhere.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.db.models import Model
from django.http import HttpRequest

from stackpick.addresses import address

MARK = "shown-once"
Row = TypeVar("Row", bound=Model)


def show_once(request: HttpRequest, row: Model, page: str, token: str) -> None:
    """Sends the link to the public page of this name to the next page about the row."""
    url = request.build_absolute_uri(address(page, token))
    messages.success(request, url, extra_tags=f"{MARK} {_mark(row)}")


def new_links(request: HttpRequest, *rows: Row) -> list[tuple[Row, str]]:
    """The links made a moment ago for these rows."""
    told = [(_tags(message), str(message)) for message in messages.get_messages(request)]
    found = [(row, url) for row in rows for tags, url in told if _mark(row) in tags]
    return list(dict.fromkeys(found))  # of a form that was sent twice, the link comes twice


def other_messages(request: HttpRequest) -> list[Message]:
    """What else there is to say: no link is among it, whatever it was made for."""
    return [message for message in messages.get_messages(request) if MARK not in _tags(message)]


def _mark(row: Any) -> str:
    return f"for-{row._meta.model_name}-{row.pk}"


def _tags(message: Message) -> list[str]:
    return message.tags.split()
