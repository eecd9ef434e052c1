"""The sources that Indicia opens, one implementation of `indicia_open` for each kind; rooms are imported when used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.catalogue import hookimpl
from indicia.data.file_kinds import is_in_partitions, is_table, split_sheet
from indicia.paths import check_path
from indicia.questions import Questions
from indicia.sources import IndexSource, TableSource

if TYPE_CHECKING:
    from indicia.sources import CodeChoices, Source


@dataclass(frozen=True)
class IndexFile(IndexSource):
    """An index file; a folder stands for its index.toml."""

    value: Path
    room: ClassVar[str] = "indicia.index"
    """The room that reads the file."""

    def open(self, code: CodeChoices, table: Any = None) -> tuple[Any, Any]:
        """Read the index."""
        return import_module(self.room).read(self.value, code.plugins, **code.arguments), table


@dataclass(frozen=True)
class OpenIndex(IndexSource):
    """An index that is open in Python."""

    value: Questions

    @property
    def is_fitted(self) -> bool:
        """True for a fitted index."""
        return self.value.definition.frozen is not None

    def open(self, code: CodeChoices, table: Any = None) -> tuple[Any, Any]:  # noqa: ARG002
        """Return the index itself."""
        return self.value, table


def name_of(source: object) -> str:
    """Return the text or path of a source; no text for a value of Python."""
    return str(source) if isinstance(source, str | Path) else ""


@hookimpl(specname="indicia_open")
def open_value(source: object) -> Source | None:
    """Open an index, a frame or another value of Python."""
    if isinstance(source, str | Path):
        return None
    return OpenIndex(source) if isinstance(source, Questions) else TableSource(source)


@hookimpl(specname="indicia_open")
def open_table(source: object) -> Source | None:
    """Open a table without an index file: a file, a database, partitions, standard input."""
    name = name_of(source)
    is_rows = name == "-" or is_table(split_sheet(name)[0]) or is_in_partitions(name)
    return TableSource(source) if is_rows else None


@hookimpl(specname="indicia_open", trylast=True)
def open_index_file(source: object) -> Source | None:
    """Open an index file, or the folder of one."""
    path = Path(name_of(source))
    check_path(path)
    return IndexFile(path / "index.toml" if path.is_dir() else path)
