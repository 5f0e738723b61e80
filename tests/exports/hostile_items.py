"""Items in which everything that somebody typed would like to be more than text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from assessments.engine.answers import PROJECT_LIMITS
from assessments.exports.item import Item
from assessments.exports.plain import one_line
from tests.exports.items import HOSTILE, NEAR, item, review
from tests.factories import lens

LONGEST = 500  # as long as a name can get at the desk

SYNTAX = {
    "Typst": (
        '#set page(width: 1pt)\n#panic("x")',
        "= Heading",
        "/ Term: x",
        "// comment",
        "/* x",
        '#eval("1") #read("/etc/passwd")',
        "$ sum_(x) $ <label> @label",
        "#[",
        "]",
        '"',
        "\\u{1F600}",
        "-- --- ~ ...",
    ),
    "calendar": (
        "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y",
        "x\nATTACH:http://x.example/y",
        "x\r\n DTSTART;VALUE=DATE:20200101",
        "\\n\\N\\;\\,\\",
        r"C:\New\now",
        'a;b,c:d"e^n^^',
        "\\",
    ),
    "XML": (
        "<b>&x;</b>",
        "]]>",
        "<![CDATA[",
        "<!-- x --",
        '<!DOCTYPE x [<!ENTITY a "b">]>&a;',
        "</desc><script>x</script>",
        "<?xml version='1.0'?>",
        "\ufffe\uffff",
        "&#0;&#xD800;",
    ),
    "YAML": (
        "---\n- x",
        "...",
        "? x",
        "!!python/object:os.system x",
        "&a *a",
        "k: v # c",
        "%YAML 1",
    ),
    "table": ("=1+1", "\t=1", '"\r\n"=1",', "@x", "＝1", "'", ",;|\t", "\x00=1"),
    "JSON": ('"},{"x":"', "\\u0000", "\\", "NaN", "__proto__"),
    "scripts": (
        "שלום עולם",
        "مرحبا.",
        "\u202eabc\u202c",
        "\u2067x",
        "x\u2069\u2069",
        "\u200f=1\u200e",
    ),
    "emoji": ("👩‍👩‍👧‍👦", "🏳️‍🌈", "1️⃣ 2", "👍🏽" * 40, "e" + "\u0301" * 60, "\u200d\ufe0f"),
    "unprintable": (
        "\x00\x07\x1b[31m\x7f",
        "\x85\x9f",
        "\u2028\u2029\x0b\x0c",
        "\r",
        "\ufeff\u200b",
    ),
    "halves": ("\ud800", "\udc00x\ud83d", "\U0010ffff\ufdd0\ue000"),
    "length": ("W" * LONGEST, "x " * 250, "語" * LONGEST, "🎉" * LONGEST),
}
PIECES = [*HOSTILE, *(piece for pieces in SYNTAX.values() for piece in pieces)]


@dataclass(frozen=True)
class Words:
    """All that founders, clients and consultants type about one assessment."""

    project: str = "word"
    summary: str = "word"
    change: str = "word"
    settled: str = "word"
    client: str = "word"
    by: str = "word"
    review: str = "word"
    reason: str = "word"


PLAIN = Words()


def plain_like(words: Words) -> Words:
    """A harmless word in place of any that leave something to see; where none are, none."""
    return Words(**{key: "word" if one_line(text) else "" for key, text in vars(words).items()})


def everywhere(words: str) -> Words:
    """The same words in every place."""
    return Words(*[words] * len(vars(PLAIN)))


def hostile_words() -> st.SearchStrategy[Words]:
    """Other words in each place, or the same in all."""
    anything = st.text(st.characters(), min_size=1, max_size=20)
    pieces = st.sampled_from(PIECES)
    mixed = st.lists(pieces | anything, min_size=1, max_size=5).map("".join)
    long = mixed.map(lambda text: (text * LONGEST)[:LONGEST])
    text = pieces | mixed | long
    return text.map(everywhere) | st.builds(Words, **dict.fromkeys(vars(PLAIN), text))


def taken(words: Words) -> Mapping[str, str]:
    """The words as the engine takes them: on one line, and no longer than there is room."""
    question = lens().question
    room = {
        "project": PROJECT_LIMITS["name"],
        "summary": PROJECT_LIMITS["summary"],
        "change": question["changes"].max_length,
        "settled": question["settled_part_name"].max_length,
    }
    return {key: one_line(getattr(words, key))[:most].strip() or "x" for key, most in room.items()}


def item_with(words: Words) -> Item:
    """A finished item, near to a flip and with a seam, which a consultant overrules."""
    typed = taken(words)
    answers = NEAR["answers"]
    changes = [{**change, "text": typed["change"]} for change in answers["changes"]]
    file = {
        **NEAR,
        "project": {"name": typed["project"], "summary": typed["summary"]},
        "answers": {**answers, "settled_part_name": typed["settled"], "changes": changes},
    }
    said = review(
        text=words.review, overrules="go", overrules_name="Go", reason=words.reason, by=words.by
    )
    made = item(
        file, client=words.client, project=words.project, summary=words.summary, review=said
    )
    assert made.overruling, "the answers are those of a verdict for FastAPI"
    return made
