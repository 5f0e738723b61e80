"""What nobody can bring about by a form, made beside a server with Django on its database.

The tests' own process uses another database, and starting one for each thing takes seconds: there
is one for a server, which is asked again and again. It ends with the one that asks.

    DATABASE_URL=… python -m tests.browser.beside
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from functools import cache
from importlib import import_module
from typing import Any

from tests.servers import ROOT, environment_of


def make(site: str, what: str, *given: Any, **named: Any) -> Any:
    """The answer of a function of this package, such as ``sharing.refuse``, beside the site."""
    process = _process(site)
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps([what, given, named]) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "failed" in answer:
        raise RuntimeError(f"{what} failed beside the site:\n{answer['failed']}")
    return answer["made"]


@cache
def _process(site: str) -> subprocess.Popen[str]:
    environment = environment_of(site) | {"DJANGO_SETTINGS_MODULE": "stackpick.settings"}
    command = [sys.executable, "-m", "tests.browser.beside"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)


def _answer(line: str) -> dict[str, Any]:
    what, given, named = json.loads(line)
    module, _, function = what.rpartition(".")
    try:
        made = getattr(import_module(f"tests.browser.{module}"), function)(*given, **named)
        return {"made": made}
    except Exception:
        return {"failed": traceback.format_exc()}


def main() -> None:
    import django
    from django.db import connections

    django.setup()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What is printed on the way is no answer.
    for line in sys.stdin:
        print(json.dumps(_answer(line)), file=answers, flush=True)
        connections.close_all()


if __name__ == "__main__":
    main()
