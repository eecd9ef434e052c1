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
    from indicia.run.steps import Step


@dataclass(frozen=True)
class PreparedData:
    """The steps of a run before the normalisation."""

    steps: list[Step]
    refusal: IndiciaError | None
    """The error after the preparation of values, if the methodology does not accept them: gaps, constants, units."""


def prepare_data(definition: Definition, tree: Node, table: pl.DataFrame) -> PreparedData:
    """Run the stages before the normalisation; data that cannot be prepared raise an error."""
    stages = list(before_normalisation(stages_of(definition, tree)))
    last = next(place for place, stage in enumerate(stages) if isinstance(stage, Transform))
    fitted = statistics_that_hold(definition, tree)
    steps = run_stages(stages[: last + 1], Table.of(table, fitted))
    check_eligible(definition, steps[-1].table)
    try:
        measured = next(step.table for step in steps if step.stage.name == LevelNoise.name)
        check_bands_of_indicators(definition, measured)
        steps += run_stages(stages[last + 1 :], steps[-1].table)
    except IndiciaError as error:
        return PreparedData(steps, error)
    return PreparedData(steps, None)
