"""Replay: compute a pack again, and compare every table of the result with the packed one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import file_digest
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import polars as pl

from indicia.analyses import tables_of
from indicia.bundle.declared import ReplayTables
from indicia.bundle.differences import TableDifference, compare_tables
from indicia.bundle.opening import Bundle, open_bundle
from indicia.errors import DataError, IndiciaError, join_names
from indicia.notes import Count, Names, Note
from indicia.outcome import OutcomeWithFindings
from indicia.presentation import ReplayTable
from indicia.result import compare_manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia.bundle.record import Record
    from indicia.result import Result

_NOT_REPLAYED = ("audit/", "report/")
_BESIDE_RUNS = ("files_outside",)
"""Sections of a manifest that differ because a pack has all files in one folder."""


@dataclass(frozen=True, repr=False, eq=False)
class Replay(OutcomeWithFindings[ReplayTable]):
    """The comparison of a pack with the same run on this machine."""

    declared = tables_of(ReplayTables)
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
