"""Uncertainty and sensitivity of the ASEM index, on the very sample that the R package COINr drew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.analysis import sobol_indices
from indicia.catalogue import installed
from indicia.index import Index
from indicia_robustness.rank_distribution import average_shift

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.methods import Array
    from indicia_robustness import Robust

    Read = Callable[[str], pl.DataFrame]

INPUTS = ("Imputation", "Winmax", "Normalisation", "Aggregation", "Weights")
"""The inputs of COINr in the order of the factors: stages as they follow each other, then weights."""
VARIED: dict[str, Any] = {
    "imputation": ["mean(within='EurAsia_group')", "median(within='EurAsia_group')"],
    "treatment": [f"winsorise(points={points}, otherwise=log_range)" for points in range(1, 6)],
    "normalisation": ["min_max(lower=1, upper=100)", "z_score(mean=50, sd=8)"],
    "aggregation": ["arithmetic", "geometric"],
}
NOMINAL = {
    "imputation": VARIED["imputation"][0],
    "treatment": VARIED["treatment"][4],
    "normalisation": "min_max(upper=100)",
    "aggregation": "arithmetic",
}
KEYS = ("ua_n100", "sa_n60")
TARGET, INDICES = "sens_sa_n60_target", "sens_sa_n60_indices"
DESIGNED = {"sens_weight_sets", *(f"sens_{key}_design" for key in KEYS)}
"""The uncertain inputs."""


@pytest.fixture(scope="module")
def read(reference: Path) -> Read:
    """Return a function that reads a golden file."""
    return lambda key: pl.read_csv(reference / "asem" / "golden" / f"{key}.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def definition(reference: Path) -> dict[str, Any]:
    """Return the index as COINr builds it."""
    structure = pl.read_csv(reference / "asem" / "structure.csv", infer_schema_length=None)
    indicators, dimensions = {}, {}
    columns = ("iCode", "Direction", "Parent", "Type", "Denominator")
    for code, direction, parent, kind, denominator in structure.select(columns).iter_rows():
        above = None if parent == "Index" else parent
        if kind == "Indicator":
            indicators[code] = {"dimension": above, "direction": str(direction), "per": denominator}
        elif kind == "Aggregate" and parent is not None:
            dimensions[code] = {"parent": above}
    return {
        "data": {"unit": "uCode", "groups": ["EurAsia_group"]},
        "dimensions": dimensions,
        "indicators": indicators,
        "methodology": NOMINAL,
    }


@pytest.fixture(scope="module")
def analysed(definition: dict[str, Any], read: Read, reference: Path) -> dict[str, Robust]:
    """Return the analyses of both samples, each of which is a design of ours in one call."""
    sets = read("sens_weight_sets").filter(pl.col("iCode") != "Index").pivot("iCode", index="set", values="Weight")
    index = Index(definition, installed())
    table = index.read_table(reference / "asem" / "indicators.csv").sort("uCode")

    def design_of(key: str) -> pl.DataFrame:
        """Return the runs in the words of an index: methods, and the weights of parts of their set."""
        sampled = read(f"sens_{key}_design").sort("rep")
        methods = [
            sampled[f"alt_{name}"].replace_strict(range(1, len(VARIED[stage]) + 1), VARIED[stage]).alias(stage)
            for name, stage in zip(INPUTS, VARIED, strict=False)
        ]
        weights = sampled.select(set="alt_Weights").join(sets, on="set", how="left", maintain_order="left").drop("set")
        return pl.DataFrame([sampled["rep"], *methods]).hstack(weights)

    return {key: index.robustness(table, design=design_of(key), seed=1).figures for key in KEYS}


def runs(golden: pl.DataFrame, names: list[str]) -> Array:
    """Return figures by run and unit."""
    rows = golden.sort("uCode")
    assert rows["uCode"].to_list() == names
    columns = [f"r_{number}" for number in range(1, golden.width - 1)]
    return rows.select(columns).to_numpy().T


@pytest.mark.parametrize("key", KEYS)
def test_the_scores_of_every_run_equal_those_of_coinr(key: str, analysed: dict[str, Robust], read: Read) -> None:
    robust = analysed[key]
    np.testing.assert_allclose(robust.scores, runs(read(f"sens_{key}_scores"), robust.names), rtol=1e-9)


@pytest.mark.parametrize("key", KEYS)
def test_the_ranks_of_every_run_equal_those_of_coinr(key: str, analysed: dict[str, Robust], read: Read) -> None:
    robust = analysed[key]
    assert (robust.ranks == runs(read(f"sens_{key}_ranks"), robust.names)).all()
    assert not robust.failed.any()


@pytest.mark.parametrize("key", KEYS)
def test_the_nominal_scores_and_ranks_equal_those_of_coinr(
    key: str, analysed: dict[str, Robust], read: Read, assert_equal: Callable[..., None]
) -> None:
    robust = analysed[key]
    scores, ranks = robust.nominal.nodes["index"], robust.nominal.rank
    found = pl.DataFrame({"uCode": robust.names, "Score": scores, "Rank": ranks})
    assert_equal(found, read(f"sens_{key}_nominal"), "uCode")


@pytest.mark.parametrize("key", KEYS)
def test_the_statistics_of_ranks_equal_those_of_coinr(
    key: str, analysed: dict[str, Robust], read: Read, assert_equal: Callable[..., None]
) -> None:
    """Of a sample for indices, COINr takes the two that the others are mixed of, and so do we."""
    names = {"rank": "Nominal", "mean": "Mean", "median": "Median", "lower": "Q5", "upper": "Q95"}
    found = analysed[key].units.select("uCode", *names).rename(names)
    assert_equal(found, read(f"sens_{key}_rankstats"), "uCode")


def test_the_average_shift_of_every_run_equals_that_of_coinr(analysed: dict[str, Robust], read: Read) -> None:
    robust = analysed["sa_n60"]
    golden = read(TARGET).sort("rep")["mean_abs_rank_change"].to_numpy()
    np.testing.assert_allclose(average_shift(robust.ranks, robust.nominal_ranks), golden, rtol=1e-9)


def test_sobol_indices_equal_those_of_coinr(analysed: dict[str, Robust], read: Read) -> None:
    """The design is one of Saltelli with five inputs, the weights together, and COINr does not centre the estimator."""
    golden, robust = read(INDICES), analysed["sa_n60"]
    assert analysed["ua_n100"].sensitivity_runs == 0
    assert robust.varied_factors == [*VARIED, "weights"]
    assert set(golden["Variable"]) == set(INPUTS)
    shift = average_shift(robust.ranks, robust.nominal_ranks)
    design = read("sens_sa_n60_design").sort("rep").select(f"u_{name}" for name in INPUTS)
    sample = design.rename(dict(zip(design.columns, INPUTS, strict=True))).with_columns(y=pl.Series(shift))
    found = sobol_indices(sample, estimators=["saltelli2010", "jansen1999"], interval=None, sample_variance=True)
    estimates = {(name, order, formula): value for name, order, formula, value in found.iter_rows()}
    for name, first, total in golden.select("Variable", "Si", "STi").iter_rows():
        assert estimates[name, "first", "saltelli2010"] == pytest.approx(first, rel=1e-9)
        assert estimates[name, "total", "jansen1999"] == pytest.approx(total, rel=1e-9)
    ours = dict(robust.sensitivity.select("factor", "total").iter_rows())
    population = sobol_indices(sample, interval=None).filter(order="total")["value"].to_list()
    assert [ours[word] for word in (*VARIED, "weights")] == pytest.approx(population, rel=1e-9)


def test_every_file_of_the_reference_is_compared_or_goes_in(reference: Path) -> None:
    """The 5 and 95 % limits of indices are left out: they are of 200 random resamples."""
    files = {path.stem for path in (reference / "asem" / "golden").glob("sens_*.csv")}
    compared = {f"sens_{key}_{what}" for key in KEYS for what in ("scores", "ranks", "nominal", "rankstats")}
    assert files == compared | DESIGNED | {TARGET, INDICES}
