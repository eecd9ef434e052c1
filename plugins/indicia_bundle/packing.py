"""Packing: an index, what it reads, its results, its audit and its report, in one zip."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.citations import render as render_citations
from indicia.data import check_output_path, fingerprint, is_database, shown, split_sheet, write
from indicia.definition import Definition, text
from indicia.errors import IndiciaError
from indicia.notes import Names, Note
from indicia.paths import expanded
from indicia.progress import Progress, silent
from indicia_bundle import contents as of
from indicia_bundle.contents import citation_file, readme
from indicia_bundle.fitted import FittedIndex
from indicia_bundle.places import PackedFile, moved_names, named_files, tables_as_read
from indicia_bundle.record import NAME, ROWS, archived, hash_of, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from indicia.questions import Questions
    from indicia.result import Result
    from indicia.types import TableLike


@dataclass(frozen=True)
class Pack:
    """A pack that was written."""

    path: Path
    sha256: str
    """The hash of the zip, for those who publish it."""
    files: tuple[str, ...]
    """The files in the zip."""
    notes: tuple[Note, ...]
    """The facts that a receiver must know, such as the parts that are left out."""


def pack(
    index: Questions,
    path: str | Path,
    table: TableLike | None = None,
    *,
    with_data: bool | None = None,
    audit: bool = True,
    report: bool = True,
    progress: Progress = silent,
) -> Pack:
    """Score an index, and write the index, its inputs and its results into one zip; see `indicia.pack`."""
    path = Path(path)
    check_output_path(path)
    with suppress(ImportError):  # a manifest names scipy if the process has loaded it, which must not depend on order
        import_module("scipy")
    packing = _Packing.of(index, table, with_data)
    contents, results = packing.inputs, packing.result_entries
    contents |= packing.result_contents
    notes = [*packing.notes]
    parts = (("pack_no_audit", audit, packing.audit), ("pack_no_report", report, packing.report))
    for absence, is_wanted, make in parts:
        if is_wanted:
            try:
                contents |= make(progress)
            except IndiciaError as error:
                notes.append(Note(absence, reason=error.what))
    contents |= packing.papers(tuple(contents), notes)
    contents[NAME] = packing.record(contents, results)
    content = archived(contents)
    write(content, path)
    return Pack(path, hash_of(content), tuple(sorted(contents)), tuple(notes))


@dataclass(frozen=True)
class _Packing:
    """An index with its table and its result, and the decision on its data."""

    index: Questions
    frame: pl.DataFrame
    result: Result
    source: TableSource
    files: tuple[PackedFile, ...]
    reason: Note | None
    """The reason why the data are withheld; None if they are packed."""

    @classmethod
    def of(cls, index: Questions, table: TableLike | None, with_data: bool | None) -> _Packing:
        source = TableSource.of(index, table)
        files = tuple(named_files(index, source.replaced))
        frame = index.read_table(table)
        return cls(index, frame, index.score_frame(frame), source, files, _reason(index.definition, with_data))

    @cached_property
    def data_files(self) -> dict[str, Path]:
        """The files with values of units, by place; the rows as they were read are no file."""
        files = {file.place: file.path for file in self.files if file.has_values}
        return files | ({self.source.place: self.source.path} if self.source.place and self.source.path else {})

    @cached_property
    def code(self) -> dict[str, Path]:
        """The plugin files that the index file does not name, by place."""
        return dict(of.plugin_files(self.index, self.files))

    @cached_property
    def withheld(self) -> dict[str, dict[str, object]]:
        """The files of data that are not packed, with their hashes."""
        files = of.contents_of(self.data_files.items()) if self.reason is not None else {}
        return {
            place: {"sha256": hash_of(content), "bytes": len(content), "name": self.data_files[place].name}
            for place, content in files.items()
        }

    @cached_property
    def place_of_index(self) -> str:
        return self._index_file[0]

    @cached_property
    def _index_file(self) -> tuple[str, bytes]:
        return of.index_file(self.index, self.files)

    @cached_property
    def inputs(self) -> dict[str, bytes]:
        """The index file, and what it reads."""
        others = {file.place: file.path for file in self.files if not file.has_values}
        packed = {**others, **self.code, **(self.data_files if self.reason is None else {})}
        rows = {ROWS: of.parquet(self.frame)} if self.source.is_as_read and self.reason is None else {}
        return {**of.contents_of(packed.items()), **rows, self.place_of_index: self._index_file[1]}

    @cached_property
    def _tables(self) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
        return of.result_tables(self.result)

    @cached_property
    def _packed_tables(self) -> tuple[dict[str, bytes], dict[str, dict[str, object]]]:
        return of.packed_tables(self._tables[0], with_raw_values=self.reason is None)

    @property
    def result_entries(self) -> dict[str, dict[str, object]]:
        """The entries of the tables of the result in `pack.json`."""
        return self._packed_tables[1]

    @property
    def result_contents(self) -> dict[str, bytes]:
        """The files of the result."""
        public = self.result if self.public is self.index else self.public.score_frame(self.frame)
        return {**self._packed_tables[0], **of.result_files(self.result, public)}

    @cached_property
    def public(self) -> Questions:
        """The index whose files hold no raw values, if the data are withheld."""
        if self.reason is None or not self.index.definition.publishes_raw_values:
            return self.index
        return self.index.with_options(settings={"publication.raw_values": False})

    def audit(self, progress: Progress) -> dict[str, bytes]:
        """Return the files of the audit; IndiciaError if it must not be packed, or the index cannot be audited."""
        if self.reason is not None:
            raise IndiciaError(Note("pack_raw_in_audit"))
        return of.audit_files(self.index, self.frame, progress)

    def report(self, progress: Progress) -> dict[str, bytes]:
        """Return the file of the report."""
        return of.report_files(self.public, self.frame, progress)

    @property
    def notes(self) -> Iterator[Note]:
        """Yield the facts about the inputs that a receiver must know."""
        definition = self.index.definition
        if outside := [shown(name) for name in moved_names(self.files)]:
            yield Note("pack_moved", files=Names.of(outside))
        if self.place_of_index.endswith("index.json"):
            yield Note("pack_options", words=", ".join(sorted(self.index.origin.options)) or "no index file")
        if self.source.is_as_read:
            yield Note("pack_rows", source=Note("source_database" if self.source.is_database else "source_memory"))
        if self.reason is not None:
            yield Note("pack_without_data", reason=self.reason)
            hidden = [name for name, entry in self.result_entries.items() if entry["file"] is None]
            yield from [Note("pack_table_by_hash", tables=Names.of(hidden, 10))] if hidden else []
            yield from [Note("pack_fitted")] if isinstance(self.index, FittedIndex) else []
        elif not definition.publishes_raw_values:
            yield Note("raw_values_inside", file="the pack")
        elif definition.sources and (names := unlicensed_sources(definition)):
            yield Note("pack_unlicensed", sources=Names.of(names))
        elif not definition.sources:
            yield Note("pack_unsourced")

    def papers(self, places: tuple[str, ...], notes: list[Note]) -> dict[str, bytes]:
        """Return the texts for readers."""
        definition = self.index.definition
        citation = citation_file(definition)
        papers = {
            "references.bib": render_citations(self.result.cite()),
            "DATA_LICENCE.txt": licence_note(definition, self.reason),
            **({"CITATION.cff": citation} if citation else {}),
        }
        has_code = bool(self.code or definition.plugins)
        names = (*places, *papers, "README.txt")
        papers["README.txt"] = readme(definition, names, of.environment(), [str(note) for note in notes], code=has_code)
        return {name: content.encode() for name, content in papers.items()}

    def record(self, contents: Mapping[str, bytes], results: Mapping[str, Any]) -> bytes:
        """Return `pack.json`."""
        index, source = self.index, self.source
        return rendered(
            {
                "kind": "fitted" if isinstance(index, FittedIndex) else "index",
                "title": text(index.definition.name),
                "index": self.place_of_index,
                "variant": None if isinstance(index, FittedIndex) else index.chosen,
                "options": sorted(index.origin.options),
                "code": list(self.code),
                "table": {
                    "name": source.name,
                    "file": ROWS if source.is_as_read else None,
                    "as_read": source.is_as_read,
                    "sha256": fingerprint(self.frame),
                    "rows": self.frame.height,
                    "columns": self.frame.width,
                },
                "moved": {shown(name): other for name, other in moved_names(self.files).items()},
                "withheld": self.withheld,
                "environment": of.environment(),
                "plugins": self.result.plugins,
                "results": results,
                "absent": self._tables[1],
                "files": {
                    name: {"sha256": hash_of(content), "bytes": len(content)}
                    for name, content in sorted(contents.items())
                },
            }
        )


def _reason(definition: Definition, with_data: bool | None) -> Note | None:
    """Return the reason why the data are not packed; None if they are."""
    if with_data is not None:
        return None if with_data else Note("pack_asked")
    if not definition.publishes_raw_values:
        return Note("pack_raw_values")
    closed = [f"{name} ({licence})" for name, licence in closed_sources(definition).items()]
    return Note("pack_licence", sources=Names.of(closed)) if closed else None


@dataclass(frozen=True)
class TableSource:
    """The source of the table that was scored."""

    name: str | None = None
    """The table in the zip, with its sheet; None for the table of the index file and for the rows as they were read."""
    path: Path | None = None
    """The file on this machine, if it is not one that the index file names."""
    replaced: tuple[str, ...] = ()
    """The tables of the index file that are not packed, since this table stands in their place."""
    is_as_read: bool = False
    """True if the rows are packed as they were read."""
    is_database: bool = False
    """True if a database has the table or a joined table."""

    @property
    def place(self) -> str | None:
        """The place of the file in the zip."""
        return None if self.name is None else split_sheet(self.name)[0]

    @classmethod
    def of(cls, index: Questions, table: TableLike | None) -> TableSource:
        """Return the source of a table; None is the table of the index file."""
        data = index.definition.data
        joins = [join.path for join in data.joins]
        replaced = tuple([data.path, *joins] if data.path else joins)
        is_database_read = any(map(is_database, (*joins, _text(data.path if table is None else table))))
        if table is None:
            if not tables_as_read(index):
                return cls()
            return cls(replaced=replaced, is_as_read=True, is_database=is_database_read)
        is_file = isinstance(table, str | Path) and str(table) != "-"
        # a fitted index does not say in which folder its joined tables are
        if is_database_read or not is_file or (joins and isinstance(index, FittedIndex)):
            return cls(replaced=replaced, is_as_read=True, is_database=is_database_read)
        source, sheet = split_sheet(str(table))
        path = expanded(source)
        name = f"table/{path.name}"
        return cls(f"{name}#{sheet}" if sheet else name, path, (data.path,) if data.path else ())


def _text(source: object) -> str:
    return str(source) if isinstance(source, str | Path) else ""


_OPEN = re.compile(
    r"(?i)(cc0|cc-by|pddl|odbl|odc-by|ogl|dl-de|nlod|etalab|cdla|mit\b|apache|bsd|public domain|creative commons"
    r"|open government licen[cs]e)"
)
"""The beginnings of licences that let anybody pass the data on: identifiers of SPDX, and their names in words."""


def closed_sources(definition: Definition) -> dict[str, str]:
    """Return the sources whose licence is not one of the open licences, with their licences.

    A source that states no licence is absent: nothing forbids to pass its data on, and a note names it.
    """
    licences = {name: text(source.licence) for name, source in definition.sources.items()}
    return {name: licence for name, licence in licences.items() if licence and not _OPEN.match(licence.strip())}


def unlicensed_sources(definition: Definition) -> list[str]:
    """Return the sources of indicators and the tables of `[sources]` that state no licence."""
    named = {text(spec.source) for spec in definition.indicators.values() if spec.source}
    return [
        name
        for name in dict.fromkeys((*definition.sources, *sorted(named)))
        if name not in definition.sources or not definition.sources[name].licence
    ]


def licence_note(definition: Definition, reason: str | None) -> str:
    """Return the text of DATA_LICENCE.txt: each source with its licence, and whether the data are in the pack."""
    lines = ["Licences of the data", "", *_lines(definition), ""]
    if reason is None:
        lines.append("The data are in this file. Whoever passes them on follows the licences above.")
        if unlicensed_sources(definition) or not definition.sources:
            lines.append("Where no licence is stated, ask the source before the data are passed on.")
    else:
        lines.append(f"The data are not in this file, only their hashes: {reason}.")
    publication = definition.publication
    if publication is not None and publication.licence:
        lines += ["", f"The licence of the index itself: {text(publication.licence)}"]
    return "\n".join(lines) + "\n"


def _lines(definition: Definition) -> Iterator[str]:
    uses: dict[str, list[str]] = {name: [] for name in definition.sources}
    for name, spec in definition.indicators.items():
        if spec.source:
            uses.setdefault(text(spec.source), []).append(name)
    if not uses:
        yield "The index file states no source of its data, and no licence."
    for name, indicators in uses.items():
        source = definition.sources.get(name)
        if source is None:
            facts = [name, "no licence is stated"]
        else:
            facts = [
                ": ".join(filter(None, (text(source.publisher), text(source.title) or name))),
                *(str(fact) for fact in (source.year, source.version and f"version {source.version}") if fact),
                f"licence: {text(source.licence)}" if source.licence else "no licence is stated",
                *(fact for fact in (source.doi and f"https://doi.org/{source.doi}", source.url) if fact),
                *([f"read on {source.accessed}"] if source.accessed else []),
            ]
        used = f" ({', '.join(indicators)})" if indicators else ""
        yield f"- {'; '.join(facts)}{used}"
