"""The rows of an edition as the method of the other edition reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.data.conditions import keep_rows
from indicia.definition import uses_of
from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Indicator
    from indicia.editions.edition import Edition


def rows_for_method(method: Edition, source: Edition) -> pl.DataFrame:
    """Return the rows of an edition, all periods, with the columns that the method of another edition reads.

    An indicator is found by its name in the index file, also if its column has another name. What the table of the
    source does not have (an indicator, a denominator, a group) takes the values of the edition of the method, unit by
    unit, so that bringing it in is a part of the method.

    Parameters
    ----------
    method : Edition
        The edition whose method scores the rows.
    source : Edition
        The edition that has the rows.

    Returns
    -------
    DataFrame
        The columns of the method: unit, period, groups, indicators, denominators, and the columns that methods use.

    Raises
    ------
    DataError
        If neither table has a column, or a column of indicators has text.
    """
    if method.result is source.result:
        return source.rows
    data, rows = method.result.definition.data, source.rows
    period_of_source = source.result.definition.data.period
    if data.period is None and period_of_source is not None:
        rows = keep_rows(rows, {period_of_source: source.period})
    columns = [rows[source.unit].cast(pl.String).alias(str(data.unit))]
    if data.period is not None:
        columns.append(
            pl.repeat(method.period, len(rows), dtype=pl.String, eager=True).alias(data.period)
            if period_of_source is None
            else rows[period_of_source].alias(data.period)
        )
    taken = {column.name for column in columns}
    for name, of_source in _columns(method, source):
        if name not in taken:
            taken.add(name)
            values = rows[of_source] if of_source is not None else _of_other(method, name, rows[source.unit])
            columns.append(values.alias(name))
    borrowed = pl.DataFrame(columns)
    _check_numbers(borrowed, method, source)
    return borrowed


def _columns(method: Edition, source: Edition) -> Iterator[tuple[str, str | None]]:
    """Yield the columns that a method reads, each with the column of the source that has its values; None if none."""
    definition, available = method.result.definition, set(source.rows.columns)
    specs = source.result.definition.indicators
    for name, spec in definition.indicators.items():
        yield spec.column or name, _column_of_indicator(name, spec, specs.get(name), available)
    fitted = method.result.scored.fitted_by
    uses = uses_of(definition, method.result.planned)
    if fitted is not None:
        uses = tuple(use for use in uses if use.column.name in fitted.columns or fitted.computed_at(use.stage))
    used = [use.column.name for use in uses]
    denominators = [spec.per for spec in definition.indicators.values() if spec.per]
    for name in (*definition.data.groups, *denominators, *used):
        yield name, name if name in available else None


def _column_of_indicator(name: str, spec: Indicator, own: Indicator | None, available: set[str]) -> str | None:
    """Return the column of a source that has an indicator of a method; None if it has none.

    The source's own choice of a column counts, unless the method computes the indicator otherwise and the source has
    the column of the method.
    """
    wanted, column = spec.column or name, None if own is None else own.column or name
    if own is not None and (own.per, own.factor) == (spec.per, spec.factor):
        return column
    return wanted if wanted in available else column


def _of_other(method: Edition, name: str, units: pl.Series) -> pl.Series:
    """Return the values of a column in the edition of the method, for these units; missing for units it lacks."""
    data, rows = method.result.definition.data, method.rows
    if name not in rows.columns:
        raise DataError(
            f'neither edition has the column "{name}", which the method of {method.name} reads',
            remedy="add the column to one of the tables",
        )
    if data.period is not None:
        rows = keep_rows(rows, {data.period: method.period})
    values = rows.select(pl.col(method.unit).cast(pl.String).alias("\0unit"), pl.col(name).alias("\0value"))
    joined = pl.DataFrame([units.cast(pl.String).alias("\0unit")]).join(
        values, on="\0unit", how="left", maintain_order="left"
    )
    return joined["\0value"]


def _check_numbers(rows: pl.DataFrame, method: Edition, source: Edition) -> None:
    """Refuse text in the columns of indicators and denominators, which would be read as missing values."""
    for name, spec in method.result.definition.indicators.items():
        for column in (spec.column or name, *([spec.per] if spec.per else [])):
            kind = rows.schema[column]
            if kind.is_numeric() or kind == pl.Boolean or rows[column].null_count() == len(rows):
                continue
            numbers = rows[column].cast(pl.Float64, strict=False)
            if numbers.null_count() > rows[column].null_count():
                raise DataError(
                    f'the column "{column}" of {source.name} has text where the method of {method.name} reads numbers',
                    remedy=f"read the table of {source.name} with the format of {method.name}, or mend the cells",
                )
