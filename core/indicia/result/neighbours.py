"""The neighbours of units: pairs with weights, and the mean of neighbouring values (the spatial lag)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import read_table
from indicia.data.joins import match_texts
from indicia.errors import DataError, UnknownColumn, join_names

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.definition import Definition, Origin
    from indicia.methods import Array
    from indicia.run import Scored

    Integers = npt.NDArray[np.int64]

_PLACE = ("outside", "neighbours")


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The neighbours of units as pairs; a pair has the numbers of two units, and a weight.

    >>> pairs = pl.DataFrame({"unit": ["a", "a", "b", "c"], "neighbour": ["b", "c", "a", "a"]})
    >>> neighbours = Neighbours.of(["a", "b", "c", "d"], pairs)
    >>> neighbours.lag(np.array([1.0, 2.0, 4.0, 8.0])).tolist()
    [3.0, 1.0, 1.0, nan]
    >>> neighbours.islands, neighbours.is_symmetric
    (('d',), True)
    """

    units: tuple[str, ...]
    """The names of the units, each once."""
    first: Integers
    """The unit of each pair, as a position in `units`."""
    second: Integers
    """Its neighbour."""
    weights: Array
    """The weight of each pair, as stated; 1 without weights."""
    unmatched: tuple[str, ...] = ()
    """The names among the pairs that are no unit of the run; their pairs are left out."""

    @classmethod
    def of(cls, units: list[str], pairs: pl.DataFrame) -> Neighbours:
        """Return the neighbours of units by pairs: columns `unit`, `neighbour` and, if weights differ, `weight`."""
        names = pl.Series("unit", units, pl.String)
        numbers = pl.DataFrame([names.alias("\0name"), pl.Series("\0at", np.arange(len(units)))])
        places = []
        unmatched: dict[str, None] = {}
        for column in ("unit", "neighbour"):
            mine, theirs = match_texts(names, pairs[column])
            texts = numbers.with_columns(mine.alias("\0name"))
            place = theirs.to_frame("\0name").join(texts, on="\0name", how="left", maintain_order="left")["\0at"]
            places.append(place)
            unmatched |= dict.fromkeys(str(name) for name in pairs[column].filter(place.is_null()))
        weights = pairs["weight"] if "weight" in pairs.columns else pl.Series(np.ones(len(pairs)))
        _check_pairs(pairs, places, weights)
        known = (places[0].is_not_null() & places[1].is_not_null()).to_numpy()
        first, second = (place.fill_null(0).to_numpy()[known] for place in places)
        return cls(tuple(units), first, second, weights.cast(pl.Float64).to_numpy()[known], tuple(unmatched))

    @cached_property
    def counts(self) -> Integers:
        """The number of neighbours of each unit."""
        return np.bincount(self.first, minlength=len(self.units))

    @property
    def islands(self) -> tuple[str, ...]:
        """The units without neighbours."""
        return tuple(unit for unit, count in zip(self.units, self.counts.tolist(), strict=True) if not count)

    @cached_property
    def is_symmetric(self) -> bool:
        """True if every pair has its reverse, with the same weight."""
        size = len(self.units)
        there, back = self.first * size + self.second, self.second * size + self.first
        order, reverse = np.argsort(there), np.argsort(back)
        has_reverses = np.array_equal(there[order], back[reverse])
        return has_reverses and np.array_equal(self.weights[order], self.weights[reverse])

    @cached_property
    def standardised(self) -> Array:
        """The weights of the pairs, divided by their sum for each unit (row-standardised)."""
        totals = np.bincount(self.first, self.weights, minlength=len(self.units))
        return self.weights / totals[self.first]

    def lag(self, values: Array) -> Array:
        """Return the weighted mean of the values of the neighbours of each unit (the spatial lag).

        A neighbour without a value (NaN) does not count; a unit without any neighbour that has a value gets NaN.
        """
        present = np.isfinite(values[self.second])
        weights = np.where(present, self.weights, 0.0)
        size = len(self.units)
        totals = np.bincount(self.first, weights, minlength=size)
        sums = np.bincount(self.first, weights * np.where(present, values[self.second], 0.0), minlength=size)
        lag: Array = np.full(size, np.nan)
        np.divide(sums, totals, out=lag, where=totals > 0)
        return lag


