"""Run the stages before the normalisation, for an inspection of the data without scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.run.plan import before_normalisation, stages_of
from indicia.run.steps import run_stages
from indicia.stages.rank import check_eligible
from indicia.tables.table import Table

if TYPE_CHECKING:
    import polars as pl

    from indicia.definition import Definition, Node
    from indicia.run.steps import Step


def prepare_data(definition: Definition, tree: Node, table: pl.DataFrame) -> list[Step]:
    """Return the steps before the normalisation; invalid data raise an error."""
    steps = run_stages(before_normalisation(stages_of(definition, tree)), Table.of(table))
    check_eligible(definition, steps[-1].table.units)
    return steps
