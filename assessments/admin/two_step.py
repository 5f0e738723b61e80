"""The page on which staff set up, replace or turn off their two-step sign-in."""

from __future__ import annotations

import logging
from base64 import b32encode
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString, mark_safe
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as verify_session
from django_otp.plugins.otp_totp.models import TOTPDevice

from .. import second_factor
from .sign_in import code_field, count_failure, is_locked
from .throttling import locked_out

# Only the session that began a set-up sees its secret and may confirm it.
PENDING = "two_step_device"

_log = logging.getLogger(__name__)


class StepForm(forms.Form):
    """One of the page's forms: they stand beside each other, so their controls' ids differ."""

    def __init__(self, request: Any, action: str, device: Any, bound: bool) -> None:
        super().__init__(request.POST if bound else None, auto_id=f"{action}_%s")
        self.request, self.device = request, device


class ConfirmForm(StepForm):
    """A code of the device that is being set up."""

    code = code_field("Code that the app shows now")

    def clean_code(self) -> str:
        """A wrong one is no guess at the account: the secret is on the same page."""
        checked = second_factor.check_new_device(self.device, self.cleaned_data["code"])
        if checked.device is None:
            raise forms.ValidationError(checked.problem)
        return str(self.cleaned_data["code"])


class PasswordForm(StepForm):
    """The password again: whoever finds a session open shall not lock its owner out of it."""

    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def clean_password(self) -> str:
        """Asked through Django's backends, so that failures count as failed sign-ins."""
        password = str(self.cleaned_data["password"])
        name = self.request.user.get_username()
        if authenticate(self.request, username=name, password=password) != self.request.user:
            raise forms.ValidationError("This is not your password.")
        return password


class CodeForm(StepForm):
    """A code of a device in use."""

    code = code_field(help_text="From your app, or a backup code.")

    def clean(self) -> dict[str, Any]:
        """Uses the code up, unless something else is wrong already."""
        if not self.errors:
            checked = second_factor.check_code(self.request.user, self.cleaned_data["code"])
            if checked.wrong:
                count_failure(self.request, self.request.user)
            if checked.device is None:
                self.add_error("code", checked.problem)
        return self.cleaned_data


class ProofForm(PasswordForm, CodeForm):
    """Password and code, for what would otherwise hand the account to an open browser."""

    field_order = ("password", "code")


def two_step(site: Any) -> Any:
    """The view, as a page of this desk."""
    return TwoStepView.as_view(site=site)


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters("password", "code"), name="dispatch")
class TwoStepView(View):
    """Shows how things stand; each of its forms names its action, which is a method here."""

    site: Any = None
    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For the desk's users, and for those who must come here before they are."""
        if not (self.site.has_permission(request) or self.site.must_set_up(request)):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        self.user: Any = request.user
        self.in_use = second_factor.has_device(request.user)
        self.pending = self._pending()
        return super().dispatch(request, *args, **kwargs)

    def _pending(self) -> TOTPDevice | None:
        begun = self.request.session.get(PENDING)
        own = TOTPDevice.objects.filter(user=self.user, confirmed=False)
        return own.filter(pk=begun).first() if begun else None

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page as it stands."""
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """One action; what does not fit how things stand by now, as in an old tab, shows that."""
        if is_locked(request):
            return locked_out(request, None, None)
        action = request.POST.get("action", "")
        form = self._forms(bound=action).get(action)
        if form is None:
            return redirect("admin:two_step")
        if not form.is_valid():
            return self._page({action: form})
        return {
            "begin": self._begin,
            "confirm": self._confirm,
            "codes": self._codes,
            "turn_off": self._turn_off,
        }[action]()

    def _forms(self, bound: str = "") -> dict[str, StepForm]:
        kinds: dict[str, type[StepForm]] = {"begin": ProofForm if self.in_use else PasswordForm}
        if self.pending:
            kinds["confirm"] = ConfirmForm
        if self.in_use:
            kinds["codes"] = CodeForm
        if self.in_use and not second_factor.is_required(self.user):
            kinds["turn_off"] = ProofForm
        return {
            action: kind(self.request, action, self.pending, bound == action)
            for action, kind in kinds.items()
        }

    def _begin(self) -> HttpResponse:
        self.request.session[PENDING] = second_factor.new_device(self.user).pk
        return redirect("admin:two_step")

    def _confirm(self) -> HttpResponse:
        codes = second_factor.put_in_use(self.pending)
        self.request.session.pop(PENDING, None)
        verify_session(self.request, self.pending)
        self.request.session.cycle_key()
        _log.info("Two-step sign-in set up: account %r.", self.user.get_username())
        self.in_use, self.pending = True, None
        return self._page(new_codes=codes)

    def _codes(self) -> HttpResponse:
        codes = second_factor.new_backup_codes(self.user)
        _log.info("New backup codes: account %r.", self.user.get_username())
        return self._page(new_codes=codes)

    def _turn_off(self) -> HttpResponse:
        second_factor.forget(self.user)
        self.request.session.pop(DEVICE_ID_SESSION_KEY, None)
        self.request.session.cycle_key()
        _log.warning("Two-step sign-in turned off: account %r.", self.user.get_username())
        messages.success(self.request, "Two-step sign-in is off. Your password alone signs you in.")
        return redirect("admin:two_step")

    def _page(
        self, bound: dict[str, StepForm] | None = None, new_codes: list[str] | None = None
    ) -> HttpResponse:
        shown = self._forms() | (bound or {})
        context = self.site.each_context(self.request) | {
            "title": "Two-step sign-in",
            "in_use": self.in_use,
            "required": second_factor.is_required(self.user),
            "pending": self.pending and pairing(self.pending),
            "codes_left": second_factor.backup_codes_left(self.user),
            "new_codes": new_codes,
            "errors": any(form.errors for form in shown.values()),
            "forms": shown,
        }
        return render(self.request, "admin/two_step.html", context)


def pairing(device: TOTPDevice) -> dict[str, SafeString | str]:
    """What an app needs to know of a device: as a QR code, and as text to type."""
    return {
        "qr": qr_code(device.config_url),
        "secret": second_factor.grouped(b32encode(device.bin_key).decode()),
    }


def qr_code(text: str) -> SafeString:
    """An SVG without styles, dark on white in dark mode too, because scanners want it so."""
    code = segno.make(text, micro=False, error="m")
    drawn = code.svg_inline(dark="#000", light="#fff", svgclass="qr-code", omitsize=True)
    # Drawn by segno: paths and numbers, and nothing of the text.
    return mark_safe(drawn)  # noqa: S308  # nosemgrep: marked-safe
