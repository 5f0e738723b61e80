"""Jinja's environment for the public site; Django's admin keeps Django's own templates.

The pages hold hundreds of small values each, and Jinja compiles templates to Python code: the
same page takes a fraction of the time (docs/decisions/0007).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.forms import BaseForm
from django.template import Context, engines
from django.template.defaultfilters import date as format_date
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_htmx.jinja import htmx_script
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from stackpick.addresses import address
from stackpick.integrity import sealed


class SiteEnvironment(Environment):
    """Looks a name up in a dictionary before it looks for an attribute of it.

    As Django's templates do. Reports are dictionaries, and Jinja's own order raises and catches
    an error for each of the several hundred values on a page.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def environment(**options: Any) -> SiteEnvironment:
    """The environment that `TEMPLATES` names. An unknown variable is an error, not a blank."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = SiteEnvironment(**options)
    env.globals |= {
        "static": cache(static),
        "htmx_script": cache(lambda: with_sum(htmx_script())),
        "stylesheet": cache(stylesheet),
        "script": cache(script),
        "url": address,
        "crispy": crispy,
    }
    env.filters |= {"date": format_date, "points": points, "grouped": grouped}
    return env


def with_sum(markup: SafeString) -> Markup:
    """The same tags, each with the sum of its file."""
    return Markup(sealed(markup))  # noqa: S704  # nosemgrep: marked-safe


def stylesheet(path: str) -> Markup:
    """The tag of a stylesheet of ours."""
    return with_sum(format_html('<link rel="stylesheet" href="{}">', static(path)))


def script(path: str) -> Markup:
    """The tag of a script of ours, which runs once the page is there."""
    return with_sum(format_html('<script src="{}" defer></script>', static(path)))


def crispy(form: BaseForm) -> Markup:
    """The fields of a form, as its crispy layout arranges them."""
    return escape(form.helper.render_layout(form, Context()))  # type: ignore[attr-defined]


def points(number: float, digits: int = 1) -> str:
    """A figure with so many decimals and a true minus."""
    return f"{number:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def grouped(number: float) -> str:
    """A figure with commas between thousands: 10,000; without a fraction of zero: 20, 0.35."""
    return f"{number:,.10g}"


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template, to be called from Python."""
    env: SiteEnvironment = engines["jinja2"].env  # type: ignore[attr-defined]
    found: Callable[..., Markup] = getattr(env.get_template(template).module, name)
    return found
