"""The desk's models in the order of a consultant's day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse

register = template.Library()

OF_THE_DAY = ("Client", "Project", "Assessment", "Invite", "Pair", "ShareLink")


@register.filter
def of_the_desk(apps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The models of the domain that may be seen, those of every day first."""
    models = [model for app in apps if app["app_label"] == "assessments" for model in app["models"]]
    return sorted(models, key=_place)


@register.filter
def with_own_pages(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with the pages that are no model's list, in the shape of a model: for the start
    page alone, as the top of a page has room for what every day needs."""
    if not models:
        return models
    address = reverse("admin:suggested_kinds")
    return [*models, {"name": "Suggested kinds", "admin_url": address}]


@register.filter
def beside_the_desk(apps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The apps that keep house: accounts and what else is installed."""
    return [app for app in apps if app["app_label"] != "assessments"]


def _place(model: dict[str, Any]) -> int:
    name = model["object_name"]
    return OF_THE_DAY.index(name) if name in OF_THE_DAY else len(OF_THE_DAY)
