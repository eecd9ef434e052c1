"""Whether units change places though nothing of theirs has changed, only who else is in the data.

Weights, filled gaps and treated outliers stay as they are.

Wang & Triantaphyllou (2008), Omega 36(1), tests 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import IndiciaError
from indicia.robustness.baseline import ranks_of
from indicia.run import ROWS_PER_BATCH, score_subsets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.robustness.baseline import Baseline

    Whole = npt.NDArray[np.int64]
    Row = tuple[Any, ...]

_FAULTS = 20
"""After so many faults, what is left of a part that fails is given up."""


def rank_reversals(baseline: Baseline, most: int) -> pl.DataFrame:
    """Let units leave, and take the worst values, and compare them in pairs; return who changes places."""
    tests = [
        *_of_others(baseline, most, "a unit leaves", _rest),
        *_of_others(baseline, most, "a unit gets worse", _worsened),
        *_of_pairs(baseline, most),
    ]
    kinds = {"test": pl.String, "should": pl.String, "tried": pl.Int64, "failed": pl.Int64}
    return pl.DataFrame(tests, schema={**kinds, "example": pl.String, "fault": pl.String}, orient="row")


@dataclass(frozen=True)
class _Sets:
    """Sets of rows of the data, of which each is scored as if there were no other rows."""

    rows: Whole
    number: Whole
    """The set of each row."""
    values: pl.DataFrame | None = None
    """The prepared values of the rows, if they are not those of the data."""


def _rest(baseline: Baseline, gone: Sequence[Whole]) -> _Sets:
    """Return the data without some rows, once for each of several choices of rows."""
    every = np.arange(len(baseline.nominal.units))
    sets = [np.delete(every, rows) for rows in gone]
    return _Sets(np.concatenate(sets), np.arange(len(sets)).repeat([len(rows) for rows in sets]))


def _worsened(baseline: Baseline, gone: Sequence[Whole]) -> _Sets:
    """Return the data with the worst values of all indicators in some rows, once for each of several choices."""
    changed = np.zeros((len(gone), len(baseline.nominal.units)), dtype=bool)
    for one, leaving in enumerate(gone):
        changed[one, leaving] = True
    number, rows = np.indices(changed.shape).reshape(2, -1)
    worst = (
        pl.when(pl.Series(changed.ravel())).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in _worst(baseline).items()
    )
    return _Sets(rows, number, baseline.nominal.source.values[rows].with_columns(worst))


def _worst(baseline: Baseline) -> dict[str, float]:
    """Return the value of each indicator that scores least."""
    nominal, found = baseline.nominal, {}
    for leaf in nominal.tree.leaves():
        z, x = nominal.normalised[leaf.id], nominal.prepared[leaf.id]
        as_cost = leaf.spec.direction == "cost" and not leaf.oriented
        at = z.arg_max() if as_cost else z.arg_min()
        if at is not None:
            found[leaf.id] = float(x[at])
    return found


def _ranks_after(
    baseline: Baseline,
    gone: Sequence[Whole],
    after: Callable[[Baseline, Sequence[Whole]], _Sets],
    faults: list[IndiciaError],
) -> Sequence[Array | None]:
    """Rank the data after a change of some rows, once for each; NaN for units without a rank; None where it fails.

    As many changes are scored at once as memory holds well; those that cannot be scored are found by halves.
    """
    most = max(1, ROWS_PER_BATCH // len(baseline.nominal.units))
    if len(gone) > most:
        parts = (gone[start : start + most] for start in range(0, len(gone), most))
        return [ranks for part in parts for ranks in _ranks_after(baseline, part, after, faults)]
    sets = after(baseline, gone)
    scores = np.full((len(gone), len(baseline.nominal.units)), np.nan)
    try:
        scores[sets.number, sets.rows] = score_subsets(
            baseline.definition, baseline.nominal, sets.rows, sets.number, sets.values
        )
    except IndiciaError as error:
        if len(gone) == 1:
            faults.append(error)
            return [None]
        half = len(gone) // 2
        return [ranks for part in (gone[:half], gone[half:]) for ranks in _ranks_after(baseline, part, after, faults)]
    return list(baseline.ranked(scores))


def _of_others(
    baseline: Baseline, most: int, test: str, after: Callable[[Baseline, Sequence[Whole]], _Sets]
) -> list[Row]:
    """Change the rows of each unit but the first, and look at the others."""
    first, turned, faults = list[str](), list[str](), list[IndiciaError]()
    names, units = baseline.names, baseline.nominal.units[baseline.unit]
    changed = baseline.order[1:most]
    gone = [(units == names[at]).arg_true().to_numpy().astype(np.int64) for at in changed]
    all_ranks = _ranks_after(baseline, gone, after, faults) if gone else []
    for at, ranks in zip(changed, all_ranks, strict=True):
        if ranks is None:
            continue
        others = baseline.order[baseline.order != at]
        if ranks[others[0]] > np.nanmin(ranks[others]):
            first.append(f"{names[at]}: {names[others[np.nanargmin(ranks[others])]]} is first")
        if (back := _backwards(baseline.nominal_ranks[others], ranks[others])) is not None:
            ahead, behind = (names[others[one]] for one in back)
            turned.append(f"{names[at]}: {behind} before {ahead}")
    tried = sum(ranks is not None for ranks in all_ranks)
    fault = faults[0].reason if faults else None
    shoulds = ("the first stays first", "the others keep their order")
    return [
        (test, should, tried, len(found), found[0] if found else None, fault)
        for should, found in zip(shoulds, (first, turned), strict=True)
    ]


def _of_pairs(baseline: Baseline, most: int) -> list[Row]:
    """Score every two of the units as if there were no others."""
    units = baseline.order[:most]
    names, nominal_ranks = [baseline.names[at] for at in units], baseline.nominal_ranks[units]
    rows = np.flatnonzero(baseline.rows)[units]
    pairs = np.stack(np.triu_indices(len(units), 1), axis=1)
    step = max(1, ROWS_PER_BATCH // 2)
    faults: list[IndiciaError] = []
    scores = np.concatenate(
        [_scores(baseline, rows[pairs[start : start + step]], faults) for start in range(0, len(pairs), step)]
    )
    known = np.isfinite(scores).all(axis=1)
    ranks = np.full(scores.shape, np.nan)
    if known.any():
        ranks[known] = ranks_of(baseline.definition, baseline.nominal, scores[known])
    won, lost = ranks[:, 0] < ranks[:, 1], ranks[:, 0] > ranks[:, 1]
    turned = lost & (nominal_ranks[pairs[:, 0]] < nominal_ranks[pairs[:, 1]])
    example = None
    if turned.any():
        ahead, behind = pairs[turned.argmax()]
        example = f"{names[behind]} before {names[ahead]}"
    beats = np.zeros((len(units), len(units)))
    beats[pairs[won, 0], pairs[won, 1]] = 1
    beats[pairs[lost, 1], pairs[lost, 0]] = 1
    circles = round(float(((beats @ beats) * beats.T).sum()) / 3)
    triples = len(units) * (len(units) - 1) * (len(units) - 2) // 6
    fault = faults[0].reason if faults else None
    two = "two units alone"
    return [
        (two, "they stand as in the ranking", int(known.sum()), int(turned.sum()), example, fault),
        (two, "no three stand in a circle", triples, circles, _circle(beats, names), fault),
    ]


def _scores(baseline: Baseline, pairs: Whole, faults: list[IndiciaError]) -> Array:
    """Return the scores of pairs of rows (m, 2); NaN for those that cannot be scored, found by halves."""
    try:
        number = np.repeat(np.arange(len(pairs)), 2)
        return score_subsets(baseline.definition, baseline.nominal, pairs.reshape(-1), number).reshape(-1, 2)
    except IndiciaError as error:
        if len(pairs) == 1 or len(faults) > _FAULTS:
            faults.append(error)
            return np.full(pairs.shape, np.nan)
        half = len(pairs) // 2
        return np.concatenate([_scores(baseline, some, faults) for some in (pairs[:half], pairs[half:])])


def _backwards(before: Array, after: Array) -> tuple[int, int] | None:
    """Return two units whose order has turned, the last ones; `before` rises."""
    before, after = before[::-1], np.where(np.isnan(after), np.inf, after)[::-1]
    lowest = np.minimum.accumulate(after)
    numbers = np.arange(len(after))
    at = np.maximum.accumulate(np.where(np.append(True, after[1:] < lowest[:-1]), numbers, 0))
    turned = np.isfinite(after[1:]) & (after[1:] > lowest[:-1]) & (before[1:] < before[at[:-1]])
    if not turned.any():
        return None
    last, one = len(after) - 1, int(turned.argmax())
    return last - one - 1, last - int(at[one])


def _circle(beats: Array, names: Sequence[str]) -> str | None:
    """Name three units of which each stands before the next, and the last before the first."""
    first, third = np.nonzero((beats @ beats) * beats.T)
    if not len(first):
        return None
    second = int(np.argmax(beats[first[0]] * beats[:, third[0]]))
    return " before ".join(names[at] for at in (first[0], second, third[0], first[0]))
