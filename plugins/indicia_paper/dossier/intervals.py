"""The draws of rank intervals in pages and charts, with defaults for an index file without [robustness]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.progress import Progress, silent
from indicia_robustness.draws import draw

if TYPE_CHECKING:
    from indicia.questions import Questions
    from indicia.types import Period, TableLike
    from indicia_robustness import Robust

DRAWS, SPREAD, SEED = 1000, 0.25, 1


def rank_intervals(
    index: Questions,
    table: TableLike | None,
    *,
    period: Period | None = None,
    draws: int | None = None,
    seed: int | None = None,
    progress: Progress = silent,
) -> Robust:
    """Compute the rank intervals of an index, with the draws of its [robustness].

    Without [robustness], every weight varies by up to a quarter in 1,000 draws. The default seed is 1, so that the same
    index always has the same page.
    """
    options = index.raw.get("robustness") or {}
    varied: dict[str, Any] = {} if options else {"weights": {"spread": SPREAD}}
    draws = draws or (None if options else DRAWS)
    seed = options.get("seed", SEED) if seed is None else seed
    words = {"draws": draws, "seed": seed, **varied}
    return draw(
        index, index.read_table(table), {word: it for word, it in words.items() if it is not None}, period, progress
    )
