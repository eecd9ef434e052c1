"""The move of a unit between two editions: its causes, the runs behind them, and how sure the move is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import DataError, IndiciaError, join_names
from indicia_editions import move_sentences
from indicia_editions.drawn_move import DrawnMove
from indicia_editions.move_sentences import DividedMove
from indicia_editions.own_parts import own_parts
from indicia_editions.scenarios import CAUSES, Scenarios
from indicia_explain.units import row_of

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Note
    from indicia.result import Result
    from indicia_editions.edition import Edition
    from indicia_robustness import Robust

DATA = "data"
"""Own and others' data together: in a panel the two nearly cancel each other, if all units improve alike."""


@dataclass(frozen=True, repr=False, eq=False)
class ExplainedMove(DividedMove):
    """The move of a unit between two editions, as tables and sentences; `DividedMove` has its figures."""

    @property
    def result(self) -> Result:
        """The result of the later edition."""
        return self.new.result

    @cached_property
    def causes(self) -> pl.DataFrame:
        """The part of each cause in the move."""
        rows = []
        for what, division in self.divisions.items():
            columns = (division.shapley, division.first, division.last, division.lowest, division.highest)
            for number, cause in enumerate((*CAUSES, DATA)):
                rows.append((what, cause, *(float(column[number, 0]) for column in columns)))
        names = ["what", "cause", "shapley", "first", "last", "lowest", "highest"]
        return pl.DataFrame(rows, schema=names, orient="row")

    @cached_property
    def scenarios(self) -> pl.DataFrame:
        """The sixteen runs, with the unit's unrounded score and rank."""
        rows = [
            (*reversed(bits), *(float(values[(*reversed(bits), 0)]) for values in (self.runs.scores, self.runs.ranks)))
            for bits in product((0, 1), repeat=4)
        ]
        frame = pl.DataFrame(rows, schema=[*CAUSES, "score", "rank"], orient="row")
        return frame.with_columns(pl.col("rank").fill_nan(None))

    @cached_property
    def parts(self) -> pl.DataFrame:
        """The part of own data divided among the indicators; see `own_parts`."""
        if isinstance(self._own_parts, IndiciaError):
            raise self._own_parts
        return self._own_parts

    @cached_property
    def _own_parts(self) -> pl.DataFrame | IndiciaError:
        """The parts of indicators, or the error that explains why there are none."""
        try:
            with self.new.result.origin.located():
                return own_parts(self.old, self.new, self.unit)
        except IndiciaError as error:
            return error

    @cached_property
    def totals(self) -> pl.DataFrame:
        """The unit's score and rank before and after."""
        pairs = {"score": self.scores, **({} if self.ranks is None else {"rank": self.ranks})}
        rows = [(what, old, new, new - old) for what, (old, new) in pairs.items()]
        return pl.DataFrame(rows, schema=["what", "old", "new", "move"], orient="row")

    @property
    def findings(self) -> tuple[Note, ...]:
        """The move, who changed places, its causes, those that depend on the order, and how sure the move is."""
        parts = None if isinstance(self._own_parts, IndiciaError) else self._own_parts
        return tuple(move_sentences.findings(self, parts))

    @property
    def notes(self) -> tuple[Note, ...]:
        """The statistics that stay the same in all scenarios, and what could not be divided or drawn."""
        reason = self._own_parts.what if isinstance(self._own_parts, IndiciaError) else None
        return tuple(move_sentences.notes(self, reason))

    @property
    def question(self) -> dict[str, Any]:
        """The unit, the two editions, and the draws, for the manifest."""
        editions: dict[str, dict[str, Any]] = {
            which: {"name": edition.name, **({"period": edition.period} if edition.period else {})}
            for which, edition in (("old", self.old), ("new", self.new))
        }
        if self.old.result is not self.new.result:
            editions["old"]["manifest"] = self.old.result.manifest
        return {"move": self.unit, **editions, **({} if self.drawn is None else {"draws": self.drawn.question})}


def explain_move(
    old: Edition, new: Edition, unit: str, *, robust: tuple[Robust, Robust] | None = None
) -> ExplainedMove:
    """Divide the move of a unit between two editions into own data, others' data, method and sample.

    Parameters
    ----------
    old, new : Edition
        The editions: two index files or fitted indices with their tables, or two periods of one panel.
    unit : str
        The unit, by its key or its label.
    robust : tuple of Robust, optional
        Analyses of the two editions with one seed (`draw_editions`), which show how sure the move is.

    Returns
    -------
    ExplainedMove
        The tables causes, scenarios, parts and totals, the draws, and sentences.

    Raises
    ------
    IndiciaError
        If the unit is unknown, entered or left, or has no score in one of the sixteen runs; if the method of an edition
        cannot score the data of the other.

    Notes
    -----
    The parts are Shapley values over sixteen whole runs. Series that an imputation fills over the periods of a panel
    belong to the row: its values are those of the panel in all runs.
    """
    key = _key_of(old, new, unit)
    with new.result.origin.located():
        runs = Scenarios.of(old, new, [key])
    _check_scored(runs, key, (old, new))
    drawn = None if robust is None else DrawnMove.of(robust, key)
    return ExplainedMove(key, old, new, runs, drawn)


def _key_of(old: Edition, new: Edition, unit: str) -> str:
    """Return the key of a unit that both editions have and score."""
    key = unit
    if unit not in new.units and unit not in old.units:
        key = _key_of_label(new, old, unit)
    for has, lacks, verb in ((new, old, "entered"), (old, new, "left")):
        if key in has.units and key not in lacks.units:
            raise DataError(
                f"{unit} {verb}: {lacks.name} does not have it, so that it did not move",
                remedy=f"indicia diff lists the units that {verb}; a unit with another name needs the same one in both",
            )
    for edition in (old, new):
        if np.isnan(edition.scores[edition.units.index(key)]):
            raise DataError(
                f"{unit} has no score in {edition.name}: too many of its values are missing",
                remedy="ask about a unit with a score in both editions",
            )
    return key


def _key_of_label(new: Edition, old: Edition, label: str) -> str:
    """Return the key of a unit that has a label in one of the editions; the error is that of the new edition."""
    try:
        row = row_of(new.result, label, new.period)
        edition = new
    except IndiciaError as error:
        try:
            row, edition = row_of(old.result, label, old.period), old
        except IndiciaError:
            raise error from None
    return str(edition.result.scored.units[edition.unit][row])


def _check_scored(runs: Scenarios, unit: str, editions: tuple[Edition, Edition]) -> None:
    """Refuse a unit without a score in one of the runs."""
    values: Array = runs.scores[..., 0]
    for own, others, method, sample in product((0, 1), repeat=4):
        bits = own, others, method, sample
        if np.isnan(values[bits]):
            words = [f"{cause} of {editions[bit].name}" for cause, bit in zip(_WORDS, bits, strict=True)]
            error = runs.errors.get(bits)
            raise DataError(
                f"{unit} has no score with {join_names(words, 4)}" + (f": {error.what}" if error else ""),
                where=error.where if error else None,
                remedy="complete its values; a move is divided only if the unit has a score in all sixteen runs",
            )


_WORDS = ("its own data", "the others' data", "the method", "the list of units")
