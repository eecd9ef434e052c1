"""Every check has been seen to fail: methods that break one promise each, and the check that finds it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import pytest
from analysis_faults import ANALYSIS_FAULTS
from partition_faults import PARTITION_FAULTS, REFUSED_METHODS, SWALLOWS_ALL

from indicia.index import Index
from indicia.partitions.partition import NeedsAllRows
from indicia_conformance import sample
from indicia_conformance.check import PREPARING
from indicia_conformance.partitions import SETTINGS
from indicia_conformance.sample import Outcome
from indicia_conformance.subject import Subject, catalogue_of
from indicia_conformance.suite import CHECKS
from indicia_partitions.table import check_can_run_in_partitions

if TYPE_CHECKING:
    from pathlib import Path

    from indicia_conformance.check import Check

PLUGIN = '''
import math
import time
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import polars as pl
from pydantic import Field

from indicia.analyses import *
from indicia.answers.needs import Rows, Scores
from indicia.catalogue import hookimpl
from indicia.formulas import column
from indicia.checks import *
from indicia.methods import *
from indicia.outputs import *


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

FAULTS = {
    "a table of details has columns of different lengths": (
        "MatrixAggregation",
        "check_details",
        "columns of different lengths: a 1, lead 2",
        """
    detail_tables = {"pairs": "each pair: the lead of a"}

    def score_units(self, values, weights, context):
        return np.nansum(values * weights, axis=1)

    def detail_table(self, table, values, weights, context):
        return {"a": ["u0"], "lead": [1.0, 2.0]}
""",
    ),
    "a table of details is not declared": (
        "MatrixImputation",
        "check_details",
        "means is not declared",
        """
    def complete(self, values):
        mean = np.nanmean(values, axis=0)
        filled = np.where(np.isnan(values), mean, values)
        return Completed(filled, {"means": lambda names, signs: {"indicator": list(names), "mean": mean * signs}})
""",
    ),
    "costs are summed as benefits": (
        "Aggregation",
        "check_direction",
        "is not behind the unit with the worst values",
        """
    oriented = False
    canonical_normalisation = "none"

    def combine(self, components):
        return row_sum(c.w * c.z for c in components)
""",
    ),
    "weights are ignored": (
        "Aggregation",
        "check_weights_of_components",
        "other weights give other scores",
        """
    def combine(self, components):
        return row_sum(c.z for c in components) / len(components)
""",
    ),
    "weights count though they are declared to be ignored": (
        "Aggregation",
        "check_weights_of_components",
        "a method that declares uses_weights = False, or row_by_row, ignores weights",
        """
    uses_weights = False

    def combine(self, components):
        return row_sum(c.w * c.z for c in components)
""",
    ),
    "a penalty for gaps that is not declared": (
        "Aggregation",
        "check_missing",
        "a method that lowers the score of a unit with gaps declares penalises_gaps",
        """
    def combine(self, components):
        present = row_sum(where(c.z.is_not_null(), 1.0, 0.0) for c in components)
        return row_sum(c.w * c.z for c in components) * present / len(components)
""",
    ),
    "a declared penalty for gaps that is none": (
        "Aggregation",
        "check_missing",
        "a unit with gaps is behind a complete unit with the same values, as penalises_gaps declares",
        """
    penalises_gaps = True

    def combine(self, components):
        return row_sum(c.w * c.z for c in components)
""",
    ),
    "a fill that is positive for negated costs": (
        "MatrixImputation",
        "check_negated_costs",
        "a cost is filled as well as a benefit",
        """
    def complete(self, values):
        return np.where(np.isnan(values), np.nanmean(np.abs(values), axis=0), values)
""",
    ),
    "a fill that is cut at zero": (
        "MatrixImputation",
        "check_negated_costs",
        "a cost is filled as well as a benefit",
        """
    def complete(self, values):
        return np.where(np.isnan(values), np.maximum(np.nanmean(values, axis=0), 0.0), values)
""",
    ),
    "a fill with the mean of a row of benefits and negated costs": (
        "MatrixImputation",
        "check_negated_costs",
        "a cost is filled as well as a benefit",
        """
    def complete(self, values):
        return np.where(np.isnan(values), np.nanmean(values, axis=1, keepdims=True), values)
""",
    ),
    "weights are kept by the names of indicators": (
        "Weighting",
        "check_earlier_runs",
        "figures depend on the values of a run, and on no earlier run",
        """
    def weigh(self, indicators):
        if indicators.names not in known:
            known[indicators.names] = indicators.each(lambda x, s: s.std)
        return known[indicators.names]


known = {}
""",
    ),
    "weights are kept by each name of an indicator": (
        "Weighting",
        "check_earlier_runs",
        "figures depend on the values of a run, and on no earlier run",
        """
    def weigh(self, indicators):
        for name, weight in zip(indicators.names, indicators.each(lambda x, s: s.std), strict=True):
            known.setdefault(name, weight)
        return np.array([known[name] for name in indicators.names])


known = {}
""",
    ),
    "an agreement that refuses every tie": (
        "Agreement",
        "check_ties",
        "rankings with tied units have a result",
        """
    def measure(self, first, others):
        if len(set(first)) < len(first) or any(len(set(other)) < len(other) for other in others):
            raise ValueError("the rankings have ties")
        return 1.0 - np.abs(first - others).sum(axis=-1)
