"""The findings about draws, intervals of ranks, and the choices that move ranks, on small tables of ranks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.checks import DrawFacts, Finding, RunFacts, Subject

FOUR = ["Lima", "Oslo", "Pune", "Rome"]
STEADY = np.tile([1.0, 2.0, 3.0, 4.0], (100, 1))
"""A hundred draws in which no unit moves."""


def look(code: str, facts: DrawFacts, subject: Subject | None = None, **thresholds: Any) -> list[Finding]:
    if subject is None:
        subject = Subject.of(pl.DataFrame({"unit": ["a"]}), pl.DataFrame({"x": [1.0], "y": [1.0]}))
    check = installed().choose("check", {"method": code, **thresholds})
    assert all(replace(subject, draws=facts, is_full=True).has(need) for need in check.needs if need == "draws")
    return list(check.look(replace(subject, draws=facts)))


def steady(**facts: Any) -> DrawFacts:
    return DrawFacts.of(STEADY, [1, 2, 3, 4], units=FOUR, **facts)


def spread_over(units: int, width: int, wide: int) -> DrawFacts:
    """Return a ranking in which the first units move over `width` ranks, up and down by turns."""
    ranks = np.tile(np.arange(1.0, units + 1), (100, 1))
    ranks[50:, :wide] += width
    return DrawFacts.of(ranks, list(range(1, units + 1)), units=[f"u{unit:03}" for unit in range(units)])


def test_fewer_than_a_thousand_draws_are_an_error() -> None:
    error, _ = look("U01", steady())
    assert (error.where, error.value, error.threshold, error.severity) == ("index", 100, 1000, "error")
    assert (error.sentence, error.remedy) == ("100 draws are fewer than 1,000", "--draws 4000")


@pytest.mark.parametrize(("failed", "is_error"), [(1, False), (2, True)])
def test_one_draw_in_a_hundred_may_fail_without_being_missed(failed: int, is_error: bool) -> None:
    findings = look("U01", steady(failed=failed), draws=100 + failed)
    assert any(finding.severity == "error" for finding in findings) is is_error


def test_the_choices_that_vary_and_those_that_fail_are_information() -> None:
    facts = steady(
        factors={"normalisation": 3, "weights": 100, "indicators": 5},
        left_out=("aggregation geometric: it needs positive values",),
        failed=1,
    )
    sentences = [finding.sentence for finding in look("U01", facts, draws=100)]
    assert sentences == [
        "100 draws vary the normalisation (3 methods), the weights and the indicators (one left out, or none), all at "
        "the same time",
        "1 draw (0.99 %) cannot be scored, and does not count",
        "not drawn: aggregation geometric: it needs positive values",
    ]


@pytest.mark.parametrize(
    ("law", "sentence"),
    [
        (
            {"spread": 0.25},
            "each weight is drawn from 75 % to 125 % of itself; those of a dimension are scaled to sum 1",
        ),
        ({"simplex": True}, "all weights that sum to 1 are equally likely"),
        (
            {"ranges": {"b": (0.1, 0.3), "a": (0.4, 0.6)}},
            "weights are drawn from ranges: a from 0.4 to 0.6 and b from ",
        ),
        (
            {"dirichlet": 50.0},
            "the weights are drawn from Dirichlet distributions around those of the index, with the ",
        ),
        ({}, "the weights do not vary in the draws"),
    ],
)
def test_the_law_of_the_weights_is_stated(law: dict[str, Any], sentence: str) -> None:
    (finding,) = look("U02", steady(weights=law))
    assert finding.sentence.startswith(sentence)


def test_a_rank_outside_the_interval_of_its_draws_is_found_at_its_unit() -> None:
    ranks = np.tile([3.0, 1.0, 2.0, 4.0], (100, 1))
    lima, *_ = look("U03", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert (lima.where, lima.value, lima.threshold) == ("Lima", 1, 3)
    assert lima.sentence == "Lima has rank 1, and the 5-95 % interval of its ranks is 3 to 3 (median 3)"
    assert look("U03", steady()) == []


@pytest.mark.parametrize(("wide", "severity"), [(10, "information"), (11, None)])  # a quarter of 40 units is ten
def test_wide_intervals_of_more_than_a_quarter_of_the_units_are_a_warning(wide: int, severity: str | None) -> None:
    (finding,) = look("U04", spread_over(40, 5, wide))  # a tenth of 40 units is four ranks
    assert (finding.value, finding.threshold, finding.severity) == (wide / 40, 0.25, severity)
    assert finding.sentence.startswith(f"{wide} of 40 units (")
    assert "spread over more than 4 places" in finding.sentence


def test_an_interval_of_three_ranks_is_never_wide() -> None:
    (finding,) = look("U04", spread_over(10, 3, 10))
    assert finding.value == 0


def test_a_hundred_units_have_a_count_of_those_that_shift_by_at_most_ten_ranks() -> None:
    assert len(look("U04", spread_over(99, 11, 20))) == 1
    _, count = look("U04", spread_over(100, 11, 20))
    assert (count.value, count.severity) == (80, "information")
    assert count.sentence == "80 of 100 units shift by at most 10 ranks in at least 90 % of 100 draws"


def test_a_single_unit_that_shifts_little_has_a_verb_in_the_singular() -> None:
    _, count = look("U04", spread_over(100, 11, 99))
    assert count.sentence == "1 of 100 units shifts by at most 10 ranks in at least 90 % of 100 draws"


def test_the_widest_units_are_named_beside_their_missing_data() -> None:
    raw = pl.DataFrame({"x": [None, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 3.0, 4.0]})
    run = RunFacts.of({"index": raw.fill_null(0.0)}, units=FOUR)
    subject = replace(Subject.of(pl.DataFrame({"unit": FOUR}), raw), run=run)
    ranks = STEADY.copy()
    ranks[50:, 0] = 4.0
    (finding,) = look("U04", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR), subject)
    assert finding.sentence.endswith("; widest: Lima (1 to 4; 1 of 2 values is missing)")


def test_tiers_are_counted() -> None:
    ranks = STEADY.copy()
    ranks[:6, [0, 1]] = [2.0, 1.0]  # Lima is before Oslo in 94 of 100 draws
    (finding,) = look("U05", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert finding.sentence.startswith("4 units are in 3 tiers; ")
    assert look("U05", steady())[0].value == 4


def test_the_unit_that_is_first_most_often_is_named() -> None:
    ranks = STEADY.copy()
    ranks[:25, [0, 1]] = [2.0, 1.0]
    (finding,) = look("U06", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert finding.value == 0.75
    # Lima and Oslo have their rank in 75 draws, Pune and Rome in all: the median is 87.5 %
    assert finding.sentence == (
        "Lima is first in 75 % of the draws, and 1 other unit in some; the median unit has its rank of the index in "
        "88 %"
    )


def test_the_average_shift_is_the_mean_of_equation_38() -> None:
    ranks = STEADY.copy()
    ranks[:50, [0, 3]] = [4.0, 1.0]  # half of the draws: (3 + 0 + 0 + 3) / 4
    (finding,) = look("U07", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert finding.value == pytest.approx(0.75)
    assert finding.sentence == "a unit moves by 0.8 ranks on average (0.0 to 1.5 in 90 % of the draws)"


def test_halves_of_the_draws_that_differ_ask_for_more_draws() -> None:
    ranks = STEADY.copy()
    ranks[50:, [0, 3]] = [4.0, 1.0]
    (finding,) = look("U08", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert (finding.where, finding.value, finding.threshold) == ("index", 3, 1)
    assert finding.sentence == (
        "the quantiles of ranks in two halves of the 100 draws differ by 3 ranks for Lima, and by more than 1 for 2 of "
        "4 units"
    )
    assert finding.remedy == "raise the draws: --draws 400"
    assert look("U08", steady()) == []


def test_the_units_whose_median_is_far_from_their_rank_are_named() -> None:
    ranks = np.tile([2.0, 1.0, 3.0, 4.0], (100, 1))
    (finding,) = look("U09", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert finding.value == 0.5
    assert finding.sentence.endswith("most for Lima (rank 1, median 2), Oslo (rank 2, median 1)")
    assert look("U09", steady())[0].sentence == "the median rank of each unit is its rank in the index"


def test_neighbours_in_another_order_are_counted_from_the_draws_themselves() -> None:
    ranks = STEADY.copy()
    ranks[:60, [0, 1]] = [2.0, 1.0]
    (finding,) = look("U10", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert finding.sentence == (
        "1 of 3 pairs of neighbours in rank is in this order in less than 75 % of the draws, and 1 in less than half; "
        "least certain: Lima before Oslo (40 %)"
    )


def test_units_that_share_a_rank_in_the_index_have_no_order() -> None:
    (finding,) = look("U10", DrawFacts.of(STEADY, [1, 1, 3, 4], units=FOUR))
    assert finding.sentence.startswith("0 of 2 pairs")


def test_weights_of_persons_are_drawn_person_by_person() -> None:
    (finding,) = look("U11", steady(persons=20, weights={"table": "experts.csv"}))
    assert finding.sentence == "each draw takes the whole set of weights of one of 20 persons"
    assert look("U11", steady(weights={"spread": 0.25})) == []


def sobol(*rows: tuple[str, float, float], width: float = 0.1) -> pl.DataFrame:
    """Return a table of Sobol' indices, first and total, with intervals of one width."""
    columns: dict[str, list[Any]] = {"factor": [row[0] for row in rows]}
    for place, order in enumerate(("first", "total"), start=1):
        values = [row[place] for row in rows]
        columns |= {
            order: values,
            f"{order}_lower": [value - width / 2 for value in values],
            f"{order}_upper": [value + width / 2 for value in values],
        }
    return pl.DataFrame(columns)


