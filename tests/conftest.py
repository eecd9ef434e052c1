"""What holds of all tests: a slow machine fails none of them."""

from __future__ import annotations

import gc

from hypothesis import settings

settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Keep what was collected out of each later search for garbage."""
    gc.collect()
    gc.freeze()
