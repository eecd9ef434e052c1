"""Whether runs over the partitions of a table can use a method: by its declarations and its recorded formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from indicia.errors import join_names
from indicia.formulas import Expression, FixedStatistics, RecordedFormula, Recorder, Weight, column, literal
from indicia.formulas.node import Lookup, Operation, Reduction, Statistic, postorder
from indicia.methods import (
    Aggregation,
    Component,
    Components,
    Imputation,
    MatrixAggregation,
    MatrixImputation,
    Normalisation,
    SeriesImputation,
    Treatment,
    Weighting,
)
from indicia.methods.contract import methods_in
from indicia.partitions.reductions import is_mergeable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indicia.formulas import Node, Statistics
    from indicia.methods import Method

_WHOLE_COLUMN = frozenset(
    [
        *("rank", "cum_sum", "cum_max", "cum_min", "cum_count", "forward_fill", "backward_fill", "shift", "diff"),
        *("reverse", "sort", "unique", "top_k", "bottom_k", "over"),
    ]
)
"""The operations whose result in a row depends on other rows."""
_QUANTILES = frozenset(["median", "quantile"])
_REASONS = {"fit": "it learns numbers from the whole column"}
"""The reasons why partitions cannot merge a reduction, by its kind."""
_BOUNDS = FixedStatistics(0.0, 9.0, 1000.0)
"""Bounds and a target, without which some formulas have no result."""


@dataclass(frozen=True)
class Verdict:
    """Whether a run over partitions can use a method, and what it takes."""

    needs: str = ""
    """The reason why the method needs all rows at once; empty if a run over partitions can use it."""
    sorts: bool = False
    """True if the run sorts columns, for ranks or running sums of all rows."""
    quantiles: bool = False
    """True if the run searches exact quantiles, which takes further passes over the table."""

    @property
    def runs(self) -> bool:
        """True if a run over partitions can use the method."""
        return not self.needs

    def __str__(self) -> str:
        if self.needs:
            return f"no: {self.needs}"
        steps = [step for step, needed in (("a sort", self.sorts), ("a search of quantiles", self.quantiles)) if needed]
        return f"after {join_names(steps)}" if steps else "yes"


def verdict(method: Method) -> Verdict | None:
    """Return whether a run over partitions can use a method; None for a method that never looks at rows of a table.

    Agreements and consensuses compare rankings, and checks look at the facts about an index.
    """
    if isinstance(method, SeriesImputation):
        return Verdict("it looks at the other periods of a unit, whose rows may stand in another partition")
    if isinstance(method, MatrixImputation):
        return Verdict("it looks at all units and indicators at once")
    if isinstance(method, MatrixAggregation):
        return Verdict() if method.row_by_row else Verdict("it compares all units with each other")
    if isinstance(method, Weighting):
        own = Verdict("it takes the values of all units at once") if method.needs_all_rows else Verdict()
        return _of_all([own, *filter(None, map(verdict, methods_in(method.parameters)))])
    formulas = list(_formulas_of(method))
    return _of_all([verdict_on_formula(formula) for formula in formulas]) if formulas else None


def verdict_on_formula(formula: RecordedFormula) -> Verdict:
    """Return the verdict on a recorded formula."""
    questions = list(formula.questions.values())
    return _of_all([_of_row(formula.root, questions), *(_of_question(question) for question in questions)])


def _of_all(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a method with several formulas, or with methods in its parameters."""
    refused = next((each for each in verdicts if not each.runs), None)
    if refused is not None:
        return refused
    return Verdict(sorts=any(each.sorts for each in verdicts), quantiles=any(each.quantiles for each in verdicts))


def _of_row(root: Node, questions: Sequence[Node]) -> Verdict:
    """Return the verdict on the part of a formula that is computed row by row, given its questions."""
    sorts = False
    for node in postorder([root], questions):
        if isinstance(node, Reduction):
            return Verdict(f"its formula takes {node.kind} of a column without s, which a partition does not know")
        if isinstance(node, Operation) and node.kind in _WHOLE_COLUMN:
            if node.kind not in ("rank", "over"):
                return Verdict(f"its formula takes {node.kind} of the whole column")
            sorts = True
    return Verdict(sorts=sorts)


