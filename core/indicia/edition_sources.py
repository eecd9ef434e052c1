"""Editions from files and values: index files, packs, fitted indices, tables of scores; and their difference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia import fitted, index
from indicia.data import is_database, is_table, read_table, split_sheet
from indicia.data.cell_text import cell_text, value_text
from indicia.definition import Origin, define, text
from indicia.editions.difference import EditionDifference, difference_of
from indicia.editions.scored_edition import ScoredEdition
from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia.fitted import FittedIndex
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.result import Result

_UNIT_WORDS = ("unit",)
_SCORE_WORDS = ("score", "得分")
_RANK_WORDS = ("rank", "排名", "名次")
"""The columns of a table of scores, by role; their names may have capital letters."""
OLD, NEW = "old", "new"


@dataclass(frozen=True)
class CodeChoices:
    """The plugins that an index may load."""

    plugins: tuple[str | Path, ...] = ()
    allow_code: bool = False
    only_plugins: tuple[str, ...] | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `indicia.read`, without the plugins."""
        return {"allow_code": self.allow_code, "only_plugins": self.only_plugins}


@dataclass(frozen=True)
class ScoreColumns:
    """The columns of a table of scores; those that are None are recognised by name."""

    unit: str | None = None
    score: str | None = None
    rank: str | None = None
    period: str | None = None


def diff(
    old: object,
    new: object,
    *,
    old_table: object = None,
    new_table: object = None,
    start: object = None,
    end: object = None,
    renamed: Mapping[str, str] | None = None,
    columns: ScoreColumns | None = None,
    code: CodeChoices | None = None,
) -> EditionDifference:
    """Return the difference of two editions; see `indicia.diff`."""
    columns, code = columns or ScoreColumns(), code or CodeChoices()
    sources = ((old, old_table, start, OLD), (new, new_table, end, NEW))
    names = _names([(source, side) for source, _, _, side in sources])
    editions: dict[str, ScoredEdition] = {}
    if not is_scores(old) and _same(old, new) and _same(old_table, new_table) and old is not None:
        # two periods of one panel share a run, so that its pooled statistics are the same in both editions
        first = open_edition(old, table=old_table, period=start, name=names[OLD], side=OLD, code=code)
        if first.period is not None:
            first = replace(first, name=_name(old, OLD))
        return difference_of(first, first.at(end, names[NEW] if first.period is None else first.name), renamed)
    # tables of scores come last: the other edition may tell the columns of their units and periods
    for source, table, period, side in sorted(sources, key=lambda entry: is_scores(entry[0])):
        other = next(iter(editions.values()), None)
        editions[side] = open_edition(
            source, table=table, period=period, name=names[side], side=side, other=other, columns=columns, code=code
        )
    return difference_of(editions[OLD], editions[NEW], renamed)


def _same(old: object, new: object) -> bool:
    """Return True if two sources are the same file or value."""
    if isinstance(old, (str, Path)) and isinstance(new, (str, Path)):
        return Path(str(old)).resolve() == Path(str(new)).resolve()
    return old is new


def difference_since(
    index: Index,
    result: Result,
    since: object,
    *,
    table: object = None,
    period: object = None,
    code: CodeChoices | None = None,
) -> EditionDifference:
    """Return the difference of a result from an earlier edition, for a report or a workbook.

    Parameters
    ----------
    index : Index
        The index of the result.
    result : Result
        The present edition.
    since : path, Index, FittedIndex or frame
        The earlier edition; see `open_edition`.
    table : path or frame, optional
        The data of the earlier edition; a fitted index needs them.
    period : optional
        The period of a panel in the present edition; by default the last.
    code : CodeChoices, optional
        The plugins of the earlier edition.

    Raises
    ------
    IndiciaError
        If the earlier edition cannot be read or scored, or has no unit or no indicator of the present one.
    """
    names = _names([(since, OLD), (index, NEW)])
    new = ScoredEdition.of_result(names[NEW], index, result, period, fitted=result.fitted is not None)
    old = open_edition(since, table=table, name=names[OLD], side="since", other=new, code=code)
    return difference_of(old, new)


