"""The calendar file: a day in any calendar on which the founder is asked to look again."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from icalendar import Calendar, Event

from assessments.exports import calendar_file, summary
from assessments.exports.failures import DraftError, NoDayError
from assessments.exports.item import Item
from tests.exports.items import FINISHED, NEAR, draft, item, review
from tests.exports.reading_calendars import Line, lines, unfolded, value

LINK = "https://stackpick.example.org/r/EXAMPLE/"
GO = review(overrules="go", overrules_name="Go", reason="The team knows it.")


def event(made: Item) -> Any:
    """As the package reads it: a mapping whose values have many types."""
    calendar = Calendar.from_ical(calendar_file.render(made))
    (found,) = calendar.walk("VEVENT")
    assert isinstance(found, Event)
    assert not calendar.errors
    assert not found.errors
    return found


def written(made: Item) -> list[Line]:
    return lines(calendar_file.render(made))


# ---------------------------------------------------------------- what it says


def test_it_asks_to_look_again_on_the_day() -> None:
    found = event(item())
    assert found["summary"] == "Look again: start with FastAPI? (Ledgerly)"
    assert found.decoded("dtstart") == date(2027, 2, 24)
    assert found.decoded("dtend") == date(2027, 2, 25)
    assert event(item(project=" "))["summary"] == "Look again: start with FastAPI?"


def test_the_consultants_word_counts() -> None:
    assert event(item(review=GO))["summary"] == "Look again: start with Go? (Ledgerly)"


def test_the_tripwires_stand_first_and_the_rest_of_the_summary_after_them() -> None:
    made = item(NEAR, review=GO, link=LINK)
    says = value(written(made), "DESCRIPTION")
    assert says.startswith("One changed answer would make it Go. Look again on 24 February 2027,")
    assert sorted(says.split("\n")) == sorted(summary.lines(made))


def test_the_link_leads_to_the_result() -> None:
    assert event(item(link=LINK))["url"] == LINK
    assert "url" not in event(item())


def test_a_name_that_turns_the_reading_direction_turns_nothing_else() -> None:
    assert event(item(project="שלום"))["summary"] == (
        "Look again: start with FastAPI? (\u2068שלום\u2069)"
    )


# ---------------------------------------------------------------- what calendars demand


def test_what_every_calendar_demands() -> None:
    """RFC 5545: PRODID and VERSION of the file, UID and DTSTAMP (in UTC) of an event."""
    names = [line.name for line in written(item())]
    assert (names[0], names[-1]) == ("BEGIN", "END")
    assert {"PRODID", "VERSION", "UID", "DTSTAMP", "DTSTART"} <= set(names)
    assert value(written(item()), "VERSION") == "2.0"
    assert value(written(item()), "DTSTAMP") == "20261125T140308Z"
    assert value(written(item()), "PRODID").startswith("-//StackPick//")


def test_what_outlook_demands() -> None:
    """A METHOD, or it takes the file for somebody's folder; a day as DATE with its end after it.

    With TRANSP:TRANSPARENT it leaves the day free; a UID makes a second import replace the first.
    """
    found = written(item())
    assert value(found, "METHOD") == "PUBLISH"
    assert value(found, "DTEND") == "20270225"
    assert [line.parameters for line in found if line.name in ("DTSTART", "DTEND")] == [
        "VALUE=DATE",
        "VALUE=DATE",
    ]
    assert value(found, "TRANSP") == "TRANSPARENT"


def test_what_apples_calendar_demands() -> None:
    """An alarm with ACTION, TRIGGER and DESCRIPTION, after the start for the same morning."""
    (alarm,) = event(item()).walk("VALARM")
    assert alarm["action"] == "DISPLAY"
    assert alarm["description"] == "Look again: start with FastAPI? (Ledgerly)"
    assert alarm.decoded("trigger") == timedelta(hours=9)
    assert value(written(item()), "TRIGGER") == "PT9H"


def test_what_googles_calendar_demands() -> None:
    """UTF-8 without a byte order mark, and the link in the description: it shows no URL."""
    content = calendar_file.render(item(link=LINK))
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert value(lines(content), "DESCRIPTION").endswith(f"The whole result: {LINK}")


def test_lines_are_folded_and_end_as_the_standard_says() -> None:
    for made in (item(), item(NEAR, review=review(text="é🎉" * 200), project="語" * 500)):
        content = calendar_file.render(made)
        physical = content.decode().removesuffix("\r\n").split("\r\n")
        assert max(len(line.encode()) for line in physical) <= 75
        assert not re.search(r"(?<!\r)\n|\r(?!\n)", content.decode())
        assert unfolded(content)[0] == "BEGIN:VCALENDAR"


@pytest.mark.parametrize("text", [r"C:\New\new", r"\N", "a; b, c", "\\", r"\;", ":=\"'", "x\r\ny"])
def test_text_is_read_back_as_it_was_written(text: str) -> None:
    """Also where the package would take a backslash before an N for a line break."""
    says = value(written(item(review=review(text=text))), "DESCRIPTION")
    assert f"2026.\n{text.replace(chr(13), '')}\n\n" in says


# ---------------------------------------------------------------- the same event again


def test_the_same_assessment_is_the_same_event_whatever_becomes_of_it() -> None:
    uid = event(item())["uid"]
    later = {"finished": datetime(2027, 1, 1, tzinfo=UTC), "review_on": date(2027, 9, 9)}
    changed: list[dict[str, Any]] = [{"project": "x"}, {"link": LINK}, {"review": GO}, later]
    assert {event(item(**change))["uid"] for change in changed} == {uid}
    zone = timezone(timedelta(hours=5))
    assert event(item(started=item().started.astimezone(zone)))["uid"] == uid


def test_another_assessment_is_another_event() -> None:
    uids = [event(item(number=number))["uid"] for number in range(1, 40)]
    begun_later = event(item(started=item().started + timedelta(seconds=1)))["uid"]
    assert len({*uids, begun_later}) == 40


def test_the_uid_tells_neither_number_nor_token() -> None:
    found = event(item(number=48151623, link="https://s.example/r/Sesame-Open/"))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["uid"])
    content = calendar_file.render(item(number=48151623)).decode()
    assert "48151623" not in content


def test_a_date_that_was_moved_replaces_the_one_before() -> None:
    """Calendars keep of two events with one UID the one with the higher SEQUENCE."""
    first = item(changed=FINISHED)
    moved = replace(first, review_on=date(2027, 1, 7), changed=FINISHED + timedelta(seconds=1))
    assert event(moved)["sequence"] == event(first)["sequence"] + 1
    assert event(item())["sequence"] == event(first)["sequence"] == 488


def test_a_sequence_is_never_below_zero_and_fits_in_32_bits() -> None:
    late = datetime(2090, 1, 1, tzinfo=UTC)
    assert event(item(started=FINISHED, changed=FINISHED - timedelta(days=1)))["sequence"] == 0
    assert event(item(changed=late))["sequence"] < 2**31


# ---------------------------------------------------------------- nothing to put in a calendar


def test_times_without_a_zone_are_those_of_utc() -> None:
    naive = item(finished=FINISHED.replace(tzinfo=None))
    assert value(written(naive), "DTSTAMP") == "20261125T140308Z"


def test_a_draft_has_no_day() -> None:
    with pytest.raises(DraftError, match="17 is a draft"):
        calendar_file.render(draft())


def test_a_result_without_a_day_says_so() -> None:
    with pytest.raises(NoDayError, match="assessment 17 has no day to look again"):
        calendar_file.render(item(review_on=None))
