"""The contract of an aggregation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import add, mul
from typing import TYPE_CHECKING, Literal

from indicia.defaults import NORMALISATION
from indicia.formulas import step
from indicia.methods.contract import Domain, Method
from indicia.methods.random_numbers import not_declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np
    import numpy.typing as npt

    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array
    from indicia.methods.detail_tables import DetailTable
    from indicia.methods.normalisation import Normalisation
    from indicia.methods.random_numbers import RandomNumbers


@dataclass(frozen=True)
class Component:
    """One indicator or dimension of a node, as an aggregation sees it."""

    z: Expression
    """The normalised value, or the score of the dimension; missing where the unit has none."""
    w: Expression | float
    """The weight. Weights sum to 1 over the components that a unit has, unless the index file leaves them unscaled."""
    s: Statistics
    """The statistics of z."""
    direction: Literal["benefit", "cost"] = "benefit"
    """Cost only if the aggregation is not `oriented`."""
    name: str = ""
    """The name in the index file."""


class Components(Sequence[Component], ABC):
    """The components of a node, in the order of the index file.

    Examples
    --------
    A formula reads `row_sum(c.w * c.z for c in components)`.
    """

    @abstractmethod
    def cache_column(self, column: Expression) -> Expression:
        """Compute a column once, however often the formula uses it.

        Parameters
        ----------
        column
            A column over the units, such as `row_sum(c.w * c.z for c in components)`.

        Returns
        -------
        Expression
            The same column, which the rest of the formula uses in its place.
        """

    @abstractmethod
    def aggregate(self, statistic: Expression) -> Expression:
        """Compute a statistic of any column over the units.

        Parameters
        ----------
        statistic
            An aggregate of columns, such as `row_sum(c.w * c.z for c in components).max()`.

        Returns
        -------
        Expression
            One value for all units, or one value per period or group, as the methodology says.
        """

    def column(self, name: str) -> Expression:
        """Return a column of the data that the method declares in `uses`.

        Parameters
        ----------
        name : str
            The name of the column.

        Returns
        -------
        Expression
            The column, a value for each unit.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Aggregation(Method):
    """Compute the score of a node from its components, by one expression over them.

    Notes
    -----
    Functions such as `row_sum` skip the components that a unit lacks. The methodology decides whether such a unit gets
    a score.
    """

    canonical_normalisation = NORMALISATION
    """The default normalisation before this aggregation."""

    additive = False
    """The score is the sum of w z. Results then show the contribution of each component."""

    weights_of_any_sum = False
    """The formula holds for weights of any sum, such as a product of powers; so does that of an `additive` score.

    Then an index file may take weights as they stand: `scale_weights = false`.
    """

    @property
    def power(self) -> float | None:
        """The order of the weighted power mean that the score is (default: 1 if it is `additive`, otherwise None).

        1 is the arithmetic mean, 0 the geometric, -1 the harmonic, and p the mean of order p. Weights sum to 1. None
        stands for any other score. Explanations divide the score of a power mean into its parts in closed form.
        """
        return 1.0 if self.additive else None

    weights_sum_to_count = False
    """Weights enter the formula with a mean of 1, as in a sum or a product: they sum to the number of components.

    `power` is then that of the mean: a sum is the number of components times the arithmetic mean (1), and a product
    is the geometric mean to the power of this number (0).
    """

    uses_weights = True
    """The weights of components change the score; False for a formula without weights, such as a minimum."""

    penalises_gaps = False
    """A unit that lacks a component scores less than its present components alone would.

    If False, the weights of the present components are scaled to sum 1, and a gap by itself changes no score.
    """

    votes_by_weight = False
    """A component with more than half of the weight decides alone which of two units is ahead."""

    @property
    def oriented(self) -> bool:
        """In all components a larger value is better (default: True).

        If False, the core does not invert costs: `benefit` normalises them, or `none` keeps them raw. The formula reads
        the direction from `Component.direction`.
        """
        return True

    @property
    def low_is_best(self) -> bool:
        """A lower score is better (default: False). Ranks and the parent node use it inverted."""
        return False

    @property
    def domain(self) -> Domain:
        """The values of components that the formula accepts (default: all)."""
        return Domain.REAL

    def combine(self, components: Components) -> Expression:
        """Return the score as an expression.

        Parameters
        ----------
        components
            The k components of the node, with values, weights and statistics.

        Returns
        -------
        Expression
            One score per unit.

        Raises
        ------
        ValueError
            If the parameters do not fit the components; the core adds method and node to the message.
        """
        raise NotImplementedError

    def details(self, components: Components) -> Mapping[str, Expression]:  # noqa: ARG002
        """Return further results per unit by name, such as flows or distances (default: none).

        Parameters
        ----------
        components
            As in `combine`.

        Returns
        -------
        Mapping of str to Expression
            The columns that `result.details(node)` shows beside the score.
        """
        return {}

    @property
    def reported_tables(self) -> Mapping[str, str]:
        """The tables of `detail_tables` that the method has with its parameters (default: all)."""
        return self.detail_tables

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        """Return one of the `reported_tables` other than `units`, when somebody asks for it.

        Parameters
        ----------
        table
            The name of the table.
        values, weights, context
            As in `MatrixAggregation.score_units`; the context names the units too.

        Returns
        -------
        Mapping of str to Sequence
            Columns of the same length, with numbers or words, by name. `indicia.methods.pair_table` and `matrix_table`
            write matrices as such columns.

        Raises
        ------
        ValueError
            If there is no such table of these units; the core adds method and node to the message.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class MatrixContext:
    """The components in the columns of a matrix, and the units in its rows."""

    components: tuple[str, ...]
    """The k components, as the index file names them."""
    costs: npt.NDArray[np.bool_]
    """The components that are costs, shape (k,); all False if the aggregation is `oriented`."""
    unit_names: Sequence[str] | None = None
    """The names of `units`; None while scores are computed."""
    columns: Mapping[str, Array] = field(default_factory=dict)
    """The columns of the data that the method declares in `uses`, shape (n,) each."""
    score_rows: Callable[[Aggregation, Normalisation | None, Array, Array], Array] | None = None
    """A function that scores rows that are no units by another aggregation.

    Its arguments are the aggregation, a normalisation (None: the default of the aggregation), raw values, shape (n, k),
    and weights, shape (k,). Costs are those of the context.
    """
    random_numbers: RandomNumbers | None = None
    """The random numbers of `random`; None if the class of the method does not declare `is_random`."""

    @property
    def units(self) -> Sequence[str]:
        """The n units, for further results; `score_units` has none, since no score depends on a name."""
        if self.unit_names is None:
            raise TypeError(
                "score_units has no names of units, since no score depends on a name: further results have them"
            )
        return self.unit_names

    @property
    def random(self) -> RandomNumbers:
        """The random numbers of the n units, for an aggregation whose class declares `is_random`.

        Its columns are the components.
        """
        if self.random_numbers is None:
            raise not_declared("the aggregation")
        return self.random_numbers


@dataclass(frozen=True)
class MatrixAggregation(Aggregation):
    """Compute the scores of a node from the matrix of its components, for methods that compare units.

    Notes
    -----
    A matrix holds all units in memory at once. Prefer `Aggregation`, which needs no matrix, if the formula allows.
    """

    row_by_row = False
    """The score of a unit depends on no other unit and no weight. One matrix then holds the units of all periods."""

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        """Return the scores of the units.

        Parameters
        ----------
        values
            Normalised values, shape (n, k), missing ones as NaN. Costs are inverted if the aggregation is `oriented`.
        weights
            Weights of the components, shape (k,), with sum 1.
        context
            Names of the components, and the components that are costs.

        Returns
        -------
        Array
            Finite scores, shape (n,).
        """
        raise NotImplementedError

    def unit_details(
        self,
        values: Array,  # noqa: ARG002
        weights: Array,  # noqa: ARG002
        context: MatrixContext,  # noqa: ARG002
    ) -> Mapping[str, Sequence[float | str | None]]:
        """Return further results per unit by name (default: none).

        Parameters
        ----------
        values, weights, context
            As in `score_units`; the context names the units too.

        Returns
        -------
        Mapping of str to Sequence
            Columns of n numbers or words, which `result.details(node)` shows beside the score.
        """
        return {}


def row_sum(expressions: Iterable[Expression]) -> Expression:
    """Add expressions row by row; missing values are skipped.

    Parameters
    ----------
    expressions : iterable of Expression
        The expressions.

    Returns
    -------
    Expression
        A value for each row.

    Notes
    -----
    Neighbours are added in pairs, then pairs of pairs: a fixed order, so that the last digit does not depend on the
    number of threads.
    """
    return _in_pairs([term.fill_null(0.0) for term in _at_least_one(expressions)], add)


def row_product(expressions: Iterable[Expression]) -> Expression:
    """Multiply expressions row by row; missing values are skipped.

    Parameters
    ----------
    expressions : iterable of Expression
        The expressions.

    Returns
    -------
    Expression
        A value for each row.
    """
    return _in_pairs([term.fill_null(1.0) for term in _at_least_one(expressions)], mul)


def row_max(expressions: Iterable[Expression]) -> Expression:
    """Take the largest of expressions row by row; missing values are skipped.

    Parameters
    ----------
    expressions : iterable of Expression
        The expressions.

    Returns
    -------
    Expression
        A value for each row.
    """
    return step("max_of", *_at_least_one(expressions))


def row_min(expressions: Iterable[Expression]) -> Expression:
    """Take the smallest of expressions row by row; missing values are skipped.

    Parameters
    ----------
    expressions : iterable of Expression
        The expressions.

    Returns
    -------
    Expression
        A value for each row.
    """
    return step("min_of", *_at_least_one(expressions))


def row_median(expressions: Iterable[Expression]) -> Expression:
    """Take the median of expressions row by row; missing values are skipped.

    Parameters
    ----------
    expressions : iterable of Expression
        The expressions.

    Returns
    -------
    Expression
        A value for each row.
    """
    return step("median_of", *_at_least_one(expressions))


def row_sorted(expressions: Iterable[Expression]) -> list[Expression]:
    """Sort expressions row by row, the largest first and missing values last.

    Parameters
    ----------
    expressions : iterable of Expression
        The expressions.

    Returns
    -------
    list of Expression
        The same number of expressions; the first is the largest value of each row.
    """
    columns = list(expressions)
    return [step("in_order", *columns, options=(place,)) for place in range(len(columns))]


def _at_least_one(expressions: Iterable[Expression]) -> list[Expression]:
    """Return the expressions as a list; an error tells the author of a formula over pairs why there may be none."""
    if not (terms := list(expressions)):
        raise TypeError("there are no expressions to combine: a node may have a single component, and no pair of them")
    return terms


def _in_pairs(terms: list[Expression], join: Callable[[Expression, Expression], Expression]) -> Expression:
    while len(terms) > 1:
        pairs = [join(first, second) for first, second in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(pairs) * 2 :]
    return terms[0]
