"""Notes on ranks that units share although their scores differ (decision 0040)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDE = 10
"""A note names a rank whose scores lie further apart than this many tolerances; rounding noise explains one."""


def tie_notes(ties: Mapping[str, Any]) -> list[str]:
    """Return a note if so many scores lie so close that units with different scores share a rank.

    Parameters
    ----------
    ties : mapping
        What `rank_runs` returns.

    Examples
    --------
    >>> ties = {"noisy_levels": 2, "noisy_rows": 70, "longest": (61, 0.0, 3e-5), "tolerance": 1e-10, "rows": 100}
    >>> print(tie_notes(ties)[0])
    70 of 100 units share a rank with units of other scores, since their scores lie closer together than 1e-10, the
    noise of the largest score; 61 units from 0 to 3e-05 have one rank: a method or a transform for skewed figures
    spreads them
    """
    rows, lowest, highest = ties["longest"]
    tolerance = ties["tolerance"]
    if highest - lowest <= WIDE * tolerance:
        return []
    return [
        f"{ties['noisy_rows']:,} of {ties['rows']:,} units share a rank with units of other scores, since their scores "
        f"lie closer together than {tolerance:g}, the noise of the largest score; {rows:,} units from {lowest:g} to "
        f"{highest:g} have one rank: a method or a transform for skewed figures spreads them"
    ]
