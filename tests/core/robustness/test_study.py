"""A robustness analysis is as many runs of the index, each with its own choices."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.definition import STAGES
from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.robustness import Robust

    Make = Callable[..., Index]

UNITS = 10
INDICATORS: dict[str, Any] = {
    "jobs": {"dimension": "economy"},
    "pay": {"dimension": "economy", "weight": 2},
    "debt": {"dimension": "economy", "direction": "cost"},
    "air": {"dimension": "nature", "direction": "cost"},
    "green": {"dimension": "nature"},
    "water": {},
}
DIMENSIONS: dict[str, Any] = {"economy": {"weight": 3}, "nature": {}}
POSITIVE, Z_SCORE = "min_max(lower=1, upper=9)", "z_score(mean=50, sd=8)"
SPREAD = {"spread": 0.25}


def data(periods: int = 1, gaps: bool = False) -> pl.DataFrame:
    """Return units with figures from 1 to 9 that look arbitrary."""
    rows, random = UNITS * periods, np.random.default_rng(4)
    columns: dict[str, Any] = {
        "city": [f"c{number}" for number in range(UNITS)] * periods,
        "region": (["south", "north", "north"] * rows)[:rows],
        "year": [2020 + number // UNITS for number in range(rows)],
    }
    for at, name in enumerate(INDICATORS):
        values = (1 + 8 * random.permutation(rows) / (rows - 1)).tolist()
        if gaps and at % 2:
            values[(3 * at) % rows] = None
        columns[name] = values
    return pl.DataFrame(columns)


@pytest.fixture
def made(index: Make) -> Callable[..., Index]:
    """Return what makes the index of this module."""

    def make(methodology: dict[str, Any] | None = None, **tables: Any) -> Index:
        whole = {"normalisation": POSITIVE, **(methodology or {})}
        return index(tables.pop("indicators", INDICATORS), whole, **{"dimensions": DIMENSIONS, **tables})

    return make


def alone(made: Index, robust: Robust, run: int) -> Index:
    """Return the index with the choices of one run, its weights among them."""
    raw: dict[str, Any] = deepcopy(dict(made.raw))
    taken = {
        factor.name: factor.alternatives[number]
        for factor, number in zip(robust.factors, robust.design[run], strict=True)
    }
    for name, column in robust.weights.items():
        raw["indicators"][name]["weight"] = float(column[run])
    parents = {name: spec.get("dimension") for name, spec in raw["indicators"].items()}
    for dimension in raw.get("dimensions", {}):
        inside = [name for name in parents if parents[name] == dimension]
        raw["dimensions"][dimension]["weight"] = sum(float(robust.weights[name][run]) for name in inside)
    gone = {taken.get("indicators")}
    gone |= {name for name in parents if parents[name] == taken.get("dimensions") is not None}
    raw["indicators"] = {name: spec for name, spec in raw["indicators"].items() if name not in gone}
    kept = {spec.get("dimension") for spec in raw["indicators"].values()}
    raw["dimensions"] = {name: spec for name, spec in raw.get("dimensions", {}).items() if name in kept}
    stages = {stage: taken[stage] for stage in STAGES if stage in taken and stage != "weighting"}
    return Index(raw, made.catalogue).with_options(**{**stages, "weighting": "given"})


def check_runs(made: Index, table: pl.DataFrame, runs: int = 12, **varied: Any) -> Robust:
    """Compare the first runs, and the last, with the index that has their choices."""
    robust = made.robustness(table, seed=1, draws=40, **varied)
    for run in {*range(runs), len(robust.ranks) - 1}:
        result = alone(made, robust, run).score(table)
        rows = pl.Series(robust.rows)
        wanted = result.scored.ranked["index"].filter(rows).to_numpy()
        np.testing.assert_allclose(robust.scores[run], wanted, rtol=1e-12, atol=1e-12)
        ranks = result.scored.rank.cast(pl.Float64).filter(rows).to_numpy()
        np.testing.assert_array_equal(robust.ranks[run], ranks)
    assert not robust.failed.any()
    return robust


# As many runs


@pytest.mark.parametrize(
    "varied",
    [
        {"weights": SPREAD},
        {"weights": {"dirichlet": 20.0}, "aggregation": ["arithmetic", "geometric"]},
        {"weights": {"simplex": True}, "normalisation": [POSITIVE, Z_SCORE]},
        {"weights": {"ranges": {"economy": [0.2, 0.6], "jobs": [0.5, 0.6]}}, "aggregation": ["topsis", "vikor"]},
        {"normalisation": [POSITIVE, Z_SCORE], "aggregation": ["arithmetic", "median"], "weighting": ["equal"]},
        {"indicators": "leave_one_out"},
        {"dimensions": "leave_one_out", "weights": SPREAD},
        {"indicators": "leave_one_out", "dimensions": "leave_one_out", "aggregation": ["arithmetic", "copeland"]},
        {"weights": SPREAD, "indicators": "leave_one_out", "aggregation": ["topsis", "geometric"]},
        {"weights": SPREAD, "normalisation": [POSITIVE, Z_SCORE], "sensitivity": 8},
    ],
)
def test_every_run_is_the_index_with_its_choices(made: Make, varied: dict[str, Any]) -> None:
    check_runs(made(), data(), **varied)


@pytest.mark.parametrize("missing", ["skip(minimum_share=0)", "value(value=2)", "group_mean(within='region')"])
def test_gaps_are_the_same_gaps_where_an_indicator_is_left_out(made: Make, missing: str) -> None:
    check_runs(made({"missing": missing}), data(gaps=True), weights=SPREAD, indicators="leave_one_out")


@pytest.mark.parametrize("imputation", ["mean", "median(within='region')", "nearest(k=2)"])
def test_imputations_and_treatments_are_choices_too(made: Make, imputation: str) -> None:
    varied = {"imputation": [imputation, "none"], "treatment": ["none", "winsorise_quantiles"]}
    check_runs(made({"missing": "skip(minimum_share=0)"}), data(gaps=True), **varied)


@pytest.mark.parametrize(
    "words",
    [{"statistics": "period"}, {"decimals": 1}, {"rescaling": "min_max(lower=1, upper=2)"}, {"ties": "average"}],
)
def test_a_panel_is_ranked_in_one_period(made: Make, words: dict[str, Any]) -> None:
    robust = check_runs(
        made(words, period="year"), data(periods=3), weights=SPREAD, aggregation=["geometric", "topsis"]
    )
    assert robust.units["year"].unique().to_list() == [2022]
    earlier = made(words, period="year").robustness(data(periods=3), period=2020, draws=5, seed=1, weights=SPREAD)
    assert earlier.units["year"].unique().to_list() == [2020]


def test_a_period_is_named_as_it_is_read_also_where_years_are_decimal_numbers(made: Make) -> None:
    table = data(periods=2).with_columns(pl.col("year").cast(pl.Float64))
    robust = made(period="year").robustness(table, period=2020, draws=5, seed=1, weights=SPREAD)
    assert robust.units["year"].unique().to_list() == [2020.0]


def test_unrounded_scores_are_ranked_where_the_index_ranks_them(made: Make) -> None:
    check_runs(made({"decimals": 0, "rank_by": "unrounded"}), data(), weights=SPREAD)


def test_weights_that_are_found_are_found_anew_without_an_indicator(made: Make) -> None:
    methodology = {"weighting": "critic"}
    robust = made(methodology).robustness(data(), draws=60, seed=1, indicators="leave_one_out")
    (factor,) = robust.factors
    for run in range(15):
        name = factor.alternatives[robust.design[run, 0]]
        fewer = {key: spec for key, spec in INDICATORS.items() if key != name}
        wanted = made(methodology, indicators=fewer).score(data()).scored.ranked["index"]
        np.testing.assert_allclose(robust.scores[run], wanted.to_numpy(), rtol=1e-12)


def test_a_unit_that_screening_drops_without_an_indicator_has_no_rank_there(made: Make) -> None:
    table = data().with_columns(
        pl.when(pl.col("city") != "c3").then(pl.col(name)).alias(name) for name in ("jobs", "pay", "air")
    )
    index = made({"missing": "skip(minimum_share=0)"}, screening={"units": 0.5})
    robust = index.robustness(table, draws=60, seed=1, indicators="leave_one_out")
    gone = robust.design[:, 0]
    names = robust.factors[0].alternatives
    lost = np.isnan(robust.ranks[:, robust.names.index("c3")])
    assert [name for name in names if lost[gone == names.index(name)].any()] == ["debt", "green", "water"]
    assert not np.isnan(np.delete(robust.ranks, robust.names.index("c3"), axis=1)).any()


def test_units_that_are_not_ranked_have_no_rank_in_any_run(made: Make) -> None:
    robust = made(eligible={"without": ["c2"]}).robustness(data(), draws=20, seed=1, weights=SPREAD)
    last = robust.units.row(-1, named=True)
    assert last["city"] == "c2"
    assert last["mean"] is None
    assert last["tier"] == 0
    assert np.nanmax(robust.ranks) == UNITS - 1


# Weights


def test_a_stakeholder_weighs_all_nodes(made: Make, tmp_path: Path) -> None:
    table = {"person": ["Ana", "Bo"], "economy": [1, 3], "nature": [1, 1], "water": [2, 0]}
    columns = {**table, "jobs": [1, 0], "pay": [1, 0], "debt": [2, 5], "air": [3, 1], "green": [1, 1]}
    pl.DataFrame(columns).write_csv(tmp_path / "panel.csv")
    robust = check_runs(made(), data(), weights={"table": str(tmp_path / "panel.csv")})
    found = {tuple(round(float(robust.weights[name][run]), 12) for name in INDICATORS) for run in range(40)}
    assert found == {(0.0625, 0.0625, 0.125, 0.1875, 0.0625, 0.5), (0.0, 0.0, 0.75, 0.125, 0.125, 0.0)}


def test_weights_without_a_range_share_what_is_left(made: Make) -> None:
    robust = made().robustness(data(), draws=200, seed=1, weights={"ranges": {"jobs": [0.4, 0.6]}})
    economy = 3 / 5
    jobs, pay, debt = (robust.weights[name] / economy for name in ("jobs", "pay", "debt"))
    assert jobs.min() < 0.42
    assert jobs.max() > 0.58
    np.testing.assert_allclose(pay, 2 * debt)
    np.testing.assert_allclose(jobs + pay + debt, 1)
    np.testing.assert_allclose(robust.weights["water"], 1 / 5)


def test_a_set_of_weights_stays_the_same_whatever_else_is_chosen(made: Make) -> None:
    robust = made().robustness(
        data(), draws=8, seed=1, weights=SPREAD, aggregation=["arithmetic", "topsis"], sensitivity=8
    )
    at = [factor.name for factor in robust.factors].index("weights")
    for number in range(8):
        same = robust.design[:, at] == number
        assert all(np.ptp(column[same]) == 0 for column in robust.weights.values())


# Errors of the data


def single(index: Make, spec: dict[str, Any] | None = None, **words: Any) -> Index:
    return index({"jobs": spec or {}}, {"normalisation": "none"}, **words)


def test_noise_is_a_share_of_the_value(index: Make) -> None:
    table = data()
    robust = single(index).robustness(table, draws=4000, seed=1, data={"noise": 0.1})
    jobs = table["jobs"].to_numpy()
    assert robust.scores.mean(axis=0) == pytest.approx(jobs, rel=0.01)
    assert robust.scores.std(axis=0) == pytest.approx(0.1 * jobs, rel=0.05)
    assert abs(np.corrcoef(robust.scores[:, 0], robust.scores[:, 1])[0, 1]) < 0.05


def test_standard_errors_come_from_a_column_in_the_unit_of_the_data(index: Make) -> None:
    table = data(periods=2).with_columns(
        se=pl.Series([None, 0.0, *[0.5] * 18]), people=pl.Series([float(number + 1) for number in range(20)])
    )
    made = single(index, {"factor": 100, "per": "people"}, data={"where": {"year": 2021}})
    robust = made.robustness(table, draws=4000, seed=1, data={"se": {"jobs": "se"}})
    people = table["people"].to_numpy()[10:]
    assert robust.scores.std(axis=0) == pytest.approx(50 / people, rel=0.05)


def test_a_standard_error_has_no_sign_though_its_indicator_is_turned_round(index: Make) -> None:
    made = single(index, {"factor": -2})
    robust = made.robustness(data().with_columns(se=pl.lit(0.5)), draws=4000, seed=1, data={"se": {"jobs": "se"}})
    assert robust.scores.std(axis=0) == pytest.approx(np.ones(UNITS), rel=0.05)


def test_columns_of_standard_errors_are_found_by_name(index: Make) -> None:
    made = index({"jobs": {"column": "employment"}, "pay": {}})
    table = data().rename({"jobs": "employment"}).with_columns(employment_se=pl.col("employment") / 10)
    by_name = made.robustness(table, draws=20, seed=1, data={"se": "columns"})
    named = made.robustness(table, draws=20, seed=1, data={"se": {"jobs": "employment_se"}})
    np.testing.assert_array_equal(by_name.scores, named.scores)
    with pytest.raises(DefinitionError, match="no indicator has a column of standard errors in the data, such as emp"):
        made.robustness(table.drop("employment_se"), draws=20, seed=1, data={"se": "columns"})


def test_no_standard_error_is_no_error(index: Make) -> None:
    table = data().with_columns(se=pl.Series([None, 0.0, *[0.5] * 8]))
    robust = single(index).robustness(table, draws=50, seed=1, data={"se": {"jobs": "se"}})
    assert np.ptp(robust.scores[:, 0]) == np.ptp(robust.scores[:, 1]) == 0
    assert (np.ptp(robust.scores[:, 2:], axis=0) > 0).all()


def test_a_column_of_standard_errors_goes_before_noise(index: Make) -> None:
    table = data().with_columns(se=pl.lit(0.0))
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none"})
    robust = made.robustness(table, draws=2000, seed=1, data={"se": {"jobs": "se"}, "noise": 0.1})
    assert robust.scores.std(axis=0) == pytest.approx(0.05 * table["pay"].to_numpy(), rel=0.08)


def test_data_weights_and_methods_vary_together(made: Make) -> None:
    varied: dict[str, Any] = {
        "data": {"noise": 0.05},
        "weights": SPREAD,
        "normalisation": [POSITIVE, Z_SCORE],
        "imputation": ["mean", "constant(value=9)"],
        "indicators": "leave_one_out",
        "sensitivity": 32,
    }
    robust = made({"missing": "skip"}).robustness(data(gaps=True), draws=30, seed=1, **varied)
    assert np.isfinite(robust.ranks).all()
    assert set(robust.sensitivity["factor"]) == {"data", "weights", "normalisation", "imputation", "indicators"}


# The same result


VARIED: dict[str, Any] = {
    "weights": SPREAD,
    "normalisation": [POSITIVE, Z_SCORE],
    "aggregation": ["arithmetic", "topsis", "geometric"],
}


def test_the_same_seed_gives_the_same_result_and_another_seed_another(made: Make) -> None:
    one, again, other = (made().robustness(data(), draws=50, seed=seed, **VARIED) for seed in (1, 1, 2))
    assert (one.scores == again.scores).all()
    assert not (one.scores == other.scores).all()


def test_of_a_draw_ranks_alone_are_kept_and_the_rest_is_computed_when_it_is_asked_for(made: Make) -> None:
    found = made().robustness(data(), draws=50, seed=1, **VARIED)
    assert found.kept.nbytes == 50 * UNITS * 2
    assert not {"scores", "weights"} & set(vars(found))
    again = made().robustness(data(), draws=50, seed=1, **VARIED)
    assert (found.scores == again.scores).all()
    assert all((column == again.weights[name]).all() for name, column in found.weights.items())
    assert (found.ranks == found.kept).all()
    assert found.ranks.dtype == float


@pytest.mark.parametrize("noise", [None, {"noise": 0.05}])
def test_the_size_of_chunks_changes_nothing(made: Make, monkeypatch: pytest.MonkeyPatch, noise: Any) -> None:
    whole = made().robustness(data(), draws=50, seed=1, data=noise, **VARIED)
    for name in ("ROWS", "_NUMBERS"):
        monkeypatch.setattr(sys.modules["indicia.engine.ensemble"], name, 3 * UNITS)
    parts = made().robustness(data(), draws=50, seed=1, data=noise, **VARIED)
    assert (whole.scores == parts.scores).all()
    assert (whole.ranks == parts.ranks).all()


def test_the_order_in_which_methods_are_listed_changes_nothing(made: Make) -> None:
    turned = {name: several[::-1] if isinstance(several, list) else several for name, several in VARIED.items()}
    one, other = (made().robustness(data(), draws=50, seed=1, **varied) for varied in (VARIED, turned))
    assert (one.scores == other.scores).all()


_SCRIPT = """
import hashlib, numpy as np, polars as pl, indicia
x = np.random.default_rng(1).lognormal(size=(300, 6))
table = pl.DataFrame({"unit": [f"u{n}" for n in range(300)], **{f"x{j}": x[:, j] for j in range(6)}})
index = indicia.read({"data": {"unit": "unit"}, "indicators": {f"x{j}": {} for j in range(6)}})
found = index.robustness(table, draws=1500, seed=1, weights={"spread": 0.25}, normalisation=["min_max", "vector"],
                         aggregation=["arithmetic", "topsis"], data=DATA)
