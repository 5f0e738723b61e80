"""What holds for every page: its headers, its structure, its links, its methods."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client

from assessments.engine.answers import parse
from assessments.models import Assessment, Pair
from tests.invited import invited, two_invited
from tests.reminding import ask, confirmed
from tests.web import (
    FOUNDERS,
    HISTORY,
    HTMX,
    LENS,
    STABILITY_HEAVY,
    STEPS,
    Draft,
    draft,
    post_step,
    soup,
    text_of,
    title,
)

pytestmark = pytest.mark.django_db
FILE = FOUNDERS["with a settled part"].file
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
PUBLIC = ["/", "/model/", "/start/", "/privacy/", "/deleted/", "/examples/ledgerly/", "/api/"]
INVITED = ["invitation", "mistake in an invitation", "invitation taken up", "waiting result"]
PAIRED = ["waiting", "result of two", "together", "mistake together", "settled", "joint"]
OWN = ["result", "check", "delete", "versions", *STEPS, "shared"]
OWN += ["conflict", "mistake in a step", "refused label"]
REMINDED = ["wrong address", "waiting for the code", "wrong code", "reminded", "stop", "stopped"]
REMINDED += ["nothing to stop", "again", "again, begun"]
PRIVATE = [*OWN, *INVITED, *PAIRED, *REMINDED]
PAGES = [*PUBLIC, *PRIVATE]
# The scope has pytest run what is asked of one page one after the other.
every_page = pytest.mark.parametrize("name", PAGES, scope="module")


@pytest.fixture
def finished() -> Draft:
    return draft(FILE, finished=True)


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """The pages so far: what is only looked at is made once."""
    return {}


@pytest.fixture
def shown(request: pytest.FixtureRequest, made: dict[str, Any], name: str) -> Any:
    """The page by this name."""
    if name not in made:
        client, finished = (request.getfixturevalue(each) for each in ("client", "finished"))
        made[name] = show(client, finished, name)
    return made[name]


def show(client: Client, finished: Draft, name: str, **kwargs: Any) -> Any:
    """A page by its name; a conflict and a mistake are answers to a POST."""
    if name in PUBLIC:
        call_command("load_examples", verbosity=0)  # Nobody else's page shows any.
        return client.get(name, **kwargs)
    if name == "shared":
        return client.get(f"/r/{finished.share()[1]}/", **kwargs)
    if name == "conflict":
        finished.save("team", go="none")
        stale = {"version": finished.assessment.version, "go": "fluent"}
        return post_step(client, finished, "team", stale, **kwargs)
    if name == "mistake in a step":
        return post_step(client, finished, STEPS[0], {"project_name": ""}, **kwargs)
    if name == "refused label":
        return client.post(finished.url("share"), {"label": "x" * 81}, **kwargs)
    if name in INVITED or name in PAIRED:
        return show_invited(client, name, **kwargs)
    if name in REMINDED:
        return show_reminded(client, finished, name, **kwargs)
    address = finished.step(name) if name in STEPS else finished.url(name)
    return client.get(address, **kwargs)


def show_reminded(client: Client, finished: Draft, name: str, **kwargs: Any) -> Any:
    """What becomes of an e-mail address, and where the links in the mails lead."""
    if name == "wrong address":
        return client.post(finished.url("remind"), {"email": "nobody"}, **kwargs)
    if name in ("waiting for the code", "wrong code"):
        ask(client, finished)
        if name == "wrong code":
            return client.post(finished.url("confirm_reminder"), {"code": "12"}, **kwargs)
        return client.get(finished.url("result"), **kwargs)
    reminder = confirmed(finished.assessment)
    if name == "reminded":
        return client.get(finished.url("result"), **kwargs)
    if name.startswith("again"):
        if name == "again, begun":
            Assessment.objects.again(finished.assessment)
        return client.get(f"/again/{reminder.claim()}/", **kwargs)
    address = f"/stop/{reminder.stop_key()}/"
    if name == "stopped":
        return client.post(address, **kwargs)
    return client.get("/stop/1-nothing/" if name == "nothing to stop" else address, **kwargs)


def show_invited(client: Client, name: str, **kwargs: Any) -> Any:
    """A page of two who were invited to the same question."""
    pair, first, second = two_invited(note="As agreed.")
    if name == "invitation":
        return client.get(first.url, **kwargs)
    if name == "mistake in an invitation":
        return client.post(f"{first.url}begun/", {"address": "nowhere"}, **kwargs)
    if name == "invitation taken up":
        first.now.tie(draft(FILE).assessment)
        return client.get(first.url, **kwargs)
    first.answer(FILE)
    if name in ("waiting", "waiting result"):
        return client.get(first.own("together" if name == "waiting" else ""), **kwargs)
    second.answer(STABILITY_HEAVY)
    if name == "mistake together":
        return client.post(first.own("together"), {"seen": pair.basis}, **kwargs)
    if name in ("settled", "joint"):
        pair = Pair.objects.whole().get(pk=pair.pk)
        pair.conclude(LENS, parse(LENS, FILE), pair.basis, "CTO")
    rest = {"result of two": "", "joint": "together/joint"}.get(name, "together")
    return client.get(first.own(rest), **kwargs)


@every_page
def test_the_policy_is_exactly_strict(shown: Any) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in shown["Content-Security-Policy"].split(";")
    )
    assert policy == POLICY
    assert shown["Referrer-Policy"] == "strict-origin"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["X-Frame-Options"] == "DENY"


@every_page
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(shown: Any) -> None:
    page = soup(shown)
    assert not page.select("style, [style], script:not([src])")
    assert not [tag for tag in page.find_all(True) if any(k.startswith("on") for k in tag.attrs)]
    own = [str(tag.get("src") or tag.get("href")) for tag in page.select("[src], link[href]")]
    badge = r"/(r|examples)/[\w-]+\.svg$"
    assert all(re.match(rf"/static/|/?static/|{badge}", address) for address in own)


@pytest.mark.parametrize("name", PRIVATE, scope="module")
def test_what_a_secret_address_opens_is_kept_out_of_caches_and_search_engines(
    shown: Any, name: str
) -> None:
    # a reader's browser may keep a shared result, if it asks each time whether it is still open
    kept = "no-cache" if name == "shared" else "no-store"
    assert {"private", kept} <= set(shown["Cache-Control"].split(", "))
    assert "noindex" in shown["X-Robots-Tag"]


@pytest.mark.parametrize(
    "address",
    [
        "/a/{0}/",
        "/a/{0}/delete/",
        "/a/{0}/check/",
        "/a/{0}/project/",
        "/a/{0}/together/",
        "/i/{0}/",
        "/r/{0}/",
        "/again/{0}/",
    ],
)
def test_so_is_an_address_that_opens_nothing(client: Client, address: str) -> None:
    page = client.get(address.format("x" * 43))
    assert page.status_code == 404
    assert "no-store" in page.get("Cache-Control", "")
    assert "noindex" in page.get("X-Robots-Tag", "")


@every_page
@pytest.mark.parametrize("headers", [{}, HTMX, HISTORY], ids=["plain", "HTMX", "history restore"])
def test_every_page_comes_whole_or_as_its_inside(
    client: Client, finished: Draft, name: str, headers: dict[str, str]
) -> None:
    page = show(client, finished, name, headers=headers)
    assert title(page).endswith(" · StackPick")
    assert bool(soup(page).select("html")) is (headers != HTMX)
    assert {"HX-Request", "HX-History-Restore-Request"} <= set(page["Vary"].split(", "))


@every_page
def test_a_page_has_one_heading_and_no_two_things_of_one_id(shown: Any) -> None:
    page = soup(shown)
    assert len(page.select("h1")) == 1
    ids = [str(tag["id"]) for tag in page.select("[id]")]
    assert sorted(ids) == sorted(set(ids))


@every_page
def test_whatever_is_referred_to_is_on_the_page(shown: Any) -> None:
    page = soup(shown)
    ids = {str(tag["id"]) for tag in page.select("[id]")}
    assert referred(page) <= ids


def referred(page: BeautifulSoup) -> set[str]:
    found: list[str] = []
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "data-copy"):
        for tag in page.select(f"[{attribute}]"):
            found += str(tag[attribute]).split()
    return {*found, *(str(a["href"])[1:] for a in page.select("a[href^='#']"))}


@every_page
def test_every_control_has_a_name_for_those_who_cannot_see(shown: Any) -> None:
    page = soup(shown)
    for control in page.select("input:not([type=hidden]), select"):
        label = page.find("label", {"for": control["id"]})
        assert control.get("aria-label") or text_of(label)


@pytest.mark.queries
@every_page
def test_links_within_the_site_lead_somewhere(client: Client, finished: Draft, name: str) -> None:
    page = soup(show(client, finished, name))
    for link in {str(a["href"]) for a in page.select("a[href^='/']")}:
        address, _, anchor = link.partition("#")
        target = client.get(address)
        assert target.status_code == 200, link
        assert not anchor or soup(target).find(id=anchor), link


# ---- Methods ----


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/", "GET, HEAD"),
        ("/model/", "GET, HEAD"),
        ("/examples/ledgerly/", "GET, HEAD"),
        ("/healthz", "GET, HEAD"),
        ("/readyz", "GET, HEAD"),
        ("/api/", "GET, HEAD"),
        ("/api/openapi.json", "GET, HEAD"),
        ("/schema/report-1.json", "GET, HEAD"),
        ("/schema/answers-1.json", "GET, HEAD"),
        ("/start/", "GET, HEAD, POST"),
        ("/a/{edit}/", "GET, HEAD"),
        ("/a/{edit}/check/", "GET, HEAD, POST"),
        ("/a/{edit}/project/", "GET, HEAD, POST"),
        ("/a/{edit}/share/", "POST"),
        ("/deleted/", "GET, HEAD"),
        ("/privacy/", "GET, HEAD"),
        ("/a/{edit}/share/1/revoke/", "POST"),
        ("/a/{edit}/share/1/replace/", "POST"),
        ("/a/{edit}/remind/", "POST"),
        ("/a/{edit}/remind/confirm/", "POST"),
        ("/a/{edit}/remind/forget/", "POST"),
        ("/again/{again}/", "GET, HEAD, POST"),
        ("/stop/{stop}/", "GET, HEAD, POST"),
        ("/a/{edit}/together/", "GET, HEAD, POST"),
        ("/a/{edit}/together/joint/", "GET, HEAD"),
        ("/i/{invite}/", "GET, HEAD, POST"),
        ("/i/{invite}/begun/", "POST"),
        ("/r/{share}/", "GET, HEAD"),
    ],
)
def test_other_methods_are_refused_and_change_nothing(
    client: Client, finished: Draft, address: str, allowed: str
) -> None:
    share, invite = finished.share()[1], invited().token
    reminder = confirmed(finished.assessment)
    secrets = {"share": share, "invite": invite, "stop": reminder.stop_key()}
    url = address.format(edit=finished.token, again=reminder.claim(), **secrets)
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"):
        page = client.generic(method, url)
        assert (page.status_code == 405) is (method not in allowed.split(", ")), method
    assert client.generic("PUT", url)["Allow"] == allowed
    assert finished.version == finished.assessment.version
