"""Without names and free text: what a reader sees of a result that is shown without them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from time import perf_counter
from typing import Any

from hypothesis import given

from assessments.engine.report import Report, build_report
from assessments.engine.unnamed import masked, without_texts
from tests.examples import examples
from tests.factories import Json, answers, answers_files, changes, lens, only, parsed

# No sentence of the lens has this in it.
MARK = "qzx"
# Near enough to flip by one answer, with a seam: every kind of sentence is in its report.
NEAR: Json = answers(
    settled_part="yes",
    settled_part_name="tariff engine",
    mistake="loose_much",
    contract="mostly",
    flows="moving",
    keep_alive="now",
    changes=changes("schema", "keep_alive", "throughput", None, "deployment"),
)


def marked(file: Json) -> Json:
    """The file with a mark in each text that a founder writes."""
    copy = deepcopy(file)
    copy["project"] = {"name": f"{MARK}-name", "summary": f"{MARK} summary."}
    for number, change in enumerate(copy["answers"].get("changes") or ()):
        change["text"] = f"{MARK} {number} שלום."
    if copy["answers"].get("settled_part_name"):
        copy["answers"]["settled_part_name"] = f"{MARK} part"
    return copy


def report_on(file: Json) -> Report:
    return build_report(lens(), parsed(file))


def unnamed(file: Json) -> Report:
    return without_texts(lens(), report_on(file))


def without_words(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every place in a report with its value, and of texts only that there is one."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from without_words(each, f"{at}.{key}")
    elif isinstance(value, list | tuple):
        yield at, len(value)
        for number, each in enumerate(value):
            yield from without_words(each, f"{at}[{number}]")
    else:
        yield at, str if isinstance(value, str) else value


# ---------------------------------------------------------------- nothing of the founder's is left


@examples(150)
@given(answers_files())
def test_no_word_of_a_founder_is_anywhere_in_it(file: Json) -> None:
    whole, left = report_on(marked(file)), unnamed(marked(file))
    assert MARK in json.dumps(whole)
    assert MARK not in json.dumps(left)


def test_every_kind_of_sentence_that_quotes_them_is_looked_at() -> None:
    """Or the test above could not fail where it has to."""
    whole = report_on(marked(NEAR))
    quoting = {key for key, value in whole.items() if MARK in json.dumps(value)}
    assert quoting == {
        "project",
        "answers",
        "because",
        "seam",
        "changes",
        "flips",
        "guardrails",
    }


@examples(100)
@given(answers_files(words=True))
def test_it_is_what_the_engine_says_on_answers_without_words(file: Json) -> None:
    """Whatever they wrote: any script, control of direction and markup included."""
    assert unnamed(file) == build_report(lens(), masked(lens(), parsed(file)))


# ---------------------------------------------------------------- all else stays


@examples(100)
@given(answers_files(complete=True))
def test_figures_order_and_structure_stay(file: Json) -> None:
    file = marked(file)
    told = {".project.name", ".project.summary", ".answers.settled_part_name"}
    whole = {at: value for at, value in without_words(report_on(file)) if at not in told}
    assert dict(without_words(unnamed(file))) == whole


@examples(50)
@given(answers_files())
def test_ids_draws_and_distances_stay(file: Json) -> None:
    whole, left = report_on(marked(file)), unnamed(marked(file))
    for key in ("stack", "strength", "pattern", "draws", "robustness", "lens", "firmness", "costs"):
        assert left[key] == whole[key]
    for before, after in zip(whole["flips"], left["flips"], strict=True):
        assert (after["distance"], after["stack"]) == (before["distance"], before["stack"])
        for was, now in zip(before["changes"], after["changes"], strict=True):
            assert [now[key] for key in ("question", "path", "from", "to", "label")] == [
                was[key] for key in ("question", "path", "from", "to", "label")
            ]


def test_nothing_is_searched_or_drawn_anew() -> None:
    """A pinned report keeps its flips and draws, whatever the engine would find by now."""
    pinned = report_on(NEAR)
    pinned["flips"] = pinned["flips"][1:]
    pinned["draws"] = {"count": 3, "seed": 7, "cloud": [[1.0, 2.0]]}
    left = without_texts(lens(), pinned)
    assert len(left["flips"]) == len(pinned["flips"])
    assert left["draws"] == pinned["draws"]


@examples(50)
@given(answers_files(words=True))
def test_taking_the_words_out_again_changes_nothing(file: Json) -> None:
    once = unnamed(file)
    assert without_texts(lens(), once) == once


@examples(50)
@given(answers_files(words=True))
def test_a_report_read_back_from_the_database_gives_the_same(file: Json) -> None:
    pinned = report_on(file)
    kept = json.dumps(pinned)
    assert without_texts(lens(), json.loads(kept)) == without_texts(lens(), pinned)
    assert json.dumps(pinned) == kept  # and is left as it was


# ---------------------------------------------------------------- how it reads


def test_changes_are_numbered_in_their_order_and_keep_kind_and_likelihood() -> None:
    left = unnamed(NEAR)
    assert [change["text"] for change in left["changes"]] == [f"Change {n}" for n in range(1, 6)]
    assert left["changes"][1]["kind"] == "keep_alive"
    assert left["answers"]["changes"][1] == {
        "text": "Change 2",
        "kind": "keep_alive",
        "likelihood": "likely",
    }


def test_sentences_name_the_changes_by_number() -> None:
    left = unnamed(answers())
    assert left["because"].startswith("You expect “Change 1”, “Change 2” and “Change 3”:")
    assert left["project"] == {}
    says = [flip["says"] for flip in unnamed(NEAR)["flips"]]
    assert "“Change 1” becomes doubtful" in says


def test_an_unnamed_part_is_called_what_the_lens_calls_one() -> None:
    left = unnamed(NEAR)["seam"]
    assert left is not None
    assert left["title"] == "Keep a seam around the settled part"
    assert left["settled"] == "the settled part"


def test_no_answers_at_all_are_no_trouble() -> None:
    assert unnamed(only()) == report_on(only())


def test_it_takes_a_few_milliseconds() -> None:
    pinned = report_on(NEAR)
    tries = []
    for _ in range(20):
        began = perf_counter()
        without_texts(lens(), pinned)
        tries.append(perf_counter() - began)
    assert min(tries) < 0.005
