"""People who were invited, on a server that runs: only a consultant can make that."""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser import beside
from tests.invited import Invited, invited, inviting_client, two_invited
from tests.web import CHANGE_HEAVY, Json, with_answers


@dataclass(frozen=True)
class Two:
    """A blind pair, by the addresses that the two were sent."""

    site: str
    first: str
    second: str

    def url(self, rest: str = "", second: bool = False) -> str:
        """A page of one of them, once they have started."""
        token = self.second if second else self.first
        return f"{self.site}/a/{token}/{rest and rest + '/'}"


def another_view(file: Json) -> Json:
    """The same project in the eyes of somebody who fears the other mistake."""
    changes = [{**change, "kind": "throughput"} for change in file["answers"]["changes"][:3]]
    moved = {"mistake": "loose_much", "schema": "settled", "keep_alive": "now", "flows": "mostly"}
    return with_answers(file, changes=changes, **moved)


def seed_invited(file: Json) -> dict[str, list[str]]:
    """Invitations in every state, as tokens by name; runs beside a server."""
    name = file["project"]["name"]
    client = inviting_client(f"{name} Ltd")
    how = {"project_name": name, "note": file["project"]["summary"], "client": client}

    def two(first: Json | None = None, second: Json | None = None) -> tuple[Invited, Invited]:
        both = two_invited(f"{name[:60]}’s founder", f"{name[:60]}’s CTO", **how)[1:]
        for person, answers in zip(both, (first, second), strict=True):
            if answers:
                person.answer(answers)
        return both

    made = {
        "one": (invited(f"{name[:60]}’s founder", **how),),
        "started": (invited("Founder", **how),),
        "tied": (invited("Founder", **how),),
        "new": two(),
        "waiting": two(file),
        "done": two(file, another_view(file)),
        "settled": two(file, another_view(file)),
        "agreed": two(file, file),
        "little": two({**file, "answers": {"stage": "idea"}}, file),
    }
    made["started"][0].answer(CHANGE_HEAVY, finished=False)
    return {key: [person.token for person in people] for key, people in made.items()}


def seeded(site: str, file: Json) -> dict[str, list[str]]:
    """The same, asked for by a test."""
    found: dict[str, list[str]] = beside.make(site, "invited.seed_invited", file)
    return found
