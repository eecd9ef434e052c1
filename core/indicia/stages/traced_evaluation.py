"""The trace of formulas that are computed together the columns and statistics that each gets, and what it gives."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import polars as pl

from indicia import tracing
from indicia.errors import pluralise
from indicia.formulas import USED
from indicia.formulas.node import Column, postorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from indicia.formulas import Node, RecordedFormula
    from indicia.methods import Method
    from indicia.tables.evaluate import Evaluation

_MOST = 6
"""The greatest number of columns of which each has a line."""


def traced_evaluation(
    methods: Mapping[str, Method],
    frame: pl.DataFrame,
    formulas: Mapping[str, RecordedFormula],
    weights: Mapping[Node, float | pl.Expr],
    evaluate: Callable[[], Evaluation],
) -> Evaluation:
    """Compute formulas, and print what the formula of each method got and gave."""
    start = perf_counter()
    evaluation = evaluate()
    for name, formula in formulas.items():
        with tracing.step(f"{tracing.described(methods[name])} of {name}", timed=False):
            for got in _inputs(formula, weights, frame, evaluation):
                tracing.say(f"got {got}")
            tracing.say(f"gave {tracing.summary(evaluation.frame[name])}")
    tracing.say(f"computed {pluralise(len(formulas), 'formula')} together", start)
    return evaluation


def _inputs(
    formula: RecordedFormula, weights: Mapping[Node, float | pl.Expr], frame: pl.DataFrame, evaluation: Evaluation
) -> Iterator[str]:
    nodes = postorder([formula.root, *formula.questions.values()])
    read = dict.fromkeys(node.options[0] for node in nodes if isinstance(node, Column))
    names = [str(column) for column in read if column in frame.columns]
    if len(names) > _MOST:
        yield f"{pluralise(len(names), 'column')}: {tracing.summary(frame.select(names))}"
    else:
        yield from (f"{_readable(column)}: {tracing.summary(frame[column])}" for column in names)
    used = [(node.options[-1], weights[node]) for node in nodes if node in weights]
    if used:
        yield "weights: " + ", ".join(
            f"{part} {'by row' if isinstance(weight, pl.Expr) else f'{weight:.6g}'}" for part, weight in used
        )
    for question, value in evaluation.statistics.items():
        if question in formula.questions:
            known = tracing.summary(value.to_series(-1) if isinstance(value, pl.DataFrame) else value)
            yield f"{question}: {known}"


def _readable(column: str) -> str:
    """Return the name of a column; the share of the weights that a row has begins with two null characters."""
    if column.startswith("\0\0"):
        return f"share of weights present in {column[2:]}"
    return column.removeprefix(USED)
