"""The declaration of a table: its caption, its order, and the kind and meaning of each column."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl


class Kind(Enum):
    """The content of a column, which decides its type, its alignment and the form of its figures for readers."""

    UNIT = "unit"
    """The key of a unit; readers see its name."""
    PERIOD = "period"
    """A period, with the type that it has in the data."""
    PART = "part"
    """The key of an indicator or a dimension; readers see its name."""
    TEXT = "text"
    COUNT = "count"
    """A whole number."""
    RANK = "rank"
    """A rank; ties may have halves."""
    PLACES = "places"
    """A number of ranks, from 0 up."""
    SHIFT = "shift"
    """A change of rank, with its sign."""
    SCORE = "score"
    CHANGE = "change"
    """A change of score, with its sign."""
    SHARE = "share"
    """A share from 0 to 1, which readers see in percent."""
    RATE = "rate"
    """A relative change, which readers see in percent with its sign."""
    FIGURE = "figure"
    """Any other number."""
    YES = "yes or no"
    """True or false."""

    @property
    def is_text(self) -> bool:
        """True for keys, periods and texts, which stand at the left of their column."""
        return self in (Kind.UNIT, Kind.PERIOD, Kind.PART, Kind.TEXT)

    @property
    def dtype(self) -> pl.DataType:
        """The type of the column in a frame; a period may have another one."""
        import polars as pl  # here, since `--help` reads declarations without any frame

        if self.is_text:
            return pl.String()
        return pl.Int64() if self is Kind.COUNT else pl.Boolean() if self is Kind.YES else pl.Float64()


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Examples
    --------
    >>> Column("degree", Kind.SHARE, "the share in the gap").heading
    'degree'
    """

    name: str
    kind: Kind
    meaning: str
    """The meaning, as a clause after the name."""
    raw: bool = False
    """True for values before normalisation, which an index may withhold."""
    title: str | None = None
    """The heading of the column for readers, if it is another than the name."""

    @property
    def heading(self) -> str:
        """The heading of the column for readers, in English."""
        return self.name.replace("_", " ") if self.title is None else self.title


def columns_of(kind: Kind, **meanings: str) -> Iterator[Column]:
    """Yield columns of one kind.

    Parameters
    ----------
    kind : Kind
        The kind of all columns.
    **meanings : str
        The meaning of each column, by its name.

    Yields
    ------
    Column
        The columns.

    Examples
    --------
    >>> [column.name for column in columns_of(Kind.FIGURE, mean="the mean", cv="the coefficient of variation")]
    ['mean', 'cv']
    """
    return (Column(name, kind, meaning) for name, meaning in meanings.items())


class Table:
    """A table of an answer: an attribute of the class of an analysis, and the key of the frame.

    Parameters
    ----------
    caption : str
        The caption.
    *columns : Column
        The columns, in their order.
    order : str
        A sentence on the order of the rows.
    shown : int, default 10
        The number of rows in documents; files of data have all rows.
    brief : sequence of str, default ()
        The columns in documents; by default all.
    """

    def __init__(self, caption: str, *columns: Column, order: str, shown: int = 10, brief: Sequence[str] = ()) -> None:
        self.caption: str = caption
        self.order: str = order
        self.shown: int = shown
        self.brief: Sequence[str] = brief
        self.name: str = ""
        self.columns: dict[str, Column] = {column.name: column for column in columns}

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Table({self.name!r}: {', '.join(self.columns)})"

    def frame(self, rows: Iterable[Any]) -> pl.DataFrame:
        """Return rows as a frame of the declared columns.

        Parameters
        ----------
        rows : iterable of tuples
            The cells of each row, in the order of the columns.

        Returns
        -------
        polars.DataFrame
            The frame.

        Examples
        --------
        >>> Table("Ranks", Column("unit", Kind.UNIT, "the unit"), order="By name.").frame([("Lima",)]).rows()
        [('Lima',)]
        """
        import polars as pl  # here, since `--help` reads declarations without any frame

        listed = list(rows)
        schema: dict[str, Any] = {
            name: None if column.kind is Kind.PERIOD and listed else column.kind.dtype
            for name, column in self.columns.items()
        }
        return pl.DataFrame(listed, schema=schema, orient="row")

    def select(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the declared columns of a frame; counts become whole numbers, and no other type changes.

        Parameters
        ----------
        frame : polars.DataFrame
            A frame with the declared columns, in any order, and any others.

        Returns
        -------
        polars.DataFrame
            The declared columns, in their order.
        """
        import polars as pl  # here, since `--help` reads declarations without any frame

        counts = [name for name, column in self.columns.items() if column.kind is Kind.COUNT]
        return frame.select(*self.columns).cast(dict.fromkeys(counts, pl.Int64()))

    def problems(self, frame: pl.DataFrame) -> Iterator[str]:
        """Yield a clause for each difference between a frame and the declaration.

        Parameters
        ----------
        frame : polars.DataFrame
            The frame.

        Yields
        ------
        str
            A clause such as "effects has median_shift, which no Column declares".
        """
        for name in self.columns:
            if name not in frame.columns:
                yield f"{self.name} lacks {name}, which a Column declares"
        for name, dtype in frame.schema.items():
            if name not in self.columns:
                yield f"{self.name} has {name}, which no Column declares"
            elif dtype != (declared := self.columns[name].kind.dtype) and self.columns[name].kind is not Kind.PERIOD:
                yield f"{self.name} has {name} as {dtype}, and its Column declares {declared}"
        if set(frame.columns) == set(self.columns) and frame.columns != list(self.columns):
            yield f"{self.name} has its columns in another order than it declares"
