"""The table of a pack: a file that travels along, or the rows as they were read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.bundle.places import tables_as_read
from indicia.data import is_database, split_sheet
from indicia.fitted import FittedIndex
from indicia.paths import expanded

if TYPE_CHECKING:
    from indicia.questions import Questions
    from indicia.types import TableLike


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
