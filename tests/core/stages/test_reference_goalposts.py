"""Goalposts half of the range below and above a reference value of some rows: a period, a unit, a unit in a period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.errors import DataError, DefinitionError, MethodError
from indicia_bundle import fitted
from indicia_workbook.trace import trace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]

TABLE = pl.DataFrame(
    {"city": ["c1", "c2", "c1", "c2"], "year": [2020, 2020, 2021, 2021], "a": [0.0, 4.0, 6.0, 10.0], "b": [1.0] * 4}
)
SHEETS = ("data", "normalised", "weights", "statistics", "steps", "level 0")


def scaled(make: Make, parameters: str, spec: dict[str, Any] | None = None, **words: Any) -> Index:
    normalisation = f"reference_goalposts(lower=0, upper=2{parameters})"
    return make({"a": spec or {}}, {"normalisation": normalisation, **words}, period="year", groups=())


@pytest.mark.parametrize(
    ("parameters", "middle"),
    [
        ("", 5.0),
        (", period=2020", 2.0),
        (", unit=c2", 7.0),
        (", unit=c1, period=2021", 6.0),
    ],
)
@pytest.mark.parametrize("direction", ["benefit", "cost"])
def test_the_reference_value_scores_the_middle_and_half_the_range_of_all_years_an_end(
    index: Make, parameters: str, middle: float, direction: str
) -> None:
    made = scaled(index, parameters, {"direction": direction})
    sign = 1 if direction == "benefit" else -1
    expected = [1 + sign * (value - middle) / 5 for value in TABLE["a"]]
    assert made.score(TABLE).scores["score"].to_list() == pytest.approx(expected)


def test_bounds_fix_the_range_so_that_a_new_year_changes_no_score(index: Make) -> None:
    made = scaled(index, ", period=2020", {"bounds": [0, 20]})
    before = made.score(TABLE.filter(year=2020)).scores["score"]
    assert before.equals(made.score(TABLE).scores["score"][:2])
    assert before.to_list() == pytest.approx([0.8, 1.2])


def test_a_fitted_index_keeps_the_reference_value(index: Make, tmp_path: Path) -> None:
    made = scaled(index, ", unit=c1, period=2021")
    fitted.fit(made, TABLE).write(tmp_path / "fitted.json")
    later = TABLE.filter(city="c2", year=2021).with_columns(year=pl.lit(2030))
    assert fitted.read(tmp_path / "fitted.json").score(later).scores["score"].to_list() == pytest.approx([1.8])


@pytest.mark.parametrize("parameters", ["", ", period=2020", ", unit=c1, period=2021"])
@pytest.mark.parametrize("direction", ["benefit", "cost"])
def test_a_workbook_computes_with_the_reference_value(index: Make, parameters: str, direction: str) -> None:
    result = scaled(index, parameters, {"direction": direction}).score(TABLE)
    assert trace(result, {name: name for name in SHEETS}, 2, "en").not_live == {}


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        (", unit=c3", DataError, "a is compared with c3, and there is no such unit"),
        (", period=2022", DataError, "a is compared with 2022, and there is no such period"),
        (", value=target", MethodError, "a has no target: write target = … in the index file"),
        (", value=target, unit=c1", MethodError, "value = target is a number of the index file, and needs no unit"),
    ],
)
def test_a_reference_value_that_is_not_there_is_refused(
    index: Make, parameters: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        scaled(index, parameters).score(TABLE)


def test_a_reference_value_that_a_unit_lacks_in_some_years_is_refused(index: Make) -> None:
    made = scaled(index, ", period=2020", statistics="period")
    with pytest.raises(DataError, match="a is compared with 2020, which has no value in some of the groups or periods"):
        made.score(TABLE)


def test_the_mean_of_a_period_needs_periods(index: Make) -> None:
    made = index({"a": {}}, {"normalisation": "reference_goalposts(period=2020)"}, groups=())
    with pytest.raises(DefinitionError, match="a is compared with 2020, and the data have no periods") as caught:
        made.score(TABLE[:2].drop("year"))
    assert caught.value.remedy == 'period = "year" in [data], the column of the periods'
