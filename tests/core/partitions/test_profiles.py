"""Profiles of columns over partitions: extremes and sums of all rows, asked for once."""

import math

import polars as pl
import pytest

from indicia.methods.profile import Profile
from indicia.partitions.partition import Partition, Pending
from indicia.partitions.profiles import partition_profiles

EMPTY = pl.DataFrame({"x": pl.Series([], dtype=pl.Float64)})
PARTS = [pl.DataFrame({"x": [3.0, None, 1.0]}), EMPTY, pl.DataFrame({"x": [8.0]})]


def profile_of_all_rows(frames: list[pl.DataFrame]) -> Profile:
    """Return the profile that the last partition sees after the round of questions."""
    states = []
    for number, frame in enumerate(frames):
        partition = Partition(number, {})
        with pytest.raises(Pending):
            _ = partition_profiles(partition, "values", frame, ["x"])["x"].lowest
        (question,) = partition.questions.values()
        states.append(question.state)
    state, *others = states
    for other in others:
        state = question.merge.join(state, other)
    answered = Partition(len(frames) - 1, {"values: profiles of x": question.merge.value(state)})
    return partition_profiles(answered, "values", frames[-1], ["x"])["x"]


def profile_of_unknown_rows() -> Profile:
    """Return the profile that a partition sees before the round of questions."""
    return partition_profiles(Partition(0, {}), "values", PARTS[0], ["x"])["x"]


def test_the_profile_has_the_extremes_and_gaps_of_all_partitions():
    profile = profile_of_all_rows(PARTS)
    assert (profile.missing, profile.lowest, profile.highest) == (1, 1.0, 8.0)


@pytest.mark.parametrize(("kind", "value"), [("min", 1.0), ("max", 8.0), ("count", 3.0), ("sum", 12.0), ("mean", 4.0)])
def test_the_profile_has_the_statistics_that_follow_from_its_facts(kind, value):
    assert profile_of_all_rows(PARTS).statistic(kind) == value


@pytest.mark.parametrize(("kind", "value"), [("min", -8.0), ("max", -1.0), ("sum", -12.0), ("mean", -4.0)])
def test_a_mirrored_profile_has_the_statistics_of_mirrored_values(kind, value):
    assert profile_of_all_rows(PARTS).mirrored().statistic(kind) == value


@pytest.mark.parametrize(
    ("floor", "cap", "ends"),
    [
        (2.0, 5.0, (2.0, 5.0)),
        (2.0, None, (2.0, 8.0)),
        (None, 5.0, (1.0, 5.0)),
        (9.0, None, (9.0, 9.0)),
        (None, 0.5, (0.5, 0.5)),
        (None, None, (1.0, 8.0)),
    ],
)
def test_a_clipped_profile_has_the_extremes_of_clipped_values(floor, cap, ends):
    profile = profile_of_all_rows(PARTS).clipped(floor, cap)
    assert (profile.statistic("min"), profile.statistic("max"), profile.statistic("count")) == (*ends, 3.0)


@pytest.mark.parametrize("answered", [True, False])
def test_the_sum_of_clipped_values_and_the_median_do_not_follow_from_a_profile(answered):
    profile = profile_of_all_rows(PARTS) if answered else profile_of_unknown_rows()
    clipped = profile.clipped(2.0, 5.0)
    kinds = ("min", "max", "count", "sum", "mean", "median")
    assert [kind for kind in kinds if profile.has(kind)] == ["min", "max", "count", "sum", "mean"]
    assert [kind for kind in kinds if clipped.has(kind)] == ["min", "max", "count"]


def test_a_sum_that_overflows_is_no_statistic_of_a_profile():
    huge = [pl.DataFrame({"x": [1.7e308]}), pl.DataFrame({"x": [1.7e308]})]
    assert profile_of_all_rows(huge).has("mean") is False


def test_columns_without_values_have_no_statistics():
    empty = pl.DataFrame({"x": pl.Series([None], dtype=pl.Float64)})
    assert profile_of_all_rows([empty, empty]).has("mean") is False


def test_before_the_answer_a_statistic_asks_for_the_profile():
    with pytest.raises(Pending, match="values: profiles of x"):
        profile_of_unknown_rows().statistic("mean")


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_a_value_that_is_not_finite_is_seen_in_its_partition(value):
    frame = pl.DataFrame({"x": [1.0, value]})
    assert not partition_profiles(Partition(0, {}), "values", frame, ["x"])["x"].finite
