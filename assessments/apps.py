from __future__ import annotations

from importlib import import_module

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate, pre_migrate

from stackpick.environment import WrongSetting

from .migrating import wait_as_ever, wait_briefly


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Assessments"
    default = True  # Others are in this module: with several and none marked, Django takes none.

    def ready(self) -> None:
        """Refuses to start with a lens that has a mistake in it."""
        pre_migrate.connect(wait_briefly, sender=self)
        post_migrate.connect(wait_as_ever, sender=self)
        from .engine.toml_table import LensError
        from .lens import current_lens

        try:
            current_lens()
        except LensError as error:
            raise WrongSetting(f"The lens cannot be used: {error}") from error


class DeskConfig(admin_apps.AdminConfig):
    """Django's admin, with our own site as its default one."""

    default = False  # of the folder it is in
    default_site = "assessments.admin.site.DeskSite"

    def ready(self) -> None:
        """Keeps the pages of django-otp away, which would show everybody's secrets."""
        # Our site is in the package that registers with it: where the site was asked for first,
        # importing it would register with one site, and another would then take its place.
        import_module("assessments.admin")
        super().ready()
        from django.contrib import admin
        from django_otp.plugins.otp_static.models import StaticDevice
        from django_otp.plugins.otp_totp.models import TOTPDevice

        admin.site.unregister([StaticDevice, TOTPDevice])


class SignInsConfig(AxesConfig):
    """The log of failed sign-ins, under a name that says so."""

    default = False
    verbose_name = "Sign-ins"
