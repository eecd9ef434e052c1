"""The effect on ranks of leaving out each dimension, indicator and unit in turn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.errors import IndiciaError, join_names
from indicia.run import ROWS_PER_BATCH, rescore_subsets, score, score_trees
from indicia.stages.rank import ranked_scores
from indicia_robustness.baseline import first_by, nothing_left, prepares_separately
from indicia_robustness.rescoring import Rescoring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from indicia.definition import Definition, Node
    from indicia.methods import Array
    from indicia.progress import Progress
    from indicia.run import StageCache
    from indicia_robustness.baseline import Baseline

KINDS = ("dimension", "indicator", "unit")
"""The kinds of parts that are left out."""


@dataclass(frozen=True)
class Omission:
    """A part that is left out, and the ranks of the units, NaN for a unit without a rank; or the error."""

    kind: str
    name: str
    ranks: Array | IndiciaError


def omissions(baseline: Baseline, tree: Node, table: pl.DataFrame, limit: int, progress: Progress) -> list[Omission]:
    """Score the index without each dimension and indicator, and without each of the first `limit` units."""
    parts = parts_to_omit(baseline)
    units = [("unit", baseline.names[unit]) for unit in _units_to_omit(baseline, limit)]
    rescorings = chain(
        without_parts(baseline, tree, table, [name for _, name in parts]),
        without_units(baseline, tree, table, [name for _, name in units]),
    )
    results = []
    for (kind, name), rescoring in zip([*parts, *units], rescorings, strict=True):
        results.append(Omission(kind, name, rescoring.ranks if isinstance(rescoring, Rescoring) else rescoring))
        progress(len(results), len(parts) + len(units))
    return results


def parts_to_omit(baseline: Baseline) -> list[tuple[str, str]]:
    """Return the kind and name of each dimension and indicator on which the index depends; none if it has one part."""
    tree = baseline.nominal.tree
    parts = [("dimension", node.id) for node in tree.nodes() if node.id in tree.counting]
    parts += [("indicator", name) for name in tree.indicators]
    return parts if len(parts) > 1 else []


def _units_to_omit(baseline: Baseline, limit: int) -> Iterable[int]:
    order, others = baseline.order, np.flatnonzero(np.isnan(baseline.nominal_ranks))
    return [*order[:limit].tolist(), *others[:limit].tolist()] if len(order) > 2 else []


def without_parts(
    baseline: Baseline, tree: Node, table: pl.DataFrame, names: Sequence[str]
) -> Iterator[Rescoring | IndiciaError]:
    """Yield the scores and ranks without each named dimension or indicator, or the error of the run."""
    return without_sets(baseline, tree, table, [[name] for name in names])


def without_sets(
    baseline: Baseline, tree: Node, table: pl.DataFrame, sets: Sequence[Sequence[str]]
) -> Iterator[Rescoring | IndiciaError]:
    """Yield the scores and ranks without each set of dimensions and indicators, or the error of the run."""
    trees = [tree.without(names) for names in sets]
    possible_trees = [part_tree for part_tree in trees if part_tree.components]
    if prepares_separately(baseline.definition, baseline.nominal):
        rescorings = iter(_rescored_by_trees(baseline, possible_trees))
    else:
        rescorings = (rescored(baseline, baseline.definition, part_tree, table) for part_tree in possible_trees)
    for part_tree, names in zip(trees, sets, strict=True):
        yield next(rescorings) if part_tree.components else nothing_left(names)


def _rescored_by_trees(baseline: Baseline, trees: Sequence[Node]) -> list[Rescoring | IndiciaError]:
    scores = score_trees(baseline.definition, baseline.nominal, trees)
    return [
        tree_scores if isinstance(tree_scores, IndiciaError) else _ranked(baseline, tree_scores[None])[0]
        for tree_scores in scores
    ]


def _ranked(baseline: Baseline, scores: Array) -> list[Rescoring]:
    """Return the analysed units' scores and ranks of other runs, from scores (runs, rows of the data)."""
    pairs = zip(scores[:, baseline.rows], baseline.ranked(scores), strict=True)
    return [Rescoring(run_scores, ranks) for run_scores, ranks in pairs]


