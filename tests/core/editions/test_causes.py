"""The four causes of moves: figures by hand, and the properties of the Shapley value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indicia.errors import DataError, DefinitionError
from indicia.index import read
from indicia_bundle.fitted import fit
from indicia_editions.causes import causes_of, divide, totals_of
from indicia_editions.edition import Edition
from indicia_editions.scenarios import CAUSES

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNS = arrays(np.float64, (2, 2, 2, 2, 3), elements=st.floats(-100, 100))


def edition(columns: Mapping[str, Any], indicators: Mapping[str, Any] | None = None, **methodology: Any) -> Edition:
    """Return the edition of a table with one row for each unit."""
    names = [name for name in columns if name not in ("unit", "year", "area")]
    data = {"unit": "unit", **({"period": "year"} if "year" in columns else {})}
    data |= {"groups": ["area"]} if "area" in columns else {}
    words = {"data": data, "indicators": indicators or {name: {} for name in names}, "methodology": methodology}
    return Edition.of(read(words), pl.DataFrame(columns))


def score_parts(old: Edition, new: Edition, unit: str = "A") -> dict[str, float]:
    row = causes_of(old, new).row(by_predicate=pl.col("unit") == unit, named=True)
    return {cause: row[f"score_{cause}"] for cause in CAUSES}


@given(RUNS)
def test_the_parts_add_up_to_the_move(runs: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    parts = divide(runs).shapley[: len(CAUSES)]
    assert parts.sum(axis=0) == pytest.approx(runs[1, 1, 1, 1] - runs[0, 0, 0, 0], abs=1e-12 * 200)


@given(RUNS)
def test_a_cause_that_changes_nothing_has_no_part_in_any_order(runs: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    runs = runs.copy()
    runs[:, :, 1] = runs[:, :, 0]
    division = divide(runs)
    method = CAUSES.index("method")
    for parts in (division.shapley, division.first, division.last, division.lowest, division.highest):
        assert (parts[method] == 0).all()


@given(RUNS)
def test_an_exchange_of_the_editions_turns_the_signs(runs: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    there, back = divide(runs), divide(runs[::-1, ::-1, ::-1, ::-1])
    assert back.shapley == pytest.approx(-there.shapley, abs=1e-12 * 200)
    assert back.first == pytest.approx(-there.last, abs=1e-12 * 200)
    assert back.lowest == pytest.approx(-there.highest, abs=1e-12 * 200)


@given(RUNS)
def test_data_are_own_and_others_data_together(runs: np.ndarray[Any, np.dtype[np.float64]]) -> None:
    own, others, _, _, data = divide(runs).shapley
    assert data == pytest.approx(own + others, abs=1e-12 * 200)


def test_own_and_others_data_move_a_score_by_hand() -> None:
    """Score (x - min)/(max - min): 0.2 before, 0.6 with own new data, 0.25 with others' new data, 0.75 after."""
    old = edition({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0]})
    new = edition({"unit": ["A", "B", "C"], "x": [6.0, 0.0, 8.0]})
    own, others = ((0.6 - 0.2) + (0.75 - 0.25)) / 2, ((0.25 - 0.2) + (0.75 - 0.6)) / 2
    assert score_parts(old, new) == pytest.approx({"own": own, "others": others, "method": 0, "sample": 0}, abs=1e-15)


def test_a_unit_that_came_is_a_cause_by_its_presence_only() -> None:
    old = edition({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0]})
    new = edition({"unit": ["D", "A", "B", "C"], "x": [16.0, 2.0, 0.0, 10.0]})
    parts = score_parts(old, new)
    assert (parts["own"], parts["others"], parts["method"]) == (0, 0, 0)
    assert parts["sample"] == pytest.approx(2 / 16 - 2 / 10, abs=1e-15)
    ranks = causes_of(old, new).row(by_predicate=pl.col("unit") == "A", named=True)
    assert (ranks["rank_sample"], ranks["rank_own"]) == (1, 0)


