"""Merges: states of partitions, and formulas whose statistics merge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from indicia.errors import join_names
from indicia.formulas import PERIOD, UNIT, Node, RecordedFormula
from indicia.formulas.node import CachedColumn, Lookup, Operation, Reduction, Statistic, postorder
from indicia.formulas.to_text import to_text
from indicia.partitions.partition import Merge, NeedsAllRows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    State = Callable[[pl.Expr, tuple[Any, ...]], list[pl.Expr]]
    Value = Callable[[Sequence[pl.Expr], tuple[Any, ...]], pl.Expr]


@dataclass(frozen=True)
class MergeableReduction:
    """A reduction whose state over partitions can be merged."""

    state: State
    """The numbers that a partition keeps: expressions of the values and the options."""
    value: Value
    """The value over all rows: an expression of columns with one number per partition."""


def _moments(x: pl.Expr, _: tuple[Any, ...] = ()) -> list[pl.Expr]:
    return [x.count(), x.mean(), ((x - x.mean()) ** 2).sum()]


def _mean(parts: Sequence[pl.Expr], _: tuple[Any, ...] = ()) -> pl.Expr:
    count, mean = parts[:2]
    present = count.sum()
    return pl.when(present > 0).then((count * mean).sum() / present)


def _variance(parts: Sequence[pl.Expr], ddof: int) -> pl.Expr:
    # the squares about the common mean are those about the means of partitions, and those of these means
    count, mean, squares = parts
    between = (count * (mean - _mean(parts)) ** 2).sum()
    divisor = count.sum() - ddof
    return pl.when(divisor > 0).then((squares.sum() + between) / divisor)


def _of_rows(x: pl.Expr, unit: str, period: str) -> pl.Expr:
    conditions = [pl.col(name) == value for name, value in ((UNIT, unit), (PERIOD, period)) if value]
    return x.filter(pl.all_horizontal(conditions))


def _ddof(options: tuple[Any, ...]) -> int:
    """Return the divisor's number of `std` and `var`, whose options are those of polars."""
    numbers = [option for option in options if isinstance(option, int)]
    return numbers[0] if numbers else 1


def _sum(parts: Sequence[pl.Expr], _: tuple[Any, ...]) -> pl.Expr:
    return parts[0].sum()


def _first_of_rows(parts: Sequence[pl.Expr], _: tuple[Any, ...]) -> pl.Expr:
    """Return the value of the first row, missing or not, of the partitions with rows."""
    value, rows = parts
    return value.filter(rows > 0).first()


MERGEABLE: dict[str, MergeableReduction] = {
    "min": MergeableReduction(lambda x, _: [x.min()], lambda parts, _: parts[0].min()),
    "max": MergeableReduction(lambda x, _: [x.max()], lambda parts, _: parts[0].max()),
    "sum": MergeableReduction(lambda x, _: [x.sum()], _sum),
    "count": MergeableReduction(lambda x, _: [x.count()], _sum),
    "len": MergeableReduction(lambda x, _: [x.len()], _sum),
    "null_count": MergeableReduction(lambda x, _: [x.null_count()], _sum),
    "any": MergeableReduction(lambda x, _: [x.any()], lambda parts, _: parts[0].max()),
    "all": MergeableReduction(lambda x, _: [x.all()], lambda parts, _: parts[0].min()),
    "product": MergeableReduction(lambda x, _: [x.product()], lambda parts, _: parts[0].product()),
    "mean": MergeableReduction(lambda x, _: [x.count(), x.mean()], _mean),
    "deviation": MergeableReduction(_moments, lambda parts, options: _variance(parts, options[0]).sqrt()),
    "std": MergeableReduction(_moments, lambda parts, options: _variance(parts, _ddof(options)).sqrt()),
    "var": MergeableReduction(_moments, lambda parts, options: _variance(parts, _ddof(options))),
    "norm": MergeableReduction(lambda x, _: [(x**2).sum()], lambda parts, _: parts[0].sum().sqrt()),
    "value_of_unit": MergeableReduction(
        lambda x, options: [_of_rows(x, options[0], "").first(), _of_rows(x, options[0], "").len()],
        _first_of_rows,
    ),
    "first": MergeableReduction(lambda x, _: [x.first(), x.len()], _first_of_rows),
    "last": MergeableReduction(lambda x, _: [x.last(), x.len()], lambda parts, _: parts[0].filter(parts[1] > 0).last()),
    "mean_of": MergeableReduction(
        lambda x, options: [_of_rows(x, *options).count(), _of_rows(x, *options).mean()], _mean
    ),
}
"""The reductions that partitions can compute, by kind; any other needs all rows."""


