"""Production's settings with one page more: the bare one that the others are compared with."""

from stackpick.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
