"""The schema of answers files says what the parser says, of whatever is sent."""

from __future__ import annotations

import sys
import time
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assessments.engine.answers import PROJECT_LIMITS, AnswersError, parse
from assessments.schemas import texts
from assessments.schemas.answers import answers_schema
from assessments.worked_examples import FOLDER, worked_example
from tests.examples import examples
from tests.factories import Json, answers, answers_files, case_files, lens, only
from tests.schemas.checking import answers_validator, at, file_of, mistakes, places

LIMIT = PROJECT_LIMITS["name"]
LETTERS = "ab é😀\t\n\r \x00\x0b\x0c\x1c\x1f\x85\x9f\xa0\u2028\u3000\u200b\ufeff"
CHANGE = {"text": "a change", "kind": "schema", "likelihood": "likely"}


def parses(data: Any) -> bool:
    try:
        parse(lens(), data)
    except AnswersError:
        return False
    return True


def agree(data: Any) -> bool:
    """Whether parser and schema take it alike; what both say of it, too."""
    assert answers_validator().is_valid(data) == parses(data), mistakes(answers_validator(), data)
    return parses(data)


# ---------------------------------------------------------------- what is taken


def test_it_is_a_schema_of_its_dialect() -> None:
    Draft202012Validator.check_schema(answers_schema(lens()))


@pytest.mark.parametrize("slug", sorted(path.stem[2:] for path in FOLDER.glob("*.json")))
def test_a_worked_example_fits(slug: str) -> None:
    assert mistakes(answers_validator(), worked_example(slug)) == []


@pytest.mark.parametrize("name", case_files())
def test_a_documented_case_fits(name: str) -> None:
    assert mistakes(answers_validator(), case_files()[name]) == []


@examples(60)
@given(answers_files(words=True))
def test_whatever_a_founder_answers_fits(file: Json) -> None:
    assert mistakes(answers_validator(), file) == []


@pytest.mark.parametrize(
    "file",
    [
        only(),
        only(**dict.fromkeys(lens().question)),
        only() | {"project": None},
        only() | {"answers": None},
        only() | {"project": {"name": None, "summary": ""}},
        only(changes=[]),
        only(changes=[{"text": "a change"}, CHANGE | {"kind": None}]),
        only(settled_part_name="", peak_rps=0),
        only(peak_rps=40.0),
        only() | {"project": {"name": f"  {'x' * LIMIT}\n"}},
    ],
)
def test_what_is_left_open_fits(file: Json) -> None:
    assert agree(file)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "file",
    [
        None,
        [],
        "answers",
        {},
        {"answers": {}},
        {"format": lens().answers_format},
        only() | {"format": "stackpick-answers/2"},
        only() | {"format": None},
        only() | {"note": None},
        only() | {"project": []},
        only() | {"project": {"name": 7}},
        only() | {"project": {"name": "x" * (LIMIT + 1)}},
        only() | {"project": {"name": "a\x07b"}},
        only() | {"project": {"title": "x"}},
        only(stage=""),
        only(stage="Idea"),
        only(stage=1),
        only(stage=["idea"]),
        only(pricing="fixed"),
        only(peak_rps=-1),
        only(peak_rps=lens().question["peak_rps"].maximum + 1),
        only(peak_rps=True),
        only(peak_rps="40"),
        only(changes={}),
        only(changes=[CHANGE] * 6),
        only(changes=[None]),
        only(changes=[{}]),
        only(changes=[CHANGE | {"text": None}]),
        only(changes=[CHANGE | {"text": " \n\u2003"}]),
        only(changes=[CHANGE | {"kind": "money"}]),
        only(changes=[CHANGE | {"likelihood": 0.8}]),
        only(changes=[CHANGE | {"when": "soon"}]),
    ],
)
def test_what_the_parser_refuses_does_not_fit(file: Any) -> None:
    assert not agree(file)


def junk() -> st.SearchStrategy[Any]:
    """Values that may or may not be an answer somewhere."""
    known = [option.id for question in lens().questions for option in question.options]
    plain = (
        st.none()
        | st.booleans()
        | st.integers(-5, 10**7)
        | st.floats(allow_nan=False)
        | st.sampled_from([*known, *lens().kind, *lens().likelihood, "", " "])
        | untidy()
    )
    inside = st.lists(plain, max_size=2) | st.dictionaries(st.sampled_from(["text", "x"]), plain)
    return plain | inside | st.lists(st.just(CHANGE), min_size=4, max_size=7)


def untidy(longest: int = 12) -> st.SearchStrategy[str]:
    """Text with blanks, line breaks and control characters in it, more often than people write."""
    return st.text(LETTERS, max_size=longest)


@examples(150)
@given(st.data())
def test_parser_and_schema_agree_on_files_with_something_else_in_them(data: st.DataObject) -> None:
    file = deepcopy(data.draw(st.sampled_from([answers(), only(changes=[CHANGE])])))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(file) or [("format",)]))
        where = at(file, path[:-1])
        what = data.draw(st.sampled_from(["replace", "remove", "add"]))
        if what == "remove":
            del where[path[-1]]
        else:
            key = path[-1] if what == "replace" else data.draw(st.text(min_size=1, max_size=3))
            where[key] = deepcopy(data.draw(junk()))
    agree(file)


# ---------------------------------------------------------------- how long a text may be


@examples(400)
@given(st.integers(LIMIT - 6, LIMIT + 1), untidy(), untidy())
@example(LIMIT, " \n", "\n\x0b ")
@example(LIMIT - 1, "", " \n \n b")
@example(LIMIT, "", "\n.")
def test_a_text_is_as_long_as_the_parser_counts_it(count: int, before: str, after: str) -> None:
    agree(only() | {"project": {"name": before + "x" * count + after}})


@examples(200)
@given(untidy(30))
def test_a_change_has_to_say_something(text: str) -> None:
    agree(only(changes=[{"text": text}]))


def test_blanks_are_the_ones_that_the_parser_takes_away() -> None:
    for code in range(sys.maxunicode + 1):
        if chr(code).isspace():
            assert answers_validator().is_valid(file_of(changes=[{"text": f"a{chr(code)}"}]))
            assert not answers_validator().is_valid(file_of(changes=[{"text": chr(code)}]))


@pytest.mark.parametrize("run", [" ", "\n", " \n", "\n ", "\x0b", "x \n"])
def test_no_text_keeps_a_reader_of_the_schema_busy(run: str) -> None:
    validator = Draft202012Validator({"type": "string", **texts.text(300)})
    start = time.process_time()
    assert not validator.is_valid(f"a{run * 2000}\x00")
    assert time.process_time() - start < 5


# ---------------------------------------------------------------- it is made from the lens


def test_every_question_and_option_is_in_it() -> None:
    properties = answers_schema(lens())["properties"]["answers"]["properties"]
    assert [*properties] == [question.id for question in lens().questions]
    for question in lens().questions:
        if question.kind == "choice":
            assert properties[question.id]["enum"] == [*question.by_id, None]
        assert properties[question.id]["title"] == question.short
        assert question.why in properties[question.id]["description"]
