"""Other aggregations, units that leave the index, and methods that do not go together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from subject_of_index import findings, subject_of_index

from indicia.checks import RunFacts, Subject

TOWNS = [f"t{number:02}" for number in range(12)]
EVEN = pl.DataFrame(
    {"town": TOWNS, **{name: [10.0 + place + tenth for place in range(12)] for name, tenth in (("a", 0.0), ("b", 0.1))}}
)
"""Both indicators have the same order, so that every aggregation has it too."""
UNEVEN = pl.DataFrame(
    {
        "town": TOWNS,
        "a": [float(place) for place in range(1, 13)],
        "b": [float(100 - place**2 / 2) for place in range(12)],
    }
)


def words(*names: str, **methodology: Any) -> dict[str, Any]:
    directions = {name: {"direction": "benefit"} for name in names}
    return {"data": {"unit": "town"}, "indicators": directions, "methodology": methodology}


POSITIVE = {"normalisation": "min_max(lower=1, upper=100)"}


def test_benefit_of_the_doubt_states_values_bounds_and_the_share_of_units_on_the_frontier() -> None:
    (finding,) = findings("B01", subject_of_index(words("a", "b", **POSITIVE), EVEN))
    assert finding.sentence.startswith(
        "benefit of the doubt over 2 parts of the index, each with 0.5 to 2 times its weight as its share of the "
        "score: 1 of 12 units is on the frontier (8 %)"
    )
    assert (finding.where, finding.value, finding.threshold) == ("index", pytest.approx(1 / 12), 0.3)


def test_shares_of_the_weights_are_bounded_where_values_are_0() -> None:
    (finding,) = findings("B01", subject_of_index(words("a", "b"), EVEN))
    assert "0.5 to 2 times its weight as its share of the sum of its weights: 1 of 12 units" in finding.sentence


def test_negative_values_are_the_reason_that_benefit_of_the_doubt_cannot_be_computed() -> None:
    (finding,) = findings("B01", subject_of_index(words("a", "b", normalisation="z_score"), EVEN))
    assert "cannot be computed: " in finding.sentence
    assert finding.value is None


def test_a_full_audit_computes_benefit_of_the_doubt_without_bounds_and_finds_many_units_on_the_frontier() -> None:
    bounded, unbounded = findings("B01", subject_of_index(words("a", "b", **POSITIVE), UNEVEN, full=True))
    # on a concave curve from the best of b to the best of a, every town is best for some weights
    assert (
        "without bounds: 12 of 12 units are on the frontier (100 %), which have the highest score" in unbounded.sentence
    )
    assert unbounded.remedy
    assert bounded.value is not None
    assert bounded.value < 1


def of_parts(count: int, *, full: bool = False) -> Subject:
    """Return the subject of a run of twelve units with many indicators; its further runs are never asked for."""
    columns = {f"x{place}": np.roll(np.arange(1.0, 13.0), place) for place in range(count)}
    run = RunFacts.of({"index": pl.DataFrame(columns)})
    rescorer = subject_of_index(words("a", "b"), EVEN).rescorer
    return replace(
        Subject.of(pl.DataFrame({"town": TOWNS}), pl.DataFrame(columns), run=run), rescorer=rescorer, is_full=full
    )


@pytest.mark.parametrize(
    ("count", "full", "remedy"),
    [(160, False, "indicia audit --full computes it"), (510, True, "group the parts in dimensions")],
)
def test_many_linear_programmes_are_not_solved(count: int, full: bool, remedy: str) -> None:
    (finding,) = findings("B01", of_parts(count, full=full))
    assert finding.sentence == (
        f"benefit of the doubt takes long for 12 units and {count} parts of the index, and is not computed"
    )
    assert finding.remedy == remedy


def test_an_index_of_a_harm_has_no_benefit_of_the_doubt() -> None:
    (finding,) = findings("B01", subject_of_index(words("a", "b", **POSITIVE) | {"direction": "cost"}, EVEN))
    assert finding.sentence == "benefit of the doubt is not computed, since a higher score of the index is worse"


def test_a_single_unit_on_the_frontier_has_nothing_in_common_with_others() -> None:
    (finding,) = findings("B01", subject_of_index(words("a", "b", **POSITIVE), EVEN.head(3)))
    assert "1 of 3 units is on the frontier (33 %); " in finding.sentence
    assert finding.remedy == ""


def test_rescaled_and_rounded_scores_put_no_other_unit_on_the_frontier() -> None:
    rounded = words("a", "b", **POSITIVE, decimals=0, rescaling="max")
    (finding,) = findings("B01", subject_of_index(rounded, EVEN))
    assert finding.value == pytest.approx(1 / 12)


def test_an_aggregation_with_another_ranking_is_a_warning_with_the_measures_of_the_difference() -> None:
    tenths = [place / 10 for place in range(6)]
    one_sided = pl.DataFrame(  # six even towns, and six that are the best in a and the worst in b
        {
            "town": TOWNS,
            "a": [5 + t for t in tenths] + [12 - t for t in tenths],
            "b": [5 + t for t in tenths] + [1 + t for t in tenths],
        }
    )
    (finding,) = findings("B02", subject_of_index(words("a", "b", **POSITIVE), one_sided), methods=["min"])
    assert finding.where == "index"
    assert finding.severity is None
    assert finding.value is not None
    assert finding.value < 0.9
    assert finding.sentence.startswith("min in place of arithmetic at the index: tau-b = ")
    assert finding.sentence.endswith(" of the 10 units of rank 10 or better stay there, over 12 units")


def test_aggregations_with_the_same_ranking_are_information() -> None:
    found = findings("B02", subject_of_index(words("a", "b", **POSITIVE), EVEN))
    assert [finding.severity for finding in found] == ["information"] * 3  # not the index's own, arithmetic
    assert found[0].sentence == (
        "geometric in place of arithmetic at the index: tau-b = 1.000, rho = 1.000, the mean shift is 0.0 ranks and "
        "the largest 0, 10 of the 10 units of rank 10 or better stay there, over 12 units"
    )


@pytest.mark.parametrize("code", ["B01", "B02"])
def test_no_other_aggregation_replaces_a_formula_that_defines_the_index(code: str) -> None:
    ratio = words("a", "b", normalisation="none", aggregation="formula(expression='a / b')")
    (finding,) = findings(code, subject_of_index(ratio, EVEN))
    assert finding.severity in (None, "information")
    assert "formula" in finding.sentence
    assert "tau-b" not in finding.sentence


def test_an_aggregation_that_cannot_be_taken_is_information_with_the_reason() -> None:
    found = findings("B02", subject_of_index(words("a", "b", normalisation="z_score"), EVEN), methods=["geometric"])
    assert [finding.severity for finding in found] == ["information"]
    assert found[0].sentence.startswith("geometric cannot take the place of arithmetic at the index: geometric")


REVERSED = pl.DataFrame({"town": ["A", "B", "C"], "a": [10.0, 0.0, 0.0], "b": [3.0, 10.0, -90.0]})
"""With C, b scales from -90 to 10: A has 1 + 0.93, B 0 + 1, and A is first. Without C, A has 1 + 0 and B 0 + 1."""


def test_an_order_of_the_first_that_depends_on_the_last_unit_is_a_warning_at_this_unit() -> None:
    (finding,) = findings("B03", subject_of_index(words("a", "b"), REVERSED))
    assert (finding.where, finding.severity) == ("C", None)
    assert finding.sentence == (
        "without C, 1 of the other 2 units change places, some of them among the first 3; B moves most, by 1 rank"
    )


def test_fixed_goalposts_keep_the_order_whatever_unit_leaves() -> None:
    bounded = words("a", "b")
    bounded["indicators"] = {name: {"direction": "benefit", "bounds": [-90, 10]} for name in "ab"}
    assert not findings("B03", subject_of_index(bounded, REVERSED, full=True))


def test_a_change_below_the_first_is_information() -> None:
    # b scales from -90 to 20: A has 0.5 + 0.85, B 0 + 0.93; without C it begins at 3: A has 0.5, B 9/17
    frame = pl.DataFrame({"town": ["A", "B", "C", "Z"], "a": [10.0, 0.0, 0.0, 20.0], "b": [3.0, 12.0, -90.0, 20.0]})
    (finding,) = findings("B03", subject_of_index(words("a", "b"), frame), top=1)
    assert (finding.where, finding.severity) == ("C", "information")
    assert "without C, 2 of the other 3 units change places; A moves most, by 1 rank" in finding.sentence


def test_a_full_audit_names_each_unit_whose_absence_changes_the_first() -> None:
    found = findings("B03", subject_of_index(words("a", "b"), REVERSED, full=True))
    assert "C" in [finding.where for finding in found]


def run_of(values: dict[str, list[float]], normalisation: str, aggregation: str, ordinal: bool = False) -> Subject:
    methods = {"index": {"aggregation": aggregation}, **{name: {"normalisation": normalisation} for name in values}}
    frame = pl.DataFrame(values)
    run = RunFacts.of({"index": frame}, methods=methods, ordinal=list(values) if ordinal else [])
    return Subject.of(pl.DataFrame({"town": [f"t{row}" for row in range(len(frame))]}), frame, run=run)


def test_a_product_of_values_at_0_is_an_error_at_the_component() -> None:
    (finding,) = findings("M01", run_of({"a": [0.0, 0.5, 1.0], "b": [0.3, 0.5, 1.0]}, "min_max", "weighted_product"))
    assert (finding.where, finding.value, finding.severity) == ("a", 1.0, "error")
    assert finding.sentence == "a is 0 or below for 1 unit, and decides the weighted_product score of index"


def test_a_product_of_values_close_to_0_is_a_warning() -> None:
    (finding,) = findings("M01", run_of({"a": [0.001, 0.5, 1.0]}, "min_max(lower=0.001)", "geometric"))
    assert (finding.where, finding.severity, finding.value) == ("a", None, 0.001)
    assert not findings("M01", run_of({"a": [1.0, 50.0, 100.0]}, "min_max(lower=1, upper=100)", "geometric"))


def test_a_product_of_z_scores_is_a_warning_at_the_node() -> None:
    (finding,) = findings("M01", run_of({"a": [90.0, 100.0, 110.0]}, "z_score(mean=100, sd=10)", "geometric"))
    assert (finding.where, finding.severity) == ("index", None)
    assert finding.sentence == "geometric of index takes ratios of z-scores, whose zero is a choice: a"


def test_a_weighted_sum_of_ranks_is_a_warning_and_a_product_of_ranks_information() -> None:
    ranks = {"a": [1.0, 2.0, 3.0]}
    (added,) = findings("M01", run_of(ranks, "rank", "arithmetic", ordinal=True))
    assert (added.where, added.sentence) == ("index", "arithmetic of index takes ranks for distances: a")
    assert added.severity is None
    (multiplied,) = findings("M01", run_of(ranks, "rank", "geometric", ordinal=True))
    assert multiplied.severity == "information"


def test_an_arithmetic_mean_of_distances_goes_together() -> None:
    assert not findings("M01", run_of({"a": [0.0, 0.5, 1.0]}, "min_max", "arithmetic"))


def test_an_audit_knows_which_normalisations_show_the_order_alone() -> None:
    with pytest.warns(UserWarning, match="takes ranks for distances"):
        subject = subject_of_index(words("a", "b", normalisation="rank"), EVEN)
    assert [finding.where for finding in findings("M01", subject)] == ["index"]
