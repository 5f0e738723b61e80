"""A worked example as every format shows it: what a file of each looks like, the same every time.

No row is made: the report comes from the engine, and consultant, days and link are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from .engine.answers import parse
from .engine.report import build_report
from .exports.documents import DOCUMENTS
from .exports.item import Item, PublishedReview
from .lens import current_lens
from .models.assessment import review_date
from .naming import STAGE, stage_name
from .worked_examples import worked_example

SITE = "https://stackpick.example.org"
LINK = f"{SITE}/r/EXAMPLE/"
FINISHED = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
ABOUT = "README.md"

REVIEW = """\
I read the answers with both founders, and would decide the same.

* Booking by the tide is as good as certain. **It comes first**, and is cheap this way.
* The tariff engine is worth its contract from the first week: write that contract’s tests first.

Look at the tripwires together, not each on your own."""


def sample_item(slug: str) -> Item:
    """One worked example, finished, reviewed and shared.

    Raises:
        ValueError: there is no such example.
    """
    lens = current_lens()
    answers = parse(lens, worked_example(slug))
    file = answers.to_file(lens)
    return Item(
        number=1,
        client="",
        project=answers.name,
        summary=answers.summary,
        stage=stage_name(lens, file["answers"].get(STAGE)),
        state="published",
        started=FINISHED - timedelta(minutes=7),
        finished=FINISHED,
        review_on=review_date(FINISHED.date()),
        answers_file=file,
        report=build_report(lens, answers),
        review=_review(),
        site=SITE,
        link=LINK,
        changed=FINISHED,
    )


def _review() -> PublishedReview:
    return PublishedReview(
        text=REVIEW,
        overrules="",
        overrules_name="",
        reason="",
        by="Ada Lindqvist",
        on=FINISHED + timedelta(days=1),
        outdated=False,
    )


def samples(slug: str) -> Iterator[tuple[str, bytes]]:
    """The name and content of a file in each format, and of one that says what they are.

    Raises:
        ValueError: there is no such example.
        RenderingFailed: a format did not come about.
    """
    item = sample_item(slug)
    for document in DOCUMENTS.values():
        yield document.file_name(item), document.render(item)
    yield ABOUT, _about(slug, item).encode()


def _about(slug: str, item: Item) -> str:
    rows = [
        f"| [{each.file_name(item)}]({each.file_name(item)}) | {each.label} | {each.use} |"
        for each in DOCUMENTS.values()
    ]
    return "\n".join(
        [
            "# A sample of each format\n",
            f"The worked example “{item.project}” as each format shows it. Answers and verdict are "
            f"those of `/examples/{slug}/`; the consultant, the days and the link are made up.\n",
            "| File | What it is | What it is for |",
            "|---|---|---|",
            *rows,
            "\n`make samples` wrote these files, this one too, and a test asks that they are what "
            "it would write now. `manage.py samples FOLDER --example SLUG` writes those of another "
            "worked example elsewhere.\n",
        ]
    )
