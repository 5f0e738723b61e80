"""A process that asks one database's desk for pages and says what each took.

``benchmarks.admin`` starts one a database, because a process has only one, and asks them in turn:
a line of JSON in, a line of JSON out.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from assessments.admin.listing import overdue_reviews  # noqa: E402
from assessments.admin.portfolio import portfolio_of  # noqa: E402
from assessments.models import Assessment  # noqa: E402

BROWSERS: dict[str, Browser] = {}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(WHAT[asked.pop("what")](**asked)), flush=True)


def browser_of(user: str) -> Browser:
    if user not in BROWSERS:
        BROWSERS[user] = Browser()
        BROWSERS[user].force_login(User.objects.get(username=user))
    return BROWSERS[user]


def page(user: str, query: str) -> dict[str, float]:
    browser, address = browser_of(user), reverse("admin:assessments_assessment_changelist")
    took = timed(lambda: browser.get(address + query))
    answer = took.pop("answer")
    assert answer.status_code == 200, (query, answer.status_code)
    return took | {"bytes": len(answer.content)}


def timed(ask: Callable[[], Any]) -> dict[str, Any]:
    """Milliseconds of the clock and of the processor in this process, and what came of it."""
    clock, processor = time.perf_counter(), time.process_time()
    answer = ask()
    took, cpu = time.perf_counter() - clock, time.process_time() - processor
    return {"ms": 1000 * took, "cpu": 1000 * cpu, "answer": answer}


def count(user: str, query: str) -> dict[str, float]:
    with CaptureQueriesContext(connection) as captured:
        page(user, query)
    return {"queries": len(captured)}


def map_alone(user: str, query: str) -> dict[str, float]:
    """The map without the list around it: its queries, its drawing and its template."""
    request: Any = RequestFactory().get(query)
    request.user = User.objects.get(username=user)
    changelist = admin.site.get_model_admin(Assessment).get_changelist_instance(request)
    template = "admin/assessments/assessment/_portfolio.html"
    took = timed(lambda: render_to_string(template, {"portfolio": portfolio_of(changelist)}))
    return took | {"bytes": len(took.pop("answer"))}


def overdue(user: str, query: str) -> dict[str, float]:
    """The count on the start page."""
    someone = User.objects.get(username=user)
    took = timed(lambda: overdue_reviews(someone))
    return took | {"bytes": 0, "answer": 0}


WHAT = {"page": page, "count": count, "map": map_alone, "overdue": overdue}


if __name__ == "__main__":
    main()
