"""Read and denominate: the values of indicators, and their values per another column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.data import rows_differ
from indicia.data.cell_text import cell_text, keep_rows
from indicia.errors import DataError, DefinitionError, NothingKept, join_names, pluralise, suggest
from indicia.formulas import USED
from indicia.stages.stage import Fitted, Record, Stage
from indicia.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.definition import Data, Definition, Preparation, Use
    from indicia.partitions.partition import Partition


@dataclass(frozen=True)
class Read(Stage):
    """Select the rows that `data.where` keeps, and the columns of indicators as numbers."""

    name: ClassVar[str] = "read"
    data: Data
    indicators: tuple[Preparation, ...]
    uses: tuple[Use, ...] = ()
    """The columns that methods use beside the indicators."""
    aggregate_rows: tuple[str, ...] = ()
    """The units whose rows are aggregates of others, and take no part."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table of units and indicators.

        The data have text in the column of units, and numbers or nulls in indicators. With `fitted`, the table lacks
        the indicators that screening left out in the former run, and the columns that only its statistics used.
        """
        data, source = self.data, table.source
        if data.unit is None:
            raise DefinitionError("the column of the units is not known", remedy='write unit = "…" in [data]')
        if data.period and data.period not in source.columns:
            raise DataError(
                f'no column "{data.period}" in the table, which is to name the period',
                remedy=suggest(data.period, source.columns),
                word=("data", "period"),
            )
        source = without_rows(keep_rows(source, data.where), data.unit, self.aggregate_rows)
        names = [column for column in (data.unit, data.period, *data.labels(), *data.groups) if column]
        units = source.select(list(dict.fromkeys(names)))
        check_units(units, data.unit, data.period, table.partition)
        dropped = fitted.left_out if fitted else ()
        kept = [indicator for indicator in self.indicators if indicator.id not in dropped]
        columns = {indicator.id: indicator.spec.column or indicator.id for indicator in kept}
        values = source.select(
            pl.col(column).cast(pl.Float64, strict=False).alias(name) for name, column in columns.items()
        )
        used = _used_columns(source, self.uses, fitted)
        table = replace(
            Table(source, data.unit, data.period, units, values, dropped=frozenset(dropped), used_columns=used),
            fitted=table.fitted,
            partition=table.partition,
        )
        table.check_finite()
        return table, Record(self.name)


def _used_columns(source: pl.DataFrame, uses: Iterable[Use], fitted: Fitted | None) -> pl.DataFrame:
    """Return the columns that methods use beside the indicators, as numbers, under the names that formulas use."""
    columns: dict[str, pl.Series] = {}
    for use in uses:
        name = use.column.name
        if fitted is not None and name not in fitted.columns and not fitted.computed_at(use.stage):
            continue  # only the fitted statistics used the column
        if name not in source.columns:
            raise DataError(
                f'no column "{name}" in the table, which {use.method} uses',
                remedy=suggest(name, source.columns),
                word=use.word,
            )
        kind = source.schema[name]
        if not kind.is_numeric() and source[name].null_count() < len(source):
            raise DataError(
                f'the column "{name}", which {use.method} uses, has text where numbers belong',
                remedy="name a column of numbers, or mend the cells",
                word=use.word,
            )
        columns[name] = source[name].cast(pl.Float64, strict=False).alias(USED + name)
    return pl.DataFrame(list(columns.values()))


def without_rows(table: pl.DataFrame, unit: str, aggregate_rows: tuple[str, ...]) -> pl.DataFrame:
    """Return a table without the rows of aggregates."""
    if not aggregate_rows:
        return table
    rest = table.filter(~pl.col(unit).is_in(aggregate_rows))
    if rest.is_empty():
        raise NothingKept("all rows are those of aggregates", remedy="the table needs the rows of units, too")
    return rest


def kept_units(table: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """Return the unit, and the text of the period, of the rows that take part."""
    data, period = definition.data, definition.data.period
    rows = without_rows(keep_rows(table, data.where), str(data.unit), definition.aggregate_rows)
    return rows.select(str(data.unit), *([cell_text(period, rows.schema[period])] if period else []))


def check_units(units: pl.DataFrame, unit: str, period: str | None, partition: Partition | None = None) -> None:
    """Refuse rows without a unit or period, and units with several rows in one period.

    A run over partitions compares the units of all partitions, if it has a folder for their hashes.
    """
    for column in (unit, period):
        if column and units[column].null_count():
            rows = units.with_row_index("row", 1).filter(pl.col(column).is_null())["row"].to_list()
            remedy, where = f"name its unit{' and period' if period else ''} in every row", None
            if partition is None:
                remedy += "; footer_rows = … in [data] (--set data.footer_rows=…) leaves out the last rows"
            else:
                where = f"{partition.where or f'partition {partition.number + 1}'}; rows are counted from there"
            raise DataError(
                f'"{column}" is empty in {pluralise(len(rows), "row")}: {join_names(rows)}',
                where=where,
                remedy=remedy,
            )
    key = [unit, period] if period else [unit]
    if partition is not None and partition.folder is not None:
        _check_all_partitions(units, key, partition)
        return
    if not rows_differ(units, key):
        repeated = units.filter(pl.struct(key).is_duplicated()).select(key).unique(maintain_order=True)
        raise _repeated_units(key, [" ".join(map(str, row)) for row in repeated.iter_rows()], len(repeated))
    if pair := _different_spellings(units[unit]):
        raise _spelling_error(unit, *pair)


def _check_all_partitions(units: pl.DataFrame, key: list[str], partition: Partition) -> None:
    """Refuse units with several rows in all partitions together, and names with several spellings."""
    from indicia.partitions.unit_questions import ask_repeated_keys, ask_spellings  # few tables are in partitions

    count, repeated = ask_repeated_keys(partition, units.select(key))
    if count:
        places = [f"{name}: {'; '.join(where[:_MOST_PLACES])}" for name, where in repeated[:_MOST_PLACES]]
        raise _repeated_units(key, [name for name, _ in repeated], count, "\n".join(places))
    if pair := ask_spellings(partition, units[key[0]]):
        raise _spelling_error(key[0], *pair)


_MOST_PLACES = 5
"""The most repeated units that an error names with their partitions, and the most partitions of each."""


def _repeated_units(key: list[str], names: list[str], count: int, where: str | None = None) -> DataError:
    """Return the error of units with several rows; `key` has the columns of unit and period."""
    remedy = "keep one row per unit" + ("" if len(key) > 1 else ', or name the period: period = "year"')
    verb = "stands" if count == 1 else "stand"
    what = f"{' and '.join(key)}: {count} {verb} more than once ({join_names(names, count=count)})"
    return DataError(what, where=where, remedy=remedy)


def _different_spellings(names: pl.Series) -> tuple[str, str] | None:
    """Return two names that look the same but differ in white space or in the encoding of accents; None without any."""
    if not names.str.contains(r"^\s|\s$|[^\x00-\x7F]").any():
        return None
    plain = names.str.strip_chars().str.normalize("NFC")
    if (plain != names).any() and plain.n_unique() < names.n_unique():
        spelt = pl.DataFrame([names.alias("name"), plain.alias("plain")]).unique(maintain_order=True)
        first, second = spelt.filter(pl.col("plain").is_duplicated()).sort("plain", maintain_order=True)["name"][:2]
        return first, second
    return None


def _spelling_error(unit: str, first: str, second: str) -> DataError:
    return DataError(
        f"{unit}: {first!r} and {second!r} differ only in white space or in the encoding of accents",
        remedy="write a name in one way",
    )


@dataclass(frozen=True)
class Denominate(Stage):
    """Multiply indicators by their factors, and divide them by their denominators."""

    name: ClassVar[str] = "denomination"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with denominated values, and an empty source, since no later stage reads the source."""
        indicators = [
            indicator
            for indicator in table.taking_part(self.indicators)
            if indicator.spec.per is not None or indicator.spec.factor != 1
        ]
        if indicators:
            denominated = pl.DataFrame([_denominated(table, indicator) for indicator in indicators])
            table = table.with_values(denominated, place=self.name)
            table.check_finite()
        # the source holds all columns of the data in memory
        return table.with_changes(source=table.source.clear()), Record(self.name)


def _denominated(table: Table, indicator: Preparation) -> pl.Series:
    column, per = table.values[indicator.id] * indicator.spec.factor, indicator.spec.per
    if per is None:
        return column
    denominator = table.source[per].cast(pl.Float64, strict=False)
    for word, condition in (("zero", pl.col("\0") == 0), ("infinite", pl.col("\0").is_infinite())):
        if units := table.units_where(denominator, condition):
            raise DataError(
                f"{per}, which {indicator.id} is divided by, is {word} for {join_names(units)}",
                remedy=f"write an unknown value as missing, not as {word}",
            )
    return column / denominator
