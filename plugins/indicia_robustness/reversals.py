"""Rank reversals: units change places although only other units leave or change their values.

Weights, imputed values and treated outliers stay the same in these tests.

Wang & Triantaphyllou (2008), Omega 36(1), tests 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia.run import ROWS_PER_BATCH, score_subsets
from indicia_robustness.baseline import ranks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]
    Row = tuple[Any, ...]

_MAX_FAULTS = 20
"""The number of errors after which a failing batch of pairs is not divided further."""


_SCHEMA = {
    "test": pl.String,
    "should": pl.String,
    "tried": pl.Int64,
    "failed": pl.Int64,
    "example": pl.String,
    "fault": pl.String,
}


def rank_reversals(baseline: Baseline, limit: int) -> pl.DataFrame:
    """Leave out units, give them the worst values, and score pairs; return the changes of places by test."""
    tests = [
        *_tests_of_others(baseline, limit, "a unit leaves", _without_rows),
        *_tests_of_others(baseline, limit, "a unit gets worse", _with_worst_values),
        *_tests_of_pairs(baseline, limit),
    ]
    return pl.DataFrame(tests, schema=_SCHEMA, orient="row")


def copy_reversals(baseline: Baseline, limit: int) -> pl.DataFrame:
    """Add a copy of each of the first `limit` units, one at a time; return the changes of places among all units.

    Belton & Gear (1983), Omega 11(3): a copy of a unit should not change the order of the others.
    """
    tests = _tests_of_others(baseline, limit, "a copy is added", _with_copies, units_stay=True)
    return pl.DataFrame(tests, schema=_SCHEMA, orient="row")


@dataclass(frozen=True)
class _Sets:
    """Sets of rows of the data, each of which is scored as if there were no other rows."""

    rows: Integers
    number: Integers
    """The set of each row."""
    values: pl.DataFrame | None = None
    """The prepared values of the rows, if they differ from the data."""


def _without_rows(baseline: Baseline, changed: Sequence[Integers]) -> _Sets:
    """Return all rows without the rows of each item of `changed`: a set for each item."""
    all_rows = np.arange(len(baseline.nominal.units))
    sets = [np.delete(all_rows, rows) for rows in changed]
    return _Sets(np.concatenate(sets), np.arange(len(sets)).repeat([len(rows) for rows in sets]))


def _with_worst_values(baseline: Baseline, changed: Sequence[Integers]) -> _Sets:
    """Return a set of all rows for each item of `changed`, with the worst values of all indicators in its rows."""
    mask = np.zeros((len(changed), len(baseline.nominal.units)), dtype=bool)
    for item, item_rows in enumerate(changed):
        mask[item, item_rows] = True
    number, rows = np.indices(mask.shape).reshape(2, -1)
    worst = (
        pl.when(pl.Series(mask.ravel())).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in _worst(baseline).items()
    )
    return _Sets(rows, number, baseline.nominal.source.values[rows].with_columns(worst))


def _with_copies(baseline: Baseline, changed: Sequence[Integers]) -> _Sets:
    """Return all rows, and those of each item of `changed` once more: a set for each item."""
    all_rows = np.arange(len(baseline.nominal.units))
    sets = [np.concatenate([all_rows, rows]) for rows in changed]
    return _Sets(np.concatenate(sets), np.arange(len(sets)).repeat([len(rows) for rows in sets]))


def _worst(baseline: Baseline) -> dict[str, float]:
    """Return the worst value of each indicator: in a dimension in which less is better, that with the highest score."""
    nominal, worst = baseline.nominal, {}
    for leaf in nominal.tree.leaves():
        z, x = nominal.normalised[leaf.id], nominal.prepared[leaf.id]
        as_cost = leaf.spec.direction == "cost" and not leaf.oriented
        row = z.arg_max() if as_cost != (leaf.id in nominal.tree.harms) else z.arg_min()
        if row is not None:
            worst[leaf.id] = float(x[row])
    return worst


def _ranks_after(
    baseline: Baseline,
    changed: Sequence[Integers],
    after: Callable[[Baseline, Sequence[Integers]], _Sets],
    faults: list[IndiciaError],
) -> Sequence[Array | None]:
    """Return the ranks after the change of each item of `changed`; NaN for a unit without a rank, None after an error.

    Changes are scored in batches that fit in memory. A failing batch is halved.
    """
    batch_size = max(1, ROWS_PER_BATCH // len(baseline.nominal.units))
    if len(changed) > batch_size:
        parts = (changed[start : start + batch_size] for start in range(0, len(changed), batch_size))
        return [ranks for part in parts for ranks in _ranks_after(baseline, part, after, faults)]
    sets = after(baseline, changed)
    scores = np.full((len(changed), len(baseline.nominal.units)), np.nan)
    try:
        scores[sets.number, sets.rows] = score_subsets(
            baseline.definition, baseline.nominal, sets.rows, sets.number, sets.values
        )
    except IndiciaError as error:
        if len(changed) == 1:
            faults.append(error)
            return [None]
        half = len(changed) // 2
        return [
            ranks for part in (changed[:half], changed[half:]) for ranks in _ranks_after(baseline, part, after, faults)
        ]
    return list(baseline.ranked(scores))


def _tests_of_others(
    baseline: Baseline,
    limit: int,
    test: str,
    after: Callable[[Baseline, Sequence[Integers]], _Sets],
    *,
    units_stay: bool = False,
) -> list[Row]:
    """Change the rows of each unit except the first, and compare the ranks of the other units.

    If `units_stay`, the change leaves each unit as it is; the first unit is then changed too, and all are compared.
    """
    new_leaders, reversed_pairs, faults = list[str](), list[str](), list[IndiciaError]()
    names, units = baseline.names, baseline.nominal.units[baseline.unit]
    changed = baseline.order[0 if units_stay else 1 : limit]
    rows_of_units = [(units == names[unit]).arg_true().to_numpy().astype(np.int64) for unit in changed]
    all_ranks = _ranks_after(baseline, rows_of_units, after, faults) if rows_of_units else []
    for unit, ranks in zip(changed, all_ranks, strict=True):
        if ranks is None:
            continue
        others = baseline.order if units_stay else baseline.order[baseline.order != unit]
        if ranks[others[0]] > np.nanmin(ranks[others]):
            new_leaders.append(f"{names[unit]}: {names[others[np.nanargmin(ranks[others])]]} is first")
        if (reversal := _reversed_pair(baseline.nominal_ranks[others], ranks[others])) is not None:
            ahead, behind = (names[others[place]] for place in reversal)
            reversed_pairs.append(f"{names[unit]}: {behind} before {ahead}")
    tried = sum(ranks is not None for ranks in all_ranks)
    fault = faults[0].reason if faults else None
    expectations = ("the first stays first", "the others keep their order")
    return [
        (test, should, tried, len(examples), examples[0] if examples else None, fault)
        for should, examples in zip(expectations, (new_leaders, reversed_pairs), strict=True)
    ]


def _tests_of_pairs(baseline: Baseline, limit: int) -> list[Row]:
    """Score every pair of units as if there were no other units."""
    units = baseline.order[:limit]
    names, nominal_ranks = [baseline.names[unit] for unit in units], baseline.nominal_ranks[units]
    rows = np.flatnonzero(baseline.rows)[units]
    pairs = np.stack(np.triu_indices(len(units), 1), axis=1)
    step = max(1, ROWS_PER_BATCH // 2)
    faults: list[IndiciaError] = []
    scores = np.concatenate(
        [_scores(baseline, rows[pairs[start : start + step]], faults) for start in range(0, len(pairs), step)]
    )
    scored = np.isfinite(scores).all(axis=1)
    ranks = np.full(scores.shape, np.nan)
    if scored.any():
        ranks[scored] = ranks_of(baseline.definition, baseline.nominal, scores[scored])
    won, lost = ranks[:, 0] < ranks[:, 1], ranks[:, 0] > ranks[:, 1]
    reversed_pairs = lost & (nominal_ranks[pairs[:, 0]] < nominal_ranks[pairs[:, 1]])
    example = None
    if reversed_pairs.any():
        ahead, behind = pairs[reversed_pairs.argmax()]
        example = f"{names[behind]} before {names[ahead]}"
    beats = np.zeros((len(units), len(units)))
    beats[pairs[won, 0], pairs[won, 1]] = 1
    beats[pairs[lost, 1], pairs[lost, 0]] = 1
    circles = round(float(((beats @ beats) * beats.T).sum()) / 3)
    triples = len(units) * (len(units) - 1) * (len(units) - 2) // 6
    fault = faults[0].reason if faults else None
    test = "two units alone"
    return [
        (test, "they stand as in the ranking", int(scored.sum()), int(reversed_pairs.sum()), example, fault),
        (test, "no three stand in a circle", triples, circles, _circle(beats, names), fault),
    ]


def _scores(baseline: Baseline, pairs: Integers, faults: list[IndiciaError]) -> Array:
    """Return the scores of pairs of rows (m, 2); NaN for a pair that fails. A failing batch is halved."""
    try:
        number = np.repeat(np.arange(len(pairs)), 2)
        return score_subsets(baseline.definition, baseline.nominal, pairs.reshape(-1), number).reshape(-1, 2)
    except IndiciaError as error:
        if len(pairs) == 1 or len(faults) > _MAX_FAULTS:
            faults.append(error)
            return np.full(pairs.shape, np.nan)
        half = len(pairs) // 2
        return np.concatenate(
            [_scores(baseline, half_of_pairs, faults) for half_of_pairs in (pairs[:half], pairs[half:])]
        )


def _reversed_pair(before: Array, after: Array) -> tuple[int, int] | None:
    """Return the last two units whose order is reversed; `before` increases."""
    before, after = before[::-1], np.where(np.isnan(after), np.inf, after)[::-1]
    lowest = np.minimum.accumulate(after)
    numbers = np.arange(len(after))
    lowest_at = np.maximum.accumulate(np.where(np.append(True, after[1:] < lowest[:-1]), numbers, 0))
    is_reversed = np.isfinite(after[1:]) & (after[1:] > lowest[:-1]) & (before[1:] < before[lowest_at[:-1]])
    if not is_reversed.any():
        return None
    last, place = len(after) - 1, int(is_reversed.argmax())
    return last - place - 1, last - int(lowest_at[place])


def _circle(beats: Array, names: Sequence[str]) -> str | None:
    """Return three units in a circle: each ranks before the next, and the last before the first."""
    first, third = np.nonzero((beats @ beats) * beats.T)
    if not len(first):
        return None
    second = int(np.argmax(beats[first[0]] * beats[:, third[0]]))
    return " before ".join(names[unit] for unit in (first[0], second, third[0], first[0]))
