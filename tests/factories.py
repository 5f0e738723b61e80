"""What tests are made of: answers files, real cases, drawn answers, finished assessments."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from assessments.engine.answers import Answers, parse
from assessments.engine.calibration import READERS, load_cases
from assessments.engine.lens import Lens, Question
from assessments.engine.loading import load_lens
from assessments.models import Assessment

Json = dict[str, Any]

PRODUCT_KINDS = ("schema", "api_contract", "user_flow", "integration", "data_script")
OPERATION_KINDS = ("throughput", "concurrency", "deployment", "observability", "keep_alive")

# A founder who is still finding the product. Every question is answered.
FOUNDER: Json = {
    "stage": "prototype",
    "backend": "product",
    "settled_part": "no",
    "mistake": "slow",
    "core_object": "moving",
    "schema": "moving",
    "contract": "mostly",
    "flows": "unknown",
    "integrations": "moving",
    "scripts": "mostly",
    "throughput": "later",
    "peak_rps": 40,
    "concurrency": "none",
    "deployment": "none",
    "observability": "later",
    "keep_alive": "later",
    "failure_cost": "annoying",
    "python": "fluent",
    "go": "none",
    "library_pull": "neither",
}
# What has to hold, each at its most.
STEWARD: Json = {
    "stage": "relied_on",
    "backend": "stream_processor",
    "settled_part": "no",
    "mistake": "loose_much",
    **dict.fromkeys(
        ("core_object", "schema", "contract", "flows", "integrations", "scripts"), "settled"
    ),
    **dict.fromkeys(
        ("throughput", "concurrency", "deployment", "observability", "keep_alive"), "now"
    ),
    "peak_rps": 50_000,
    "failure_cost": "severe",
    "python": "none",
    "go": "fluent",
    "library_pull": "go",
}


@cache
def lens() -> Lens:
    """The lens that StackPick ships."""
    return load_lens()


def only(**answered: Any) -> Json:
    """An answers file in which nothing else is answered, and the project has no name."""
    return {"format": lens().answers_format, "answers": answered}


def answers(**overrides: Any) -> Json:
    """A change-heavy founder's complete answers file, with some answers in place of theirs."""
    project = {"name": "Ledgerly", "summary": "Invoices for freelancers"}
    expected = {"changes": changes(*PRODUCT_KINDS)}
    return only(**(FOUNDER | expected | overrides)) | {"project": project}


def stable_answers(**overrides: Any) -> Json:
    """A stability-heavy founder's complete answers file."""
    project = {"name": "Tidegate", "summary": "Harbour telemetry for insurers"}
    expected = {"changes": changes(*OPERATION_KINDS)}
    return only(**(STEWARD | expected | overrides)) | {"project": project}


def changes(*kinds: str | None, likelihood: str | None = "likely") -> list[Json]:
    """One listed change per kind."""
    return [
        {"text": f"Change number {n}", "kind": kind, "likelihood": likelihood}
        for n, kind in enumerate(kinds, start=1)
    ]


def parsed(file: Json) -> Answers:
    """The file as the engine takes it, under the shipped lens."""
    return parse(lens(), file)


def case_files() -> dict[str, Json]:
    """Both readers' answers of every documented case, by a name such as ``rebank-2019/answers``."""
    return {
        f"{case['id']}/{reader}": only(**case[reader])
        for case in load_cases()
        for reader in READERS
    }


# ---------------------------------------------------------------- drawn by Hypothesis


def texts(limit: int = 40) -> st.SearchStrategy[str]:
    """Any text that may be stored, in any script, without blanks around it."""
    letters = st.characters(exclude_categories=("Cc", "Cs"))
    return st.text(letters, min_size=1, max_size=limit).map(str.strip).filter(bool)


def answers_files(
    under: Lens | None = None, complete: bool = False, words: bool = False
) -> st.SearchStrategy[Json]:
    """Valid answers files drawn from a lens.

    Args:
        under: the lens to draw from; the shipped one if not given.
        complete: leave no question and no part of a change open.
        words: draw the founder's own words as well, not only a placeholder.
    """
    drawn_from = under or lens()
    fields = {
        question.id: _question(drawn_from, question, complete, words)
        for question in drawn_from.questions
    }
    project = st.just({"name": "Ledgerly"})
    if words:
        project = st.fixed_dictionaries({}, optional={"name": texts(), "summary": texts()})
    return st.fixed_dictionaries(
        {
            "format": st.just(drawn_from.answers_format),
            "project": project,
            "answers": st.fixed_dictionaries(fields),
        }
    )


def _question(
    under: Lens, question: Question, complete: bool, words: bool
) -> st.SearchStrategy[Any]:
    if question.kind == "changes":
        return _changes(under, complete, words)
    given: st.SearchStrategy[Any]
    if question.kind == "choice":
        given = st.sampled_from(list(question.by_id))
    elif question.kind == "number":
        turn = int(question.cap.below) if question.cap else question.maximum
        given = st.sampled_from((question.minimum, turn - 1, turn, question.maximum)) | st.integers(
            question.minimum, question.maximum
        )
    else:
        given = texts(question.max_length) if words else st.just("ledger")
    return given if complete else st.none() | given


def _changes(under: Lens, complete: bool, words: bool) -> st.SearchStrategy[list[Json]]:
    kind, likelihood = st.sampled_from(list(under.kind)), st.sampled_from(list(under.likelihood))
    change = st.fixed_dictionaries(
        {
            "text": texts() if words else st.just("a change"),
            "kind": kind if complete else st.none() | kind,
            "likelihood": likelihood if complete else st.none() | likelihood,
        }
    )
    return st.lists(change, min_size=5 if complete else 0, max_size=5)


# ---------------------------------------------------------------- in the database


def finished_assessment(**overrides: Any) -> tuple[Assessment, str]:
    """A finished assessment on ``answers(**overrides)``, and the token of its edit link."""
    assessment, token = Assessment.objects.start()
    assessment.take(lens(), parsed(answers(**overrides)))
    assessment.finish(lens())
    return assessment, token