""",
    ),
    "a parameter that no formula reads": (
        "Normalisation",
        "check_parameters_are_used",
        "the parameter power is used",
        """
    power: float = 1.0

    def __post_init__(self):
        if self.power < 0:
            raise ValueError("power is negative")

    def benefit(self, x, s):
        return x / s.max
""",
    ),
    "a parameter of a treatment that no formula reads": (
        "Treatment",
        "check_parameters_are_used",
        "the parameter share is used",
        """
    share: float = 0.5

    def treat(self, x, s):
        return x.clip(None, s.max)
""",
    ),
    "a direction that is wrong with another choice": (
        "Normalisation",
        "check_other_parameters",
        "a larger benefit never gets a smaller value",
        """
    way: Literal["up", "down"] = "up"

    def benefit(self, x, s):
        return x / s.max if self.way == "up" else -x / s.max
""",
    ),
    "a power that is wrong away from its default": (
        "Aggregation",
        "check_other_parameters",
        "the weighted power mean of the order that `power` states",
        """
    p: Annotated[float, Field(ge=1, le=9)] = 1.0

    @property
    def power(self):
        return 1.0

    def combine(self, components):
        return row_sum(c.w * c.z**self.p for c in components) ** (1 / self.p)
""",
    ),
    "a limit that reverses the order of a treatment": (
        "Treatment",
        "check_other_parameters",
        "the order of the units stays, up to ties",
        """
    share: Annotated[float, Field(ge=0, le=1)] = 0.0

    def treat(self, x, s):
        return where(x > s.median, x - 2 * self.share * (x - s.median), x)
""",
    ),
    "a figure that is not that of the source": (
        "Weighting",
        "check_worked_examples",
        "the figures of its worked examples come out",
        """
    worked_examples = (WorkedExample({"unit": ["A"], "x": [1], "y": [1]}, {"weights": {"x": 0.4}}, "A test"),)

    def weigh(self, indicators):
        return np.ones(len(indicators.names))
""",
    ),
    "a treated value that is not that of the source": (
        "Treatment",
        "check_worked_examples",
        "the figures of its worked examples come out",
        """
    worked_examples = (WorkedExample({"unit": ["A", "B"], "x": [1, 9]}, {"prepared": {"x": [1, 4]}}, "A test"),)

    def treat(self, x, s):
        return x.clip(None, 5.0)
""",
    ),
    "a cost in the wrong direction": (
        "Normalisation",
        "check_direction",
        "a larger cost never gets a larger value",
        """
    def benefit(self, x, s):
        return x / s.max

    def cost(self, x, s):
        return x / s.max
