"""Prints what the scanner finds; ends with 1 where the home page has less than is wanted."""

from __future__ import annotations

import logging
import sys

from benchmarks.observatory import WANTED, CannotScan, Scan, install, site


def main() -> None:
    logging.disable(logging.INFO)
    try:
        install()
        with site() as (running, addresses):
            found = {name: running.scan(path) for name, path in addresses.items()}
    except CannotScan as problem:
        sys.exit(f"{problem}.")
    for name, scan in found.items():
        show(name, scan)
    if found["home"]["scan"]["score"] < WANTED:
        sys.exit(f"The home page is to have {WANTED} or more.")


def show(name: str, scan: Scan) -> None:
    print(f"\n{name}: {scan['scan']['score']}, grade {scan['scan']['grade']}")
    for test, found in scan["tests"].items():
        mark = "" if found["pass"] else "  FAILED"
        print(f"  {found['scoreModifier']:>+4} {test:<30}{found['result']}{mark}")


if __name__ == "__main__":
    main()
