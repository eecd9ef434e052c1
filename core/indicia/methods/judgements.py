"""Judgements of one or several people, as parameters in the index file or in CSV files."""

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
"""The name of the first column of a CSV file with the tables of several judges."""


@dataclass(frozen=True, repr=False)
class PairwiseComparisons:
    """Square tables that compare components in pairs, one table per judge.

    Notes
    -----
    In the index file, a table is a list of rows of numbers, fractions such as "1/3", and empty texts for comparisons
    that a judge did not make. A first row and a first column may name the components; their corner names the judge. Or
    it is the path of a CSV file with such names, relative to the index file. Several judges are a list of tables or
    paths, a mapping of names to these, or one CSV file whose first column is called `judge`.
    """

    tables: tuple[Table, ...]
    """One square table per judge; None is a comparison that the judge did not make."""
    judges: tuple[str, ...] = ("",)
    """The names of the judges."""
    names: tuple[str, ...] | None = None
    """The components in the order of rows and columns; None if the tables do not name them."""
    files: tuple[str, ...] = field(default=(), compare=False)
    """The files of the tables, as the index file names them."""

    def __post_init__(self) -> None:
        for judge, table in zip(self.judges, self.tables, strict=True):
            matrix = f"the matrix of {judge}" if judge else "the matrix"
            for number, row in enumerate(table, start=1):
                if len(row) != len(table):
                    raise ValueError(f"{matrix} is not square: row {number} of {len(table)} has {len(row)} values")
            if len(table) != len(self.tables[0]):
                raise ValueError(f"{matrix} has {len(table)} rows, that of {self.judges[0]} {len(self.tables[0])}")

    def __repr__(self) -> str:
        return str(self.to_plain())

    def ordered(self, names: Sequence[str]) -> Array:
        """Return the tables with rows and columns in the order of these names.

        Parameters
        ----------
        names
            The k components that the weighting weighs.

        Returns
        -------
        Array
            Shape (judges, k, k); NaN is a comparison that the judge did not make.

        Raises
        ------
        ValueError
            If the tables compare other components.
        """
        import numpy as np

        tables = np.array(self.tables, dtype=float)
        if self.names is None:
            size = tables.shape[1]
            if size != len(names):
                raise ValueError(f"the matrix is {size} × {size}, and {len(names)} are compared: {', '.join(names)}")
            return tables
        if sorted(self.names) != sorted(names):
            raise ValueError(f"the matrix compares {', '.join(self.names)}; to compare are {', '.join(names)}")
        order = [self.names.index(name) for name in names]
        return tables[:, order][:, :, order]

    def to_plain(self) -> list[Any]:
        """Return the tables in the form of an index file."""
        tables = [self._plain_table(judge, table) for judge, table in zip(self.judges, self.tables, strict=True)]
        return tables[0] if self.judges == ("",) else tables

    def _plain_table(self, judge: str, table: Table) -> list[list[Any]]:
        rows = [[_plain(cell) for cell in row] for row in table]
        if self.names is None:
            return rows
        return [[judge, *self.names], *([name, *row] for name, row in zip(self.names, rows, strict=True))]

    @classmethod
    def read(cls, value: Any, folder: Path) -> PairwiseComparisons:
        """Build tables from rows, or read them from CSV files; paths are relative to `folder`.

        Parameters
        ----------
        value : mapping of str to rows or path
            By dimension, a table of comparisons or the path of one.
        folder : Path
            The folder of relative paths.

        Returns
        -------
        PairwiseComparisons
            The tables.
        """
        if isinstance(value, PairwiseComparisons):
            return value
        if isinstance(value, Mapping):
            return cls._join([(str(judge), cls.read(table, folder)) for judge, table in value.items()])
        if isinstance(value, (str, Path)):
            return replace(cls._read_file(folder / value), files=(str(value),))
        parts = _as_list(value)
        if parts and all(isinstance(part, (str, Path)) for part in parts):
            return cls._join([(Path(part).stem, cls.read(part, folder)) for part in parts])
        if parts and isinstance(parts[0], Sequence) and parts[0] and _is_row(parts[0][0]):
            return cls._join([(str(number), cls.read(part, folder)) for number, part in enumerate(parts, start=1)])
        return cls._of_rows([_as_list(part) for part in parts])

    @classmethod
    def _of_rows(cls, rows: list[list[Any]]) -> PairwiseComparisons:
        if not rows:
            raise ValueError("the matrix has no rows")
        header, *rest = rows
        names = tuple(str(cell) for cell in header[1:])
        if not names or isinstance(header[0], (int, float)) or all(_is_number(cell) for cell in header):
            return cls((_cells(rows),))
        row_names = tuple(str(row[0]) for row in rest)
        if row_names != names:
            raise ValueError(
                "the first row and the first column must name the same components in the same order: "
                f"{', '.join(names)} and {', '.join(row_names) or 'nothing'}"
            )
        return cls((_cells([row[1:] for row in rest]),), (str(header[0]),), names)

    @classmethod
    def _read_file(cls, path: Path) -> PairwiseComparisons:
        header, *rows = _csv_rows(path)
        if header[:1] != [JUDGE]:
            comparisons = cls._of_rows([header, *rows])
            return cls(comparisons.tables, ("",), comparisons.names)
        if not rows:
            raise ValueError(f"{path} holds no judgement")
        judges = list(dict.fromkeys(row[0] for row in rows))
        parts = {judge: [["", *header[2:]], *(row[1:] for row in rows if row[0] == judge)] for judge in judges}
        try:
            return cls._join([(judge, cls._of_judge(judge, part)) for judge, part in parts.items()])
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    @classmethod
    def _of_judge(cls, judge: str, rows: list[list[Any]]) -> PairwiseComparisons:
        try:
            return cls._of_rows(rows)
        except ValueError as error:
            raise ValueError(f"{judge}: {error}") from error

    @classmethod
    def _join(cls, parts: Iterable[tuple[str, PairwiseComparisons]]) -> PairwiseComparisons:
        """Join the tables of several judges, with rows and columns in the order of the first one."""
        tables: list[tuple[str, Table]] = []
        files: list[str] = []
        names: tuple[str, ...] | None = None
        for number, (label, part) in enumerate(parts):
            if len(part.tables) != 1:
                raise ValueError(f"{label} has the tables of several judges, and must have one table")
            files += part.files
            names = part.names if number == 0 else names
            judge, table = part.judges[0] or label, part.tables[0]
            if (names is None) != (part.names is None):
                raise ValueError(f"{judge} compares {'no names' if part.names is None else 'names'}, unlike the others")
            if names is not None and part.names is not None and part.names != names:
                if sorted(part.names) != sorted(names):
                    raise ValueError(f"{judge} compares {', '.join(part.names)}; the others {', '.join(names)}")
                order = [part.names.index(name) for name in names]
                table = tuple(tuple(table[i][j] for j in order) for i in order)
            tables.append((judge, table))
        judges = tuple(judge for judge, _ in tables)
        if duplicates := sorted({judge for judge in judges if judges.count(judge) > 1}):
            raise ValueError(f"{', '.join(duplicates)} judges twice")
        return cls(tuple(table for _, table in tables), judges, names, tuple(files))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return _schema(cls.read, cls.to_plain)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["array", "string"]}}]}


