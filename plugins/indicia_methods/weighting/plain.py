"""Weights that do not depend on the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Weighting
from indicia_methods.weighting.judged import ANY_VALUES

if TYPE_CHECKING:
    from indicia.methods import Array, Indicators


@dataclass(frozen=True)
class Equal(Weighting):
    """Give every component of a node the same weight."""

    name = "equal"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"w_j = 1"
    properties = ANY_VALUES

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.given**0


@dataclass(frozen=True)
class Given(Weighting):
    """Take the weights of the index file; a component without a weight counts 1."""

    name = "given"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"w_j = \text{weight}_j"
    properties = ANY_VALUES

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.given


@dataclass(frozen=True)
class Ranks(Weighting):
    """Weigh by the rank of importance of a component: its place when sorted by the weights of the index file.

    If all these weights are equal, or with `order = "listed"`, the place is that in the index file: the first component
    is the most important. Components of equal weight share the mean of their places' weights.
    """

    name = "ranks"
    reference = (
        "Stillwell, Seaver & Edwards (1981), Organizational Behavior and Human Performance 28; "
        "Barron & Barrett (1996), Management Science 42(11)"
    )
    formula = r"w_j = <rule>, \quad j \text{ the place of the component}<order>"
    symbols = {"z": "z"}
    variants = {
        "rule": {
            "centroid": r"\frac1k \sum_{l=j}^k \frac1l",
            "sum": "k + 1 - j",
            "reciprocal": r"\frac1j",
            "exponent": "(k + 1 - j)^z",
        },
        "order": {
            "given": r" \text{ by its weight in the index file}",
            "listed": r" \text{ in the index file}",
        },
    }
    properties = ANY_VALUES
    depends_on_order = True
    """If the weights are equal, the order of the components in the index file matters."""

    rule: Annotated[
        Literal["centroid", "sum", "reciprocal", "exponent"], Field(description="formula of the weight of a place")
    ] = "centroid"
    z: Annotated[float, Field(ge=0, description="power of the rule `exponent`: 0 is equal weights, 1 is `sum`")] = 2.0
    order: Annotated[
        Literal["given", "listed"], Field(description="places by the weights in the index file, or by its order")
    ] = "given"

    def weigh(self, indicators: Indicators) -> Array:
        given = indicators.given
        if self.order == "listed" or (given == given[0]).all():
            return self._by_place(len(given))
        _, group, size = np.unique(-given, return_inverse=True, return_counts=True)
        ends = size.cumsum()
        sums = np.concatenate([[0.0], self._by_place(len(given)).cumsum()])
        means: Array = (sums[ends] - sums[ends - size]) / size
        return means[group]

    def _by_place(self, size: int) -> Array:
        places: Array = np.arange(1.0, size + 1)
        weights: dict[str, Array] = {
            "centroid": (1 / places)[::-1].cumsum()[::-1] / size,
            "sum": size + 1 - places,
            "reciprocal": 1 / places,
            "exponent": ((size + 1 - places) / size) ** self.z,
        }
        return weights[self.rule]
