"""What the typeset documents show of an item: the report's figures and texts, ready to be set.

The sentences between them are in ``typst/``, as the page's are in its template. Nothing is computed
but geometry, which is that of the page's charts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..charts import regret_bars, result_map, scales, signed, waterfall
from ..engine.sentences import isolated
from .failures import DraftError
from .item import Item, PublishedReview
from .markdown_tree import to_tree
from .plain import one_line
from .record_words import Json, day_in_words

# As on the page: how many flips are tripwires, and how wide a score's range must be to be told.
NEAR = 5
OPEN_FROM = 0.05
# What stands in the documents as the report has it.
AS_REPORTED = (
    *("stack", "headline", "because", "firmness", "trap", "costs", "settled"),
    *("lens", "loss", "next_question"),
)


def sheet(item: Item) -> dict[str, Any]:
    """All that the templates read, as JSON data.

    Raises:
        DraftError: the assessment is not finished.
    """
    report = item.report
    if report is None or item.finished is None:
        raise DraftError(item)
    project = {"name": "", "summary": ""} | report["project"]
    return {
        **{key: report[key] for key in AS_REPORTED},
        "title": title(item, project["name"], report),
        "project": {key: isolated(one_line(project[key])) for key in ("name", "summary")},
        "finished": day_in_words(item.finished),
        "review_on": day_in_words(item.review_on) if item.review_on else "",
        "review": _review(item.review) if item.review else None,
        "overruled": item.overruling is not None,
        "site": item.site,
        "link": item.link,
        **_parts(report),
        **_figures(report),
    }


def title(item: Item, name: str, report: Json) -> str:
    """As the page's: “Ledgerly: start with FastAPI · StackPick”."""
    named = f"{isolated(one_line(name))}: " if one_line(name) else ""
    says = f"{report['headline']['start'].lower()} {report['headline']['stack']}"
    overruling = item.overruling
    overruled = f", overruled: {overruling.overrules_name}" if overruling else ""
    return f"{named}{says}{overruled} · StackPick"


def _review(review: PublishedReview) -> Json:
    return {
        "by": isolated(one_line(review.by)),
        "on": day_in_words(review.on),
        "outdated": review.outdated,
        "overrules": review.overrules,
        "overrules_name": review.overrules_name,
        "reason": isolated(review.reason.strip()),
        "blocks": to_tree(review.text),
    }


def _parts(report: Json) -> dict[str, Any]:
    """The report's lists, each with what is somebody's own words kept apart from ours."""
    return {
        "seam": report["seam"]
        and {**report["seam"], "settled": isolated(report["seam"]["settled"])},
        "changes": [
            {**change, "text": isolated(change["text"]), "likelihood": _likelihood(change)}
            for change in report["changes"]
        ],
        "guardrails": [
            {"text": guard["text"], "because": ", ".join(map(isolated, guard["because"]))}
            for guard in report["guardrails"]
        ],
        "flips": [
            {key: flip[key] for key in ("says", "stack", "stack_name")}
            for flip in report["flips"][:NEAR]
        ],
        "headroom": report.get("headroom"),
    }


def _likelihood(change: Json) -> str:
    return str(change["likelihood_label"]).lower()


def _figures(report: Json) -> dict[str, Any]:
    turning = report["turning_point"]
    drawn = scales(report)
    return {
        "uncertainty": _score(report["uncertainty"]),
        "operations": _score(report["operations"]),
        "lean": signed(report["lean_displayed"]),
        "leans": (report["lean_displayed"] > 0) - (report["lean_displayed"] < 0),
        "map": _map(report),
        "reasons": [_reason(row) for row in waterfall(report["contributions"])],
        "regrets": [_regret(bar) for bar in regret_bars(report)],
        "extra_parts": len(report["regret_parts"]) > 2,
        "scales": {
            "here": drawn.here,
            "turning": drawn.turning,
            "change_from": drawn.change_from,
            "side": drawn.side,
            "turns_at": "" if turning is None else signed(turning),
            "middle": report["loss"]["too_slow"] == 0.5 and len(report["regret_parts"]) == 2,
        },
        "weights": [f"{report['loss'][key]:,.10g}" for key in ("too_slow", "too_loosely")],
    }


def _score(axis: Json) -> Json:
    low, high = axis["low"], axis["high"]
    is_open = high - low > OPEN_FROM
    return {
        "points": points(axis["displayed"]),
        "range": f", could still be {points(low, 0)} to {points(high, 0)}" if is_open else "",
    }


def points(number: float, digits: int = 1) -> str:
    """A figure with so many decimals and a true minus."""
    return f"{number:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _map(report: Json) -> Json:
    drawn = result_map(report)
    return {
        "says": drawn.says,
        "change": _corners(drawn.change_side),
        "stability": _corners(drawn.stability_side),
        "change_label": drawn.change_label,
        "stability_label": drawn.stability_label,
        "threshold": drawn.threshold,
        "here": drawn.here,
        "cloud": report["draws"]["cloud"],
    }


def _corners(points_of_svg: str) -> list[list[float]]:
    return [[float(part) for part in point.split(",")] for point in points_of_svg.split()]


def _reason(row: Json) -> Json:
    bar = row["bar"]
    drawn = {"x": bar.x, "width": bar.width, "zero": bar.zero, "side": bar.side}
    return {key: row[key] for key in ("label", "answer", "reason", "signed")} | {"bar": drawn}


def _regret(bar: Json) -> Json:
    first, *others = bar["parts"]
    return {
        "side": bar["side"],
        "width": bar["width"],
        "amount": points(bar["amount"], 2),
        "reason": first["reason"],
        "others": [_part(part) for part in others],
    }


def _part(part: Json) -> Sequence[str]:
    return points(part["amount"], 2), part["reason"]
