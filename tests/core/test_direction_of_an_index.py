"""An index, or a dimension, of which less is better.

COINr (Becker et al. 2022, Journal of Open Source Software 7(78)) and the COIN Tool of the JRC count the direction of an
indicator as here: as its effect on the score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.analysis import obstacle_degree, tiers
from indicia.catalogue import installed
from indicia.definition import index_schema
from indicia.errors import DataError, DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]

HUNGER: dict[str, Any] = {"starved": {}, "stunted": {}}
COUNTRIES = pl.DataFrame(
    {
        "city": ["A", "B", "C", "D", "E"],
        "region": ["s", "n", "s", "n", "s"],
        "starved": [0.1, 0.5, 0.9, 0.3, 0.4],
        "stunted": [0.3, 0.2, 0.8, 0.9, 0.3],
        "income": [1.0, 0.5, 0.0, 0.25, 0.75],
    }
)
"""The means of starved and stunted: 0.2, 0.35, 0.85, 0.6, 0.35; B and E tie."""
RAW = {"normalisation": "none"}


def hunger(index: Make, direction: str, methodology: dict[str, Any] | None = None, **tables: Any) -> Index:
    return index(HUNGER, {**RAW, **(methodology or {})}, direction=direction, **tables)


# Ranks


@pytest.mark.parametrize(
    ("ties", "of_benefit", "of_cost"),
    [
        ("min", [5, 3, 1, 2, 3], [1, 2, 5, 4, 2]),
        ("max", [5, 4, 1, 2, 4], [1, 3, 5, 4, 3]),
        ("average", [5, 3.5, 1, 2, 3.5], [1, 2.5, 5, 4, 2.5]),
        ("dense", [4, 3, 1, 2, 3], [1, 2, 4, 3, 2]),
    ],
)
def test_the_direction_of_an_index_changes_ranks_and_no_score(
    index: Make, ties: str, of_benefit: list[float], of_cost: list[float]
) -> None:
    benefit, cost = (hunger(index, word, {"ties": ties}).score(COUNTRIES) for word in ("benefit", "cost"))
    assert cost.scores["score"].to_list() == benefit.scores["score"].to_list()
    assert benefit.scores["rank"].to_list() == of_benefit
    assert cost.scores["rank"].to_list() == of_cost


def test_the_ranking_begins_with_the_lowest_score_and_ends_with_units_without_rank(index: Make) -> None:
    result = hunger(index, "cost", eligible={"without": ["A", "D"]}).score(COUNTRIES)
    assert result.ranking["city"].to_list() == ["B", "E", "C", "A", "D"]


def test_rank_from_worst_numbers_from_the_other_end(index: Make) -> None:
    ranked = {
        (direction, end): hunger(index, direction, {"rank_from": end}).score(COUNTRIES).scores["rank"].to_list()
        for direction in ("benefit", "cost")
        for end in ("best", "worst")
    }
    assert ranked["cost", "worst"] == ranked["benefit", "best"] == [5, 3, 1, 2, 3]
    assert ranked["benefit", "worst"] == ranked["cost", "best"] == [1, 2, 5, 4, 2]


def test_ranks_within_groups_and_of_dimensions_have_the_direction_too(index: Make) -> None:
    spec = {"starved": {"dimension": "food"}, "stunted": {"dimension": "food"}}
    result = index(spec, {**RAW, "ranks": ["region"]}, direction="cost", dimensions={"food": {}}).score(COUNTRIES)
    assert result.scores["rank_region"].to_list() == [1, 1, 3, 2, 2]
    assert result.ranks["food"].to_list() == result.scores["rank"].to_list()


@pytest.mark.parametrize(
    ("direction", "end", "note"),
    [
        ("benefit", "best", None),
        ("cost", "best", "a lower score is better: rank 1 is the lowest"),
        ("cost", "worst", "ranks are numbered from the worst: rank 1 is the highest score"),
        ("benefit", "worst", "ranks are numbered from the worst: rank 1 is the lowest score"),
    ],
)
def test_a_note_names_the_end_of_the_scores_that_has_rank_1(
    index: Make, direction: str, end: str, note: str | None
) -> None:
    assert hunger(index, direction, {"rank_from": end}).score(COUNTRIES).notes == ((note,) if note else ())


def test_analyses_of_ranks_name_the_end_too(index: Make) -> None:
    made = hunger(index, "cost", robustness={"draws": 5, "seed": 1, "weights": {"spread": 0.5}})
    note = "a lower score is better: rank 1 is the lowest"
    assert made.robustness(COUNTRIES).figures.notes[0] == note
    assert note in made.stability(COUNTRIES).sentences()
    assert note in made.compare(table=COUNTRIES, aggregation=["arithmetic", "geometric"]).figures.notes


# Dimensions


def test_a_dimension_of_the_other_direction_enters_its_parent_with_the_opposite_sign(index: Make) -> None:
    """0.5 · hunger - 0.5 · wealth: A 0.1 - 0.5, B 0.175 - 0.25, C 0.425, D 0.3 - 0.125, E 0.175 - 0.375."""
    spec = {**{name: {"dimension": "hunger"} for name in HUNGER}, "income": {"dimension": "wealth"}}
    dimensions = {"hunger": {}, "wealth": {"direction": "benefit"}}
    result = index(spec, RAW, direction="cost", dimensions=dimensions).score(COUNTRIES)
    assert result.scores["score"].to_list() == pytest.approx([-0.4, -0.075, 0.425, 0.175, -0.2])
    assert result.scores["wealth"].to_list() == COUNTRIES["income"].to_list()
    assert result.ranks["wealth"].to_list() == [1, 3, 5, 4, 2]
    assert result.contributions.select("starved", "income").row(0) == pytest.approx((0.025, -0.5))


def test_a_dimension_has_the_direction_of_its_parent_unless_it_states_another(index: Make) -> None:
    dimensions = {"harm": {"direction": "cost"}, "hunger": {"parent": "harm"}}
    spec = {"income": {}, **{name: {"dimension": "hunger"} for name in HUNGER}}
    tree = index(spec, RAW, dimensions=dimensions).tree
    assert [(node.id, node.direction, node.turned) for node in tree.nodes()] == [
        ("index", "benefit", False),
        ("harm", "cost", True),
        ("hunger", "cost", False),
    ]


def test_as_component_normalises_the_score_with_the_opposite_sign(index: Make) -> None:
    """min_max of minus the means 0.2, 0.35, 0.85, 0.6, 0.35 is (0.85 - mean) / 0.65."""
    spec = {name: {"dimension": "hunger"} for name in HUNGER}
    result = index(spec, RAW, dimensions={"hunger": {"direction": "cost", "as_component": "min_max"}}).score(COUNTRIES)
    assert result.scores["score"].to_list() == pytest.approx([1, 0.5 / 0.65, 0, 0.25 / 0.65, 0.5 / 0.65])


def test_a_distance_to_the_largest_components_of_a_harm_is_best_where_it_is_largest(index: Make) -> None:
    """VIKOR's Q of a single component is its distance from the largest value, from 0 to 1."""
    spec = {"starved": {"dimension": "hunger"}, "income": {"dimension": "wealth"}}
    dimensions = {"hunger": {"direction": "cost", "aggregation": "vikor"}, "wealth": {}}
    result = index(spec, RAW, dimensions=dimensions).score(COUNTRIES)
    distance = [(0.9 - starved) / 0.8 for starved in COUNTRIES["starved"]]
    assert result.scores["hunger"].to_list() == pytest.approx(distance)
    assert result.ranks["hunger"].to_list() == [1, 4, 5, 2, 3]
    half = [(first + second) / 2 for first, second in zip(distance, COUNTRIES["income"], strict=True)]
    assert result.scores["score"].to_list() == pytest.approx(half)


