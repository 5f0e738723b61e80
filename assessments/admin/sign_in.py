"""The one form that signs in to the desk: name, password and, where set up, a code."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from ..second_factor import check_code, has_device

LONGEST_CODE = 40


def code_field(label: str = "One-time code", **options: Any) -> forms.CharField:
    """A field for a code of the app, or a backup code, that telephones know how to fill in."""
    hints = {"autocomplete": "one-time-code", "inputmode": "numeric"}
    return forms.CharField(
        label=label, max_length=LONGEST_CODE, widget=forms.TextInput(attrs=hints), **options
    )


def count_failure(request: HttpRequest | None, user: User) -> None:
    """Counts as a failed sign-in: a code is guessed no more often than a password."""
    user_login_failed.send(
        sender=__name__, credentials={"username": user.get_username()}, request=request
    )


def is_locked(request: HttpRequest) -> bool:
    """Whether whoever is signed in could not sign in again just now."""
    return not AxesProxyHandler.is_allowed(request, {"username": request.user.get_username()})


class SignInForm(AdminAuthenticationForm):
    """Django's form with a code, which is used up only after the password was right."""

    code = code_field(
        required=False,
        help_text="Only if you have set up two-step sign-in. A backup code does as well.",
    )

    def clean(self) -> dict[str, Any]:
        """Adds what is wrong with the code beside its field."""
        cleaned = super().clean() or self.cleaned_data
        user = self.get_user()
        if user is not None and "code" in cleaned and has_device(user):
            self._check(user, cleaned["code"])
        if not self.errors and self.request and SESSION_KEY in self.request.session:
            # Django keeps the key of a session whose user signs in again, here with more rights.
            self.request.session.cycle_key()
        return cleaned

    def _check(self, user: Any, text: str) -> None:
        checked = check_code(user, text)
        if checked.device is None:
            if checked.wrong:
                count_failure(self.request, user)
            self.add_error("code", checked.problem)
        else:
            user.otp_device = checked.device  # which django-otp puts into the session
