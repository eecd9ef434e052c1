"""Run the stages before the normalisation, for an inspection of the data without scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia.run.bands import check_bands_of_indicators
from indicia.run.plan import before_normalisation, stages_of
from indicia.run.steps import run_stages
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.level_noise import LevelNoise
from indicia.stages.rank import check_eligible
from indicia.stages.transform import Transform
from indicia.tables.table import Table

if TYPE_CHECKING:
    import polars as pl

    from indicia.definition import Definition, Node
    from indicia.partitions.partition import Partition
    from indicia.run.steps import Step
    from indicia.stages.stage import Stage


@dataclass(frozen=True)
class PreparedData:
    """The steps of a run before the normalisation."""

    steps: list[Step]
    refusal: IndiciaError | None
    """The error after the preparation of values, if the methodology does not accept them: gaps, constants, units."""


def prepare_data(definition: Definition, tree: Node, table: pl.DataFrame) -> PreparedData:
    """Run the stages before the normalisation; data that cannot be prepared raise an error."""
    stages, later = _stages(definition, tree)
    fitted = statistics_that_hold(definition, tree)
    steps = run_stages(stages, Table.of(table, fitted))
    check_eligible(definition, steps[-1].table)
    try:
        measured = next(step.table for step in steps if step.stage.name == LevelNoise.name)
        check_bands_of_indicators(definition, measured)
        steps += run_stages(later, steps[-1].table)
    except IndiciaError as error:
        return PreparedData(steps, error)
    return PreparedData(steps, None)


def prepare_partition(definition: Definition, tree: Node, table: pl.DataFrame, partition: Partition) -> list[Step]:
    """Run the stages up to the transforms for the rows of a partition, which answers questions about all rows."""
    stages, _ = _stages(definition, tree)
    return run_stages(stages, Table.of(table, statistics_that_hold(definition, tree), partition))


def accept_partition(definition: Definition, tree: Node, table: Table) -> list[Step]:
    """Run the stages between the transforms and the normalisation, which refuse gaps, constants and units."""
    _, stages = _stages(definition, tree)
    return run_stages(stages, table)


def _stages(definition: Definition, tree: Node) -> tuple[list[Stage], list[Stage]]:
    """Return the stages up to the transforms, and those after them and before the normalisation."""
    stages = list(before_normalisation(stages_of(definition, tree)))
    last = next(place for place, stage in enumerate(stages) if isinstance(stage, Transform))
    return stages[: last + 1], stages[last + 1 :]
