"""The definition of a variant: the words that it states, in the places that they have in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from indicia.catalogue import installed
from indicia.definition import build_tree, define_variant, load, origin_of_variant, with_options
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.definition import Definition

    Written = Callable[[str], Path]
    Of = Callable[..., Definition]
    Fault = Callable[[str, str], list[str]]

FLAT = "[indicators]\ngdp = {}\n"
TREE = """\
[dimensions]
economy = {}
environment = {}
nature = { parent = "environment" }
forests = { parent = "nature" }

[indicators]
jobs = { dimension = "economy", bounds = [50, 90], weight = 2, normalisation = "z_score" }
air = { dimension = "environment", direction = "cost" }
forest = { dimension = "forests" }

[methodology]
normalisation = "rank"
weighting = "entropy"
ties = "dense"
"""


@pytest.fixture
def of(written: Written) -> Of:
    """Return the definition of a variant in an index file."""

    def definition(toml: str, name: str, settings: dict[str, Any] | None = None) -> Definition:
        raw, origin = load(written(toml))
        raw = with_options(raw, name, settings)
        origin = origin_of_variant(origin, raw, name)
        chosen = define_variant(raw, name, origin)
        build_tree(chosen, installed(only=()), origin)
        return chosen

    return definition


@pytest.fixture
def fault(of: Of) -> Fault:
    """Return the lines of the error about a variant of an index file."""

    def lines(toml: str, name: str) -> list[str]:
        with pytest.raises(IndiciaError) as caught:
            of(toml, name)
        return str(caught.value).splitlines()

    return lines


def test_a_variant_states_only_the_methods_that_differ(of: Of) -> None:
    methodology = of(f'{TREE}[variants.ideal]\nnormalisation = "vector"', "ideal").methodology
    assert (methodology.normalisation, methodology.weighting, methodology.ties) == ("vector", "entropy", "dense")


@pytest.mark.parametrize(
    "form",
    ["[variants.v.indicators.jobs]\nbounds = [0, 100]", "[variants.v]\nindicators = { jobs = { bounds = [0, 100] } }"],
)
def test_a_variant_replaces_a_key_of_an_indicator_and_keeps_its_other_keys(of: Of, form: str) -> None:
    jobs = of(TREE + form, "v").indicators["jobs"]
    assert (jobs.bounds, jobs.weight, jobs.parents) == ((0, 100), 2, ("economy",))


def test_a_variant_takes_bounds_away_with_none(of: Of) -> None:
    assert of(f'{TREE}[variants.v.indicators]\njobs = {{ bounds = "none" }}', "v").indicators["jobs"].bounds is None


def test_a_variant_takes_a_method_of_an_indicator_away_with_inherited(of: Of) -> None:
    jobs = of(f'{TREE}[variants.v.indicators]\njobs = {{ normalisation = "inherited" }}', "v").indicators["jobs"]
    assert jobs.normalisation is None


def test_a_variant_changes_screening_eligibility_and_rows(of: Of) -> None:
    first = '[data]\nunit = "city"\nwhere = { year = 2020 }\n[screening]\nunits = 0.5\nkeep = ["Lima"]\n'
    words = 'screening = { units = 0.8 }\neligible = { without = ["Oslo"] }\ndata = { where = { year = 2021 } }'
    chosen = of(f"{first}{TREE}[variants.v]\n{words}", "v")
    assert (chosen.screening.units, chosen.screening.keep) == (0.8, ("Lima",))
    assert chosen.eligible.without == ("Oslo",)
    assert (chosen.data.where, chosen.data.unit) == ({"year": 2021}, "city")


def test_a_variant_changes_judgements(of: Of) -> None:
    table = 'points = [["", "jobs", "air", "forest"], ["Ann", {}, 30, 50]]'
    judged = f"[judgements.budget_allocation]\n{table.format(20)}\n[variants.v.judgements.budget_allocation]\n"
    chosen = of(f"{TREE}{judged}{table.format(99)}", "v")
    assert chosen.judgements["budget_allocation"]["points"][1] == ["Ann", 99, 30, 50]


def test_a_variant_moves_an_indicator_to_another_dimension(of: Of) -> None:
    words = 'without = ["forests"]\nindicators = { forest = { dimension = "nature" } }'
    moved = of(f"{TREE}[variants.v]\n{words}", "v")
    assert (list(moved.dimensions), moved.indicators["forest"].parents) == (
        ["economy", "environment", "nature"],
        ("nature",),
    )


@pytest.mark.parametrize(
    ("without", "indicators", "dimensions"),
    [
        (["forest"], ["jobs", "air"], ["economy", "environment"]),
        (["forest", "air"], ["jobs"], ["economy"]),
        (["jobs", "air"], ["forest"], ["environment", "nature", "forests"]),
        (["environment"], ["jobs"], ["economy"]),  # a dimension with all that belongs to it
    ],
)
def test_a_variant_that_leaves_out_parts_leaves_out_dimensions_that_are_then_empty(
    of: Of, without: list[str], indicators: list[str], dimensions: list[str]
) -> None:
    chosen = of(f"{TREE}[variants.v]\nwithout = {without}", "v")
    assert (list(chosen.indicators), list(chosen.dimensions)) == (indicators, dimensions)


def test_a_shared_indicator_does_not_keep_a_dimension_above_one_that_a_variant_leaves_out(of: Of) -> None:
    dimensions = '[dimensions]\na = {}\nb = {}\nc = { parent = "b" }\n'
    toml = f'{dimensions}[indicators]\nx = {{ dimension = ["a", "c"] }}\n[variants.v]\nwithout = ["c"]'
    assert list(of(toml, "v").dimensions) == ["a"]


def test_a_variant_without_the_lowest_dimensions_has_no_levels_for_them(of: Of) -> None:
    toml = '[dimensions]\nhealth = {}\n[indicators]\ngdp = {}\nage = { dimension = "health" }\n'
    levels = '[methodology]\nlevels = [{}, { decimals = 1 }]\n[variants.flat]\nwithout = ["age"]'
    assert len(of(toml + levels, "flat").methodology.levels) == 1


def test_a_method_of_a_variant_replaces_the_methods_of_the_levels_of_the_index_but_not_its_own(of: Of) -> None:
    levels = 'levels = [{ aggregation = "geometric", decimals = 1 }]\n'
    variants = f'[variants.a]\naggregation = "min"\n[variants.b]\naggregation = "min"\n{levels}'
    a, b = (of(TREE + levels + variants, name).methodology.levels[0] for name in "ab")
    assert (a.aggregation, a.decimals, b.aggregation) == (None, 1, "geometric")


def test_an_option_wins_over_the_word_of_the_variant(of: Of) -> None:
    variant = '[variants.v]\nties = "max"\nindicators = { jobs = { weight = 3, bounds = [0, 100] } }'
    settings = {"indicators.jobs.weight": 5, "methodology.ties": "average", "indicators.jobs.cap": 99}
    chosen = of(TREE + variant, "v", settings)
    jobs = chosen.indicators["jobs"]
    assert (jobs.weight, jobs.cap, jobs.bounds, chosen.methodology.ties) == (5, 99, (0, 100), "average")


def test_an_option_for_a_table_wins_over_the_words_of_the_variant_in_it(of: Of) -> None:
    variant = "[variants.v]\nindicators = { jobs = { weight = 3, bounds = [0, 100] } }"
    jobs = of(TREE + variant, "v", {"indicators.jobs": {"dimension": "economy"}}).indicators["jobs"]
    assert (jobs.weight, jobs.bounds) == (1, None)


def test_the_name_of_a_variant_follows_the_name_of_the_index_in_every_language(of: Of) -> None:
    names = 'name = { en = "Cities", fr = "Villes" }\n'
    variant = '[variants.v]\nname = { en = "Experts", zh = "专家" }'
    assert of(names + FLAT + variant, "v").name == {
        "en": "Cities (Experts)",
        "fr": "Villes (Experts)",
        "zh": "Cities (专家)",
    }


# Errors


def test_an_unknown_variant_is_named_with_the_nearest(fault: Fault) -> None:
    assert fault(f"{FLAT}[variants.ideal]", "idael")[-1] == '  fix: did you mean "ideal"?'


def test_a_variant_without_indicators_is_refused_on_its_line(fault: Fault) -> None:
    assert fault(f'{FLAT}[variants.v]\nwithout = ["gdp"]', "v") == [
        'variant "v" leaves out all indicators',
        '  index.toml:4   without = ["gdp"]',
        "  fix: keep an indicator in the variant",
    ]


def test_a_variant_of_an_index_that_has_none_is_refused(fault: Fault) -> None:
    said = ['unknown variant "ideal"', "  variants", "  fix: the index file has no [variants]"]
    assert fault(FLAT, "ideal") == said


@pytest.mark.parametrize(
    ("words", "what", "line", "remedy"),
    [
        ('without = ["gdq"]', 'leaves out "gdq", which is no indicator and no dimension', 4, 'did you mean "gdp"?'),
        (
            "indicators = { gdq = {} }",
            'changes the indicator "gdq", which the index does not have',
            4,
            'did you mean "gdp"?',
        ),
        ("dimensions = { eco = {} }", 'changes the dimension "eco", which the index does not have', 4, "add it to"),
    ],
)
def test_a_variant_with_a_part_that_the_index_lacks_is_refused(
    fault: Fault, words: str, what: str, line: int, remedy: str
) -> None:
    first, where, fix = fault(f"{FLAT}[variants.v]\n{words}", "v")
    assert first == f'variant "v" {what}'
    assert where == f"  index.toml:{line}   {words}"
    assert remedy in fix


def test_an_unknown_key_of_an_indicator_in_a_variant_is_refused_with_the_nearest(fault: Fault) -> None:
    assert fault(f"{FLAT}[variants.v.indicators.gdp]\nbouds = [0, 1]", "v") == [
        'unknown key "bouds" in variants.v.indicators.gdp',
        "  index.toml:4   bouds = [0, 1]",
        '  fix: did you mean "bounds"?',
    ]


def test_words_of_a_variant_that_contradict_the_index_are_refused_with_both_lines(fault: Fault) -> None:
    toml = '[indicators]\ngdp = { bounds = [0, 1] }\n[variants.v.indicators.gdp]\ndirection = "target"\ntarget = 5'
    lines = fault(toml, "v")
    assert "worst = [low, high] in place of bounds" in lines[0]
    assert lines[1:3] == ["  index.toml:2   gdp = { bounds = [0, 1] }", '  index.toml:4   direction = "target"']


def test_a_variant_that_makes_a_circle_is_refused_on_its_line(fault: Fault) -> None:
    lines = fault(f'{TREE}[variants.v.dimensions]\nenvironment = {{ parent = "forests" }}', "v")
    assert lines[0].startswith("dimensions form a circle")
    assert lines[1] == '  index.toml:17   environment = { parent = "forests" }'


def test_a_variant_that_empties_a_dimension_is_refused_with_both_lines(fault: Fault) -> None:
    lines = fault(f'{TREE}[variants.v.indicators]\njobs = {{ dimension = "nature" }}', "v")
    assert lines == [
        'variant "v" leaves no indicator in the dimension economy',
        '  index.toml:17   jobs = { dimension = "nature" }',
        "  index.toml:2   economy = {}",
        '  fix: leave the dimension out too: without = ["economy"]',
    ]


@pytest.mark.parametrize("word", ["unit", "period", "label", "path"])
def test_a_variant_with_other_units_than_the_reference_is_refused_with_both_lines(fault: Fault, word: str) -> None:
    toml = f'[data]\n{word} = "a"\n{FLAT}[variants.v.data]\n{word} = "b"'
    assert fault(toml, "v") == [
        f'variant "v" changes {word} of [data], and all variants score the units of one table',
        f'  index.toml:6   {word} = "b"',
        f'  index.toml:2   {word} = "a"',
        "  fix: write another index file with its own [data], and compare the two files",
    ]


@pytest.mark.parametrize(
    "words",
    [
        'eligible = { without = ["Lima"] }',
        'eligible = { only = ["Oslo"] }',
        'screening = { without = ["Lima"] }',
        'data = { without = ["Lima"] }',
    ],
)
def test_a_variant_that_leaves_out_a_unit_of_the_reference_is_refused_with_both_lines(fault: Fault, words: str) -> None:
    assert fault(f'{FLAT}[reference]\ntop = ["Lima", "Oslo"]\n[variants.v]\n{words}', "v") == [
        'variant "v" leaves out Lima, which [reference] compares',
        f"  index.toml:6   {words}",
        '  index.toml:4   top = ["Lima", "Oslo"]',
        "  fix: keep Lima in the variant, or take it out of the reference",
    ]
