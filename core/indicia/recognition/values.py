"""Doubts about the values of a table: impossible values, constant columns, scales that change, names alike."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names, pluralise
from indicia.recognition.column_cells import NOISE
from indicia.recognition.indicator_values import IndicatorValues, Numbers, is_percentage, sample_with_extremes
from indicia.recognition.observation import Observation
from indicia.recognition.unit_names import renamed_units, units_alike
from indicia.recognition.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.recognition.columns import Inferred

_CORRECT = (
    "correct the value in the table, or add it to `missing` of [data] (--set data.missing=…) to read it as missing"
)


def questions(
    frame: pl.DataFrame, roles: Inferred, units_of_measure: Mapping[str, str] | None = None
) -> Iterator[Observation]:
    """Yield doubts about the values of a table from which the marks of missing values have been removed.

    `units_of_measure` are texts such as "%", by indicator.

    >>> from indicia.recognition.columns import infer
    >>> import polars as pl
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "population": [10.0, -0.7, 6.0]})
    >>> [doubt.sentence for doubt in questions(table, infer(table))]
    ['population is negative for Oslo (-0.7), which is impossible for such a quantity']
    """
    sample = sample_with_extremes(frame, roles)
    for name in roles.indicators:
        measure = (units_of_measure or {}).get(name, "")
        column = IndicatorValues.of(sample, roles, name, f"{name} ({measure})" if measure else name)
        if constant := next(iter(_constant(column)), None):
            yield constant
            continue
        jumps = list(scale_between_periods(column)) if roles.period else []
        yield from jumps
        if jumps:
            continue
        mixed = list(scale_between_rows(column))
        yield from mixed
        if not mixed:
            yield from _impossible(column)
    yield from units_alike(sample, roles)
    if roles.period:
        yield from renamed_units(sample, roles)
        yield from _missing_periods(sample, roles)


def _constant(column: IndicatorValues) -> Iterator[Observation]:
    """Yield a column with a single value, but for rounding noise, or with a single value for nearly all units."""
    values = column.values
    if len(values) < 3:
        return
    least, most = float(values.min()), float(values.max())
    remedy = 'constant = "drop" in [methodology] leaves it out of each run; or remove its line in [indicators]'
    if least == most:
        sentence = (
            f"{column.name} is constant, {least:g} in all {pluralise(len(values), 'row')}: it distinguishes no unit"
        )
        yield Observation("constant", (column.name,), sentence, "question", remedy)
    elif most - least <= NOISE * max(abs(least), abs(most)):
        noise = f"{least:g} but for rounding noise of {most - least:.0e}"
        sentence = f"{column.name} is constant, {noise}: the noise alone would rank the units"
        yield Observation("constant", (column.name,), sentence, "question", remedy)
    elif len(values) >= 20:
        distinct, counts = np.unique(values, return_counts=True)
        often = int(counts.max())
        # two values are a yes and a no
        if often >= 0.95 * len(values) and len(distinct) > 2:
            rows = np.flatnonzero(values != distinct[counts.argmax()])
            sentence = (
                f"{column.name} is nearly constant: {distinct[counts.argmax()]:g} in {often} of {len(values)} rows; "
                f"the others are {column.at(rows)}"
            )
            yield Observation("nearly_constant", (column.name,), sentence, "question", remedy)


def _impossible(column: IndicatorValues) -> Iterator[Observation]:
    """Yield values that a quantity of this name cannot have, and single values ten or more times off the others."""
    lists, values = word_lists("values"), column.values
    signed = lists["unlimited"].matches(column.described)
    percent = is_percentage(column.described)
    share = lists["share"].matches(column.described)
    named = not signed and (lists["never_negative"].matches(column.described) or share or percent)
    negative = np.flatnonzero(values < 0)
    if named and 0 < len(negative) <= max(2, 0.05 * len(values)):
        sentence = f"{column.name} is negative for {column.at(negative)}, which is impossible for such a quantity"
        yield _question("negative", column, negative, sentence)
    above = np.array([], dtype=np.int64)
    limited = not signed and not lists["exceeds_100"].matches(column.described) and (share or percent)
    if limited and len(values) >= 3:
        limit = 100.5 if np.median(values) > 1.5 or percent else 1.005
        above = np.flatnonzero(values > limit)
        if 0 < len(above) <= max(2, 0.05 * len(values)):
            most = "100" if limit > 2 else "1"
            sentence = f"{column.name} is above {most} for {column.at(above)}, which is impossible for a share"
            yield _question("share_above_100", column, above, sentence)
    for row, factor in slips(values):
        if row not in above and row not in negative:
            others = np.delete(values, row)
            sentence = (
                f"{column.name} of {column.at([row])} is far from the other values, {others.min():.6g} to "
                f"{others.max():.6g}: a slip by a factor of {factor:g}?"
            )
            yield _question("outlying_value", column, [row], sentence)


def _question(
    rule: str, column: IndicatorValues, rows: Sequence[int] | npt.NDArray[np.int64], sentence: str
) -> Observation:
    units = dict.fromkeys(column.units[int(row)].strip() for row in rows)
    return Observation(rule, (column.name, *units), sentence, "question", _CORRECT)


def _missing_periods(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
    """Yield a gap of one or two years in a series of years that is regular otherwise."""
    texts = frame[roles.period or ""].drop_nulls().unique().cast(pl.String)
    years = sorted({int(text[:4]) for text in texts if re.match(r"(1[5-9]|20|21)\d\d(\D|$)", text)})
    steps = np.diff(years)
    if len(years) < 4 or len(texts) != len(years):
        return
    step = int(steps.min())
    wide = np.flatnonzero(steps != step)
    if len(wide) == 1 and steps[wide[0]] in (2 * step, 3 * step):
        start = years[int(wide[0])]
        missing = range(start + step, years[int(wide[0]) + 1], step)
        verb = "is" if len(missing) == 1 else "are"
        sentence = f"{join_names(missing)} {verb} missing in {roles.period}, which has {start} and {missing[-1] + step}"
        remedy = "add the rows of the period to the table, if there are any"
        yield Observation("missing_period", (roles.period or "",), sentence, "question", remedy)


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
