"""The attributes of values on the page: marks beside dots, a list for each unit, sentences of the methodology."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia_report.markup import Html, escape, figure, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from indicia.run import CellAttributes
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

MARK = "†"
"""The mark of a value with a status, or with a year before that of the others."""
_NORMAL = ("A",)
"""The status of a normal value in the SDMX list CL_OBS_STATUS."""
_YEAR = r"^([12]\d{3})(?:\.0)?$"
_MOST_CODES = 12
"""The most states that a sentence names."""


@dataclass(frozen=True)
class ValueAttributes:
    """The attributes of the values of a period."""

    view: PeriodView

    @property
    def _cells(self) -> CellAttributes:
        return self.view.result.cell_attributes

    @cached_property
    def _by_indicator(self) -> dict[str, list[tuple[object, ...]]]:
        """The value, year, source, status and standard error of each unit, by indicator."""
        cells, rows = self._cells, pl.Series(self.view.rows)
        attributes = ("year", "source", "status", "standard_error")
        return {
            name: pl.DataFrame(
                [cells.values[name].alias("value"), *(cells.of(kind, name).alias(kind) for kind in attributes)]
            )
            .filter(rows)
            .rows()
            for name in (leaf.id for leaf in self.view.leaves)
            if name in cells.names
        }

    @cached_property
    def newest_year(self) -> int | None:
        """The year of the period; for other periods, the newest year of the values; None without years."""
        years = self._cells.frames.get("year", pl.DataFrame()).filter(pl.Series(self.view.rows))
        newest = max((year for year in years.max().row(0) if year is not None), default=None) if years.width else None
        period = pl.Series([self.view.period], dtype=pl.String).str.extract(_YEAR)[0]
        return newest if newest is None or period is None else int(period)

    @cached_property
    def marks(self) -> npt.NDArray[np.bool_]:
        """Flags of the values with a status or an older year, (units, descendants)."""
        cells, rows = self._cells, pl.Series(self.view.rows)
        flags = np.zeros((len(self.view.units), len(self.view.descendants)), bool)
        for place, part in enumerate(self.view.descendants):
            if part.id in self._by_indicator:
                status = cells.of("status", part.id)
                is_marked = (cells.of("year", part.id) < self.newest_year) | ~status.is_in(_NORMAL)
                flags[:, place] = (is_marked.fill_null(value=False) & cells.values[part.id].is_not_null()).filter(rows)
        return flags

    def legend(self, texts: Texts) -> str:
        """Explain the mark; empty if no value has it."""
        if not self.marks.any():
            return ""
        return paragraph(texts.html("attributes_mark", mark=MARK, year=self.newest_year or "–"), "note")

    def of_unit(self, at: int, texts: Texts) -> str:
        """Return the list of the attributes of the values of a unit; figures are left out if they are withheld."""
        entries, publishes = [], self.view.result.definition.publishes_raw_values
        for name, rows in self._by_indicator.items():
            value, year, source, status, error = rows[at]
            facts = [year, status, source, f"± {figure(error)}" if isinstance(error, float) and publishes else None]
            if value is None or all(fact is None for fact in facts):
                continue
            shown = " · ".join(escape(fact) for fact in facts if fact is not None)
            number = f" {figure(value)}" if isinstance(value, float) and publishes else ""
            entries.append(f"<li>{texts.name(self.view.name_of(name))}{number} (<bdi>{shown}</bdi>)")
        return f"<ul class=note>{''.join(entries)}</ul>" if entries else ""


def attribute_sentences(view: PeriodView, texts: Texts) -> Iterator[Html]:
    """Yield the sentences of the methodology on years, sources, states and standard errors of values."""
    table = view.result.attributes.filter(pl.col("value").is_not_null())
    years = table["year"].drop_nulls()
    if len(years):
        first, last = years.min(), years.max()
        key = "method_year" if first == last else "method_years"
        yield texts.html(key, n=f"{len(years):,}", first=first, last=last)
    if count := table["source"].count():
        yield texts.html("method_sources", n=f"{count:,}")
    states = table["status"].drop_nulls().value_counts(sort=True).sort("count", "status", descending=[True, False])
    if len(states):
        codes = ", ".join(f"{status} ({count:,})" for status, count in states.head(_MOST_CODES).iter_rows())
        yield texts.html("method_states", n=f"{states['count'].sum():,}", codes=codes)
    if count := table["standard_error"].count():
        yield texts.html("method_errors", n=f"{count:,}")
