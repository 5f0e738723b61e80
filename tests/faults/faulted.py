"""What clients were told while a fault lasted, and how soon all was well again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.load import READ, SAVED, Asked, Load

TOLD_SECONDS = 5.0
RECOVERY_SECONDS = 5.0
HONEST = {SAVED, READ, 503}


@dataclass
class Fault:
    """From when to when something was broken, on the clock of the answers."""

    began: float = 0.0
    ended: float = 0.0

    @contextmanager
    def lasting(self) -> Iterator[None]:
        self.began = time.monotonic()
        yield
        self.ended = time.monotonic()

    def met(self, load: Load) -> list[Asked]:
        """What was not answered yet when it began, and what was asked while it lasted."""
        return [
            asked for asked in load.answers if asked.at < self.ended and asked.ended >= self.began
        ]

    def told(self, load: Load) -> list[Asked]:
        return [asked for asked in self.met(load) if asked.status == 503]

    def slowest(self, load: Load) -> float:
        """How long the slowest of them waited for whatever answer, from its beginning on."""
        met = self.met(load)
        return max((asked.ended - max(asked.at, self.began) for asked in met), default=0.0)

    def dishonest(self, load: Load) -> list[Asked]:
        """Answers that are neither right nor a clear 503, from its beginning on."""
        after = [asked for asked in load.answers if asked.ended >= self.began]
        return [asked for asked in after if not is_honest(asked)]

    def recovered(self, load: Load) -> float:
        """Seconds from its end until the last request that was still not served was answered."""
        late = [asked for asked in load.since(self.ended) if not asked.is_served]
        return max((asked.ended - self.ended for asked in late), default=0.0)

    def report(self, load: Load, what: str, figure: Callable[..., None]) -> None:
        limit = f"{TOLD_SECONDS:g} at most"
        figure(f"{what}: requests told 503", len(self.told(load)), wanted="1 or more")
        figure(f"{what}: other failures", len(self.dishonest(load)), wanted="0")
        figure(f"{what}: the slowest answer", round(self.slowest(load), 2), "seconds", limit)
        again = round(self.recovered(load), 2)
        figure(f"{what}: all is well after", again, "seconds", f"{RECOVERY_SECONDS:g} at most")

    def check(self, load: Load) -> None:
        """Raises AssertionError where a client was not told, was told late, or for too long."""
        assert self.told(load), "nobody has met the fault"
        assert not self.dishonest(load), self.dishonest(load)[:5]
        assert self.slowest(load) <= TOLD_SECONDS
        assert self.recovered(load) <= RECOVERY_SECONDS
        assert any(asked.is_served for asked in load.since(self.ended)), "nothing was served again"


def is_honest(asked: Asked) -> bool:
    return asked.status in HONEST and (asked.status != 503 or bool(asked.retry_after))
