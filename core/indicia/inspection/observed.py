"""The observations of the recognition about a table whose roles an index file states."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.checks import Observed
    from indicia.definition import Definition


def observe(definition: Definition, frame: pl.DataFrame) -> Iterator[Observed]:
    """Yield the observations about the indicators, rows and values of a table."""
    del definition, frame
    yield from ()


def unused_columns(definition: Definition, frame: pl.DataFrame) -> dict[str, str]:
    """Return the columns of the table without a role, with the reason."""
    used = set(_used_columns(definition))
    return {column: "no role in the index" for column in frame.columns if column not in used}


def _used_columns(definition: Definition) -> Iterator[str]:
    data = definition.data
    yield from (column for column in (data.unit, data.period, *data.labels(), *data.groups, *data.where) if column)
    for name, spec in definition.indicators.items():
        yield spec.column or name
        if spec.per:
            yield spec.per
    errors = definition.robustness.data
    if errors is not None and isinstance(errors.se, dict):
        yield from errors.se.values()
    elif errors is not None and errors.se == "columns":
        yield from (f"{spec.column or name}_se" for name, spec in definition.indicators.items())
