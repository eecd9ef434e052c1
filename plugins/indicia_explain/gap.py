"""The gap between two units of one run, divided among the indicators, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.definition import ROOT
from indicia.errors import DefinitionError
from indicia.tables.periods import rows_of_period
from indicia_explain import gap_sentences
from indicia_explain.gap_draws import DrawnGap
from indicia_explain.gap_sentences import UnitPair
from indicia_explain.parts import ORDERS, parts_between
from indicia_explain.units import row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia.notes import Note
    from indicia.result import Result
    from indicia.run import Scored
    from indicia.types import Period
    from indicia_explain.parts import PartRule
    from indicia_robustness import Robust


@dataclass(frozen=True, eq=False)
class ExplainedGap(UnitPair):
    """The parts of the gap between two units: the score of the first minus the score of the second.

    Scores are unrounded, and the parts add to their difference. A positive part raises the score of the first.
    """

    @cached_property
    def parts(self) -> pl.DataFrame:
        """The part of each indicator, in the order of the index file."""
        scored, division, names = self.result.scored, self.division, list(self.division.indicators)
        figures: dict[str, Any] = {"indicator": names, "dimension": [_dimension_of(scored, name) for name in names]}
        frames = {"raw": scored.raw.values, "prepared": scored.prepared, "normalised": scored.normalised}
        for kind, frame in frames.items():
            for unit, row in zip("ab", self.rows, strict=True):
                figures[f"{unit}_{kind}"] = [frame[name][row] for name in names]
        figures |= {"a_value": division.a, "b_value": division.b, "weight": division.weights, "part": division.parts}
        figures["share"] = self._shares(division.parts)
        if division.errors is not None:
            figures["standard_error"] = division.errors
        for other in self.beside:
            figures[other.rule] = other.parts
            if other.errors is not None:
                figures[f"{other.rule}_standard_error"] = other.errors
        return pl.DataFrame(figures, nan_to_null=True)

    @cached_property
    def nodes(self) -> pl.DataFrame:
        """The part of each dimension, to which the parts of the indicators below it add."""
        tree, scores = self.result.scored.tree, self.result.scored.source.columns.unrounded
        nodes = [node.id for node in tree.counting_nodes() if node.id != ROOT]
        parts = pl.Series([self.division.nodes[name] for name in nodes], dtype=pl.Float64)
        figures = {
            "node": pl.Series(nodes, dtype=pl.String),
            "dimension": pl.Series([_dimension_of(self.result.scored, name) for name in nodes], dtype=pl.String),
            "a_value": pl.Series([scores[name][self.rows[0]] for name in nodes], dtype=pl.Float64),
            "b_value": pl.Series([scores[name][self.rows[1]] for name in nodes], dtype=pl.Float64),
            "part": parts,
            "share": self._shares(parts.to_numpy()),
        }
        return pl.DataFrame(figures, nan_to_null=True)

    @cached_property
    def totals(self) -> pl.DataFrame:
        """The two units with their unrounded scores, ranks and gap, the rule, and any parts that no indicator has."""
        a_rank, b_rank = self.ranks
        figures: dict[str, Any] = {"a": self.a, "b": self.b}
        figures |= {"period": self.period} if self.period is not None else {}
        figures |= dict(zip(("a_score", "b_score"), self.division.scores, strict=True))
        figures |= {"a_rank": a_rank, "b_rank": b_rank, "gap": self.gap, **self.division.others}
        figures |= {"rule": self.division.rule, "orders": self.division.orders}
        return pl.DataFrame({name: [value] for name, value in figures.items()})

    def _shares(self, parts: Array) -> pl.Series:
        values = pl.Series("share", parts, dtype=pl.Float64)
        return values / self.gap + 0.0 if self.gap != 0 else pl.repeat(None, len(values), dtype=pl.Float64, eager=True)

    @property
    def findings(self) -> tuple[Note, ...]:
        """The sentences: who is ahead and by how much, the largest parts, and how sure the gap is."""
        return tuple(gap_sentences.findings(self))

    @property
    def notes(self) -> tuple[Note, ...]:
        """The rule of the parts, implied values, and parts that belong to no indicator."""
        return tuple(gap_sentences.notes(self))

    @property
    def question(self) -> dict[str, Any]:
        """The units, the rule, and the draws, for the manifest."""
        division = self.division
        sampled = {"orders": division.orders, "seed": self.seed} if division.orders else {}
        draws = {"draws": self.drawn.question} if self.drawn is not None else {}
        return {"gap": [self.a, self.b], "rule": division.rule, **sampled, **draws}


def explain_gap(
    result: Result,
    a: str,
    b: str,
    period: Period | None = None,
    *,
    robust: Robust | None = None,
    rules: Sequence[PartRule] = (),
    orders: int = ORDERS,
    seed: int = 1,
) -> ExplainedGap:
    """Divide the gap between two units, the score of `a` minus the score of `b`, among the indicators.

    In a tree of power means (arithmetic, geometric, harmonic, generalised) the parts are exact and in closed form, by
    the rule of the natural scale: the line integral of Divisia on which every node moves in a straight line on the
    scale on which it adds. Other scores are divided by Shapley values, or by Owen values if the index has dimensions,
    with all statistics of the run fixed. In both, parts of indicators add to the part of their dimension.

    Parameters
    ----------
    result : Result
        The result of a run.
    a, b : str
        The units, by their keys or labels.
    period : optional
        The period of a panel; the last by default.
    robust : Robust, optional
        Draws of the same index, for the share of draws in which `a` is ahead.
    rules : sequence of {"natural", "shapley", "owen"}
        Further rules, whose parts stand beside the others.
    orders : int
        The number of sampled orders for Shapley and Owen values of more than 12 indicators.
    seed : int
        The seed of the sampled orders: the same seed gives the same parts.

    Returns
    -------
    ExplainedGap
        The tables `parts`, `nodes` and `totals`, the draws, and sentences.

    Raises
    ------
    DefinitionError
        If `a` and `b` are the same unit, or if a method compares units with each other.
    DataError
        If a unit is unknown or has no score, or if a missing value has no implied value.

    References
    ----------
    Ang (2015), Energy Policy 86, LMDI-I; Shorrocks (2013), Journal of Economic Inequality 11; Owen (1977); Castro,
    Gómez & Tejada (2009), Computers & Operations Research 36.
    """
    rows = row_of(result, a, period), row_of(result, b, period)
    scored = result.scored
    keys = [str(scored.units[result.unit][row]) for row in rows]
    if rows[0] == rows[1]:
        raise DefinitionError(
            f"{a} is named twice" if a == b else f"{a} and {b} are the same unit", remedy="name two units"
        )
    name, _ = rows_of_period(scored.source, period)
    division = parts_between(scored, *rows, orders=orders, seed=seed)
    others = [rule for rule in dict.fromkeys(rules) if rule != division.rule]
    beside = tuple(parts_between(scored, *rows, rule=rule, orders=orders, seed=seed) for rule in others)
    drawn = None if robust is None else DrawnGap.of(robust, keys[0], keys[1], name)
    return ExplainedGap(result, keys[0], keys[1], rows, name, division, beside, seed, drawn)


def _dimension_of(scored: Scored, part: str) -> str:
    """Return the dimensions of a part, as the index file names them."""
    tree = scored.tree
    parents = [node.id for node in tree.counting_nodes() if any(child.id == part for child in node.components)]
    return ", ".join(parents)
