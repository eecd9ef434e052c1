"""Checks of the data look at values after caps, treatments and the normalisation, and at the ranks of a run, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.checks import DrawFacts, Finding, IndicatorFacts, NodeFacts, Rescoring, RunFacts, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

N = 30
NAMES = pl.DataFrame({"unit": [f"u{row:02}" for row in range(N)]})
STEPS = [float(row) for row in range(N)]


def look(code: str, subject: Subject, **thresholds: Any) -> list[Finding]:
    return list(installed().choose("check", {"method": code, **thresholds}).look(subject))


def x(values: Sequence[float | None] = STEPS, **words: Any) -> Subject:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=pl.Float64)})
    return Subject.of(NAMES, frame, indicators={"x": IndicatorFacts("x", **words)})


def with_normalised(subject: Subject, values: Sequence[float]) -> Subject:
    return replace(subject, run=RunFacts.of({"index": pl.DataFrame({"x": values})}, units=NAMES["unit"]))


def test_one_value_for_most_units_after_the_normalisation_is_found() -> None:
    subject = with_normalised(x(), [min(value / 10, 1.0) for value in STEPS])  # 20 of 30 are 1
    (finding,) = look("D03", subject)
    assert finding.sentence == "x is 1 for 20 of 30 units after the normalisation (67 %)"
    assert not look("D03", with_normalised(x(), STEPS))


def test_a_common_value_is_reported_once_at_its_first_state() -> None:
    values = [5.0] * 20 + STEPS[20:]
    (finding,) = look("D03", with_normalised(x(values, bounds=(0.0, 5.0)), [1.0] * N))
    assert finding.sentence == "x is 5 for 20 of 30 units (67 %)"


def test_an_indicator_that_a_transform_makes_skewed_is_found() -> None:
    subject = replace(x(), prepared=pl.DataFrame({"x": [2.0**value for value in STEPS]}))
    (finding,) = look("D05", subject)
    assert finding.sentence.startswith("x is skewed after caps and transforms: skewness 3.")
    assert finding.sentence.endswith("over 30 values")


def test_an_indicator_that_the_normalisation_makes_skewed_is_found() -> None:
    (finding,) = look("D05", with_normalised(x(), [2.0**value for value in STEPS]))
    assert finding.sentence.startswith("x is skewed after the normalisation: skewness 3.")
    assert finding.sentence.endswith("over 30 values")


def test_an_indicator_that_a_transform_mends_is_not_found() -> None:
    raw = [2.0**value for value in STEPS]
    subject = replace(x(raw), prepared=pl.DataFrame({"x": STEPS}))
    assert look("D05", x(raw))
    assert not look("D05", subject)


def test_a_logarithm_after_a_treatment_that_does_not_suffice_clears_the_finding() -> None:
    raw = [2.0**value for value in STEPS]
    treated = x(raw, treatment="winsorise")
    assert look("D07", treated)
    assert not look("D07", replace(treated, prepared=pl.DataFrame({"x": STEPS})))


def test_two_thirds_of_the_indicators_of_each_sub_index_are_needed() -> None:
    """A unit with 5 of 8 indicators of a sub-index has 63 %, and with 13 of 16 of the index 81 %."""
    names = [f"i{place:02}" for place in range(16)]
    raw = pl.DataFrame({name: [None if name in names[:3] else 1.0, 2.0] for name in names}).cast(pl.Float64)
    halves = (tuple(names[:8]), tuple(names[8:]))
    nodes = {
        "index": NodeFacts(("input", "output"), tuple(names), "skip"),
        "input": NodeFacts(("pillar",), halves[0], "skip"),
        "pillar": NodeFacts(halves[0], halves[0], "skip"),
        "output": NodeFacts(halves[1], halves[1], "skip"),
    }
    (finding,) = look("D02", Subject.of(NAMES.head(2), raw, nodes=nodes))
    assert (finding.where, finding.severity) == ("u00", "error")
    assert finding.sentence == "u00 has 5 of 8 indicators of input (62 %)"


def test_bounds_of_groups_are_those_of_the_row() -> None:
    units = NAMES.with_columns(sex=pl.Series(["f", "m"] * 15))
    facts = IndicatorFacts("x", group_of_bounds="sex", bounds_of_groups={"f": (0.0, 29.0), "m": (0.0, 24.0)})
    subject = Subject.of(units, pl.DataFrame({"x": STEPS}), groups=("sex",), indicators={"x": facts})
    assert subject.has("bounds")
    (finding,) = look("D13", subject)  # 25, 27 and 29 of the odd rows, m
    assert finding.sentence == "3 above the bounds of the sex, of 30 values of x (10 %)"


def test_bounds_that_differ_between_groups_reach_the_check_from_the_index_file() -> None:
    import indicia

    table = NAMES.with_columns(sex=pl.Series(["f", "m"] * 15), x=pl.Series(STEPS), y=pl.Series(STEPS))
    index = indicia.read(
        {
            "data": {"unit": "unit", "groups": ["sex"]},
            "indicators": {
                "x": {"direction": "benefit", "bounds": {"by": "sex", "f": [0, 29], "m": [0, 24]}},
                "y": {"direction": "benefit"},
            },
        }
    )
    assert [finding for finding in index.check(table).findings["check"] if finding == "D13"] == ["D13"]


def test_values_that_a_cap_lowers_to_the_bound_are_beyond_it() -> None:
    import indicia

    table = NAMES.with_columns(x=pl.Series(STEPS))  # 0 to 29
    indicators = {"x": {"direction": "benefit", "bounds": [0, 26], "cap": 26}}
    findings = indicia.read({"data": {"unit": "unit"}, "indicators": indicators}).check(table).findings
    (row,) = findings.filter(check="D13").to_dicts()
    assert row["where"] == "x"
    assert row["sentence"] == "3 above 26, of 30 values of x (10 %)"


@pytest.mark.parametrize(("normalisation", "codes"), [("min_max", {"D13"}), ("z_score", set())])
def test_bounds_that_the_normalisation_does_not_read_are_no_bounds(normalisation: str, codes: set[str]) -> None:
    import indicia

    table = NAMES.with_columns(x=pl.Series(STEPS))  # 0 to 29
    words = {"x": {"direction": "benefit", "bounds": [0, 20]}}
    index = indicia.read(
        {"data": {"unit": "unit"}, "indicators": words, "methodology": {"normalisation": normalisation}}
    )
    assert set(index.check(table).findings["check"]) & {"D13"} == codes


class Medians:
    """A rescorer that gives each unit the rank of a list."""

    def __init__(self, ranks: list[float]) -> None:
        self.ranks = np.array(ranks)

    def with_choice(self, stage: str, method: str, node: str | None = None) -> Rescoring:
        assert (stage, method, node) == ("imputation", "median", None)
        return Rescoring(-self.ranks, self.ranks)

    def without_parts(self) -> Mapping[str, Rescoring | str]:
        raise NotImplementedError

    def without_units(self, names: Sequence[str]) -> Mapping[str, Rescoring | str]:
        raise NotImplementedError


def incomplete(row: int) -> Subject:
    """Return 30 units, of which u00 is the first, and one lacks a value."""
    raw = pl.DataFrame({"x": STEPS, "y": STEPS}).with_columns(pl.when(pl.int_range(N) != row).then("y").alias("y"))
    run = RunFacts.of({"index": pl.DataFrame({"x": [-value for value in STEPS]})}, units=NAMES["unit"])
    return replace(Subject.of(NAMES, raw), run=run)


def test_an_incomplete_unit_among_the_first_ten_is_a_warning() -> None:
    first, second = look("D10", incomplete(9))
    assert first.where == "index"
    assert (second.where, second.severity, second.value) == ("u09", "warning", 10.0)
    assert (
        second.sentence == "u09 has rank 10 and lacks 1 of 2 indicators, for which the mean of its other values counts"
    )
    assert len(look("D10", incomplete(10))) == 1


@pytest.mark.parametrize(("rank", "count"), [(22.0, 1), (23.0, 2)])
def test_an_incomplete_unit_whose_rank_with_medians_leaves_its_interval_is_a_warning(rank: float, count: int) -> None:
    ranks = [*STEPS[1:], float(N)]
    table = NAMES.with_columns(lower=pl.lit(18.0), upper=pl.lit(22.0))
    draws = DrawFacts(NAMES["unit"].to_list(), np.array(ranks), np.array([ranks]), table, {})
    medians = Medians([*ranks[:19], rank, *ranks[20:]])
    findings = look("D10", replace(incomplete(19), draws=draws, rescorer=medians))
    assert len(findings) == count
    if count == 2:
        assert findings[1].sentence == (
            "medians in place of the missing values move 1 of 1 incomplete unit out of their intervals of ranks, most "
            "u19: from rank 20 to 23, outside 18 to 22"
        )


@pytest.mark.parametrize("size", ["Population", "gdp_per_head"])
def test_a_score_follows_a_variable_outside_the_index_that_is_a_size(size: str) -> None:
    subject = with_normalised(x(), STEPS)
    outside = pl.DataFrame({size: [10 * value for value in STEPS]})
    findings = look("D12", replace(subject, outside=outside))
    assert [finding.sentence.partition(":")[0] for finding in findings] == (
        ["the score follows Population"] if size == "Population" else []
    )


def test_a_column_that_weighs_units_is_a_size() -> None:
    sizes = pl.DataFrame({"people": [10 * value + 1 for value in STEPS]})
    subject = Subject.of(NAMES, pl.DataFrame({"x": STEPS}), weights_of_units=sizes)
    assert subject.has("denominators")
    assert [finding.where for finding in look("D11", subject)] == ["x"]
