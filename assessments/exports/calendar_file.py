"""The day to look again as a calendar file (iCalendar, RFC 5545), with the tripwires beside it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event
from icalendar.prop import vText

from ..engine.sentences import isolated
from . import summary
from .failures import DraftError, NoDayError
from .item import Item
from .plain import one_line

PRODUCT = "-//StackPick//Results that travel//EN"
MORNING = timedelta(hours=9)
# What UIDs are made in, together with what they are about (RFC 4122).
NAMESPACE = uuid.UUID("0d1c1a35-64f7-4c55-9f0e-1f5a6b1d7c02")


class _Text(vText):
    """TEXT as RFC 5545 writes it. The package takes a backslash before an N for a line break."""

    def to_ical(self) -> bytes:
        marked = re.sub(r"[\\;,]", r"\\\g<0>", str(self))
        return marked.replace("\n", r"\n").encode()


def render(item: Item) -> bytes:
    r"""A calendar of one all-day event, in UTF-8, with lines of 75 octets that end in ``\r\n``.

    Raises:
        DraftError: the assessment is not finished.
        NoDayError: there is no day to look again.
    """
    if item.finished is None or item.report is None:
        raise DraftError(item)
    if item.review_on is None:
        raise NoDayError(item)
    calendar = Calendar()
    calendar.add("prodid", _Text(PRODUCT))
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(item, item.finished, item.review_on))
    content: bytes = calendar.to_ical()
    return content


def title(item: Item) -> str:
    """What a calendar shows, such as ``Look again: start with FastAPI? (Ledgerly)``."""
    project = isolated(one_line(item.project))
    asks = f"Look again: start with {one_line(item.decided)}?"
    return f"{asks} ({project})" if project else asks


def _event(item: Item, finished: datetime, day: date) -> Event:
    event, name = Event(), _Text(title(item))
    event.add("uid", _uid(item))
    event.add("sequence", _sequence(item))
    event.add("dtstamp", _in_utc(finished))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", name)
    event.add("description", _Text("\n".join(_description(item))))
    event.add("transp", "TRANSPARENT")
    if item.link:
        event.add("url", one_line(item.link))
    event.add_component(_alarm(name))
    return event


def _description(item: Item) -> list[str]:
    """Tripwires first: on that day they are what is asked about."""
    return summary.composed(
        item, summary.tripwires, summary.verdict, summary.review, summary.source
    )


def _alarm(name: vText) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", MORNING)
    alarm.add("description", name)
    return alarm


def _uid(item: Item) -> str:
    """The same for the same assessment, always; nobody can tell its number by it."""
    return str(uuid.uuid5(NAMESPACE, f"{item.number} {_in_utc(item.started).isoformat()}"))


def _sequence(item: Item) -> int:
    """Seconds from the start to the last change: a date that was moved replaces the one before."""
    latest = item.changed or item.finished or item.started
    return max(0, int((_in_utc(latest) - _in_utc(item.started)).total_seconds()))


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
