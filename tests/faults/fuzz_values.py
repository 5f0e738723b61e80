"""Odd things to put where something else belongs: texts, bytes, headers, JSON. All are drawn from
a `random.Random`, so that the number of a request says all of it."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes

LIMITS = (80, 100, 300, 1_000, 5_000, 20_000)
DIGITS = 5_000

TEXTS = (
    *("", " ", "\0", "a\0b", "\x7f\x1b[31m", "\r\nX-Injected: yes", "\n\n\n", "\t"),
    *("0", "-1", "1.5", "1e999", "-0", "00", "0x10", "1_000", "12,000", "١٢٣", "²", "½", "+1"),
    *(str(2**31), str(2**31 - 1), str(2**63), str(-(2**63) - 1), "9" * DIGITS, "-" + "9" * DIGITS),
    *("NaN", "Infinity", "-Infinity", "None", "null", "true", "[]", "{}", "[object Object]"),
    *("2027-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2027-03-01T25:61:61", "today"),
    *(
        "'",
        '"',
        "' OR 1=1 --",
        "; DROP TABLE assessments_assessment",
        "%",
        "%s",
        "%(x)s",
        "_",
        "\\",
    ),
    *("{{ 7*7 }}", "{% raw %}", "${7*7}", "<script>alert(1)</script>", "<!--", "]]>", "&#0;", "&"),
    *("../../etc/passwd", "..\\..\\", "file:///etc/passwd", "javascript:alert(1)", "//elsewhere"),
    *("\u202eevil\u202c", "مرحبا بالعالم", "שלום", "\u200b\u200d\ufeff", "a\u0300" * 50, "ﷺ" * 40),
    *("🦀", "👩‍👩‍👧‍👦" * 20, "\U0010ffff", "\ufffe", "\ud800", "\udfff\ud800", "İıſßﬁ", "ｆｕｌｌ"),
    *("step:", "step:team", "step:nope", "add", "remove-9", "remove-0", "verdict", "back", "check"),
    *(
        "x" * 43,
        "1-" + "x" * 43,
        "1:2",
        "1:1/0/x/1 2:",
        "assessment-1",
        "milestone-999999999999999999",
    ),
)
RAW = (
    *(b"\xff", b"\xc0\xaf", b"\xc0\xae\xc0\xae", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"),
    *(b"\x00", b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"\x80" * 50, b"\xf8\x88\x80\x80\x80"),
)
CONTENT_TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/x-www-form-urlencoded; charset=UTF-16",
    "application/x-www-form-urlencoded; charset=rot13",
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=",
    "application/x-www-form-urlencoded; charset*=utf-8''%ff",
    "application/json",
    "application/json; charset=idna",
    "text/plain; charset=unicode_escape",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 300,
    'multipart/form-data; boundary="a;b"',
    "multipart/mixed; boundary=x",
    ";;;=",
    "\xff/\xfe",
    "",
)
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept": ("*/*", "application/json", "text/html;q=x", ",,,;q=", "\xff", "a" * 4_000),
    "Accept-Encoding": ("gzip", "br", "identity;q=0", "gzip;q=9e999", "*;q=0", ",", "\xe9"),
    "Accept-Language": ("ar", "zz-ZZ-zz", "en;q=NaN", "\xff", "x" * 600),
    "Content-Encoding": ("gzip", "identity", "x"),
    "HX-Request": ("true", "false", "", "\xff"),
    "HX-Target": ("what-if", "what-if-panel", "page", "x" * 500, "\xff", "%00"),
    "HX-Current-URL": ("http://[", "%zz", "x", "http://\xff/", "javascript:1"),
    "HX-Current-URL-URI-AutoEncoded": ("true", "false"),
    "HX-History-Restore-Request": ("true", "x"),
    "HX-Trigger": ("x", "%ff"),
    "HX-Prompt": ("%c0%af", "\xff"),
    "HX-Boosted": ("true",),
    "Range": ("bytes=0-", "bytes=-1", "bytes=9-1", "bytes=a-b", "bytes=0-0,1-1", "x=" + "9" * 500),
    "If-None-Match": ('"x"', "*", 'W/"', "x" * 4_000, '"\xff"', ","),
    "If-Match": ('"x"', "*", ""),
    "If-Modified-Since": ("Thu, 01 Jan 1970 00:00:00 GMT", "x", "Fri, 99 Foo 99999 99:99:99 GMT"),
    "If-Unmodified-Since": ("Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"),
    "If-Range": ("x",),
    "X-Forwarded-For": ("1.2.3.4", "::1, ", "a" * 3_000, "[::1]:80", "1.2.3.4%", ",,,", "\xff"),
    "X-Forwarded-Proto": ("https", "x", ""),
    "X-Forwarded-Host": ("evil.example", "\xff"),
    "X-HTTP-Method-Override": ("DELETE",),
    "X-Requested-With": ("XMLHttpRequest",),
    "Origin": ("null", "https://elsewhere.example", "http://[", "\xff", "http://127.0.0.1:x"),
    "Referer": ("http://[", "\xff", "//", "http://127.0.0.1:99999/"),
    "Access-Control-Request-Method": ("POST", "X", "\xff"),
    "Access-Control-Request-Headers": ("content-type", "\xff"),
    "Authorization": ("Basic x", "Bearer \xff", "Basic " + "A" * 2_000),
    "Host": (
        "",
        "evil.example",
        "127.0.0.1:99999",
        "[::1",
        "a b",
        "\xff",
        "x" * 400,
        "localhost:0",
    ),
    "User-Agent": ("", "\xff", "x" * 4_000),
    "Expect": ("x",),
    "Upgrade": ("websocket",),
}
COOKIES = (
    *("csrftoken=", "csrftoken=x", "csrftoken=" + "\xff" * 32, "sessionid=x", "sessionid="),
    *(
        'sessionid="\\377"',
        "messages=x",
        'messages="[[\\"__json_message\\""',
        "messages=" + "x" * 3_000,
    ),
    *(";;;", "=", "a=b;" * 200, 'x="', "\xff=\xff", "__proto__=1"),
)
QUERIES = (
    *("q", "o", "p", "all", "e", "then", "a", "b", "next", "term", "app_label", "model_name"),
    *(
        "field_name",
        "state__exact",
        "_popup",
        "_to_field",
        "_changelist_filters",
        "id__in",
        "client",
    ),
    *(
        "created_at__gte",
        "created_at__year",
        "created_at__day",
        "stack__exact",
        "project__id__exact",
    ),
    *("version", "schema", "peak_rps", "change_0_kind", "change_9_kind", "lens", "seen", "ids"),
)


def text(draw: Random, usual: str = "") -> str:
    """Something odd; often about as long as it may be, or what stands there with something more."""
    if draw.random() < 0.15:
        limit = draw.choice(LIMITS)
        return draw.choice(("x", "é", "漢", "🦀", " x")) * (limit + draw.choice((-1, 0, 1)))
    if usual and draw.random() < 0.2:
        return usual + draw.choice(TEXTS)
    return draw.choice(TEXTS)


def raw(draw: Random, usual: str = "") -> bytes:
    """The bytes of a text; now and then such as are none."""
    if draw.random() < 0.1:
        return draw.choice(RAW) + usual.encode("utf-8", "surrogatepass")[:200]
    return text(draw, usual).encode("utf-8", "surrogatepass")


def quoted(draw: Random, value: bytes) -> bytes:
    """For a form or a query: as a browser does, or as careless programs do."""
    if draw.random() < 0.05:
        return value.translate(None, b"\r\n &#") or b"%"
    return quote_from_bytes(value, safe="").encode()


def header(draw: Random) -> tuple[str, str]:
    name = draw.choice(list(HEADERS))
    return name, draw.choice(HEADERS[name])


# ---- JSON ----

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 1e308, -1e308, 10**18, 10**400, 2**63, [], {}, [[]], "", "\0"),
    *([None], {"": None}, {"a": {"b": {}}}, ["x"] * 500, "x" * 70_000, float("nan"), float("inf")),
)
BODIES = (
    *(
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"1",
        b"NaN",
        b"{}{}",
        b"{}\n{}",
        b"\xef\xbb\xbf{}",
        b"//",
    ),
    *(b"[" * 100_000, b'{"a":' * 50_000, b"9" * 60_000, b"-", b"1e999999", b'{"a":1,"a":2}'),
    *(
        b'"\\ud800"',
        b'{"\\u0000":1}',
        b"\xff\xfe{\x00}\x00",
        b"{'a':1}",
        b"{}\0",
        b'{"answers":NaN}',
    ),
    *(b'{"format":"stackpick-answers/1","answers":{"peak_rps":' + b"9" * DIGITS + b"}}",),
)


def json_body(draw: Random, file: dict[str, Any]) -> bytes:
    """An answers file with something else in one or two places of it, or no file at all."""
    if draw.random() < 0.2:
        return draw.choice(BODIES)
    whole: Any = json.loads(json.dumps(file))
    for _ in range(draw.choice((1, 1, 2))):
        _change(draw, whole)
    written = json.dumps(whole, ensure_ascii=draw.random() < 0.5)
    if draw.random() < 0.1:  # a key twice
        written = written.replace('"answers":', '"answers": {}, "answers":', 1)
    encoding = "utf-16" if draw.random() < 0.03 else "utf-8"
    return written.encode(encoding, "surrogatepass")


def _change(draw: Random, whole: Any) -> None:
    at = whole
    while True:
        key = draw.choice(list(at) if isinstance(at, dict) else range(len(at)))
        if isinstance(at[key], dict | list) and at[key] and draw.random() < 0.8:
            at = at[key]
            continue
        what = draw.random()
        if what < 0.2 and isinstance(at, dict):
            at[text(draw)] = at.pop(key)
        elif what < 0.3:
            del at[key]
        else:
            odd = draw.choice(VALUES) if draw.random() < 0.5 else text(draw, str(at[key])[:50])
            at[key] = deepcopy(odd)  # the next change may be made inside it
        return
