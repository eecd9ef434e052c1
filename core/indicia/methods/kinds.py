"""The kinds of methods: a base class for each stage that a plugin may fill, with the inputs of its formula."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add, mul
from typing import TYPE_CHECKING, ClassVar, Literal

from indicia.defaults import NORMALISATION
from indicia.formulas import Expression, Statistics, step
from indicia.methods.contract import Array, Domain, Method, fill_template
from indicia.methods.numbers import RandomNumbers, not_declared

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from indicia.methods.contract import DetailTable


@dataclass(frozen=True)
class Imputation(Method):
    """Fill the missing values of an indicator by statistics; present values stay as they are.

    Notes
    -----
    A value stays missing if the statistics that it needs are missing. The policy of the methodology for missing values
    then applies to it.
    """

    @property
    def groups(self) -> tuple[str, ...]:
        """The group columns for statistics within groups, besides those of the methodology (default: none)."""
        return ()

    @property
    def parents(self) -> str | None:
        """The group column that names the parent of a unit, for formulas with `s.parent` (default: none)."""
        return None

    def fill(self, x: Expression, s: Statistics) -> Expression:
        """Return the values of the missing cells.

        Parameters
        ----------
        x
            The indicator in its unit of measure, whatever its direction.
        s
            The statistics of x.

        Returns
        -------
        Expression
            One value from statistics, one value per group, or the value of the parent.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class SeriesImputation(Imputation):
    """Fill the missing values of an indicator from other periods of the same unit."""

    @property
    def carries_forward(self) -> bool:
        """True if a fitted index can fill the gaps of later periods (default: False).

        The value of a cell must depend on earlier periods only by the last present value before the cell, by its
        period, and by the missing cells between: a fitted index keeps these of each unit.
        """
        return False

    def follow(self, x: Expression, t: Expression) -> Expression:
        """Return the series of one unit with values in the missing cells.

        Parameters
        ----------
        x
            The values of one unit, in the order of its periods.
        t
            The periods as numbers, in ascending order.

        Returns
        -------
        Expression
            The same number of values. Indicia ignores the values of present cells.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Completed:
    """A matrix without gaps, with further results."""

    values: Array
    """As `MatrixImputation.complete` returns it."""
    tables: Mapping[str, Callable[[Sequence[str], Array], DetailTable]] = field(default_factory=dict)
    """Tables of further results, which the class declares in `detail_tables`.

    Each is a function of the names of the columns and of their signs, shape (k,): -1 for a cost, whose values are
    negated in the matrix. It is called when somebody asks for the table.
    """
    columns_of_units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By table, the columns with numbers of rows of the matrix, in place of which the table has names of units."""


