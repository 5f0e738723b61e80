"""What django-axes asks of us: what the locked out see, and what is logged."""

from __future__ import annotations

import logging
from typing import Any

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stackpick.client_address import client_address

_log = logging.getLogger(__name__)


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """429, in place of the answer to one failure too many, and to all until the time is over."""
    seconds = int(settings.AXES_COOLOFF_TIME.total_seconds())
    context = admin.site.each_context(request) | {"minutes": seconds // 60, "title": "Locked"}
    page = render(request, "admin/locked.html", context, status=429)
    page["Retry-After"] = str(seconds)
    page["Cache-Control"] = "no-store"
    return page


@receiver(user_logged_in)
def log_success(request: HttpRequest | None, user: User, **about: Any) -> None:
    """One line for each sign-in, with how it was proved."""
    proof = "password and code" if getattr(user, "otp_device", None) else "password"
    name = user.get_username()
    _log.info("Signed in with %s: account %r from %s.", proof, name, _from(request))


@receiver(user_logged_out)
def log_leaving(request: HttpRequest | None, user: User | None, **about: Any) -> None:
    """One line for each session that its owner ended."""
    if user is not None:
        _log.info("Signed out: account %r from %s.", user.get_username(), _from(request))


@receiver(user_login_failed)
def log_failure(request: HttpRequest | None = None, **about: Any) -> None:
    """One line for each failure."""
    name = about["credentials"].get("username")
    _log.warning("Sign-in failed: %s from %s.", _account(name), _from(request))


@receiver(user_locked_out)
def log_lock(request: HttpRequest, username: str | None, **about: Any) -> None:
    """One line when an account is locked to an address, and for each try while it is."""
    minutes = settings.AXES_COOLOFF_TIME.total_seconds() / 60
    _log.warning(
        "Sign-in locked for %d minutes: %s from %s.", minutes, _account(username), _from(request)
    )


def _account(username: str | None) -> str:
    """Only names that there are: people type their password into the wrong field."""
    known = username and User.objects.filter(username=username).exists()
    return f"account {username!r}" if known else "an unknown account"


def _from(request: HttpRequest | None) -> str:
    return (request and client_address(request)) or "an unknown address"
