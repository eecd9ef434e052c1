"""Speed of the draws of an audit: `pytest -n 0 tests/benchmarks/bench_audit.py`.

Not part of the test run, and no figure is asserted: machines are noisy. The yardstick is an analysis of robustness of
as many draws in which the weights alone vary. Times are those of the processor.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.audit.draws import default_design
from indicia.audit.profile import read_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

SPREAD = {"spread": 0.25}


def index_of(units: int) -> tuple[Index, pl.DataFrame]:
    """Return an index of 50 indicators in five dimensions, and correlated data."""
    random = np.random.default_rng(1)
    x = np.exp(0.6 * random.normal(size=(units, 1)) + random.normal(size=(units, 50)) / 3)
    table = pl.DataFrame({"unit": [f"u{unit}" for unit in range(units)], **{f"x{j}": x[:, j] for j in range(50)}})
    definition = {
        "data": {"unit": "unit"},
        "dimensions": {f"d{k}": {} for k in range(5)},
        "indicators": {f"x{j}": {"dimension": f"d{j // 10}"} for j in range(50)},
    }
    index = indicia.read(definition)
    return index, index.read_table(table)


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
        lambda: processor_time(lambda: index.draw_frame(frame, design, is_default=True).units),
        {
            "weights alone": lambda: processor_time(
                lambda: index.robustness(frame, draws=draws, seed=1, weights=SPREAD).units
            )
        },
    )
