"""Record a formula: run it once with expressions in place of values, and store its tree and its questions."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, is_dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from indicia.formulas.columns import USED
from indicia.formulas.expression import Expression, node_of
from indicia.formulas.fixed import FixedStatistics
from indicia.formulas.node import PLAIN, CachedColumn, Column, Node, Statistic, identity_key, postorder
from indicia.formulas.question import Question
from indicia.formulas.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping


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
