"""The sheets with one row per unit: data, normalised values, scores, differences."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import ROOT
from indicia.errors import OutputError
from indicia.export.long import measured_in
from indicia.export.sheets import FIRST
from indicia.export.styles import SCALE, Styles, number_format, with_mark
from indicia.export.text import letters_of, placed
from indicia.export.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from indicia.export.sheets import Entry
    from indicia.export.text import Column, Values
    from indicia.export.traced import Traced

NOTES = 1000
"""So many cells have a note of their own; all changes stand in a sheet."""
_IN_A_LINE = 17
"""Letters of a unit of measure that fit beside each other."""


class Rows:
    """Writes the sheets that have one row per unit."""

    def __init__(self, traced: Traced, book: Any, styles: Styles, about: list[tuple[str, pl.Series]]) -> None:
        self.traced, self.book, self.styles, self.about = traced, book, styles, about
        self.layout, self.language, self.names = traced.layout, traced.language, traced.layout.names
        self.cells = traced.result.cells

    def string(self, sheet: Any, row: int, column: int, value: str, style: str) -> None:
        """Write text as text, whatever it looks like."""
        if sheet.write_string(row, column, value, self.styles[style]):
            raise OutputError(
                f"a text of {len(value):,} characters is more than a cell of a spreadsheet holds: {value[:40]}…",
                remedy="shorten it, or write json or parquet",
            )

    def heading(self, sheet: Any, row: int, headings: Sequence[str]) -> None:
        """Write the headings of a table."""
        for place, name in enumerate(headings):
            self.string(sheet, row, place, name, "heading")

    def any(self, sheet: Any, row: int, place: int, value: object, style: str) -> None:
        """Write a value of the table: text as text, numbers as numbers, dates as dates."""
        if value is None:
            sheet.write_blank(row, place, None, self.styles[style])
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            sheet.write_number(row, place, value, self.styles[style])
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            sheet.write_datetime(row, place, value, self.styles["date"])
        else:
            self.string(sheet, row, place, str(value), style)

    def rows(self, key: str, sheet: Any) -> None:
        """Write a sheet with one row per unit."""
        entries = self.layout.entries[key]
        self._units(sheet)
        colours = self._coloured(key)
        bands = [self._band(key, sheet, len(self.about) + at, entry) for at, entry in enumerate(entries)]
        self._bands(sheet, bands)
        for at, entry in enumerate(entries):
            self._column(key, sheet, len(self.about) + at, entry, colours.get(entry.column, {}))
        last = FIRST + self.layout.rows - 2
        first = len(self.about)
        if key.startswith("level"):
            scores = sum(1 for column in self.traced.scores.values() if column.sheet == self.names[key])
            for at in range(first, first + scores):
                sheet.conditional_format(FIRST - 1, at, last, at, SCALE)
        if key == "normalised":
            for at in range(first, first + len(entries)):
                sheet.conditional_format(FIRST - 1, at, last, at, SCALE)
        if key == "check":
            self._verdict(sheet, entries)
            sheet.conditional_format(FIRST - 1, first, last, first + len(entries) - 1, self._wrong())
        if key == "data":
            measures = [measured_in(leaf, self.language) for leaf in self.traced.result.scored.tree.leaves()]
            lines = max((-(-width(one) // _IN_A_LINE) for one in measures), default=1)
            sheet.set_row(FIRST - 3, 12.5 * min(max(lines, 1), 4))
            self._groups(sheet, first + len(entries))
        sheet.autofilter(FIRST - 2, 0, last, first + len(entries) - 1)
        groups = len(self.traced.result.definition.data.groups) if key == "data" else 0
        wide = max(first + len(entries) + groups - 1, 8)
        sheet.print_area(0, 0, last, wide)  # long names do not make the page wider
        sheet.freeze_panes(FIRST - 1, len(self.about))
        sheet.repeat_rows(FIRST - 2)

    def _wrong(self) -> dict[str, Any]:
        cell = f"{letters_of(len(self.about))}{FIRST}"
        return {
            "type": "formula",
            "criteria": f"=OR(ISTEXT({cell}),ABS(N({cell}))>1E-9)",
            "format": self.styles["wrong"],
        }

    def _units(self, sheet: Any) -> None:
        sheet.set_row(FIRST - 2, 64)
        for place, (name, column) in enumerate(self.about):
            self.string(sheet, FIRST - 2, place, name, "heading")
            for row, value in enumerate(column.to_list()):
                self.any(sheet, FIRST - 1 + row, place, value, "unit")
            longest = max((width(str(value)) for value in column.unique().to_list()), default=0)
            sheet.set_column(place, place, min(max(longest + 2, 8), 30))

    def _band(self, key: str, sheet: Any, place: int, entry: Entry) -> str:
        """Write what stands above a column, its name and its unit of measure; return where it belongs."""
        result = self.traced.result
        part = self._part(key, entry.column)
        above = ""
        if part is not None:
            above = next((n.id for n in result.scored.tree.nodes() if part in [one.id for one in n.components]), "")
            above = word("index", self.language) if above == ROOT else self.traced.called(above) if above else ""
            leaf = next((one for one in result.scored.tree.leaves() if one.id == part), None)
            below = measured_in(leaf, self.language) if leaf is not None and key == "data" else ""
            self.string(sheet, FIRST - 3, place, below, "measure")
        if entry.text is None and entry.why not in (None, "input"):
            self.string(sheet, FIRST - 3, place, f"[{word('values', self.language)}]", "measure")
        self.string(sheet, FIRST - 2, place, entry.column.title, "heading")
        sheet.set_column(place, place, 15)
        return above

    def _bands(self, sheet: Any, bands: Sequence[str]) -> None:
        """Write where columns belong, once above those that stand together."""
        start = 0
        for at in range(1, len(bands) + 1):
            if at == len(bands) or bands[at] != bands[start]:
                place, end = len(self.about) + start, len(self.about) + at - 1
                if bands[start] and end > place:
                    sheet.merge_range(FIRST - 4, place, FIRST - 4, end, "", self.styles["band"])
                if bands[start]:
                    self.string(sheet, FIRST - 4, place, bands[start], "band")
                start = at

    def _part(self, key: str, column: Column) -> str | None:
        places = {"data": self.traced.data, "normalised": self.traced.normalised}.get(key, self.traced.scores)
        return next((part for part, one in places.items() if one == column), None)

    def _column(self, key: str, sheet: Any, place: int, entry: Entry, colours: Mapping[int, str]) -> None:
        kind = "formula" if entry.text is not None else {None: "plain", "input": "input"}.get(entry.why, "fixed")
        form = "0.0E+00;-0.0E+00;0" if key == "check" else self.form(entry.column, entry.values)
        marked = self._marked(key, entry.column)
        formulas = None if entry.text is None else placed(f"={entry.text}", self.layout.offsets)
        for row, value in enumerate(entry.values.tolist()):
            style = self.styles.number(colours.get(row, kind), with_mark(form) if row in marked else form)
            at = FIRST - 1 + row
            if formulas is not None:
                shown: Any = "" if value != value else value
                sheet.write_formula(at, place, formulas[row], style, shown)
            elif value != value:
                sheet.write_blank(at, place, None, self.styles.number(colours.get(row, "missing"), form))
            else:
                sheet.write_number(at, place, value, style)

    def form(self, column: Column, values: Values) -> str:
        """Return the number format of a column."""
        return "0 %" if column == self.traced.share else number_format(values)

    def _marked(self, key: str, column: Column) -> set[int]:
        """Return the rows of a column that are imputed or computed from imputed values."""
        flags, part = self.traced.result.imputed.values, self._part(key, column)
        return set(flags[part].arg_true().to_list()) if part in flags.columns else set()

    def _coloured(self, key: str) -> dict[Column, dict[int, str]]:
        """Return the rows of cells that a stage changed, by the column."""
        if key != "data":
            return {}
        found: dict[Column, dict[int, str]] = {}
        for change in self.traced.result.scored.changes:
            if change.stage in ("clip", "missing", "transform"):
                continue
            for name in change.after.columns:
                if name in self.traced.data:
                    differs = change.before[name].ne_missing(change.after[name]).to_numpy()
                    colour = "imputed" if change.stage == "imputation" else "treated"
                    rows = found.setdefault(self.traced.data[name], {})
                    rows.update(dict.fromkeys(np.flatnonzero(differs).tolist(), colour))
        return found

    def notes(self, sheet: Any) -> None:
        """Put a note to each cell that a stage changed, the first ones."""
        told: dict[tuple[int, int], list[str]] = {}
        places = {name: len(self.about) + at for at, name in enumerate(self.traced.data)}
        for change in self.traced.result.scored.changes:
            if change.stage in ("clip", "missing", "transform"):
                continue
            for name in change.after.columns:
                reasons = change.reasons(name)
                differs = np.flatnonzero(change.before[name].ne_missing(change.after[name]).to_numpy())
                if name not in places:
                    continue
                for row in differs.tolist():
                    before, after = change.before[name][row], change.after[name][row]
                    line = f"{change.stage}: {_said(before)} → {_said(after)}; {reasons[row]}"
                    told.setdefault((FIRST - 1 + row, places[name]), []).append(line)
        for (row, place), lines in list(told.items())[:NOTES]:
            sheet.write_comment(row, place, "\n".join(lines), {"x_scale": 2, "y_scale": 0.6, "author": "Indicia"})

    def _groups(self, sheet: Any, first: int) -> None:
        units, groups = self.traced.result.scored.units, self.traced.result.definition.data.groups
        for at, name in enumerate(groups):
            self.string(sheet, FIRST - 4, first + at, word("group", self.language), "band")
            self.string(sheet, FIRST - 2, first + at, name, "heading")
            sheet.set_column(first + at, first + at, 14)
            for row, value in enumerate(units[name].to_list()):
                self.any(sheet, FIRST - 1 + row, first + at, value, "unit")
        self.notes(sheet)

    def _verdict(self, sheet: Any, entries: Sequence[Entry]) -> None:
        first, last = entries[0].column, entries[-1].column
        area = f"${first.letters}${first.first}:${last.letters}${last.last}"
        wrong = f'COUNTIF({area},"{word("differs", self.language)}")'
        largest = f"MAX(MAX({area}),-MIN({area}))"
        equal = word("equal", self.language, n=len(entries) * self.layout.rows)
        differ = word("differ", self.language)
        formula = f'=IF(AND({wrong}=0,{largest}<=1E-9),"{equal}","{differ}"&TEXT({largest},"0.0E+00"))'
        sheet.write_formula(2, 0, formula, self.styles["verdict"], equal)


def _said(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def width(value: str) -> int:
    """Return how many places a text takes; Chinese letters take two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in value)
