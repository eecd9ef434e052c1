"""Tables of the robustness of a set of rankings: how far ranks spread, how open the order is, and memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import with_figures
from indicia.robustness.modes import degrees_of_confidence, score_modes
from indicia.robustness.rank_distribution import acceptability, rank_statistics
from indicia.robustness.rank_measures import balance_point, ends_of_ranks, entropies, fuzzy_ranks, rank_stability

if TYPE_CHECKING:
    from indicia.methods import Array

WIDTH = 0.1
"""The width of the band around a mode as a share of the range of all scores."""


def stability_table(units: pl.DataFrame, ranks: Array, reference: Array | None) -> pl.DataFrame:
    """Return the spread of the ranks (rankings, units) of each unit, and the place of its reference rank in it."""
    ranks = ranks.astype(float)
    reference = np.full(ranks.shape[1], np.nan) if reference is None else reference
    best, worst = ends_of_ranks(ranks)
    figures = {
        "rank": reference,
        "best": best,
        "median": rank_statistics(ranks).median,
        "worst": worst,
        "stability": rank_stability(ranks),
        "balance": balance_point(ranks, reference),
    }
    frame = with_figures(units, (pl.Series(name, values, nan_to_null=True) for name, values in figures.items()))
    return frame.sort("rank", units.columns[0], nulls_last=True)


def entropy_table(ranks: Array) -> pl.DataFrame:
    """Return the entropy of the first unit and of the whole ranking, in bits and as a share of the largest."""
    found = entropies(ranks.astype(float))
    return pl.DataFrame(
        {
            "of": ["first unit", "ranking"],
            "bits": [found.choice, found.ranking],
            "share": [found.choice_share, found.ranking_share],
        }
    )


def fuzzy_table(units: pl.DataFrame, ranks: Array) -> pl.DataFrame:
    """Return the membership of each unit in each rank: its acceptability divided by its largest one."""
    shares = fuzzy_ranks(acceptability(ranks), "unit")
    return with_figures(units, (pl.Series(str(place + 1), shares[:, place]) for place in range(shares.shape[1])))


def modes_table(units: pl.DataFrame, scores: Array, width: float | None = None, alpha: float = 0.5) -> pl.DataFrame:
    """Return the most likely score of each unit over draws (draws, units), and the degrees of confidence in it."""
    modes = score_modes(scores)
    band = WIDTH * float(np.nanmax(scores) - np.nanmin(scores)) or 1.0
    found = degrees_of_confidence(scores, modes, band if width is None else width, alpha)
    figures = {"mode": modes, "single": found.single, "cross": found.cross, "confidence": found.aggregate}
    return with_figures(units, (pl.Series(name, values, nan_to_null=True) for name, values in figures.items()))
