"""The rank intervals of the page, and the probability that a unit ranks above another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia_report.headline import caveat, draws_say
from indicia_report.model.columns import base64_of, encode
from indicia_report.model.texts import compact

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.robustness import Robust
    from indicia_report.markup import Texts
    from indicia_report.model.types import Intervals, Pairs

MOST_UNITS_OF_ALL_PAIRS = 500
"""The most units of which all pairs are on the page; with more, each unit is compared with some above it."""
NEIGHBOURS = 10
"""The number of units above a unit with which it is compared if there are more units."""
_LEVEL = 0.9
"""The share of the draws in the rank intervals of `Robust.units`."""
_STEPS, _NONE = 200, 255
"""The number of steps of a probability in a byte, and the byte for none."""


@dataclass(frozen=True)
class PageIntervals:
    """The results of draws, for the units of the page."""

    robust: Robust
    ids: list[str]
    """The units of the page; the draws may have fewer."""
    texts: Texts

    @cached_property
    def _place(self) -> npt.NDArray[np.int64]:
        """The place in `ids` of each unit of the draws."""
        places = {unit: at for at, unit in enumerate(self.ids)}
        return np.array([places[str(unit)] for unit in self.robust.names], np.int64)

    def entry(self, period: int) -> Intervals:
        """Return the intervals; `period` is the number of the period of the draws."""
        frame = self.robust.units.with_columns(pl.col(self.robust.unit).cast(pl.String).alias("\0unit"))
        by_unit = pl.DataFrame({"\0unit": self.ids}).join(frame, on="\0unit", how="left", maintain_order="left")
        is_ranked = pl.col("tier") > 0

        def of_units(column: str, decimals: int = 2) -> list[float | None]:
            return _short(by_unit.select(pl.when(is_ranked).then(pl.col(column).round(decimals))).to_series())

        def among_first(k: int) -> list[float | None]:
            shares = np.full(len(self.ids), np.nan)
            shares[self._place] = self.robust.share_in_top(k).round(4)
            ranked = by_unit.select(is_ranked.fill_null(value=False)).to_series()
            return _short(pl.Series(shares, nan_to_null=True).set(~ranked, None))

        return {
            "draws": self.robust.draws,
            "says": compact(draws_say(self.robust, self.texts)),
            "caveat": compact(sentence) if (sentence := caveat(self.robust, self.texts)) else None,
            "period": period,
            "level": _LEVEL,
            "lower": of_units("lower", 1),
            "upper": of_units("upper", 1),
            "ten": among_first(10),
            "pairs": self._all_pairs() if len(self.ids) <= MOST_UNITS_OF_ALL_PAIRS else self._neighbours(),
        }

    def _all_pairs(self) -> Pairs:
        shares = np.full((len(self.ids), len(self.ids)), np.nan)
        of_draws = self.robust.pairwise.drop(self.robust.unit).to_numpy()
        shares[np.ix_(self._place, self._place)] = of_draws
        return {"kind": "half", "v": base64_of(_bytes(shares[np.triu_indices(len(self.ids), 1)]))}

    def _neighbours(self) -> Pairs:
        shares = self.robust.neighbours(NEIGHBOURS)
        return {"kind": "ten", "order": encode(self._place[self.robust.order]), "v": base64_of(_bytes(shares))}


def _short(numbers: pl.Series) -> list[float | None]:
    """Return numbers with whole numbers as such, which are shorter in JSON."""
    return [number if number is None or number % 1 else int(number) for number in numbers.to_list()]


def _bytes(shares: Array) -> npt.NDArray[np.uint8]:
    """Return probabilities as bytes, in half per cent."""
    present = ~np.isnan(shares)
    numbers = np.full(shares.shape, _NONE, np.uint8)
    numbers[present] = np.rint(_STEPS * shares[present]).astype(np.uint8)
    return numbers
