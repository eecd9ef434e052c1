"""The facts of normalised columns in a run over partitions, from those of the columns before."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.formulas import Expression, Statistics, column, record
from indicia.partitions.partition import Partition
from indicia.partitions.profiles import ColumnFacts, partition_profiles
from indicia.stages.normalise import facts_of_lines
from indicia.tables.evaluate import evaluate


def min_max(x: Expression, s: Statistics) -> Expression:
    return (x - s.min) / (s.max - s.min)


def turned_round(x: Expression, s: Statistics) -> Expression:
    return 100 * (s.max - x) / (s.max - s.min) + 1


def zscore(x: Expression, s: Statistics) -> Expression:
    return (x - s.mean) / s.std


def facts_of(values: list[float | None], formula: object) -> tuple[pl.Series, ColumnFacts | None]:
    """Return the normalised column, and the facts of it that follow from those of the values."""
    frame = pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64)})
    x, present = column("x"), [value for value in values if value is not None]
    gaps = len(values) - len(present)
    of_values = ColumnFacts(gaps, False, min(present), max(present), len(present), sum(present))
    profiles = partition_profiles(Partition(0, {}), "values", frame, ["x"], known={"x": of_values})
    recorded = record(lambda recorder: formula(x, recorder("x", x)))  # type: ignore[operator]
    evaluation = evaluate(frame, {"x": recorded})
    return evaluation.frame["x"], facts_of_lines(evaluation, profiles).get("x")


VALUES = st.lists(st.none() | st.floats(-1e9, 1e9).map(lambda x: round(x, 3)), min_size=2, max_size=20)
DIFFERENT = VALUES.filter(lambda values: len({value for value in values if value is not None}) > 1)


@pytest.mark.parametrize("formula", [min_max, turned_round])
@given(values=DIFFERENT)
def test_they_are_those_of_the_normalised_values(formula: object, values: list[float | None]) -> None:
    column, facts = facts_of(values, formula)
    assert facts is not None
    assert (facts.missing, facts.present) == (column.null_count(), column.count())
    assert (facts.lowest, facts.highest) == (column.min(), column.max())
    assert facts.statistic("mean") is None or math.isclose(facts.statistic("mean"), column.mean(), rel_tol=1e-12)  # type: ignore[arg-type]


def test_a_mean_that_loses_its_digits_does_not_follow() -> None:
    """The mean of z-scores is 0."""
    _, facts = facts_of([1.0, 2.0, 4.0], zscore)
    assert facts is not None
    assert (facts.statistic("mean"), facts.statistic("count")) == (None, 3.0)


def test_the_mean_of_values_far_from_zero_with_a_small_range_does_not_follow() -> None:
    _, facts = facts_of([1.7e9, 1.7e9 + 0.5, 1.7e9 + 1], min_max)
    assert facts is not None
    assert (facts.statistic("mean"), facts.statistic("max")) == (None, 1.0)


def test_columns_without_a_scale_have_no_facts() -> None:
    assert facts_of([3.0, 3.0, None], min_max)[1] is None


def test_before_the_facts_of_values_are_known_nothing_follows() -> None:
    frame = pl.DataFrame({"x": [1.0, 3.0]})
    x = column("x")
    evaluation = evaluate(frame, {"x": record(lambda recorder: min_max(x, recorder("x", x)))})
    assert facts_of_lines(evaluation, partition_profiles(Partition(0, {}), "values", frame, ["x"])) == {}
