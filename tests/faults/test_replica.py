"""A replica that follows, one that lags, and one that is gone (docs/decisions/0027)."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from assessments.tokens import token_hash
from stackpick.replica import MOST_LAG_SECONDS, PINNED_SECONDS
from tests.conftest import missing
from tests.desk.people import PASSWORD
from tests.postgres import PostgresMissing, Standby, standby_of, throwaway_postgres
from tests.servers import run_beside, running_server
from tests.web import Visitor, controls, says, soup

FILL = """
import json
from django.test import RequestFactory
from assessments.models import Assessment, ShareLink
from tests.desk.people import client_of, consultant
ada = consultant("ada")
client_of(ada, "Told to all")
rows = Assessment.objects.filter(slug__in=["ledgerly", "tidegate", "harbourmaster"])
print(json.dumps([ShareLink.objects.issue(row, "board")[1] for row in rows]))
"""
# As the site does it, but at once: a replica that lags is asked for five seconds only.
REVOKE = "UPDATE assessments_sharelink SET revoked_at = now() WHERE token_hash = %s"
RENAME = """
UPDATE assessments_assessment AS a SET updated_at = now(),
    report = jsonb_set(report, '{project,name}', '"Renamed since"')
FROM assessments_sharelink AS s WHERE s.assessment_id = a.id AND s.token_hash = %s
"""
NAME_CLIENT = "UPDATE assessments_client SET name = %s"
PAUSE, GO_ON = "SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()"
LIST = "/admin/assessments/client/"


@dataclass
class Followed:
    site: str
    url: str
    standby: Standby
    log: Path
    shared: list[str]

    def asked(self) -> int:
        """How many reads of ours the replica has had."""
        return self.standby.log.read_text().count('FROM "assessments_')


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    log = tmp_path_factory.mktemp("replica") / "log"
    with ExitStack() as stack:
        try:
            url = stack.enter_context(throwaway_postgres())
        except PostgresMissing as problem:
            missing(str(problem))
        standby = stack.enter_context(standby_of(url))
        env = {"DATABASE_REPLICA_URL": standby.url, "WEB_CONCURRENCY": "1", "SUGGEST": "0"}
        site = stack.enter_context(running_server(url, env=env, log=log))
        yield Followed(site, url, standby, log, json.loads(run_beside(site, FILL)))


@pytest.fixture(scope="module")
def desk(followed: Followed) -> Visitor:
    """The desk, signed in to long enough ago to be shown the replica's lists."""
    ada = Visitor(followed.site)
    ada.open("/admin/")
    form = soup(ada.page).select_one("#login-form")
    assert form is not None
    filled = {**controls(form), "username": "ada", "password": PASSWORD}
    ada.page = ada.client.post(str(ada.page.url), data=filled)
    assert ada.path == "/admin/"
    ada.client.cookies.delete("stackpick-wrote")
    return ada


def until(happens: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.2)
    return False


def read_from_the_replica(followed: Followed, ask: Callable[[], object]) -> bool:
    before = followed.asked()
    ask()
    return followed.asked() > before


def use(followed: Followed, desk: Visitor) -> None:
    """Until it is known to be as new as the primary."""
    assert until(lambda: read_from_the_replica(followed, lambda: desk.open(LIST)), 10)


def test_lists_are_read_from_it_and_a_clients_own_page_is_not(
    followed: Followed, desk: Visitor
) -> None:
    use(followed, desk)
    assert "Told to all" in says(desk.page)
    assert not read_from_the_replica(followed, lambda: desk.open("/admin/"))
    assert not read_from_the_replica(followed, lambda: Visitor(followed.site).start())


def test_a_shared_report_is_read_from_it_once_and_its_link_is_asked_of_the_primary(
    followed: Followed, desk: Visitor
) -> None:
    use(followed, desk)
    address = f"{followed.site}/r/{followed.shared[0]}/"
    assert read_from_the_replica(followed, lambda: httpx.get(address).raise_for_status())
    assert not read_from_the_replica(followed, lambda: httpx.get(address).raise_for_status())


def test_while_it_lags_nothing_is_shown_that_the_primary_knows_better(
    followed: Followed, desk: Visitor, figure: Callable[..., None]
) -> None:
    use(followed, desk)
    revoked, renamed = followed.shared[1:]
    followed.standby.run(PAUSE)
    try:
        with psycopg.connect(followed.url) as primary:
            primary.execute(REVOKE, [token_hash(revoked)])
            primary.execute(RENAME, [token_hash(renamed)])
            primary.execute(NAME_CLIENT, ["Named anew"])
        paused = time.monotonic()
        # What a link opens and what its page says, at once:
        assert httpx.get(f"{followed.site}/r/{revoked}/").status_code == 404
        assert "Renamed since" in says(httpx.get(f"{followed.site}/r/{renamed}/"))
        # the lists of whoever has just saved something, at once:
        writer = Visitor(followed.site)
        writer.client.cookies.update(desk.client.cookies)
        writer.client.cookies.set("stackpick-wrote", "1")
        assert "Named anew" in says(writer.open(LIST))
        # and everybody's as soon as it is too far behind.
        assert until(lambda: "Named anew" in says(desk.open(LIST)), 2 * MOST_LAG_SECONDS)
        behind = round(time.monotonic() - paused, 1)
        figure("A list was behind", behind, "s", f"{MOST_LAG_SECONDS:.0f} and a look")
    finally:
        followed.standby.run(GO_ON)


def test_a_list_does_come_from_a_replica_that_lags_or_the_check_would_prove_nothing(
    followed: Followed, desk: Visitor
) -> None:
    use(followed, desk)
    followed.standby.run(PAUSE)
    try:
        with psycopg.connect(followed.url) as primary:
            primary.execute(NAME_CLIENT, ["Named too late"])
        assert "Named too late" not in says(desk.open(LIST))
    finally:
        followed.standby.run(GO_ON)


def test_whoever_sends_something_is_shown_the_primary_for_longer_than_it_may_lag(
    followed: Followed, desk: Visitor
) -> None:
    desk.open("/admin/assessments/client/add/")
    answer = desk.client.post(
        "/admin/assessments/client/add/", data={"name": "By Ada"}, follow_redirects=False
    )
    (cookie,) = [
        said for said in answer.headers.get_list("set-cookie") if said.startswith("stackpick-wrote")
    ]
    assert f"Max-Age={PINNED_SECONDS};" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/admin/" in cookie
    assert PINNED_SECONDS > MOST_LAG_SECONDS
    desk.client.cookies.delete("stackpick-wrote")


# The last, as it does not come back.
def test_once_it_is_gone_the_primary_answers_and_the_log_says_so(
    followed: Followed, desk: Visitor
) -> None:
    use(followed, desk)
    followed.standby.server.send_signal(signal.SIGKILL)
    followed.standby.server.wait()
    address = f"{followed.site}/r/{followed.shared[0]}.md"
    answers = [desk.open(LIST).status_code for _ in range(6)]
    answers += [httpx.get(address).status_code for _ in range(3)]
    assert set(answers) == {200}
    assert "The replica is not asked for 10 s" in followed.log.read_text()