print(hashlib.sha256(found.scores.tobytes() + found.ranks.tobytes()).hexdigest())
"""


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["None", "{'noise': 0.05}"])
def test_the_number_of_threads_changes_nothing(noise: str) -> None:
    import os

    script = _SCRIPT.replace("DATA", noise).replace("1500", "1500" if noise == "None" else "800")
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "POLARS_MAX_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "3")
    }
    assert len(found) == 1


def test_progress_counts_the_runs(made: Make) -> None:
    seen: list[tuple[int, int]] = []
    made().robustness(data(), draws=50, seed=1, progress=lambda done, every: seen.append((done, every)), **VARIED)
    assert seen[-1] == (50, 50)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


# What is found


def test_a_doubt_that_cannot_matter_leaves_every_rank_alone(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b", "c"], "region": ["n"] * 3, "jobs": [3.0, 2, 1], "pay": [30.0, 25, 10]})
    robust = index({"jobs": {}, "pay": {}}).robustness(table, draws=50, seed=1, weights={"simplex": True})
    units = robust.units.select("city", "rank", "mean", "lower", "upper", "tier")
    assert units.rows() == [("a", 1, 1, 1, 1, 1), ("b", 2, 2, 2, 2, 2), ("c", 3, 3, 3, 3, 3)]
    assert robust.acceptability.drop("city").to_numpy().tolist() == np.eye(3).tolist()
    assert robust.notes[0] == (
        "on average a unit moves 0.0 places from its rank in the index (0.0 to 0.0 in 90 % of the draws)"
    )


def test_central_weights_are_those_by_which_a_unit_comes_first(index: Make) -> None:
    table = pl.DataFrame({"city": ["a", "b"], "region": ["n"] * 2, "jobs": [1.0, 0], "pay": [0.0, 1]})
    robust = index({"jobs": {}, "pay": {}}).robustness(table, draws=4000, seed=1, weights={"simplex": True})
    found = {row[0]: row[1:] for row in robust.central_weights.iter_rows()}
    assert found["a"] == pytest.approx((0.5, 0.75, 0.25), abs=0.02)
    assert found["b"] == pytest.approx((0.5, 0.25, 0.75), abs=0.02)


def test_where_weights_differ_between_periods_none_are_central(made: Make) -> None:
    varied = made({"weighting": "entropy", "weights": "period"}, period="year")
    robust = varied.robustness(data(periods=2), draws=20, seed=1, aggregation=["arithmetic", "topsis"])
    with pytest.raises(DefinitionError, match="the weights of index differ between periods or groups"):
        _ = robust.central_weights


@pytest.mark.parametrize(("name", "table"), [("tier", "units"), ("top_3", "units"), ("first", "central_weights")])
def test_no_column_of_the_data_is_lost_to_a_figure_of_its_name(index: Make, name: str, table: str) -> None:
    made = index({"jobs": {}, "pay": {}}, data={"unit": name})
    robust = made.robustness(data().rename({"city": name}), draws=5, seed=1, weights=SPREAD, top=[3])
    with pytest.raises(DataError, match=f'the column "{name}" has the name of a figure'):
        robust.frame(table)


def test_draws_and_the_design_of_indices_are_kept_apart(made: Make) -> None:
    robust = made().robustness(data(), draws=30, seed=1, sensitivity=16, **VARIED)
    plain = made().robustness(data(), draws=30, seed=1, **VARIED)
    assert len(robust.ranks) == 16 * (3 + 2) + 30
    assert (robust.drawn == plain.drawn).all()
    assert robust.units.equals(plain.units)
    assert "30 draws and 80 runs for sensitivity" in robust.title


def test_one_choice_alone_explains_everything(made: Make) -> None:
    robust = made().robustness(data(), draws=256, seed=1, weights=SPREAD, sensitivity=256)
    (row,) = robust.sensitivity.iter_rows(named=True)
    assert row["total"] == pytest.approx(1.0, abs=0.15)
    assert row["total_lower"] < row["total"] < row["total_upper"]


def test_every_two_methods_meet_in_the_design_of_indices(made: Make) -> None:
    """Points of a Sobol' sequence that are few choose alike in columns that belong to both samples."""
    varied: dict[str, Any] = {
        "normalisation": [POSITIVE, Z_SCORE],
        "aggregation": ["arithmetic", "topsis"],
        "weighting": ["equal", "critic"],
        "treatment": ["none", "winsorise_quantiles"],
        "weights": SPREAD,
    }
    robust = made().robustness(data(), draws=4, seed=1, sensitivity=32, **varied)
    a, b, *mixed = robust.design[: robust.crossed].reshape(7, 32, 5)
    for at in range(5):
        assert 4 < (mixed[at][:, at] != a[:, at]).sum() <= 32
        assert (mixed[at][:, at] == b[:, at]).all()
    for one in range(4):
        for other in range(one):
            assert len(np.unique(a[:, [one, other]], axis=0)) == len(np.unique(b[:, [one, other]], axis=0)) == 4


