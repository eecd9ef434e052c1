"""Apply stages to a table, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.stages.stage import Fitted, Record, Stage
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Step:
    """A stage of a run, the table after it, and its record."""

    stage: Stage
    table: Table
    record: Record


def run_stages(stages: Iterable[Stage], table: Table, fitted: Fitted | None = None) -> list[Step]:
    """Apply stages in order; with `fitted`, the statistics and weights of a former run are used."""
    steps = []
    for stage in stages:
        table, record = stage.apply(table, fitted)
        steps.append(Step(stage, table, record))
    return steps
