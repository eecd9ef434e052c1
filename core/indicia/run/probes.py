"""Probes: score a run again, many times in one query, with other values of one row in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Definition
from indicia.run.all_units import methods_needing_all_units
from indicia.run.draws import ROWS_PER_BATCH, RowsOfDraws
from indicia.run.plan import before_normalisation, run_stages, stages_of_rows
from indicia.stages.check_columns import CheckUnits
from indicia.stages.clip import Clip
from indicia.stages.direction import CheckDirections
from indicia.stages.normalise import Normalise
from indicia.stages.rank import ranked_scores
from indicia.stages.weigh import looks_at_values
from indicia.tables.table import NodeColumns, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.run.scored import Scored
    from indicia.stages.stage import Stage

    Integers = npt.NDArray[np.int64]

_OF_INDICATORS = ("imputation", "treatment", "transform", "normalisation")
"""The stages whose statistics belong to one indicator each."""
_WITHOUT_SCORES = (Clip, CheckDirections, CheckUnits)
"""The stages that record or refuse, and change no score."""


@dataclass(frozen=True)
class Probes:
    """Scores with other values of one row, (m, rows of the data); a missing score is NaN."""

    unrounded: Array
    ranked: Array
    """The scores that are ranked: rounded or unrounded, by the methodology."""


def score_probes(definition: Definition, scored: Scored, row: int | Integers, cells: Mapping[str, Array]) -> Probes:
    """Score the data again for each probe, with other values in one row.

    Everything is computed within each probe, from the imputation to the weights and scores, except the screening. A run
    with fitted statistics has them in each probe.

    Parameters
    ----------
    definition, scored
        The definition and the run.
    row
        The row whose values change: one for all probes, or one for each, (m,).
    cells
        The values by indicator, (m,) each, as measured after denomination; NaN leaves the value as it is.

    Returns
    -------
    Probes
        The scores of all rows.
    """
    if scored.is_frozen:
        own = score_row(definition, scored, row, cells)
        columns = scored.source.columns
        nominal = columns.scores if definition.methodology.rank_by != "unrounded" else columns.unrounded
        count = own.unrounded.shape[0]
        tables = [np.tile(column.to_numpy(), (count, 1)) for column in (columns.unrounded[ROOT], nominal[ROOT])]
        for table, scores in zip(tables, (own.unrounded, own.ranked), strict=True):
            table[np.arange(count), row] = scores[:, 0]
        return Probes(*tables)
    height = len(scored.units)
    batch = max(1, ROWS_PER_BATCH // height)
    return _joined([_of_all_rows(definition, scored, rows, part) for rows, part in _batches(row, cells, batch)])


def score_row(definition: Definition, scored: Scored, row: int | Integers, cells: Mapping[str, Array]) -> Probes:
    """Score one row with other values, by the statistics and weights of the run.

    The arguments are those of `score_probes`. The scores have the shape (m, 1). They are those of a whole run if no
    other score depends on these values: see `shared_indicators`.
    """
    return _joined([_of_row(definition, scored, rows, part) for rows, part in _batches(row, cells, ROWS_PER_BATCH)])


def normalise_with(definition: Definition, scored: Scored, row: int, cells: Mapping[str, float]) -> pl.DataFrame:
    """Return the normalised indicators of all rows, with other values of one row; missing values are null.

    Each indicator is prepared from its own column, so that one query has the values of a run for each changed cell. It
    is valid if not `moves_all_scores`.
    """
    columns = {name: np.array([value]) for name, value in cells.items()}
    table = scored.raw.with_changes(ranks=pl.DataFrame(), columns=NodeColumns())
    table = replace(table, values=_with_cells(table.values, np.array([row]), columns))
    leaves = tuple(scored.tree.leaves())
    stages = [*before_normalisation(stages_of_rows(definition, scored.tree)), Normalise(leaves)]
    scoring = (stage for stage in stages if not isinstance(stage, _WITHOUT_SCORES))
    return run_stages(scoring, table)[-1].table.columns.components.frame


def normalise_probes(
    definition: Definition, scored: Scored, row: Integers, cells: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the normalised indicators of all rows for each probe, (m, rows of the data) each; missing ones are NaN.

    The arguments are those of `score_probes`, with an array of rows. The values are those of whole runs if not
    `moves_all_scores`, and if the run has no fitted statistics.
    """
    height = len(scored.units)
    batch = max(1, ROWS_PER_BATCH // height)
    leaves = tuple(scored.tree.leaves())
    stages = [*before_normalisation(stages_of_rows(definition, scored.tree)), Normalise(leaves)]
    scoring = [stage for stage in stages if not isinstance(stage, _WITHOUT_SCORES)]
    frames = []
    for rows, part in _batches(row, cells, batch):
        table = _repeated(scored, rows, part)
        table = table.with_changes(ranks=pl.DataFrame(), columns=NodeColumns())
        frames.append(run_stages(scoring, table)[-1].table.columns.components.frame)
    joined = pl.concat(frames)
    return {name: joined[name].to_numpy().reshape(len(row), height) for name in cells}


def moves_all_scores(scored: Scored) -> bool:
    """Return whether any value of one row can change the scores of other rows.

    It can if a method looks at all units at once, if weights depend on values, or if scores of nodes have statistics;
    with fitted statistics it cannot.
    """
    tree = scored.tree
    if scored.is_frozen:
        return False
    of_nodes = any(stage not in _OF_INDICATORS for stage in scored.fitted.statistics)
    weighed = any(looks_at_values(node.weighing) for node in tree.nodes())
    return of_nodes or weighed or any(True for _ in methods_needing_all_units(tree))


def shared_indicators(scored: Scored) -> frozenset[str]:
    """Return the indicators whose values in one row can change the scores of other rows.

    These are all indicators if `moves_all_scores`, else those with statistics of the data, such as a minimum.
    """
    names = {leaf.id for leaf in scored.tree.leaves()}
    if scored.is_frozen:
        return frozenset()
    if moves_all_scores(scored):
        return frozenset(names)
    subjects = {question.subject[0] for values in scored.fitted.statistics.values() for question in values}
    return frozenset(names & subjects)


def _of_all_rows(definition: Definition, scored: Scored, row: Integers, cells: Mapping[str, Array]) -> Probes:
    count, height = _count(cells), len(scored.units)
    table = _repeated(scored, row, cells)
    if definition.methodology.constant == "drop":  # an indicator that is constant in one probe would be dropped in all
        refusing = definition.methodology.model_copy(update={"constant": "refuse"})
        definition = definition.model_copy(update={"methodology": refusing})
    unrounded, ranked = _root_scores(definition, stages_of_rows(definition, scored.tree), table)
    return Probes(unrounded.reshape(count, height), ranked.reshape(count, height))


def _repeated(scored: Scored, row: Integers, cells: Mapping[str, Array]) -> Table:
    """Return the rows of the data for each probe, with other values in one row of each."""
    count, height = _count(cells), len(scored.units)
    rows = RowsOfDraws(np.repeat(np.arange(count), height), None)
    table = rows.of_table(scored.raw, scored.raw.values)
    return replace(table, values=_with_cells(table.values, np.arange(count) * height + row, cells))


def _of_row(definition: Definition, scored: Scored, row: Integers, cells: Mapping[str, Array]) -> Probes:
    # Polars uses scalar kernels for a one-row frame, and the last digit can differ: a single row is computed twice
    count = max(2, _count(cells))
    repeated = {name: np.resize(values, count) for name, values in cells.items()}
    raw = scored.raw
    rows = np.resize(row, count)

    def of(frame: pl.DataFrame) -> pl.DataFrame:
        return frame[rows] if frame.width else frame

    table = replace(
        raw,
        units=of(raw.units),
        values=_with_cells(of(raw.values), np.arange(count), repeated),
        bounds_by_row=of(raw.bounds_by_row),
        used_columns=of(raw.used_columns),
    )
    stages = stages_of_rows(definition, scored.tree, scored.node_weights)
    unrounded, ranked = _root_scores(definition, stages, table, scored)
    return Probes(unrounded[: _count(cells), None], ranked[: _count(cells), None])


def _root_scores(
    definition: Definition, stages: list[Stage], table: Table, fitted_by: Scored | None = None
) -> tuple[Array, Array]:
    """Return the scores of the index before rounding, and those that are ranked."""
    scoring = (stage for stage in stages if not isinstance(stage, _WITHOUT_SCORES))
    columns = run_stages(scoring, table, fitted_by.fitted if fitted_by else None)[-1].table.columns
    return columns.unrounded[ROOT].to_numpy(), ranked_scores(definition, columns)[ROOT].to_numpy()


def _with_cells(values: pl.DataFrame, places: Integers, cells: Mapping[str, Array]) -> pl.DataFrame:
    """Return values with the given numbers in these rows; NaN leaves a value as it is."""
    columns = []
    for name, numbers in cells.items():
        column = values[name].to_numpy(writable=True)
        changed = ~np.isnan(numbers)
        column[places[changed]] = numbers[changed]
        columns.append(pl.Series(name, column, nan_to_null=True))
    return values.with_columns(columns)


def _count(cells: Mapping[str, Array]) -> int:
    return len(next(iter(cells.values())))


def _batches(row: int | Integers, cells: Mapping[str, Array], size: int) -> Iterator[tuple[Integers, dict[str, Array]]]:
    """Yield the rows and the values of batches of probes."""
    rows = np.broadcast_to(row, _count(cells))
    for start in range(0, _count(cells), size):
        yield rows[start : start + size], {name: values[start : start + size] for name, values in cells.items()}


def _joined(probes: Sequence[Probes]) -> Probes:
    return Probes(
        np.concatenate([probe.unrounded for probe in probes]), np.concatenate([probe.ranked for probe in probes])
    )