def test_a_unit_whose_rank_never_changes_has_no_indices(made: Make) -> None:
    table = data().with_columns(
        pl.when(pl.col("city") == "c0").then(20.0).otherwise(name).alias(name) for name in INDICATORS
    )
    table = table.with_columns(
        pl.when(pl.col("city") == "c0").then(0.1).otherwise(name).alias(name) for name in ("debt", "air")
    )
    robust = made().robustness(table, draws=20, seed=1, sensitivity=16, **VARIED)
    assert robust.sensitivity_of("c0")["total"].null_count() == 3
    assert robust.sensitivity_of("c1")["total"].null_count() == 0


def test_the_manifest_holds_what_it_takes_to_run_this_again(made: Make) -> None:
    robust = made().robustness(data(), draws=5, weights=SPREAD)
    again = made().robustness(data(), **{**robust.manifest["varied"], "seed": robust.manifest["seed"]})
    assert (robust.scores == again.scores).all()


# What goes wrong


def rare() -> pl.DataFrame:
    """Return units of which one is seldom below 0 under an error of measurement."""
    return pl.DataFrame(
        {"city": ["a", "b"], "region": ["n", "n"], "jobs": [1.0, 5.0], "pay": [2.0, 3.0], "se": [0.4, 0.1]}
    )