@dataclass(frozen=True)
class MergeReductions:
    """Merges the states of several reductions, over all rows or within a key.

    A state is a frame with the columns of the key and the numbers of each reduction, one row per key and partition.
    """

    kinds: tuple[tuple[str, tuple[Any, ...]], ...]
    """The kind and the options of each reduction."""
    key: tuple[str, ...] = ()

    def state(self, frame: pl.DataFrame, values: Sequence[pl.Expr]) -> pl.DataFrame:
        """Return the state of the rows of a frame, given the values of each reduction as expressions."""
        numbers = [
            number.cast(pl.Float64).alias(f"\0{place} {part}")
            for place, ((kind, options), x) in enumerate(zip(self.kinds, values, strict=True))
            for part, number in enumerate(MERGEABLE[kind].state(x, options))
        ]
        return frame.group_by(self.key, maintain_order=True).agg(numbers) if self.key else frame.select(numbers)

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of both."""
        return pl.concat([first, second])

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return the key, and the value of each reduction in a column that its number names."""
        values = []
        for place, (kind, options) in enumerate(self.kinds):
            parts = [pl.col(name) for name in state.columns if name.startswith(f"\0{place} ")]
            parts = [part.fill_null(0.0) if _is_empty_sum(kind, number) else part for number, part in enumerate(parts)]
            values.append(MERGEABLE[kind].value(parts, options).alias(value_column(place)))
        return state.group_by(self.key, maintain_order=True).agg(values) if self.key else state.select(values)


def value_column(place: int) -> str:
    """Return the name of the column with the values of a reduction, given its place."""
    return f"\0{place}"


def _is_empty_sum(kind: str, number: int) -> bool:
    """Return whether a number of a state is a mean, which is missing where a partition has no values."""
    return kind in ("mean", "deviation", "std", "var", "mean_of") and number == 1


def is_mergeable(reduction: Node) -> bool:
    """Return whether partitions can compute a reduction."""
    return reduction.kind in MERGEABLE


WHOLE_COLUMN = frozenset(
    [
        *("rank", "sort", "over", "unique", "reverse", "top_k", "bottom_k", "shift", "diff", "forward_fill"),
        *("cum_sum", "cum_max", "cum_min", "cum_count", "backward_fill"),
    ]
)
"""The operations that look at other rows."""

IN_SEVERAL_ROUNDS = frozenset(["median", "quantile", "skew", "kurtosis"])
"""The reductions whose states are asked for in several rounds, or have a merge of their own."""

_OF_ROWS = ("parent", "previous")
"""The look-ups that read rows of the table, for a fitted index too."""

TIES = ("average", "min", "max", "dense")
"""The policies for ties of ranks that partitions can compute."""


def is_sum_of_running_sums(node: Node) -> bool:
    """Return True for `sort().cum_sum().sum()`, which the Gini coefficient needs."""
    if node.kind != "sum" or node.args[0].kind != "cum_sum":
        return False
    ordered = node.args[0].args[0]
    return ordered.kind == "sort" and not any(ordered.options)


def is_merged_fit(node: Node, statistic: Node) -> bool:
    """Return whether a statistic consists of numbers that a method learns, and that it can learn from partitions."""
    return node is statistic and node.kind == "fit" and len(node.options) == 3


