"""What is asked of an index, for a page or a chart, where the index file does not say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.progress import Progress, silent

if TYPE_CHECKING:
    import polars as pl

    from indicia.index import Index
    from indicia.robustness import Robust

DRAWS, SPREAD, SEED = 1000, 0.25, 1


def trusted(
    index: Index,
    frame: pl.DataFrame,
    *,
    period: object = None,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress = silent,
) -> Robust:
    """Look how far the ranks of an index can be trusted, as its [robustness] says.

    Where it says nothing, every weight is varied by up to a quarter, 1,000 times; the seed is 1, so that a page is the
    same whenever it is made.
    """
    chosen = index.raw.get("robustness") or {}
    varied = {} if chosen else {"weights": {"spread": SPREAD}}
    draws = draws or (None if chosen else DRAWS)
    seed = chosen.get("seed", SEED) if seed is None else seed
    return index.robustness(frame, period=period, progress=progress, draws=draws, seed=seed, **varied)