""",
    ),
    "ranks by the order of rows": (
        "Normalisation",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    whole_column = True

    def benefit(self, x, s):
        return x.rank("ordinal").cast(float)
""",
    ),
    "ties broken by the order of rows": (
        "Normalisation",
        "check_duplicates",
        "equal units get equal figures",
        """
    whole_column = True

    def benefit(self, x, s):
        return x.rank("ordinal").cast(float)
""",
    ),
    "equal units get different values": (
        "Normalisation",
        "check_few_units",
        "equal units have the same rank",
        """
    def benefit(self, x, s):
        return where(s.max > s.min, x / s.max, x.is_null().cum_count().cast(float))
""",
    ),
    "not monotone though declared": (
        "Normalisation",
        "check_monotone",
        "a better value never gets a lower normalised value",
        """
    properties = declaring("monotone")

    def benefit(self, x, s):
        return -((x - 7.0) ** 2)
""",
    ),
    "not scale-invariant though declared": (
        "Normalisation",
        "check_units_of_measure",
        "the units of measure change nothing",
        """
    properties = declaring("scale_invariant")

    def benefit(self, x, s):
        return x / (s.max + 1e-6)
""",
    ),
    "weights of units by the order of rows": (
        "Normalisation",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    uses = ("people",)

    def benefit(self, x, s):
        return x + s((x + s.column("people")).cum_sum().mean())
""",
    ),
    "a normalisation refuses zero though it declares it": (
        "Normalisation",
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
    "missing values count as 100": (
        "Normalisation",
        "check_missing",
        "a unit without a value does not change the other values",
        """
    def benefit(self, x, s):
        return x / s(x.fill_null(100.0).max())
""",
    ),
    "statistics over all periods": (
        "Normalisation",
        "check_periods",
        "is the same as each period alone",
        """
    def benefit(self, x, s):
        return x - x.mean()
""",
    ),
    "different values for a constant indicator": (
        "Normalisation",
        "check_constant",
        "has the same value for all units",
        """
    def benefit(self, x, s):
        return where(s.max > s.min, x, x.is_null().cum_count().cast(float))
""",
    ),
    "a normalisation that claims to be compensatory": (
        "Normalisation",
        "check_properties_fit_the_kind",
        "declares only properties that a check verifies",
        """
    properties = declaring("compensatory")

    def benefit(self, x, s):
        return x
""",
    ),
    "rank reversal of values": (
        "Normalisation",
        "check_rank_reversal",
        "the other units keep their order",
        """
    properties = declaring("free_of_rank_reversal")

    def benefit(self, x, s):
        return (x - s(x.last())).abs()
""",
    ),
    "the first component counts double": (
        "Aggregation",
        "check_order_of_indicators",
        "the order of the indicators changes nothing",
        """
    def combine(self, components):
        return components[0].z + row_sum(c.w * c.z for c in components)
""",
    ),
    "low scores are best without a declaration": (
        "Aggregation",
        "check_direction",
        "is not behind the unit with the worst values",
        """
    def combine(self, components):
        return -row_sum(c.w * c.z for c in components)
""",
    ),
    "a penalty, declared to be monotone": (
        "Aggregation",
        "check_monotone",
        "a unit with a better component falls behind no unit",
        """
    properties = declaring("monotone")

    def combine(self, components):
        mean = row_sum(c.w * c.z for c in components)
        return mean - 3 * row_sum(c.w * (c.z - mean) ** 2 for c in components)
""",
    ),
    "the minimum, declared to be compensatory": (
        "Aggregation",
        "check_compensation",
        "makes up for a small loss",
        """
    properties = declaring("compensatory")

    def combine(self, components):
        return row_min(c.z for c in components)
""",
    ),
    "a distance to the best unit, declared to be free of rank reversal": (
        "Aggregation",
        "check_rank_reversal",
        "the other units keep their order",
        """
    properties = declaring("free_of_rank_reversal")
    canonical_normalisation = "none"

    def combine(self, components):
        return -row_sum((c.z - c.s.max) ** 2 for c in components)
""",
    ),
    "raw values, declared to be scale-invariant": (
        "Aggregation",
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
        "Aggregation",
        "check_missing",
        "weights are rescaled to the components that a unit has",
        """
    additive = True

    def combine(self, components):
        return row_sum(c.z for c in components) / len(components)
""",
    ),
    "a mean of another order than stated": (
        "Aggregation",
        "check_power",
        "the score is the weighted power mean of the order that `power` states",
        """
    power = 0.0

    def combine(self, components):
        return row_sum(c.w * c.z for c in components)
""",
    ),
    "an IndexError": (
        "Aggregation",
        "check_few_units",
        "raises only errors that name the problem",
        """
    def combine(self, components):
        return [c.z for c in components if c.s is None][0]
""",
    ),
    "a RuntimeError": (
        "Aggregation",
        "check_extremes",
        "raises only errors that name the problem",
        """
    def combine(self, components):
        raise RuntimeError("a bug")
""",
    ),
    "scores by the order of rows": (
        "Aggregation",
        "check_duplicates",
        "equal units get equal figures",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + 1e-6 * components[0].z.is_null().cum_count()
""",
    ),
    "weights by the order of rows": (
        "Weighting",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    def weigh(self, indicators):
        return indicators.each(lambda x, s: 1 + s(x.first()))
""",
    ),
    "weights by the order of indicators": (
        "Weighting",
        "check_order_of_indicators",
        "the order of the indicators changes nothing",
        """
    def weigh(self, indicators):
        return 1.0 + np.arange(len(indicators.names))
""",
    ),
    "equal indicators get different weights": (
        "Weighting",
        "check_duplicates",
        "equal indicators get equal weights",
        """
    def weigh(self, indicators):
        return 1.0 + np.arange(len(indicators.names))
""",
    ),
    "a weight for a constant indicator": (
        "Weighting",
        "check_constant",
        "an indicator that does not vary has no weight",
        """
    properties = declaring("zero_for_constant")

    def weigh(self, indicators):
        return np.ones(len(indicators.names))
""",
    ),
    "random weights": (
        "Weighting",
        "check_periods",
        "weights use the rows of all periods",
        """
    def weigh(self, indicators):
        return np.random.default_rng().random(len(indicators.names))
""",
    ),
    "a parameter that changes when the method is built": (
        "Normalisation",
        "check_parameters",
        "it is the same when it is read",
        """
    power: float = 0.1

    def __post_init__(self):
        object.__setattr__(self, "power", self.power + 1.0)

    def benefit(self, x, s):
        return x**self.power
""",
    ),
    "a parameter that text cannot hold": (
        "Aggregation",
        "check_parameters",
        "it can be read from text",
        """
    words: frozenset[str] = frozenset({"a"})

    def __str__(self):
        return "planted(words=<words>)"

    def combine(self, components):
        return row_sum(c.w * c.z for c in components)
""",
    ),
    "statistics over all draws": (
        "Normalisation",
        "check_draws",
        "get the same scores together as one by one",
        """
    def benefit(self, x, s):
        return x / x.max()
""",
    ),
    "a share of the best score of all draws": (
        "Aggregation",
        "check_draws",
        "get the same scores together as one by one",
        """
    def combine(self, components):
        score = row_sum(c.w * c.z for c in components)
        return score / score.max()
""",
    ),
    "a maximum that is not a statistic": (
        "Normalisation",
        "check_fitted",
        "a fitted index scores its own data as the run did, also a part of its units",
        """
    def benefit(self, x, s):
        return x - x.max()
""",
    ),
    "agreement by the row numbers of units": (
        "Agreement",
        "check_order_of_units",
        "the order of the units changes nothing",
        """
    def measure(self, first, others):
        return 1 - ((first != others) * np.arange(len(first))).sum(axis=-1) / 100
""",
    ),
    "the first ranking decides": (
        "Consensus",
        "check_order_of_rankings",
        "the order of the rankings changes nothing",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings[0]
""",
    ),
    "a distance that is not declared to be one": (
        "Agreement",
        "check_unanimity",
        "equal rankings agree by 1",
        """
    def measure(self, first, others):
        return np.abs(first - others).sum(axis=-1)
""",
    ),
    "high numbers are best in a mean of ranks": (
        "Consensus",
        "check_unanimity",
        "the consensus of equal rankings is the same ranking",
        """
    def combine(self, rankings):
        return rankings.mean(axis=0)
""",
    ),
    "agreements that depend on the number of rankings": (
        "Agreement",
        "check_table",
        "holds the agreement of each pair of rankings",
        """
    def measure(self, first, others):
        return (first <= others).mean(axis=-1)

    def table(self, rankings):
        return super().table(rankings) ** len(rankings)
""",
    ),
    "tied units get different ranks": (
        "Consensus",
        "check_twins",
        "equal units get equal ranks",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings.mean(axis=0) + np.arange(rankings.shape[1]) / 1000
""",
    ),
    "findings differ from look to look": (
        "Check",
        "check_findings_again",
        "a second look gives the same findings",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield Finding("index", None, None, f"the object is {id(object())} {time.perf_counter_ns()}")
""",
    ),
    "the first row is the finding": (
        "Check",
        "check_order_of_data",
        "findings do not depend on the order of rows",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield Finding(subject.unit_names[0], None, None, f"{subject.unit_names[0]} is first")
""",
    ),
    "the first indicator is the finding": (
        "Check",
        "check_order_of_data",
        "findings do not depend on the order of indicators",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        name = subject.raw.columns[0]
        yield Finding(name, None, None, f"{name} is first")
""",
    ),
    "a place that does not exist": (
        "Check",
        "check_places",
        "the place of a finding exists",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield Finding("elsewhere", None, None, "elsewhere it is")
""",
    ),
    "a sentence with a full stop": (
        "Check",
        "check_sentences",
        "without a full stop",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield Finding("index", None, None, "It is so.")
""",
    ),
    "a sentence without the place": (
        "Check",
        "check_sentences",
        "the sentence names the place",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield Finding("x0", None, None, "an indicator is odd")
""",
    ),
    "a warning about clean data": (
        "Check",
        "check_clean_data",
        "clean data have no error and no warning",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield Finding("index", None, None, "the index is odd")
""",
    ),
    "a value that is no number": (
        "Check",
        "check_sentences",
        "value and threshold are finite, or None",
        """
    code, title, source = "PL01", "planted", "A test"
    severity = "information"

    def look(self, subject):
        yield Finding("index", float("nan"), None, "the index is odd")
""",
    ),
    "the first unit of a run is the finding": (
        "Check",
        "check_order_of_units_of_a_run",
        "findings do not depend on the order of units",
        """
    code, title, source = "PL01", "planted", "A test"
    severity = "information"
    needs = ("scores",)

    def look(self, subject):
        unit = subject.run.units[0]
        yield Finding(unit, None, None, f"{unit} is the first")
""",
    ),
    "a warning about a sound index": (
        "Check",
        "check_sound_index",
        "a sound index has no error and no warning",
        """
    code, title, source = "PL01", "planted", "A test"
    needs = ("draws",)

    def look(self, subject):
        yield Finding("index", None, None, "no index is good enough")
""",
    ),
    "a planted fault that is not found": (
        "Check",
        "check_planted_fault",
        "the planted fault is found at its place",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield from ()

    @classmethod
    def planted(cls):
        import polars

        return Subject.of(polars.DataFrame({"unit": ["a"]}), polars.DataFrame({"x": [1.0]})), "x"
""",
    ),
    "a planted fault without the scores that the check needs": (
        "Check",
        "check_planted_fault",
        "it has no scores",
        """
    code, title, source = "PL01", "planted", "A test"
    needs = ("scores",)

    def look(self, subject):
        yield Finding("x", None, None, "x is odd")

    @classmethod
    def planted(cls):
        import polars

        return Subject.of(polars.DataFrame({"unit": ["a"]}), polars.DataFrame({"x": [1.0]})), "x"
""",
    ),
    "a check that cannot look at one unit": (
        "Check",
        "check_places",
        "raises only errors that name the problem",
        """
    code, title, source = "PL01", "planted", "A test"

    def look(self, subject):
        yield Finding(subject.unit_names[1], None, None, f"{subject.unit_names[1]} is second")
""",
    ),
    "a check forgets its parameter": (
        "Check",
        "check_parameters",
        "is read as",
        """
    code, title, source = "PL01", "planted", "A test"
    share: float = 0.5

    def __post_init__(self):
        object.__setattr__(self, "share", self.share + 0.25)

    def look(self, subject):
        yield from ()
""",
    ),
    "a method prints": (
        "Normalisation",
        "check_duplicates",
        "prints nothing",
        """
    def benefit(self, x, s):
        print("here")
        return x
""",
    ),
    "a small weight for a constant indicator": (
        "Weighting",
        "check_constant",
        "an indicator that does not vary has no weight",
        """
    properties = declaring("zero_for_constant")

    def weigh(self, indicators):
        return indicators.each(lambda x, s: s.std) + 0.01
""",
    ),
    "a normalisation reads the clock": (
        "Normalisation",
        "check_repeat",
        "a second run gives the same figures",
        """
    def benefit(self, x, s):
        return x + time.perf_counter() % 1
""",
    ),
    "a parameter that instances share": (
        "Normalisation",
        "check_repeat",
        "a second run gives the same figures",
        """
    power: float = 1.0

    def __post_init__(self):
        type(self).latest = self.power

    def benefit(self, x, s):
        return x * type(self).latest
""",
    ),
    "noise from the shared generator": (
        "Aggregation",
        "check_repeat",
        "does not use the shared random generators",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + 1e-5 * np.random.random()
""",
    ),
    "a seed for the shared generator": (
        "Weighting",
        "check_repeat",
        "does not use the shared random generators",
        """
    def weigh(self, indicators):
        np.random.seed(0)
        return np.ones(len(indicators.names))
""",
    ),
    "a consensus takes weights and ignores them": (
        "Consensus",
        "check_weights_of_rankings",
        "a ranking of weight 2 counts as two equal rankings",
        """
    low_is_best = True
    takes_weights = True

    def combine(self, rankings):
        return rankings.sum(axis=0)

    def combine_lists(self, rankings, context):
        return rankings.sum(axis=0)
""",
    ),
    "a consensus ranks units first that no list names": (
        "Consensus",
        "check_partial_lists",
        "a unit that a list names is not behind a unit that no list names",
        """
    low_is_best = True
    takes_partial = True

    def combine(self, rankings):
        return rankings.sum(axis=0)

    def combine_lists(self, rankings, context):
        return np.nan_to_num(rankings).sum(axis=0)
""",
    ),
    "ties are broken at random": (
        "Consensus",
        "check_repeat",
        "a second run gives the same figures",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings.mean(axis=0) + np.random.default_rng().random(rankings.shape[1]) / 1000
""",
    ),
    "single precision": (
        "Normalisation",
        "check_order_of_rows",
        "computes in double precision",
        """
    def benefit(self, x, s):
        return (x / 3).cast(pl.Float32)
""",
    ),
    "weights of single precision": (
        "Weighting",
        "check_weights",
        "computes in double precision",
        """
    def weigh(self, indicators):
        return np.ones(len(indicators.names), dtype=np.float32)
""",
    ),
    "weights in the order of the names": (
        "Weighting",
        "check_names",
        "the names of indicators and units change nothing",
        """
    def weigh(self, indicators):
        return indicators.each(lambda x, s: s.max + s.mean)[np.argsort(indicators.names)]
""",
    ),
    "the first component of the alphabet counts more": (
        "Aggregation",
        "check_names",
        "the names of indicators and units change nothing",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + min(components, key=lambda c: c.name).z
""",
    ),
    "a division by zero for a single component": (
        "Aggregation",
        "check_one_component",
        "a node with a single component is scored",
        """
    def combine(self, components):
        return row_sum(c.w * c.z / (1 - c.w) for c in components)
""",
    ),
    "a mean over all components though some are missing": (
        "Aggregation",
        "check_missing",
        "weights are rescaled to the components that a unit has",
        """
    def combine(self, components):
        return row_sum(c.z for c in components) / len(components)
""",
    ),
    "an IndexError where a component is missing for all scored units": (
        "Aggregation",
        "check_missing",
        "raises only errors that name the problem",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) + 0.0 * row_sum(self.first(c) for c in components)

    def first(self, c):
        return c.s.fit(lambda x: [x[5]], 1)[0]