@dataclass(frozen=True, repr=False)
class Ratings:
    """Numbers that one or several people give to each component, such as points or ranks.

    Notes
    -----
    In the index file, ratings are `{ income = 3, health = 1 }`, or `{ income = [3, 2], health = [1, 4] }` of two
    people. Or they are a list of rows whose first row names the columns, or the path of a CSV file, relative to the
    index file. Components may be rows or columns.
    """

    rows: Table
    """One row per component, or per person; None is a number that a person did not give."""
    names: tuple[str, ...]
    """The names of the rows."""
    columns: tuple[str, ...] = ("",)
    """The names of the columns; an empty text if there is a single one."""
    files: tuple[str, ...] = field(default=(), compare=False)
    """The file of the ratings, as the index file names it."""

    def __post_init__(self) -> None:
        for name, row in zip(self.names, self.rows, strict=True):
            if len(row) != len(self.columns):
                raise ValueError(f"{name} has {len(row)} numbers, where others have {len(self.columns)}")
        for words in (self.names, self.columns):
            if duplicates := sorted({word for word in words if words.count(word) > 1}):
                raise ValueError(f"{', '.join(duplicates)} occurs twice")

    def __repr__(self) -> str:
        return str(self.to_plain())

    def about(self, names: Iterable[str]) -> Ratings:
        """Return the ratings with components as rows, even if the file has them as columns.

        Parameters
        ----------
        names : iterable of str
            The components.

        Returns
        -------
        Ratings
            The ratings, a row for each component.

        Raises
        ------
        ValueError
            If the ratings are of other components than `names`.
        """
        components = sorted(names)
        if sorted(self.names) == components:
            return self
        if sorted(self.columns) == components:
            return Ratings(tuple(zip(*self.rows, strict=True)), self.columns, self.names)
        unknown, lacking = (
            [name for name in first if name not in second]
            for first, second in ((self.names, components), (components, self.names))
        )
        faults = [f"{', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not weighed there"] if unknown else []
        faults += [f"{', '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no number"] if lacking else []
        raise ValueError("; ".join(faults))

    def values(self, names: Sequence[str]) -> Array:
        """Return the numbers in the order of these names.

        Parameters
        ----------
        names
            The k components that the weighting weighs.

        Returns
        -------
        Array
            Shape (k, people).

        Raises
        ------
        ValueError
            If a number is missing, or if the ratings are of other components.
        """
        import numpy as np

        ratings = self.about(names)
        for name, row in zip(ratings.names, ratings.rows, strict=True):
            if lacking := [column for column, cell in zip(ratings.columns, row, strict=True) if cell is None]:
                raise ValueError(
                    f"{name} has no number" + (f" of {', '.join(lacking)}" if ratings.columns != ("",) else "")
                )
        return np.array([ratings.rows[ratings.names.index(name)] for name in names], dtype=float)

    def to_plain(self) -> dict[str, Any] | list[list[Any]]:
        """Return the numbers in the form of an index file."""
        rows = [[_plain(cell) for cell in row] for row in self.rows]
        if self.columns == ("",):
            return {name: row[0] for name, row in zip(self.names, rows, strict=True)}
        if self.columns == _numbered(len(self.columns)):
            return dict(zip(self.names, rows, strict=True))
        return [["", *self.columns], *([name, *row] for name, row in zip(self.names, rows, strict=True))]

    @classmethod
    def read(cls, value: Any, folder: Path) -> Ratings:
        """Build ratings from a table, or read them from a CSV file; its path is relative to `folder`.

        Parameters
        ----------
        value : rows or path
            The table, or the path of its file.
        folder : Path
            The folder of relative paths.

        Returns
        -------
        Ratings
            The ratings.

        Raises
        ------
        ValueError
            If the table is not one of ratings.
        """
        if isinstance(value, Ratings):
            return value
        if isinstance(value, Mapping):
            by_name = {
                str(name): list(numbers) if isinstance(numbers, (list, tuple)) else [numbers]
                for name, numbers in value.items()
            }
            if not by_name:
                raise ValueError("there is no number")
            has_lists = any(isinstance(numbers, (list, tuple)) for numbers in value.values())
            columns = _numbered(len(next(iter(by_name.values())))) if has_lists else ("",)
            return cls(_cells(list(by_name.values())), tuple(by_name), columns)
        where = str(value) if isinstance(value, (str, Path)) else "the table"
        rows = (
            _csv_rows(folder / value) if isinstance(value, (str, Path)) else [_as_list(row) for row in _as_list(value)]
        )
        if len(rows) < 2 or len(rows[0]) < 2:
            raise ValueError(f"{where} needs a first row that names the columns, and rows that begin with a name")
        header, *rest = rows
        columns = ("",) if len(header) == 2 else tuple(str(cell) for cell in header[1:])
        files = (str(value),) if isinstance(value, (str, Path)) else ()
        return cls(_cells([row[1:] for row in rest]), tuple(str(row[0]) for row in rest), columns, files)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return _schema(cls.read, cls.to_plain)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array", "items": {"type": "array"}}]}


