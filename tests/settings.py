"""Settings for the tests: the real ones, with nothing taken from the developer's environment.

Only DATABASE_URL is kept, so that the same tests run on PostgreSQL.
"""

import os

from tests.servers import without_our_settings

_kept = {"DATABASE_URL": os.environ.get("DATABASE_URL", "")}
_clean = without_our_settings(os.environ)
os.environ.clear()
os.environ.update(_clean)
os.environ.update(
    _kept
    | {
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        # The test client speaks HTTP; what TLS adds is tested in processes of its own.
        "PLAIN_HTTP": "1",
    }
)

from stackpick.environment import VAR_DIR  # noqa: E402
from stackpick.settings import *  # noqa: E402, F403
from stackpick.settings import RATES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Thousands of requests come from one address here; what limits do has tests of its own.
RATES = dict.fromkeys(RATES, None)
SECURITY_CONTACT = "mailto:security@example.org"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Each client has handlers of its own, in which WhiteNoise looks through the folder: half the time
# of most tests, though it is servers of their own that are asked for files.
STATIC_ROOT = VAR_DIR / "no-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
