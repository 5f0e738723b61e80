"""The scoring model once more, as plainly as it can be put: loops over the raw lens file.

It shares no code with the engine, so that the two can be held against each other. Answers are the
raw ``answers`` object of an answers file; a question may be missing or ``None``.
"""

from __future__ import annotations

import math
import random
import tomllib
from typing import Any

Json = dict[str, Any]

U, C = "uncertainty", "operations"
TIE = 1e-12


class PlainModel:
    def __init__(self, text: str) -> None:
        data = tomllib.loads(text)
        self.rule = data["arithmetic"]
        self.questions: dict[str, Json] = {q["id"]: q for q in data["question"]}
        self.axis_of = {kind["id"]: kind["axis"] for kind in data["kind"]}
        self.chance = {item["id"]: item["probability"] for item in data["likelihood"]}
        self.options = {
            q["id"]: {option["id"]: option for option in q.get("option", [])}
            for q in data["question"]
        }
        self.caps = {
            q["cap"]["question"]: (q["id"], q["cap"]) for q in data["question"] if "cap" in q
        }
        self.weights = {
            axis: {
                q["id"]: q["weight"][axis] for q in data["question"] if axis in q.get("weight", {})
            }
            for axis in (U, C)
        }

    # ------------------------------------------------------------ readings and scores

    def reading(self, question: str, axis: str, answers: Json) -> float:
        if self.questions[question]["kind"] == "changes":
            return min(1.0, self.expected_changes(axis, answers) / self.rule["changes_cut"])
        chosen = answers.get(question)
        value = self.options[question][chosen]["reading"][axis] if chosen else self.rule["neutral"]
        return self.under_the_cap(question, axis, answers, value)

    def under_the_cap(self, question: str, axis: str, answers: Json, value: float) -> float:
        number, cap = self.caps.get(question, ("", None))
        given = answers.get(number)
        if cap and cap["axis"] == axis and given is not None and given < cap["below"]:
            return min(value, cap["reading"])
        return value

    def expected_changes(self, axis: str, answers: Json) -> float:
        listed = answers.get("changes") or []
        total = 0.0
        for row in [*listed, *[{}] * (5 - len(listed))]:
            chance = self.chance[row.get("likelihood") or self.rule["stand_in_likelihood"]]
            kind = row.get("kind")
            if kind is None:
                total += chance / 2
            elif self.axis_of[kind] == axis:
                total += chance
        return total

    def axis_score(self, axis: str, answers: Json) -> float:
        weights = self.weights[axis]
        reached = sum(w * self.reading(question, axis, answers) for question, w in weights.items())
        return 100 * reached / sum(weights.values())

    # ------------------------------------------------------------ the decision

    def losses(self, answers: Json) -> tuple[float, float]:
        for question, chosen in answers.items():
            if isinstance(chosen, str) and "loss" in self.options[question].get(chosen, {}):
                loss = self.options[question][chosen]["loss"]
                return loss["too_slow"], loss["too_loosely"]
        return 0.5, 0.5

    def fit(self, stack: str, answers: Json) -> float:
        total = 0.0
        for question in self.questions.values():
            weight = question.get("fit_weight", {}).get(stack, 0.0)
            chosen = answers.get(question["id"])
            lacking = question.get("fit_unanswered", 0.0)
            if weight and chosen:
                lacking = self.options[question["id"]][chosen]["fit"][stack]
            total += weight * lacking
        return total

    def verdict(self, answers: Json) -> Json:
        u, c = self.axis_score(U, answers), self.axis_score(C, answers)
        belief = 1 / (1 + math.exp((c - u) / self.rule["scale"]))
        slow, loosely = self.losses(answers)
        fastapi = (1 - belief) * loosely + self.fit("fastapi", answers)
        go = belief * slow + self.fit("go", answers)
        apart = abs(fastapi - go)
        strong = "close" if apart < self.rule["close_below"] - TIE else "lean"
        return {
            U: u,
            C: c,
            "belief": belief,
            "regret": {"fastapi": fastapi, "go": go},
            "stack": "fastapi" if fastapi <= go + TIE else "go",
            "strength": "clear" if apart >= self.rule["clear_from"] - TIE else strong,
            "pattern": self.pattern(u, c, answers),
        }

    def stack(self, answers: Json) -> str:
        return str(self.verdict(answers)["stack"])

    def pattern(self, u: float, c: float, answers: Json) -> str:
        part = self.options.get("settled_part", {}).get(answers.get("settled_part"), {})
        asked = "seam_from" in part and min(u, c) >= part["seam_from"] - 1e-9
        return "seam" if asked else "single"

    # ------------------------------------------------------------ what is still open

    def decides(self, question: str) -> bool:
        q = self.questions[question]
        sets_loss = any("loss" in option for option in q.get("option", []))
        return bool(q.get("weight") or q.get("fit_weight") or sets_loss)

    def open_questions(self, answers: Json) -> list[str]:
        return [
            q
            for q in self.questions
            if self.decides(q) and q != "changes" and answers.get(q) is None
        ]

    def value_of_asking(self, question: str, answers: Json) -> float:
        """Smaller regret now, less the mean of the smaller regret over the question's options."""
        after = [
            min(self.verdict({**answers, question: option})["regret"].values())
            for option in self.options[question]
        ]
        return float(min(self.verdict(answers)["regret"].values()) - sum(after) / len(after))

    def value_of_asking_for_changes(self, answers: Json) -> float:
        """The open rows split in every way between the two sides, each way as likely."""
        kept = [row for row in answers.get("changes") or [] if row.get("kind")]
        missing = 5 - len(kept)
        first = {axis: kind for kind, axis in reversed(self.axis_of.items())}
        after = []
        for product in range(missing + 1):
            rows = [{"kind": first[U]}] * product + [{"kind": first[C]}] * (missing - product)
            split = {**answers, "changes": [*kept, *rows]}
            after.append(min(self.verdict(split)["regret"].values()))
        return float(min(self.verdict(answers)["regret"].values()) - sum(after) / len(after))

    # ------------------------------------------------------------ robustness, one draw at a time

    def share_of_fastapi(self, answers: Json, draws: int, seed: int = 1) -> float:
        rng = random.Random(seed)  # noqa: S311
        return sum(self._draw(answers, rng) == "fastapi" for _ in range(draws)) / draws

    def _draw(self, answers: Json, rng: random.Random) -> str:
        factor = self.rule["factor"]

        def drawn() -> float:
            return float(factor ** rng.uniform(-1, 1))

        full = self.completed(answers, rng)
        scores = {}
        for axis, weights in self.weights.items():
            moved = {question: weight * drawn() for question, weight in weights.items()}
            reached = sum(w * self.reading(q, axis, full) for q, w in moved.items())
            scores[axis] = 100 * reached / sum(moved.values())
        belief = 1 / (1 + math.exp((scores[C] - scores[U]) / self.rule["scale"]))
        slow, loosely = self.losses(full)
        ratio = slow / loosely * drawn()
        regret = {"fastapi": (1 - belief) / (1 + ratio), "go": belief * ratio / (1 + ratio)}
        for question in self.questions.values():
            for stack, weight in question.get("fit_weight", {}).items():
                lacking = self.options[question["id"]][full[question["id"]]]["fit"][stack]
                regret[stack] += weight * drawn() * lacking
        return "fastapi" if regret["fastapi"] <= regret["go"] + TIE else "go"

    def completed(self, answers: Json, rng: random.Random) -> Json:
        """The answers with every open choice, and all that is open about the changes, drawn."""
        full = dict(answers)
        for question, options in self.options.items():
            if options and full.get(question) is None:
                full[question] = rng.choice(list(options))
        listed = answers.get("changes") or []
        full["changes"] = [
            {
                "kind": row.get("kind") or rng.choice(list(self.axis_of)),
                "likelihood": row.get("likelihood") or rng.choice(list(self.chance)),
            }
            for row in [*listed, *[{}] * (5 - len(listed))]
        ]
        return full
