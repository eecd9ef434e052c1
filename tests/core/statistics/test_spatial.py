"""Neighbours with similar values correlate; what has no neighbours does not count."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import polars as pl
import pytest

from indicia import IndiciaError
from indicia.analysis import SpatialAutocorrelation, spatial_autocorrelation

LINE = pl.DataFrame({"city": ["a", "b", "c", "d"], "x": [1.0, 2.0, 8.0, 9.0]})
"""Four cities along a road."""

FIRST, SECOND = np.array([0, 1, 1, 2, 2, 3]), np.array([1, 0, 2, 1, 3, 2])


def measured(table: pl.DataFrame, *, standardised: bool = True) -> SpatialAutocorrelation:
    return spatial_autocorrelation(table, "city", ["x"], FIRST, SECOND, standardised=standardised)


def test_moran_and_geary_follow_their_formulas() -> None:
    found = measured(LINE).columns.row(0, named=True)
    # z = -4, -3, 3, 4 with Σ z² = 50; the neighbours have the means -3, -1/2, 1/2 and 3
    assert found["moran"] == pytest.approx((12 + 1.5 + 1.5 + 12) / 50)
    # squared differences of 1, (1 + 36) / 2, (36 + 1) / 2 and 1
    assert found["geary"] == pytest.approx(3 / (2 * 4) * 39 / 50)
    assert found["units"] == 4
    assert found["expected"] == pytest.approx(-1 / 3)


def test_the_local_figures_add_up_to_the_global_one() -> None:
    found = measured(LINE)
    assert found.units["local"].to_list() == pytest.approx([12 / 12.5, 1.5 / 12.5, 1.5 / 12.5, 12 / 12.5])
    assert found.units["local"].mean() == pytest.approx(found.columns["moran"].item())


@pytest.mark.parametrize("standardised", [True, False])
def test_the_variance_under_randomisation_is_that_of_all_permutations(standardised: bool) -> None:
    orders = [LINE.with_columns(x=pl.Series(order)) for order in permutations(LINE["x"])]
    values = pl.concat(measured(table, standardised=standardised).columns for table in orders)
    found = measured(LINE, standardised=standardised).columns.row(0, named=True)
    assert found["expected"] == pytest.approx(values["moran"].mean())
    assert found["variance_randomisation"] == pytest.approx(values["moran"].var(ddof=0))
    assert values["geary"].mean() == pytest.approx(1)
    assert found["geary_variance_randomisation"] == pytest.approx(values["geary"].var(ddof=0))


def test_the_variance_of_geary_under_normality_is_that_of_cliff_and_ord() -> None:
    found = measured(LINE, standardised=False).columns.row(0, named=True)
    # S0 = 6; S1 = 6 pairs * 2²/2 = 12; S2 = 2² + 4² + 4² + 2² = 40; ((2 * 12 + 40) * 3 - 4 * 36) / (2 * 5 * 36)
    assert found["geary_variance_normality"] == pytest.approx(48 / 360)
    # C = 3 / 12 * 2 (1 + 36 + 1) / 50 = 0.38
    assert found["geary_z_normality"] == pytest.approx((1 - 0.38) / np.sqrt(48 / 360))
    assert found["geary_p_greater"] < 0.5


def test_weights_that_differ_by_direction_have_the_variance_of_all_permutations() -> None:
    first, second, weights = np.array([0, 1, 2, 3, 0]), np.array([1, 0, 1, 2, 3]), np.array([1.0, 2.0, 0.5, 1.0, 3.0])
    values = [
        spatial_autocorrelation(
            LINE.with_columns(x=pl.Series(order)), "city", ["x"], first, second, weights, standardised=False
        ).columns.row(0, named=True)
        for order in permutations(LINE["x"])
    ]
    assert values[0]["variance_randomisation"] == pytest.approx(np.var([value["moran"] for value in values]))
    assert values[0]["geary_variance_randomisation"] == pytest.approx(np.var([value["geary"] for value in values]))


def test_no_column_of_figures_is_refused() -> None:
    with pytest.raises(IndiciaError, match="needs a column of figures\n  fix: such as the score"):
        spatial_autocorrelation(LINE, "city", [], FIRST, SECOND)


def test_a_unit_without_neighbours_or_without_a_value_does_not_count() -> None:
    table = pl.concat([LINE, pl.DataFrame({"city": ["island", "empty"], "x": [100.0, None]})])
    first, second = np.append(FIRST, [3, 5]), np.append(SECOND, [5, 3])
    found = spatial_autocorrelation(table, "city", ["x"], first, second)
    assert found.columns.rows() == measured(LINE).columns.rows()
    assert found.units["local"].to_list()[4:] == [None, None]
    assert found.units["quadrant"].to_list() == ["low-low", "low-low", "high-high", "high-high", None, None]


def test_no_permutation_that_changes_the_similarity_has_no_probability() -> None:
    pairs = np.array([pair for pair in np.ndindex(4, 4) if pair[0] != pair[1]]).T  # all are neighbours of all
    found = spatial_autocorrelation(LINE, "city", ["x"], *pairs).columns.row(0, named=True)
    assert found["moran"] == pytest.approx(-1 / 3)
    assert (found["z_randomisation"], found["p_greater"]) == (None, None)


@pytest.mark.parametrize(
    ("x", "pairs", "message"),
    [
        ([1.0, 2, 3, 4], ([0], [0], [1.0]), "pair 1 of neighbours, rows 0 and 0, is a unit beside itself"),
        ([1.0, 2, 3, 4], ([0], [4], [1.0]), "rows 0 and 4, is no row of the table"),
        ([1.0, 2, 3, 4], ([0], [1], [-1.0]), "has a weight that is no number from 0 up"),
        ([1.0, 2, 3, 4], ([0, 0], [1, 1], [1.0, 1.0]), "a has the neighbour b twice\n  fix: state each pair once"),
        ([1.0, 2, 3, 4], ([0, 0], [1], [1.0]), "there are 2 units, 1 neighbours and 1 weights of pairs"),
        ([1.0, 2, 3, 4], ([0], [1], [1.0]), "x has 2 units with a value and a neighbour that has one"),
        ([1.0, 2, 3, None], (FIRST, SECOND, np.ones(6)), "x has 3 units with a value and a neighbour that has one"),
        ([0.3, 0.3, 0.1 + 0.2, 0.3], (FIRST, SECOND, np.ones(6)), "x is the same for all units with neighbours"),
        ([1.0, 2, 3, float("nan")], (FIRST, SECOND, np.ones(6)), "x has a value that is not finite"),
    ],
)
def test_pairs_and_values_without_autocorrelation_are_refused(
    x: list[float | None], pairs: tuple[list[int], list[int], list[float]], message: str
) -> None:
    table = LINE.with_columns(x=pl.Series(x))
    with pytest.raises(IndiciaError) as caught:
        spatial_autocorrelation(table, "city", ["x"], *(np.array(part) for part in pairs))
    assert message in str(caught.value)
