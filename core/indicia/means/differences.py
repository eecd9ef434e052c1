"""The gaps between two profiles of a tree of power means, part by part, by the rule of the natural scale.

From the index down, with part(index) = Y_A - Y_B:

    part(c) = up(n) w_c h[u_Ac, u_Bc] / h[V_An, V_Bn] (u_Ac - u_Bc),   up(c) = up(n) w_c h[u_Ac, u_Bc] / h[V_An, V_Bn]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.statistics.divided_differences import divided_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.means.places import Mean, Profiles
    from indicia.methods import Array


@dataclass(frozen=True)
class Differences:
    """The parts of gaps between the unrounded scores of pairs of profiles."""

    parts: Array
    """Shape (n, places); the parts of indicators, with `rounding` and `scale`, sum to the part of the index."""
    rounding: Array
    """The part of the rounding of dimensions, shape (n,)."""
    scale: Array
    """The part of rescalings with other statistics for the two profiles, shape (n,)."""
    weights: Array
    """The part of weights that differ between the two profiles, shape (n,)."""


Side: TypeAlias = "tuple[Profiles, Array, Array]"
"""The profiles of one side, their weights within nodes, and the slopes from values to components; (n, places)."""


def differences(means: Sequence[Mean], first: Side, second: Side) -> Differences:
    """Return the parts of the gaps between profiles, row by row.

    Parameters
    ----------
    means : sequence of Mean
        The nodes of the tree, parents first.
    first, second : Side
        The profiles A and B, without missing values where a weight is not 0.

    Returns
    -------
    Differences
        The parts; a place that does not differ has 0, and the parts below a node sum to the part of the node.

    References
    ----------
    Ang (2015), Energy Policy 86, doi:10.1016/j.enpol.2015.07.007 (LMDI-I); Ang & Liu (2007), Energy Policy 35(1), for
    the limit at zero.
    """
    (a, weights, slopes), (b, other_weights, other_slopes) = first, second
    gaps, turned = a.components - b.components, a.values - b.values
    equal_weights = np.array_equal(weights, other_weights)
    weights, slopes = (weights + other_weights) / 2, (slopes + other_slopes) / 2
    of_rounding = a.rounding - b.rounding
    of_scale = gaps - slopes * turned - of_rounding
    parts, of_value = np.zeros(gaps.shape), np.zeros(gaps.shape)
    parts[:, 0], of_value[:, 0] = gaps[:, 0], slopes[:, 0]  # of_value: the part for a unit of difference in the value
    rounding, scale, weighting = of_rounding[:, 0].copy(), of_scale[:, 0].copy(), np.zeros(len(gaps))
    for mean in means:
        node, below = mean.place, mean.below
        shares = _shares(
            (a.components[:, below], b.components[:, below]),
            (a.values[:, node], b.values[:, node]),
            weights[:, below],
            mean.power,
        )
        up = of_value[:, [node]] * shares
        parts[:, below] = _product(up, gaps[:, below])
        if not equal_weights:
            weighting += of_value[:, node] * turned[:, node] - parts[:, below].sum(axis=1)
        for position, child in enumerate(below):
            if child in mean.nodes:
                of_value[:, child] = up[:, position] * slopes[:, child]
                rounding += _product(up[:, position], of_rounding[:, child])
                scale += _product(up[:, position], of_scale[:, child])
    return Differences(parts, rounding, scale, weighting)


def _product(factor: Array, values: Array) -> Array:
    """Return products that are 0 where the factor is, whatever the value: a part without weight may have none."""
    product: Array = np.where(factor == 0, 0.0, factor * values)
    return product


def _shares(components: tuple[Array, Array], values: tuple[Array, Array], weights: Array, power: float) -> Array:
    """Return w h[u_A, u_B] / h[V_A, V_B] for the components of a node, shape (n, k)."""
    if power == 1:
        return weights
    (first, second), (first_value, second_value) = components, values
    size = np.fmax(first_value, second_value)[:, None]
    size = np.where(size > 0, size, 1.0)  # the ratio does not depend on the scale, and powers may overflow
    of_parts = divided_difference(first / size, second / size, power)
    of_value = divided_difference(first_value[:, None] / size, second_value[:, None] / size, power)
    with np.errstate(divide="ignore", invalid="ignore"):
        # where h is steep without limit at zero, components that are zero on both sides have no part
        is_level = (first == second) & np.isinf(of_parts)
        shares = np.where((weights == 0) | is_level, 0.0, weights * of_parts / of_value)
        if power > 0:  # both values are zero, and so are all components
            return np.where((of_value == 0) | np.isinf(of_value), weights, shares)
        # zeros on one side share the gap by their weights, and all other components get nothing
        one_sided = (weights != 0) & ((first == 0) != (second == 0))
        total = np.where(one_sided, weights, 0.0).sum(axis=1, keepdims=True)
        gap = (first_value - second_value)[:, None]
        of_zeros = np.where(one_sided, weights / total * gap / (first - second), 0.0)
        return np.where(np.isinf(of_value), of_zeros, shares)
