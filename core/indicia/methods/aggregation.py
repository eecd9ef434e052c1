"""The contract of an aggregation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add, mul
from typing import TYPE_CHECKING, Literal

from indicia.formulas import step
from indicia.methods.contract import Domain, Method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np
    import numpy.typing as npt

    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array


@dataclass(frozen=True)
class Component:
    """One indicator or dimension, as an aggregation sees it."""

    z: Expression
    """The normalised value; missing where the unit has none."""
    w: Expression | float
    """The weight; over the components that a unit has, weights sum to 1."""
    s: Statistics
    """The statistics of z."""
    direction: Literal["benefit", "cost"] = "benefit"
    """Always benefit, unless the aggregation is not `oriented`."""
    name: str = ""
    """The word of the index file for it."""


class Components(Sequence[Component], ABC):
    """The components of a node, and what may be asked of all of them together."""

    @abstractmethod
    def hold(self, column: Expression) -> Expression:
        """Compute a column once, however often it is used from here on."""

    @abstractmethod
    def settle(self, aggregate: Expression) -> Expression:
        """Settle an aggregate of any columns: `settle(total(…).max())`."""


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
    def oriented(self) -> bool:
        """Takes values of which larger is better.

        Where False, costs come as costs (normalised by `benefit`, or raw under `none`), and each component says its
        direction.
        """
        return True

    @property
    def low_is_best(self) -> bool:
        """A lower score is a better one; rank and parent node turn it round, the score stays as the paper has it."""
        return False

    @property
    def domain(self) -> Domain:
        """The values that the formula can take."""
        return Domain.REAL

    def combine(self, components: Components) -> Expression:
        """Return the score as an expression."""
        raise NotImplementedError

    def details(self, components: Components) -> Mapping[str, Expression]:  # noqa: ARG002
        """Return what else there is to say of each unit, by name: flows, distances, a class in words."""
        return {}


@dataclass(frozen=True)
class Names:
    """What the columns and rows of a matrix stand for."""

    components: tuple[str, ...]
    costs: npt.NDArray[np.bool_]
    """Which components come as costs: none, where the aggregation is `oriented`."""
    units: Sequence[str] = ()
    """Of the rows, where more is told of them than a score."""


@dataclass(frozen=True)
class MatrixAggregation(Aggregation):
    """Make the scores of a node by comparing units with each other.

    Where it matters what components or units are called, or which components are costs, write `compare_named` and
    `compared_named` instead.
    """

    row_by_row = False
    """Looks at each unit alone, and not at the weights: rows of any periods may be handed over together."""

    def compare(self, values: Array, weights: Array) -> Array:
        """Return one score per unit, shape (n,), of normalised values (n, k; missing as NaN) and weights (k,)."""
        raise NotImplementedError

    def compare_named(self, values: Array, weights: Array, names: Names) -> Array:  # noqa: ARG002
        """Return one score per unit, as `compare` does."""
        return self.compare(values, weights)

    def compared(self, values: Array, weights: Array) -> Mapping[str, Sequence[float | str | None]]:  # noqa: ARG002
        """Return what else there is to say of each unit, by name: columns of n numbers or words."""
        return {}

    def compared_named(
        self,
        values: Array,
        weights: Array,
        names: Names,  # noqa: ARG002
    ) -> Mapping[str, Sequence[float | str | None]]:
        """Return what else there is to say of each unit, as `compared` does."""
        return self.compared(values, weights)


def total(expressions: Iterable[Expression]) -> Expression:
    """Add expressions row by row, leaving out missing values.

    Neighbours are added in pairs, and so on up: in an order of its own, whatever the number of threads.
    """
    return _without_gaps(expressions, 0.0, add)


def product(expressions: Iterable[Expression]) -> Expression:
    """Multiply expressions row by row, leaving out missing values."""
    return _without_gaps(expressions, 1.0, mul)


def highest(expressions: Iterable[Expression]) -> Expression:
    """Take the largest of expressions row by row, leaving out missing values."""
    return step("max_of", *expressions)


def lowest(expressions: Iterable[Expression]) -> Expression:
    """Take the smallest of expressions row by row, leaving out missing values."""
    return step("min_of", *expressions)


def middle(expressions: Iterable[Expression]) -> Expression:
    """Take the median of expressions row by row, leaving out missing values."""
    return step("median_of", *expressions)


def in_order(expressions: Iterable[Expression]) -> list[Expression]:
    """Sort expressions row by row: the first returned holds the largest values, the last ones what is missing."""
    columns = list(expressions)
    return [step("in_order", *columns, options=(place,)) for place in range(len(columns))]


def _without_gaps(
    expressions: Iterable[Expression], neutral: float, join: Callable[[Expression, Expression], Expression]
) -> Expression:
    return _paired([term.fill_null(neutral) for term in expressions], join)


def _paired(terms: list[Expression], join: Callable[[Expression, Expression], Expression]) -> Expression:
    while len(terms) > 1:
        pairs = [join(first, second) for first, second in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(pairs) * 2 :]
    return terms[0]
