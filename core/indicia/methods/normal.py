"""Quantiles of the standard normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.formulas import step

if TYPE_CHECKING:
    from indicia.formulas import Expression


def normal_quantile(beyond: Expression) -> Expression:
    """Take row by row the quantile of the standard normal distribution at the probability 1/2 + `beyond`.

    What lies beyond one half keeps its digits near the median, where the quantile is zero.
    """
    return step("normal_quantile", beyond)
