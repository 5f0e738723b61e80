"""The scoring API on a real server: bodies of all sizes and in chunks, on both databases."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from stackpick.serving.framing import LARGEST_IN_CHUNKS
from tests.factories import answers, only
from tests.servers import QUICKER, running_server

SENT = {"Content-Type": "application/json"}
pytestmark = pytest.mark.server


def in_chunks(body: bytes, size: int = 500) -> Iterator[bytes]:
    yield from (body[start : start + size] for start in range(0, len(body), size))


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
            # Of chunks no more is taken in than the API could take.
            is_passed_on = isinstance(content, bytes) or size <= LARGEST_IN_CHUNKS
            kind = "application/problem+json" if is_passed_on else "text/plain"
            assert refused.headers["Content-Type"] == kind
            assert client.post("/api/score", json=only()).status_code == 200


def test_a_body_of_which_each_byte_comes_in_a_chunk_is_soon_read(live_site: str) -> None:
    """Gunicorn copies all that has come with each chunk."""
    begun = time.monotonic()
    body = json.dumps(answers()).encode().ljust(20_000)
    scored = httpx.post(f"{live_site}/api/score", content=in_chunks(body, 1), headers=SENT)
    assert scored.status_code == 200
    refused = httpx.post(f"{live_site}/api/score", content=in_chunks(body * 5, 1), headers=SENT)
    assert refused.status_code == 413
    assert time.monotonic() - begun < 8


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
