"""Decompositions of inequality, coupling and obstacles, beside figures that others computed or published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.analysis import convergence, coupling_coordination, dagum, obstacle_degree, theil

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from indicia.result import Result

    Score = Callable[[dict[str, Any], pl.DataFrame], Result]

INEQUALITY = {
    "unweighted_continent": ("continent", None),
    "unweighted_size": ("size", None),
    "weighted_continent": ("continent", "population"),
}
"""The column of groups and that of weights."""

LEFT_OUT = {
    "n": "no measure",
    "mean": "no measure",
    "gini_sample": "test_audit_inequality.py",
    "half_cv2": "test_audit_inequality.py",
    "atkinson_0.5": "test_audit_inequality.py",
    "atkinson_1": "test_audit_inequality.py",
    "atkinson_2": "test_audit_inequality.py",
}


@pytest.fixture(params=INEQUALITY)
def folder(request: pytest.FixtureRequest, reference: Path) -> Path:
    """Return a folder of the reference, for each in turn."""
    return reference / "audit" / "inequality" / str(request.param)


@pytest.fixture
def arguments(folder: Path) -> dict[str, Any]:
    """Return the table that is decomposed."""
    group, weight = INEQUALITY[folder.name]
    return {
        "table": pl.read_csv(folder.parent / "values.csv"),
        "value": "gdp_per_head",
        "group": group,
        "weight": weight,
    }


def test_theil_and_dagum_split_inequality_as_the_reference_does(folder: Path, arguments: dict[str, Any]) -> None:
    t, log, gini = theil(**arguments), theil(**arguments, index="L"), dagum(**arguments)
    found = {
        "theil_t": t.total,
        "theil_t_within": t.within,
        "theil_t_between": t.between,
        "theil_l": log.total,
        "theil_l_within": log.within,
        "theil_l_between": log.between,
        "gini": gini.total,
        "dagum_within": gini.within,
        "dagum_between_net": gini.between,
        "dagum_transvariation": gini.transvariation,
    }
    wanted = dict(pl.read_csv(folder / "summary.csv").iter_rows())
    assert found == pytest.approx({name: wanted[name] for name in found}, rel=1e-9)
    assert set(wanted) - set(LEFT_OUT) == set(found)


def test_groups_have_the_shares_and_the_inequality_of_the_reference(
    folder: Path, arguments: dict[str, Any], assert_equal: Callable[..., None]
) -> None:
    group = arguments["group"]
    found = dagum(**arguments).groups.rename({group: "group", "units": "n"})
    for index in "TL":
        inside = theil(**arguments, index=index).groups.select(pl.col(group), pl.col("theil"))
        found = found.join(inside.rename({group: "group", "theil": f"theil_{index.lower()}"}), on="group")
    assert_equal(found, pl.read_csv(folder / "groups.csv"), "group")


def test_pairs_of_groups_have_the_distance_of_the_reference(
    folder: Path, arguments: dict[str, Any], assert_equal: Callable[..., None]
) -> None:
    wanted = pl.read_csv(folder / "pairs.csv").select(
        "richer", "poorer", gini="gini_between", distance="economic_distance"
    )
    assert_equal(dagum(**arguments).pairs, wanted, "richer", "poorer")


@pytest.mark.parametrize(
    ("file", "weights", "adjusted"),
    [("expected", (1, 1, 1), False), ("expected_adjusted", (0.4, 0.3, 0.3), True)],
)
def test_coupling_and_coordination_are_the_published_ones(
    file: str, weights: tuple[float, ...], adjusted: bool, reference: Path, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "worked" / "coupling_obstacle_mathmodels"
    dimensions = dict(zip(("s1", "s2", "s3"), weights, strict=True))
    found = coupling_coordination(pl.read_csv(folder / "input.csv"), dimensions, adjusted=adjusted)
    wanted = pl.read_csv(folder / f"{file}.csv").select("id", "coupling", "coordination", degree="ccd")
    assert_equal(found, wanted, "id", precision=5.1e-4, absolute=True)


@pytest.mark.parametrize(("prefix", "weights"), [("obs_", (1, 1, 1)), ("obs_w_", (0.4, 0.3, 0.3))])
def test_obstacles_are_the_published_gaps_as_shares(
    prefix: str, weights: tuple[float, ...], reference: Path, score: Score, assert_equal: Callable[..., None]
) -> None:
    folder = reference / "worked" / "coupling_obstacle_mathmodels"
    columns = ("s1", "s2", "s3")
    definition = {
        "data": {"unit": "id"},
        "indicators": {name: {"weight": weight} for name, weight in zip(columns, weights, strict=True)},
        "methodology": {"normalisation": "none", "weighting": "given"},
    }
    found = obstacle_degree(score(definition, pl.read_csv(folder / "input.csv")))
    gaps = pl.read_csv(folder / "expected.csv").select(
        "id", *(pl.col(f"{prefix}{name}").alias(name) for name in columns)
    )
    shares = gaps.with_columns(pl.col(columns) / pl.sum_horizontal(columns))  # the package leaves out the division
    # gaps are printed to 5e-4, and add to 0.17 at least
    assert_equal(found, shares, "id", precision=5e-4 / 0.17, absolute=True)


def test_every_folder_of_inequality_is_computed(reference: Path) -> None:
    assert {path.name for path in (reference / "audit" / "inequality").iterdir() if path.is_dir()} == set(INEQUALITY)


@pytest.fixture
def incomes(reference: Path) -> pl.DataFrame:
    """Return income per head of countries over twenty years, and the schooling with which they started."""
    wide = pl.read_csv(reference / "audit" / "convergence" / "panel.csv")
    return wide.unpivot(index=["unit", "eys"], variable_name="year", value_name="income").with_columns(
        pl.col("year").cast(pl.Int64)
    )


def test_spread_between_countries_falls_as_in_the_reference(
    reference: Path, incomes: pl.DataFrame, assert_equal: Callable[..., None]
) -> None:
    found = convergence(incomes, "income", unit="unit", period="year")
    population = convergence(incomes, "income", unit="unit", period="year", ddof=0)
    table = found.sigma.select(year="period", mean="mean", cv_sample="cv", sd_log_sample="sd_log").hstack(
        population.sigma.select(sd_log_population="sd_log", cv_population="cv")
    )
    assert_equal(table, pl.read_csv(reference / "audit" / "convergence" / "sigma.csv"), "year")
    wanted = pl.read_csv(reference / "audit" / "convergence" / "beta.csv").filter(model="sigma")["value"].item()
    assert found.trend == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(("model", "controls"), [("absolute", []), ("conditional", ["eys"])])
def test_poorer_countries_grow_faster_as_in_the_reference(
    reference: Path, incomes: pl.DataFrame, model: str, controls: list[str]
) -> None:
    found = convergence(incomes, "income", unit="unit", period="year", controls=controls)
    figures = {
        ("const" if term == "constant" else term, statistic): figure
        for term, *row in found.beta.rows()
        for statistic, figure in zip(found.beta.columns[1:], row, strict=True)
    }
    figures |= {("model", "n"): found.units, ("model", "r2"): found.r2}
    figures |= {("model", "speed"): found.speed, ("model", "half_life"): found.half_life}
    table = pl.read_csv(reference / "audit" / "convergence" / "beta.csv").filter(model=model)
    wanted = {(term, statistic): value for term, statistic, value in table.drop("model").rows()}
    assert figures == pytest.approx(wanted, rel=1e-9)