def test_a_run_that_fails_is_counted_named_and_left_out(index: Make) -> None:
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none", "aggregation": "geometric"})
    robust = made.robustness(rare(), draws=4000, seed=1, data={"se": {"jobs": "se"}})
    failed = int(robust.failed.sum())
    assert 5 <= failed <= 40  # 4000 Φ(-2.5) = 25
    assert len(robust.drawn) == 4000 - failed
    assert np.isfinite(robust.drawn).all()
    assert sum(robust.frame("failures")["draws"]) == failed
    assert f"{failed} of 4000 runs ({failed / 4000:.1%}) left out, as they could not be scored" in robust.notes[-1]
    assert "geometric of index needs positive values: normalised jobs has 1 that is not (a)" in robust.notes[-1]


def test_more_than_one_in_a_hundred_that_fail_are_an_error(index: Make) -> None:
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none", "aggregation": "geometric"})
    table = rare().with_columns(se=pl.lit(0.6))
    with pytest.raises(DefinitionError, match=r"of the draws cannot be scored, and more than 1% may not: .*positive"):
        made.robustness(table, draws=4000, seed=1, data={"se": {"jobs": "se"}})


def test_methods_that_do_not_go_together_are_named_with_their_share(made: Make) -> None:
    with pytest.raises(DefinitionError) as raised:
        made().robustness(
            data(), draws=400, seed=1, normalisation=[POSITIVE, "z_score"], aggregation=["arithmetic", "geometric"]
        )
    assert "% of the draws cannot be scored, and more than 1% may not: z_score > geometric: " in raised.value.what
    assert raised.value.remedy


