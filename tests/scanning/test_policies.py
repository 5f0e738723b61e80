"""Google's CSP Evaluator on the policies that the site sends, and on weak ones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from tests.conftest import missing
from tests.scanning.tools import CSP_EVALUATOR, ran_for_json
from tests.web import CHANGE_HEAVY, Visitor

BAD = {"HIGH", "MEDIUM", "HIGH_MAYBE", "MEDIUM_MAYBE", "SYNTAX"}
# Scripts of our own host: a way around the policy where that host has JSONP or files that were
# uploaded. This site has neither.
OWN_SCRIPTS = ("SCRIPT_ALLOWLIST_BYPASS", "script-src", "'self'")
WEAK = {
    "default-src *": "PLAIN_WILDCARD",
    "default-src 'none'; script-src 'self' 'unsafe-inline'": "SCRIPT_UNSAFE_INLINE",
    "default-src 'none'; script-src 'self' 'unsafe-eval'": "SCRIPT_UNSAFE_EVAL",
    "default-src 'none'; script-src data:": "PLAIN_URL_SCHEMES",
    "default-src 'none'; script-src https://ajax.googleapis.com": "SCRIPT_ALLOWLIST_BYPASS",
    "default-src 'none'; script-src http://scripts.example": "SRC_HTTP",
    "img-src 'self'": "MISSING_DIRECTIVES",
    "default-src 'none'; script-src 'nonce-abc'": "NONCE_LENGTH",
    "default-src 'none' script-src 'self'": "MISSING_SEMICOLON",
}


def judged(policies: Iterable[str]) -> list[set[tuple[str, str, str]]]:
    """What is wrong with each policy: type, directive and value."""
    node = shutil.which("node")
    if not node or not (CSP_EVALUATOR / ".made").exists():
        missing("csp_evaluator is not installed: make scanners (needs node and npm)")
    said: list[list[dict[str, Any]]] = ran_for_json(
        node, "judge.cjs", cwd=CSP_EVALUATOR, stdin="\n".join(policies)
    )
    return [
        {(f["type"], f["directive"], f["value"]) for f in findings if f["severity"] in BAD}
        for findings in said
    ]


def policies_of(site: str) -> dict[str, str]:
    """The policy of an answer of each kind: pages, errors, the API, the desk, files."""
    founder = Visitor(site)
    founder.start()
    founder.walk(CHANGE_HEAVY)
    answers = {"step": founder.page, "home": founder.open("/")}
    stylesheet = re.search(r'href="(/static/[^"]+\.css)"', answers["home"].text)
    assert stylesheet
    places = {
        "stylesheet": stylesheet[1],
        "unknown page": "/no-such-page/",
        "unknown link": f"/r/{'x' * 43}/",
        "desk": "/admin/login/",
        "API": "/api/",
        "schema": "/schema/report-1.json",
        "document": "/examples/harbourmaster.json",
        "picture": "/examples/harbourmaster.svg",
        "redirect": "/favicon.ico",
        "health": "/healthz",
    }
    answers |= {name: httpx.get(site + path) for name, path in places.items()}
    answers["refused by the API"] = httpx.post(f"{site}/api/score", content=b"{")
    return {
        name: answer.headers.get("Content-Security-Policy", "") for name, answer in answers.items()
    }


def test_no_answer_of_the_site_has_a_policy_that_can_be_got_around(
    sqlite_site: str, figure: Callable[..., None]
) -> None:
    policies = policies_of(sqlite_site)
    assert all(policies.values()), policies
    found = dict(zip(policies, judged(policies.values()), strict=True))
    worse = {name: findings - {OWN_SCRIPTS} for name, findings in found.items()}
    figure("Policies that can be got around", sum(map(bool, worse.values())), wanted="0")
    assert not any(worse.values()), worse


def test_each_weak_policy_is_found(figure: Callable[..., None]) -> None:
    found = dict(zip(WEAK, judged(WEAK), strict=True))
    caught = [
        policy for policy, fault in WEAK.items() if fault in {kind for kind, *_ in found[policy]}
    ]
    figure("Weak policies that CSP Evaluator finds", f"{len(caught)} of {len(WEAK)}")
    assert caught == list(WEAK)


def test_a_page_without_a_policy_is_found() -> None:
    assert {kind for kind, *_ in judged(["upgrade-insecure-requests"])[0]} == {"MISSING_DIRECTIVES"}