""",
    ),
    "a gap counts as zero in weights": (
        "Weighting",
        "check_missing",
        "a unit without any value changes no figure",
        """
    def weigh(self, indicators):
        return np.nan_to_num(indicators.matrix()).mean(axis=0) + 0.01
""",
    ),
    "a cost is a benefit where all values are negative": (
        "Normalisation",
        "check_direction",
        "a larger cost never gets a larger value",
        """
    def benefit(self, x, s):
        return x

    def cost(self, x, s):
        return where(s.max < 0, x, -x)
""",
    ),
    "absolute values, declared to be monotone": (
        "Aggregation",
        "check_monotone",
        "a unit with a better component falls behind no unit",
        """
    properties = declaring("monotone", "defined_below_zero")

    def combine(self, components):
        return row_sum(c.w * c.z.abs() for c in components)
""",
    ),
    "small weights become negative": (
        "Aggregation",
        "check_monotone",
        "a unit with a better component falls behind no unit",
        """
    properties = declaring("monotone")

    def combine(self, components):
        return row_sum((c.w - 0.3) * c.z for c in components)
""",
    ),
    "agreement above full agreement": (
        "Agreement",
        "check_table",
        "no agreement exceeds that of equal rankings",
        """
    def measure(self, first, others):
        return 1 + np.abs(first - others).sum(axis=-1)
