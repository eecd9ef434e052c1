"""Agreement on who is at the top."""

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

    Units that are tied for the last places are in by a share each.
    """

    name = "top_k_overlap"
    reference = "Fagin, Kumar & Sivakumar (2003), SIAM Journal on Discrete Mathematics 17(1)"
    formula = r"\frac{1}{k} \sum_i \min(a_i, b_i), \quad a_i, b_i \text{ the share of unit } i \text{ in the first } k"
    symbols = {"k": "k"}

    k: Annotated[int, Field(ge=1, description="how many units make the top")] = 10

    def measure(self, first: Array, others: Array) -> Array:
        if self.k > len(first):
            raise ValueError(f"k = {self.k}, and there are {len(first)} units")
        common: Array = np.minimum(self._top(first), self._top(others)).sum(axis=-1)
        return common / self.k

    def _top(self, ranks: Array) -> Array:
        last = np.partition(ranks, self.k - 1, axis=-1)[..., self.k - 1, None]
        inside, tied = ranks < last, ranks == last
        left = self.k - inside.sum(axis=-1, keepdims=True)
        share = left / tied.sum(axis=-1, keepdims=True)
        top: Array = inside + tied * share
        return top
