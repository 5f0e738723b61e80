"""Pictures of every page, in docs/screenshots: `make screenshots`, or only some by NAME.

    python -m tests.browser.screenshots [NAME…]

Names are those of the catalogues in pages.py and desk_pages.py. Each page is taken on a phone and
on a desk, light and dark, from a site of its own with a worked example; the result also as it
comes out of a printer, and its top alone for the README. The same pages give the same pictures,
dates aside.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import ChromiumMissing, of_the_system
from tests.servers import ROOT, running_server

# Before the catalogue, which imports models.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from tests.browser import desk_pages, pages  # noqa: E402
from tests.browser.desk_pages import DESK_PAGES, Desk, running_desk  # noqa: E402
from tests.browser.driving import look  # noqa: E402
from tests.browser.pages import PAGES, States  # noqa: E402
from tests.web import STEPS  # noqa: E402

FOLDER = Path(ROOT, "docs/screenshots")
EXAMPLE = Path(ROOT, "assessments/examples/3-harbourmaster.json")
WIDTHS, SCHEMES = (360, 1280), ("light", "dark")
TALLEST = 2600
FROM_THE_END = {"check-suggested"}  # what is new in these stands at their end
README_HEIGHT = 1500
FLAT_COLOURS, OTHER_COLOURS = 16, 32
PRINT_DPI = 80
# These have what another shows as well, or what is new in them is past the cut.
NOT_TAKEN = {"check-empty", "step-from-check", "result-mistake", "result-new-link"}
NOT_TAKEN |= {"shared-revoked"} | {f"step-{name}-empty" for name in STEPS}
NOT_TAKEN |= {"invite", "check-invited", "result-of-two", "together-stale"}
NOT_TAKEN |= {"remind-code", "remind-wrong-code", "remind-wrong-address", "reminded"}
NOT_TAKEN |= {"stopped", "stop-nothing", "again-begun", "check-wrong-kind"}
# Of the desk only what a day there is made of, not each form and mistake.
OF_A_DAY = {"login", "index", "clients", "client", "client-delete-all", "client-history"}
OF_A_DAY |= {"client-import-preview", "client-import-mistakes", "invite", "invite-made", "invites"}
OF_A_DAY |= {"invitation-taken-up", "pair", "assessments", "assessment", "assessment-draft"}
OF_A_DAY |= {"compare", "correct", "correct-project", "correct-conflict", "rescore-many"}
OF_A_DAY |= {"projects", "project", "links", "two-step-set-up", "suggested-kinds"}
NOT_TAKEN |= set(DESK_PAGES) - {f"desk-{name}" for name in OF_A_DAY}
# The port and the secret of a link differ each time.
SAME_LINKS = """() => document.querySelectorAll("input[value^='http']").forEach((field) => {
  field.value = "https://stackpick.example.org/r/kept-out-of-this-picture/";
})"""


class PdftoppmMissing(Exception):
    """Says which package to install."""


def main(names: list[str]) -> int:
    """Takes the pictures; 1 where something that it needs is not installed."""
    try:
        for path in pictures(names):
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB", flush=True)
    except (ChromiumMissing, PdftoppmMissing) as problem:
        print(f"Not all pictures were taken: {problem}.", file=sys.stderr)
        return 1
    return 0


def pictures(names: list[str], folder: Path = FOLDER) -> Iterator[Path]:
    of_the_site = [name for name in names if name not in DESK_PAGES]
    of_the_desk = [name for name in names if name in DESK_PAGES]
    if of_the_site:
        with _site() as site, _browser() as browser:
            states = States(site, json.loads(EXAMPLE.read_text()))
            for name in of_the_site:
                yield from take(browser, states, name, folder)
            if "result" in names:
                yield from take_print(browser, states, folder)
    if of_the_desk:
        with _desk() as desk, _browser() as browser:
            for name in of_the_desk:
                yield from take(browser, desk, name, folder)


@contextmanager
def _site() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="stackpick-pictures-") as folder,
        running_server(f"sqlite:///{folder}/site.sqlite3") as site,
    ):
        yield site


@contextmanager
def _desk() -> Iterator[Desk]:
    with (
        tempfile.TemporaryDirectory(prefix="stackpick-pictures-") as folder,
        running_desk(Path(folder)) as desk,
    ):
        yield desk


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as driver, driver.chromium.launch(**of_the_system()) as browser:
        yield browser


def take(browser: Browser, states: States | Desk, name: str, folder: Path) -> Iterator[Path]:
    """One page of a catalogue at all widths and in both schemes."""
    with browser.new_context() as context:
        page = context.new_page()
        for width in WIDTHS:
            look(page, width, reduced_motion="reduce")
            _show(page, states, name)
            for scheme in SCHEMES:
                look(page, width, color_scheme=scheme, reduced_motion="reduce")
                picture = _picture(page, TALLEST, from_the_end=name in FROM_THE_END)
                yield _save(picture, folder / f"{name}-{width}-{scheme}.png")
                if (name, width, scheme) == ("result", 1280, "light"):
                    yield _save(_picture(page, README_HEIGHT), folder / "result.png")


def _show(page: Page, states: States | Desk, name: str) -> None:
    if isinstance(states, Desk):
        desk_pages.show(page, states, name)
    else:
        pages.show(page, states, name)


def _picture(page: Page, tallest: int, from_the_end: bool = False) -> Image.Image:
    """The whole page, and of a very long one its beginning or its end."""
    page.evaluate(SAME_LINKS)
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready")
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True, caret="hide")))
    height = min(whole.height, tallest)
    top = whole.height - height if from_the_end else 0
    return whole.convert("RGB").crop((0, top, whole.width, top + height))


def _save(picture: Image.Image, path: Path) -> Path:
    """With a palette, as a picture in a repository should be small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _with_palette(picture).save(path, optimize=True)
    return path