# Fitted indices, robustness, stability, comparison


def test_a_fitted_index_keeps_the_direction(index: Make, tmp_path: Path) -> None:
    made = hunger(index, "cost", {"normalisation": "min_max"})
    indicia.fit(made, COUNTRIES).write(tmp_path / "fitted.json")
    again = indicia.read_fitted(tmp_path / "fitted.json").score(COUNTRIES)
    assert again.scores["rank"].to_list() == made.score(COUNTRIES).scores["rank"].to_list() == [1, 2, 5, 4, 3]


def test_mean_ranks_of_a_robustness_analysis_are_those_of_the_opposite_order(index: Make) -> None:
    """Ties count with their mean rank, so that the two ranks of a unit sum to 6 in every draw."""
    varied = {"draws": 40, "seed": 1, "weights": {"spread": 0.5}}
    benefit, cost = (
        hunger(index, word, {"ties": "average"}, robustness=varied).robustness(COUNTRIES).figures
        for word in ("benefit", "cost")
    )
    assert (benefit.ranks + cost.ranks == 6).all()


@pytest.mark.parametrize("varied", [{"weights": {"spread": 1e-9}}, {"noise": 1e-9}], ids=["weights", "data"])
def test_draws_of_a_turned_dimension_have_the_ranks_of_the_index(index: Make, varied: dict[str, Any]) -> None:
    spec = {**{name: {"dimension": "hunger"} for name in HUNGER}, "income": {"dimension": "wealth"}}
    dimensions = {"hunger": {}, "wealth": {"direction": "benefit"}}
    robustness = {"draws": 5, "seed": 1, **varied}
    made = index(spec, RAW, direction="cost", dimensions=dimensions, robustness=robustness)
    assert made.robustness(COUNTRIES).figures.ranks.tolist() == [[1, 3, 5, 4, 2]] * 5


