"""A run over partitions gives the figures of a run in memory, or refuses the method by name."""

from __future__ import annotations

import pickle
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.catalogue.over_partitions import verdict
from indicia.defaults import NORMALISATION
from indicia.errors import IndiciaError
from indicia.formulas.recorder import forget
from indicia.index import Index
from indicia.partitions.partition import NeedsAllRows
from indicia.run import Scored, score
from indicia.stages.plugin_boundary import attribute_errors_to
from indicia.tables.scope import VALUE, Value
from indicia_conformance.check import ON_TABLES, PREPARING, SCORING, check
from indicia_conformance.sample import Columns, Sample, Words
from indicia_conformance.subject import Subject, catalogue_of
from indicia_conformance.tolerance import EXACT, size_of
from indicia_partitions.replay import Replay, Round, ScoreJob
from indicia_partitions.table import check_can_run_in_partitions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from indicia.formulas import Question
    from indicia.methods import Method

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


_FRAMES = ("prepared", "normalised", "components", "nodes")


def differences(over_partitions: Sequence[Scored], in_memory: Scored, tolerance: float = EXACT) -> Iterator[str]:
    """Yield a sentence for each figure that differs, with the unit and both numbers.

    Figures are equal if they differ by at most 1e-12 of the largest figure of their column, or by the tolerance.

    Parameters
    ----------
    over_partitions
        The outcomes of partitions, in the order of their rows.
    in_memory
        The outcome of all rows.
    tolerance
        The largest difference, as a share of the largest figure of the column.
    """
    units = pl.concat([scored.units for scored in over_partitions])
    if not units.equals(in_memory.units):
        yield f"the units are {units.rows()} over partitions, and {in_memory.units.rows()} in memory"
        return
    rows = [" ".join(map(str, key)) for key in units.select(in_memory.source.key).rows()]
    for kind in _FRAMES:
        figures = pl.concat([getattr(scored, kind) for scored in over_partitions])
        expected: pl.DataFrame = getattr(in_memory, kind)
        if figures.columns != expected.columns:
            yield f"the {kind} are those of {figures.columns} over partitions, and of {expected.columns} in memory"
            continue
        for column in expected:
            yield from _of_column(f"{column.name} ({kind})", rows, figures[column.name], column, tolerance)
    for scored in over_partitions:
        yield from _of_weights(scored, in_memory, tolerance)
        yield from _of_statistics(scored, in_memory, tolerance)


def _of_column(
    name: str, rows: Iterable[str], figures: Iterable[Any], expected: Iterable[Any], tolerance: float
) -> Iterator[str]:
    """Yield a sentence for each row whose figure differs."""
    expected = list(expected)
    size = size_of(expected)
    for row, figure, other in zip(rows, figures, expected, strict=True):
        if (figure is None) != (other is None) or (figure is not None and not abs(figure - other) <= tolerance * size):
            yield f"{name} of {row} is {figure} over partitions, and {other} in memory"


def _of_weights(scored: Scored, in_memory: Scored, tolerance: float) -> Iterator[str]:
    for node in in_memory.tree.nodes():
        figures, expected = scored.node_weights[node.id], in_memory.node_weights[node.id]
        parts = [part.id for part in node.components]
        if expected.keys is None:
            yield from _of_column(f"the weight in {node.id}", parts, figures.values, expected.values, tolerance)
            continue
        keys = [] if figures.keys is None else figures.keys.rows()
        rows = dict(zip(keys, figures.values, strict=True))
        for key, values in zip(expected.keys.rows(), expected.values, strict=True):
            place = f"the weight in {node.id}, {', '.join(map(str, key))},"
            yield from _of_column(place, parts, rows.get(key, [None] * len(parts)), values, tolerance)


def _of_statistics(scored: Scored, in_memory: Scored, tolerance: float) -> Iterator[str]:
    figures = _statistics_of(scored)
    for (stage, question), value in _statistics_of(in_memory).items():
        yield from _of_statistic(f"the {question} ({stage})", figures.get((stage, question)), value, tolerance)


def _statistics_of(scored: Scored) -> dict[tuple[str, Question], Value]:
    return {
        (record.stage, question): value for record in scored.records for question, value in record.statistics.items()
    }


