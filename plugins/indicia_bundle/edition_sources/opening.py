"""An edition from a file or a value of Python, with its name for readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from indicia.catalogue import open_source
from indicia.definition import text
from indicia.errors import DefinitionError, IndiciaError
from indicia.questions import Questions
from indicia.sources import CodeChoices, TableSource
from indicia_bundle.edition_sources.score_tables import edition_of_scores
from indicia_editions.edition import Edition
from indicia_editions.scored_edition import ScoredEdition
from indicia_editions.sources import ScoreColumns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.scorable import Scorable
    from indicia.sources import IndexSource
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


def open_earlier(source: Scorable | Path | str, table: TableLike | None, code: CodeChoices | None = None) -> Edition:
    """Return the edition since which a unit moved; one from a file is named as it is written.

    Parameters
    ----------
    source : path, Index or FittedIndex
        The edition.
    table : path or frame, optional
        Its data; by default the table of the index file.
    code : CodeChoices, optional
        The plugins of the index.

    Raises
    ------
    IndiciaError
        If the source cannot be read or scored, or is a table of scores.
    """
    if not isinstance(source, (str, Path)):
        return Edition.of(source, table)
    # two tables of one fitted index are named apart
    name = f"{source} ({table})" if isinstance(table, (str, Path)) else str(source)
    edition = open_edition(source, table=table, name=name, side="since", code=code)
    if edition.result is None:
        raise DefinitionError(
            f"{source} has scores and no data, so that a move since then has no causes",
            remedy="indicia diff compares a table of scores with an index",
        )
    return edition.as_edition()


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
    opened = source_of(source, code)
    if isinstance(opened, TableSource):
        if table is not None:
            raise DefinitionError(
                f"{name} is a table of scores, and --{side}-table is the data of an index",
                remedy="leave it out, or name an index",
            )
        return edition_of_scores(opened.value, name, period, other, columns)
    if (kept := opened.edition(name, table, period, code)) is not None:
        edition: ScoredEdition = kept
        return edition
    if opened.is_fitted and table is None:
        raise DefinitionError(
            f"{name} is a fitted index, which has no data", remedy=f"--{side}-table names the table of this edition"
        )
    index, data = opened.open(code, table)
    return ScoredEdition.of_result(name, index, index.score_frame(index.read_table(data)), period)


def source_of(source: object, code: CodeChoices) -> IndexSource | TableSource:
    """Return the kind of a source of an edition."""
    return cast("IndexSource | TableSource", open_source(source, code.plugins, code.only_plugins))


def is_scores(source: object, code: CodeChoices) -> bool:
    """Return True if a source is a table of scores: a table in a file or a value, no index."""
    return not isinstance(source, ScoredEdition) and isinstance(source_of(source, code), TableSource)


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
