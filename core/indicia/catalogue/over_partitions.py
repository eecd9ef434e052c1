"""Verdicts on methods: their declarations and formulas decide if a run over partitions can use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from indicia.errors import join_names
from indicia.formulas import Expression, FixedStatistics, RecordedFormula, Recorder, Weight, column, literal
from indicia.formulas.node import Lookup
from indicia.formulas.to_text import to_text
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
from indicia.partitions.mergeable import looked_up, needs_all_rows, takes_quantiles, takes_ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indicia.formulas import Node, Statistics
    from indicia.methods import Method

_BOUNDS = FixedStatistics(0.0, 9.0, 1000.0)
"""Bounds and a target, without which some formulas have no result."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a method: a run over partitions can use it, perhaps after a sort or a search, or refuses it."""

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


def verdict(method: Method, *, of_fit: bool = False) -> Verdict | None:
    """Return whether a run over partitions can use a method; None for a method that never looks at rows of a table.

    Agreements and consensuses compare rankings, and checks look at the facts about an index. With `of_fit`, the
    statistics of the method are those of a fitted index.
    """
    if isinstance(method, SeriesImputation):
        return Verdict("it looks at the other periods of a unit, whose rows may stand in another partition")
    if isinstance(method, MatrixImputation):
        return Verdict("it looks at all units and indicators at once")
    if isinstance(method, MatrixAggregation):
        return Verdict() if method.row_by_row else Verdict("it compares all units with each other")
    if isinstance(method, Treatment) and not of_fit and method.checks_all_values:
        return Verdict("it looks at all treated values of an indicator")
    if isinstance(method, Weighting):
        own = Verdict("it takes the values of all units at once") if method.needs_all_rows else Verdict()
        own = Verdict("it takes random numbers of all units at once") if method.is_random and own.runs else own
        return _of_all([own, *filter(None, map(verdict, methods_in(method.parameters)))])
    formulas = list(_formulas_of(method))
    return _of_all([verdict_on_formula(formula, of_fit=of_fit) for formula in formulas]) if formulas else None


def verdict_on_formula(formula: RecordedFormula, *, of_fit: bool = False) -> Verdict:
    """Return the verdict on a recorded formula; with `of_fit`, its statistics are those of a fitted index."""
    step = next(needs_all_rows(formula, of_fit=of_fit), None)
    return Verdict(
        "" if step is None else _reason(step), sorts=takes_ranks(formula), quantiles=takes_quantiles(formula)
    )


def _of_all(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a method with several formulas, or with methods in its parameters."""
    refused = next((each for each in verdicts if not each.runs), None)
    if refused is not None:
        return refused
    return Verdict(sorts=any(each.sorts for each in verdicts), quantiles=any(each.quantiles for each in verdicts))


def _reason(step: Node) -> str:
    """Return the reason why partitions cannot compute a step of a formula."""
    if isinstance(step, Lookup):
        rows = "whose rows may stand" if step.kind == "over_time" else "whose row may stand"
        return f"it looks up {looked_up(step)}, {rows} in another partition"
    if step.kind == "fit":
        return "it learns numbers from the whole column"
    return f"its formula takes {to_text(step)}, which is no number of all rows that partitions can put together"


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
