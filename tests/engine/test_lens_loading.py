"""A lens with a mistake in it is refused, and the refusal says where to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessments.engine.lens import AXES, STACKS
from assessments.engine.loading import load_lens
from assessments.engine.toml_table import LensError
from tests.engine.lens_text import SHIPPED, edit, loaded, write
from tests.factories import OPERATION_KINDS, PRODUCT_KINDS, lens

QUESTION, OPTION = "[[question]]", "[[question.option]]"
EXTRA_QUESTION = """
[[question]]
id = "{id}"
step = "{step}"
kind = "{kind}"
label = "A label"
short = "Short"
why = "Because."
"""


def refusal(folder: Path, text: str) -> LensError:
    path = write(folder, text)
    with pytest.raises(LensError) as refused:
        load_lens(path)
    error = refused.value
    assert str(error) == f"{path}: {error.table}: {error.reason}"
    assert error.file == str(path)
    return error


def test_the_shipped_lens_holds_the_identifiers_of_the_answers_file() -> None:
    shipped = lens()
    assert shipped.answers_format == "stackpick-answers/1"
    assert list(shipped.question) == [
        *("stage", "changes", "backend", "settled_part", "settled_part_name", "mistake"),
        *("core_object", "schema", "contract", "flows", "integrations", "scripts"),
        *("throughput", "peak_rps", "concurrency", "deployment", "observability", "keep_alive"),
        *("failure_cost", "python", "go", "library_pull"),
    ]
    assert tuple(shipped.kind) == PRODUCT_KINDS + OPERATION_KINDS
    assert list(shipped.likelihood) == ["unlikely", "even", "likely", "certain"]
    moving = ["settled", "mostly", "moving", "unknown"]
    holding = ["none", "later", "soon", "now"]
    assert {
        question.id: list(question.by_id)
        for question in shipped.questions
        if question.options and question.step != "moving" and list(question.by_id) != holding
    } == {
        "stage": ["idea", "prototype", "early_users", "growing", "relied_on"],
        "backend": [
            *("product", "thin_interface", "webhook_receiver", "queue_worker"),
            *("billing_calculator", "stream_processor", "internal_service", "realtime_gateway"),
            *("data_or_ml", "other"),
        ],
        "settled_part": ["no", "maybe", "yes"],
        "mistake": ["slow_much", "slow", "even", "loose", "loose_much"],
        "failure_cost": ["trivial", "annoying", "serious", "severe"],
        "python": ["none", "some", "fluent"],
        "go": ["none", "some", "fluent"],
        "library_pull": ["python", "go", "neither"],
    }
    assert all(list(q.by_id) == moving for q in shipped.questions if q.step == "moving")


def test_the_weights_of_each_axis_can_be_read_as_points_of_a_hundred() -> None:
    for axis in AXES:
        assert sum(question.weights.get(axis, 0) for question in lens().weighed) == 100


def test_every_step_of_the_shipped_lens_asks_something() -> None:
    assert all(lens().questions_of(step.id) for step in lens().steps)


# (which edit of the shipped lens, the table that is named, a part of the reason)
EDITS: dict[str, tuple[tuple[str, str | None, str, str], str, str]] = {
    "a weight on an unknown axis": (
        (QUESTION, "schema", "weight = .*", "weight = { speed = 8 }"),
        "question[schema].weight",
        "unknown axis, “speed”",
    ),
    "a reading on an unknown axis": (
        (OPTION, "idea", "reading = .*", "reading = { speed = 1.0 }"),
        "question[stage].option[idea].reading",
        "unknown axis, “speed”",
    ),
    "a kind of change on an unknown axis": (
        ("[[kind]]", "deployment", "axis = .*", 'axis = "speed"'),
        "kind[deployment]",
        "unknown axis, “speed”",
    ),
    "a cap on an unknown axis": (
        ("[question.cap]", None, "axis = .*", 'axis = "speed"'),
        "question[peak_rps].cap",
        "unknown axis, “speed”",
    ),
    "a question twice": (
        (QUESTION, "schema", "id = .*", 'id = "stage"'),
        "question[stage]",
        "“stage” is used twice",
    ),
    "an option twice": (
        (OPTION, "prototype", "id = .*", 'id = "idea"'),
        "question[stage].option[idea]",
        "“idea” is used twice",
    ),
    "a step twice": (
        ("[[step]]", "team", "id = .*", 'id = "holding"'),
        "step[holding]",
        "“holding” is used twice",
    ),
    "a kind twice": (
        ("[[kind]]", "schema", "id = .*", 'id = "throughput"'),
        "kind[throughput]",
        "“throughput” is used twice",
    ),
    "a likelihood twice": (
        ("[[likelihood]]", "even", "id = .*", 'id = "likely"'),
        "likelihood[likely]",
        "“likely” is used twice",
    ),
    "a guardrail twice": (
        ("[[guardrail]]", "go-nouns", "id = .*", 'id = "go-sketch"'),
        "guardrail[go-sketch]",
        "“go-sketch” is used twice",
    ),
    "a reading above one": (
        (OPTION, "idea", "reading = .*", "reading = { uncertainty = 1.1, operations = 0.0 }"),
        "question[stage].option[idea].reading",
        "“uncertainty” is 1.1, outside [0, 1]",
    ),
    "a reading below zero": (
        (OPTION, "idea", "reading = .*", "reading = { uncertainty = 1, operations = -0.1 }"),
        "question[stage].option[idea].reading",
        "“operations” is -0.1, outside [0, 1]",
    ),
    "a reading that is no number": (
        (OPTION, "idea", "reading = .*", "reading = { uncertainty = nan, operations = 0.0 }"),
        "question[stage].option[idea].reading",
        "outside [0, 1]",
    ),
    "a reading in words": (
        (OPTION, "idea", "reading = .*", 'reading = { uncertainty = "much", operations = 0 }'),
        "question[stage].option[idea].reading",
        "has to be a number",
    ),
    "a reading that is true": (
        (OPTION, "idea", "reading = .*", "reading = { uncertainty = true, operations = 0 }"),
        "question[stage].option[idea].reading",
        "has to be a number",
    ),
    "a probability above one": (
        ("[[likelihood]]", "certain", "probability = .*", "probability = 1.5"),
        "likelihood[certain]",
        "outside [0, 1]",
    ),
    "a negative weight": (
        (QUESTION, "schema", "weight = .*", "weight = { uncertainty = -8 }"),
        "question[schema].weight",
        "“uncertainty” is -8",
    ),
    "no reason": (
        (OPTION, "idea", "reason = .*", ""),
        "question[stage].option[idea]",
        "“reason” is missing",
    ),
    "an empty reason": (
        (OPTION, "idea", "reason = .*", 'reason = " "'),
        "question[stage].option[idea]",
        "“reason” has to be a text",
    ),
    "an option without its sentence": (
        (OPTION, "idea", "says = .*", ""),
        "question[stage].option[idea]",
        "“says” is missing",
    ),
    "an option without its sign": (
        (OPTION, "idea", "sign = .*", "sign = 5"),
        "question[stage].option[idea]",
        "“sign” has to be a text",
    ),
    "a question without a why": (
        (QUESTION, "schema", "why = .*", ""),
        "question[schema]",
        "“why” is missing",
    ),
    "an unknown step": (
        (QUESTION, "schema", "step = .*", 'step = "nowhere"'),
        "question[schema]",
        "unknown step, “nowhere”",
    ),
    "a step without questions": (
        ("[[step]]", "team", "id = .*", 'id = "nowhere"'),
        "step[nowhere]",
        "no question belongs to this step",
    ),
    "an unknown kind of question": (
        (QUESTION, "schema", "kind = .*", 'kind = "slider"'),
        "question[schema]",
        "unknown kind of question, “slider”",
    ),
    "an unknown key in a question": (
        (QUESTION, "schema", "why = .*", 'why = "x"\nwhyy = "x"'),
        "question[schema]",
        "unknown key, “whyy”",
    ),
    "an unknown key in an option": (
        (OPTION, "idea", "reason = .*", 'reason = "x"\nreasons = "x"'),
        "question[stage].option[idea]",
        "unknown key, “reasons”",
    ),
    "an unknown key in the arithmetic": (
        ("[arithmetic]", None, "neutral = .*", "neutral = 0.5\nneutrality = 1"),
        "arithmetic",
        "unknown key, “neutrality”",
    ),
    "an unknown table": (
        ("[arithmetic]", None, r"\[arithmetic\]", "[surprise]\nx = 1\n[arithmetic]"),
        "lens file",
        "unknown key, “surprise”",
    ),
    "an unknown stack": (
        ("[stack.go]", None, r"\[stack.go\]", "[stack.rust]\nx = 1\n[stack.go]"),
        "stack",
        "unknown key, “rust”",
    ),
    "an unknown axis": (
        (
            "[axis.operations]",
            None,
            r"\[axis.operations\]",
            "[axis.speed]\nx = 1\n[axis.operations]",
        ),
        "axis",
        "speed",
    ),
    "an unknown key in an axis": (
        ("[axis.operations]", None, "name = .*", 'name = "x"\nnames = "x"'),
        "axis.operations",
        "unknown key, “names”",
    ),
    "a weight without readings": (
        (QUESTION, "schema", "weight = .*", "weight = { uncertainty = 8, operations = 1 }"),
        "question[schema].option[settled]",
        "“reading” is missing for “operations”",
    ),
    "readings without a weight": (
        (QUESTION, "schema", "weight = .*", ""),
        "question[schema].option[settled]",
        "“reading” names “uncertainty”",
    ),
    "a fit weight without fits": (
        (QUESTION, "python", "fit_weight = .*", "fit_weight = { fastapi = 0.1, go = 0.1 }"),
        "question[python].option[none]",
        "“fit” is missing for “go”",
    ),
    "a fit for an unknown stack": (
        (QUESTION, "python", "fit_weight = .*", "fit_weight = { rust = 0.1 }"),
        "question[python].fit_weight",
        "unknown stack, “rust”",
    ),
    "an option that sets no loss": (
        (OPTION, "slow_much", "loss = .*", ""),
        "question[mistake].option[slow_much]",
        "“loss” is missing",
    ),
    "losses that do not add up": (
        (OPTION, "slow_much", "loss = .*", "loss = { too_slow = 0.8, too_loosely = 0.3 }"),
        "question[mistake].option[slow_much].loss",
        "add up to 1",
    ),
    "a second question that sets the losses": (
        (OPTION, "idea", "reading = .*", "loss = { too_slow = 0.5, too_loosely = 0.5 }"),
        "question",
        "exactly one question has to set the two losses",
    ),
    "a cap on an unknown question": (
        ("[question.cap]", None, "question = .*", 'question = "load"'),
        "question[peak_rps].cap",
        "“question” has to name",
    ),
    "a cap on another axis than the question's": (
        ("[question.cap]", None, "axis = .*", 'axis = "uncertainty"'),
        "question[peak_rps].cap",
        "“question” has to name",
    ),
    "a number whose maximum is below its minimum": (
        (QUESTION, "peak_rps", "minimum = .*", "minimum = 2000000000"),
        "question[peak_rps]",
        "“maximum” has to be above “minimum”",
    ),
    "a text without a limit": (
        (QUESTION, "settled_part_name", "max_length = .*", ""),
        "question[settled_part_name]",
        "“max_length” is missing",
    ),
    "a question shown for an unknown option": (
        (QUESTION, "settled_part_name", "shown_if = .*", 'shown_if = { settled_part = ["sure"] }'),
        "question[settled_part_name].shown_if",
        "“sure” is not an option of “settled_part”",
    ),
    "a guardrail that nothing calls for": (
        ("[[guardrail]]", "go-context", "when = .*", ""),
        "guardrail[go-context]",
        "“when” is missing",
    ),
    "a guardrail with an empty condition": (
        ("[[guardrail]]", "go-context", "when = .*", "when = {}"),
        "guardrail[go-context]",
        "“when” is missing",
    ),
    "a guardrail for none of the options": (
        ("[[guardrail]]", "go-context", "when = .*", "when = { concurrency = [] }"),
        "guardrail[go-context].when",
        "“concurrency” has to be a list of options",
    ),
    "a guardrail for an unknown option": (
        ("[[guardrail]]", "go-context", "when = .*", 'when = { concurrency = ["soonish"] }'),
        "go-context",
        "“soonish” is not an option of “concurrency”",
    ),
    "a guardrail for an unknown question": (
        ("[[guardrail]]", "go-context", "when = .*", 'when = { locking = ["soon"] }'),
        "go-context",
        "unknown question, “locking”",
    ),
    "a guardrail for an unknown kind of change": (
        ("[[guardrail]]", "go-flows", "when = .*", 'when = { changes = ["pricing"] }'),
        "go-flows",
        "“pricing” is not an option of “changes”",
    ),
    "a guardrail for an unknown stack": (
        ("[[guardrail]]", "go-context", "about = .*", 'about = "rust"'),
        "guardrail[go-context]",
        "unknown stack, “rust”",
    ),
    "a kind that implies an unknown question": (
        ("[kind.implies]", None, "question = .*", 'question = "tables"'),
        "kind[schema].implies",
        "unknown question, “tables”",
    ),
    "a kind that implies an unknown option": (
        ("[kind.implies]", None, "option = .*", 'option = "shaky"'),
        "kind[schema].implies",
        "“shaky” is not an option of “schema”",
    ),
    "a kind that implies a number": (
        ("[kind.implies]", None, "question = .*", 'question = "peak_rps"'),
        "kind[schema].implies",
        "“peak_rps” has to be a choice",
    ),
    "a kind that implies more changes": (
        ("[kind.implies]", None, "question = .*", 'question = "changes"'),
        "kind[schema].implies",
        "“changes” has to be a choice",
    ),
    "a kind that implies without a word": (
        ("[kind.implies]", None, "many = .*", ""),
        "kind[schema].implies",
        "“many” is missing",
    ),
    "a kind whose sentence has an unknown place": (
        ("[kind.implies]", None, "many = .*", 'many = "{number} of your changes"'),
        "kind[schema].implies",
        "unknown place, “{number}”",
    ),
    "an unknown key in what a kind implies": (
        ("[kind.implies]", None, "one = .*", 'one = "x"\ntwo = "x"'),
        "kind[schema].implies",
        "unknown key, “two”",
    ),
    "a likelihood beyond certainty to expect a change from": (
        ("[arithmetic]", None, "expected_from = .*", "expected_from = 1.5"),
        "arithmetic",
        "“expected_from” is 1.5",
    ),
    "a rule that the coach does not know": (
        ("[[coach]]", "vague", "id = .*", 'id = "rude"'),
        "coach[rude]",
        "unknown rule, “rude”",
    ),
    "a rule of the coach twice": (
        ("[[coach]]", "one_kind_operations", "id = .*", 'id = "one_kind_uncertainty"'),
        "coach[one_kind_uncertainty]",
        "“one_kind_uncertainty” is used twice",
    ),
    "a rule without a better entry": (
        ("[[coach]]", "feature", "better = .*", ""),
        "coach[feature]",
        "“better” is missing",
    ),
    "a rule whose sentence has an unknown place": (
        ("[[coach]]", "duplicate", "says = .*", 'says = "Like {kind}."'),
        "coach[duplicate]",
        "unknown place, “{kind}”",
    ),
    "a rule with a list that it does not go by": (
        ("[[coach]]", "duplicate", "better = .*", 'better = "x"\nbefore = ["we"]'),
        "coach[duplicate]",
        "unknown key, “before”",
    ),
    "a rule with examples that it cannot choose from": (
        (
            "[[coach]]",
            "one_kind_operations",
            "better = .*",
            'better = "x"\nexample = [{ words = ["x"], better = "x" }]',
        ),
        "coach[one_kind_operations]",
        "unknown key, “example”",
    ),
    "an example for a word that calls for nothing": (
        ("[[coach.example]]", None, "better = .*", 'better = "x"\nsays = "x"'),
        "coach[vague].example[1]",
        "unknown key, “says”",
    ),
    "an example for a word that the rule does not have": (
        ("[[coach.example]]", None, "words = .*", 'words = ["rename",'),
        "coach[vague]",
        "an example is for “rename”",
    ),
    "two words in place of one": (
        ("[[coach.example]]", None, "words = .*", 'words = ["speed up",'),
        "coach[vague].example[1]",
        "“words” holds “speed up”, which is not one word",
    ),
    "a list of no words": (
        ("[[coach]]", "duplicate", r"beside = \[", "beside = []\nbefore = ["),
        "coach[duplicate]",
        "“beside” has to be a list of words",
    ),
    "a prompt that asks nothing": (
        ("[[prompt]]", "market", "title = .*", ""),
        "prompt[market]",
        "“title” is missing",
    ),
    "a prompt without an example": (
        ("[[prompt]]", "wrong", "example = .*", 'example = ""'),
        "prompt[wrong]",
        "“example” has to be a text",
    ),
    "a prompt twice": (
        ("[[prompt]]", "wrong", "id = .*", 'id = "market"'),
        "prompt[market]",
        "“market” is used twice",
    ),
    "a stand-in that is no likelihood": (
        ("[arithmetic]", None, "stand_in_likelihood = .*", 'stand_in_likelihood = "maybe"'),
        "arithmetic",
        "names no likelihood",
    ),
    "a scale of nothing": (
        ("[arithmetic]", None, "scale = .*", "scale = 0"),
        "arithmetic",
        "“scale” is 0",
    ),
    "no version": (("[lens]", None, "version = .*", ""), "lens", "“version” is missing"),
    "no number of draws": (
        ("[arithmetic]", None, "draws = .*", ""),
        "arithmetic",
        "“draws” is missing",
    ),
    "no draws": (("[arithmetic]", None, "draws = .*", "draws = 0"), "arithmetic", "“draws” is 0"),
    "half a version": (
        ("[lens]", None, "version = .*", "version = 1.5"),
        "lens",
        "“version” has to be a whole number",
    ),
    "more draws than memory": (
        ("[arithmetic]", None, "draws = .*", "draws = 1000000000000"),
        "arithmetic",
        "“draws” is 1e+12",
    ),
    "no sentence for a strength": (
        ("[strength]", None, "close = .*", ""),
        "strength",
        "“close” is missing",
    ),
}


@pytest.mark.parametrize("mistake", EDITS)
def test_a_mistake_is_refused_with_file_table_and_reason(tmp_path: Path, mistake: str) -> None:
    change, table, reason = EDITS[mistake]
    error = refusal(tmp_path, edit(SHIPPED, *change))
    assert table in error.table
    assert reason in error.reason


# Without a refusal the lens would load, and a page or a score would fail later.
LATE: dict[str, tuple[tuple[str, str | None, str, str], str]] = {
    "an infinite weight": (
        (QUESTION, "schema", "weight = .*", "weight = { uncertainty = inf }"),
        "schema",
    ),
    "an infinite scale": (("[arithmetic]", None, "scale = .*", "scale = inf"), "arithmetic"),
    "an infinite limit": (
        (QUESTION, "settled_part_name", "max_length = .*", "max_length = inf"),
        "settled_part_name",
    ),
    "a limit of half a character": (
        (QUESTION, "settled_part_name", "max_length = .*", "max_length = 1.5"),
        "settled_part_name",
    ),
    "a weight on what is not always asked": (
        (
            QUESTION,
            "scripts",
            "weight = .*",
            'weight = {uncertainty = 4}\nshown_if = {go = ["some"]}',
        ),
        "scripts",
    ),
    "a number beyond all numbers": (
        ("[arithmetic]", None, "scale = .*", f"scale = 1{'0' * 400}"),
        "arithmetic",
    ),
    "close verdicts that reach into the clear ones": (
        ("[arithmetic]", None, "close_below = .*", "close_below = 0.3"),
        "arithmetic",
    ),
    "a weight on a text": (
        (
            QUESTION,
            "settled_part_name",
            "max_length = .*",
            "max_length = 80\nweight = {uncertainty = 1}",
        ),
        "settled_part_name",
    ),
    "a fit weight on a number": (
        (QUESTION, "peak_rps", "minimum = .*", "minimum = 0\nfit_weight = {go = 0.1}"),
        "peak_rps",
    ),
    "an unknown place in the seam's title": (
        ("[seam]", None, "title = .*", 'title = "Keep a seam around {prat}"'),
        "seam",
    ),
    "an unknown place in a likelihood's sentence": (
        ("[[likelihood]]", "even", "fades = .*", 'fades = "{txet} fades"'),
        "even",
    ),
    "an unknown place in a cap's reason": (
        ("[question.cap]", None, "reason = .*", 'reason = "Your peak is {nubmer}."'),
        "peak_rps",
    ),
    "a brace that is never closed": (
        ("[changes]", None, "named_uncertainty = .*", 'named_uncertainty = "You expect {named"'),
        "changes",
    ),
    "a place that wants a number": (
        ("[[likelihood]]", "even", "fades = .*", 'fades = "{text:d} fades"'),
        "even",
    ),
    "a place put in an unknown way": (
        ("[[likelihood]]", "even", "fades = .*", 'fades = "{text!x} fades"'),
        "even",
    ),
    "a cap on the five changes": (
        ("[question.cap]", None, "question = .*", 'question = "changes"'),
        "peak_rps",
    ),
    "a question shown for a kind of change": (
        (QUESTION, "settled_part_name", "shown_if = .*", 'shown_if = { changes = ["schema"] }'),
        "settled_part_name",
    ),
    "a question named like a field of every step": (
        (QUESTION, "integrations", "id = .*", 'id = "version"'),
        "question[version]",
    ),
    "an id that no address can hold": (
        (QUESTION, "integrations", "id = .*", 'id = "in te/grations"'),
        "question[in te/grations]",
    ),
    "two stacks that answer the same axis": (
        ("[stack.go]", None, "axis = .*", 'axis = "uncertainty"'),
        "stack",
    ),
}


@pytest.mark.parametrize("mistake", LATE)
def test_what_would_fail_only_later_is_refused_at_the_start(tmp_path: Path, mistake: str) -> None:
    change, table = LATE[mistake]
    assert table in refusal(tmp_path, edit(SHIPPED, *change)).table


@pytest.mark.parametrize("name", ["check", "delete", "share", "moving parts", "a/b"])
def test_a_step_whose_address_is_taken_or_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    text = SHIPPED.replace('[[step]]\nid = "moving"', f'[[step]]\nid = "{name}"')
    text = text.replace('step = "moving"', f'step = "{name}"')
    assert "step[" in refusal(tmp_path, text).table


def test_a_refused_guardrail_is_told_apart_from_a_cost_with_the_same_id(tmp_path: Path) -> None:
    change = ("[[cost]]", "go-learning", "when = .*", 'when = { go = ["nobody"] }')
    assert refusal(tmp_path, edit(SHIPPED, *change)).table.startswith("cost[go-learning]")


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        (
            {"kind": "changes", "id": "more", "step": "team"},
            "exactly one question of kind “changes”",
        ),
        ({"kind": "choice", "id": "more", "step": "team"}, "at least one table is needed"),
    ],
)
def test_a_question_more_has_to_be_whole(
    tmp_path: Path, extra: dict[str, str], reason: str
) -> None:
    text = SHIPPED + EXTRA_QUESTION.format(**extra)
    text += "max_length = 10\n" if extra["kind"] == "changes" else ""
    assert reason in refusal(tmp_path, text).reason


def test_a_choice_of_one_is_no_choice(tmp_path: Path) -> None:
    text = SHIPPED + EXTRA_QUESTION.format(id="more", step="team", kind="choice")
    text += '[[question.option]]\nid = "a"\nlabel = "A"\nsays = "A."\nreason = "A."\nsign = "a"\n'
    error = refusal(tmp_path, text)
    assert (error.table, error.reason) == ("question[more]", "a choice needs at least two options")


def test_what_is_not_toml_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, "[lens\nid = 1")
    assert "is not TOML" in error.reason
    assert "line 1" in error.reason


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lens.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LensError, match="is not TOML"):
        load_lens(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "“lens” is missing" in refusal(tmp_path, "").reason


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no-lens.toml"
    with pytest.raises(LensError) as refused:
        load_lens(path)
    assert str(refused.value) == f"{path}: lens file: cannot be read: No such file or directory"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LensError, match="cannot be read"):
        load_lens(tmp_path)


def test_a_lens_is_what_its_file_says(tmp_path: Path) -> None:
    change = (OPTION, "idea", "reading = .*", "reading = { uncertainty = 0.9, operations = 0.2 }")
    changed = loaded(tmp_path, edit(SHIPPED, *change))
    option = changed.question["stage"].by_id["idea"]
    assert option.readings == {"uncertainty": 0.9, "operations": 0.2}
    assert vars(changed.question["schema"]) == vars(lens().question["schema"])
    assert tuple(changed.stacks) == STACKS