def without_units(
    baseline: Baseline, tree: Node, table: pl.DataFrame, names: Sequence[str]
) -> Iterator[Rescoring | IndiciaError]:
    """Yield the scores and ranks of the other units without each named unit, or the error of the run."""
    batch_size = max(1, ROWS_PER_BATCH // len(baseline.nominal.units)) if _is_scored_by_rows(baseline) else 1
    for start in range(0, len(names), batch_size):
        yield from _without_each(baseline, tree, table, names[start : start + batch_size])


def _is_scored_by_rows(baseline: Baseline) -> bool:
    """Return True if leaving out a unit changes no indicator, value or method of the other rows.

    Screening and the levelling of noise depend on all units. A unit that is left out may be the parent of others.
    """
    nominal = baseline.nominal
    noise = any(change.stage == "noise" for change in nominal.changes)
    preparing = (method for leaf in nominal.tree.leaves() for method in (leaf.imputation, leaf.treatment))
    parents = any(method and method.parents for method in preparing)
    parents |= any(node.missing.policy == "parent" for node in nominal.tree.nodes())
    return baseline.definition.screening.indicators is None and not (nominal.source.dropped or noise or parents)


def _without_each(
    baseline: Baseline, tree: Node, table: pl.DataFrame, names: Sequence[str]
) -> list[Rescoring | IndiciaError]:
    """Score the other units without each named unit in one query; if the query fails, run one for each half."""
    if len(names) == 1:
        return [rescored(baseline, _without_unit(baseline.definition, names[0]), tree, table)]
    units = baseline.nominal.units[baseline.unit]
    sets = [(units != name).arg_true().to_numpy().astype(np.int64) for name in names]
    number, rows = np.repeat(np.arange(len(sets)), [len(rows_of_set) for rows_of_set in sets]), np.concatenate(sets)
    scores = np.full((len(sets), len(units)), np.nan)
    try:
        scores[number, rows] = rescore_subsets(baseline.definition, baseline.nominal, rows, number)
    except IndiciaError:
        half = len(names) // 2
        parts = names[:half], names[half:]
        return [rescoring for part in parts for rescoring in _without_each(baseline, tree, table, part)]
    return list(_ranked(baseline, scores))


def rescored(
    baseline: Baseline,
    definition: Definition,
    tree: Node,
    table: pl.DataFrame,
    cache: StageCache | None = None,
    *,
    unrounded: bool = False,
) -> Rescoring | IndiciaError:
    """Return the scores that are ranked, or those before rounding, and the ranks of a separate run, or its error."""
    try:
        scored = score(definition, tree, table, cache=cache)
    except IndiciaError as error:
        return error
    units = baseline.units_of(scored)
    scores, ranks = np.full((2, len(baseline.names)), np.nan)
    is_analysed = units >= 0
    columns = scored.source.columns
    of_rows = (columns.unrounded if unrounded else ranked_scores(definition, columns))[ROOT]
    scores[units[is_analysed]] = of_rows.cast(pl.Float64).to_numpy()[is_analysed]
    ranks[units[is_analysed]] = scored.rank.cast(pl.Float64).to_numpy()[is_analysed]
    return Rescoring(scores, ranks)


def _without_unit(definition: Definition, name: str) -> Definition:
    screening, eligible = definition.screening, definition.eligible
    only = None if eligible.only is None else tuple(unit for unit in eligible.only if unit != name)
    others = tuple(unit for unit in eligible.without if unit != name)
    return definition.model_copy(
        update={
            "screening": screening.model_copy(update={"without": (*screening.without, name)}),
            "eligible": eligible.model_copy(update={"only": only, "without": others}),
        }
    )


def shifts(baseline: Baseline, omissions: Sequence[Omission]) -> pl.DataFrame:
    """Return the shifts of ranks without each part: a row for each part, sorted by mean shift."""
    rows: list[tuple[Any, ...]] = []
    for omission in omissions:
        ranks = omission.ranks
        if isinstance(ranks, IndiciaError):
            rows.append((omission.kind, omission.name, None, None, None, None, None, ranks.reason))
            continue
        shift = np.abs(ranks - _nominal_among(baseline, ranks))
        largest = float(np.nanmax(shift))
        mover = baseline.names[baseline.order[np.nanargmax(shift[baseline.order])]] if largest else None
        first = join_names(first_by(baseline.names, ranks))
        places = (float(np.nanmean(shift)), float(np.nanmedian(shift)), largest)
        rows.append((omission.kind, omission.name, *places, mover, first, None))
    shifts = dict.fromkeys(("mean_shift", "median_shift", "largest_shift"), pl.Float64)
    schema = {
        "left_out": pl.String,
        "name": pl.String,
        **shifts,
        "moves_most": pl.String,
        "first": pl.String,
        "fault": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort("mean_shift", descending=True, nulls_last=True, maintain_order=True)


def leader_changes(baseline: Baseline, omissions: Iterable[Omission]) -> set[tuple[str, str]]:
    """Return the parts, by kind and name, without which a unit is first that is not first in the index.

    A sole first unit is not among these parts, since its omission always makes another unit first.
    """
    nominal = set(baseline.first)
    leaders = {
        (omission.kind, omission.name): set(first_by(baseline.names, omission.ranks))
        for omission in omissions
        if not isinstance(omission.ranks, IndiciaError)
    }
    return {part for part, units in leaders.items() if not units <= nominal and nominal != {part[1]}}


def ranks(baseline: Baseline, omissions: Sequence[Omission]) -> pl.DataFrame:
    """Return the rank of every unit without each part: a row for each part and unit."""
    frames = [
        pl.DataFrame(
            {
                "left_out": [omission.kind] * len(baseline.names),
                "name": [omission.name] * len(baseline.names),
                "unit": baseline.names,
                "nominal": pl.Series(_nominal_among(baseline, omission.ranks), nan_to_null=True),
                "rank": pl.Series(omission.ranks, nan_to_null=True),
            }
        )
        for omission in omissions
        if not isinstance(omission.ranks, IndiciaError)
    ]
    schema = {"left_out": pl.String, "name": pl.String, "unit": pl.String, "nominal": pl.Float64, "rank": pl.Float64}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _nominal_among(baseline: Baseline, ranks: Array) -> Array:
    """Return the nominal ranks among the units that have a rank in `ranks`."""
    if np.isfinite(ranks).sum() == np.isfinite(baseline.nominal_ranks).sum():
        return baseline.nominal_ranks
    nominal = np.where(np.isfinite(ranks), baseline.nominal_ranks, np.nan)
    series = pl.Series(nominal, nan_to_null=True)
    return series.rank(baseline.definition.methodology.ties).cast(pl.Float64).to_numpy()
