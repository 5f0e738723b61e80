"""The units and timers of systemd."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.operations import FILES
from tests.servers import ROOT

UNITS = sorted(file.name for file in FILES.iterdir() if file.suffix in (".service", ".timer"))


def analyze() -> str:
    found = shutil.which("systemd-analyze")
    return found or pytest.skip("systemd-analyze is not on this machine")


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units, for the programs of this checkout."""
    folder = tmp_path_factory.mktemp("units")
    programs = Path(sys.executable).parent
    for name in UNITS:
        text = (FILES / name).read_text()
        text = text.replace("/srv/stackpick/current/.venv/bin", str(programs))
        text = text.replace("/srv/stackpick/current", str(ROOT))
        (folder / name.replace("@.", "@8001.")).write_text(text)
    return folder


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_nothing_wrong_with_a_unit(units: Path, name: str) -> None:
    file = units / name.replace("@.", "@8001.")
    said = subprocess.run([analyze(), "verify", str(file)], capture_output=True, text=True)
    ours = [line for line in said.stderr.splitlines() if "stackpick" in line]
    assert (said.returncode, ours) == (0, [])


def test_a_unit_that_is_wrong_is_found(units: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.service"
    wrong.write_text((units / "stackpick@8001.service").read_text().replace("UMask", "UMusk"))
    said = subprocess.run([analyze(), "verify", str(wrong)], capture_output=True, text=True)
    assert "UMusk" in said.stderr


def test_the_server_may_do_little_to_its_machine(units: Path) -> None:
    command = [analyze(), "security", "--offline=true", "--threshold=20"]
    said = subprocess.run(
        [*command, str(units / "stackpick@8001.service")], capture_output=True, text=True
    )
    assert said.returncode == 0, said.stdout[-400:]


def test_a_backup_asks_postgresql_itself_where_that_is_said() -> None:
    """systemd takes what the later file says."""
    lines = (FILES / "stackpick-backup.service").read_text().splitlines()
    files = [line for line in lines if line.startswith("EnvironmentFile=")]
    assert [file.partition("=")[2] for file in files] == [
        "/etc/stackpick.env",
        "-/etc/stackpick-direct.env",
    ]


def test_whatever_runs_by_itself_says_when_it_has_failed() -> None:
    for timer in FILES.glob("*.timer"):
        unit = timer.with_suffix(".service").read_text()
        assert "OnFailure=stackpick-failed@%N.service" in unit, timer.name


def test_the_backup_timer_keeps_some_and_runs_daily() -> None:
    assert "--keep 14" in (FILES / "stackpick-backup.service").read_text()
    for timer in FILES.glob("*.timer"):
        command = [analyze(), "calendar", calendar_of(timer)]
        assert subprocess.run(command, capture_output=True).returncode == 0, timer.name


def calendar_of(timer: Path) -> str:
    (line,) = [line for line in timer.read_text().splitlines() if line.startswith("OnCalendar=")]
    return line.removeprefix("OnCalendar=")
