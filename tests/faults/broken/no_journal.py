"""Settings: SQLite that writes in place, and can take nothing back."""

from stackpick.settings import *  # noqa: F403
from stackpick.settings import DATABASES

_options = DATABASES["default"]["OPTIONS"]
_options["init_command"] = "PRAGMA journal_mode=DELETE; PRAGMA journal_mode=OFF"
