"""Check a definition and its data without scoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import join_names, pluralise
from indicia.run.plan import before_normalisation, stages_of
from indicia.run.steps import run_stages
from indicia.stages.rank import check_eligible
from indicia.stages.stage import nodes_taking_part
from indicia.tables.names import shared_labels
from indicia.tables.table import Table

if TYPE_CHECKING:
    import polars as pl

    from indicia.definition import Definition, Node


def examine(definition: Definition, tree: Node, table: pl.DataFrame) -> list[str]:
    """Run the stages before normalisation, and return lines that describe the data; invalid data raise an error."""
    steps = run_stages(before_normalisation(stages_of(definition, tree)), Table.of(table))
    prepared = steps[-1].table
    check_eligible(definition, prepared.units)
    gaps = [f"{name} ({count})" for name in prepared.values.columns if (count := prepared.values[name].null_count())]
    period = definition.data.period
    (root,) = nodes_taking_part([tree], prepared)
    sizes = [pluralise(prepared.units[prepared.unit].n_unique(), "unit")]
    sizes += [pluralise(prepared.units[period].n_unique(), "period")] if period else []
    sizes += [pluralise(prepared.values.width, "indicator"), pluralise(sum(1 for _ in root.nodes()) - 1, "dimension")]
    return [
        ", ".join(sizes),
        *(note for step in steps for note in step.record.notes),
        *(
            f'label "{label}" names {len(units)} units: {join_names(units)}; '
            "reports and charts write the unit beside it"
            for label, units in shared_labels(prepared.units, definition.data).items()
        ),
        f"missing values: {join_names(gaps, len(gaps))}" if gaps else "no missing values",
        "ok",
    ]
