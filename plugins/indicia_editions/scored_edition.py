"""The scores and ranks of an edition, with all that is known beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from indicia.data import fingerprint
from indicia.definition import Definition, text
from indicia.errors import DataError
from indicia.scorable import Scorable
from indicia.tables.periods import rows_of_period
from indicia.tables.table import reader_names
from indicia.types import TableLike
from indicia_editions.edition import Edition

_FILE = re.compile(r"[/\\]|\.\w+$")
"""The mark of the name of a file: a folder before it, or an ending."""

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.notes import Note
    from indicia.result import Result
    from indicia.types import Period


@dataclass(frozen=True)
class ScoredEdition:
    """An edition with its scores: an index that was scored, or a table of scores."""

    name: str
    """The name for readers, such as that of its file."""
    definition: Definition
    """The definition of the index; for a table of scores, an index whose one indicator is the published score."""
    units: pl.DataFrame
    """The columns `unit` (text), `score` and `rank`, one row for each unit."""
    labels: pl.DataFrame
    """The column `unit` (text), and a column for each kind of label, with the rows of `units`."""
    lowest_first: bool = False
    """True if the lowest score has rank 1."""
    ranked_here: bool = False
    """True if the ranks of a table of scores were computed from its scores."""
    period: str | None = None
    """The period of a panel."""
    result: Result | None = None
    """The result of the run; None for a table of scores."""
    scorable: Scorable | None = None
    """The index, which can score other tables; None for a table of scores."""
    is_fitted: bool = False
    """True for a fitted index, which has weights and statistics without the methods behind its weights."""
    stated_methodology: Mapping[str, Any] | None = None
    """The methodology of scores whose data are absent, such as those of a pack without data; see `Inputs`."""
    stated_weights: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """The weights of a fitted index without a table, by part and parent; empty for an edition with scores."""
    stated_statistics: Mapping[tuple[str, ...], Any] = field(default_factory=dict)
    """The statistics of a fitted index without a table, by stage, subject, statistic and group."""
    remarks: tuple[Note, ...] = ()
    """Facts about the edition that a reader must know."""

    @classmethod
    def of_result(cls, name: str, scorable: Scorable, result: Result, period: Period | None = None) -> ScoredEdition:
        """Return the edition of an index and its result; `period` is that of a panel, by default the last.

        Raises
        ------
        IndiciaError
            If the data do not have the period.
        """
        text, rows = rows_of_period(result.scored.source, period)
        scores, unit = result.scores.filter(rows), pl.col(result.unit).cast(pl.String)
        columns = [column for column in result.definition.data.labels() if column in scores.columns]
        return cls(
            name,
            result.definition,
            scores.select(unit.alias("unit"), pl.col("score").cast(pl.Float64), pl.col("rank").cast(pl.Float64)),
            scores.select(unit.alias("unit"), *(pl.col(column).cast(pl.String) for column in columns if column)),
            lowest_first="score" in result.lowest_first,
            period=text,
            result=result,
            scorable=scorable,
            is_fitted=result.fitted is not None,
        )

    def at(self, period: Period | None, name: str) -> ScoredEdition:
        """Return another period of the same panel, with the same result.

        Raises
        ------
        DataError
            If the edition is a table of scores, or the data do not have the period.
        """
        if self.result is None or self.scorable is None:
            raise DataError(f"{self.title} has no data", remedy="name an index with its table")
        return self.of_result(name, self.scorable, self.result, period)

    @property
    def methodology(self) -> Mapping[str, Any] | None:
        """The methodology, in the words of the manifest; None for a table of scores."""
        return self.stated_methodology if self.result is None else self.result.inputs.methodology

    @property
    def title(self) -> str:
        """The name, with the period of a panel, unless the name is that of the period, such as the folder `2023`."""
        return self.name if self.period in (None, self.name) else f"{self.name} {self.period}"

    def titles_for_readers(self, language: str | None) -> tuple[str, str, str]:
        """Return the edition of `[publication]` in a language, the period, and the name unless it is that of a file.

        "" stands for a title that the edition does not have.
        """
        publication = self.definition.publication
        stated = "" if publication is None else text(publication.edition, language)
        return stated, self.period or "", "" if _FILE.search(self.name) else self.name

    def as_edition(self, renamed: Mapping[str, str] | None = None) -> Edition:
        """Return the edition whose moves are divided into causes; `renamed` has the new names of its units.

        Raises
        ------
        DataError
            If the edition has no data.
        """
        if self.result is None:
            raise DataError(f"{self.title} has no data", remedy="name an index with its table")
        result = self.result
        if renamed and self.scorable is not None:
            unit = pl.col(result.unit)
            new_names = unit.cast(pl.String).replace(dict(renamed)).cast(result.table.schema[result.unit])
            result = self.scorable.score_frame(result.table.with_columns(new_names.alias(result.unit)))
        return Edition.of_result(result, self.period, self.title, self.scorable)

    def names(self, language: str | None = None) -> dict[str, str]:
        """Return the names of the units for readers of a language."""
        if self.result is None:
            return {unit: unit for unit in self.units["unit"]}
        units = self.result.scored.units
        keys = units[self.result.unit].cast(pl.String)
        return dict(zip(keys, reader_names(units, self.definition.data, language), strict=True))

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the run, or the hash of the table of scores."""
        name = {"name": self.name, **({} if self.period is None else {"period": self.period})}
        if self.result is None:
            return {**name, "sha256": fingerprint(self.units), **(self.methodology or {})}
        return {**name, **self.result.manifest}


EditionLike: TypeAlias = TableLike | Scorable | ScoredEdition
"""An edition: the path of an index, a fitted index or a pack, an index, or a table of scores or ranks."""
