"""Random methods: their promises, and the class that they need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indicia.catalogue import KINDS
from indicia.catalogue.contract_check import class_problem
from indicia.methods import Array, MatrixImputation, RandomImputation, RandomNumbers
from indicia.testing.invariance import check_duplicates
from indicia.testing.randomness import check_other_seed, check_same_seed
from indicia.testing.subject import Subject


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


def test_only_a_random_imputation_is_random_since_others_get_no_random_numbers() -> None:
    @dataclass(frozen=True)
    class Declared(MatrixImputation):
        """Declare random numbers that it does not get."""

        name = "declared"
        reference = "Example"
        is_random = True

    kind = next(kind for kind in KINDS if kind.name == "imputation")
    assert "whose is_random is True: it is True for a RandomImputation" in str(class_problem(kind, Declared))
    assert class_problem(kind, Bounded) is None