def _of_statistic(name: str, figures: Value, expected: Value, tolerance: float) -> Iterator[str]:
    if isinstance(expected, pl.DataFrame):
        keys = [column for column in expected.columns if column != VALUE]
        if not isinstance(figures, pl.DataFrame):
            yield f"{name} is {figures} over partitions, and has a value for each {', '.join(keys)} in memory"
            return
        joined = expected.join(figures, on=keys, how="left", nulls_equal=True)
        rows = [", ".join(map(str, key)) for key in joined.select(keys).rows()]
        if joined[VALUE].dtype.is_nested():  # a statistic of several numbers
            pairs = zip(rows, joined[f"{VALUE}_right"].to_list(), joined[VALUE].to_list(), strict=True)
            for row, figure, other in pairs:
                yield from _of_statistic(f"{name} of {row}", figure, other, tolerance)
            return
        yield from _of_column(name, rows, joined[f"{VALUE}_right"], joined[VALUE], tolerance)
    elif isinstance(expected, list):
        values = figures if isinstance(figures, list) else [None] * len(expected)
        yield from _of_column(name, [f"number {place}" for place in range(len(expected))], values, expected, tolerance)
    else:
        yield from _of_column(name, ["all rows"], [figures], [expected], tolerance)


COMPLETE: Columns = {
    "x0": [4.0, 2.0, 7.0, 3.5, 5.0, 3.0, 6.0, 1.5, 8.0, 2.5, 4.5, 6.5],
    "x1": [5.0, 6.0, 2.0, 8.0, 4.0, 7.0, 1.0, 3.0, 2.5, 5.5, 6.0, 4.5],
    "x2": [2.0, 5.0, 8.0, 1.5, 7.0, 1.0, 9.0, 4.0, 6.0, 3.0, 5.0, 2.5],
}
"""Values of which each partition has other extremes; the largest and smallest values stand in different partitions."""

GAPS: Columns = {
    "x0": [4.0, 2.0, 7.0, None, 5.0, 3.0, 6.0, 1.5, 8.0, None, 4.5, 6.5],
    "x1": [5.0, 6.0, 2.0, 8.0, 4.0, 7.0, None, 3.0, 2.5, 5.5, 6.0, None],
    "x2": [2.0, None, 8.0, 1.5, 7.0, None, 9.0, 4.0, 6.0, 3.0, 5.0, 2.5],
}
"""Values with gaps; the first partition has gaps of other indicators than the last."""

_CONSTANT_IN_PARTITIONS: Columns = {
    "x0": [4.0, 4.0, 4.0, 4.0, 4.0, 3.0, 6.0, 1.5, 8.0, 2.5, 4.5, 6.5],
    "x1": [None, None, None, None, None, 7.0, 1.0, 3.0, 2.5, 5.5, 6.0, 4.5],
    "x2": [2.0, 5.0, 8.0, 1.5, 7.0, 1.0, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5],
}
"""An indicator that does not vary in the first partition, one without a value there, and one constant in the last."""

_CONSTANT: Columns = {**GAPS, "x1": [5.0] * 12}

CUTS = (0, 5, 5, 6, 12)
"""The rows at which partitions end: the second is empty, and the third has a single row."""

_GROUPS = {"group": ["a", "a", "b", "a", "b", "b", "a", "b", "a", "b", "a", "b"]}
"""Each partition of several rows has rows of both groups."""

_PERIODS: dict[str, list[Any]] = {
    "unit": ["u0", "u1", "u2", "u3", "u4", "u5", "u3", "u0", "u5", "u2", "u4", "u1"],
    "year": [2020, 2021, 2020, 2021, 2020, 2021, 2020, 2021, 2020, 2021, 2021, 2020],
}
"""Two periods of six units; rows of a period and of a unit stand in several partitions."""


