"""Adequacy of correlations for an analysis of factors: Kaiser, Meyer and Olkin, Bartlett, and variance inflation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, join_names
from indicia.statistics.correlation import partial_matrix
from indicia.statistics.items import ItemMatrix, Missing, item_matrix
from indicia.statistics.probabilities import chi_square_p

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Adequacy:
    """Measures of the common variance of items."""

    units: int
    """The number of units; for pairs of items with different units, the smallest number of a pair."""
    kmo: float
    """The measure of sampling adequacy of Kaiser, Meyer and Olkin, from 0 to 1."""
    chi_square: float
    """Bartlett's test of sphericity: large if the items correlate."""
    free: int
    """The degrees of freedom of the test."""
    p: float
    """The probability of so large a value if no items correlate."""
    log_determinant: float
    """The logarithm of the determinant of the correlations."""
    items: pl.DataFrame
    """`item`, its own `kmo`, and its variance inflation factor `vif`: 1 / (1 - R²) of its regression on the others."""


@names_its_arguments
def adequacy(table: pl.DataFrame, items: Sequence[str], *, missing: Missing = "refuse") -> Adequacy:
    """Measure whether items have so much variance in common that factors describe them.

    Parameters
    ----------
    table : polars.DataFrame
        Units in rows.
    items : sequence of str
        Columns of numbers, two or more.
    missing : "refuse", "complete" or "pairwise", default "refuse"
        Refuse missing values, take units with every item, or take for each pair of items the units that have both.

    Returns
    -------
    Adequacy
        The measure of Kaiser, Meyer and Olkin for all items and for each, Bartlett's test, and variance inflation.

    Raises
    ------
    DataError
        For missing values and constant items, if there are no more units than items, if items are linearly dependent,
        and if no item correlates with another.

    Notes
    -----
    KMO = Σ r² / (Σ r² + Σ q²) over pairs of different items, where r are correlations and q partial correlations given
    all other items; the measure of an item has the sums over its own pairs.
    χ² = -(n - 1 - (2k + 5) / 6) ln det R, with k (k - 1) / 2 degrees of freedom.

    References
    ----------
    Kaiser (1974), Psychometrika 39(1), 31-36; Bartlett (1951), Biometrika 38(3/4), 337-344; OECD/JRC (2008), Handbook
    on Constructing Composite Indicators, Box 5 and p. 67.

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1, 2, 3, 4, 5, 6], "air": [2, 1, 4, 6, 3, 5], "rent": [1, 4, 2, 6, 3, 5]})
    >>> result = adequacy(table, ["income", "air", "rent"])
    >>> round(result.kmo, 3), result.free, round(result.p, 3)
    (0.72, 3, 0.309)
    """
    return adequacy_of(item_matrix(table, items, missing))


def adequacy_of(matrix: ItemMatrix) -> Adequacy:
    """Measure the adequacy of correlations: see `adequacy`."""
    items = matrix.items
    matrix.require_inverse()
    size = len(items)
    r2 = matrix.correlation**2
    q2 = partial_matrix(matrix.correlation) ** 2
    np.fill_diagonal(r2, 0.0)
    np.fill_diagonal(q2, 0.0)
    common, both = r2.sum(axis=0), (r2 + q2).sum(axis=0)
    if unrelated := np.flatnonzero(both == 0).tolist():
        raise DataError(
            f"{join_names(items[at] for at in unrelated)} correlates with no other item: KMO has no value",
            remedy="leave it out",
        )
    log_determinant = float(np.linalg.slogdet(matrix.correlation)[1])
    chi_square = -(matrix.units - 1 - (2 * size + 5) / 6) * log_determinant
    free = size * (size - 1) // 2
    inflation = np.diag(np.linalg.inv(matrix.correlation))
    frame = pl.DataFrame({"item": list(items), "kmo": common / both, "vif": inflation})
    p = chi_square_p(chi_square, free)
    return Adequacy(matrix.units, float(common.sum() / both.sum()), chi_square, free, p, log_determinant, frame)
