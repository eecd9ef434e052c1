"""Treatments that use the parent of a unit, or its group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia_conformance as testing
from indicia import catalogue
from indicia.catalogue import hookimpl
from indicia.errors import DataError, DefinitionError, IndiciaWarning, MethodError
from indicia.methods import Treatment
from indicia.run import Draws, score_draws
from indicia_bundle import fitted, fitted_file
from indicia_methods import aggregation, imputation, normalisation, weighting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index
    from indicia.methods import Array, Expression, Statistics

    Make = Callable[..., Index]


@dataclass(frozen=True)
class AtMost(Treatment):
    """Hold values to so many times what the parent has."""

    name = "at_most"
    reference = "None"
    example = "at_most(of=parent)"

    of: str
    times: float = 2.0

    @property
    def parents(self) -> str:
        return self.of

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x.clip(None, self.times * s.parent)


@dataclass(frozen=True)
class AtMostMean(Treatment):
    """Hold values to the mean of their group; pass where no value of a group is above 4."""

    name = "at_most_mean"
    reference = "None"
    example = "at_most_mean(by=group)"

    by: str

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.by,)

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x.clip(None, s.mean)

    def passes(self, values: Array) -> bool:
        return bool(values.max() <= 4)


OWN = catalogue.gather(
    normalisation,
    weighting,
    aggregation,
    imputation,
    SimpleNamespace(
        __name__="own", indicia_treatments=hookimpl(lambda: [AtMost, AtMostMean], specname="indicia_treatments")
    ),
)
AREAS = pl.DataFrame(
    {
        "city": ["Graz", "Styria", "Austria", "Bern", "Switzerland", "Leoben"],
        "of": ["Styria", "Austria", None, "Switzerland", None, "Styria"],
        "a": [9.0, None, 4.0, 30.0, 7.0, 3.0],
    }
)
TREATED = {"treatment": "at_most(of=of)", "normalisation": "none", "missing": "skip(minimum_share=0)"}
YEARS = pl.DataFrame(
    {
        "city": ["Graz", "Austria"] * 2,
        "year": [2020, 2020, 2021, 2021],
        "of": ["Austria", None] * 2,
        "a": [9.0, 4.0, 9.0, 5.0],
    }
)


@pytest.fixture
def treated(index: Make) -> Index:
    return index({"a": {}}, TREATED, groups=("of",), methods=OWN)


@pytest.fixture
def by_year(index: Make) -> Index:
    return index({"a": {}}, TREATED, groups=("of",), period="year", methods=OWN)


def through(made: Index, table: pl.DataFrame, folder: Path) -> fitted.FittedIndex:
    """Return the fitted index with the statistics that its file holds."""
    path = folder / "fitted.json"
    one = fitted.fit(made, table)
    one.write(path)
    return replace(one, fitted=fitted_file.read(path)[1])


def test_a_treatment_uses_the_value_of_the_parent_or_of_its_parent(treated: Index) -> None:
    result = treated.score(AREAS)
    assert result.prepared["a"].to_list() == [8, None, 4, 14, 7, 3]
    assert result.cells.select("city", "stage", "before", "after", "why").rows() == [
        ("Graz", "treatment", 9, 8, "at_most(of=of)"),
        ("Bern", "treatment", 30, 14, "at_most(of=of)"),
    ]


def test_a_parent_has_the_value_that_an_imputation_filled(index: Make) -> None:
    words = {**TREATED, "imputation": "mean"}
    result = index({"a": {}}, words, groups=("of",), methods=OWN).score(AREAS.with_columns(a=pl.col("a") / 10))
    assert result.prepared["a"].to_list() == pytest.approx([0.9, 0.8, 0.4, 1.4, 0.7, 0.3])  # Graz: 1.06 of Styria


def test_a_unit_that_screening_leaves_out_may_be_a_parent(index: Make) -> None:
    made = index({"a": {}}, TREATED, groups=("of",), methods=OWN, screening={"without": ["Switzerland"]})
    assert made.score(AREAS).prepared.filter(city="Bern")["a"].item() == 14


def test_methods_with_and_without_parents_treat_side_by_side(index: Make) -> None:
    indicators = {"b": {"treatment": "winsorise"}, "a": {}, "c": {"treatment": "at_most(of=of, times=1)"}}
    winsorise = catalogue.installed().offers["treatment", "winsorise"].method
    methods = catalogue.gather(
        normalisation,
        weighting,
        aggregation,
        SimpleNamespace(
            __name__="both", indicia_treatments=hookimpl(lambda: [AtMost, winsorise], specname="indicia_treatments")
        ),
    )
    table = AREAS.with_columns(b=pl.Series([1.0, 1, 2, 3, 2, 1]), c=pl.col("a"))
    found = index(indicators, TREATED, groups=("of",), methods=methods).score(table).prepared
    assert found["a"].to_list() == [8, None, 4, 14, 7, 3]
    assert found["c"].to_list() == [4, None, 4, 7, 7, 3]
    assert found["b"].to_list() == [1, 1, 2, 3, 2, 1]


def test_in_a_panel_the_value_of_the_parent_is_that_of_the_same_period(by_year: Index) -> None:
    assert by_year.score(YEARS).prepared["a"].to_list() == [8, 4, 9, 5]


def test_a_parent_without_a_row_in_the_period_is_refused_where_a_value_needs_it(by_year: Index) -> None:
    table = YEARS.head(3)
    with pytest.raises(DataError) as caught:
        by_year.score(table)
    assert str(caught.value) == (
        "a is treated by the value of the parent for Graz 2021, and the parent in "
        '"of" has no row of that period: Austria 2021\n'
        "  fix: give the parent a row in every period, or complete the data"
    )
    gap = table.with_columns(a=pl.Series([9.0, 4.0, None]))
    assert by_year.score(gap).prepared["a"].to_list() == [8, 4, None]


def test_what_was_fitted_treats_as_it_ran(treated: Index, tmp_path: Path) -> None:
    run, one = treated.score(AREAS), through(treated, AREAS, tmp_path)
    assert one.score(AREAS).scores.equals(run.scores)
    new = pl.DataFrame({"city": ["Linz", "Wels"], "of": ["Austria", None], "a": [50.0, 50.0]})
    assert one.score(new).prepared["a"].to_list() == [8, 50]
    assert one.score(new.head(1)).prepared["a"].to_list() == [8]


def test_a_value_whose_parent_was_not_fitted_is_refused(treated: Index, by_year: Index, tmp_path: Path) -> None:
    one = through(treated, AREAS, tmp_path)
    new = pl.DataFrame({"city": ["Rome", "Pisa"], "of": ["Italy", "Italy"], "a": [50.0, None]})
    with pytest.raises(DataError) as caught:
        one.score(new)
    assert str(caught.value) == (
        "a is treated by the value of the parent for Rome, and no value was fitted of the parent: Italy\n"
        "  fix: fit the index to data that have it too, or complete the data"
    )
    assert one.score(new.with_columns(a=pl.Series([None, None], dtype=pl.Float64)).tail(1)).prepared["a"].item() is None
    later = through(by_year, YEARS, tmp_path)
    with pytest.raises(DataError, match="for Graz 2022, and no value was fitted of the parent: Austria 2022"):
        later.score(YEARS.tail(2).with_columns(year=pl.lit(2022)))


def test_each_draw_of_errors_uses_its_own_values_of_parents(treated: Index) -> None:
    errors = np.array([[0.0, 0, 0, 0, 0, 0], [0, 0, -3, 0, 1, 0], [-5, 0, 0, 0, 0, 0]])
    made = score_draws(treated.definition, treated.score(AREAS).scored, Draws(3, {}, {"a": errors}))
    one_by_one = [treated.score(AREAS.with_columns(a=pl.col("a") + pl.Series(row))).scores["score"] for row in errors]
    for draw, alone in zip(made, one_by_one, strict=True):
        np.testing.assert_array_equal(draw, alone.to_numpy())


def test_a_transform_may_not_look_at_parents_or_groups(index: Make) -> None:
    words: dict[str, Any] = {"transform": "at_most(of=of)"}
    with pytest.raises(MethodError) as caught:
        _ = index({"a": {"bounds": [0, 10], **words}}, groups=("of",), methods=OWN).tree
    assert str(caught.value) == (
        "at_most(of=of) of a uses parents of units, and a transform also changes bounds, which have no parents\n"
        "  indicators.a\n"
        '  fix: treatment = "at_most(of=of)" for a, or another transform'
    )
    with pytest.raises(MethodError, match=r"at_most_mean\(by=of\) of a uses groups of units"):
        _ = index({"a": {"transform": "at_most_mean(by=of)"}}, groups=("of",), methods=OWN).tree


@pytest.mark.parametrize("method", [AtMost, AtMostMean])
def test_such_treatments_can_keep_the_promises_of_their_kind(method: type[Treatment]) -> None:
    kept = {"order_of_values", "constant", "units_without_values", "fitted", "order_of_rows"}
    cases = [case for case in testing.checks(method) if case.check.name in kept]
    assert len(cases) == len(kept)
    for case in cases:
        case()


@dataclass(frozen=True)
class TurnedRound(AtMostMean):
    """Turn the order of the units of a group round."""

    name = "turned_round"
    example = "turned_round(by=group)"

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return s.mean - x


def test_order_within_a_group_is_a_promise() -> None:
    (case,) = (case for case in testing.checks(TurnedRound) if case.check.name == "order_of_values")
    with pytest.raises(AssertionError, match="the order of the units stays"):
        case()


# Groups


def test_a_treatment_takes_statistics_within_the_groups_that_it_names(index: Make) -> None:
    words = {"treatment": "at_most_mean(by=region)", "normalisation": "none"}
    table = pl.DataFrame({"city": list("abcd"), "region": ["n", "n", "s", "s"], "a": [1.0, 3.0, 2.0, 10.0]})
    with pytest.warns(IndiciaWarning, match=r"at_most_mean\(by=region\) could not bring in the outliers of a"):
        result = index({"a": {}}, words, methods=OWN).score(table)
    assert result.prepared["a"].to_list() == [1, 2, 2, 6]


def test_a_group_that_is_none_or_was_not_fitted_is_refused(index: Make, tmp_path: Path) -> None:
    words = {"treatment": "at_most_mean(by=region)", "normalisation": "none"}
    table = pl.DataFrame({"city": list("abcd"), "region": ["n", "n", "s", "s"], "a": [1.0, 3.0, 2.0, 5.0]})
    one = through(index({"a": {}}, words, methods=OWN), table, tmp_path)
    with pytest.raises(DataError, match="no statistics of a were fitted for region w"):
        one.score(table.with_columns(region=pl.lit("w")))
    with pytest.raises(DefinitionError, match=r'at_most_mean\(by=off\) names the groups "off"'):
        index({"a": {}}, {**words, "treatment": "at_most_mean(by=off)"}, methods=OWN).score(table)
