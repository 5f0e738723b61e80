"""The process that typesets: a program of its own, with Typst in it and nothing of Django.

A rendering that hangs cannot be stopped from inside the process that it hangs in, so the web's
processes leave it to this one, which can be ended (``typesetting.py``). Both speak in messages with
their length before them: a request is JSON, an answer a byte, ``+`` or ``-``, and then the file, or
one word on why there is none. That word never holds anything of the document.

    python -I typesetter.py SECONDS
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

import typst

FOLDER = Path(__file__).resolve().parent
MADE = b"+"
FAILED = b"-"
NO_LETTER = "no-letter"
KEPT = 5  # compilations
# What Typst says where no font has a letter, where PDF/A forbids one, and where a paragraph has too
# many places to break at: all of them can be helped by plainer letters (`glyphs.shown`).
_NO_LETTER = (
    *("could not be displayed", "disallowed codepoint", "private use"),
    "maximum grouping depth",
)


def main() -> None:
    """Answers requests until the other end closes."""
    seconds = int(sys.argv[1])
    # The way out if a rendering hangs and nobody is left to end this process: the system does,
    # whatever Typst is up to, because nothing handles the signal.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    compilers = Compilers()
    compilers.warm_up()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while request := received(requests):
        signal.alarm(seconds)
        answers.write(packed(answer(compilers, request)))
        answers.flush()
        compilers.let_go()
        signal.alarm(0)


class Compilers:
    """One compiler for each template: it keeps what it has read, and the fonts."""

    def __init__(self) -> None:
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FOLDER / "fonts")])
        self._made = {
            name: typst.Compiler(FOLDER / "typst" / name, root=FOLDER / "typst", font_paths=fonts)
            for name in ("empty.typ", "warm.typ", "result.typ", "picture.typ")
        }

    def warm_up(self) -> None:
        """Reads what every document needs, while nobody waits yet."""
        self.render("warm.typ", {}, format="png")

    def let_go(self) -> None:
        """Typst keeps what its last ten compilations made: 40 MB, of no use to the next document.

        Empty ones push it out, in a millisecond in which nobody waits.
        """
        for _ in range(KEPT):
            self.render("empty.typ", {}, format="svg")

    def render(self, template: str, data: Any, **options: Any) -> bytes:
        inputs = {"data": json.dumps(data)}
        made = self._made[template].compile(sys_inputs=inputs, **options)
        if not isinstance(made, bytes):  # several pages as pictures, which no template is for
            raise TypeError
        return made


def answer(compilers: Compilers, request: bytes) -> bytes:
    try:
        return MADE + compilers.render(**json.loads(request))
    except typst.TypstError as problem:
        return FAILED + reason(problem).encode()
    except Exception as problem:
        return FAILED + type(problem).__name__.encode()


def reason(problem: typst.TypstError) -> str:
    """Typst quotes the document in its messages: only their kind goes on."""
    said = str(problem.message)
    return NO_LETTER if any(sign in said for sign in _NO_LETTER) else "TypstError"


def packed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def received(stream: BinaryIO) -> bytes:
    """The next message; empty at the end."""
    size = stream.read(4)
    return stream.read(int.from_bytes(size, "big")) if len(size) == 4 else b""


if __name__ == "__main__":
    main()
