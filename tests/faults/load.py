"""Load on a site: founders who save and visitors who read, in a process of their own.

Each founder is a thread with one connection and saves step after step, each save in the version
that the last one's answer stands for. A save that gets no answer, or a 5xx, is sent again until it
is acknowledged: saving the same again changes nothing, so after n acknowledged saves the assessment
is n versions further, however often something was killed in between.

    with Load(site, founders) as load:
        load.until_saved(1000)
    load.answers
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

from tests.faults.client import Answer, Client
from tests.faults.founders import Founder, Founders
from tests.servers import ROOT

SAVED = 302
READ = 200
# A save is sent again after so long: where no answer came, and where a 5xx did.
AGAIN_SECONDS = (0.25, 0.5)


class Asked(NamedTuple):
    """A request and what came of it. ``founder`` and ``number`` are those of a save, else -1.

    ``at`` is on the monotonic clock, which all processes of a machine share.
    """

    at: float
    seconds: float
    status: int
    trouble: str
    retry_after: str
    founder: int = -1
    number: int = -1

    @property
    def ended(self) -> float:
        return self.at + self.seconds

    @property
    def is_save(self) -> bool:
        return self.founder >= 0

    @property
    def is_saved(self) -> bool:
        return self.is_save and self.status == SAVED

    @property
    def is_broken_off(self) -> bool:
        """Whether it was sent and got no answer; who is refused has sent nothing."""
        return self.status == 0 and self.trouble != "ConnectionRefusedError"

    @property
    def is_served(self) -> bool:
        return self.status == (SAVED if self.is_save else READ)


@dataclass(frozen=True)
class Plan:
    """What the process of the load is told.

    Args:
        founders: as ``Founders.dumps`` writes them.
        reads: what each of the readers asks for, in turn.
        saves: after how many saves a founder stops; 0 for no end.
        pause: seconds between two requests of one client.
        patience: seconds after which a client gives an answer up.
        connect_anew: whether each request has a connection of its own.
    """

    site: str
    founders: str
    reads: Sequence[str] = ()
    readers: int = 0
    saves: int = 0
    pause: float = 0.0
    patience: float = 30.0
    connect_anew: bool = False


# ---- In the process of a test ----


class Load:
    """Load that goes on as long as the context, or until each founder has saved enough."""

    def __init__(self, site: str, founders: Founders, **how: Any) -> None:
        self.founders = founders
        self.plan = Plan(site, founders.dumps(), **how)
        self.answers: list[Asked] = []
        self.saved = 0

    def __enter__(self) -> Load:
        command = [sys.executable, "-m", "tests.faults.load"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdin
        self._process.stdin.write(json.dumps(asdict(self.plan)) + "\n")
        self._process.stdin.flush()
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *problem: object) -> None:
        """Lets each client finish what it has begun; all is heard when this returns."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(self.plan.patience + 30)
        finally:
            self._process.kill()
            self._listener.join(30)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            asked = Asked(*json.loads(line))
            self.answers.append(asked)
            self.saved += asked.is_saved

    @property
    def is_on(self) -> bool:
        return self._process.poll() is None

    def until(self, enough: Callable[[], bool], seconds: float) -> None:
        """Waits until something holds, or the load has ended by itself.

        Raises:
            TimeoutError: it does not within so many seconds.
        """
        deadline = time.monotonic() + seconds
        while self.is_on and not enough():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.saved} saves after {seconds} seconds")
            time.sleep(0.02)

    def until_saved(self, saves: int, seconds: float = 60) -> None:
        self.until(lambda: self.saved >= saves, seconds)

    def since(self, moment: float) -> list[Asked]:
        """What was asked after a moment of the monotonic clock."""
        return [asked for asked in self.answers if asked.at >= moment]


def seconds_of(answers: Iterable[Asked], share: float) -> float:
    """The time within which this share of the requests was answered."""
    took = sorted(asked.seconds for asked in answers)
    return took[min(int(share * len(took)), len(took) - 1)] if took else 0.0


# ---- In the process of the load ----


class Clients:
    """All clients of a plan, and the lines in which they say what they saw."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.founders = plan, Founders.read(plan.founders)
        self.is_over = Event()
        self._lock = Lock()
        cookie = f"csrftoken={self.founders.forms.csrf}"
        form = "application/x-www-form-urlencoded"
        self._headers = {"Content-Type": form, "Cookie": cookie, "Origin": plan.site}
        if plan.connect_anew:
            self._headers["Connection"] = "close"

    def run(self) -> None:
        everybody = enumerate(self.founders.everybody)
        threads = [Thread(target=self._save, args=each, daemon=True) for each in everybody]
        threads += [Thread(target=self._read, args=(n,)) for n in range(self.plan.readers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _save(self, index: int, founder: Founder) -> None:
        client, number = Client(self.plan.site, self.plan.patience), 0
        while not self.is_over.is_set() and (not self.plan.saves or number < self.plan.saves):
            if not self._saved(client, index, founder, number):
                break
            number += 1
            time.sleep(self.plan.pause)

    def _saved(self, client: Client, index: int, founder: Founder, number: int) -> bool:
        """Sends a save until it is acknowledged; False where it is refused, or all is over."""
        forms = self.founders.forms
        path = f"/a/{founder.token}/{forms.step(number)}/"
        body = forms.body(number, founder.version + number)
        last_try = 0.0
        while True:
            at = time.monotonic()
            answer = client.ask("POST", path, body, self._headers)
            self._say(at, answer, index, number)
            if answer.status == SAVED or 0 < answer.status < 500:
                return answer.status == SAVED
            if self.is_over.is_set():
                last_try = last_try or at + self.plan.patience
                if at > last_try:
                    return False
            time.sleep(AGAIN_SECONDS[answer.status > 0])

    def _read(self, number: int) -> None:
        client = Client(self.plan.site, self.plan.patience)
        while not self.is_over.is_set():
            at = time.monotonic()
            headers = {"Connection": "close"} if self.plan.connect_anew else {}
            path = self.plan.reads[number % len(self.plan.reads)]
            self._say(at, client.ask("GET", path, headers=headers))
            number += 1
            time.sleep(self.plan.pause or 0.01)

    def _say(self, at: float, answer: Answer, founder: int = -1, number: int = -1) -> None:
        said = Asked(
            at, answer.seconds, answer.status, answer.trouble, answer.retry_after, founder, number
        )
        with self._lock:
            print(json.dumps(said), flush=True)


def main() -> None:
    clients = Clients(Plan(**json.loads(sys.stdin.readline())))

    def wait_for_the_end() -> None:
        sys.stdin.read()
        clients.is_over.set()

    Thread(target=wait_for_the_end, daemon=True).start()
    clients.run()


if __name__ == "__main__":
    main()
