"""From a table to the values that are scored: rows kept, units checked, indicators capped and transformed.

Denomination, screening, imputation and treatment of outliers have their place here, between checking and capping.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.engine.profile import domain_error, profile, units_where
from indicia.engine.settle import Known
from indicia.errors import DataError, DefinitionError, listed, nearest
from indicia.methods import Domain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Data, Indicator, Leaf
    from indicia.engine.profile import Profile


@dataclass(frozen=True)
class Prepared:
    """Units and their indicators, one row per unit (and period)."""

    units: pl.DataFrame
    """Unit, period, labels and groups."""
    values: pl.DataFrame
    """One Float64 column per indicator, missing values as null."""
    unit: str
    period: str | None

    @cached_property
    def facts(self) -> dict[str, Profile]:
        """What is missing, and between which values an indicator lies."""
        return profile(self.values, self.values.columns)

    def naming(self, column: pl.Series, condition: pl.Expr) -> list[str]:
        """Name the units for which a condition on a column holds."""
        return units_where(self.units.with_columns(column.alias("\0")), condition, self.unit, self.period)


def prepare(table: pl.DataFrame, data: Data, leaves: Sequence[Leaf]) -> Prepared:
    """Select, check and transform; `table` has text in its unit column and numbers or null in its indicators."""
    if data.unit is None:
        raise DefinitionError("the column of the units is not known", remedy='write unit = "…" in [data]')
    table = _kept(table, data)
    about = list(dict.fromkeys(column for column in (data.unit, data.period, *data.labels(), *data.groups) if column))
    units = table.select(about)
    _check_units(units, data.unit, data.period)
    values = table.select(pl.col(leaf.column).cast(pl.Float64).alias(leaf.id) for leaf in leaves)
    raw = Prepared(units, values, data.unit, data.period)
    _check_finite(raw)
    if all((leaf.spec.floor, leaf.spec.cap, leaf.spec.transform) == (None, None, None) for leaf in leaves):
        return raw
    changed = values.with_columns(
        pl.col(leaf.id).clip(leaf.spec.floor, leaf.spec.cap)
        for leaf in leaves
        if (leaf.spec.floor, leaf.spec.cap) != (None, None)
    )
    _check_logarithms(Prepared(units, changed, data.unit, data.period), leaves)
    changed = changed.with_columns(pl.col(leaf.id).log() for leaf in leaves if leaf.spec.transform == "log")
    return Prepared(units, changed, data.unit, data.period)


def known(spec: Indicator) -> Known:
    """Return the fixed bounds and the target of an indicator, on the scale of its prepared values."""

    def scaled(value: float | None) -> float | None:
        return math.log(value) if value is not None and spec.transform == "log" else value

    low, high = spec.bounds or (None, None)
    return Known(scaled(low), scaled(high), scaled(spec.target))


def _kept(table: pl.DataFrame, data: Data) -> pl.DataFrame:
    for column, value in data.where.items():
        if column not in table.columns:
            raise DataError(
                f'data.where names the column "{column}", which is not there', remedy=nearest(column, table.columns)
            )
        wanted = [str(element) for element in (value if isinstance(value, (list, tuple)) else [value])]
        table = table.filter(pl.col(column).cast(pl.String).is_in(wanted))
    if table.is_empty():
        raise DataError("the data have no rows" + (" that data.where keeps" if data.where else ""))
    return table


def _check_units(units: pl.DataFrame, unit: str, period: str | None) -> None:
    for column in (unit, period):
        if column and units[column].null_count():
            rows = units.with_row_index("row", 1).filter(pl.col(column).is_null())["row"].to_list()
            raise DataError(
                f'"{column}" is empty in {len(rows)} row(s): {listed(rows)}',
                remedy="name its unit and period in every row" if period else "name its unit in every row",
            )
    key = [unit, period] if period else [unit]
    distinct = units[unit].n_unique() if not period else units.select(pl.struct(key).n_unique()).item()
    if distinct < len(units):
        twice = units.filter(pl.struct(key).is_duplicated()).select(key).unique(maintain_order=True)
        names = [" ".join(map(str, row)) for row in twice.iter_rows()]
        remedy = "keep one row per unit" + ("" if period else ', or name the period: period = "year"')
        raise DataError(f"{' and '.join(key)}: {len(names)} stand more than once ({listed(names)})", remedy=remedy)


def _check_finite(raw: Prepared) -> None:
    for name, facts in raw.facts.items():
        if not facts.finite:
            units = raw.naming(raw.values[name], pl.col("\0").is_infinite())
            raise DataError(
                f"{name} is infinite for {listed(units)}", remedy="write what is not known as missing, not as infinite"
            )


def _check_logarithms(prepared: Prepared, leaves: Sequence[Leaf]) -> None:
    logged = [leaf.id for leaf in leaves if leaf.spec.transform == "log"]
    for name, facts in profile(prepared.values, logged).items():
        if not facts.within(Domain.POSITIVE):
            units = prepared.naming(prepared.values[name], pl.col("\0") <= 0)
            raise domain_error("log", Domain.POSITIVE, name, units, f"give {name} a floor above 0, or no transform")
