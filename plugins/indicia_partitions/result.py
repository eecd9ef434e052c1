"""The result of a run over partitions: a folder of Parquet files with a manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.arguments import names_its_arguments
from indicia.data.partition_files import MANIFEST
from indicia.definition import Definition, text
from indicia.errors import DataError, pluralise

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from indicia.scorable import Scorable
    from indicia.types import PositiveInt


@dataclass(frozen=True)
class PartitionedResult:
    """Scores and ranks of units in a folder of Parquet files, in the order of the data."""

    folder: Path
    manifest: Mapping[str, Any]
    definition: Definition

    @classmethod
    def read(cls, folder: Path, index: Scorable) -> PartitionedResult:
        """Read the manifest of a folder of scores.

        Parameters
        ----------
        folder : Path
            The folder.
        index : Index or FittedIndex
            The index that was scored.

        Returns
        -------
        PartitionedResult
            The scores.

        Raises
        ------
        DataError
            If the folder has no manifest, since the run did not finish.
        """
        path = folder / MANIFEST
        try:
            manifest = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(
                f'"{folder}" has no {MANIFEST}', where=str(path), remedy="run the index again: it takes up there"
            ) from error
        return cls(folder, manifest, index.definition)

    @property
    def title(self) -> str:
        """The name of the index, its methods, and the size, in one line."""
        return self.title_in(None)

    @names_its_arguments
    def title_in(self, language: str | None) -> str:
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
        rows = f"{self.rows:,} row{'' if self.rows == 1 else 's'}"
        sizes = rows, pluralise(len(self.parts), "partition")
        return " · ".join([text(self.definition.name, language), self.manifest["methods"], *sizes])

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self.manifest["rows"])

    @property
    def parts(self) -> list[str]:
        """The names of the files, in the order of the data."""
        return [str(part["name"]) for part in self.manifest["parts"]]

    @property
    def weights(self) -> pl.DataFrame:
        """The weights and effective weights, as in `Result.weights`, but a period with the time of day is a text."""
        frame, types = pl.DataFrame(self.manifest["weights"]), self.scan().collect_schema()
        dates = [name for name in frame.columns if types.get(name) == pl.Date]
        return frame.with_columns(pl.col(dates).str.to_date())

    @property
    def notes(self) -> list[str]:
        """The notes of the run."""
        return list(self.manifest["notes"])

    def scan(self) -> pl.LazyFrame:
        """Return the scores as a query of polars: the columns of `Result.scores`, in the order of the data."""
        return pl.scan_parquet([self.folder / name for name in self.parts])

    @names_its_arguments
    def top(self, count: PositiveInt = 20) -> pl.DataFrame:
        """Return the units with the first ranks, of each period; the rank is the first column.

        Parameters
        ----------
        count : int, default 20
            The number of units.

        Returns
        -------
        polars.DataFrame
            The units, ranks and scores.
        """
        unit, period = str(self.definition.data.unit), self.definition.data.period
        key = [period, "rank"] if period else ["rank"]
        first = self.scan().filter(pl.col("rank") <= count).sort(*key, unit).collect(engine="streaming")
        return first.select(*key, pl.exclude(key))
