"""The run that repeats a pack, and its tables."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import file_digest
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import polars as pl

from indicia.analyses import Column, Kind, Table, columns_of, tables_of
from indicia.analyses.columns import PERIOD, UNIT
from indicia.arguments import names_its_arguments
from indicia.data import fingerprint
from indicia.errors import DataError, IndiciaError, join_names
from indicia.notes import Count, Names, Note
from indicia.outcome import Outcome
from indicia.presentation import ReplayTable
from indicia.result import Result, compare_manifests
from indicia_bundle.opening import Bundle, open_bundle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia_bundle.record import Record


class ReplayTables:
    """The tables of `Replay.frame` and `indicia replay --show`."""

    compared: ClassVar[Table] = Table(
        "The tables of the result",
        Column("table", Kind.TEXT, "the name of the table"),
        Column("state", Kind.TEXT, '"identical" if all bits are the same, else "differs"'),
        *columns_of(
            Kind.COUNT,
            rows="the number of its rows here",
            packed_rows="the number of its rows in the pack",
            cells="the number of cells that differ",
        ),
        Column("largest_difference", Kind.FIGURE, "the largest difference of a number"),
        Column("why", Kind.TEXT, "the reason why it cannot be compared"),
        order="In the order of the tables of a result.",
    )
    units: ClassVar[Table] = Table(
        "The units whose score or rank differs",
        UNIT,
        PERIOD,
        Column("packed_score", Kind.SCORE, "the score in the pack", optional=True),
        Column("score", Kind.SCORE, "the score here", optional=True),
        Column("packed_rank", Kind.RANK, "the rank in the pack", optional=True),
        Column("rank", Kind.RANK, "the rank here", optional=True),
        Column("difference", Kind.CHANGE, "the score here less that in the pack"),
        order="In the order of the data.",
    )
    versions: ClassVar[Table] = Table(
        "The versions, settings and data that differ",
        Column("what", Kind.TEXT, "the place in the manifest"),
        *columns_of(Kind.TEXT, packed="the version in the pack", here="the version here"),
        Column("matters", Kind.YES, "true if a result depends on it"),
        order="In the order of the manifest.",
    )
    files: ClassVar[Table] = Table(
        "The files of the pack",
        Column("file", Kind.TEXT, "the file"),
        Column("bytes", Kind.COUNT, "its size"),
        Column("sha256", Kind.TEXT, "its hash"),
        Column("replayed", Kind.YES, "false if only the hash is compared"),
        order="In the order of the pack.",
    )


_NOT_REPLAYED = ("audit/", "report/")
_BESIDE_RUNS = ("files_outside",)
"""Sections of a manifest that differ because a pack has all files in one folder."""


@dataclass(frozen=True, repr=False, eq=False)
class Replay(Outcome[ReplayTable]):
    """The comparison of a pack with the same run on this machine."""

    declared: ClassVar[Mapping[str, Table]] = tables_of(ReplayTables)
    table_names: ClassVar[tuple[ReplayTable, ...]]
    _noun = "a replay"

    path: Path
    sha256: str
    """The hash of the zip."""
    record: Record
    result: Result
    """The result of this run."""
    tables_compared: tuple[TableDifference, ...]
    tolerance: float
    run_manifest: Mapping[str, Any]
    packed_manifest: Mapping[str, Any]
    packed_scores: pl.DataFrame

    @property
    def is_same(self) -> bool:
        """True if every table is the same bit by bit, or within the tolerance."""
        return all(table.is_within(self.tolerance) for table in self.tables_compared)

    @names_its_arguments
    def sentences(self, language: str | None = None) -> list[str]:
        """Return the findings in a language, English by default; the first one is the headline.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        list of str
            The sentences.
        """
        names = self.reader_names(language)
        return [sentence.in_language(language, names) for sentence in self.findings]

    @property
    def _lines_printed(self) -> Sequence[str]:
        return [*self.findings, *self.notes]

    @cached_property
    def compared(self) -> pl.DataFrame:
        """A row for each table of the result."""
        return ReplayTables.compared.frame(tuple(asdict(table).values()) for table in self.tables_compared)

    @cached_property
    def units(self) -> pl.DataFrame:
        """The units whose score or rank differs."""
        key = self.definition.data.key
        columns = [*key, "score", "rank"]
        if not {*columns} <= {*self.packed_scores.columns}:
            return pl.DataFrame(schema={**dict.fromkeys(key, pl.String), "difference": pl.Float64})
        here = self.result.scores.select(columns)
        packed = self.packed_scores.select(pl.col(columns).name.prefix("packed_"))
        packed = packed.rename({f"packed_{name}": name for name in key})
        packed = packed.with_columns(pl.col(name).cast(here.schema[name], strict=False) for name in key)
        both = here.join(packed, on=key, how="full", coalesce=True, maintain_order="left_right")
        differs = pl.col("score").ne_missing(pl.col("packed_score")) | pl.col("rank").ne_missing(pl.col("packed_rank"))
        order = [*key, "packed_score", "score", "packed_rank", "rank"]
        return both.filter(differs).select(*order, (pl.col("score") - pl.col("packed_score")).alias("difference"))

    @cached_property
    def versions(self) -> pl.DataFrame:
        """The versions, settings and data that differ."""
        mine, theirs = (
            {section: _of_run(section, value) for section, value in manifest.items() if section not in _BESIDE_RUNS}
            for manifest in (self.run_manifest, self.packed_manifest)
        )
        differences = compare_manifests(mine, theirs)
        return ReplayTables.versions.frame(
            (item.where, item.expected, item.actual, item.matters) for item in differences.items
        )

    @cached_property
    def files(self) -> pl.DataFrame:
        """The files of the pack."""
        return ReplayTables.files.frame(
            (name, entry.bytes, entry.sha256, not name.startswith(_NOT_REPLAYED))
            for name, entry in self.record.files.items()
        )

    @property
    def findings(self) -> tuple[Note, ...]:
        """The sentences of the comparison, the headline first."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Note]:
        differing = [table for table in self.tables_compared if table.state != "identical"]
        if not differing:
            yield Note("replay_same", number=len(self.tables_compared))
        elif self.is_same:
            largest = max(table.largest or 0.0 for table in differing)
            names = Names.of(table.table for table in differing)
            yield Note("replay_within", tables=names, tolerance=f"{self.tolerance:g}", difference=f"{largest:.3g}")
        else:
            yield Note("replay_differs", tables=Names.of(map(_described, differing), 20))
        if len(self.units):
            distance = self.units["difference"].abs().max()
            moved = self.units.filter(pl.col("rank").ne_missing(pl.col("packed_rank")))
            size = f"{distance:.3g}" if isinstance(distance, float) else "–"
            yield Note("replay_scores", difference=size, count=Count(len(moved), "unit"))
        if len(self.versions):
            rows = self.versions.select("what", "here", "packed").iter_rows(named=True)
            yield Note(
                "replay_versions", versions=Names(tuple(Note("replay_version", **row) for row in rows), 20, "; ")
            )
        elif differing:
            yield Note("replay_no_reason")

    @property
    def notes(self) -> tuple[Note, ...]:
        """The files that are compared by their hash only."""
        files = [name for name in self.record.files if name.startswith(_NOT_REPLAYED)]
        return (Note("replay_not_compared", files=Names.of(files)),) if files else ()

    @property
    def document(self) -> dict[str, Any]:
        """The comparison as values that JSON can hold."""
        tables = {name: self.frame(name).to_dicts() for name in ("compared", "units", "versions")}
        facts = {"pack": self.path.name, "sha256": self.sha256, "same": self.is_same, "tolerance": self.tolerance}
        return {**facts, "findings": [str(sentence) for sentence in self.findings], **tables}

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of this run, with the hash of the pack."""
        return {**self.run_manifest, "pack": {"sha256": self.sha256}}

    @property
    def _title_parts(self) -> Sequence[str]:
        return [self.path.name]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.result.scored.units

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.compared,)


def _of_run(section: str, value: Any) -> Any:
    """Return a section of a manifest without the name of the file of a fitted index, which a pack writes anew.

    The hash of the statistics and weights in it stays.
    """
    if section != "fitted" or not isinstance(value, dict):
        return value
    return {word: entry for word, entry in value.items() if word not in ("path", "file_sha256")}


def _described(table: TableDifference) -> str:
    """Return a table with the size of its difference.

    >>> _described(TableDifference("scores", "differs", 3, 3, 2, 0.125))
    'scores (2 cells, by up to 0.125)'
    """
    if table.cells is None:
        return f"{table.table} ({table.why})"
    cells = f"{table.cells} cell{'' if table.cells == 1 else 's'}"
    return f"{table.table} ({cells}, {table.why or f'by up to {table.largest:.3g}'})"


def replay(
    path: str | Path,
    *,
    table: str | Path | None = None,
    plugins: Iterable[str | Path] = (),
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
    tolerance: float = 0.0,
) -> Replay:
    """Compute a pack again, and compare it; see `indicia.replay`."""
    with suppress(ImportError):  # as in `pack`: the manifest names scipy if it is loaded
        import_module("scipy")
    with open_bundle(path, plugins, table=table, allow_code=allow_code, only_plugins=only_plugins) as bundle:
        if bundle.table is None:
            names = [entry.name for entry in bundle.record.withheld.values()]
            raise DataError(
                f"{path} holds no data, only their hash" + (f": {join_names(names)}" if names else ""),
                remedy="--table names the file of the data, or the folder with its files (in Python: table=…)",
            )
        result = bundle.index.score(bundle.table)
        compared = tuple(_compare(bundle, result))
        here = result.manifest  # reads tables in the folder of the bundle, which is removed below
        packed, scores = bundle.manifest, bundle.results.get("scores", pl.DataFrame())
    with Path(path).open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    return Replay(
        result.definition, Path(path), sha256, bundle.record, result, compared, tolerance, here, packed, scores
    )


def _compare(bundle: Bundle, result: Result) -> Iterator[TableDifference]:
    """Yield the comparison of each table that was packed, and of each further table that the index has now."""
    entries, key = bundle.record.results, result.definition.data.key
    names: dict[Any, None] = dict.fromkeys((*entries, *result.table_names))
    for name in names:
        try:
            frame = result.frame(name)
        except IndiciaError as error:
            if name in entries:
                yield TableDifference(name, "differs", None, entries[name].rows, why=error.what)
            continue
        if name in entries:
            entry = entries[name]
            yield compare_tables(name, frame, bundle.results.get(name), entry.sha256, entry.rows, key)
        elif name in bundle.record.absent:
            yield TableDifference(name, "differs", frame.height, None, why="the pack does not have it")


State = Literal["identical", "differs"]


@dataclass(frozen=True)
class TableDifference:
    """The comparison of a table with the packed one."""

    table: str
    state: State
    rows: int | None
    """The number of rows; None if the table cannot be computed any more."""
    packed_rows: int | None
    """The number of packed rows; None if the table was not packed."""
    cells: int | None = None
    """The number of cells that differ; None if the cells cannot be compared."""
    largest: float | None = None
    """The largest difference of two numbers; None if there is none, or a number stands against a missing value."""
    why: str | None = None
    """The reason why cells cannot be compared."""

    def is_within(self, tolerance: float) -> bool:
        """Return True if all bits are the same, or if only numbers differ, and none by more than the tolerance."""
        is_small = self.why is None and self.largest is not None and self.largest <= tolerance
        return self.state == "identical" or is_small


def compare_tables(
    name: str, here: pl.DataFrame, packed: pl.DataFrame | None, sha256: str, rows: int, key: Sequence[str]
) -> TableDifference:
    """Compare a table with the packed one: by its fingerprint, and if this differs, cell by cell.

    Parameters
    ----------
    name
        The name of the table.
    here
        The table of this run.
    packed
        The packed table; None if only its fingerprint is packed.
    sha256, rows
        The fingerprint and the number of rows of the packed table.
    key
        The columns of units and periods.
    """
    if fingerprint(here) == sha256:
        return TableDifference(name, "identical", here.height, rows, 0)
    if packed is None:
        return TableDifference(name, "differs", here.height, rows, why="only its hash is packed")
    if here.columns != packed.columns:
        columns = sorted({*here.columns} ^ {*packed.columns}) or here.columns
        return TableDifference(name, "differs", here.height, rows, why=f"its columns are others: {join_names(columns)}")
    pair = _aligned(here, packed, key)
    if pair is None:
        return TableDifference(name, "differs", here.height, rows, why="its rows are others")
    cells, largest, is_small = _differing(*pair)
    why = None if is_small else "values are missing in one of the two, or texts differ"
    return TableDifference(name, "differs", here.height, rows, cells, largest, why)


def _aligned(here: pl.DataFrame, packed: pl.DataFrame, key: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame] | None:
    """Return both tables with the rows in one order; None if they have rows for other units or parts."""
    names = [name for name, kind in here.schema.items() if name in key or not (kind.is_numeric() or kind.is_nested())]
    if here.height != packed.height:
        return None
    if here.select(names).equals(packed.select(names)):
        return here, packed
    keys = [name for name in names if here.schema[name] == packed.schema[name]]
    if keys != names or here.select(keys).is_duplicated().any():
        return None
    here, packed = here.sort(keys), packed.sort(keys)
    return (here, packed) if here.select(keys).equals(packed.select(keys)) else None


def _differing(here: pl.DataFrame, packed: pl.DataFrame) -> tuple[int, float | None, bool]:
    """Return the number of cells that differ, the largest difference, and whether only numbers differ.

    The sign of a zero and the type of a column differ by no cell and by 0.
    """
    cells, largest, only_numbers = 0, 0.0, True
    for mine, theirs in zip(here, packed, strict=True):
        if not (mine.dtype.is_numeric() and theirs.dtype.is_numeric()):
            count = int(mine.cast(pl.String, strict=False).ne_missing(theirs.cast(pl.String, strict=False)).sum())
            cells, only_numbers = cells + count, only_numbers and count == 0
            continue
        a, b = mine.cast(pl.Float64), theirs.cast(pl.Float64)
        unequal = a.ne_missing(b)
        cells += int(unequal.sum())
        distance = (a - b).abs().filter(unequal)
        if distance.null_count() or not distance.is_finite().all():
            only_numbers = False
        largest = max([largest, *distance.drop_nulls().drop_nans().to_list()])
    return cells, largest, only_numbers
