"""The score of a unit, unfolded to raw values and put together again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.run import ends_of_ranks
from indicia_explain.indicator_facts import IndicatorFacts, best_row, index_rank, units_behind
from indicia_explain.score_parts import score_parts
from indicia_explain.score_sentences import findings_of, notes_of
from indicia_explain.units import row_of

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Note
    from indicia.result import Result
    from indicia.types import Period
    from indicia_explain.score_parts import ScoreParts


def explain_score(result: Result, unit: str, period: Period | None = None) -> ExplainedScore:
    """Unfold the score of a unit to its raw values, and divide it among indicators and dimensions.

    Parameters
    ----------
    result : Result
        The result of a run.
    unit : str
        The unit, by its key or its label in any language.
    period : optional
        The period of a panel; the last period by default.

    Returns
    -------
    ExplainedScore
        Tables, sentences and notes.

    Raises
    ------
    IndiciaError
        If there is no such unit or period, or if the unit has no score.

    Notes
    -----
    In a tree of power means, contributions sum to the unrounded score; `docs/explaining.md` has the formulas and their
    sources. For other methods, `vs_median` divides the distance to the median profile by Shapley or Owen values.
    """
    return ExplainedScore(result, row_of(result, unit, period))


@dataclass(frozen=True, eq=False)
class ExplainedScore:
    """The score of one unit with its parts; the tables name indicators and dimensions by their ids."""

    result: Result
    row: int
    """The row of the unit in the tables of the result."""

    @property
    def unit(self) -> str:
        """The key of the unit."""
        return str(self.result.scored.units[self.result.unit][self.row])

    @property
    def period(self) -> str | None:
        """The period; None without periods."""
        column = self.result.scored.source.period
        return None if column is None else str(self.result.scored.units[column][self.row])

    @cached_property
    def facts(self) -> IndicatorFacts:
        """The facts about the indicators of the unit."""
        return IndicatorFacts(self.result, self.row)

    @cached_property
    def score_parts(self) -> ScoreParts:
        """The parts of the score in numbers."""
        return score_parts(self.result.scored, self.row)

    @cached_property
    def parts(self) -> pl.DataFrame:
        """A row for each indicator on which the index depends."""
        figures = self.score_parts.by_indicator
        columns = ["implied", "weight", "effective_weight", "shifted_weight", "contribution", "vs_median", "lost"]
        columns += ["error"] if self.score_parts.orders else []
        rows = [[of_part.get(column, np.nan) for column in columns] for of_part in figures.values()]
        values = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.Float64), orient="row", nan_to_null=True)
        values = values.with_columns(pl.col(columns).fill_nan(None), pl.Series("indicator", list(figures)))
        frame = self.facts.frame().join(values, on="indicator", how="left", maintain_order="left")
        # a value below a dimension that lacks too many others does not count
        effects = frame.select("indicator", pl.when(pl.col("effective_weight") == 0).then(None).otherwise("vs_median"))
        kinds = [self._kind(name, effect) for name, effect in effects.iter_rows()]
        return frame.with_columns(pl.Series("kind", kinds, pl.String))

    def _kind(self, name: str, effect: float | None) -> str | None:
        value = self.result.scored.normalised[name][self.row]
        if effect is None or value is None or name in self.facts.imputed:
            return None
        effect = -effect if self.result.scored.tree.low_is_best else effect
        return kind_of(float(value), self.facts.normalised_of_period(name), effect)

    @cached_property
    def nodes(self) -> pl.DataFrame:
        """A row for each component of each dimension and of the index; contributions sum to the value of the node."""
        scored = self.result.scored
        methods = {node.id: str(node.aggregation) for node in scored.tree.nodes()}
        columns = scored.source.columns
        values = {name: columns.unrounded[name][self.row] for name in methods}
        rows = [
            {
                "node": node,
                "aggregation": methods[node],
                "node_value": values[node],
                "part": part,
                **{name: None if np.isnan(figure) else figure for name, figure in figures.items()},
            }
            for (node, part), figures in self.score_parts.by_component.items()
        ]
        texts = dict.fromkeys(("node", "aggregation", "part"), pl.String)
        return pl.DataFrame(rows, schema_overrides={**texts, **dict.fromkeys(_NODE_FIGURES, pl.Float64)})

    @cached_property
    def totals(self) -> pl.DataFrame:
        """The score before rounding, its rank, and the sums of the parts, in one row."""
        parts, scored = self.score_parts, self.result.scored
        rank, number = index_rank(self.result, self.row)
        best = best_row(self.result, self.row)
        unrounded = scored.source.columns.unrounded[ROOT]
        period = {} if self.period is None else {"period": self.period}
        columns = {
            "unit": self.unit,
            **period,
            "score": parts.score,
            "published": scored.nodes[ROOT][self.row],
            "rank": rank,
            "of": number,
            "base": parts.base,
            "above_base": parts.score - parts.base,
            "rounding_above_base": parts.rounding_above_base,
            "behind_base": None if np.isnan(parts.base) else units_behind(self.result, self.row, parts.base),
            "lost": parts.lost,
            "rounding_lost": parts.rounding_lost,
            "constant": parts.constant,
            "rounding": parts.rounding,
            "best_unit": None if best is None else str(scored.units[self.result.unit][best]),
            "best_score": None if best is None else unrounded[best],
            "rule": parts.rule,
            "orders": parts.orders,
        }
        kinds = {"rank": pl.Float64, "best_unit": pl.String, "best_score": pl.Float64, "rule": pl.String}
        frame = pl.DataFrame(
            [columns], schema_overrides={**kinds, "orders": pl.Int64, "behind_base": pl.Int64}, orient="row"
        )
        return frame.with_columns(pl.col(pl.Float64).fill_nan(None))

    @cached_property
    def unfolding(self) -> pl.DataFrame:
        """The life of each value, step by step.

        The steps are the value as read, each stage that changed it, the normalised value, the implied value of a
        missing part, and the contribution to the index.
        """
        leaves, facts = self.facts.leaves, self.facts
        rows: list[tuple[str, str, float | None, str | None]] = []
        with_raw = self.result.definition.publishes_raw_values
        figures = dict(zip(self.parts["indicator"], self.parts.iter_rows(named=True), strict=True))
        for name, leaf in leaves.items():
            own, steps = figures[name], list(facts.steps(name, leaf))
            late = [step for step in steps if step[0] in ("clip", "missing")]
            if with_raw:
                rows.append((name, "read", facts.read_values.get(name, own["raw"]), None))
                rows += [(name, *step) for step in steps if step not in late]
            rows += [(name, *step) for step in late if with_raw and step[0] == "clip"]
            rows.append((name, "normalisation", own["normalised"], str(leaf.normalisation)))
            rows += [(name, *step) for step in late if step[0] == "missing"]
            if own["normalised"] is None and own["implied"] is not None and "missing" not in [s[0] for s in late]:
                rows.append((name, "implied", own["implied"], None))
            rows.append((name, "contribution", own["contribution"], None))
        columns = {"indicator": pl.String, "step": pl.String, "value": pl.Float64, "rule": pl.String}
        return pl.DataFrame(rows, schema=columns, orient="row")

    @cached_property
    def findings(self) -> tuple[Note, ...]:
        """The sentences of the explanation, the headline first."""
        return findings_of(self.result, self.row, self.totals.row(0, named=True), self.parts, self.nodes)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader of the explanation must know."""
        published = float(self.result.scored.nodes[ROOT][self.row])
        ends = ends_of_ranks(self.result.definition, self.result.scored.tree)
        return (*ends, *notes_of(self.score_parts, self.parts, published, withheld="raw" not in self.parts.columns))


