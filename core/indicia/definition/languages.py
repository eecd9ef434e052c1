"""The languages that an index can be read in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.errors import DefinitionError, suggest
from indicia.notes import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition.model import Definition


def check_language(language: str | None, definition: Definition) -> None:
    """Refuse a language that neither Indicia nor a name of the index is written in."""
    known = dict.fromkeys([*LANGUAGES, *_of_names(definition)])
    if language is None or language in known:
        return
    close = suggest(re.split("[-_]", language)[0], known) or ""
    known_languages = "known: " + ", ".join(known)
    raise DefinitionError(
        f'no language "{language}", in the words of Indicia or in the names of the index',
        remedy=known_languages if close.startswith("known") else f"{close}; {known_languages}".removeprefix("; "),
    )


def _of_names(definition: Definition) -> Iterator[str]:
    of_parts = [one.name for one in definition.dimensions.values()]
    of_parts += [one.name for one in definition.indicators.values()]
    for one in (definition.name, definition.note, definition.data.label, *of_parts):
        if isinstance(one, dict):
            yield from one
