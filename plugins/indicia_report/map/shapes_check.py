"""The check of the shapes that an index file names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.checks import Check, Finding, MapFile, Subject
from indicia.errors import IndiciaError, join_names, pluralise
from indicia_report.map.features import read_features
from indicia_report.map.matching import match

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class ShapesOfMap(Check):
    """Find a file of shapes that cannot be read, and units without a shape.

    An index without `[map]` is not looked at. Shapes without a unit are the background of the map, and no finding.
    """

    code = "N02"
    title = "a map without shapes of units"
    severity = "warning"
    source = "Indicia"
    evidence = "all rows"
    why = """
    A report with a broken map cannot be written, and a unit without a shape is missing on the map, as if it had no
    score.
    """
    example = """
    A file of countries has no Kosovo: "1 of 193 units has no shape in world.geojson: XKX".
    """
    advice = """
    Name the right file and property in `[map]`, add the shapes that are missing, or leave them out with a sentence in
    `source` that tells readers.
    """

    @classmethod
    def planted(cls) -> tuple[Subject, str]:
        subject = Subject.of(pl.DataFrame({"city": ["Lima"]}), pl.DataFrame({"income": [1.0]}))
        return replace(subject, map=MapFile(Path("a folder that nobody has", "world.geojson"), "iso3")), "map"

    def look(self, subject: Subject) -> Iterator[Finding]:
        shapes = subject.map
        if shapes is None:
            return
        units = list(dict.fromkeys(subject.units[subject.unit].cast(pl.String).drop_nulls()))
        try:
            matched = match(units, read_features(shapes.path, shapes.layer), shapes.key, shapes.path.name)
        except IndiciaError as error:
            yield Finding("map", None, None, f"the map cannot be drawn: {error.reason}", error.remedy or "")
            return
        if absent := matched.units_without_shape:
            verb = "has" if len(absent) == 1 else "have"
            sentence = (
                f"{len(absent):,} of {pluralise(len(units), 'unit')} {verb} no shape in {shapes.path.name}: "
                f"{join_names(absent, 10)}"
            )
            remedy = "add their shapes to the file, or correct the property that holds the unit"
            yield Finding("map", float(len(absent)), 0.0, sentence, remedy)