@dataclass(frozen=True)
class MatrixImputation(Imputation):
    """Fill missing values from other indicators and other units."""

    @property
    def reach(self) -> Literal["index", "dimension"]:
        """The indicators in one matrix: all with this method (default), or those of one dimension."""
        return "index"

    def complete(self, values: Array) -> Array | Completed:
        """Return the matrix with values in the missing cells.

        Parameters
        ----------
        values
            Indicators in their units of measure, shape (n, k), missing ones as NaN; costs are negated. The columns that
            the method declares in `uses` follow as further columns, without gaps.

        Returns
        -------
        Array or Completed
            The shape of `values`. Indicia ignores the values of present cells; NaN stays missing. `Completed` adds
            tables of further results.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class RandomImputation(MatrixImputation):
    """Fill missing values with random draws from the distribution of their values.

    Notes
    -----
    A run has one draw, which belongs to its seed. `[robustness] imputations` fills the table several times (multiple
    imputation), and pools the scores.
    """

    is_random = True

    def draw(self, values: Array, random: RandomNumbers) -> Array:
        """Return the matrix with drawn values in the missing cells.

        Parameters
        ----------
        values
            As in `MatrixImputation.complete`.
        random
            The random numbers of this run. The method uses no others, so that neither the order of the rows nor a
            further unit changes the numbers of a unit.

        Returns
        -------
        Array
            The shape of `values`. Indicia ignores the values of present cells; NaN stays missing.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Treatment(Method):
    """Treat the outliers of an indicator, or change its scale; units keep their order, up to ties.

    Notes
    -----
    Users choose it as `treatment`, which applies if the distribution needs it, or as `transform`, which always applies.
    With `groups` or `parents` it serves as `treatment` only, and keeps the order of units of one group or parent.
    """

    @property
    def domain(self) -> Domain:
        """The values that the formula accepts (default: all)."""
        return Domain.REAL

    @property
    def changes_scale(self) -> bool:
        """Treated values may have another unit of measure, as logarithms do (default: False).

        Bounds and targets in the index file then no longer apply to them.
        """
        return False

    @property
    def groups(self) -> tuple[str, ...]:
        """The group columns for statistics within groups, besides those of the methodology (default: none).

        A transform has none: the bounds in the index file are the same for all groups.
        """
        return ()

    @property
    def parents(self) -> str | None:
        """The group column that names the parent of a unit, for formulas with `s.parent` (default: none).

        A transform has none: the bounds in the index file belong to no unit.
        """
        return None

    def treat(self, x: Expression, s: Statistics) -> Expression:
        """Return the treated values.

        Parameters
        ----------
        x
            The indicator in its unit of measure, whatever its direction.
        s
            The statistics of x. `s.fit(function, size)` returns numbers that a function computes from the column.

        Returns
        -------
        Expression
            One value per unit.

        Examples
        --------
        >>> from indicia.methods import Treatment
        >>> class Winsorise(Treatment):
        ...     def treat(self, x, s):
        ...         low, high = s.fit(self.limits, 2)
        ...         return x.clip(low, high)
        """
        raise NotImplementedError

    def figures(self, x: Expression, s: Statistics) -> Mapping[str, Expression | float | None]:  # noqa: ARG002
        """Return what the treatment found for an indicator, such as bounds or a power (default: nothing).

        The table `treatment` of the details has a row for each indicator with these figures. A treatment that returns
        some declares the table in `detail_tables`.

        Parameters
        ----------
        x
            The indicator, for use within `s(…)`.
        s
            The statistics of x: those that `treat` uses, in the same order, and no others.

        Returns
        -------
        mapping of str to Expression, float or None
            Numbers by name, computed from statistics alone; NaN or None where there is no such number.
        """
        return {}

    @property
    def reports_figures(self) -> bool:
        """True if the treatment has a function `figures` of its own, and with its parameters some figures."""
        return type(self).figures is not Treatment.figures

    @property
    def checks_values(self) -> bool:
        """True if the treatment has a function `passes` of its own."""
        return type(self).passes is not Treatment.passes

    @property
    def checks_all_values(self) -> bool:
        """True if the treatment has a function `passes` of its own, and no `passes_merged`."""
        return self.checks_values and type(self).passes_merged is Treatment.passes_merged

    def passes(self, values: Array) -> bool:  # noqa: ARG002
        """Return True if the treated values meet the aim of the treatment (default: always).

        Parameters
        ----------
        values
            Treated values, shape (n,), at least one and none missing.

        Returns
        -------
        bool
            True if no further pass is needed.
        """
        return True

    def passes_merged(self, column: MergedColumn) -> bool:  # noqa: ARG002
        """Return `passes` of a column of which a run has one partition.

        A run over partitions refuses a treatment that has `passes` of its own and not this function.

        Parameters
        ----------
        column
            Treated values.

        Returns
        -------
        bool
            True if no further pass is needed.
        """
        return True


class MergedColumn(ABC):
    """The present values of a column over all rows, of which a run has one partition at a time."""

    @abstractmethod
    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        """Return figures of all values.

        Parameters
        ----------
        function
            It gets the values of a partition, shape (n,) without gaps; n may be 0. It returns an array, and must not
            change the values.
        join
            It gets the figures of two sets of values, and returns the figures of both. The default adds them.

        Returns
        -------
        array of float
            The figures of all values.

        Examples
        --------
        The sum of squares, and the largest value:

        `column.reduce(lambda x: (x**2).sum(keepdims=True))`,
        `column.reduce(lambda x: x.max(keepdims=True, initial=-np.inf), np.maximum)`
        """