""",
    ),
    "a unit that is ahead in all rankings is behind": (
        "Consensus",
        "check_unanimous_pairs",
        "a unit that is ahead in all rankings is not behind",
        """
    low_is_best = True

    def combine(self, rankings):
        return rankings.mean(axis=0) + 2 * np.ptp(rankings, axis=0)
""",
    ),
    "all weights are zero": (
        "Weighting",
        "check_weights",
        "no table that was tried could be scored",
        """
    def weigh(self, indicators):
        return np.zeros(len(indicators.names))
""",
    ),
    "fills with the first value in the table": (
        "Imputation",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    def fill(self, x, s):
        return s(x.drop_nulls().first())
""",
    ),
    "fills from the indicator to the left": (
        "MatrixImputation",
        "check_order_of_indicators",
        "the order of the indicators changes nothing",
        """
    def complete(self, values):
        return np.where(np.isnan(values), np.roll(np.nan_to_num(values), 1, axis=1), values)
""",
    ),
    "fills with one more than the mean, declared to be scale-invariant": (
        "Imputation",
        "check_units_of_measure",
        "the units of measure change nothing",
        """
    properties = frozenset({Property.SCALE_INVARIANT})

    def fill(self, x, s):
        return s.mean + 1
""",
    ),
    "an imputation that claims to be compensatory": (
        "Imputation",
        "check_properties_fit_the_kind",
        "declares only properties that a check verifies",
        """
    properties = frozenset({Property.COMPENSATORY})

    def fill(self, x, s):
        return s.mean
""",
    ),
    "a mean that counts missing values": (
        "Imputation",
        "check_units_without_values",
        "units without a value do not change the other values",
        """
    def fill(self, x, s):
        return s.sum / s(x.len())
""",
    ),
    "an imputation by row number": (
        "MatrixImputation",
        "check_duplicates",
        "equal units get equal figures",
        """
    def complete(self, values):
        return np.where(np.isnan(values), np.arange(len(values))[:, None] * 1e-3, values)
""",
    ),
    "an imputation with the mean of all periods": (
        "Imputation",
        "check_periods",
        "is the same as each period alone",
        """
    def fill(self, x, s):
        return x.mean()
""",
    ),
    "a series filled with row numbers": (
        "SeriesImputation",
        "check_periods",
        "the values of a unit are the same in a run of that unit alone",
        """
    def follow(self, x, t):
        return x.fill_null(column("\\0row").cast(float))
""",
    ),
    "a mean of the rows of the table, which is not fitted": (
        "Imputation",
        "check_fitted",
        "a fitted index scores its own data as the run did, also a part of its units",
        """
    def fill(self, x, s):
        return s.mean + 0 * s.max + x.mean()
""",
    ),
    "a series filled with the largest value of all years, which is not carried": (
        "SeriesImputation",
        "check_fitted",
        "a fitted index fills later periods as a run over all periods does",
        """
    carries_forward = True

    def follow(self, x, t):
        return x.fill_null(x.fill_null(-1e9).cum_max())
""",
    ),
    "an imputation with the mean of all draws": (
        "Imputation",
        "check_draws",
        "draws of errors in the data get the same scores together as one by one",
        """
    def fill(self, x, s):
        return x.mean()
""",
    ),
    "a series filled with row numbers of all draws": (
        "SeriesImputation",
        "check_draws",
        "draws of errors in the data get the same scores together as one by one",
        """
    def follow(self, x, t):
        return x.fill_null(column("\\0row").cast(float))
""",
    ),
    "an imputation that counts its calls": (
        "MatrixImputation",
        "check_draws",
        "draws of errors in the data get the same scores together as one by one",
        """
    def complete(self, values):
        asked.append(1)
        return np.where(np.isnan(values), float(len(asked)), values)


asked = []
""",
    ),
    "a cap at the median of all draws": (
        "Treatment",
        "check_draws",
        "draws of errors in the data get the same scores together as one by one",
        """
    def treat(self, x, s):
        return x.clip(None, x.median())
""",
    ),
    "an index out of range": (
        "MatrixImputation",
        "check_few_units",
        "raises only errors that name the problem",
        """
    def complete(self, values):
        return values[[0, 1]] if len(values) > 1 else values[[1]]
""",
    ),
    "a treatment that refuses zero though declared": (
        "Treatment",
        "check_zeros_and_negatives",
        "is defined_at_zero",
        """
    properties = frozenset({Property.DEFINED_AT_ZERO})
    domain = Domain.POSITIVE

    def treat(self, x, s):
        return x.log()
""",
    ),
    "a treatment that reverses the order": (
        "Treatment",
        "check_order_of_values",
        "the order of the units stays, up to ties",
        """
    def treat(self, x, s):
        return (x - s.median).abs()
""",
    ),
    "another unit of measure without changes_scale": (
        "Treatment",
        "check_scale",
        "a treatment that changes the scale declares changes_scale",
        """
    def treat(self, x, s):
        return 1.8 * x + 32
""",
    ),
    "another unit of measure for outliers without changes_scale": (
        "Treatment",
        "check_scale",
        "a treatment that changes the scale declares changes_scale",
        """
    def treat(self, x, s):
        return where(s.max > 10 * s.median, s.median * x / s.max, x)
""",
    ),
    "changes_scale without a change of scale": (
        "Treatment",
        "check_scale",
        "a treatment that declares changes_scale changes the scale",
        """
    changes_scale = True

    def treat(self, x, s):
        return x.clip(None, s.quantile(0.9))
""",
    ),
    "a treatment that makes gaps": (
        "Treatment",
        "check_present_cells",
        "missing cells stay missing",
        """
    def treat(self, x, s):
        return where(x < s.max, x, None)
""",
    ),
    "a treatment that fills gaps": (
        "Treatment",
        "check_present_cells",
        "missing cells stay missing, and no other cell becomes missing",
        """
    def treat(self, x, s):
        return x.fill_null(s.mean)
""",
    ),
    "a cap that counts missing values": (
        "Treatment",
        "check_units_without_values",
        "units without a value do not change the other values",
        """
    def treat(self, x, s):
        return x.clip(None, s.sum / s(x.len()))
""",
    ),
    "a cap at the value of the last row": (
        "Treatment",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    def treat(self, x, s):
        return x.clip(None, s(x.drop_nulls().last()))
""",
    ),
    "a cap in the unit of measure, declared to be scale-invariant": (
        "Treatment",
        "check_units_of_measure",
        "the units of measure change nothing",
        """
    properties = frozenset({Property.SCALE_INVARIANT})

    def treat(self, x, s):
        return x.clip(-5.0, 5.0)
""",
    ),
    "a treatment gives a constant indicator different values": (
        "Treatment",
        "check_constant",
        "has the same value for all units",
        """
    def treat(self, x, s):
        return where(s.max > s.min, x, x + x.is_null().cum_count())
""",
    ),
    "an overflow in Python": (
        "Treatment",
        "check_extremes",
        "raises only errors that name the problem",
        """
    def treat(self, x, s):
        (z,) = s.fit(lambda values: [math.exp(min(values.max(), 1e4))], 1)
        return x + z
""",
    ),
    "a cap at the median of all periods": (
        "Treatment",
        "check_periods",
        "is the same as each period alone",
        """
    def treat(self, x, s):
        return x.clip(None, x.median())
""",
    ),
    "a random imputation has a generator with a seed of its own": (
        "RandomImputation",
        "check_other_seed",
        "another seed gives other figures",
        """
    def draw(self, values, random):
        return np.random.default_rng(0).random(values.shape)
""",
    ),
    "a random imputation draws in the order of the rows": (
        "RandomImputation",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    def draw(self, values, random):
        return random.shared("value").random(values.shape)
""",
    ),
    "a random imputation has a generator without a seed": (
        "RandomImputation",
        "check_same_seed",
        "the same seed gives the same figures",
        """
    def draw(self, values, random):
        return np.random.default_rng().random(values.shape)
""",
    ),
    "a random weighting has a generator with a seed of its own": (
        "Weighting",
        "check_other_seed",
        "another seed gives other figures",
        """
    is_random = True

    def weigh(self, indicators):
        return np.array([0.1 + np.random.default_rng(len(name)).random() for name in indicators.names])
""",
    ),
    "a random weighting samples the rows by their places": (
        "Weighting",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    is_random = True
    needs_all_rows = True

    def weigh(self, indicators):
        values = indicators.matrix()
        return 0.1 + np.nan_to_num(abs(values[indicators.random.shared("row").integers(len(values))]))
""",
    ),
    "a random weighting draws by the place of the indicator": (
        "Weighting",
        "check_order_of_indicators",
        "the order of the indicators changes nothing",
        """
    is_random = True

    def weigh(self, indicators):
        return 0.1 + indicators.random.shared("weight").random(len(indicators.names))
""",
    ),
    "a random aggregation has a generator without a seed": (
        "MatrixAggregation",
        "check_same_seed",
        "the same seed gives the same figures",
        """
    is_random = True

    def score_units(self, values, weights, context):
        return np.nansum(values * weights, axis=1) + np.random.default_rng().random(len(values))
""",
    ),
    "a random aggregation takes no numbers of the seed": (
        "MatrixAggregation",
        "check_other_seed",
        "another seed gives other figures",
        """
    is_random = True

    def score_units(self, values, weights, context):
        return np.nansum(values * weights, axis=1)
""",
    ),
    "a random aggregation draws in the order of the rows": (
        "MatrixAggregation",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    is_random = True

    def score_units(self, values, weights, context):
        return np.nansum(values * weights, axis=1) + context.random.shared("error").random(len(values))
""",
    ),
    "an imputation reads the clock": (
        "Imputation",
        "check_repeat",
        "a second run gives the same figures",
        """
    def fill(self, x, s):
        return s.mean + time.perf_counter() % 1
""",
    ),
    "a parameter of a treatment that changes when it is built": (
        "Treatment",
        "check_parameters",
        "it is the same when it is read",
        """
    share: float = 0.1

    def __post_init__(self):
        object.__setattr__(self, "share", self.share + 1.0)

    def treat(self, x, s):
        return x.clip(None, s.max * self.share)
""",
    ),
    "a section with a style attribute": (
        "Section",
        "check_section_fits_the_page",
        "has the attribute style of <p>",
        """
    def render(self, dossier, languages):
        return Rendered({"en": "Planted"}, "<p style='color:red'>Two units</p>")
""",
    ),
    "a section that does not escape the names of units": (
        "Section",
        "check_section_escapes_names",
        "names are text",
        """
    def render(self, dossier, languages):
        names = dossier.result.scores[dossier.result.unit]
        return Rendered({"en": "Planted"}, f"<p>{names[0]}</p>")
""",
    ),
    "a section that shows the largest raw value, which is not published": (
        "Section",
        "check_section_withholds_raw_values",
        "raw values are not published",
        """
    def render(self, dossier, languages):
        values = dossier.result.scored.raw.values
        return Rendered({"en": "Planted"}, f"<p>{max(values.max().row(0))}</p>")
""",
    ),
    "a section with a random number": (
        "Section",
        "check_section_again",
        "the same results give the same section",
        """
    def render(self, dossier, languages):
        return Rendered({"en": "Planted"}, f"<p>{np.random.default_rng().random()}</p>")
""",
    ),
    "a chart without a title": (
        "Chart",
        "check_chart_is_drawn",
        "a chart has a title and a description",
        """
    shows = ("result",)

    def draw(self, shown, options):
        import altair

        return altair.Chart(altair.Data(values=[{"x": 1}]), description="A bar").mark_bar().encode(x="x:Q")
""",
    ),
    "a chart that counts how often it was drawn": (
        "Chart",
        "check_chart_again",
        "the same results give the same chart",
        """
    shows = ("result",)

    def draw(self, shown, options):
        import altair

        drawn.append(1)
        data = altair.Data(values=[{"x": len(drawn)}])
        return altair.Chart(data, title="Planted", description="A bar").mark_bar().encode(x="x:Q")


drawn = []
""",
    ),
    "an exporter that writes text instead of bytes": (
        "Exporter",
        "check_exporter_writes",
        "the content of a file is bytes",
        """
    exports = ("dossier",)
    formats = {"planted": (".planted",)}

    def write(self, exported, options):
        return {"": "text"}
""",
    ),
    "an exporter that writes the time": (
        "Exporter",
        "check_exporter_again",
        "the same results give the same bytes",
        """
    exports = ("dossier",)
    formats = {"planted": (".planted",)}

    def write(self, exported, options):
        return {"": str(time.perf_counter_ns()).encode()}
""",
    ),
}
"""By title: the base class, the check, a part of the message, and the body of the class."""

