"""Which texts an answers file may hold, as JSON Schema says it.

The parser takes away blanks around a text and puts one in the place of a line break with the blanks
around it; what is left has a greatest length and no control characters. JSON Schema knows no such
steps, so a text that is longer as it is sent is described by a regular expression: it counts the
pieces of the text as they will stand there. No piece can be read as two others, or a reader could
be kept busy for hours.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

# What Python takes for blank, and of it what breaks a line; control characters are the rest of
# U+0000 to U+001F and U+007F to U+009F. Lone surrogates are refused by the parser alone: not all
# regular expressions can name them.
_BREAK = r"\t\n\r"
_SPACE = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_BLANK = rf"{_BREAK}\u000b\u000c\u001c-\u001f\u0085{_SPACE}"
_CONTROL = r"\u0000-\u001f\u007f-\u009f"

_LETTER = rf"[^{_CONTROL}{_SPACE}]"
_INNER_SPACE = rf"[{_SPACE}](?![{_BLANK}]*[{_BREAK}])"

PLAIN = rf"^[^{_CONTROL}]*$"
NOT_BLANK = rf"[^{_BLANK}]"


def text(limit: int) -> Json:
    """A text of so many characters at most once it is tidied."""
    plain = {"type": "string", "maxLength": limit, "pattern": PLAIN}
    tidied = {
        "description": "Longer or with line breaks, but not once blanks are taken away.",
        "type": "string",
        "pattern": tidied_pattern(limit),
    }
    return {"description": f"At most {limit} characters.", "anyOf": [plain, tidied]}


def tidied_pattern(limit: int) -> str:
    """Matches a text of which ``limit`` characters or fewer are left once it is tidied."""
    blanks, no_break = f"[{_BLANK}]*", f"[{_BLANK.replace(_BREAK, '')}]*"
    line_break = rf"{no_break}[{_BREAK}]{blanks}(?![{_BLANK}])"
    return (
        rf"^{blanks}(?![{_BLANK}])(?:{_LETTER}|{_INNER_SPACE}|{line_break}){{0,{limit}}}{blanks}$"
    )
