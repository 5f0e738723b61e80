"""Settings: SQLite as it comes, without what stackpick.databases asks of it."""

from stackpick.settings import *  # noqa: F403
from stackpick.settings import DATABASES

DATABASES["default"]["OPTIONS"] = {}
