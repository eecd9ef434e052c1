"""What ranks do where a part is left out: a dimension, an indicator or a unit, each in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import IndiciaError, listed
from indicia.robustness.baseline import without
from indicia.run import score

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.definition import Definition, Node
    from indicia.methods import Array
    from indicia.progress import Progress
    from indicia.robustness.baseline import Baseline

KINDS = ("dimension", "indicator", "unit")
"""What may be left out."""


@dataclass(frozen=True)
class Omission:
    """What was left out, and the ranks of the units, NaN for one without; or why there are none."""

    kind: str
    name: str
    ranks: Array | IndiciaError


def omissions(baseline: Baseline, tree: Node, table: pl.DataFrame, most: int, progress: Progress) -> list[Omission]:
    """Score the index without each of its dimensions and indicators, and without so many of the units."""
    own = baseline.nominal.tree
    parts = [("dimension", node.id) for node in own.nodes() if node.level]
    parts += [("indicator", leaf.id) for leaf in own.leaves()]
    parts = parts if len(parts) > 1 else []
    parts += [("unit", baseline.names[at]) for at in _leavable(baseline, most)]
    found = []
    for number, (kind, name) in enumerate(parts, start=1):
        try:
            found.append(Omission(kind, name, _ranks_without(baseline, tree, table, kind, name)))
        except IndiciaError as error:
            found.append(Omission(kind, name, error))
        progress(number, len(parts))
    return found


def _leavable(baseline: Baseline, most: int) -> Iterable[int]:
    order, others = baseline.order, np.flatnonzero(np.isnan(baseline.nominal_ranks))
    return [*order[:most].tolist(), *others[:most].tolist()] if len(order) > 2 else []


def _ranks_without(baseline: Baseline, tree: Node, table: pl.DataFrame, kind: str, name: str) -> Array:
    definition = baseline.definition
    if kind == "unit":
        definition = _without_unit(definition, name)
    else:
        tree = without(tree, [name])
    scored = score(definition, tree, table)
    ranks, at = np.full(len(baseline.names), np.nan), baseline.numbers(scored)
    ranks[at[at >= 0]] = scored.rank.cast(pl.Float64).to_numpy()[at >= 0]
    return ranks


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


def shifts(baseline: Baseline, found: Sequence[Omission]) -> pl.DataFrame:
    """Say how far units move without each part: one row each, by mean shift."""
    rows: list[tuple[Any, ...]] = []
    for one in found:
        ranks = one.ranks
        if isinstance(ranks, IndiciaError):
            rows.append((one.kind, one.name, None, None, None, None, ranks.reason))
            continue
        shift = np.abs(ranks - _nominal_among(baseline, ranks))
        most = float(np.nanmax(shift))
        who = baseline.names[int(np.nanargmax(shift))] if most else None
        first = [baseline.names[at] for at in np.flatnonzero(ranks == np.nanmin(ranks))]
        rows.append((one.kind, one.name, float(np.nanmean(shift)), most, who, listed(first), None))
    kinds = {"left_out": pl.String, "name": pl.String, "mean_shift": pl.Float64, "largest_shift": pl.Float64}
    schema = {**kinds, "moves_most": pl.String, "first": pl.String, "fault": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.sort("mean_shift", descending=True, nulls_last=True, maintain_order=True)


def dethroned(baseline: Baseline, found: Iterable[Omission]) -> set[tuple[str, str]]:
    """Return the parts, by kind and name, without which a unit is first that is behind in the index.

    That another is first without the only first unit goes without saying.
    """
    nominal = set(baseline.first)
    first = {
        (one.kind, one.name): {baseline.names[at] for at in np.flatnonzero(one.ranks == np.nanmin(one.ranks))}
        for one in found
        if not isinstance(one.ranks, IndiciaError)
    }
    return {part for part, units in first.items() if not units <= nominal and nominal != {part[1]}}


def ranks(baseline: Baseline, found: Sequence[Omission]) -> pl.DataFrame:
    """Return the rank of every unit without each part: one row for each pair."""
    frames = [
        pl.DataFrame(
            {
                "left_out": [one.kind] * len(baseline.names),
                "name": [one.name] * len(baseline.names),
                baseline.unit if baseline.unit not in ("left_out", "name") else "unit": baseline.names,
                "nominal": pl.Series(_nominal_among(baseline, one.ranks), nan_to_null=True),
                "rank": pl.Series(one.ranks, nan_to_null=True),
            }
        )
        for one in found
        if not isinstance(one.ranks, IndiciaError)
    ]
    return pl.concat(frames) if frames else pl.DataFrame()


def _nominal_among(baseline: Baseline, ranks: Array) -> Array:
    """Return nominal ranks as if there were only the units that have a rank."""
    if np.isfinite(ranks).sum() == np.isfinite(baseline.nominal_ranks).sum():
        return baseline.nominal_ranks
    kept = np.where(np.isfinite(ranks), baseline.nominal_ranks, np.nan)
    given = pl.Series(kept, nan_to_null=True)
    return given.rank(baseline.definition.methodology.ties).cast(pl.Float64).to_numpy()
