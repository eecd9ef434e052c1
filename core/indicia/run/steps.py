"""Apply stages to a table, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia import tracing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.stages.stage import Record, Stage
    from indicia.tables.fitted import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Step:
    """A stage of a run, the table after it, and its record."""

    stage: Stage
    table: Table
    record: Record


def apply_stage(stage: Stage, table: Table) -> tuple[Table, Record]:
    """Apply a stage to a table, with the statistics and weights that the table has."""
    if not tracing.is_on():
        return stage.apply(table, table.fitted)
    with tracing.step(f"stage {stage.name} of {table.units.height:,} rows × {table.values.width:,} indicators"):
        return stage.apply(table, table.fitted)


def run_stages(stages: Iterable[Stage], table: Table, fitted: Fitted | None = None) -> list[Step]:
    """Apply stages in order; the statistics and weights of a former run, if the table has them, are used.

    `fitted` has other statistics and weights in place of those of the table.
    """
    table = table if fitted is None else table.with_changes(fitted=fitted)
    steps = []
    for stage in stages:
        table, record = apply_stage(stage, table)
        steps.append(Step(stage, table, record))
    return steps
