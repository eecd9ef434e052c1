"""The contract of a weighting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from indicia.methods.contract import Method

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.formulas import Expression, Statistics
    from indicia.methods.contract import Array, Domain


class Indicators(ABC):
    """What a weighting may ask of the k indicators (or dimensions) of one node."""

    node: str
    """The dimension whose parts are weighed; `index` at the top."""
    names: tuple[str, ...]
    directions: tuple[Literal["benefit", "cost"], ...]
    """How the raw values are to be read; scores of dimensions, targets and intervals are benefits."""
    given: Array
    """The weights that the index file gives, shape (k,)."""

    @abstractmethod
    def on(self, values: Literal["normalised", "raw"]) -> Indicators:
        """Return the same questions asked of the normalised values (the default) or of the raw ones.

        The raw values of a dimension are its scores.
        """

    @abstractmethod
    def each(self, formula: Callable[[Expression, Statistics], Expression], domain: Domain | None = None) -> Array:
        """Return one statistic per indicator, shape (k,): `each(lambda x, s: s.std / s.mean)`.

        An indicator with a value outside `domain` is an error that names it.
        """

    @abstractmethod
    def correlation(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        """Return Pearson correlations, shape (k, k), over the units where both (or all) indicators are present.

        An indicator that does not vary has correlation 0 with the others.
        """

    @abstractmethod
    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        """Return sample covariances, shape (k, k)."""

    @abstractmethod
    def matrix(self) -> Array:
        """Return the values, shape (units, k), missing ones as NaN."""


@dataclass(frozen=True)
class Weights:
    """Weights with what else there is to tell about them."""

    values: Array
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """Figures the result reports beside the weights, such as a consistency ratio."""
    warning: str | None = None


@dataclass(frozen=True)
class Weighting(Method):
    """Say how much each indicator counts within its dimension.

    `weigh` returns one number per indicator, shape (k,), none negative; the core scales them to sum 1. It is not
    called for a single indicator, whose weight is 1.
    """

    def weigh(self, indicators: Indicators) -> Array | Weights:
        """Return the weights, not yet scaled."""
        raise NotImplementedError
