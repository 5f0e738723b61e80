"""What typesets PDF files hangs, and never says so: SIGSTOP to each child that does."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.faults.client import Answer, Client
from tests.faults.faulted import RECOVERY_SECONDS, TOLD_SECONDS
from tests.faults.site import Site, running_site
from tests.servers import run_beside

AT_ONCE = 6  # fewer than there are threads, so that none waits for another's document
FINISHED = """
from tests.web import CHANGE_HEAVY, draft
print(*(draft(CHANGE_HEAVY, finished=True).token for _ in range({count})))
"""

Amount = Callable[[int, int], int]
Figure = Callable[..., None]


def typesetters(site: Site) -> list[int]:
    return [process for process in site.processes if _typesets(process)]


def _typesets(process: int) -> bool:
    with suppress(OSError):
        return b"/typesetter.py" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


@contextmanager
def hanging(site: Site) -> Iterator[None]:
    """Stops whatever typesets, and what takes its place."""
    is_over = Event()

    def stop_all() -> None:
        while not is_over.wait(0.05):
            _signal(site, signal.SIGSTOP)

    _signal(site, signal.SIGSTOP)
    stopping = Thread(target=stop_all)
    stopping.start()
    try:
        yield
    finally:
        is_over.set()
        stopping.join()
        _signal(site, signal.SIGCONT)


def _signal(site: Site, number: int) -> None:
    for process in typesetters(site):
        with suppress(ProcessLookupError):
            os.kill(process, number)


def files(site: Site, tokens: Sequence[str], patience: float = 30) -> list[Answer]:
    """The PDF of each result, asked for at the same time."""
    with ThreadPoolExecutor(len(tokens)) as pool:
        paths = [f"/a/{token}.pdf" for token in tokens]
        return list(pool.map(lambda path: Client(site.url, patience).ask("GET", path), paths))


def is_whole(file: Answer) -> bool:
    return file.status == 200 and file.body[:5] == b"%PDF-" and b"%%EOF" in file.body[-8:]


def finished(site: Site, count: int) -> list[str]:
    return run_beside(site.url, FINISHED.format(count=count)).split()


def test_who_asks_for_a_file_is_told_and_pages_go_on(
    on_sqlite: str, tmp_path: Path, amount: Amount, figure: Figure
) -> None:
    rounds = amount(1, 20)
    with running_site(on_sqlite, tmp_path / "log") as site:
        tokens = finished(site, AT_ONCE * rounds)
        assert all(is_whole(file) for file in files(site, tokens[:1]))
        for number in range(rounds):
            own = tokens[AT_ONCE * number : AT_ONCE * (number + 1)]
            with hanging(site):
                told, page = asked_while_it_hangs(site, own[1:])
            ended = time.monotonic()
            whole, tries = False, 0
            while not whole and time.monotonic() < ended + RECOVERY_SECONDS:
                whole, tries = all(map(is_whole, files(site, own))), tries + 1
            again = round(time.monotonic() - ended, 2)
            slowest = round(max(answer.seconds for answer in told), 2)
            most = f"{TOLD_SECONDS:g} at most"
            figure("Renderer hung: answers other than 503", not_told(told), wanted="0")
            figure("Renderer hung: the slowest answer", slowest, "seconds", most)
            figure("Renderer hung: a page meanwhile", round(page.seconds, 2), "seconds", most)
            figure("Renderer hung: all files whole after", again, "seconds", most)
            assert not not_told(told), told
            assert slowest <= TOLD_SECONDS
            assert page.status == 200
            assert page.seconds < TOLD_SECONDS
            assert whole
            assert again <= RECOVERY_SECONDS


def asked_while_it_hangs(site: Site, tokens: Sequence[str]) -> tuple[list[Answer], Answer]:
    """Files, and a page beside them."""
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(files, site, tokens, 2 * TOLD_SECONDS)
        time.sleep(0.5)
        page = Client(site.url).ask("GET", "/model/")
        return asked.result(), page


def not_told(answers: Sequence[Answer]) -> int:
    return sum(answer.status != 503 or not answer.retry_after for answer in answers)


@pytest.mark.control
def test_a_site_that_waits_for_its_renderer_for_ever_is_found_out(
    on_sqlite: str, tmp_path: Path, figure: Figure
) -> None:
    for_ever = "tests.faults.broken.for_ever"
    with running_site(on_sqlite, tmp_path / "log", application=for_ever) as site:
        tokens = finished(site, 2)
        with hanging(site):
            told = files(site, tokens, patience=TOLD_SECONDS + 1)
    late = sum(answer.seconds > TOLD_SECONDS for answer in told)
    figure("Late with a site that waits for ever", late, "files", wanted="1 or more")
    assert late
    assert not_told(told)
