"""The scoring API on a real server: bodies of all sizes and in chunks, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.factories import answers, only
from tests.servers import QUICKER, running_server

SENT = {"Content-Type": "application/json"}
pytestmark = pytest.mark.server


def in_chunks(body: bytes) -> Iterator[bytes]:
    yield from (body[start : start + 500] for start in range(0, len(body), 500))


def test_a_file_is_scored_whole_or_in_chunks(live_site: str) -> None:
    body = json.dumps(answers()).encode()
    whole = httpx.post(f"{live_site}/api/score", content=body, headers=SENT)
    pieces = httpx.post(f"{live_site}/api/score", content=in_chunks(body), headers=SENT)
    assert (whole.status_code, pieces.status_code) == (200, 200)
    assert whole.content == pieces.content
    assert whole.json()["stack"] == "fastapi"
    assert "set-cookie" not in whole.headers


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_a_body_that_is_too_large_is_refused_and_the_next_is_taken(
    live_site: str, size: int
) -> None:
    # A server may close a connection on which too much was sent: each asks on one of its own.
    with httpx.Client(base_url=live_site, headers=SENT | {"Connection": "close"}) as client:
        for content in (b" " * size, in_chunks(b" " * size)):
            refused = client.post("/api/score", content=content)
            assert refused.status_code == 413
            assert refused.headers["Content-Type"] == "application/problem+json"
            assert client.post("/api/score", json=only()).status_code == 200


def test_a_limit_holds_over_all_workers(tmp_path: Path) -> None:
    env = QUICKER | {"RATE_API": "10/h", "WEB_CONCURRENCY": "2"}
    with running_server(f"sqlite:///{tmp_path / 'site.sqlite3'}", env=env) as site:

        def ask(_number: int) -> httpx.Response:
            return httpx.post(f"{site}/api/score", json=only(), timeout=60)

        with ThreadPoolExecutor(8) as many:
            responses = list(many.map(ask, range(30)))
    given = [response.status_code for response in responses]
    assert (given.count(200), given.count(429)) == (10, 20)
    waits = [int(r.headers["Retry-After"]) for r in responses if r.status_code == 429]
    assert all(0 < wait <= 360 for wait in waits)
