"""The analyses of an index that score it many times: robustness and stability."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from indicia.arguments import names_its_arguments
from indicia.definition import (
    OPTIONAL,
    STAGES,
    build_tree,
    catalogue_of_file,
    choose,
    define,
    with_choices,
)
from indicia.progress import Progress, silent
from indicia.weight_regions import drawn_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import polars as pl

    from indicia.definition import Definition, Node
    from indicia.engines import EngineName
    from indicia.robustness import Robust, Study
    from indicia.robustness.outside_design import OutsideDesign
    from indicia.scorable import Scorable
    from indicia.types import (
        AggregationChoice,
        DataErrors,
        ImputationChoice,
        NormalisationChoice,
        Period,
        TableLike,
        TreatmentChoice,
        WeightDrawsLike,
        WeightingChoice,
    )

if TYPE_CHECKING:
    _Index = Scorable
else:
    # the properties of the protocol would hide the attributes of the index
    _Index = object


class Drawable(_Index):
    """An index that is scored with other choices; each method imports the room that answers."""

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
        imputations: int | None = None,
        weights: WeightDrawsLike | None = None,
        indicators: Literal["leave_one_out"] | None = None,
        dimensions: Literal["leave_one_out"] | None = None,
        data: DataErrors | None = None,
        top: Sequence[int] | None = None,
        sensitivity: int | None = None,
        morris: int | None = None,
        levels: int | None = None,
        design: TableLike | None = None,
    ) -> Robust:
        """Analyse the uncertainty of ranks: score the index many times, each time with other choices.

        The choices that vary have the words of `[robustness]` in the index file, and replace its values.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.
        period : str, int or date, optional
            The period of a panel; by default the last.
        engine : {"memory", "partitions", "dask", "spark"}, default "memory"
            "partitions" scores blocks of draws in processes on this machine, and "dask" and "spark" on a cluster. The
            result is the same with every engine and any number of workers, to the last digit.
        scheduler : str, optional
            The URL of a Dask scheduler or of a Spark master; by default the cluster runs on this machine.
        workers : int, optional
            The number of workers on this machine; by default one for each core.
        progress : callable, optional
            Receives the number of scored draws and the number of all; by default nothing is reported.
        draws : int, optional
            The number of draws; by default that of the index file, else 10,000.
        seed : int, optional
            The seed of the random numbers; by default that of the index file, else a seed is drawn and reported.
        imputation, treatment, normalisation, weighting, aggregation : a method or a list of methods, optional
            The methods of which each draw takes one.
        imputations : int, optional
            The number of imputations by random methods; each draw has one of them (multiple imputation). `pooled` of
            the result has the scores by Rubin's rules.
        weights : str or dict, optional
            The distribution of weights: "±25%", "simplex", "dirichlet(100)", "health >= 2 income", "panel.csv", or the
            same as one of `{"spread": 0.25}`, `{"simplex": True}`, `{"dirichlet": 100}`,
            `{"constraints": ["health >= 2 income"]}`, `{"table": "panel.csv"}`; ranges only as
            `{"ranges": {"income": [0.2, 0.4]}}`. See `indicia.types.WeightDraws`.
        indicators, dimensions : {"leave_one_out"}, optional
            Leave out at most one indicator or dimension in each draw.
        data : dict, optional
            Errors of measurement: `{"noise": 0.05}` as a share of the value, or `{"se": {"income": "income_se"}}`.
        top : sequence of int, optional
            The k for which the probability of a rank among the first k is reported; by default 10.
        sensitivity : int, optional
            The rows of the design of a sensitivity analysis (Sobol' indices), a power of two; by default there is none.
        morris : int, optional
            The number of trajectories for elementary effects, a screening of many weights and choices in few runs; by
            default there are none.
        levels : int, optional
            The levels of a weight on the trajectories, an even number; by default 4.
        design : path, frame, dict or "-", optional
            A table of runs in place of drawn ones: a row for each run, and columns of choices. The choices are methods
            of a stage ("normalisation"), a part that is left out ("indicators", "dimensions"), the number of a row of
            the table of weights ("weights"), or weights of parts (a column for each, with their names). With the rows
            of a design of Saltelli, the same runs have Sobol' indices.

        Returns
        -------
        Robust
            The ranks of all units in all draws, with intervals, tiers and probabilities.

        Raises
        ------
        EngineError
            If an option of the engine is wrong, no scheduler replies, or a worker has other versions of packages.
        MissingDependency
            If Dask or Spark is not installed.
        IndiciaError
            If nothing varies, or the index cannot be scored.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
        >>> robust = index.robustness(table, draws=200, seed=1, weights={"spread": 0.25})
        >>> robust.units.select("city", "rank", "lower", "upper").rows()
        [('Lima', 1, 1.0, 2.0), ('Oslo', 2, 1.0, 3.0), ('Pune', 3, 2.0, 3.0)]
        """
        from indicia.robustness.draw_engine import DrawEngine  # imported here, since scoring does not need it

        draw_engine = DrawEngine.of(engine, scheduler, workers)
        varied = {
            "draws": draws,
            "seed": seed,
            "imputation": imputation,
            "imputations": imputations,
            "treatment": treatment,
            "normalisation": normalisation,
            "weighting": weighting,
            "aggregation": aggregation,
            "weights": drawn_weights(weights),
            "indicators": indicators,
            "dimensions": dimensions,
            "data": data,
            "top": top,
            "sensitivity": sensitivity,
            "morris": morris,
            "levels": levels,
        }
        words = {word: value for word, value in varied.items() if value is not None}
        stated = {**self.raw.get("robustness", {}), **words}
        return self._draw(
            lambda: self.read_table(table),
            stated if design is None else {**stated, "design": design},
            words if design is None else {**words, "design": design},
            period,
            progress,
            adapt=lambda study: replace(study, engine=draw_engine),
        )

    @names_its_arguments
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
        frame : polars.DataFrame
            The data, as `read_table` returns them.
        design : mapping
            The choices that vary, with the keys of `[robustness]`; the table of the index file is not read. None among
            the methods of a stage stands for the methods of the index file.
        is_default : bool, default False
            True if the choices are default ones, with that of the index first in each stage. A default choice of the
            same method then takes the place of the choice of the index if both rank alike, and it goes with more
            choices of other stages; else it is dropped.
        with_scores : bool, default False
            True to keep the scores of all draws, which are computed again otherwise if they are needed.
        period : str, int or date, optional
            The period of a panel; by default the last.
        progress : callable, optional
            Receives the number of scored draws and the number of all; by default nothing is reported.

        Returns
        -------
        Robust
            The ranks of all units in all draws.

        Raises
        ------
        DefinitionError
            If nothing is left that varies.
        """

        def adapt(study: Study) -> Study:
            study = replace(study, with_scores=with_scores, strict=False)
            # the numbers of a design of the user stand for alternatives that must all be there
            return study if study.outside else study.without_failing_choices(is_default=is_default)

        if design.get("design") is not None:
            design = {word: value for word, value in design.items() if word not in ("draws", "sensitivity")}
        return self._draw(lambda: frame, design, (), period, progress, adapt=adapt)

    def _draw(
        self,
        read_frame: Callable[[], pl.DataFrame],
        design: Mapping[str, Any],
        options: Collection[str],
        period: Period | None,
        progress: Progress,
        *,
        adapt: Callable[[Study], Study] = lambda study: study,
    ) -> Robust:
        """Analyse the robustness of ranks by a design; `options` are its words that stand in no index file."""
        from indicia.robustness import Study  # imported here, since scoring does not need it

        definition, outside = self.definition, None
        if design.get("design") is not None:
            outside = self._outside_design(design, options)
            explicit = options if "design" in options else design
            design = outside.settings(design, explicit)
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
            return adapt(replace(study, outside=outside)).run(progress)

    def _outside_design(self, design: Mapping[str, Any], options: Iterable[str]) -> OutsideDesign:
        """Read the runs that the user brings: an option from the current folder, a word from that of the index file."""
        from indicia.robustness.outside_design import OutsideDesign  # imported here, since few analyses have one

        folder = Path() if "design" in options else self.origin.folder
        return OutsideDesign.read(design["design"], folder)
