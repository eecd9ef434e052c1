"""Preference functions, and profiles of categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from indicia.methods import Array, MatrixContext, pair_table
from indicia.methods.contract import check_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Mask, Words


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


_ROUNDING = 1e-12
"""Flows that differ by less are equal."""


def preference_matrix(values: Array, weights: Array, rules: Sequence[dict[str, Any]]) -> Array:
    """Return the preference of the unit of the row over the unit of the column, shape (n, n).

    Two units are compared by the components that both have, with weights scaled to these.
    """
    check_pairs(len(values))
    sums, common = np.zeros((len(values), len(values))), np.zeros((len(values), len(values)))
    for column, weight, rule in zip(values.T, weights, rules, strict=True):
        with np.errstate(over="ignore", invalid="ignore"):
            differences = column[:, None] - column
        sums += weight * np.nan_to_num(preference_of(differences, **rule))
        common += weight * ~np.isnan(differences)
    return np.divide(sums, common, out=np.zeros_like(sums), where=common > 0)


def preference_of(d: Array, preference: str, q: float, p: float, s: float) -> Array:
    """Return the preferences of differences, from 0 to 1."""
    preferences: Array
    if preference == "gaussian":
        preferences = np.where(d > 0, -np.expm1(-((d / s) ** 2) / 2), 0.0)
    elif preference in ("v_shape", "linear"):
        low = q if preference == "linear" else 0.0
        preferences = np.clip((d - low) / (p - low), 0.0, 1.0)
    else:
        steps = {"usual": (0.0, 0.0), "u_shape": (q, q), "level": (q, p)}[preference]
        preferences = sum((np.where(d > step, 0.5, 0.0) for step in steps), np.zeros(d.shape))
    return preferences


def pairs(preferences: Array, flows: tuple[Array, Array], intervals: DetailTable) -> DetailTable:
    """Return preferences, and the relations of PROMETHEE I and III, of each ordered pair of units."""
    positive, negative = flows
    better = positive[:, None] >= positive - _ROUNDING
    better &= negative[:, None] <= negative + _ROUNDING
    low, high = (np.array(intervals[end], dtype=float) for end in ("low", "high"))
    above = low[:, None] > high + _ROUNDING
    return pair_table(
        [str(unit) for unit in intervals["unit"]],
        preference=preferences,
        promethee1=_relation(better, better.T),
        promethee3=_relation(~above.T, ~above),
    )


def _relation(at_least: Mask, at_most: Mask) -> Words:
    """Return P, P- for the reverse, I where both hold, and R where neither holds."""
    words: Words = np.select([at_least & at_most, at_least, at_most], ["I", "P", "P-"], "R").astype(object)
    return words


def intervals(preferences: Array, net: Array, width: float, units: Sequence[str]) -> DetailTable:
    """Return the net flow, and the standard deviation of the preferences over others less theirs, of each unit."""
    differences = preferences - preferences.T
    others = max(len(net) - 1, 1)
    mean = differences.sum(axis=1) / others
    variances = (differences**2).sum(axis=1) / others - mean**2  # the difference of a unit to itself is 0
    deviation = np.sqrt(np.maximum(variances, 0.0))
    return {"unit": units, "net": net, "sd": deviation, "low": net - width * deviation, "high": net + width * deviation}


def gaia(unicriterion: Array, weights: Array, context: MatrixContext) -> DetailTable:
    """Return the units, the components and the decision stick in the plane of the two first principal components."""
    _, vectors = _axes(unicriterion)
    plane = vectors[:, :2]
    points = np.vstack([unicriterion @ plane, plane, weights @ plane])
    names = [*context.units, *context.components, "decision stick"]
    kinds = ["unit"] * len(context.units) + ["component"] * len(context.components) + ["decision stick"]
    return {"kind": kinds, "name": names, "u": points[:, 0], "v": points[:, 1]}


def gaia_axes(unicriterion: Array) -> DetailTable:
    """Return the eigenvalue and the share of the variance of each axis; the plane has the first two."""
    eigenvalues, _ = _axes(unicriterion)
    total = eigenvalues.sum() or 1.0
    shares = eigenvalues / total
    numbers = np.arange(1, len(eigenvalues) + 1)
    return {"axis": numbers, "eigenvalue": eigenvalues, "share": shares, "cumulated_share": np.cumsum(shares)}


def _axes(unicriterion: Array) -> tuple[Array, Array]:
    """Return eigenvalues, the largest first, and unit eigenvectors with a positive sum in the columns."""
    if np.isnan(unicriterion).any() or unicriterion.shape[1] < 2:
        raise ValueError("draws the plane of GAIA for two or more components, which all units have")
    eigenvalues, vectors = np.linalg.eigh(unicriterion.T @ unicriterion / len(unicriterion))
    vectors = vectors[:, ::-1]
    return np.maximum(eigenvalues[::-1], 0.0), vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
