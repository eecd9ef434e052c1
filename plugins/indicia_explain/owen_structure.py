"""The groups of indicators whose values enter together in Owen values: those of the dimensions of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import Leaf

if TYPE_CHECKING:
    from collections.abc import Collection

    from indicia.definition import Node
    from indicia_statistics.shapley import Structure


def owners(tree: Node) -> dict[str, str]:
    """Return, for each part on which the index depends, the lowest node through which all its paths lead.

    In a tree this is its parent. A part of several dimensions belongs to the lowest node that holds all of them, so
    that it is in no dimension whose other parts could enter without it.
    """
    owner: dict[str, str] = {}

    def line(name: str) -> list[str]:
        names = [name]
        while names[-1] in owner:
            names.append(owner[names[-1]])
        return names

    for node in tree.counting_nodes():  # parents first: all parents of a node come before it
        for part in node.components:
            if part.id not in owner:
                owner[part.id] = node.id
                continue
            above = set(line(owner[part.id]))
            owner[part.id] = next(name for name in line(node.id) if name in above)
    return owner


def indicators_of(tree: Node) -> dict[str, list[str]]:
    """Return, for the index and each dimension, the indicators whose paths to the index all lead through it."""
    owner = owners(tree)
    indicators: dict[str, list[str]] = {node.id: [] for node in tree.counting_nodes()}
    for leaf in tree.leaves():
        name = leaf.id
        while name in owner:
            name = owner[name]
            indicators[name].append(leaf.id)
    return indicators


def structure_of(tree: Node, players: Collection[str]) -> Structure:
    """Return the groups of some indicators, by their places in `players`: a group for each dimension with two or more.

    A dimension with one of them is no group, since groups of one change no value.
    """
    numbers = {name: number for number, name in enumerate(players)}
    owner = owners(tree)
    members: dict[str, list[int | Structure]] = {node.id: [] for node in tree.counting_nodes()}
    for leaf in tree.leaves():
        if leaf.id in numbers:
            members[owner[leaf.id]].append(numbers[leaf.id])
    for node in reversed(list(tree.counting_nodes())):  # parts before their nodes
        if node is not tree and (group := members[node.id]):
            members[owner[node.id]].append(group[0] if len(group) == 1 else tuple(group))
    top = tuple(members[tree.id])
    return top[0] if len(top) == 1 and isinstance(top[0], tuple) else top


def has_levels(tree: Node) -> bool:
    """Return whether the index depends on its indicators through dimensions."""
    return any(not isinstance(part, Leaf) for part in tree.components)
