"""Treatments that learn numbers from whole columns: over partitions they learn the same numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.partitions.partition import NeedsAllRows
from indicia_partitions.replay import Replay, ScoreJob
from indicia_partitions.table import check_can_run_in_partitions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from indicia.index import Index

CUTS = [0, 7, 7, 8, 131, 400]
TREATMENTS = [
    *("winsorise", "winsorise(otherwise=log_reflected, combine=true)", "box_cox(power=0.3, shift=true)"),
    *("winsorise(points=200)", "winsorise(points=30, forced=true)", "winsorise(otherwise=log_range)"),
    *("winsorise(otherwise='box_cox(power=0.5, shift=true)')", "winsorise(points=None, skewness=0.1, kurtosis=-3)"),
    *("log(form=range)", "log(form=reflected)", "log(form=gii)", "box_cox(power=0.3)", "yeo_johnson(power=0.2)"),
]


class InThisProcess:
    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        yield from map(function, items)


def read(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


def villages() -> pl.DataFrame:
    """Return 400 villages with gaps; the second indicator has many equal values, the third a few very large values."""
    random = np.random.default_rng(3)
    values = np.exp(1.6 * random.normal(size=(400, 3)))
    values[:, 1] = np.round(values[:, 1]) + 1
    values[:150, 1] = 1.0
    values[::9, 2] *= 50
    values[::17, 0] = np.nan
    about = {"village": [f"v{row}" for row in range(400)], "region": ["north", "south"] * 200}
    return pl.DataFrame(about).hstack(pl.DataFrame(values, ["x0", "x1", "x2"]).fill_nan(None))


def index(treatment: str, statistics: str = "pooled") -> Index:
    return indicia.read(
        {
            "data": {"unit": "village", "groups": ["region"]},
            "indicators": {"x0": {}, "x1": {}, "x2": {}},
            "methodology": {"treatment": treatment, "missing": "skip", "statistics": statistics},
        }
    )


def check(made: Index, folder: Path) -> None:
    frame = villages()
    in_memory = made.score(frame).scored
    partitions = [frame.slice(start, end - start) for start, end in pairwise(CUTS)]
    outcomes = Replay(ScoreJob(made, read), partitions, folder).run(InThisProcess())
    prepared = pl.concat([outcome.prepared for outcome in outcomes])
    for name in ("x0", "x1", "x2"):
        expected = in_memory.prepared[name].to_numpy()
        assert prepared[name].to_numpy() == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert all(outcome.warnings == in_memory.warnings for outcome in outcomes)


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_treated_values_over_partitions_equal_those_in_memory(tmp_path: Path) -> None:
    check(index("winsorise(otherwise=log_reflected, combine=true)"), tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("statistics", ["pooled", "region"])
@pytest.mark.parametrize("treatment", TREATMENTS)
@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_treated_values_of_all_scopes_equal_those_in_memory(treatment: str, statistics: str, tmp_path: Path) -> None:
    check(index(treatment, statistics), tmp_path)


@pytest.mark.parametrize("treatment", ["box_cox", "yeo_johnson", "winsorise(otherwise=box_cox)"])
def test_a_search_for_the_likeliest_power_is_refused_by_name(treatment: str) -> None:
    with pytest.raises(NeedsAllRows, match=treatment.partition("(")[0]):
        check_can_run_in_partitions(index(treatment))
