"""The questions that users ask of an index: checks, comparisons, analyses and audits."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Self

from indicia.arguments import keywords_of, names_its_arguments
from indicia.auditable import Auditable
from indicia.definition import (
    OPTIONAL,
    STAGES,
    build_tree,
    catalogue_of_file,
    choose,
    define,
    with_choices,
)
from indicia.errors import UnknownArgument, suggest
from indicia.explainable import Explainable
from indicia.partitionable import Partitionable
from indicia.progress import Progress, silent
from indicia.result import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.citations import Citation
    from indicia.comparison import Comparison, Count
    from indicia.definition import Definition, Node, Origin, Use
    from indicia.engines import EngineName
    from indicia.result import Result
    from indicia.robustness import Robust, Stability, Study
    from indicia.types import (
        AggregationChoice,
        DataErrors,
        ImputationChoice,
        NormalisationChoice,
        Period,
        PublishedRanking,
        Settings,
        StageChoices,
        TableLike,
        TreatmentChoice,
        WeightDraws,
        WeightingChoice,
    )


class Questions(Auditable, Explainable, Partitionable, ABC):
    """An index that answers questions; each method imports the room that answers, since scoring needs none."""

    raw: Mapping[str, Any]
    catalogue: Catalogue
    origin: Origin
    chosen: str | None

    @property
    @abstractmethod
    def definition(self) -> Definition:
        """The definition, after all checks."""

    @property
    @abstractmethod
    def tree(self) -> Node:
        """The tree of dimensions and indicators, with a method at every node."""

    @property
    @abstractmethod
    def uses(self) -> tuple[Use, ...]:
        """The columns that methods of the index use beside the indicators; none if its methods cannot be combined."""

    @abstractmethod
    def read_table(self, table: TableLike | None = None, *, texts: Iterable[str] = ()) -> pl.DataFrame:
        """Read the data of the index: names of units as text, indicators as numbers."""

    @abstractmethod
    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score and rank the units of a frame that `read_table` returned."""

    @abstractmethod
    def inputs(self, frame: pl.DataFrame) -> Inputs:
        """Return the inputs of a result: the index, its methods, and a frame that `read_table` returned."""

    @abstractmethod
    def variant(self, name: str | None) -> Self:
        """Return one of the variants of the index; for None, the index without any variant."""

    @abstractmethod
    def with_options(
        self,
        *,
        settings: Settings | None = None,
        imputation: ImputationChoice | None = None,
        treatment: TreatmentChoice | None = None,
        normalisation: NormalisationChoice | None = None,
        weighting: WeightingChoice | None = None,
        aggregation: AggregationChoice | None = None,
    ) -> Self:
        """Return the index with other methods, by stage, or other settings, by dotted path."""

    @names_its_arguments
    def score(self, table: TableLike | None = None) -> Result:
        """Score and rank the units of a table.

        `table` is a path, a polars or pandas frame, or "-" for standard input; by default the table of the index file.
        """
        return self.score_frame(self.read_table(table))

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite: the index if it is published, Indicia, the methods, and the sources of data.

        `indicia.citations.render(index.cite(), "bibtex")` writes them; other formats are "ris" and "text".
        """
        return Inputs(self.definition, self.tree, self.catalogue, {}, self.origin).citations

    def compare(
        self,
        *others: Questions,
        table: TableLike | None = None,
        period: Period | None = None,
        against: PublishedRanking | None = None,
        count: Count = "distinct",
        progress: Progress = silent,
        imputation: ImputationChoice | Sequence[ImputationChoice] | None = None,
        treatment: TreatmentChoice | Sequence[TreatmentChoice] | None = None,
        normalisation: NormalisationChoice | Sequence[NormalisationChoice] | None = None,
        weighting: WeightingChoice | Sequence[WeightingChoice] | None = None,
        aggregation: AggregationChoice | Sequence[AggregationChoice] | None = None,
        **named: Questions | StageChoices,
    ) -> Comparison:
        """Compare methodologies on the same data.

        With lists of methods by stage, every combination is a methodology:
        `index.compare(normalisation=["min_max", "z_score"], weighting=["equal", "entropy"])`. Without lists, the
        methodologies are the index and its variants, or the index and `others`. A combination that cannot be scored is
        left out, with the reason.

        Parameters
        ----------
        others : Index or FittedIndex
            Further indices to compare with.
        table : path, frame or "-", optional
            The data; by default the table of the index file.
        period : optional
            The period of a panel; by default the last.
        against : path, frame or list of units, optional
            A published ranking: ranks, scores, or a list of the first units without order.
        count : {"distinct", "all"}
            Medians, shares, the consensus and effects count each distinct ranking once ("distinct"), or the ranking of
            every methodology ("all").
        progress : callable
            Receives the number of scored methodologies and the number of all.
        **methods
            Lists of methods, by stage.
        """
        from indicia.comparison import compare  # imported here, since scoring does not need it

        listed = {
            "imputation": imputation,
            "treatment": treatment,
            "normalisation": normalisation,
            "weighting": weighting,
            "aggregation": aggregation,
        }
        return compare(
            (self, *others),
            listed,
            named={name: self._methodology(name, methodology) for name, methodology in named.items()},
            table=table,
            period=period,
            against=against,
            count=count,
            progress=progress,
        )

    def _methodology(self, name: str, methodology: object) -> Questions:
        """Return the index of a methodology that `compare` gets by name: an index, or choices by stage."""
        if isinstance(methodology, Questions):
            return methodology
        if isinstance(methodology, Mapping):
            return self.with_options(**methodology)
        raise UnknownArgument(
            f'compare has no argument "{name}", and {methodology!r:.40} is no methodology',
            remedy=suggest(name, keywords_of(self.compare)),
        )

    @names_its_arguments
    def robustness(
        self,
        table: TableLike | None = None,
        *,
        period: Period | None = None,
        engine: EngineName = "memory",
        scheduler: str | None = None,
        workers: int | None = None,
        progress: Progress = silent,
        draws: int | None = None,
        seed: int | None = None,
        imputation: ImputationChoice | Sequence[ImputationChoice] | None = None,
        treatment: TreatmentChoice | Sequence[TreatmentChoice] | None = None,
        normalisation: NormalisationChoice | Sequence[NormalisationChoice] | None = None,
        weighting: WeightingChoice | Sequence[WeightingChoice] | None = None,
        aggregation: AggregationChoice | Sequence[AggregationChoice] | None = None,
        weights: WeightDraws | None = None,
        indicators: Literal["leave_one_out"] | None = None,
        dimensions: Literal["leave_one_out"] | None = None,
        data: DataErrors | None = None,
        top: Sequence[int] | None = None,
        sensitivity: int | None = None,
    ) -> Robust:
        """Analyse the uncertainty of ranks: score the index many times, each time with other choices.

        Parameters
        ----------
        table : path, frame or "-", optional
            The data; by default the table of the index file.
        period : optional
            The period of a panel; by default the last.
        engine : {"memory", "partitions", "dask", "spark"}
            "partitions" scores blocks of draws in processes on this machine, and "dask" and "spark" on a cluster. The
            result is the same with every engine and any number of workers, to the last digit.
        scheduler : str, optional
            The URL of a Dask scheduler or of a Spark master; by default the cluster runs on this machine.
        workers : int, optional
            The number of workers on this machine; default: one for each core.
        progress : callable
            Receives the number of scored draws and the number of all.
        **varied
            The choices that vary; they have the keys of `[robustness]` in the index file and replace its values:
            `index.robustness(draws=1000, seed=1, weights={"spread": 0.25}, normalisation=["min_max", "z_score"])`.

        Raises
        ------
        EngineError
            If an option of the engine is wrong, no scheduler replies, or a worker has other versions of packages.
        MissingDependency
            If Dask or Spark is not installed.
        """
        from indicia.robustness.draw_engine import DrawEngine  # imported here, since scoring does not need it

        draw_engine = DrawEngine.of(engine, scheduler, workers)
        varied = {
            "draws": draws,
            "seed": seed,
            "imputation": imputation,
            "treatment": treatment,
            "normalisation": normalisation,
            "weighting": weighting,
            "aggregation": aggregation,
            "weights": weights,
            "indicators": indicators,
            "dimensions": dimensions,
            "data": data,
            "top": top,
            "sensitivity": sensitivity,
        }
        words = {word: value for word, value in varied.items() if value is not None}
        design = {**self.raw.get("robustness", {}), **words}
        return self._draw(
            lambda: self.read_table(table),
            design,
            words,
            period,
            progress,
            adapt=lambda study: replace(study, engine=draw_engine),
        )

    def draw_frame(
        self,
        frame: pl.DataFrame,
        design: Mapping[str, Any],
        *,
        is_default: bool = False,
        with_scores: bool = False,
        period: Period | None = None,
        progress: Progress = silent,
    ) -> Robust:
        """Draw the choices of a design on a frame that `read_table` returned; no failing choice is an error.

        A choice with which the index cannot be scored is left out, and the result has the reason; a choice that changes
        no score is reported.

        Parameters
        ----------
        frame : DataFrame
            The data.
        design : mapping
            The choices that vary, with the keys of `[robustness]`; the table of the index file is not read. None among
            the methods of a stage stands for the methods of the index file.
        is_default : bool
            True if the choices are default ones, with that of the index first in each stage. A default choice of the
            same method then takes the place of the choice of the index if both rank alike, and it goes with more
            choices of other stages; else it is dropped.
        with_scores : bool
            True to keep the scores of all draws, which are computed again otherwise if they are needed.
        period : optional
            The period of a panel; by default the last.
        progress : callable
            Receives the number of scored draws and the number of all.

        Raises
        ------
        DefinitionError
            If nothing is left that varies.
        """
        return self._draw(
            lambda: frame,
            design,
            (),
            period,
            progress,
            adapt=lambda study: replace(study, with_scores=with_scores).without_failing_choices(is_default=is_default),
        )

    def _draw(
        self,
        read_frame: Callable[[], pl.DataFrame],
        design: Mapping[str, Any],
        options: Iterable[str],
        period: Period | None,
        progress: Progress,
        *,
        adapt: Callable[[Study], Study] = lambda study: study,
    ) -> Robust:
        """Analyse the robustness of ranks by a design; `options` are its words that stand in no index file."""
        from indicia.robustness import Study  # imported here, since scoring does not need it

        definition = self.definition
        origin = replace(self.origin, options=self.origin.options | {f"robustness.{word}" for word in options})
        settings = define({**self.raw, "robustness": design}, origin).robustness
        catalogue = catalogue_of_file(self.catalogue, definition, origin)
        seed = secrets.randbelow(2**32) if settings.seed is None else settings.seed
        for stage in STAGES:
            # an unknown method is a mistake of the user: it stops the run, and is not counted as a failed draw
            for choice in getattr(settings, stage):
                if choice is not None and (choice != "none" or stage not in OPTIONAL):
                    choose(catalogue, stage, choice, origin, ["robustness", stage])

        def plan(chosen: Mapping[str, Any]) -> tuple[Definition, Node]:
            choices = {stage: choice for stage, choice in chosen.items() if choice is not None}
            other = with_choices(definition, choices)
            return other, build_tree(other, self.catalogue, origin.with_stages_from("robustness", choices))

        frame = read_frame()
        with origin.located():
            study = Study(plan, frame, settings, seed, self.origin.folder, period, inputs=self.inputs(frame))
            return adapt(study).run(progress)

    @names_its_arguments
    def stability(
        self,
        table: TableLike | None = None,
        *,
        period: Period | None = None,
        units: int = 100,
        progress: Progress = silent,
    ) -> Stability:
        """Find the smallest changes that change the ranking: omitted parts, other weights, other units.

        Parameters
        ----------
        table : path, frame or "-", optional
            The data; by default the table of the index file.
        period : optional
            The period of a panel; by default the last.
        units : int
            The number of best-ranked units that are left out in turn and compared in pairs.
        progress : callable
            Receives the number of parts that were left out and the number of all.
        """
        from indicia.robustness import Stability  # imported here, since scoring does not need it

        frame = self.read_table(table)
        with self.origin.located():
            return Stability.of(
                self.definition,
                self.tree,
                frame,
                period=period,
                units=units,
                progress=progress,
                inputs=self.inputs(frame),
            )
