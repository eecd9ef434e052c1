"""A run made ready: its stages, and the bands of scores.

The band of each unit in every classification of `[bands]`, and the number of units in each band.

Bands are numbered from 1, the band of the lowest figures; 0 stands for a unit without a band.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import RANK, ROOT, SCORE, Bands, Definition, Leaf, Node
from indicia.errors import DataError, IndiciaError, join_names
from indicia.methods import Array, half_up
from indicia.methods.noise import NOISE, without_noise
from indicia.methods.numbers import widened
from indicia.run.plan import Step, before_normalisation, run_stages, stages_of
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.level_noise import LevelNoise
from indicia.stages.rank import check_eligible, is_eligible
from indicia.stages.transform import Transform
from indicia.tables.table import Table

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.partitions.partition import Partition
    from indicia.run.scored import Scored
    from indicia.stages.stage import Stage

    Integers = npt.NDArray[np.int64]


_SHARE = 1e-9
"""The rounding error of a share of the units; a share differs from another by 1e-8 or more, as units are few."""


def classify(scored: Scored) -> pl.DataFrame:
    """Return a column for each classification: the names of the bands in their order, or their numbers.

    DataError for a figure beyond all ranges, and for fewer units than shares.
    """
    columns = []
    for name, bands in scored.definition.bands.items():
        figures = figures_of(scored, name, bands)
        if bands.shares is None:
            _check_ends(name, bands, figures, scored.source)
            numbers = numbers_by_limits(bands, figures.cast(pl.Float64).fill_null(np.nan).to_numpy())
        else:
            numbers = _numbers_by_shares(name, bands, figures, scored.definition, scored.units)
        columns.append(label_bands(name, bands, numbers))
    return pl.DataFrame(columns)


def check_bands_of_indicators(definition: Definition, table: Table) -> None:
    """Raise the error of `classify` for bands of indicators, without scores; the table has values before treatment."""
    for name, bands in definition.bands.items():
        if bands.of in table.values.columns:
            figures = _round(table.values[bands.of], bands)
            if bands.shares is None:
                _check_ends(name, bands, figures, table)
            else:
                _numbers_by_shares(name, bands, figures, definition, table.units)


def figures_of(scored: Scored, name: str, bands: Bands) -> pl.Series:
    """Return the figures that a classification compares, rounded if it has decimals."""
    return _round(_figures(scored, name, bands.of), bands)


def _round(figures: pl.Series, bands: Bands) -> pl.Series:
    if bands.decimals is None:
        return figures
    return figures.to_frame().select(half_up(pl.nth(0), bands.decimals)).to_series()


def _figures(scored: Scored, name: str, of: str) -> pl.Series:
    if of == RANK:
        return scored.rank
    nodes, measured = scored.nodes, scored.raw.values
    part = ROOT if of == SCORE else of
    if part in nodes.columns:
        return nodes[part]
    if part in measured.columns:
        return measured[part]
    raise DataError(
        f"the bands {name} are of {of}, which this run leaves out",
        remedy=f'keep = ["{of}"] in [screening], or leave out the bands',
        word=("bands", name, "of"),
    )


def numbers_by_limits(bands: Bands, figures: Array) -> Integers:
    """Return the numbers of the bands of figures of any shape, by limits; a missing figure is NaN.

    A figure that differs from a limit by rounding noise only stands on the limit.
    """
    limits = np.array(bands.limits)
    noise = NOISE * np.abs(limits).max()
    if bands.closed == "lower":
        numbers = np.searchsorted(limits - noise, figures, side="right")
    else:
        numbers = np.searchsorted(limits + noise, figures, side="left")
    result: Integers = np.where(np.isnan(figures), 0, numbers + 1)
    return result


def numbers_by_places(bands: Bands, places: Array, units: Array) -> Integers:
    """Return the numbers of the bands of units by their places among a number of units; a missing place is NaN.

    With k equal shares, the unit at place r of N is in the band k · r / N, rounded up.
    """
    ends = np.array(bands.cumulative_shares[:-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = places / units
    result: Integers = np.where(np.isnan(shares), 0, np.searchsorted(ends + _SHARE, shares, side="left") + 1)
    return result


def _numbers_by_shares(
    name: str, bands: Bands, figures: pl.Series, definition: Definition, units: pl.DataFrame
) -> Integers:
    """Return the numbers of the bands of the eligible units, within each period and group."""
    key = [column for column in (definition.data.period, *bands.within) if column]
    in_order = figures if bands.of == RANK else without_noise(figures.cast(pl.Float64))
    takes_part = pl.all_horizontal(is_eligible(definition), *(pl.col(column).is_not_null() for column in key))
    ties = definition.methodology.ties if bands.of == RANK else "min"
    figure = pl.col(_FIGURE)
    frame = units.with_columns(in_order.alias(_FIGURE)).with_columns(pl.when(takes_part).then(figure).alias(_FIGURE))
    place = figure if bands.of == RANK and not bands.within else figure.rank(ties)
    places, counts = (
        frame.select(column.over(key) if key else column).to_series() for column in (place, figure.count())
    )
    _check_counts(name, bands, frame, key)
    numbers = places.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return numbers_by_places(bands, numbers, (counts if key else counts.new_from_index(0, len(frame))).to_numpy())


_FIGURE = "\0figure"
"""The column of the figures that are classified, beside the columns of the units."""


def _check_counts(name: str, bands: Bands, frame: pl.DataFrame, key: list[str]) -> None:
    """Refuse fewer units than shares, and units with equal figures, which shares cannot tell apart."""
    figure = pl.col(_FIGURE)
    present = frame.filter(figure.is_not_null()).with_columns(pl.lit("").alias("\0all"))
    facts = present.group_by(key or ["\0all"], maintain_order=True).agg(
        pl.len().alias("\0units"), figure.n_unique().alias("\0different")
    )
    faults = facts.filter((pl.col("\0units") < bands.count) | (pl.col("\0different") == 1))
    if not len(faults):
        return
    *group, number, _ = faults.row(0)
    where = f" in {' '.join(map(str, group))}" if key else ""
    raise DataError(
        f"{bands.count} shares of the bands {name} need as many units, and there are {number}{where}"
        if number < bands.count
        else f"the {number} units{where} have the same {bands.of}, and the bands {name} cannot share them out",
        remedy="fewer shares, or thresholds" + (", or no within" if bands.within else ""),
        word=("bands", name, "shares"),
    )


def _check_ends(name: str, bands: Bands, figures: pl.Series, table: Table) -> None:
    """Refuse figures beyond the lowest and the highest range; both ends belong to the ranges."""
    low, high = bands.ends
    if (low, high) == (-inf, inf):
        return
    lowest, highest = widened(low, high)
    x = pl.col("\0")
    outside = figures.to_frame("\0").select((x < lowest) | (x > highest)).to_series().fill_null(value=False)
    if not outside.any():
        return
    units = table.units_where(outside, x)
    example = figures.filter(outside)[0]
    raise DataError(
        f"{bands.of} is beyond the ranges of the bands {name}, {low:g} to {high:g}, for {len(units)} unit(s), with "
        f"{example:g} for the first: {join_names(units)}",
        remedy="widen the outer ranges; inf is a limit that no figure passes",
        word=("bands", name, "ranges"),
    )


def label_bands(name: str, bands: Bands, numbers: Integers) -> pl.Series:
    """Return the column of a classification: numbers, or names as an ordered category."""
    column = pl.Series(name, numbers)
    column = column.set(column == 0, None)
    if not bands.has_names:
        return column
    labels = bands.labels()
    return pl.Series(name, labels, pl.Enum(labels)).gather(column - 1)


def numbers_of_bands(column: pl.Series, bands: Bands) -> Array:
    """Return the numbers of the bands of a column of `classify`; NaN for a unit without a band."""
    numbers = column.to_physical().cast(pl.Float64) + (1 if bands.has_names else 0)
    return numbers.fill_null(np.nan).to_numpy()


def band_names(column: pl.Series, bands: Bands, language: str | None) -> pl.Series:
    """Return the names of the bands of a column of `classify` in a language, or their numbers as texts."""
    return column.cast(pl.String).replace(bands.labels(), bands.labels(language))


def low_bands_are_best(bands: Bands, definition: Definition, tree: Node) -> bool | None:
    """Return whether the band of the lowest figures is the best; None if neither end is."""
    of = bands.of
    if bands.direction is not None:
        return bands.direction == "cost"
    if of == RANK:
        return definition.methodology.rank_from == "best"
    for node in tree.nodes():
        if node.id == (ROOT if of == SCORE else of):
            return node.low_is_best
        for part in node.parts:
            if part.id == of and isinstance(part, Leaf):
                # the direction of an indicator is relative to the score that it moves
                raises = {"benefit": True, "cost": False}.get(part.spec.direction)
                return None if raises is None else raises == (node.direction == "cost")
    return None


def count_bands(scored: Scored, bands: pl.DataFrame) -> pl.DataFrame:
    """Return the number and share of units in each band, with its limits, in each period.

    The limits of a share are the lowest and the highest figure of its units.
    """
    period = scored.definition.data.period
    key = [period] if period else []
    periods = [scored.units.select(key).drop_nulls().unique().sort(key)] if period else []
    return pl.concat(
        _counts(name, scored, bands[name].cast(pl.String), key, periods) for name in scored.definition.bands
    )


def _counts(name: str, scored: Scored, column: pl.Series, key: list[str], periods: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the counts of one classification; a band without units has a row too."""
    bands, figure = scored.definition.bands[name], pl.col("to")
    figures = figures_of(scored, name, bands).cast(pl.Float64).alias("to")
    if bands.of in scored.definition.indicators and not scored.definition.publishes_raw_values:
        figures = pl.Series("to", [None] * len(figures), pl.Float64)  # the limits of shares would be raw values
    in_bands = pl.DataFrame([*scored.units.select(key), column.alias("band"), figures]).drop_nulls("band")
    counted = in_bands.group_by(*key, "band").agg(
        figure.min().alias("from"), figure.max(), pl.len().cast(pl.Int64).alias("units")
    )
    ends = [None if abs(limit) == inf else limit for limit in (bands.ends[0], *bands.limits, bands.ends[1])]
    limits = {} if bands.shares is not None else {"from": ends[:-1], "to": ends[1:]}
    rows = pl.DataFrame({"band": bands.labels(), **limits}, schema_overrides=dict.fromkeys(limits, pl.Float64))
    for frame in periods:
        rows = frame.join(rows, how="cross")
    counted = rows.join(counted.drop(limits), on=[*key, "band"], how="left", maintain_order="left")
    units = pl.col("units").fill_null(0)
    total = units.sum().over(key) if key else units.sum()
    return counted.select(pl.lit(name).alias("bands"), *key, "band", "from", "to", units, share=units / total)


