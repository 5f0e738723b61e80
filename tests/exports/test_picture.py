"""The picture of a link preview: its size, its ink, and the words inside it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from assessments.exports.documents import DOCUMENTS
from assessments.exports.failures import DraftError
from assessments.exports.picture import render, summary
from assessments.exports.picture_text import with_text
from tests.examples import examples
from tests.exports.examples import OVERRULING, example
from tests.exports.items import NEAR, draft, hostile, item, review
from tests.exports.test_pdf import everywhere
from tests.factories import only

file_name = DOCUMENTS["png"].file_name

WARM, COOL = (174, 76, 9), (10, 67, 77)


def opened(png: bytes) -> Any:
    """The picture, decoded whole, so that a wrong checksum is noticed."""
    image = Image.open(io.BytesIO(png))
    assert isinstance(image, PngImageFile)
    image.load()
    return image


def share_of(image: Any, ink: tuple[int, int, int]) -> float:
    """The share of the left half that is of this ink, where the verdict stands."""
    left = image.convert("RGB").crop((40, 190, 740, 440))
    counts = {pixel: count for count, pixel in left.getcolors(left.width * left.height)}
    return float(counts.get(ink, 0) / (left.width * left.height))


def test_it_has_the_size_of_link_previews() -> None:
    assert opened(render(item())).size == (1200, 630)


def test_the_verdict_has_its_ink() -> None:
    fastapi, go = opened(render(example("ledgerly"))), opened(render(example("tidegate")))
    assert share_of(fastapi, WARM) > 0.03 > share_of(fastapi, COOL)
    assert share_of(go, COOL) > 0.01 > share_of(go, WARM)


def test_where_a_consultant_overrules_their_word_is_the_large_one() -> None:
    image = opened(render(example("ledgerly", review=OVERRULING)))
    assert share_of(image, COOL) > 0.01 > share_of(image, WARM)


def test_its_words_say_the_whole_result() -> None:
    made = item(NEAR, review=OVERRULING, link="https://s.example/r/x/")
    image = opened(render(made))
    report: Any = made.report
    words = image.text["Description"]
    assert words == summary(made)
    assert image.text["Title"].startswith("Ledgerly: start with FastAPI")
    for said in (
        "Start with Go (Ledgerly). Ann Adviser overrules the model",
        report["because"],
        report["firmness"]["robust"],
        report["flips"][0]["says"],
        report["contributions"][0]["reason"],
        "Look again on 24 February 2027",
        "The model says: start with FastAPI. You need to buy change.",
        "I read the answers **twice**.",
        "version 1",
        "https://s.example/r/x/",
    ):
        assert said in words


def test_what_is_not_known_is_not_said() -> None:
    words = summary(item(only(), review_on=None, review=review(text="")))
    assert words.startswith("Start with")
    assert "Look again on" not in words
    assert "The consultant’s review, by Ann Adviser, 1 December 2026." in words
    with pytest.raises(DraftError):
        summary(draft())


def test_a_name_of_any_length_stays_in_its_line() -> None:
    short, long = (opened(render(everywhere(name))).convert("RGB") for name in ("x", "x" * 500))
    below = (40, 190, 740, 440)  # where the verdict stands
    assert short.crop(below).tobytes() == long.crop(below).tobytes()
    endless = opened(render(everywhere("字" * 500))).convert("RGB")
    margin = endless.crop((740, 120, 765, 200))
    assert len(margin.getcolors()) == 1


@examples(15)
@given(hostile())
def test_no_text_breaks_it(words: str) -> None:
    image = opened(render(everywhere(words)))
    assert image.size == (1200, 630)
    assert image.text["Description"]


def test_the_same_item_gives_the_same_bytes() -> None:
    assert render(item()) == render(item())


def test_words_go_into_pictures_only() -> None:
    with pytest.raises(ValueError, match="not a PNG"):
        with_text(b"GIF89a", {})


def test_the_file_is_named_after_project_and_verdict() -> None:
    assert file_name(item()) == "ledgerly-start-with-fastapi.png"


def test_a_draft_has_no_picture_and_no_name() -> None:
    for refused in (render, file_name):
        with pytest.raises(DraftError, match="assessment 17 is a draft"):
            refused(draft())
