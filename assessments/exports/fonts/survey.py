"""Reads from the fonts which characters each of them has, and writes ``coverage.json``.

Run it as ``.venv/bin/python -m assessments.exports.fonts.survey`` after a font was changed. It
needs fontTools, which is there for development only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent
COVERAGE = FOLDER / "coverage.json"

# The order in which the documents ask them; fonts/README.md says where they are from.
ORDER = (
    "SourceSans3_400Regular.ttf",
    "NotoSansArabic_400Regular.ttf",
    "NotoSansHebrew_400Regular.ttf",
    "NotoSansDevanagari_400Regular.ttf",
    "NotoSansBengali_400Regular.ttf",
    "NotoSansGurmukhi_400Regular.ttf",
    "NotoSansGujarati_400Regular.ttf",
    "NotoSansTamil_400Regular.ttf",
    "NotoSansTelugu_400Regular.ttf",
    "NotoSansKannada_400Regular.ttf",
    "NotoSansMalayalam_400Regular.ttf",
    "NotoSansSinhala_400Regular.ttf",
    "NotoSansThai_400Regular.ttf",
    "NotoSansLao_400Regular.ttf",
    "NotoSansMyanmar_400Regular.ttf",
    "NotoSansKhmer_400Regular.ttf",
    "NotoSansEthiopic_400Regular.ttf",
    "NotoEmoji_400Regular.ttf",
    "DejaVuSans.ttf",
    "DroidSansFallback.ttf",
)


def main() -> None:
    COVERAGE.write_text(as_json(survey()), encoding="utf-8")


def survey() -> dict[str, list[list[int]]]:
    """Per family, in the order of asking, the runs of characters it has, both ends included."""
    found = {}
    for name in ORDER:
        with TTFont(FOLDER / name) as font:
            family = font["name"].getBestFamilyName()
            found[str(family)] = runs(font.getBestCmap())
    return found


def runs(characters: Iterable[int]) -> list[list[int]]:
    """The numbers as runs: ``[1, 2, 3, 7]`` becomes ``[[1, 3], [7, 7]]``."""
    found: list[list[int]] = []
    for character in sorted(characters):
        if found and found[-1][1] == character - 1:
            found[-1][1] = character
        else:
            found.append([character, character])
    return found


def as_json(coverage: dict[str, list[list[int]]]) -> str:
    """A line for each family, so that a change can be read."""
    lines = (
        f"{json.dumps(family)}: {json.dumps(found, separators=(',', ':'))}"
        for family, found in coverage.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
