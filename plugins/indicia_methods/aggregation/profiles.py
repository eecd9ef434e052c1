"""Profiles between or of classes, as parameters of sorting methods state them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_methods.arrays import Mask

Profiles: TypeAlias = tuple[tuple[float, ...], ...] | dict[str, tuple[float, ...]]


def count_profiles(profiles: Profiles) -> int:
    """Return the number of profiles, 0 if none is stated; refuse profiles with values of some components only."""
    rows = tuple(profiles.values()) if isinstance(profiles, dict) else profiles
    if len({len(row) for row in rows}) > 1:
        raise ValueError("each profile needs a value for each component")
    if not rows or not rows[0]:
        return 0
    return len(rows[0]) if isinstance(profiles, dict) else len(rows)


def ascending_profiles(profiles: Profiles, components: Sequence[str], costs: Mask) -> Array:
    """Return profiles, worst first, shape (k, profiles), costs negated; refuse one that is worse than its predecessor.

    `profiles` are rows with a value for each component, or the values of each component by name.
    """
    if isinstance(profiles, dict):
        if sorted(profiles) != sorted(components):
            raise ValueError(f"profiles names {', '.join(profiles)}; the components are {', '.join(components)}")
        borders = np.array([profiles[name] for name in components])
    else:
        borders = np.array(profiles).T
    if len(borders) != len(components):
        raise ValueError(f"a profile has {len(borders)} values for {len(components)} components")
    borders = np.where(costs[:, None], -borders, borders)
    if (falling := np.argwhere(np.diff(borders, axis=1) < 0)).size:
        component, number = falling[0].tolist()
        raise ValueError(f"profile {number + 2} is worse than profile {number + 1} in {components[component]}")
    return borders
