"""Statistics of all groups in one query have the digits of a query of each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.formulas import column, record
from indicia.methods import where
from indicia.tables.evaluate import summarise, summarise_groups

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.formulas import Expression, Statistics

SIZES = (2, 7, 200, 3, 1_000, 129)
STEPS: dict[str, Callable[[Expression], Expression]] = {
    **{name: lambda x, name=name: getattr(x, name)() for name in ("abs", "sign", "cbrt", "exp", "arctan", "tanh")},
    **{name: lambda x, name=name: getattr(x.abs(), name)() for name in ("sqrt", "log", "log10", "log1p")},
    **{name: lambda x, name=name: getattr(x, name)() for name in ("floor", "ceil", "cum_sum")},
    "cumulative sums in order": lambda x: x.sort().cum_sum(),
    "shares of a number": lambda x: x / 3.7,
    "a number over": lambda x: 3.7 / x,
    "powers": lambda x: x**2 + x.abs() ** 1.7 + 1.1**x,
    "remainders": lambda x: x % 0.3 + x // 0.3,
    "clip": lambda x: x.clip(-0.5, 0.5),
    "fill": lambda x: x.fill_null(0.3),
    "where": lambda x: where((x > 0) & x.is_not_null(), x / 7, -x),
    "centred": lambda x: x - x.mean(),
}
REDUCTIONS: dict[str, Callable[[Expression], Expression]] = {
    **{name: lambda x, name=name: getattr(x, name)() for name in ("min", "max", "sum", "mean", "median", "std", "var")},
    **{name: lambda x, name=name: getattr(x, name)() for name in ("count", "len", "null_count", "n_unique", "first")},
    **{name: lambda x, name=name: getattr(x, name)() for name in ("last", "product")},
    "quantile": lambda x: x.quantile(0.3, "linear"),
    "some": lambda x: (x > 1).any(),
}
FORMULAS: dict[str, Callable[[Expression, Statistics], Expression]] = {
    "an own statistic": lambda x, s: s.std / s.mean + s.norm + s.std_with(0) + s.median + s.quantile(0.9),
    "rows over a statistic": lambda x, s: s((x / s.max).sum()),
    "a power of statistics": lambda x, s: s(((x.abs() + 1) ** s.std).sum()) ** 0.3,
    "a statistic over a number": lambda x, s: s.sum / 3.7 / 7 + 10 / s.count,
    "a logarithm of statistics": lambda x, s: (s.count.log() / (s.max - s.min)).log1p(),
    "three rounds": lambda x, s: s((x - s((x - s.mean).abs().max())).abs().sum()) / s.count,
    "a choice": lambda x, s: where(s.max > 2, s.std / 3, 0.0),
    "a truth": lambda x, s: s.max > 2,
    "a number": lambda x, s: where(s.max > 2, 1, 2),
}


def frame(*, scale: float = 1.0, gaps: bool = True, constant: bool = False) -> pl.DataFrame:
    """Return normal and lognormal values, some missing, of groups of these sizes."""
    random = np.random.default_rng(1)
    values = random.normal(size=(sum(SIZES), 2))
    values[:, 1] = np.exp(values[:, 1])
    values[9:209] *= scale
    if constant:
        values[2:9] = 0.1 * 3
    missing = gaps & (random.random(values.shape) < 0.1)
    return pl.DataFrame(np.where(missing, np.nan, values), schema=["x", "y"]).fill_nan(None)


def of_each(formula: Callable[[Expression, Statistics], Expression]) -> dict[str, Any]:
    return {name: record(lambda ask, name=name: formula(column(name), ask(name, column(name)))) for name in ("x", "y")}


def check(table: pl.DataFrame, formula: Callable[[Expression, Statistics], Expression]) -> None:
    formulas = of_each(formula)
    ends = np.cumsum(SIZES)
    each = [summarise(table.slice(end - size, size), formulas) for end, size in zip(ends, SIZES, strict=True)]
    at_once = summarise_groups(table, SIZES, formulas)
    assert at_once is not None
    assert at_once.equals(pl.DataFrame(each).cast(pl.Float64))


@pytest.mark.parametrize("step", STEPS)
def test_steps_by_row(step: str) -> None:
    check(frame(), lambda x, s: s(STEPS[step](x).sum()) / s(STEPS[step](x / s.max).std()))


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("gaps", [True, False])
def test_reductions(reduction: str, gaps: bool) -> None:
    check(frame(gaps=gaps), lambda x, s: s(REDUCTIONS[reduction](x)) * 1.0)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("constant", [True, False])
def test_formulas(formula: str, constant: bool) -> None:
    check(frame(constant=constant), FORMULAS[formula])


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_squares_that_leave_the_range_of_numbers_in_one_group(scale: float) -> None:
    check(frame(scale=scale), lambda x, s: s.std + s(s.norm / s.std_with(0)))


@pytest.mark.parametrize(
    "formula",
    [
        lambda x, s: s(x.skew()),  # Polars sums the powers of groups otherwise
        lambda x, s: s(x.sort().sum()),  # Polars adds up sorted groups row by row
        lambda x, s: s(x.rank().mean()),
        lambda x, s: s.fit(lambda values: [values.sum()], 1)[0],
        lambda x, s: s.value_of_unit("Oslo"),
        lambda x, s: s.max + x.min(),
        lambda x, s: 1 + x * 0,
    ],
)
def test_formulas_whose_digits_could_differ_are_computed_for_each_group(
    formula: Callable[[Expression, Statistics], Expression],
) -> None:
    assert summarise_groups(frame(), SIZES, of_each(formula)) is None


def test_a_group_of_one_row_is_computed_by_itself() -> None:
    """Polars divides a single value by a number otherwise than a column."""
    assert summarise_groups(frame().head(3), (2, 1), of_each(lambda x, s: s.max)) is None
