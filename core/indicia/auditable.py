"""The checks of an index, as methods of an index."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from indicia.arguments import names_its_arguments
from indicia.definition import STAGES, files_outside
from indicia.errors import DefinitionError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.definition import Use
    from indicia.engines import Engine, EngineName
    from indicia.inspection import Inspection, Sources
    from indicia.inspection.chosen_checks import CheckSettings
    from indicia.partitioned.inspection import PartitionedInspection
    from indicia.scorable import Scorable
    from indicia.types import PositiveInt, TableLike

    class _Index(Scorable, Protocol):
        """An index with its variants."""

        @property
        def chosen(self) -> str | None:
            """The variant that is scored."""

        @property
        def uses(self) -> tuple[Use, ...]:
            """The columns that methods use beside the indicators."""

        def variant(self, name: str | None) -> Self:
            """Return one of the variants."""

else:
    # the properties of the protocol would hide the attributes of the index
    _Index = object


ROWS_OF_PARTITION = 500_000
"""The rows of a partition, about."""


class Auditable(_Index):
    """An index that is checked; each method imports the room that answers, since scoring needs none."""

    @property
    def files_outside(self) -> tuple[str, ...]:
        """The tables, judgements and plugins of the index file that are outside its folder."""
        return files_outside(self.definition, self.tree, self.origin)

    @names_its_arguments
    def check(self, table: TableLike | None = None) -> Inspection:
        """Inspect the definition and the data without scoring: facts by indicator and unit, and findings of checks.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.

        Returns
        -------
        Inspection
            The tables `indicators`, `units`, `periods` and `findings`.

        Raises
        ------
        IndiciaError
            If the definition is wrong, or the table cannot be read.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
        >>> index.check(table).frame("indicators")["indicator"].to_list()
        ['income', 'co2']
        """
        return self.inspect_frame(self.read_table(table), table)

    @names_its_arguments
    def check_partitions(
        self,
        table: str | Path | None = None,
        *,
        engine: EngineName = "partitions",
        scheduler: str | None = None,
        workers: int | None = None,
        rows: PositiveInt = ROWS_OF_PARTITION,
    ) -> PartitionedInspection:
        """Inspect a table in partitions without scoring: facts of all rows, and findings of checks.

        Checks that need single rows look at every k-th row, 100,000 at most, and their findings say so. Checks that a
        sample would mislead are skipped by name.

        Parameters
        ----------
        table : path, glob or URL, optional
            A folder of files of Parquet, CSV or TSV, a pattern, or a large file; by default the table of the index
            file.
        engine : {"partitions", "dask", "spark", "memory"}, default "partitions"
            Processes on this machine, a Dask or a Spark cluster, or this process.
        scheduler : str, optional
            The URL of a Dask scheduler or a Spark master; by default, workers on this machine are started.
        workers : int, optional
            The number of workers on this machine; by default the number of cores.
        rows : int, default 500,000
            The rows of a partition, about.

        Returns
        -------
        PartitionedInspection
            The facts and findings.

        Raises
        ------
        NeedsAllRows
            For methods that need all rows at once.
        DataError
            If a file cannot be read, or the data cannot be prepared.
        EngineError
            If no scheduler replies, or workers lack packages.
        """
        from indicia.engines import open_engine  # imported here, since scoring in memory does not need it

        with open_engine(engine, scheduler=scheduler, workers=workers) as opened:
            return self.check_partitions_by(opened, table, rows=rows)

    @names_its_arguments
    def check_partitions_by(
        self, engine: Engine, table: str | Path | None = None, *, rows: PositiveInt = ROWS_OF_PARTITION
    ) -> PartitionedInspection:
        """Inspect a table in partitions with an open engine; see `check_partitions`.

        Parameters
        ----------
        engine : Engine
            The open engine.
        table : path, glob or URL, optional
            The table; by default that of the index file.
        rows : int, default 500,000
            The rows of a partition, about.

        Returns
        -------
        PartitionedInspection
            The facts and findings.
        """
        from indicia.partitioned.inspection import inspect_partitions  # imported here, since scoring does not need it

        with self.origin.located():
            return inspect_partitions(
                self,
                table,
                engine,
                self.catalogue.with_checks(),
                sources=self._sources(table),
                columns_of_methods=self._columns_of_methods(),
                refused_variants=tuple(self._refused_variants()),
                profile=self._settings_of_checks(),
                rows=rows,
            )

    def _sources(self, table: object) -> Sources:
        """Return the names of the files that an inspection looks at."""
        from indicia.inspection import Sources  # imported here, since scoring does not need it

        data = self.definition.data
        first = [str(table)] if isinstance(table, str | Path) else [data.path] if table is None and data.path else []
        return Sources(
            _for_readers(self.origin.named_file) if self.origin.named_file else None,
            (*first, *(join.path for join in data.joins)),
            self.files_outside,
        )

    @names_its_arguments
    def inspect_frame(self, frame: pl.DataFrame, table: TableLike | None = None, *, look: bool = True) -> Inspection:
        """Inspect a frame that `read_table` returned.

        Parameters
        ----------
        frame : polars.DataFrame
            The data.
        table : path or frame, optional
            The source of the data, which is named for readers; by default the table of the index file.
        look : bool, default True
            False to prepare the facts without letting any check look at them.

        Returns
        -------
        Inspection
            The facts and findings.
        """
        from indicia.inspection import inspect  # imported here, since scoring does not need it

        with self.origin.located():
            return inspect(
                self.definition,
                self.tree,
                frame,
                self.catalogue.with_checks(),
                self.origin,
                sources=self._sources(table),
                inputs=self.inputs(frame),
                complete=self._complete_table(table),
                columns_of_methods=self._columns_of_methods(),
                refused_variants=tuple(self._refused_variants()),
                look=look,
                profile=self._settings_of_checks() if look else None,
            )

    def _settings_of_checks(self) -> CheckSettings | None:
        """Return the settings of checks of the profile that the index file names; None if it names none."""
        if self.definition.audit.profile is None:
            return None
        from indicia.audit.profile import read_profile  # imported here, since few index files name a profile

        return read_profile(None, self.definition, self.origin).check_settings

    def _refused_variants(self) -> Iterator[IndiciaError]:
        """Yield the error about each variant whose words are wrong, with the name of the variant."""
        for name in self.definition.variants if self.chosen is None else ():
            try:
                _ = self.variant(name).tree
            except IndiciaError as error:
                title = f'variant "{name}"'
                what = error.what if error.what.startswith(title) else f"{title} cannot be scored: {error.what}"
                yield DefinitionError(what, where=error.where, remedy=error.remedy)

    def _columns_of_methods(self) -> set[str]:
        """Return the columns that methods of the index, its variants and `[robustness]` use beside the indicators."""
        variants = () if self.chosen else self.definition.variants
        columns = {use.column.name for index in (self, *map(self.variant, variants)) for use in index.uses}
        for stage in STAGES:
            for choice in getattr(self.definition.robustness, stage):
                with suppress(IndiciaError):  # an analysis of robustness raises the error
                    columns |= set(self.catalogue.choose(stage, choice, self.origin.folder).used_names)
        return columns

    def _complete_table(self, table: object) -> pl.DataFrame | None:
        """Return the table with the rows that `[data] without` leaves out; None if it leaves out none."""
        if not self.definition.data.without or not (table is None or isinstance(table, str | Path)):
            return None
        with suppress(IndiciaError):  # a row that is no unit may have text in a column of numbers
            return self.with_options(settings={"data.without": []}).read_table(table)
        return None


def _for_readers(path: Path) -> str:
    """Return a path relative to the working directory, if it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
