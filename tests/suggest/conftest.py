"""The real model where it is installed; in CI it has to be."""

from __future__ import annotations

import pytest

from assessments.suggest import CannotLoad, Classifier, load_classifier
from tests.conftest import missing


@pytest.fixture(scope="session")
def known() -> Classifier:
    try:
        return load_classifier()
    except CannotLoad as problem:
        missing(f"The extra “suggest” is not here: {problem}")
        raise
