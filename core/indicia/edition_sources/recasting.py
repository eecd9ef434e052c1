"""Old years under a new method, from files or values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.edition_sources.opening import source_of
from indicia.editions.recast import Recast, recast_tables
from indicia.errors import DefinitionError
from indicia.sources import CodeChoices, TableSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.types import TableLike


def recast(
    index: object, tables: Mapping[str, TableLike] | Iterable[str | Path], *, code: CodeChoices | None = None
) -> Recast:
    """Return the scores of several tables by one method; see `indicia.recast`."""
    pairs = list(tables.items()) if isinstance(tables, Mapping) else [named_table(str(table)) for table in tables]
    code = code or CodeChoices()
    source = source_of(index, code)
    if isinstance(source, TableSource):
        raise DefinitionError(f"{source.value} is a table, and the new method is an index", remedy="name an index file")
    return recast_tables(source.open(code, pairs)[0], pairs)


def named_table(text: str) -> tuple[str, str]:
    """Return the name and the path of a table; by default the name is that of the file without its ending.

    >>> named_table("2020=old/data.csv"), named_table("years/2021.csv"), named_table("book.xlsx#2022")
    (('2020', 'old/data.csv'), ('2021', 'years/2021.csv'), ('2022', 'book.xlsx#2022'))
    """
    name, equals, path = text.partition("=")
    if equals and not Path(text).is_file():
        if not (name.strip() and path.strip()):
            raise DefinitionError(f'cannot read the table "{text}"', remedy="write NAME=TABLE: 2020=data.csv")
        return name.strip(), path.strip()
    file, _, sheet = text.partition("#")
    return sheet or Path(file).stem, text
