"""Weightings over partitions: their weights equal those in memory, pooled, within periods and groups."""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.partitions.partition import NeedsAllRows
from indicia_bundle.fitted.fitting import fit_rows
from indicia_partitions.replay import Replay, Round, ScoreJob

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indicia.index import Index

NAMES = ["x0", "x1", "x2", "x3"]
CUTS = [0, 7, 7, 8, 31, 60]
"""Three uneven partitions, one of a single row and one empty."""
BY_DIRECTION = [
    *("merec", "cilos", "cilos(ties=first)", "idocriw", "seca", "critic", "critic(correlation=spearman)", "gini"),
    *("combination(of=[merec, cilos])", "combination(of=[merec, critic], rule=deviation_maximisation)"),
]
OF_BENEFITS = [
    *("independence", "pca", "pca(components=above_one)", "factor", "factor(factors=2)", "optimised"),
    *("optimised(objective=information)", "against_outcome(of=gdp)", "against_outcome(of=gdp, by=correlation)"),
]
FEW = ["merec", "critic(correlation=spearman)", "gini", "pca(components=above_one)"]
"""Weightings that take numbers by direction, from ranks, from sorted columns, and from a matrix of correlations."""
SCOPES: dict[str, Any] = {"pooled": "pooled", "period": "period", "region": "region", "2001": {"reference": 2001}}


class InThisProcess:
    """Maps functions, and pickles what workers send to the driver."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        for item in items:
            played = function(item)
            is_scored = isinstance(played, Round) and played.outcome is not None
            yield played if is_scored else pickle.loads(pickle.dumps(played))


def read(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


def towns(*, gaps: bool = False) -> pl.DataFrame:
    """Return 20 towns in three years, whose indicators have a common factor and equal values."""
    random = np.random.default_rng(0)
    factor = random.normal(size=(60, 1))
    values = np.round(np.exp(0.4 * factor + 0.5 * random.normal(size=(60, 4))), 1) + 0.1
    if gaps:
        values[random.random(values.shape) < 0.08] = np.nan
    about = {
        "town": [f"t{row // 3}" for row in range(60)],
        "year": [2000 + row % 3 for row in range(60)],
        "region": ["north"] * 30 + ["south"] * 30,
        "gdp": factor[:, 0] + 0.1 * random.normal(size=60) + 0.5 * np.nan_to_num(values, nan=1.0).sum(axis=1),
    }
    return pl.DataFrame(about).hstack(pl.DataFrame(values, NAMES).fill_nan(None))


def index(weighting: str, scope: Any = "pooled") -> Index:
    """Return an index of the towns, of benefits and where the weighting treats it differently, a cost."""
    words = {"x1": {"direction": "cost"}} if weighting in BY_DIRECTION else {}
    return indicia.read(
        {
            "data": {"unit": "town", "period": "year", "groups": ["region"]},
            "indicators": {name: words.get(name, {}) for name in NAMES},
            "methodology": {"weighting": weighting, "missing": "skip", "weights": scope},
        }
    )


def over_partitions(made: Index, frame: pl.DataFrame, cuts: Sequence[int] = CUTS) -> list[Any]:
    partitions = [frame.slice(start, end - start) for start, end in pairwise(cuts)]
    with TemporaryDirectory() as folder:
        return Replay(ScoreJob(made, read), partitions, Path(folder)).run(InThisProcess())


@pytest.mark.parametrize("weighting", FEW)
@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_weights_over_partitions_equal_those_in_memory(weighting: str) -> None:
    check(weighting, "pooled", towns(gaps=True))


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_weights_within_periods_equal_those_in_memory() -> None:
    check("critic", "period", towns(gaps=True))


@pytest.mark.thorough
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("weighting", [*BY_DIRECTION, *OF_BENEFITS])
@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_weights_of_all_scopes_equal_those_in_memory(weighting: str, scope: str, gaps: bool) -> None:
    check(weighting, scope, towns(gaps=gaps))


def check(weighting: str, scope: str, frame: pl.DataFrame) -> None:
    made = index(weighting, SCOPES[scope])
    try:
        in_memory = made.score(frame).scored
    except indicia.errors.IndiciaError as error:  # groups are small, and not every weighting has weights for each
        with pytest.raises(type(error), match=error.what.split(":")[0]):
            over_partitions(made, frame)
        return
    for scored in over_partitions(made, frame):
        weights = scored.node_weights["index"]
        of_memory = in_memory.node_weights["index"]
        assert weights.values == pytest.approx(of_memory.values, rel=1e-12)
        assert weights.keys is None or weights.keys.equals(of_memory.keys)


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_a_fit_over_partitions_has_a_folder_for_sorted_columns() -> None:
    made, frame = index("gini"), towns(gaps=True)
    partitions = [frame.slice(start, end - start) for start, end in pairwise(CUTS)]
    weights = fit_rows(made, partitions, read, InThisProcess()).fitted.node_weights["index"]
    assert weights.values == pytest.approx(made.score(frame).scored.node_weights["index"].values, rel=1e-12)


NEEDS = {
    "matrix": "matrix = indicators.matrix()",
    "column": "column = indicators.column('gdp')",
    "swallowed": "\n        try: indicators.matrix()\n        except Exception: pass",
}
"""Lines of a plugin that need all rows; one of them goes on without."""


@pytest.mark.parametrize("need", NEEDS)
def test_a_weighting_that_needs_all_rows_is_refused_by_name(need: str, tmp_path: Path) -> None:
    (tmp_path / "sums.py").write_text(PLUGIN.format(need=NEEDS[need]))
    made = indicia.read(index("equal").raw, plugins=[str(tmp_path / "sums.py")]).with_options(weighting="sums")
    with pytest.raises(NeedsAllRows, match="sums of index needs all rows at once") as refusal:
        over_partitions(made, towns())
    assert refusal.value.remedy is not None
    assert "entropy" in refusal.value.remedy


PLUGIN = """
from dataclasses import dataclass
from indicia.catalogue import hookimpl
from indicia.methods import Weighting

@dataclass(frozen=True)
class Sums(Weighting):
    "Weigh by sums."
    name = "sums"
    reference = "None"
    uses = ("gdp",)

    def weigh(self, indicators):
        {need}
        return indicators.given

@hookimpl
def indicia_weightings():
    return [Sums]
"""
