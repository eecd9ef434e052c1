"""The example of the Handbook gives the figures that the book prints, at the precision at which it prints them.

OECD & JRC (2008), Handbook on Constructing Composite Indicators; `examples/handbook/printed` has the tables as printed.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.analysis import agreement, clusters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.answers.answer import Answer
    from indicia.audit.coherence import Coherence
    from indicia.result import Result

EXAMPLE = Path(__file__).parents[2] / "examples" / "handbook"
INDEX = indicia.read(EXAMPLE / "index.toml")


def printed(table: str) -> list[dict[str, str]]:
    """Return the rows of a printed table, each figure as its text."""
    with (EXAMPLE / "printed" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(table: str, name: str) -> list[str]:
    return [row[name] for row in printed(table)]


def equal(texts: Iterable[str], values: Iterable[float]) -> list[bool]:
    """Return, for each printed figure, whether the computed one differs by at most half a unit of its last place."""
    pairs = zip(texts, values, strict=True)
    return [abs(float(text) - value) <= 0.5 * 10.0 ** -len(text.partition(".")[2]) + 1e-9 for text, value in pairs]


def scored(variant: str) -> Result:
    return INDEX.variant(variant).score()


def ranks(variant: str | None) -> list[int]:
    """Return the ranks by a methodology, in the order of the printed table."""
    result = scored(variant) if variant else INDEX.score()
    by_country = dict(result.scores.select("country", "rank").iter_rows())
    return [by_country[country] for country in column("t23_t38_t41_ranks", "country")]


@pytest.mark.parametrize(
    ("variant", "table", "countries"),
    [
        (None, "t23_ew", 23),
        (None, "t38_lin", 23),
        ("factor_analysis", "t23_fa", 19),  # Table 22 prints weights of two digits; weights that round to these give 23
        ("benefit_of_the_doubt", "t23_bod", 23),
        ("budget_allocation", "t23_bap", 23),
        ("hierarchy", "t23_ahp", 20),  # two digits, as above
        ("geometric", "t38_gme", 23),
        ("non_compensatory", "t38_ncmc", 10),  # the printed order is not the most supported: see below
        ("six_indicators", "t41_without_telephones_electricity", 23),
    ],
)
def test_ranks_are_those_of_tables_23_38_and_41(variant: str | None, table: str, countries: int) -> None:
    places = [int(text) for text in column("t23_t38_t41_ranks", table)]
    assert sum(own == place for own, place in zip(ranks(variant), places, strict=True)) == countries


def test_the_non_compensatory_order_has_more_support_than_the_printed_order() -> None:
    support = scored("non_compensatory").details()["support"].sum()
    assert support == pytest.approx(184.75)  # Kemeny's optimum; the printed order has 181.6 to 181.9, by its two ties


def test_the_four_dimensions_of_undp_give_the_scores_of_the_flat_index() -> None:
    four = indicia.read(EXAMPLE / "dimensions.toml").score().scores
    assert four["score"].to_list() == pytest.approx(INDEX.score().scores["score"].to_list(), abs=1e-12)


def test_eleven_normalisations_of_schooling_are_those_of_table_15() -> None:
    normalised = indicia.read(EXAMPLE / "normalisation.toml").score().normalised
    for name in normalised.columns[1:]:
        unit = 100 if name == "percentile" else 1
        texts = column("t15_normalisation", "rank" if name == "place" else name)
        assert all(equal(texts, (normalised[name] * unit).to_list())), name


@pytest.fixture(scope="module")
def coherence() -> Answer[Coherence]:
    """Return the statistics of the z-scores, without goalposts and caps."""
    return INDEX.variant("standardised").coherence()


def test_correlations_are_those_of_table_6(coherence: Answer[Coherence]) -> None:
    by_pair = {(a, b): r for a, b, r in coherence.frame("correlations").select("a", "b", "r").iter_rows()}
    rows = printed("t06_correlations")
    assert all(equal([row["r"] for row in rows], [by_pair[row["a"], row["b"]] for row in rows]))


@pytest.mark.parametrize(
    ("name", "text", "unit"),
    [("eigenvalue", "eigenvalue", 1), ("share", "percent", 100), ("cumulative", "cumulative", 100)],
)
def test_eigenvalues_and_their_shares_are_those_of_table_7(
    coherence: Answer[Coherence], name: str, text: str, unit: int
) -> None:
    assert all(equal(column("t07_eigenvalues", text), (coherence.frame("eigenvalues")[name] * unit).to_list()))


def test_loadings_of_eight_components_are_those_of_table_8_except_for_their_signs(coherence: Answer[Coherence]) -> None:
    for number in range(1, 9):
        texts = column("t08_loadings", f"pc{number}")
        own = coherence.frame("loadings").filter(component=number)["loading"].to_list()
        assert any(all(equal(texts, [sign * loading for loading in own])) for sign in (1, -1)), number


def test_four_rotated_components_are_those_of_tables_9_and_17() -> None:
    rotated = INDEX.variant("standardised").with_options(settings={"audit.factors": 4}).coherence().frame("rotated")
    loadings = rotated["loading"].to_numpy().reshape(4, 8).T
    loadings = loadings[:, [0, 2, 3, 1]]  # the book numbers the factors in another order
    names = [f"factor{number}" for number in range(1, 5)]
    *rows, explained, _ = printed("t09_rotated")
    assert all(equal([row[name] for row in rows for name in names], loadings.ravel()))
    assert all(equal([row["communality"] for row in rows], (loadings**2).sum(axis=1)))
    variances = (loadings**2).sum(axis=0)
    assert all(equal([explained[name] for name in names], variances))
    *shares, _ = printed("t17_squared_loadings")
    assert all(equal([row[name] for row in shares for name in names], (loadings**2 / variances).ravel()))


def test_alpha_and_the_correlations_with_the_other_indicators_are_those_of_table_11(
    coherence: Answer[Coherence],
) -> None:
    *rows, whole = printed("t11_alpha")
    assert all(equal([row["item_rest_correlation"] for row in rows], coherence.frame("items")["item_rest"].to_list()))
    assert all(equal([row["alpha_if_deleted"] for row in rows], coherence.frame("items")["alpha_without"].to_list()))
    assert all(equal([whole["alpha_if_deleted"]], coherence.frame("reliability")["alpha"].to_list()))


def test_ten_clusters_lie_below_a_squared_distance_of_4_as_in_figure_13() -> None:
    z = INDEX.variant("standardised").score().normalised
    below = clusters(z, "country", z.columns[1:], linkage="single").groups_below(2)
    texts = dict(zip(column("f13_clusters", "country"), column("f13_clusters", "cluster"), strict=True))
    pairs = {(number, texts[country]) for country, number in below.select("country", "cluster").iter_rows()}
    assert len(pairs) == len({own for own, _ in pairs}) == len({text for _, text in pairs}) == 10


def weights(variant: str, **options: str) -> list[float]:
    """Return the weights by a methodology, in the order of the index file."""
    result = INDEX.variant(variant).with_options(**options).score()
    return result.weights["weight"].to_list()


def test_weights_of_four_rotated_components_are_those_of_table_18() -> None:
    assert all(equal(column("t18_t22_weights", "t18_pc"), weights("standardised", weighting="factor(factors=4)")))


@pytest.mark.parametrize("method", ["fa", "bap", "ahp"])
def test_the_sets_of_weights_are_those_of_table_22(method: str) -> None:
    stated = INDEX.definition.weights[f"table_22_{method}"]
    texts = {row["indicator"]: float(row[f"t22_{method}"]) for row in printed("t18_t22_weights")}
    assert stated == texts


@pytest.fixture(scope="module")
def best_weights() -> pl.DataFrame:
    """Return the score, the weights and the peers of each country by benefit of the doubt."""
    result = scored("benefit_of_the_doubt")
    return result.scores.join(result.details(), on="country")


def test_scores_by_benefit_of_the_doubt_are_those_of_table_19(best_weights: pl.DataFrame) -> None:
    by_country = dict(best_weights.select("country", "score").iter_rows())
    assert all(equal(column("t19_bod", "score"), [by_country[row["country"]] for row in printed("t19_bod")]))


def test_weights_of_the_twenty_countries_below_1_are_those_of_table_19(best_weights: pl.DataFrame) -> None:
    below = best_weights.filter(pl.col("score") < 1 - 1e-9)  # several sets of weights give 1 to each of the other three
    by_country = {row["country"]: row for row in printed("t19_bod")}
    assert len(below) == 20
    for row in below.to_dicts():
        names = [name for name in by_country[row["country"]] if name.startswith("weight_")]
        texts = [by_country[row["country"]][name] for name in names]
        assert all(equal(texts, [row[name.replace("_", " ")] for name in names])), row["country"]


NO_LOGARITHMS = {
    f"indicators.{name}.{word}": "none" for name in ("telephones", "electricity") for word in ("cap", "transform")
}


def test_correlations_with_the_published_index_are_the_shares_of_table_42() -> None:
    method = "against_outcome(of=tai, by=correlation)"
    index = INDEX.with_options(normalisation="none", weighting=method, settings=NO_LOGARITHMS)
    assert all(equal(column("t42_path", "percent"), (index.score().weights["weight"] * 100).to_list()))


def test_a_regression_explains_the_published_index_as_in_figure_26() -> None:
    settings = {"outside.variables.tai.direction": "benefit"}
    index = INDEX.with_options(normalisation="z_score", weighting="against_outcome(of=tai)", settings=settings)
    (row,) = index.score().outside.to_dicts()
    assert row["pearson"] ** 2 == pytest.approx(0.9996, abs=0.0001)  # the figure prints R² = 0.9996


def test_outranking_of_five_countries_is_that_of_table_36() -> None:
    texts = printed("t36_outranking")
    values = scored("standardised").prepared.head(5).drop("country").to_numpy()
    better = (values[:, None] > values).mean(axis=2) + 0.5 * (values[:, None] == values).mean(axis=2)
    np.fill_diagonal(better, 0)
    assert all(equal([text for row in texts for text in list(row.values())[1:]], better.ravel()))


def test_the_most_supported_order_of_five_countries_has_the_support_of_table_37() -> None:
    five = ["Finland", "United States", "Sweden", "Japan", "Korea, Rep. of"]
    index = INDEX.variant("non_compensatory").with_options(settings={"data.where": {"country": five}})
    assert index.score().details()["support"].sum() == float(printed("t37_permutations")[0]["score"])


def test_the_correlation_of_ranks_of_box_7_is_kendalls_tau() -> None:
    rankings = {"unit": list("abcdefgh"), "first": list(range(1, 9)), "second": [3, 4, 1, 2, 5, 7, 8, 6]}
    table = agreement(pl.DataFrame(rankings), "kendall(variant=tau_a)")
    assert all(equal(["0.57"], table["second"].to_list()[:1]))


def votes(voters: dict[str, int], options: str, **methods: Any) -> Result:
    """Return options by voters, each with an order of preference: `{"abc": 23}` are 23 voters for a, then b, then c."""
    orders = {order: "".join(option for option in order if option in options) for order in voters}
    places = {order: [kept.index(option) + 1 for option in options] for order, kept in orders.items()}
    words = {order: {"direction": "cost", "weight": count} for order, count in voters.items()}
    return indicia.score(pl.DataFrame({"option": list(options), **places}), unit="option", indicators=words, **methods)


TWENTY_ONE = {"abcd": 3, "acbd": 5, "bdca": 7, "cbda": 6}  # Table 25
SIXTY = {"abc": 23, "bca": 17, "bac": 2, "cab": 10, "cba": 8}  # Table 28
SEVEN = {"cbad": 3, "badc": 2, "adcb": 2}  # Table 31


@pytest.mark.parametrize(
    ("voters", "options", "points"),
    [
        (TWENTY_ONE, "abcd", [24, 44, 38, 20]),  # Table 26
        (SIXTY, "abc", [58, 69, 53]),  # Table 29
        (SEVEN, "abcd", [13, 12, 11, 6]),  # Table 32
        (SEVEN, "abc", [6, 7, 8]),  # Table 33: the order turns round without d
    ],
)
def test_points_by_bordas_rule_are_those_of_the_book(voters: dict[str, int], options: str, points: list[int]) -> None:
    result = votes(voters, options, normalisation="borda", settings={"methodology.scale_weights": False})
    assert result.scores["score"].to_list() == pytest.approx(points)


def test_the_ranking_by_pairs_is_that_of_table_27() -> None:
    assert votes(TWENTY_ONE, "abcd", aggregation="condorcet").scores.sort("rank")["option"].to_list() == list("cbda")


def test_the_most_supported_order_of_three_options_is_that_of_page_111() -> None:
    result = votes(SIXTY, "abc", aggregation="kemeny")
    assert result.scores.sort("rank")["option"].to_list() == ["b", "c", "a"]
    assert 60 * result.details()["support"].sum() == pytest.approx(104)


@pytest.mark.parametrize(
    ("heat", "scores"),
    [
        ([35.0, 39.0, 35.9, 40.0], ["0.949", "0.833", "0.949", "0.821"]),  # degrees Celsius
        ([95.0, 102.2, 96.62, 104.0], ["0.965", "0.833", "0.965", "0.821"]),  # degrees Fahrenheit
    ],
)
def test_ratios_to_the_best_depend_on_the_unit_of_measure_as_in_table_14(heat: list[float], scores: list[str]) -> None:
    table = {
        "city": ["A", "B", "A", "B"],
        "year": [2003, 2003, 2004, 2004],
        "heat": heat,
        "humidity": [75, 50, 70, 45],
    }
    index = indicia.read(
        {
            "data": {"unit": "city", "period": "year"},
            "indicators": {"heat": {"direction": "benefit"}, "humidity": {"direction": "benefit"}},
            "methodology": {"normalisation": "linear_ratio", "statistics": "period"},
        }
    )
    assert all(equal(scores, index.score(pl.DataFrame(table)).scores["score"].to_list()))


def test_geometric_means_are_those_of_page_104() -> None:
    rows = [(21, 1, 1, 1), (6, 6, 6, 6), (21, 2, 1, 1), (7, 6, 6, 6)]
    table = pl.DataFrame({"country": list("ABCD"), **{f"x{place}": [row[place] for row in rows] for place in range(4)}})
    words = {f"x{place}": "benefit" for place in range(4)}
    result = indicia.score(table, unit="country", indicators=words, normalisation="none", aggregation="geometric")
    cut_off = [int(100 * score + 1e-9) / 100 for score in result.scores["score"]]
    assert cut_off == [2.14, 6, 2.54, 6.23]  # the book cuts off the third decimal
