"""What a weighting may ask of the components of a node."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from indicia.formulas import USED
from indicia.stages.component_values import ComponentValues, GroupComponents, Groups


def components(columns: dict[str, list[float | None]], **used: list[float]) -> GroupComponents:
    """Return components with these values, and columns that the method uses."""
    names, given = tuple(columns), np.ones(len(columns))
    frame = pl.DataFrame({**columns, **{USED + name: values for name, values in used.items()}})
    values = ComponentValues(frame, names, Groups((len(frame),)))
    directions: Any = ("benefit",) * len(names)
    return GroupComponents(
        "method", "index", names, directions, given, values, values, 0, frozenset(), set(), tuple(used)
    )


GAPS: dict[str, list[float | None]] = {"a": [1.0, 2.0, 3.0, None, 7.0], "b": [2.0, None, 1.0, 5.0, 9.0]}


def test_complete_units_have_all_components() -> None:
    assert components(GAPS).count_complete() == 3


def test_a_function_gets_the_values_of_the_complete_units() -> None:
    assert components(GAPS).reduce(lambda x: x.sum(axis=0)).tolist() == [11.0, 12.0]


def test_a_function_cannot_change_the_values() -> None:
    def change(values: Any) -> Any:
        values[0] = 0.0
        return values

    with pytest.raises(ValueError, match="read-only"):
        components(GAPS).reduce(change)


def test_rank_correlations_are_those_of_spearman() -> None:
    # differences of ranks 1, 1, 0, 1, 1: rho = 1 - 6 * 4 / (5 * 24)
    ranks = {"a": [1.0, 4.0, 9.0, 16.0, 25.0], "b": [20.0, 10.0, 30.0, 50.0, 40.0]}
    assert components(ranks).correlation(of="ranks")[0, 1] == pytest.approx(0.8, abs=1e-15)


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    # ranks 1.5, 1.5, 3 and 1, 2, 3: products of deviations 1.5, lengths sqrt(1.5) and sqrt(2)
    correlation = components({"a": [0.1 + 0.2, 0.3, 5.0], "b": [1.0, 2.0, 3.0]}).correlation(of="ranks")
    assert correlation[0, 1] == pytest.approx(1.5 / np.sqrt(3))


def test_ranks_are_those_among_the_units_of_the_pair_or_among_complete_units() -> None:
    third = {**GAPS, "c": [1.0, 2.0, 3.0, 4.0, None]}
    assert components(third).correlation(of="ranks")[0, 1] == pytest.approx(0.5)  # ranks 1, 2, 3 and 2, 1, 3
    assert components(third).correlation("complete", of="ranks")[0, 1] == pytest.approx(-1.0)  # ranks 1, 2 and 2, 1


def test_two_components_have_their_correlation_as_multiple_correlation() -> None:
    two = components({"a": [1.0, 2.0, 3.0, 4.0], "b": [4.0, 1.0, 3.0, 0.0]})
    assert two.multiple_correlation() == pytest.approx(-two.correlation()[0, 1])


def test_the_multiple_correlation_with_a_component_that_does_not_vary_is_0() -> None:
    columns: dict[str, list[float | None]] = {"a": [1.0, 2.0, 4.0], "b": [3.0, 3.0, 3.0], "c": [1.0, 3.0, 2.0]}
    assert components(columns).multiple_correlation()[1] == 0.0


@pytest.mark.parametrize("word", ["multiple_correlation", "covariance"])
def test_a_single_complete_unit_has_no_correlations(word: str) -> None:
    few = components({"a": [1.0, 2.0, None], "b": [None, 1.0, 3.0]})
    with pytest.raises(ValueError, match="fewer than two units"):
        getattr(few, word)()


def test_a_regression_finds_the_slopes_of_a_plane() -> None:
    columns: dict[str, list[float | None]] = {"a": [0.0, 1.0, 0.0, 3.0, 9.0], "b": [0.0, 0.0, 1.0, 1.0, None]}
    plane = components(columns, gdp=[1.0, 3.0, 4.0, 10.0, 99.0])  # 1 + 2 a + 3 b, over the largest, 10
    assert plane.regression("gdp") == pytest.approx([0.2, 0.3])


def test_a_component_that_does_not_vary_has_slope_and_correlation_0() -> None:
    columns: dict[str, list[float | None]] = {"a": [0.0, 1.0, 2.0, 3.0], "b": [5.0, 5.0, None, None]}
    line = components(columns, gdp=[1.0, 3.0, 5.0, 7.0])
    assert line.regression("gdp") == pytest.approx([2 / 7, 0.0])
    assert line.correlation_with("gdp") == pytest.approx([1.0, 0.0])


def test_a_regression_refuses_dependent_components() -> None:
    columns: dict[str, list[float | None]] = {"a": [0.0, 1.0, 2.0, 5.0], "b": [0.0, 2.0, 4.0, 10.0]}
    with pytest.raises(ValueError, match="linearly dependent, so their coefficients are not unique: leave one out"):
        components(columns, gdp=[1.0, 2.0, 5.0, 3.0]).regression("gdp")


def test_a_regression_refuses_too_few_units() -> None:
    columns: dict[str, list[float | None]] = {"a": [0.0, 1.0, 2.0], "b": [0.0, 2.0, 1.0]}
    with pytest.raises(ValueError, match="on 2 components need more than 3 units that have all of them, and there"):
        components(columns, gdp=[1.0, 2.0, 5.0]).regression("gdp")


def test_a_correlation_with_a_column_takes_the_units_that_have_the_component() -> None:
    of_pairs = np.corrcoef([1.0, 2.0, 3.0, 7.0], [4.0, 1.0, 2.0, 8.0])[0, 1]
    assert components(GAPS, gdp=[4.0, 1.0, 2.0, 3.0, 8.0]).correlation_with("gdp")[0] == pytest.approx(of_pairs)


def test_a_column_has_to_be_declared() -> None:
    with pytest.raises(ValueError, match="does not declare"):
        components(GAPS).regression("gdp")
