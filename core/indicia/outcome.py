"""The common base of results, comparisons, and analyses of robustness and stability."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import polars as pl

from indicia.arguments import names_its_arguments
from indicia.citations import Citation
from indicia.data.notebook_table import COLUMNS, notebook_frame
from indicia.definition import ROOT, Definition, text
from indicia.errors import IndiciaError, suggest
from indicia.tables.table import reader_names

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from indicia.analyses import Table
    from indicia.notes import Note


TableName = TypeVar("TableName", bound=str)
"""The names of the tables of a kind of outcome, as a Literal."""


def names_in_columns(definition: Definition, units: pl.DataFrame) -> dict[str, Container[str]]:
    """Return the names that columns of families can have, by the place in the name of the declaration.

    Parameters
    ----------
    definition : Definition
        The definition of the index.
    units : polars.DataFrame
        The units, by their keys in the first column.

    Returns
    -------
    dict of str to container of str
        The names of columns of the data, of parts, and of units.
    """
    data = definition.data
    return {
        "unit": (str(data.unit),),
        "period": (data.period,) if data.period else (),
        "label": data.labels(),
        "group": data.groups,
        "indicator": definition.indicators,
        "dimension": definition.dimensions,
        "part": {*definition.indicators, *definition.dimensions},
        "node": {ROOT, *definition.dimensions},
        "bands": definition.bands,
        "variable": definition.outside.variables,
        "key": (*data.key, *data.groups),
        "member": units.to_series(0).cast(pl.String),
    }


@dataclass(frozen=True, repr=False, eq=False)
class Told(ABC):
    """Figures about an index, with a title, notes, names for readers and a manifest."""

    definition: Definition

    @property
    @abstractmethod
    def manifest(self) -> dict[str, Any]:
        """The inputs and settings of the outcome."""

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite: the index if it is published, Indicia, the methods, and the sources of data.

        `indicia.citations.render(result.cite(), "bibtex")` writes them; other formats are "ris" and "text".
        """
        return tuple(Citation.of_record(record) for record in self.manifest.get("citations", ()))

    @property
    @abstractmethod
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader must know."""

    @property
    def title(self) -> str:
        """The name of the index, the methods or choices, and the size, in one line."""
        return self.titled(None)

    @names_its_arguments
    def titled(self, language: str | None) -> str:
        """Return the title with the name of the index in a language.

        Parameters
        ----------
        language : str or None
            The language, such as "zh"; None for English.

        Returns
        -------
        str
            The title.
        """
        return " · ".join([text(self.definition.name, language), *self._title_parts])

    @names_its_arguments
    def reader_names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of units, indicators and dimensions for readers of a language.

        Parameters
        ----------
        language : str, optional
            The language, such as "zh"; by default English.

        Returns
        -------
        dict of str to str
            The names by key; names that are alike of several kinds are those of units.
        """
        units, definition = self._labelled_units, self.definition
        keys = units[str(definition.data.unit)].cast(pl.String)
        return {
            **{part: text(node.name, language, part) for part, node in definition.dimensions.items()},
            **{part: text(spec.name, language, part) for part, spec in definition.indicators.items()},
            **{name: text(bands.name, language, name) for name, bands in definition.bands.items()},
            **dict(zip(keys, reader_names(units, definition.data, language), strict=True)),
        }

    @property
    @abstractmethod
    def _title_parts(self) -> Sequence[str]:
        """The parts of the title after the name of the index."""

    @property
    @abstractmethod
    def _labelled_units(self) -> pl.DataFrame:
        """The units with their labels."""


@dataclass(frozen=True, repr=False, eq=False)
class Outcome(Told, Generic[TableName]):
    """Tables about an index."""

    declared: ClassVar[Mapping[str, Table]]
    """The declarations of the tables, by name."""
    table_names: ClassVar[tuple[str, ...]]
    """The names of the tables, of `frame` and of `--show`: those that are declared."""
    _noun: ClassVar[str]
    """The name of the kind of outcome in an error message, such as "a comparison"."""
    _columns_printed: ClassVar[int] = 10

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if isinstance(vars(cls).get("declared"), dict):
            cls.table_names = tuple(cls.declared)

    @names_its_arguments
    def frame(self, name: TableName) -> pl.DataFrame:
        """Return a table by its name, one of `table_names`.

        Parameters
        ----------
        name : str
            The name of the table.

        Returns
        -------
        polars.DataFrame
            The table.

        Raises
        ------
        IndiciaError
            If there is no such table.
        """
        if name not in self.table_names:
            raise IndiciaError(f'{self._noun} has no table "{name}"', remedy=suggest(name, self.table_names))
        table: pl.DataFrame = getattr(self, name)
        return table

    @property
    def names_in_columns(self) -> dict[str, Container[str]]:
        """The names that columns of families can have, by the place in the name of the declaration."""
        return names_in_columns(self.definition, self._labelled_units)

    def __repr__(self) -> str:
        with self._print_options():
            return "\n".join([self.title, *map(str, self._frames_printed), *self._lines_printed])

    def _repr_html_(self) -> str:
        frames = "<br>".join(
            notebook_frame(frame, columns=max(self._columns_printed, COLUMNS)) for frame in self._frames_displayed
        )
        lines = "".join(f"<p>{escape(line)}</p>" for line in self._lines_printed)
        return f"<p><b>{escape(self.title)}</b></p>{frames}{lines}"

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        """The tables that are printed."""
        return ()

    @property
    def _frames_displayed(self) -> tuple[pl.DataFrame, ...]:
        """The tables that a notebook displays, by default those that are printed."""
        return self._frames_printed

    @property
    def _lines_printed(self) -> Sequence[str]:
        """The lines that are printed below the tables."""
        return self.notes

    def _print_options(self) -> pl.Config:
        return pl.Config(
            tbl_hide_dataframe_shape=True,
            tbl_hide_column_data_types=True,
            tbl_rows=20,
            tbl_cols=self._columns_printed,
            tbl_width_chars=120,
        )
