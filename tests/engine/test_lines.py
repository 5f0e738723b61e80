"""An answer is read the same wherever it is shown."""

from __future__ import annotations

import pytest

from assessments.engine.lines import given_lines, read_lines
from tests.factories import Json, answers, lens, only, parsed

LISTED = [
    {"text": "Prices by seat", "kind": "schema", "likelihood": "likely"},
    {"text": "A second region"},
]


@pytest.mark.parametrize(
    ("given", "question", "says"),
    [
        ({"schema": "moving"}, "schema", ("Moving",)),
        ({"peak_rps": 1200}, "peak_rps", ("1,200",)),
        ({"settled_part": "yes", "settled_part_name": "Ledger"}, "settled_part_name", ("Ledger",)),
        (
            {"changes": LISTED},
            "changes",
            ("Prices by seat (Data model · likely)", "A second region (Kind not sure)"),
        ),
        ({}, "schema", ("Not sure",)),
        ({}, "peak_rps", ("Not given",)),
        ({}, "settled_part_name", ("Not given",)),
        ({}, "changes", ("None listed",)),
    ],
)
def test_an_answer_reads_as_its_lines(given: Json, question: str, says: tuple[str, ...]) -> None:
    assert read_lines(lens(), parsed(only(**given)), lens().question[question]) == says


def test_every_question_has_a_line_and_only_an_open_one_has_none_given() -> None:
    for file in (only(), answers()):
        taken = parsed(file)
        for question in lens().questions:
            assert read_lines(lens(), taken, question)
            said = question.id in taken.answers_object(lens())
            assert bool(given_lines(lens(), taken, question)) == said
