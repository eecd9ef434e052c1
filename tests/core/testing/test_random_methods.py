"""Random methods: their promises, and the class that they need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from indicia.catalogue import KINDS
from indicia.catalogue.offers import class_problem
from indicia.methods import (
    Aggregation,
    Array,
    Indicators,
    MatrixAggregation,
    MatrixContext,
    MatrixImputation,
    Method,
    RandomImputation,
    RandomNumbers,
    Weighting,
    Weights,
)
from indicia.testing import check_method
from indicia_conformance.edges import check_few_units, check_missing
from indicia_conformance.invariance import check_duplicates, check_names
from indicia_conformance.randomness import check_other_seed, check_same_seed
from indicia_conformance.subject import Subject


@dataclass(frozen=True)
class Bounded(RandomImputation):
    """Draw between 0 and 1."""

    name = "bounded"
    reference = "Example"

    def draw(self, values: Array, random: RandomNumbers) -> Array:
        return np.column_stack([random.uniform(name) for name in random.columns])


def test_a_random_method_promises_the_effect_of_seeds_and_no_equal_values_of_equal_units() -> None:
    subject = Subject(Bounded(), "imputation", ())
    assert check_same_seed.concerns(subject)
    assert check_other_seed.concerns(subject)
    assert not check_duplicates.concerns(subject)
    assert not check_other_seed.concerns(Subject("mean", "imputation", ()))
    check_other_seed(Bounded(), "imputation")


@dataclass(frozen=True)
class Exponential(Weighting):
    """Draw weights from the uniform distribution over all weights."""

    name = "exponential"
    reference = "Example"
    is_random = True

    def weigh(self, indicators: Indicators) -> Array:
        return np.array([indicators.random.shared("weight", name).exponential() for name in indicators.names])


@dataclass(frozen=True)
class Disturbed(MatrixAggregation):
    """Add a random error to the weighted sum."""

    name = "disturbed"
    reference = "Example"
    is_random = True

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        present = ~np.isnan(values) * weights
        sums = np.nansum(values * weights, axis=1) / present.sum(axis=1)
        return sums + 0.01 * context.random.normal("error") * (abs(sums).max() or 1.0)


@pytest.mark.parametrize(("method", "kind"), [(Exponential(), "weighting"), (Disturbed(), "aggregation")])
def test_random_weightings_and_aggregations_promise_the_effect_of_seeds(method: Method, kind: str) -> None:
    subject = Subject(method, kind, ())
    assert not check_duplicates.concerns(subject)
    check_other_seed(method, kind)
    for check in (check_names, check_few_units, check_missing):
        check(method, kind)


@pytest.mark.thorough
@pytest.mark.parametrize("method", [Exponential(), Disturbed()], ids=["weighting", "aggregation"])
def test_random_weightings_and_aggregations_pass_the_suite(method: Method) -> None:
    assert not [finding for card in check_method(method) for finding in card.broken]


def test_a_method_with_a_random_part_is_random() -> None:
    assert Outer(Exponential()).draws_random_numbers
    assert not Outer.is_random


@dataclass(frozen=True)
class Outer(Weighting):
    """Weigh by another weighting."""

    name = "outer"
    reference = "Example"
    part: Weighting

    def weigh(self, indicators: Indicators) -> Array | Weights:
        return self.part.weigh(indicators)


def test_only_methods_that_get_random_numbers_are_random() -> None:
    @dataclass(frozen=True)
    class Declared(MatrixImputation):
        """Declare random numbers that it does not get."""

        name = "declared"
        reference = "Example"
        is_random = True

    kind = next(kind for kind in KINDS if kind.name == "imputation")
    assert "whose is_random is True: it is True for a RandomImputation" in str(class_problem(kind, Declared))
    assert class_problem(kind, Bounded) is None
    kinds = {kind.name: kind for kind in KINDS}
    assert class_problem(kinds["weighting"], Exponential) is None
    assert class_problem(kinds["aggregation"], Disturbed) is None

    @dataclass(frozen=True)
    class Expression(Aggregation):
        """Declare random numbers that an expression does not get."""

        name = "declared"
        reference = "Example"
        is_random = True

    assert "whose is_random is True" in str(class_problem(kinds["aggregation"], Expression))
