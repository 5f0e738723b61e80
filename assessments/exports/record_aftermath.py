"""The second half of a decision record: what follows, what would turn it, and all the figures."""

from __future__ import annotations

from datetime import date

from .item import Item, PublishedReview
from .markdown import address, escaped
from .plain import one_line
from .quoting import embedded
from .record_words import STACKS, Json, bullets, continued, contribution, day_in_words, own, signed

MOST_TRIPWIRES = 10
# The axis of the changes that each stack is good for.
SELLS = {"fastapi": "uncertainty", "go": "operations"}
REVIEW_HEADINGS = 4  # the review stands below a heading of level 3


def consequences(item: Item, report: Json) -> list[str]:
    """What the model's choice is good and bad for, change by change, and how to hold it."""
    stack, sells = escaped(report["headline"]["stack"]), SELLS[report["stack"]]
    asked = [change for change in report["changes"] if change["axis"]]
    served = [change for change in asked if change["axis"] == sells]
    unserved = [change for change in asked if change["axis"] != sells]
    lines = [
        *(f"Good, because it buys what {_asked(change)}" for change in served),
        *(f"Bad, because it does not buy what {_asked(change)}" for change in unserved),
        *(f"Bad, because {continued(cost)}" for cost in report["costs"]),
        f"Bad, because of its trap. {_trap(report)}",
    ]
    guards = bullets(map(_guard, report["guardrails"]), indent="  ")
    if guards:
        lines.append(f"Good, because guardrails keep out of the trap:\n{guards}")
    note = [f"These are what the model’s choice, {stack}, brings."] if item.overruling else []
    return ["### Consequences", *note, bullets(lines)]


def _asked(change: Json) -> str:
    return f"{own(change['text'])} asks for. {escaped(change['buys'])}"


def _trap(report: Json) -> str:
    return f"{escaped(report['trap']['title'])}: {escaped(report['trap']['says'])}"


def _guard(guard: Json) -> str:
    because = ", ".join(map(escaped, guard["because"]))
    asked = f" (Asked for by {because}.)" if because else ""
    return f"{escaped(guard['text'])}{asked}"


def confirmation(item: Item, report: Json) -> list[str]:
    """When to look again, and the tripwires that would turn the verdict sooner."""
    when = f"Look again on {day_in_words(item.review_on)}" if item.review_on else "Look again"
    flips = report["flips"]
    if not flips:
        sentence = escaped(report["firmness"]["flip"])
        return ["### Confirmation", f"{sentence} {when}, with the changes that really came."]
    says = f"{when}, or sooner where a tripwire is met. Each of these turns the model’s verdict:"
    wires = [_tripwire(flip) for flip in flips[:MOST_TRIPWIRES]]
    further = len(flips) - MOST_TRIPWIRES
    more = [f"There are {further} more, further away."] if further > 0 else []
    return ["### Confirmation", says, bullets(wires), *more]


def _tripwire(flip: Json) -> str:
    labels = "; ".join(escaped(change["label"]) for change in flip["changes"])
    return f"If {escaped(flip['says'])}: {escaped(flip['stack_name'])} ({labels})"


# ---------------------------------------------------------------- all the figures


def more_information(item: Item, report: Json, finished: date) -> list[str]:
    """Everything that somebody needs who wants to check the decision, and the review."""
    sections = ["## More Information", _scored(item, report, finished), *_origin(item)]
    sections.append(bullets(_figures(report)))
    if report["contributions"]:
        says = "What each answer adds, in points; together they are the difference above:"
        sections += [says, bullets(map(contribution, report["contributions"]))]
    if headroom := report.get("headroom"):
        sections.append(f"{escaped(headroom['verdict'])} {escaped(headroom['caveat'])}")
    return [*sections, *(_review(item.review) if item.review else ())]


def _scored(item: Item, report: Json, finished: date) -> str:
    lens, draws = report["lens"], report["draws"]
    client = f", for {own(item.client)}" if one_line(item.client) else ""
    which = (
        f"Assessment {item.number}"
        if item.number
        else "An assessment shown without names and free text"
    )
    return (
        f"{which}{client}, finished on {day_in_words(finished)}. "
        f"Scored by StackPick with the lens {own(lens['title'])} ({escaped(lens['id'])}), "
        f"version {lens['version']}; {draws['count']:,} draws with seed {draws['seed']}."
    )


def _origin(item: Item) -> list[str]:
    """Where the result can be read, and where StackPick stands, as far as they are known."""
    read = [f"The whole result, to read: {address(item.link)}"] if item.link else []
    made = [f"StackPick: {address(item.site)}"] if item.site else []
    return ["\\\n".join([*read, *made])] if read or made else []


def _figures(report: Json) -> list[str]:
    return [
        _score("Product uncertainty", report["uncertainty"]),
        _score("Operational certainty", report["operations"]),
        f"The first less the second: {signed(report['lean_displayed'])}",
        *(_regret(stack, report) for stack in STACKS),
        f"Strength: {escaped(report['strength'])}; pattern: {escaped(report['pattern'])}",
    ]


def _score(label: str, axis: Json) -> str:
    score = f"{label}: {axis['displayed']:.1f} of 100"
    is_open = axis["high"] - axis["low"] > 0.05
    return f"{score}, could still be {axis['low']:.0f} to {axis['high']:.0f}" if is_open else score


def _regret(stack: str, report: Json) -> str:
    regret, share = report["regret"][stack], report["robustness"][stack]
    return f"Expected regret of {STACKS[stack]}: {regret:.3f}; it leads in {share:.2%} of the draws"


def _review(review: PublishedReview) -> list[str]:
    by = escaped(review.by) or "the consultant"
    outdated = " The answers have changed since." if review.outdated else ""
    written = f"Written by {by}, published on {day_in_words(review.on)}.{outdated}"
    text = embedded(review.text, REVIEW_HEADINGS)
    return ["### The consultant’s review", written, *([text] if text.strip() else [])]
