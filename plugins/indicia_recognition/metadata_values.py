"""The description of indicators that a table holds, and the observations on it that all layouts share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.errors import join_names, pluralise
from indicia_recognition.observation import Observation
from indicia_recognition.words import rank_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

Words: TypeAlias = dict[str, Any]
"""Words of the index file for an indicator or a dimension."""


@dataclass(frozen=True)
class Metadata:
    """The description of indicators, as words of an index file.

    >>> Metadata({"gdp": {"direction": "benefit"}}).indicators
    {'gdp': {'direction': 'benefit'}}
    """

    indicators: dict[str, Words]
    """Words of `[indicators]` by indicator, in the order of the table."""
    dimensions: dict[str, Words] = field(default_factory=dict)
    """Words of `[dimensions]`: name, parent, weight; parents come before their parts."""
    data: Words = field(default_factory=dict)
    """Words of `[data]`: unit, label, period, groups."""
    denominators: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    """Columns of the table that are no indicators, with the reason."""
    observations: tuple[Observation, ...] = ()
    name: str | None = None
    """The name of the index."""


def without_empty(**words: object) -> Words:
    """Return the words that have a value."""
    return {word: value for word, value in words.items() if value is not None}


def observe_description(indicators: Mapping[str, Words], dimensions: Mapping[str, Words], source: str) -> Observation:
    """Return the observation that names the content of a description: names, directions, weights, dimensions."""
    content = {"name": "names", "direction": "directions", "weight": "weights", "unit": "units of measure"}
    taken = [noun for word, noun in content.items() if any(word in words for words in indicators.values())]
    if dimensions:
        taken.append(pluralise(len(dimensions), "dimension"))
    sentence = f"{source} describes {pluralise(len(indicators), 'indicator')}: {join_names(taken)}"
    return Observation("metadata", tuple(indicators), sentence, "format", "[indicators] in the index file overrules it")


def observe_left_out(reasons: Mapping[str, str]) -> list[Observation]:
    """Return an observation for each reason, with the columns that it leaves out."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        by_reason.setdefault(reason, []).append(name)
    remedy = "a line in [indicators] makes it an indicator"
    return [
        Observation(
            "left_out_by_metadata",
            tuple(names),
            f"{join_names(names, 20)} {'is' if len(names) == 1 else 'are'} left out: {reason}",
            "left_out",
            remedy,
        )
        for reason, names in by_reason.items()
    ]


def observe_absent(names: Sequence[str]) -> list[Observation]:
    """Return a question about described indicators that the table has no column for."""
    if not names:
        return []
    sentence = f"the second table describes {join_names(names)}, but the first has no such column"
    remedy = "rename the column; without it the index leaves the indicator out"
    return [Observation("described_but_absent", tuple(names), sentence, "question", remedy)]


def observe_unused(column: str, content: str, word: str, indicators: Sequence[str]) -> list[Observation]:
    """Return the observation that a column of the description has no effect on its indicators."""
    if not indicators:
        return []
    sentence = f"{column} of the second table is left out for {join_names(indicators)}: it holds {content}"
    return [Observation("metadata_not_used", (column,), sentence, "left_out", f"{word} in [indicators] uses it")]


def observe_divided(indicators: Mapping[str, Words]) -> list[Observation]:
    """Return the observation that names the denominators of indicators."""
    divided = {name: words["per"] for name, words in indicators.items() if "per" in words}
    if not divided:
        return []
    pairs = join_names(f"{name} by {denominator}" for name, denominator in divided.items())
    sentence = f"indicators are divided by a denominator, as the second table says: {pairs}"
    return [Observation("divided", tuple(divided), sentence, "format", "without per = … an indicator is not divided")]


def unlisted_columns(main: pl.DataFrame | None, known: set[str]) -> dict[str, str]:
    """Return the columns of numbers that the description does not list, without periods."""
    if main is None:
        return {}
    numbers = [name for name, dtype in main.schema.items() if dtype.is_numeric() and name not in known]
    numbers = [name for name in numbers if rank_of(name, "periods") is None]
    return dict.fromkeys(numbers, "not listed as an indicator in the second table")