def test_important_interacting_and_idle_choices_are_named_by_their_sobol_indices() -> None:
    table = sobol(("weights", 0.1, 0.3), ("aggregation", 0.6, 0.65), ("indicators", 0.0, 0.005))
    aggregation, weights, indicators = look("R01", steady(sensitivity=table))
    assert (aggregation.value, aggregation.threshold) == (0.6, 1 / 3)
    assert aggregation.sentence == (
        "aggregation alone: 60 % (55 % to 65 %) of the variance of the average shift, with interactions: 65 % (60 % to "
        "70 %); it is important"
    )
    assert weights.sentence.endswith("; it interacts with other choices")
    assert indicators.sentence.endswith("; it may be fixed")


def test_large_interactions_tell_that_single_choices_mislead() -> None:
    *_, rest = look("R01", steady(sensitivity=sobol(("weights", 0.2, 0.8), ("aggregation", 0.2, 0.7))))
    assert rest.value == pytest.approx(0.6)
    assert rest.sentence.startswith("60 % of the variance of the average shift is due to interactions of choices")


def test_a_single_choice_is_compared_with_the_index() -> None:
    facts = steady(single_choices={("normalisation", "rank"): np.array([2.0, 1.0, 3.0, 4.0])})
    (finding,) = look("R02", facts, ranks=1)
    assert finding.sentence == (
        "normalisation rank in place of that of the index: the median shift is 0.5 ranks, the largest 1 (Lima); 2 of 4 "
        "units move by 1 rank or more"
    )


