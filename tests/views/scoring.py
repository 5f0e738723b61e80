"""Asking the scoring API: files sent, and refusals looked at."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from tests.factories import Json

SCORE = "/api/score"
SENT = "application/json"


def post(client: Client, file: Any, content_type: str = SENT, **extra: Any) -> Any:
    body = file if isinstance(file, bytes) else json.dumps(file)
    # said here as well, because the client says none for a body that is empty
    extra = {"CONTENT_TYPE": content_type} | extra
    return client.generic("POST", SCORE, body, content_type=content_type, **extra)


def refused(response: Any, status: int) -> Json:
    """What the refusal says, once it is seen to be one."""
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    said = dict(json.loads(response.content))
    assert said["status"] == status
    assert said["detail"].endswith((".", "s."))
    return said
