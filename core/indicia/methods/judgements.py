"""Judgements of people, as a parameter that may be typed into the index file or stand in a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import core_schema


@dataclass(frozen=True, repr=False)
class PairwiseMatrix:
    """A square table of judgements: how many times as important the row is as the column.

    Written as rows of numbers, of fractions such as "1/3", or as the path of a CSV file whose first column and first
    row name the indicators; rows may have such names too, the first of them an empty text. Paths are relative to the
    index file.
    """

    rows: tuple[tuple[float, ...], ...]
    names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        size = len(self.rows)
        for number, row in enumerate(self.rows, start=1):
            if len(row) != size:
                raise ValueError(f"the matrix is not square: row {number} of {size} has {len(row)} values")

    def __repr__(self) -> str:
        return str(self.written())

    def written(self) -> list[list[float | str]]:
        """Return the rows as they can be written in an index file, with the names if there are any."""
        rows = [[int(cell) if cell == int(cell) else cell for cell in row] for row in self.rows]
        if self.names is None:
            return [list(row) for row in rows]
        return [["", *self.names], *([name, *row] for name, row in zip(self.names, rows, strict=True))]

    def ordered(self, names: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """Return the rows and columns in the order of `names`; ValueError where they are others."""
        if self.names is None:
            if len(self.rows) != len(names):
                size = len(self.rows)
                raise ValueError(f"the matrix is {size} × {size}, and {len(names)} are compared: {', '.join(names)}")
            return self.rows
        if sorted(self.names) != sorted(names):
            raise ValueError(f"the matrix compares {', '.join(self.names)}; to compare are {', '.join(names)}")
        at = [self.names.index(name) for name in names]
        return tuple(tuple(self.rows[i][j] for j in at) for i in at)

    @classmethod
    def of(cls, value: Any, folder: Path) -> PairwiseMatrix:
        """Build a matrix from rows, or read the CSV file that a string names."""
        if isinstance(value, PairwiseMatrix):
            return value
        if isinstance(value, (str, Path)):
            return cls._read(folder / value)
        if not isinstance(value, Iterable) or not all(isinstance(row, (list, tuple)) for row in value):
            raise ValueError(f"there is {value!r} where rows belong, or the path of a CSV file")
        rows = [list(row) for row in value]
        return cls._named(rows, "the matrix") if rows and rows[0][:1] == [""] else cls(_numbers(rows))

    @classmethod
    def _read(cls, path: Path) -> PairwiseMatrix:
        try:
            table = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ValueError(f"cannot read the matrix {path}: {reason}") from error
        return cls._named([row for row in table if any(row)] or [[]], str(path))

    @classmethod
    def _named(cls, table: Sequence[Sequence[Any]], where: str) -> PairwiseMatrix:
        header, *rows = table
        names = tuple(str(row[0]) for row in rows)
        if names != tuple(header[1:]):
            raise ValueError(f"{where}: the first row and the first column do not name the same, in the same order")
        return cls(_numbers([row[1:] for row in rows]), names)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        from pydantic_core import core_schema

        def build(value: Any, info: core_schema.ValidationInfo) -> PairwiseMatrix:
            return cls.of(value, Path((info.context or {}).get("folder", ".")))

        written = core_schema.plain_serializer_function_ser_schema(cls.written)
        return core_schema.with_info_plain_validator_function(build, serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        cell = {"anyOf": [{"type": "number"}, {"type": "string"}]}
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "array", "items": cell}}]}


def _numbers(rows: Sequence[Sequence[Any]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(_number(cell) for cell in row) for row in rows)


def _number(cell: Any) -> float:
    try:
        value = float(Fraction(cell)) if isinstance(cell, str) else float(cell)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise ValueError(f"the matrix has {cell!r} where a number belongs") from error
    return value