@dataclass(frozen=True)
class Normalisation(Method):
    """Convert an indicator to a common scale, on which a larger value is better.

    Notes
    -----
    A normalisation defines `benefit`. For a cost the core calls `benefit` with -x, and with minimum and maximum
    exchanged. A normalisation with another formula for costs, such as `s.min / x`, also defines `cost`.
    """

    cost_formula: ClassVar[str] = ""
    """The formula of a cost in LaTeX, if it is not that of -x."""

    needs_bounds = False
    """The formula needs bounds in the index file, and refuses an indicator without them."""

    follows_direction = True
    """A better value never scores less: the core refuses results that break this.

    False if the method compares a unit with itself, or defines its own optimum.
    """

    needs_periods = False
    """The formula compares a unit with itself in another period, and refuses data without periods."""

    missing_without_periods = False
    """The result is missing where a unit lacks the periods that the formula needs, such as before the first period.

    The policy for missing values then applies to it. False if the core refuses such a result.
    """

    @property
    def needs_spread(self) -> bool:
        """The formula has no value if all units are equal, as it divides by a range or a standard deviation.

        The class then defines `neutral_score` (default: False).
        """
        return False

    @property
    def whole_column(self) -> bool:
        """The formula needs other rows, not only statistics: ranks, or the period before (default: False)."""
        return False

    ordinal = False
    """The result shows the order of units, and no distances between them."""

    @property
    def guaranteed_worst_score(self) -> float | None:
        """An upper limit of the score of the worst unit, if statistics are computed from the data (default: none)."""
        return None

    @property
    def best_score(self) -> float | None:
        """The score of the better end of the scale, such as 100 for a scale from 0 to 100 (default: none).

        The end is the best unit, or the better bound of the index file. Values beyond bounds may score more.
        """
        return None

    @property
    def domain(self) -> Domain:
        """The values that `benefit` accepts (default: all)."""
        return Domain.REAL

    @property
    def cost_domain(self) -> Domain:
        """The values of a cost (default: those of `domain`)."""
        return self.domain

    @property
    def neutral_score(self) -> float:
        """The score of all units on an indicator that does not vary, if the methodology has `constant = "neutral"`."""
        raise NotImplementedError

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        """Return the normalised values of a benefit.

        Parameters
        ----------
        x
            The indicator in its unit of measure; -x for a cost, if the class has no `cost`.
        s
            The statistics of x. Bounds in the index file are its `min` and `max`.

        Returns
        -------
        Expression
            One value per unit, the larger the better; missing where x is.

        Examples
        --------
        >>> from indicia.methods import Normalisation
        >>> class Share(Normalisation):
        ...     def benefit(self, x, s):
        ...         return x / s.sum
        """
        raise NotImplementedError

    def cost(self, x: Expression, s: Statistics) -> Expression:
        """Return the normalised values of a cost.

        Parameters
        ----------
        x
            The indicator in its unit of measure.
        s
            The statistics of x.

        Returns
        -------
        Expression
            One value per unit, the larger the better.
        """
        raise NotImplementedError

    @classmethod
    def class_problem(cls) -> str | None:
        """Return a clause if the formula needs units that differ, and the class has no neutral score."""
        is_incomplete = cls.needs_spread is not Normalisation.needs_spread and (
            cls.neutral_score is Normalisation.neutral_score
        )
        return "which needs spread and has no neutral_score" if is_incomplete else None

    @property
    def cost_formula_of_run(self) -> str:
        """The formula of a cost, in LaTeX, with these parameters; empty if it is that of -x."""
        return fill_template(self.cost_formula, self.variants, self.settings)

    @classmethod
    def has_cost_formula(cls) -> bool:
        """Return True if the class defines `cost`."""
        return cls.cost is not Normalisation.cost


