"""Production's settings with some of the guards left out: what a test has to notice."""

from stackpick.settings import *  # noqa: F403
from stackpick.settings import CONTENT_SECURITY_POLICY, MIDDLEWARE

CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"] = ["'self'", "'unsafe-inline'"]
MIDDLEWARE.remove("stackpick.headers.security_headers")
