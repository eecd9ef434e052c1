"""Runs that score rows of either edition by the method of one: each row alone, a set of rows, or many sets at once."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data.cell_text import keep_rows
from indicia.definition import ROOT, Indicator, uses_of
from indicia.errors import DataError, IndiciaError
from indicia.methods import Array, SeriesImputation
from indicia.run.draws import RowsOfDraws
from indicia.run.plan import Step, by_dimension, stages_of_rows
from indicia.run.scored import Scored
from indicia.stages.clip import Clip
from indicia.stages.impute import Impute
from indicia.stages.rank import ranked_scores
from indicia.stages.read import Denominate
from indicia.stages.rows import Screen, TakeScope
from indicia.stages.weigh import looks_at_values
from indicia.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy.typing as npt

    from indicia.stages.stage import Fitted, Stage
    from indicia.tables.weights import NodeWeights
    from indicia_editions.edition import Edition
    from indicia_editions.edition_method import EditionMethod

    Integers = npt.NDArray[np.int64]

_ROW = "\0row of editions"
"""The column with the number of each row, by which scores find their row after screening."""


@dataclass(frozen=True)
class RowScores:
    """The scores of rows; NaN for a row without a score."""

    unrounded: Array
    ranked: Array
    """The scores that are ranked: rounded or unrounded, by the method."""

    def of_rows(self, rows: Integers) -> RowScores:
        """Return the scores of some rows; NaN where a row is -1."""
        absent = rows < 0
        places = np.where(absent, 0, rows)
        return RowScores(*(np.where(absent, np.nan, scores[places]) for scores in (self.unrounded, self.ranked)))


def scores_alone(method: EditionMethod, source: Edition) -> RowScores:
    """Score the rows of an edition by a method that scores each row alone, (units of the source,)."""
    result = method.edition.result
    if result is source.result:
        ranked = ranked_scores(result.definition, result.scored.source.columns)[ROOT]
        return RowScores(source.scores, source.of_units(ranked))
    fitted = method.statistics_for(source)
    rows = rows_for_method(method.edition, source)
    with located(method, source):
        scores = _run(method, _read(method, rows, fitted), method.stages[1:], lambda _: fitted)
    return scores.of_rows(_rows_of_period(method, source, rows))


def rows_of(method: EditionMethod, source: Edition) -> Table:
    """Return the rows of an edition in its period, before any stage that computes statistics.

    Values that an imputation fills along the series of a unit belong to the row: the other periods of the source fill
    them, as in a run of its panel. Units that screening of a panel leaves out have no row.
    """
    rows = rows_for_method(method.edition, source)
    of_period = _rows_of_period(method, source, rows)
    with located(method, source):
        if not method.is_panel:
            table = _with_series(method, _denominated(method, _read(method, rows, method.held("read"))))
            table = _with_one_period(method, with_rows(table, of_period))
            return _screened(method, table) if method.screens_rows_alone else table
        method.check_panel()
        table = _denominated(method, _read(method, rows, method.held("read")))
        table = _with_series(method, _screened(method, table))
    mask = table.units[_ROW].is_in(of_period)
    return _with_one_period(method, with_rows(table, mask.arg_true().to_numpy()))


def score_set(method: EditionMethod, table: Table) -> RowScores:
    """Score rows of both editions afresh, and return the scores in the order of the rows."""
    return _run(method, table, _stages_of_set(method), method.held)


def scored_set(method: EditionMethod, table: Table) -> Scored:
    """Score rows of both editions afresh, and return the run with its records."""
    steps = _steps(table, method.stages_from(Screen), method.held)  # rows that were screened pass once more
    return Scored.of(method.definition, method.tree, steps, method.fitted)


def score_sets(method: EditionMethod, table: Table, rows: Integers, numbers: Integers) -> RowScores:
    """Score several sets of rows in one run, each afresh, as `score_set` scores each.

    Parameters
    ----------
    method : EditionMethod
        A method whose screening is the same in all sets.
    table : Table
        The rows of both editions.
    rows : (cells,) array
        The rows of all sets, one set after another.
    numbers : (cells,) array
        The number of the set of each row, ascending from 0.

    Returns
    -------
    RowScores
        Scores of shape (cells,).

    Raises
    ------
    IndiciaError
        If any of the sets cannot be scored, or would leave out an indicator.
    """
    scoped, _ = method.stages_from(TakeScope)[0].apply(table, method.held("scope"))
    gathered = RowsOfDraws(numbers, rows).of_table(scoped, scoped.values)
    gathered = gathered.with_changes(units=_numbered(gathered.units))
    definition = method.definition
    if definition.methodology.constant == "drop":  # an indicator that is constant in one set would go from all sets
        refusing = definition.methodology.model_copy(update={"constant": "refuse"})
        definition = definition.model_copy(update={"methodology": refusing})
    stages = stages_of_rows(definition, method.tree, _fixed_weights(method))
    return _run(method, gathered, [stage for stage in stages if not isinstance(stage, Clip)], method.held)


def _stages_of_set(method: EditionMethod) -> list[Stage]:
    """Return the stages of a set of rows; `rows_of` has applied the stages before them."""
    return method.stages_from(TakeScope if method.screens_rows_alone else Screen)


def with_rows(table: Table, rows: Integers) -> Table:
    """Return some rows of a table, numbered from 0."""
    used = table.used_columns
    return replace(
        table,
        units=_numbered(table.units[rows]),
        values=table.values[rows],
        used_columns=used[rows] if used.width else used,
    )


def stacked(first: Table, second: Table) -> Table:
    """Return the rows of two tables of one method, one after the other."""
    used = [table.used_columns for table in (first, second)]
    return replace(
        first,
        units=_numbered(pl.concat([first.units, second.units], how="vertical_relaxed", rechunk=True)),
        values=pl.concat([first.values, second.values], rechunk=True),
        used_columns=pl.concat(used, rechunk=True) if used[0].width else used[0],
        screened_out=pl.concat([first.screened_out, second.screened_out], how="diagonal_relaxed"),
    )


def _read(method: EditionMethod, rows: pl.DataFrame, fitted: Fitted | None) -> Table:
    """Return the table of rows after the first stage, with the number of each row."""
    table, _ = method.stages[0].apply(Table.of(rows), fitted)
    return table.with_changes(units=_numbered(table.units))


def _numbered(units: pl.DataFrame) -> pl.DataFrame:
    return units.with_columns(pl.Series(_ROW, np.arange(len(units)), pl.Int64))


def _denominated(method: EditionMethod, table: Table) -> Table:
    return method.stages_from(Denominate)[0].apply(table)[0]


def _with_one_period(method: EditionMethod, table: Table) -> Table:
    """Return rows of any period as rows of the period of the method's edition, so that they are compared."""
    name = method.definition.data.period
    if name is None:
        return table
    period = pl.lit(method.edition.period_value, dtype=table.units.schema[name]).alias(name)
    return table.with_changes(units=table.units.with_columns(period))


