"""Our own Semgrep rules: nothing in the product, and every seeded fault in the samples."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.scanning.tools import SCANNERS, ran_for_json
from tests.servers import ROOT

HERE = Path(__file__).parent
RULES, SAMPLES = HERE / "rules", HERE / "samples"
PRODUCT = ("stackpick", "assessments", "templates", "static/js", "manage.py")
# Before the line it is about: "ruleid: one, another" where a rule has to find something, "ok: one"
# where it must not.
_SAID = re.compile(r"(?P<what>ruleid|ok): (?P<rules>[a-z-]+(?:, [a-z-]+)*)")
_EXCEPTION = re.compile(r"nosemgrep: ([a-z-]+)")


class Finding(NamedTuple):
    file: str
    line: int
    rule: str


def findings(folder: Path, targets: Iterable[str]) -> set[Finding]:
    """What the rules find, without asking anybody on the network.

    In one thread, as several wait for each other where others have the cores (three times as long,
    and no quicker where nobody has), and without Semgrep's five seconds for a rule and a file:
    what took longer because of others would not have been looked at.
    """
    said = ran_for_json(
        *(SCANNERS / "semgrep", "scan", "--json", "--quiet"),
        *("--jobs", "1", "--timeout", "0"),
        *("--metrics", "off", "--disable-version-check"),
        *("--config", RULES, *targets),
        cwd=folder,
    )
    assert said["errors"] == []
    assert said["paths"]["scanned"]
    return {
        Finding(each["path"], each["start"]["line"], each["check_id"].rpartition(".")[2])
        for each in said["results"]
    }


def said_of(what: str) -> set[Finding]:
    """What the comments in the samples say of the lines after them."""
    return {
        Finding(str(file.relative_to(SAMPLES)), number + 1, rule)
        for file in SAMPLES.rglob("*.*")
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if (found := _SAID.search(line)) and found["what"] == what
        for rule in found["rules"].split(", ")
    }


def all_rules() -> set[str]:
    return {
        rule["id"]
        for file in RULES.glob("*.yaml")
        for rule in yaml.safe_load(file.read_text())["rules"]
    }


@pytest.fixture(scope="module")
def in_samples(tmp_path_factory: pytest.TempPathFactory) -> set[Finding]:
    """From a copy elsewhere: Semgrep leaves out folders that are called tests."""
    copy = tmp_path_factory.mktemp("seeded") / "site"
    shutil.copytree(SAMPLES, copy)
    return findings(copy, ["."])


def test_the_product_has_none_of_these_faults() -> None:
    assert findings(ROOT, PRODUCT) == set()


def test_each_seeded_fault_is_found_and_nothing_else(
    in_samples: set[Finding], figure: Callable[..., None]
) -> None:
    seeded = said_of("ruleid")
    figure("Seeded faults that our own rules find", f"{len(in_samples & seeded)} of {len(seeded)}")
    assert seeded - in_samples == set()
    assert in_samples - seeded == set()


def test_each_rule_has_a_fault_to_find_and_good_code_to_leave_alone() -> None:
    assert {finding.rule for finding in said_of("ruleid")} == all_rules()
    # One has no other way to do the same: a secret is not printed at all.
    assert {finding.rule for finding in said_of("ok")} == all_rules() - {"secret-printed"}


def test_exceptions_name_a_rule_that_there_is_and_are_few() -> None:
    files = [ROOT / "manage.py"]
    files += [file for part in ("stackpick", "assessments") for file in (ROOT / part).rglob("*.py")]
    excepted = [rule for file in files for rule in _EXCEPTION.findall(file.read_text())]
    assert set(excepted) <= all_rules()
    assert len(excepted) <= 15
