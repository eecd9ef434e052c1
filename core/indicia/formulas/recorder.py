"""Recording: a formula runs once, over expressions, and leaves its tree and the questions that it asks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, is_dataclass
from sys import float_info
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from indicia.formulas.expression import Expression, node_of
from indicia.formulas.node import (
    CachedColumn,
    Column,
    FixedValue,
    Lookup,
    Node,
    Operation,
    Reduction,
    Statistic,
    identity,
)
from indicia.formulas.question import Question
from indicia.formulas.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from indicia.formulas.normal import Array
    from indicia.formulas.question import Argument


@dataclass(frozen=True)
class FixedStatistics:
    """Statistics of an indicator that the index file fixes: numbers, or columns that hold them."""

    min: float | Node | None = None
    max: float | Node | None = None
    target: float | Node | None = None


@dataclass(frozen=True)
class Recorded:
    """A formula that was recorded."""

    root: Node
    questions: Mapping[Question, Node]
    """Statistics, cached columns and look-ups, in the order in which the formula asks for them."""


class Recorder:
    """Gives a formula its statistics and columns, and notes the questions that it asks.

    Every question has a subject, such as the indicator that it is asked of. Of an imputation with parents, `parents` is
    the column that names them.
    """

    def __init__(self, parents: str | None = None) -> None:
        self.questions: dict[Question, Node] = {}
        self.parents = parents
        self.keep = True
        """True if the formula need not run again; a formula that prints runs again, so that each run reports it."""

    def __call__(
        self, subject: str | tuple[str, ...], x: Expression, fixed: FixedStatistics | None = None
    ) -> Statistics:
        """Return `s` for this x; where x is -y, as of a cost, the fixed statistics are those of y."""
        return _RecordedStatistics(self, _tuple(subject), x, fixed or FixedStatistics())

    def cached_column(self, subject: str, number: int, column: Expression) -> Expression:
        """Return a column that is computed once, however often it is used; the columns of a subject are numbered."""
        return self.question(Question((subject,), "cached", (number,)), CachedColumn("cached", (column.node,)))

    def question(self, question: Question, node: Node) -> Expression:
        """Return what stands for the answer to a question, and note the question."""
        return Expression(self.questions.setdefault(question, node))


Formula: TypeAlias = "Callable[[Recorder], Expression]"
"""A formula to be recorded: a function, or a frozen dataclass that holds all that the formula depends on."""

_KEPT: OrderedDict[Hashable, Recorded] = OrderedDict()
_MOST = 10_000
_LOCK = Lock()


def record(formula: Formula, parents: str | None = None) -> Recorded:
    """Return the tree and the questions of a formula; of equal dataclasses the formula runs once.

    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> recorded = record(lambda recorder: x / recorder("x", x).sum)
    >>> Expression(recorded.root), [str(question) for question in recorded.questions]
    (<Expression x / sum(x)>, ['sum of x'])
    """
    if not is_dataclass(formula):
        return _run(formula, Recorder(parents))
    try:
        key = identity((formula, parents))
    except (TypeError, RecursionError):  # such as an array in a parameter of the method
        return _run(formula, Recorder(parents))
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    recorder = Recorder(parents)
    recorded = _run(formula, recorder)
    if recorder.keep:
        with _LOCK:
            _KEPT[key] = recorded
            while len(_KEPT) > _MOST:
                _KEPT.popitem(last=False)
    return recorded


def forget() -> None:
    """Record every formula anew from here on, as a test does that asks whether a formula gives the same again."""
    with _LOCK:
        _KEPT.clear()


def _run(formula: Formula, recorder: Recorder) -> Recorded:
    return Recorded(node_of(formula(recorder)), recorder.questions)


def _tuple(subject: str | tuple[str, ...]) -> tuple[str, ...]:
    return (subject,) if isinstance(subject, str) else subject


class _RecordedStatistics(Statistics):
    def __init__(self, recorder: Recorder, subject: tuple[str, ...], x: Expression, fixed: FixedStatistics) -> None:
        super().__init__(x)
        self._recorder = recorder
        self._subject = subject
        self._fixed = fixed
        self._unnamed = 0

    def _settle(self, kind: str | None, aggregate: Expression, *arguments: Argument) -> Expression:
        if (fixed := self._fixed_value(kind)) is not None:
            return fixed
        if kind is None:
            self._unnamed += 1
            kind, arguments = "settled", (self._unnamed,)
        statistic = Statistic("statistic", (aggregate.node,))
        return self._recorder.question(Question(self._subject, kind, arguments), statistic)

    def _squares(self, ddof: int | None) -> Expression:
        x = (self._x.node,)
        return Expression(Reduction("length", x) if ddof is None else Reduction("deviation", x, (ddof,)))

    def learned(self, function: Callable[[Array], Sequence[float]], size: int) -> tuple[Expression, ...]:
        numbers = self._settle(None, Expression(Reduction("learned", (self._x.node,), (function, size))))
        return tuple(Expression(Operation("item", (numbers.node,), (number,))) for number in range(size))

    def of_unit(self, name: str) -> Expression:
        return self._settle("of_unit", Expression(Reduction("of_unit", (self._x.node,), (name,))), name)

    def of_period(self, name: str) -> Expression:
        own = Reduction("of_period", (self._x.node,), (name,))
        return self._recorder.question(Question(self._subject, "of_period", (name,)), Lookup("period", (own,)))

    @property
    def parent(self) -> Expression:
        parents = self._recorder.parents
        if parents is None:
            raise ValueError("the value of the parent is for imputations that name their `parents`")
        lookup = Lookup("parent", (self._x.node,), (parents,))
        return self._recorder.question(Question(self._subject, "parent", (parents,)), lookup)

    @property
    def target(self) -> Expression:
        if (target := self._fixed_value("target")) is None:
            raise ValueError(f"{self._subject[-1]} has no target: write target = … in the index file")
        return target

    def _fixed_value(self, word: str | None) -> Expression | None:
        """Return what the index file fixes; the least value of -y is minus the greatest of y."""
        x = self._x.node
        if x.kind == "neg":
            mirrored = {"min": "max", "max": "min"}.get(word or "", word)
            value = _fixed(mirrored, self._fixed, x.args[0])
            return None if value is None else -value
        return _fixed(word, self._fixed, x)


def _fixed(word: str | None, fixed: FixedStatistics, x: Node) -> Expression | None:
    value = {"min": fixed.min, "max": fixed.max, "target": fixed.target}.get(word or "")
    if value is None or isinstance(value, Node):
        return None if value is None else Expression(value)
    return Expression(FixedValue("fixed", (x,) if isinstance(x, Column) else (), (word, float(value))))


def scaled(statistic: Node) -> Node | None:
    """Return a standard deviation or a length by values that are scaled to about 1; None of other statistics.

    It takes the place of a statistic whose squares are too large or too small for numbers of the machine.

    >>> from indicia.formulas import column
    >>> spread = Reduction("deviation", (column("x").node,), (1,))
    >>> scaled(Statistic("statistic", (spread,))) is None
    False
    >>> scaled(Statistic("statistic", (column("x").max().node,))) is None
    True
    """
    (aggregate,) = statistic.args
    if aggregate.kind not in ("deviation", "length"):
        return None
    x = Expression(aggregate.args[0])
    # a power of two scales without rounding
    unit = 2.0 ** x.abs().max().clip(float_info.min).log(2).floor()
    return (Expression(Reduction(aggregate.kind, ((x / unit).node,), aggregate.options)) * unit).node
