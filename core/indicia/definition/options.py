"""A definition with the choices and settings of options, which are the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.definition.methodology_section import STAGES
from indicia.definition.variants import copy_table, drop_words_below, place_in_variant, variant_table
from indicia.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition.model import Definition


def with_options(
    raw: Mapping[str, Any], variant: str | None = None, /, settings: Mapping[str, Any] | None = None, **choices: object
) -> dict[str, Any]:
    """Return a definition with other choices by stage, and with `settings` by dotted path.

    A choice for a stage replaces the choices of the methodology and of its levels, but not the choices of single nodes
    and indicators. A setting that the `variant` states too replaces the value of the variant.

    >>> with_options({"indicators": {"gdp": {}}}, settings={"indicators.gdp.weight": 2})
    {'indicators': {'gdp': {'weight': 2}}, 'methodology': {}}
    """
    changed = copy_table(raw)
    methodology, of_variant = changed.setdefault("methodology", {}), variant_table(changed, variant)
    if not isinstance(methodology, dict):
        return changed  # `define` refuses it and names the line
    for stage, choice in choices.items():
        if stage not in STAGES:
            raise DefinitionError(f'"{stage}" is no stage of an index', remedy=suggest(stage, STAGES))
        if choice is not None:
            (of_variant if stage in of_variant else methodology)[stage] = choice
            for level in (*_levels(methodology), *_levels(of_variant)):
                level.pop(stage, None)
    for dotted, value in (settings or {}).items():
        path = tuple(dotted.split("."))
        drop_words_below(of_variant, path)
        if place := place_in_variant(of_variant, path):
            path = ("variants", str(variant), *place)
        *tables, last = path
        table = changed
        for key in tables:
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                raise DefinitionError(f'cannot set "{dotted}": "{key}" is not a table')
        table[last] = value
    return changed


def _levels(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    levels = table.get("levels")
    return [level for level in levels if isinstance(level, dict)] if isinstance(levels, list) else []


def with_choices(definition: Definition, choices: Mapping[str, Any]) -> Definition:
    """Return a definition with other choices by stage, in its methodology and in all levels."""
    if not choices:
        return definition
    unset = dict.fromkeys(choices)
    levels = tuple(level.model_copy(update=unset) for level in definition.methodology.levels)
    methodology = definition.methodology.model_copy(update={**choices, "levels": levels})
    return definition.model_copy(update={"methodology": methodology})
