"""The random numbers of weightings and aggregations, which belong to the draw."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia.methods.numbers import seed_of_draw

if TYPE_CHECKING:
    from indicia.definition import Node, Robustness
    from indicia_robustness.baseline import Plan

RANDOM = "random_numbers"
"""The name of the choice, whose alternatives are numbered sets of random numbers."""
SETS = ("weights", "data", RANDOM)
"""The choices whose alternatives are numbered sets of random numbers."""


def has_random_nodes(varied: Robustness, tree: Node, plan: Plan) -> bool:
    """Return whether the index, or one with another weighting or aggregation that varies, has a random one."""
    if tree.has_random_nodes:
        return True
    for stage in ("weighting", "aggregation"):
        for choice in getattr(varied, stage):
            with suppress(IndiciaError):  # a method may go with methods of other stages only
                if plan({stage: choice})[1].has_random_nodes:
                    return True
    return False


def tree_of_draw(tree: Node, seed: int, number: int | None) -> Node:
    """Return the tree of an index with random numbers of a draw, from 0; None for those of the index itself.

    `seed` is the seed of the analysis.
    """
    return tree.with_seed(seed_of_draw(seed, number + 1)) if number is not None and tree.has_random_nodes else tree
