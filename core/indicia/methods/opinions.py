"""Judgements of several people, as parameters that may be typed into the index file or stand in CSV files."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic_core import core_schema

    from indicia.methods.contract import Array

Cell: TypeAlias = "float | None"
Table: TypeAlias = "tuple[tuple[Cell, ...], ...]"
T = TypeVar("T")

JUDGE = "judge"
"""What the first column of a CSV file is called that holds the tables of several judges."""


@dataclass(frozen=True, repr=False)
class Comparisons:
    """Square tables that compare components with each other, one per judge; None is a comparison that was not made.

    A table is written as rows of numbers, of fractions such as "1/3" and of empty texts; a row and a column with names
    may stand before them, whose corner names the judge. Or it is the path of a CSV file with such names. Several judges
    are a list of tables or paths, a table of them by name, or one CSV file whose first column is called `judge`. Paths
    are relative to the index file.
    """

    tables: tuple[Table, ...]
    judges: tuple[str, ...] = ("",)
    names: tuple[str, ...] | None = None
    files: tuple[str, ...] = field(default=(), compare=False)
    """The files that they were read from, as the index file names them."""

    def __post_init__(self) -> None:
        for judge, table in zip(self.judges, self.tables, strict=True):
            whose = f"the matrix of {judge}" if judge else "the matrix"
            for number, row in enumerate(table, start=1):
                if len(row) != len(table):
                    raise ValueError(f"{whose} is not square: row {number} of {len(table)} has {len(row)} values")
            if len(table) != len(self.tables[0]):
                raise ValueError(f"{whose} has {len(table)} rows, that of {self.judges[0]} {len(self.tables[0])}")

    def __repr__(self) -> str:
        return str(self.written())

    def ordered(self, names: Sequence[str]) -> Array:
        """Return the tables, shape (judges, k, k), in the order of `names`; ValueError where they compare others."""
        import numpy as np

        tables = np.array(self.tables, dtype=float)
        if self.names is None:
            size = tables.shape[1]
            if size != len(names):
                raise ValueError(f"the matrix is {size} × {size}, and {len(names)} are compared: {', '.join(names)}")
            return tables
        if sorted(self.names) != sorted(names):
            raise ValueError(f"the matrix compares {', '.join(self.names)}; to compare are {', '.join(names)}")
        at = [self.names.index(name) for name in names]
        return tables[:, at][:, :, at]

    def written(self) -> list[Any]:
        """Return the tables as they can be written in an index file."""
        found = [self._written(judge, table) for judge, table in zip(self.judges, self.tables, strict=True)]
        return found[0] if self.judges == ("",) else found

    def _written(self, judge: str, table: Table) -> list[list[Any]]:
        rows = [[_plain(cell) for cell in row] for row in table]
        if self.names is None:
            return rows
        return [[judge, *self.names], *([name, *row] for name, row in zip(self.names, rows, strict=True))]

    @classmethod
    def of(cls, value: Any, folder: Path) -> Comparisons:
        """Build tables from rows, or read the CSV files that texts name."""
        if isinstance(value, Comparisons):
            return value
        if isinstance(value, Mapping):
            return cls._together([(str(judge), cls.of(one, folder)) for judge, one in value.items()])
        if isinstance(value, (str, Path)):
            return replace(cls._read(folder / value), files=(str(value),))
        parts = _listed(value)
        if parts and all(isinstance(part, (str, Path)) for part in parts):
            return cls._together([(Path(part).stem, cls.of(part, folder)) for part in parts])
        if parts and isinstance(parts[0], Sequence) and parts[0] and _is_row(parts[0][0]):
            return cls._together([(str(number), cls.of(part, folder)) for number, part in enumerate(parts, start=1)])
        return cls._of_rows([_listed(part) for part in parts])

    @classmethod
    def _of_rows(cls, rows: list[list[Any]]) -> Comparisons:
        if not rows:
            raise ValueError("the matrix has no rows")
        header, *rest = rows
        names = tuple(str(cell) for cell in header[1:])
        if not names or isinstance(header[0], (int, float)) or all(_is_number(cell) for cell in header):
            return cls((_cells(rows),))
        down = tuple(str(row[0]) for row in rest)
        if down != names:
            told = f"{', '.join(names)} and {', '.join(down) or 'nothing'}"
            raise ValueError(f"the first row and the first column do not name the same, in the same order: {told}")
        return cls((_cells([row[1:] for row in rest]),), (str(header[0]),), names)

    @classmethod
    def _read(cls, path: Path) -> Comparisons:
        header, *rows = _lines(path)
        if header[:1] != [JUDGE]:
            one = cls._of_rows([header, *rows])
            return cls(one.tables, ("",), one.names)
        if not rows:
            raise ValueError(f"{path} has the judgements of nobody")
        judges = list(dict.fromkeys(row[0] for row in rows))
        parts = {judge: [["", *header[2:]], *(row[1:] for row in rows if row[0] == judge)] for judge in judges}
        try:
            return cls._together([(judge, _told(judge, cls._of_rows, part)) for judge, part in parts.items()])
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    @classmethod
    def _together(cls, parts: Iterable[tuple[str, Comparisons]]) -> Comparisons:
        found: list[tuple[str, Table]] = []
        files: list[str] = []
        names: tuple[str, ...] | None = None
        for number, (called, one) in enumerate(parts):
            if len(one.tables) != 1:
                raise ValueError(f"{called} holds the tables of several judges, and is one of several itself")
            files += one.files
            names = one.names if number == 0 else names
            judge = one.judges[0] or called
            if (names is None) != (one.names is None):
                raise ValueError(f"{judge} compares {'no names' if one.names is None else 'names'}, unlike the others")
            table = one.tables[0]
            if names is not None and one.names is not None and one.names != names:
                if sorted(one.names) != sorted(names):
                    raise ValueError(f"{judge} compares {', '.join(one.names)}; the others {', '.join(names)}")
                at = [one.names.index(name) for name in names]
                table = tuple(tuple(table[i][j] for j in at) for i in at)
            found.append((judge, table))
        judges = tuple(judge for judge, _ in found)
        if twice := sorted({judge for judge in judges if judges.count(judge) > 1}):
            raise ValueError(f"{', '.join(twice)} judges twice")
        return cls(tuple(table for _, table in found), judges, names, tuple(files))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return _schema(cls.of, cls.written)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["array", "string"]}}]}


@dataclass(frozen=True, repr=False)
class Ratings:
    """Numbers that people give to each component, one or several; None is a number that was not given.

    Written as `{ income = 3, health = 1 }`, or with several numbers `{ income = [3, 2], health = [1, 4] }`, as rows of
    which the first names the columns, or as the path of a CSV file, relative to the index file. Components may be rows
    or columns.
    """

    rows: Table
    names: tuple[str, ...]
    columns: tuple[str, ...] = ("",)
    files: tuple[str, ...] = field(default=(), compare=False)
    """The file that they were read from, as the index file names it."""

    def __post_init__(self) -> None:
        for name, row in zip(self.names, self.rows, strict=True):
            if len(row) != len(self.columns):
                raise ValueError(f"{name} has {len(row)} numbers, where others have {len(self.columns)}")
        for words in (self.names, self.columns):
            if twice := sorted({word for word in words if words.count(word) > 1}):
                raise ValueError(f"{', '.join(twice)} stands there twice")

    def __repr__(self) -> str:
        return str(self.written())

    def about(self, names: Iterable[str]) -> Ratings:
        """Return the ratings with these components as rows, whichever way they stand; ValueError where it is others."""
        wanted = sorted(names)
        if sorted(self.names) == wanted:
            return self
        if sorted(self.columns) == wanted:
            return Ratings(tuple(zip(*self.rows, strict=True)), self.columns, self.names)
        unknown, lacking = (
            [name for name in one if name not in other] for one, other in ((self.names, wanted), (wanted, self.names))
        )
        told = [f"{', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not weighed there"] if unknown else []
        told += [f"{', '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no number"] if lacking else []
        raise ValueError("; ".join(told))

    def values(self, names: Sequence[str]) -> Array:
        """Return the numbers, shape (k, columns), in the order of `names`; a number that is missing is a ValueError."""
        import numpy as np

        one = self.about(names)
        for name, row in zip(one.names, one.rows, strict=True):
            if lacking := [column for column, cell in zip(one.columns, row, strict=True) if cell is None]:
                raise ValueError(
                    f"{name} has no number" + (f" of {', '.join(lacking)}" if one.columns != ("",) else "")
                )
        return np.array([one.rows[one.names.index(name)] for name in names], dtype=float)

    def written(self) -> dict[str, Any] | list[list[Any]]:
        """Return the numbers as they can be written in an index file."""
        rows = [[_plain(cell) for cell in row] for row in self.rows]
        if self.columns == ("",):
            return {name: row[0] for name, row in zip(self.names, rows, strict=True)}
        if self.columns == _numbered(len(self.columns)):
            return dict(zip(self.names, rows, strict=True))
        return [["", *self.columns], *([name, *row] for name, row in zip(self.names, rows, strict=True))]

    @classmethod
    def of(cls, value: Any, folder: Path) -> Ratings:
        """Build ratings from a table, or read the CSV file that a text names."""
        if isinstance(value, Ratings):
            return value
        if isinstance(value, Mapping):
            listed = {str(name): list(one) if isinstance(one, (list, tuple)) else [one] for name, one in value.items()}
            if not listed:
                raise ValueError("there is no number")
            several = any(isinstance(one, (list, tuple)) for one in value.values())
            columns = _numbered(len(next(iter(listed.values())))) if several else ("",)
            return cls(_cells(list(listed.values())), tuple(listed), columns)
        where = str(value) if isinstance(value, (str, Path)) else "the table"
        rows = _lines(folder / value) if isinstance(value, (str, Path)) else [_listed(row) for row in _listed(value)]
        if len(rows) < 2 or len(rows[0]) < 2:
            raise ValueError(f"{where} needs a first row that names the columns, and rows that begin with a name")
        header, *rest = rows
        columns = ("",) if len(header) == 2 else tuple(str(cell) for cell in header[1:])
        files = (str(value),) if isinstance(value, (str, Path)) else ()
        return cls(_cells([row[1:] for row in rest]), tuple(str(row[0]) for row in rest), columns, files)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return _schema(cls.of, cls.written)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array", "items": {"type": "array"}}]}


def _schema(of: Callable[[Any, Path], T], written: Callable[[T], object]) -> core_schema.CoreSchema:
    from pydantic_core import core_schema

    def build(value: Any, info: core_schema.ValidationInfo) -> T:
        return of(value, Path((info.context or {}).get("folder", ".")))

    serialised = core_schema.plain_serializer_function_ser_schema(written)
    return core_schema.with_info_plain_validator_function(build, serialization=serialised)


def _lines(path: Path) -> list[list[str]]:
    try:
        if path.exists() and not path.is_file():
            raise ValueError(f"{path} is {'a folder' if path.is_dir() else 'a pipe or a device'}, not a CSV file")
        if path.suffix.lower() != ".csv":  # of another file an error would show a line
            raise ValueError(f"{path} is not a CSV file: its name does not end in .csv")
        lines = csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
        rows = [[cell.strip() for cell in row] for row in lines if any(row)] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        reason = "it is not CSV" if isinstance(error, csv.Error) else reason
        raise ValueError(f"cannot read {path}: {reason}") from error
    if len(rows[0]) == 1 and rows[0] != [JUDGE] and not is_number(rows[0][0]):
        raise ValueError(f"{path} has a single column: write commas between the cells")
    return rows


def _told(judge: str, build: Callable[[T], Comparisons], part: T) -> Comparisons:
    try:
        return build(part)
    except ValueError as error:
        raise ValueError(f"{judge}: {error}") from error


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, count + 1))


def _listed(value: object) -> list[Any]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise ValueError(f"there is {value!r} where rows belong, or the path of a CSV file")
    return list(value)


def _is_row(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_number(cell: object) -> bool:
    return cell is None or cell == "" or is_number(cell)


def is_number(cell: object) -> bool:
    """Say whether a cell is a number, or a text that is one: "1/3"."""
    try:
        Fraction(cell) if isinstance(cell, str) else float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError):
        return False
    return True


def _cells(rows: Iterable[Sequence[Any]]) -> Table:
    return tuple(tuple(_cell(cell) for cell in row) for row in rows)


def _cell(cell: Any) -> Cell:
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool) or not is_number(cell):
        raise ValueError(f"the table has {cell!r} where a number belongs")
    value = float(Fraction(cell)) if isinstance(cell, str) else float(cell)
    if not math.isfinite(value):
        raise ValueError(f"the table has {cell!r} where a finite number belongs")
    return value


def _plain(cell: Cell) -> float | str:
    if cell is None:
        return ""
    return int(cell) if cell == int(cell) else cell
