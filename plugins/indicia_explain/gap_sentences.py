"""The sentences about the gap between two units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import ROOT
from indicia.notes import Names, Note, Rank
from indicia.stages.rank import lowest_ranks_first
from indicia_explain.figures import distinct_figures, figure
from indicia_explain.gap_draws import CERTAIN
from indicia_explain.owen_structure import indicators_of
from indicia_explain.unmeasured import sentences_apart, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.result import Result
    from indicia_explain.gap_draws import DrawnGap
    from indicia_explain.parts import Parts
    from indicia_explain.unmeasured import Reason

_MOST = 3
"""The number of parts that a sentence lists."""
_LEAST = 0.005
"""The least part that a sentence lists, as a share of all parts without their signs."""
_RULES = {"shapley": "gap_shapley", "owen": "gap_owen"}
_OTHERS = {"rounding": "gap_of_rounding", "scale": "gap_of_scale", "weights": "gap_of_weights"}
"""The notes on parts that no indicator has."""


def findings(pair: UnitPair) -> Iterator[Note]:
    """Yield who is ahead and by how much, the largest parts for each of the two, and how sure the order is."""
    yield _headline(pair)
    division, first_level = pair.division, {part.id for part in pair.result.scored.tree.components}
    dimensions = {name: part for name, part in division.nodes.items() if name in first_level}
    parts = dict(zip(division.indicators, division.parts.tolist(), strict=True))
    if measured := {name: part for name, part in dimensions.items() if not pair.is_unmeasured(name)}:
        yield Note("gap_dimensions", parts=_listed(pair, measured, limit=8))
    least, sign = _LEAST * sum(map(abs, parts.values())), -1 if pair.lowest_first else 1
    ordered = sorted(parts.items(), key=lambda item: -abs(item[1]))
    for unit, direction in ((pair.a, sign), (pair.b, -sign)):
        for_unit = [(n, part) for n, part in ordered if part * direction > least and not pair.is_unmeasured(n)]
        if for_unit:
            yield Note("gap_for", unit=Names.of([unit]), parts=_listed(pair, dict(for_unit[:_MOST])))
    for unit, reasons in zip((pair.a, pair.b), pair.unmeasured, strict=True):
        yield from _apart(pair, unit, reasons, {**dimensions, **dict(ordered)})
    if pair.drawn is not None:
        yield from _in_draws(pair, pair.drawn)


def _apart(pair: UnitPair, unit: str, reasons: Mapping[str, Reason], parts: Mapping[str, float]) -> Iterator[Note]:
    """Yield the parts of the gap in which a unit was not measured; a dimension stands for the indicators below it."""
    within = indicators_of(pair.result.scored.tree)
    below = {name for node in parts if node in reasons for name in within.get(node, ())}
    notes = [
        (name, Note("score_part", part=Names.of([name]), value=figure(part, pair.largest_part, signed=True)))
        for name, part in parts.items()
        if part and name not in below
    ]
    yield from sentences_apart(unit, notes, reasons)


def _headline(pair: UnitPair) -> Note:
    """Return who is ahead; ranks decide, and scores where one of the two has no rank."""
    size, (first, second) = pair.largest_score, pair.division.scores
    words: dict[str, Any] = {"a": Names.of([pair.a]), "b": Names.of([pair.b])}
    words |= {"gap": figure(abs(pair.gap), abs(pair.gap))}
    # two published scores that differ are not written alike
    texts = distinct_figures(first, second, size, pair.result.scored.tree.decimals or 0)
    words |= dict(zip(("first", "second"), texts, strict=True))
    rank, other = pair.ranks
    if rank is None or other is None:
        return Note("gap_equal_scores" if pair.gap == 0 else "gap_more" if pair.gap > 0 else "gap_less", **words)
    words |= {"rank": Rank(float(rank)), "other": Rank(float(other))}
    return Note("gap_level" if rank == other else "gap_ahead" if rank < other else "gap_behind", **words)


def _listed(pair: UnitPair, parts: Mapping[str, float], limit: int = _MOST) -> Names:
    size = pair.largest_part
    notes = (
        Note("gap_part", part=Names.of([name]), value=figure(part, size, signed=True)) for name, part in parts.items()
    )
    return Names(tuple(notes), limit)


def _in_draws(pair: UnitPair, drawn: DrawnGap) -> Iterator[Note]:
    """Yield the number of draws in which a unit is ahead, whether the order holds, and the gap in the draws."""
    ahead, level, behind = drawn.counts
    if level == len(drawn.ranks):
        yield Note("gap_always_level", draws=f"{level:,}")
        return
    holds = max(drawn.share_ahead, 1 - drawn.share_ahead) >= CERTAIN
    unit, times = (pair.a, ahead) if drawn.share_ahead >= 0.5 else (pair.b, behind)
    counts = {"times": f"{times:,}", "draws": f"{len(drawn.ranks):,}"}
    also_level = Note("gap_level_draws", times=f"{level:,}") if level else ""
    kind = "gap_holds" if holds else "gap_may_change"
    yield Note(kind, unit=Names.of([unit]), level=also_level, **counts)
    if drawn.gaps is not None:
        size = max(map(abs, drawn.gaps))
        words = zip(("median", "low", "high"), drawn.gaps, strict=True)
        yield Note("gap_in_draws", **{word: figure(value, size, signed=True) for word, value in words})


def notes(pair: UnitPair) -> Iterator[Note]:
    """Yield facts that a reader must know: which scores are best, and the rule of the parts."""
    division, tree = pair.division, pair.result.scored.tree
    if pair.lowest_first:
        yield Note("gap_lowest_first", a=Names.of([pair.a]))
    if division.rule in _RULES:
        yield Note(_RULES[division.rule])
    if division.errors is not None:
        error = figure(float(division.errors.max()), pair.largest_part)
        yield Note("gap_sampled", orders=f"{division.orders:,}", seed=pair.seed, error=error)
    if out := [name for name, value in zip(division.indicators, division.a, strict=True) if np.isnan(value)]:
        yield Note("gap_out", parts=Names.of(out))
    for kind, part in division.others.items():
        yield Note(_OTHERS[kind], part=figure(part, pair.largest_part, signed=True))
    if tree.decimals is not None:
        yield Note("gap_unrounded")
    if pair.drawn is not None:
        yield from pair.drawn.notes


@dataclass(frozen=True, eq=False)
class UnitPair:
    """Two units of one run, with the parts of their gap and the draws of both."""

    result: Result
    a: str
    """The first unit, by its key."""
    b: str
    rows: tuple[int, int]
    """The rows of the two units in the tables of the result."""
    period: str | None
    division: Parts
    """The parts of the gap."""
    beside: tuple[Parts, ...] = ()
    """The parts by further rules, for comparison."""
    seed: int = 1
    """The seed of sampled orders."""
    drawn: DrawnGap | None = None
    """The gap in the draws; None if nothing was drawn."""

    @cached_property
    def unmeasured(self) -> tuple[dict[str, Reason], dict[str, Reason]]:
        """The indicators and dimensions of each of the two that nobody measured, with the reason."""
        first, second = (unmeasured(self.result, row) for row in self.rows)
        return first, second

    def is_unmeasured(self, name: str) -> bool:
        """Return whether nobody measured an indicator or a dimension of one of the two."""
        return any(name in reasons for reasons in self.unmeasured)

    @property
    def gap(self) -> float:
        """The unrounded score of the first unit minus that of the second."""
        return self.division.scores[0] - self.division.scores[1]

    @property
    def ranks(self) -> tuple[float | None, float | None]:
        """The ranks of the two units; None for a unit that is not ranked."""
        first, second = (self.result.scored.rank[row] for row in self.rows)
        return first, second

    @property
    def lowest_first(self) -> bool:
        """True if the lowest score has rank 1."""
        return lowest_ranks_first(self.result.definition, self.result.scored.tree)

    @property
    def largest_score(self) -> float:
        """The largest unrounded score of the index without its sign."""
        return float(np.nanmax(np.abs(self.result.scored.source.columns.unrounded[ROOT].to_numpy())))

    @property
    def largest_part(self) -> float:
        """The largest part of an indicator without its sign."""
        return float(np.abs(self.division.parts).max())