def _with_palette(picture: Image.Image) -> Image.Image:
    """Papers and inks in their exact colours, and the edges of letters in near ones."""
    packed = np.asarray(picture, dtype=np.int32) @ np.array([1 << 16, 1 << 8, 1])
    codes, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    flat = colours[counts.argsort(kind="stable")[-FLAT_COLOURS:]]
    covering = picture.quantize(OTHER_COLOURS, method=Image.Quantize.MAXCOVERAGE).getpalette()
    palette = np.concatenate([flat, np.reshape(covering or [], (-1, 3)).astype(int)])
    nearest = ((colours[:, None] - palette) ** 2).sum(axis=2).argmin(axis=1)
    few = Image.fromarray(nearest[places].reshape(packed.shape).astype(np.uint8))
    few.putpalette(palette.astype(np.uint8).tobytes())
    return few


def take_print(browser: Browser, states: States, folder: Path) -> Iterator[Path]:
    """The result on paper, a picture a sheet."""
    if not shutil.which("pdftoppm"):
        raise PdftoppmMissing("pdftoppm is not installed (Debian's package is poppler-utils)")
    for old in folder.glob("print-*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as work, browser.new_context() as context:
        page = context.new_page()
        pages.show(page, states, "result")
        page.pdf(path=f"{work}/result.pdf", format="A4", prefer_css_page_size=True)
        command = ["pdftoppm", "-png", "-r", str(PRINT_DPI), "result.pdf", "sheet"]
        subprocess.run(command, cwd=work, check=True)
        for number, sheet in enumerate(sorted(Path(work).glob("sheet*.png")), start=1):
            yield _save(Image.open(sheet).convert("RGB"), folder / f"print-{number}.png")


if __name__ == "__main__":
    logging.disable(logging.INFO)  # every request would be a line
    taken = [name for name in (*PAGES, *DESK_PAGES) if name not in NOT_TAKEN]
    names = ", ".join((*PAGES, *DESK_PAGES))
    parser = argparse.ArgumentParser(description="Take pictures of the pages.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {names}")
    sys.exit(main(parser.parse_args().names or taken))
