"""The columns of the data that an index reads as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia.definition.model import Definition


def columns_of_numbers(definition: Definition) -> dict[str, list[str]]:
    """Return the columns of the data that are read as numbers, each with the keys of the table that names it."""
    specs, variables = definition.indicators, definition.outside.variables
    columns = [(spec.column or name, ["indicators", name]) for name, spec in specs.items()]
    columns += [(spec.per, ["indicators", name]) for name, spec in specs.items() if spec.per]
    columns += [(spec.weights, ["aggregates", name]) for name, spec in definition.aggregates.items() if spec.weights]
    columns += [
        (spec.column or name, ["outside", "variables", name]) for name, spec in variables.items() if not spec.path
    ]
    places: dict[str, list[str]] = {}
    for column, keys in columns:
        places.setdefault(column, keys)
    return places