FAULTS |= {title: (base, "check_partitions", part, body) for title, (base, part, body) in PARTITION_FAULTS.items()}

FAULTS |= {title: ("Analysis", name, part, body) for title, (name, part, body) in ANALYSIS_FAULTS.items()}


def kind_of(base: str) -> str:
    """Return the kind of a base class: "imputation" for MatrixImputation."""
    return base.removeprefix("Matrix").removeprefix("Series").removeprefix("Random").lower()


def first_faults() -> set[str]:
    """Return the first fault of each check, of raw values and of scores; those that repeat a check are thorough."""
    first: dict[tuple[str, bool], str] = {}
    for title, (base, name, *_) in FAULTS.items():
        first.setdefault((name, kind_of(base) in PREPARING), title)
    return set(first.values())


@pytest.mark.parametrize(
    "title",
    [pytest.param(title, marks=[] if title in first_faults() else pytest.mark.thorough) for title in FAULTS],
)
def test_a_planted_fault_is_found(title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "PHASES", sample.PHASES[:1])  # the size of the counterexample does not matter here
    base, name, promise, body = FAULTS[title]
    kind = kind_of(base)
    method = "PL01" if kind == "check" else "planted"
    plugin = write_plugin(tmp_path, base, body)
    with pytest.raises(AssertionError, match=promise) as caught:
        check_of(name, kind)(method, kind, [plugin])
    assert re.match(rf"{method}(\(.*\))? \({kind}\) does not keep its promise: ", str(caught.value))


