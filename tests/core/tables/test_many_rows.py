"""Tables of more rows than are computed at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import polars as pl
import pytest

import indicia

ROWS = 150_000
"""More than one slice: see `indicia.tables.evaluate`."""


def scored(x: Any, methodology: dict[str, Any]) -> indicia.Result:
    units = pl.int_range(len(x), eager=True).cast(pl.String).alias("unit")
    raw = {"data": {"unit": "unit"}, "indicators": {"x": {}}, "methodology": methodology}
    return indicia.read(raw).score(pl.DataFrame([units, pl.Series("x", x, pl.Float64)]))


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_a_rank_of_a_single_indicator_is_among_all_rows() -> None:
    x = np.random.default_rng(1).permutation(ROWS)
    assert (scored(x, {"normalisation": "rank"}).normalised["x"].to_numpy() == x + 1).all()


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_a_rank_of_the_score_itself_is_among_all_rows() -> None:
    x = np.random.default_rng(1).permutation(ROWS)
    assert (scored(x, {"normalisation": "none", "rescaling": "rank"}).scores["score"].to_numpy() == x + 1).all()


WITHIN_GROUPS = """
import numpy as np, polars as pl
from indicia.tables.evaluate import evaluate
from indicia.tables.table import StatisticsScope
from indicia.formulas import column, record

random = np.random.default_rng(1)
group = pl.Series("group", random.integers(0, 7, 400_000)).cast(pl.String)
frame = pl.DataFrame([group, *(pl.Series(f"x{j}", random.lognormal(size=400_000)) for j in range(12))])
x = {f"x{j}": column(f"x{j}") for j in range(12)}
formulas = {name: record(lambda recorder, name=name: x[name] - recorder(name, x[name]).mean) for name in x}
for _ in range(3):
    print(evaluate(frame, formulas, StatisticsScope(("group",))).frame.sum().row(0))
"""


@pytest.mark.slow
@pytest.mark.thorough
def test_statistics_within_groups_are_the_same_to_the_last_digit_whatever_the_threads() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", WITHIN_GROUPS],
            env=os.environ | {"POLARS_MAX_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for threads in ("1", "2", "5")
    ]
    assert len({line for run in runs for line in run}) == 1
