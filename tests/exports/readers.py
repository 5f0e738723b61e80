"""One independent reader a format, by its extension: what a program makes of a file of ours.

Each gives the texts that the file shows, and its shape: all that no words may ever change.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder, XMLParser

from icalendar import Calendar
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image
from pypdf import PdfReader

import assessments
from tests.exports.reading_calendars import Line, lines, value
from tests.exports.records import body, front


class Reading(NamedTuple):
    """What was read.

    Args:
        texts: the texts that are shown, piece by piece.
        shape: how the file is built, and everything in it that is no foreign text.
    """

    texts: list[str]
    shape: Any


# ---------------------------------------------------------------- decision records

MARKDOWN = (MarkdownIt("commonmark"), MarkdownIt("gfm-like2", {"linkify": False}))
REVIEW = "The consultant’s review"


def markdown(content: bytes) -> Reading:
    """The review stands last and is Markdown: its words are those of the source."""
    record = content.decode()
    before = [_before_the_review(reader.parse(body(record))) for reader in MARKDOWN]
    shown = ["".join(c.content for c in t.children or ()) for t in before[0]]
    listed = [text for value in front(record).values() if isinstance(value, list) for text in value]
    source = record.rpartition(f"### {REVIEW}\n")[2]
    return Reading([*shown, *listed, source], [list(map(_shape, tokens)) for tokens in before])


def _before_the_review(tokens: list[Token]) -> list[Token]:
    headings = [n for n, token in enumerate(tokens) if token.content == REVIEW]
    end = 2 + max(headings, default=len(tokens))
    for token in tokens[end:]:
        assert token.type != "html_block"
        assert token.tag not in ("h1", "h2", "h3")
        assert "html_inline" not in {child.type for child in token.children or ()}
    return tokens[:end]


def _shape(token: Token) -> tuple[str, str, int, list[str]]:
    return token.type, token.tag, token.level, [child.type for child in token.children or ()]


def archive(content: bytes) -> Reading:
    """Decision records, and a list of them."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert opened.testzip() is None
        readme, *records = opened.namelist()
        assert all(re.fullmatch(r"[a-z0-9-]{1,77}\.md", name) for name in records)
        read = [markdown(opened.read(name)) for name in records]
        listing = opened.read(readme).decode()
    texts = [text for record in read for text in record.texts]
    return Reading([listing, *texts], (readme, [record.shape for record in read]))


# ---------------------------------------------------------------- data


_GUARDS = re.compile(r"(?:(?<=[;\n\r])|^)'+")


def unguarded(cell: str) -> str:
    """Without apostrophes where a cell begins for one spreadsheet or another."""
    return _GUARDS.sub("", cell)


def table(content: bytes) -> Reading:
    """A table of which no cell is a formula."""
    assert content.startswith(codecs.BOM_UTF8)
    text = content.removeprefix(codecs.BOM_UTF8).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "\t"))]
    return Reading(cells, (header, [len(row) for row in rows]))


def json_lines(content: bytes) -> Reading:
    """One object a line, whatever a reader takes for the end of a line."""
    text = content.decode("ascii")
    documents = [json.loads(line) for line in text.splitlines()]
    return Reading([*_strings(documents)], _skeleton(documents))


# Kept beside the code that makes the reports.
SCHEMA = Path(assessments.__file__).parent / "schemas" / "report-1.json"


def json_report(content: bytes) -> Reading:
    """A report that keeps the promise of its published schema."""
    document = json.loads(content)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
    return Reading([*_strings(document)], _skeleton(document))


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, (dict, list)):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _strings(part)


def _skeleton(data: Any) -> Any:
    """Keys, lengths and types."""
    if isinstance(data, dict):
        return {key: _skeleton(part) for key, part in data.items()}
    return list(map(_skeleton, data)) if isinstance(data, list) else type(data).__name__


# ---------------------------------------------------------------- calendar and badge


def calendar(content: bytes) -> Reading:
    """Lines that are right by the letter, and which a forgiving reader takes for the same."""
    found = lines(content)
    read: Any = Calendar.from_ical(content)
    assert [part.name for part in read.walk()] == [x.value for x in found if x.name == "BEGIN"]
    assert not [part.errors for part in read.walk() if part.errors]
    return Reading([value(found, "SUMMARY"), value(found, "DESCRIPTION")], list(map(_fixed, found)))


def _fixed(line: Line) -> Line:
    return line._replace(value="") if line.name in ("SUMMARY", "DESCRIPTION") else line


def drawing(content: bytes) -> Reading:
    """XML, in which a comment or an instruction would be a part like any other."""
    parser = XMLParser(target=TreeBuilder(insert_comments=True, insert_pis=True))  # noqa: S314
    parser.feed(content)
    root: Element = parser.close()
    parts = list(root.iter())
    assert not [part for part in parts if (part.tail or "").strip()]
    return Reading([part.text or "" for part in parts], [(part.tag, part.attrib) for part in parts])


# ---------------------------------------------------------------- paper and picture

# What a link may do in a PDF: lead to a page of it, or to an address.
HARMLESS = {"/GoTo", "/URI"}
NEVER = {"/JavaScript", "/JS", "/Launch", "/SubmitForm", "/OpenAction", "/AA", "/AcroForm"}


def paper(content: bytes) -> Reading:
    """A tagged PDF that does nothing by itself. How many pages it has, words may decide."""
    read = PdfReader(io.BytesIO(content), strict=True)
    texts = [page.extract_text() for page in read.pages]
    root: Any = read.trailer["/Root"]
    assert not NEVER & set(root)
    assert not NEVER & set(root.get("/Names", {}))
    for page in read.pages:
        assert all(_action(note) in HARMLESS for note in page.get("/Annots") or ())
    return Reading(texts, (root["/MarkInfo"]["/Marked"].value, "/StructTreeRoot" in root))


def _action(note: Any) -> str:
    found = note.get_object()
    assert found["/Subtype"] == "/Link"
    return str(found["/A"]["/S"]) if "/A" in found else "/GoTo"


def picture(content: bytes) -> Reading:
    """A picture of the size that previews ask for; its words are drawn."""
    Image.open(io.BytesIO(content)).verify()
    with Image.open(io.BytesIO(content)) as opened:
        opened.load()
        return Reading([], (opened.format, opened.size))


READERS: dict[str, Callable[[bytes], Reading]] = {
    "csv": table,
    "ics": calendar,
    "json": json_report,
    "jsonl": json_lines,
    "md": markdown,
    "pdf": paper,
    "png": picture,
    "svg": drawing,
    "zip": archive,
}
