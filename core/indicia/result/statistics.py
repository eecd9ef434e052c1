"""Statistics of a result, and trends of scores over periods."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, require_columns
from indicia.formulas import PARENT, PERIOD, UNIT, Node, Question
from indicia.formulas.to_text import to_text
from indicia.methods.noise import NOISE
from indicia.tables.scope import VALUE, Value, cast_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Array
    from indicia.run import Scored


LEAST_PERIODS = 5
"""The fewest values of which the test can find a trend: four in ascending order have p = 0.08."""
_CRITICAL = 1.959963984540054
"""The standard normal quantile of a two-sided test at the level of 5 %."""


@names_its_arguments
def trends(frame: pl.DataFrame, column: str, *, unit: str, period: str) -> pl.DataFrame:
    """Return the change and the trend of a column for each unit, over the periods that have a value.

    A unit with fewer than two values has no trend. For dates, the unit of time is a year of 365.25 days.

    Source: OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.7.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each unit and period.
    column : str
        The column of the value.
    unit, period : str
        The columns of units and of periods, which are numbers or dates.

    Returns
    -------
    polars.DataFrame
        `first_period` and `last_period` with their values; `change`, the difference of these values; `cagr`, the
        compound annual growth rate, missing if the signs of the values differ; `slope`, the least-squares change per
        unit of time; `relative_slope`, the slope as a share of the fitted value in the first period.

    Examples
    --------
    >>> panel = pl.DataFrame({"city": ["Lima"] * 3, "year": [2015, 2016, 2017], "score": [1.0, 2.0, 4.0]})
    >>> trends(panel, "score", unit="city", period="year").select("change", "cagr", "slope").row(0)
    (3.0, 1.0, 1.5)
    """
    require_columns(frame, [unit, period, column])
    present = frame.select(unit, period, t=years(frame[period]), x=pl.col(column).cast(pl.Float64)).drop_nulls("x")
    t, x = pl.col("t"), pl.col("x")
    fits = (
        present.sort(unit, "t")
        .group_by(unit, maintain_order=True)
        .agg(
            first_period=pl.col(period).first(),
            last_period=pl.col(period).last(),
            first=x.first(),
            last=x.last(),
            count=pl.len(),
            span=t.last() - t.first(),
            slope=((t - t.mean()) * (x - x.mean())).sum() / ((t - t.mean()) ** 2).sum(),
            fitted=x.mean()
            + ((t - t.mean()) * (x - x.mean())).sum() / ((t - t.mean()) ** 2).sum() * (t.first() - t.mean()),
        )
    )
    first, last = pl.col("first"), pl.col("last")
    growth = (last / first).pow(1 / pl.col("span")) - 1
    has_trend = pl.col("count") > 1
    trend = fits.with_columns(
        change=pl.when(has_trend).then(last - first),
        cagr=pl.when(has_trend & (first == last)).then(0.0).when(has_trend & (first * last > 0)).then(growth),
        slope=pl.when(has_trend).then(pl.col("slope")),
        relative_slope=pl.when(has_trend & (pl.col("slope") == 0))
        .then(0.0)
        .when(has_trend & (pl.col("fitted") != 0))
        .then(pl.col("slope") / pl.col("fitted")),
    )
    units = frame.select(pl.col(unit).unique().sort())
    return units.join(trend.drop("count", "span", "fitted"), on=unit, how="left", maintain_order="left")


def clear_trends(frame: pl.DataFrame, column: str, *, unit: str, period: str) -> pl.DataFrame:
    """Return the direction in which a column moved up to each period, by the test of Mann and Kendall.

    S counts the pairs of values of a unit of which the later is larger, minus those of which it is smaller. The trend
    is clear if |S| - 1 is above 1.96 standard deviations of S, which count ties: a level of 5 %, two-sided. The test
    takes values as independent, and finds too many trends if those of successive periods correlate.

    Sources: Mann (1945), Econometrica 13(3), https://doi.org/10.2307/1907187; Kendall (1975), Rank Correlation Methods,
    4th edition.

    Parameters
    ----------
    frame : polars.DataFrame
        A row for each unit and period.
    column : str
        The column of the value.
    unit, period : str
        The columns of units and of periods, which are numbers or dates.

    Returns
    -------
    polars.DataFrame
        A row for each row of the frame, in its order: `unit`, `period`; `since`, the first period of the unit with a
        value; `direction`, 1 for a rise, -1 for a fall, 0 if neither is clear, and missing if the row has no value, or
        the unit has fewer than five up to its period.

    Examples
    --------
    >>> panel = pl.DataFrame({"city": ["Lima"] * 6, "year": range(6), "score": [1.0, 2.0, 4.0, 5.0, 7.0, 0.0]})
    >>> clear_trends(panel, "score", unit="city", period="year")["direction"].to_list()
    [None, None, None, None, 1, 0]
    """
    rows, columns = (
        column.rank("dense").cast(pl.Int64).to_numpy() - 1 for column in (frame[unit], years(frame[period]))
    )
    values = np.full((rows.max(initial=-1) + 1, columns.max(initial=-1) + 1), np.nan)
    values[rows, columns] = frame[column].cast(pl.Float64).fill_null(np.nan).to_numpy()
    present = pl.col(column).is_not_null() & pl.col(column).cast(pl.Float64).is_not_nan()
    since = pl.col(period).filter(present).min().over(unit).alias("since")
    directions = pl.Series("direction", _directions(values)[rows, columns], nan_to_null=True).cast(pl.Int8)
    return frame.select(unit, period, since).with_columns(directions)


def _directions(values: Array) -> Array:
    """Return the direction of the values of units up to each period, (units, periods); NaN for too few."""
    directions = np.full(values.shape, np.nan)
    balance, ties, count = np.zeros((3, len(values)))
    for place in range(values.shape[1]):
        new, before = values[:, place, None], values[:, :place]
        difference = new - before
        is_level = np.abs(difference) <= NOISE * np.maximum(np.abs(new), np.abs(before))
        balance += np.nan_to_num(np.where(is_level, 0.0, np.sign(difference))).sum(axis=1)
        tied, present = is_level.sum(axis=1), ~np.isnan(values[:, place])
        ties += (tied + 1) * tied * (2 * tied + 7) - tied * (tied - 1) * (2 * tied + 5)  # of a group that grows by one
        count += present
        variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
        is_clear = np.maximum(np.abs(balance) - 1, 0) > _CRITICAL * np.sqrt(variance)
        tested = present & (count >= LEAST_PERIODS)
        directions[tested, place] = np.where(is_clear, np.sign(balance), 0.0)[tested]
    return directions


def years(period: pl.Series) -> pl.Series:
    """Return periods as numbers: dates in years, numbers unchanged; DataError for anything else."""
    if period.dtype.is_temporal():
        return period.cast(pl.Date).cast(pl.Int32).cast(pl.Float64) / 365.25
    numbers = period.cast(pl.Float64, strict=False)
    if numbers.null_count() > period.null_count():
        raise DataError(
            f'the period "{period.name}" is neither a number nor a date, and a trend needs numbers or dates',
            remedy="write periods as years, or as dates such as 2024-12-31",
        )
    return numbers


_FIRST = ("stage", "subject", "statistic", "formula")
_KINDS = {**dict.fromkeys(_FIRST, pl.String), "value": pl.Float64}


def statistics(scored: Scored, unit: str, period: str | None) -> pl.DataFrame:
    """Return the statistics that the formulas of a run use, in the order of the stages and of the formulas.

    Columns: the stage; the subject, which is the indicator, or the node and its component; the name of the statistic,
    or its formula if it has no name; its formula; its group, period or unit, if it has several values; the value. A
    statistic of several numbers has a row for each number.
    """
    names = {UNIT: unit, PARENT: unit, **({PERIOD: period} if period else {})}
    frames = [pl.DataFrame(schema=_KINDS)]
    for record in scored.records:
        nodes = {question: node for formula in record.formulas.values() for question, node in formula.questions.items()}
        for question, value in record.statistics.items():
            for words, numbers in numbers_of(question, nodes.get(question), value):
                keys = numbers.drop("value").rename(names, strict=False)
                keys = cast_key(keys, scored.units, keys.columns).rename(
                    {name: f"key_{name}" for name in _KINDS}, strict=False
                )
                labels = [
                    pl.lit(word, pl.String).alias(name)
                    for name, word in zip(_FIRST, (record.stage, *words), strict=True)
                ]
                frames.append(keys.with_columns(numbers["value"]).select(*labels, pl.all()))
    table = pl.concat(frames, how="diagonal")
    return table.select(pl.exclude("value"), "value")


def numbers_of(
    question: Question, node: Node | None, value: Value
) -> Iterator[tuple[tuple[str, str, str | None], pl.DataFrame]]:
    """Yield the subject, name and formula of each number of a statistic, with its values."""
    formula = to_text(node) if node is not None else None
    subject = ", ".join(question.subject)
    name = str(question).removesuffix(f" of {subject}")
    if question.kind in ("settled", "over_time") and formula is not None:
        name = formula
    if isinstance(value, pl.DataFrame):
        frame = value.rename({VALUE: "value"})
    else:
        numbers = pl.Series(
            "value", [value], pl.Array(pl.Float64, len(value)) if isinstance(value, list) else pl.Float64
        )
        frame = pl.DataFrame([numbers])
    kind = frame.schema["value"]
    if not isinstance(kind, pl.Array):
        yield (subject, name, formula), frame.with_columns(pl.col("value").cast(pl.Float64))
        return
    for number in range(kind.size):
        yield (subject, f"{name} [{number + 1}]", formula), frame.with_columns(pl.col("value").arr.get(number))
