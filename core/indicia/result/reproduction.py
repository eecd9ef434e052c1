"""The comparison of a run with a published ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import DataError, join_names, suggest
from indicia.notes import Note, Spoken

if TYPE_CHECKING:
    from indicia.definition import Reference


@dataclass(frozen=True)
class Reproduction:
    """The number of published values that a run reproduces, and the units that differ."""

    sentence: Note
    equal: int
    compared: int
    differing: pl.DataFrame
    """The units that differ. For a set, the columns `published` and `scored` are Boolean; otherwise both values."""

    def __str__(self) -> str:
        return self.sentence


def with_set(scores: pl.DataFrame, reference: Reference, unit: str) -> Reproduction:
    """Compare the first units of a ranking with a published set of the same size, which has no order."""
    if not scores[unit].is_unique().all():
        raise DataError(
            "a published set is compared with one period, and the data have several",
            remedy="keep one: where = { year = 2022 } in [data]",
        )
    published = list(dict.fromkeys(reference.top or ()))
    if unknown := [name for name in published if name not in set(scores[unit])]:
        raise DataError(
            f"the reference names units that the data do not have: {join_names(unknown)}",
            remedy=suggest(unknown[0], scores[unit].to_list()),
        )
    scored = scores.filter(pl.col("rank") <= len(published))[unit].to_list()
    common = set(published) & set(scored)
    rows = [(name, True, False) for name in published if name not in common]
    rows += [(name, False, True) for name in scored if name not in common]
    differing = pl.DataFrame(
        rows, schema={unit: pl.String, "published": pl.Boolean, "scored": pl.Boolean}, orient="row"
    )
    name = reference.name or Note("published_set_unnamed")
    note = Note("published_set", what=name, common=len(common), all=len(published))
    return Reproduction(note, len(common), len(published), differing)


def with_table(
    scores: pl.DataFrame, published: pl.DataFrame, reference: Reference, key: list[str]
) -> list[Reproduction]:
    """Compare scores and ranks with published values; units without both are left out."""
    key_columns = [reference.unit or key[0], *([reference.period or key[1]] if len(key) > 1 else [])]
    pairs = [
        (own_column, column) for own_column, column in (("score", reference.score), ("rank", reference.rank)) if column
    ]
    published_values = published.select(
        *(pl.col(column).cast(scores.schema[name]).alias(name) for column, name in zip(key_columns, key, strict=True)),
        *(pl.col(column).cast(pl.Float64).alias(f"published {own_column}") for own_column, column in pairs),
    )
    both = scores.join(published_values, on=key, how="inner")
    if both.is_empty():
        raise DataError(
            "no unit of the reference is in the data", remedy="[reference] unit = names its column of units"
        )
    name = reference.name or Note("published_table_unnamed")
    return [_compare_column(both, own_column, name, key, reference.tolerance) for own_column, _ in pairs]


def published_ranks(
    units: pl.DataFrame, published: pl.DataFrame, reference: Reference, key: list[str], *, lowest_first: bool
) -> pl.Series:
    """Return the published rank of each row; published scores without ranks are ranked within their period."""
    key_columns = [reference.unit or key[0], *([reference.period or key[1]] if len(key) > 1 else [])]
    rank = pl.col(reference.rank or "").cast(pl.Float64)
    if reference.rank is None:
        rank = pl.col(reference.score or "").cast(pl.Float64).fill_nan(None).rank("min", descending=not lowest_first)
        rank = (rank.over(key_columns[1:]) if len(key) > 1 else rank).cast(pl.Float64)
    values = published.select(
        *(pl.col(column).cast(units.schema[name]).alias(name) for column, name in zip(key_columns, key, strict=True)),
        rank.alias("\0published"),
    ).drop_nulls()
    if not (repeated := values.filter(values.select(key).is_duplicated())).is_empty():
        names = repeated[key[0]].cast(pl.String).unique(maintain_order=True).to_list()
        raise DataError(f"the reference has units more than once: {join_names(names)}", remedy="keep one row per unit")
    return units.select(key).join(values, on=key, how="left", maintain_order="left")["\0published"].alias("published")


def _compare_column(
    both: pl.DataFrame, column: str, name: str | Spoken, key: list[str], tolerance: float
) -> Reproduction:
    compared = both.filter(pl.col(f"published {column}").is_not_null())
    difference = (pl.col(column).cast(pl.Float64) - pl.col(f"published {column}")).abs()
    differing = compared.filter((difference > tolerance) | pl.col(column).is_null()).select(
        *key, column, f"published {column}"
    )
    equal = len(compared) - len(differing)
    note = Note("published_table", what=name, equal=equal, all=len(compared), column=Note(f"equal_{column}s"))
    return Reproduction(note, equal, len(compared), differing)