def test_causes_of_exchanged_editions_have_the_other_sign() -> None:
    old = edition({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0], "y": [1.0, 4.0, 2.0]})
    new = edition({"unit": ["D", "A", "B"], "x": [16.0, 5.0, 1.0], "y": [1.0, 3.0, 9.0]}, {"x": {"weight": 3}, "y": {}})
    there, back = causes_of(old, new), causes_of(new, old)
    assert back.sort("unit").drop("unit").to_numpy() == pytest.approx(
        -there.sort("unit").drop("unit").to_numpy(), abs=1e-12
    )


def test_a_new_indicator_is_a_part_of_the_method() -> None:
    """The old table lacks y and takes the new values, so that only the method moves the score: 0.2 to (0.2 + 1)/2."""
    old = edition({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0]})
    new = edition({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0], "y": [4.0, 3.0, 2.0]})
    assert score_parts(old, new) == pytest.approx({"own": 0, "others": 0, "method": 0.4, "sample": 0}, abs=1e-15)


def test_a_table_that_has_a_new_indicator_already_has_its_own_values() -> None:
    old = Edition.of(
        read({"data": {"unit": "unit"}, "indicators": {"x": {}}}),
        pl.DataFrame({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0], "y": [1.0, 0.0, 4.0]}),
    )
    new = edition({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0], "y": [3.0, 0.0, 4.0]})
    # y counts half under the new method and nothing under the old one: (3/4 - 1/4) / 2, in half of the orders
    assert score_parts(old, new)["own"] == pytest.approx(0.125, abs=1e-15)


def test_an_indicator_is_found_by_its_name_if_its_column_has_another() -> None:
    old = edition({"unit": ["A", "B", "C"], "x 2021": [2.0, 0.0, 10.0]}, {"x": {"column": "x 2021"}})
    new = edition({"unit": ["A", "B", "C"], "x 2022": [6.0, 0.0, 10.0]}, {"x": {"column": "x 2022"}})
    assert score_parts(old, new) == pytest.approx({"own": 0.4, "others": 0, "method": 0, "sample": 0}, abs=1e-15)


def test_a_cell_that_is_missing_in_one_edition_is_data() -> None:
    columns = {"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0], "y": [None, 0.0, 1.0]}
    old = edition(columns, missing="skip")
    new = edition({**columns, "y": [1.0, 0.0, 1.0]}, missing="skip")
    assert score_parts(old, new) == pytest.approx({"own": 0.4, "others": 0, "method": 0, "sample": 0}, abs=1e-15)


def test_fixed_bounds_leave_others_data_and_sample_without_a_part_in_the_score() -> None:
    bounded = {"x": {"bounds": [0, 20]}}
    old = edition({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0]}, bounded)
    new = edition({"unit": ["A", "B", "D"], "x": [4.0, 9.0, 12.0]}, bounded)
    assert score_parts(old, new) == pytest.approx({"own": 0.1, "others": 0, "method": 0, "sample": 0}, abs=1e-15)


def test_a_unit_without_a_score_in_a_run_has_no_causes() -> None:
    old = edition({"unit": ["A", "B", "C", "D"], "x": [2.0, 0.0, 10.0, 1.0]}, missing="skip")
    new = edition({"unit": ["A", "B", "C", "D"], "x": [2.0, None, 10.0, 1.0]}, missing="skip")
    causes = causes_of(old, new)
    assert causes.filter(pl.col("unit") == "B")["score_own"].to_list() == [None]
    assert causes.filter(pl.col("unit") == "A")["score_own"].null_count() == 0
    assert totals_of(causes)["sum"].null_count() == 0


