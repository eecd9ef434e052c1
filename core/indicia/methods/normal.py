"""Quantiles of the standard normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.formulas import step

if TYPE_CHECKING:
    from indicia.formulas import Expression


def normal_quantile(beyond: Expression) -> Expression:
    """Return the quantile of the standard normal distribution at the probability 1/2 + `beyond`, row by row.

    Parameters
    ----------
    beyond
        The probability minus 1/2, between -1/2 and 1/2. This difference keeps its digits near the median, where the
        quantile is zero.

    Returns
    -------
    Expression
        The quantiles.
    """
    return step("normal_quantile", beyond)
