"""The tree of an index: who belongs where, and whose choice of method wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.definition import Leaf, Node

    Planned = Callable[[str], Node]
    Fault = Callable[[str], str]

TREE = """\
[dimensions]
economy = {}
environment = {}
nature = { parent = "environment" }

[indicators]
jobs = { dimension = "economy" }
air = { dimension = "environment" }
forest = { dimension = "nature" }
trust = {}

"""


def node(tree: Node, name: str) -> Node:
    return next(one for one in tree.nodes() if one.id == name)


def leaf(tree: Node, name: str) -> Leaf:
    return next(one for one in tree.leaves() if one.id == name)


# The shape


def test_without_dimensions_the_index_is_flat(planned: Planned) -> None:
    tree = planned("[indicators]\ngdp = {}\nco2 = {}")
    assert [part.id for part in tree.components] == ["gdp", "co2"]
    assert tree.level == 0


def test_a_dimension_may_hold_indicators_and_dimensions(planned: Planned) -> None:
    tree = planned(TREE)
    assert [one.id for one in tree.nodes()] == ["index", "economy", "environment", "nature"]
    assert [part.id for part in node(tree, "environment").components] == ["nature", "air"]
    assert [part.id for part in tree.components] == ["economy", "environment", "trust"]
    assert node(tree, "nature").level == 2


def test_the_root_may_be_named_as_a_parent(planned: Planned) -> None:
    tree = planned('[dimensions]\neconomy = { parent = "index" }\n[indicators]\njobs = { dimension = "economy" }')
    assert [part.id for part in tree.components] == ["economy"]


# The choice of methods


def test_by_default_an_index_is_an_arithmetic_mean_of_min_max_with_given_weights(planned: Planned) -> None:
    tree = planned(TREE)
    assert {str(one.weighting) for one in tree.nodes()} == {"given"}
    assert {str(one.aggregation) for one in tree.nodes()} == {"arithmetic"}
    assert {str(one.normalisation) for one in tree.leaves()} == {"min_max"}


def test_an_aggregation_brings_its_own_normalisation_where_none_is_chosen(planned: Planned) -> None:
    tree = planned(TREE.replace("nature = {", 'nature = { aggregation = "topsis",'))
    assert str(leaf(tree, "forest").normalisation) == "vector"
    assert str(leaf(tree, "air").normalisation) == "min_max"


def test_a_chosen_normalisation_wins_over_that_of_the_aggregation(planned: Planned) -> None:
    tree = planned(TREE + '[methodology]\nnormalisation = "rank"\naggregation = "topsis"')
    assert {str(one.normalisation) for one in tree.leaves()} == {"rank"}


METHODOLOGY = """\
[methodology]
normalisation = "z_score"
weighting = "entropy"
aggregation = "topsis"
missing = "skip"
decimals = 1
"""


def test_what_the_methodology_says_holds_for_all_nodes(planned: Planned) -> None:
    tree = planned(TREE + METHODOLOGY)
    assert {str(one.normalisation) for one in tree.leaves()} == {"z_score"}
    assert {(str(one.weighting), str(one.aggregation), one.missing.policy, one.decimals) for one in tree.nodes()} == {
        ("entropy", "topsis", "skip", 1)
    }


def test_a_level_wins_over_the_methodology(planned: Planned) -> None:
    tree = planned(
        TREE + METHODOLOGY + 'levels = [{}, { aggregation = "harmonic", normalisation = "rank", decimals = 2 }]'
    )
    assert [(one.id, str(one.aggregation), one.decimals) for one in tree.nodes()] == [
        ("index", "topsis", 1),
        ("economy", "harmonic", 2),
        ("environment", "harmonic", 2),
        ("nature", "topsis", 1),
    ]
    assert [(one.id, str(one.normalisation)) for one in tree.leaves()] == [
        ("jobs", "rank"),
        ("forest", "z_score"),
        ("air", "rank"),
        ("trust", "z_score"),
    ]


def test_a_dimension_wins_over_its_level_and_speaks_for_its_own_indicators_alone(planned: Planned) -> None:
    text = TREE.replace("environment = {}", 'environment = { aggregation = "arithmetic", normalisation = "sum" }')
    tree = planned(text + METHODOLOGY + 'levels = [{}, { aggregation = "harmonic", normalisation = "rank" }]')
    assert str(node(tree, "environment").aggregation) == "arithmetic"
    assert str(node(tree, "economy").aggregation) == "harmonic"
    assert str(node(tree, "nature").aggregation) == "topsis"
    assert str(leaf(tree, "air").normalisation) == "sum"
    assert str(leaf(tree, "forest").normalisation) == "z_score"


def test_an_indicator_wins_over_its_dimension(planned: Planned) -> None:
    text = TREE.replace("economy = {}", 'economy = { normalisation = "sum" }')
    tree = planned(text.replace("jobs = {", 'jobs = { normalisation = "max",') + METHODOLOGY)
    assert str(leaf(tree, "jobs").normalisation) == "max"


def test_each_stage_is_chosen_on_its_own(planned: Planned) -> None:
    tree = planned(TREE.replace("economy = {}", 'economy = { weighting = "critic" }') + METHODOLOGY)
    economy = node(tree, "economy")
    assert (str(economy.weighting), str(economy.aggregation)) == ("critic", "topsis")


def test_a_file_that_a_parameter_names_is_relative_to_the_index_file(planned: Planned, tmp_path: Path) -> None:
    (tmp_path / "judgements.csv").write_text(",gdp,co2\ngdp,1,3\nco2,1/3,1\n")
    tree = planned(
        '[indicators]\ngdp = {}\nco2 = {}\n[methodology]\nweighting = { method = "ahp", matrix = "judgements.csv" }'
    )
    assert tree.weighting.parameters["matrix"].names == ("gdp", "co2")


# What cannot be


JUDGED = """
[indicators]
a = {}
b = {}

