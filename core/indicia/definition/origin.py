"""The origin of the words of a definition: file, line and table, with tables of indicators beside index files."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.data import read_table
from indicia.errors import DefinitionError, IndiciaError, join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from indicia.notes import Note


_KEYS = ("id", "name", "column")
"""The columns that may name the indicators, the first of them that the table has."""
_NUMBERS = ("target", "factor", "floor", "cap", "weight", "decimals")
_TEXTS = ("name", "short", "unit", "source", "note")
"""The keys whose texts may be in several languages, one column for each: `name_zh`."""


@dataclass(frozen=True)
class IndicatorTable:
    """A table of indicators: what it states, and the row and the cell of each key."""

    source: str
    """The name of the file for readers; empty if the table is in memory."""
    specifications: Mapping[str, Mapping[str, Any]]
    """By indicator, the keys of its table in an index file."""
    rows: Mapping[str, int]
    """By indicator, the number of its row as a spreadsheet counts, the header first."""
    cells: Mapping[tuple[str, str], tuple[str, object]]
    """By indicator and key, the column and the cell."""

    def where(self, keys: Sequence[object]) -> str | None:
        """Return the table, the row and the column of a setting; None if the table does not state it.

        >>> table = IndicatorTable("list.csv", {}, {"gdp": 2}, {("gdp", "weight"): ("weight", "abc")})
        >>> table.where(["indicators", "gdp", "weight"])
        'list.csv: row 2 (gdp), column "weight": abc'
        >>> table.where(["indicators", "gdp"])
        'list.csv: row 2 (gdp)'
        """
        if len(keys) < 2 or keys[0] != "indicators" or keys[1] not in self.rows:
            return None
        name = str(keys[1])
        row = f"{self.source}: row {self.rows[name]} ({name})".removeprefix(": ")
        if len(keys) == 2 or (name, str(keys[2])) not in self.cells:
            return row
        column, cell = self.cells[name, str(keys[2])]
        return f'{row}, column "{column}": {cell}'

    @classmethod
    def read(cls, table: object, folder: Path = Path()) -> IndicatorTable:
        """Read a table with columns such as name, direction, weight and dimension.

        The column `id`, or else `name` or `column`, names the indicator. A language is a suffix (`name_zh`); a pair of
        numbers is written `0, 2`, several dimensions `a; b`, and the weights in them `a = 2; b = 1`.
        """
        frame = read_table(table, folder=folder)
        source = str(table) if isinstance(table, str | Path) else ""
        key = _key_column(frame, source)
        if key != "name" or not any(column.startswith("name_") for column in frame.columns):
            columns = [column for column in frame.columns if column != key]
        else:
            columns = frame.columns
        specifications: dict[str, Mapping[str, Any]] = {}
        rows: dict[str, int] = {}
        cells: dict[tuple[str, str], tuple[str, object]] = {}
        for number, row in enumerate(frame.iter_rows(named=True), start=2):
            name = str(row[key] or "").strip()
            if not name or name in rows:
                fault = f'"{name}" stands twice, in row {rows[name]} too' if name else "the indicator has no name"
                raise DefinitionError(
                    f"the table of indicators: row {number}: {fault}",
                    where=f'{source}: row {number}, column "{key}"'.removeprefix(": "),
                    remedy="one row per indicator",
                )
            stated = {column: row[column] for column in columns if row[column] not in (None, "")}
            specifications[name], rows[name] = _specification(stated), number
            cells |= {(name, _key_of(column)): (column, cell) for column, cell in stated.items()}
        return cls(source, specifications, rows, cells)


def _key_column(frame: pl.DataFrame, source: str) -> str:
    """Return the column that names the indicators."""
    key = next((column for column in _KEYS if column in frame.columns), None)
    if key is None:
        # in a file that is not a table, the name of the single column is a line of text
        columns = [f"columns: {join_names(frame.columns, 30)}"] if frame.width > 1 else []
        raise DefinitionError(
            "the table of indicators has no column that names them",
            where="\n".join([*([source] if source else []), *columns]),
            remedy="call it name",
        )
    return key


def _key_of(column: str) -> str:
    """Return the key of an indicator that a column states: `name` for `name_zh`."""
    text = column.partition("_")[0]
    return text if text in _TEXTS else column


def _specification(cells: Mapping[str, Any]) -> dict[str, Any]:
    specification: dict[str, Any] = {}
    texts: dict[str, dict[str, str]] = {}
    for column, cell in cells.items():
        key = _key_of(column)
        if key in _TEXTS:
            texts.setdefault(key, {})[column.partition("_")[2] or "en"] = str(cell)
        elif column in ("bounds", "interval", "worst", "limits") and str(cell).strip() != "none":
            pair = str(cell).replace("\N{MINUS SIGN}", "-")
            specification[column] = [float(number) for number in re.findall(r"-?[\d.]+(?:[eE][+-]?\d+)?", pair)]
        elif column == "dimension":
            specification[column] = [name.strip() for name in str(cell).split(";")]
        elif column == "weight" and "=" in str(cell):
            specification[column] = _weights_by_dimension(str(cell))
        elif column in _NUMBERS and isinstance(cell, str):  # all cells of a column are texts if one cell is a text
            specification[column] = cell
            with suppress(ValueError):
                specification[column] = float(cell)
        else:
            specification[column] = cell
    return specification | {key: text["en"] if set(text) == {"en"} else text for key, text in texts.items()}


def _weights_by_dimension(cell: str) -> dict[str, Any]:
    """Read the weights of an indicator in several dimensions: `economy = 2; environment = 1`.

    A weight that is no number stays a text, which is refused with its place.
    """
    weights: dict[str, Any] = {}
    for entry in cell.split(";"):
        name, _, weight = entry.partition("=")
        weights[name.strip()] = weight.strip()
        with suppress(ValueError):
            weights[name.strip()] = float(weight)
    return weights


@dataclass(frozen=True)
class Origin:
    """The source of a definition, so that an error can name the line of the fault."""

    path: Path | None = None
    toml: str = ""
    options: frozenset[str] = frozenset()
    """The dotted paths of the settings that options have changed."""
    places: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """The path in the file of each word that a variant or another table has in place of the word of the index."""
    variant: str | None = None
    """The variant that is scored."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """The values that the variant states, by dotted path."""
    indicator_table: IndicatorTable | None = None
    """The table of the indicators, if they are in a table of their own."""
    weights_table: str | None = None
    """The path of the table of the sets of weights, if they are in a table of their own."""
    notes: tuple[Note, ...] = ()
    """Notes on a definition that is proposed for a table without an index file."""
    pack: Path | None = None
    """The pack of the file, if `path` is in a temporary folder."""

    @cached_property
    def folder(self) -> Path:
        """The folder of relative paths in the definition."""
        return self.path.parent if self.path else Path()

    @property
    def named_file(self) -> Path | None:
        """The file that readers know: the pack of the index file, else the index file."""
        return self.pack or self.path

    def where(self, keys: Sequence[object]) -> str | None:
        """Return the file, line and text of a setting; without a file, the dotted path of the setting."""
        dotted = ".".join(str(key) for key in keys)
        if any(f"{dotted}.".startswith(f"{option}.") for option in self.options):
            return f"given as an option: {dotted}"
        path = tuple(map(str, keys))
        for stated, place in self.places.items():
            if path[: len(stated)] == stated:
                return self._line([*place, *keys[len(stated) :]])
        # a table of which a variant changes some words: the line of the table, and the line in the variant
        below = [place for stated, place in self.places.items() if len(path) > 1 and stated[: len(path)] == path]
        return "\n".join(dict.fromkeys(filter(None, map(self._line, [keys, *below[:1]])))) or None

    def _line(self, keys: Sequence[object]) -> str | None:
        """Return the place of a setting under the path that the file has for it."""
        if self.indicator_table and (cell := self.indicator_table.where(keys)):
            return cell
        line = locate(self.toml, keys)
        if self.path and line:
            return f"{self.path.name}:{line[0]}   {line[1]}"
        return ".".join(str(key) for key in keys) or None

    def line_number(self, keys: Sequence[object]) -> int | None:
        """Return the number of the line of the file that states a setting, or the table of the setting."""
        line = locate(self.toml, keys)
        return line[0] if line else None

    def with_stages_from(self, table: str, stages: Iterable[str]) -> Origin:
        """Return the origin of a definition whose choices of these stages stand in another table of the file."""
        of_stages: dict[tuple[str, ...], tuple[str, ...]] = {("methodology", stage): (table, stage) for stage in stages}
        return replace(self, places={**self.places, **of_stages})

    def lines(self, *paths: Sequence[object]) -> str | None:
        """Return the places of several settings that contradict each other, one in a line."""
        return "\n".join(dict.fromkeys(filter(None, map(self.where, paths)))) or None

    def locate(self, error: IndiciaError) -> None:
        """Add to an error the line of the word that causes it."""
        if error.word and error.where is None:
            error.where = self.where(error.word)

    @contextmanager
    def located(self) -> Iterator[None]:
        """Add the line of the fault to an error that is raised in the context."""
        try:
            yield
        except IndiciaError as error:
            self.locate(error)
            raise


_KEY = r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'"
_PATH = rf"(?:{_KEY})(?:\s*\.\s*(?:{_KEY}))*"
_HEADER = re.compile(rf"^\[{{1,2}}\s*({_PATH})\s*\]{{1,2}}\s*(?:#.*)?$")
_SETTING = re.compile(rf"^({_PATH})\s*=")


def locate(toml: str, path: Sequence[object]) -> tuple[int, str] | None:
    """Return the number and text of the line that sets a path of keys, or the longest beginning of the path.

    A number in the path counts the tables of one name in double brackets; in other lists it is passed over.

    >>> locate('[indicators]\\ngdp = { direction = "up" }', ["indicators", "gdp", "direction"])
    (2, 'gdp = { direction = "up" }')
    >>> locate('[[waivers]]\\ncode = "D01"\\n[[waivers]]\\ncode = "D02"', ["waivers", 1, "code"])
    (4, 'code = "D02"')
    """
    keys = [key if isinstance(key, int) else str(key) for key in path]
    table: list[str | int] = []
    counts: dict[tuple[str | int, ...], int] = {}
    longest: tuple[int, int, str] | None = None
    for number, text in enumerate(toml.splitlines(), start=1):
        line = text.strip()
        if header := _HEADER.match(line):
            table = line_keys = _numbered(_keys(header[1]), line.startswith("[["), counts)
        elif setting := _SETTING.match(line):
            line_keys = [*table, *_keys(setting[1])]
        else:
            continue
        if _begins(line_keys, keys) and (longest is None or len(line_keys) > longest[0]):
            longest = len(line_keys), number, line
    return longest[1:] if longest else None


def _numbered(names: list[str], is_one_of_several: bool, counts: dict[tuple[str | int, ...], int]) -> list[str | int]:
    """Return the path of a table, with the number of each table in double brackets; count a new one."""
    path: list[str | int] = []
    for place, name in enumerate(names, start=1):
        path.append(name)
        if is_one_of_several and place == len(names):
            counts[tuple(path)] = counts.get(tuple(path), -1) + 1
        if tuple(path) in counts:
            path.append(counts[tuple(path)])
    return path


def _begins(line_keys: list[str | int], path: list[str | int]) -> bool:
    """Return whether the path of a line is the beginning of a path; a path without a number means the first table."""
    rest = list(line_keys)
    for key in path:
        if isinstance(key, str) and rest and rest[0] == 0:
            rest.pop(0)
        if not rest:
            return True
        if key == rest[0]:
            rest.pop(0)
        elif isinstance(key, str) or isinstance(rest[0], int):
            return False
    return not any(rest)


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_KEY, dotted)]
