"""Requests that no browser sends, made out of the forms and addresses of a running site."""

from __future__ import annotations

import shlex
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
from bs4 import BeautifulSoup, Tag

from tests.faults import fuzz_values as odd
from tests.faults.fuzz_ground import Ground
from tests.web import CHANGE_HEAVY

FORM = "application/x-www-form-urlencoded"
SECRET = "s" * 32
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE", "x")
PATIENCE = 60
# What ends what is fuzzed is asked for once in a while only, and signing out by nobody at all.
ENDINGS = ("delete", "forget", "stop", "archive", "revoke", "withdraw", "remind")
ENDING_SHARE = 0.005
SIGN_OUT = "/admin/logout/"
TRICKS = (
    *("%00", "%2e%2e/", "/../", "//", "%c0%af", "%ff", "%", "%zz", ";a=b", ".", "%0d%0a", "%2f"),
    *("\\", "~", "%ed%a0%80", "%e2%80%ae", "x" * 3_000, ".json%00.pdf", ".exe", ".pdf", "?", "#"),
)


@dataclass(frozen=True)
class Request:
    """One request, as it goes over the wire; ``number`` and a seed make it again."""

    number: int
    method: str
    target: bytes
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def wire(self, host: str) -> bytes:
        headers = list(self.headers)
        if not any(name == "Host" for name, _ in headers):
            headers.insert(0, ("Host", host))
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", str(len(self.body))))
        lines = [f"{name}: {value}".encode("latin-1", "replace") for name, value in headers]
        first = self.method.encode() + b" " + self.target + b" HTTP/1.1"
        return b"\r\n".join([first, *lines, b"", self.body])

    def curl(self, site: str) -> str:
        """A line that does about the same, to look into it."""
        target = self.target.decode("latin-1")
        parts = ["curl", "-i", "--path-as-is", "-X", self.method, f"{site}{target}"]
        for name, value in self.headers:
            parts += ["-H", f"{name}: {value}"]
        if self.body:
            parts += ["--data-binary", f"$'{str(self.body[:2_000])[2:-1]}'"]
        return " ".join(part if part.startswith("$'") else shlex.quote(part) for part in parts)


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes, each field with what it may say, and whose page it is."""

    action: str
    fields: dict[str, list[str]]
    session: str


class Fuzz:
    """Makes the request of each number."""

    def __init__(self, seed: int, ground: Ground, forms: list[Form], queries: list[str]) -> None:
        self.seed, self.ground, self.forms = seed, ground, forms
        self.queries = [*odd.QUERIES, *queries]
        self.kinds: list[tuple[float, Callable[[int, Random], Request]]] = [
            (0.45, self._of_a_form),
            (0.15, self._of_the_api),
            (0.20, self._to_look),
            (0.10, self._by_a_trick),
            (0.10, self._anything),
        ]

    def request(self, number: int) -> Request:
        draw = Random(f"{self.seed} {number}")  # noqa: S311  it hides nothing
        make = draw.choices([kind for _, kind in self.kinds], [share for share, _ in self.kinds])
        return make[0](number, draw)

    def _of_a_form(self, number: int, draw: Random) -> Request:
        form = self._kept_alive(draw, self.forms, lambda form: form.action)
        fields = {name: draw.choice(says) for name, says in form.fields.items()}
        pairs = [(name.encode(), says.encode()) for name, says in fields.items()]
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            pairs = _changed(draw, pairs)
        if draw.random() < 0.02:
            pairs += [(b"f%d" % place, b"x") for place in range(250)]
        pairs.append((b"csrfmiddlewaretoken", SECRET.encode()))
        if draw.random() < 0.1:
            content_type, body = _multipart(draw, pairs)
        else:
            content_type = FORM if draw.random() < 0.9 else draw.choice(odd.CONTENT_TYPES)
            quoted = ((odd.quoted(draw, name), odd.quoted(draw, says)) for name, says in pairs)
            body = b"&".join(name + b"=" + says for name, says in quoted)
        headers = self._headers(draw, form.session, content_type)
        return Request(number, "POST", form.action.encode(), headers, body)

    def _of_the_api(self, number: int, draw: Random) -> Request:
        content_type = "application/json"
        if draw.random() < 0.1:
            content_type = draw.choice(odd.CONTENT_TYPES)
        headers = self._headers(draw, "", content_type)
        body = odd.json_body(draw, CHANGE_HEAVY)
        return Request(number, "POST", b"/api/score", headers, body)

    def _to_look(self, number: int, draw: Random) -> Request:
        address, session = self._address(draw)
        target = address.encode() + b"?" + self._query(draw)
        method = "GET" if draw.random() < 0.9 else "HEAD"
        return Request(number, method, target, self._headers(draw, session), b"")

    def _by_a_trick(self, number: int, draw: Random) -> Request:
        address, session = self._address(draw)
        at = draw.randrange(len(address)) if draw.random() < 0.5 else len(address)
        target = address[:at] + draw.choice(TRICKS) + address[at:]
        headers = self._headers(draw, session)
        return Request(number, draw.choice(("GET", "GET", "POST")), target.encode(), headers, b"")

    def _anything(self, number: int, draw: Random) -> Request:
        address, session = self._address(draw)
        body = draw.choice(odd.BODIES)[:200_000] if draw.random() < 0.3 else odd.raw(draw)
        headers = self._headers(draw, session, draw.choice(odd.CONTENT_TYPES))
        return Request(number, draw.choice(METHODS), address.encode(), headers, body)

    def _kept_alive(self, draw: Random, found: list[Any], place: Callable[[Any], str]) -> Any:
        while True:
            chosen = draw.choice(found)
            if draw.random() < ENDING_SHARE or not any(end in place(chosen) for end in ENDINGS):
                return chosen

    def _address(self, draw: Random) -> tuple[str, str]:
        """Somewhere, and who is signed in there; the desk by a consultant as a rule."""
        where = draw.random()
        if where < 0.4:
            address = self._kept_alive(draw, self.ground.desk, lambda at: at[1])[1]
            who = ("",) if address == SIGN_OUT else ("ada", "ada", "ada", "ben", "")
            return address, draw.choice(who)
        places = self.ground.taken if where < 0.85 else self.ground.public
        return self._kept_alive(draw, places, lambda at: at[1])[1], ""

    def _query(self, draw: Random) -> bytes:
        parts = []
        for _ in range(draw.choice((0, 1, 1, 2, 4))):
            name = draw.choice(self.queries).encode()
            if draw.random() < 0.05:
                name = odd.raw(draw)
            parts.append(odd.quoted(draw, name) + b"=" + odd.quoted(draw, odd.raw(draw)))
        return b"&".join(parts)

    def _headers(
        self, draw: Random, session: str, content_type: str = ""
    ) -> tuple[tuple[str, str], ...]:
        headers = [("Content-Type", content_type)] if content_type else []
        cookies = [f"csrftoken={SECRET}"]
        if session:
            cookies.append(f"sessionid={self.ground.sessions[session]}")
        if draw.random() < 0.05:
            cookies.append(draw.choice(odd.COOKIES))
        headers.append(("Cookie", "; ".join(cookies)))
        if draw.random() < 0.95:
            headers.append(("X-CSRFToken", SECRET))
        if draw.random() < 0.3:
            headers += [odd.header(draw) for _ in range(draw.choice((1, 1, 2)))]
        return tuple(headers)


def _changed(draw: Random, pairs: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Another value, a field that is missing, one that is there twice, or one with another name."""
    if not pairs:
        return [(odd.raw(draw), odd.raw(draw))]
    at, what = draw.randrange(len(pairs)), draw.random()
    name, says = pairs[at]
    value = odd.raw(draw, says.decode("utf-8", "replace"))
    if what < 0.7:
        return [*pairs[:at], (name, value), *pairs[at + 1 :]]
    if what < 0.8:
        return [*pairs[:at], *pairs[at + 1 :]]
    if what < 0.9:
        return [*pairs, (name, value)]
    return [*pairs[:at], (name + odd.raw(draw), says), *pairs[at + 1 :]]


