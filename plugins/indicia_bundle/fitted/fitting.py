"""The fit of an index, to a table or to partitions."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.callers import warn
from indicia.data import fingerprint
from indicia.data.table_partitions import ROWS
from indicia.definition import RANK, Definition, Screening
from indicia.errors import DefinitionError, IndiciaError, NothingKept, join_names
from indicia.index import Index
from indicia.methods import SeriesImputation
from indicia.result import Inputs, Result
from indicia.result.inputs import methods_in_one_line
from indicia.run import Scored, methods_needing_all_units, score
from indicia.stages.kept import kept_of, parts_to_keep
from indicia_bundle.fitted.fitted_index import FittedIndex
from indicia_bundle.fitted_words import variants_with_weighting, without_weightings
from indicia_partitions.replay import Mapper, Replay, ScoreJob, check_packages
from indicia_partitions.table import PartitionedTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indicia.citations import Citation
    from indicia.partitions.partition import Partition
    from indicia.questions import Questions
    from indicia.scorable import Scorable
    from indicia.tables.fitted import Fitted
    from indicia.tables.last_values import LastValues
    from indicia.types import TableLike
    from indicia_engines.engine import Engine


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


@dataclass(frozen=True)
class FittedRows:
    """The statistics and weights of rows, and their number."""

    rows: int
    fitted: Fitted
    methodology: str
    """The methods in one line."""
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class FitJob:
    """Computes the statistics and weights of all rows in one partition."""

    scoring: ScoreJob

    def __call__(self, item: object, partition: Partition) -> FittedRows:
        """Return the statistics and weights, which are those of all rows, and the number of rows of the partition."""
        scored = self.scoring(item, partition)
        return FittedRows(len(scored.units), scored.fitted, methods_in_one_line(scored.tree), scored.warnings)


def fit_rows(
    index: Scorable,
    partitions: Sequence[Any],
    reader: Callable[[Any], pl.DataFrame],
    engine: Mapper,
    rows: int | None = None,
) -> FittedRows:
    """Return the statistics and weights of an index over all rows of partitions.

    Parameters
    ----------
    index : Index
    partitions : sequence
        The partitions, in their order.
    reader : callable
        Returns the rows of a partition.
    engine
        Maps tasks over partitions.
    rows : int, optional
        The number of rows, if it is known and all of them take part: no partition then counts its rows.

    Raises
    ------
    NothingKept
        If no row takes part.
    """
    # sorted columns are files, which workers on other machines find only if TMPDIR is a folder that they share
    with TemporaryDirectory(prefix="indicia-fit-") as folder:
        replay = Replay(FitJob(ScoreJob(index, reader)), partitions, Path(folder))
        if rows is not None and (first := replay.run_first(engine)) is not None:
            return replace(first, rows=rows)
        outcomes = replay.run(engine)
    if not outcomes:
        raise NothingKept("the partitions have no row to fit the index to")
    first = outcomes[0]
    warnings = tuple(dict.fromkeys(warning for outcome in outcomes for warning in outcome.warnings))
    return FittedRows(sum(outcome.rows for outcome in outcomes), first.fitted, first.methodology, warnings)


KEPT_BY_DEFAULT = ("bounds",)
"""The parts that an edition keeps of the earlier one, unless the user names others."""


def fit(
    index: Questions,
    table: TableLike | None = None,
    *,
    since: FittedIndex | None = None,
    keep: Sequence[str] | None = None,
) -> FittedIndex:
    """Score an index and keep the statistics and weights of the run; see `indicia.fit`."""
    if keep and since is None:
        raise DefinitionError(
            "keep names what is kept of an earlier edition, and there is none",
            where=f"keep = {list(keep)}",
            remedy="state it: since = fitted index",
        )
    check_can_be_fitted(index)
    frame = index.read_table(table)
    descent: dict[str, Any] = {}
    if since is None:
        result = index.score_frame(frame)
    else:
        result, descent = _result_since(index, frame, since, keep or KEPT_BY_DEFAULT)
    data = {"sha256": fingerprint(frame), "rows": len(result.scores)}
    record = {**record_of_fit(index, result.methodology, data, result.plugins, result.cite()), **descent}
    fitted = replace(result.scored.fitted, last_values=_last_values(index, result.scored))
    return FittedIndex.of(without_parts_of_data(index), fitted, record)


def record_of_fit(
    index: Questions,
    methodology: str,
    data: Mapping[str, Any],
    plugins: Mapping[str, str],
    citations: Sequence[Citation],
) -> dict[str, Any]:
    """Return the record of a fit: versions, the methods in one line, the data, and the works to cite."""
    return {
        "indicia": version("indicia"),
        "polars": pl.__version__,
        "plugins": dict(plugins),
        "methodology": methodology,
        "data": dict(data),
        "citations": [work.record for work in citations],
        **({"variants_with_weighting": variants_with_weighting(index.raw)} if index.definition.variants else {}),
        **({"weight_sets": list(index.definition.weights)} if index.definition.weights else {}),
    }


def _result_since(
    index: Questions, frame: pl.DataFrame, since: FittedIndex, keep: Sequence[str]
) -> tuple[Result, dict[str, Any]]:
    """Return the result by what is kept of an earlier edition, and the record of the descent."""
    before = since.definition.frozen
    assert before is not None
    kept = parts_to_keep(keep, before, index.definition, index.tree)
    # screening by the data drops indicators, which a run with statistics of an earlier one reads from these
    screens = index.definition.screening.indicators is not None
    left_out = index.score_frame(frame).scored.fitted.left_out if screens else ()
    held = kept_of(before, kept, index.tree, left_out)
    with index.origin.located(), _blamed_on_kept(index, frame):
        scored = score(index.definition, index.tree, frame, held)
    for warning in (*kept.notes, *scored.warnings):
        warn(warning)
    result = Result(index.definition, scored, frame, index.catalogue, index.origin, index.tree)
    descent = {**since.file, "sha256": since.fingerprint["sha256"], "kept": kept.record}
    return result, {"since": [descent, *since.record.get("since", ())]}


@contextmanager
def _blamed_on_kept(index: Questions, frame: pl.DataFrame) -> Iterator[None]:
    """Blame an error on what is kept of an earlier edition if the index can be scored without it.

    By the bounds of an earlier edition, a new value may score below 0, which some weightings and means do not take.
    """
    try:
        yield
    except IndiciaError as error:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            index.score_frame(frame)
        raise DefinitionError(
            f"{error.what} (by what is kept of the earlier edition)",
            where=error.where,
            remedy="keep the bounds of other indicators only (--keep bounds=A,B), or nothing of this edition",
        ) from error


def check_can_be_fitted(index: Questions) -> None:
    """Refuse a fitted index, and methods and bands that need all units."""
    if isinstance(index, FittedIndex):
        raise DefinitionError(
            "the index is fitted already",
            where=str(index.origin.path) if index.origin.path else None,
            remedy="fit the index file that it comes from",
        )
    if faults := list(methods_needing_all_units(index.tree, with_last_values=True)):
        raise DefinitionError(
            f"an index cannot be fitted with methods that need all units: {join_names(faults, 3)}",
            remedy="choose other methods, or run the index with all units",
        )
    for name, bands in index.definition.bands.items():
        if bands.shares is not None or bands.of == RANK:
            word = "shares" if bands.shares is not None else "of"
            raise DefinitionError(
                f"an index cannot be fitted with the bands {name}, which depend on the ranks of all units",
                where=index.origin.where(["bands", name, word]),
                remedy=f"thresholds of a score, or leave out [bands.{name}]",
            )


def _last_values(index: Questions, scored: Scored) -> LastValues | None:
    """Return the last value of each unit for imputations that carry it forward; None if the index has none of them."""
    carrying = [
        leaf
        for leaf in scored.tree.leaves()
        if isinstance(leaf.imputation, SeriesImputation) and leaf.imputation.carries_forward
    ]
    last_values = scored.last_values
    if carrying and last_values is None:
        raise DefinitionError(
            f"an index with {carrying[0].imputation} of {carrying[0].id} cannot be fitted to these periods: their "
            "place in time depends on the other periods of the table",
            where=index.origin.where(["data", "period"]),
            remedy="numbers, such as years, or dates as periods",
        )
    return last_values


def without_parts_of_data(index: Questions) -> Index:
    """Return an index without tables that belong to the data of its fit, and without weightings.

    These tables are of cells, and of what stands outside the index. The weights of the fit replace the weightings.
    """
    raw = {key: value for key, value in without_weightings(index.raw).items() if key != "outside"}
    data = dict(raw.get("data", {}))
    if "path" in (data.get("attributes") or {}):
        del data["attributes"]
    return Index({**raw, **({"data": data} if data else {})}, index.catalogue, index.origin, index.chosen)
