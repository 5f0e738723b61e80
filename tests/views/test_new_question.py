"""A question added to the lens file alone shows up everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from assessments.engine.loading import DEFAULT_LENS
from assessments.lens import current_lens
from tests.web import (
    CHANGE_HEAVY,
    controls,
    draft,
    form_of,
    post_step,
    says,
    soup,
    text_of,
    typed,
)

pytestmark = pytest.mark.django_db
ADDED = """
[[question]]
id = "office"
step = "moving"
kind = "choice"
label = "The place of the office plant"
short = "Office plant"
why = "It stands where nobody waters it."
weight = { uncertainty = 9 }

[[question.option]]
id = "window"
label = "At the window"
says = "It grows by itself."
reason = "The plant has light."
sign = "the plant is moved to the window"
reading = { uncertainty = 0.0 }

[[question.option]]
id = "corridor"
label = "In the corridor"
says = "It is forgotten."
reason = "The plant is in everybody's way, and will be moved."
sign = "the plant is moved to the corridor"
reading = { uncertainty = 1.0 }
"""


@pytest.fixture
def longer_lens(settings: Settings, tmp_path: Path) -> None:
    head, mark, tail = DEFAULT_LENS.read_text("utf-8").partition('\n[[question]]\nid = "stage"')
    lens = tmp_path / "lens.toml"
    lens.write_text(head + ADDED + mark + tail, "utf-8")
    settings.LENS_FILE = lens


@pytest.fixture
def answered(client: Client, longer_lens: None) -> str:
    """The address of a result in which the new question was answered in the wizard."""
    started, step = draft(CHANGE_HEAVY), current_lens().steps[4]
    assert step.id == "moving"
    post_step(client, started, "moving", typed(CHANGE_HEAVY, step) | {"office": "corridor"})
    page = client.get(started.url("check"))
    assert "In the corridor" in says(page)
    form = form_of(page, "See the verdict")
    client.post(str(form["action"]), controls(form))
    assert started.now.pinned()["answers"]["office"] == "corridor"
    assert "office" in [part["question"] for part in started.now.pinned()["contributions"]]
    return started.url("result")


def test_the_wizard_asks_it(client: Client, longer_lens: None) -> None:
    words = says(client.get(draft().step("moving")))
    for text in ("The place of the office plant", "nobody waters it", "At the window"):
        assert text in words


def test_the_model_page_shows_it(client: Client, longer_lens: None) -> None:
    words = says(client.get("/model/"))
    assert "The place of the office plant · 9 on uncertainty" in words
    assert "The plant has light." in words


def test_the_result_gives_its_points_and_its_reason(client: Client, answered: str) -> None:
    rows = {
        text_of(row.th): text_of(row.select_one("td.num"))
        for row in soup(client.get(answered)).select("table.reasons tbody tr")
        if row.th
    }
    label = next(label for label in rows if label.startswith("Office plant: In the corridor"))
    assert "in everybody's way" in label
    assert rows[label].startswith("+")
