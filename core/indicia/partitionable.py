"""The runs of an index over a table in partitions, as methods of an index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.arguments import names_its_arguments
from indicia.auditable import ROWS_OF_PARTITION
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.engines import EngineName
    from indicia.partitioned.compare import ComparableIndex, PartitionedComparison
    from indicia.partitioned.result import PartitionedResult
    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        NormalisationChoice,
        PositiveInt,
        TreatmentChoice,
        WeightingChoice,
    )


if TYPE_CHECKING:
    _Index = ComparableIndex
else:
    # the properties of the protocol would hide the attributes of the index
    _Index = object


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
        from indicia.engines import open_engine  # imported here, since scoring in memory does not need it
        from indicia.partitioned.run import run_partitions

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
        from indicia.engines import open_engine
        from indicia.partitioned.compare import compare_partitions

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
