"""Takes the version in a form for a number, without a look at it."""

from __future__ import annotations

from typing import Any

from stackpick.wsgi import application

__all__ = ["application"]

from assessments.views import wizard

_wizard: Any = wizard
_form_of_step = _wizard.form_of_step


def _trusting(*args: Any) -> Any:
    if len(args) == 6 and args[5] is not None:
        int(args[5].get("version", "0"))
    return _form_of_step(*args)


_wizard.form_of_step = _trusting
