"""An edition from a file or a value of Python, with its name for readers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.bundle import open_bundle
from indicia.data import fingerprint, is_database, is_table, split_sheet
from indicia.data.cell_text import cell_text
from indicia.definition import text
from indicia.edition_sources.choices import CodeChoices, ScoreColumns
from indicia.edition_sources.score_tables import edition_of_scores, rows_of_period
from indicia.editions.scored_edition import ScoredEdition
from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia.fitted import FittedIndex, read_index
from indicia.fitted_file import is_fitted_file
from indicia.notes import Count, Names, Note
from indicia.questions import Questions
from indicia.result import Inputs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.types import Period, TableLike

OLD, NEW = "old", "new"


def open_edition(
    source: object,
    *,
    table: TableLike | None = None,
    period: Period | None = None,
    name: str | None = None,
    side: str = OLD,
    other: ScoredEdition | None = None,
    columns: ScoreColumns | None = None,
    code: CodeChoices | None = None,
) -> ScoredEdition:
    """Return the edition of an index file, a pack, a fitted index, a table of scores, or the values of these in Python.

    Parameters
    ----------
    source : path, Index, FittedIndex, frame or ScoredEdition
        A folder stands for its index.toml; `book.xlsx#Sheet` names a sheet.
    table : path or frame, optional
        The data of an index; by default the table of the index file. A fitted index needs a table.
    period : optional
        The period of a panel; by default the last.
    name : str, optional
        The name for readers; by default that of the file or the index.
    side : "old", "new" or "since"
        The first word of the option with the data of the edition, for messages: --old-table.
    other : ScoredEdition, optional
        The other edition, which may tell the columns and the direction of a table of scores.
    columns, code : optional
        The columns of a table of scores, and the plugins of an index.

    Raises
    ------
    IndiciaError
        If the source cannot be read or scored, a fitted index has no table, or a table of scores has neither scores nor
        ranks, or a unit twice.
    """
    if isinstance(source, ScoredEdition):
        return source
    name = name or names_of_editions([(source, side)])[side]
    try:
        return _open(source, table, period, name, side, other, columns or ScoreColumns(), code or CodeChoices())
    except IndiciaError as error:
        error.where = error.where or name  # the reader of an error about two editions must know which
        if error.remedy:
            error.remedy = error.remedy.replace("--table", f"--{side}-table")
        raise


def _open(
    source: object,
    table: TableLike | None,
    period: Period | None,
    name: str,
    side: str,
    other: ScoredEdition | None,
    columns: ScoreColumns,
    code: CodeChoices,
) -> ScoredEdition:
    """Return the edition of a source by its kind."""
    if _is_pack(source):
        return edition_of_pack(Path(str(source)), name, table, period, code)
    if is_scores(source):
        if table is not None:
            raise DefinitionError(
                f"{name} is a table of scores, and --{side}-table is the data of an index",
                remedy="leave it out, or name an index",
            )
        return edition_of_scores(source, name, period, other, columns)
    opened = open_index(source, code)
    if isinstance(opened, FittedIndex) and table is None:
        raise DefinitionError(
            f"{name} is a fitted index, which has no data", remedy=f"--{side}-table names the table of this edition"
        )
    result = opened.score_frame(opened.read_table(table))
    return ScoredEdition.of_result(name, opened, result, period)


def is_scores(source: object) -> bool:
    """Return True if a source is a table of scores: a table in a file or a value, no index."""
    if isinstance(source, (str, Path)):
        path = str(source)
        return is_database(path) or (is_table(split_sheet(path)[0]) and not is_fitted_file(path))
    return not isinstance(source, (Questions, ScoredEdition))


def _is_pack(source: object) -> bool:
    return isinstance(source, (str, Path)) and str(source).lower().endswith(".zip")


def open_index(source: object, code: CodeChoices) -> Questions:
    """Return the index of a file or its folder, fitted or not; an index of Python stays as it is."""
    if isinstance(source, Questions):
        return source
    path = Path(str(source))
    return read_index(path / "index.toml" if path.is_dir() else path, code.plugins, **code.arguments)


def names_of_editions(sources: Sequence[tuple[object, str]]) -> dict[str, str]:
    """Return the names of editions for readers, by side: the name of the file, with its folder if names are equal."""
    names = {side: name_of_edition(source, side) for source, side in sources}
    if len(set(names.values())) == len(names):
        return names
    longer = {side: name_of_edition(source, side, with_folder=True) for source, side in sources}
    if len(set(longer.values())) == len(longer):
        return longer
    return {side: f"{side} {name}" for side, name in names.items()}


def name_of_edition(source: object, side: str, *, with_folder: bool = False) -> str:
    """Return the name of an edition: that of its file, or of its index."""
    if isinstance(source, ScoredEdition):
        return source.name
    if isinstance(source, Questions):
        source = source.origin.named_file or text(source.definition.name)
    if not isinstance(source, (str, Path)):
        return f"the {side} table"
    path = Path(source)
    name = path.name if path.name.strip(".") else path.resolve().name  # the name of the present folder for "."
    return f"{path.resolve().parent.name}/{name}" if with_folder else name


def edition_of_pack(
    path: Path, name: str, table: TableLike | None, period: Period | None, code: CodeChoices
) -> ScoredEdition:
    """Return the edition of a pack: computed again from its data, or its packed scores if it has no data."""
    if table is not None and not isinstance(table, (str, Path)):
        raise DefinitionError(
            f"{name} is a pack, whose data are files", remedy="name the file of the data, or a folder with its files"
        )
    bundle = open_bundle(path, code.plugins, table=table, **code.arguments)
    try:
        index, packed = bundle.index, bundle.results["scores"]
        if bundle.frame is None:
            return _of_packed_scores(index, packed, name, period)
        if table is not None and fingerprint(bundle.frame) != bundle.record.table.sha256:
            raise DataError(
                f"{table} is not the table that the results of {name} were computed from",
                remedy="--table names the table of this edition",
            )
        result = index.score_frame(bundle.frame)
        _ = result.manifest  # reads files of the pack
    finally:
        bundle.close()
    edition = ScoredEdition.of_result(name, index, result, period)
    scores = _packed_units(index, packed, edition.period)
    return replace(edition, remarks=tuple(_departures(edition, scores)))


def _packed_units(index: Questions, packed: pl.DataFrame, period: str | None) -> pl.DataFrame:
    """Return the packed scores and ranks of a period: unit, score, rank."""
    data = index.definition.data
    if data.period is not None and period is not None:
        packed = packed.filter(cell_text(data.period, packed.schema[data.period]) == pl.lit(period))
    columns = (pl.col(column).cast(pl.Float64) for column in ("score", "rank"))
    return packed.select(pl.col(str(data.unit)).cast(pl.String).alias("unit"), *columns)


def _departures(edition: ScoredEdition, packed: pl.DataFrame) -> Iterator[Note]:
    """Yield a note if the scores or ranks of a pack are others than those that are computed here."""
    both = edition.units.join(packed, on="unit", how="full", suffix="_packed", coalesce=True, maintain_order="left")
    differs = [pl.col(column).ne_missing(pl.col(f"{column}_packed")) for column in ("score", "rank")]
    units = both.filter(pl.any_horizontal(differs))["unit"].to_list()
    if units:
        yield Note(
            "computed_otherwise",
            edition=Names.of([edition.title]),
            count=Count(len(units), "unit"),
            units=Names.of(units),
        )


def _of_packed_scores(index: Questions, packed: pl.DataFrame, name: str, period: Period | None) -> ScoredEdition:
    """Return the edition of a pack without data: its methodology, and the scores that were packed."""
    data = index.definition.data
    column, text_of_period = data.period, None
    if column is not None:
        packed, text_of_period = rows_of_period(packed, name, period, ScoreColumns(period=column), None)
    units = _packed_units(index, packed, None)
    labels = [pl.col(label).cast(pl.String) for label in data.labels() if label in packed.columns]
    return ScoredEdition(
        name,
        index.definition,
        units,
        packed.select(pl.col(str(data.unit)).cast(pl.String).alias("unit"), *labels),
        period=text_of_period,
        is_fitted=isinstance(index, FittedIndex),
        stated_methodology=Inputs(index.definition, index.tree, index.catalogue, {}, index.origin).methodology,
    )