@dataclass(frozen=True)
class Setting:
    """An index file without the method, and its table."""

    name: str
    columns: Columns
    methodology: Words = field(default_factory=dict)
    keys: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    """Keys and values of indicators."""
    kinds: tuple[str, ...] = (*PREPARING, *SCORING)
    tree: bool = False
    """True if the indicators belong to a dimension, beside a fourth indicator."""
    by_group: bool = False
    """True if the table has groups."""
    screening: Words = field(default_factory=dict)
    cuts: tuple[int, ...] = CUTS
    """The rows at which partitions end, of the 12 rows of the table."""

    def sample(self, subject: Subject) -> Sample:
        """Return the table with the indicators, and for some methods with further columns."""
        keys = {"unit": [f"u{row}" for row in range(12)], **_GROUPS, **self.keys}
        sample = subject.sample(self.columns, keys=keys, **self.methodology)
        words = {name: {**sample.words.get(name, {}), **self.words.get(name, {})} for name in sample.columns}
        return Sample(sample.columns, sample.keys, sample.costs, words, sample.methodology)

    def partitions(self, frame: pl.DataFrame) -> list[pl.DataFrame]:
        """Return the partitions of the table; the last has all further rows."""
        return [frame[start:end] for start, end in pairwise([*self.cuts[:-1], len(frame)])]

    def index_file(self, subject: Subject) -> tuple[dict[str, Any], pl.DataFrame]:
        """Return the content of the index file, and the table."""
        sample = self.sample(subject)
        definition, frame = subject.definition(sample), subject.frame(sample)
        if self.by_group:
            definition["data"]["groups"] = list(dict.fromkeys([*definition["data"].get("groups", ()), "group"]))
        if self.screening:
            definition["screening"] = dict(self.screening)
        for words in definition["indicators"].values():
            if words["direction"] == "target" and words.pop("bounds", None):  # fixed ends of a target have another word
                words["worst"] = [0.0, 12.0]
        if self.tree:
            _add_dimension(definition, subject)
            frame = frame.with_columns(x3=frame["x0"].fill_null(9.0) * 0.5 + frame["x2"].fill_null(3.0))
        # the rows of an earlier period, which some methods need, come first and are spread over the partitions
        order = sorted(range(len(frame)), key=lambda row: row * 7 % len(frame)) if len(frame) > sample.rows else None
        return definition, frame if order is None else frame[order]


def _add_dimension(definition: dict[str, Any], subject: Subject) -> None:
    """Put the indicators into a dimension, beside a further indicator of the index.

    A method whose parameters name the three indicators scores the dimension only.
    """
    definition["dimensions"] = {"d": {}}
    for words in definition["indicators"].values():
        words["dimension"] = "d"
    definition["indicators"]["x3"] = {**definition["indicators"]["x0"], "dimension": "index"}
    kind = subject.kind
    if kind in ("weighting", "aggregation") and subject.may_name_components:
        method = definition["methodology"].pop(kind)
        definition["dimensions"]["d"][kind] = method


SETTINGS: tuple[Setting, ...] = (
    Setting("gaps and costs", GAPS, {"missing": "skip"}),
    Setting("partitions of one row", GAPS, {"missing": "skip"}, cuts=tuple(range(13))),
    Setting("complete values", COMPLETE, cuts=(0, 0, 11, 12, 12)),
    Setting("a partition without values of an indicator", _CONSTANT_IN_PARTITIONS, {"missing": "skip"}),
    Setting("a constant indicator", _CONSTANT, {"missing": "skip", "constant": "neutral"}),
    Setting("a dropped indicator", _CONSTANT, {"missing": "skip", "constant": "drop"}),
    Setting("two levels", GAPS, {"missing": "skip"}, tree=True),
    Setting("statistics within groups", GAPS, {"missing": "skip", "statistics": "group"}, by_group=True),
    Setting("weights within groups", COMPLETE, {"weights": "group"}, kinds=("weighting",), by_group=True),
    Setting(
        "statistics and weights within periods",
        COMPLETE,
        {"statistics": "period", "weights": "period"},
        _PERIODS,
    ),
    Setting("a reference period", GAPS, {"missing": "skip", "statistics": {"reference": 2020}}, _PERIODS),
    Setting(
        "targets, bounds, floors and caps",
        GAPS,
        {"missing": "skip"},
        words={
            "x0": {"bounds": [1.0, 9.0]},
            "x1": {"direction": "target", "target": 4.5},
            "x2": {"floor": 2.0, "cap": 8.0},
        },
        kinds=("imputation", *SCORING),
    ),
    Setting(
        "bounds by group",
        GAPS,
        {"missing": "skip"},
        words={"x0": {"bounds": {"by": "group", "a": [1.0, 9.0], "b": [0.5, 8.5]}}},
        kinds=("imputation", *SCORING),
        by_group=True,
    ),
    Setting("screened units", GAPS, {"missing": "skip"}, screening={"units": 0.7, "without": ["u5"]}),
    Setting("components that are rescaled", COMPLETE, {"as_component": NORMALISATION, "decimals": 3}, tree=True),
)
