"""The runs of an index over a table in partitions, as methods of an index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from indicia.arguments import names_its_arguments
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        NormalisationChoice,
        PositiveInt,
        TreatmentChoice,
        WeightingChoice,
    )
    from indicia_audit.auditable import AuditableIndex
    from indicia_engines import Engine, EngineName
    from indicia_partitions.compare import ComparableIndex, PartitionedComparison
    from indicia_partitions.inspection import PartitionedInspection
    from indicia_partitions.result import PartitionedResult


if TYPE_CHECKING:

    class _Index(AuditableIndex, ComparableIndex, Protocol):
        """An index that is inspected and compared."""

else:
    # the properties of the protocol would hide the attributes of the index
    _Index = object

ROWS_OF_PARTITION = 500_000
"""The rows of a partition, about."""


class Partitionable(_Index):
    """An index that is scored over partitions; each method imports the room that answers."""

    @names_its_arguments
    def score_partitions(
        self,
        output: str | Path,
        table: str | Path | None = None,
        *,
        engine: EngineName = "partitions",
        scheduler: str | None = None,
        workers: int | None = None,
        rows: PositiveInt = ROWS_OF_PARTITION,
        replace: bool = False,
        progress: Progress = silent,
    ) -> PartitionedResult:
        """Score and rank the units of a table in partitions, and write a folder of Parquet files.

        The numbers are those of `score`, to 1e-12 of their scale; memory holds some partitions at a time.

        Parameters
        ----------
        output : path
            The folder of the scores. A run that was broken off there takes up where it stopped.
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
            The rows of a partition, about; fewer rows need less memory.
        replace : bool, default False
            Replace the results of another run in the folder.
        progress : callable, optional
            Receives the number of partitions that are written, and the number of all; by default nothing is reported.

        Returns
        -------
        PartitionedResult
            The folder, with its tables as lazy frames.

        Raises
        ------
        NeedsAllRows
            For methods that need all rows at once.
        EngineError
            If no scheduler replies, or workers lack packages.
        """
        from indicia_engines import open_engine  # imported here, since scoring in memory does not need it
        from indicia_partitions.run import run_partitions

        with open_engine(engine, scheduler=scheduler, workers=workers) as opened:
            return run_partitions(self, table, Path(output), opened, rows=rows, replace=replace, progress=progress)

    @names_its_arguments
    def compare_partitions(
        self,
        output: str | Path,
        table: str | Path | None = None,
        *,
        engine: EngineName = "partitions",
        scheduler: str | None = None,
        workers: int | None = None,
        rows: PositiveInt = ROWS_OF_PARTITION,
        replace: bool = False,
        progress: Progress = silent,
        imputation: ImputationChoice | Sequence[ImputationChoice] | None = None,
        treatment: TreatmentChoice | Sequence[TreatmentChoice] | None = None,
        normalisation: NormalisationChoice | Sequence[NormalisationChoice] | None = None,
        weighting: WeightingChoice | Sequence[WeightingChoice] | None = None,
        aggregation: AggregationChoice | Sequence[AggregationChoice] | None = None,
    ) -> PartitionedComparison:
        """Compare methodologies on a table in partitions, and write the ranks of all units to a folder.

        Parameters
        ----------
        output, table, engine, scheduler, workers, rows, replace, progress : optional
            See `score_partitions`.
        imputation, treatment, normalisation, weighting, aggregation : a method or a list of methods, optional
            The methods of each stage, of which every combination is a methodology; by default those of the index.

        Returns
        -------
        PartitionedComparison
            The folder, with the ranks of all units.

        Raises
        ------
        DefinitionError
            If fewer than two methodologies can be scored.
        """
        from indicia_engines import open_engine
        from indicia_partitions.compare import compare_partitions

        listed = {
            "imputation": imputation,
            "treatment": treatment,
            "normalisation": normalisation,
            "weighting": weighting,
            "aggregation": aggregation,
        }
        options: dict[str, Any] = {"rows": rows, "replace": replace, "progress": progress}
        with open_engine(engine, scheduler=scheduler, workers=workers) as opened:
            return compare_partitions(self, listed, table, Path(output), opened, **options)

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
        from indicia_engines import open_engine

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
        from indicia_audit.auditable import columns_of_methods, settings_of_checks, sources_of
        from indicia_partitions.inspection import inspect_partitions

        with self.origin.located():
            return inspect_partitions(
                self,
                table,
                engine,
                self.catalogue.with_checks(),
                sources=sources_of(self, table),
                columns_of_methods=columns_of_methods(self),
                refused_variants=tuple(self.refused_variants()),
                profile=settings_of_checks(self),
                rows=rows,
            )