def _multipart(draw: Random, pairs: list[tuple[bytes, bytes]]) -> tuple[str, bytes]:
    parts = []
    for name, says in pairs:
        file = b'; filename="%s"' % odd.raw(draw) if draw.random() < 0.1 else b""
        head = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n' % (name, file)
        if draw.random() < 0.05:
            head += b"Content-Transfer-Encoding: base64\r\n"
        parts.append(head + b"\r\n" + says + b"\r\n")
    end = b"" if draw.random() < 0.1 else b"--x--\r\n"
    return "multipart/form-data; boundary=x", b"".join(parts) + end


# ---- What there is to be filled in ----


def read_forms(site: str, ground: Ground) -> tuple[list[Form], list[str]]:
    """Every form of every page, with its fields, and the queries that the pages' links have."""
    forms: dict[tuple[str, str], Form] = {}
    queries: set[str] = set()
    places = [(address, "") for _, address in ground.taken]
    places += [(address, "ada") for _, address in ground.desk]
    with httpx.Client(base_url=site, timeout=PATIENCE) as client:
        for address, session in dict.fromkeys(places):
            cookies = {"sessionid": ground.sessions[session]} if session else {}
            page = client.get(address, headers={"Cookie": _cookie(cookies)})
            if page.status_code != 200 or "text/html" not in page.headers["Content-Type"]:
                continue
            whole = BeautifulSoup(page.content, "html.parser")
            for link in whole.select("a[href*='?']"):
                pairs = urlsplit(str(link["href"])).query.split("&")
                queries.update(pair.partition("=")[0] for pair in pairs)
            for form in _forms_of(whole, address, session):
                forms.setdefault((form.action, " ".join(form.fields)), form)
    return list(forms.values()), sorted(queries - {""})