def read_neighbours(
    definition: Definition, origin: Origin, table: pl.DataFrame, rows: pl.DataFrame
) -> Neighbours | None:
    """Return the neighbours that an index file states; None without them.

    `table` has the data, as they are read, and `rows` the units of the run, in a panel several times.
    """
    spec, unit = definition.outside.neighbours, str(definition.data.unit)
    if spec is None:
        return None
    units = rows[unit].unique(maintain_order=True).to_list()
    if spec.column is not None:
        lists = table.filter(pl.col(unit).is_in(units)).select(
            unit=pl.col(unit), neighbour=pl.col(spec.column).str.split(spec.separator)
        )
        pairs = lists.explode("neighbour").with_columns(pl.col("neighbour").str.strip_chars())
        # in a panel, the lists of a unit stand in several rows
        return Neighbours.of(units, pairs.filter(pl.col("neighbour") != "").unique(maintain_order=True))
    mine, theirs = spec.unit or "unit", spec.neighbour or "neighbour"
    weight = [spec.weight] if spec.weight else []
    try:
        frame = read_table(spec.path, text=[mine, theirs], numbers=weight, folder=origin.folder)
    except UnknownColumn as error:
        remedy = error.remedy or 'unit = "…", neighbour = "…" and weight = "…" name its columns'
        raise DataError(f"neighbours: {error.what}: {spec.path}", remedy=remedy, word=_PLACE) from error
    columns = {"unit": mine, "neighbour": theirs, **({"weight": spec.weight} if spec.weight else {})}
    return Neighbours.of(units, frame.select(pl.col(column).alias(name) for name, column in columns.items()))


def neighbour_means(definition: Definition, scored: Scored, neighbours: Neighbours | None) -> pl.DataFrame:
    """Return the number of neighbours of each unit, its score, and the mean score of its neighbours."""
    key = scored.source.key
    kinds = {"neighbours": pl.Int64, "with_score": pl.Int64, "score": pl.Float64, "mean_of_neighbours": pl.Float64}
    keys = scored.units.select(key)
    if neighbours is None:
        return keys.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
    positions = {unit: at for at, unit in enumerate(neighbours.units)}
    at = scored.units[key[0]].replace_strict(positions, return_dtype=pl.Int64).to_numpy()
    scores = scored.nodes[scored.tree.id].fill_null(np.nan).to_numpy()
    period = definition.data.period
    periods = scored.units[period].rank("dense").to_numpy() if period else np.ones(len(at))
    counts, means = np.zeros(len(at), int), np.full(len(at), np.nan)
    for value in np.unique(periods):
        rows = periods == value
        values = np.full(len(neighbours.units), np.nan)
        values[at[rows]] = scores[rows]
        scored_pairs = np.isfinite(values[neighbours.second])
        counts[rows] = np.bincount(neighbours.first, scored_pairs, minlength=len(values))[at[rows]]
        means[rows] = neighbours.lag(values)[at[rows]]
    columns = dict(zip(kinds, (neighbours.counts[at], counts, scores, means), strict=True))
    return keys.hstack(pl.DataFrame(columns, schema_overrides=kinds, nan_to_null=True).get_columns())


def _check_pairs(pairs: pl.DataFrame, places: list[pl.Series], weights: pl.Series) -> None:
    """Refuse pairs of a unit with itself, repeated pairs, and weights that are not above zero."""
    names = pairs.select("unit", "neighbour")
    repeated = pl.DataFrame([places[0].alias("first"), places[1].alias("second")])
    known = repeated.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    numbers = weights.cast(pl.Float64)
    faults = (
        (pairs["unit"].is_null() | pairs["neighbour"].is_null(), "a row lacks a name", "name both units in every row"),
        (
            (places[0] == places[1]).fill_null(value=False),
            "a unit is its own neighbour",
            "leave out these rows",
        ),
        (repeated.is_duplicated() & known, "a pair stands twice", "keep one row for each pair"),
        (~(numbers > 0).fill_null(value=False), "a weight is missing, or not above 0", "leave out these rows"),
    )
    for fault, message, remedy in faults:
        if fault.any():
            texts = names.filter(fault).fill_null("(empty)")
            examples = [" – ".join(row) for row in texts.iter_rows()]
            raise DataError(f"neighbours: {message}: {join_names(examples)}", remedy=remedy, word=_PLACE)
