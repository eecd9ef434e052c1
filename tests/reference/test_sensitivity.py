"""Sobol' indices, their intervals, and what is said of ranks over many draws, beside figures that others computed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from indicia.analysis import DrawnRanks, drawn_ranks, elementary_effects, sobol_indices
from indicia_robustness.estimators import ESTIMATORS, Order, Runs
from indicia_robustness.indices import (
    Interval,
    bias_and_acceleration,
    blocks,
    bootstrap,
    check_factors,
    jackknife,
    limits,
    replicates,
    sobol,
)
from indicia_robustness.rank_distribution import (
    Ties,
    average_shift,
    rank_statistics,
    ranks,
    top,
)
from indicia_robustness.sampling import alternative, generator, saltelli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Equal: TypeAlias = Callable[..., None]

Array: TypeAlias = npt.NDArray[np.float64]

SAMPLES = {"ishigami": 3, "g4": 4, "linear": 3}
"""The functions of which a sample stands in a file, and their inputs."""

SAMPLE_VARIANCE = "_sample_variance"

COMPARED = {
    "analytic.csv",
    "bootstrap_intervals.csv",
    "bootstrap_replicates.csv",
    "bootstrap_rows.csv",
    "ranks/acceptability.csv",
    "ranks/average_shift_per_draw.csv",
    "ranks/draws.csv",
    "ranks/pairwise.csv",
    "ranks/rank_intervals.csv",
    "ranks/summary.csv",
    "ranks/tiers.csv",
    *(f"{name}_{what}.csv" for name in SAMPLES for what in ("sample", "estimates")),
}

MORRIS = {"g4": ["u1", "u2", "u3", "u4"], "ishigami": ["u1", "u2", "u3"]}
"""The functions with a sample of trajectories, and their inputs."""
COMPARED |= {f"{name}_morris{what}.csv" for name in MORRIS for what in ("", "_effects", "_sample")}

ASEM_COMPARED = {
    "sobol_ishigami_sample.csv",
    "sobol_ishigami_indices.csv",
    *(f"sens_sa_n60_{what}.csv" for what in ("design", "scores", "nominal", "ranks", "rankstats", "target", "indices")),
    *(f"sens_ua_n100_{what}.csv" for what in ("design", "scores", "nominal", "ranks", "rankstats")),
}

ASEM_LEFT_OUT = {"sens_weight_sets.csv": "the weights that the run is given; what is made of them are the scores"}


@pytest.fixture
def sensitivity(reference: Path) -> Path:
    return reference / "sensitivity"


@pytest.fixture
def golden(reference: Path) -> Path:
    return reference / "asem" / "golden"


def sample(folder: Path, name: str) -> Runs:
    """Return the outputs of a sample that stands in a file."""
    table = pl.read_csv(folder / f"{name}_sample.csv")
    inputs = range(1, SAMPLES[name] + 1)
    parts = ["y_a", "y_b", *(f"y_ab{at}" for at in inputs), *(f"y_ba{at}" for at in inputs)]
    return blocks(np.concatenate([table[part].to_numpy() for part in parts]), SAMPLES[name], crossed=True)


def by_run(table: pl.DataFrame, count: int, *, row_by_row: bool) -> pl.DataFrame:
    """Return a sample with a row for each run, part by part, or row by row as SALib lists runs."""
    a, b = (table.select(f"{part}{at}" for at in range(1, count + 1)).to_numpy() for part in "ab")
    mixed = [np.where(np.arange(count) == at, b, a) for at in range(count)]
    crossed = [np.where(np.arange(count) == at, a, b) for at in range(count)]
    parts = [("a", a), ("b", b), *((f"ab{at + 1}", u) for at, u in enumerate(mixed))]
    parts += [(f"ba{at + 1}", u) for at, u in enumerate(crossed)]
    if row_by_row:
        parts.append(parts.pop(1))
    u = np.stack([part for _, part in parts], axis=1 if row_by_row else 0).reshape(-1, count)
    y = np.stack([table[f"y_{name}"].to_numpy() for name, _ in parts], axis=1 if row_by_row else 0).ravel()
    return pl.DataFrame({**{str(at + 1): u[:, at] for at in range(count)}, "y": y})


@pytest.mark.parametrize("shape", ["a column for each part", "part by part", "row by row"])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_estimate_is_that_of_the_reference(name: str, shape: str, sensitivity: Path) -> None:
    table = pl.read_csv(sensitivity / f"{name}_sample.csv")
    if shape != "a column for each part":
        table = by_run(table, SAMPLES[name], row_by_row=shape == "row by row")
    plain, other = (
        sobol_indices(table, estimators="all", interval=None, sample_variance=sample_variance)
        for sample_variance in (False, True)
    )
    other = other.with_columns(pl.col("estimator") + SAMPLE_VARIANCE)
    wanted = pl.read_csv(sensitivity / f"{name}_estimates.csv", schema_overrides={"input": pl.String})
    both = wanted.join(pl.concat([plain, other]), on=["input", "estimator", "order"], suffix="_ours")
    assert len(both) == len(wanted)
    assert both["value_ours"].to_numpy() == pytest.approx(both["value"].to_numpy(), rel=1e-12, abs=1e-12)
    seen = set(wanted.filter(~pl.col("estimator").str.ends_with(SAMPLE_VARIANCE)).select("order", "estimator").rows())
    assert seen == {(order, formula) for order, known in ESTIMATORS.items() for formula in known}


@pytest.mark.parametrize("name", MORRIS)
def test_elementary_effects_are_those_of_the_reference(name: str, sensitivity: Path) -> None:
    found = elementary_effects(pl.read_csv(sensitivity / f"{name}_morris_sample.csv"))
    effects = pl.read_csv(sensitivity / f"{name}_morris_effects.csv").to_numpy()
    assert found.effects.to_numpy() == pytest.approx(effects, abs=1e-12)
    wanted = pl.read_csv(sensitivity / f"{name}_morris.csv")
    assert found.statistics["input"].to_list() == MORRIS[name]
    for column in ("mu", "mu_star", "sigma"):
        assert found.statistics[column].to_numpy() == pytest.approx(wanted[column].to_numpy(), abs=1e-12)


@pytest.mark.parametrize("order", ["first", "total"])
def test_replicates_of_the_bootstrap_are_those_of_the_reference(order: Order, sensitivity: Path) -> None:
    wanted = pl.read_csv(sensitivity / "bootstrap_replicates.csv").select(f"{order}{at}" for at in (1, 2, 3))
    assert drawn(sensitivity, order) == pytest.approx(wanted.to_numpy(), abs=1e-12)


@pytest.mark.parametrize("order", ["first", "total"])
def test_intervals_of_the_bootstrap_are_those_of_the_reference(order: Order, sensitivity: Path) -> None:
    wanted = pl.read_csv(sensitivity / "bootstrap_intervals.csv").filter(order=order).sort("input")
    runs = sample(sensitivity, "ishigami")
    point, again = sobol(runs, order, "jansen1999")[:, 0], drawn(sensitivity, order)
    left_out = jackknife(runs, order, "jansen1999")[:, :, 0]
    assert point == pytest.approx(wanted["estimate"].to_numpy(), abs=1e-12)
    assert again.std(axis=0, ddof=1) == pytest.approx(wanted["se"].to_numpy(), abs=1e-12)
    bias, acceleration = bias_and_acceleration(point, again, left_out)
    assert bias == pytest.approx(wanted["z0"].to_numpy(), abs=1e-12)
    assert acceleration == pytest.approx(wanted["acceleration"].to_numpy(), abs=1e-12)
    kinds: tuple[Interval, ...] = ("percentile", "basic", "normal", "bca")
    for kind in kinds:
        low, high = limits(point, again, interval=kind, left_out=left_out)
        assert low == pytest.approx(wanted[f"{kind}_low"].to_numpy(), abs=1e-12)
        assert high == pytest.approx(wanted[f"{kind}_high"].to_numpy(), abs=1e-12)


def drawn(folder: Path, order: Order) -> Array:
    rows = pl.read_csv(folder / "bootstrap_rows.csv").drop("replicate").to_numpy() - 1
    return replicates(sample(folder, "ishigami"), rows, order, "jansen1999")[:, :, 0]


def ishigami(b: float, u: Array) -> Array:
    x = np.pi * (2 * u.T - 1)
    found: Array = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])
    return found


def g(a: tuple[float, ...], u: Array) -> Array:
    found: Array = np.prod((np.abs(4 * u - 2) + a) / (1 + np.array(a)), axis=1)
    return found


def linear(u: Array) -> Array:
    return 10 + 2 * u[:, 0] + u[:, 1] + 0.5 * u[:, 2] + 3 * u[:, 0] * u[:, 1] - u[:, 1] * u[:, 2]


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "ishigami_7_0.05": partial(ishigami, 0.05),
    "ishigami_7_0.1": partial(ishigami, 0.1),
    "g_8": partial(g, (0, 1, 4.5, 9, 99, 99, 99, 99)),
    "g_4": partial(g, (0, 0.5, 3, 9)),
    "linear_interactions": linear,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_indices_of_a_design_of_ours_are_the_analytic_ones_within_their_error(name: str, sensitivity: Path) -> None:
    wanted = pl.read_csv(sensitivity / "analytic.csv").filter(function=name).sort("input")
    design = saltelli(8192, wanted.height, generator(1))
    runs = blocks(FUNCTIONS[name](design), wanted.height)
    orders: tuple[Order, ...] = ("first", "total")
    for order in orders:
        low, high = bootstrap(runs, order, generator(2), resamples=200, level=0.9999, interval="normal")
        analytic = wanted[order].to_numpy()
        assert ((low[:, 0] <= analytic) & (analytic <= high[:, 0])).all()
        assert (high - low).max() < 0.15
    both = np.concatenate([runs.a, runs.b])
    assert both.mean() == pytest.approx(wanted["mean"][0], rel=0.01)
    assert both.var() == pytest.approx(wanted["variance"][0], rel=0.02)


def test_every_function_with_analytic_indices_is_tried(sensitivity: Path) -> None:
    assert set(pl.read_csv(sensitivity / "analytic.csv")["function"]) == set(FUNCTIONS)


SHAPES = ("a row for each unit", "a row for each draw", "a row for each unit and draw")


@pytest.fixture(params=SHAPES)
def drawn_table(request: pytest.FixtureRequest, sensitivity: Path) -> DrawnRanks:
    """The ranks of a table of draws in each of its shapes."""
    table = pl.read_csv(sensitivity / "ranks" / "draws.csv")
    if request.param == SHAPES[1]:
        table = table.transpose(include_header=True, header_name="draw", column_names="unit")
    elif request.param == SHAPES[2]:
        table = table.unpivot(index="unit", variable_name="draw", value_name="score")
    found = drawn_ranks(table)
    assert found.layout == request.param
    return found


def test_acceptability_is_that_of_the_reference(
    drawn_table: DrawnRanks, sensitivity: Path, assert_equal: Equal
) -> None:
    wanted = pl.read_csv(sensitivity / "ranks" / "acceptability.csv")
    table = drawn_table.acceptability.rename(lambda name: name if name == "unit" else f"rank_{name}")
    assert_equal(table, wanted, "unit")
    three = top(drawn_table.ranks, 3)
    assert three == pytest.approx(wanted.drop("unit").to_numpy()[:, :3].sum(axis=1), abs=1e-12)


def test_pairs_stand_above_each_other_as_often_as_in_the_reference(drawn_table: DrawnRanks, sensitivity: Path) -> None:
    found = {row[0]: row[1:] for row in drawn_table.pairwise.iter_rows()}
    at = {unit: column for column, unit in enumerate(drawn_table.names)}
    wanted = pl.read_csv(sensitivity / "ranks" / "pairwise.csv")
    for a, b, share in wanted.iter_rows():
        assert found[a][at[b]] == pytest.approx(share, abs=1e-12)
    assert wanted.height == 12 * 11


def test_tiers_are_those_of_the_reference(drawn_table: DrawnRanks, sensitivity: Path, assert_equal: Equal) -> None:
    wanted = pl.read_csv(sensitivity / "ranks" / "tiers.csv").drop("nominal")
    table = drawn_table.units.select("unit", nominal_rank="rank", p_previous_above="stands_below", tier="tier")
    assert table["unit"].to_list() == wanted["unit"].to_list()
    assert_equal(table, wanted, "unit")


def test_rank_intervals_are_those_of_the_reference(
    drawn_table: DrawnRanks, sensitivity: Path, assert_equal: Equal
) -> None:
    rank, lower, upper = pl.col("rank"), pl.col("lower"), pl.col("upper")
    table = drawn_table.units.select(
        *("unit", rank.alias("nominal_rank"), "mean", "median", lower.alias("q05"), upper.alias("q95")),
        width=upper - lower,
        nominal_outside=((rank < lower) | (rank > upper)).cast(pl.Float64),
    )
    assert_equal(table, pl.read_csv(sensitivity / "ranks" / "rank_intervals.csv"), "unit", precision=1e-12)


def test_the_average_shift_is_that_of_the_reference(drawn_table: DrawnRanks, sensitivity: Path) -> None:
    folder = sensitivity / "ranks"
    shift = drawn_table.shifts["shift"].to_numpy()
    assert shift == pytest.approx(pl.read_csv(folder / "average_shift_per_draw.csv")["shift"].to_numpy(), abs=1e-12)
    summary = dict(pl.read_csv(folder / "summary.csv").iter_rows())
    units = drawn_table.units
    wide = (units["upper"] - units["lower"] > 3).sum()
    ours = {"tiers": units["tier"].max(), "average_shift": shift.mean(), "units_with_width_above_3": wide}
    assert ours == pytest.approx(summary, abs=1e-12)


@pytest.mark.parametrize("name", ["sa_n60", "ua_n100"])
def test_ranks_and_what_is_said_of_them_are_those_of_coinr(name: str, golden: Path, assert_equal: Equal) -> None:
    scores = pl.read_csv(golden / f"sens_{name}_scores.csv", infer_schema_length=None)
    units, drawn = scores["uCode"], ranks(scores.drop("uCode").to_numpy().T.astype(float))
    wanted = pl.read_csv(golden / f"sens_{name}_ranks.csv", infer_schema_length=None)
    assert wanted["uCode"].to_list() == units.to_list()
    assert drawn.tolist() == wanted.drop("uCode").to_numpy().T.tolist()
    nominal = pl.DataFrame({"uCode": units, "Score": scores["Nominal"], "Rank": drawn[0]})
    assert_equal(nominal, pl.read_csv(golden / f"sens_{name}_nominal.csv"), "uCode")
    found = rank_statistics(drawn[1 : 121 if name == "sa_n60" else None])  # COINr takes A and B alone
    table = pl.DataFrame(
        {
            "uCode": units,
            "Nominal": drawn[0],
            "Mean": found.mean,
            "Median": found.median,
            "Q5": found.lower,
            "Q95": found.upper,
        }
    )
    assert_equal(table, pl.read_csv(golden / f"sens_{name}_rankstats.csv"), "uCode")


def test_the_indices_of_the_average_shift_are_those_of_coinr(golden: Path) -> None:
    drawn = pl.read_csv(golden / "sens_sa_n60_ranks.csv", infer_schema_length=None).drop("uCode").to_numpy().T
    shift = average_shift(drawn[1:].astype(float), drawn[0].astype(float))
    wanted = pl.read_csv(golden / "sens_sa_n60_target.csv").sort("rep")["mean_abs_rank_change"].to_numpy()
    assert shift == pytest.approx(wanted, abs=1e-12)
    assert_coinr(blocks(shift, 5), golden / "sens_sa_n60_indices.csv")


def test_the_indices_of_the_ishigami_function_are_those_of_coinr(golden: Path) -> None:
    table = pl.read_csv(golden / "sobol_ishigami_sample.csv")
    order = ["A", "B", *(f"AB{at}" for at in (1, 2, 3))]
    parts = table.partition_by("block", as_dict=True)
    by_name = {str(name).replace("_", ""): part for (name,), part in parts.items()}
    assert sorted(by_name) == sorted(order)
    assert_coinr(
        blocks(np.concatenate([by_name[name]["y"].to_numpy() for name in order]), 3),
        golden / "sobol_ishigami_indices.csv",
    )
    u = table.select("u1", "u2", "u3").to_numpy()
    assert ishigami(0.1, u) == pytest.approx(table["y"].to_numpy(), abs=1e-12)


def assert_coinr(runs: Runs, path: Path) -> None:
    wanted = pl.read_csv(path)
    check_factors(runs, wanted["Variable"].to_list())
    first = sobol(runs, "first", "saltelli2010", sample_variance=True)[:, 0]
    total = sobol(runs, "total", "jansen1999", sample_variance=True)[:, 0]
    assert first == pytest.approx(wanted["Si"].to_numpy(), rel=1e-12, abs=1e-12)
    assert total == pytest.approx(wanted["STi"].to_numpy(), rel=1e-12, abs=1e-12)
    if "Variance" in wanted.columns:
        both = np.concatenate([runs.a, runs.b])
        assert wanted["Variance"].to_numpy() == pytest.approx(both.var(ddof=1), rel=1e-12)


@pytest.mark.parametrize("name", ["sa_n60", "ua_n100"])
def test_alternatives_are_those_of_coinr_once_u_is_stretched_over_its_bins(name: str, golden: Path) -> None:
    # COINr cuts the range of the sample into bins, where ours are those of 0 to 1
    design = pl.read_csv(golden / f"sens_{name}_design.csv")
    for factor, count in {"Imputation": 2, "Winmax": 5, "Normalisation": 2, "Weights": 50, "Aggregation": 2}.items():
        u = design[f"u_{factor}"].to_numpy()
        stretched = (u - u.min()) / (u.max() - u.min())
        assert (alternative(stretched, count) + 1).tolist() == design[f"alt_{factor}"].to_list()


def test_the_design_of_coinr_mixes_columns_as_ours_does(golden: Path) -> None:
    u = pl.read_csv(golden / "sens_sa_n60_design.csv").select(pl.col("^u_.*$")).to_numpy()
    a, b, *mixed = u.reshape(7, 60, 5)
    for at, part in enumerate(mixed):
        assert (part == np.where(np.arange(5) == at, b, a)).all()


def test_every_policy_for_ties_agrees_where_there_are_none(golden: Path) -> None:
    scores = pl.read_csv(golden / "sens_ua_n100_scores.csv", infer_schema_length=None).drop("uCode").to_numpy().T
    without_ties = [row for row in scores if len(set(row)) == len(row)]
    assert without_ties
    policies: tuple[Ties, ...] = ("max", "average", "dense")
    for ties in policies:
        assert (ranks(np.array(without_ties), ties) == ranks(np.array(without_ties))).all()


def test_every_file_is_compared_or_left_out_for_a_reason(sensitivity: Path, golden: Path) -> None:
    files = {path.relative_to(sensitivity).as_posix() for path in sensitivity.rglob("*.csv")}
    assert files == COMPARED
    files = {path.name for pattern in ("sens_*.csv", "sobol_*.csv") for path in golden.glob(pattern)}
    assert files == ASEM_COMPARED | set(ASEM_LEFT_OUT)
