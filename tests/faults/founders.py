"""Founders who will save, made beside a site, and the forms that they send.

    python -m tests.faults.founders COUNT

prints them as JSON, from the database that DATABASE_URL names: one process has one database.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlencode

# Stands in a form for the number of the save, so that no two saves are the same.
NUMBER = "{number}"
Fields = dict[str, str]


@dataclass(frozen=True)
class Founder:
    """An assessment in the version that it has before anything is saved."""

    token: str
    version: int


@dataclass(frozen=True)
class Forms:
    """What founders send, form after form and then from the first again: a step and its fields."""

    csrf: str
    steps: list[tuple[str, Fields]]

    def step(self, number: int) -> str:
        return self.steps[number % len(self.steps)][0]

    def filled(self, number: int) -> Fields:
        """The fields of a founder's save with this number, the first of which is 0."""
        fields = self.steps[number % len(self.steps)][1]
        return {name: text.replace(NUMBER, str(number)) for name, text in fields.items()}

    def body(self, number: int, version: int) -> str:
        sent = {"csrfmiddlewaretoken": self.csrf, "version": str(version)}
        return urlencode(self.filled(number) | sent)


@dataclass(frozen=True)
class Founders:
    forms: Forms
    everybody: list[Founder] = field(default_factory=list)

    def shared_out(self, parts: int) -> list[Founders]:
        """The same founders in so many groups."""
        return [Founders(self.forms, self.everybody[part::parts]) for part in range(parts)]

    @classmethod
    def read(cls, text: str) -> Founders:
        said: dict[str, Any] = json.loads(text)
        steps = [(step, fields) for step, fields in said["forms"]["steps"]]
        forms = Forms(said["forms"]["csrf"], steps)
        return cls(forms, [Founder(**founder) for founder in said["everybody"]])

    def dumps(self) -> str:
        return json.dumps(asdict(self))


def forms() -> Forms:
    """Steps that reach all that is stored: the row, its columns, the changes, the project."""
    steps: list[tuple[str, Fields]] = []
    for stage, flag in (("idea", "schema"), ("early_users", "user_flow")):
        project = {"project_name": f"Save {NUMBER}", "project_summary": f"What {NUMBER} does"}
        steps.append(("project", project | {"stage": stage}))
        steps.append(("changes", _changes(flag)))
        part = {"settled_part": "yes", "settled_part_name": f"part {NUMBER}"}
        steps.append(("backend", {"backend": "product"} | part))
        steps.append(("holding", {"throughput": "now", "peak_rps": NUMBER}))
    return Forms(_a_secret(), steps)


def _changes(kind: str) -> Fields:
    fields: Fields = {}
    for place in range(5):
        fields[f"change_{place}_text"] = f"Change {place} of save {NUMBER}"
        fields[f"change_{place}_kind"] = kind
        fields[f"change_{place}_likelihood"] = "likely"
    return fields


def _a_secret() -> str:
    """What the site would put into the CSRF cookie; a form may carry it as it is."""
    from django.utils.crypto import get_random_string

    return get_random_string(32)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stackpick.settings")
    import django

    django.setup()
    from tests.web import CHANGE_HEAVY, draft

    made = [draft(CHANGE_HEAVY) for _ in range(int(sys.argv[1]))]
    everybody = [Founder(one.token, one.version) for one in made]
    print(Founders(forms(), everybody).dumps())


if __name__ == "__main__":
    main()
