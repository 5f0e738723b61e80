"""No log line holds the token of an edit link, an invitation or a share link."""

from __future__ import annotations

import base64
import json
import logging
import logging.config
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

from stackpick.access_log import ACCESS_FORMAT, JsonLogger, RedactingLogger
from stackpick.logs import (
    RedactingFormatter,
    RedactingJsonFormatter,
    RedactingServerFormatter,
    redact,
)

NO_DIGITS = str.maketrans("0123456789", "abcdefghij")


def escaped_letters(text: str, number: int) -> str:
    """The first of its signs as `%5A`, which an address may have as well."""
    return "".join(f"%{ord(sign):02X}" for sign in text[:number]) + text[number:]


TOKEN = "Zx9-_syydqZfQ1I5o71u_xx15R4aDxHfE9k7rfMFyW8"


def a_logger(formatter: logging.Formatter) -> tuple[logging.Logger, StringIO]:
    output = StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter)
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, output


@pytest.mark.parametrize(
    "text",
    [
        f"/a/{TOKEN}/",
        f"/a/{TOKEN}/kind/?from=check",
        f"/i/{TOKEN}/",
        f"/r/{TOKEN}.pdf",
        f"/a/{TOKEN}.json?x=1",
        f"/r/{TOKEN}%2Epdf",
        f"https://stackpick.example.org/r/{TOKEN}.svg",
        f"[![badge](https://stackpick.example.org/r/{TOKEN}.svg)](https://x.example/r/{TOKEN}/)",
        f"/admin/login/?next=%2Fadmin%2Flogin%2F%3Fnext%3D%252Fa%252F{TOKEN}%252F",
        f"/r/{TOKEN[:20]}",
        f"GET /r/{TOKEN}/ HTTP/1.1",
        f"https://stackpick.example.org/a/{TOKEN}/",
        f"/admin/login/?next=/a/{TOKEN}/",
        f"/admin/login/?next=%2Fa%2F{TOKEN}%2Fkind%2F",
        f"/a/%5A{TOKEN[1:]}/",
        f"GET /again/{TOKEN}/ HTTP/1.1",
        f"POST /stop/7-{TOKEN}/ HTTP/1.1",
        f"/stop/12345678-{TOKEN}",
        f"Reverse for 'step' with arguments '('{TOKEN}',)' not found",
        f"arguments '('{TOKEN.translate(NO_DIGITS)}',)' not found",
        f"GET /%61/{escaped_letters(TOKEN, 1)}/ HTTP/1.1",
        f"GET /r/{escaped_letters(TOKEN, 43)}/ HTTP/1.1",
        f"/%61%67ain/{escaped_letters(TOKEN, 20)}",
    ],
)
def test_a_token_is_taken_out_wherever_it_stands(text: str) -> None:
    assert "[secret]" in redact(text)
    assert TOKEN[1:20] not in redact(text)


def test_a_redacted_path_still_says_which_page_it_was() -> None:
    assert redact(f"GET /a/{TOKEN}/kind/ HTTP/1.1") == "GET /a/[secret]/kind/ HTTP/1.1"
    assert redact(f"POST /stop/7-{TOKEN}/ HTTP/1.1") == "POST /stop/[secret]/ HTTP/1.1"


