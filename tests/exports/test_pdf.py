"""The PDF: accessible, archivable, and saying what was typed, whatever was typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from assessments.exports.documents import DOCUMENTS
from assessments.exports.failures import DraftError
from assessments.exports.item import Item
from assessments.exports.pdf import render
from tests.examples import examples
from tests.exports.examples import FILES, MARKDOWN, OVERRULING, example
from tests.exports.items import NEAR, draft, hostile, item, review
from tests.exports.papers import fonts, metadata, read, seen, text_of
from tests.factories import Json, answers, answers_files, only

file_name = DOCUMENTS["pdf"].file_name

TYPST = (
    '#include "/etc/passwd"',
    '#read("/etc/passwd")',
    "#sys.inputs.data",
    "$x$ and $ x $",
    "`raw` and ```raw```",
    "<label> and @label",
    "a \\ b \\u{41} // not /* a */ comment",
    "*b* _i_ = h\n= h\n- l\n+ e\n/ t: d",
    "#panic() ] } ) #[",
    "~ -- --- ... -? ' \" https://example.org",
)
WRITINGS = {
    "Hebrew": "שלום עולם",
    "Arabic": "مرحبا بالعالم",
    "Devanagari": "नमस्ते दुनिया क्षत्रिय",
    "Thai": "สวัสดีชาวโลก",
    "CJK": "日本語テキスト 中文 한국어",
    "emoji": "🎉 👩‍👩‍👧 🇬🇧 1️⃣ ❤️",
    "combined": "e\u0301 x\u0338 ﬁ fi",
    "Cyrillic and Greek": "Привет Γειά",
    "Tamil": "வணக்கம்",
}
RIGHT_TO_LEFT = {"Hebrew", "Arabic"}


@pytest.fixture(scope="module")
def overruled() -> bytes:
    return render(example("ledgerly", review=OVERRULING, link="https://s.example/r/x/"))


# ---------------------------------------------------------------- what it promises


def test_it_is_made_for_screen_readers_and_for_archives(overruled: bytes) -> None:
    said = metadata(overruled)
    assert re.search(r"<pdfaid:part>2<", said)
    assert re.search(r"<pdfaid:conformance>A<", said)
    assert re.search(r"<pdfuaid:part>1<", said)
    root: Any = read(overruled).root_object
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


def test_its_title_is_the_pages() -> None:
    plain = read(render(item())).metadata
    other = read(render(item(review=OVERRULING))).metadata
    assert plain
    assert plain.title == "Ledgerly: start with FastAPI · StackPick"
    assert other
    assert other.title == "Ledgerly: start with FastAPI, overruled: Go · StackPick"


def test_every_font_is_in_it(overruled: bytes) -> None:
    found = fonts(overruled)
    assert len(found) >= 4
    for font in found:
        assert {"/FontFile2", "/FontFile3"} & set(font)


def test_the_map_is_described_in_words(overruled: bytes) -> None:
    assert "Product uncertainty 81.9 of 100" in str(figures(read(overruled).root_object))


def figures(root: Any) -> list[str]:
    """The alternative texts in the structure tree."""
    found, left = [], [root["/StructTreeRoot"]]
    while left:
        node = left.pop().get_object()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict):
            found += [str(node["/Alt"])] if "/Alt" in node else []
            left += [node["/K"]] if "/K" in node else []
    return found


@pytest.mark.parametrize("name", FILES)
def test_an_example_is_two_pages(name: str) -> None:
    reader = read(render(example(name)))
    assert len(reader.pages) == 2
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_a_reviewed_example_is_two_pages_or_three(overruled: bytes) -> None:
    assert len(read(overruled).pages) in (2, 3)


def test_the_same_item_gives_the_same_bytes(overruled: bytes) -> None:
    again = render(example("ledgerly", review=OVERRULING, link="https://s.example/r/x/"))
    assert again == overruled


def test_its_date_is_the_day_it_was_finished() -> None:
    made = read(render(item(finished=datetime(2026, 3, 1, 8, 30, tzinfo=UTC)))).metadata
    assert made
    assert made.creation_date == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


# ---------------------------------------------------------------- what it says


def test_the_consultant_is_named_and_so_is_their_word(overruled: bytes) -> None:
    text = seen(text_of(overruled))
    assert seen("Reviewed by Ann Adviser") in text
    assert seen("Ann Adviser overrules it: start with Go.") in text
    assert seen(OVERRULING.reason) in text


def test_the_review_is_set_as_it_was_structured(overruled: bytes) -> None:
    text = seen(text_of(overruled))
    for said in ("Summary", "the contract, and POST /events is not", "1. p99", "make deploy"):
        assert seen(said) in text
    assert "https://example.org/contract" in addresses(overruled)
    assert "**" not in text
    assert "[" not in text


def addresses(pdf: bytes) -> set[str]:
    notes = [note for page in read(pdf).pages for note in page.get("/Annots", [])]
    return {str(note.get_object()["/A"]["/URI"]) for note in notes}


def test_the_link_is_there_to_read_and_to_follow(overruled: bytes) -> None:
    assert "https://s.example/r/x/" in text_of(overruled)
    assert "https://s.example/r/x/" in addresses(overruled)


def test_without_a_link_it_says_who_made_it() -> None:
    text = text_of(render(item(site="https://stackpick.example.org")))
    assert "Made by StackPick: https://stackpick.example.org" in text
    assert "Read it at" not in text


def test_what_is_not_known_is_not_invented() -> None:
    nothing = item(only(), review_on=None)
    text = seen(text_of(render(nothing)))
    assert seen("No changes were listed.") in text
    assert seen("Nothing was answered, so nothing speaks for either side.") in text
    assert seen("Look again on") not in text


def test_an_older_report_without_headroom_is_still_a_document() -> None:
    old = {key: value for key, value in (item().report or {}).items() if key != "headroom"}
    assert "Headroom" not in text_of(render(item(report=old)))


def test_a_review_without_words_is_none_to_read() -> None:
    text = seen(text_of(render(item(review=review(text="", outdated=True)))))
    assert seen("This review was written about earlier answers.") in text


def test_a_consultant_who_says_the_same_overrules_nothing() -> None:
    same = review(overrules="fastapi", overrules_name="FastAPI", reason="As before.")
    text = seen(text_of(render(item(review=same))))
    assert seen("It says to start with FastAPI: As before.") in text
    assert seen("overrules it") not in text


@examples(12)
@given(answers_files())
def test_every_verdict_makes_a_document(file: Json) -> None:
    assert seen(text_of(render(item(file)))).startswith("StackPick")


# ---------------------------------------------------------------- whatever is typed


@pytest.mark.parametrize("words", TYPST)
def test_typst_in_a_text_is_text(words: str) -> None:
    assert seen(words) in seen(text_of(render(everywhere(words))))


@pytest.mark.parametrize("writing", WRITINGS)
def test_every_writing_comes_back_as_written(writing: str) -> None:
    words = WRITINGS[writing]
    text = seen(text_of(render(everywhere(words))))
    if writing in RIGHT_TO_LEFT:  # readers put lines of them in an order of their own
        assert all(seen(word) in text for word in words.split())
    else:
        assert seen(words) in text


def test_what_no_font_has_is_named_by_its_number() -> None:
    text = seen(text_of(render(everywhere("a\U00013080b \ue000 \ufdd0"))))
    assert seen("a⟨U+13080⟩b ⟨U+E000⟩ ⟨U+FDD0⟩") in text


def test_letters_that_no_font_has_together_are_named_too() -> None:
    together = "\u2067\U0001f428\u1dcd\u0337\U0001f55e\ua8ef"
    assert seen("⟨U+1F428⟩⟨U+1DCD⟩⟨U+0337⟩") in seen(text_of(render(everywhere(together))))


@pytest.mark.parametrize("letter", ["W", "ש", "字", "🎉", "e\u0301"])
def test_a_name_without_a_blank_stays_on_the_paper(letter: str) -> None:
    name = (letter * 500)[:500]
    text = seen(text_of(render(everywhere(name))))
    assert seen(name) in text


def test_many_letters_that_no_font_has_are_all_named() -> None:
    text = seen(text_of(render(everywhere("\U00024980" * 500))))
    assert seen("⟨U+24980⟩" * 500) in text


def test_many_long_words_in_one_paragraph_do_not_stop_it() -> None:
    many = " ".join(f"**{'x' * 400}** {'y' * 400}" for _ in range(20))
    assert seen("y" * 400) in seen(text_of(render(item(review=review(text=many)))))


def everywhere(words: str) -> Item:
    """An item with the words in every text that somebody types."""
    file = answers(settled_part="yes", settled_part_name="x", contract="unknown")
    made = item(NEAR | {"answers": file["answers"]})
    report: Any = dict(made.report or {})
    report["project"] = {"name": words, "summary": words}
    report["changes"] = [change | {"text": words} for change in report["changes"]]
    report["seam"] = report["seam"] and report["seam"] | {"settled": words}
    report["guardrails"] = [
        {"text": guard["text"], "because": [words]} for guard in report["guardrails"]
    ]
    report["because"] = f"You expect “{words}”."
    said = review(text=words, by=words, reason=words, overrules="go", overrules_name="Go")
    return replace(made, project=words, report=report, review=said)


@examples(25, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(hostile(), st.sampled_from(TYPST), st.text(max_size=40)))
def test_no_text_breaks_it_and_all_of_it_comes_back(words: str) -> None:
    text = seen(text_of(render(everywhere(words))))
    told = [letter for letter in seen(words) if re.match(r"[a-zA-Z0-9#$\\<>@`*_]", letter)]
    assert not set(told) - set(text)
    if words.isascii() and words.isprintable():
        assert seen(words) in text


@pytest.mark.parametrize(
    "empty", ["#", "## ##", "# &nbsp;", "# ****", "# \u200b\n\nx", "#\n===\n-\n---"]
)
def test_an_empty_heading_does_not_stop_it(empty: str) -> None:
    pdf = render(item(review=review(text=f"{empty}\n\nThe end.")))
    assert seen("The end.") in seen(text_of(pdf))


@examples(15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(MARKDOWN.splitlines()) | hostile(), max_size=12))
def test_no_review_breaks_it(lines: list[str]) -> None:
    pdf = render(item(review=review(text="\n".join(lines))))
    assert seen("The consultant’s review") in seen(text_of(pdf))


# ---------------------------------------------------------------- its name


def test_the_file_is_named_after_project_and_verdict() -> None:
    assert file_name(item()) == "ledgerly-start-with-fastapi.pdf"
    assert file_name(item(review=OVERRULING)) == "ledgerly-start-with-go.pdf"
    assert file_name(item(project="日本")) == "start-with-fastapi.pdf"
    assert len(file_name(item(project="x" * 500))) <= 80


def test_a_draft_has_no_document_and_no_name() -> None:
    for refused in (render, file_name):
        with pytest.raises(DraftError, match="assessment 17 is a draft"):
            refused(draft())