def test_an_unknown_method_is_named_with_the_nearest(made: Make) -> None:
    with pytest.raises(IndiciaError, match='unknown normalisation "zscore"') as raised:
        made().robustness(data(), draws=10, seed=1, normalisation=["zscore", POSITIVE])
    assert raised.value.remedy == 'did you mean "z_score"?'


def test_without_a_seed_one_is_chosen_and_said(made: Make) -> None:
    one, other = (made().robustness(data(), draws=5, weights=SPREAD) for _ in range(2))
    assert one.seed != other.seed
    assert f"seed {one.seed}" in one.title


@pytest.mark.parametrize(
    ("varied", "what"),
    [
        ({}, "nothing is varied"),
        ({"weights": SPREAD, "draws": 0}, "draws"),
        ({"weights": SPREAD, "seed": -1}, "seed"),
        ({"weights": {"spread": 1.5}}, "a spread of 1.5 is not between 0 and 1: weights would turn negative"),
        ({"weights": {"spread": 0.2, "simplex": True}}, "say one of spread, dirichlet, simplex, ranges and table"),
        ({"weights": {"ranges": {"job": [0.1, 0.2]}}}, "ranges of weights name what is no indicator or dimension: job"),
        ({"weights": {"ranges": {"jobs": [0.6, 0.7], "pay": [0.6, 0.7]}}}, "the lowest weights sum to 1.2"),
        ({"weights": {"ranges": {"air": [0.1, 0.2], "green": [0.1, 0.2]}}}, "the highest weights sum to 0.4"),
        ({"weights": SPREAD, "sensitivity": 100}, "Sobol' points come in powers of two, and 100 is none"),
        ({**VARIED, "sensitivity": 4}, "sensitivity = 4 is too few to try the combinations of 3 choices"),
        ({"data": {"se": {"job": "se"}}}, 'data.se names "job", which is no indicator'),
        ({"data": {"se": {"jobs": "error"}}}, 'the standard errors of jobs are to stand in "error"'),
        ({"data": {"se": {"jobs": "region"}}}, 'the standard errors of jobs, "region", are no numbers'),
        ({"data": {}}, "data errors say neither noise nor se"),
        ({"data": {"noise": -1}}, "noise"),
        ({"indicators": "all"}, "indicators"),
        ({"weights": {"table": "nowhere.csv"}}, "nowhere.csv"),
    ],
)
def test_what_cannot_be_varied_is_said(made: Make, varied: dict[str, Any], what: str) -> None:
    with pytest.raises(IndiciaError) as raised:
        made().robustness(data(), **{"draws": 20, "seed": 1, **varied})
    assert what in str(raised.value)


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"jobs": [1, 2], "pay": [1, 2]}, 'the stakeholders\' weights have no column "debt"'),
        ({"jobs": [1, 2], "pay": [1, 2], "dept": [1, 1]}, "names what is no indicator or dimension: dept"),
        ({"air": [0, 1], "green": [0, 1]}, "stakeholder 1 has no weights for air, green"),
        ({"air": [-1, 1], "green": [2, 1]}, "stakeholder 1 has no weights for air, green"),
        ({"person": ["Ana", "Bo"]}, "has no column of numbers"),
    ],
)
def test_a_table_of_weights_that_lacks_something_is_named(
    made: Make, tmp_path: Path, columns: dict[str, Any], what: str
) -> None:
    pl.DataFrame(columns).write_csv(tmp_path / "panel.csv")
    with pytest.raises(IndiciaError) as raised:
        made().robustness(data(), draws=5, seed=1, weights={"table": str(tmp_path / "panel.csv")})
    assert what in str(raised.value)


