"""The columns of the page: raw and normalised values, scores, imputed cells, years and notes of values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Leaf, Node
from indicia.methods import Domain
from indicia.result import clear_trends
from indicia_report.markup import figure
from indicia_report.model.columns import encode, encode_line

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.result import Result
    from indicia_report.model.tree import PageTree
    from indicia_report.model.types import Doubles, Line, Plain, Trend, Whole
    from indicia_report.model.units import UnitRows

    Rows = npt.NDArray[np.intp]

_NORMAL = ("A",)
"""The status of a normal value in the SDMX list CL_OBS_STATUS."""


@dataclass(frozen=True)
class PageValues:
    """The values of a result, by the place of their part in the tree."""

    result: Result
    tree: PageTree

    @property
    def _publishes_raw(self) -> bool:
        return self.result.definition.publishes_raw_values

    @cached_property
    def _raw_values(self) -> dict[str, Array]:
        """The values of the indicators before missing values are filled, by indicator."""
        values = self.result.scored.raw.values
        return {leaf.id: _numbers(values[leaf.id]) for leaf in self.tree.leaves if leaf.id in values.columns}

    @cached_property
    def _imputed_values(self) -> dict[str, tuple[Rows, Array]]:
        """The rows that an imputation filled, and their raw values, by indicator."""
        filled = {}
        for change in self.result.scored.changes:
            if change.stage == "imputation":
                for before, after in zip(change.before, change.after, strict=True):
                    rows = _filled_rows(before, after)
                    filled[before.name] = rows, _numbers(after)[rows]
        return filled

    @cached_property
    def raw(self) -> dict[str, Plain]:
        """The values before missing values are filled; none if they may not be published."""
        if not self._publishes_raw:
            return {}
        return {str(self.tree.place[name]): encode(values) for name, values in self._raw_values.items()}

    @cached_property
    def normalised(self) -> dict[str, Whole | Doubles | Line]:
        """The normalised values: as a line of the raw values where that is exact and these are published."""
        frame = self.result.scored.normalised
        return {str(self.tree.place[leaf.id]): self._normalised(leaf.id, frame) for leaf in self.tree.leaves}

    def _normalised(self, name: str, frame: pl.DataFrame) -> Whole | Doubles | Line:
        normalised = _numbers(frame[name])
        if self._publishes_raw and name in self._raw_values:
            values = self._raw_values[name]
            if name in self._imputed_values:
                rows, filled = self._imputed_values[name]
                values = values.copy()
                values[rows] = filled
            line = encode_line(values, normalised)
            if line is not None:
                return line
        return encode(normalised)

    def scores(self) -> dict[str, Plain]:
        """Return the scores of the dimensions, except the index, that the script of the page cannot compute."""
        nodes = self.result.scored.nodes
        return {str(self.tree.place[name]): encode(_numbers(nodes[name])) for name in self.tree.reasons if name != ROOT}

    def score(self) -> Plain:
        """Return the scores of the index."""
        return encode(_numbers(self.result.scored.nodes[ROOT]))

    def rank(self) -> Plain:
        """Return the ranks of the index."""
        return encode(_numbers(self.result.scored.rank))

    def ranks(self) -> dict[str, Plain]:
        """Return the ranks of the units by each dimension, except the index, and by each indicator."""
        frames = (self.result.ranks, self.result.indicator_ranks)
        parts = (part for part in self.tree.parts if part.id != ROOT)
        return {
            str(self.tree.place[part.id]): encode(_numbers(frames[isinstance(part, Leaf)][part.id])) for part in parts
        }

    def imputed(self) -> list[tuple[int, int, float | None]]:
        """Return the cells that an imputation or the rule of a dimension filled: row, part, raw value if published."""
        cells: list[tuple[int, int, float | None]] = []
        for name, (rows, values) in self._imputed_values.items():
            if name in self.tree.place:
                shown = values.tolist() if self._publishes_raw else [None] * len(rows)
                cells += zip(rows.tolist(), [self.tree.place[name]] * len(rows), shown, strict=True)
        for change in self.result.scored.changes:
            if change.stage == "missing":
                for before, after in zip(change.before, change.after, strict=True):
                    place = self.tree.place[before.name]
                    cells += [(row, place, None) for row in _filled_rows(before, after).tolist()]
        return cells

    @cached_property
    def _years(self) -> dict[str, pl.Series]:
        frame = self.result.cell_attributes.frames.get("year", pl.DataFrame())
        stated = (leaf.id for leaf in self.tree.leaves if leaf.id in frame.columns)
        values = self.result.cell_attributes.values
        years = {name: frame[name].set(values[name].is_null(), None) for name in stated}
        return {name: column for name, column in years.items() if column.count()}

    def years(self) -> dict[str, Plain]:
        """Return the years of the values that the data state."""
        return {str(self.tree.place[name]): encode(_numbers(column)) for name, column in self._years.items()}

    def year_ranges(self) -> dict[str, str]:
        """Return the year, or the first and the last year, of the values of each indicator that states them."""
        ends = {name: [str(column.min()), str(column.max())] for name, column in self._years.items()}
        return {name: "–".join(dict.fromkeys(pair)) for name, pair in ends.items()}

    def noted(self) -> list[tuple[int, int, str]]:
        """Return the status, the source and the standard error of the values that have them: row, part, text."""
        cells, notes = self.result.cell_attributes, list[tuple[int, int, str]]()
        for leaf in self.tree.leaves:
            if leaf.id not in cells.names:
                continue
            status = cells.of("status", leaf.id)
            frame = pl.DataFrame(
                [
                    status.set(status.is_in(_NORMAL).fill_null(value=False), None).alias("status"),
                    cells.of("source", leaf.id).alias("source"),
                    cells.of("standard_error", leaf.id).alias("error"),
                    cells.values[leaf.id].alias("value"),
                ]
            )
            attributes = ["status", "source", "error"]
            stated = pl.any_horizontal(pl.col(attributes).is_not_null()) & pl.col("value").is_not_null()
            rows = frame.with_row_index("row").filter(stated).select("row", *attributes)
            for row, code, source, error in rows.iter_rows():
                size = f"± {figure(error)}" if error is not None and self._publishes_raw else None
                if facts := [fact for fact in (code, source, size) if fact is not None]:
                    notes.append((row, self.tree.place[leaf.id], " · ".join(facts)))
        return notes


def trends(result: Result, units: UnitRows) -> dict[str, Trend] | None:
    """Return the direction of the score of each row up to its period, and the place of the first period of its unit.

    None without periods, or if all units have scores in too few.
    """
    period = result.definition.data.period
    if period is None or units.period_of_row is None:
        return None
    frame = clear_trends(result.scores, "score", unit=result.unit, period=period)
    if frame["direction"].null_count() == len(frame):
        return None
    places = dict(zip(frame[period], units.period_of_row.tolist(), strict=True))
    since = np.array([np.nan if first is None else places[first] for first in frame["since"]])
    return {"0": {"direction": encode(_numbers(frame["direction"])), "since": encode(since)}}


def counts_as_log(root: Node) -> bool:
    """Return whether ranks compare the logarithms of scores above 0."""
    return root.aggregation.domain is Domain.POSITIVE


def _filled_rows(before: pl.Series, after: pl.Series) -> Rows:
    """Return the rows in which a missing value was filled."""
    return np.flatnonzero((before.is_null() & after.is_not_null()).to_numpy())


def _numbers(column: pl.Series) -> Array:
    numbers: Array = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return numbers
