"""Every check has been seen to fail: methods that break one promise each, and the check that says so."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest

from indicia.testing import subject as subjects
from indicia.testing.subject import Outcome, Subject
from indicia.testing.suite import CHECKS

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.testing.check import Check

PLUGIN = '''
import time
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.catalogue import hookimpl
from indicia.methods import *


def declaring(*names):
    return frozenset(Property(name) for name in names)


@dataclass(frozen=True)
class Planted({base}):
    """Break a promise."""

    name = "planted"
    reference = "A test"
{body}


@hookimpl
def indicia_{hook}():
    return [Planted]
'''

BASES = {
    "normalisation": "Normalisation",
    "weighting": "Weighting",
    "aggregation": "Aggregation",
    "agreement": "Agreement",
    "consensus": "Consensus",
}

FAULTS = {
    "a cost in the wrong direction": (
        "normalisation",
        "check_direction",
        "a larger cost never a larger one",
        """
    def benefit(self, x, s):
        return x / s.max

    def cost(self, x, s):
        return x / s.max
""",
    ),
    "the last unit is favoured": (
        "normalisation",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    whole_column = True

    def benefit(self, x, s):
        return x.rank("ordinal").cast(float)
""",
    ),
    "ties broken by the order of rows": (
        "normalisation",
        "check_duplicates",
        "what is alike is treated alike",
        """
    whole_column = True

    def benefit(self, x, s):
        return x.rank("ordinal").cast(float)
""",
    ),
    "tied values told apart": (
        "normalisation",
        "check_few_units",
        "units that are alike have the same rank",
        """
    def benefit(self, x, s):
        return where(s.max > s.min, x / s.max, x.is_null().cum_count().cast(float))
""",
    ),
    "not monotone though declared": (
        "normalisation",
        "check_monotone",
        "a better value never gets less",
        """
    properties = declaring("monotone")

    def benefit(self, x, s):
        return -((x - 7.0) ** 2)
""",
    ),
    "not scale-invariant though declared": (
        "normalisation",
        "check_units_of_measure",
        "the units of measure change nothing",
        """
    properties = declaring("scale_invariant")

    def benefit(self, x, s):
        return x / (s.max + 1e-6)
""",
    ),
    "zero is refused though declared": (
        "normalisation",
        "check_zeros_and_negatives",
        "is defined_at_zero",
        """
    properties = declaring("defined_at_zero")
    domain = Domain.POSITIVE

    def benefit(self, x, s):
        return x / s.max

    def cost(self, x, s):
        return s.min / x
""",
    ),
    "counts what is missing": (
        "normalisation",
        "check_missing",
        "a missing value does not count among the units",
        """
    def benefit(self, x, s):
        return x / s(x.fill_null(100.0).max())
""",
    ),
    "statistics over all periods": (
        "normalisation",
        "check_periods",
        "is the same as scoring each period alone",
        """
    def benefit(self, x, s):
        return x - x.mean()
""",
    ),
    "a constant tells units apart": (
        "normalisation",
        "check_constant",
        "tells no units apart",
        """
    def benefit(self, x, s):
        return where(s.max > s.min, x, x.is_null().cum_count().cast(float))
""",
    ),
    "a normalisation that claims to be compensatory": (
        "normalisation",
        "check_properties_fit_the_kind",
        "declares what can be tested of it",
        """
    properties = declaring("compensatory")

    def benefit(self, x, s):
        return x
""",
    ),
    "rank reversal of values": (
        "normalisation",
        "check_rank_reversal",
        "the others keep their order",
        """
    properties = declaring("free_of_rank_reversal")

    def benefit(self, x, s):
        return (x - s(x.last())).abs()
""",
    ),
    "the first component counts double": (
        "aggregation",
        "check_order_of_indicators",
        "the order of the indicators changes nothing",
        """
    def combine(self, components):
        return components[0].z + row_sum(c.w * c.z for c in components)
""",
    ),
    "the lowest is best, undeclared": (
        "aggregation",
        "check_direction",
        "is no worse than the one that is worst",
        """
    def combine(self, components):
        return -row_sum(c.w * c.z for c in components)
""",
    ),
    "a penalty, declared to be monotone": (
        "aggregation",
        "check_monotone",
        "a better component never lowers",
        """
    properties = declaring("monotone")

    def combine(self, components):
        mean = row_sum(c.w * c.z for c in components)
        return mean - 3 * row_sum(c.w * (c.z - mean) ** 2 for c in components)
""",
    ),
    "the minimum, declared to be compensatory": (
        "aggregation",
        "check_compensation",
        "makes up for little",
        """
    properties = declaring("compensatory")

    def combine(self, components):
        return row_min(c.z for c in components)
""",
    ),
    "a distance to the best that is there, declared to be free of rank reversal": (
        "aggregation",
        "check_rank_reversal",
        "the others keep their order",
        """
    properties = declaring("free_of_rank_reversal")
    canonical_normalisation = "none"

    def combine(self, components):
        return -row_sum((c.z - c.s.max) ** 2 for c in components)
""",
    ),
    "raw values, declared to be scale-invariant": (
        "aggregation",
        "check_units_of_measure",
        "the units of measure change nothing",
        """
    properties = declaring("scale_invariant")
    canonical_normalisation = "none"

    def combine(self, components):
        return row_sum(c.w * c.z for c in components)
""",
    ),
    "weights not scaled where values are missing": (
        "aggregation",
        "check_missing",
        "weights are scaled to what a unit has",
        """
    additive = True

    def combine(self, components):
        return row_sum(c.z for c in components) / len(components)
""",
    ),
    "an empty list where units are alike": (
        "aggregation",
        "check_few_units",
        "raises nothing but errors that state what is wrong",
        """
    def combine(self, components):
        return [c.z for c in components if c.s is None][0]
""",
    ),
    "another exception": (
        "aggregation",
        "check_extremes",
        "raises nothing but errors that state what is wrong",
        """
    def combine(self, components):
        raise RuntimeError("a bug")
""",
    ),
    "noise that tells equal units apart": (
        "aggregation",
        "check_duplicates",
        "what is alike is treated alike",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + 1e-6 * components[0].z.is_null().cum_count()
""",
    ),
    "weights by the order of rows": (
        "weighting",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    def weigh(self, indicators):
        return indicators.each(lambda x, s: 1 + s(x.first()))
""",
    ),
    "weights by the order of indicators": (
        "weighting",
        "check_order_of_indicators",
        "the order of the indicators changes nothing",
        """
    def weigh(self, indicators):
        return 1.0 + np.arange(len(indicators.names))
""",
    ),
    "twins that weigh differently": (
        "weighting",
        "check_duplicates",
        "indicators that are alike weigh the same",
        """
    def weigh(self, indicators):
        return 1.0 + np.arange(len(indicators.names))
""",
    ),
    "a constant that weighs": (
        "weighting",
        "check_constant",
        "an indicator that does not vary has no weight",
        """
    properties = declaring("zero_for_constant")

    def weigh(self, indicators):
        return np.ones(len(indicators.names))
""",
    ),
    "weights by lot": (
        "weighting",
        "check_periods",
        "weights are taken over the rows of all periods",
        """
    def weigh(self, indicators):
        return np.random.default_rng().random(len(indicators.names))
""",
    ),
    "a parameter that forgets what it was": (
        "normalisation",
        "check_parameters",
        "it is the same when it is read again",
        """
    power: float = 0.1

    def __post_init__(self):
        object.__setattr__(self, "power", self.power + 1.0)

    def benefit(self, x, s):
        return x**self.power
""",
    ),
    "a parameter that text cannot hold": (
        "aggregation",
        "check_parameters",
        "it can be read again from text",
        """
    words: frozenset[str] = frozenset({"a"})

    def __str__(self):
        return "planted(words=<words>)"

    def combine(self, components):
        return row_sum(c.w * c.z for c in components)
""",
    ),
    "statistics over all draws": (
        "normalisation",
        "check_draws",
        "scored together score as each alone",
        """
    def benefit(self, x, s):
        return x / x.max()
""",
    ),
    "the best of all draws": (
        "aggregation",
        "check_draws",
        "scored together score as each alone",
        """
    def combine(self, components):
        score = row_sum(c.w * c.z for c in components)
        return score / score.max()
""",
    ),
    "what is not a statistic is not fitted": (
        "normalisation",
        "check_fitted",
        "slices of a file score as in memory",
        """
    def benefit(self, x, s):
        return x - x.max()
""",
    ),
    "weights by the place of units": (
        "agreement",
        "check_order_of_units",
        "the order of the units changes nothing",
        """
    def measure(self, first, others):
        return 1 - ((first != others) * np.arange(len(first))).sum(axis=-1) / 100
""",
    ),
    "the first ranking decides": (
        "consensus",
        "check_order_of_rankings",
        "the order of the rankings changes nothing",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings[0]
""",
    ),
    "a ranking that disagrees with itself": (
        "agreement",
        "check_unanimity",
        "rankings that are the same agree by 1",
        """
    def measure(self, first, others):
        return np.abs(first - others).sum(axis=-1)
""",
    ),
    "the highest rank is best, undeclared": (
        "consensus",
        "check_unanimity",
        "what all agree on is the consensus",
        """
    def combine(self, rankings):
        return rankings.mean(axis=0)
""",
    ),
    "a table that is turned round": (
        "agreement",
        "check_table",
        "what two rankings at a time measure",
        """
    def measure(self, first, others):
        return (first <= others).mean(axis=-1)

    def table(self, rankings):
        return super().table(rankings) ** len(rankings)
""",
    ),
    "tied units told apart": (
        "consensus",
        "check_twins",
        "what is alike is treated alike",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings.mean(axis=0) + np.arange(rankings.shape[1]) / 1000
""",
    ),
    "a word on the way": (
        "normalisation",
        "check_duplicates",
        "prints nothing",
        """
    def benefit(self, x, s):
        print("here")
        return x
""",
    ),
    "off by a constant where the field has 0": (
        "weighting",
        "check_constant",
        "an indicator that does not vary has no weight",
        """
    properties = declaring("zero_for_constant")

    def weigh(self, indicators):
        return indicators.each(lambda x, s: s.std) + 0.01
""",
    ),
    "a look at the clock": (
        "normalisation",
        "check_again",
        "asked again, it gives the same figures",
        """
    def benefit(self, x, s):
        return x + time.perf_counter() % 1
""",
    ),
    "a parameter of whichever was made last": (
        "normalisation",
        "check_again",
        "asked again, it gives the same figures",
        """
    power: float = 1.0

    def __post_init__(self):
        type(self).latest = self.power

    def benefit(self, x, s):
        return x * type(self).latest
""",
    ),
    "noise of the numbers that all draw from": (
        "aggregation",
        "check_again",
        "leaves the random numbers of others alone",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + 1e-5 * np.random.random()
""",
    ),
    "a seed for all": (
        "weighting",
        "check_again",
        "leaves the random numbers of others alone",
        """
    def weigh(self, indicators):
        np.random.seed(0)
        return np.ones(len(indicators.names))
""",
    ),
    "ties that are broken by lot": (
        "consensus",
        "check_again",
        "asked again, it gives the same figures",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings.mean(axis=0) + np.random.default_rng().random(rankings.shape[1]) / 1000
""",
    ),
    "single precision": (
        "normalisation",
        "check_order_of_rows",
        "computes in double precision",
        """
    def benefit(self, x, s):
        return (x / 3).cast(pl.Float32)
""",
    ),
    "weights of single precision": (
        "weighting",
        "check_weights",
        "computes in double precision",
        """
    def weigh(self, indicators):
        return np.ones(len(indicators.names), dtype=np.float32)
""",
    ),
    "weights in the order of the names": (
        "weighting",
        "check_names",
        "what indicators and units are called changes nothing",
        """
    def weigh(self, indicators):
        return indicators.each(lambda x, s: s.max + s.mean)[np.argsort(indicators.names)]
""",
    ),
    "the first of the alphabet counts more": (
        "aggregation",
        "check_names",
        "what indicators and units are called changes nothing",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + min(components, key=lambda c: c.name).z
""",
    ),
    "no score where a component has all the weight": (
        "aggregation",
        "check_one_component",
        "a node with a single component is scored",
        """
    def combine(self, components):
        return row_sum(c.w * c.z / (1 - c.w) for c in components)
""",
    ),
    "what is missing counts as nothing": (
        "aggregation",
        "check_missing",
        "weights are scaled to what a unit has",
        """
    def combine(self, components):
        return row_sum(c.z for c in components) / len(components)
""",
    ),
    "a component that nobody has": (
        "aggregation",
        "check_missing",
        "raises nothing but errors that state what is wrong",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + 0.0 * row_sum(self.first(c) for c in components)

    def first(self, c):
        return c.s.fit(lambda x: [x[5]], 1)[0]
""",
    ),
    "a gap that weighs as a zero": (
        "weighting",
        "check_missing",
        "a unit without any value counts for nothing",
        """
    def weigh(self, indicators):
        return np.nan_to_num(indicators.matrix()).mean(axis=0) + 0.01
""",
    ),
    "a cost that is none where all values are negative": (
        "normalisation",
        "check_direction",
        "a larger cost never a larger one",
        """
    def benefit(self, x, s):
        return x

    def cost(self, x, s):
        return where(s.max < 0, x, -x)
""",
    ),
    "absolute values, declared to be monotone": (
        "aggregation",
        "check_monotone",
        "a better component never lowers",
        """
    properties = declaring("monotone", "defined_below_zero")

    def combine(self, components):
        return row_sum(c.w * c.z.abs() for c in components)
""",
    ),
    "a weight that turns round where it is small": (
        "aggregation",
        "check_monotone",
        "a better component never lowers",
        """
    properties = declaring("monotone")

    def combine(self, components):
        return row_sum((c.w - 0.3) * c.z for c in components)
""",
    ),
    "rankings that disagree agree by more than fully": (
        "agreement",
        "check_table",
        "no rankings agree by more than those that are the same",
        """
    def measure(self, first, others):
        return 1 + np.abs(first - others).sum(axis=-1)
""",
    ),
    "who is always ahead is behind": (
        "consensus",
        "check_unanimous_pairs",
        "what all have ahead is not behind",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings.mean(axis=0) + 2 * np.ptp(rankings, axis=0)
""",
    ),
    "no weight at all": (
        "weighting",
        "check_weights",
        "no table that was tried could be scored",
        """
    def weigh(self, indicators):
        return np.zeros(len(indicators.names))
""",
    ),
}


@pytest.mark.parametrize("title", FAULTS)
def test_a_planted_fault_is_found(title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "PHASES", subjects.PHASES[:1])  # how small an example is does not matter here
    kind, check, promise, body = FAULTS[title]
    plugin = tmp_path / "planted.py"
    plugin.write_text(
        PLUGIN.format(
            base=BASES[kind], hook="consensuses" if kind == "consensus" else f"{kind}s", body=body.strip("\n")
        ),
        encoding="utf-8",
    )
    with pytest.raises(AssertionError, match=promise) as caught:
        _named(check, kind)("planted", kind, [plugin])
    assert re.match(rf"planted(\(.*\))? \({kind}\) does not keep what it promises: ", str(caught.value))


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
@pytest.mark.parametrize("figures", ["scores", "normalised"])
def test_a_figure_that_is_missing_or_not_finite_is_found(figures: str, value: float | None) -> None:
    """The core refuses what no method should give; the checks would see it all the same."""
    found = {"x0": [1.0, value]} if figures == "normalised" else [1.0, value]
    outcome = Outcome(**{figures: found})
    with pytest.raises(AssertionError, match="figures are finite"):
        Subject("arithmetic", "aggregation", ()).finite(outcome, "a table")


def test_every_check_has_its_planted_fault() -> None:
    planted = {_named(check, kind) for kind, check, _, _ in FAULTS.values()}
    assert {one for one in CHECKS if not one.kinds <= {"imputation", "treatment"}} == planted


def _named(name: str, kind: str) -> Check:
    (found,) = (one for one in CHECKS if f"check_{one.name}" == name and kind in one.kinds)
    return found
