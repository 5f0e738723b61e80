"""The real settings, for a site with faults in it: for a server of the scanners' tests alone."""

from stackpick.settings import *  # noqa: F403

ROOT_URLCONF = "tests.scanning.attacks.seeded_site"
