"""The check of the shapes that an index file names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import IndiciaError
from indicia_audit.checks import Check, Finding, MapFile, Sentence, Subject, named
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
    A file of countries has no Kosovo: "world.geojson has no shape for 1 of 193 units: XKX".
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
            sentence = Sentence("the map cannot be drawn: {reason}", reason=error.reason)
            yield Finding("map", None, None, sentence, error.remedy or "")
            return
        if absent := matched.units_without_shape:
            sentence = Sentence(
                "{file} has no shape for {absent:,} of {units:,} units: {names}",
                file=shapes.path.name,
                absent=len(absent),
                units=len(units),
                names=named(absent, 10),
            )
            remedy = "add their shapes to the file, or correct the property that holds the unit"
            yield Finding("map", float(len(absent)), 0.0, sentence, remedy)
