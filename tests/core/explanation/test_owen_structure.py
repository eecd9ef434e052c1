"""The groups of indicators for Owen values, in trees and in graphs with shared parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import indicia
from indicia_explain.owen_structure import indicators_of, owners, structure_of

if TYPE_CHECKING:
    from indicia.definition import Node


def tree_of(dimensions: dict[str, Any], **parents: Any) -> Node:
    indicators = {name: {"dimension": dimension} for name, dimension in parents.items()}
    return indicia.read({"data": {"unit": "unit"}, "dimensions": dimensions, "indicators": indicators}).tree


TREE = tree_of({"d": {}, "e": {"parent": "d"}, "f": {}}, x="d", y="e", z="e", w="f")
GRAPH = tree_of({"d": {}, "e": {}, "both": {"parent": ["d", "e"]}}, x="d", y="both", z="both", w="e")


def test_the_owner_of_a_part_in_a_tree_is_its_parent() -> None:
    assert owners(TREE) == {"d": "index", "f": "index", "e": "d", "x": "d", "y": "e", "z": "e", "w": "f"}


def test_a_shared_dimension_belongs_to_the_node_that_holds_both_its_parents() -> None:
    assert owners(GRAPH)["both"] == "index"


def test_a_dimension_has_the_indicators_that_enter_the_index_through_it_alone() -> None:
    indicators = {name: set(of_node) for name, of_node in indicators_of(GRAPH).items()}
    assert indicators == {"index": {"x", "y", "z", "w"}, "d": {"x"}, "e": {"w"}, "both": {"y", "z"}}


def test_groups_follow_dimensions() -> None:
    assert structure_of(TREE, ["x", "y", "z", "w"]) == (3, (0, (1, 2)))


def test_a_shared_dimension_is_a_group_beside_its_parents() -> None:
    assert structure_of(GRAPH, ["x", "y", "z", "w"]) == ((1, 2), 3, 0)


def test_a_group_of_one_is_no_group() -> None:
    assert structure_of(TREE, ["y", "w"]) == (1, 0)