@pytest.mark.parametrize("level", [{}, {"decimals": 9}], ids=["in closed form", "by search"])
def test_critical_weights_of_a_harm_are_those_at_which_units_draw_level(index: Make, level: dict[str, Any]) -> None:
    """The score is w · hunger - (1 - w) · wealth, with w = 0.5, and the order is B, A, D, E, C.

    B 0.35 w - 0.9 (1 - w) and A 0.2 w - 0.5 (1 - w) draw level at w = 8/11, or 8/3 of the weight before it is scaled.
    D 0.6 w - 0.6 (1 - w) and E 0.35 w - 0.2 (1 - w) draw level at w = 8/13, or 8/5 of the weight.
    """
    spec = {**{name: {"dimension": "hunger"} for name in HUNGER}, "income": {"dimension": "wealth"}}
    dimensions = {"hunger": {}, "wealth": {"direction": "benefit"}}
    made = index(spec, {**RAW, "levels": [level]}, direction="cost", dimensions=dimensions)
    table = COUNTRIES.with_columns(income=pl.Series([0.5, 0.9, 0.1, 0.6, 0.2]))
    critical = made.stability(table).frame("weights").filter(of="index", part="hunger").row(0, named=True)
    assert (critical["then_first"], critical["ahead"], critical["behind"]) == ("A", "D", "E")
    assert (critical["first_changes"], critical["two_swap"]) == pytest.approx((5 / 3, 3 / 5), rel=1e-6)


def test_the_smallest_shift_of_weight_takes_the_first_place_from_the_lowest_score(index: Make) -> None:
    """B draws level with A where 0.1 w + 0.3 (1 - w) = 0.5 w + 0.2 (1 - w), at w = 0.2."""
    shift = hunger(index, "cost").stability(COUNTRIES).frame("minimal_weight_shift").head(2)
    assert (shift["unit"].to_list(), shift["part"].to_list()) == (["B", "B"], ["starved", "stunted"])
    assert (*shift["moved"], *shift["then"]) == pytest.approx((0.3, 0.3, 0.2, 0.8))


def test_a_unit_gets_worse_if_its_harm_grows(index: Make) -> None:
    reversals = hunger(index, "cost", {"normalisation": "min_max"}).stability(COUNTRIES).frame("reversals")
    assert reversals.filter(test="a unit gets worse")["failed"].to_list() == [0, 0]


