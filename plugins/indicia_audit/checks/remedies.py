"""The conditions under which correlations may move a part, leave it out, or lower its weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.methods.probabilities import correlation_interval

if TYPE_CHECKING:
    from indicia_statistics.coherence import Coherence, Correlation

FEW_PARTS = 4
"""The number of parts up to which the concept of a node decides about each part, and correlations do not."""
CLEAR = 0.3
"""The least correlation of an indicator with a dimension to which it may move."""
DOMINANT = 0.95
"""The correlation with its score above which a part dominates (Pocket Guide)."""


def has_few_parts(coherence: Coherence, node: str) -> bool:
    """Return whether the concept of a node decides about its parts."""
    return coherence.components[node].width <= FEW_PARTS


def closest_dimension(coherence: Coherence, node: str, part: str) -> tuple[str, Correlation] | None:
    """Return the other dimension of indicators with which a part of a node correlates most; None without any.

    A dimension whose score depends on the part does not count.
    """
    others = [
        (pair.r, pair.units, other)
        for other in dimensions_of_indicators(coherence)
        if part not in coherence.indicators_below[other] and (pair := coherence.with_node(node, part, other))
    ]
    if not others:
        return None
    other = max(others)[2]
    pair = coherence.with_node(node, part, other)
    assert pair is not None
    return other, pair


def dimensions_of_indicators(coherence: Coherence) -> list[str]:
    """Return the nodes that hold an indicator directly, by name."""
    nodes = coherence.components
    return sorted(node for node, frame in nodes.items() if any(name not in nodes for name in frame.columns))


def home_of(coherence: Coherence, node: str, part: str) -> str | None:
    """Return the dimension to which an indicator may move: the closest one, if the correlation is clear and positive.

    It is clear from 0.3, with a 95 % interval above 0, and above the correlation with the rest of the present node.
    A dimension has no such home.
    """
    if part in coherence.components:
        return None
    own, closest = coherence.with_rest(node, part), closest_dimension(coherence, node, part)
    if own is None or closest is None:
        return None
    other, pair = closest
    low, _ = correlation_interval(np.array(pair.r), pair.units)
    return other if pair.r >= CLEAR and low > 0 and pair.r > own.r else None


def dominates_at_equal_weights(coherence: Coherence, node: str, part: str, limit: float = DOMINANT) -> bool:
    """Return whether a part correlates by more than a limit with the sum of all parts of its node at equal weights.

    The correlation of the parts then causes it, and a lower weight is no remedy.
    """
    pair = coherence.with_sum(node, part)
    return pair is not None and pair.r > limit
