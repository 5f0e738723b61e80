"""What other programs read in a PDF: poppler its text, pypdf its promises."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from typing import Any

from pypdf import PdfReader

from tests.conftest import missing

# Seen by nobody: what turns, joins or parts letters.
UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


def text_of(pdf: bytes) -> str:
    """The text in the order in which it was set, as poppler reads it."""
    if not shutil.which("pdftotext"):
        missing("pdftotext is not installed: it is in Debian’s package poppler-utils")
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    done = subprocess.run(command, input=pdf, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def seen(text: str) -> str:
    """What eyes can tell apart, without the places where lines end."""
    return UNSEEN.sub("", unicodedata.normalize("NFC", text))


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def metadata(pdf: bytes) -> str:
    """The XMP packet, as text."""
    stream: Any = read(pdf).root_object["/Metadata"]
    return bytes(stream.get_data()).decode()


def fonts(pdf: bytes) -> list[Any]:
    """The font descriptors of all pages."""
    found = []
    for page in read(pdf).pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            of: Any = font.get_object()
            for part in of.get("/DescendantFonts", [of]):
                found.append(part.get_object()["/FontDescriptor"].get_object())
    return found
