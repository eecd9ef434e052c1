"""Recording: a formula runs once, over expressions, and leaves its tree and the questions that it asks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, is_dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from indicia.formulas.expression import Expression, node_of
from indicia.formulas.fixed import FixedStatistics
from indicia.formulas.node import PLAIN, CachedColumn, Node, identity
from indicia.formulas.question import Question
from indicia.formulas.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping


@dataclass(frozen=True)
class Recorded:
    """A formula that was recorded."""

    root: Node
    questions: Mapping[Question, Node]
    """Statistics, cached columns and look-ups, in the order in which the formula asks for them."""


class Recorder:
    """Gives a formula its statistics and columns, and notes the questions that it asks.

    Every question has a subject, such as the indicator that it is asked of.
    """

    def __init__(self) -> None:
        self.questions: dict[Question, Node] = {}
        self.keep = True
        """True if the formula need not run again; a formula that prints runs again, so that each run reports it."""

    def __call__(
        self,
        subject: str | tuple[str, ...],
        x: Expression,
        fixed: FixedStatistics | None = None,
        parents: str | None = None,
    ) -> Statistics:
        """Return `s` for this x; where x is -y, as of a cost, the fixed statistics are those of y.

        `parents` is the column that names the parents of units, where the method names one.
        """
        subject = (subject,) if isinstance(subject, str) else subject
        return Statistics(x, subject, self.question, fixed or FixedStatistics(), parents)

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


def record_each(formulas: Mapping[str, Formula]) -> dict[str, Recorded]:
    """Record the formulas of indicators or nodes; what several formulas hold, such as their method, is compared once.

    >>> from indicia.formulas import column
    >>> {name: Expression(one.root) for name, one in record_each({"x": lambda recorder: -column("x")}).items()}
    {'x': <Expression -x>}
    """
    keys: dict[int, tuple[object, Hashable]] = {}

    def key_of(value: object) -> Hashable:
        if type(value) in PLAIN:
            return type(value), value
        if id(value) not in keys:
            keys[id(value)] = value, identity(value, key_of)  # the value stays alive, and its number its own
        return keys[id(value)][1]

    return {name: record(formula, key_of) for name, formula in formulas.items()}


def record(formula: Formula, key_of: Callable[[object], Hashable] = identity) -> Recorded:
    """Return the tree and the questions of a formula; of dataclasses with equal keys the formula runs once.

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
    except (TypeError, RecursionError):  # such as an array in a parameter of the method
        return _run(formula, Recorder())
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    recorder = Recorder()
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
