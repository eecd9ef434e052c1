"""Shapley and Owen values of any function of subsets, exact and from sampled orders.

A *value function* receives subsets of n parts as a mask of shape (m, n), and returns one number for each subset, (m,).
The Shapley value of a part is its mean marginal contribution over all orders in which the parts can enter. The Owen
value is the mean over the orders that keep the parts of each group of a *structure* together. A structure is a tuple
of numbers of parts and of further structures: `(0, (1, 2), (3, (4, 5)))`.

Sources: Shapley (1953), Contributions to the Theory of Games II; Owen (1977), Essays in Mathematical Economics and Game
Theory, and Winter (1989), International Journal of Game Theory 18, for structures of several levels; Castro, Gómez &
Tejada (2009), Computers & Operations Research 36, for sampled orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from indicia.methods import Array

    Masks: TypeAlias = npt.NDArray[np.bool_]
    Integers: TypeAlias = npt.NDArray[np.int64]
    ValueFunction: TypeAlias = Callable[[Masks], Array]

Structure: TypeAlias = "tuple[int | Structure, ...]"
"""Parts by their numbers from 0, in groups and groups of groups; each part stands in it once."""

MOST_EXACT = 12
"""The largest number of parts whose subsets are all computed."""

_CELLS = 1 << 22
"""The largest number of cells of the masks that are computed at a time."""


@dataclass(frozen=True)
class PartValues:
    """The value of each part, and how sure it is."""

    values: Array
    """Shape (n,); their sum is the value of all parts less the value of none."""
    errors: Array | None = None
    """The standard error of each value, (n,); None if the values are exact."""
    orders: int | None = None
    """The number of sampled orders; None if the values are exact."""


def shapley_values(values: Array) -> Array:
    """Return the Shapley value of each of n parts, given the values of all subsets.

    Parameters
    ----------
    values
        The values of the 2^n subsets, shape (2^n, ...): part j is in subset number s if bit j of s is set.

    Returns
    -------
    Array
        Shape (n, ...).

    Examples
    --------
    Part 0 alone brings 1, part 1 alone brings 2, and both bring 5:

    >>> shapley_values(np.array([0.0, 1.0, 2.0, 5.0])).tolist()
    [2.0, 3.0]
    """
    count = len(values).bit_length() - 1
    subsets = np.arange(len(values))
    factors = _factors(count)[subset_sizes(count)]
    result = np.empty((count, *values.shape[1:]))
    for part in range(count):
        without = subsets[subsets & (1 << part) == 0]
        gains = values[without | (1 << part)] - values[without]
        result[part] = np.tensordot(factors[without], gains, axes=(0, 0))
    return result


def owen_values(value: ValueFunction, structure: Structure) -> PartValues:
    """Return the exact Owen values of the parts of a structure; those of a flat structure are Shapley values.

    Each group needs the values of all subsets of its parts, beside all subsets of the groups that stand beside it and
    beside the groups around it; `fits` tells whether these are few enough.

    Examples
    --------
    Parts 1 and 2 stand in a group, and the value is 1 if part 0 and one of them are present:

    >>> owen_values(lambda masks: 1.0 * (masks[:, 0] & masks[:, 1:].any(axis=1)), (0, (1, 2))).values.tolist()
    [0.5, 0.25, 0.25]
    """
    count = sum(1 for _ in parts_of(structure))
    result = np.zeros(count)
    pending = [(structure, np.zeros((1, count), dtype=bool), np.ones(1))]
    while pending:
        group, outside, probabilities = pending.pop()
        size = len(group)
        members = np.zeros((size, count), dtype=bool)
        for number, member in enumerate(group):
            members[number, list(parts_of(member))] = True
        inside = subset_masks(size) @ members
        if any(isinstance(member, int) for member in group):
            masks = (outside[:, None] | inside).reshape(-1, count)
            of_subsets = probabilities @ _computed(value, masks).reshape(len(outside), -1)
            for member, worth in zip(group, shapley_values(of_subsets), strict=True):
                if isinstance(member, int):
                    result[member] = worth
        factors = _factors(size)[subset_sizes(size)]
        for number, member in enumerate(group):
            if not isinstance(member, int):
                others = np.flatnonzero(np.arange(1 << size) & (1 << number) == 0)
                contexts = (outside[:, None] | inside[others]).reshape(-1, count)
                pending.append((member, contexts, np.outer(probabilities, factors[others]).ravel()))
    return PartValues(result)


def sampled_values(value: ValueFunction, structure: Structure, orders: int, random: np.random.Generator) -> PartValues:
    """Estimate Owen values from independent orders that keep the parts of each group together.

    In each order the marginal contributions add to the value of all parts less the value of none, and so do their
    means. The standard error of a mean is s/√m for the standard deviation s of m orders.

    Parameters
    ----------
    value
        The value function.
    structure
        The groups of the parts.
    orders
        The number m of orders, 2 or more.
    random
        The source of random numbers: the same state gives the same orders.
    """
    if orders < 2:
        raise DefinitionError(f"{orders} orders have no standard error", remedy="orders = 1_000")
    count = sum(1 for _ in parts_of(structure))
    places = _places(structure, orders, random)
    batch = max(1, _CELLS // (count * count))
    ends = value(np.array([np.zeros(count, dtype=bool), np.ones(count, dtype=bool)]))
    gains = np.empty((orders, count))
    for start in range(0, orders, batch):
        rows = slice(start, start + batch)
        masks = places[rows, None, :] < np.arange(1, count)[:, None]
        steps = np.empty((len(masks), count + 1))
        steps[:, [0, -1]] = ends
        steps[:, 1:-1] = value(masks.reshape(-1, count)).reshape(len(masks), count - 1)
        gains[rows] = np.take_along_axis(np.diff(steps, axis=1), places[rows], axis=1)
    gains = np.ascontiguousarray(gains.T)  # sums over neighbours in memory are more exact
    return PartValues(gains.mean(axis=1), gains.std(axis=1, ddof=1) / np.sqrt(orders), orders)


def fits(structure: Structure) -> bool:
    """Return whether exact values need 2^12 subsets or fewer for each group, as 12 parts without groups do.

    >>> fits(tuple(range(12))), fits(tuple(range(13))), fits((tuple(range(7)), tuple(range(7, 13))))
    (True, False, True)
    """
    return all(beside + len(group) <= MOST_EXACT for group, beside in _groups(structure))


def parts_of(structure: Structure | int) -> Iterator[int]:
    """Yield the parts of a structure."""
    if isinstance(structure, int):
        yield structure
        return
    for member in structure:
        yield from parts_of(member)


def subset_masks(count: int) -> Masks:
    """Return the masks of all subsets, shape (2^n, n): part j is in subset s if bit j of s is set."""
    masks: Masks = (np.arange(1 << count)[:, None] >> np.arange(count)) & 1 == 1
    return masks


def subset_sizes(count: int) -> Integers:
    """Return the number of parts of each subset, (2^n,)."""
    sizes: Integers = subset_masks(count).sum(axis=1)
    return sizes


def _factors(count: int) -> Array:
    """Return |S|! (n - |S| - 1)! / n! by the size of S, with 0 for all n parts."""
    sizes = [factorial(size) * factorial(count - size - 1) / factorial(count) for size in range(count)]
    return np.array([*sizes, 0.0])


def _computed(value: ValueFunction, masks: Masks) -> Array:
    """Return the values of subsets, computed in batches that fit in memory."""
    batch = max(1, _CELLS // masks.shape[1])
    return np.concatenate([value(masks[start : start + batch]) for start in range(0, len(masks), batch)])


def _groups(structure: Structure, beside: int = 0) -> Iterator[tuple[Structure, int]]:
    """Yield each group, with the number of other members beside the groups around it."""
    yield structure, beside
    for member in structure:
        if not isinstance(member, int):
            yield from _groups(member, beside + len(structure) - 1)


def _places(structure: Structure, orders: int, random: np.random.Generator) -> Integers:
    """Return the place of each part in each order, shape (m, n)."""
    places = np.empty((orders, sum(1 for _ in parts_of(structure))), dtype=np.int64)
    pending: list[tuple[Structure | int, Integers]] = [(structure, np.zeros(orders, dtype=np.int64))]
    while pending:
        group, start = pending.pop()
        if isinstance(group, int):
            places[:, group] = start
            continue
        order = random.random((orders, len(group))).argsort(axis=1, kind="stable")
        sizes = np.array([sum(1 for _ in parts_of(member)) for member in group])
        ends = sizes[order].cumsum(axis=1)
        starts = np.empty_like(ends)
        np.put_along_axis(starts, order, ends - sizes[order], axis=1)
        pending += [(member, start + starts[:, number]) for number, member in enumerate(group)]
    return places
