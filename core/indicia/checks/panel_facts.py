"""The scores of two successive periods of a panel, as checks see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array


@dataclass(frozen=True, eq=False)
class PanelFacts:
    """The scores of a period and of the period before, for the units that have a rank in one of them.

    A larger score has a better rank, also in an index of which the lowest score is first.
    """

    period: str
    previous: str
    units: Sequence[str]
    """The names of the units, by name."""
    now: Array
    """The scores of the period, (units,); NaN for a unit without a rank."""
    before: Array
    """The scores of the period before, (units,), likewise."""
    restated: Array
    """The scores of the period before by the statistics and weights of the period, (units,).

    They are those of `before` if no statistic and no weight differs between periods.
    """
    moving: tuple[str, ...] = ()
    """The indicators whose goalposts are statistics of each period."""
    weights_move: bool = False
    """True if weights are computed within each period."""
    fault: str | None = None
    """The reason why the period before could not be restated; `restated` is then `before`."""
