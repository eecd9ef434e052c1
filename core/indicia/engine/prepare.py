"""From a table to the values that indicators start from: rows kept, units checked, indicators denominated."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.engine.profile import profile, units_where
from indicia.engine.settle import Over
from indicia.errors import DataError, DefinitionError, NothingKept, listed, nearest
from indicia.formulas import PERIOD, UNIT
from indicia.methods import Domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.definition import Data, Leaf, Scope
    from indicia.engine.profile import Profile
    from indicia.engine.settle import Settled
    from indicia.formulas import FixedStatistics


@dataclass(frozen=True)
class Change:
    """What a stage did to the columns that it touched."""

    stage: str
    before: pl.DataFrame
    after: pl.DataFrame
    why: Mapping[str, str]
    """By column."""
    whose: Mapping[str, pl.Series | None] = field(default_factory=dict)
    """By column, the unit whose value was taken, row by row."""

    def reasons(self, name: str) -> pl.Series:
        """Say row by row why a column was changed."""
        why, whose = self.why[name], self.whose.get(name)
        if whose is None:
            return pl.Series([why]).new_from_index(0, len(self.before))
        return pl.select(pl.concat_str(pl.lit(f"{why}: "), whose).fill_null(why)).to_series()


@dataclass(frozen=True)
class Ends:
    """The best values of a target or interval, from and to, and the worst on either side."""

    best: tuple[float, float]
    worst: tuple[float, float] | None


@dataclass(frozen=True)
class Prepared:
    """Units and their indicators, one row per unit (and period)."""

    units: pl.DataFrame
    """Unit, period, labels and groups."""
    values: pl.DataFrame
    """One Float64 column per indicator, missing values as null."""
    unit: str
    period: str | None
    changes: tuple[Change, ...] = ()
    settled: Mapping[str, Settled] = field(default_factory=dict)
    """Statistics that went into the values, by stage."""
    known: Mapping[str, FixedStatistics] = field(default_factory=dict)
    """Fixed bounds and targets, on the scale of the values."""
    ends: Mapping[str, Ends] = field(default_factory=dict)
    aside: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Units that screening left out, with their values: others may belong to them."""
    fixed: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Bounds that differ between groups, row by row."""

    @property
    def key(self) -> list[str]:
        """The columns that tell rows apart: unit and period."""
        return [self.unit, *([self.period] if self.period else [])]

    @property
    def names(self) -> list[pl.Series]:
        """The unit and the period of each row, under the names by which formulas look up those of others."""
        units = [self.units[self.unit].alias(UNIT)]
        return [*units, self.units[self.period].cast(pl.String).alias(PERIOD)] if self.period else units

    @cached_property
    def facts(self) -> dict[str, Profile]:
        """What is missing, and between which values an indicator lies."""
        return profile(self.values, self.values.columns)

    def with_facts(self, facts: Mapping[str, Profile]) -> Prepared:
        """Return these units where the facts of their values are known: nobody need look again."""
        told = replace(self)
        vars(told)["facts"] = dict(facts)
        return told

    def naming(self, column: pl.Series, condition: pl.Expr) -> list[str]:
        """Name the units for which a condition on a column holds."""
        return units_where(self.units.with_columns(column.alias("\0")), condition, self.unit, self.period)

    def outside(self, column: pl.Series, domain: Domain) -> list[str]:
        """Name the units whose value lies outside a domain."""
        x = pl.col("\0")
        return self.naming(column, x <= 0 if domain is Domain.POSITIVE else x < 0)

    def without_result(self, made: pl.Series) -> list[str]:
        """Name the units of whose value of the same name nothing finite was made."""
        given = self.values[made.name]
        return self.naming(made.fill_null(math.nan).set(given.is_null(), 0.0), ~pl.col("\0").is_finite())

    def check_groups(self, columns: Iterable[str], what: str) -> None:
        """Refuse units that belong to no group: they are none of their own."""
        for column in columns:
            if units := self.naming(self.units[column], pl.col("\0").is_null()):
                raise DataError(
                    f'{what}: "{column}" is empty for {len(units)} unit(s): {listed(units)}',
                    remedy="name the group of every unit",
                )

    def beside(self, values: pl.DataFrame, over: Over, *extra: str) -> pl.DataFrame:
        """Return values with the columns of the units that tell over which rows statistics are taken."""
        about = [*over.key, *extra, *([self.period] if over.reference is not None and self.period else [])]
        return values.hstack([self.units[name] for name in dict.fromkeys(about)]) if about else values

    def without(self, names: Sequence[str]) -> Prepared:
        """Return these units without some indicators, and without what was done to those."""
        changes = (
            replace(one, before=one.before.drop(names, strict=False), after=one.after.drop(names, strict=False))
            for one in self.changes
        )
        return replace(self, values=self.values.drop(names), changes=tuple(one for one in changes if one.after.width))

    def changed(
        self,
        stage: str,
        columns: pl.DataFrame,
        why: Mapping[str, str],
        settled: Settled,
        whose: Mapping[str, pl.Series | None] | None = None,
    ) -> Prepared:
        """Return these units with other values in some columns, and the change on record."""
        names = [name for name in columns.columns if not columns[name].equals(self.values[name], null_equal=True)]
        change = Change(stage, self.values.select(names), columns.select(names), why, whose or {})
        return replace(
            self,
            values=self.values.with_columns(columns.get_columns()),
            changes=(*self.changes, change) if names else self.changes,
            settled={**self.settled, stage: settled},
        )


def prepare(table: pl.DataFrame, data: Data, leaves: Sequence[Leaf]) -> Prepared:
    """Select, check and denominate; `table` has text in its unit column and numbers or null in its indicators."""
    if data.unit is None:
        raise DefinitionError("the column of the units is not known", remedy='write unit = "…" in [data]')
    if data.period and data.period not in table.columns:
        raise DataError(
            f'no column "{data.period}" in the table, which is to name the period',
            remedy=nearest(data.period, table.columns),
            word=("data", "period"),
        )
    table = _kept(table, data)
    about = list(dict.fromkeys(column for column in (data.unit, data.period, *data.labels(), *data.groups) if column))
    units = table.select(about)
    check_units(units, data.unit, data.period)
    values = table.select(pl.col(leaf.column).cast(pl.Float64, strict=False).alias(leaf.id) for leaf in leaves)
    raw = Prepared(units, values, data.unit, data.period)
    _check_finite(raw)
    scaled = [leaf for leaf in leaves if leaf.spec.per or leaf.spec.factor != 1]
    if not scaled:
        return raw
    denominated = replace(raw, values=_denominated(raw, table, scaled))
    _check_finite(denominated)
    return denominated


def kept_units(table: pl.DataFrame, data: Data) -> pl.DataFrame:
    """Return the unit, and the period as it is written, of the rows that take part."""
    kept, period = _kept(table, data), data.period
    return kept.select(str(data.unit), *([written(period, kept.schema[period])] if period else []))


def resolved(scope: Scope, data: Data, prepared: Prepared, what: str = "statistics") -> Over:
    """Return the rows that an index file means by `"period"`, a group column or `{ reference = 2015 }`."""
    key = []
    for word in scope.within:
        if word == "period" and data.period is None:
            raise DefinitionError(
                f'{what} = "period" needs a period',
                remedy='write period = "year" in [data]',
                word=("methodology", what),
            )
        column = data.period if word == "period" else word
        if column is None or column not in (*data.groups, data.period):
            raise DefinitionError(
                f'{what} = "{word}" is neither "pooled", "period" nor a column of data.groups',
                remedy=nearest(word, ["pooled", "period", *data.groups]),
                word=("methodology", what),
            )
        key.append(column)
    prepared.check_groups(key, what)
    if scope.reference is None:
        return Over(tuple(key))
    if data.period is None:
        raise DefinitionError(
            "a reference period needs a period", remedy='write period = "year" in [data]', word=("methodology", what)
        )
    period, of_row = _word(scope.reference), written(data.period, prepared.units.schema[data.period])
    periods = prepared.units.select(of_row.unique().sort()).to_series().to_list()
    if period not in periods:
        raise DataError(
            f"the reference period {period} is not in the data",
            remedy=nearest(period, periods) or "choose another",
            word=("methodology", what),
        )
    key = [one for one in key if one != data.period]
    if key:
        there = prepared.units.filter(of_row == period).select(key)
        if len(absent := prepared.units.select(key).unique(maintain_order=True).join(there, on=key, how="anti")):
            names = listed(" ".join(map(str, row)) for row in absent.iter_rows())
            raise DataError(
                f"the reference period {period} is not in the data of {' '.join(key)} {names}",
                remedy="choose another, or other groups",
            )
    return Over(tuple(key), of_row == period)


def check_group(column: str, data: Data, what: str) -> None:
    """Refuse a column that is no group of the data, `what` saying who names it."""
    if column not in data.groups:
        raise DefinitionError(
            f'{what} "{column}", which is no column of data.groups',
            remedy=nearest(column, data.groups) or f'groups = ["{column}"] in [data]',
        )


def of_period(prepared: Prepared, period: object) -> tuple[str | None, pl.Series]:
    """Return how a period is written, the last if none is named, and which rows are of it: all where there is none."""
    column, units = prepared.period, prepared.units
    if column is None:
        if period is not None:
            raise DefinitionError("the index has no periods", remedy='write period = "year" in [data]')
        return None, pl.repeat(value=True, n=len(units), eager=True)
    of_row = units.select(written(column, units.schema[column])).to_series()
    known = of_row.gather(units[column].arg_sort()).unique(maintain_order=True)
    wanted = str(known[-1]) if period is None else _word(period)
    if wanted not in known:
        raise DataError(f"the period {wanted} is not in the data", remedy=nearest(wanted, known))
    return wanted, of_row == wanted


def _word(value: object) -> str:
    """Write a value of the index file as `written` writes cells."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(column: str, dtype: pl.DataType) -> pl.Expr:
    """Write cells as a person does: 2020, also where the column holds 2020.0."""
    x = pl.col(column)
    if not dtype.is_float():
        return x.cast(pl.String)
    whole = pl.when(x == x.floor()).then(x.cast(pl.Int64, strict=False))  # null where no integer is as large
    return pl.coalesce(whole.cast(pl.String), x.cast(pl.String))


