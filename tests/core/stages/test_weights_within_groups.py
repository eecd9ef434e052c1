"""Weights within groups are computed in one query, and equal those of each group to the bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import MethodError, MethodFailure
from indicia.methods import Domain, Weighting
from indicia.stages import component_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index
    from indicia.methods import Array, Indicators

    Make = Callable[..., Index]

NAMES = [f"x{number}" for number in range(5)]
INDICATORS = {name: {"bounds": [0, 40], "direction": "cost" if name == "x3" else "benefit"} for name in NAMES}
YEARS = [2020, 2021, 2022]
BY_STATISTICS = [
    "entropy",
    "entropy(shift=0.1)",
    "standard_deviation",
    "variance",
    "coefficient_of_variation",
    "gini",
    "angle",
    "angle(directed=true)",
    "lopcow",
    "mpsi",
]
"""Weightings that ask for statistics alone."""


def panel(*, gaps: bool = False) -> pl.DataFrame:
    """Return 31 cities in three years; in the second year the second indicator does not vary."""
    values = np.random.default_rng(1).lognormal(size=(31 * len(YEARS), len(NAMES))).clip(0, 40)
    values[1::3, 1] = 0.1 * 3
    if gaps:
        values[::7, 2] = np.nan
    cities = [f"c{row // len(YEARS)}" for row in range(len(values))]
    about = {"city": cities, "region": "south", "year": YEARS * 31}
    return pl.DataFrame(about).hstack(pl.DataFrame(values, NAMES).fill_nan(None))


def check(index: Make, weighting: object, table: pl.DataFrame) -> None:
    words = {"weighting": weighting, "missing": "skip"}
    within = index(INDICATORS, {**words, "weights": "period"}, period="year").score(table).weights
    for year in YEARS:
        alone = index(INDICATORS, words).score(table.filter(year=year).drop("year")).weights
        assert within.filter(year=year)["weight"].to_list() == alone["weight"].to_list()


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("weighting", [*BY_STATISTICS, "critic", "critic(correlation=spearman)", "merec", "cilos"])
@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_weights_are_those_of_each_group_to_the_bit(index: Make, weighting: str, gaps: bool) -> None:
    check(index, weighting, panel(gaps=gaps))


@pytest.mark.parametrize("weighting", BY_STATISTICS)
def test_no_group_is_computed_by_itself(index: Make, weighting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(component_values, "summarise")
    words = {"weighting": weighting, "weights": "period"}
    assert index(INDICATORS, words, period="year").score(panel()).weights.height == len(YEARS) * len(NAMES)


@dataclass(frozen=True)
class AboveTheFirst(Weighting):
    """Weigh an indicator by its sum over a figure of its group, which the formula holds."""

    name = "above_the_first"
    reference = "None"
    held: str = "number"

    def weigh(self, indicators: Indicators) -> Array:
        sums = indicators.each(lambda _, s: s.sum)
        first = {"number": float(sums[0]), "array": sums[:1]}[self.held]
        return indicators.each(lambda x, s: s((x / float(np.sum(first))).sum()) + s.std)


@pytest.mark.parametrize("held", ["number", "array"])
@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_a_formula_may_hold_figures_of_its_group(index: Make, held: str) -> None:
    check(index, AboveTheFirst(held), panel())


@dataclass(frozen=True)
class InPlace(Weighting):
    """Change the statistics in place, and ask again."""

    name = "in_place"
    reference = "None"

    def weigh(self, indicators: Indicators) -> Array:
        def spread(_: Any, s: Any) -> Any:
            return s.std

        changed = indicators.each(spread)
        changed += 1
        return indicators.each(spread)


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_statistics_that_a_method_changes_are_its_own(index: Make) -> None:
    check(index, InPlace(), panel())


@dataclass(frozen=True)
class Whole(Weighting):
    """Weigh by whole numbers, which have no place for very large values."""

    name = "whole"
    reference = "None"

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.on("raw").each(lambda x, s: s((x * 1e17).cast(int).max()), Domain.NON_NEGATIVE)


def test_a_formula_that_fails_in_one_group_raises_the_error_of_that_group(index: Make) -> None:
    table = panel().with_columns(x0=pl.when(year=2022).then(1000.0).otherwise("x0"))
    methods = {"weighting": Whole(), "weights": "period"}
    made = index({name: {} for name in NAMES}, methods, period="year")
    with pytest.raises(MethodFailure, match="whole of index fails: InvalidOperationError"):
        made.score(table)


def test_values_outside_a_domain_are_those_of_the_first_group_that_has_them(index: Make) -> None:
    def negative(name: str, year: int) -> pl.Expr:
        return pl.when(year=year).then(-pl.col(name)).otherwise(name).alias(name)

    table = panel().with_columns(negative("x1", 2022), negative("x4", 2021))
    words = {"weighting": "entropy(on=raw)", "weights": "period"}
    with pytest.raises(MethodError, match="entropy of index needs non-negative raw values, unlike x4\n"):
        index({name: {} for name in NAMES}, words, period="year").score(table)