def test_a_negative_standard_error_is_none(index: Make) -> None:
    with pytest.raises(DataError, match='a standard error of jobs, in "se", is negative'):
        single(index).robustness(data().with_columns(se=pl.lit(-1.0)), draws=5, seed=1, data={"se": {"jobs": "se"}})


def test_one_unit_is_compared_with_none(made: Make) -> None:
    with pytest.raises(DataError, match="min_max compares units, and there is one"):
        made().robustness(data().head(1), draws=5, seed=1, weights=SPREAD)


def test_one_unit_with_fixed_bounds_is_first(index: Make) -> None:
    made = index({"jobs": {"bounds": [0, 10]}, "pay": {"bounds": [0, 10]}})
    robust = made.robustness(data().head(1), draws=5, seed=1, weights=SPREAD)
    assert robust.units.select("city", "rank", "mean", "tier", "stands_below").rows() == [("c0", 1, 1, 1, None)]
    assert robust.notes


def test_units_that_all_tie_share_the_first_rank_and_the_only_tier(made: Make) -> None:
    table = data().with_columns(pl.lit(1.0).alias(name) for name in INDICATORS)
    robust = made({"constant": "neutral"}).robustness(table, draws=5, seed=1, weights=SPREAD)
    assert robust.units.select("rank", "mean", "tier").unique().rows() == [(1, 1, 1)]
    assert "1 tier" in robust.notes[1]


