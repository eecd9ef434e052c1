"""The columns of the data that an index reads, as text and as numbers."""

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


def text_columns(definition: Definition) -> list[str]:
    """Return the columns of the data that are read as text: the unit, labels, groups, and neighbours."""
    data, neighbours = definition.data, definition.outside.neighbours
    columns = [data.unit, *data.labels(), *data.groups, neighbours.column if neighbours is not None else None]
    return [column for column in columns if column]


def columns_of_rows(definition: Definition) -> list[str]:
    """Return the columns that choose and date rows, whose type follows from their cells: the period, and `where`."""
    data = definition.data
    return [column for column in dict.fromkeys([data.period, *data.where]) if column]
