"""The picture of a link preview: a PNG of 1200 × 630, with all of it in words inside.

The words are its ``Description`` (PNG, section 11.3.4): what the picture has no room for, and what
a reader without eyes for it is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import names
from .item import Item
from .picture_text import with_text
from .plain import one_line
from .record_words import Json, day_in_words, signed
from .sheet import sheet
from .typesetting import typesetter

NEAR = 5  # flips, as on the page


def render(item: Item) -> bytes:
    """The picture.

    Raises:
        DraftError: the assessment is not finished.
        RenderingFailed: it could not be made, or not in time.
    """
    data = sheet(item)
    # a point is a pixel; the page of the template is 1200 by 630 points
    picture = typesetter.render("picture.typ", data, format="png", ppi=72)
    return with_text(picture, {"Title": data["title"], "Description": summary(item)})


def file_name(item: Item) -> str:
    """Such as ``ledgerly-start-with-fastapi.png``: ASCII, at most 80 characters.

    Raises:
        DraftError: the assessment is not finished.
    """
    return names.file_name(item, "png")


def summary(item: Item) -> str:
    """The result in words, a paragraph for each part of it; empty for a draft."""
    return "\n\n".join(_paragraphs(item, item.report)) if item.report is not None else ""


def _paragraphs(item: Item, report: Json) -> Iterator[str]:
    head, firmness = report["headline"], report["firmness"]
    verdict = f"{head['start']} {head['stack']}. {head['need']} {report['because']}"
    name = one_line(report["project"].get("name") or "")
    yield f"{name}: {verdict}" if name else verdict
    yield from _review(item)
    yield f"{firmness['says']} {firmness['robust']}"
    yield "Why, in points toward change (+) or toward stability (−): " + "; ".join(
        map(_reason, report["contributions"])
    )
    yield " ".join([firmness["flip"], *map(_flip, report["flips"][:NEAR]), *_look_again(item)])
    lens = report["lens"]
    yield f"Scored by StackPick with the lens “{lens['title']}”, version {lens['version']}."
    if item.link or item.site:
        yield item.link or item.site


def _review(item: Item) -> Iterator[str]:
    review = item.review
    if review is None:
        return
    by = one_line(review.by)
    if item.overruling:
        reason = f" {one_line(review.reason)}" if review.reason else ""
        yield f"{by} overrules it: start with {review.overrules_name}.{reason}"
    text = f": {review.text.strip()}" if review.text.strip() else "."
    yield f"The consultant’s review, by {by}, {day_in_words(review.on)}{text}"


def _reason(part: Json) -> str:
    answer = f": {part['answer']}" if part["answer"] else ""
    reason = f" ({part['reason']})" if part["reason"] else ""
    return f"{part['label']}{answer} {signed(part['displayed'])}{reason}"


def _flip(flip: Json) -> str:
    return f"If {flip['says']}: {flip['stack_name']}."


def _look_again(item: Item) -> Iterator[str]:
    if item.review_on:
        yield f"Look again on {day_in_words(item.review_on)}."
