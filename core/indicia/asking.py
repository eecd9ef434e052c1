"""The questions of an index that are analyses, as methods: `index.stability(table, units=10)`."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast, overload

from indicia.analyses import Analysis
from indicia.arguments import names_its_arguments, shown
from indicia.errors import MethodError, WrongArgument
from indicia.lazy import class_at
from indicia.progress import Progress, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass
    from pathlib import Path

    from indicia.answers.answer import Answer
    from indicia.editions.difference import EditionDifference
    from indicia.editions.scored_edition import EditionLike
    from indicia.editions.sources import Sources
    from indicia.scorable import Scorable
    from indicia.types import TableLike
    from indicia_after_score.coherence import Coherence
    from indicia_after_score.convergence import Convergence
    from indicia_after_score.coupling import Coupling
    from indicia_after_score.diff import Diff
    from indicia_after_score.importance import Importance
    from indicia_after_score.inequality import Inequality
    from indicia_after_score.obstacles import Obstacles
    from indicia_after_score.reach import Reach
    from indicia_after_score.robust_answer import RobustAnswer
    from indicia_after_score.robustness import Robustness
    from indicia_after_score.stability import Stability

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


class Asks(Generic[P, A]):
    """An analysis as a method of an index; its class, which is imported when it is asked, has options and docstring."""

    def __init__(self, analysis: Callable[P, A] | str) -> None:
        self._place = str(analysis)

    @overload
    def __get__(self: Asks[P, Robustness], index: Any, owner: type) -> Bound[P, RobustAnswer]: ...

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
        try:
            asked: Any = self._analysis(*args, **given) if args else chosen(self._index, self._analysis.name, given)
        except MethodError as error:
            call = ", ".join(f"{name}={shown(value)}" for name, value in given.items())
            where = f"{type(self._index).__name__}.{self._analysis.name}({call})"
            raise WrongArgument(error.what, where=where, remedy=error.remedy) from error
        return cast("R", answer_of(self._index, asked, table, progress=progress))


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
        coherence: Final = Asks(Coherence)
        convergence: Final = Asks(Convergence)
        coupling: Final = Asks(Coupling)
        importance: Final = Asks(Importance)
        inequality: Final = Asks(Inequality)
        obstacles: Final = Asks(Obstacles)
        reach: Final = Asks(Reach)
        robustness: Final = Asks(Robustness)
        stability: Final = Asks(Stability)

        diff: Final = diff
    else:
        coherence = Asks("indicia_after_score.coherence:Coherence")
        convergence = Asks("indicia_after_score.convergence:Convergence")
        coupling = Asks("indicia_after_score.coupling:Coupling")
        importance = Asks("indicia_after_score.importance:Importance")
        inequality = Asks("indicia_after_score.inequality:Inequality")
        obstacles = Asks("indicia_after_score.obstacles:Obstacles")
        reach = Asks("indicia_after_score.reach:Reach")
        robustness = Asks("indicia_after_score.robustness:Robustness")
        stability = Asks("indicia_after_score.stability:Stability")

        diff = Calls("indicia:diff")

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
