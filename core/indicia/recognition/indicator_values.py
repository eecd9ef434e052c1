"""The values of an indicator with their units and periods, from a sample of the table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from indicia.recognition.sample import ALL_ROWS, MANY_CELLS, sample_units
from indicia.recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.recognition.columns import Inferred

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
