"""A badge for a README: what to start with, and how robust that is, as a small SVG.

It asks for no font and no script, and stands on white as on black.
"""

from __future__ import annotations

import re
from urllib.parse import quote

# Only ever written with, never read.
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405

from ..engine.sentences import percent
from . import summary
from .failures import DraftError
from .item import Item
from .markdown import escaped
from .plain import one_line

# Ink and wash of each stack, as in static/css/inks.css on white.
INKS = {"fastapi": ("#ae4c09", "#fcefe2"), "go": ("#0a434d", "#e2eff0")}
LETTERS = "#fff"
HEIGHT, PADDING, ROUND = 20, 8, 3
FONT, SIZE, BASELINE = "Verdana, 'DejaVu Sans', sans-serif", 11, 14

# Advance widths of DejaVu Sans 2.37 (Book) in hundredths of an em, from its table “hmtx”. Verdana
# is as wide within a hundredth or two; any other font is fitted to them by textLength.
_ADVANCES = {
    28: "'ijl",
    30: "IJ",
    32: " ,.\N{NO-BREAK SPACE}’",
    34: "/:;\\|",
    35: "f",
    36: "-",
    39: "()[]t",
    40: "!",
    41: "r",
    46: '"',
    50: "*_`",
    52: "sz",
    53: "?",
    55: "cL",
    58: "Fk",
    59: "vxy",
    61: "PTYaoe",
    63: "EhnuSbdgpq",
    64: "$0123456789{}",
    66: "K",
    68: "AVXZB",
    70: "RC",
    73: "U",
    75: "NH",
    77: "DG",
    78: "&",
    79: "OQ",
    82: "w",
    84: "#+<=>^~",
    86: "M",
    95: "%",
    97: "m",
    99: "W",
}
_ADVANCE = {letter: width for width, letters in _ADVANCES.items() for letter in letters}
_EM = 100  # of a letter that is not in the table, which is hardly ever wider

# What is left after cleaning that XML 1.0 cannot hold, not even as a reference.
_NOT_XML = re.compile("[\ufffe\uffff]")


def render(item: Item) -> bytes:
    """The badge as an SVG document in UTF-8, with the summary as its description.

    Raises:
        DraftError: the assessment is not finished.
    """
    left, right = words(item)
    says = "\n".join(map(_xml, summary.lines(item)))
    drawn: str = tostring(_drawn(_xml(left), right, says, *INKS[_stack(item)]), "unicode")
    return f"{drawn}\n".encode()


def words(item: Item) -> tuple[str, str]:
    """What stands on its two parts, such as ``start with FastAPI`` and ``robust 93 %``.

    Raises:
        DraftError: the assessment is not finished.
    """
    if item.report is None or not item.has_verdict:
        raise DraftError(item)
    share = item.report["robustness"][item.report["stack"]]
    robust = "overruled" if item.overruling else f"robust {percent(share)}"
    return f"start with {one_line(item.decided)}", robust


def markdown_snippet(image_url: str, page_url: str, item: Item) -> str:
    """The Markdown that shows the badge in a README, and leads from it to the result.

    Raises:
        DraftError: the assessment is not finished.
    """
    alternative = escaped(_title(*words(item)))
    return f"[![{alternative}]({_address(image_url)})]({_address(page_url)})"


def _title(left: str, right: str) -> str:
    return f"{left[:1].upper()}{left[1:]}, {right}"


def _address(url: str) -> str:
    """An address without a sign that could end a Markdown link, or begin anything in it."""
    return quote(url, safe=":/?#[]@&=+,%")


def _stack(item: Item) -> str:
    """The stack to start with: the consultant's word counts."""
    return item.overruling.overrules if item.overruling else str((item.report or {})["stack"])


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


# ---------------------------------------------------------------- the drawing


def _drawn(left: str, right: str, says: str, ink: str, wash: str) -> Element:
    first, second = _width(left), _width(right)
    seam = first + 2 * PADDING
    width = seam + second + 2 * PADDING
    svg = Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
    svg.attrib |= {"width": f"{width}", "height": f"{HEIGHT}", "viewBox": f"0 0 {width} {HEIGHT}"}
    SubElement(svg, "title").text = _title(left, right)
    SubElement(svg, "desc").text = says
    _outline(svg, width, ink, wash)
    SubElement(svg, "path", d=_left_part(seam), fill=ink)
    letters = SubElement(svg, "g", {"font-family": FONT, "font-size": f"{SIZE}"})
    _letter(letters, left, PADDING, first, LETTERS)
    _letter(letters, right, seam + PADDING, second, ink)
    return svg


def _width(text: str) -> int:
    """The width of a text in pixels, rounded up."""
    return -(-SIZE * sum(_ADVANCE.get(letter, _EM) for letter in text) // 100)


def _outline(svg: Element, width: int, ink: str, wash: str) -> None:
    """A line of the ink around the wash, which keeps the badge together on white."""
    size = {"width": f"{width - 1}", "height": f"{HEIGHT - 1}", "rx": f"{ROUND}"}
    SubElement(svg, "rect", {"x": "0.5", "y": "0.5", **size, "fill": wash, "stroke": ink})


def _left_part(seam: int) -> str:
    """A box up to the seam, round on its left."""
    turn = f"a{ROUND} {ROUND} 0 0 1"
    side = HEIGHT - 2 * ROUND
    return f"M{seam} {HEIGHT}H{ROUND}{turn}-{ROUND}-{ROUND}v-{side}{turn} {ROUND}-{ROUND}H{seam}z"


def _letter(parent: Element, text: str, x: int, width: int, ink: str) -> None:
    fitted = {"textLength": f"{width}", "lengthAdjust": "spacingAndGlyphs", "fill": ink}
    SubElement(parent, "text", {"x": f"{x}", "y": f"{BASELINE}", **fitted}).text = text
