"""Answers files: what is taken as it is, and what is refused where and why."""

from __future__ import annotations

import json
import time
from copy import deepcopy

import pytest
from hypothesis import given

from assessments.engine.answers import MAX_CHANGES, AnswersError, Problem, parse
from tests.examples import examples
from tests.factories import Json, answers, answers_files, changes, lens, only, parsed


def problems(file: object) -> list[Problem]:
    with pytest.raises(AnswersError) as refused:
        parse(lens(), file)
    return list(refused.value.problems)


def problem(file: object) -> Problem:
    """The only problem of the file."""
    (found,) = problems(file)
    return found


# ---------------------------------------------------------------- what is taken


@examples(200)
@given(answers_files(words=True))
def test_what_is_written_out_reads_back_the_same(file: Json) -> None:
    taken = parsed(file)
    written = taken.to_file(lens())
    assert parse(lens(), json.loads(json.dumps(written))) == taken
    assert parse(lens(), written).to_file(lens()) == written


def test_a_complete_file_comes_back_as_it_was() -> None:
    file = answers(settled_part="yes", settled_part_name="The ledger")
    assert parsed(file).to_file(lens()) == file


@examples(50)
@given(answers_files())
def test_not_sure_and_not_asked_are_the_same(file: Json) -> None:
    given_only = {key: value for key, value in file["answers"].items() if value is not None}
    assert parsed({**file, "answers": given_only}) == parsed(file)


def test_null_stands_for_nothing_everywhere() -> None:
    nothing = parsed(only())
    everything_null = only(**dict.fromkeys(lens().question))
    assert parsed(everything_null) == nothing
    assert parsed({**only(), "project": None}) == nothing
    assert parsed({**only(), "project": {"name": None, "summary": None}}) == nothing
    change = {"text": "New prices", "kind": None, "likelihood": None}
    assert parsed(only(changes=[change])) == parsed(only(changes=[{"text": "New prices"}]))


def test_nothing_has_to_be_answered() -> None:
    assert parsed(only()).to_file(lens()) == {
        "format": "stackpick-answers/1",
        "project": {},
        "answers": {},
    }


@pytest.mark.parametrize(
    "words",
    [
        "🦊 ledger 🧾",
        "דו״ח חשבוניות",
        "فواتير المستقلين",
        "e\u0301te\u0301",
        "<b>&amp;</b>",
        "a\u202eb",
    ],
)
def test_words_in_any_script_are_kept(words: str) -> None:
    file = only(changes=[{"text": words}], settled_part="yes", settled_part_name=words)
    taken = parsed({**file, "project": {"name": words, "summary": words}})
    assert (taken.name, taken.summary, taken.changes[0].text) == (words, words, words)
    assert taken.values["settled_part_name"] == words


def test_blanks_around_a_text_are_dropped() -> None:
    taken = parsed(
        {**only(changes=[{"text": "  New prices\n"}]), "project": {"name": " Ledgerly "}}
    )
    assert (taken.name, taken.changes[0].text) == ("Ledgerly", "New prices")


def test_a_limit_counts_what_is_kept() -> None:
    assert parsed({**only(), "project": {"name": " " + "x" * 100 + " "}}).name == "x" * 100


@pytest.mark.parametrize("answer", ["no", None])
def test_the_name_of_a_settled_part_goes_when_no_part_is_settled(answer: str | None) -> None:
    assert (
        parsed(only(settled_part=answer, settled_part_name="ledger")).values.get(
            "settled_part_name"
        )
        is None
    )


@pytest.mark.parametrize("answer", ["maybe", "yes"])
def test_the_name_of_a_settled_part_stays_while_one_is(answer: str) -> None:
    taken = parsed(only(settled_part=answer, settled_part_name="ledger"))
    assert taken.values["settled_part_name"] == "ledger"


def test_what_is_read_is_not_changed() -> None:
    file = answers(settled_part_name="ledger", changes=changes("schema", None, likelihood=None))
    before = deepcopy(file)
    parsed(file)
    assert file == before


