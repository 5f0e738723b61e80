"""What the environment may hold, and the one sentence that refuses what it may not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stackpick import environment
from stackpick.databases import POSTGRESQL_OPTIONS
from stackpick.environment import WrongSetting, read_environment, require_server_settings
from tests.servers import ROOT, free_port, without_our_settings

LONG_KEY = "k" * 50
GUNICORN = ["-m", "gunicorn", "-c", "stackpick/gunicorn.conf.py", "stackpick.wsgi"]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ.keys() - without_our_settings(os.environ).keys():
        monkeypatch.delenv(name)
    monkeypatch.setattr(environment, "SECRET_KEY_FILE", tmp_path / "secret_key")
    monkeypatch.setattr(environment, "STATIC_MANIFEST", tmp_path / "staticfiles.json")
    monkeypatch.setattr(environment, "STATIC_DIR", tmp_path / "static")


def start(arguments: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Start a program of this project with nothing set but `variables`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=without_our_settings(os.environ) | variables,
        capture_output=True,
        text=True,
        timeout=30,
    )


WRONG = [
    ("DEBUG", "maybe", "true or false"),
    ("PLAIN_HTTP", "http", "true or false"),
    ("TRUST_X_FORWARDED_PROTO", "2", "true or false"),
    ("REQUIRE_MFA", "consultants", "all, superusers (as true does) or false"),
    ("TRUSTED_PROXIES", "11", "from 0 to 10"),
    ("TRUSTED_PROXIES", "-1", "from 0 to 10"),
    ("TRUSTED_PROXIES", "10.0.0.1", "from 0 to 10"),
    ("LOG_LEVEL", "loud", "debug, info, warning, error, critical"),
    ("LOG_FORMAT", "xml", "line, json"),
    ("METRICS", "on", "from 0 to 65535"),
    ("METRICS_HOST", "metrics.internal", "an address of this machine"),
    ("BIND_HOST", "localhost", "an address of this machine"),
    ("PORT", "abc", "from 1 to 65535"),
    ("PORT", "70000", "from 1 to 65535"),
    ("WEB_CONCURRENCY", "0", "from 1 to 64"),
    ("ALLOWED_HOSTS", "example.org,https://example.org", "host names only"),
    ("ALLOWED_HOSTS", "example.org:8000", "host names only"),
    ("CSRF_TRUSTED_ORIGINS", "example.org", "begins with https://"),
    ("CSRF_TRUSTED_ORIGINS", "https://example.org/", "ends after the host"),
    ("LENS_FILE", "/no/such/lens.toml", "no such file"),
    ("SITE_URL", "stackpick.example.org", "begins with https://"),
    ("SITE_URL", "https://stackpick.example.org/here", "ends after the host"),
    ("SECURITY_CONTACT", "security@example.org", "write mailto: and an address"),
    ("EMAIL_FROM", "nobody", "write an address"),
    ("DRAFT_DAYS", "0", "from 1 to 3650"),
    ("RATE_API", "60", "such as 60/m"),
    ("RATE_GUESSES", "0/m", "such as 60/m"),
    ("RATE_MAILS", "6/w", "or off"),
    ("RATE_SUGGEST", "many", "or off"),
    ("SUGGEST", "sometimes", "true or false"),
    ("CACHE_URL", "memcached://cache", "must begin with redis://"),
    ("CACHE_URL", "redis://", "not of the form"),
    ("CACHE_URL", "redis://cache:many/0", "not of the form"),
    ("CACHE_URL", "redis://cache/zero", "not of the form"),
    ("CACHE_URL", "db://two words", "name of a table"),
    ("DATABASE_URL", "foo", "must begin with"),
    ("DATABASE_URL", "mysql://localhost/stackpick", "must begin with"),
    ("DATABASE_URL", "sqlite:///", "names no file"),
    ("DATABASE_URL", "sqlite:////no/such/folder/db.sqlite3", "no folder '/no/such/folder'"),
    ("DATABASE_URL", "sqlite:///var/db.sqlite3?mode=ro", "takes no options"),
    ("DATABASE_URL", "postgresql://localhost", "names no database"),
    ("DATABASE_URL", "postgresql://localhost:many/stackpick", "not of the form"),
    ("DATABASE_URL", "postgresql://localhost/stackpick?colour=red", '"colour"'),
    ("DATABASE_REPLICA_URL", "postgresql://localhost/stackpick", "only follow"),
]


@pytest.mark.parametrize(("name", "value", "reason"), WRONG)
def test_a_wrong_value_is_refused_in_one_sentence_with_name_value_and_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as refusal:
        read_environment()
    sentence = str(refusal.value)
    assert sentence.startswith(name)
    assert value.split(",")[-1] in sentence
    assert reason in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ann:hunter2@db/stackpick",
        "postgresql://ann:hunter2/@db/stackpick",
        "postgresql//ann:hunter2@db",
        "postgresql://ann:hun@hunter2@db:x/stackpick",
        "postgresql://db/?user=ann&password=hunter2",
    ],
)
def test_a_refused_database_url_does_not_show_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(WrongSetting, match=r"DATABASE_URL is .*\*\*\*") as refusal:
        read_environment()
    assert "hunter2" not in str(refusal.value)


def test_a_short_secret_key_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "tooshort")
    with pytest.raises(WrongSetting, match="SECRET_KEY has 8 characters") as refusal:
        read_environment()
    assert "tooshort" not in str(refusal.value)


def test_the_secret_key_comes_from_the_environment_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_environment().secret_key == ""
    environment.SECRET_KEY_FILE.write_text(f"{LONG_KEY}\n")
    assert read_environment().secret_key == LONG_KEY
    monkeypatch.setenv("SECRET_KEY", "e" * 40)
    assert read_environment().secret_key == "e" * 40


def test_a_secret_key_file_that_is_cut_short_is_refused() -> None:
    environment.SECRET_KEY_FILE.write_text("abc")
    with pytest.raises(WrongSetting, match="var/secret_key"):
        read_environment()


def test_a_secret_key_file_that_cannot_be_read_is_refused() -> None:
    environment.SECRET_KEY_FILE.write_bytes(b"\xff" * 50)
    with pytest.raises(WrongSetting, match="cannot be read"):
        read_environment()


def test_good_values_are_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lens = tmp_path / "lens.toml"
    lens.touch()
    for name, value in {
        "DEBUG": "on",
        "PLAIN_HTTP": "1",
        "ALLOWED_HOSTS": "example.org, .example.net ,[::1],",
        "CSRF_TRUSTED_ORIGINS": "https://example.org,https://*.example.net:8443",
        "LOG_LEVEL": "Warning",
        "LENS_FILE": str(lens),
        "PORT": "8001",
        "WEB_CONCURRENCY": "4",
        "TRUSTED_PROXIES": "2",
        "REQUIRE_MFA": "yes",
    }.items():
        monkeypatch.setenv(name, value)
    read = read_environment()
    assert read.debug
    assert read.plain_http
    assert read.allowed_hosts == ["example.org", ".example.net", "[::1]"]
    assert read.csrf_trusted_origins == ["https://example.org", "https://*.example.net:8443"]
    assert (read.log_level, read.lens_file) == ("warning", lens)
    assert (read.port, read.web_concurrency) == (8001, 4)
    assert (read.trusted_proxies, read.require_mfa) == (2, "superusers")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    unset = read_environment()
    for name in (
        "DEBUG",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "LENS_FILE",
        "PORT",
        "SECRET_KEY",
        "REQUIRE_MFA",
    ):
        monkeypatch.setenv(name, " ")
    assert read_environment() == unset
    assert not unset.debug
    assert (unset.trusted_proxies, unset.require_mfa) == (0, "")


def test_sqlite_is_the_database_unless_told_otherwise() -> None:
    database = read_environment().database
    assert database["ENGINE"] == "django.db.backends.sqlite3"
    assert database["NAME"] == str(ROOT / "var" / "stackpick.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 4
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]


def test_postgresql_keeps_its_connections_and_checks_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://ann:p%40ss@db:5433/picks?sslmode=require")
    database = read_environment().database
    assert database["ENGINE"] == "stackpick.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", 5433, "picks")
    assert (database["USER"], database["PASSWORD"]) == ("ann", "p@ss")
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    assert database["OPTIONS"] == POSTGRESQL_OPTIONS | {"sslmode": "require"}


def test_what_the_url_says_of_waiting_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db/picks?connect_timeout=2&tcp_user_timeout=9")
    options = read_environment().database["OPTIONS"]
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (2, 9)
    assert options["keepalives_idle"] == POSTGRESQL_OPTIONS["keepalives_idle"]


def test_a_server_needs_a_secret_key_hosts_and_collected_static_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(WrongSetting, match="SECRET_KEY is not set"):
        require_server_settings(read_environment())
    monkeypatch.setenv("SECRET_KEY", LONG_KEY)
    with pytest.raises(WrongSetting, match="ALLOWED_HOSTS is not set"):
        require_server_settings(read_environment())
    monkeypatch.setenv("ALLOWED_HOSTS", "example.org")
    with pytest.raises(WrongSetting, match="collectstatic"):
        require_server_settings(read_environment())
    environment.STATIC_MANIFEST.write_text("{}")
    with pytest.raises(WrongSetting, match="collectstatic"):  # somebody has emptied var/
        require_server_settings(read_environment())
    environment.STATIC_DIR.mkdir()
    require_server_settings(read_environment())


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({}, "0.0.0.0"),  # noqa: S104
        ({"PLAIN_HTTP": "1"}, "127.0.0.1"),
        ({"BIND_HOST": "127.0.0.1"}, "127.0.0.1"),
        ({"BIND_HOST": "::1"}, "::1"),
        ({"BIND_HOST": "10.0.0.7", "PLAIN_HTTP": "1"}, "10.0.0.7"),
    ],
)
def test_where_a_server_listens(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], address: str
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert read_environment().bind_host == address


def test_a_developers_server_needs_a_secret_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "1")
    monkeypatch.setenv("SECRET_KEY", LONG_KEY)
    require_server_settings(read_environment())


def test_manage_py_ends_on_the_sentence_alone() -> None:
    done = start(["manage.py", "version"], DEBUG="maybe")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("DEBUG is 'maybe': ")
    assert done.stderr.count("\n") == 1


def test_commands_that_sign_nothing_need_no_secret_key() -> None:
    done = start(["manage.py", "version"])
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.server
def test_gunicorn_ends_on_the_sentence_alone() -> None:
    done = start(GUNICORN, SECRET_KEY=LONG_KEY, PORT="abc")
    assert done.returncode == 1
    assert done.stderr == "PORT is 'abc': write a whole number from 1 to 65535.\n"


@pytest.mark.server
def test_gunicorn_refuses_to_start_without_hosts() -> None:
    done = start(GUNICORN, SECRET_KEY=LONG_KEY, PORT=str(free_port()))
    assert done.returncode == 1
    assert done.stderr.startswith("ALLOWED_HOSTS is not set")
    assert done.stderr.count("\n") == 1


@pytest.mark.server
def test_a_server_that_skips_our_gunicorn_settings_is_refused_too() -> None:
    options = [f"--bind=127.0.0.1:{free_port()}", "--no-control-socket"]
    done = start(["-m", "gunicorn", "stackpick.wsgi", *options], SECRET_KEY=LONG_KEY)
    assert done.returncode == 3
    assert "ALLOWED_HOSTS is not set" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.server
def test_the_development_server_refuses_a_wrong_value_too() -> None:
    done = start(["manage.py", "runserver", "--noreload"], SECRET_KEY=LONG_KEY)
    assert done.returncode == 1
    assert done.stderr.startswith("ALLOWED_HOSTS is not set")


def settings_with(**variables: str) -> list[str]:
    """Some settings, as a process of its own sees them: they are read once in a process."""
    shown = (
        "from stackpick import settings as s; print(s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, hasattr(s, 'SECURE_PROXY_SSL_HEADER'))"
    )
    return start(["-c", shown], **variables).stdout.split()


def test_tls_is_expected_unless_told_otherwise() -> None:
    assert settings_with() == ["True", "31536000", "True", "True", "False"]


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "False False ['security.W005', 'security.W021']"),
        ({"HSTS_SUBDOMAINS": "1"}, "True False ['security.W021']"),
        ({"HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}, "True True []"),
    ],
)
def test_sub_domains_and_preloading_are_for_the_owner_to_decide(
    variables: dict[str, str], said: str
) -> None:
    shown = (
        "from stackpick import settings as s; print(s.SECURE_HSTS_INCLUDE_SUBDOMAINS,"
        " s.SECURE_HSTS_PRELOAD, s.SILENCED_SYSTEM_CHECKS)"
    )
    assert start(["-c", shown], **variables).stdout.strip() == said


def test_plain_http_does_without_tls() -> None:
    assert settings_with(PLAIN_HTTP="1") == ["False", "0", "False", "False", "False"]


def test_a_proxys_word_on_the_scheme_counts_only_when_trusted() -> None:
    assert settings_with(TRUST_X_FORWARDED_PROTO="1")[-1] == "True"


@pytest.mark.parametrize("url", ["smtp", "smtps+tls://user:secret@host", "consolemail://secret"])
def test_mail_settings_that_cannot_be_read_are_refused_without_their_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    with pytest.raises(WrongSetting) as refusal:
        read_environment()
    assert str(refusal.value).startswith("EMAIL_URL")
    assert "secret" not in str(refusal.value)


def test_mail_goes_to_the_console_unless_a_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_environment().email["EMAIL_BACKEND"].endswith("console.EmailBackend")
    monkeypatch.setenv("EMAIL_URL", "smtp://us%40er:pa%2Fss@mail.example.org:465?ssl=true")
    email = read_environment().email
    assert email["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert (email["EMAIL_HOST_USER"], email["EMAIL_HOST_PASSWORD"]) == ("us@er", "pa/ss")
    assert email["EMAIL_USE_SSL"]
    assert not email["EMAIL_USE_TLS"]


def test_a_rate_is_a_count_and_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_API", "5/h")
    monkeypatch.setenv("RATE_MAILS", "off")
    rates = read_environment().rates
    assert rates["api"] == (5, 3600)
    assert rates["mails"] is None
    assert rates["suggest"] == (120, 60)
