"""Measures of inequality and pairs of groups, beside the reference of the audit (pysal, Lorenz curves, double sums)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.analysis import dagum, inequality

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDERS = {
    "unweighted_continent": ("continent", None),
    "unweighted_size": ("size", None),
    "weighted_continent": ("continent", "population"),
}
"""The column of groups and that of weights. `test_analysis.py` compares the parts within groups and between groups."""


@pytest.mark.parametrize("name", FOLDERS)
def test_measures_of_inequality_are_those_of_the_reference(name: str, reference: Path) -> None:
    folder = reference / "audit" / "inequality"
    values = inequality(pl.read_csv(folder / "values.csv"), "gdp_per_head", weight=FOLDERS[name][1])
    found = dict(values.drop_nulls().iter_rows())
    summary = dict(pl.read_csv(folder / name / "summary.csv").iter_rows())
    decomposed = {key for key in summary if key.endswith(("_within", "_between", "_net", "_transvariation"))}
    assert set(summary) - set(found) == decomposed | {"n", "mean"}
    assert found == pytest.approx({key: summary[key] for key in found}, rel=1e-9)


@pytest.mark.parametrize("name", FOLDERS)
def test_pairs_of_groups_have_the_parts_of_the_reference(
    name: str, reference: Path, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "audit" / "inequality"
    group, weight = FOLDERS[name]
    pairs = dagum(pl.read_csv(folder / "values.csv"), "gdp_per_head", group, weight=weight).pairs
    wanted = pl.read_csv(folder / name / "pairs.csv").rename(
        {
            "gini_between": "gini",
            "d": "excess",
            "p": "reverse_excess",
            "economic_distance": "distance",
            "net_between": "between",
        }
    )
    assert_equal(pairs, wanted, "richer", "poorer")
