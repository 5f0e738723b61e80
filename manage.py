#!/usr/bin/env python3
"""Django's command line for StackPick."""

import os
import sys


def main() -> None:
    """Run the command that was asked for; a wrong setting ends it with one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stackpick.settings")
    try:
        from django.conf import settings
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"{error}. Is the virtual environment active? `make install` makes it.")

    from stackpick.environment import WrongSetting, read_environment, require_server_settings

    try:
        settings.INSTALLED_APPS  # noqa: B018  Loads the settings before Django's own handling.
        if sys.argv[1:2] == ["runserver"]:
            require_server_settings(read_environment())
        execute_from_command_line(sys.argv)
    except WrongSetting as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
