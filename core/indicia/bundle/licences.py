"""The licences of the data of an index: whether its tables may be passed on, and the note that travels with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.definition import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Definition

_OPEN = re.compile(
    r"(?i)(cc0|cc-by|pddl|odbl|odc-by|ogl|dl-de|nlod|etalab|cdla|mit\b|apache|bsd|public domain|creative commons"
    r"|open government licen[cs]e)"
)
"""The beginnings of licences that let anybody pass the data on: identifiers of SPDX, and their names in words."""


def closed_sources(definition: Definition) -> dict[str, str]:
    """Return the sources whose licence is not one of the open licences, with their licences.

    A source that states no licence is absent: nothing forbids to pass its data on, and a note names it.
    """
    licences = {name: text(source.licence) for name, source in definition.sources.items()}
    return {name: licence for name, licence in licences.items() if licence and not _OPEN.match(licence.strip())}


def unlicensed_sources(definition: Definition) -> list[str]:
    """Return the sources of indicators and the tables of `[sources]` that state no licence."""
    named = {text(spec.source) for spec in definition.indicators.values() if spec.source}
    return [
        name
        for name in dict.fromkeys((*definition.sources, *sorted(named)))
        if name not in definition.sources or not definition.sources[name].licence
    ]


def licence_note(definition: Definition, reason: str | None) -> str:
    """Return the text of DATA_LICENCE.txt: each source with its licence, and whether the data are in the pack."""
    lines = ["Licences of the data", "", *_lines(definition), ""]
    if reason is None:
        lines.append("The data are in this file. Whoever passes them on follows the licences above.")
        if unlicensed_sources(definition) or not definition.sources:
            lines.append("Where no licence is stated, ask the source before the data are passed on.")
    else:
        lines.append(f"The data are not in this file, only their hashes: {reason}.")
    publication = definition.publication
    if publication is not None and publication.licence:
        lines += ["", f"The licence of the index itself: {text(publication.licence)}"]
    return "\n".join(lines) + "\n"


def _lines(definition: Definition) -> Iterator[str]:
    uses: dict[str, list[str]] = {name: [] for name in definition.sources}
    for name, spec in definition.indicators.items():
        if spec.source:
            uses.setdefault(text(spec.source), []).append(name)
    if not uses:
        yield "The index file states no source of its data, and no licence."
    for name, indicators in uses.items():
        source = definition.sources.get(name)
        if source is None:
            facts = [name, "no licence is stated"]
        else:
            facts = [
                ": ".join(filter(None, (text(source.publisher), text(source.title) or name))),
                *(str(fact) for fact in (source.year, source.version and f"version {source.version}") if fact),
                f"licence: {text(source.licence)}" if source.licence else "no licence is stated",
                *(fact for fact in (source.doi and f"https://doi.org/{source.doi}", source.url) if fact),
                *([f"read on {source.accessed}"] if source.accessed else []),
            ]
        used = f" ({', '.join(indicators)})" if indicators else ""
        yield f"- {'; '.join(facts)}{used}"
