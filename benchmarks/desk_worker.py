"""A process that asks one database's desk for pages and says what each took.

``benchmarks.admin`` starts one a database, because a process has only one, and asks them in turn:
a line of JSON in, a line of JSON out.
"""

from __future__ import annotations

import json
import sys
import time
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

from assessments.admin.portfolio import portfolio_of  # noqa: E402
from assessments.models import Assessment  # noqa: E402

BROWSERS: dict[str, Browser] = {}


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"page": page, "map": map_alone, "count": count}[asked.pop("what")](**asked)
        print(json.dumps(answer), flush=True)


def browser_of(user: str) -> Browser:
    if user not in BROWSERS:
        BROWSERS[user] = Browser()
        BROWSERS[user].force_login(User.objects.get(username=user))
    return BROWSERS[user]


def page(user: str, query: str) -> dict[str, float]:
    """Milliseconds of the clock and of the processor in this process, and bytes."""
    browser, address = browser_of(user), reverse("admin:assessments_assessment_changelist")
    clock, processor = time.perf_counter(), time.process_time()
    answer = browser.get(address + query)
    took, cpu = time.perf_counter() - clock, time.process_time() - processor
    assert answer.status_code == 200, (query, answer.status_code)
    return {"ms": 1000 * took, "cpu": 1000 * cpu, "bytes": len(answer.content)}


def count(user: str, query: str) -> dict[str, float]:
    with CaptureQueriesContext(connection) as captured:
        page(user, query)
    return {"queries": len(captured)}


def map_alone(user: str, query: str) -> dict[str, float]:
    """The map without the list around it: its queries, its drawing and its template."""
    request: Any = RequestFactory().get(query)
    request.user = User.objects.get(username=user)
    changelist = admin.site.get_model_admin(Assessment).get_changelist_instance(request)
    clock, processor = time.perf_counter(), time.process_time()
    shown = render_to_string(
        "admin/assessments/assessment/_portfolio.html", {"portfolio": portfolio_of(changelist)}
    )
    took, cpu = time.perf_counter() - clock, time.process_time() - processor
    return {"ms": 1000 * took, "cpu": 1000 * cpu, "bytes": len(shown)}


if __name__ == "__main__":
    main()
