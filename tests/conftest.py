"""What holds of all tests: a slow machine fails none of them, and promises are tried on few tables."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

from indicia.testing import subject

settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def fewer_tables(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Draw one table in seven of those that a method of others is tried on; all where the command says a seed."""
    if not pytestconfig.getoption("--hypothesis-seed"):
        monkeypatch.setattr(subject, "EXAMPLES", {kind: -(-number // 7) for kind, number in subject.EXAMPLES.items()})


def pytest_collection_finish() -> None:
    """Keep what was collected out of each later search for garbage."""
    gc.collect()
    gc.freeze()
