"""Bandit: nothing in the product, and every fault that is written for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.scanning.tools import SCANNERS, ran_for_json
from tests.servers import ROOT

# A line each, and the test that has to find it.
SEEDED = {
    "B102": "exec(given)",
    "B103": "os.chmod('/srv/stackpick', 0o777)",
    "B104": "socket.create_server(('0.0.0.0', 80))",
    "B105": "password = 'open sesame'",
    "B108": "open('/tmp/stackpick.lock', 'w')",
    "B301": "pickle.loads(given)",
    "B311": "token = random.choice(given)",
    "B324": "hashlib.md5(given).hexdigest()",
    "B501": "requests.get(given, verify=False, timeout=5)",
    "B113": "requests.get(given)",
    "B506": "yaml.load(given)",
    "B602": "subprocess.run(given, shell=True)",
    "B608": "cursor.execute('SELECT id FROM clients WHERE name = ' + given)",
    "B314": "ElementTree.fromstring(given)",
    "B610": "User.objects.extra(where=[given])",
    "B701": "jinja2.Environment(autoescape=False)",
}
IMPORTS = """\
import hashlib, os, pickle, random, socket, subprocess
from xml.etree import ElementTree
import jinja2, requests, yaml
from django.contrib.auth.models import User
"""


def found(*targets: str | Path) -> set[tuple[str, str]]:
    """The file and the test of each finding. Bandit ends with 1 where there is one."""
    said = ran_for_json(
        *(SCANNERS / "bandit", "--quiet", "--format", "json"),
        *("--configfile", ROOT / "pyproject.toml", "--recursive", *targets),
        well=(0, 1),
    )
    assert said["errors"] == []
    assert said["metrics"]["_totals"]["loc"] > 0
    return {(each["filename"], each["test_id"]) for each in said["results"]}


def test_bandit_finds_nothing_in_the_product() -> None:
    assert found("stackpick", "assessments", "manage.py") == set()


def test_bandit_finds_each_seeded_fault(tmp_path: Path, figure: Callable[..., None]) -> None:
    for name, line in SEEDED.items():
        (tmp_path / f"{name}.py").write_text(
            f"{IMPORTS}\n\ndef seeded(given, cursor):\n    {line}\n"
        )
    findings = found(tmp_path)
    caught = {name for name in SEEDED if (str(tmp_path / f"{name}.py"), name) in findings}
    figure("Seeded faults that Bandit finds", f"{len(caught)} of {len(SEEDED)}")
    assert caught == set(SEEDED)
