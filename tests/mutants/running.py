"""Runs tests with a module replaced by a mutant of it, in a process of their own.

Starting Python, Django and pytest, and importing StackPick, takes far longer than most tests. So
this process does it once, and forks for each mutant: the child executes the mutated source in the
module that is there, puts what comes of it wherever other modules had imported the old, and runs
the tests until one fails.

What a child does not reach, such as a function that stands in a table of another module, keeps the
old behaviour: a mutant may live for that reason, but none is taken for killed. Each module runs
once with its own source first, by the same way, and has to pass.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("stackpick", "assessments", "tests")
# Where there is one, files in memory: SQLite would wait for the disk at each save.
FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# For a child that hangs without using the processor.
MOST_SECONDS = 600
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Module:
    """A module, and the files of its tests."""

    name: str
    tests: Sequence[str]

    @property
    def source(self) -> str:
        return (ROOT / f"{self.name.replace('.', '/')}.py").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Ran:
    """How a child ended: its exit code, or the signal as a negative one; and what it took."""

    code: int
    seconds: float
    said: str

    @property
    def passed(self) -> bool:
        return self.code == PASSED


class Runner:
    """Forks children out of a process in which everything is imported."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._template = folder, folder / "template.sqlite3"
        self._started = 0

    def prepare(self, modules: Sequence[Module]) -> None:
        """A migrated database to copy, and the tests collected, which imports all."""
        import pytest

        os.environ["DATABASE_URL"] = f"sqlite:///{self._template}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, check=True)
        files = sorted({file for module in modules for file in module.tests})
        with _quietly(self.folder / "collected"):
            code = pytest.main(_options("--collect-only", *files))
        if code != PASSED:
            raise RuntimeError((self.folder / "collected").read_text())
        gc.freeze()

    def start(self, module: Module, source: str, seconds: int) -> tuple[int, Path]:
        """The child's process id, and its folder."""
        self._started += 1
        here = self.folder / str(self._started)
        here.mkdir()
        child = os.fork()
        if child == 0:
            code = FAILED
            try:
                code = self._in_child(module, source, seconds, here)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(code)
        return child, here

    def wait(self, child: int, here: Path, block: bool = True) -> Ran | None:
        ended, status, usage = os.wait4(child, 0 if block else os.WNOHANG)
        if not ended:
            return None
        said = (here / "said").read_text(errors="replace")
        shutil.rmtree(here, ignore_errors=True)
        return Ran(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, said)

    def run(self, module: Module, source: str, seconds: int) -> Ran:
        ran = self.wait(*self.start(module, source, seconds))
        assert ran is not None
        return ran

    def run_all(
        self, module: Module, sources: Sequence[str], seconds: int, at_once: int
    ) -> Iterator[tuple[int, Ran]]:
        """Each source's number and how it ended, in the order in which they end."""
        waiting = list(enumerate(sources))
        running: dict[int, tuple[int, Path]] = {}
        while waiting or running:
            while waiting and len(running) < at_once:
                number, source = waiting.pop(0)
                running[number] = self.start(module, source, seconds)
            for number, child in list(running.items()):
                if ran := self.wait(*child, block=False):
                    del running[number]
                    yield number, ran
            time.sleep(0.01)

    def _in_child(self, module: Module, source: str, seconds: int, here: Path) -> int:
        import pytest

        _redirect(here / "said")
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        signal.alarm(MOST_SECONDS)
        _use_database(shutil.copy(self._template, here / "database.sqlite3"))
        replace(sys.modules[module.name], source)
        return int(pytest.main(_options("-x", "--tb=line", *module.tests)))


def replace(module: ModuleType, source: str) -> None:
    """Executes another source in a module, and gives what comes of it to whoever imported the old.

    A constant is given on under its own name only: an equal one may be the same object by chance.
    """
    namespace = vars(module)
    old = dict(namespace)
    exec(compile(source, str(module.__file__), "exec", dont_inherit=True), namespace)  # noqa: S102
    moved = {name: (was, namespace[name]) for name, was in old.items() if name[:2] != "__"}
    moved = {name: pair for name, pair in moved.items() if pair[0] is not pair[1]}
    by_identity = {id(was): new for was, new in moved.values() if callable(was)}
    for each in list(sys.modules.values()):
        if each is module or each.__name__.partition(".")[0] not in OURS:
            continue
        for name, value in list(vars(each).items()):
            if id(value) in by_identity:
                setattr(each, name, by_identity[id(value)])
            elif name in moved and value is moved[name][0]:
                setattr(each, name, moved[name][1])


def _options(*more: str) -> list[str]:
    left_out = ("cacheprovider", "xdist", "playwright", "base_url", "pytest_cov")
    words = [word for name in left_out for word in ("-p", f"no:{name}")]
    return [*words, "-q", "-o", "addopts=", *more]


def _use_database(file: str | Path) -> None:
    """A copy in place of the template, and as it is: pytest-django need not make one."""
    from django.db import connections
    from django.test import utils
    from hypothesis import settings

    connections["default"].close()
    connections["default"].settings_dict["NAME"] = str(file)
    utils.setup_databases = lambda *args, **kwargs: []
    utils.teardown_databases = lambda *args, **kwargs: None
    # The same examples for each mutant: what lives is not to depend on luck.
    settings.register_profile("mutants", deadline=None, derandomize=True, database=None)
    settings.load_profile("mutants")


def _redirect(file: Path) -> None:
    said = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)


@contextmanager
def _quietly(file: Path) -> Iterator[None]:
    """What is printed meanwhile goes into a file, also what is printed below Python."""
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    _redirect(file)
    try:
        yield
    finally:
        sys.stdout.flush()
        for number, before in enumerate(kept, start=1):
            os.dup2(before, number)
            os.close(before)


@contextmanager
def runner(modules: Sequence[Module]) -> Iterator[Runner]:
    with tempfile.TemporaryDirectory(prefix="stackpick-mutants-", dir=FOLDER) as folder:
        made = Runner(Path(folder))
        made.prepare(modules)
        yield made
