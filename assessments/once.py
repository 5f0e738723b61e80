"""A form that is sent twice, as by a double click, makes what it makes once.

Each rendering of such a form holds a word of its own, 256 random bits. The token of what the form
makes follows from that word and what was filled in, under the site's secret key: sent again, it
comes to the same token. The database holds its hash in a unique column, so that of two requests
one makes the row and the other finds it, and either can show the link that was made.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .tokens import looks_like_token, new_token

FIELD = "once"
SALT = "assessments.once"


def once_field() -> SafeString:
    """The hidden field, with another word each time it is asked for."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_token())


def token_of_form(data: Mapping[str, Any], makes: str, *filled_in: object) -> str:
    """The token of what a form makes: the same where the same form is sent again.

    Args:
        data: the form as it was sent. Without a word of ours in it, the token is a random one.
        makes: what kind of thing is made.
        filled_in: all that decides what it becomes; filled in otherwise it is another one.
    """
    word = data.get(FIELD, "")
    if not looks_like_token(word):
        return new_token()
    text = json.dumps([makes, word, *map(str, filled_in)])
    digest = salted_hmac(SALT, text, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
