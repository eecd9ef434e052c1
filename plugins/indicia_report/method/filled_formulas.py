"""The formulas of one unit with the numbers of the run put in."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.formulas import ONE, Question, RecordedFormula, Weight, record
from indicia.formulas import Node as FormulaNode
from indicia.formulas.node import postorder
from indicia.formulas.tidy import tidy
from indicia.formulas.to_latex import to_latex
from indicia.formulas.to_polars import Compiler
from indicia.stages.score_formula import score_formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition import Leaf, Node
    from indicia.result import Result
    from indicia.tables.scope import StatisticValues, Value

_NEAR = 1e-9
"""The largest difference between a filled formula and the score, times the score if that exceeds 1."""
_LONG = 1500
"""The most characters of a formula; a longer one is left out."""
_DIGITS = 5
_TRIVIAL = re.compile(r"-?[\d.]+")
"""A formula that is a number alone."""


@dataclass(frozen=True)
class FilledFormulas:
    """The formulas of the indicators and dimensions of one row of a result, in LaTeX with numbers.

    A formula is returned only if its numbers give the value of the run.
    """

    result: Result
    row: int

    def of_indicator(self, leaf: Leaf, *, symbol: str | None = None) -> str | None:
        """Return the formula of a normalised value; None if it cannot be filled, or if raw values are not published.

        With a symbol, the value of the unit is written as this symbol, and only the statistics are numbers.
        """
        scored = self.result.scored
        if not self.result.definition.publishes_raw_values:
            return None
        own = self._columns | {leaf.id: scored.prepared[leaf.id][self.row]}
        recorded = self._formulas("normalisation").get(leaf.id)
        names = {leaf.id: symbol} if symbol else {}
        expected = scored.normalised[leaf.id][self.row]
        return self._filled(recorded, "normalisation", own, expected, names=names, decimals=leaf.decimals)

    def of_node(self, node: Node, *, symbol: str | None = None) -> str | None:
        """Return the formula of a score before it is rounded; None if it cannot be filled.

        If components are missing, it is the formula of the others with their weights scaled up. With a symbol, the
        values of the components are written as this symbol with their numbers, and only weights and statistics are
        numbers; components must then be complete.
        """
        scored = self.result.scored
        values = {part.id: scored.components[part.id][self.row] for part in node.components}
        missing = [name for name, value in values.items() if value is None]
        if node.rescaling is not None or len(missing) == len(values) or (missing and node.aggregation.power is None):
            return None
        present = node.without(missing) if missing else node
        score = scored.source.columns.unrounded[node.id][self.row]
        try:
            formula = record(score_formula(present, incomplete=False))
            weights = self._weights(node, present)
        except Exception:  # a method of a plugin may compute with arrays, and raise any error here
            return None
        names = {part.id: f"{symbol}_{{{at}}}" for at, part in enumerate(node.components, 1)} if symbol else {}
        if symbol and missing:
            return None
        return self._filled(formula, "aggregation", self._columns | values, score, weights, names)

    def _weights(self, node: Node, present: Node) -> dict[FormulaNode, float]:
        """Return the weights of the present components as they enter the score of the row."""
        scored = self.result.scored
        weights = scored.weights_in_score[node.id]
        (own,) = weights.of_rows(scored.units[self.row : self.row + 1]).tolist()
        by_part = dict(zip((part.id for part in node.components), own, strict=True))
        kept = [by_part[part.id] for part in present.components]
        scale = sum(own) / sum(kept) if len(kept) < len(own) else 1.0
        names = (Weight("weight", (), (node.id, part.id)) for part in present.components)
        return dict(zip(names, [weight * scale for weight in kept], strict=True))

    def _formulas(self, stage: str) -> Mapping[str, RecordedFormula]:
        return {
            name: formula
            for record_ in self.result.scored.records
            if record_.stage == stage
            for name, formula in record_.formulas.items()
        }

    def _statistics(self, stage: str) -> StatisticValues:
        statistics: dict[Question, Value] = {}
        for record_ in self.result.scored.records:
            if record_.stage == stage:
                statistics |= record_.statistics
        return statistics

    @cached_property
    def _columns(self) -> dict[str, float | None]:
        """The values of the row in the columns that formulas use beside the indicators."""
        source = self.result.scored.source
        used = {series.name: series[self.row] for series in source.used_columns}
        bounds = {name: source.bounds_by_row[name][self.row] for name in source.bounds_by_row.columns}
        columns = {**used, **bounds}
        return {name: value for name, value in columns.items() if isinstance(value, int | float)}

    def _filled(
        self,
        formula: RecordedFormula | None,
        stage: str,
        row: Mapping[str, float | None],
        expected: float | None,
        weights: Mapping[FormulaNode, float] = MappingProxyType({}),
        names: Mapping[str, str] = MappingProxyType({}),
        decimals: int | None = None,
    ) -> str | None:
        """Return a formula with numbers, if they give the expected value; columns with names are written by these.

        With `decimals`, the expected value is rounded half up.
        """
        if formula is None or expected is None or not math.isfinite(expected):
            return None
        answers = self._statistics(stage)
        values: dict[FormulaNode, Any] = dict(weights)
        for question, node in formula.questions.items():
            if question in answers:
                value = self._of_row(answers[question])
                if value is None:
                    return None
                values[node] = value
        try:
            computed = _computed(formula.root, values, row)
            chosen = _with_chosen_cases(formula.root, values, row, all_conditions=not names)
            root, tidied = tidy(chosen, values, row)
            shown = {name: value for name, value in row.items() if name not in names}
            latex = to_latex(root, tidied, shown, names, digits=_DIGITS)
        except Exception:  # the formula of a plugin may have operations that one row does not have
            return None
        if decimals is not None:
            computed = math.floor(computed * 10**decimals + 0.5 + _NEAR) / 10**decimals
            latex = rf"\operatorname{{round}}_{{{decimals}}}\left({latex}\right)"
        is_near = abs(computed - expected) <= _NEAR * max(1.0, abs(expected))
        is_trivial = _TRIVIAL.fullmatch(latex) is not None or latex in names.values()
        return latex if is_near and not is_trivial and len(latex) <= _LONG else None

    def _of_row(self, value: Value) -> Any:
        """Return the value of a statistic for the row; None if the statistic has none."""
        if not isinstance(value, pl.DataFrame):
            return value
        key = value.columns[:-1]
        units = self.result.scored.units
        if not set(key) <= set(units.columns):
            return None
        own = value.join(units[self.row : self.row + 1].select(key), on=key, how="semi", nulls_equal=True)
        return own.to_series(len(key))[0] if len(own) else None


def _with_chosen_cases(
    root: FormulaNode, values: Mapping[FormulaNode, Any], row: Mapping[str, float | None], *, all_conditions: bool
) -> FormulaNode:
    """Return a formula with the branch of each condition that the row takes, in place of both.

    Without `all_conditions`, conditions on the sizes of values stay, and only those on missing values are decided.
    """
    chosen: dict[FormulaNode, FormulaNode] = {}
    for node in postorder([root], done=values):
        args = tuple(chosen.get(arg, arg) for arg in node.args)
        if node.kind == "where" and (all_conditions or _is_about_gaps(node.args[0])):
            chosen[node] = args[1] if _computed(node.args[0], values, row) else args[2]
        elif args != node.args:
            chosen[node] = type(node)(node.kind, args, node.options)
        if node.is_placeholder and node in chosen:  # statistics keep their values
            del chosen[node]
    return chosen.get(root, root)


def _is_about_gaps(condition: FormulaNode) -> bool:
    kinds = {node.kind for node in postorder([condition])}
    return kinds <= {"column", "is_null", "is_not_null", "is_nan", "is_finite", "or", "and", "invert"}


def _computed(root: FormulaNode, values: Mapping[FormulaNode, Any], row: Mapping[str, float | None]) -> float:
    """Compute a formula of one row."""
    lists = {
        node: pl.lit(pl.Series([value], dtype=pl.Array(pl.Float64, len(value))))
        for node, value in values.items()
        if isinstance(value, list)
    }
    frame = pl.DataFrame({**row, ONE: 1.0}, schema_overrides=dict.fromkeys(row, pl.Float64))
    computed = Compiler({**values, **lists})(root)
    return float(frame.select(computed.cast(pl.Float64).alias("z")).item())