@pytest.mark.parametrize(
    ("varied", "idle"),
    [
        ({"treatment": ["none", "winsorise(points=1)"]}, "treatment"),
        ({"imputation": ["median", "mean", "none"]}, "imputation"),
        ({"weighting": ["equal", "entropy"], "weights": {"simplex": True}}, "weighting"),
        ({"aggregation": ["arithmetic", "arithmetic"]}, "aggregation"),
        ({"weights": {"spread": 0.0}}, "weights"),
        ({"imputation": ["median", "mean"], "treatment": ["none", "winsorise(points=1)"]}, "imputation, treatment"),
    ],
)
@pytest.mark.parametrize("sensitivity", [None, 16])
def test_a_choice_that_changes_nothing_is_an_error(
    made: Make, varied: dict[str, Any], idle: str, sensitivity: int | None
) -> None:
    others = {"weights": SPREAD, "normalisation": [POSITIVE, "min_max(lower=2, upper=7)"]}
    with pytest.raises(DefinitionError, match=f"^{idle} changed nothing in any run"):
        made().robustness(data(), draws=8, seed=1, **{**others, **varied}, sensitivity=sensitivity)


def test_a_choice_that_changes_scores_and_no_rank_has_no_share_of_the_shifts(index: Make) -> None:
    made = index({"jobs": {}, "pay": {}})
    alike = {"normalisation": [POSITIVE, "min_max(lower=2, upper=7)"], "weights": SPREAD, "sensitivity": 16}
    robust = made.robustness(data(), draws=8, seed=1, **alike)
    with pytest.raises(DefinitionError, match="normalisation changed nothing in any run"):
        _ = robust.sensitivity


