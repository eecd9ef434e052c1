"""Values that differ by rounding noise alone are equal (decision 0004)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.errors import DataError
from indicia.index import Index

if TYPE_CHECKING:
    from indicia.result import Result

NOISY = 0.1 + 0.2
"""0.30000000000000004"""

SAID = "1 value different from others by rounding noise only, and treated as equal, in x"


def score(columns: dict[str, list[Any]], methodology: dict[str, Any], **tables: Any) -> Result:
    rows = len(next(iter(columns.values())))
    table = {"u": [f"u{number}" for number in range(rows)], **columns}
    indicators = {name: {"direction": "benefit"} for name in columns if name not in ("u", "year")}
    raw: dict[str, Any] = {"data": {"unit": "u"}, "indicators": indicators, "methodology": methodology, **tables}
    return Index(raw, installed()).score(pl.DataFrame(table))


def normalised(result: Result) -> list[float]:
    return result.normalised["x"].to_list()


@pytest.mark.parametrize("normalisation", ["min_max", "z_score", "rank"])
@pytest.mark.parametrize("noise", [0.9999999999999999, 1 + 1e-13])
def test_an_indicator_that_is_constant_but_for_noise_is_constant(noise: float, normalisation: str) -> None:
    columns = {"x": [1.0, noise, 1.0, 1.0], "y": [5.0, 4.5, 3.0, 2.0]}
    neutral = score(columns, {"constant": "neutral", "normalisation": normalisation})
    assert neutral.ranking["u"].to_list() == ["u0", "u1", "u2", "u3"]
    assert len(set(normalised(neutral))) == 1
    assert SAID in neutral.notes
    if normalisation != "rank":
        with pytest.raises(DataError, match="x is the same for all units"):
            score(columns, {"normalisation": normalisation})


def test_an_indicator_that_is_constant_but_for_noise_is_left_out_where_constants_are() -> None:
    result = score({"x": [1.0, 0.9999999999999999], "y": [5.0, 4.5]}, {"constant": "drop"})
    assert result.notes == ("left out, being the same for all units: x",)


def test_the_value_with_the_fewest_digits_is_kept_and_the_change_is_on_record() -> None:
    cells = score({"x": [NOISY, 0.3, 0.7], "y": [1.0, 2.0, 4.0]}, {"normalisation": "rank"}).cells
    assert cells.rows() == [("u0", "x", "noise", NOISY, 0.3, "equal within 1e-12 of the largest value")]


def test_what_differs_by_more_than_noise_keeps_its_difference() -> None:
    result = score({"x": [1.0, 1 + 2e-12, 1.0], "y": [1.0, 2.0, 4.0]}, {"normalisation": "rank"})
    assert normalised(result) == [1, 3, 1]
    assert result.notes == ()


def test_an_indicator_that_is_constant_but_for_noise_within_a_period_is_constant_there() -> None:
    columns = {
        "u": ["a", "b", "c", "a", "b", "c"],
        "year": [2020, 2020, 2020, 2021, 2021, 2021],
        "x": [0.3, NOISY, 0.3, 1e9, 2e9, 3e9],
        "y": [1.0, 2.0, 4.0, 3.0, 1.0, 1.0],
    }
    methodology = {"statistics": "period", "constant": "neutral"}
    result = score(columns, methodology, data={"unit": "u", "period": "year"})
    assert normalised(result) == [0.5, 0.5, 0.5, 0.0, 0.5, 1.0]
    assert SAID in result.notes


@pytest.mark.parametrize(
    "aggregation", ["borda", "condorcet", "copeland", "electre", "kemeny", "promethee", "schulze", "smaa", "todim"]
)
def test_units_whose_values_differ_by_noise_tie_where_units_are_compared(aggregation: str) -> None:
    columns = {"x": [0.3, NOISY, 0.1], "y": [1.0, 1.0, 0.1], "z": [1.0, 1.0, 0.2]}
    result = score(columns, {"aggregation": aggregation})
    first, second, third = result.scores["score"]
    assert first == second != third
    assert SAID in result.notes


def test_noise_is_judged_by_the_largest_raw_value_whatever_the_normalisation_makes_of_it() -> None:
    """The values are about a million, the range is 0.6, and 1e-10 is a ten thousandth of a millionth of a million."""
    columns = {"x": [1e6 + 0.3, 1e6 + 0.3 + 1e-10, 1e6 + 0.9], "y": [1.0, 1.0, 0.1], "z": [1.0, 1.0, 0.2]}
    result = score(columns, {"normalisation": "min_max", "aggregation": "copeland"})
    assert result.scores["score"].to_list() == [1, 1, -2]


def test_dimension_scores_that_differ_by_noise_are_equal_to_the_method_that_compares_them() -> None:
    """0.1 + (0.2 + 0.3) and 0.3 + (0.2 + 0.1), the sums of the first two units, differ in the last digit."""
    columns = {"a": [0.1, 0.3, 0.0], "b": [0.2, 0.2, 0.0], "c": [0.3, 0.1, 0.0], "d": [1.0, 1.0, 0.5]}
    indicators = {name: {"dimension": "second" if name == "d" else "first"} for name in columns}
    methodology = {"normalisation": "none", "aggregation": "sum", "levels": [{"aggregation": "copeland"}]}
    result = score(columns, methodology, indicators=indicators, dimensions={"first": {}, "second": {}})
    sums = result.scores["first"]
    assert sums[0] != sums[1]
    assert result.scores["score"].to_list() == [1, 1, -2]


@pytest.mark.parametrize(
    ("method", "values", "expected"),
    [
        ("categorical(by=values, thresholds=[0], scores=[0, 1])", [-1.0, -1e-17, 2.0], [0, 1, 1]),
        ("categorical(by=values, thresholds=[0.3], scores=[0, 1])", [0.1, 0.3 - 1e-16, 5.0], [0, 1, 1]),
        ("above_below_mean", [-0.3, 0.1, 0.2, 1e-17], [-1, 1, 1, 0]),
    ],
)
def test_a_value_that_misses_a_threshold_by_noise_of_the_largest_reaches_it(
    method: str, values: list[float], expected: list[float]
) -> None:
    result = score({"x": values, "y": [1.0, 2.0, 4.0, 3.0][: len(values)]}, {"normalisation": method})
    assert normalised(result) == expected


def test_units_that_leave_the_best_interval_by_noise_alone_all_score_the_best() -> None:
    indicators = {"x": {"direction": "interval", "interval": [0.2, 0.3]}, "y": {}}
    result = score({"x": [0.25, NOISY, 0.2], "y": [1.0, 2.0, 4.0]}, {"normalisation": "none"}, indicators=indicators)
    assert normalised(result) == [1, 1, 1]


def test_imputed_values_that_differ_from_others_by_noise_are_equal_to_them() -> None:
    """The mean of 0.1, 0.2 and 0.3 is 0.20000000000000004."""
    columns = {"x": [0.1, 0.2, 0.3, None], "y": [1.0, 2.0, 4.0, 3.0]}
    ranks = normalised(score(columns, {"imputation": "mean", "normalisation": "rank"}))
    assert ranks == [1, 2, 4, 2]


@pytest.mark.parametrize(
    ("weighting", "values", "without_noise"),
    [
        ("critic", [1.0, 1.0, 1 + 2e-16, 1.0], [1.0] * 4),
        ("critic(correlation=spearman)", [0.3, NOISY, 0.5, 0.9], [0.3, 0.3, 0.5, 0.9]),
    ],
)
def test_weights_of_correlations_see_no_noise(weighting: str, values: list[float], without_noise: list[float]) -> None:
    def weights(x: list[float]) -> list[float]:
        columns = {"x": x, "y": [5.0, 4.5, 3.0, 2.0], "z": [2.0, 9.0, 4.0, 1.0]}
        return score(columns, {"weighting": weighting, "normalisation": "none"}).weights["weight"].to_list()

    assert weights(values) == pytest.approx(weights(without_noise), rel=1e-12, abs=0)


MIRRORED = [0.1, 0.2, 0.3, 0.4]
"""0.1 and 0.3 lie equally far from 0.2, and the machine computes 0.1 and 0.09999999999999998."""
TARGETS: dict[str, dict[str, Any]] = {
    "target": {"direction": "target", "target": 0.2},
    "worst": {"direction": "target", "target": 0.2, "worst": [0.0, 0.4]},
    "interval": {"direction": "interval", "interval": [0.18, 0.22], "worst": [0.0, 0.4]},
}


def score_target(x: list[float], words: dict[str, Any], **methodology: str) -> Result:
    return score({"x": x}, methodology, indicators={"x": words})


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("normalisation", ["rank", "percentile_rank", "min_max", "z_score"])
def test_values_on_the_two_sides_of_a_target_are_equal_if_their_distances_are(normalisation: str, target: str) -> None:
    result = score_target(MIRRORED, TARGETS[target], normalisation=normalisation)
    below, best, above, worst = normalised(result)
    assert below == above
    assert best > below > worst


@pytest.mark.parametrize("aggregation", ["promethee", "copeland", "schulze", "regime", "rank_sum_ratio"])
def test_methods_that_compare_units_tie_those_that_are_equally_far_from_a_target(aggregation: str) -> None:
    result = score_target(MIRRORED, TARGETS["target"], normalisation="min_max", aggregation=aggregation)
    assert result.scored.rank.to_list() == [2, 1, 2, 4]


@pytest.mark.parametrize("target", [2, 3, 7, 12, 29])
def test_pairs_of_one_decimal_around_a_target_have_equal_ranks(target: int) -> None:
    below, above = ([(target + sign * distance) / 10 for distance in range(1, target)] for sign in (-1, 1))
    words = {"direction": "target", "target": target / 10}
    found = normalised(score_target([target / 10, *below, *above], words, normalisation="rank"))
    assert found[1:target] == found[target:]


def test_the_noise_of_distances_is_that_of_the_values() -> None:
    # the distances of 100000.1 and 100000.3 from 100000.2 have only eleven digits in common
    words = {"direction": "target", "target": 100_000.2}
    below, _, above, _ = normalised(score_target([x + 100_000 for x in MIRRORED], words, normalisation="min_max"))
    assert below == above


def test_the_farthest_unit_scores_0_on_either_side_of_a_target() -> None:
    result = score_target(MIRRORED[:3], TARGETS["target"], normalisation="min_max")
    assert normalised(result) == [0.0, 1.0, 0.0]
