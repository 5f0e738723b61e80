"""The kinds of changes, suggested from their words: what the pages ask of ``assessments.suggest``.

A text is looked at once and then remembered by the process. How many new ones somebody may have
looked at is limited.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest

from stackpick.client_address import caller

from .engine.lens import ChangeKind, Lens
from .limits import seconds_to_wait
from .suggest import Classifier, Suggestion, classifier

# Texts, and words that speak for a kind; of more than that, those used longest ago are forgotten.
REMEMBERED = 4000
# Fewer words are too few to say that they tell nothing: somebody is still writing.
ENOUGH_WORDS = 3

Found = TypeVar("Found")


@dataclass
class Asker:
    """Who the work of a request is counted for; ``seconds`` are how long they have to wait."""

    who: str
    seconds: int = 0

    def may_ask(self) -> bool:
        """Counts a text; once they have to wait, the rest of the request need not ask again."""
        self.seconds = self.seconds or seconds_to_wait("suggest", self.who)
        return not self.seconds


class Memory:
    """What a classifier has said lately; safe with threads."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered, self._lock = remembered, Lock()
        self._known: OrderedDict[Hashable, object] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._known

    def get(self, key: Hashable, ask: Callable[[], Found]) -> Found:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]  # type: ignore[return-value]
        found = ask()  # not under the lock: nobody waits for somebody else's text
        with self._lock:
            self._known[key] = found
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return found


@dataclass(frozen=True)
class Offer:
    """What is said beside a change: two kinds to take, and the words that speak for the first.

    Without kinds: that the words do not tell.
    """

    kinds: tuple[ChangeKind, ...] = ()
    because: tuple[str, ...] = ()


def are_made(lens: Lens) -> bool:
    """Whether kinds of this lens are suggested on this server."""
    return _in_use(lens) is not None


def suggesting_to(lens: Lens, request: HttpRequest) -> Asker | None:
    """Whom the work is counted for, by the client's address; None where kinds are not suggested."""
    return Asker(caller(request)) if are_made(lens) else None


def suggested(lens: Lens, text: str, who: Asker | None = None) -> Suggestion | None:
    """What the words of a change suggest; None where there is nothing to go by.

    Args:
        who: whom to count the work for, where it is work; whoever asks too much gets None.
    """
    asked, text = _in_use(lens), text.strip()
    if asked is None or not 0 < len(text) <= lens.changes.max_length:
        return None
    memory = _memory(asked)
    if text not in memory and who is not None and not who.may_ask():
        return None
    return memory.get(text, lambda: asked.suggest(text))


def because(lens: Lens, text: str, kind: str) -> tuple[str, ...]:
    """The words of a text that speak most for a kind, as they were written; there may be none.

    In the order in which they are written: so they are read, and so they keep their places while
    more is typed and another of them tells most.
    """
    asked, text = _in_use(lens), text.strip()
    if asked is None or kind not in lens.kind or not 0 < len(text) <= lens.changes.max_length:
        return ()
    words = _memory(asked).get((text, kind), lambda: asked.because(text, kind))
    return tuple(sorted(words, key=text.find))


def offer(lens: Lens, text: str, chosen: str, who: Asker, hinted: bool) -> Offer | None:
    """What is said beside a change while it is written; None where nothing is.

    Args:
        chosen: the kind chosen by hand, which is never questioned; empty for none.
        hinted: whether the coach has something to say of the change, which goes first.
    """
    found = suggested(lens, text, who)
    if found is None or (chosen and (found.abstain or chosen not in (found.kind, found.also))):
        return None
    if found.abstain:
        enough = len(text.split()) >= ENOUGH_WORDS
        return Offer() if enough and not hinted else None
    kinds = (lens.kind[found.kind], lens.kind[found.also])
    return Offer(kinds, because(lens, text, found.kind))


def _in_use(lens: Lens) -> Classifier | None:
    """The one of this process, where it is wanted and the lens has the kinds that it knows."""
    found = classifier() if settings.SUGGEST else None
    return found if found and lens.kind.keys() >= set(found.kinds) else None


@lru_cache(maxsize=1)
def _memory(asked: Classifier) -> Memory:
    """Of the classifier in use: another one may say otherwise."""
    return Memory()