def test_a_choice_that_changes_no_score_is_an_error() -> None:
    (finding,) = look("R03", steady(factors={"imputation": 2, "weights": 100}, idle=("imputation",)))
    assert finding.severity is None
    assert installed().choose("check", "R03").severity == "error"
    assert finding.sentence == "imputation varies among 2 alternatives, and changes no score in any draw"
    assert look("R03", steady()) == []


def test_wide_intervals_of_sobol_indices_ask_for_more_runs() -> None:
    first, total = look("R04", steady(sensitivity=sobol(("weights", 0.5, 0.6), width=0.4)))
    assert (first.value, first.threshold) == (pytest.approx(0.4), 0.3)
    assert first.sentence == "the first-order index of weights has a 95 % interval of 40 % (30 % to 70 %)"
    assert total.sentence.startswith("the total index of weights")
    assert look("R04", steady(sensitivity=sobol(("weights", 0.5, 0.6), width=0.2))) == []


def test_units_without_a_rank_in_some_draws_have_quantiles_of_the_others() -> None:
    ranks = STEADY.copy()
    ranks[:10, 0] = np.nan
    facts = DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR)
    assert facts.first_shares.tolist() == [0.9, 0.1, 0.0, 0.0]
    assert facts.average_shift.tolist() == [0.0] * 100


def test_a_unit_that_shares_the_first_place_is_first_alone_or_with_others() -> None:
    ranks = STEADY.copy()
    ranks[:30, 1] = 1.0
    (finding,) = look("U06", DrawFacts.of(ranks, [1, 2, 3, 4], units=FOUR))
    assert "is first, alone or with others, in 100 % of the draws, and 1 other unit in some" in finding.sentence