def _screened(method: EditionMethod, table: Table) -> Table:
    """Return a table without the units that have too few values."""
    return _for_units_of(method.stages_from(Screen)[0], table).apply(table, method.held("screening"))[0]


def _with_series(method: EditionMethod, table: Table) -> Table:
    """Return a panel with gaps filled by the imputations that follow a unit over the periods."""
    leaves = [leaf for leaf in method.tree.leaves() if isinstance(leaf.imputation, SeriesImputation)]
    if not leaves or table.period is None:
        return table
    indicators = tuple(leaf.preparation for leaf in leaves)
    return Impute(indicators, by_dimension(method.tree), method.definition.data).apply(table)[0]


def _for_units_of(stage: Stage, table: Table) -> Stage:
    """Return screening that names units of a table only, since a scenario may lack the others."""
    if not isinstance(stage, Screen) or not (stage.screening.keep or stage.screening.without):
        return stage
    units = set(table.units[table.unit])
    keep = tuple(name for name in stage.screening.keep if name in units or name in table.values.columns)
    without = tuple(name for name in stage.screening.without if name in units)
    return replace(stage, screening=stage.screening.model_copy(update={"keep": keep, "without": without}))


def _rows_of_period(method: EditionMethod, source: Edition, rows: pl.DataFrame) -> Integers:
    """Return the numbers of the rows of the source's period, (units of the source,)."""
    period = method.definition.data.period
    if period is None or source.result.definition.data.period is None:
        return np.arange(len(rows))
    return keep_rows(rows.with_row_index("\0"), {period: source.period})["\0"].to_numpy().astype(np.int64)


def _fixed_weights(method: EditionMethod) -> dict[str, NodeWeights]:
    """Return the weights that do not depend on values, by node; none if the run left out an indicator."""
    scored = method.edition.result.scored
    if scored.source.dropped:
        return {}
    nodes = [node for node in method.tree.nodes() if not looks_at_values(node.weighing)]
    return {node.id: weights for node in nodes if (weights := scored.node_weights[node.id]).keys is None}


def _run(
    method: EditionMethod, table: Table, stages: Iterable[Stage], fitted: Callable[[str], Fitted | None]
) -> RowScores:
    """Apply stages, each with the statistics that it holds, and return the scores by the number of the row."""
    after = _steps(table, stages, fitted)[-1].table
    rows, ranked = after.units[_ROW].to_numpy(), ranked_scores(method.definition, after.columns)
    scores = (_scattered(columns[ROOT], rows, len(table.units)) for columns in (after.columns.unrounded, ranked))
    return RowScores(*scores)


def _steps(table: Table, stages: Iterable[Stage], fitted: Callable[[str], Fitted | None]) -> list[Step]:
    """Apply stages, each with the statistics that it holds."""
    steps = []
    for stage in stages:
        of_table, used = _for_units_of(stage, table), fitted(stage.name)
        table, record = of_table.apply(table.with_changes(fitted=used), used)
        steps.append(Step(of_table, table, record))
    return steps