def takes_ranks(formula: RecordedFormula) -> bool:
    """Return whether a formula takes ranks or running sums of all rows, for which partitions sort columns."""
    statistics = postorder(node for node in formula.questions.values() if isinstance(node, Statistic))
    ranks = any(node.kind == "rank" for node in _outside_questions([formula.root]))
    return ranks or any(is_sum_of_running_sums(node) for node in statistics)


def takes_quantiles(formula: RecordedFormula) -> bool:
    """Return whether a formula takes medians or quantiles of all rows, for which partitions are read several times."""
    statistics = postorder(node for node in formula.questions.values() if isinstance(node, Statistic))
    return any(node.kind in ("median", "quantile") for node in statistics)


def needs_all_rows(formula: RecordedFormula, *, of_fit: bool = False) -> Iterator[Node]:
    """Yield the steps of a formula that partitions cannot compute.

    With `of_fit`, the statistics are those of a fitted index, and need no rows.
    """
    return _steps(formula.root, tuple(formula.questions.values()), of_fit)


def _steps(formula: Node, of_questions: tuple[Node, ...], of_fit: bool) -> Iterator[Node]:
    questions = list(dict.fromkeys(of_questions))
    for node in questions:
        if isinstance(node, Lookup) and (node.kind in _OF_ROWS or not of_fit):
            yield node
        elif isinstance(node, Statistic) and not of_fit:
            yield from _steps_of_statistic(node.args[0])
    for root in (formula, *(node.args[0] for node in questions if isinstance(node, CachedColumn))):
        yield from _steps_of_rows(root, is_cached=root is not formula)


def _steps_of_rows(root: Node, *, is_cached: bool) -> Iterator[Node]:
    """Yield the steps of a formula of rows that look at other rows, save for ranks."""
    for node in _outside_questions([root]):
        is_rank = node.kind == "rank" and node.options[0] in TIES and not is_cached
        # `over` names the groups within which ranks are computed, and looks at no other rows by itself
        is_group = node.kind == "over" and not is_cached
        if isinstance(node, Reduction) or (_looks_at_rows(node) and not is_rank and not is_group):
            yield node


def _steps_of_statistic(root: Node) -> Iterator[Node]:
    """Yield the steps of a statistic that cannot be merged."""
    running_sums = [node for node in _outside_questions([root]) if is_sum_of_running_sums(node)]
    ordered = {inner for node in running_sums for inner in (node.args[0], node.args[0].args[0])}
    for node in _outside_questions([root]):
        if isinstance(node, Reduction):
            if not is_mergeable(node) and node.kind not in IN_SEVERAL_ROUNDS and not is_merged_fit(node, root):
                yield node
        elif _looks_at_rows(node) and node not in ordered:
            yield node


def _looks_at_rows(node: Node) -> bool:
    return isinstance(node, Operation) and node.kind in WHOLE_COLUMN


def _outside_questions(roots: Iterable[Node]) -> list[Node]:
    """Return the nodes of trees that no statistic, cached column or look-up has inside."""
    roots = list(roots)
    placeholders = {node for node in postorder(roots) if node.is_placeholder}
    return postorder(roots, done=placeholders)


def _text_of(step: Node) -> str:
    """Return a step of a formula as text."""
    if not isinstance(step, Lookup):
        return to_text(step)
    return f"{looked_up(step)}: {to_text(step)}"


def looked_up(lookup: Lookup) -> str:
    """Return the noun of the value that a look-up finds."""
    nouns = {"parent": "the value of the parent of a unit", "over_time": "a statistic over the periods of a unit"}
    return nouns.get(lookup.kind, "the value of another period")


@lru_cache(maxsize=1_000)  # each partition checks the same formulas in each round
def _refused_steps(formula: Node, questions: tuple[Node, ...], of_fit: bool) -> tuple[str, ...]:
    """Return the texts of the steps of a formula that partitions cannot compute."""
    return tuple(dict.fromkeys(map(_text_of, _steps(formula, questions, of_fit))))


