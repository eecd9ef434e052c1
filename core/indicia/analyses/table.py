"""The declaration of a table: its caption, its order, and the kind and meaning of each column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from indicia.documents.blocks import TextTable

IN_DATA = "In the order of the data."
IN_INDEX = "In the order of the index file, dimension by dimension."
"""Orders of rows that several tables have."""

_NUMBERED = frozenset({"k", "number", "rank"})
"""The places in names of columns that hold a number."""
_PLACE = re.compile(r"\{(\w+)\}")


class Kind(Enum):
    """The content of a column, which decides its type, its alignment and the form of its figures for readers."""

    UNIT = "unit"
    """The key of a unit; readers see its name."""
    UNITS = "units"
    """The keys of several units, such as those that share a rank, separated by commas."""
    PERIOD = "period"
    """A period, with the type that it has in the data."""
    PART = "part"
    """The key of an indicator or a dimension; readers see its name."""
    TEXT = "text"
    """Any other text, in English; `messages/LANGUAGE.toml` may have it for readers."""
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
    BAND = "band"
    """A band: its name, or its number from 1."""
    KEY = "key"
    """The unit, the period or the group of a row."""
    ANY = "any"
    """A figure or a text of a method of a plugin."""

    @property
    def is_text(self) -> bool:
        """True for keys, periods and texts, which stand at the left of their column."""
        return self in (Kind.UNIT, Kind.UNITS, Kind.PERIOD, Kind.PART, Kind.TEXT, Kind.BAND, Kind.KEY)

    @property
    def dtype(self) -> pl.DataType:
        """The type of the column in a frame; a period may have another one."""
        import polars as pl  # here, since `--help` reads declarations without any frame

        if self.is_text:
            return pl.String()
        return pl.Int64() if self is Kind.COUNT else pl.Boolean() if self is Kind.YES else pl.Float64()

    def fits(self, dtype: pl.DataType) -> bool:
        """Return True if a column may have a type: whole numbers of any size are counts, and ranks need no decimals."""
        import polars as pl  # here, since `--help` reads declarations without any frame

        if self in (Kind.PERIOD, Kind.KEY, Kind.ANY) or dtype in (self.dtype, pl.Null()):
            return True
        if self is Kind.BAND:
            return dtype.is_integer() or isinstance(dtype, pl.Enum)
        return dtype.is_integer() and self in (Kind.COUNT, Kind.RANK, Kind.PLACES, Kind.SHIFT)


@dataclass(frozen=True)
class Column:
    """A column of a table, or a family of columns whose names have a place in braces, such as "top_{k}".

    Notes
    -----
    The index and its data give the names of a family, `{indicator}` those of indicators; a family may be empty.

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
    optional: bool = False
    """True for a column that some answers lack."""
    beyond: str = ""
    """The column of the present values: readers see a needed value rounded away from it, so that it is enough."""

    @property
    def place(self) -> str:
        """The place in the name of a family; empty for a single column."""
        found = _PLACE.search(self.name)
        return found[1] if found else ""

    def has_member(self, name: str, names: Mapping[str, Container[str]]) -> bool:
        """Return True if a family has a column of a name.

        Parameters
        ----------
        name : str
            The name of a column.
        names : mapping of str to container of str
            The names that a place can have, by place; a place that is absent has any name.

        Returns
        -------
        bool
            True for a column of the family.

        Examples
        --------
        >>> top = Column("top_{k}", Kind.SHARE, "the share of draws with a rank up to k")
        >>> top.has_member("top_10", {}), top.has_member("top_ten", {})
        (True, False)
        """
        if not self.place:
            return False
        before, after = _PLACE.split(self.name)[::2]
        inside = name.removeprefix(before).removesuffix(after)
        if not inside or name != f"{before}{inside}{after}":
            return False
        if self.place in _NUMBERED:
            return inside.replace(".", "", 1).isdigit()
        return self.is_open(names) or inside in names[self.place]

    def is_open(self, names: Mapping[str, Container[str]]) -> bool:
        """Return True for a family of any names, since `names` does not have those of its place."""
        return bool(self.place) and self.place not in names and self.place not in _NUMBERED

    @property
    def heading(self) -> str:
        """The heading of the column for readers, in English."""
        return self.heading_of(self.name)

    def heading_of(self, name: str) -> str:
        """Return the heading of a member of a family for readers, in English."""
        return name.replace("_", " ") if self.title is None else self.title


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
    order : str, default ""
        A sentence on the order of the rows; by default it follows from `by`. With "the order of the data" in it, rows
        may follow those of the data.
    by : tuple of str, default ()
        The columns by which the rows are sorted, "-share" for the largest first; missing values are last.
    shown : int, default 10
        The number of rows in documents; files of data have all rows.
    first : sequence of str, default ()
        The columns by whose size documents sort the rows, the smallest first; by default as in files of data.
    brief : sequence of str, default ()
        The columns in documents; by default all.
    interval : sequence of str, default ()
        The columns with the lower end, the middle and the upper end of an interval, which a terminal draws.
    of_node : bool, default False
        True for a table about one node, which an option names.
    raw : bool, default False
        True for a table about raw values, which an index may withhold as a whole.
    empty : str, default ""
        The reason why the table may have no rows, as a clause.

    Examples
    --------
    >>> rank, unit = Column("rank", Kind.RANK, "the rank"), Column("{unit}", Kind.UNIT, "the unit")
    >>> Table("Ranks", rank, unit, by=("rank", "{unit}")).order
    'By rank, then by unit.'
    """

    def __init__(
        self,
        caption: str,
        *columns: Column,
        order: str = "",
        by: tuple[str, ...] = (),
        shown: int = 10,
        of_node: bool = False,
        raw: bool = False,
        brief: Sequence[str] = (),
        first: Sequence[str] = (),
        interval: Sequence[str] = (),
        empty: str = "",
    ) -> None:
        self.caption: str = caption
        self.order: str = order or f"By {', then by '.join(map(_words_of_key, by))}."
        self.by: tuple[str, ...] = by
        self.shown: int = shown
        self.of_node: bool = of_node
        self._raw = raw
        self.brief: Sequence[str] = brief
        self.first: Sequence[str] = first
        self.interval: Sequence[str] = interval
        self.empty: str = empty
        self.name: str = ""
        self.columns: dict[str, Column] = {column.name: column for column in columns}

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"Table({self.name!r}: {', '.join(self.columns)})"

    @property
    def is_raw(self) -> bool:
        """True if all that the table holds besides keys and texts are raw values."""
        figures = [column for column in self.columns.values() if not column.kind.is_text]
        return self._raw or (all(column.raw for column in figures) and bool(figures))

    @property
    def raw_columns(self) -> list[str]:
        """The names of the columns with raw values."""
        return [name for name, column in self.columns.items() if column.raw]

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

    def types_of(self, names: Iterable[str]) -> dict[str, pl.DataType]:
        """Return the types of some of the declared columns.

        Parameters
        ----------
        names : iterable of str
            The names of columns.

        Returns
        -------
        dict of str to polars.DataType
            The types by name, for the arguments of polars.
        """
        return {name: self.columns[name].kind.dtype for name in names}

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

    def declared_columns(
        self, frame: pl.DataFrame, names: Mapping[str, Container[str]] | None = None
    ) -> dict[str, Column | None]:
        """Return the declaration of each column of a frame; None for a column that is not declared.

        Parameters
        ----------
        frame : polars.DataFrame
            A frame of the table.
        names : mapping of str to container of str, optional
            The names that the places of families can have, by place; by default any.

        Returns
        -------
        dict of str to Column or None
            The columns by their names in the frame, so that a member of a family has the name of its own.
        """
        names, found, last = names or {}, dict[str, Column | None](), 0
        listed = list(self.columns.values())
        for name in frame.columns:
            fitting = [
                at
                for at, column in enumerate(listed)
                if (column.has_member(name, names) if column.place else column.name == name)
            ]
            later = [at for at in fitting if at >= last] or fitting
            # a family that can have any name comes after all others
            place = min(later, key=lambda at: (listed[at].is_open(names), at), default=None)
            found[name] = None if place is None else listed[place]
            last = last if place is None else place
        return found

    def problems(self, frame: pl.DataFrame, names: Mapping[str, Container[str]] | None = None) -> Iterator[str]:
        """Yield a clause for each difference between a frame and the declaration.

        Parameters
        ----------
        frame : polars.DataFrame
            The frame.
        names : mapping of str to container of str, optional
            The names that the places of families can have, by place; by default any.

        Yields
        ------
        str
            A clause such as "effects has median_shift, which no Column declares".
        """
        found = self.declared_columns(frame, names)
        for name, column in self.columns.items():
            if name not in found and not (column.optional or column.raw or column.place):
                yield f"{self.name} lacks {name}, which a Column declares"
        for name, declared in found.items():
            if declared is None:
                yield f"{self.name} has {name}, which no Column declares"
            elif not declared.kind.fits(dtype := frame.schema[name]):
                yield f"{self.name} has {name} as {dtype}, and its Column declares {declared.kind.dtype}"
        places = [list(self.columns).index(column.name) for column in found.values() if column is not None]
        if places != sorted(places):
            yield f"{self.name} has its columns in another order than it declares"

    def is_in_order(self, frame: pl.DataFrame, names: Mapping[str, Container[str]] | None = None) -> bool:
        """Return True if the rows of a frame are sorted as the declaration has it.

        Parameters
        ----------
        frame : polars.DataFrame
            A frame of the table.
        names : mapping of str to container of str, optional
            The names that the places of families can have, by place; by default any.

        Returns
        -------
        bool
            True also if the declaration names no columns in `by`.
        """
        found = self.declared_columns(frame, names)
        keys = [
            (name, key.startswith("-"))
            for key in self.by
            for name, column in found.items()
            if column is not None and column.name == key.removeprefix("-")
        ]
        if not keys:
            return True
        by, descending = zip(*keys, strict=True)
        cells = frame.select(by)
        ordered = cells.sort(by, descending=descending, nulls_last=True, maintain_order=True)
        return ordered.equals(cells, null_equal=True)


@dataclass(frozen=True)
class Grid:
    """A table in a document whose texts the analysis writes itself, such as one with bars and a row for the sum."""

    table: Table
    """The declaration of the table, all of whose rows stand in files of data."""
    texts: Callable[[Mapping[str, str], str | None], TextTable]
    """Returns the texts for the names of units and parts, by their keys, and a language (None for English)."""


def tables_of(holder: type) -> dict[str, Table]:
    """Return the tables that a class declares, by name.

    Parameters
    ----------
    holder : type
        A class with `Table` attributes.

    Returns
    -------
    dict of str to Table
        The tables in the order of the class.
    """
    return {table.name: table for table in vars(holder).values() if isinstance(table, Table)}


def _words_of_key(key: str) -> str:
    """Return a key of the order in words.

    >>> _words_of_key("-mean_shift"), _words_of_key("{unit}")
    ('mean shift (the largest first)', 'unit')
    """
    words = key.strip("-{}").replace("_", " ")
    return f"{words} (the largest first)" if key.startswith("-") else words