_COMPARISON = re.compile(r"\s*(>=|<=|!=|>|<)\s*(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*")


def _kept(table: pl.DataFrame, data: Data) -> pl.DataFrame:
    for column, value in data.where.items():
        if column not in table.columns:
            raise DataError(
                f'data.where names the column "{column}", which is not there',
                remedy=nearest(column, table.columns),
                word=("data", "where", column),
            )
        if comparison := _COMPARISON.fullmatch(value) if isinstance(value, str) else None:
            table = table.filter(_compared(column, *comparison.groups()))
            continue
        wanted = [_word(element) for element in (value if isinstance(value, (list, tuple)) else [value])]
        table = table.filter(written(column, table.schema[column]).is_in(wanted))
        if table.is_empty() and isinstance(value, str) and re.match(r"\s*[<>=!]", value):
            raise NothingKept(
                f'data.where cannot compare with "{value}"',
                remedy='write one of > >= < <= != and a number: "> 0"; or a value, a list of values',
                word=("data", "where", column),
            )
    if table.is_empty():
        raise NothingKept(
            "the data have no rows" + (" that data.where keeps" if data.where else ""),
            word=("data", "where") if data.where else (),
        )
    return table


def _compared(column: str, sign: str, number: str) -> pl.Expr:
    x, bound = pl.col(column).cast(pl.Float64, strict=False), float(number)
    return {">=": x >= bound, "<=": x <= bound, "!=": x != bound, ">": x > bound, "<": x < bound}[sign]


