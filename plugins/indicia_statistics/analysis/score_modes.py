"""The most likely score of each unit from a table of drawn scores, whichever program drew them."""

from __future__ import annotations

import polars as pl

from indicia.arguments import names_its_arguments
from indicia_robustness.rank_tables import modes_table
from indicia_statistics.analysis.draw_tables import values_by_unit


@names_its_arguments
def score_modes(
    draws: pl.DataFrame,
    *,
    unit: str | None = None,
    draw: str | None = None,
    value: str | None = None,
    width: float | None = None,
    alpha: float = 0.5,
) -> pl.DataFrame:
    """Return the most likely score of each unit over draws, and the degrees of confidence in it.

    The density of the scores of a unit is estimated by Gaussian kernels with Scott's bandwidth s n^(-1/5), where s is
    the standard deviation with n - 1. The mode is its highest point. `single` is the share of the unit's scores in
    the band mode ± width / 2, and `cross` the share of all scores in the band that are the unit's.

    Parameters
    ----------
    draws : polars.DataFrame
        Drawn scores, in a shape that `drawn_ranks` reads.
    unit, draw, value : str, optional
        The columns of units, of draws and of values; by default they are recognised.
    width : float, optional
        The width of the band around a mode; by default a tenth of the range of all scores.
    alpha : float, default 0.5
        The weight of `single` in `confidence`; `cross` has the rest.

    Returns
    -------
    polars.DataFrame
        The unit, `mode`, `single`, `cross` and `confidence`.

    Raises
    ------
    DataError
        If the table has no such shape.
    DefinitionError
        If the width is not above 0, or `alpha` not from 0 to 1.

    References
    ----------
    Paradowski & Sałabun (2024), 63rd IEEE Conference on Decision and Control; Scott (1992), Multivariate Density
    Estimation.

    Examples
    --------
    >>> draws = pl.DataFrame({"Lima": [0.5, 0.52, 0.54, 0.9], "Oslo": [0.2, 0.21, 0.22, 0.25]})
    >>> score_modes(draws, width=0.1).select("unit", pl.col("mode").round(2), "single", "cross").rows()
    [('Lima', 0.52, 0.75, 1.0), ('Oslo', 0.21, 1.0, 1.0)]
    """
    table = values_by_unit(draws, unit=unit, draw=draw, value=value, nominal=None)
    return modes_table(pl.DataFrame({table.unit: table.names}), table.values, width, alpha)
