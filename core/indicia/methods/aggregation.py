"""The contract of an aggregation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods.contract import Domain, Method

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.methods.contract import Array, Expression
    from indicia.methods.statistics import Statistics


@dataclass(frozen=True)
class Component:
    """One indicator or dimension, as an aggregation sees it."""

    z: Expression
    """The normalised value; missing where the unit has none."""
    w: Expression | float
    """The weight; over the components that a unit has, weights sum to 1."""
    s: Statistics
    """The statistics of z."""


@dataclass(frozen=True)
class Aggregation(Method):
    """Make one score of the components of a node, by one expression over them.

    Add components with `total`, which leaves out what a unit does not have. Whether a unit that misses a component
    gets a score at all is the methodology's choice, not the method's.
    """

    canonical_normalisation = "min_max"
    """The normalisation used where the user names none."""

    additive = False
    """The score is the sum of w z, so that it splits into contributions."""

    @property
    def domain(self) -> Domain:
        """The normalised values that the formula can take."""
        return Domain.REAL

    def combine(self, components: Sequence[Component]) -> Expression:
        """Return the score as an expression."""
        raise NotImplementedError


@dataclass(frozen=True)
class MatrixAggregation(Aggregation):
    """Make the scores of a node by comparing units with each other."""

    def compare(self, values: Array, weights: Array) -> Array:
        """Return one score per unit, shape (n,), of normalised values (n, k; missing as NaN) and weights (k,)."""
        raise NotImplementedError


def total(expressions: Iterable[Expression]) -> Expression:
    """Add expressions row by row, leaving out missing values.

    Neighbours are added in pairs, and so on up: in an order of its own, whatever the number of threads.
    """
    terms = [expression.fill_null(0.0) for expression in expressions]
    while len(terms) > 1:
        pairs = [first + second for first, second in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(pairs) * 2 :]
    return terms[0]
