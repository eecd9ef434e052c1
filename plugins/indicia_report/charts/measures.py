"""The score of an index or of a part, as charts show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.cell_text import cell_text
from indicia.definition import ROOT, Leaf
from indicia.errors import DataError, suggest

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView


@dataclass(frozen=True)
class Measure:
    """The index, a dimension or an indicator: its name, and its scores or normalised values in a period."""

    view: PeriodView
    id: str
    name: Spoken

    @property
    def is_index(self) -> bool:
        """True for the score of the index."""
        return self.id == ROOT

    @property
    def column(self) -> pl.Series:
        """The values of all rows, of all periods."""
        scored = self.view.result.scored
        frame = scored.nodes if self.id in scored.nodes.columns else scored.normalised
        return frame[self.id].cast(pl.Float64)

    @property
    def values(self) -> Array:
        """The values of the units of the period; NaN is missing."""
        values: Array = self.column.filter(pl.Series(self.view.rows)).fill_null(float("nan")).to_numpy()
        return values

    @property
    def digits(self) -> int:
        """The number of decimals of the values."""
        present = self.column.drop_nulls().abs().max()
        large = isinstance(present, float) and present >= 10
        return self.view.digits if self.is_index else 2 if large else 3

    def words(self, style: ChartStyle) -> str:
        """Return the name of an axis: "score" for the index, else the name of the part."""
        return style.text("score") if self.is_index else style.name(self.name)


def measure_of(view: PeriodView, part: str | None) -> Measure:
    """Return the index, or a part by its id or its name for readers.

    Raises
    ------
    DataError
        If the index has no such part.
    """
    if part is None or part == ROOT:
        return Measure(view, ROOT, view.title)
    names = {descendant.id: view.name_of(descendant.id) for descendant in view.descendants}
    found = part if part in names else next((key for key, name in names.items() if part in name.values()), None)
    if found is None:
        known = [*names, *(text for name in names.values() for text in name.values())]
        raise DataError(f'the index has no part "{part}"', remedy=suggest(part, known))
    return Measure(view, found, names[found])


def leaves_below(view: PeriodView, part: str | None) -> list[Leaf]:
    """Return the indicators of the index, or of a part."""
    measure = measure_of(view, part)
    if measure.is_index:
        return view.leaves
    found = next(descendant for descendant in view.descendants if descendant.id == measure.id)
    return [found] if isinstance(found, Leaf) else list(found.leaves())


def places_below(view: PeriodView, part: str | None) -> list[int]:
    """Return the places of the parts below a part among all descendants of the index; all without a part."""
    measure = measure_of(view, part)
    places = range(len(view.descendants))
    if measure.is_index:
        return list(places)
    found = next(descendant for descendant in view.descendants if descendant.id == measure.id)
    below = {found.id} if isinstance(found, Leaf) else {descendant.id for descendant in found.descendants()}
    return [place for place in places if view.descendants[place].id in below]


@dataclass(frozen=True)
class Series:
    """The values of units over all periods, a row for each unit and period."""

    frame: pl.DataFrame
    """The unit, the period as text, the value and the rank of the index."""
    periods: tuple[str, ...]

    @property
    def are_years(self) -> bool:
        """True if all periods are whole numbers."""
        return all(period.removeprefix("-").isdigit() for period in self.periods)


def series_of(measure: Measure) -> Series | None:
    """Return the values over all periods; None for an index without at least two periods."""
    result = measure.view.result
    period = result.definition.data.period
    if period is None or result.scored.units[period].n_unique() < 2:
        return None
    units = result.scored.units
    frame = units.select(
        pl.col(result.unit).cast(pl.String).alias("unit"),
        cell_text(period, units.schema[period]).alias("period"),
        pl.col(period).alias("at"),
    ).hstack([measure.column.alias("value"), result.scored.ranks["rank"].cast(pl.Float64)])
    frame = frame.drop_nulls("at").sort("at", maintain_order=True)
    return Series(frame.drop("at"), tuple(frame["period"].unique(maintain_order=True)))
