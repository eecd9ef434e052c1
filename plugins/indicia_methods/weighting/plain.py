"""Weights that ask nothing of the data."""

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
    """Let every component of a node count the same."""

    name = "equal"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"w_j = 1"
    properties = ANY_VALUES

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.given**0


@dataclass(frozen=True)
class Given(Weighting):
    """Take the weights that the index file gives; what has none there counts 1."""

    name = "given"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators"
    formula = r"w_j = \text{weight}_j"
    properties = ANY_VALUES

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.given


@dataclass(frozen=True)
class Ranks(Weighting):
    """Weigh by order of importance alone: the place that the weight in the index file gives a component.

    Where all weights there are the same, or with `order = "listed"`, the first component that is listed is the most
    important one. Components of the same weight share the mean of what their places get.
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
    """The order of the components in the index file is a part of the method, where their weights tell none."""

    rule: Annotated[
        Literal["centroid", "sum", "reciprocal", "exponent"], Field(description="how a weight follows from a place")
    ] = "centroid"
    z: Annotated[float, Field(ge=0, description="power of the rule `exponent`: 0 is equal weights, 1 is `sum`")] = 2.0
    order: Annotated[
        Literal["given", "listed"], Field(description="what places follow: the weights of the index file, or its order")
    ] = "given"

    def weigh(self, indicators: Indicators) -> Array:
        given = indicators.given
        if self.order == "listed" or (given == given[0]).all():
            return self._by_place(len(given))
        _, group, size = np.unique(-given, return_inverse=True, return_counts=True)
        ends = size.cumsum()
        sums = np.concatenate([[0.0], self._by_place(len(given)).cumsum()])
        shared: Array = (sums[ends] - sums[ends - size]) / size
        return shared[group]

    def _by_place(self, size: int) -> Array:
        places: Array = np.arange(1.0, size + 1)
        weights: dict[str, Array] = {
            "centroid": (1 / places)[::-1].cumsum()[::-1] / size,
            "sum": size + 1 - places,
            "reciprocal": 1 / places,
            "exponent": ((size + 1 - places) / size) ** self.z,
        }
        return weights[self.rule]
