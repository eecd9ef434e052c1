"""After normalisation larger is better: the figures that came out are held against those that went in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl

from indicia.errors import AgainstDirection
from indicia.formulas import record_each
from indicia.methods import Property
from indicia.notes import Names, Note
from indicia.stages.normalise import Closeness, with_names
from indicia.stages.plugin_boundary import plugin_of
from indicia.stages.stage import Record, Stage
from indicia.tables.evaluate import evaluate
from indicia.tables.noise import NOISE, largest
from indicia.tables.profile import profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.definition import Leaf
    from indicia.methods import Normalisation
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table

_X, _Z, _ROW = "\0x", "\0z", "\0at"


@dataclass(frozen=True)
class _Pair:
    """Two rows: the better value scores less."""

    worse: int
    better: int


@dataclass(frozen=True)
class CheckDirections(Stage):
    """Refuse an indicator of which a better value scores less than a worse one.

    Values are compared that were normalised by the same statistics: within the key of the scope, and of fixed bounds.
    Where the index file gives an indicator no direction, a method that does not declare to be monotone (a formula)
    decides on it, and a note says so.
    """

    name: ClassVar[str] = "direction"
    leaves: tuple[Leaf, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table as it is, if no direction is reversed; indicators without a direction are noted."""
        notes: list[Note] = []
        closeness = _closeness_of(table)
        normalised = table.columns.components.frame
        for leaf in table.taking_part(self.leaves):
            if not leaf.normalisation.follows_direction:
                continue
            turned = leaf.spec.direction == "cost" and leaf.oriented
            x = closeness.get(leaf.id, table.values[leaf.id])
            key = [table.units[name] for name in table.scope.key]
            bounds = (f"\0low {leaf.id}", f"\0high {leaf.id}")
            key += [table.bounds_by_row[name] for name in bounds if name in table.bounds_by_row.columns]
            pair = _reversed_pair(leaf.normalisation, -x if turned else x, normalised[leaf.id], key)
            if pair is None:
                continue
            if "direction" in leaf.spec.model_fields_set or Property.MONOTONE in leaf.normalisation.properties:
                raise _against_direction(table, leaf, normalised[leaf.id], pair)
            notes.append(Note("no_direction", method=leaf.normalisation, part=Names.of([leaf.id])))
        return table, Record(self.name, notes=tuple(notes))


def _closeness_of(table: Table) -> dict[str, pl.Series]:
    """Return the closeness to the best values that the normalisations of such indicators saw."""
    formulas = record_each({name: Closeness(name, ends) for name, ends in table.target_ranges.items()})
    if not formulas:
        return {}
    frame = evaluate(with_names(table), formulas, table.scope, table.statistics).frame
    return {column.name: column for column in frame}


def check_rescaling(
    methods: Mapping[str, Normalisation], scores: pl.DataFrame, table: Table, rescaled: pl.DataFrame
) -> None:
    """Refuse a rescaling that gives a better score of a node less than a worse one."""
    key = [table.units[name] for name in table.scope.key]
    for name, method in methods.items():
        pair = _reversed_pair(method, scores[name], rescaled[name], key) if method.follows_direction else None
        if pair is not None:
            told = _told(table, scores[name], rescaled[name], pair)
            raise AgainstDirection(
                f"{method} turns the scores of {name} round: {told}",
                where=plugin_of(method),
                remedy="choose another rescaling, one that rises with the score",
            )


def _against_direction(table: Table, leaf: Leaf, z: pl.Series, pair: _Pair) -> AgainstDirection:
    method, direction = leaf.normalisation, leaf.spec.direction or "benefit"
    told = _told(table, table.values[leaf.id], z, pair)
    if direction in ("benefit", "cost"):
        way, other = ("rises", "cost") if direction == "benefit" else ("falls", "benefit")
        remedy = (
            f"choose a normalisation that {way} as {leaf.id} rises (a formula may have another, of_cost); or write "
            f'direction = "{other}", or "target" where the best value lies between'
        )
    else:
        remedy = f"choose a normalisation that rises as {leaf.id} comes closer to its best values"
    return AgainstDirection(
        f'{method} scores {leaf.id} against its direction, "{direction}": {told}',
        where=plugin_of(method),
        remedy=remedy,
        word=("indicators", leaf.id),
    )


def _told(table: Table, x: pl.Series, z: pl.Series, pair: _Pair) -> str:
    units = table.units.select(pl.concat_str(table.key, separator=" ")).to_series()
    worse, better = (f"{units[row]} with {x[row]:g}" for row in (pair.worse, pair.better))
    return f"{better} is better than {worse}, and scores {z[pair.better]:g}, less than {z[pair.worse]:g}"


def _reversed_pair(method: Normalisation, x: pl.Series, z: pl.Series, key: Sequence[pl.Series]) -> _Pair | None:
    """Return two rows of one key of which the one with the larger x has the smaller z, if there are any.

    The ends tell of a method that declares to be monotone, and so are all that is looked at; any other is looked at
    from value to value.
    """
    noise = NOISE * largest(profile(z.to_frame(), [z.name])[z.name])
    pairs = _ends(x, z, key) if Property.MONOTONE in method.properties else _neighbours(x, z, key)
    for worse, better in pairs:
        if z[worse] > z[better] + noise:
            return _Pair(worse, better)
    return None


def _ends(x: pl.Series, z: pl.Series, key: Sequence[pl.Series]) -> Iterator[tuple[int, int]]:
    """Yield the rows of the smallest and of the largest value of each key."""
    if not key:
        if (low := x.arg_min()) is not None and (high := x.arg_max()) is not None:
            yield low, high
        return
    present = pl.DataFrame([x.alias(_X), z.alias(_Z), *key]).with_row_index(_ROW).filter(pl.col(_X).is_not_null())
    names = [column.name for column in key]
    ends = present.group_by(names, maintain_order=True).agg(
        pl.col(_ROW).get(pl.col(_X).arg_min()).alias("low"), pl.col(_ROW).get(pl.col(_X).arg_max()).alias("high")
    )
    yield from ends.select("low", "high").iter_rows()


def _neighbours(x: pl.Series, z: pl.Series, key: Sequence[pl.Series]) -> Iterator[tuple[int, int]]:
    """Yield the neighbours, in the order of x within each key, that differ most against it."""
    present = np.flatnonzero(x.is_not_null().to_numpy())
    values, scores, groups = x.to_numpy()[present], z.to_numpy()[present], np.zeros(len(present))
    if key:
        groups = pl.DataFrame(list(key)).select(pl.struct(pl.all()).rank("dense")).to_series().to_numpy()[present]
    order = np.lexsort((values, groups))
    falls = np.diff(scores[order])
    apart = (np.diff(groups[order]) > 0) | (np.diff(values[order]) <= 0)
    falls[apart] = 0.0
    if len(falls) and falls.min() < 0:
        worst = int(falls.argmin())
        yield int(present[order[worst]]), int(present[order[worst + 1]])