def _cookie(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _forms_of(page: BeautifulSoup, address: str, session: str) -> list[Form]:
    found = []
    for form in page.select("form[method=post]"):
        own = str(form.get("action") or address)
        actions = {own, *(str(b["formaction"]) for b in form.select("[formaction]"))}
        fields = _fields_of(form)
        places = sorted({action.partition("#")[0] for action in actions} - {SIGN_OUT})
        found += [Form(place, fields, session) for place in places]
    return found


def _fields_of(form: Tag) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for control in form.select("[name]"):
        name = str(control["name"])
        if name == "csrfmiddlewaretoken":
            continue
        if control.name == "select":
            says = [str(option.get("value", "")) for option in control.select("option")]
        else:
            says = [str(control.get("value", control.get_text()))]
        fields[name] = fields.get(name, []) + (says or [""])
    return fields


# ---- Sending ----


class Line:
    """A connection that says what it is given, and nothing of its own."""

    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        self.host, self.place = parts.netloc, (parts.hostname or "", parts.port or 80)
        self.socket: socket.socket | None = None

    def status(self, request: Request) -> int:
        """What it was answered; 0 where no answer came."""
        wire = request.wire(self.host)
        for fresh in (self.socket is None, True):
            try:
                return self._ask(wire, request.method)
            except (OSError, HTTPException):
                self.close()  # the server may have closed it after the answer before
                if fresh:
                    return 0
        return 0

    def _ask(self, wire: bytes, method: str) -> int:
        if self.socket is None:
            self.socket = socket.create_connection(self.place, PATIENCE)
        self.socket.sendall(wire)
        answer = HTTPResponse(self.socket, method=method)
        answer.begin()
        answer.read()
        if answer.will_close:
            self.close()
        return answer.status

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None
