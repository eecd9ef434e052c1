"""The questions that users ask of an index: checks, comparisons, analyses and audits."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from indicia.definition import (
    OPTIONAL,
    STAGES,
    build_tree,
    catalogue_of_file,
    choose,
    define,
    files_outside,
    with_choices,
)
from indicia.errors import DefinitionError, IndiciaError
from indicia.explainable import Explainable
from indicia.progress import Progress, silent
from indicia.result import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from indicia.audit import Audit, CoherenceReport, ImportanceReport
    from indicia.catalogue import Catalogue
    from indicia.citations import Citation
    from indicia.comparison import Comparison, Count
    from indicia.definition import Definition, Node, Origin, Use
    from indicia.inspection import Inspection
    from indicia.inspection.chosen_checks import CheckSettings
    from indicia.result import Result
    from indicia.robustness import Robust, Stability, Study
    from indicia.statistics.importance import Measure


class Questions(Explainable, ABC):
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
    def read_table(self, table: object = None) -> pl.DataFrame:
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
    def with_options(self, *, settings: Mapping[str, Any] | None = None, **methods: object) -> Self:
        """Return the index with other methods, by stage, or other settings, by dotted path."""

    def score(self, table: object = None) -> Result:
        """Score and rank the units of a table.

        `table` is a path, a polars or pandas frame, or "-" for standard input; by default the table of the index file.
        """
        return self.score_frame(self.read_table(table))

    @property
    def files_outside(self) -> tuple[str, ...]:
        """The tables, judgements and plugins of the index file that are outside its folder."""
        return files_outside(self.definition, self.tree, self.origin)

    def check(self, table: object = None) -> Inspection:
        """Inspect the definition and the data without scoring: facts by indicator and unit, and findings of checks."""
        return self.inspect_frame(self.read_table(table), table)

    def inspect_frame(self, frame: pl.DataFrame, table: object = None, *, look: bool = True) -> Inspection:
        """Inspect a frame that `read_table` returned; `table` is its source, for readers.

        If `look` is false, no check looks at the facts.
        """
        from indicia.inspection import Sources, inspect  # imported here, since scoring does not need it

        data = self.definition.data
        first = [str(table)] if isinstance(table, str | Path) else [data.path] if table is None and data.path else []
        sources = Sources(
            _for_readers(self.origin.named_file) if self.origin.named_file else None,
            (*first, *(join.path for join in data.joins)),
            self.files_outside,
        )
        with self.origin.located():
            return inspect(
                self.definition,
                self.tree,
                frame,
                self.catalogue.with_checks(),
                self.origin,
                sources=sources,
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

    def audit(
        self,
        table: object = None,
        *,
        period: object = None,
        profile: str | None = None,
        draws: int | None = None,
        seed: int | None = None,
        full: bool = False,
        progress: Progress = silent,
    ) -> Audit:
        """Audit the index: let all checks look at its data, scores, ranks, draws and further runs.

        Parameters
        ----------
        table : path, frame or "-", optional
            The data; by default the table of the index file.
        period : optional
            The period of a panel whose scores are audited; by default the last.
        profile : str, optional
            The name of a profile of thresholds and severities, or the path of a TOML file; by default that of
            `[audit]` in the index file, else "jrc".
        draws : int, optional
            The number of draws of the uncertainty analysis; by default that of `[audit]`, else that of the profile.
        seed : int, optional
            The seed of the random numbers; by default that of `[audit]`, else 1.
        full : bool
            True for the checks that take long: Sobol' indices, each unit left out, frontiers without bounds.
        progress : callable
            Receives the number of scored draws and the number of all.

        Returns
        -------
        Audit
            `verdict`, `chapters`, `findings`, `unwaived`, `waived`, `failing()`; `frame(name)` has the tables of
            `--show`, and `export(path)` writes an annex.

        Raises
        ------
        IndiciaError
            If the index cannot be scored, or `[checks]`, `[audit]` or the profile is wrong.
        """
        from indicia.audit import AuditSettings, audit  # imported here, since scoring does not need it

        settings = AuditSettings.of(self, profile=profile, draws=draws, seed=seed, period=period, is_full=full)
        return audit(self, self.read_table(table), settings, table=table, progress=progress)

    def coherence(self, table: object = None, *, period: object = None) -> CoherenceReport:
        """Compute correlations, reliability, adequacy, components, clusters and moments of the index.

        Parameters
        ----------
        table : path, frame or "-", optional
            The data; by default the table of the index file.
        period : optional
            The period of a panel; by default the last.

        Returns
        -------
        CoherenceReport
            The tables `correlations`, `rank_correlations`, `node_correlations`, `partial`, `reliability`, `items`,
            `adequacy`, `adequacy_items`, `eigenvalues`, `loadings`, `rotated`, `promax`, `factor_correlations`,
            `clusters`, `merges`, `cophenetic` and `moments`, each computed when it is asked for.

        Raises
        ------
        IndiciaError
            If the index cannot be scored, or the period is not in the data.
        MissingDependency
            For clusters without scipy: pip install 'indicia[audit]'.
        """
        from indicia.audit import coherence_report  # imported here, since scoring does not need it

        return coherence_report(self, self.read_table(table), period=period, table=table)

    def importance(
        self, table: object = None, *, period: object = None, measures: Sequence[Measure] | None = None
    ) -> ImportanceReport:
        """Compute the importance of indicators and dimensions beside their weights, inequality, and neighbours.

        Parameters
        ----------
        table : path, frame or "-", optional
            The data; by default the table of the index file.
        period : optional
            The period of a panel; by default the last.
        measures : sequence of str, optional
            The measures of the table `main_effects`, such as "kernel" or "distance_correlation"; by default all. See
            `indicia.analysis.importance`.

        Returns
        -------
        ImportanceReport
            The tables `importance`, `main_effects`, `weights_for_importance`, `coefficients`, `inequality`,
            `inequality_by_group`, `spatial` and `local_spatial`, each computed when it is asked for.

        Raises
        ------
        IndiciaError
            If the index cannot be scored, or the period is not in the data.
        """
        from indicia.audit import importance_report  # imported here, since scoring does not need it

        chosen = {} if measures is None else {"measures": measures}
        return importance_report(self, self.read_table(table), period=period, table=table, **chosen)

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

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite: the index if it is published, Indicia, the methods, and the sources of data.

        `indicia.citations.render(index.cite(), "bibtex")` writes them; other formats are "ris" and "text".
        """
        return Inputs(self.definition, self.tree, self.catalogue, {}, self.origin).citations

    def compare(
        self,
        *others: Questions,
        table: object = None,
        period: object = None,
        against: object = None,
        count: Count = "distinct",
        progress: Progress = silent,
        **methods: object,
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

        return compare(
            (self, *others), methods, table=table, period=period, against=against, count=count, progress=progress
        )

    def robustness(
        self, table: object = None, *, period: object = None, progress: Progress = silent, **varied: object
    ) -> Robust:
        """Analyse the uncertainty of ranks: score the index many times, each time with other choices.

        Parameters
        ----------
        table : path, frame or "-", optional
            The data; by default the table of the index file.
        period : optional
            The period of a panel; by default the last.
        progress : callable
            Receives the number of scored draws and the number of all.
        **varied
            The choices that vary; they have the keys of `[robustness]` in the index file and replace its values:
            `index.robustness(draws=1000, seed=1, weights={"spread": 0.25}, normalisation=["min_max", "z_score"])`.
        """
        words = {word: value for word, value in varied.items() if value is not None}
        design = {**self.raw.get("robustness", {}), **words}
        return self._draw(lambda: self.read_table(table), design, words, period, progress)

    def draw_frame(
        self,
        frame: pl.DataFrame,
        design: Mapping[str, Any],
        *,
        is_default: bool = False,
        period: object = None,
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
            adapt=lambda study: study.without_failing_choices(is_default=is_default),
        )

    def _draw(
        self,
        read_frame: Callable[[], pl.DataFrame],
        design: Mapping[str, Any],
        options: Iterable[str],
        period: object,
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

    def stability(
        self, table: object = None, *, period: object = None, units: int = 100, progress: Progress = silent
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


def _for_readers(path: Path) -> str:
    """Return a path relative to the working directory, if it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
