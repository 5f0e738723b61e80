"""The words of the report, made from the lens' sentences and the founder's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from .answers import Answers, Change
from .flips import Flip, Move
from .lens import STACKS, Axis, Lens, Question, Stack
from .readings import cap_state, chance, choose, expected, option_reading
from .robustness import Robustness
from .scoring import TIE, Contribution, Verdict, smaller

# Characters with one of these bidirectional classes can reorder what stands beside them.
TURNING = {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
ISOLATES = "\u2066\u2067\u2068"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
# Points of U − C below which neither need weighs more in words.
LEVEL = 2.0
NOT_SURE = "Not sure"
NUMBERS = ("none", "one", "two", "three", "four", "five")


def listing(parts: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def isolated(text: str) -> str:
    """Foreign words that cannot turn the reading direction of the sentence around them."""
    turns = any(unicodedata.bidirectional(character) in TURNING for character in text)
    return f"{FIRST_STRONG_ISOLATE}{_closed(text)}{POP_ISOLATE}" if turns else text


def _closed(text: str) -> str:
    """The text with its own isolates closed, and without ends of isolates it did not open."""
    kept, open_ones = [], 0
    for character in text:
        open_ones += character in ISOLATES
        if character == POP_ISOLATE:
            if not open_ones:
                continue
            open_ones -= 1
        kept.append(character)
    return "".join(kept) + POP_ISOLATE * open_ones


def quoted(text: str) -> str:
    return f"“{isolated(text.rstrip('.'))}”"


def on_axis(lens: Lens, changes: Iterable[Change], axis: Axis) -> list[Change]:
    """The changes of known kind on one side, the likeliest first."""
    found = [change for change in changes if change.kind and lens.kind[change.kind].axis == axis]
    return sorted(found, key=lambda change: -chance(lens, change))


def because(lens: Lens, answers: Answers, verdict: Verdict) -> str:
    """Why this stack, beginning with the founder's own changes where they speak for it."""
    stack = lens.stacks[verdict.stack]
    named = on_axis(lens, expected(lens, answers.changes), stack.axis)[:3]
    sentences = []
    if named:
        words = listing([quoted(change.text) for change in named])
        sentences.append(lens.changes_text.named[stack.axis].format(named=words))
    return " ".join([*sentences, *_balance(lens, verdict)])


def _balance(lens: Lens, verdict: Verdict) -> list[str]:
    """Which need weighs more, and what tips the balance where that alone does not decide."""
    stack = lens.stacks[verdict.stack]
    fears_it = getattr(verdict.loss, stack.fear)
    if abs(verdict.lean) < LEVEL:
        return [stack.level, _tips(lens, verdict, fears_it)]
    if (verdict.lean > 0) != (stack.axis == "uncertainty"):
        return [stack.against, _tips(lens, verdict, fears_it)]
    if fears_it >= 0.5:
        return [stack.bottleneck]
    without_fit = {name: verdict.regret[name] - verdict.fit[name] for name in STACKS}
    if smaller(without_fit) == verdict.stack:
        return [stack.despite]
    return [stack.opposed, _tips(lens, verdict, fears_it)]


def _tips(lens: Lens, verdict: Verdict, fears_it: float) -> str:
    stack = lens.stacks[verdict.stack]
    reasons = [stack.tips_mistake] if fears_it > 0.5 else []
    if verdict.fit[verdict.stack] < max(verdict.fit.values()):
        reasons.append(stack.tips_fit)
    if reasons:
        return stack.tips.format(reasons=listing(reasons))
    is_tie = abs(verdict.regret["fastapi"] - verdict.regret["go"]) <= TIE
    return lens.strengths["tie"] if is_tie else stack.tips_near


def answer_text(lens: Lens, answers: Answers, question: Question) -> str:
    """The answer as a person reads it; empty where there is none."""
    if question.kind == "changes":
        return _sides(lens, answers)
    value = answers.values.get(question.id)
    if question.kind == "choice" and isinstance(value, str):
        return question.by_id[value].label
    if isinstance(value, str):
        return value
    return "" if value is None else f"{value:,}"


def _sides(lens: Lens, answers: Answers) -> str:
    if not answers.changes:
        return ""
    product = len(on_axis(lens, answers.changes, "uncertainty"))
    operation = len(on_axis(lens, answers.changes, "operations"))
    unsorted = len(answers.changes) - product - operation
    parts = (
        (product, "to the shape"),
        (operation, "to how it holds"),
        (unsorted, "without a kind"),
    )
    return ", ".join(f"{NUMBERS[count]} {what}" for count, what in parts if count)


