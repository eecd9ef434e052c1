"""Recorded formulas: the statistics that a formula asks for, and the formula as a tree of nodes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, is_dataclass
from sys import float_info
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from indicia.formulas.expression import Expression, node_of, step, used_column
from indicia.formulas.node import (
    PLAIN,
    USED,
    CachedColumn,
    Column,
    FixedValue,
    Lookup,
    Node,
    Operation,
    Reduction,
    Statistic,
    identity_key,
    postorder,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from indicia.formulas.normal import Array

    Argument: TypeAlias = str | float


class Question(NamedTuple):
    """A value that a formula needs beside the values of its row: a statistic, a cached column, or a look-up.

    A node describes a computation; a question adds the indicator or dimension that uses it. Two dimensions may share a
    component and need different values of its maximum, since a unit may have a score in one dimension only.

    >>> print(Question(("health", "income"), "quantile", (0.25,)))
    quantile(0.25) of health, income
    """

    subject: tuple[str, ...]
    """The indicator; of an aggregation the dimension and its component, or the dimension alone."""
    kind: str
    """The name of the statistic, such as `max`; `settled` for an aggregate without a name, as in `s(x.exp().sum())`."""
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        arguments = ", ".join(str(argument) for argument in self.arguments if argument != "")
        arguments = f"({arguments})" if arguments else ""
        return f"{self.kind}{arguments} of {', '.join(self.subject)}"


FixedStatistic: TypeAlias = Literal["min", "max", "target"]
FIXED_STATISTICS: tuple[FixedStatistic, ...] = ("min", "max", "target")

_MIRRORED: dict[FixedStatistic, FixedStatistic] = {"min": "max", "max": "min", "target": "target"}


@dataclass(frozen=True)
class FixedStatistics:
    """Statistics of an indicator that the index file fixes: numbers, or columns that hold them."""

    min: float | Node | None = None
    max: float | Node | None = None
    target: float | Node | None = None

    def of_formula(self, name: FixedStatistic, x: Expression) -> Expression | None:
        """Return a fixed statistic of x; None if the index file does not fix it.

        The formula of a cost y takes x = -y, whose minimum is minus the maximum of y.

        >>> from indicia.formulas import column
        >>> y = column("y")
        >>> FixedStatistics(max=3.0).of_formula("max", y), FixedStatistics(max=3.0).of_formula("min", -y)
        (<Expression 3.0>, <Expression -3.0>)
        """
        if x.node.kind == "neg":
            value = self._value(_MIRRORED[name], x.node.args[0])
            return None if value is None else -value
        return self._value(name, x.node)

    def _value(self, name: FixedStatistic, x: Node) -> Expression | None:
        value = {"min": self.min, "max": self.max, "target": self.target}[name]
        if value is None or isinstance(value, Node):
            return None if value is None else Expression(value)
        return Expression(FixedValue("fixed", (x,) if isinstance(x, Column) else (), (name, float(value))))


class Statistics:
    """`s` in a formula: statistics of x over its present values.

    Notes
    -----
    A statistic is an expression too. The core runs a formula once to list its statistics, computes all of them in one
    pass over the data, and inserts their values. Hence a formula cannot use `if` on values; it writes `where`.

    A statistic without arguments is a property, and a statistic with arguments is a method: `s.std` has the divisor
    n - 1, and `s.std_with(ddof)` has n - ddof. If the index file gives bounds, these are `s.min` and `s.max`.

    Examples
    --------
    `(x - s.mean) / s.std`, `x / s.norm`, `x - s.value_of_unit("Oslo")`, `s(x.log().mean())`
    """

    def __init__(
        self,
        x: Expression,
        subject: tuple[str, ...],
        question: Callable[[Question, Node], Expression],
        fixed: FixedStatistics,
        parents: str | None,
        uses: tuple[str, ...] = (),
    ) -> None:
        self._x = x
        self._subject = subject
        self._question = question
        self._fixed = fixed
        self._parents = parents
        self._uses = uses
        self._count_without_kind = 0
        self._count_over_time = 0

    def _statistic(self, kind: str | None, aggregate: Expression, *arguments: Argument) -> Expression:
        """Return an aggregate as a statistic with a kind and arguments; without a kind, it gets a number."""
        if kind is None:
            self._count_without_kind += 1
            kind, arguments = "settled", (self._count_without_kind,)
        return self._ask(Statistic("statistic", (aggregate.node,)), kind, *arguments)

    def _reduction(self, kind: str, *options: object) -> Expression:
        return Expression(Reduction(kind, (self._x.node,), options))

    def _ask(self, node: Node, kind: str, *arguments: Argument) -> Expression:
        return self._question(Question(self._subject, kind, arguments), node)

    @property
    def min(self) -> Expression:
        """The smallest value, or the lower bound in the index file."""
        fixed = self._fixed.of_formula("min", self._x)
        return self._statistic("min", self._x.min()) if fixed is None else fixed

    @property
    def max(self) -> Expression:
        """The largest value, or the upper bound in the index file."""
        fixed = self._fixed.of_formula("max", self._x)
        return self._statistic("max", self._x.max()) if fixed is None else fixed

    @property
    def mean(self) -> Expression:
        """The arithmetic mean."""
        return self._statistic("mean", self._x.mean())

    @property
    def std(self) -> Expression:
        """The sample standard deviation (divisor n - 1)."""
        return self.std_with(1)

    def std_with(self, ddof: int) -> Expression:
        """The standard deviation with the divisor n - ddof.

        Parameters
        ----------
        ddof : int
            1 for the sample, 0 for the population.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        return self._statistic("std", self._reduction("deviation", ddof), ddof)

    @property
    def norm(self) -> Expression:
        """The Euclidean norm: the root of the sum of squares."""
        return self._statistic("norm", self._reduction("norm"))

    @property
    def sum(self) -> Expression:
        """The sum."""
        return self._statistic("sum", self._x.sum())

    @property
    def count(self) -> Expression:
        """The number of present values."""
        return self._statistic("count", self._x.count().cast(float))

    @property
    def median(self) -> Expression:
        """The median."""
        return self._statistic("median", self._x.median())

    def quantile(self, q: float) -> Expression:
        """The quantile at probability q, linear between order statistics (R type 7).

        Parameters
        ----------
        q : float
            The probability, 0 to 1.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        return self._statistic("quantile", self._x.quantile(q, "linear"), q)

    @property
    def target(self) -> Expression:
        """The target of the indicator in the index file; ValueError if it has none."""
        target = self._fixed.of_formula("target", self._x)
        if target is None:
            raise ValueError(f"{self._subject[-1]} has no target: write target = … in the index file")
        return target

    def value_of_unit(self, name: str) -> Expression:
        """The value of the unit with this name; missing if there is no such unit.

        Parameters
        ----------
        name : str
            The name of the unit.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        return self._statistic("value_of_unit", self._reduction("value_of_unit", name), name)

    def mean_of(self, *, unit: str | None = None, period: str | None = None) -> Expression:
        """The mean over the rows of a unit, of a period, or of a unit in a period, by their names.

        Parameters
        ----------
        unit : str, optional
            The name of a unit; by default the rows of all units.
        period : str, optional
            The name of a period; by default the rows of all periods.

        Returns
        -------
        Expression
            A number for each group of rows; missing without such a row.
        """
        if (unit, period) == (None, None):
            return self.mean
        rows = unit or "", period or ""
        return self._statistic("mean_of", self._reduction("mean_of", *rows), *rows)

    def value_of_period(self, name: str) -> Expression:
        """The value of the same unit in the period with this name; missing if the unit has no value there.

        Parameters
        ----------
        name : str
            The name of the period.

        Returns
        -------
        Expression
            A number for each row.
        """
        return self._ask(Lookup("period", (self._reduction("value_of_period", name).node,)), "value_of_period", name)

    @property
    def previous(self) -> Expression:
        """The value of the same unit in the period before, for normalisations with `whole_column`.

        The period before is that of the data, not of the unit: missing if the unit has no value in it, and in the first
        period.
        """
        return self._ask(Lookup("previous", (self._x.node,)), "previous")

    def over_time(self, aggregate: Expression) -> Expression:
        """The aggregate over the periods of each unit, in place of all rows: `s.over_time(x.mean())`.

        Parameters
        ----------
        aggregate : Expression
            An aggregate of x.

        Returns
        -------
        Expression
            A number for each unit.
        """
        self._count_over_time += 1
        return self._ask(Lookup("over_time", (aggregate.node,)), "over_time", self._count_over_time)

    @property
    def parent(self) -> Expression:
        """The value of the parent of the unit in the same period, for methods with `parents`.

        If the parent has no value, the value of its parent, and so on; missing if no ancestor has a value.
        """
        if self._parents is None:
            raise ValueError("s.parent needs an imputation or a treatment with `parents`")
        return self._ask(Lookup("parent", (self._x.node,), (self._parents,)), "parent", self._parents)

    def column(self, name: str) -> Expression:
        """The column of the data with this name, which is no indicator; the method declares it in `uses`.

        Parameters
        ----------
        name : str
            The name of the column.

        Returns
        -------
        Expression
            The column, of numbers or texts.
        """
        return used_column(name, self._uses)

    def weighted_mean(self, weights: str) -> Expression:
        """The mean of x, weighted by a column of the data that the method declares in `uses`.

        Parameters
        ----------
        weights : str
            The name of the column.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        w = self._weights(weights)
        mean = (self._x * w).sum() / w.sum()
        return self._statistic("weighted_mean", mean, weights)

    def weighted_std(self, weights: str, ddof: int = 1) -> Expression:
        """The standard deviation about the weighted mean; the divisor is W - ddof V / W.

        W is the sum of the weights and V the sum of their squares, over the present values. Equal weights give the
        divisor n - ddof of `std_with`, and the scale of the weights changes nothing.

        Parameters
        ----------
        weights : str
            The name of the column.
        ddof : int, default 1
            1 for the sample, 0 for the population.

        Returns
        -------
        Expression
            A number for each group of rows.
        """
        w = self._weights(weights)
        squares = (w * (self._x - self.weighted_mean(weights)) ** 2).sum()
        divisor = w.sum() - ddof * (w**2).sum() / w.sum() if ddof else w.sum()
        return self._statistic("weighted_std", (squares / divisor).sqrt(), weights, ddof)

    def _weights(self, name: str) -> Expression:
        """Return a column of weights, 0 where x is missing."""
        return step("where", self._x.is_null(), 0.0, self.column(name))

    def fit(
        self,
        function: Callable[[Array], Sequence[float]],
        size: int,
        merged: Callable[[Any], Sequence[float]] | None = None,
    ) -> tuple[Expression, ...]:
        """Return numbers that a function computes from the whole column.

        Parameters
        ----------
        function
            It gets the present values, shape (n,) with n at least 1, and returns `size` numbers.
        size
            The length of the result.
        merged : optional
            It returns the same numbers, and gets a `MergedColumn`, whose figures partitions of the rows can merge. A
            run over partitions calls it in place of `function`; without it, such a run refuses the method.

        Returns
        -------
        tuple of Expression
            The numbers; missing if no value is present.

        Examples
        --------
        `low, high = s.fit(limits, 2)`
        """
        options = (function, size) if merged is None else (function, size, merged)
        numbers = self._statistic(None, self._reduction("fit", *options))
        return tuple(Expression(Operation("item", (numbers.node,), (number,))) for number in range(size))

    def __call__(self, aggregate: Expression) -> Expression:
        """Return any other aggregate of x as a statistic: `s(x.log().mean())`."""
        return self._statistic(None, aggregate)


def adds_squares(statistic: Node) -> bool:
    """Return True for a standard deviation and a norm, which add squares.

    >>> from indicia.formulas import column
    >>> spread = Reduction("deviation", (column("x").node,), (1,))
    >>> adds_squares(Statistic("statistic", (spread,)))
    True
    >>> adds_squares(Statistic("statistic", (column("x").max().node,)))
    False
    """
    return statistic.args[0].kind in ("deviation", "norm")


def scaled(statistic: Node) -> Node:
    """Return a standard deviation or a norm that is computed from values scaled to about 1.

    It replaces a statistic whose squares overflow or underflow.
    """
    (aggregate,) = statistic.args
    x = Expression(aggregate.args[0])
    # a power of two scales without rounding
    unit = 2.0 ** x.abs().max().clip(float_info.min).log(2).floor()
    return (Expression(Reduction(aggregate.kind, ((x / unit).node,), aggregate.options)) * unit).node


@dataclass(frozen=True)
class RecordedFormula:
    """The tree of a formula, and its questions."""

    root: Node
    questions: Mapping[Question, Node]
    """Statistics, cached columns and look-ups, in the order in which the formula uses them."""

    @property
    def columns_by_row(self) -> list[str]:
        """The columns that are no indicators and that the formula reads in each row, and not in statistics only."""
        statistics = [node for node in self.questions.values() if isinstance(node, Statistic)]
        others = [node for node in self.questions.values() if not isinstance(node, Statistic)]
        names = [node.options[0] for node in postorder([self.root, *others], statistics) if isinstance(node, Column)]
        return [name.removeprefix(USED) for name in dict.fromkeys(names) if name.startswith(USED)]


class Recorder:
    """Passes statistics and columns to a formula, and stores a question for each of them."""

    def __init__(self) -> None:
        self.questions: dict[Question, Node] = {}
        self.cacheable = True
        """False if every run must run the formula again: a formula that prints, so that every run warns of it."""

    def __call__(
        self,
        subject: str | tuple[str, ...],
        x: Expression,
        fixed: FixedStatistics | None = None,
        parents: str | None = None,
        uses: tuple[str, ...] = (),
    ) -> Statistics:
        """Return the statistics `s` of x.

        The subject is the indicator or the node to which x belongs. If x is -y, as for a cost, `fixed` has statistics
        of y. `parents` is the column that names the parents of units, if the method has such a column. `uses` names the
        columns of the data that the method declares.
        """
        subject = (subject,) if isinstance(subject, str) else subject
        return Statistics(x, subject, self.question, fixed or FixedStatistics(), parents, uses)

    def cached_column(self, subject: str, number: int, column: Expression) -> Expression:
        """Return a column that is computed once, and may be used many times; each subject numbers its columns."""
        return self.question(Question((subject,), "cached", (number,)), CachedColumn("cached", (column.node,)))

    def levelled_column(self, subject: str, column: Expression, tolerance: float) -> Expression:
        """Return a column in which neighbours that differ by no more than the tolerance have their lowest value."""
        return self.question(Question((subject,), "level"), CachedColumn("level", (column.node,), (tolerance,)))

    def question(self, question: Question, node: Node) -> Expression:
        """Store a question, and return an expression for its answer."""
        return Expression(self.questions.setdefault(question, node))


Formula: TypeAlias = "Callable[[Recorder], Expression]"
"""A formula that can be recorded: a function, or a frozen dataclass with all parameters of the formula as fields."""

_RECORDINGS: OrderedDict[Hashable, RecordedFormula] = OrderedDict()
_CAPACITY = 10_000
_LOCK = Lock()


def record_each(formulas: Mapping[str, Formula]) -> dict[str, RecordedFormula]:
    """Record the formulas of indicators or nodes; the key of an object that several formulas share is computed once.

    >>> from indicia.formulas import column
    >>> {name: Expression(formula.root) for name, formula in record_each({"x": lambda recorder: -column("x")}).items()}
    {'x': <Expression -x>}
    """
    keys: dict[int, tuple[object, Hashable]] = {}

    def key_of(value: object) -> Hashable:
        if type(value) in PLAIN:
            return type(value), value
        if id(value) not in keys:
            # storing the value keeps it alive, so that no other object gets its id
            keys[id(value)] = value, identity_key(value, key_of)
        return keys[id(value)][1]

    return {name: record(formula, key_of) for name, formula in formulas.items()}


def record(formula: Formula, key_of: Callable[[object], Hashable] = identity_key) -> RecordedFormula:
    """Return the tree and the questions of a formula; if an equal formula was recorded before, it does not run again.

    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> recorded = record(lambda recorder: x / recorder("x", x).sum)
    >>> Expression(recorded.root), [str(question) for question in recorded.questions]
    (<Expression x / sum(x)>, ['sum of x'])
    """
    if not is_dataclass(formula):
        return _run(formula, Recorder())
    try:
        key = key_of(formula)
    except (TypeError, RecursionError):  # an array in a parameter of the method, for example, has no key
        return _run(formula, Recorder())
    with _LOCK:
        if key in _RECORDINGS:
            _RECORDINGS.move_to_end(key)
            return _RECORDINGS[key]
    recorder = Recorder()
    recorded = _run(formula, recorder)
    if recorder.cacheable:
        with _LOCK:
            _RECORDINGS[key] = recorded
            while len(_RECORDINGS) > _CAPACITY:
                _RECORDINGS.popitem(last=False)
    return recorded


def forget() -> None:
    """Forget all recordings, so that every formula runs again: tests of determinism need this."""
    with _LOCK:
        _RECORDINGS.clear()


def _run(formula: Formula, recorder: Recorder) -> RecordedFormula:
    return RecordedFormula(node_of(formula(recorder)), recorder.questions)
