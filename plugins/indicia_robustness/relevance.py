"""The relevance of indicators: leave out, one after another, the indicator whose omission changes the scores least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.catalogue import installed
from indicia.defaults import RELEVANCE_AGREEMENTS
from indicia.errors import IndiciaError
from indicia.methods.noise import without_noise
from indicia.stages.plugin_boundary import attribute_errors_to
from indicia_robustness.omissions import without_sets
from indicia_robustness.rescoring import Rescoring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia.progress import Progress
    from indicia_robustness.baseline import Baseline


@dataclass(frozen=True)
class _Round:
    """The indicators that are still in the index, and the scores and ranks with them."""

    names: Sequence[str]
    left_out: tuple[str, ...]
    scores: Array
    ranks: Array


def relevance(baseline: Baseline, tree: Node, table: pl.DataFrame, progress: Progress) -> pl.DataFrame:
    """Return a row for each round and indicator that is left out in it, by round and distance."""
    nominal = baseline.nominal.ranked[tree.id].filter(pl.Series(baseline.rows)).to_numpy()
    names = list(tree.indicators)
    current = _Round(names, (), nominal, baseline.nominal_ranks)
    rows: list[tuple[object, ...]] = []
    total = len(names) * (len(names) + 1) // 2 - 1
    for number in range(1, len(names)):
        rescorings = list(without_sets(baseline, tree, table, [[*current.left_out, name] for name in current.names]))
        sums = pl.Series([_distance(current, rescoring) for rescoring in rescorings], nan_to_null=True)
        distances = without_noise(sums).fill_null(np.nan).to_list()
        if not np.isfinite(distances).any():
            rows += _rows(number, current, rescorings, distances, -1)
            break
        least = int(np.nanargmin(distances))  # of equal distances, that of the first indicator
        rows += _rows(number, current, rescorings, distances, least)
        chosen = rescorings[least]
        assert isinstance(chosen, Rescoring)
        rest = [name for name in current.names if name != current.names[least]]
        current = _Round(rest, (*current.left_out, current.names[least]), chosen.scores, chosen.ranks)
        progress(len(rows), total)
    numbers = {"distance": pl.Float64, **dict.fromkeys(RELEVANCE_AGREEMENTS, pl.Float64), "mean_shift": pl.Float64}
    schema = {"round": pl.Int64, "left_out": pl.String, "is_least": pl.Boolean, **numbers, "fault": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.sort("round", "is_least", "distance", descending=[False, True, False], nulls_last=True)


def _distance(current: _Round, rescoring: Rescoring | IndiciaError) -> float:
    """Return the sum of the absolute changes of the scores of ranked units; NaN for a run that fails."""
    if isinstance(rescoring, IndiciaError):
        return np.nan
    both = np.isfinite(current.ranks) & np.isfinite(rescoring.ranks)
    return float(np.abs(current.scores - rescoring.scores)[both].sum()) if both.any() else np.nan


def _rows(
    number: int,
    current: _Round,
    rescorings: Sequence[Rescoring | IndiciaError],
    distances: Sequence[float],
    least: int,
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for place, (name, rescoring) in enumerate(zip(current.names, rescorings, strict=True)):
        if isinstance(rescoring, IndiciaError):
            rows.append((number, name, False, None, *[None] * len(RELEVANCE_AGREEMENTS), None, rescoring.reason))
            continue
        both = np.isfinite(current.ranks) & np.isfinite(rescoring.ranks)
        shift = np.abs(rescoring.ranks - current.ranks)[both]
        agreements = _agreements(current.ranks[both], rescoring.ranks[both])
        mean_shift = float(shift.mean()) if len(shift) else None
        rows.append((number, name, place == least, distances[place], *agreements, mean_shift, None))
    return rows


def _agreements(before: Array, after: Array) -> list[float | None]:
    """Return the agreements of two rankings, with ties at their mean; None for an agreement without a value."""
    ranks = pl.DataFrame({"before": before, "after": after}).select(pl.all().rank("average")).to_numpy().T
    values: list[float | None] = []
    for name in RELEVANCE_AGREEMENTS:
        measure: Any = installed().choose("agreement", name)
        if len(before) < measure.minimum_units:
            values.append(None)
            continue
        with attribute_errors_to(measure, "the rankings"), np.errstate(divide="ignore", invalid="ignore"):
            value = float(measure.measure(ranks[0], ranks[1:])[0])
        values.append(value if np.isfinite(value) else None)
    return values