def _denominated(raw: Prepared, table: pl.DataFrame, leaves: Iterable[Leaf]) -> pl.DataFrame:
    columns = []
    for leaf in leaves:
        column = raw.values[leaf.id] * leaf.spec.factor
        if leaf.spec.per:
            denominator = table[leaf.spec.per].cast(pl.Float64, strict=False)
            for word, fault in (("zero", pl.col("\0") == 0), ("infinite", pl.col("\0").is_infinite())):
                if units := raw.naming(denominator, fault):
                    raise DataError(
                        f"{leaf.spec.per}, which {leaf.id} is divided by, is {word} for {listed(units)}",
                        remedy=f"write what is not known as missing, not as {word}",
                    )
            column = column / denominator
        columns.append(column)
    return raw.values.with_columns(columns)


def check_units(units: pl.DataFrame, unit: str, period: str | None) -> None:
    """Refuse rows without a name, and units that stand more than once in a period."""
    for column in (unit, period):
        if column and units[column].null_count():
            rows = units.with_row_index("row", 1).filter(pl.col(column).is_null())["row"].to_list()
            raise DataError(
                f'"{column}" is empty in {len(rows)} row(s): {listed(rows)}',
                remedy="name its unit and period in every row" if period else "name its unit in every row",
            )
    key = [unit, period] if period else [unit]
    hashes = units.select(key).hash_rows()  # where all differ, so do the names, and not the other way round
    twice = units.clear()
    if hashes.n_unique() < len(units):
        twice = units.filter(pl.struct(key).is_duplicated()).select(key).unique(maintain_order=True)
    if len(twice):
        names = [" ".join(map(str, row)) for row in twice.iter_rows()]
        remedy = "keep one row per unit" + ("" if period else ', or name the period: period = "year"')
        verb = "stands" if len(names) == 1 else "stand"
        raise DataError(f"{' and '.join(key)}: {len(names)} {verb} more than once ({listed(names)})", remedy=remedy)
    _check_spelling(units[unit])


def _check_spelling(names: pl.Series) -> None:
    """Refuse names that look the same and are not."""
    if not names.str.contains(r"^\s|\s$|[^\x00-\x7F]").any():
        return
    plain = names.str.strip_chars().str.normalize("NFC")
    if (plain != names).any() and plain.n_unique() < names.n_unique():
        spelt = pl.DataFrame([names.alias("name"), plain.alias("plain")]).unique(maintain_order=True)
        first, second = spelt.filter(pl.col("plain").is_duplicated()).sort("plain", maintain_order=True)["name"][:2]
        raise DataError(
            f"{names.name}: {first!r} and {second!r} are one name, but for white space or the way accents are stored",
            remedy="write a name in one way",
        )


def _check_finite(raw: Prepared) -> None:
    for name, facts in raw.facts.items():
        if not facts.finite:
            units = raw.naming(raw.values[name], pl.col("\0").is_infinite())
            raise DataError(
                f"{name} is infinite for {listed(units)}", remedy="write what is not known as missing, not as infinite"
            )