def reason(lens: Lens, answers: Answers, part: Contribution) -> str:
    """The sentence that says why one answer counted as it did; empty where nothing was said."""
    question = lens.question[part.question]
    if question.kind == "changes":
        return _changes_reason(lens, answers, part)
    option_id = answers.choice(question.id)
    cap_made_it = choose(lens, answers, question, option_id) != option_reading(
        lens, question, option_id
    )
    if cap_made_it and cap_state(lens, question, answers) == "capped":
        number, cap = lens.caps[question.id]
        return cap.reason.format(number=answer_text(lens, answers, number))
    return question.by_id[option_id].reason if option_id else ""


def _changes_reason(lens: Lens, answers: Answers, part: Contribution) -> str:
    axis: Axis = "uncertainty" if part.points > 0 else "operations"
    other: Axis = "operations" if part.points > 0 else "uncertainty"
    count = len(on_axis(lens, answers.changes, axis))
    against = len(on_axis(lens, answers.changes, other))
    if not answers.changes:
        return ""
    if not count + against:
        return lens.changes_text.unsorted
    if abs(part.points) < LEVEL:
        return lens.changes_text.even
    if count <= against:
        return lens.changes_text.likelier[axis]
    share = _share(count, len(answers.changes))
    return lens.changes_text.reasons[axis].format(share=share)


def _share(count: int, listed: int) -> str:
    if listed == 1:
        return "the one change you listed"
    if count == listed:
        return (
            f"all {NUMBERS[listed]} changes you listed" if listed > 2 else "both changes you listed"
        )
    return f"{NUMBERS[count]} of the {NUMBERS[listed]} changes you listed"


def robust_sentence(lens: Lens, stack: Stack, found: Robustness) -> str:
    """How often the stack leads; never in words that read as a chance of being right."""
    name, share = lens.stacks[stack].name, found.share[stack]
    draws = f"{found.draws:,}"
    if share == 1:
        return f"{name} leads in every one of {draws} readings consistent with your answers."
    return f"{name} leads in {percent(share)} of {draws} readings consistent with your answers."


def percent(share: float) -> str:
    """A share of the readings in whole percent, such as ``93 %``.

    Where some readings disagree, the rounded figure must not say that none do.
    """
    rounded = round(100 * share)
    near = {0: "less than 1", 100: "more than 99" if share < 1 else "100"}
    return f"{near.get(rounded, str(rounded))}\N{NO-BREAK SPACE}%"


def flip_sentence(lens: Lens, stack: Stack, found: Sequence[Flip]) -> str:
    other = lens.stacks["go" if stack == "fastapi" else "fastapi"].name
    if not found:
        return f"No other choice on any two questions would make it {other}."
    size = len(found[0].moves)
    return f"{'One changed answer' if size == 1 else 'Two changed answers'} would make it {other}."


def move_text(lens: Lens, answers: Answers, move: Move) -> str:
    """The move as an observable condition that completes “if …”."""
    if move.row is None:
        return lens.question[move.question].by_id[move.after].sign
    text = isolated(answers.changes[move.row].text.rstrip("."))
    if move.path.endswith(".kind"):
        return lens.changes_text.turns[lens.kind[move.after].axis].format(text=text)
    after = lens.likelihood[move.after]
    before = lens.likelihood[move.before or lens.arithmetic.stand_in_likelihood]
    rises = after.probability >= before.probability
    return (after.rises if rises else after.fades).format(text=text)


def move_label(lens: Lens, answers: Answers, move: Move) -> str:
    """What changes from what to what: “Schema: Moving → Settled”."""
    if move.row is None:
        question = lens.question[move.question]
        before = answer_text(lens, answers, question) or NOT_SURE
        return f"{question.short}: {before} → {question.by_id[move.after].label}"
    number = f"Change {move.row + 1}"
    if move.path.endswith(".kind"):
        before = lens.kind[move.before].label if move.before else NOT_SURE
        return f"{number}: {before} → {lens.axis_names[lens.kind[move.after].axis]}"
    before = lens.likelihood[move.before].label if move.before else NOT_SURE
    return f"{number}: {before} → {lens.likelihood[move.after].label}"