def open_edition(
    source: object,
    *,
    table: object = None,
    period: object = None,
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
    name = name or _names([(source, side)])[side]
    if is_scores(source):
        if table is not None:
            raise DefinitionError(
                f"{name} is a table of scores, and --{side}-table is the data of an index",
                remedy="leave it out, or name an index",
            )
        return _of_scores(source, name, period, other, columns or ScoreColumns())
    opened = _opened(source, code or CodeChoices())
    if not isinstance(opened, FittedIndex):
        result = opened.score_frame(opened.read_table(table))
        return ScoredEdition.of_result(name, opened, result, period)
    if table is None:
        raise DefinitionError(
            f"{name} is a fitted index, which has no data", remedy=f"--{side}-table names the table of this edition"
        )
    return ScoredEdition.of_result(name, None, opened.score(table), period, fitted=True)


def is_scores(source: object) -> bool:
    """Return True if a source is a table of scores: a table in a file or a value, no index."""
    if isinstance(source, (str, Path)):
        path = str(source)
        return is_database(path) or (is_table(split_sheet(path)[0]) and not _is_fitted_file(Path(path)))
    return not isinstance(source, (Index, FittedIndex, ScoredEdition))


def _is_fitted_file(path: Path) -> bool:
    """Return True if a file is a fitted index, and not a table in JSON."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError):
        return False
    return isinstance(content, dict) and "fitted" in content and "index" in content


def _opened(source: object, code: CodeChoices) -> Index | FittedIndex:
    if isinstance(source, (Index, FittedIndex)):
        return source
    path = Path(str(source))
    if _is_fitted_file(path):
        return fitted.read(path, code.plugins, **code.arguments)
    return index.read(path / "index.toml" if path.is_dir() else path, code.plugins, **code.arguments)


def _names(sources: Sequence[tuple[object, str]]) -> dict[str, str]:
    """Return the names of editions for readers, by side: the name of the file, with its folder if names are equal."""
    names = {side: _name(source, side) for source, side in sources}
    if len(set(names.values())) == len(names):
        return names
    longer = {side: _name(source, side, with_folder=True) for source, side in sources}
    return (
        longer if len(set(longer.values())) == len(longer) else {side: f"{side} {name}" for side, name in names.items()}
    )


def _name(source: object, side: str, *, with_folder: bool = False) -> str:
    if isinstance(source, ScoredEdition):
        return source.name
    if isinstance(source, Index):
        source = source.origin.path or text(source.definition.name)
    elif isinstance(source, FittedIndex):
        source = text(source.index.definition.name)
    if not isinstance(source, (str, Path)):
        return f"the {side} table"
    path = Path(source)
    return f"{path.resolve().parent.name}/{path.name}" if with_folder else path.name or str(path)


def _of_scores(
    source: object, name: str, period: object, other: ScoredEdition | None, columns: ScoreColumns
) -> ScoredEdition:
    """Return the edition of a table of scores or ranks."""
    names = _columns_of(source)
    score = _column(names, columns.score, _SCORE_WORDS)
    rank = _column(names, columns.rank, _RANK_WORDS)
    if score is None and rank is None:
        raise DataError(
            f"{name} has neither a column of scores nor of ranks",
            where=f"columns: {join_names(names, 12)}",
            remedy="--score COLUMN or --rank COLUMN names it",
        )
    numbers = {word: column for word, column in (("score", score), ("rank", rank)) if column is not None}
    unit = _unit_column(names, name, columns, list(numbers.values()), other)
    frame = read_table(source, text=[unit], numbers=list(numbers.values()))
    frame, text_of_period = _of_period(frame, name, period, columns, other)
    units = frame.select(
        pl.col(unit).cast(pl.String).alias("unit"),
        *(
            (pl.col(numbers[word]) if word in numbers else pl.lit(None)).cast(pl.Float64).alias(word)
            for word in ("score", "rank")
        ),
    ).drop_nulls("unit")
    repeated = units["unit"].filter(units["unit"].is_duplicated()).unique(maintain_order=True)
    if len(repeated):
        raise DataError(
            f"{name} has units more than once: {join_names(repeated)}",
            remedy="keep one row for each unit; --period COLUMN names the column of the periods of a panel",
        )
    lowest_first = other is not None and other.lowest_first
    if rank is None:
        units = units.with_columns(rank=pl.col("score").rank("min", descending=not lowest_first).cast(pl.Float64))
    definition = define({"name": name, "data": {"unit": "unit"}, "indicators": {"score": {}}}, Origin())
    return ScoredEdition(
        name,
        "scores",
        definition,
        units,
        units.select("unit"),
        lowest_first=lowest_first,
        ranked_here=rank is None,
        period=text_of_period,
    )


def _columns_of(source: object) -> list[str]:
    if isinstance(source, Mapping):
        return [str(column) for column in source]
    return read_table(source).columns if isinstance(source, (str, Path)) else list(getattr(source, "columns", ()))


def _column(names: Sequence[str], chosen: str | None, words: Sequence[str]) -> str | None:
    """Return the column that an option names, or the column with the name of a role; None if there is none.

    An option may be about the other table, so that a column with the name of the role is taken if the chosen column is
    absent.
    """
    if chosen is not None and chosen in names:
        return chosen
    lowered = {name.strip().lower(): name for name in reversed(names)}
    return next((lowered[word] for word in words if word in lowered), None)


def _unit_column(
    names: Sequence[str], table: str, columns: ScoreColumns, numbers: Sequence[str], other: ScoredEdition | None
) -> str:
    """Return the column of the units: the one chosen, one with a name of the other edition, or the first other one."""
    if (chosen := _column(names, columns.unit, _UNIT_WORDS)) is not None:
        return chosen
    if columns.unit is not None and other is not None:
        raise DataError(f'{table} has no column "{columns.unit}"', remedy=suggest(columns.unit, names))
    known: Iterable[str] = ()
    period = columns.period
    if other is not None:
        data = other.definition.data
        known, period = [str(data.unit), *data.labels()], period or data.period
    column = next((name for name in known if name in names), None)
    column = column or next((name for name in names if name not in (*numbers, period)), None)
    if column is None:
        raise DataError(f"{table} has no column of units", remedy="--unit COLUMN names it")
    return column


def _of_period(
    frame: pl.DataFrame, name: str, period: object, columns: ScoreColumns, other: ScoredEdition | None
) -> tuple[pl.DataFrame, str | None]:
    """Return the rows of a period, by default the last, and its text; all rows of a table without periods."""
    column = columns.period or (other.definition.data.period if other is not None else None)
    if column is None or column not in frame.columns:
        if period is not None:
            raise DataError(f"{name} has no periods", remedy="--period COLUMN names the column of the periods")
        return frame, None
    frame = frame.sort(column, maintain_order=True, nulls_last=False)
    of_row = frame.select(cell_text(column, frame.schema[column])).to_series()
    periods = of_row.drop_nulls().unique(maintain_order=True).to_list()
    chosen = value_text(period) if period is not None else periods[-1]
    if chosen not in periods:
        raise DataError(f"the period {chosen} is not in {name}", remedy=suggest(chosen, periods))
    return frame.filter(of_row == chosen), chosen
