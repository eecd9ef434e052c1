"""Uncertainty and sensitivity of the ASEM index, on the very sample that the R package COINr drew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.definition import Robustness, build_tree, with_choices
from indicia.index import Index
from indicia.robustness import Study
from indicia.robustness.indices import blocks, sobol
from indicia.robustness.rank_distribution import average_shift

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from indicia.definition import Definition, Node
    from indicia.methods import Array
    from indicia.robustness import Robust

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
SETS, SOBOL_ROWS = 50, 60
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
def analysed(
    definition: dict[str, Any], read: Read, reference: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Robust]:
    """Return the analyses of both samples."""
    folder = tmp_path_factory.mktemp("weights")
    sets = read("sens_weight_sets").filter(pl.col("iCode") != "Index").pivot("iCode", index="set", values="Weight")
    sets.sort("set").drop("set").write_csv(folder / "sets.csv")
    index = Index(definition, installed())
    table = index.read_table(reference / "asem" / "indicators.csv").sort("uCode")

    def planned(chosen: Mapping[str, Any]) -> tuple[Definition, Node]:
        other = with_choices(index.definition, chosen)
        return other, build_tree(other, index.catalogue, index.origin)

    def analyse(key: str) -> Robust:
        sampled = read(f"sens_{key}_design").sort("rep").select(f"alt_{name}" for name in INPUTS)
        sensitivity = {"sensitivity": SOBOL_ROWS} if key == "sa_n60" else {}
        varied = Robustness(**VARIED, weights={"table": "sets.csv"}, draws=SETS, **sensitivity)
        design = sampled.to_numpy().astype(np.int64) - 1
        return Study(planned, table, varied, seed=1, folder=folder, design=design).run()

    return {key: analyse(key) for key in KEYS}


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
    """The runs mix the samples in the order that COINr has its inputs in, and it does not centre the estimator."""
    golden = read(INDICES)
    shift = average_shift(analysed["sa_n60"].ranks, analysed["sa_n60"].nominal_ranks)
    found = blocks(shift, len(INPUTS))
    first = sobol(found, "first", "saltelli2010", sample_variance=True)[:, 0]
    total = sobol(found, "total", "jansen1999", sample_variance=True)[:, 0]
    assert set(golden["Variable"]) == set(INPUTS)
    np.testing.assert_allclose(first, golden["Si"], rtol=1e-9)
    np.testing.assert_allclose(total, golden["STi"], rtol=1e-9)


def test_every_file_of_the_reference_is_compared_or_goes_in(reference: Path) -> None:
    """The 5 and 95 % limits of indices are left out: they are of 200 random resamples."""
    files = {path.stem for path in (reference / "asem" / "golden").glob("sens_*.csv")}
    compared = {f"sens_{key}_{what}" for key in KEYS for what in ("scores", "ranks", "nominal", "rankstats")}
    assert files == compared | DESIGNED | {TARGET, INDICES}
