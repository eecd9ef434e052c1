"""One table of all comparisons of a run, printed at its end: `pytest -n 0 tests/benchmarks`.

No figure is asserted: machines are noisy, and other work disturbs all. Jobs alternate, so that it disturbs all alike.
"""

from __future__ import annotations

import platform
import time
from datetime import date
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING

import polars as pl
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Job = Callable[[], object]

_COMPARED: dict[str, tuple[float, dict[str, float]]] = {}
"""By job: the seconds that it takes here, and the times of others as multiples of it."""


@pytest.fixture
def compare() -> Callable[..., None]:
    """Time a job here and elsewhere by turns."""

    def by_turns(job: str, here: Job, others: Mapping[str, Job], times: int = 7) -> None:
        works = {"": here, **others}
        for work in works.values():
            work()  # the first of all is another job: it imports modules
        taken: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(times):
            for name, work in works.items():
                taken[name].append(seconds(work))
        ours = taken.pop("")
        ratios = {name: median(map(float.__truediv__, theirs, ours)) for name, theirs in taken.items()}
        _COMPARED[job] = median(ours), ratios

    return by_turns


def seconds(work: Job) -> float:
    """Return the seconds that some work takes, or those that it says it took."""
    start = time.perf_counter()
    said = work()
    return said if isinstance(said, float) else time.perf_counter() - start


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, in Markdown."""
    if not _COMPARED:
        return
    terminalreporter.section("comparisons")
    lines = ["| job | here | others, as multiples of it |", "|---|---|---|"]
    for job, (ours, ratios) in _COMPARED.items():
        told = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
        lines.append(f"| {job} | {1000 * ours:,.1f} ms | {told} |")
    about = f"{date.today()}, {platform.machine()}, {pl.thread_pool_size()} threads, Python {platform.python_version()}"
    terminalreporter.write_line(f"{about}, polars {version('polars')}, NumPy {version('numpy')}\n")
    terminalreporter.write_line("\n".join(lines))
