"""Parts of several nodes, their weights, and parts that do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indicia.catalogue import installed
from indicia.definition import Leaf, Node, define, index_schema, load, weights_in_file
from indicia.definition.read import indicators_of
from indicia.definition.variants import check_names_in_tables, define_variant, origin_of_variant
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Planned = Callable[[str], Node]
    Fault = Callable[[str], str]

SHARED = """\
[dimensions]
a = {}
b = {}

[indicators]
x = { dimension = ["a", "b"] }
y = { dimension = "a" }
z = { dimension = "b" }
"""


def node(tree: Node, name: str) -> Node:
    return next(part for part in tree.nodes() if part.id == name)


def test_an_indicator_of_two_dimensions_is_one_object(planned: Planned) -> None:
    tree = planned(SHARED)
    assert node(tree, "a").components[0] is node(tree, "b").components[0]


def test_each_part_is_listed_once_and_after_its_last_parent(planned: Planned) -> None:
    dimensions = '[dimensions]\nd = { parent = ["a", "c"] }\na = {}\nc = { parent = "b" }\nb = {}\n'
    tree = planned(f'{dimensions}[indicators]\nx = {{ dimension = "d" }}\ny = {{ dimension = "b" }}')
    assert [part.id for part in tree.nodes()] == ["index", "a", "b", "c", "d"]
    assert [leaf.id for leaf in tree.leaves()] == ["x", "y"]


def test_the_level_of_a_dimension_is_its_longest_path(planned: Planned) -> None:
    dimensions = '[dimensions]\na = {}\nb = { parent = "a" }\nc = { parent = ["index", "b"] }\n'
    tree = planned(f'{dimensions}[indicators]\nx = {{ dimension = "c" }}')
    assert {part.id: part.level for part in tree.nodes()} == {"index": 0, "a": 1, "b": 2, "c": 3}


def test_a_shared_dimension_stays_one_object_without_another_part(planned: Planned) -> None:
    dimensions = '[dimensions]\na = {}\nb = {}\nc = { parent = ["a", "b"] }\n'
    tree = planned(f'{dimensions}[indicators]\nx = {{ dimension = "c" }}\ny = {{ dimension = "c" }}').without(["y"])
    assert node(tree, "a").components[0] is node(tree, "b").components[0]
    assert tree.indicators == ("x",)


def test_weights_are_stated_by_parent(planned: Planned) -> None:
    tree = planned(SHARED.replace('["a", "b"] }', '["a", "b"], weight = { a = 2, b = 3 } }'))
    (x,) = (leaf for leaf in tree.leaves() if leaf.id == "x")
    assert (x.weight_in("a"), x.weight_in("b")) == (2, 3)


def test_without_a_weight_a_part_has_weight_1_in_each_parent(planned: Planned) -> None:
    assert [part.weight for part in node(planned(SHARED), "b").weighing.parts] == [1, 1]


def test_a_part_that_does_not_count_is_shown_in_its_parent(planned: Planned) -> None:
    tree = planned(SHARED.replace("b = {}", "b = { counts = false }"))
    assert [part.id for part in tree.components] == ["a"]
    assert [part.id for part in tree.shown] == ["b"]
    assert tree.counting == {"a", "x", "y"}


def test_a_dimension_that_does_not_count_has_counting_parts_itself(planned: Planned) -> None:
    tree = planned(SHARED.replace("b = {}", "b = { counts = false }"))
    assert node(tree, "b").counting == {"x", "z"}


def test_a_table_of_indicators_lists_dimensions_and_weights_with_semicolons(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("id,dimension,weight\nx,a; b,a = 2; b = 1\ny,a,3\n", encoding="utf-8")
    table = indicators_of("i.csv", tmp_path)
    assert table["x"] == {"dimension": ["a", "b"], "weight": {"a": 2.0, "b": 1.0}}
    assert table["y"] == {"dimension": ["a"], "weight": 3.0}


FAULTS = {
    "unknown parent": ('["a", "b"]', '["a", "bb"]', ['x belongs to "bb"', ":6", 'did you mean "b"?']),
    "parent twice": ('["a", "b"]', '["a", "a"]', ['x belongs to "a" twice', ":6", "list each dimension once"]),
    "no parent": ('["a", "b"]', "[]", ["an empty list names no dimension", ":6", "leave the key out for the index"]),
    "one weight": (
        '["a", "b"]',
        '["a", "b"], weight = 2',
        ["x belongs to a, b, and weight = 2 is its weight in none of them alone", ":6", "weight = { a = 2, b = 2 }"],
    ),
    "weight in no parent": (
        'dimension = "a"',
        'dimension = "a", weight = { b = 1 }',
        ['y has a weight in "b", and belongs to a', ":7", "weight = { a = 1 }"],
    ),
    "parent without weight": (
        '["a", "b"]',
        '["a", "b"], weight = { a = 2 }',
        ["has no weight in b", ":6", "weight = { a = 2, b = 1 }"],
    ),
    "negative weight": ('["a", "b"]', '["a", "b"], weight = { a = -1, b = 1 }', ["indicators.x.weight.a", ":6"]),
    "no part counts in the index": (
        "a = {}\nb = {}",
        "a = { counts = false }\nb = { counts = false }",
        ["nothing counts in the index", ":2", ":3", "take counts = false out"],
    ),
    "weight of a part that does not count": (
        "b = {}",
        "[dimensions.b]\ncounts = false\nweight = 2",
        ["b has counts = false and a weight", ":4", ":5", "take out one of the two"],
    ),
    "shown in two places": (
        '["a", "b"] }',
        '["a", "b"], counts = false }',
        ["x has counts = false and several parents (a, b)", ":6", 'dimension = "a"'],
    ),
    "different normalisation": (
        "b = {}",
        'b = { normalisation = "rank" }',
        ["x belongs to a, b, whose choices of normalisation differ", ":6", ":3", "normalisation = in [indicators.x]"],
    ),
    "different decimals": (
        "b = {}",
        "b = { normalised_decimals = 2 }",
        ["choices of normalised_decimals differ", ":3", "write decimals = in [indicators.x]"],
    ),
    "different filling": (
        "b = {}",
        'b = { missing = "value(value=0)" }',
        ["x belongs to a, b, which fill its missing values in different ways", ":3", "the same missing ="],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_names_the_lines_and_the_remedy(case: str, fault: Fault) -> None:
    before, after, words = FAULTS[case]
    assert before in SHARED
    message = fault(SHARED.replace(before, after))
    for word in words:
        assert word in message


def test_a_choice_at_the_indicator_mends_choices_that_differ(planned: Planned) -> None:
    text = SHARED.replace("b = {}", 'b = { normalisation = "rank" }')
    tree = planned(text.replace('["a", "b"] }', '["a", "b"], normalisation = "rank" }'))
    (x,) = (leaf for leaf in tree.leaves() if isinstance(leaf, Leaf) and leaf.id == "x")
    assert x.normalisation.name == "rank"


def test_a_dimension_in_which_nothing_counts_is_refused(fault: Fault) -> None:
    message = fault('[dimensions]\na = {}\n[indicators]\nx = {}\ny = { dimension = "a", counts = false }')
    assert "nothing counts in dimension a: all parts have counts = false (y)" in message
    assert ":5" in message


def test_a_dimension_that_feeds_itself_is_refused(fault: Fault) -> None:
    dimensions = '[dimensions]\na = { parent = ["index", "c"] }\nb = { parent = "a" }\nc = { parent = "b" }\n'
    message = fault(f'{dimensions}[indicators]\nx = {{ dimension = "c" }}')
    assert "dimensions form a circle: a → c → b → a" in message
    assert ":2" in message


def test_a_dimension_at_two_levels_with_different_choices_is_refused(fault: Fault) -> None:
    dimensions = '[dimensions]\na = {}\nc = { parent = ["index", "a"] }\n[indicators]\nx = { dimension = "c" }\n'
    message = fault(f'{dimensions}[methodology]\nlevels = [{{}}, {{ aggregation = "geometric" }}, {{}}]')
    assert "c is at the levels 1, 2 of the tree, whose choices of aggregation differ" in message
    assert ":3" in message
    assert ":7" in message
    assert "write aggregation = in [dimensions.c]" in message


def test_a_dimension_whose_parents_have_different_directions_is_refused(fault: Fault) -> None:
    dimensions = '[dimensions]\na = {}\nb = { direction = "cost" }\nc = { parent = ["a", "b"] }\n'
    message = fault(f'{dimensions}[indicators]\nx = {{ dimension = "c" }}')
    assert "c belongs to a, b, whose directions differ: benefit of a, cost of b" in message
    assert ":4" in message
    assert ":3" in message
    assert "give its parents one direction" in message


def test_an_indicator_that_counts_with_two_signs_is_refused(fault: Fault) -> None:
    message = fault(SHARED.replace("b = {}", 'b = { direction = "cost" }'))
    assert "x counts in a, b, whose directions differ: benefit of a, cost of b" in message
    assert ":6" in message
    assert ":3" in message
    assert 'add a second indicator with column = "x"' in message


def test_an_indicator_may_be_shown_in_a_dimension_of_another_direction(planned: Planned) -> None:
    tree = planned(SHARED.replace("b = {}", 'b = { direction = "cost", counts = false }'))
    assert tree.parents["x"] == ("a", "b")


def test_a_set_may_state_the_weight_of_a_shared_part_in_one_parent_alone(planned: Planned) -> None:
    sets = "[weights.experts]\nx = { a = 2 }\ny = 6\n"
    tree = planned(f'{SHARED}[methodology]\nweighting = "experts"\n{sets}')
    assert [weights_in_file(node(tree, name)) for name in ("a", "b")] == [[2, 6], [1, 1]]


def test_a_set_of_weights_states_the_weights_of_a_shared_part_by_parent(planned: Planned) -> None:
    sets = "[weights.experts]\nx = { a = 2, b = 3 }\ny = 1\nz = 1\na = 1\nb = 1\n"
    tree = planned(f'{SHARED}[methodology]\nweighting = "experts"\n{sets}')
    assert [weights_in_file(node(tree, name)) for name in ("a", "b")] == [[2, 1], [3, 1]]


def test_a_set_with_one_weight_of_a_shared_part_is_refused(tmp_path: Path) -> None:
    (tmp_path / "i.toml").write_text(f"{SHARED}[weights.experts]\nx = 2\n", encoding="utf-8")
    raw, origin = load(tmp_path / "i.toml")
    with pytest.raises(DefinitionError, match="has one weight of x, which belongs to a, b") as caught:
        check_names_in_tables(define(raw, origin), origin)
    assert ":10" in str(caught.value)
    assert "x = { a = 2, b = 2 }" in str(caught.value)


def test_a_variant_without_one_parent_keeps_a_shared_part_in_the_other(planned: Planned, tmp_path: Path) -> None:
    weights = SHARED.replace('["a", "b"] }', '["a", "b"], weight = { a = 2, b = 3 } }')
    (tmp_path / "i.toml").write_text(f'{weights}[variants.v]\nwithout = ["b"]\n', encoding="utf-8")
    raw, origin = load(tmp_path / "i.toml")
    chosen = define_variant(raw, "v", origin_of_variant(origin, raw, "v"))
    assert (chosen.indicators["x"].parents, chosen.indicators["x"].weight) == (("a",), {"a": 2})
    assert list(chosen.indicators) == ["x", "y"]


def test_the_schema_takes_a_name_or_a_list_of_parents_and_a_weight_or_a_table() -> None:
    parts = index_schema(installed(only=()))["$defs"]
    for table, word in (("Indicator", "dimension"), ("Dimension", "parent")):
        properties = parts[table]["properties"]
        assert [form["type"] for form in properties[word]["anyOf"]] == ["string", "array"]
        assert [form["type"] for form in properties["weight"]["anyOf"]] == ["number", "object"]
        assert properties["counts"]["type"] == "boolean"
