"""The sentences about the move of a unit between two editions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import STATISTICS_STAGES
from indicia.notes import Names, Note, Rank, percentage
from indicia.run import ends_of_ranks
from indicia_editions.causes import Division, divide
from indicia_editions.edition_method import EditionMethod
from indicia_editions.gained import gained
from indicia_editions.overtaken import sentences_on_places
from indicia_editions.scenarios import CAUSES
from indicia_explain.figures import distinct_figures, figure
from indicia_explain.unmeasured import sentences_apart, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_editions.drawn_move import DrawnMove
    from indicia_editions.edition import Edition
    from indicia_editions.scenarios import Scenarios
    from indicia_explain.unmeasured import Reason

_CAUSES = {"own": "move_own", "others": "move_others", "method": "move_method", "sample": "move_sample"}
_WHAT = {"score": "move_score", "rank": "move_rank"}
_OTHERS = {"(rounding)": "chart_rounding", "(scale)": "chart_scale", "(weights)": "move_weights"}
"""The words for the parts that no indicator has."""
_MOST = 5
"""The most indicators that a sentence names."""
_NOTHING = 1e-9
"""The least part that is more than rounding noise, as a share of the largest score or rank."""


def names_of_others(language: str | None) -> dict[str, str]:
    """Return the words of a language for the parts that no indicator has."""
    return {part: Note(word).in_language(language, {}) for part, word in _OTHERS.items()}


def findings(move: DividedMove, own_parts: pl.DataFrame | None) -> Iterator[Note]:
    """Yield the move, who changed places, its causes, those whose sign depends on the order, and how sure the move is.

    `own_parts` has the parts of indicators in own data; None if there are none.
    """
    yield _headline(move)
    if move.ranks is not None:
        yield from sentences_on_places(move.unit, *(edition.rank_of_unit for edition in (move.old, move.new)))
    for what in move.divisions:
        if note := _causes(move, what):
            yield note
        if what == "score" and own_parts is not None:
            yield from _own(move, own_parts)
    if ranges := list(_ranges(move)):
        yield Note("move_depends", ranges=Names(tuple(ranges), limit=len(ranges)))
    if move.drawn is not None and move.drawn.are_paired:
        yield from _certainty(move, move.drawn)


def _headline(move: DividedMove) -> Note:
    """Return the move of the rank and of the score."""
    first, second = move.scores
    words: dict[str, Any] = {"unit": Names.of([move.unit]), "old": move.old.name, "new": move.new.name}
    texts = distinct_figures(first, second, _size(move, "score"), move.new.result.scored.tree.decimals or 0)
    figures = dict(zip(("first", "second"), texts, strict=True))
    figures |= {"change": _figure(move, second - first, signed=True)}
    if move.ranks is None:
        return Note("move_unranked", **words, **figures)
    is_changed = not _is_nothing(move, "score", second - first)
    words["score"] = Note("move_to", **figures) if is_changed else Note("move_not", first=figures["first"])
    before, after = move.ranks
    if before == after:
        return Note("move_stayed", **words, before=Rank(before))
    return Note("move_climbed" if after < before else "move_fell", **words, before=Rank(before), after=Rank(after))


def _causes(move: DividedMove, what: str) -> Note | None:
    """Return the parts of the causes that change the score or the rank; None if no cause changes it."""
    parts = move.divisions[what].shapley[:, 0].tolist()
    changing = [number for number in range(len(CAUSES)) if not _is_nothing(move, what, parts[number])]
    if not changing:
        return None
    words = [
        Note("move_part", why=Note(_CAUSES[CAUSES[number]]), by=_number(move, what, parts[number]))
        for number in sorted(changing, key=lambda number: -abs(parts[number]))
    ]
    total = sum(parts[: len(CAUSES)])
    return Note(
        "move_of_score" if what == "score" else "move_of_rank",
        change=_number(move, what, total),
        parts=Names(tuple(words)),
        data=_number(move, what, parts[-1]),
    )


def _own(move: DividedMove, table: pl.DataFrame) -> Iterator[Note]:
    """Yield the part of own data by indicator, and apart from it the indicators that an edition did not measure."""
    own = float(move.divisions["score"].shapley[0, 0])
    parts = {name: part for name, part in table.select("indicator", "part").iter_rows() if part}
    if all(_is_nothing(move, "score", part) for part in parts.values()):
        return
    ordered = sorted(parts, key=lambda name: -abs(parts[name]))
    reasons = [_reasons(edition, move.unit, table, which) for which, edition in (("old", move.old), ("new", move.new))]
    measured = [name for name in ordered if not any(name in of_edition for of_edition in reasons)]
    shown = measured if len(measured) <= _MOST + 1 else measured[:_MOST]
    notes = [_own_part("move_part", "why", "by", move, name, parts[name]) for name in shown]
    if rest := measured[len(shown) :]:
        count = Note("move_own_rest", count=str(len(rest)))
        notes.append(Note("move_part", why=count, by=_number(move, "score", sum(parts[name] for name in rest))))
    if notes:
        yield Note("move_own_parts", change=_number(move, "score", own), parts=Names(tuple(notes), limit=len(notes)))
    apart = [(name, _own_part("score_part", "part", "value", move, name, parts[name])) for name in ordered]
    for edition, of_edition in zip((move.old, move.new), reasons, strict=True):
        unit = Note("unit_in_edition", unit=Names.of([move.unit]), edition=edition.name)
        yield from sentences_apart(unit, apart, of_edition)
        apart = [(name, note) for name, note in apart if name not in of_edition]


def _own_part(key: str, name: str, value: str, move: DividedMove, part: str, size: float) -> Note:
    word = _OTHERS.get(part)
    return Note(key, **{name: Note(word) if word else Names.of([part]), value: _number(move, "score", size)})


def _reasons(edition: Edition, unit: str, table: pl.DataFrame, which: str) -> dict[str, Reason]:
    """Return the indicators that an edition did not measure for a unit, with the reason."""
    is_indicator = ~pl.col("indicator").is_in(list(_OTHERS))
    absent = table.filter(is_indicator & pl.col(f"{which}_raw").is_null())["indicator"]
    row = int(edition.scored_rows[edition.units.index(unit)])
    return {**dict.fromkeys(absent, "missing"), **unmeasured(edition.result, row)}


def _ranges(move: DividedMove) -> Iterator[Note]:
    """Yield the causes whose part has another sign in another order."""
    for what, division in move.divisions.items():
        for number, cause in enumerate(CAUSES):
            low, high = float(division.lowest[number, 0]), float(division.highest[number, 0])
            if low < 0 < high and not (_is_nothing(move, what, low) or _is_nothing(move, what, high)):
                words = {"what": Note(_WHAT[what]), "cause": Note(_CAUSES[cause])}
                yield Note("move_range", **words, **_interval(move, what, low, high))


def _certainty(move: DividedMove, drawn: DrawnMove) -> Iterator[Note]:
    """Yield the shares of draws in which the unit climbed and fell, and in which its score rose."""
    table = drawn.table.row(0, named=True)
    yield Note(
        "move_sure",
        unit=Names.of([move.unit]),
        draws=f"{table['draws']:,}",
        climbed=percentage(table["climbed"]),
        fell=percentage(table["fell"]),
        **_interval(move, "rank", table["rank_lower"], table["rank_upper"]),
    )
    if table["score_rose"] is not None:
        yield Note("move_score_rose", share=percentage(table["score_rose"]))


def notes(move: DividedMove, without_own_parts: str | None) -> Iterator[Note]:
    """Yield the statistics that stay the same in all scenarios, and what could not be divided or drawn.

    `without_own_parts` is the reason why own data have no parts of indicators; None if they have.
    """
    is_one_panel = move.old.result is move.new.result
    yield from ends_of_ranks(move.new.result.definition, move.new.result.scored.tree)
    for edition in (move.new,) if is_one_panel else (move.old, move.new):
        method = EditionMethod(edition)
        held = [stage for stage in (*STATISTICS_STAGES, "weighting") if method.holds(stage)]
        if held := [stage for stage in held if stage in method.comparing_stages]:
            yield (
                Note("move_held", stages=Names.of(held))
                if is_one_panel
                else Note("move_held_by_method", edition=edition.name)
            )
    if move.ranks is None:
        yield Note("move_without_ranks", unit=Names.of([move.unit]))
    if without_own_parts is not None:
        yield Note("move_no_own_parts", reason=without_own_parts)
    if move.drawn is not None and not move.drawn.are_paired:
        yield Note("move_not_paired")
    if move.drawn is not None and "data" in move.drawn.question["varied"]:
        yield Note("redrawn")


def _figure(move: DividedMove, value: float, *, signed: bool = False) -> str:
    return figure(value, _size(move, "score"), signed=signed)


def _interval(move: DividedMove, what: str, low: float, high: float) -> dict[str, str]:
    """Write the ends of a range of parts, the smaller printed one first."""
    ends = (high, low) if what == "rank" else (low, high)
    return dict(zip(("low", "high"), (_number(move, what, end) for end in ends), strict=True))


def _number(move: DividedMove, what: str, value: float) -> str:
    """Write a part of a score with the digits of the scale, and of a rank as places, with a decimal if it has one."""
    value = 0.0 if _is_nothing(move, what, value) else value
    if what == "score":
        return _figure(move, value, signed=True)
    text = f"{gained(value):+,.1f}".removesuffix(".0").replace("-", "−")
    return "0" if text in ("+0", "−0") else text


def _is_nothing(move: DividedMove, what: str, part: float) -> bool:
    return abs(part) <= _NOTHING * _size(move, what)


def _size(move: DividedMove, what: str) -> float:
    """Return the largest score or rank of the two editions."""
    values = [
        np.nanmax(np.abs(edition.scores if what == "score" else edition.ranks)) for edition in (move.old, move.new)
    ]
    return float(max(values))


@dataclass(frozen=True, repr=False, eq=False)
class DividedMove:
    """The move of the unrounded score and of the rank of a unit, new - old, divided into four causes.

    Own data: the row of the unit. Others' data: the rows of the units that both editions have. Method: all that the
    index file states. Sample: the units that came or went. A negative part of the rank is a climb.
    """

    unit: str
    """The unit, by its key."""
    old: Edition
    new: Edition
    runs: Scenarios
    """The sixteen runs, of this unit alone."""
    drawn: DrawnMove | None
    """The move in the draws; None if nothing was drawn."""

    @property
    def scores(self) -> tuple[float, float]:
        """The unrounded scores in the old and in the new edition."""
        values = self.runs.scores[..., 0]
        return float(values[0, 0, 0, 0]), float(values[1, 1, 1, 1])

    @property
    def ranks(self) -> tuple[float, float] | None:
        """The ranks in the old and in the new edition; None if the unit has no rank in one of the runs."""
        values = self.runs.ranks[..., 0]
        if np.isnan(values).any():
            return None
        return float(values[0, 0, 0, 0]), float(values[1, 1, 1, 1])

    @cached_property
    def divisions(self) -> dict[str, Division]:
        """The parts of the causes by what is divided: score, and rank unless the unit has none in one of the runs."""
        divisions = {"score": divide(self.runs.scores)}
        return divisions if self.ranks is None else {**divisions, "rank": divide(self.runs.ranks)}
