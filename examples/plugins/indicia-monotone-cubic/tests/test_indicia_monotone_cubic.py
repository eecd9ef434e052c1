"""Monotone cubic interpolation keeps its promises, and equals that of SciPy."""

import numpy as np
import polars as pl
import pytest
from indicia_monotone_cubic import MonotoneCubic

import indicia
from indicia.testing import checks


@pytest.mark.parametrize("check", checks(MonotoneCubic()))
def test_the_method_keeps_its_promises(check):
    check()


def series(seed):
    """Return years at uneven distances, and a value for each of them, with gaps and with steps of 0."""
    generator = np.random.default_rng(seed)
    years = np.sort(generator.choice(np.arange(1980, 2020), 15, replace=False))
    values = np.cumsum(generator.integers(-2, 4, 15)) * 0.5
    return years, np.where(generator.random(15) < 0.4, np.nan, values)


def filled(table, direction):
    words = {
        "data": {"unit": "unit", "period": "year"},
        "indicators": {"x": {"direction": direction, "bounds": [-100, 100]}},
        "methodology": {"missing": "skip"},
    }
    index = indicia.read(words).with_options(imputation=MonotoneCubic())
    return index.score(table).frame("prepared").sort("unit", "year")["x"].to_numpy()


@pytest.mark.parametrize("direction", ["benefit", "cost"])
def test_the_method_equals_scipy_and_extrapolates_nothing(direction):
    interpolate = pytest.importorskip("scipy.interpolate")
    tables, expected = [], []
    for seed in range(20):
        years, values = series(seed)
        present = ~np.isnan(values)
        curve = interpolate.PchipInterpolator(years[present], values[present], extrapolate=False)
        expected.extend(np.where(present, values, curve(years)))
        table = pl.DataFrame({"unit": f"unit {seed:02}", "year": years, "x": values}, nan_to_null=True)
        tables.append(table.sample(fraction=1, shuffle=True, seed=seed))
    assert filled(pl.concat(tables), direction) == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_two_present_values_are_joined_by_a_straight_line():
    table = pl.DataFrame({"unit": ["A"] * 4, "year": [2000, 2001, 2003, 2004], "x": [1.0, None, None, 9.0]})
    assert filled(table, "benefit") == pytest.approx([1, 3, 7, 9])
