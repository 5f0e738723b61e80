"""The pictures of the pages, which `make screenshots` takes."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser import screenshots
from tests.browser.desk_pages import Desk
from tests.browser.pages import States
from tests.servers import ROOT
from tests.web import FOUNDERS

INKS = [(0xFB, 0xFA, 0xF6), (0x21, 0x1F, 0x1B), (0xAE, 0x4C, 0x09)]  # each rarer


@pytest.fixture
def tidy(sqlite_site: str) -> States:
    return States(sqlite_site, FOUNDERS["with a settled part"].file)


def test_a_page_is_taken_on_a_phone_and_on_a_desk_light_and_dark_and_small(
    browser: Browser, tidy: States, tmp_path: Path
) -> None:
    taken = list(screenshots.take(browser, tidy, "start", tmp_path))
    names = [f"start-{width}-{scheme}.png" for width in (360, 1280) for scheme in ("light", "dark")]
    assert [path.name for path in taken] == names
    assert [Image.open(path).width for path in taken] == [360, 360, 1280, 1280]
    assert max(path.stat().st_size for path in taken) < 60_000
    corners = [Image.open(path).convert("L").crop((0, 0, 1, 1)).tobytes()[0] for path in taken]
    assert [corner > 127 for corner in corners] == [True, False, True, False]


def test_a_page_of_the_desk_is_taken_as_well(
    browser: Browser, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "WIDTHS", (360,))
    taken = list(screenshots.take(browser, desk, "desk-clients", tmp_path))
    names = [f"desk-clients-360-{scheme}.png" for scheme in ("light", "dark")]
    assert [path.name for path in taken] == names


def test_of_a_page_whose_news_is_at_its_end_the_end_is_taken(
    browser: Browser, tidy: States, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "WIDTHS", (360,))
    monkeypatch.setattr(screenshots, "SCHEMES", ("light",))
    monkeypatch.setattr(screenshots, "TALLEST", 300)
    [beginning] = screenshots.take(browser, tidy, "start", tmp_path / "beginning")
    monkeypatch.setattr(screenshots, "FROM_THE_END", {"start"})
    [end] = screenshots.take(browser, tidy, "start", tmp_path / "end")
    assert Image.open(beginning).size == Image.open(end).size == (360, 300)
    assert beginning.read_bytes() != end.read_bytes()


def test_the_same_page_gives_the_same_picture(
    browser: Browser, tidy: States, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshots, "WIDTHS", (360,))
    monkeypatch.setattr(screenshots, "SCHEMES", ("light",))
    first, again = (
        next(screenshots.take(browser, tidy, "result", folder)).read_bytes()
        for folder in (tmp_path / "first", tmp_path / "again")
    )
    assert first == again


def test_paper_and_a_rare_ink_keep_their_colours(tmp_path: Path) -> None:
    picture = Image.new("RGB", (1280, 1280), "white")
    picture.paste(Image.radial_gradient("L").convert("RGB"), (500, 500))
    for number, ink in enumerate(INKS):
        picture.paste(ink, (0, 50 * number, 1280 // 10**number, 50 * number + 50))
    with Image.open(screenshots._save(picture, tmp_path / "inks.png")) as saved:
        rgb = saved.convert("RGB")
    assert [rgb.getpixel((1, 50 * number + 1)) for number in range(len(INKS))] == INKS


def test_what_is_not_installed_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(screenshots, "_site", lambda: nullcontext("http://localhost"))
    # Not a second one where other tests of this process have Playwright running.
    monkeypatch.setattr(screenshots, "sync_playwright", lambda: nullcontext(Mock()))
    assert screenshots.main(["start"]) == 1
    assert "Chromium is not installed" in capsys.readouterr().err


def test_every_name_that_is_left_out_is_one_of_a_catalogue() -> None:
    assert set(screenshots.PAGES) | set(screenshots.DESK_PAGES) >= screenshots.NOT_TAKEN
    assert set(screenshots.PAGES) >= screenshots.FROM_THE_END
    assert {f"desk-{name}" for name in screenshots.OF_A_DAY} <= set(screenshots.DESK_PAGES)


def test_the_picture_in_the_readme_is_there() -> None:
    assert "docs/screenshots/result.png" in Path(ROOT, "README.md").read_text()
    assert Path(ROOT, "docs/screenshots/result.png").exists()