def test_published_scores_of_a_harm_are_ranked_from_the_lowest(index: Make) -> None:
    published = pl.DataFrame({"city": ["A", "B", "C", "D", "E"], "score": [1.0, 2.0, 9.0, 8.0, 2.0]})
    for direction in ("benefit", "cost"):
        compared = (
            hunger(index, direction)
            .compare(table=COUNTRIES, normalisation=["none", "min_max(lower=0, upper=2)"], against=published)
            .figures
        )
        assert compared.against()["agreement"][0] == pytest.approx(1.0)


def test_the_best_rank_of_a_comparison_is_the_highest_if_ranks_begin_with_the_worst(index: Make) -> None:
    made = hunger(index, "cost", {"rank_from": "worst"})
    movers = made.compare(table=COUNTRIES, aggregation=["arithmetic", "geometric"]).figures.movers
    assert (movers["best"] >= movers["worst"]).all()
    assert movers["spread"].to_list() == (movers["best"] - movers["worst"]).to_list()


def test_ranks_from_different_ends_are_not_compared(index: Make) -> None:
    made = hunger(index, "cost", variants={"other": {"rank_from": "worst"}})
    wanted = "ranks of as it stands are numbered from the best, and ranks of other from the worst\n.*same rank_from"
    with pytest.raises(DefinitionError, match=r"(?s)" + wanted):
        made.compare(table=COUNTRIES)


# Obstacles and tiers


def test_the_obstacle_of_a_harm_is_its_own_value(index: Make) -> None:
    """A has 0.1 and 0.3: 1/4 and 3/4 of its distance from a score of 0."""
    degrees = obstacle_degree(hunger(index, "cost").score(COUNTRIES))
    assert degrees.select("starved", "stunted").row(0) == pytest.approx((0.25, 0.75))


def test_tiers_of_a_harm_begin_with_the_lowest_scores() -> None:
    """The severity scale of the Global Hunger Index: up to 9.9 low, up to 19.9 moderate, up to 34.9 serious."""
    scores = pl.Series([5.0, 9.9, 10.0, 20.0, 50.0, None])
    assert tiers(scores, [9.9, 19.9, 34.9, 49.9], low_is_best=True).to_list() == [1, 1, 2, 3, 5, None]


# Errors


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"direction": "down"}, "direction must be 'benefit' or 'cost'"),
        ({"direction": "target"}, "direction must be 'benefit' or 'cost'"),
        (
            {"dimensions": {"food": {"direction": "interval"}}},
            "dimensions.food.direction must be 'benefit' or 'cost'",
        ),
        ({"methodology": {"rank_from": "last"}}, "methodology.rank_from must be 'best' or 'worst'"),
    ],
)
def test_a_word_that_is_no_direction_is_refused_with_its_place(words: dict[str, Any], message: str) -> None:
    raw: dict[str, Any] = {"data": {"unit": "city"}, "indicators": {"starved": {}}, **words}
    with pytest.raises(DefinitionError, match=message):
        _ = indicia.read(raw).definition


def test_the_schema_of_the_index_file_has_directions_of_the_index_and_of_dimensions() -> None:
    schema = index_schema(installed())
    of_dimension = schema["$defs"]["Dimension"]["properties"]["direction"]["anyOf"][0]
    for direction in (schema["properties"]["direction"], of_dimension):
        assert direction["enum"][:4] == ["benefit", "cost", "max", "min"]
    assert schema["$defs"]["Methodology"]["properties"]["rank_from"]["enum"] == ["best", "worst"]


def test_the_other_words_for_a_direction_serve_for_an_index_too() -> None:
    read = indicia.read({"data": {"unit": "city"}, "indicators": {"starved": {}}, "direction": "min"})
    assert read.definition.direction == "cost"


# The Gender Inequality Index: a formula of which less is better

