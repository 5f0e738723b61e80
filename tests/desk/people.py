"""Who works at the desk in tests, and what they see there."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client as Browser

from assessments.models import Assessment, Client, Project
from assessments.scope import GROUP
from tests.factories import Json, answers, lens, parsed

PASSWORD = "correct horse battery"


def consultant(name: str = "ada", **options: Any) -> User:
    """A member of the group of consultants."""
    options = {"is_staff": True} | options
    made = User.objects.create_user(name, f"{name}@example.org", PASSWORD, **options)
    made.groups.add(group())
    return made


def group() -> Group:
    """As the migration makes it; tests that commit empty all tables behind them."""
    if not Group.objects.filter(name=GROUP).exists():
        import_module("assessments.migrations.0004_consultants").make_group(apps, _Editor)
    return Group.objects.get(name=GROUP)


class _Editor:
    connection = connection


def superuser(name: str = "root") -> User:
    return User.objects.create_superuser(name, f"{name}@example.org", PASSWORD)


def signed_in(user: User) -> Browser:
    """A browser in which this user is signed in."""
    browser = Browser()
    browser.force_login(user)
    return browser


def client_of(owner: User | None, name: str = "Harbour & Sons", *shared_with: User) -> Client:
    client = Client.objects.create(name=name, owner=owner)
    client.shared_with.set(shared_with)
    return client


def assessment_of(
    client: Client | None, file: Json | None = None, finished: bool = True, **overrides: Any
) -> Assessment:
    """An assessment of a client, on ``answers(**overrides)`` unless a file is given."""
    project = Project.objects.create(client=client)
    assessment = Assessment.objects.create(project=project)
    assessment.take(lens(), parsed(file or answers(**overrides)))
    if finished:
        assessment.finish(lens())
    return assessment


def stored(assessment: Assessment) -> Assessment:
    """The assessment as it stands in the database."""
    return Assessment.objects.get(pk=assessment.pk)
