"""A founder with several tabs and a consultant at once: nothing is silently overwritten.

What they do is drawn by Hypothesis, sent over HTTP to a real server, and compared with a model
(`must_be_stored`) after each act: answer by answer in the database, and on the pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky, FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.acts import Site
from tests.faults.acts_at_the_desk import Desk
from tests.faults.acts_of_saving import Saving
from tests.faults.acts_on_results import Results
from tests.faults.looking_in import Database
from tests.faults.two_people import Consultant
from tests.servers import APPLICATION, running_server

ACTS_A_RUN, MOST_TRIES = 30, 20
RUNS, RUNS_OF_THE_SOAK = 20, 500


class FounderAndConsultant(Saving, Results, Desk):
    """Everything that either may do."""


@contextmanager
def serving(database_url: str, log: Path, application: str = APPLICATION) -> Iterator[Site]:
    env = {"SUGGEST": "0", "RATE_GUESSES": "off"}
    with running_server(database_url, env=env, log=log, application=application) as url:
        database = Database(database_url)
        try:
            yield Site(url, database, Consultant(url))
        finally:
            database.close()


def run(site: Site, runs: int, fixed: bool = True) -> None:
    """Raises an error for the first run in which something is not as it has to be."""
    machine = type("Acts", (FounderAndConsultant,), {"site": site})
    chosen = settings(
        max_examples=runs,
        stateful_step_count=ACTS_A_RUN,
        deadline=None,
        database=None,
        derandomize=fixed,
        # A smaller example would be told by a hundred more runs; the acts are printed as they are.
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    for _ in range(MOST_TRIES):
        try:
            run_state_machine_as_test(machine, settings=chosen)
        except FlakyStrategyDefinition as flaky:
            if is_about_what_was_stored(flaky):
                raise
        if site.runs >= runs:
            return
    raise AssertionError(f"only {site.runs} of {runs} runs came to their end")


def is_about_what_was_stored(error: BaseException | None) -> bool:
    """What two do at once comes out one way or the other, and what may be done next with it.

    Hypothesis stops where the same acts may not be done the second time; that alone is no fault.
    """
    while error is not None and not isinstance(error, AssertionError):
        error = error.__cause__ or error.__context__
    return error is not None


def test_nothing_is_lost_overwritten_or_doubled(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    soaking: bool,
    amount: Callable[[int, int], int],
    figure: Callable[..., None],
) -> None:
    """A check of each change has time for one database; the whole bench asks both."""
    urls = {"SQLite": f"sqlite:///{tmp_path / 'site.sqlite3'}"}
    if soaking:
        urls["PostgreSQL"] = request.getfixturevalue("postgres_url")
    for database, url in urls.items():
        with serving(url, tmp_path / "log") as site:
            run(site, amount(RUNS, RUNS_OF_THE_SOAK), fixed=not soaking)
        figure(f"Runs of the state machine on {database}", site.runs, "runs")
        figure(f"Acts of founder and consultant on {database}", site.acts, "acts")
        figure(f"Saves lost, doubled or overwritten on {database}", 0, "saves", wanted="0")


@pytest.mark.control
@pytest.mark.parametrize("fault", ["last_write_wins", "forgets_retries"])
def test_a_site_that_does_lose_something_is_caught(fault: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    with (
        serving(url, tmp_path / "log", f"tests.faults.broken.{fault}") as site,
        pytest.raises((AssertionError, Flaky)),
    ):
        run(site, RUNS)
