"""Screen the data: leave out units and indicators that have too few values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from indicia.definition import Screening
from indicia.errors import DataError, NothingKept, join_names, suggest_unit
from indicia.notes import Count, Names, Note
from indicia.partitions.merge import MergeEach
from indicia.partitions.names import MOST_NAMES, FirstNames, MergeNames, MergeNamesInData, NamesInData
from indicia.partitions.partition import NoRows, for_each
from indicia.stages.stage import Record, Stage
from indicia.tables.names import count_of, row_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Screen(Stage):
    """Leave out indicators with values for too few units, then units with values of too few other indicators."""

    name: ClassVar[str] = "screening"
    screening: Screening
    dimensions: tuple[tuple[str, tuple[str, ...]], ...]
    """The nodes on which the index depends, each with the indicators directly below it."""
    not_counting: tuple[str, ...] = ()
    """The indicators on which the index does not depend: a unit needs no values of them."""

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table without units and indicators that have too few values.

        With `fitted`, the indicators were already left out when the table was read, and this table need not have the
        units that the index file names.
        """
        screening = self.screening
        if screening == Screening():
            return table, Record(self.name, left_out=_no_rows(table))
        names = table.values.columns
        if fitted is None:
            _check_names(screening, table)
        sparse = _sparse_indicators(table, names, screening.indicators if fitted is None else None, screening.keep)
        dropped = sparse["indicator"].to_list()
        kept = [name for name in names if name not in dropped]
        if not set(kept).difference(self.not_counting):
            raise DataError(
                "no indicator has as many values as screening asks for",
                remedy="ask for less: [screening] indicators = 0.5",
            )
        criteria = self._shares(table, [name for name in kept if name not in self.not_counting])
        unit = table.units[table.unit]
        forced_in, forced_out = unit.is_in(screening.keep), unit.is_in(screening.without)
        too_low = [(shares, (shares["found"] < shares["asked"]) & ~forced_in) for shares in criteria]
        stays = ~forced_out
        for _, low in too_low:
            stays &= ~low
        left_out = pl.concat([*_left_out(table, too_low, forced_out), sparse], how="diagonal")
        reasons = [*(str(shares["of"][0]) for shares in criteria), "by name"]
        notes = tuple(_notes(sparse["indicator"].to_list(), left_out, table, reasons))
        if not stays.any():
            error = NothingKept("screening leaves out every unit", remedy="ask for less in [screening]")
            if table.partition is not None:  # other partitions may have units that stay
                raise NoRows(error, left_out)
            raise error
        # where partitions leave out units, the profiles of all partitions are those of other rows
        if not stays.all() or len(kept) < table.values.width or table.partition is not None:
            table = replace(_with_rows(table, stays, kept), dropped=table.dropped.union(dropped))
        return table, Record(self.name, left_out=left_out, dropped=tuple(dropped), notes=notes)

    def _shares(self, table: Table, names: list[str]) -> list[pl.DataFrame]:
        """Return, for each criterion of screening, the share that each row has and the share that is required."""
        screening = self.screening

        def share(of: str, actual: pl.Expr, required: float) -> pl.DataFrame:
            return table.values.select(found=actual.cast(pl.Float64), asked=pl.lit(required), of=pl.lit(of))

        def present(columns: list[str]) -> pl.Expr:
            return pl.mean_horizontal(pl.col(name).is_not_null().cast(pl.Float64) for name in columns)

        criteria = []
        if screening.units is not None:
            criteria.append(share("indicators", present(names), screening.units))
        if screening.dimensions is not None:
            for node, columns in self.dimensions:
                if kept := [name for name in columns if name in names]:
                    criteria.append(share(f"indicators of {node}", present(kept), screening.dimensions))
        if screening.non_zero is not None:
            non_zero = pl.mean_horizontal((pl.col(name) != 0).cast(pl.Float64) for name in names)
            criteria.append(share("values other than zero", non_zero.fill_null(1.0), screening.non_zero))
        return criteria


def _with_rows(table: Table, stays: pl.Series, names: list[str]) -> Table:
    """Return a table with some rows and indicators; the other rows become `screened_out`."""
    values, used = table.values.select(names), table.used_columns
    return replace(
        table,
        units=table.units.filter(stays),
        values=values.filter(stays),
        used_columns=used.filter(stays) if used.width else used,
        screened_out=table.units.filter(~stays).hstack(values.filter(~stays)),
        rows="values after screening",
    )


