"""The graph of dimensions: the lengths of the paths from the index to each dimension, and circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition.section import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def path_lengths(parents: Mapping[str, Sequence[str]]) -> dict[str, frozenset[int]]:
    """Return the lengths of the paths from the index to the index and to each dimension.

    A dimension that no path reaches has no entry.

    >>> sorted(path_lengths({"a": ["index"], "b": ["index", "a"]})["b"])
    [1, 2]
    """
    lengths: dict[str, set[int]] = {ROOT: {0}}
    pending = {name: set(of_part) for name, of_part in parents.items()}
    while ready := [name for name, waiting in pending.items() if waiting <= lengths.keys()]:
        for name in ready:
            of_parents = set().union(*(lengths[parent] for parent in pending.pop(name)))
            lengths[name] = {length + 1 for length in of_parents}
    return {name: frozenset(of_part) for name, of_part in lengths.items()}


def find_circle(parents: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Return a circle of dimensions: its first name is its last name too. None without a circle.

    >>> find_circle({"a": ["index", "b"], "b": ["a"]})
    ['a', 'b', 'a']
    """
    finished: set[str] = set()
    for start in parents:
        path, branches = [start], [iter(parents[start])]
        while path:
            parent = next(branches[-1], None)
            if parent is None:
                finished.add(path.pop())
                branches.pop()
            elif parent in path:
                return [*path[path.index(parent) :], parent]
            elif parent in parents and parent not in finished:
                path.append(parent)
                branches.append(iter(parents[parent]))
    return None
