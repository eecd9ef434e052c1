"""The questions of an index that are analyses, as methods: `index.stability(table, units=10)`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from types import MethodType
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast, overload

from indicia.analyses import About, Analysis
from indicia.arguments import names_its_arguments, shown
from indicia.errors import DataError, MethodError, WrongArgument, suggest
from indicia.lazy import class_at
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from indicia.answers.answer import Answer
    from indicia.scorable import Scorable
    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        NormalisationChoice,
        PublishedRanking,
        StageChoices,
        TableLike,
        TreatmentChoice,
        WeightingChoice,
    )
    from indicia_after_score.audit import Audit
    from indicia_after_score.coherence import Coherence
    from indicia_after_score.compare import Compare
    from indicia_after_score.convergence import Convergence
    from indicia_after_score.coupling import Coupling
    from indicia_after_score.diff import Diff
    from indicia_after_score.explain import Explain
    from indicia_after_score.explained_answer import MoveAnswer
    from indicia_after_score.gap import Gap
    from indicia_after_score.importance import Importance
    from indicia_after_score.inequality import Inequality
    from indicia_after_score.move import Move
    from indicia_after_score.obstacles import Obstacles
    from indicia_after_score.reach import Reach
    from indicia_after_score.robust_answer import RobustAnswer
    from indicia_after_score.robustness import Robustness
    from indicia_after_score.stability import Stability
    from indicia_audit import AuditAnswer
    from indicia_audit.auditable import Auditable as Auditable
    from indicia_audit.inspection import Inspection as Inspection
    from indicia_bundle import Pack as Pack
    from indicia_bundle import Replay as Replay
    from indicia_bundle.fitted import FittedIndex as FittedIndex
    from indicia_compare import Comparable, ComparisonAnswer
    from indicia_compare import Comparison as Comparison
    from indicia_editions.difference import EditionDifference as EditionDifference
    from indicia_editions.edition import Edition as Edition
    from indicia_editions.recast import Recast as Recast
    from indicia_editions.scored_edition import EditionLike as EditionLike
    from indicia_editions.sources import Sources
    from indicia_engines import Engine as Engine
    from indicia_engines import EngineName as EngineName
    from indicia_partitions.partitionable import Partitionable as Partitionable
    from indicia_recognition import Recognised as Recognised
    from indicia_robustness import Robust as Robust

COMPARE = "indicia_after_score.compare:Compare"
P = ParamSpec("P")
A = TypeVar("A", bound=Analysis)
R = TypeVar("R")


class Calls(Generic[P, R]):
    """A function whose first argument is an index as a method of the index: `index.fit()` is `indicia.fit(index)`."""

    def __init__(self, function: Callable[Concatenate[Any, P], R] | str) -> None:
        self._place = str(function)

    def __get__(self, index: Any, owner: type) -> Callable[P, R]:
        function = class_at(self._place)
        return cast("Callable[P, R]", function if index is None else MethodType(function, index))


@contextmanager
def _called(index: object, name: str, given: Mapping[str, Any]) -> Iterator[None]:
    """Let errors on options name the call of a question."""
    try:
        yield
    except (MethodError, WrongArgument) as error:
        call = ", ".join(f"{word}={shown(value)}" for word, value in given.items())
        raise WrongArgument(error.what, where=f"{type(index).__name__}.{name}({call})", remedy=error.remedy) from error


class Asks(Generic[P, A]):
    """An analysis as a method of an index; its class, which is imported when it is asked, has options and docstring."""

    def __init__(self, analysis: Callable[P, A] | str) -> None:
        self._place = str(analysis)

    @overload
    def __get__(self: Asks[P, Audit], index: Any, owner: type) -> Bound[P, AuditAnswer]: ...

    @overload
    def __get__(self: Asks[P, Robustness], index: Any, owner: type) -> Bound[P, RobustAnswer]: ...

    @overload
    def __get__(self: Asks[P, Move], index: Any, owner: type) -> Bound[P, MoveAnswer]: ...

    @overload
    def __get__(self, index: Any, owner: type) -> Bound[P, Answer[A]]: ...

    def __get__(self, index: Any, owner: type) -> Any:
        return Bound(index, class_at(self._place))


class Bound(Generic[P, R]):
    """A question of one index."""

    def __init__(self, index: Scorable, analysis: Any) -> None:
        self._index, self._analysis = index, analysis
        self.__doc__ = analysis.__doc__

    def __call__(self, table: TableLike | None = None, /, *args: P.args, **options: P.kwargs) -> R:
        """Answer the question for a table; by default that of the index file. `progress` is as in `analyse`."""
        from indicia.answers.ask import answer_of, chosen  # imported here, since scoring does not need it

        given: dict[str, Any] = {**options}
        table, progress = given.pop("table", table), given.pop("progress", silent)
        with _called(self._index, self._analysis.name, given):
            asked: Any = self._analysis(*args, **given) if args else chosen(self._index, self._analysis.name, given)
        try:
            return cast("R", answer_of(self._index, asked, table, progress=progress))
        except DataError as error:
            if isinstance(table, str) and error.where == table and hasattr(asked, "of") and not Path(table).exists():
                error.remedy = f"{error.remedy}; {self._analysis.name}(of={shown(table)}) asks about a unit"
            raise


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The published ranking that methodologies are compared with."""

    against: Annotated[
        PublishedRanking | None,
        About("compare with a published table of ranks or scores, or a list of the top units", metavar="TABLE"),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Methodologies(Reference):
    """The methodologies of a comparison: lists of methods by stage, whose combinations are compared, and others."""

    others: Sequence[Scorable] | Mapping[str, Scorable | StageChoices] = ()
    """Further indices; or further methodologies by name, each an index or choices of methods by stage."""
    imputation: ImputationChoice | Sequence[ImputationChoice] | None = None
    treatment: TreatmentChoice | Sequence[TreatmentChoice] | None = None
    normalisation: NormalisationChoice | Sequence[NormalisationChoice] | None = None
    weighting: WeightingChoice | Sequence[WeightingChoice] | None = None
    aggregation: AggregationChoice | Sequence[AggregationChoice] | None = None

    def indices(self, index: Any) -> tuple[list[Comparable], dict[str, Comparable]]:
        """Return the further indices, and those that have a name."""
        if not isinstance(self.others, Mapping):
            return cast("list[Comparable]", [*self.others]), {}
        choices = {name: other for name, other in self.others.items() if isinstance(other, Mapping)}
        return [], {
            name: index.with_options(**choices[name]) if name in choices else cast("Comparable", other)
            for name, other in self.others.items()
        }


Methodologies.__init__ = names_its_arguments(Methodologies.__init__)  # type: ignore[method-assign]


def options_of_compare(index: Scorable, options: Mapping[str, Any]) -> tuple[Analysis, Methodologies]:
    """Return the analysis `compare` with its options, and the methodologies that others of the options name."""
    from indicia.answers.ask import chosen  # imported here, since scoring does not need it

    names = [option.name for owner in (Methodologies, class_at(COMPARE)) for option in fields(owner)]
    for name in options:
        if name not in names:
            raise WrongArgument(f'compare has no argument "{name}"', remedy=suggest(name, names))
    sources = {name: options[name] for name in options if name in Methodologies.__dataclass_fields__}
    methodologies = Methodologies(**sources)
    return chosen(index, "compare", {name: options[name] for name in options if name not in sources}), methodologies


def compared(
    index: Scorable, table: TableLike | None, analysis: Analysis, methodologies: Methodologies, progress: Progress
) -> ComparisonAnswer:
    """Compare an index with other methodologies."""
    # imported here, since scoring does not need them
    from indicia.definition import STAGES
    from indicia.packages import offered

    others, named = methodologies.indices(index)
    answer: ComparisonAnswer = offered("compared")(
        analysis,
        [cast("Comparable", index), *others],
        {stage: getattr(methodologies, stage) for stage in STAGES},
        named=named,
        table=table,
        against=methodologies.against,
        progress=progress,
    )
    return answer


if TYPE_CHECKING:

    @dataclass(frozen=True, kw_only=True)
    class _OfCompare(Methodologies, Compare):
        """The options of `index.compare`: the methodologies, and those of the analysis."""

        table: TableLike | None = None
        progress: Progress = silent

    class _Compares(Generic[P]):
        def __init__(self, options: Callable[P, object]) -> None: ...

        def __call__(
            self, table: TableLike | None = None, /, *args: P.args, **options: P.kwargs
        ) -> ComparisonAnswer: ...


if TYPE_CHECKING:

    @dataclass(frozen=True, kw_only=True)
    class _OfDiff(Sources, Diff):
        """The options of `indicia.diff`: how editions are read, and those of the analysis."""

        plugins: Iterable[str | Path] = ()
        allow_code: bool = False
        only_plugins: Iterable[str] | None = None

    class _Diff(Generic[P]):
        def __init__(self, options: Callable[P, object]) -> None: ...

        def __call__(
            self, old: EditionLike, new: EditionLike, /, *args: P.args, **options: P.kwargs
        ) -> EditionDifference: ...

        def __get__(self, index: object, owner: object) -> Callable[Concatenate[EditionLike, P], EditionDifference]: ...

    diff: Final = _Diff(_OfDiff)
    """The types of `indicia.diff`, and of `diff` of an index."""

    _Index = Scorable
else:
    # the properties of the protocol would hide the attributes of the index
    _Index = object


class Asked(_Index):
    """The questions of an index that are analyses."""

    if TYPE_CHECKING:  # a statement: type checkers lose the types in a conditional expression
        audit: Final = Asks(Audit)
        coherence: Final = Asks(Coherence)
        compare: Final = _Compares(_OfCompare)
        convergence: Final = Asks(Convergence)
        coupling: Final = Asks(Coupling)
        explain: Final = Asks(Explain)
        gap: Final = Asks(Gap)
        importance: Final = Asks(Importance)
        inequality: Final = Asks(Inequality)
        move: Final = Asks(Move)
        obstacles: Final = Asks(Obstacles)
        reach: Final = Asks(Reach)
        robustness: Final = Asks(Robustness)
        stability: Final = Asks(Stability)

        diff: Final = diff
    else:
        audit = Asks("indicia_after_score.audit:Audit")
        coherence = Asks("indicia_after_score.coherence:Coherence")
        convergence = Asks("indicia_after_score.convergence:Convergence")
        coupling = Asks("indicia_after_score.coupling:Coupling")
        explain = Asks("indicia_after_score.explain:Explain")
        gap = Asks("indicia_after_score.gap:Gap")
        importance = Asks("indicia_after_score.importance:Importance")
        inequality = Asks("indicia_after_score.inequality:Inequality")
        move = Asks("indicia_after_score.move:Move")
        obstacles = Asks("indicia_after_score.obstacles:Obstacles")
        reach = Asks("indicia_after_score.reach:Reach")
        robustness = Asks("indicia_after_score.robustness:Robustness")
        stability = Asks("indicia_after_score.stability:Stability")

        diff = Calls("indicia:diff")

        @names_its_arguments
        def compare(
            self, table: TableLike | None = None, *, progress: Progress = silent, **options: Any
        ) -> ComparisonAnswer:
            """Compare methodologies on the same data.

            With lists of methods by stage, every combination is a methodology. Without lists, the methodologies are
            the index and its variants, or the index with others. A combination that cannot be scored is left out, with
            the reason.

            Parameters
            ----------
            table : path, frame, dict or "-", optional
                The data; by default the table of the index file.
            progress : callable, optional
                Receives the number of scored methodologies and the number of all; by default nothing is reported.
            **options : optional
                `imputation`, `treatment`, `normalisation`, `weighting`, `aggregation`: a method or a list of methods of
                the stage, by default those of each index. `others`: further indices, or by their names for readers
                `{"expert": {"weighting": "entropy"}, "official": index.variant("official")}`. `against`: a published
                ranking, as a table of ranks or scores, or a list of the first units without order. The others are
                options of the analysis `compare`, by default those of `[analyses.compare]`.

            Returns
            -------
            ComparisonAnswer
                `sentences()`, `notes`, the tables of the analysis `compare` by `frame(name)`, and `figures`.

            Raises
            ------
            IndiciaError
                If fewer than two methodologies can be scored, or a method or a name is unknown.

            Examples
            --------
            >>> import indicia
            >>> indicators = {"income": {}, "co2": {"direction": "cost"}}
            >>> index = indicia.read({"data": {"unit": "city"}, "indicators": indicators})
            >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
            >>> index.compare(table, normalisation=["min_max", "z_score"], weighting=["equal", "critic"]).title
            'Index · 4 methodologies with 1 distinct ranking · 3 ranked units'
            >>> others = {"expert": {"weighting": "critic"}}
            >>> index.compare(table, others=others).frame("methodologies")["label"].to_list()
            ['as it stands', 'expert']
            """
            with _called(self, "compare", options):
                analysis, methodologies = options_of_compare(self, options)
            return compared(self, table, analysis, methodologies, progress)

    # fitted indices and packs stand above an index, which does not know their types
    fit: Final[Calls[..., Any]] = Calls("indicia:fit")
    pack: Final[Calls[..., Any]] = Calls("indicia:pack")

    @overload
    def analyse(self, analysis: A, table: TableLike | None = None, *, progress: Progress = silent) -> Answer[A]: ...

    @overload
    def analyse(
        self, analysis: str, table: TableLike | None = None, *, progress: Progress = silent, **options: Any
    ) -> Answer[Any]: ...

    @names_its_arguments
    def analyse(
        self,
        analysis: Analysis | str,
        table: TableLike | None = None,
        *,
        progress: Progress = silent,
        **options: Any,
    ) -> Answer[Any]:
        """Answer an analysis that a plugin offers; `indicia analyse` lists them.

        Parameters
        ----------
        analysis : str or Analysis
            The name of an analysis, or an instance with all of its options, such as `Obstacles(top=3)`.
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.
        progress : callable, optional
            Receives the finished part of the work and all of it; by default nothing is reported.
        **options : optional
            Options of an analysis that is named; by default those of `[analyses.NAME]` in the index file.

        Returns
        -------
        Answer
            The tables and sentences.

        Raises
        ------
        IndiciaError
            If there is no such analysis, an option is wrong, or the index has no answer.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
        >>> index.analyse("obstacles", table, top=1).frame().rows()
        [('Lima', 1, 'income', 1.0), ('Oslo', 1, 'co2', 1.0), ('Pune', 1, 'income', 0.9090909090909091)]
        """
        from indicia.answers.ask import answer_of, chosen  # imported here, since scoring does not need it

        return answer_of(self, chosen(self, analysis, options), table, progress=progress)