@pytest.mark.parametrize("title", REFUSED_METHODS)
def test_a_number_of_the_rows_of_a_partition_is_refused_by_the_name_of_the_method(title: str, tmp_path: Path) -> None:
    base, body = REFUSED_METHODS[title]
    subject = Subject("planted", kind_of(base), (write_plugin(tmp_path, base, body),))
    words, _ = SETTINGS[0].index_file(subject)
    with pytest.raises(NeedsAllRows, match=r"planted of .* all rows at once"):
        check_can_run_in_partitions(Index(words, catalogue_of(subject.plugins)))


def test_a_weighting_that_catches_every_exception_gets_the_numbers_of_all_rows(tmp_path: Path) -> None:
    check_of("check_partitions", "weighting")(
        "planted", "weighting", [write_plugin(tmp_path, "Weighting", SWALLOWS_ALL)]
    )


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
@pytest.mark.parametrize("figures", ["scores", "normalised"])
def test_a_figure_that_is_missing_or_not_finite_is_found(figures: str, value: float | None) -> None:
    """The core refuses such figures; the checks do not rely on it."""
    outcome = Outcome(**{figures: {"x0": [1.0, value]} if figures == "normalised" else [1.0, value]})
    subject = Subject("arithmetic", "aggregation", ())
    with pytest.raises(AssertionError, match="figures are finite"):
        subject.require_sound(outcome, subject.sample({"x0": [1.0, 2.0]}))


