"""The first half of a decision record: the problem, what drives the decision, and the decision."""

from __future__ import annotations

from .item import Item, PublishedReview
from .markdown import escaped
from .plain import one_line
from .record_words import STACKS, Json, bullets, continued, contribution, own

MOST_DRIVERS = 5
# What the axis of a change asks the backend to buy.
ASKS = {"uncertainty": "change", "operations": "stability"}


def context(item: Item, report: Json) -> list[str]:
    """The project, and the changes with what each of them asks for."""
    name = own(item.project) if one_line(item.project) else "the project"
    parts = [
        "## Context and Problem Statement",
        f"Should {name} start with FastAPI, which buys change, or with Go, which buys stability? "
        "It is about which of the two it needs to buy now.",
    ]
    if one_line(item.summary):
        parts.append(f"The project in its founder’s words: {own(item.summary)}")
    if not report["changes"]:
        return [*parts, "No changes were listed."]
    changes = [f"{n}. {_change(change)}" for n, change in enumerate(report["changes"], start=1)]
    asked = "The changes expected next, and what each asks the backend to buy:"
    return [*parts, asked, "\n".join(changes)]


def _change(change: Json) -> str:
    kind = escaped(change["kind_label"] or "Kind not sure")
    likelihood = escaped(change["likelihood_label"].lower())
    buys = f"buys {ASKS[change['axis']]}" if change["axis"] else ""
    about = f"{own(change['text'])} ({', '.join(filter(None, (kind, likelihood, buys)))})"
    return f"{about}: {escaped(change['buys'])}" if change["buys"] else about


def drivers(report: Json) -> list[str]:
    """The answers that weigh most, and which mistake hurts more."""
    parts = [part for part in report["contributions"] if part["points"]]
    largest = sorted(parts, key=lambda part: -abs(part["points"]))[:MOST_DRIVERS]
    says = "The answers that weigh most, in points toward change (+) or toward stability (−):"
    lines = [*map(contribution, largest), escaped(report["loss"]["reason"])]
    return ["## Decision Drivers", says, bullets(lines)]


def options(report: Json) -> list[str]:
    """Both stacks, and the seam where there is one."""
    found = list(STACKS.values())
    if seam := report["seam"]:
        moving = f"{escaped(seam['moving'])} ({escaped(seam['moving_stack'])})"
        settled = f"{escaped(seam['settled'])} ({escaped(seam['settled_stack'])})"
        found.append(f"Both, with a contract between them: {moving}, and {settled}")
    return ["## Considered Options", bullets(found)]


def outcome(item: Item, report: Json) -> list[str]:
    """What is decided; where a consultant overrules the model, what both of them say."""
    overruling = item.overruling
    says = _overruled(report, overruling) if overruling else _as_modelled(report)
    parts = ["## Decision Outcome", *says]
    if seam := report["seam"]:
        parts.append(f"{escaped(seam['title'])}. {escaped(seam['says'])}")
    return parts


def _as_modelled(report: Json) -> list[str]:
    stack, need = escaped(report["headline"]["stack"]), continued(report["headline"]["need"])
    chosen = f'Chosen option: "{stack}", because {need}'
    return [chosen, escaped(report["because"]), _firmness(report)]


def _overruled(report: Json, review: PublishedReview) -> list[str]:
    name = escaped(review.overrules_name or review.overrules)
    need, because = escaped(report["headline"]["need"]), escaped(report["because"])
    reason = escaped(review.reason)
    outdated = ["The answers have changed since the consultant wrote this."]
    return [
        f'Chosen option: "{name}", because the consultant overrules the model.',
        f"The model says: start with {escaped(report['headline']['stack'])}. {need} {because}",
        _firmness(report),
        f"The consultant overrules: start with {name}{f', because: {reason}' if reason else '.'}",
        *(outdated if review.outdated else []),
    ]


def _firmness(report: Json) -> str:
    return " ".join(escaped(report["firmness"][key]) for key in ("says", "robust", "flip"))
