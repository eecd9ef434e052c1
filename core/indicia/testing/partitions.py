"""A run over partitions gives the figures of a run in memory, or refuses the method by name."""

from __future__ import annotations

import pickle
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.catalogue.over_partitions import verdict
from indicia.errors import IndiciaError
from indicia.formulas.recorder import forget
from indicia.index import Index
from indicia.partitioned.refusals import check_can_run_in_partitions
from indicia.partitioned.replay import Replay, Round
from indicia.partitioned.scoring import ScoreJob
from indicia.partitions.partition import NeedsAllRows
from indicia.run import score
from indicia.stages.plugin_boundary import attribute_errors_to
from indicia.testing.check import ON_TABLES, check
from indicia.testing.partition_differences import differences
from indicia.testing.partition_settings import SETTINGS
from indicia.testing.subject import catalogue_of
from indicia.testing.tolerance import EXACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from indicia.methods import Method
    from indicia.run import Scored
    from indicia.testing.partition_settings import Setting
    from indicia.testing.subject import Subject

ENOUGH: int | None = None
"""The number of settings in which a method is tried; None tries it in all settings."""

_PROMISE = "a run over partitions gives the same figures as a run in memory"
_DECLARED = "a method that needs all rows is refused by name before a run over partitions reads them"
_REMEDY = (
    "take each number of all rows from s, or from the words of indicators that merge; or declare that the method needs "
    "all rows (needs_all_rows of a weighting, MatrixAggregation, MatrixImputation)"
)


@check(*ON_TABLES)
def check_partitions(subject: Subject) -> None:
    """A run over partitions gives the same figures as a run in memory, or refuses the method by name before it starts.

    The tables have empty partitions and partitions of one row. An agreement and a consensus make no such promise: they
    compare rankings, and never look at the rows of a table.
    """
    settings = [setting for setting in SETTINGS if subject.kind in setting.kinds]
    if _is_refused(subject.method):
        for setting in settings[:ENOUGH]:
            _require_refusal(subject, setting)
        return
    compared = islice((setting for setting in settings if _compare(subject, setting)), ENOUGH)
    if not list(compared):
        reason = f": {subject.errors[-1]}" if subject.errors else ""
        subject.fail(_PROMISE, f"no table that was tried could be scored{reason}")


def _is_refused(method: Method) -> bool:
    """Return whether runs over partitions refuse a method; False if its formula fails, which a run then tells."""
    with suppress(IndiciaError), attribute_errors_to(method, "x"):
        own = verdict(method)
        return own is not None and not own.runs
    return False


def _require_refusal(subject: Subject, setting: Setting) -> None:
    """Fail unless the index of a setting is refused by the name of the method."""
    words, _ = setting.index_file(subject)
    try:
        check_can_run_in_partitions(Index(words, catalogue_of(subject.plugins)))
    except NeedsAllRows as error:
        if subject.method.name in str(error):
            return
        subject.fail(_DECLARED, f"{setting.name}: the refusal does not name the method: {error}")
    subject.fail(_DECLARED, f"{setting.name}: the index is not refused")


def _compare(subject: Subject, setting: Setting) -> bool:
    """Fail if runs over partitions and in memory differ in one setting; return False if both are errors."""
    words, frame = setting.index_file(subject)
    index = Index(words, catalogue_of(subject.plugins))
    # first over partitions: figures that a method keeps between its calls are then those of one partition
    over_partitions = _attempt(subject, setting, lambda: score_partitions(index, setting.partitions(frame)))
    in_memory = _attempt(subject, setting, lambda: [score(index.definition, index.tree, index.read_table(frame))])
    if isinstance(over_partitions, NeedsAllRows):
        subject.fail(_DECLARED, f"{setting.name}: it is refused during the run: {over_partitions}\n  fix: {_REMEDY}")
    if isinstance(over_partitions, IndiciaError) and isinstance(in_memory, IndiciaError):
        subject.errors.append(str(in_memory))
        return False
    if isinstance(over_partitions, IndiciaError):
        subject.fail(_PROMISE, f"{setting.name}: an error over partitions only: {over_partitions}")
    if isinstance(in_memory, IndiciaError):
        subject.fail(_PROMISE, f"{setting.name}: an error in memory only: {in_memory}")
    tolerance = max(EXACT, subject.method.iteration_tolerance)
    difference = next(differences(over_partitions, in_memory[0], tolerance), None)
    if difference is not None:
        subject.fail(_PROMISE, f"{setting.name}: {difference}\n  fix: {_REMEDY}")
    return True


def _attempt(subject: Subject, setting: Setting, work: Callable[[], list[Scored]]) -> list[Scored] | IndiciaError:
    try:
        with subject.watch(f"partitions, {setting.name}"):
            return work()
    except IndiciaError as error:
        return error


def score_partitions(index: Index, partitions: Sequence[pl.DataFrame]) -> list[Scored]:
    """Score the partitions of a table in this process, as other processes do."""
    check_can_run_in_partitions(index)
    with tempfile.TemporaryDirectory() as folder:
        return Replay(ScoreJob(index, _as_it_is), list(partitions), Path(folder)).run(_OtherProcesses())


@dataclass(frozen=True)
class _OtherProcesses:
    """Stands for other processes: each records formulas anew, and states of partitions are written and read."""

    def map(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Yield the outcomes in the order of the items."""
        for item in items:
            forget()
            outcome = function(item)
            if isinstance(outcome, Round):
                outcome = replace(outcome, questions=pickle.loads(pickle.dumps(outcome.questions)))
            yield outcome


def _as_it_is(frame: pl.DataFrame) -> pl.DataFrame:
    return frame
