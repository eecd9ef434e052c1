"""The coherence of an index: correlations, reliability and components of the components of each node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


@dataclass(frozen=True, eq=False)
class Coherence:
    """The statistics of the components of each node, computed at the first use."""

    components: Mapping[str, pl.DataFrame]
    """By node: its components as they enter its score, a Float64 column for each."""
    scores: pl.DataFrame
    """The score of each node, a column for each."""