GENDER = pl.DataFrame(
    {
        "country": ["Yemen", "China", "Denmark", "Norway", "Switzerland", "United States", "Brazil", "India"],
        "mmr": [164.0, 29.0, 4.0, 2.0, 5.0, 19.0, 60.0, 133.0],
        "births": [54.404, 11.048, 1.908, 2.336, 2.212, 15.966, 45.2, 17.234],
        "seats_f": [
            0.294117647,
            24.94117647,
            39.66480447,
            44.9704142,
            39.83739837,
            26.96629213,
            14.81481481,
            13.44430218,
        ],
        "seats_m": [
            99.70588235,
            75.05882353,
            60.33519553,
            55.0295858,
            60.16260163,
            73.03370787,
            85.18518519,
            86.55569782,
        ],
        "school_f": [22.44, 78.28194698, 95.06726074, 99.09422302, 96.8586731, 96.54834747, 62.44875545, 41.82268012],
        "school_m": [37.52, 85.35439944, 95.23809814, 99.28356171, 97.53341675, 96.36666107, 59.09576637, 53.83470565],
        "work_f": [5.995, 61.612, 57.721, 60.294, 61.728, 55.227, 49.11, 19.233],
        "work_m": [67.637, 74.29, 66.653, 71.95, 72.705, 66.437, 68.24, 70.092],
    }
)
"""UNDP, Human Development Report 2021/22, time series of the composite indices, year 2021 (CC BY 3.0 IGO)."""
PUBLISHED_GENDER = GENDER.select(
    "country",
    gii=pl.Series([0.820, 0.192, 0.013, 0.016, 0.018, 0.179, 0.390, 0.490]),
    rank=pl.Series([170, 48, 1, 2, 3, 44, 94, 122]).rank("min"),
)
"""The published scores, and the order of the published ranks among 170 countries."""


def gender(folder: Path, direction: str, sign: str) -> Index:
    """Return the Gender Inequality Index; its formula writes the figures of women, of this direction, with a sign."""
    seats_f, school_f, work_f = (f"({sign}{name})" for name in ("seats_f", "school_f", "work_f"))
    health = "(10 / max(mmr, 10) / births) ** 0.5"
    of_women, of_men = f"(max({seats_f}, 0.1) * {school_f}) ** 0.5", "(seats_m * school_m) ** 0.5"
    women, men = f"({health} * {of_women} * {work_f}) ** (1 / 3)", f"({of_men} * work_m) ** (1 / 3)"
    both = f"(({health} + 1) / 2 * ({of_women} + {of_men}) / 2 * ({work_f} + work_m) / 2) ** (1 / 3)"
    formula = {"method": "formula", "expression": f"1 - 2 / (1 / ({women}) + 1 / ({men})) / ({both})"}
    PUBLISHED_GENDER.write_csv(folder / "published.csv")
    return indicia.read(
        {
            "direction": "cost",
            "data": {"unit": "country"},
            "indicators": {
                name: {"direction": direction if name.endswith("_f") else "benefit"} for name in GENDER.columns[1:]
            },
            "methodology": {**RAW, "aggregation": formula, "decimals": 3},
            "reference": {
                "path": str(folder / "published.csv"),
                "score": "gii",
                "rank": "rank",
                "tolerance": 0.0005,
            },
        }
    )


@pytest.mark.parametrize(("direction", "sign"), [("benefit", ""), ("cost", "-")])
def test_a_formula_of_which_less_is_better_has_the_published_scores_and_ranks(
    tmp_path: Path, direction: str, sign: str
) -> None:
    result = gender(tmp_path, direction, sign).score(GENDER)
    assert [(each.equal, each.compared) for each in result.reproduction] == [(8, 8), (8, 8)]
    assert result.notes == ("a lower score is better: rank 1 is the lowest",)


def test_a_formula_that_takes_a_cost_for_its_value_is_told_that_costs_are_negative(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        gender(tmp_path, "cost", "").score(GENDER)
    assert "no finite score of index for Yemen" in caught.value.what
    assert "the costs seats_f, school_f, work_f enter the normalisation as -x" in str(caught.value.remedy)
    assert "-seats_f" in str(caught.value.remedy)
