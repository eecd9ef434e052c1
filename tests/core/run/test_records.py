"""Records hold the outcome of a run: enough to score the table again, and to report the computations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.formulas import Question
from indicia.formulas.to_text import to_text
from indicia.run import Scored, score
from indicia.run.plan import stages_of
from indicia.stages.stage import fitted_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index
    from indicia.tables.fitted import Fitted

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

INDICATORS: dict[str, Any] = {
    "jobs": {"dimension": "economy"},
    "debt": {"dimension": "economy", "direction": "cost"},
    "air": {},
    "water": {"direction": "target", "target": 5.0},
}
DIMENSIONS: dict[str, Any] = {"economy": {}}
UNITS = 12


def scored(made: Index, table: pl.DataFrame, fitted: Fitted | None = None) -> Scored:
    return score(made.definition, made.tree, table, fitted)


def bits(run: Scored) -> list[tuple[list[str], bytes]]:
    frames = (run.prepared, run.normalised, run.components, run.nodes, run.ranked, run.ranks)
    return [(frame.columns, frame.to_numpy().astype(float).tobytes()) for frame in frames]


def by_stage(run: Scored, stage: str) -> list[Any]:
    return [record for record in run.records if record.stage == stage]


WORDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "weights of the data": {"weighting": "critic", "normalisation": "z_score"},
    "a formula with statistics": {"aggregation": "vikor", "rescaling": "min_max", "decimals": 3, "as_component": "max"},
    "units that are compared": {"aggregation": "topsis", "weighting": "entropy"},
    "treated and imputed": {"treatment": "winsorise_quantiles", "imputation": "median(within=region)"},
    "gaps filled at nodes": {"missing": "group_mean(within=region)"},
    "by period": {"statistics": "period", "weights": "period", "weighting": "standard_deviation"},
    "by group": {"statistics": "region", "aggregation": "vikor", "weights": "region", "weighting": "critic"},
    "a period of reference": {"statistics": {"reference": 2021}, "weights": {"reference": 2020}},
    "constants that score neutrally": {"constant": "neutral", "air": 3.0},
    "constants that are left out": {"constant": "drop", "air": 3.0},
}


@pytest.mark.parametrize("words", WORDS)
def test_records_score_the_same_table_to_the_bit(index: Make, figures: Data, words: str) -> None:
    methodology = {"missing": "skip", "normalisation": "min_max(lower=1, upper=9)", **WORDS[words]}
    table = figures(INDICATORS, UNITS, periods=2, gaps=words != "units that are compared")
    if (same := methodology.pop("air", None)) is not None:
        table = table.with_columns(air=pl.lit(same))
    made = index(INDICATORS, methodology, dimensions=DIMENSIONS, period="year")
    run = scored(made, table)
    fitted = fitted_of(run.records)
    again = scored(made, table, fitted)
    assert bits(again) == bits(run)
    assert {name: one.values.tobytes() for name, one in again.node_weights.items()} == {
        name: one.values.tobytes() for name, one in run.node_weights.items()
    }
    assert again.fitted is fitted
    assert not again.outside


def test_the_records_of_a_run_stand_in_the_order_of_its_stages(index: Make, figures: Data) -> None:
    made = index(INDICATORS, dimensions=DIMENSIONS)
    run = scored(made, figures(INDICATORS, UNITS))
    assert [record.stage for record in run.records] == [stage.name for stage in stages_of(made.definition, made.tree)]


def test_the_recorded_formulas_are_those_that_ran(index: Make, figures: Data) -> None:
    """As they are printed, and computed by NumPy, they give the numbers of the run."""
    methodology = {"normalisation": "max", "aggregation": "generalised(p=2)", "rescaling": "max"}
    made = index({"jobs": {"weight": 1}, "debt": {"weight": 3, "transform": "log"}}, methodology)
    run = scored(made, table := figures(["jobs", "debt"], UNITS))
    formulas = {
        (record.stage, name): to_text(formula.root)
        for record in run.records
        for name, formula in record.formulas.items()
    }
    of_index = formulas.pop(("aggregation", "index"))
    assert formulas == {
        ("transform", "debt"): "log(debt + 0.0, 2.718281828459045)",
        ("normalisation", "jobs"): "jobs / max(jobs)",
        ("normalisation", "debt"): "debt / max(debt)",
        ("rescaling", "index"): "index / max(index)",
    }
    columns = {name: table[name].to_numpy() for name in ("jobs", "debt")}
    words = {
        "log": lambda x, base: np.log(x) / np.log(base),
        "max": np.max,
        "where": np.where,
        "max_of": np.maximum,
        "fill_null": lambda x, _: x,
        "weight": lambda x: {id(columns["jobs"]): 0.25, id(columns["debt"]): 0.75}[id(x)],
    }
    every = {**formulas, ("aggregation", "index"): of_index}
    for stage in ("transform", "normalisation", "aggregation", "rescaling"):
        columns |= {name: eval(text, words | columns) for (of, name), text in every.items() if of == stage}
    assert run.normalised["debt"].to_numpy() == pytest.approx(columns["debt"], rel=1e-12)
    assert run.nodes["index"].to_numpy() == pytest.approx(columns["index"], rel=1e-12)


def test_a_run_records_changed_cells_and_units_left_out(index: Make, cities: pl.DataFrame) -> None:
    """Of four cities one lacks both indicators, one lacks one, and one has an outlier."""
    table = cities.with_columns(income=pl.Series([3.0, None, None, 20.0]), co2=pl.Series([2.0, 8.0, None, 5.0]))
    made = index({"income": {"imputation": "mean", "cap": 10}, "co2": {"weight": 3}}, screening={"units": 0.5})
    run = scored(made, table)
    assert run.left_out.select("city", "found", "asked", "of").rows() == [("Pune", 0.0, 0.5, "indicators")]
    (imputed,), (capped,) = (by_stage(run, name)[0].changes for name in ("imputation", "cap"))
    # (3 + 20) / 2
    assert (imputed.before["income"].to_list(), imputed.after["income"].to_list()) == (
        [3.0, None, 20.0],
        [3.0, 11.5, 20.0],
    )
    assert (capped.before["income"].to_list(), capped.after["income"].to_list()) == (
        [3.0, 11.5, 20.0],
        [3.0, 10.0, 10.0],
    )
    assert [change.stage for change in run.changes] == ["imputation", "cap"]
    assert by_stage(run, "weighting")[0].weights["index"].values.tolist() == [0.25, 0.75]
    mean = Question(("income",), "mean")
    assert by_stage(run, "imputation")[0].statistics[mean] == run.fitted.of("imputation")[mean] == 11.5
    assert [str(note) for note in run.notes] == [
        "1 unit left out by screening: Pune",
        "1 value imputed in income",
        "2 values capped in income",
        "weights of index sum to 4 and are scaled to 1; no weight is stated for income: counted as 1",
    ]


def test_units_that_miss_components_are_recorded_with_the_number_they_have(index: Make, cities: pl.DataFrame) -> None:
    table = cities.with_columns(income=pl.Series([3.0, None, None, 4.0]), people=pl.Series([1.0, 2.0, None, 2.5]))
    made = index({"income": {}, "people": {}, "co2": {}}, {"missing": "skip", "normalisation": "max"})
    run = scored(made, table)
    (record,) = by_stage(run, "aggregation")
    assert record.incomplete["index"].select("row", "present", "components").rows() == [(1, 2.0, 3), (2, 1.0, 3)]
    assert run.reweighted.rows() == [("Oslo", "index", 2, 3, True), ("Pune", "index", 1, 3, False)]


def test_a_run_records_its_units_beyond_the_fitted_range(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {}, "co2": {}})
    fitted = scored(made, cities).fitted
    richer = scored(made, cities.with_columns(income=pl.col("income") * 2), fitted)
    (record,) = by_stage(richer, "normalisation")
    assert record.beyond == richer.outside == {"income": ["Oslo"]}
    assert [str(note) for note in richer.notes] == ["outside the fitted range of income: Oslo"]
