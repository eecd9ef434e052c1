"""The results of an index that a page or a file shows: scores, rank intervals, variants, audit, earlier edition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from indicia.data import TableAsRead
from indicia.definition import check_language
from indicia.errors import IndiciaError
from indicia.progress import Progress, silent
from indicia_paper.dossier.intervals import rank_intervals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    import polars as pl

    from indicia.answers.answer import Answer
    from indicia.catalogue import Catalogue
    from indicia.outputs import Need
    from indicia.questions import Questions
    from indicia.result import Result
    from indicia.types import Period, TableLike
    from indicia_audit import AuditAnswer
    from indicia_audit.inspection import Inspection
    from indicia_compare import ComparisonAnswer
    from indicia_editions.difference import EditionDifference
    from indicia_robustness import Robust

T = TypeVar("T")

LARGE = 5_000
"""The most values, units times indicators, that are audited for a page: an audit of more takes longer than the page."""


@dataclass(frozen=True)
class Dossier:
    """The results of an index together; an analysis that fails is an error in place of its result."""

    result: Result
    period: Period | None = None
    """The period of a panel that pages show; None for the last."""
    robust: Robust | IndiciaError | None = None
    """The rank intervals; None if nobody asked for them."""
    compared: ComparisonAnswer | IndiciaError | None = None
    """The comparison of the variants; None for an index without variants."""
    audit: AuditAnswer | Inspection | IndiciaError | None = None
    """The audit; of a large table, the checks of the index file and of the data."""
    difference: EditionDifference | None = None
    """The difference from an earlier edition, if the page shows it."""
    language: str | None = None
    """The language that a page opens in; None for the first of the index file."""
    catalogue: Catalogue | None = None
    """The catalogue whose sections a page has; None for that of the installed plugins."""
    trial: Trial | None = None
    """The methods that a reader tries; None for the methodology of the index file."""
    answers: tuple[Answer[Any] | IndiciaError, ...] = ()
    """The answers of the analyses of `[analyses]`."""

    @property
    def settings(self) -> dict[str, Any]:
        """The entries that the draws, the comparison and a trial add to the manifest of the scores."""
        settings: dict[str, Any] = {}
        if self.difference is not None:
            settings["since"] = self.difference.old.manifest
        if self.trial is not None:
            settings["tried"] = self.trial.command
        if self.robust and not isinstance(self.robust, IndiciaError):
            settings |= {word: self.robust.manifest[word] for word in ("period", "seed", "varied", "weights_table")}
        if self.compared and not isinstance(self.compared, IndiciaError):
            settings |= {word: self.compared.manifest[word] for word in ("period", "methodologies")}
        return settings


def compile_dossier(
    index: Questions,
    table: TableLike | None = None,
    *,
    needs: Collection[Need] = ("intervals", "comparison"),
    period: Period | None = None,
    language: str | None = None,
    draws: int | None = None,
    seed: int | None = None,
    difference: EditionDifference | None = None,
    progress: Progress = silent,
) -> Dossier:
    """Score an index, and compute the further results that a page or a file needs.

    Parameters
    ----------
    index
        The index.
    table
        A data frame or a path; default: the data that the index file names.
    needs
        The results besides the scores: "intervals", "comparison" (of the variants), "audit".
    period
        The period of a panel; default: the last.
    language
        The language that a page opens in; default: the first of the index file.
    draws, seed
        The number of draws and their seed; default: those of [robustness].
    difference
        The difference from an earlier edition: `indicia.diff(earlier, index)`.
    progress
        A function that is called with the number of finished draws and the number of all draws.

    Raises
    ------
    IndiciaError
        If the index cannot be scored. If a further analysis fails, the dossier holds its error.
    """
    check_language(language, index.definition)
    frame = index.read_table(table)
    table = TableAsRead(frame)
    result = index.score_frame(frame)
    robust = compared = audit = None
    if "intervals" in needs:
        robust = _attempt(
            lambda: rank_intervals(index, table, period=period, draws=draws, seed=seed, progress=progress)
        )
    if "comparison" in needs and index.definition.variants and not index.chosen:
        compared = _attempt(lambda: index.compare(table=table, period=period, progress=progress))
    if "audit" in needs:
        audit = _attempt(lambda: _audit(index, frame, table, period))
    answers = tuple(_answers(index, table, result, period, progress)) if index.definition.analyses else ()
    return Dossier(result, period, robust, compared, audit, difference, language, index.catalogue, answers=answers)


def _answers(
    index: Questions, table: TableAsRead, result: Result, period: Period | None, progress: Progress
) -> Iterator[Answer[Any] | IndiciaError]:
    """Yield the answers of the analyses of the index file, which share the scores and further facts."""
    from indicia.analyses import Facts
    from indicia.answers.ask import answer_of, chosen
    from indicia.answers.needs import Asked, Scores, Subject

    facts = Facts({Asked(): Subject(index, table, period), Scores(): result}, progress)
    for name in index.definition.analyses:
        yield _attempt(partial(answer_of, index, chosen(index, name, {}), facts=facts))


def _audit(index: Questions, frame: pl.DataFrame, table: TableLike, period: Period | None) -> AuditAnswer | Inspection:
    """Audit a table; let only the checks of the index file and of the data look at a large one."""
    if len(frame) * len(index.definition.indicators) > LARGE:
        return index.inspect_frame(frame)
    return index.audit(table, period=period)


def _attempt(analysis: Callable[[], T]) -> T | IndiciaError:
    try:
        return analysis()
    except IndiciaError as error:
        return error


@dataclass(frozen=True)
class TriedMethod:
    """A method that a reader tries."""

    stage: str
    method: str
    """The method as the reader writes it: "min_max(lower=1, upper=100)"."""
    part: str | None = None
    """The dimension or indicator that has the method; None for the index."""
    in_place_of: str | None = None
    """The method that it replaces; None if it cannot be told."""


@dataclass(frozen=True)
class Trial:
    """A methodology that a reader tries, or a variant in place of the index."""

    methods: tuple[TriedMethod, ...]
    variant: str | None
    """The variant that the methods change; None for the index."""
    command: str
    """The command that gives the same scores."""
