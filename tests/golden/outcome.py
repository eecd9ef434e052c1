"""The figures and the texts of one run, and the hashes by which two runs are compared."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl
import polars.selectors as cs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]

DIGITS = 12
"""Hexadecimal digits of a hash: two runs that differ have the same once in 10^14 times."""

WORDS = "words of "
"""Begins the names of the texts in which the names and the words of a table stand."""

_NUMBER = re.compile(r"-?(?:\d+\.\d+(?:[eE][-+]?\d+)?|(?<!\w)\d+[eE][-+]\d+(?!\w))")
_INEXACT = "~"
_HUGE = 1e100
"""A larger figure counts as this one in a sum."""
_LONG = 12
"""Significant digits from which a number in a text shows rounding errors."""


@dataclass(frozen=True)
class Outcome:
    """Figures and texts of a run, each by group."""

    figures: Mapping[str, Array] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: Outcome) -> Outcome:
        return Outcome({**self.figures, **other.figures}, {**self.texts, **other.texts})

    @property
    def line(self) -> Line:
        """The hashes and the sum of this outcome; the words of all tables have one hash."""
        words = [f"{group}\n{text}" for group, text in self.texts.items() if group.startswith(WORDS)]
        messages = {group: text for group, text in self.texts.items() if not group.startswith(WORDS)}
        texts = {**messages, **({"words": "\n".join(words)} if words else {})}
        return Line(
            {_name(group): hashed(_bits(values)) for group, values in self.figures.items() if len(values)},
            *_sum(self.figures),
            {_name(group): _hash_of_text(text) for group, text in texts.items()},
        )


@dataclass(frozen=True)
class Line:
    """A line of the record: hashes of figures by group, the sum of all figures, hashes of texts by group."""

    figures: Mapping[str, str]
    sum: float
    size: float
    """The sum of the absolute values, against which rounding is measured; the record does not hold it."""
    texts: Mapping[str, str]

    def __str__(self) -> str:
        return f"{_written(self.figures)}\t{self.sum:.13g}\t{_written(self.texts)}"

    @classmethod
    def read(cls, figures: str, total: str, texts: str) -> Line:
        """Read the columns of a line of the record."""
        return cls(_read(figures), float(total), math.nan, _read(texts))


def of_frame(group: str, frame: pl.DataFrame) -> Outcome:
    """Return the figures of a frame; its names and its words are texts."""
    numbers = frame.select(cs.numeric() | cs.boolean())
    columns = [column.cast(pl.Float64).fill_null(math.nan).to_numpy() for column in numbers.get_columns()]
    words = frame.drop(numbers.columns)
    schema = [f"{name}: {kind}" for name, kind in frame.schema.items()]
    cells = ["\t".join(map(str, row)) for row in words.iter_rows()] if words.width else []
    figures = np.concatenate(columns) if columns else np.empty(0)
    return Outcome({group: figures}, {f"{WORDS}{group}": "\n".join([*schema, *cells])})


def of_numbers(group: str, values: object) -> Outcome:
    """Return figures that have no names."""
    return Outcome({group: np.asarray(values, dtype=float).reshape(-1)})


def of_texts(group: str, texts: Iterable[object]) -> Outcome:
    """Return messages; a run without any has no such group."""
    lines = [str(text) for text in texts]
    return Outcome({}, {group: "\n".join(lines)} if lines else {})


def of_document(group: str, text: str, *, in_order: bool = True) -> Outcome:
    """Return the decimal numbers of a document as figures, and the rest of it as text.

    Where numbers are not `in_order`, the document may list them in any order.
    """
    numbers = [float(number) for number in _NUMBER.findall(text)]
    figures = np.array(numbers if in_order else sorted(numbers), dtype=float)
    return Outcome({group: figures}, {group: _NUMBER.sub(_pattern, text)})


def joined(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the groups of all outcomes."""
    whole = Outcome()
    for each in outcomes:
        whole = whole | each
    return whole


def hashed(content: bytes) -> str:
    """Return the first digits of the SHA-256."""
    return sha256(content).hexdigest()[:DIGITS]


def _pattern(number: re.Match[str]) -> str:
    """Return a short number with # for each digit, so that its decimals stay in the text, and a long one as ~."""
    written = number.group()
    return _INEXACT if _is_long(written) else re.sub(r"\d", "#", written)


def _is_long(number: str) -> bool:
    return len(re.sub(r"[eE].*|\D", "", number).lstrip("0")) >= _LONG


def _bits(values: Array) -> bytes:
    return np.where(np.isnan(values), math.nan, values).astype("<f8").tobytes()


def _sum(groups: Mapping[str, Array]) -> tuple[float, float]:
    """Return the sum of all figures, each times a weight of its own place, and the sum of the absolute values."""
    values = np.concatenate([np.empty(0), *groups.values()])
    values = np.clip(np.where(np.isnan(values), 0.0, values), -_HUGE, _HUGE)
    weights = np.modf(np.arange(1, len(values) + 1) * 0.6180339887498949)[0] + 0.5
    return math.fsum(values * weights), math.fsum(np.abs(values * weights))


def _hash_of_text(text: str) -> str:
    """Return the hash of a text; a tilde marks one with numbers of so many digits that they show rounding errors."""
    inexact = _INEXACT in text or any(map(_is_long, _NUMBER.findall(text)))
    return (_INEXACT if inexact else "") + hashed(text.encode())


def _written(hashes: Mapping[str, str]) -> str:
    return " ".join(f"{group}:{digits}" for group, digits in hashes.items()) or "-"


def _read(written: str) -> dict[str, str]:
    if written == "-":
        return {}
    pairs = (each.rpartition(":") for each in written.split(" "))
    return {group: digits for group, _, digits in pairs}


def _name(group: str) -> str:
    return group.replace(" ", "_")