class Indicators(ABC):
    """The k indicators or dimensions of one node, and their statistics."""

    node: str
    """The dimension whose parts are weighed; `index` at the top."""
    names: tuple[str, ...]
    """The names of the parts, k of them."""
    directions: tuple[Literal["benefit", "cost"], ...]
    """The directions of the raw values; scores of dimensions, targets and intervals are benefits."""
    given: Array
    """The weights in the index file, shape (k,)."""

    @abstractmethod
    def on(self, values: Literal["normalised", "raw"]) -> Indicators:
        """Return the same parts with statistics of other values.

        Parameters
        ----------
        values
            Normalised values (the default of all statistics), or raw values. The raw values of a dimension are its
            scores.

        Returns
        -------
        Indicators
            The parts.
        """

    @abstractmethod
    def each(self, formula: Callable[[Expression, Statistics], Expression], domain: Domain | None = None) -> Array:
        """Return one statistic per part, shape (k,).

        Parameters
        ----------
        formula
            The statistic, of the values x and their statistics s: `lambda x, s: s.std / s.mean`.
        domain
            The values that the formula accepts (default: all). Another value is an error that names the part.

        Returns
        -------
        array of float, shape (k,)
            The statistics.
        """

    @abstractmethod
    def correlation(
        self, rows: Literal["pairwise", "complete"] = "pairwise", of: Literal["values", "ranks"] = "values"
    ) -> Array:
        """Return correlations, shape (k, k): those of Pearson, or with the ranks of the values those of Spearman.

        Parameters
        ----------
        rows
            The units in the computation: units with both parts (default), or units with all parts. A part that does not
            vary has correlation 0 with the others.
        of
            The values (default), or their ranks among the units in the computation. Equal values have the mean of their
            ranks.

        Returns
        -------
        array of float, shape (k, k)
            The correlations, -1 to 1.
        """

    @abstractmethod
    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        """Return sample covariances (divisor n - 1), shape (k, k); `rows` as in `correlation`.

        Parameters
        ----------
        rows : {"pairwise", "complete"}, default "pairwise"
            The units in the computation, as in `correlation`.

        Returns
        -------
        array of float, shape (k, k)
            The covariances.
        """

    @abstractmethod
    def multiple_correlation(self) -> Array:
        """Return the correlation of each part with its least squares fit on the other parts, shape (k,).

        The units are those that have all parts. A part that does not vary has correlation 0.
        """

    @abstractmethod
    def regression(self, column: str) -> Array:
        """Return the slopes of the least squares regression of a column on the parts, shape (k,).

        The column is divided by its largest absolute value. The regression has an intercept. A part that does not vary
        has slope 0, and the units are those that have all other parts.

        Parameters
        ----------
        column
            A column of the data that the method declares in `uses`.

        Returns
        -------
        array of float, shape (k,)
            The slopes.

        Raises
        ------
        ValueError
            If the parts are linearly dependent, or if there are not more units than coefficients.
        """

    @abstractmethod
    def correlation_with(self, column: str) -> Array:
        """Return the correlation of each part with a column of the data, shape (k,).

        The units are those that have the part. A part or a column that does not vary has correlation 0.

        Parameters
        ----------
        column
            A column of the data that the method declares in `uses`.

        Returns
        -------
        array of float, shape (k,)
            The correlations, -1 to 1.
        """

    @abstractmethod
    def count_complete(self) -> int:
        """Return the number of units that have all parts."""

    @abstractmethod
    def reduce(self, function: Callable[[Array], Array], join: Callable[[Array, Array], Array] | None = None) -> Array:
        """Return figures that a function computes from the units that have all parts.

        In memory, `function` gets all these units at once. Over partitions, it gets those of each partition, and `join`
        joins the figures in the order of the partitions.

        Parameters
        ----------
        function
            It gets the values of some units, shape (n, k) without gaps; n may be 0. It returns an array, whose shape
            does not depend on n. It must not change the values.
        join
            It gets the figures of two sets of units, and returns the figures of both. The default adds them.

        Returns
        -------
        array
            The figures.

        Examples
        --------
        The sums of squares, and the largest values:

        `indicators.reduce(lambda x: (x**2).sum(axis=0))`,
        `indicators.reduce(lambda x: x.max(axis=0, initial=-np.inf), np.maximum)`
        """

    @abstractmethod
    def column(self, name: str) -> Array:
        """Return a column of the data that the method declares in `uses`, shape (n,).

        A run over partitions refuses it: prefer `regression`, `correlation_with`, and the statistics of `each`.

        Parameters
        ----------
        name : str
            The name of the column.

        Returns
        -------
        array of float, shape (n,)
            The values of the units.
        """

    @abstractmethod
    def matrix(self) -> Array:
        """Return the values, shape (n, k), missing ones as NaN.

        This needs all values in memory, and a run over partitions refuses it: prefer `each` and `reduce`.
        """

    @property
    def random(self) -> RandomNumbers:
        """The random numbers of the node, for a weighting whose class declares `is_random`.

        Its n units are the rows of `matrix`, and its columns are the parts. Each node has numbers of its own.
        """
        raise not_declared("the weighting")


@dataclass(frozen=True)
class Weights:
    """Weights with further results."""

    values: Array
    """One number per part, shape (k,), none negative."""
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """Figures that the result shows beside the weights, such as a consistency ratio."""
    warning: str | None = None
    """A sentence for the user, such as that judgements contradict each other."""
    tables: Mapping[str, DetailTable] = field(default_factory=dict)
    """Tables of further results by name, which the class declares in `detail_tables`."""


@dataclass(frozen=True)
class Weighting(Method):
    """Compute the weight of each part of a node, an indicator or a dimension.

    Notes
    -----
    The core scales the weights to sum 1. A single part has weight 1, and its weighting is not called.
    """

    needs_all_rows = False
    """The method calls `matrix` or `column` of the indicators. Then a run over partitions refuses it before it starts.

    A property may compute it from parameters.
    """

    def weigh(self, indicators: Indicators) -> Array | Weights:
        """Return the weights, before they are scaled.

        Parameters
        ----------
        indicators
            The k parts of the node.

        Returns
        -------
        Array or Weights
            One number per part, shape (k,), none negative and not all 0; `Weights` adds figures and a warning.

        Raises
        ------
        ValueError
            If there are no such weights; the core adds method and node to the message.
        """
        raise NotImplementedError


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


