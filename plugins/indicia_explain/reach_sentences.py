"""Sentences about the way to a rank."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia.errors import MissingDependency
from indicia.notes import Count, Names, Note, Rank, percentage
from indicia.run import ends_of_ranks
from indicia_explain.cells import plain
from indicia_explain.reach_rank import SEARCHED
from indicia_explain.reach_weights import INDICATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from indicia_explain.reach import LeastChanges
    from indicia_explain.reach_raw import RawChange

    FrameOf = Callable[[str], pl.DataFrame]

PATHS = ("reach_path", "reach_path_search")
"""The kinds of the sentence on a path that reaches the goal."""
WITH_RAW_VALUES = (*PATHS, "reach_raw_rises", "reach_raw_falls", "reach_raw_others")
"""The kinds of sentences with values of the unit, which an index may withhold."""
_LEVELS = {ROOT: Note("reach_of_index"), INDICATORS: Note("reach_of_indicators")}


def findings(reach: LeastChanges, frame: FrameOf) -> Iterator[Note]:
    """Yield the sentences on frames of tables: the cheapest path, single values, weights, and missing values."""
    question = reach.question
    if question.is_reached:
        yield Note("reach_already", unit=_unit(reach), now=Rank(question.rank_now))
    else:
        path = list(_on_path(reach, frame))
        is_path = bool(path) and path[0].kind in PATHS
        yield from path if is_path else ()
        yield from _on_raw(reach, is_first=not is_path)
        yield from () if is_path else path
        yield from _on_weights(reach, frame)
    yield from _on_missing(reach, frame)


def notes(reach: LeastChanges, frame: FrameOf) -> Iterator[Note]:
    """Yield the facts that a reader of the tables must know."""
    result = reach.question.result
    yield from ends_of_ranks(result.definition, result.scored.tree)
    if any(change.where == "out of reach" for change in reach.changes):
        yield Note("reach_far")
    unproved = [change.values.leaf.id for change in reach.changes if not change.is_proved]
    if unproved:
        yield Note("reach_unproved", parts=Names.of(unproved))
    reasons = reach.paths.left_out
    fixed = [name for name, leaf in reach.question.leaves.items() if not leaf.spec.lever]
    if left_out := [name for name in reasons if name not in fixed]:
        yield Note("reach_path_left_out", unit=_unit(reach), parts=Names.of(left_out))
    if fixed and not reach.question.is_reached:
        yield Note("reach_no_levers", parts=Names.of(fixed))
    if assumed := [_assumed(change) for change in reach.changes if change.values.possible.is_assumed]:
        yield Note("reach_assumed", parts=Names(tuple(assumed), limit=len(assumed)))
    with suppress(MissingDependency):  # a sentence has the reason
        whole = {change.values.leaf.id for change in reach.changes if change.values.possible.is_whole}
        if whole.intersection(frame("path")["indicator"]):
            yield Note("reach_path_whole")
    tree = reach.question.result.scored.tree
    if not reach.question.is_reached and len(tree.components) > 1 and ROOT not in frame("weights")["level"]:
        yield Note("reach_not_searched", method=str(tree.aggregation), count=Count(SEARCHED, "unit"))
    gaps = frame("weights").filter(possible="gaps", method="closed form")
    if len(gaps):
        yield Note("reach_gaps", levels=Names(tuple(_LEVELS.get(level, level) for level in gaps["level"])))


def _assumed(change: RawChange) -> Note:
    """Return an indicator with the values that its unit of measure proves."""
    possible, part = change.values.possible, Names.of([change.values.leaf.id])
    least, greatest = possible.least, possible.greatest
    if np.isfinite(greatest):
        return Note("reach_from_to", part=part, least=plain(least), greatest=plain(greatest))
    return Note("reach_whole_from" if possible.is_whole else "reach_from", part=part, least=plain(least))


def _unit(reach: LeastChanges) -> Names:
    return Names.of([reach.question.name])


def _goal(reach: LeastChanges) -> Note:
    question = reach.question
    if question.rank is not None:
        return Note("reach_to_rank", rank=question.rank)
    return Note("reach_to_unit", rival=_rival(reach))


def _rival(reach: LeastChanges) -> Names:
    return Names.of([reach.question.baseline.names[reach.question.rival]])


def _on_raw(reach: LeastChanges, *, is_first: bool) -> Iterator[Note]:
    """Yield the single values that are enough and that other units have; the others are in the table alone."""
    now, unit = Rank(reach.question.rank_now), _unit(reach)
    sufficient = [change for change in reach.changes if np.isfinite(change.needed) and change.is_proved]
    within = sorted((change for change in sufficient if not _is_beyond(reach, change)), key=_size)
    if within and is_first:
        first, *within = within
        values = first.values
        yield Note(
            "reach_raw_rises" if first.needed >= values.value else "reach_raw_falls",
            unit=unit,
            now=now,
            goal=_goal(reach),
            part=Names.of([values.leaf.id]),
            before=plain(values.value),
            after=plain(first.needed, values.side),
            size=_deviations(f"{_size(first):.2g}"),
        )
    elif is_first and not sufficient:
        ranked = [change for change in reach.changes if np.isfinite(change.rank_then)]
        if not ranked:
            yield Note("reach_no_values", unit=unit, now=now)
            return
        best = min(ranked, key=lambda change: change.rank_then)
        part = Names.of([best.values.leaf.id])
        yield Note("reach_no_raw", unit=unit, now=now, best=Rank(best.rank_then), part=part)
    elif is_first:
        yield Note("reach_none_within", unit=unit, now=now)
    if within:
        steps = tuple(_step(change.values.leaf.id, change.values.value, change.needed) for change in within)
        yield Note("reach_raw_others", count=Count(len(within), "indicator"), parts=Names(steps))
    if beyond := [change for change in sufficient if _is_beyond(reach, change)]:
        yield Note("reach_raw_beyond", count=Count(len(beyond), "indicator"))


def _is_beyond(reach: LeastChanges, change: RawChange) -> bool:
    """Return whether the value that is needed lies beyond those of all other units, or beyond a stated limit."""
    return change.values.is_beyond_others(change.needed) or _is_beyond_limit(reach, change)


def _is_beyond_limit(reach: LeastChanges, change: RawChange) -> bool:
    """Return whether the value that is needed lies beyond a stated limit."""
    values, limit = change.values, reach.question.limits.get(change.values.leaf.id)
    return limit is not None and bool(np.diff(values.merit(np.array([limit, change.needed])))[0] > 0)


def _size(change: RawChange) -> float:
    """Return the change in standard deviations; infinity if all units have one value."""
    return np.inf if np.isnan(change.in_sd) else abs(change.in_sd)


def _deviations(size: str) -> Note:
    return Note("reach_cost_one") if size == "1" else Note("reach_cost", size=size)


def _step(name: str, before: float, after: float) -> Note:
    """Return a change; the value after it is rounded so that it is still enough."""
    return Note("reach_step", part=Names.of([name]), before=plain(before), after=plain(after, np.sign(after - before)))


def _on_path(reach: LeastChanges, frame: FrameOf) -> Iterator[Note]:
    paths = reach.paths
    if paths.too_large:
        yield Note("reach_path_too_large", count=Count(len(reach.question.others) + 1, "unit"))
        return
    try:
        solutions = paths.paths
    except MissingDependency as error:
        yield Note("reach_path_needs", reason=error.what, remedy=str(error.remedy))
        return
    if not solutions:
        return
    path = solutions[0]
    if path.shares is None:
        kind = "reach_path_unknown" if path.reaches else "reach_no_path"
        yield Note(kind, unit=_unit(reach), rank=Rank(path.rank_then))
        return
    rows = frame("path").filter(at_most="all")
    steps = tuple(_step(*row) for row in rows.select("indicator", "raw", "raw_new").rows())
    kind = "reach_path_search" if path.by_search else "reach_path"
    size = f"{rows['cost'].sum():.3g}"
    cost = size if reach.question.costs else _deviations(size)
    within = "reach_path_stated" if reach.question.limits else "reach_path_within"
    where = Note("reach_path_beyond" if paths.beyond_others else within)
    words = {"unit": _unit(reach), "now": Rank(reach.question.rank_now), "goal": _goal(reach)}
    yield Note(kind, **words, count=Count(len(steps), "value"), steps=Names(steps), cost=cost, where=where)


def _on_weights(reach: LeastChanges, frame: FrameOf) -> Iterator[Note]:
    unit = _unit(reach)
    kinds = {"yes": "reach_weights", "level only": "reach_weights_level_only", "no": "reach_no_weights"}
    for row in frame("weights").iter_rows(named=True):
        level = _LEVELS.get(row["level"], Names.of([row["level"]]))
        words: dict[str, object] = {"level": level, "unit": unit, "rival": Names.of([row["ahead"]])}
        if row["moved"] is not None:
            words["moved"] = percentage(row["moved"])
        if row["goal"] == "rank":
            if row["moved"] not in frame("weights").filter(goal="overtake", level=row["level"])["moved"].to_list():
                yield Note("reach_weights_rank", goal=_goal(reach), **words)
        elif row["method"] == "search":
            yield Note("reach_weights_unknown" if row["moved"] is None else "reach_weights_search", **words)
        elif row["level"] in _LEVELS and row["possible"] in kinds:
            yield Note(kinds[row["possible"]], **words)


def _on_missing(reach: LeastChanges, frame: FrameOf) -> Iterator[Note]:
    rows = frame("missing").drop_nulls(["rank_worst", "rank_best"])
    if not len(rows):
        return
    row = rows.row(0, named=True)
    if row["span"] == 0:
        yield Note("reach_no_missing_effect", unit=_unit(reach))
        return
    ends = {end: Rank(row[f"rank_{end}"]) for end in ("worst", "best")}
    yield Note("reach_missing", unit=_unit(reach), part=Names.of([row["indicator"]]), **ends)
