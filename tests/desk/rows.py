"""Many rows at once, for lists: without answers, and with the figures that lists show."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from django.test import Client as Browser

from assessments.models import Assessment, Client, Project, SearchText

LIST = "/admin/assessments/assessment/"
FIGURES: dict[str, Any] = {
    "state": "finished",
    "stack": "go",
    "strength": "clear",
    "pattern": "single",
    "uncertainty": 20.0,
    "operations": 70.0,
    "robust": 0.934,
    "stage": "growing",
}


def listed(name: str = "Tidegate", client: Client | None = None, **columns: Any) -> Assessment:
    """A finished assessment, as far as a list can tell; a draft with ``state="draft"``."""
    figures = {} if columns.get("state") == "draft" else FIGURES
    project = Project.objects.create(name=name, client=client)
    made = Assessment.objects.create(project=project, **(figures | columns))
    late = {key: columns[key] for key in ("created_at",) if key in columns}
    Assessment.objects.filter(pk=made.pk).update(**late) if late else None
    return made


def many(number: int, client: Client | None = None, **columns: Any) -> list[Assessment]:
    project = Project.objects.create(name="One of many", client=client)
    rows = [Assessment(project=project, **(FIGURES | columns)) for _ in range(number)]
    made = Assessment.objects.bulk_create(rows)
    SearchText.objects.refresh(Project.objects.filter(pk=project.pk))
    return made


def page(browser: Browser, query: str = "", status: int = 200) -> BeautifulSoup:
    answer = browser.get(LIST + query)
    assert answer.status_code == status, answer.content[:500]
    return BeautifulSoup(answer.content, "html.parser")


def names(shown: BeautifulSoup) -> list[str]:
    """The projects on the page, in order."""
    return [cell.get_text() for cell in shown.select("th.field-listed_project")]


def cell(shown: BeautifulSoup, column: str) -> str:
    """What the first row says in a column."""
    return " ".join(shown.select_one(f"td.field-listed_{column}").get_text(" ").split())  # type: ignore[union-attr]


def choices(shown: BeautifulSoup, title: str) -> list[str]:
    """What a filter offers, with counts where they are shown."""
    links = shown.select(f'details[data-filter-title="{title}"] li')
    return [link.get_text().strip() for link in links]
