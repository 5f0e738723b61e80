"""The scanners write figures down as the bench of faults does."""

from tests.faults.conftest import figure, soaking

__all__ = ["figure", "soaking"]