_NODE_FIGURES = (
    *("node_value", "value", "weight", "effective_weight", "piece"),
    *("shifted_weight", "contribution", "vs_median", "lost"),
)

Kind: TypeAlias = Literal["strength", "weakness"]

BEYOND = 0.75
"""The share of units that the unit must leave behind on its side of the median."""
ALIKE = 0.5
"""An indicator is nearly constant if so many units, or more, share its most frequent value."""


def kind_of(value: float, others: Array, effect: float) -> Kind | None:
    """Return whether an indicator is a strength or a weakness of a unit; None if it is neither.

    Parameters
    ----------
    value : float
        The normalised value of the unit; NaN if it is missing or imputed, and then neither.
    others : Array
        The normalised values of all units of the period, (n,), without missing ones.
    effect : float
        The part of the indicator in the distance to the median profile; above 0 if it makes the unit better.

    Returns
    -------
    str or None
        A strength or a weakness if three quarters of the units are nearer to the median or beyond it (ties count
        half), and if less than half of the units share one value.

    Notes
    -----
    COINr (`get_str_weak`) takes the indicators with the best and the worst ranks of a unit, and can leave out
    indicators with few distinct values. This rule also asks for an effect on the score.

    Examples
    --------
    >>> values = np.arange(10.0)
    >>> kind_of(9.0, values, 0.3), kind_of(1.0, values, -0.2), kind_of(5.0, values, 0.1)
    ('strength', 'weakness', None)
    >>> kind_of(9.0, np.array([9.0] + [1.0] * 9), 0.3) is None
    True
    """
    if np.isnan(value) or np.isnan(effect) or effect == 0 or not len(others):
        return None
    _, counts = np.unique(others, return_counts=True)
    if counts.max() >= ALIKE * len(others):
        return None
    nearer = others < value if value > np.median(others) else others > value
    share = (nearer.sum() + (others == value).sum() / 2) / len(others)
    if share < BEYOND:
        return None
    return "strength" if effect > 0 else "weakness"
