"""Values off by a power of ten: single values, groups of rows, periods."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.recognition.indicator_values import IndicatorValues, Numbers, is_percentage
from indicia.recognition.observation import Observation
from indicia.recognition.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEW = 8
"""With fewer values, none is far from the rest."""


def slips(values: Numbers) -> list[tuple[int, float]]:
    """Return the rows of values ten, a hundred or a thousand times off all others, with the factor."""
    if len(values) < _FEW or (values <= 0).any():
        return []
    order = np.argsort(values)
    rows = []
    for row, rest in ((int(order[-1]), values[order[:-1]]), (int(order[0]), values[order[1:]])):
        value, least, most = values[row], rest.min(), rest.max()
        shares = most <= 1 and value <= 100 and value > 10 * most and most <= 10 * least
        if shares:
            rows.append((row, 100.0))
            continue
        # values that differ by more than this among each other may have a long tail
        if most > 5 * least or least <= value <= most or len(np.unique(rest)) < 4:
            continue
        off = value / most if value > most else least / value
        # a low value is more often true than a high one: scores and shares reach down to 0
        if off < 1.5 * most / least or (value < least and most > 2 * least):
            continue
        for factor in (10.0, 100.0, 1000.0):
            corrected = value / factor if value > most else value * factor
            if off > 2.5 and least * 0.9 <= corrected <= most * 1.1:
                rows.append((row, factor if value > most else 1 / factor))
                break
    return rows


def scale_between_rows(column: IndicatorValues) -> Iterator[Observation]:
    """Yield a column of two groups of values, one about 100 or 1000 times the other."""
    positive = np.flatnonzero(column.values > 0)
    values = column.values[positive]
    if len(values) < _FEW or (column.values < 0).any():
        return
    logs = np.sort(np.log10(values))
    gaps = np.diff(logs)
    cut = int(gaps.argmax())
    low, high = logs[: cut + 1], logs[cut + 1 :]
    share = word_lists("values")["share"].matches(column.described) or is_percentage(column.described)
    # a few small values under another name may be true
    fewest = max(2, 0.04 * len(values)) if share else max(2, 0.1 * len(values))
    if min(len(low), len(high)) < fewest or min(len(np.unique(low)), len(np.unique(high))) < 2:
        return
    apart = float(np.median(high) - np.median(low))
    for power in (2, 3, 6):
        widest = 1.3 if share and power == 2 else 0.8
        narrow = max(np.ptp(low), np.ptp(high)) <= min(widest, power - 0.6)
        overlap = low.min() - 0.3 <= np.median(high) - power <= low.max() + 0.3
        if gaps[cut] >= 0.6 and narrow and abs(apart - power) <= 0.35 and overlap:
            rows = positive[values > 10 ** low.max() * 1.0001]
            factor = 10**power
            kinds = "shares among percentages" if power == 2 and 10 ** low.max() <= 1.0001 else "two scales"
            small = f"{len(low)} values from {10 ** low.min():.6g} to {10 ** low.max():.6g}"
            large = (
                f"{len(high)} values about {factor} times as large, {10 ** high.min():.6g} to {10 ** high.max():.6g}"
            )
            sentence = f"{column.name} has {kinds}: {small}, and {large}, such as {column.at(rows[:2])}"
            yield Observation(
                "mixed_scale",
                (column.name, *dict.fromkeys(column.units[int(row)].strip() for row in rows)),
                sentence,
                "question",
                "write all values on one scale in the table, or leave the indicator out of [indicators]",
            )
            return


def scale_between_periods(column: IndicatorValues) -> Iterator[Observation]:
    """Yield a jump between two periods by the same power of ten in nearly all units."""
    if column.periods is None:
        return
    frame = pl.DataFrame({"unit": column.units, "period": column.periods, "value": pl.Series(column.values)}).filter(
        pl.col("value") > 0
    )
    periods = frame["period"].unique().drop_nulls().sort().to_list()
    for before, after in pairwise(periods):
        pair = frame.filter(period=before).join(frame.filter(period=after), on="unit", suffix="_after")
        if pair.height < 5:
            continue
        logs = np.log10((pair["value_after"] / pair["value"]).to_numpy())
        middle = float(np.median(logs))
        power = round(middle)
        tolerance = 0.3 if abs(power) >= 2 else 0.1
        if power == 0 or abs(middle - power) > tolerance or (np.abs(logs - power) <= tolerance).mean() < 0.9:
            continue
        first = pair.row(0, named=True)
        factor = 10 ** abs(power)
        change = f"a {factor}th of" if power < 0 else f"{factor} times"
        example = f"{first['unit']} ({first['value']:.6g}, then {first['value_after']:.6g})"
        sentence = (
            f"{column.name} of {after} is about {change} {column.name} of {before} in {pair.height} units, such as "
            f"{example}: its scale changes by a factor of {factor}"
        )
        remedy = (
            "write all periods on one scale in the table, or keep the periods of one scale: "
            "where = { … } in [data] (--set data.where.PERIOD=…)"
        )
        yield Observation("scale_of_period", (column.name, str(after)), sentence, "question", remedy)