def _of_question(question: Node) -> Verdict:
    """Return the verdict on a statistic, a cached column or a look-up."""
    if isinstance(question, Lookup):
        place = "another period" if question.kind == "period" else "the parent of a unit"
        return Verdict(f"it looks up the value of {place}, whose row may stand in another partition")
    if not isinstance(question, Statistic):
        return _of_row(question.args[0], [node for node in postorder(question.args) if node.is_placeholder])
    nodes = postorder([question])
    running = {node for node in nodes if _is_running_sum(node)}
    sorted_columns = {arg for node in running for arg in (node.args[0], *node.args[0].args)}
    quantiles = False
    for node in nodes:
        if isinstance(node, Reduction) and node.kind in _QUANTILES:
            quantiles = True
        elif isinstance(node, Reduction) and not is_mergeable(node):
            return Verdict(_REASONS.get(node.kind, f"it takes {node.kind} of all rows, which partitions cannot merge"))
        elif isinstance(node, Operation) and node.kind in _WHOLE_COLUMN and node not in sorted_columns:
            return Verdict(f"its statistics take {node.kind} of the whole column")
    return Verdict(sorts=bool(running), quantiles=quantiles)


def _is_running_sum(node: Node) -> bool:
    """Return whether a node is the sum of the running sums of a sorted column: `x.sort().cum_sum().sum()`."""
    if not isinstance(node, Reduction) or node.kind != "sum" or node.args[0].kind != "cum_sum":
        return False
    return node.args[0].args[0].kind == "sort"


def _formulas_of(method: Method) -> Iterator[RecordedFormula]:
    """Yield the formulas of a method, recorded for indicators of other names."""
    x, uses, parents = column("x"), method.used_names, getattr(method, "parents", None)

    def recorded(formula: Callable[[Statistics], Expression | float]) -> RecordedFormula:
        recorder = Recorder()
        result = formula(recorder("x", x, _BOUNDS, parents, uses))
        root = literal(result) if isinstance(result, int | float) else result
        return RecordedFormula(root.node, recorder.questions)

    if isinstance(method, Imputation):
        yield recorded(lambda s: method.fill(x, s))
    elif isinstance(method, Treatment):
        yield recorded(lambda s: method.treat(x, s))
    elif isinstance(method, Normalisation):
        # extremes are statistics only where the index file states no bounds, and partitions know them in any case
        yield recorded(lambda s: method.benefit(x, s))
        if method.has_cost_formula():
            yield recorded(lambda s: method.cost(x, s))
    elif isinstance(method, Aggregation):
        recorder = Recorder()
        score = method.combine(_Components(recorder, uses, oriented=method.oriented))
        yield RecordedFormula(score.node, recorder.questions)


class _Components(Components):
    """Three components with the names that examples of methods use; the second is a cost if costs keep their sign."""

    def __init__(self, recorder: Recorder, uses: tuple[str, ...], *, oriented: bool) -> None:
        self._recorder, self._cached_columns = recorder, 0
        self._statistics = recorder("node", column("x0"), uses=uses)
        self._components = [
            Component(
                column(name),
                Expression(Weight("weight", (), ("node", name))),
                recorder(("node", name), column(name), uses=uses),
                direction="cost" if name == "x1" and not oriented else "benefit",
                name=name,
            )
            for name in ("x0", "x1", "x2")
        ]

    def cache_column(self, column: Expression) -> Expression:
        self._cached_columns += 1
        return self._recorder.cached_column("node", self._cached_columns, column)

    def aggregate(self, statistic: Expression) -> Expression:
        return self._statistics(statistic)

    def column(self, name: str) -> Expression:
        return self._statistics.column(name)

    @overload
    def __getitem__(self, index: int) -> Component: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Component]: ...
    def __getitem__(self, index: int | slice) -> Component | Sequence[Component]:
        return self._components[index]

    def __len__(self) -> int:
        return len(self._components)