def _left_out(
    table: Table, too_low: Iterable[tuple[pl.DataFrame, pl.Series]], forced_out: pl.Series
) -> list[pl.DataFrame]:
    """Return the units that are left out, with their share, the required share, and the criterion."""
    keys = table.units.select(table.key)
    reasons = [
        keys.hstack(shares.get_columns()).filter(low).with_columns(pl.lit(None, pl.String).alias("indicator"))
        for shares, low in too_low
    ]
    by_name = keys.filter(forced_out).with_columns(
        found=pl.lit(None, pl.Float64),
        asked=pl.lit(None, pl.Float64),
        of=pl.lit("by name"),
        indicator=pl.lit(None, pl.String),
    )
    return [_no_rows(table), *reasons, by_name]


def _no_rows(table: Table) -> pl.DataFrame:
    kinds = {"found": pl.Float64, "asked": pl.Float64, "of": pl.String, "indicator": pl.String}
    return pl.DataFrame(schema={**{name: table.units.schema[name] for name in table.key}, **kinds})


def _sparse_indicators(table: Table, names: list[str], required: float | None, keep: Collection[str]) -> pl.DataFrame:
    sparse = {}
    if required is not None:
        facts = for_each(
            table.partition,
            [lambda: table.count_rows("screening"), *(_missing_of(table, name) for name in names)],
            lambda fact: fact(),
        )
        rows, missing = facts[0], dict(zip(names, facts[1:], strict=True))
        shares = {name: (rows - missing[name]) / rows for name in names}
        sparse = {name: share for name, share in shares.items() if share < required and name not in keep}
    return pl.DataFrame(
        {"indicator": list(sparse), "found": list(sparse.values())},
        schema={"indicator": pl.String, "found": pl.Float64},
    ).with_columns(asked=pl.lit(required, pl.Float64), of=pl.lit("units"))


def _missing_of(table: Table, name: str) -> Callable[[], int]:
    return lambda: table.profiles[name].missing


def _check_names(screening: Screening, table: Table) -> None:
    if not (screening.keep or screening.without):
        return
    units = set(table.units[table.unit])
    for word, names, names_in_data in (
        ("keep", screening.keep, units | set(table.values.columns)),
        ("without", screening.without, units),
    ):
        if names and table.partition is not None:
            answer = table.partition.ask_later(
                f"screening: names of {word}",
                MergeNamesInData(tuple(names)),
                lambda wanted=names, known=names_in_data: NamesInData.of(wanted, known),  # type: ignore[misc]
            )
            if answer is None:
                continue
            present, alike = answer
            names_in_data = {*present, *alike}
        if unknown := [name for name in names if name not in names_in_data]:
            raise DataError(
                f"[screening] {word} names what is not there: {join_names(unknown)}",
                remedy=suggest_unit(unknown[0], units if table.partition is None else (), table.unit, names_in_data),
                word=("screening", word),
            )


def _notes(dropped: list[str], left_out: pl.DataFrame, table: Table, reasons: Sequence[str]) -> Iterator[Note]:
    """Yield notes on what is left out; over partitions, the units of all of them."""
    if dropped:
        yield Note("screened_indicators", parts=Names.of(dropped))
    names = row_names(left_out.filter(pl.col(table.unit).is_not_null()), before="found")
    count = count_of(left_out, names, before="found")
    if table.partition is None:
        if names:
            yield Note("screened_units", count=count, units=Names.of(names))
        return
    answer = table.partition.ask_later(
        "screening: units left out",
        MergeEach((("", MergeNames()), *((reason, MergeNames()) for reason in reasons))),
        lambda: {"": FirstNames.of(names), **{reason: _names_by(left_out, reason) for reason in reasons}},
    )
    if answer is not None and answer[""][0]:
        number = answer[""][0]
        first = tuple(dict.fromkeys(name for reason in reasons for name in answer[reason][1]))[:MOST_NAMES]
        yield Note("screened_units", count=Count(number, count.noun), units=Names(first, count=number))


def _names_by(left_out: pl.DataFrame, reason: str) -> FirstNames:
    """Return the first units that are left out for a reason; in memory, units of the first reason come first."""
    return FirstNames.of(row_names(left_out.filter(pl.col("of") == reason), before="found"))