@pytest.mark.parametrize(
    ("kind", "method", "becomes", "promise"),
    [
        ("imputation", "mean", [1.5, 2.0], "present cells are untouched"),
        ("imputation", "mean", [1.0, math.nan], "figures are finite"),
        ("imputation", "mean", [1.0, math.inf], "figures are finite"),
        ("treatment", "round", [1.0, 3.0], "missing cells stay missing"),
        ("treatment", "round", [None, None], "missing cells stay missing"),
    ],
)
def test_a_prepared_cell_that_may_not_change_is_found(
    kind: str, method: str, becomes: list[float | None], promise: str
) -> None:
    """The core keeps present cells and refuses figures that are not finite; the checks do not rely on it."""
    subject = Subject(method, kind, ())
    with pytest.raises(AssertionError, match=promise):
        subject.require_sound(Outcome(prepared={"x0": becomes}), subject.sample({"x0": [1.0, None]}))


def write_plugin(folder: Path, base: str, body: str) -> Path:
    """Write a plugin with one method, whose class has this base and body."""
    kind = kind_of(base)
    hook = {"consensus": "consensuses", "analysis": "analyses"}.get(kind, f"{kind}s")
    plugin = folder / "planted.py"
    plugin.write_text(PLUGIN.format(base=base, hook=hook, body=body.strip("\n")), encoding="utf-8")
    return plugin


def test_every_check_has_its_planted_fault() -> None:
    """A check of raw values and of scores has a fault of each."""
    planted = {(name, kind_of(base) in PREPARING) for base, name, _, _ in FAULTS.values()}
    assert planted == {(f"check_{check.name}", kind in PREPARING) for check in CHECKS for kind in check.kinds}


def test_no_two_checks_of_a_kind_have_one_name() -> None:
    pairs = [(check.name, kind) for check in CHECKS for kind in check.kinds]
    assert len(pairs) == len(set(pairs))


def check_of(name: str, kind: str) -> Check:
    (check,) = (check for check in CHECKS if f"check_{check.name}" == name and kind in check.kinds)
    return check
