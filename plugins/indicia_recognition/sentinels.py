"""Values of indicators that stand for missing ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from indicia.errors import join_names, pluralise
from indicia_recognition.observation import Observation
from indicia_recognition.sample import ALL_ROWS, MANY_CELLS, sample_units
from indicia_recognition.words import plain_words, word_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia_recognition.columns import Inferred


Numbers: TypeAlias = "npt.NDArray[np.float64]"
VAST = 1e150
"""Infinite and vast numbers have no mean."""


def sample_with_extremes(frame: pl.DataFrame, roles: Inferred) -> pl.DataFrame:
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


@dataclass(frozen=True)
class IndicatorValues:
    """The present values of an indicator, with their units and periods."""

    name: str
    described: str
    """The name with the unit of measure."""
    values: Numbers
    frame: pl.DataFrame
    roles: Inferred
    present: pl.Series
    """True for the rows of the frame with a value."""

    @classmethod
    def of(cls, frame: pl.DataFrame, roles: Inferred, name: str, described: str) -> IndicatorValues:
        values = frame[name].cast(pl.Float64, strict=False).to_numpy()
        present = np.abs(values) < VAST  # not a number is no value
        return cls(name, described, values[present], frame, roles, pl.Series(present))

    @cached_property
    def units(self) -> pl.Series:
        """The names of the units of the values."""
        names = self.frame[self.roles.unit].cast(pl.String).fill_null("")
        labels = self.frame[self.roles.label].cast(pl.String).fill_null(names) if self.roles.label else names
        return labels.filter(self.present)

    @cached_property
    def periods(self) -> pl.Series | None:
        """The periods of the values."""
        return self.frame[self.roles.period].filter(self.present) if self.roles.period else None

    def at(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> str:
        """Return the units and values of rows: "Oslo (-0.7), Lima (-3)"."""
        texts = []
        for row in np.asarray(rows)[:5].tolist():
            period = f" {self.periods[row]}" if self.periods is not None else ""
            texts.append(f"{self.units[row].strip()}{period} ({self.values[row]:.10g})")
        more = f" and {len(rows) - 5} more" if len(rows) > 5 else ""
        return ", ".join(texts) + more


def is_percentage(name: str) -> bool:
    """Return True for a percentage of no stated whole; a percentage of income or GDP may be above 100.

    >>> [is_percentage(name) for name in ("Literacy (%)", "pct_urban", "Debt (% of GDP)", "dette (% PIB)")]
    [True, True, False, False]
    """
    words = plain_words(re.sub(r"%(?=\s*\w)", " percent of ", name))
    of_a_whole = (
        r"\b(percent|pct|per cent|prozent|pour cent|por ciento|por cento)( of| du| de| des| del| do| der| vom)\b"
    )
    if re.search(of_a_whole, words):
        return False
    return "%" in name or bool(re.search(r"\b(percent|pct|prozent|pour cent|por ciento|por cento|per cent)\b", words))


@dataclass(frozen=True)
class Sentinel(Observation):
    """Numbers that stand for a missing value, such as -999."""

    marks: tuple[str, ...] = ()
    """The numbers as they are written into `[data] missing`; empty if another column has the number as a value."""


def sentinels(frame: pl.DataFrame, roles: Inferred) -> list[Sentinel]:
    """Return an observation for each number that stands for a missing value in a column; its names are the columns.

    Such a number has a famous form (-999, 9999, 99), and is impossible or far from all other values of its column.
    `[data] missing` holds for all columns. A number that is a value elsewhere is a question without marks.

    >>> from indicia_recognition.columns import infer
    >>> table = pl.DataFrame({"city": list("abcdefghij"), "rate": [3, 5, 2, 4, -999, 3, 1, 2, 6, 4]})
    >>> sentinels(table, infer(table))[0].marks
    ('-999',)
    """
    sample = sample_with_extremes(frame, roles)
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


def _present(column: pl.Series) -> Numbers:
    values: Numbers = column.cast(pl.Float64, strict=False).to_numpy()
    return np.asarray(values[np.abs(values) < VAST])  # not a number is no value


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
        elif repeated and value >= 99 and value > 3 * max(most, 0) and value > most + 2 * spread:
            marks.append((value, int((values == value).sum()) > 2))
        elif value >= 999 and least < value < most and _is_repeated_alone(values, value):
            marks.append((value, False))
    return marks


def _is_repeated_alone(values: Numbers, value: float) -> bool:
    """Return True if a value stands three times or more in a column whose other values hardly repeat."""
    _, counts = np.unique(values[values != value], return_counts=True)
    times = int((values == value).sum())
    return times > 2 and counts.sum() >= 10 and counts.max() < times and (counts == 1).sum() >= 0.9 * counts.sum()


def _are_counts(values: Numbers, name: str) -> bool:
    return bool((values % 1 == 0).all()) and (word_lists("values")["never_negative"].matches(name) or values.max() > 20)
