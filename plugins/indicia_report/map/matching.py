"""The unit of each shape, by a property of the shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.joins import match_texts
from indicia.errors import DataError, join_names, shorten, suggest
from indicia.notes import Count, Names, Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia_report.map.features import Feature

_PLACE = ("map", "key")


@dataclass(frozen=True)
class Matched:
    """The shapes of the units, and the others."""

    by_unit: dict[str, list[Feature]]
    """The shapes of each unit that has some, in the order of the units."""
    others: list[Feature]
    """The shapes without a unit."""
    units_without_shape: list[str]
    notes: tuple[Note, ...]
    """The units without a shape, and the shapes without a unit."""


def match(units: Sequence[str], features: Sequence[Feature], key: str, file: str) -> Matched:
    """Return the shapes of units; names match without regard to case, blanks, accents and zeros in front of numbers.

    Raises
    ------
    DataError
        If no shape has the property, or no shape has a unit.
    """
    if not any(key in feature.properties for feature in features):
        names = list(dict.fromkeys(name for feature in features for name in feature.properties))
        raise DataError(
            f'no shape of "{file}" has the property "{key}"',
            remedy=suggest(key, names) or _best_property(units, features) or f"properties: {join_names(names, 30)}",
            word=_PLACE,
        )
    texts = [_text(feature.properties.get(key)) for feature in features]
    numbers = _unit_numbers(units, texts)
    by_number: dict[int, list[Feature]] = {}
    others, unmatched = [], []
    for feature, text, number in zip(features, texts, numbers, strict=True):
        if number is not None:
            by_number.setdefault(number, []).append(feature)
        else:
            others.append(feature)
            unmatched.append(text or feature.name or "–")
    if not by_number:
        raise DataError(
            f'no shape of "{file}" is a unit: "{key}" is {join_names(map(_quoted, filter(None, texts)), 3)}, and units '
            f"are {join_names(map(_quoted, units), 3)}",
            remedy=_best_property(units, features) or "name a property of the shapes that holds the units",
            word=_PLACE,
        )
    by_unit = {units[number]: by_number[number] for number in sorted(by_number)}
    absent = [unit for unit in units if not any(part.polygons or part.points for part in by_unit.get(unit, []))]
    notes = []
    if absent:
        notes.append(
            Note("map_units_without_shape", file=file, count=Count(len(absent), "unit"), units=Names.of(absent))
        )
    if unmatched:
        names = list(dict.fromkeys(shorten(name, 40) for name in unmatched))
        notes.append(Note("map_shapes_without_unit", file=file, number=f"{len(unmatched):,}", names=Names.of(names)))
    return Matched(by_unit, others, absent, tuple(notes))


def _quoted(text: str | None) -> str:
    return f'"{shorten(str(text), 40)}"'


def _text(value: object) -> str | None:
    """Return a property as text; a number without decimals has no point, and a list is no name."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip() or None


def _unit_numbers(units: Sequence[str], texts: Sequence[str | None]) -> list[int | None]:
    """Return for each text the number of its unit; None if it is no unit."""
    mine, theirs = match_texts(pl.Series(list(units), dtype=pl.String), pl.Series(list(texts), dtype=pl.String))
    exact = {unit: number for number, unit in enumerate(units)}
    loose = {text: number for number, text in reversed(list(enumerate(mine.to_list()))) if text is not None}
    return [
        None if text is None else exact.get(text, loose.get(match) if match is not None else None)
        for text, match in zip(texts, theirs.to_list(), strict=True)
    ]


def _best_property(units: Sequence[str], features: Sequence[Feature]) -> str | None:
    """Return a remedy that names the property that holds most units."""
    names = list(dict.fromkeys(name for feature in features for name in feature.properties))
    found = {
        name: len(set(_unit_numbers(units, [_text(feature.properties.get(name)) for feature in features])) - {None})
        for name in names[:200]
    }
    best = max(found, key=lambda name: found[name], default=None)
    if best is None or not found[best]:
        return None
    return f'key = "{best}", which holds {found[best]:,} of {len(units):,} units'
