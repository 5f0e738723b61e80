"""Where the answers point so far: what stands beside each step of the wizard."""

from __future__ import annotations

from typing import Any

from .charts import progress_map
from .engine.answers import Answers
from .engine.lens import Lens
from .engine.report import Json, progress
from .summaries import first_field


def beside(lens: Lens, answers: Answers) -> dict[str, Any]:
    """The context of ``wizard/_so_far.html`` for a set of answers."""
    so_far = progress(lens, answers)
    following = so_far["next_question"]
    return {
        "lens": lens,
        "so_far": so_far,
        "leading": lens.stacks[so_far["stack"]],
        "map": progress_map(so_far),
        "next_field": first_field(lens.question[following["question"]]) if following else "",
        "live": False,
        "live_url": "",
    }


def in_words(lens: Lens, so_far: Json) -> str:
    """The same in two sentences, for those who hear the page."""
    name = lens.stacks[so_far["stack"]].name
    if so_far["settled"]:
        return f"Nothing left to answer can change the verdict: {name}."
    leaning = "Barely leaning" if so_far["strength"] == "close" else "Leaning"
    u, c = so_far["uncertainty"], so_far["operations"]
    return (
        f"{leaning} to {name}. Uncertainty can still be {u['low']:.0f} to {u['high']:.0f}, "
        f"operational certainty {c['low']:.0f} to {c['high']:.0f}."
    )
