"""The sheets with one row per unit: data, normalised values, scores, differences."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import ROOT, unit_of_measure
from indicia.errors import OutputError
from indicia_workbook.sheets import FIRST, Entry
from indicia_workbook.styles import SCALE, Styles, number_format, with_mark
from indicia_workbook.text import Column, fill_rows, letters_of, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia_workbook.contents import Contents
    from indicia_workbook.text import Values


NOTES = 1000
"""The most cells with notes; the sheet of changed cells lists all changes."""
_HEADING_WIDTH, _HEADING_HEIGHT = 12, 156.0
"""The letters of a heading in a line, with room for whole words, and the greatest height of headings."""
_LINE_WIDTH = 17
"""The most letters of a unit of measure in a line."""


class Rows:
    """Writes the sheets that have one row per unit."""

    def __init__(
        self, contents: Contents, book: Any, styles: Styles, unit_columns: list[tuple[str, pl.Series]]
    ) -> None:
        self.contents, self.book, self.styles, self.unit_columns = contents, book, styles, unit_columns
        self.layout, self.language, self.names = contents.layout, contents.language, contents.layout.names
        self.cells = contents.result.cells

    def string(self, sheet: Any, row: int, column: int, value: str, style: str) -> None:
        """Write a value as a text, even if it looks like a formula or a number."""
        if sheet.write_string(row, column, value, self.styles[style]):
            raise OutputError(
                f"a text of {len(value):,} characters is too long for a cell of a spreadsheet: {value[:40]}…",
                remedy="shorten it, or write json or parquet",
            )

    def heading(self, sheet: Any, row: int, headings: Sequence[str]) -> None:
        """Write the headings of a table."""
        for place, name in enumerate(headings):
            self.string(sheet, row, place, name, "heading")

    def any(self, sheet: Any, row: int, place: int, value: object, style: str) -> None:
        """Write a value with its type: text, number or date."""
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
        bands = [self._band(key, sheet, len(self.unit_columns) + at, entry) for at, entry in enumerate(entries)]
        self._bands(sheet, bands)
        sheet.set_row(FIRST - 2, heading_height(entry.column.title for entry in entries))
        for at, entry in enumerate(entries):
            self._column(key, sheet, len(self.unit_columns) + at, entry, colours.get(entry.column, {}))
        last = FIRST + self.layout.rows - 2
        first = len(self.unit_columns)
        if key.startswith("level"):
            scores = sum(1 for column in self.contents.scores.values() if column.sheet == self.names[key])
            for at in range(first, first + scores):
                sheet.conditional_format(FIRST - 1, at, last, at, SCALE)
        if key == "normalised":
            for at in range(first, first + len(entries)):
                sheet.conditional_format(FIRST - 1, at, last, at, SCALE)
        if key == "check":
            self._verdict(sheet, entries)
            sheet.conditional_format(FIRST - 1, first, last, first + len(entries) - 1, self._wrong())
        if key == "data":
            measures = [unit_of_measure(leaf, self.language) for leaf in self.contents.result.scored.tree.leaves()]
            lines = max((-(-width(measure) // _LINE_WIDTH) for measure in measures), default=1)
            sheet.set_row(FIRST - 3, 12.5 * min(max(lines, 1), 4))
            self._groups(sheet, first + len(entries))
        sheet.autofilter(FIRST - 2, 0, last, first + len(entries) - 1)
        groups = len(self.contents.result.definition.data.groups) if key == "data" else 0
        wide = max(first + len(entries) + groups - 1, 8)
        sheet.print_area(0, 0, last, wide)  # long names do not make the page wider
        sheet.freeze_panes(FIRST - 1, len(self.unit_columns))

    def _wrong(self) -> dict[str, Any]:
        cell = f"{letters_of(len(self.unit_columns))}{FIRST}"
        return {
            "type": "formula",
            "criteria": f"=OR(ISTEXT({cell}),ABS(N({cell}))>1E-9)",
            "format": self.styles["wrong"],
        }

    def _units(self, sheet: Any) -> None:
        for place, (name, column) in enumerate(self.unit_columns):
            self.string(sheet, FIRST - 2, place, name, "heading")
            for row, value in enumerate(column.to_list()):
                self.any(sheet, FIRST - 1 + row, place, value, "unit")
            longest = max((width(str(value)) for value in column.unique().to_list()), default=0)
            sheet.set_column(place, place, min(max(longest + 2, 8), 30))

    def _band(self, key: str, sheet: Any, place: int, entry: Entry) -> str:
        """Write the heading of a column with its unit of measure; return the name of the parent."""
        result = self.contents.result
        part = self._part(key, entry.column)
        parent = ""
        if part is not None:
            parent = " · ".join(
                word("index", self.language) if name == ROOT else self.contents.name_of(name)
                for name in result.scored.tree.parents.get(part, ())
            )
            leaf = next((leaf for leaf in result.scored.tree.leaves() if leaf.id == part), None)
            measure_text = unit_of_measure(leaf, self.language) if leaf is not None and key == "data" else ""
            self.string(sheet, FIRST - 3, place, measure_text, "measure")
        if entry.text is None and entry.why not in (None, "input"):
            self.string(sheet, FIRST - 3, place, f"[{word('values', self.language)}]", "measure")
        self.string(sheet, FIRST - 2, place, entry.column.title, "heading")
        sheet.set_column(place, place, 15)
        return parent

    def _bands(self, sheet: Any, bands: Sequence[str]) -> None:
        """Write the name of each parent once, above the adjacent columns of its components."""
        start = 0
        for at in range(1, len(bands) + 1):
            if at == len(bands) or bands[at] != bands[start]:
                place, end = len(self.unit_columns) + start, len(self.unit_columns) + at - 1
                if bands[start] and end > place:
                    sheet.merge_range(FIRST - 4, place, FIRST - 4, end, "", self.styles["band"])
                if bands[start]:
                    self.string(sheet, FIRST - 4, place, bands[start], "band")
                start = at

    def _part(self, key: str, column: Column) -> str | None:
        places = {"data": self.contents.data, "normalised": self.contents.normalised}.get(key, self.contents.scores)
        return next((part for part, of_part in places.items() if of_part == column), None)

    def _column(self, key: str, sheet: Any, place: int, entry: Entry, colours: Mapping[int, str]) -> None:
        kind = "formula" if entry.text is not None else {None: "plain", "input": "input"}.get(entry.why, "fixed")
        form = "0.0E+00;-0.0E+00;0" if key == "check" else self.form(entry.column, entry.values)
        marked = self._marked(key, entry.column)
        formulas = None if entry.text is None else fill_rows(f"={entry.text}", self.layout.offsets)
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
        return "0 %" if column == self.contents.share else number_format(values)

    def _marked(self, key: str, column: Column) -> set[int]:
        """Return the rows of a column that are imputed or computed from imputed values."""
        flags, part = self.contents.result.imputed.values, self._part(key, column)
        return set(flags[part].arg_true().to_list()) if part in flags.columns else set()

    def _coloured(self, key: str) -> dict[Column, dict[int, str]]:
        """Return the kinds of the cells that a stage changed, by column and row; a kind has a colour."""
        if key != "data":
            return {}
        colours: dict[Column, dict[int, str]] = {}
        for change in self.contents.result.scored.changes:
            if change.stage in ("clip", "missing", "transform"):
                continue
            for name in change.after.columns:
                if name in self.contents.data:
                    differs = change.before[name].ne_missing(change.after[name]).to_numpy()
                    colour = "imputed" if change.stage == "imputation" else "treated"
                    rows = colours.setdefault(self.contents.data[name], {})
                    rows.update(dict.fromkeys(np.flatnonzero(differs).tolist(), colour))
        return colours

    def notes(self, sheet: Any) -> None:
        """Add notes to the cells that a stage changed."""
        notes: dict[tuple[int, int], list[str]] = {}
        places = {name: len(self.unit_columns) + at for at, name in enumerate(self.contents.data)}
        for change in self.contents.result.scored.changes:
            if change.stage in ("clip", "missing", "transform"):
                continue
            for name in change.after.columns:
                reasons = change.reasons(name)
                differs = np.flatnonzero(change.before[name].ne_missing(change.after[name]).to_numpy())
                if name not in places:
                    continue
                for row in differs.tolist():
                    before, after = change.before[name][row], change.after[name][row]
                    line = f"{change.stage}: {_figure(before)} → {_figure(after)}; {reasons[row]}"
                    notes.setdefault((FIRST - 1 + row, places[name]), []).append(line)
        for (row, place), lines in list(notes.items())[:NOTES]:
            sheet.write_comment(row, place, "\n".join(lines), {"x_scale": 2, "y_scale": 0.6, "author": "Indicia"})

    def _groups(self, sheet: Any, first: int) -> None:
        units, groups = self.contents.result.scored.units, self.contents.result.definition.data.groups
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


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def heading_height(headings: Iterable[str], least: float = 64.0) -> float:
    """Return the height in points of a row of headings in columns of 15 letters; a very long heading is cut.

    >>> heading_height(["Population using at least basic drinking water services, urban and rural, per cent"])
    91.0
    """
    lines = max((-(-width(heading) // _HEADING_WIDTH) for heading in headings), default=1)
    return min(max(least, 13.0 * lines), _HEADING_HEIGHT)


def width(value: str) -> int:
    """Return the width of a text in letters; a Chinese character is as wide as two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in value)
