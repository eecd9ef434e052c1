"""The rows of a partition that have ranks, and the groups within which units are ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, check_group
from indicia.methods import Domain
from indicia.partitions.merge import Distinct, Every
from indicia.partitions.rank_buckets import Ranking
from indicia.partitions.sorted_runs import write_run
from indicia.stages.rank import is_eligible, lowest_ranks_first, ranked_scores

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from indicia.definition import Definition, Node
    from indicia.partitions.partition import Partition
    from indicia.partitions.sorted_runs import RunSample
    from indicia.run import Scored

RUN = "ranks"
"""The name of the sorted scores among the files of a run."""


@dataclass(frozen=True)
class RankedRun:
    """The sorted scores of a partition."""

    sample: RunSample
    is_logarithm: bool
    """True if the scores are logarithms, on whose scale rounding errors of products are constant."""
    ranked: pl.DataFrame
    """The number of rows with a rank, `units`, by period."""


def rank_columns(definition: Definition) -> dict[str, list[str]]:
    """Return the columns of ranks, each with the columns within which units are ranked."""
    data = definition.data
    within = {"rank": [data.period] if data.period else []}
    for group in definition.methodology.ranks:
        check_group(group, data, "ranks names")
        within[f"rank_{group}"] = [*within["rank"], group]
    return within


def ranking_of(definition: Definition, tree: Node) -> Ranking:
    """Return the order of ranks, and the policy for ties."""
    return Ranking(definition.methodology.ties, lowest_ranks_first(definition, tree))


def write_ranked_rows(scored: Scored, partition: Partition, folder: Path) -> RankedRun:
    """Write the sorted scores of the eligible rows of a partition."""
    definition = scored.definition
    scores = ranked_scores(definition, scored.source.columns)[ROOT]
    is_logarithm = scored.tree.aggregation.domain is Domain.POSITIVE and partition.ask(
        "all scores are positive", Every(), lambda: bool((scores > 0).all())
    )
    codes = [_codes(scored.units, key, definition, partition) for key in rank_columns(definition).values()]
    values = scores.log() if is_logarithm else scores
    has_rank = pl.Series(codes[0] >= 0) & scores.is_not_null()
    period = [definition.data.period] if definition.data.period else []
    ranked = pl.DataFrame([*scored.units.select(period), has_rank.cast(pl.Int64).alias("units")])
    ranked = ranked.group_by(period, maintain_order=True).sum() if period else ranked.sum()
    return RankedRun(write_run(values, folder, RUN, partition.number, codes), is_logarithm, ranked)


def _codes(units: pl.DataFrame, key: list[str], definition: Definition, partition: Partition) -> npt.NDArray[np.int32]:
    """Return the number of the group of each row; -1 for a row without a rank."""
    is_ranked = units.select(
        pl.all_horizontal(pl.repeat(True, pl.len()), is_eligible(definition), pl.col(key).is_not_null())
    ).to_series()
    if not key:
        return np.where(is_ranked.to_numpy(), 0, -1).astype(np.int32)
    groups = partition.ask(
        f"groups of ranks: {', '.join(key)}",
        Distinct(),
        lambda: tuple(units.select(key).unique(maintain_order=True).rows()),
    )
    numbered = pl.DataFrame(groups, schema={name: units.schema[name] for name in key}, orient="row")
    numbered = numbered.with_row_index("\0code")
    code = units.select(key).join(numbered, on=key, how="left", nulls_equal=True, maintain_order="left")["\0code"]
    return np.where(is_ranked.to_numpy(), code.cast(pl.Int32).to_numpy(), -1).astype(np.int32)
