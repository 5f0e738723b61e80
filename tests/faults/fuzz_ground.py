"""What is fuzzed: every address with every kind of key, and who is signed in. Made beside a site.

    python -m tests.faults.fuzz_ground

prints it as JSON, from the database that DATABASE_URL names.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Ground:
    """Addresses by their pattern's name, and the cookies of who is signed in at the desk.

    ``taken`` are those of the public site with a key that opens something.
    """

    public: list[tuple[str, str]] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    desk: list[tuple[str, str]] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> Ground:
        said: dict[str, Any] = json.loads(text)
        pairs = {name: [tuple(each) for each in said[name]] for name in ("public", "taken", "desk")}
        return cls(sessions=said["sessions"], **pairs)


def lay() -> Ground:
    """Fills the database, and says what there is."""
    from tests.desk.people import signed_in
    from tests.desk.test_every_address import filled
    from tests.desk.test_every_address import routes as desk_routes
    from tests.doors import ALL, DOORS
    from tests.keys import keyring
    from tests.test_every_door import address_of, routes

    ring = keyring()
    ground = Ground()
    for name, route in routes():
        opened = {key for says in DOORS[name].values() for key in says}
        for key in ring.keys:
            place = (name, address_of(route, ring, key))
            ground.public.append(place)
            if key in opened or (ALL in opened and key == "nothing"):
                ground.taken.append(place)
    ids = _desk_rows(ring)
    ground.desk.extend((name, filled(name, route, ids)) for name, route in desk_routes())
    for user in ring.users.values():
        ground.sessions[user.username] = signed_in(user).cookies["sessionid"].value
    return ground


def _desk_rows(ring: Any) -> dict[str, Any]:
    """A row of each kind that an address of the desk may name."""
    from django.contrib.auth.models import Group

    from assessments.models import Invite, Milestone, Note, PendingImport, Review
    from tests.factories import lens

    own, ada = ring.own.now, ring.users["ada"]
    client = own.project.client
    file, report = own.answers_file(lens()), own.report
    rows = {
        "client": client,
        "project": own.project,
        "assessment": own,
        "anticipatedchange": own.changes.get(position=0),
        "review": Review.objects.create(assessment=own, text="So it is", version=1),
        "pair": ring.pair,
        "invite": Invite.objects.filter(client=client, assessment=None).first(),
        "note": Note.objects.create(assessment=own, author=ada, text="A note"),
        "milestone": Milestone.objects.create(
            assessment=own, name="Then", answers_file=file, report=report
        ),
        "pendingimport": PendingImport.objects.create(
            client=client, author=ada, file_name="answers.json", content=b"{}"
        ),
        "user": ring.users["ben"],
        "group": Group.objects.get(),
    }
    return {name: row.pk for name, row in rows.items()} | {"sharelink": ring.link_id}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stackpick.settings")
    import django

    django.setup()
    print(json.dumps(asdict(lay())))


if __name__ == "__main__":
    main()