@pytest.mark.parametrize(
    "text",
    [
        "/model/",
        "/examples/a-marketplace-that-changes-every-week/",
        "/a/short/",
        "/stop/short/",
        "/static/css/site.0123456789ab.css",
        "test_a_redacted_path_still_says_which_page_it_was",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_arguments_and_tracebacks_are_redacted() -> None:
    logger, output = a_logger(RedactingFormatter("%(message)s"))
    try:
        raise ValueError(f"no /r/{TOKEN}/ here")
    except ValueError:
        logger.exception("Internal Server Error: %s", f"/a/{TOKEN}/")
    line = output.getvalue()
    assert "Internal Server Error: /a/[secret]/" in line
    assert "ValueError: no /r/[secret]/ here" in line
    assert TOKEN not in line


def test_the_development_servers_request_lines_are_redacted() -> None:
    logger, output = a_logger(RedactingServerFormatter("{message}", style="{"))
    logger.info('"%s" %s', f"GET /a/{TOKEN}/ HTTP/1.1", "200")
    assert "/a/[secret]/" in output.getvalue()
    assert TOKEN not in output.getvalue()


def gunicorn_logger(
    kind: type[RedactingLogger] = RedactingLogger,
) -> tuple[RedactingLogger, StringIO, StringIO]:
    """A logger set up as in `gunicorn.conf.py`, and its access and error output."""
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", ACCESS_FORMAT)
    logger = kind(config)
    outputs = StringIO(), StringIO()
    for log, output in zip((logger.access_log, logger.error_log), outputs, strict=True):
        handler = logger._get_gunicorn_handler(log)  # Not pytest's, which may be there too.
        handler.setStream(output)
    return logger, *outputs


def a_served_request(rest: str = "/") -> tuple[Any, Any, dict[str, Any], Any]:
    headers = [("REFERER", f"https://stackpick.example.org/a/{TOKEN}{rest}")]
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/r/{TOKEN}{rest}?x=1",
        "PATH_INFO": f"/r/{TOKEN}{rest}",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": headers[0][1],
    }
    headers_out = [("X-Request-ID", "0123456789abcdef")]
    response = SimpleNamespace(status="200 OK", sent=10, headers=headers_out)
    time = timedelta(microseconds=12_340)
    return response, SimpleNamespace(headers=headers), environ, time


@pytest.mark.parametrize("rest", ["/", ".pdf", ".svg"])
def test_gunicorns_access_log_names_no_token(rest: str) -> None:
    logger, access, _ = gunicorn_logger()
    logger.access(*a_served_request(rest))
    assert f'"GET /r/[secret]{rest}?x=1 HTTP/1.1" 200' in access.getvalue()
    assert f"https://stackpick.example.org/a/[secret]{rest}" in access.getvalue()
    assert TOKEN not in access.getvalue()


def test_nobody_writes_a_line_of_their_own_into_the_access_log() -> None:
    logger, access, _ = gunicorn_logger()
    response, request, environ, time = a_served_request()
    forged = 'eve\n127.0.0.1 - - [x] "GET /admin/ HTTP/1.1" 200\x1b[2J\x9b'
    name = base64.b64encode(f"{forged}:password".encode()).decode()
    environ |= {"HTTP_AUTHORIZATION": f"Basic {name}", "HTTP_USER_AGENT": forged}
    environ["RAW_URI"] += forged
    logger.access(response, request, environ, time)
    (line,) = access.getvalue().splitlines()
    assert line.isprintable()
    assert line.count("eve") == 2  # of the name that somebody gives nothing is written


def test_gunicorns_error_log_names_no_token() -> None:
    logger, _, errors = gunicorn_logger()
    try:
        raise RuntimeError(f"/a/{TOKEN}/")
    except RuntimeError:
        logger.exception("Error handling request %s", f"/a/{TOKEN}/")
    assert "Error handling request /a/[secret]/" in errors.getvalue()
    assert TOKEN not in errors.getvalue()


def test_with_debug_off_errors_reach_stderr_redacted_and_once() -> None:
    program = (
        "import logging.config; from stackpick.logs import logging_settings;"
        "from django.conf import settings; settings.configure(DEBUG=False);"
        "from django.utils.log import configure_logging;"
        "configure_logging('logging.config.dictConfig', logging_settings('info'));"
        f"logging.getLogger('django.request').error('Oops: %s', '/a/{TOKEN}/');"
        "logging.getLogger('django.server').info('GET %s', '/x/')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.count("ERROR django.request: Oops: /a/[secret]/") == 1
    assert done.stderr.count("GET /x/") == 1
    assert TOKEN not in done.stderr


# ---- As JSON ----


def fields(output: StringIO) -> dict[str, Any]:
    """Of the one line that was written."""
    (line,) = output.getvalue().splitlines()
    written: dict[str, Any] = json.loads(line)
    return written


def test_a_json_line_has_the_time_the_level_the_logger_and_the_message() -> None:
    logger, output = a_logger(RedactingJsonFormatter())
    logger.warning("%d of %s", 3, "/model/")
    written = fields(output)
    assert (written["level"], written["logger"]) == ("WARNING", "test")
    assert written["message"] == "3 of /model/"
    assert datetime.fromisoformat(written["time"]).utcoffset() == timedelta(0)
    assert "traceback" not in written


@pytest.mark.parametrize("before", ["", "\n", "\t", "é", '"', "\\", "x ", "/a/", "\u2028"])
def test_no_field_of_a_json_line_holds_a_token_whatever_stands_before_it(before: str) -> None:
    logger, output = a_logger(RedactingJsonFormatter())
    try:
        raise ValueError(f"no {before}{TOKEN} here")
    except ValueError:
        logger.exception("Oops: %s", f"{before}{TOKEN}", extra={"facts": {"x": before + TOKEN}})
    written = fields(output)
    assert TOKEN not in output.getvalue()
    for field in ("message", "traceback", "x"):
        assert "[secret]" in written[field]
    assert "in test_no_field_of_a_json_line" in written["traceback"]


def test_what_is_hard_to_write_stays_one_line_of_json() -> None:
    """42 letters and digits behind a line break are no token, and `\\n` is no part of one."""
    logger, output = a_logger(RedactingJsonFormatter())
    said = "first\n" + TOKEN[:42] + '\n"quoted" \\ \x00 \ud800'
    logger.info("%s", said, extra={"request": object(), "status_code": 500})
    written = fields(output)
    assert written["message"] == said
    assert not written.keys() & {"request", "status_code"}


def test_gunicorns_access_log_as_json_says_what_it_was_and_what_became_of_it() -> None:
    logger, access, _ = gunicorn_logger(JsonLogger)
    logger.access(*a_served_request())
    written = fields(access)
    assert written["path"] == "/r/[secret]/"
    assert written["message"] == "GET /r/[secret]/ 200"
    assert (written["method"], written["status"], written["bytes"]) == ("GET", 200, 10)
    assert written["milliseconds"] == 12.3
    assert written["request_id"] == "0123456789abcdef"
    assert written["referer"] == "https://stackpick.example.org/a/[secret]/"
    assert TOKEN not in access.getvalue()


def test_gunicorns_error_log_as_json_has_the_traceback() -> None:
    logger, _, errors = gunicorn_logger(JsonLogger)
    try:
        raise RuntimeError(f"/a/{TOKEN}/")
    except RuntimeError:
        logger.exception("Error handling request %s", f"/a/{TOKEN}/")
    written = fields(errors)
    assert written["message"] == "Error handling request /a/[secret]/"
    assert written["traceback"].endswith("RuntimeError: /a/[secret]/")


PRINTED = f"""
import gc, logging.config, threading, warnings
from stackpick.logs import log_what_python_prints, logging_settings
logging.config.dictConfig(logging_settings("info", "json"))
log_what_python_prints()
warnings.warn("/a/{TOKEN}/")
def fail():
    raise ValueError("/a/{TOKEN}/")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
class Cyclic:
    def __del__(self):
        raise KeyError("/a/{TOKEN}/")
Cyclic()
"""


def test_what_python_would_print_itself_is_logged_and_redacted() -> None:
    done = subprocess.run([sys.executable, "-c", PRINTED], capture_output=True, text=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["logger"] for line in lines] == ["py.warnings", "stackpick", "stackpick"]
    assert [line.get("traceback", "").splitlines()[-1:] for line in lines] == [
        [],
        ["ValueError: /a/[secret]/"],
        ["KeyError: '/a/[secret]/'"],
    ]
    assert TOKEN not in done.stderr