def test_text_where_the_other_method_reads_numbers_is_refused_with_both_editions() -> None:
    frame = pl.DataFrame({"unit": ["A", "B"], "x": [1.0, 2.0], "y": ["high", "low"]})
    old = Edition.of(read({"data": {"unit": "unit"}, "indicators": {"x": {}}}), frame, name="2021")
    new = Edition.of(
        read({"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}}),
        pl.DataFrame({"unit": ["A", "B"], "x": [1.0, 2.0], "y": [1.0, 2.0]}),
        name="2022",
    )
    with pytest.raises(DataError, match='the column "y" of 2021 has text') as caught:
        causes_of(old, new)
    assert "2022" in str(caught.value.remedy)


def test_a_method_that_cannot_score_the_other_data_is_named() -> None:
    old = Edition.of_result(edition({"unit": ["A", "B"], "x": [-1.0, 2.0]}).result, name="2021")
    new = Edition.of_result(
        edition({"unit": ["A", "B"], "x": [1.0, 2.0]}, {"x": {"bounds": [1, 5], "transform": "log"}}).result,
        name="2022",
    )
    with pytest.raises(DataError, match="the method of 2022 cannot score the data of 2021"):
        causes_of(old, new)


def test_screening_gives_the_same_parts_in_one_run_and_in_many() -> None:
    names = list("ABCDEF")
    rng = np.random.default_rng(3)
    old, new = (
        {"unit": names, "x": rng.random(6), "y": [None, *rng.random(5)], "z": [None, *rng.random(5)]} for _ in range(2)
    )
    screened = {"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}, "z": {}}, "screening": {"units": 0.6}}
    before, after = (Edition.of(read(screened), pl.DataFrame(columns)) for columns in (old, new))
    together = causes_of(before, after)
    assert together.filter(pl.col("unit") == "A")["score_own"].to_list() == [None]
    alone = causes_of(before, after, ["B", "C"])
    assert together[1:3].drop("unit").to_numpy() == pytest.approx(alone.drop("unit").to_numpy(), abs=1e-12)


def test_the_statistics_of_a_fitted_index_belong_to_its_method() -> None:
    """Minimum 0 and maximum 10 of the fit: 0.2 before, 0.6 after, whatever the others have."""
    frame = pl.DataFrame({"unit": ["A", "B", "C"], "x": [2.0, 0.0, 10.0]})
    fitted = fit(read({"data": {"unit": "unit"}, "indicators": {"x": {}}}), frame)
    old, new = (Edition.of(fitted, frame), Edition.of(fitted, pl.DataFrame({"unit": ["A", "D"], "x": [6.0, 20.0]})))
    assert score_parts(old, new) == pytest.approx({"own": 0.4, "others": 0, "method": 0, "sample": 0}, abs=1e-15)


def test_what_a_fitted_index_computes_from_the_data_is_computed_afresh_in_each_run() -> None:
    """The fit has no mean and deviation of x, so that those of each run count, as for the index file."""
    index = read({"data": {"unit": "unit"}, "indicators": {"x": {}}})
    frames = [pl.DataFrame({"unit": ["A", "B", "C"], "x": values}) for values in ([2.0, 0.0, 10.0], [6.0, 0.0, 8.0])]
    changed = fit(index, frames[0]).with_options(normalisation="z_score")
    parts = score_parts(*(Edition.of(changed, frame) for frame in frames))
    of_index = score_parts(*(Edition.of(index.with_options(normalisation="z_score"), frame) for frame in frames))
    assert parts == pytest.approx(of_index, abs=1e-12)


PANEL = {
    "unit": ["A", "B", "C", "A", "B", "C"],
    "year": [2021, 2021, 2021, 2022, 2022, 2022],
    "x": [2.0, 0.0, 10.0, 6.0, 0.0, 8.0],
}


def test_a_panel_that_pools_its_periods_has_own_data_as_the_only_cause_of_a_score() -> None:
    """The pooled minimum 0 and maximum 10 are the same in all runs: 0.2 before, 0.6 after."""
    panel = edition(PANEL)
    assert score_parts(panel.at(2021), panel) == {"own": pytest.approx(0.4), "others": 0, "method": 0, "sample": 0}


def test_a_panel_with_statistics_within_periods_moves_as_two_tables_do() -> None:
    panel = edition(PANEL, statistics="period")
    old, new = (
        edition({"unit": ["A", "B", "C"], "x": PANEL["x"][:3]}),
        edition({"unit": ["A", "B", "C"], "x": PANEL["x"][3:]}),
    )
    assert score_parts(panel.at(2021), panel) == pytest.approx(score_parts(old, new), abs=1e-15)


def test_a_reference_period_belongs_to_the_method() -> None:
    """The range of 2021 is 10: 0.2 before, 0.6 after, whatever the others have in 2022."""
    panel = edition(PANEL, statistics={"reference": 2021})
    parts = score_parts(panel.at(2021), panel.at(2022))
    assert parts == {"own": pytest.approx(0.4), "others": 0, "method": 0, "sample": 0}


def test_a_value_carried_along_the_series_belongs_to_the_row() -> None:
    panel = edition({**PANEL, "x": [2.0, 0.0, 10.0, None, 0.0, 10.0]}, imputation="last_value", statistics="period")
    assert score_parts(panel.at(2021), panel) == {"own": 0, "others": 0, "method": 0, "sample": 0}


def test_a_series_of_one_edition_fills_its_rows_for_the_method_of_the_other() -> None:
    """The old table has one year and the new one two, so that A has its old value 2 in the new edition."""
    words = {"imputation": "last_value", "statistics": "period"}
    old = edition({name: values[:3] for name, values in PANEL.items()}, **words)
    new = edition({**PANEL, "x": [2.0, 0.0, 10.0, None, 0.0, 10.0]}, **words)
    assert score_parts(old, new) == {"own": 0, "others": 0, "method": 0, "sample": 0}


def test_weights_of_a_whole_panel_are_the_same_in_all_runs() -> None:
    """Ranges within each year, weights from both: a mixture of statistics of both kinds."""
    words = {"statistics": "period", "weighting": "entropy", "normalisation": "min_max(lower=1, upper=100)"}
    panel = edition({**PANEL, "y": [3.0, 1.0, 2.0, 3.0, 1.0, 2.0]}, **words)
    parts = score_parts(panel.at(2021), panel)
    assert parts["method"] == 0
    assert sum(parts.values()) == pytest.approx(panel.scores[0] - panel.at(2021).scores[0], abs=1e-12)


def test_two_panels_of_one_method_with_another_length_move_as_their_periods_do() -> None:
    short = {name: values[:3] for name, values in PANEL.items()}
    by_period = {"statistics": "period"}
    assert score_parts(edition(short, **by_period), edition(PANEL, **by_period)) == pytest.approx(
        score_parts(edition(PANEL, **by_period).at(2021), edition(PANEL, **by_period)), abs=1e-15
    )


def test_ranks_over_all_periods_beside_statistics_of_one_period_are_refused_by_name() -> None:
    words = {
        "normalisation": "rank",
        "statistics": {"normalisation": "pooled"},
        "weighting": "entropy",
        "weights": "period",
    }
    panel = edition({**PANEL, "y": [3.0, 1.0, 2.0, 3.0, 1.0, 2.0]}, **words)
    with pytest.raises(DefinitionError, match="rank of x") as caught:
        causes_of(panel.at(2021), panel)
    assert "statistics" in str(caught.value.remedy)


METHODS = (
    {"weighting": "entropy", "normalisation": "min_max(lower=1, upper=100)"},
    {"aggregation": "topsis", "normalisation": "rank"},
)


@pytest.mark.parametrize("words", METHODS, ids=str)
def test_many_units_in_one_run_have_the_parts_that_each_has_alone(words: Mapping[str, Any]) -> None:
    rng = np.random.default_rng(5)
    names = [f"u{number}" for number in range(7)]
    old = edition({"unit": names, "x": rng.random(7), "y": rng.random(7)})
    new = edition({"unit": [*names[1:], "new"], "x": rng.random(7), "y": rng.random(7)}, **words)
    together = causes_of(old, new)
    alone = causes_of(old, new, names[2:4])  # so few units have a run each
    assert together[1:3].drop("unit").to_numpy() == pytest.approx(alone.drop("unit").to_numpy(), abs=1e-10)