def _schema(read: Callable[[Any, Path], T], to_plain: Callable[[T], object]) -> core_schema.CoreSchema:
    from pydantic_core import core_schema

    def build(value: Any, info: core_schema.ValidationInfo) -> T:
        return read(value, Path((info.context or {}).get("folder", ".")))

    serialised = core_schema.plain_serializer_function_ser_schema(to_plain)
    return core_schema.with_info_plain_validator_function(build, serialization=serialised)


def _csv_rows(path: Path) -> list[list[str]]:
    try:
        if path.exists() and not path.is_file():
            raise ValueError(f"{path} is {'a folder' if path.is_dir() else 'a pipe or a device'}, not a CSV file")
        if path.suffix.lower() != ".csv":  # an error must not show a line of any other file
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


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(1, count + 1))


def _as_list(value: object) -> list[Any]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise ValueError(f"{value!r} is neither rows nor the path of a CSV file")
    return list(value)


def _is_row(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_number(cell: object) -> bool:
    return cell is None or cell == "" or is_number(cell)


def is_number(cell: object) -> bool:
    """Return True for a number, and for a text of a number such as "1/3"."""
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
        raise ValueError(f"the table has {cell!r} in place of a number")
    value = float(Fraction(cell)) if isinstance(cell, str) else float(cell)
    if not math.isfinite(value):
        raise ValueError(f"the table has {cell!r} in place of a finite number")
    return value


def _plain(cell: Cell) -> float | str:
    if cell is None:
        return ""
    return int(cell) if cell == int(cell) else cell
