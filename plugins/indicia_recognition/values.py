"""Doubts about the values of a table: impossible values, constant columns, scales that change, names alike."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names, pluralise
from indicia_recognition.column_cells import NOISE
from indicia_recognition.observation import Observation
from indicia_recognition.sentinels import IndicatorValues, Numbers, is_percentage, sample_with_extremes
from indicia_recognition.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia_recognition.columns import Inferred

_CORRECT = (
    "correct the value in the table, or add it to `missing` of [data] (--set data.missing=…) to read it as missing"
)


def questions(
    frame: pl.DataFrame, roles: Inferred, units_of_measure: Mapping[str, str] | None = None
) -> Iterator[Observation]:
    """Yield doubts about the values of a table from which the marks of missing values have been removed.

    `units_of_measure` are texts such as "%", by indicator.

    >>> from indicia_recognition.columns import infer
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


_MANY_PAIRS = 4
_MOST_COMPARED = 60
"""Where more units end or begin in a period, their names are not compared in pairs."""


def units_alike(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
    """Yield units whose names differ only in blanks, case, accents, punctuation or Unicode form.

    >>> from indicia_recognition.columns import infer
    >>> table = pl.DataFrame({"city": ["Lima", "LIMA", "Oslo"], "gdp": [1.5, 2.0, 3.0]})
    >>> [doubt.names for doubt in units_alike(table, infer(table))]
    [('Lima', 'LIMA')]
    """
    # alike names in different groups are different units, as places of one name in two provinces
    groups = [group for group in roles.groups if group != roles.unit]
    table = frame.select(pl.col(roles.unit).cast(pl.String).alias("\0name"), *groups).unique(maintain_order=True)
    keyed = table.with_columns(_match_key(pl.col("\0name")).alias("\0key")).filter(pl.col("\0key") != "")
    same_key = keyed.group_by("\0key", *groups, maintain_order=True).agg("\0name")
    pairs = same_key.filter(pl.col("\0name").list.len() > 1)["\0name"].to_list()
    if len(pairs) > _MANY_PAIRS:
        names = tuple(name for same in pairs for name in same)
        shown = join_names([" and ".join(f'"{name}"' for name in same) for same in pairs], 20)
        sentence = f"{len(pairs)} units may stand under two names that are alike: {shown}"
        yield Observation("units_alike", names, sentence, "question", "write each name one way in the table")
        return
    for same in pairs:
        shown = " and ".join(f'"{name}"' for name in same)
        sentence = f"{shown} differ only in {_difference(same)}: the same unit twice?"
        remedy = (
            "write the name one way in the table, or leave one out: "
            f'without = ["{same[-1]}"] in [data] (--set data.without=…)'
        )
        yield Observation("units_alike", tuple(same), sentence, "question", remedy)


def _match_key(name: pl.Expr) -> pl.Expr:
    """Return names without case, accents, blanks and punctuation, except between digits."""
    plain = name.str.to_lowercase().str.replace_all("ß", "ss", literal=True).str.normalize("NFKD")
    plain = plain.str.replace_all(r"\p{M}", "")
    for _ in range(2):  # the expression does not see a digit twice, as in 1.2.3
        plain = plain.str.replace_all(r"(\d)[^\w·]+(\d)|(\d)_+(\d)", "${1}${3}·${2}${4}")  # 1.1 is not 11
    return plain.str.replace_all(r"[^\w·]|_", "")


def _difference(names: Sequence[str]) -> str:
    composed = [unicodedata.normalize("NFKC", name) for name in names]
    without_blanks = [re.sub(r"\s+", "", name) for name in composed]
    if len(set(composed)) == 1:
        return "Unicode form"
    if len(set(without_blanks)) == 1:
        return "blanks"
    if len({name.casefold() for name in without_blanks}) == 1:
        return "case"
    return "case, blanks, accents or punctuation"


def renamed_units(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
    """Yield units that end where others of a similar name or similar values begin."""
    period, unit = roles.period or "", roles.unit
    periods = frame[period].drop_nulls().unique().sort().to_list()
    if len(periods) < 2:
        return
    spans = (
        frame.drop_nulls([unit, period])
        .group_by(unit, maintain_order=True)
        .agg(pl.col(period).min().alias("\0first"), pl.col(period).max().alias("\0last"))
    )
    # where many units come and go, only similar names are evidence
    complete = ((spans["\0first"] == periods[0]) & (spans["\0last"] == periods[-1])).mean()
    likeness = 0.3 if isinstance(complete, float) and complete > 0.7 else 0.75
    pairs: list[tuple[str, str, object, object]] = []
    for before, after in pairwise(periods):
        gone = spans.filter(pl.col("\0last") == before)[unit].cast(pl.String).to_list()
        new = spans.filter(pl.col("\0first") == after)[unit].cast(pl.String).to_list()
        if not gone or not new or max(len(gone), len(new)) > min(0.25 * len(spans) + 2, _MOST_COMPARED):
            continue
        pairs += [
            (old, name, before, after) for old, name in _partners(frame, roles, (gone, before), (new, after), likeness)
        ]
    if not pairs:
        return
    texts = [f"{old} (only until {before}) and {name} (only from {after})" for old, name, before, after in pairs]
    names = tuple(dict.fromkeys(name for old, name, *_ in pairs for name in (old, name)))
    who = "units" if len(pairs) > 1 else "a unit"
    sentence = f"{who} may be renamed: {join_names(texts, 20)}; each name is absent in the other period"
    yield Observation("renamed_unit", names, sentence, "question", "write each unit under one name in the table")


def _partners(
    frame: pl.DataFrame,
    roles: Inferred,
    ended: tuple[Sequence[str], object],
    begun: tuple[Sequence[str], object],
    likeness: float,
) -> list[tuple[str, str]]:
    """Return pairs of an old and a new name of what may be one unit, by their names and values.

    `ended` are units with their last period, and `begun` units with their first.
    """
    old_values, new_values = _values_at(frame, roles, *ended), _values_at(frame, roles, *begun)
    names = pl.DataFrame({"name": [*ended[0], *begun[0]]}, schema={"name": pl.String})
    keys = dict(names.select("name", key=_match_key(pl.col("name"))).iter_rows())
    scored = []
    for old in ended[0]:
        for new in begun[0]:
            alike = SequenceMatcher(None, keys[old], keys[new], autojunk=False).ratio()
            near = _nearness(old_values[old], new_values[new])
            if near >= 0.6 and (alike >= likeness or (near == 1 and likeness < 0.5)):
                scored.append((alike + near, old, new))
    pairs: dict[str, str] = {}
    for _, old, new in sorted(scored, reverse=True):
        if old not in pairs and new not in pairs.values():
            pairs[old] = new
    return list(pairs.items())


def _nearness(first: Numbers, second: Numbers) -> float:
    """Return the share of values that differ by less than a seventh; 0 if there are fewer than two."""
    with np.errstate(all="ignore"):
        change = np.abs(first - second) / np.maximum(np.abs(first), np.abs(second))
    change = change[np.isfinite(change)]
    return float((change < 0.15).mean()) if len(change) >= 2 else 0.0


def _values_at(frame: pl.DataFrame, roles: Inferred, names: Sequence[str], period: object) -> dict[str, Numbers]:
    at_period = pl.col(roles.period or "") == pl.lit(period)
    rows = frame.filter(at_period & pl.col(roles.unit).cast(pl.String).is_in(list(names)))
    numbers = rows.select(pl.col(list(roles.indicators)).cast(pl.Float64, strict=False).fill_null(np.nan)).to_numpy()
    return dict(zip(rows[roles.unit].cast(pl.String).to_list(), numbers, strict=True))