@dataclass(frozen=True)
class PreparedData:
    """The steps of a run before the normalisation."""

    steps: list[Step]
    refusal: IndiciaError | None
    """The error after the preparation of values, if the methodology does not accept them: gaps, constants, units."""


def prepare_data(definition: Definition, tree: Node, table: pl.DataFrame) -> PreparedData:
    """Run the stages before the normalisation; data that cannot be prepared raise an error."""
    stages, later = _stages(definition, tree)
    fitted = statistics_that_hold(definition, tree)
    steps = run_stages(stages, Table.of(table, fitted))
    check_eligible(definition, steps[-1].table)
    try:
        measured = next(step.table for step in steps if step.stage.name == LevelNoise.name)
        check_bands_of_indicators(definition, measured)
        steps += run_stages(later, steps[-1].table)
    except IndiciaError as error:
        return PreparedData(steps, error)
    return PreparedData(steps, None)


def prepare_partition(definition: Definition, tree: Node, table: pl.DataFrame, partition: Partition) -> list[Step]:
    """Run the stages up to the transforms for the rows of a partition, which answers questions about all rows."""
    stages, _ = _stages(definition, tree)
    return run_stages(stages, Table.of(table, statistics_that_hold(definition, tree), partition))


def accept_partition(definition: Definition, tree: Node, table: Table) -> list[Step]:
    """Run the stages between the transforms and the normalisation, which refuse gaps, constants and units."""
    _, stages = _stages(definition, tree)
    return run_stages(stages, table)


def _stages(definition: Definition, tree: Node) -> tuple[list[Stage], list[Stage]]:
    """Return the stages up to the transforms, and those after them and before the normalisation."""
    stages = list(before_normalisation(stages_of(definition, tree)))
    last = next(place for place, stage in enumerate(stages) if isinstance(stage, Transform))
    return stages[: last + 1], stages[last + 1 :]
