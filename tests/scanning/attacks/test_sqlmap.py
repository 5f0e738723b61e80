"""sqlmap on each form and each address with a query: none lets SQL in, the seeded one does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import httpx
import pytest

from tests.scanning.attacks.grounds import Ground, ground
from tests.scanning.tools import ATTACKERS, ran
from tests.web import controls, soup

# Never worth a try: what no query is made of, and what would end the session.
SKIPPED = {"csrfmiddlewaretoken", "once"}
LEFT_ALONE = re.compile(r"/admin/(logout|password_change|two-step|jsi18n)/")
FOUND, CLEAN = "sqlmap identified the following injection point", "do not appear to be injectable"


@dataclass(frozen=True)
class Target:
    """A request, and those of its parameters to try: in the query, or in a form's body."""

    address: str
    data: str = ""
    tried: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Its path, without the keys and tokens in it."""
        return re.sub(r"[A-Za-z0-9_-]{43}|\d+", "*", urlsplit(self.address).path)

    @property
    def names(self) -> set[str]:
        query = self.data or urlsplit(self.address).query
        return {name for name, _value in parse_qsl(query, keep_blank_values=True)} - SKIPPED


@pytest.fixture
def attacked(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path) as attacked:
        yield attacked


@pytest.fixture
def seeded(tmp_path: Path) -> Iterator[Ground]:
    with ground(tmp_path, "tests.scanning.attacks.seeded_settings") as seeded:
        yield seeded


def targets(pages: list[str], cookies: str) -> list[Target]:
    """What the pages lead to, so that each parameter of each place is tried once."""
    seen: set[tuple[str, bool, str]] = set()
    chosen = []
    for page in pages:
        answer = httpx.get(page, headers={"Cookie": cookies}, follow_redirects=True, timeout=60)
        assert answer.status_code in (200, 405), page
        for target in [*_queries(page, answer), *_forms(page, answer)]:
            new = {(target.place, bool(target.data), name) for name in target.names} - seen
            if new and not LEFT_ALONE.search(target.address):
                chosen.append(replace(target, tried=frozenset(name for *_, name in new)))
                seen |= new
    return chosen


def _queries(page: str, answer: httpx.Response) -> Iterator[Target]:
    hrefs = [
        page,
        *(urljoin(page, str(link["href"])) for link in soup(answer.text).select("a[href]")),
    ]
    for address in hrefs:
        if urlsplit(address).query and urlsplit(address).netloc == urlsplit(page).netloc:
            yield Target(address.partition("#")[0])


def _forms(page: str, answer: httpx.Response) -> Iterator[Target]:
    for form in soup(answer.text).select("form"):
        address = urljoin(str(answer.url), str(form.get("action") or ""))
        filled = urlencode(controls(form))
        if filled and str(form.get("method") or "").lower() == "post":
            yield Target(address, filled)
        elif filled:
            yield Target(f"{address.partition('?')[0]}?{filled}")


def said_of(target: Target, folder: Path, cookies: str = "") -> str:
    """What sqlmap says once it has tried each parameter in each way that needs no waiting."""
    options: list[str | Path] = ["--url", target.address]
    if target.data:
        options += ["--data", target.data]
    if target.tried:
        options += ["-p", ",".join(sorted(target.tried))]
    if cookies:
        options += ["--cookie", cookies]
    return ran(
        *(ATTACKERS / "sqlmap", *options, "--batch", "--flush-session", "--disable-coloring"),
        *("--level", "1", "--risk", "1", "--technique", "BEU", "--dbms", "sqlite"),
        *("--threads", "2", "--timeout", "60", "--output-dir", folder / "sqlmap"),
        *("--drop-set-cookie", "--ignore-redirects", "--ignore-code", "*"),
        env={"HOME": str(folder)},
        seconds=900,
    )


def test_sqlmap_finds_the_seeded_injection(
    seeded: Ground, tmp_path: Path, figure: Callable[..., None]
) -> None:
    said = said_of(Target(f"{seeded.site}/seeded/search/?q=harbourmaster"), tmp_path)
    figure("Seeded injections that sqlmap finds", f"{said.count(FOUND)} of 1")
    assert FOUND in said


def test_sqlmap_gets_into_no_form_and_no_query(
    attacked: Ground, tmp_path: Path, figure: Callable[..., None]
) -> None:
    pages = attacked.open_pages + attacked.founders_pages + attacked.desk_pages
    tried = targets(pages, attacked.cookies)
    assert len(tried) > 20
    let_in, untold = [], []
    for target in tried:
        said = said_of(target, tmp_path, attacked.cookies)
        if FOUND in said:
            let_in.append((target, said))
        elif CLEAN not in said:
            untold.append((target, said[-1500:]))
    figure("Parameters that sqlmap tried", sum(len(target.tried) for target in tried))
    figure("Requests that let SQL in", len(let_in), wanted="0")
    assert let_in == []
    assert untold == []
