"""Settings of all tests: none fails on a slow machine, and conformance is tested on few tables."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from indicia_conformance import edges, partitions, sample

if TYPE_CHECKING:
    from collections.abc import Generator

for variable in ("INDICIA_LANG", "LC_ALL", "LC_MESSAGES"):  # tests and the processes that they start print English
    os.environ.pop(variable, None)
os.environ["LANG"] = "C.UTF-8"

settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def fewer_tables(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Draw one table in seven of those that a method of others is tried on; all where the command says a seed."""
    if not pytestconfig.getoption("--hypothesis-seed"):
        monkeypatch.setattr(sample, "NUMBERS", {kind: -(-number // 7) for kind, number in sample.NUMBERS.items()})


@pytest.fixture
def fewer_edges(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Try every second table of extreme values, two constants, and one table in partitions; all with a stated seed."""
    if not pytestconfig.getoption("--hypothesis-seed"):
        monkeypatch.setattr(edges, "EXTREMES", edges.EXTREMES[::2][1:])
        monkeypatch.setattr(edges, "CONSTANTS", edges.CONSTANTS[::3])
        monkeypatch.setattr(partitions, "ENOUGH", 1)


def pytest_configure(config: pytest.Config) -> None:
    """Give each of the workers that are about to start its part of the cores.

    Polars and the linear algebra of NumPy start a thread a core in every worker, and workers then wait for each other.
    That the number of threads changes no digit has tests of its own, which set it.

    Tests start many processes: where these are told to keep no compiled modules, they keep them in the cache of pytest.
    """
    cache = getattr(config, "cache", None)
    if cache is not None and os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = str(cache.mkdir("modules"))
    workers = getattr(config.option, "numprocesses", None)
    if isinstance(workers, int) and workers > 0:
        for setting in ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(setting, str(max(1, (os.cpu_count() or 1) // workers)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Search for no garbage while tests are collected, keep them out of each later search, and search less often.

    A run of a few rows makes thousands of small objects, and next to none of them are garbage that only a search finds.
    """
    gc.disable()
    collected = yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    return collected


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that take a minute start first, so that no worker is left alone with one of them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
