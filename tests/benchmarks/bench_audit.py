"""Speed of an audit and of its draws: `pytest -n 0 tests/benchmarks/bench_audit.py`.

Not part of the test run, and no figure is asserted: machines are noisy. The yardsticks are a run of the same index, and
an analysis of robustness of as many draws in which the weights alone vary. Times are those of the processor.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from benchmarks.bench_start import processor_seconds

import indicia
from indicia_audit.draws import default_design
from indicia_audit.profile import read_profile
from indicia_robustness.draws import draw_feasible

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

SPREAD = {"spread": 0.25}


DIMENSIONS = "".join(f"[dimensions.d{k}]\n" for k in range(5))
INDICES = {
    "five dimensions": (DIMENSIONS, ""),
    "no dimensions": ("", ""),
    "five geometric means": (DIMENSIONS, 'normalisation = "min_max(lower=1, upper=100)"\naggregation = "geometric"'),
    "five dimensions, weights by entropy": (DIMENSIONS, 'normalisation = "min_max"\nweighting = "entropy"'),
}
"""The dimensions and the methodology of each index."""


def table_of(units: int) -> pl.DataFrame:
    """Return correlated data of 50 indicators."""
    random = np.random.default_rng(1)
    x = np.exp(0.6 * random.normal(size=(units, 1)) + random.normal(size=(units, 50)) / 3)
    return pl.DataFrame({"unit": [f"u{unit}" for unit in range(units)], **{f"x{j}": x[:, j] for j in range(50)}})


def index_of(units: int) -> tuple[Index, pl.DataFrame]:
    """Return an index of 50 indicators in five dimensions, and correlated data."""
    definition = {
        "data": {"unit": "unit"},
        "dimensions": {f"d{k}": {} for k in range(5)},
        "indicators": {f"x{j}": {"dimension": f"d{j // 10}"} for j in range(50)},
    }
    index = indicia.read(definition)
    return index, index.read_table(table_of(units))


def write_index(folder: Path, kind: str, units: int) -> None:
    """Write an index file with its table."""
    dimensions, methodology = INDICES[kind]
    table_of(units).write_csv(folder / "table.csv")
    place = ', dimension = "d{}"' if dimensions else ""
    indicators = "".join(f'x{j} = {{ direction = "benefit"{place.format(j // 10)} }}\n' for j in range(50))
    data = '[data]\npath = "table.csv"\nunit = "unit"\n'
    text = f'name = "speed"\n{data}{dimensions}[indicators]\n{indicators}[methodology]\n{methodology}\n'
    (folder / "index.toml").write_text(text)


def processor_time(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize(("units", "draws"), [(200, 4000), (10_000, 1000)])
def test_draws_of_an_audit(compare: Callable[..., None], units: int, draws: int) -> None:
    index, frame = index_of(units)
    profile = read_profile("jrc", index.definition, index.origin)
    design = default_design(index, profile.robustness)
    design = {**design, "imputation": (), "draws": draws, "seed": 1}
    compare(
        f"the draws of an audit: {draws:,} draws of {units:,} × 50",
        lambda: processor_time(lambda: draw_feasible(index, frame, design, is_default=True).units),
        {
            "weights alone": lambda: processor_time(
                lambda: index.robustness(frame, draws=draws, seed=1, weights=SPREAD).figures.units
            )
        },
    )


@pytest.mark.parametrize("kind", INDICES)
@pytest.mark.parametrize(("units", "draws"), [(200, 4000), (10_000, 1000)])
def test_whole_audit(compare: Callable[..., None], tmp_path: Path, kind: str, units: int, draws: int) -> None:
    write_index(tmp_path, kind, units)
    audit = ("-m", "indicia", "audit", "index.toml", "--draws", str(draws))
    run = ("-m", "indicia", "run", "index.toml", "-o", "scores.csv")
    compare(
        f"whole process, audit of {units:,} × 50, {kind}, {draws:,} draws",
        lambda: processor_seconds(audit, tmp_path),
        {"run": lambda: processor_seconds(run, tmp_path)},
        times=5 if units < 1000 else 3,
    )