def check_formulas(place: str, formulas: Iterable[RecordedFormula], *, of_fit: bool = False) -> None:
    """Refuse formulas with steps that partitions cannot compute; `place` names the formulas.

    `indicia_partitions.table` refuses methods before a run, and names the methods to take instead.
    """
    for formula in formulas:
        if steps := _refused_steps(formula.root, tuple(formula.questions.values()), of_fit):
            raise error_of_method(place, join_names(steps, 3))


def error_of_method(subject: str, reason: str) -> NeedsAllRows:
    """Return the error of a method that needs all rows at once."""
    return NeedsAllRows(
        f"{subject} needs all rows at once, and the table is read in partitions: {reason}",
        remedy="choose another method there, or run the index in memory: --engine memory",
    )


@dataclass(frozen=True)
class Total:
    """Adds numbers or arrays."""

    def join(self, first: Any, second: Any) -> Any:
        """Return the sum."""
        return first + second

    def value(self, state: Any) -> Any:
        """Return the sum of all partitions."""
        return state


@dataclass(frozen=True)
class Every:
    """True if it is true in each partition."""

    def join(self, first: bool, second: bool) -> bool:
        """Return whether both are true."""
        return first and second

    def value(self, state: bool) -> bool:
        """Return whether all are true."""
        return state


@dataclass(frozen=True)
class AnyOfEach:
    """Joins truth values: for each place, True if the value of any partition is True."""

    def join(self, first: tuple[bool, ...], second: tuple[bool, ...]) -> tuple[bool, ...]:
        """Return the truth values of both."""
        return tuple(map(any, zip(first, second, strict=True)))

    def value(self, state: tuple[bool, ...]) -> tuple[bool, ...]:
        """Return the truth values of all partitions."""
        return state


@dataclass(frozen=True)
class Collected:
    """Collects the states of all partitions in their order; each state is a tuple of one item."""

    def join(self, first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the states of both."""
        return (*first, *second)

    def value(self, state: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return all states."""
        return state


@dataclass(frozen=True)
class Distinct:
    """Collects distinct values, in the order of their first appearance."""

    def join(self, first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the values of both."""
        return tuple(dict.fromkeys((*first, *second)))

    def value(self, state: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return all values."""
        return state


@dataclass(frozen=True)
class ByKey:
    """Aggregates the rows of frames by a key, such as a period, in the order of their first appearance."""

    key: tuple[str, ...]
    aggregates: tuple[tuple[str, Literal["sum", "min", "max"]], ...]
    """The columns beside the key, and how their values are aggregated."""

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the frame of both."""
        return self.aggregate(pl.concat([first, second], how="vertical_relaxed"))

    def aggregate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one row for each key."""
        columns = [getattr(pl.col(name), aggregate)() for name, aggregate in self.aggregates]
        if not self.key:
            return frame.select(columns)
        return frame.group_by(self.key, maintain_order=True).agg(columns)

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return the frame of all partitions."""
        return state


@dataclass(frozen=True)
class ShortestOfChains:
    """Chooses, for each chain of values that are equal by noise, the value with the fewest digits.

    The lowest of several such values is chosen. A frame has the columns of the chain and of the value.
    """

    chain: str
    value_column: str

    def choose(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return one row for each chain."""
        value = pl.col(self.value_column)
        distinct = frame.unique().sort(self.chain, value.cast(pl.String).str.len_bytes(), value)
        return distinct.unique(self.chain, keep="first", maintain_order=True)

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the values of both."""
        return self.choose(pl.concat([first, second]))

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return the values of all rows."""
        return state


@dataclass(frozen=True)
class MergeEach:
    """Merges mappings: the states of each name by a rule of its own."""

    merges: tuple[tuple[str, Merge], ...]

    def join(self, first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
        """Return the states of both."""
        return {name: merge.join(first[name], second[name]) for name, merge in self.merges}

    def value(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers, by name."""
        return {name: merge.value(state[name]) for name, merge in self.merges}
