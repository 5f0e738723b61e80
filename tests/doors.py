"""What each address of the public site answers, by its pattern's name, method and key.

A key is what stands in an address where its secret belongs (`tests.keys`). Whatever is not in the
table is refused: a method with 405, a key with the 404 that is the same for all. HEAD is as GET.
"""

from __future__ import annotations

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE")
# For addresses without a secret, and for those that answer everybody the same.
ALL = "whatever the key"
# Forms that programs send, which have no token of ours against forgery.
WITHOUT_FORM_TOKEN = ("score", "stop")

FINISHED = ("own", "another's own", "one of two")
# The invitation that was taken up is the edit token of what was begun with it.
DRAFTS = ("draft", "invitation taken up", "one who waits")
# The one who waits has finished; the second person has not.
DONE = (*FINISHED, "one who waits")
BEGUN = ("draft", "invitation taken up")
SHARED = ("share", "share without names")

Says = dict[str, int]


def _all(status: int) -> Says:
    return {ALL: status}


def _with(status: int, *keys: str) -> Says:
    return dict.fromkeys(keys, status)


_ANY_OF_OWN = (*DONE, *BEGUN)
_TO_READ: dict[str, Says] = {"GET": _all(200)}
# Only a finished assessment has this; a draft goes to where it is finished.
_RESULT, _SENT = _with(200, *DONE) | _with(302, *BEGUN), _with(302, *_ANY_OF_OWN)
_TO_SEND: dict[str, Says] = {"POST": _SENT}
_PAIR = _with(200, "one of two", "one who waits")

DOORS: dict[str, dict[str, Says]] = {
    # Everybody's
    **dict.fromkeys(("home", "model", "example", "privacy", "deleted"), _TO_READ),
    **dict.fromkeys(("example_document", "healthz", "readyz", "api", "openapi"), _TO_READ),
    **dict.fromkeys(("report_schema", "answers_schema"), _TO_READ),
    "favicon.ico": {"GET": _all(302)},
    "security_txt": _TO_READ,
    "score": {"POST": _all(200)},
    "start": {"GET": _all(200), "POST": _all(302)},
    # The reader's
    "shared": {"GET": _with(200, *SHARED)},
    "shared_document": {"GET": _with(200, *SHARED)},
    # Of whoever was invited: once taken up it leads on, and nobody takes it up again
    "invite": {
        "GET": _with(200, "invitation", "invitation taken up with another")
        | _with(302, "invitation taken up", "one of two", "one who waits"),
        "POST": _with(200, "invitation taken up with another")
        | _with(302, "invitation", "invitation taken up", "one of two", "one who waits"),
    },
    "tie": {
        "POST": _with(200, "invitation taken up with another")
        | _with(302, "invitation", "invitation taken up", "one of two", "one who waits"),
    },
    # The founder's
    "result": {"GET": _RESULT},
    "own_document": {"GET": _with(200, *DONE) | _with(409, *BEGUN)},
    "check": {"GET": _with(200, *_ANY_OF_OWN), "POST": _SENT},
    "step": {"GET": _with(200, *_ANY_OF_OWN), "POST": _SENT},
    "delete": {"GET": _with(200, *_ANY_OF_OWN), "POST": _SENT},
    "versions": {"GET": _with(200, *_ANY_OF_OWN)},
    "what_if": {"GET": _RESULT, "POST": _SENT},
    **dict.fromkeys(("share", "review", "again", "so_far", "rows"), _TO_SEND),
    **dict.fromkeys(("remind", "confirm_reminder", "forget_reminder"), _TO_SEND),
    # Of the links that the founder of this one has made
    "revoke": {"POST": _with(302, "own")},
    "replace": {"POST": _with(302, "own")},
    # The pair's
    "together": {"GET": _PAIR, "POST": _with(302, "one of two") | _with(200, "one who waits")},
    "joint": {"GET": _with(200, "one of two") | _with(302, "one who waits")},
    # Of whoever was reminded; what stops nothing says so to everybody
    "reminded": {"GET": _with(200, "reminder"), "POST": _with(302, "reminder")},
    "stop": {"GET": _all(200), "POST": _all(200)},
}

# By the name of the pattern, a key with which sending its form changes something.
CHANGES: dict[str, str] = {
    **dict.fromkeys(("step", "delete", "what_if", "share", "review", "again"), "own"),
    **dict.fromkeys(("revoke", "replace", "forget_reminder"), "own"),
    "check": "draft",
    **dict.fromkeys(("invite", "tie"), "invitation"),
    "remind": "another's own",
    "confirm_reminder": "one of two",
    "together": "one of two",
    "reminded": "reminder",
    "stop": "stop",
    "start": "nothing",
}
# Forms that are only looked at: what is typed is answered, and nothing is stored.
CHANGES_NOTHING = ("score", "so_far", "rows")


def expected(name: str, method: str, key: str) -> int:
    """The status of an answer to a request that holds the form's token where there is one."""
    doors = DOORS[name]
    if method not in doors and not (method == "HEAD" and "GET" in doors):
        return 405
    says = doors["GET" if method == "HEAD" else method]
    return says.get(ALL, says.get(key, 404))