[judgements.ahp]
matrix = [[1, 3], ["1/3", 1]]
random = "saaty_2005"
"""


@pytest.mark.parametrize(
    ("chosen", "text"),
    [
        ("ahp", "ahp(matrix=[[1, 3], [0.3333333333333333, 1]], random=saaty_2005)"),
        ("ahp(random=saaty_1980)", "ahp(matrix=[[1, 3], [0.3333333333333333, 1]])"),
        (
            "combination(of=[equal, ahp])",
            "combination(of=[equal, ahp(matrix=[[1, 3], [0.3333333333333333, 1]], random=saaty_2005)])",
        ),
        ("equal", "equal"),
    ],
)
def test_judgements_are_parameters_of_a_weighting_wherever_it_is_named(
    planned: Planned, chosen: str, text: str
) -> None:
    tree = planned(f'{JUDGED}\n[methodology]\nweighting = "{chosen}"\n')
    assert str(tree.weighting) == text


def test_wrong_judgements_are_refused_on_their_line_though_nobody_asks_for_them(fault: Fault) -> None:
    assert fault(JUDGED.replace("random", "randm")) == (
        'ahp has no parameter "randm"\n  index.toml:6   [judgements.ahp]\n  fix: did you mean "random"?'
    )


def test_judgements_for_an_unknown_weighting_are_refused(fault: Fault) -> None:
    assert fault(JUDGED.replace(".ahp", ".dematl")) == (
        'unknown weighting "dematl"\n  index.toml:6   [judgements.dematl]\n  fix: did you mean "dematel"?'
    )


def test_dimensions_that_go_round_in_a_circle_are_refused(fault: Fault) -> None:
    assert fault(TREE.replace("environment = {}", 'environment = { parent = "nature" }')) == (
        "dimensions form a circle: environment → nature → environment\n"
        '  index.toml:3   environment = { parent = "nature" }\n'
        "  fix: leave out the parent of one of them, which then belongs to the index"
    )


def test_a_dimension_that_is_its_own_parent_is_refused(fault: Fault) -> None:
    said = fault(TREE.replace("economy = {}", 'economy = { parent = "economy" }'))
    assert said.startswith("dimensions form a circle: economy → economy\n  index.toml:2")


def test_a_dimension_without_indicators_is_refused(fault: Fault) -> None:
    assert fault(TREE.replace("economy = {}", "economy = {}\nculture = {}")) == (
        "no indicator belongs to dimension culture\n"
        "  index.toml:3   culture = {}\n"
        '  fix: give an indicator dimension = "culture", or leave the dimension out'
    )


def test_an_unknown_dimension_is_named_with_the_nearest(fault: Fault) -> None:
    assert fault(TREE.replace('"economy"', '"econmy"')) == (
        'jobs belongs to "econmy", which is no dimension\n'
        '  index.toml:7   jobs = { dimension = "econmy" }\n'
        '  fix: did you mean "economy"?'
    )


def test_an_unknown_parent_is_named_with_the_nearest(fault: Fault) -> None:
    said = fault(TREE.replace('parent = "environment"', 'parent = "enviroment"'))
    assert said == (
        'nature belongs to "enviroment", which is no dimension\n'
        '  index.toml:4   nature = { parent = "enviroment" }\n'
        '  fix: did you mean "environment"?'
    )


def test_a_dimension_where_there_are_none_has_a_remedy(fault: Fault) -> None:
    assert fault('[indicators]\njobs = { dimension = "economy" }').endswith("fix: add it to [dimensions]")


@pytest.mark.parametrize(
    ("toml", "what"),
    [
        ("[indicators]\nscore = {}", '"score" is the name of the score already\n  index.toml:2   score = {}'),
        ("[indicators]\nindex = {}", '"index" is the name of the index already'),
        ('[data]\nunit = "city"\n[indicators]\ncity = {}', '"city" is the name of a column of the units already'),
        (TREE.replace("trust = {}", "economy = {}"), '"economy" is the name of a dimension already'),
    ],
)
def test_a_name_is_given_once(fault: Fault, toml: str, what: str) -> None:
    said = fault(toml)
    assert said.startswith(what)
    assert said.endswith("fix: rename it")


def test_an_index_without_indicators_is_refused(fault: Fault) -> None:
    assert fault("[indicators]") == (
        "the index has no indicators\n  index.toml:1   [indicators]\n  fix: name columns of the data there: income = {}"
    )


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ('normalisation = "min_mx"', 'unknown normalisation "min_mx"\n  {line}\n  fix: did you mean "min_max"?'),
        ('normalisation = "min_max(lower=false)"', "min_max: lower must be a number, not true or false\n  {line}"),
        ('aggregation = "owa(weights=[true, 2])"', "owa: weights must be a number, not true or false\n  {line}"),
        ('weighting = "entrpy"', 'unknown weighting "entrpy"\n  {line}\n  fix: did you mean "entropy"?'),
        ('aggregation = "min_max"', 'unknown aggregation "min_max"\n  {line}\n  fix: it is a method of normalisation'),
        (
            'normalisation = { method = "min_max", uper = 100 }',
            'min_max has no parameter "uper"\n  {line}\n  fix: did you mean "upper"?',
        ),
        pytest.param(
            'normalisation = "rank(method=average)"',
            'rank has no parameter "method"\n  {line}\n  fix: known: ties',
        ),
        pytest.param(
            'weighting = "equal(x=1)"',
            'equal has no parameter "x"\n  {line}\n  fix: equal has no parameters',
        ),
        pytest.param(
            'weighting = "equal(name=weights)"',
            'equal has no parameter "name"\n  {line}\n',
        ),
        (
            'normalisation = "min_max(lower=2)"',
            "min_max: lower = 2 must be smaller than upper = 1\n  {line}",
        ),
        ('normalisation = "z_score(sd=0)"', "z_score: sd = 0 must be more than 0\n  {line}"),
        (
            'normalisation = "rank(ties=first)"',
            "rank: ties = 'first' must be 'min', 'max', 'average' or 'dense'\n  {line}",
        ),
        (
            'aggregation = "generalised(p=0)"',
            "generalised: the mean of order 0 is the geometric mean: choose geometric\n  {line}",
        ),
        ('normalisation = "min_max(1)"', "cannot read the method 'min_max(1)'\n  {line}\n  fix: write "),
        ("normalisation = 3", "not a choice of method: 3\n  {line}\n  fix: write "),
    ],
)
def test_a_method_that_cannot_be_is_refused_on_its_line(fault: Fault, words: str, what: str) -> None:
    assert fault(f"[indicators]\ngdp = {{}}\n[methodology]\n{words}").startswith(
        what.format(line=f"index.toml:4   {words}")
    )


@pytest.mark.parametrize(
    ("dimensions", "said"),
    [
        ("", "levels has choices for 3 levels, and the tree has 1: the index"),
        ("health = {}", "levels has choices for 3 levels, and the tree has 2: the index, and its dimensions"),
    ],
)
def test_levels_that_the_tree_does_not_have_are_refused(fault: Fault, dimensions: str, said: str) -> None:
    within = '{ dimension = "health" }' if dimensions else "{}"
    levels = "levels = [{}, {}, { decimals = 1 }]"
    toml = f"[dimensions]\n{dimensions}\n[indicators]\ngdp = {within}\n[methodology]\n{levels}"
    assert fault(toml) == (
        f"{said}\n  index.toml:6   {levels}\n"
        "  fix: indicators are not a level: choices for all of them stand in [methodology]"
    )


def test_a_wrong_method_of_a_dimension_or_an_indicator_is_refused_on_its_line(fault: Fault) -> None:
    assert "index.toml:2   economy" in fault(TREE.replace("economy = {}", 'economy = { weighting = "entrpy" }'))
    assert "index.toml:7   jobs" in fault(TREE.replace("jobs = {", 'jobs = { normalisation = "rnk",'))


def test_a_wrong_method_of_a_level_is_refused_on_its_line(fault: Fault) -> None:
    assert "index.toml:13   levels" in fault(TREE + '[methodology]\nlevels = [{ aggregation = "geometrc" }]')