@dataclass(frozen=True)
class Agreement(Method):
    """Measure how far two rankings of the same n units agree.

    Notes
    -----
    A ranking is a vector of ranks: 1 is the best, and tied units have the mean of their places. The core converts ranks
    to this form, and refuses results that are not finite.
    """

    minimum_units = 2

    distance = False
    """0 is full agreement, and a larger value means less agreement. If False, 1 is full agreement."""

    def measure(self, first: Array, others: Array) -> Array:
        """Compare one ranking with several.

        Parameters
        ----------
        first
            A ranking, shape (n,).
        others
            Rankings, shape (m, n).

        Returns
        -------
        Array
            The agreement of the first ranking with each of the others, shape (m,).
        """
        raise NotImplementedError

    def table(self, rankings: Array) -> Array:
        """Compare each ranking with all rankings.

        Parameters
        ----------
        rankings
            Rankings, shape (m, n).

        Returns
        -------
        Array
            Shape (m, m). Each row has the results of `measure` for one `first`; the table need not be symmetric.
        """
        import numpy as np

        return np.array([self.measure(ranking, rankings) for ranking in rankings])


@dataclass(frozen=True)
class JointAgreement(Agreement):
    """Measure how far any number of rankings agree, by one figure for all of them."""

    def concord(self, rankings: Array) -> float:
        """Return the agreement of all rankings, shape (m, n).

        Parameters
        ----------
        rankings : array of float, shape (m, n)
            The ranks of n units in each of m rankings.

        Returns
        -------
        float
            The agreement.
        """
        raise NotImplementedError

    def measure(self, first: Array, others: Array) -> Array:
        """Compare one ranking with several, as `concord` of each pair.

        Parameters
        ----------
        first : array of float, shape (n,)
            The ranks of the units in one ranking.
        others : array of float, shape (m, n)
            Their ranks in the others.

        Returns
        -------
        array of float, shape (m,)
            The agreement with each other ranking.
        """
        import numpy as np

        return np.array([self.concord(np.stack([first, other])) for other in others])


@dataclass(frozen=True)
class RankingContext:
    """The names and weights of m rankings."""

    names: tuple[str, ...]
    """The names of the rankings."""
    weights: Array
    """The weight of each ranking, such as its number of voters, shape (m,); 1 where none is stated."""


@dataclass(frozen=True)
class Consensus(Method):
    """Make one ranking of several rankings of the same n units.

    Notes
    -----
    A ranking is a vector of ranks: 1 is the best, and tied units have the mean of their places.
    """

    low_is_best = False
    """A lower score is better. The core ranks by the inverted score, and shows the score as in the paper."""
    takes_weights: ClassVar[bool] = False
    """`combine_lists` uses the weights of rankings; if False, weights are an error that names the method."""
    takes_partial: ClassVar[bool] = False
    """`combine_lists` accepts lists that do not name all units; if False, they are an error that names the units."""

    @classmethod
    def class_problem(cls) -> str | None:
        """Return a clause if the class takes weights or partial lists, and has no function for them."""
        declared = next((word for word in ("takes_weights", "takes_partial") if getattr(cls, word)), None)
        if declared and cls.combine_lists is Consensus.combine_lists:
            return f"which declares {declared}, and does not define combine_lists"
        return None

    def combine(self, rankings: Array) -> Array:
        """Return the scores that the core ranks, of rankings of all units without weights.

        Parameters
        ----------
        rankings
            Ranks, shape (m, n).

        Returns
        -------
        Array
            One finite score per unit, shape (n,).
        """
        raise NotImplementedError

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:  # noqa: ARG002
        """Return the scores that the core ranks, of rankings with weights, and of lists that name some units only.

        Parameters
        ----------
        rankings
            Ranks, shape (m, n); NaN for a unit that a list does not name. The ranks of a list are 1, 2, … among the
            units that it names.
        context
            The names and weights of the rankings.

        Returns
        -------
        Array
            One finite score per unit, shape (n,).
        """
        return self.combine(rankings)

    def detail_table(self, table: str, rankings: Array, context: RankingContext, units: Sequence[str]) -> DetailTable:
        """Return one of the tables of further results that the class declares in `detail_tables`.

        Parameters
        ----------
        table
            The name of the table.
        rankings, context
            As in `combine_lists`.
        units
            The names of the units.

        Returns
        -------
        mapping of str to sequence
            Columns of the same length, with numbers or words, by name.

        Raises
        ------
        ValueError
            If there is no such table of these rankings; the core adds the method to the message.
        """
        raise NotImplementedError