def test_a_choice_of_one_is_no_choice(made: Make) -> None:
    with pytest.raises(DefinitionError, match="nothing is varied: there is one alternative of aggregation"):
        made().robustness(data(), draws=8, seed=1, aggregation=["geometric"], sensitivity=16)


def test_one_draw_of_weights_has_no_shares(made: Make) -> None:
    with pytest.raises(DefinitionError, match="one draw has nothing that shifts could be due to"):
        made().robustness(data(), draws=1, seed=1, weights=SPREAD, sensitivity=16)


def test_an_unknown_method_is_an_error_however_seldom_it_is_drawn(made: Make) -> None:
    known = [f"generalised(p={1 + number / 1000})" for number in range(199)]
    with pytest.raises(IndiciaError, match='unknown aggregation "genral"') as raised:
        made().robustness(data(), draws=2, seed=1, aggregation=[*known, "genral"])
    assert "robustness.aggregation" in str(raised.value)


def test_a_method_that_does_not_fit_is_found_in_the_table_it_comes_from(made: Make) -> None:
    with pytest.raises(DefinitionError) as raised:
        made().robustness(data(), draws=20, seed=1, normalisation=["z_score", "rank"], aggregation=["geometric"])
    assert "robustness.normalisation" in str(raised.value.where)


def test_periods_of_an_index_that_has_none_are_refused(made: Make) -> None:
    with pytest.raises(DefinitionError, match="the index has no periods"):
        made().robustness(data(), draws=8, seed=1, weights=SPREAD, period=2020)


def test_indices_need_a_design_and_a_unit_that_is_there(made: Make) -> None:
    robust = made().robustness(data(), draws=8, seed=1, weights=SPREAD)
    with pytest.raises(DefinitionError, match="Sobol' indices need a design of their own"):
        _ = robust.sensitivity
    with pytest.raises(IndiciaError, match='"c99" is no unit of the data'):
        robust.sensitivity_of("c99")
    with pytest.raises(IndiciaError, match='no table "unit"'):
        robust.frame("unit")


def test_nothing_can_be_left_out_of_a_single_dimension(index: Make) -> None:
    made = index({"jobs": {}, "pay": {}})
    with pytest.raises(DefinitionError, match="there are no dimensions of which one could be left out"):
        made.robustness(data(), draws=8, seed=1, dimensions="leave_one_out")


def test_a_period_that_is_not_there_is_named(made: Make) -> None:
    with pytest.raises(DataError, match="the period 2030 is not in the data"):
        made(period="year").robustness(data(periods=2), draws=8, seed=1, weights=SPREAD, period=2030)


def test_weights_that_differ_between_periods_cannot_be_drawn(made: Make) -> None:
    methodology = {"weights": "period", "weighting": "entropy"}
    with pytest.raises(DefinitionError, match="weights that differ between periods or groups cannot be drawn"):
        made(methodology, period="year").robustness(data(periods=2), draws=8, seed=1, weights=SPREAD)
