"""The map on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_report.map import map_of
from indicia_report.model.texts import compact, of_definition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.result import Result
    from indicia_report.model.types import Map


def page_map(result: Result, units: Sequence[str], languages: Sequence[str]) -> Map | None:
    """Return the map of the units for the page; None if the index file names no shapes.

    Raises
    ------
    IndiciaError
        If the file cannot be read, or has no shapes of the units.
    """
    drawn = map_of(result.definition, result.origin, units)
    if drawn is None:
        return None
    names = {language: result.reader_names(language) for language in languages}
    return {
        "w": drawn.width,
        "h": drawn.height,
        "shapes": {unit: region.path for unit, region in drawn.regions.items() if region.rings},
        "dots": {unit: region.dot for unit, region in drawn.regions.items() if region.dot},
        "others": drawn.others.path or None,
        "name": of_definition(drawn.name, languages) if drawn.name else None,
        "source": of_definition(drawn.source, languages) if drawn.source else None,
        "notes": [
            compact({language: note.in_language(language, names[language]) for language in languages})
            for note in drawn.notes
        ],
    }
