"""Errors of measurement that are added to the raw values in each draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DataError, DefinitionError, suggest
from indicia.methods.numbers import identity_keys
from indicia.run import CellAttributes, Scored
from indicia.run.plan import run_stages
from indicia.stages.read import Denominate, Read
from indicia.tables.scope import cast_key
from indicia.tables.table import Table
from indicia_robustness.sampling import keyed_normal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt

    from indicia.definition.robustness_section import DataErrors
    from indicia.methods import Array
    from indicia.methods.numbers import Bits
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MeasurementErrors:
    """Normal errors of raw values; an error depends on its draw, unit, period and indicator only.

    So neither the order of the rows nor a further unit or indicator changes an error.
    """

    seed: int
    keys: Bits
    """The key of the unit and period of each row of the data."""
    deviations: Mapping[str, Array]
    """Standard deviations by indicator, (rows,)."""

    @classmethod
    def of(
        cls, varied: DataErrors, table: pl.DataFrame, baseline: Baseline, seed: int, folder: Path
    ) -> MeasurementErrors:
        """Return the errors of an index and its data; `folder` is that of the index file."""
        nominal = baseline.nominal
        keys = identity_keys(nominal.units.select(nominal.source.key).iter_rows())
        return cls(seed, keys, deviations(varied, table, baseline, folder))

    def draw(self, rows: Integers, draws: Integers) -> dict[str, Array]:
        """Return errors, (draws, rows) by indicator; `rows` are numbers of rows of the data, -1 for a new row."""
        in_data, keys, errors = rows >= 0, self.keys[rows], {}
        for name, deviations in self.deviations.items():
            errors[name] = keyed_normal(self.seed, name, keys, draws)
            errors[name] *= np.where(in_data, deviations[rows], 0.0)
        return errors


def deviations(varied: DataErrors, table: pl.DataFrame, baseline: Baseline, folder: Path) -> dict[str, Array]:
    """Return the standard deviations of the errors of raw values, (rows,) by indicator."""
    values = baseline.nominal.raw.values
    if varied.se == "attributes":
        table, columns = _with_errors_of_attributes(table, baseline, folder)
    else:
        columns = _columns_of_errors(table, baseline.nominal) if varied.se == "columns" else varied.se or {}
    result = {name: _standard_errors(table, baseline, name, column) for name, column in columns.items()}
    if varied.noise is not None:
        for name in values.columns:
            result.setdefault(name, varied.noise * values[name].abs().fill_null(0.0).to_numpy())
    if not result:
        raise DefinitionError("no indicator has an error", remedy="noise = 0.02")
    return result


def _columns_of_errors(table: pl.DataFrame, nominal: Scored) -> dict[str, str]:
    """Return the columns of standard errors: the name of an indicator's column with the ending `_se`."""
    expected = {leaf.id: f"{leaf.column}_se" for leaf in nominal.tree.leaves()}
    present = {name: column for name, column in expected.items() if column in table.columns}
    if not present:
        first, column = next(iter(expected.items()))
        raise DefinitionError(
            f"no indicator has a column of standard errors in the data, such as {column} for {first}",
            remedy=f'se = {{ {first} = "its column" }}',
        )
    return present


def _with_errors_of_attributes(
    table: pl.DataFrame, baseline: Baseline, folder: Path
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Return the table with columns of the standard errors among the attributes, and these columns by indicator."""
    nominal = baseline.nominal
    attributes = CellAttributes.read(baseline.definition, table, nominal.units, folder)
    taking_part = {leaf.id for leaf in nominal.tree.leaves()}
    frame = attributes.frames.get("standard_error", pl.DataFrame())
    columns = {name: f"\0standard error of {name}" for name in frame.columns if name in taking_part}
    if not columns:
        raise DefinitionError(
            'se = "attributes" takes the standard errors of [data.attributes], which has none',
            remedy='standard_error = "{column}_se" in [data.attributes]',
        )
    key = nominal.source.key
    errors = attributes.keys.hstack([frame[name].alias(column) for name, column in columns.items()])
    return table.join(cast_key(errors, table, key), on=key, how="left", maintain_order="left"), columns


def _standard_errors(table: pl.DataFrame, baseline: Baseline, name: str, column: str) -> Array:
    nominal = baseline.nominal
    leaves = {leaf.id: leaf for leaf in nominal.tree.leaves()}
    if name not in leaves:
        raise DefinitionError(f'se names "{name}", which is no indicator', remedy=suggest(name, leaves))
    if column not in table.columns:
        raise DefinitionError(
            f'the data have no column "{column}" for the standard errors of {name}',
            remedy=suggest(column, table.columns),
        )
    if not table.schema[column].is_numeric():
        raise DataError(
            f'the standard errors of {name}, "{column}", are no numbers',
            remedy="name a column of numbers, or list the marks of missing values in missing = [...] of [data]",
        )
    # standard errors have the denominators and the rows of the values
    spec = leaves[name].spec
    leaf = replace(leaves[name], spec=spec.model_copy(update={"column": column, "factor": abs(spec.factor)}))
    key, units = nominal.source.key, nominal.units
    definition = baseline.definition
    stages = [
        Read(definition.data, (leaf.preparation,), aggregate_rows=definition.aggregate_rows),
        Denominate((leaf.preparation,)),
    ]
    denominated = run_stages(stages, Table.of(table))[-1].table
    frame = denominated.units.select(key).hstack([denominated.values[name].alias("\0")])
    sizes = units.select(key).join(frame, on=key, how="left", maintain_order="left")["\0"].fill_null(0.0)
    if (sizes < 0).any():
        raise DataError(
            f'a standard error of {name}, in "{column}", is negative', remedy="write 0 where a value has no error"
        )
    return sizes.to_numpy()
