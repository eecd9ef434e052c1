"""The steps of formulas that need all rows, and those that partitions can compute."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from indicia.errors import join_names
from indicia.formulas.node import CachedColumn, Lookup, Operation, Reduction, Statistic, postorder
from indicia.formulas.to_text import to_text
from indicia.partitions.partition import NeedsAllRows
from indicia.partitions.reductions import is_mergeable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.formulas import Node, RecordedFormula

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

    `indicia.partitioned.refusals` refuses methods before a run, and names the methods to take instead.
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
