"""Doubts about the values of a table: marks of missing values, impossible values, scales that change, names alike."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names, pluralise
from indicia.recognition.column_cells import NOISE
from indicia.recognition.observation import Observation
from indicia.recognition.sample import ALL_ROWS, MANY_CELLS, sample_units
from indicia.recognition.words import plain_words, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.recognition.columns import Inferred

    Numbers = npt.NDArray[np.float64]

_FEW = 8
"""With fewer values, none is far from the rest."""
_VAST = 1e150
"""Infinite and vast numbers have no mean."""
_MANY_PAIRS = 4
_MOST_COMPARED = 60
"""Where more units end or begin in a period, their names are not compared in pairs."""
_CORRECT = (
    "correct the value in the table, or add it to `missing` of [data] (--set data.missing=…) to read it as missing"
)


@dataclass(frozen=True)
class Sentinel(Observation):
    """Numbers that stand for a missing value, such as -999."""

    marks: tuple[str, ...] = ()
    """The numbers as they are written into `[data] missing`; empty if another column has the number as a value."""


def sentinels(frame: pl.DataFrame, roles: Inferred) -> list[Sentinel]:
    """Return an observation for each number that stands for a missing value in a column; its names are the columns.

    Such a number has a famous form (-999, 9999, 99), and is impossible or far from all other values of its column.
    `[data] missing` holds for all columns. A number that is a value elsewhere is a question without marks.

    >>> from indicia.recognition.columns import infer
    >>> table = pl.DataFrame({"city": list("abcdefghij"), "rate": [3, 5, 2, 4, -999, 3, 1, 2, 6, 4]})
    >>> sentinels(table, infer(table))[0].marks
    ('-999',)
    """
    sample = _sample_with_extremes(frame, roles)
    columns = {name: _present(sample[name]) for name in roles.indicators}
    suspected: dict[float, list[str]] = {}
    certain: set[float] = set()
    for name, values in columns.items():
        for mark, is_certain in _marks_of(values, name):
            suspected.setdefault(mark, []).append(name)
            certain |= {mark} if is_certain else set()
    observations: list[Sentinel] = []
    for mark, names in sorted(suspected.items()):
        values = columns[names[0]]
        rest = values[~np.isin(values, list(suspected))]
        counts = join_names([f"{name} ({pluralise(int((frame[name] == mark).sum()), 'row')})" for name in names])
        fact = f"{mark:g} stands in {counts}, whose other values lie between {rest.min():g} and {rest.max():g}"
        elsewhere = [name for name, values in columns.items() if name not in names and mark in values]
        if mark in certain and not elsewhere:
            remedy = f"without {mark:g} in `missing` of [data] (--set data.missing=…) it is a number"
            sentence = f"{fact}: it is a code for a missing value, and is read as missing"
            observations.append(Sentinel("sentinel", tuple(names), sentence, "format", remedy, (f"{mark:g}",)))
        else:
            why = f", as it is a value of {join_names(elsewhere)}" if elsewhere else ""
            sentence = f"{fact}: is it a code for a missing value? It is read as a number{why}"
            remedy = f"add {mark:g} to `missing` of [data] (--set data.missing=…) if it means missing in all columns"
            observations.append(Sentinel("sentinel", tuple(names), sentence, "question", remedy))
    return observations


def _sample_with_extremes(frame: pl.DataFrame, roles: Inferred) -> pl.DataFrame:
    """Return all rows of a small table; of a large one a sample, and the rows with the least and greatest values.

    To find these rows in tens of millions of cells would take a tenth of the time of reading them.
    """
    if frame.height < ALL_ROWS:
        return frame
    sample = sample_units(frame, roles.unit, roles.period)
    if frame.height * frame.width > MANY_CELLS:
        return sample
    rows = {
        row for name in roles.indicators for row in (frame[name].arg_min(), frame[name].arg_max()) if row is not None
    }
    return pl.concat([sample, frame[sorted(rows)]]).unique(maintain_order=True)


def _present(column: pl.Series) -> Numbers:
    values: Numbers = column.cast(pl.Float64, strict=False).drop_nulls().to_numpy()
    return np.asarray(values[np.abs(values) < _VAST])


@cache
def _famous() -> Numbers:
    """Return the numbers that people write for a missing value: 99, -999, 99.9, 8888, -32768.

    >>> np.isin([-999, 99.9, 7777, 98, 9], _famous()).tolist()
    [True, True, True, False, True]
    """
    repeated = [digit * times for digit, least in (("9", 1), ("8", 3), ("7", 3)) for times in range(least, 11)]
    sizes = {float(f"{digits[:point]}.{digits[point:]}0") for digits in repeated for point in range(1, len(digits) + 1)}
    limits = {32767.0, -32768.0, 2147483647.0, -2147483648.0, 1e20, -1e20, 1e30, -1e30}
    return np.array(sorted({*sizes, *(-size for size in sizes), *limits, -1.0, -2.0, -88.0, -77.0, -8.0, -7.0}))


def _marks_of(values: Numbers, name: str) -> list[tuple[float, bool]]:
    """Return the famous numbers of a column that are impossible there or far from all other values.

    The second item is False if the number may also be a value.
    """
    distinct = np.unique(values)
    famous = distinct[np.isin(distinct, _famous())].tolist()
    rest = values[~np.isin(values, famous)]
    if not famous or len(np.unique(rest)) < 3 or len(rest) < len(values) / 4:
        return []
    least, most = float(rest.min()), float(rest.max())
    signed = word_lists("values")["unlimited"].matches(name)
    spread = max(most - least, abs(most) * 0.01)
    marks = []
    for value in famous:
        repeated = int((values == value).sum()) > 1
        if value < 0:
            impossible = least >= 0 and not signed
            far = value < least - 3 * spread
            if abs(value) >= 99 and (far or impossible):
                marks.append((value, True))
            elif repeated and impossible and (abs(value) >= 9 or _are_counts(rest, name)):
                # a single -1 or -9 among small numbers may be a value
                marks.append((value, True))
        elif value >= 99 and value > (3 if repeated else 8) * max(most, 0) and value > most + 5 * spread:
            marks.append((value, repeated or value >= 999))
    return marks


def _are_counts(values: Numbers, name: str) -> bool:
    return bool((values % 1 == 0).all()) and (word_lists("values")["never_negative"].matches(name) or values.max() > 20)


def questions(
    frame: pl.DataFrame, roles: Inferred, units_of_measure: Mapping[str, str] | None = None
) -> Iterator[Observation]:
    """Yield doubts about the values of a table from which the marks of missing values have been removed.

    `units_of_measure` are texts such as "%", by indicator.

    >>> from indicia.recognition.columns import infer
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "population": [10.0, -0.7, 6.0]})
    >>> [doubt.sentence for doubt in questions(table, infer(table))]
    ['population is negative for Oslo (-0.7), which is impossible for such a quantity']
    """
    sample = _sample_with_extremes(frame, roles)
    for name in roles.indicators:
        measure = (units_of_measure or {}).get(name, "")
        column = _Column.of(sample, roles, name, f"{name} ({measure})" if measure else name)
        if constant := next(iter(_constant(column)), None):
            yield constant
            continue
        jumps = list(_scale_between_periods(column)) if roles.period else []
        yield from jumps
        if jumps:
            continue
        mixed = list(_scale_between_rows(column))
        yield from mixed
        if not mixed:
            yield from _impossible(column)
    yield from alike(sample, roles)
    if roles.period:
        yield from _renamed(sample, roles)
        yield from _missing_periods(sample, roles)


@dataclass(frozen=True)
class _Column:
    """The present values of an indicator, with their units and periods."""

    name: str
    described: str
    """The name with the unit of measure."""
    values: Numbers
    units: pl.Series
    periods: pl.Series | None

    @classmethod
    def of(cls, frame: pl.DataFrame, roles: Inferred, name: str, described: str) -> _Column:
        values = frame[name].cast(pl.Float64, strict=False)
        present = values.is_not_null() & (values.abs() < _VAST)
        labels = frame[roles.label or roles.unit].cast(pl.String).fill_null("")
        periods = frame[roles.period].filter(present) if roles.period else None
        return cls(name, described, values.filter(present).to_numpy(), labels.filter(present), periods)

    def at(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> str:
        """Return the units and values of rows: "Oslo (-0.7), Lima (-3)"."""
        texts = []
        for row in np.asarray(rows)[:5].tolist():
            period = f" {self.periods[row]}" if self.periods is not None else ""
            texts.append(f"{self.units[row].strip()}{period} ({self.values[row]:.10g})")
        more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        return ", ".join(texts) + more


def _constant(column: _Column) -> Iterator[Observation]:
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


def _impossible(column: _Column) -> Iterator[Observation]:
    """Yield values that a quantity of this name cannot have, and single values ten or more times off the others."""
    lists, values = word_lists("values"), column.values
    signed = lists["unlimited"].matches(column.described)
    percent = _is_percentage(column.described)
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
    for row, factor in _slips(values):
        if row not in above and row not in negative:
            others = np.delete(values, row)
            sentence = (
                f"{column.name} of {column.at([row])} is far from the other values, {others.min():.6g} to "
                f"{others.max():.6g}: a slip by a factor of {factor:g}?"
            )
            yield _question("outlying_value", column, [row], sentence)


def _question(rule: str, column: _Column, rows: Sequence[int] | npt.NDArray[np.int64], sentence: str) -> Observation:
    units = dict.fromkeys(column.units[int(row)].strip() for row in rows)
    return Observation(rule, (column.name, *units), sentence, "question", _CORRECT)


def _is_percentage(name: str) -> bool:
    """Return True for a percentage of no stated whole; a percentage of income or GDP may be above 100.

    >>> [_is_percentage(name) for name in ("Literacy (%)", "pct_urban", "Debt (% of GDP)", "dette (% PIB)")]
    [True, True, False, False]
    """
    words = plain_words(re.sub(r"%(?=\s*\w)", " percent of ", name))
    of_a_whole = (
        r"\b(percent|pct|per cent|prozent|pour cent|por ciento|por cento)( of| du| de| des| del| do| der| vom)\b"
    )
    if re.search(of_a_whole, words):
        return False
    return "%" in name or bool(re.search(r"\b(percent|pct|prozent|pour cent|por ciento|por cento|per cent)\b", words))


def _slips(values: Numbers) -> list[tuple[int, float]]:
    """Return the rows of values ten, a hundred or a thousand times off all others, with the factor."""
    if len(values) < _FEW or (values <= 0).any():
        return []
    order = np.argsort(values)
    slips = []
    for row, rest in ((int(order[-1]), values[order[:-1]]), (int(order[0]), values[order[1:]])):
        value, least, most = values[row], rest.min(), rest.max()
        shares = most <= 1 and value <= 100 and value > 10 * most and most <= 10 * least
        if shares:
            slips.append((row, 100.0))
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
                slips.append((row, factor if value > most else 1 / factor))
                break
    return slips


def _scale_between_rows(column: _Column) -> Iterator[Observation]:
    """Yield a column of two groups of values, one about 100 or 1000 times the other."""
    positive = np.flatnonzero(column.values > 0)
    values = column.values[positive]
    if len(values) < _FEW or (column.values < 0).any():
        return
    logs = np.sort(np.log10(values))
    gaps = np.diff(logs)
    cut = int(gaps.argmax())
    low, high = logs[: cut + 1], logs[cut + 1 :]
    share = word_lists("values")["share"].matches(column.described) or _is_percentage(column.described)
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


def _scale_between_periods(column: _Column) -> Iterator[Observation]:
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


def alike(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
    """Yield units whose names differ only in blanks, case, accents, punctuation or Unicode form.

    >>> from indicia.recognition.columns import infer
    >>> table = pl.DataFrame({"city": ["Lima", "LIMA", "Oslo"], "gdp": [1.5, 2.0, 3.0]})
    >>> [doubt.names for doubt in alike(table, infer(table))]
    [('Lima', 'LIMA')]
    """
    # alike names in different groups are different units, as places of one name in two provinces
    groups = [group for group in roles.groups if group != roles.unit]
    table = frame.select(pl.col(roles.unit).cast(pl.String).alias("\0name"), *groups).unique(maintain_order=True)
    keyed = table.with_columns(_key(pl.col("\0name")).alias("\0key")).filter(pl.col("\0key") != "")
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


def _key(name: pl.Expr) -> pl.Expr:
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


def _renamed(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
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
    keys = dict(names.select("name", key=_key(pl.col("name"))).iter_rows())
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
