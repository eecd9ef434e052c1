"""Inequality adds up, and does not depend on what it should not."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import IndiciaError
from indicia.analysis import dagum, inequality, theil

UNITS = st.lists(st.tuples(st.integers(0, 50), st.sampled_from("abc"), st.integers(1, 9)), min_size=1, max_size=20)

FEW = settings(max_examples=40)


def table(units: list[tuple[int, str, int]]) -> pl.DataFrame:
    return pl.DataFrame(units, schema={"x": pl.Float64, "group": pl.String, "people": pl.Int64}, orient="row")


@FEW
@given(UNITS.filter(lambda units: any(x for x, _, _ in units)))
def test_the_parts_add_up_to_the_whole(units: list[tuple[int, str, int]]) -> None:
    frame, alone = table(units), table([(x, "all", people) for x, _, people in units])
    for index in (theil, dagum):
        whole = index(alone, "x", "group", weight="people")
        assert whole.total == whole.within
        assert index(frame, "x", "group", weight="people").total == pytest.approx(whole.total, abs=1e-12)


@FEW
@given(UNITS.filter(lambda units: any(x for x, _, _ in units)))
def test_a_weight_counts_units_so_many_times(units: list[tuple[int, str, int]]) -> None:
    frame, repeated = table(units), table([unit for unit in units for _ in range(unit[2])])
    weighted, counted = dagum(frame, "x", "group", weight="people"), dagum(repeated, "x", "group")
    assert (weighted.within, weighted.between) == pytest.approx((counted.within, counted.between), abs=1e-12)
    assert theil(frame, "x", "group", weight="people").between == pytest.approx(theil(repeated, "x", "group").between)


def test_groups_that_do_not_overlap_have_no_transvariation() -> None:
    found = dagum(table([(1, "a", 1), (2, "a", 1), (3, "b", 1), (9, "b", 1)]), "x", "group")
    assert found.transvariation == pytest.approx(0.0, abs=1e-15)
    assert found.pairs["richer", "poorer", "gini", "distance"].rows() == [("b", "a", pytest.approx(18 / 30), 1.0)]


def test_a_group_that_has_nothing_is_equal_in_itself() -> None:
    found = theil(table([(0, "a", 1), (0, "a", 1), (4, "b", 1), (4, "b", 1)]), "x", "group")
    assert found.groups["theil"].to_list() == [0.0, 0.0]
    assert found.between == pytest.approx(0.6931471805599453)  # ln 2: all that there is belongs to half


@pytest.mark.parametrize(
    ("x", "arguments", "message"),
    [
        ([1.0, None], {}, "x or its group is missing for 1 unit"),
        ([1.0, -1.0], {}, "x is not zero or more for 1 unit"),
        ([1.0, float("inf")], {}, "x is not zero or more for 1 unit"),
        ([1.0, 0.0], {"index": "L"}, "x is not positive for 1 unit"),
        ([1.0, 2.0], {"weight": "zero"}, "zero is not positive for 2 units"),
        ([1.0, 2.0], {"weight": "zeros"}, 'unknown column "zeros"\n  fix: did you mean "zero"?'),
        ([0.0, 0.0], {}, "needs a unit with some x"),
    ],
)
def test_values_without_inequality_are_refused(x: list[float | None], arguments: dict[str, str], message: str) -> None:
    frame = pl.DataFrame({"x": x, "group": ["a", "b"], "zero": [0, 0]})
    with pytest.raises(IndiciaError) as caught:
        theil(frame, "x", "group", **arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize("weight", [None, "people"])
def test_measures_of_inequality_follow_their_formulas(weight: str | None) -> None:
    # y = x / mean = 0.5, 0.5, 2; with people 2 and 1 the same units in two rows
    frame = table([(1, "a", 1), (1, "a", 1), (4, "a", 1)] if weight is None else [(1, "a", 2), (4, "a", 1)])
    found = dict(inequality(frame, "x", weight=weight, aversions=[0.5, 1, 2]).rows())
    assert found == {
        "theil_t": pytest.approx(math.log(2) / 3),  # (2 * 0.5 ln 0.5 + 2 ln 2) / 3
        "theil_l": pytest.approx(math.log(2) / 3),  # -(2 ln 0.5 + ln 2) / 3
        "half_cv2": pytest.approx(0.25),  # (0.25 + 0.25 + 1) / 3 / 2
        "gini": pytest.approx(1 / 3),  # 4 of 9 ordered pairs differ by 3: 12 / 9 / (2 * 2)
        "gini_sample": None if weight else pytest.approx(0.5),
        "atkinson_0.5": pytest.approx(1 - (2 * 0.5**0.5 + 2**0.5) ** 2 / 9),
        "atkinson_1": pytest.approx(1 - 0.5 ** (1 / 3)),
        "atkinson_2": pytest.approx(1 - 3 / 4.5),  # mean of 1 / y = (2 + 2 + 0.5) / 3
    }


def test_a_unit_with_nothing_has_no_logarithm_and_the_highest_aversion() -> None:
    found = dict(inequality(table([(0, "a", 1), (2, "a", 1)]), "x").rows())
    assert found["theil_l"] is None
    assert (found["atkinson_1"], found["atkinson_2"]) == (1.0, 1.0)


def test_measures_of_inequality_refuse_an_aversion_of_0_and_a_missing_value() -> None:
    with pytest.raises(IndiciaError, match="number above 0, unlike 0"):
        inequality(table([(1, "a", 1)]), "x", aversions=[0])
    with pytest.raises(IndiciaError, match="x is missing for 1 unit"):
        inequality(pl.DataFrame({"x": [1.0, None]}), "x")


def test_the_parts_of_pairs_of_groups_add_up_to_the_parts_of_the_total() -> None:
    found = dagum(table([(1, "a", 1), (3, "a", 2), (2, "b", 1), (9, "b", 1), (4, "c", 1)]), "x", "group")
    assert found.pairs["between"].sum() == pytest.approx(found.between)
    assert found.pairs["transvariation"].sum() == pytest.approx(found.transvariation)
