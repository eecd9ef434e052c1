"""Reliability, adequacy and components of the items of one node, each computed at its first use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl

from indicia.errors import DataError
from indicia.statistics.adequacy import adequacy
from indicia.statistics.correlation import partial_correlations
from indicia.statistics.factors import principal_components, rotated_components
from indicia.statistics.items import FEWEST_UNITS
from indicia.statistics.noise import NOISE
from indicia.statistics.parallel import component_counts, parallel_thresholds
from indicia.statistics.reliability import alpha, one_factor
from indicia.statistics.resampling import affordable_draws, resample

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array
    from indicia.statistics.adequacy import Adequacy
    from indicia.statistics.factors import PrincipalComponents, RotatedComponents, Rotation
    from indicia.statistics.parallel import ComponentCounts
    from indicia.statistics.reliability import Alpha, OneFactor
    from indicia.statistics.resampling import Resamples

T = TypeVar("T")
FEWEST_ITEMS = 3
"""The fewest items of a factor: two items always have one component with an eigenvalue above 1."""


@dataclass(frozen=True, eq=False)
class NodeCoherence:
    """The statistics of the items of a node, over the units that have every item.

    A statistic that the items do not allow is a sentence with the reason.
    """

    node: str
    items: tuple[str, ...]
    """The items that vary."""
    left_out: tuple[str, ...]
    """The items that have one value for all units, or fewer than 3 values."""
    present: pl.DataFrame
    """The items of all units, a Float64 column for each; values that are not finite are missing."""
    seed: int = 1

    @classmethod
    def of(cls, node: str, frame: pl.DataFrame, seed: int = 1) -> NodeCoherence:
        """Return the statistics of the columns of a frame; values that are not finite are missing.

        >>> frame = pl.DataFrame({"a": [1.0, 2.0, 4.0, None], "b": [1.0, 3.0, 3.0, 2.0], "c": [5.0] * 4})
        >>> coherence = NodeCoherence.of("index", frame)
        >>> coherence.items, coherence.left_out, coherence.units, coherence.incomplete
        (('a', 'b'), ('c',), 3, 1)
        """
        finite = frame.select(finite_or_missing(column) for column in frame)
        items = tuple(column.name for column in finite if varies(column))
        left_out = tuple(name for name in frame.columns if name not in items)
        return cls(node, items, left_out, finite.select(items), seed)

    @cached_property
    def table(self) -> pl.DataFrame:
        """The items of the units that have all of them, a Float64 column for each."""
        return self.present.drop_nulls()

    @cached_property
    def incomplete(self) -> int:
        """The number of units that lack an item and have another."""
        if not self.items:
            return 0
        return self.present.filter(pl.any_horizontal(pl.all().is_not_null())).height - self.units

    @property
    def units(self) -> int:
        """The number of units that have every item."""
        return self.table.height

    @cached_property
    def alpha(self) -> Alpha | str:
        """Cronbach's alpha of the values and of standardised items; `items` has the values as they are."""
        return _or_reason(lambda: alpha(self.table, self.items))

    @cached_property
    def standardised(self) -> Alpha | str:
        """Cronbach's alpha of standardised items, and the correlations of standardised items with their sums."""
        if isinstance(self.alpha, str):
            return self.alpha
        columns = {name: (self.table[name] - self.table[name].mean()) / self.table[name].std() for name in self.items}
        return replace(alpha(pl.DataFrame(columns), self.items), alpha=self.alpha.standardised)

    @cached_property
    def one_factor(self) -> OneFactor | str:
        """The model of one common factor, with omega."""
        return _or_reason(lambda: one_factor(self.table, self.items))

    @cached_property
    def adequacy(self) -> Adequacy | str:
        """The measure of Kaiser, Meyer and Olkin, Bartlett's test, and variance inflation.

        Correlations that have no inverse are refused: see `refusal`.
        """
        return _or_reason(lambda: adequacy(self.table, self.items))

    @cached_property
    def refusal(self) -> str | None:
        """The reason why components are refused: no more units than items, or items that depend on each other."""
        return self.components if isinstance(self.components, str) else None

    @cached_property
    def components(self) -> PrincipalComponents | str:
        """The eigenvalues and the loadings of the correlations."""
        return _or_reason(lambda: principal_components(self.table, self.items))

    @cached_property
    def eigenvalues(self) -> Array:
        """The eigenvalues in descending order, (k,); empty if components are refused."""
        if isinstance(self.components, str):
            return np.empty(0)
        return self.components.eigenvalues["eigenvalue"].to_numpy()

    @cached_property
    def partial(self) -> pl.DataFrame | str:
        """The partial correlations of pairs of items, as `partial_correlations` returns them."""
        return _or_reason(lambda: partial_correlations(self.table, self.items))

    def rotated(self, rotation: Rotation) -> RotatedComponents | str:
        """Rotate the components with eigenvalues above 1."""
        return _or_reason(lambda: rotated_components(self.table, self.items, rotation=rotation))

    @cached_property
    def resamples(self) -> Resamples | None:
        """Eigenvalues and alphas of resampled tables; None if components are refused, or half of the tables are."""
        if self.refusal is not None:
            return None
        draws = affordable_draws(len(self.items))
        result = resample(self.table.to_numpy(), draws, self.seed)
        return result if result.draws >= draws / 2 else None

    @cached_property
    def thresholds(self) -> pl.DataFrame | None:
        """The eigenvalues of unrelated items: mean and 95 % quantile; None if components are refused."""
        if self.refusal is not None:
            return None
        size = len(self.items)
        return parallel_thresholds(self.units, size, draws=affordable_draws(size), seed=self.seed)

    @cached_property
    def counts(self) -> ComponentCounts | None:
        """The number of components to keep, by three rules; None if components are refused."""
        if isinstance(self.components, str) or self.thresholds is None:
            return None
        return component_counts(self.components.eigenvalues, self.thresholds)

    def eigenvalue_interval(self, place: int) -> tuple[float, float] | None:
        """Return the 5 % and the 95 % quantile of an eigenvalue of resampled tables, 0 for the largest."""
        return None if self.resamples is None else _interval(self.resamples.eigenvalues[:, place])

    @property
    def alpha_interval(self) -> tuple[float, float] | None:
        """The 5 % and the 95 % quantile of the standardised alpha of resampled tables."""
        return None if self.resamples is None else _interval(self.resamples.alphas)


def finite_or_missing(column: pl.Series) -> pl.Series:
    """Return a column as Float64 in which values that are not finite are missing."""
    values = column.cast(pl.Float64)
    return values.set(~values.is_finite(), None)


def varies(column: pl.Series) -> bool:
    """Return whether a column has 3 values or more, and not the same value for all units but for rounding."""
    if len(column) - column.null_count() < FEWEST_UNITS:
        return False
    values = column.drop_nulls().to_numpy()
    low, high = float(values.min()), float(values.max())
    return high - low > NOISE * max(abs(low), abs(high))


def _interval(values: Array) -> tuple[float, float]:
    low, high = np.quantile(values, (0.05, 0.95))
    return float(low), float(high)


def _or_reason(compute: Callable[[], T]) -> T | str:
    try:
        return compute()
    except DataError as error:
        return error.reason
