"""Agreement on the units at the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Agreement

if TYPE_CHECKING:
    from indicia.methods import Array


@dataclass(frozen=True)
class TopKOverlap(Agreement):
    """Take the share of the first k units that both rankings have in common.

    Units tied for the last places of the first k share these places equally.
    """

    name = "top_k_overlap"
    reference = "Fagin, Kumar & Sivakumar (2003), SIAM Journal on Discrete Mathematics 17(1)"
    formula = r"\frac{1}{k} \sum_i \min(a_i, b_i), \quad a_i, b_i \text{ the share of unit } i \text{ in the first } k"
    symbols = {"k": "k"}

    k: Annotated[int, Field(ge=1, description="number of units at the top")] = 10

    def measure(self, first: Array, others: Array) -> Array:
        if self.k > len(first):
            raise ValueError(f"k = {self.k} exceeds the {len(first)} units: choose a smaller k")
        common: Array = np.minimum(self._top(first), self._top(others)).sum(axis=-1)
        return common / self.k

    def _top(self, ranks: Array) -> Array:
        last = np.partition(ranks, self.k - 1, axis=-1)[..., self.k - 1, None]
        inside, tied = ranks < last, ranks == last
        vacant = self.k - inside.sum(axis=-1, keepdims=True)
        share = vacant / tied.sum(axis=-1, keepdims=True)
        top: Array = inside + tied * share
        return top
