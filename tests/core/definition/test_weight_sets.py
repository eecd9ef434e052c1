"""Named sets of weights: each is a weighting by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.definition import index_schema
from indicia.errors import IndiciaError
from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Written = Callable[[str], Path]
    Fault = Callable[[str], str]
    Make = Callable[..., Index]

TREE = """\
[data]
unit = "city"

[dimensions]
economy = {}
nature = { weight = 3 }

[indicators]
jobs = { dimension = "economy", direction = "benefit" }
gdp = { dimension = "economy", direction = "benefit", weight = 4 }
air = { dimension = "nature", direction = "benefit" }

[methodology]
weighting = "experts"

"""
CITIES = {"city": ["Lima", "Oslo"], "jobs": [1.0, 2.0], "gdp": [2.0, 1.0], "air": [1.0, 2.0]}
TWO: dict[str, Any] = {"income": {"weight": 4}, "co2": {}}
SETS = {"experts": {"income": 1, "co2": 3}, "citizens": {"income": 1, "co2": 1}}


@pytest.fixture
def weights(written: Written) -> Callable[..., dict[str, float]]:
    """Return the weights of parts by a run of an index file."""

    def of_run(toml: str, **options: Any) -> dict[str, float]:
        index = indicia.read(written(toml)).with_options(**options)
        table = index.score(pl.DataFrame(CITIES)).weights
        return dict(table.select("id", "weight").iter_rows())

    return of_run


def test_a_node_of_which_the_set_states_all_parts_has_the_weights_of_the_set(weights: Callable[..., Any]) -> None:
    # jobs 1 and gdp 3 sum to 4; the set states neither dimension, so nature has the weight 3 of the file, economy 1
    found = weights(f"{TREE}[weights.experts]\njobs = 1\ngdp = 3")
    assert found == {"economy": 0.25, "jobs": 0.25, "gdp": 0.75, "nature": 0.75, "air": 1.0}


def test_a_set_is_chosen_by_an_option(weights: Callable[..., Any]) -> None:
    sets = "[weights]\nexperts = { jobs = 1, gdp = 3 }\ncitizens = { economy = 1, nature = 1 }\n"
    found = weights(TREE + sets, weighting="citizens")
    assert (found["economy"], found["gdp"]) == (0.5, 0.8)


def test_the_sets_are_columns_of_a_table(weights: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "weights.csv").write_text("name,experts,citizens\njobs,1,\ngdp,3,\neconomy,,1\nnature,,1\n")
    found = weights(f'weights = "weights.csv"\n{TREE}', weighting="citizens")
    assert (found["economy"], found["gdp"]) == (0.5, 0.8)


@pytest.mark.parametrize(
    ("table", "where", "what"),
    [
        ("name,experts\njobs,much\n", 'weights.csv: row 2 (jobs), column "experts": much', "which is no weight"),
        ("name,experts\njobs,-1\n", 'weights.csv: row 2 (jobs), column "experts": -1', "which is no weight"),
        ("name,experts\njobs,1\njobs,2\n", 'weights.csv: row 3, column "name"', 'has "jobs", as row 2 has'),
        ("part,experts\njobs,1\n", "weights.csv: columns part, experts", "needs a column of names"),
    ],
)
def test_a_wrong_table_of_weights_is_refused_with_row_and_column(
    written: Written, tmp_path: Path, table: str, where: str, what: str
) -> None:
    (tmp_path / "weights.csv").write_text(table)
    with pytest.raises(IndiciaError) as caught:
        indicia.read(written(f'weights = "weights.csv"\n{TREE}'))
    assert what in caught.value.what
    assert caught.value.where == where
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("sets", "lines"),
    [
        (
            "experts = { jobs = 1 }",
            [
                'the set of weights "experts" states jobs of economy, and lacks gdp',
                "  index.toml:17   experts = { jobs = 1 }",
                "  fix: state gdp in the set too, or no part of economy",
            ],
        ),
        (
            "experts = { jobs = 0, gdp = 0 }",
            [
                'the set of weights "experts" gives every part of economy weight 0',
                "  index.toml:17   experts = { jobs = 0, gdp = 0 }",
                "  fix: give one of them a weight above 0",
            ],
        ),
        (
            "experts = {}\nequal = { jobs = 1 }",
            [
                'the set of weights "equal" has a name that is the name of an installed weighting',
                "  index.toml:18   equal = { jobs = 1 }",
                "  fix: give the set another name: [weights.experts]",
            ],
        ),
    ],
)
def test_a_wrong_set_is_refused_on_its_line(fault: Fault, sets: str, lines: list[str]) -> None:
    assert fault(f"{TREE}[weights]\n{sets}").splitlines() == lines


def test_a_set_with_an_unknown_part_is_refused_with_the_nearest(written: Written) -> None:
    with pytest.raises(IndiciaError) as caught:
        _ = indicia.read(written(f"{TREE}[weights.experts]\njosb = 1")).definition
    assert str(caught.value).splitlines() == [
        'the set of weights "experts" has a weight of "josb", which is no indicator and no dimension',
        "  index.toml:17   josb = 1",
        '  fix: did you mean "jobs"?',
    ]


def test_a_negative_weight_of_a_set_is_refused_on_its_line(fault: Fault) -> None:
    lines = fault(f"{TREE}[weights.experts]\njobs = -1").splitlines()
    assert lines[:2] == ["weights.experts.jobs must be 0 or more", "  index.toml:17   jobs = -1"]


def test_a_misspelt_set_is_named_with_the_nearest(fault: Fault) -> None:
    said = fault(TREE.replace('"experts"', '"expert"') + "[weights.experts]\njobs = 1\ngdp = 1")
    assert said.splitlines()[0] == 'unknown weighting "expert"'
    assert said.endswith('fix: did you mean "experts"?')


def test_a_set_takes_no_parameters(fault: Fault) -> None:
    said = fault(TREE.replace('"experts"', '"experts(p=1)"') + "[weights.experts]\njobs = 1\ngdp = 1")
    assert said.splitlines()[0] == "experts has no parameters, since the index file states it"


def test_a_set_is_compared_and_combined_with_other_weightings(index: Make, cities: pl.DataFrame) -> None:
    made = index(TWO, weights=SETS)
    listed = ["given", "experts", "combination(of=[experts, citizens])"]
    comparison = made.compare(table=cities, weighting=listed).figures
    assert comparison.methodologies["label"].to_list() == listed
    # arithmetic means of (0.25, 0.75) and (0.5, 0.5): co2 has 0.625
    weights = made.with_options(weighting=listed[2]).score(cities).weights
    assert weights.filter(id="co2")["weight"].item() == 0.625


def test_a_result_names_the_set_and_its_manifest_has_the_weights(index: Make, cities: pl.DataFrame) -> None:
    result = index(TWO, {"weighting": "experts"}, weights=SETS).score(cities)
    assert "> experts >" in result.methodology
    assert result.manifest["weights"] == {"experts": {"income": 1.0, "co2": 3.0}}
    assert list(result.manifest["plugins"]) == ["indicia_methods.aggregation", "indicia_methods.normalisation"]


def test_a_set_that_states_no_part_of_a_node_is_noted(index: Make, cities: pl.DataFrame) -> None:
    result = index(TWO, {"weighting": "none_of_them"}, weights={"none_of_them": {}}).score(cities)
    assert result.weights.filter(id="income")["weight"].item() == 0.8
    assert any("none_of_them states no part of index" in str(note) for note in result.notes)


def test_draws_take_sets_of_weights(index: Make, cities: pl.DataFrame) -> None:
    made = index(TWO, weights=SETS)
    robust = made.robustness(cities, draws=8, seed=1, weighting=["given", "experts"], weights={"spread": 0.1}).figures
    assert len(robust.compact_ranks) == 8
    assert not robust.failures


def test_a_fitted_index_keeps_the_weights_of_a_set(index: Make, cities: pl.DataFrame, tmp_path: Path) -> None:
    made = index(TWO, {"weighting": "experts"}, weights=SETS)
    indicia.fit(made, cities).write(tmp_path / "fitted.json")
    fitted = indicia.read_fitted(tmp_path / "fitted.json")
    assert fitted.score(cities).scores["score"].to_list() == made.score(cities).scores["score"].to_list()


def test_the_page_states_the_weights_of_a_set(index: Make, cities: pl.DataFrame) -> None:
    page = report(index(TWO, {"weighting": "experts"}, weights=SETS), cities, draws=2, seed=1)
    assert "income: 1; co2: 3" in page


def test_the_schema_has_sets_of_weights_and_their_names_as_weightings() -> None:
    schema = index_schema(installed(only=()))
    assert schema["properties"]["weights"]["anyOf"][0] == {"type": "string"}
    assert "pattern" in schema["$defs"]["weighting"]["anyOf"][0]


def test_weights_of_a_set_enter_the_score_unscaled_if_the_methodology_states_it(
    index: Make, cities: pl.DataFrame
) -> None:
    sets = {"printed": {"income": 0.5, "co2": 0.75}}
    made = index(TWO, {"weighting": "printed", "scale_weights": False}, weights=sets)
    # the best unit of an indicator has 1: a unit that is best in both would score 0.5 + 0.75
    normalised = made.score(cities).normalised
    expected = normalised.select(0.5 * pl.col("income") + 0.75 * pl.col("co2")).to_series().sort()
    assert made.score(cities).scores["score"].sort().to_list() == pytest.approx(expected.to_list(), abs=1e-15)