def _scattered(scores: pl.Series, rows: Integers, height: int) -> Array:
    """Return scores at their rows; NaN for the rows that were left out."""
    values = np.full(height, np.nan)
    values[rows] = scores.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values


@contextmanager
def located(method: EditionMethod, source: Edition) -> Iterator[None]:
    """Name the two editions in an error about the rows of one under the method of the other."""
    try:
        yield
    except IndiciaError as error:
        if method.edition is source:
            raise
        raise DataError(
            f"the method of {method.edition.name} cannot score the data of {source.name}: {error.what}",
            where=error.where,
            remedy=error.remedy,
        ) from error


def rows_for_method(method: Edition, source: Edition) -> pl.DataFrame:
    """Return the rows of an edition, all periods, with the columns that the method of another edition reads.

    An indicator is found by its name in the index file, also if its column has another name. What the table of the
    source does not have (an indicator, a denominator, a group) takes the values of the edition of the method, unit by
    unit, so that bringing it in is a part of the method.

    Parameters
    ----------
    method : Edition
        The edition whose method scores the rows.
    source : Edition
        The edition that has the rows.

    Returns
    -------
    DataFrame
        The columns of the method: unit, period, groups, indicators, denominators, and the columns that methods use.

    Raises
    ------
    DataError
        If neither table has a column, or a column of indicators has text.
    """
    if method.result is source.result:
        return source.rows
    data, rows = method.result.definition.data, source.rows
    period_of_source = source.result.definition.data.period
    if data.period is None and period_of_source is not None:
        rows = keep_rows(rows, {period_of_source: source.period})
    columns = [rows[source.unit].cast(pl.String).alias(str(data.unit))]
    if data.period is not None:
        columns.append(
            pl.repeat(method.period, len(rows), dtype=pl.String, eager=True).alias(data.period)
            if period_of_source is None
            else rows[period_of_source].alias(data.period)
        )
    taken = {column.name for column in columns}
    for name, of_source in _columns(method, source):
        if name not in taken:
            taken.add(name)
            values = rows[of_source] if of_source is not None else _of_other(method, name, rows[source.unit])
            columns.append(values.alias(name))
    borrowed = pl.DataFrame(columns)
    _check_numbers(borrowed, method, source)
    return borrowed


def _columns(method: Edition, source: Edition) -> Iterator[tuple[str, str | None]]:
    """Yield the columns that a method reads, each with the column of the source that has its values; None if none."""
    definition, available = method.result.definition, set(source.rows.columns)
    specs = source.result.definition.indicators
    for name, spec in definition.indicators.items():
        yield spec.column or name, _column_of_indicator(name, spec, specs.get(name), available)
    fitted = method.result.scored.fitted_by
    uses = uses_of(definition, method.result.planned)
    if fitted is not None:
        uses = tuple(use for use in uses if use.column.name in fitted.columns or fitted.computed_at(use.stage))
    used = [use.column.name for use in uses]
    denominators = [spec.per for spec in definition.indicators.values() if spec.per]
    for name in (*definition.data.groups, *denominators, *used):
        yield name, name if name in available else None


def _column_of_indicator(name: str, spec: Indicator, own: Indicator | None, available: set[str]) -> str | None:
    """Return the column of a source that has an indicator of a method; None if it has none.

    The source's own choice of a column counts, unless the method computes the indicator otherwise and the source has
    the column of the method.
    """
    wanted, column = spec.column or name, None if own is None else own.column or name
    if own is not None and (own.per, own.factor) == (spec.per, spec.factor):
        return column
    return wanted if wanted in available else column


def _of_other(method: Edition, name: str, units: pl.Series) -> pl.Series:
    """Return the values of a column in the edition of the method, for these units; missing for units it lacks."""
    data, rows = method.result.definition.data, method.rows
    if name not in rows.columns:
        raise DataError(
            f'neither edition has the column "{name}", which the method of {method.name} reads',
            remedy="add the column to one of the tables",
        )
    if data.period is not None:
        rows = keep_rows(rows, {data.period: method.period})
    values = rows.select(pl.col(method.unit).cast(pl.String).alias("\0unit"), pl.col(name).alias("\0value"))
    joined = pl.DataFrame([units.cast(pl.String).alias("\0unit")]).join(
        values, on="\0unit", how="left", maintain_order="left"
    )
    return joined["\0value"]


def _check_numbers(rows: pl.DataFrame, method: Edition, source: Edition) -> None:
    """Refuse text in the columns of indicators and denominators, which would be read as missing values."""
    for name, spec in method.result.definition.indicators.items():
        for column in (spec.column or name, *([spec.per] if spec.per else [])):
            kind = rows.schema[column]
            if kind.is_numeric() or kind == pl.Boolean or rows[column].null_count() == len(rows):
                continue
            numbers = rows[column].cast(pl.Float64, strict=False)
            if numbers.null_count() > rows[column].null_count():
                raise DataError(
                    f'the column "{column}" of {source.name} has text where the method of {method.name} reads numbers',
                    remedy=f"read the table of {source.name} with the format of {method.name}, or mend the cells",
                )