def test_the_changes_are_answered_when_all_five_are_whole() -> None:
    question = lens().changes
    whole = changes(*["schema"] * MAX_CHANGES)
    assert parsed(only(changes=whole)).is_answered(question)
    assert not parsed(only(changes=whole[:4])).is_answered(question)
    assert not parsed(only(changes=[*whole[:4], {"text": "x", "kind": "schema"}])).is_answered(
        question
    )
    assert not parsed(only(changes=[*whole[:4], {"text": "x", "likelihood": "even"}])).is_answered(
        question
    )


def test_line_breaks_become_blanks() -> None:
    taken = parsed(only(changes=[{"text": "First\n\tthen \r\n second"}]))
    assert taken.changes[0].text == "First then second"


def test_a_very_long_text_is_refused_at_once() -> None:
    """However it is cleaned, that must not take the square of its length."""
    began = time.perf_counter()
    assert "characters long" in problem(only(changes=[{"text": f"a{' ' * 900_000}b"}])).message
    assert time.perf_counter() - began < 2


# ---------------------------------------------------------------- what is refused, and where

FIVE = changes(*["schema"] * MAX_CHANGES)
NUL, BELL, HALF = "a\x00b", "a\x07b", "a\ud800b"

# (the file, the path of its only problem, a part of the sentence)
REFUSED: dict[str, tuple[object, str, str]] = {
    "a list": ([], "", "has to be an object, and is a list"),
    "a text": ("answers", "", "has to be an object, and is a text"),
    "a number": (7, "", "has to be an object, and is a number"),
    "null": (None, "", "has to be an object, and is null"),
    "true": (True, "", "has to be an object, and is true or false"),
    "no format": ({"answers": {}}, "format", "is missing"),
    "another format": (
        only() | {"format": "stackpick-answers/9"},
        "format",
        "“stackpick-answers/9”",
    ),
    "a format in numbers": (only() | {"format": 1}, "format", "is a number"),
    "no answers": ({"format": "stackpick-answers/1"}, "answers", "is missing"),
    "answers as a list": (only() | {"answers": []}, "answers", "has to be an object"),
    "a project as a text": (only() | {"project": "Ledgerly"}, "project", "has to be an object"),
    "an unknown key": (only() | {"colour": "red"}, "colour", "is not known here"),
    "an unknown key in the project": (
        only() | {"project": {"colour": "red"}},
        "project.colour",
        "known: name, summary",
    ),
    "an unknown question": (only(colour="red"), "answers.colour", "is not known here"),
    "an unknown key that says nothing": (only(colour=None), "answers.colour", "is not known here"),
    "an unknown key in a change": (
        only(changes=[{"text": "x", "size": 1}]),
        "answers.changes[0].size",
        "known: text, kind, likelihood",
    ),
    "an unknown option": (
        only(schema="wobbly"),
        "answers.schema",
        "“wobbly” is not one of the options; choose settled, mostly, moving or unknown",
    ),
    "an option in capitals": (only(schema="Moving"), "answers.schema", "“Moving”"),
    "an empty option": (only(schema=""), "answers.schema", "“”"),
    "an option as a number": (only(schema=1), "answers.schema", "a number is not one of"),
    "an option as a list": (only(schema=["moving"]), "answers.schema", "a list is not one of"),
    "an option as an object": (only(schema={}), "answers.schema", "an object is not one of"),
    "a sixth change": (
        only(changes=[*FIVE, FIVE[0]]),
        "answers.changes",
        "lists 6 changes; at most 5",
    ),
    "changes as a text": (
        only(changes="many"),
        "answers.changes",
        "has to be a list, and is a text",
    ),
    "a change as a text": (only(changes=["x"]), "answers.changes[0]", "has to be an object"),
    "a change that is null": (only(changes=[None]), "answers.changes[0]", "and is null"),
    "a change without a text": (
        only(changes=[FIVE[0], {"kind": "schema"}]),
        "answers.changes[1].text",
        "is empty",
    ),
    "a change with an empty text": (
        only(changes=[{"text": ""}]),
        "answers.changes[0].text",
        "empty",
    ),
    "a change of blanks": (only(changes=[{"text": " \t\n"}]), "answers.changes[0].text", "empty"),
    "a change's text as a number": (
        only(changes=[{"text": 5}]),
        "answers.changes[0].text",
        "has to be a text, and is a number",
    ),
    "a change of an unknown kind": (
        only(changes=[{"text": "x", "kind": "pricing"}]),
        "answers.changes[0].kind",
        "“pricing” is not one of the options",
    ),
    "a change of unknown likelihood": (
        only(changes=[{"text": "x", "likelihood": 0.8}]),
        "answers.changes[0].likelihood",
        "a number is not one of the options",
    ),
    "a change's text too long": (
        only(changes=[{"text": "x" * 201}]),
        "answers.changes[0].text",
        "is 201 characters long; at most 200",
    ),
    "a name too long": (only() | {"project": {"name": "x" * 101}}, "project.name", "at most 100"),
    "a summary too long": (
        only() | {"project": {"summary": "🦊" * 301}},
        "project.summary",
        "is 301 characters long; at most 300",
    ),
    "a part's name too long": (
        only(settled_part="yes", settled_part_name="x" * 81),
        "answers.settled_part_name",
        "at most 80",
    ),
    "a name as a number": (only() | {"project": {"name": 5}}, "project.name", "has to be a text"),
    "a null byte": (only() | {"project": {"name": NUL}}, "project.name", "(U+0000)"),
    "a control character": (only(changes=[{"text": BELL}]), "answers.changes[0].text", "(U+0007)"),
    "half a character": (
        only(settled_part="yes", settled_part_name=HALF),
        "answers.settled_part_name",
        "lone surrogate",
    ),
    "a number as a text": (only(peak_rps="40"), "answers.peak_rps", "has to be a number"),
    "a number that is true": (only(peak_rps=True), "answers.peak_rps", "and is true or false"),
    "a number below its range": (only(peak_rps=-1), "answers.peak_rps", "between 0 and 1000000000"),
    "a number above its range": (only(peak_rps=10**9 + 1), "answers.peak_rps", "between 0 and"),
    "a number without end": (only(peak_rps=float("inf")), "answers.peak_rps", "between 0 and"),
    "no number at all": (only(peak_rps=float("nan")), "answers.peak_rps", "between 0 and"),
    "a name for a part that is not settled, but wrong": (
        only(settled_part="no", settled_part_name=5),
        "answers.settled_part_name",
        "has to be a text",
    ),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_is_refused_at_its_place(mistake: str) -> None:
    file, path, sentence = REFUSED[mistake]
    found = problem(file)
    assert found.path == path
    assert sentence in found.message


def test_every_mistake_is_named_at_once() -> None:
    file = only(
        stage="born",
        changes=[{"text": ""}, {"text": "x", "kind": "y"}, 3],
        peak_rps="many",
        colour="red",
    )
    assert [found.path for found in problems(file | {"format": "x", "more": 1})] == [
        "more",
        "format",
        "answers.colour",
        "answers.changes[0].text",
        "answers.changes[1].kind",
        "answers.changes[2]",
        "answers.stage",
        "answers.peak_rps",
    ]


@pytest.mark.parametrize("key", ["\x1b[31m", "a\nb", "\ud800", "x" * 500, "\x00"])
def test_a_strange_key_cannot_garble_the_message(key: str) -> None:
    for found in (problem(only() | {key: 1}), problem(only(schema=key))):
        sentence = str(found)
        assert sentence.isprintable()
        assert len(sentence) < 300
        sentence.encode()


def test_a_mistake_reads_as_path_and_sentence() -> None:
    assert str(problem(only(schema="wobbly"))).startswith("answers.schema: “wobbly” is not one")
    assert str(problem([])) == "has to be an object, and is a list"
