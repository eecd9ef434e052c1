"""A check of panels: goalposts that differ between periods, and the causes of moves between ranks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia_audit.checks import Check, Finding, Listed, Sentence, named
from indicia_checks.text import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Array
    from indicia_audit.checks import PanelFacts, Subject

_MOST_NAMES = 5
_CAUSES = {
    "own": Sentence("its own data"),
    "others": Sentence("the data of others"),
    "method": Sentence("other goalposts or weights"),
    "sample": Sentence("units that join or leave"),
}
_CAUSES_OF_ALL = {**_CAUSES, "own": Sentence("their own data")}
"""The causes of the moves of several units."""


@dataclass(frozen=True)
class Panel(Check):
    """Find goalposts that differ between periods, and split the moves between the ranks of the last two periods.

    A move between ranks is the sum of four parts. The part of the sample disappears if ranks count only the units of
    both periods. The part of the method is the difference that the new goalposts and weights make to the ranks of the
    old data. The parts of the unit's own data and of the data of the others are means over the two orders in which both
    can change (the Shapley value of two players). Differing goalposts are an error, the moves are information.
    """

    code = "P01"
    title = "goalposts and rank moves of a panel"
    severity = "error"
    source = (
        "Indicia\n"
        "Shorrocks (2013), Journal of Economic Inequality 11(1), https://doi.org/10.1007/s10888-011-9214-z, for the "
        "Shapley value"
    )
    why = (
        "Readers take a higher score or rank for progress. With goalposts of each year, a score rises because others "
        "fall, or because the goalposts move. A rank can change although the unit's own data do not."
    )
    example = (
        'A panel of two years with statistics = "period": "the goalposts of air, green, health, housing, income '
        'and 4 more are statistics of each year, so that scores of different periods are on different scales"'
    )
    advice = (
        'Fix the goalposts: bounds = [least, greatest] for each indicator, statistics = "pooled", or statistics = '
        "{ reference = 2015 }. If scores are never compared between years, accept the finding in [[waivers]], and say "
        "so to readers."
    )
    needs = ("periods", "scores")

    def look(self, subject: Subject) -> Iterator[Finding]:
        panel = subject.panel
        if panel is None:
            return
        if panel.moving:
            names = named(panel.moving, _MOST_NAMES)
            sentence = Sentence(
                "the goalposts of {names} are statistics of each {period}, so that scores of different "
                "periods are on different scales",
                names=names,
                period=subject.period,
            )
            remedy = 'bounds = [least, greatest], or statistics = "pooled"'
            yield Finding("index", float(len(panel.moving)), 0.0, sentence, remedy)
        if panel.weights_move:
            sentence = Sentence(
                "the weights are computed within each {period}, so that a score changes with the weights",
                period=subject.period,
            )
            yield Finding("index", None, None, sentence, 'weights = "pooled" in [methodology]', "warning")
        yield from self._moves(panel)

    def _moves(self, panel: PanelFacts) -> Iterator[Finding]:
        """Yield the shares of the causes of all moves, and the causes of the largest."""
        moves = _Moves.of(panel)
        total = {cause: float(np.abs(part).sum()) for cause, part in moves.parts.items()}
        if not any(total.values()):
            return
        shares = Listed(
            Sentence("{share} by {cause}", share=percent(size / sum(total.values())), cause=_CAUSES_OF_ALL[cause])
            for cause, size in total.items()
            if size
        )
        changed = int((moves.total != 0).sum())
        sentence = Sentence(
            "between {previous} and {period}, {changed} of {units} change rank; their moves are {shares}",
            previous=panel.previous,
            period=panel.period,
            changed=changed,
            units=counted(len(moves.units), "unit"),
            shares=shares,
        )
        if panel.fault:
            sentence += Sentence("; the part of the goalposts is unknown: {fault}", fault=panel.fault)
        yield Finding("index", float(changed), None, sentence, severity="information", period=panel.period)
        if changed:
            yield self._largest(panel, moves)

    def _largest(self, panel: PanelFacts, moves: _Moves) -> Finding:
        size = np.abs(moves.total)
        place = int(np.flatnonzero(size == size.max())[0])  # units are sorted by name
        unit, before = moves.units[place], int(moves.before[place])
        parts = Listed(
            Sentence("{part:+g} by {cause}", part=moves.parts[cause][place], cause=text)
            for cause, text in _CAUSES.items()
            if moves.parts[cause][place]
        )
        sentence = Sentence(
            "{unit} moves most between {previous} and {period}, from rank {before} to {after}: {parts}",
            unit=unit,
            previous=panel.previous,
            period=panel.period,
            before=before,
            after=before + int(moves.total[place]),
            parts=parts,
        )
        return Finding(unit, float(moves.total[place]), None, sentence, severity="information", period=panel.period)


@dataclass(frozen=True, eq=False)
class _Moves:
    """The moves between the ranks of two periods, for the units of both, and the parts of each move."""

    units: list[str]
    before: Array
    """The rank in the period before, among all units of that period."""
    total: Array
    """The rank in the period less the rank in the period before."""
    own: Array
    others: Array
    method: Array
    sample: Array

    @classmethod
    def of(cls, panel: PanelFacts) -> _Moves:
        both = np.isfinite(panel.now) & np.isfinite(panel.before) & np.isfinite(panel.restated)
        now, before, restated = panel.now[both], panel.before[both], panel.restated[both]
        all_now = _ranks(now, panel.now[np.isfinite(panel.now)])
        all_before = _ranks(before, panel.before[np.isfinite(panel.before)])
        among_now, among_before, among_restated = _ranks(now, now), _ranks(before, before), _ranks(restated, restated)
        # a unit alone with its new or its old score: its own score among the others is taken out of the count
        new_alone = _ranks(now, restated) - (restated > now)
        old_alone = _ranks(restated, now) - (now > restated)
        own = ((new_alone - among_restated) + (among_now - old_alone)) / 2
        return cls(
            units=[unit for unit, has in zip(panel.units, both, strict=True) if has],
            before=all_before,
            total=all_now - all_before,
            own=own,
            others=(among_now - among_restated) - own,
            method=among_restated - among_before,
            sample=(all_now - among_now) - (all_before - among_before),
        )

    @cached_property
    def parts(self) -> dict[str, Array]:
        """The parts of the moves by cause."""
        return {cause: getattr(self, cause) for cause in _CAUSES}


def _ranks(scores: Array, others: Array) -> Array:
    """Return the rank of each score among others: 1 and the number of higher ones.

    >>> _ranks(np.array([3.0, 1.0]), np.array([4.0, 2.0]))
    array([2., 3.])
    """
    ranks: Array = (1.0 + len(others) - np.searchsorted(np.sort(others), scores, side="right")).astype(np.float64)
    return ranks
