"""How far a run recovers a published ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import text
from indicia.errors import DataError, join_names, suggest
from indicia.notes import Note, Spoken

if TYPE_CHECKING:
    from indicia.definition import Reference


@dataclass(frozen=True)
class Recovery:
    """A run beside its published reference: what was compared and what differs."""

    sentence: Note
    equal: int
    compared: int
    differing: pl.DataFrame
    """Units that differ: of a set, `published` and `scored` say where a unit stands; else both values."""

    def __str__(self) -> str:
        return self.sentence


def with_set(scores: pl.DataFrame, reference: Reference, unit: str) -> Recovery:
    """Compare the top of a ranking with a published set of as many units, in no order."""
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
    what = _named(reference, {"en": "the published set", "zh": "已发布的名单"})
    said = Note("published_set", what=what, common=len(common), all=len(published))
    return Recovery(said, len(common), len(published), differing)


def with_table(scores: pl.DataFrame, published: pl.DataFrame, reference: Reference, key: list[str]) -> list[Recovery]:
    """Compare scores and ranks with published ones, unit by unit; units that only one side has are left out."""
    theirs = [reference.unit or key[0], *([reference.period or key[1]] if len(key) > 1 else [])]
    pairs = [(mine, column) for mine, column in (("score", reference.score), ("rank", reference.rank)) if column]
    renamed = published.select(
        *(pl.col(column).cast(scores.schema[name]).alias(name) for column, name in zip(theirs, key, strict=True)),
        *(pl.col(column).cast(pl.Float64).alias(f"published {mine}") for mine, column in pairs),
    )
    both = scores.join(renamed, on=key, how="inner")
    if both.is_empty():
        raise DataError(
            "no unit of the reference is in the data", remedy="[reference] unit = names its column of units"
        )
    what = _named(reference, {"en": "the published index", "zh": "已发布的指数"})
    return [_beside(both, mine, what, key, reference.tolerance) for mine, _ in pairs]


def _beside(both: pl.DataFrame, mine: str, what: Spoken, key: list[str], tolerance: float) -> Recovery:
    compared = both.filter(pl.col(f"published {mine}").is_not_null())
    apart = (pl.col(mine).cast(pl.Float64) - pl.col(f"published {mine}")).abs()
    differing = compared.filter((apart > tolerance) | pl.col(mine).is_null()).select(*key, mine, f"published {mine}")
    equal = len(compared) - len(differing)
    said = Note("published_table", what=what, equal=equal, all=len(compared), column=_COLUMNS[mine])
    return Recovery(said, equal, len(compared), differing)


def _named(reference: Reference, unnamed: Spoken) -> Spoken:
    return {one: text(reference.name, one, default) for one, default in unnamed.items()}


_COLUMNS = {"score": {"en": "scores", "zh": "得分"}, "rank": {"en": "ranks", "zh": "名次"}}
