"""Checks of importance against weight: each finds what is planted, at its place, and is quiet about a sound index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.checks import Rescoring, RunFacts, Subject
from indicia_checks.importance import AttainableImportance, Discrepancy, MainEffects, VarianceShares
from indicia_checks.influence import LeastInfluential, LeaveOneOut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.checks import Check, Finding

COMMON = np.tile([-1.0, 1.0], 60)
OTHER = np.tile([-1.0, -1.0, 1.0, 1.0], 30)
THIRD = np.repeat([-1.0, 1.0], 60)
"""Three columns of 120 units without any correlation."""


class Omissions:
    """Further runs of the mean of indicators."""

    def __init__(self, frame: pl.DataFrame, refused: Mapping[str, str] | None = None) -> None:
        self.frame, self.refused = frame, refused or {}

    def without_set(self, names: Sequence[str]) -> Rescoring | str:
        if names[0] in self.refused:
            return self.refused[names[0]]
        scores = self.frame.select(pl.mean_horizontal(pl.exclude(names))).to_series().round(12)
        ranks = scores.rank("min", descending=True).cast(pl.Float64)
        return Rescoring(scores.to_numpy(), ranks.to_numpy())

    def without_parts(self) -> dict[str, Rescoring | str]:
        return {name: self.without_set([name]) for name in self.frame.columns}

    def without_units(self, names: Sequence[str]) -> dict[str, Rescoring | str]:
        raise NotImplementedError

    def with_choice(self, stage: str, method: str, node: str | None = None) -> Rescoring | str:
        raise NotImplementedError


def subject_of(components: Mapping[str, pl.DataFrame] | pl.DataFrame, **more: Any) -> Subject:
    nodes = {"index": components} if isinstance(components, pl.DataFrame) else dict(components)
    refused = more.pop("refused", None)
    run = RunFacts.of(nodes, **more)
    leaves = pl.DataFrame([frame[name] for frame in nodes.values() for name in frame.columns if name not in nodes])
    return Subject.of(run.units.to_frame(), leaves, run=run, rescorer=Omissions(leaves, refused))


def findings(check: Check, subject: Subject) -> list[Finding]:
    return list(check.look(subject))


@pytest.fixture(scope="module")
def equal() -> Subject:
    """Return an index whose two indicators have equal weight and equal importance."""
    return subject_of(pl.DataFrame({"air": COMMON, "income": OTHER}))


@pytest.fixture(scope="module")
def unequal() -> Subject:
    """Return an index of equal weights, in which nature has the fourfold deviation of wealth."""
    return subject_of(pl.DataFrame({"wealth": COMMON, "nature": 4 * OTHER}))


def test_the_shares_of_the_variance_stand_beside_weights(unequal: Subject) -> None:
    (finding,) = findings(VarianceShares(), unequal)
    assert (finding.where, finding.value) == ("index", pytest.approx(16 / 17))
    assert finding.sentence == (
        "of the variance of index, nature has 0.94 (weight 0.5, r² = 0.94), wealth has 0.06 (weight 0.5, r² = 0.06)"
    )


def test_shares_that_do_not_add_to_1_are_those_of_no_weighted_mean() -> None:
    subject = subject_of(pl.DataFrame({"air": COMMON + 2, "income": OTHER + 2}))
    assert subject.run is not None
    scores = pl.DataFrame({"index": np.sqrt((COMMON + 2) * (OTHER + 2))})
    run = RunFacts(**{**vars(subject.run), "scores": scores, "additive": frozenset()})
    (finding,) = findings(VarianceShares(), Subject.of(run.units.to_frame(), pl.DataFrame(), run=run))
    # scores 1, √3, √3 and 3, whose slopes on an indicator add to (2 + 0) / 2 of it
    assert "; the shares add to " in finding.sentence
    assert finding.sentence.endswith("since index is no weighted mean of its components")


def test_shares_of_rounded_scores_have_the_rounding_as_their_reason() -> None:
    subject = subject_of(pl.DataFrame({"wealth": 0.3 * COMMON, "nature": 0.1 * OTHER}))
    assert subject.run is not None
    # the means -0.2, -0.1, 0.1 and 0.2, all rounded to -0.2 or 0.2: the shares are 0.75 and 0
    rounded = pl.DataFrame({"index": 0.2 * COMMON})
    run = RunFacts(**{**vars(subject.run), "scores": rounded, "additive": frozenset({"index"})})
    (finding,) = findings(VarianceShares(), Subject.of(run.units.to_frame(), pl.DataFrame(), run=run))
    assert finding.sentence.endswith("since the scores of index are rounded or rescaled")


def test_shares_of_a_sum_are_those_of_the_mean() -> None:
    subject = subject_of(pl.DataFrame({"wealth": COMMON, "nature": 4 * OTHER}))
    assert subject.run is not None
    run = RunFacts(**{**vars(subject.run), "scores": pl.DataFrame({"index": COMMON + 4 * OTHER})})
    (finding,) = findings(VarianceShares(), Subject.of(run.units.to_frame(), pl.DataFrame(), run=run))
    assert finding.value == pytest.approx(16 / 17)
    assert "the shares add" not in finding.sentence


def test_a_component_with_too_few_values_leaves_the_shares_of_the_others() -> None:
    frame = pl.DataFrame({"air": COMMON[:8], "income": OTHER[:8], "rent": [1.0, 2.0, 0.0, *[None] * 5]})
    run = RunFacts.of({"index": frame.select("air", "income")})
    parts = {"index": frame}
    weights = {"index": {"air": 0.5, "income": 0.5, "rent": 0.0}}
    run = RunFacts(**{**vars(run), "components": parts, "weights": weights})
    (finding,) = findings(VarianceShares(), Subject.of(run.units.to_frame(), frame, run=run))
    assert finding.sentence == (
        "of the variance of index, air has 0.50 (weight 0.5, r² = 0.50), income has 0.50 (weight 0.5, r² = 0.50)"
    )


def test_a_dimension_of_one_indicator_has_no_shares() -> None:
    frame = pl.DataFrame({"income": THIRD})
    assert findings(VarianceShares(), subject_of(frame)) == []
    assert findings(MainEffects(), subject_of(frame)) == []


def test_many_components_are_named_by_their_largest_shares() -> None:
    frame = pl.DataFrame({f"x{place}": OTHER * place + COMMON for place in range(1, 9)})
    (finding,) = findings(VarianceShares(), subject_of(frame))
    assert finding.sentence.startswith("of the variance of index, x8 has ")
    assert finding.sentence.endswith(", and 3 other components have the rest")


def test_a_main_effect_has_an_interval_and_the_test_that_rejects_a_line() -> None:
    curved = np.linspace(-1, 1, 120)
    subject = subject_of(pl.DataFrame({"flat": curved, "bent": 3 * curved**2 + 0.1 * COMMON}))
    (finding,) = findings(MainEffects(), subject)
    figures = {row["component"]: row for row in subject.importance.nodes["index"].parts.iter_rows(named=True)}
    assert finding.value == figures["flat"]["effect"] == figures["flat"]["spline"]
    texts = [
        f"{name} {row['effect']:.2f} ({words}{row['lower']:.2f} to {row['upper']:.2f}"
        for words, (name, row) in zip(("95 % interval ", ""), figures.items(), strict=True)
    ]
    assert finding.sentence.startswith(f"the main effects on index are those of {texts[0]}; not linear, p = ")
    assert finding.sentence.endswith(f", {texts[1]})")


def test_the_effects_of_indicators_on_the_index_stand_beside_those_of_dimensions() -> None:
    subject = subject_of(
        {
            "index": pl.DataFrame({"nature": (COMMON + OTHER) / 2, "wealth": THIRD}),
            "nature": pl.DataFrame({"air": COMMON, "water": OTHER}),
            "wealth": pl.DataFrame({"income": THIRD}),
        }
    )
    on_index, on_nature, of_indicators = findings(MainEffects(), subject)
    assert [finding.where for finding in (on_index, on_nature, of_indicators)] == ["index", "nature", "index"]
    assert on_nature.value == pytest.approx(0.5)
    # the variance of the index is 1/16 + 1/16 + 1/4
    assert "the main effects of indicators on index are those of income 0.67 (" in of_indicators.sentence
    assert ", air 0.17 (" in of_indicators.sentence


def test_importance_unlike_the_weight_is_found_at_the_component(unequal: Subject) -> None:
    gaps = [finding for finding in findings(Discrepancy(), unequal) if "a gap of" in finding.sentence]
    assert [(finding.where, finding.severity) for finding in gaps] == [("nature", None), ("wealth", None)]
    assert [finding.value for finding in gaps] == pytest.approx([16 / 17 - 1 / 2, 1 / 17 - 1 / 2])
    assert [finding.threshold for finding in gaps] == [0.25, -0.25]
    assert gaps[0].sentence.startswith(
        "nature has 0.94 of the main effects on index and a weight of 0.5, a gap of 0.44 (95 % interval 0."
    )


def test_the_discrepancy_stands_among_those_of_published_indices(unequal: Subject) -> None:
    d = findings(Discrepancy(), unequal)[-1]
    assert (d.where, d.severity, d.value) == ("index", "information", pytest.approx(15 / 16))
    assert d.sentence == "weights and main effects of index differ by d = 0.94, more than that of SSI 2008 (0.91)"


def test_importance_as_the_weights_say_is_information(equal: Subject) -> None:
    (d,) = findings(Discrepancy(), equal)
    assert d.severity == "information"
    assert d.sentence == "weights and main effects of index differ by d = 0.00, less than that of HDI 2010 (0.07)"


def test_a_gap_whose_interval_covers_the_threshold_is_information() -> None:
    # the shares 1 / 4.24 and 3.24 / 4.24 are 0.264 from the weights
    frame = pl.DataFrame({"air": COMMON[:16], "income": 1.8 * OTHER[:16]})
    gaps = [finding for finding in findings(Discrepancy(), subject_of(frame)) if "a gap of" in finding.sentence]
    assert {finding.severity for finding in gaps} == {"information"}


def test_an_indicator_that_hardly_moves_the_index_has_no_say() -> None:
    many = np.tile(COMMON, 5)
    frame = pl.DataFrame({"loud": 9 * np.tile(OTHER, 5), "mute": many})
    found = [finding for finding in findings(Discrepancy(), subject_of(frame)) if "no say" in finding.sentence]
    assert [(finding.where, finding.severity) for finding in found] == [("mute", None)]
    assert found[0].value == pytest.approx(1 / 82)
    assert found[0].sentence.startswith("mute explains 0.01 of the variance of index (95 % interval 0.00 to 0.0")
    assert found[0].remedy.startswith("look at the direction of mute, or ask whether the concept of index needs mute")


def test_few_units_leave_it_open_whether_an_indicator_has_a_say() -> None:
    frame = pl.DataFrame({"loud": 9 * OTHER[:16], "mute": COMMON[:16]})
    found = [finding for finding in findings(Discrepancy(), subject_of(frame)) if "no say" in finding.sentence]
    assert [(finding.where, finding.severity) for finding in found] == [("mute", "information")]
    assert found[0].sentence.endswith(", and may have no say in the result")


def test_an_indicator_without_a_weight_needs_no_say() -> None:
    frame = pl.DataFrame({"air": COMMON, "water": OTHER, "note": THIRD})
    weights = {"index": {"air": 0.5, "water": 0.5, "note": 0.0}}
    assert {finding.where for finding in findings(Discrepancy(), subject_of(frame, weights=weights))} == {"index"}


def by_group(subject: Subject) -> Subject:
    assert subject.run is not None
    run = RunFacts(**{**vars(subject.run), "weights": {}, "effective_weights": {}})
    return Subject.of(run.units.to_frame(), subject.raw, run=run, rescorer=subject.rescorer)


def test_weights_that_differ_by_group_are_not_compared(unequal: Subject) -> None:
    (finding,) = findings(Discrepancy(), by_group(unequal))
    assert (finding.where, finding.severity) == ("index", "information")
    assert finding.sentence == "the weights of index differ by group, so that importance is not compared with them"
    assert findings(AttainableImportance(), by_group(unequal)) == []
    (shares,) = findings(VarianceShares(), by_group(unequal))
    assert shares.sentence == (
        "the weights of index differ by group, and the squared correlations with it are nature 0.94, wealth 0.06"
    )


def test_a_score_that_does_not_depend_on_weights_is_not_compared_with_them(unequal: Subject) -> None:
    assert unequal.run is not None
    run = RunFacts(**{**vars(unequal.run), "unweighted": frozenset(["index"])})
    subject = Subject.of(run.units.to_frame(), unequal.raw, run=run)
    (shares,) = findings(VarianceShares(), subject)
    assert shares.sentence == (
        "the score of index does not depend on weights, and the squared correlations with it are nature 0.94, "
        "wealth 0.06"
    )
    assert findings(Discrepancy(), subject) == []
    assert findings(AttainableImportance(), subject) == []


def test_weights_that_reach_the_target_are_those_that_equalise_deviations(unequal: Subject) -> None:
    (finding,) = findings(AttainableImportance(), unequal)
    assert (finding.where, finding.severity, finding.value) == ("index", None, pytest.approx(0.2))
    assert finding.sentence == (
        "importance in a weighted mean equals the weights of index if the weights are wealth 0.8, nature 0.2"
    )


def test_a_negative_weight_means_that_the_target_cannot_be_reached() -> None:
    # the middle indicator correlates with both others by more than they do with each other
    frame = pl.DataFrame({"middle": COMMON + 0.3 * THIRD, "left": COMMON + 0.6 * OTHER, "right": COMMON - 0.6 * OTHER})
    (finding,) = findings(AttainableImportance(), subject_of(frame))
    assert finding.value is not None
    assert finding.value < 0
    assert finding.sentence.startswith(
        "no weights of 0 or more make importance in a weighted mean equal to the weights of index: "
        "the equation needs middle -"
    )
    assert "--show weights_for_importance" in finding.remedy


def test_too_few_units_for_the_target_are_named() -> None:
    (finding,) = findings(AttainableImportance(), subject_of(pl.DataFrame({"a": [1.0, 2.0], "b": [3.0, 1.0]})))
    assert finding.value is None
    assert finding.sentence == (
        "the weights for the intended importance of index cannot be computed: "
        "2 units cannot bear the correlations of 2 indicators"
    )


LADDER = pl.DataFrame(
    {
        "main": [8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0],
        "more": [1.0, 8.0, 3.3, 5.5, 4.1, 6.4, 2.0, 7.3],
        "trace": [0.01, 0.0, 0.01, 0.0, 0.01, 0.01, 0.0, 0.0],
    }
)
"""An indicator that ranks eight units, another that ranks them otherwise, and traces of a third."""


def test_a_part_without_which_no_rank_moves_may_be_removable() -> None:
    first, *others = findings(LeaveOneOut(), subject_of(LADDER))
    assert (first.where, first.value, first.threshold) == ("trace", 0, 0.5)
    assert first.sentence == (
        "without trace, the ranks of 8 units shift by 0 on average and by 0 at most, and 0 % of them by 5 or more: "
        "trace may be removable"
    )
    assert {finding.where for finding in others} == {"main", "more"}
    assert not any("removable" in finding.sentence for finding in others)


def test_a_part_without_which_the_index_has_no_score_is_named_with_the_reason() -> None:
    found = findings(LeaveOneOut(), subject_of(LADDER, refused={"main": "nothing is left"}))
    assert found[-1].sentence == "the index cannot be scored without main: nothing is left"


def test_the_least_influential_indicators_are_left_out_together() -> None:
    regression, omission = findings(LeastInfluential(), subject_of(LADDER))
    assert regression.value == pytest.approx(1)
    assert regression.sentence.startswith(
        "a regression on 3 indicators explains 1.00 of the variance of index, with standardised coefficients from 0.00"
    )
    assert omission.value == 1
    assert omission.sentence.startswith("without trace, which has 0.")
    assert omission.sentence.endswith(
        " of the standardised coefficients, 8 of 8 ranks stay, and the largest shift is 0"
    )


def test_a_score_that_is_the_same_for_all_units_is_named() -> None:
    (finding,) = findings(LeastInfluential(), subject_of(pl.DataFrame({"air": COMMON, "smog": -COMMON})))
    assert finding.sentence == "the score cannot be regressed on the indicators: index: the same for all units"


def test_ranks_of_two_units_are_not_compared() -> None:
    assert findings(LeaveOneOut(), subject_of(LADDER.head(2))) == []


def test_indicators_of_equal_influence_are_not_left_out(equal: Subject) -> None:
    assert len(findings(LeastInfluential(), equal)) == 1


def test_a_regression_that_the_units_cannot_bear_is_refused() -> None:
    twice = pl.DataFrame({"air": COMMON, "again": 2 * COMMON, "water": OTHER})
    (finding,) = findings(LeastInfluential(), subject_of(twice))
    assert finding.sentence == ("the score cannot be regressed on the indicators: again, air determine each other")


@pytest.mark.parametrize(
    "check",
    [VarianceShares(), MainEffects(), Discrepancy(), AttainableImportance(), LeaveOneOut(), LeastInfluential()],
    ids=lambda check: check.code,
)
def test_an_index_whose_importance_is_as_intended_has_no_warning(check: Check, equal: Subject) -> None:
    assert {finding.severity or check.severity for finding in findings(check, equal)} == {"information"}


@pytest.mark.parametrize(
    "check",
    [VarianceShares(), MainEffects(), Discrepancy(), AttainableImportance(), LeaveOneOut(), LeastInfluential()],
    ids=lambda check: check.code,
)
def test_findings_do_not_depend_on_the_order_of_rows_and_columns(check: Check) -> None:
    rng = np.random.default_rng(9)
    frame = pl.DataFrame(rng.normal(size=(30, 4)) * [1.0, 2.0, 0.2, 1.0], schema=["a", "b", "c", "d"])
    turned = frame.sample(fraction=1, shuffle=True, seed=1).select("d", "b", "a", "c")
    first, second = (findings(check, subject_of(table)) for table in (frame, turned))
    assert [(finding.where, finding.sentence) for finding in first] == [
        (finding.where, finding.sentence) for finding in second
    ]
