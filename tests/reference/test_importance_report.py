"""The tables of `index.importance()` beside the reference: ASEM, incomes of its countries, districts of Columbus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Compare = Callable[..., None]


PARTS = {
    "theil_within": "theil_t_within",
    "theil_between": "theil_t_between",
    "gini_within": "dagum_within",
    "gini_between": "dagum_between_net",
    "transvariation": "dagum_transvariation",
}
"""The columns of inequality by group, with their names in the reference."""

PAIRS = {"gini_between": "gini", "economic_distance": "distance", "d": "excess", "p": "reverse_excess"}
PAIRS |= {"net_between": "between"}
"""The names of the reference, with the columns of inequality by pair."""

FIGURES = {
    "variable": "column",
    "moran_i": "moran",
    "var_normality": "variance_normality",
    "var_randomisation": "variance_randomisation",
    "p_greater_randomisation": "p_greater",
    "geary_c": "geary",
}
"""The names of the reference, with the columns of the table `spatial`."""


def test_importance_of_the_indicators_of_asem(reference: Path, assert_equal: Compare) -> None:
    nodes = pl.read_csv(reference / "audit" / "asem" / "nodes.csv").filter(pl.col("node") != "pillars")
    inner = nodes["node"].unique().to_list()
    dimensions: dict[str, Any] = {node: {} for node in inner}
    indicators: dict[str, Any] = {}
    for node, item in nodes.select("node", "item").iter_rows():
        if item in inner:
            dimensions[item] = {"parent": node}
        else:
            indicators[item] = {"dimension": node, "direction": "benefit"}
    table = pl.read_csv(reference / "asem" / "golden" / "build_aggregated.csv", infer_schema_length=None)
    definition = {
        "data": {"unit": "uCode"},
        "methodology": {"normalisation": "none"},
        "indicators": indicators,
        "dimensions": dimensions,
    }
    report = indicia.read(definition).importance(table.select("uCode", *indicators))
    golden = pl.read_csv(reference / "audit" / "asem" / "importance.csv").filter(pl.col("item").is_in(list(indicators)))
    assert golden.height == 49
    figures = (
        report.frame("importance")
        .filter(level="indicator")
        .select("weight", "variance_share", item="component", r2_linear="r2", s_natural_spline="spline")
    )
    exact = ("item", "weight", "variance_share", "r2_linear")
    assert_equal(figures.select(exact), golden.select(exact), "item")
    fitted = ("item", "s_natural_spline")
    assert_equal(figures.select(fitted), golden.select(fitted), "item", precision=1e-8)


def test_inequality_of_incomes_within_and_between_continents(reference: Path, assert_equal: Compare) -> None:
    folder = reference / "audit" / "inequality"
    golden = dict(pl.read_csv(folder / "unweighted_continent" / "summary.csv").iter_rows())
    definition = {
        "data": {"unit": "unit", "groups": ["continent"]},
        "indicators": {"gdp_per_head": {"direction": "benefit"}},
    }
    report = indicia.read(definition).importance(pl.read_csv(folder / "values.csv"))
    (every,) = report.frame("inequality").filter(column="gdp_per_head").to_dicts()
    (groups,) = report.frame("inequality_by_group").filter(column="gdp_per_head").to_dicts()
    for measure in (
        "gini",
        "gini_sample",
        "half_cv2",
        "theil_t",
        "theil_l",
        "atkinson_0.5",
        "atkinson_1",
        "atkinson_2",
    ):
        assert every[measure] == pytest.approx(golden[measure], abs=1e-9), measure
    pairs = pl.read_csv(folder / "unweighted_continent" / "pairs.csv").rename(PAIRS)
    found = report.frame("inequality_by_pair").filter(column="gdp_per_head").select(pairs.columns)
    assert_equal(found, pairs, "richer", "poorer")
    for part, name in PARTS.items():
        assert groups[part] == pytest.approx(golden[name], abs=1e-9), part


def test_neighbouring_districts_of_columbus(reference: Path, assert_equal: Compare) -> None:
    folder = reference / "audit" / "moran"
    values, matrix = pl.read_csv(folder / "values.csv"), pl.read_csv(folder / "neighbours.csv").drop("unit").to_numpy()
    beside = [";".join(values["unit"].filter(pl.Series(row == 1)).to_list()) for row in matrix]
    names = ["CRIME", "INC", "HOVAL"]
    definition = {
        "data": {"unit": "unit"},
        "indicators": {name: {"direction": "benefit"} for name in names},
        "outside": {"neighbours": {"column": "beside"}},
    }
    report = indicia.read(definition).importance(values.with_columns(pl.Series("beside", beside)))
    golden = pl.read_csv(folder / "moran.csv").filter(style="row").rename(FIGURES)
    assert golden.height == 3
    figures = report.frame("spatial").filter(pl.col("column").is_in(names)).select(FIGURES.values())
    assert_equal(figures, golden.select(FIGURES.values()), "column")
