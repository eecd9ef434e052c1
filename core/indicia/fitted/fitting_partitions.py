"""Fit an index to a table in partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.callers import warn
from indicia.data.table_partitions import ROWS
from indicia.definition import Screening
from indicia.fitted.fitted_index import FittedIndex
from indicia.fitted.fitting import check_can_be_fitted, record_of_fit, without_parts_of_data
from indicia.partitioned.fitting import fit_rows
from indicia.partitioned.table import PartitionedTable
from indicia.partitioned.workers import check_packages
from indicia.result import Inputs

if TYPE_CHECKING:
    from indicia.definition import Definition
    from indicia.engines.engine import Engine
    from indicia.questions import Questions


def fit_partitions(index: Questions, source: object, engine: Engine, *, rows: int = ROWS) -> FittedIndex:
    """Compute the statistics and weights of an index over a table in partitions, and keep them.

    Parameters
    ----------
    index : Index
    source : path or glob, optional
        The table; by default the table of the index file.
    engine : Engine
        Maps tasks over partitions.
    rows : int
        The rows of a partition, about.

    Raises
    ------
    DefinitionError, NeedsAllRows
        For methods that cannot be fitted, or that need all rows at once.
    """
    check_can_be_fitted(index)
    check_packages(engine, index)
    table = PartitionedTable.of(index, source, engine, rows=rows)
    rows_of_all = table.source.rows if _all_rows_take_part(index.definition) else None
    fit = fit_rows(index, table.partitions, table.reader, engine, rows_of_all)
    for warning in fit.warnings:
        warn(warning)
    data = {**table.record, "rows": fit.rows}
    inputs = Inputs(index.definition, index.tree, index.catalogue, data, index.origin)
    record = record_of_fit(index, fit.methodology, data, inputs.plugins, inputs.citations)
    return FittedIndex.of(without_parts_of_data(index), fit.fitted, record)


def _all_rows_take_part(definition: Definition) -> bool:
    data = definition.data
    leaves_out = data.where or data.without or definition.aggregate_rows
    return not leaves_out and definition.screening == Screening()
