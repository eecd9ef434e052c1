"""Clusters of units with similar indicators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, join_names, pluralise, require_columns, require_optional

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from indicia.methods import Array

Linkage = Literal["ward", "average", "complete", "single"]
"""The distance between two clusters."""

_MOST_UNITS = 5000
"""The largest number of units: the distances of all pairs then take 100 MB."""

_NOISE = 1e-10
"""A range of values below this share of their size is 0 but for rounding."""


@dataclass(frozen=True)
class ClusterTree:
    """Units that are merged, step by step, into clusters: a dendrogram."""

    units: pl.Series
    """The units by name; they are the clusters 0, 1, … of the merges."""
    merges: pl.DataFrame
    """The clusters `first` and `second` of each `step`, the `height` at which they merge, and the `size` of the new
    cluster, whose number is that of units plus `step` less 1."""
    cophenetic: float | None
    """The correlation of the distances of units with the heights at which they merge; None if all distances or
    all heights are equal."""

    @names_its_arguments
    def groups(self, count: int) -> pl.DataFrame:
        """Return the `cluster` of each unit if the merges end at so many clusters; the first unit is in cluster 1.

        Parameters
        ----------
        count : int
            The number of clusters, from 1 to the number of units.

        Returns
        -------
        polars.DataFrame
            The unit and `cluster`.

        Raises
        ------
        DataError
            If there are fewer units than clusters.
        """
        if not 1 <= count <= len(self.units):
            raise DataError(
                f"there are {pluralise(len(self.units), 'unit')} for {pluralise(count, 'cluster')}",
                remedy=f"choose a number from 1 to {len(self.units)}",
            )
        # the steps increase from the leaves to the root, as heights need not
        steps = np.arange(len(self.units) - 1, dtype=float)
        return self._cut(len(self.units) - count - 0.5, "monocrit", monocrit=steps)

    @names_its_arguments
    def groups_below(self, height: float) -> pl.DataFrame:
        """Return the `cluster` of each unit if only merges up to a height take place.

        Parameters
        ----------
        height : float
            The largest distance of a merge.

        Returns
        -------
        polars.DataFrame
            The unit and `cluster`.
        """
        return self._cut(height, "distance")

    def _cut(self, threshold: float, criterion: str, **options: Array) -> pl.DataFrame:
        merges = self.merges.select(pl.col("first", "second", "height", "size").cast(pl.Float64)).to_numpy()
        labels = _scipy().fcluster(np.ascontiguousarray(merges), threshold, criterion, **options)
        _, first, group = np.unique(labels, return_index=True, return_inverse=True)
        numbers = np.empty(len(first), dtype=np.int64)
        numbers[np.argsort(first)] = np.arange(1, len(first) + 1)
        return pl.DataFrame([self.units, pl.Series("cluster", numbers[group])])


@names_its_arguments
def clusters(
    table: pl.DataFrame, unit: str, columns: Sequence[str], *, linkage: Linkage = "ward", squared: bool = False
) -> ClusterTree:
    """Merge the units with the most similar indicators, step by step, into clusters. Needs scipy.

    The columns are standardised, (x - mean) / s with the sample standard deviation s, and the distance of two units is
    Euclidean. The distance of two clusters is the smallest of their units (`single`), the largest (`complete`), the
    mean of all pairs (`average`), or √(2 n m / (n + m)) times the distance of the centres of n and m units (`ward`),
    so that a merge adds as little as possible to the sum of squares within clusters.

    Parameters
    ----------
    table : polars.DataFrame
        A row for each unit.
    unit : str
        The column with the names of the units.
    columns : sequence of str
        The indicators, without missing values.
    linkage : {"ward", "average", "complete", "single"}, default "ward"
        The distance of two clusters.
    squared : bool, default False
        Squared Euclidean distances of units, as in the example of the OECD/JRC Handbook; not for `ward`.

    Returns
    -------
    ClusterTree
        The units, the table `merges`, `cophenetic`, and the clusters for a number or a height.

    Raises
    ------
    DataError
        For missing values, constant columns, fewer than two units, or more than 5,000.
    MissingDependency
        Without scipy.

    References
    ----------
    OECD & JRC (2008), Handbook on Constructing Composite Indicators, Step 4; Murtagh & Legendre (2014), Journal of
    Classification 31(3), for `ward`, which is their Ward2; Sokal & Rohlf (1962), Taxon 11(2), for the cophenetic
    correlation.

    Examples
    --------
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "air": [1.0, 8.0, 2.0], "income": [3.0, 9.0, 2.0]})
    >>> tree = clusters(table, "city", ["air", "income"])
    >>> tree.groups(2).rows()
    [('Lima', 1), ('Oslo', 2), ('Pune', 1)]
    """
    if squared and linkage == "ward":
        raise DefinitionError("ward needs Euclidean distances as they are", remedy="leave out squared=True")
    require_columns(table, [unit, *columns])
    table = table.sort(unit)  # of equal distances, those of the first units by name are merged first
    values = _standardised(table, unit, columns)
    hierarchy = _scipy()
    distances = require_optional("scipy.spatial.distance", "clusters", "audit").pdist(
        values, "sqeuclidean" if squared else "euclidean"
    )
    merges = hierarchy.linkage(distances, linkage)
    pairs = np.stack([distances, hierarchy.cophenet(merges)])
    is_constant = np.ptp(pairs, axis=1) <= _NOISE * pairs.max(axis=1)
    cophenetic = None if is_constant.any() else float(np.corrcoef(pairs)[0, 1])
    numbers = dict(zip(("first", "second", "size"), merges[:, [0, 1, 3]].astype(np.int64).T, strict=True))
    steps = pl.DataFrame({"step": np.arange(1, len(values)), **numbers, "height": merges[:, 2]})
    return ClusterTree(table[unit], steps.select("step", "first", "second", "height", "size"), cophenetic)


def _scipy() -> Any:
    return require_optional("scipy.cluster.hierarchy", "clusters", "audit")


def _standardised(table: pl.DataFrame, unit: str, columns: Sequence[str]) -> Array:
    """Return the standardised columns, and refuse those that have no distances."""
    if not columns:
        raise DefinitionError("clusters need a column of figures", remedy="name the indicators")
    if not 2 <= table.height <= _MOST_UNITS:
        raise DataError(
            f"clusters need 2 to {_MOST_UNITS:,} units, and there are {table.height:,}",
            remedy="cluster the units of a period, or of a region",
        )
    x = table.select(pl.col(columns).cast(pl.Float64))
    for column in x:
        has_value = column.is_finite().fill_null(value=False)
        if not has_value.all():
            lacking = table[unit].filter(~has_value)
            raise DataError(
                f"{column.name} has no value for {join_names(lacking)}", remedy="leave these units out, or impute first"
            )
    values = x.to_numpy()
    constant = np.ptp(values, axis=0) <= _NOISE * np.abs(values).max(axis=0)
    if constant.any():
        names = [name for name, is_constant in zip(columns, constant, strict=True) if is_constant]
        raise DataError(f"all units have the same value in {join_names(names)}", remedy="leave these columns out")
    standardised: Array = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
    return standardised
