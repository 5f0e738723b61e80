from __future__ import annotations

from django.apps import AppConfig

from stackpick.environment import WrongSetting


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "Assessments"

    def ready(self) -> None:
        """Refuses to start with a lens that has a mistake in it."""
        from .engine.toml_table import LensError
        from .lens import current_lens

        try:
            current_lens()
        except LensError as error:
            raise WrongSetting(f"The lens cannot be used: {error}") from error
