"""The file of settings, and the command that reads it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from stackpick.environment import read_environment
from tests.operations import FILES
from tests.servers import ROOT, without_our_settings


def settings_of_a_server(folder: Path) -> str:
    """The file of settings, with its folder and its key replaced by those of a test."""
    text = (FILES / "stackpick.env").read_text().replace("/srv/stackpick/var", str(folder))
    return text.replace("write-50-random-characters-or-more-here", secrets.token_urlsafe(50))


def test_every_variable_in_the_file_of_settings_is_one_that_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = settings_of_a_server(tmp_path).splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    documented = (ROOT / "README.md").read_text()
    for name, value in told.items():
        assert f"`{name}`" in documented
        monkeypatch.setenv(name, value.strip("'"))
    read = read_environment()
    assert read.site_url == "https://stackpick.example.org"
    assert read.security_contact == "mailto:security@example.org"
    assert read.trusted_proxies == 1


class TestManage:
    """stackpick-manage, for this checkout, with its settings in the folder of a test."""

    TELL = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'])"

    def run(self, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
        text = (FILES / "stackpick-manage").read_text()
        for theirs, ours in (
            ("/etc/stackpick", f"{folder}/stackpick"),
            ("/srv/stackpick/current", str(ROOT)),
            ("runuser -u stackpick -- .venv/bin/python", sys.executable),
        ):
            assert theirs in text, theirs
            text = text.replace(theirs, ours)
        (folder / "stackpick.env").write_text(settings_of_a_server(folder))
        script = folder / "stackpick-manage"
        script.write_text(text)
        env = without_our_settings(os.environ)
        # From elsewhere, as cron and root do.
        return subprocess.run(
            ["sh", str(script), *command], cwd="/", env=env, capture_output=True, text=True
        )

    def test_with_the_documented_settings_the_deploy_check_finds_nothing(
        self, tmp_path: Path
    ) -> None:
        done = self.run(tmp_path, "check", "--deploy")
        assert (done.returncode, done.stderr) == (0, "")
        assert "System check identified no issues" in done.stdout

    def test_a_value_with_spaces_arrives_whole(self, tmp_path: Path) -> None:
        tell = "from django.conf import settings; print(settings.DEFAULT_FROM_EMAIL)"
        done = self.run(tmp_path, "shell", "--no-imports", "-c", tell)
        assert done.stdout.strip() == "StackPick <stackpick@example.org>"

    def test_postgresql_itself_is_asked_where_that_is_said_and_not_the_pool(
        self, tmp_path: Path
    ) -> None:
        """Here two files stand for the pool and for what is behind it."""
        told = ("shell", "--no-imports", "-c", self.TELL)
        assert self.run(tmp_path, *told).stdout.strip() == f"{tmp_path}/stackpick.sqlite3"
        direct = tmp_path / "stackpick-direct.env"
        direct.write_text(f"DATABASE_URL='sqlite:///{tmp_path}/direct.sqlite3'\n")
        assert self.run(tmp_path, *told).stdout.strip() == f"{tmp_path}/direct.sqlite3"

    def test_the_file_may_be_run_once_it_is_copied(self) -> None:
        assert (FILES / "stackpick-manage").stat().st_mode & 0o777 == 0o755
