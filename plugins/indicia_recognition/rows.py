"""The rows of a table that are no units: totals, aggregates, statistics, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia_recognition.cells import is_note
from indicia_recognition.observation import Observation
from indicia_recognition.row_table import KEEP_ROWS, RowTable, other_rows, quoted_names
from indicia_recognition.sample import sample_units
from indicia_recognition.totals import sums_and_means, total_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_recognition.columns import Inferred


def rows_that_are_no_units(frame: pl.DataFrame, roles: Inferred, footer_rows: int = 0) -> list[Observation]:
    """Return an observation for each kind of row that is no unit; its names are those to write into `[data] without`.

    A row is a total by its name ("World", "合计"), by the name of a group that it bears, by its indentation, or because
    it is the sum or the mean of the other rows. It is left out if its name says so or all its numbers do; otherwise the
    observation is a question. In a panel, rows are compared within the last period that has them. `footer_rows` is the
    number of rows after the data that the format leaves out already.

    >>> from indicia_recognition.columns import infer
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune", "Total"], "people": [10, 1, 4, 15]})
    >>> print(rows_that_are_no_units(table, infer(table))[0].sentence)
    Total is left out: its name is that of a total, and people is the sum of the other rows
    """
    sample = sample_units(frame, roles.unit, roles.period)
    table = RowTable.of(sample, roles, is_complete=sample.height == frame.height)
    notes = list(_notes(table))
    noted = {name for each in notes for name in each.names}
    return [*notes, *total_rows(table, noted), *_without_values(table, noted), *_without_name(table, footer_rows)]


def _notes(table: RowTable) -> Iterator[Observation]:
    """Yield the rows without values that hold a source or a remark."""
    empty = np.isnan(table.values).all(axis=1)
    texts = [column for column in table.frame.columns if table.frame[column].dtype == pl.String]
    names = []
    for row in np.flatnonzero(empty)[:200].tolist():
        cells = [cell.strip() for column in texts if (cell := table.frame[column][row]) and cell.strip()]
        if len(cells) == 1 and (is_note(cells[0]) or len(cells[0]) > 80):
            names.append(cells[0])
    if names:
        shown = join_names([f'"{name[:80]}"' if len(name) > 80 else name for name in names], 10)
        yield Observation(
            "note_row",
            tuple(names),
            f"{shown} {'is' if len(names) == 1 else 'are'} left out: a note or source without values, not a unit",
            "left_out",
            KEEP_ROWS,
        )


def _without_values(table: RowTable, noted: set[str]) -> Iterator[Observation]:
    """Yield the rows without any value that have an ordinary name; in a panel the units without any value."""
    is_empty = np.isnan(table.values).all(axis=1)
    empty = np.flatnonzero(is_empty).tolist()
    if table.roles.period:
        valued = {table.names[row] for row in np.flatnonzero(~is_empty).tolist()}
        empty = [row for row in empty if table.names[row] not in valued]
    # the rows of units without data have a label and groups
    others = [column for column in (table.roles.label, *table.roles.groups) if column]
    empty = [row for row in empty if not any(table.frame[column][row] for column in others)]
    names = [name for row in empty if (name := table.names[row]) and name.strip() not in noted and not table.kinds[row]]
    names = list(dict.fromkeys(names))
    if names and len(names) < len(set(table.names)) / 2:
        single = len(names) == 1
        guess = "a heading, a note or a unit without data" if single else "headings, notes or units without data"
        yield Observation(
            "row_without_values",
            tuple(names),
            f"{join_names(names, 10)} {'has' if single else 'have'} no values: {guess}",
            "question",
            f"without = [{quoted_names(names)}] in [data] leaves {'it' if single else 'them'} out",
        )


def _without_name(table: RowTable, footer_rows: int) -> Iterator[Observation]:
    """Yield the rows that have values and no name."""
    valued = set(np.flatnonzero((~np.isnan(table.values)).any(axis=1)).tolist())
    rows = [row for row, name in enumerate(table.names) if not (name or "").strip() and row in valued]
    if not rows:
        return
    evidence = sums_and_means(table, rows[0], other_rows(table, rows[0], set(rows)))
    unit = table.roles.unit
    which = f"row {rows[0] + 1} of the data" if len(rows) == 1 else f"{len(rows)} rows"
    verb = "has values and no name" if len(rows) == 1 else "have values and no name"
    total = f", and may be a total: {evidence.text}" if evidence and evidence.likely else ""
    last = rows == list(range(rows[0], len(table.names)))
    foot = footer_rows + len(rows)
    remedy = (
        f"footer_rows = {foot} in [data] (--set data.footer_rows={foot}) leaves the last rows out; or " if last else ""
    )
    sentence = f"{unit}: {which} {verb}{total}"
    yield Observation("row_without_name", (unit,), sentence, "question", f"{remedy}write the name in the table")
