"""The layout of a table: columns that are years, rows that are indicators of a unit, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.data.layouts import match_columns
from indicia.errors import join_names
from indicia.recognition.column_cells import in_shell
from indicia.recognition.long_columns import LongColumns
from indicia.recognition.long_tables import recognise_long
from indicia.recognition.names import column_words, split_part
from indicia.recognition.observation import Observation
from indicia.recognition.sample import ALL_ROWS, sample_rows
from indicia.recognition.wide_tables import recognise_wide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.data.table_format import LongLayout, WideLayout


def recognise_layout(
    frame: pl.DataFrame, name: str, *, where: Mapping[str, object] | None = None
) -> tuple[WideLayout | None, LongLayout | None, list[Observation]]:
    """Return the layout of a loaded table, and the observations that it follows from.

    `name` is the name of the values if columns are years only. `where` are the conditions on rows that the user states.
    A long table with a further dimension, such as the sex, is an error that asks for a condition.

    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "2020": [1, 2], "2021": [3, 4]})
    >>> layout, _, (observation,) = recognise_layout(table, "gdp")
    >>> layout
    WideLayout(pattern='{period}', period='year', value='gdp')
    >>> observation.sentence
    'the columns 2020 to 2021 are years: they become the column "year", and their cells the column "gdp"'
    """
    sample = sample_rows(frame, ALL_ROWS)
    sample = sample.filter(~pl.all_horizontal(pl.all().is_null())) if sample.width else sample
    wide, observations = recognise_wide(sample, name)
    if wide and "{indicator}" in wide.pattern:
        return wide, None, observations
    long, more = recognise_long(sample, wide, where or {})
    if wide and long and name != "value":  # the name of the file is not that of the values of several indicators
        return recognise_layout(frame, "value", where=where)
    if long is None and (question := _rows_are_indicators(sample, wide)):
        more = [question]
    if wide and long is None and len(match_columns(frame.columns, wide)) == 1 and "[" not in wide.pattern:
        return None, None, more  # a single year is the name of an indicator
    return wide, long, [*observations, *more]


def _rows_are_indicators(frame: pl.DataFrame, wide: WideLayout | None) -> Observation | None:
    """Return a question for a table whose rows are indicators, since its columns may be units."""
    years = set(match_columns(frame.columns, wide)) if wide else set()
    columns = LongColumns(frame.drop(list(years)), None, evident=False)
    if (
        len(columns.texts) != 1
        or split_part(columns.texts[0])[0] not in column_words().certain
        or not columns.is_key(*columns.texts)
    ):
        return None
    name = columns.texts[0]
    others = [other for other in frame.columns if other != name and other not in years]
    sentence = f'the rows are indicators ({join_names(frame[name].drop_nulls(), 3)}), in the column "{name}", not units'
    if len(others) > 1:
        sentence += f"; the columns {others[0]} to {others[-1]} may be the units"
    remedy = (
        f"turn the table round, so that each row is a unit, or state that the rows are units: --unit {in_shell(name)}"
    )
    return Observation("rows_are_indicators", (name,), sentence, "question", remedy)
