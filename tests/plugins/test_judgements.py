"""Invalid judgements, and the errors that they cause."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia import IndiciaError, IndiciaWarning
from indicia.catalogue import installed

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.methods import Array
    from indicia.result import Result

TABLE = pl.DataFrame({"unit": ["A", "B", "C", "D"], "x": [1, 2, 4, 3], "y": [4, 1, 2, 2], "z": [1, 5, 2, 7]})
TREE = {"x": {"dimension": "economy"}, "y": {"dimension": "economy"}, "z": {"dimension": "nature"}}


def weigh(weighting: object, indicators: Any = ("x", "y", "z"), **more: Any) -> Result:
    named = indicators if isinstance(indicators, dict) else {name: {} for name in indicators}
    definition = {
        "data": {"unit": "unit"},
        "indicators": named,
        "methodology": {"weighting": weighting},
        **more,
    }
    return indicia.read(definition).score(TABLE)


def refusal(weighting: object, indicators: Any = ("x", "y", "z"), **more: Any) -> str:
    with pytest.raises(IndiciaError) as caught:
        weigh(weighting, indicators, **more)
    return caught.value.what


def ahp(matrix: object, **more: object) -> dict[str, object]:
    return {"method": "ahp", "matrix": matrix, **more}


# --- ahp


def test_a_matrix_that_is_not_square_is_refused() -> None:
    assert refusal(ahp([[1, 2, 3], ["1/2", 1], ["1/3", 1, 1]])).endswith(
        "the matrix is not square: row 2 of 3 has 2 values"
    )


def test_a_matrix_that_is_not_reciprocal_is_refused_by_name() -> None:
    matrix = [["", "x", "y"], ["x", 1, 2], ["y", 2, 1]]
    assert refusal(ahp(matrix), ("x", "y")) == "ahp: the matrix is not reciprocal: x : y is 2, and its counterpart 2"


@pytest.mark.parametrize("cell", [0, -2])
def test_a_judgement_that_is_zero_or_negative_is_refused(cell: float) -> None:
    assert refusal(ahp([[1, cell], ["1/2", 1]]), ("x", "y")) == (
        f"ahp: judgements must be positive, unlike row 1, column 2 = {cell}"
    )


def test_a_component_that_is_not_as_important_as_itself_is_refused() -> None:
    assert refusal(ahp([[2, 1], [1, 1]]), ("x", "y")).startswith("ahp: a component is as important as itself, unlike")


def test_a_matrix_with_names_other_than_the_components_is_refused() -> None:
    matrix = [["", "x", "w"], ["x", 1, 2], ["w", "1/2", 1]]
    assert refusal(ahp(matrix), ("x", "y")) == "ahp of index: the matrix compares x, w; to compare are x, y"


def test_a_matrix_of_another_size_is_refused() -> None:
    assert refusal(ahp([[1, 2], ["1/2", 1]])) == "ahp of index: the matrix is 2 × 2, and 3 are compared: x, y, z"


def test_a_dimension_without_a_matrix_is_named() -> None:
    matrices = {"index": [[1, 2], ["1/2", 1]], "nature": [[1]]}
    assert refusal(ahp(matrices), TREE, dimensions={"economy": {}, "nature": {}}) == (
        "ahp of economy: no judgements for economy, only for index, nature: add judgements for economy, or choose "
        "another weighting for it"
    )


def test_a_judge_who_is_missing_in_a_dimension_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("judge,,economy,nature\nAnn,economy,1,2\nAnn,nature,1/2,1\n")
    (tmp_path / "economy.csv").write_text("judge,,x,y\nAnn,x,1,2\nAnn,y,,1\nBob,x,1,3\nBob,y,,1\n")
    matrices = {node: str(tmp_path / f"{node}.csv") for node in ("index", "economy")}
    assert refusal(ahp(matrices), TREE, dimensions={"economy": {}, "nature": {}}) == (
        "ahp: index has no matrix of Bob, unlike other dimensions"
    )


@pytest.mark.parametrize(
    ("matrix", "what"),
    [
        (3, "matrix = 3: 3 is neither rows nor the path of a CSV file"),
        ([3], "matrix = [3]: 3 is neither rows nor the path of a CSV file"),
        ([], "matrix = []: the matrix has no rows"),
        ({}, "there are no judgements"),
        ({"index": 3}, "matrix.index = 3: 3 is neither rows nor the path of a CSV file"),
        ([[1, "much"], ["1/2", 1]], "matrix = [[1, 'much'], ['1/2', 1]]: the table has 'much' in place of a number"),
        ([[1, "1/0"], [1, 1]], "matrix = [[1, '1/0'], [1, 1]]: the table has '1/0' in place of a number"),
    ],
)
def test_a_parameter_that_is_no_table_is_refused(matrix: object, what: str) -> None:
    assert refusal(ahp(matrix), ("x", "y")) == f"ahp: {what}"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("judge,,x,y\n", "holds no judgement"),
        ("judge\n", "holds no judgement"),
        (",x,y\nx,1,2\n", "must name the same components in the same order: x, y and x"),
        (",x,y\nx,1,2\ny,,-1\n", "unlike y : y = -1"),
        (",x,y\nx,1,0\ny,,1\n", "judgements must be positive, unlike x : y = 0"),
        (",x,y\nx,1\ny,,1\n", "the matrix is not square: row 1 of 2 has 1 values"),
        (",x,q\nx,1,2\nq,,1\n", "the matrix compares x, q; to compare are x, y"),
        (";x;y\nx;1;2\n", "has a single column: write commas between the cells"),
    ],
)
def test_a_file_that_is_no_table_of_the_indicators_is_refused(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "judged.csv"
    path.write_text(text)
    assert refusal(ahp(str(path)), ("x", "y")).endswith(what)


def test_a_folder_is_no_file_of_judgements(tmp_path: Path) -> None:
    assert refusal(ahp(str(tmp_path)), ("x", "y")).endswith("is a folder, not a CSV file")


def test_points_that_are_no_table_are_refused() -> None:
    assert refusal({"method": "budget_allocation", "points": 3}) == (
        "budget_allocation: points = 3: 3 is neither rows nor the path of a CSV file"
    )


def test_a_judge_who_leaves_out_a_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "judged.csv"
    path.write_text("judge,,x,y\nAnn,x,1,2\nAnn,y,1/2,1\nBob,x,1,2\n")
    assert "Bob: the first row and the first column must name the same" in refusal(ahp(str(path)), ("x", "y"))


def test_a_matrix_without_a_judge_is_a_consensus_of_all_judges(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text(
        "judge,,economy,nature\nAnn,economy,1,2\nAnn,nature,,1\nBob,economy,1,8\nBob,nature,,1\n"
    )
    matrices = {"index": str(tmp_path / "index.csv"), "economy": [[1, 3], ["", 1]], "nature": [[1]]}
    weighting = ahp(matrices, judge_weights={"Ann": 3, "Bob": 1})
    result = weigh(weighting, TREE, dimensions={"economy": {}, "nature": {}}).weights
    economy = 2**0.75 * 8**0.25
    wanted = {"economy": economy / (1 + economy), "nature": 1 / (1 + economy), "x": 0.75, "y": 0.25, "z": 1.0}
    assert dict(result.select("id", "weight").iter_rows()) == pytest.approx(wanted)


def test_weights_of_judges_name_them() -> None:
    two = [[[1, 1], [1, 1]], [[1, 4], ["1/4", 1]]]
    assert refusal(ahp(two, judge_weights={"1": 1, "Eve": 2}), ("x", "y")) == (
        "ahp: judge_weights: Eve did not judge; 2 has no weight; the judges are 1, 2"
    )


def test_a_comparison_that_is_missing_is_refused_unless_a_rule_is_chosen() -> None:
    matrix = [[1, 2, ""], ["1/2", 1, 2], ["", "1/2", 1]]
    assert refusal(ahp(matrix)).startswith('ahp of index: not compared: x : z; choose missing = "harker"')
    result = weigh(ahp(matrix, missing="harker"))
    assert result.weights["weight"].to_list() == pytest.approx([4 / 7, 2 / 7, 1 / 7])


def test_groups_that_no_comparison_links_are_named() -> None:
    matrix = [[1, 2, ""], ["", 1, ""], ["", "", 1]]
    assert refusal(ahp(matrix, missing="harker")) == (
        "ahp of index: no comparison links these groups, so their weights are undetermined: x, y | z"
    )


def test_a_consistency_ratio_above_a_tenth_is_warned_of_with_the_three_worst_triads() -> None:
    matrix = [[1, 9, 3, 2], ["1/9", 1, 9, 2], ["1/3", "1/9", 1, 5], ["1/2", "1/2", "1/5", 1]]
    with pytest.warns(IndiciaWarning) as caught:
        weigh(ahp(matrix), {"x": {}, "y": {}, "z": {}, "v": {"column": "x"}})
    (warning,) = [str(warned.message) for warned in caught if "inconsistent" in str(warned.message)]
    assert warning == (
        "index: judgements are inconsistent: CR = 0.798, and should be below 0.1; worst triads: "
        "x : y = 9 and y : z = 9 make x : z = 81, judged 3; "
        "y : z = 9 and z : v = 5 make y : v = 45, judged 2; "
        "x : y = 9 and y : v = 2 make x : v = 18, judged 2"
    )


@pytest.mark.parametrize("ratios", [(1, 2, 6), (1, 3, 7), (5, 3, 0.7)])
def test_consistent_judgements_have_an_index_of_exactly_0(ratios: tuple[float, ...]) -> None:
    facts = weigh(ahp([[other / ratio for other in ratios] for ratio in ratios])).facts["index"]
    assert [facts[name] for name in ("CI", "CR", "GCI")] == [0, 0, 0]


def test_an_inconsistent_member_of_a_group_is_named() -> None:
    good, bad = [[1, 2, 4], ["1/2", 1, 2], ["1/4", "1/2", 1]], [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]
    with pytest.warns(IndiciaWarning, match="index: .*2: judgements are inconsistent"):
        result = weigh(ahp([good, bad]))
    assert set(result.facts["index"]) >= {"CR", "CR of 1", "CR of 2"}


def test_a_matrix_per_dimension_comes_from_files_beside_the_index(tmp_path: Path) -> None:
    (tmp_path / "top.csv").write_text(",economy,nature\neconomy,1,3\nnature,1/3,1\n")
    (tmp_path / "economy.csv").write_text(",x,y\nx,1,1/4\ny,4,1\n")
    (tmp_path / "index.toml").write_text(
        '[data]\nunit = "unit"\n[dimensions]\neconomy = {}\nnature = {}\n'
        '[indicators]\nx = { dimension = "economy" }\ny = { dimension = "economy" }\nz = { dimension = "nature" }\n'
        '[methodology.weighting]\nmethod = "ahp"\nmatrix = { index = "top.csv", economy = "economy.csv" }\n'
    )
    weights = indicia.read(tmp_path / "index.toml").score(TABLE).weights
    assert dict(weights.select("id", "effective").iter_rows()) == pytest.approx(
        {"economy": 0.75, "nature": 0.25, "x": 0.15, "y": 0.6, "z": 0.25}
    )


# --- the others


@pytest.mark.parametrize(
    ("weighting", "what"),
    [
        (
            {"method": "budget_allocation", "points": {"x": [50, 50], "y": [30, 40], "z": [20, 20]}},
            "points do not sum to 100: 2 110",
        ),
        (
            {"method": "budget_allocation", "points": {"x": [50, ""], "y": [30, 40], "z": [20, 20]}},
            "x has no number of 2",
        ),
        ({"method": "budget_allocation", "points": {"x": 50, "w": 50}}, "w is not weighed there; y, z have no number"),
        ({"method": "swing", "points": {"x": 90, "y": 10, "z": 10}}, "the largest swing has 100 points, not 90"),
        ({"method": "swing", "points": {"x": 100, "y": -1, "z": 10}}, "points must not be negative, unlike y"),
        (
            {"method": "smarts", "form": "smart", "points": {"x": 20, "y": 30, "z": 40}},
            "the least important component has 10 points, not 20",
        ),
        (
            {"method": "swara", "steps": {"x": 0, "y": -0.1, "z": 0.2}},
            "steps must not be negative in order of importance, unlike y",
        ),
        (
            {"method": "fucom", "priorities": {"x": 2, "y": 3, "z": 4}},
            "the most important component has priority 1; the lowest is 2",
        ),
        ({"method": "fucom", "priorities": {"x": 1, "y": 0, "z": 4}}, "priorities are 1 or more, unlike y"),
        (
            {"method": "lbwa", "levels": {"x": [1, 0], "y": [2, 1], "z": [2, 0]}, "elasticity": 2},
            "elasticity = 2 must exceed the 2 components of the largest level",
        ),
        (
            {"method": "lbwa", "levels": {"x": [1, 1], "y": [2, 1], "z": [2, 0]}},
            "no component has level 1 and place 0, the best: change one of them",
        ),
        ({"method": "opa", "ranks": {"x": 1, "y": 0, "z": 2}}, "ranks are 1 or more, unlike y"),
        (
            {
                "method": "rancom",
                "judgements": [["", "x", "y", "z"], ["x", 0.5, 1, 1], ["y", 1, 0.5, 1], ["z", 0, 0, 0.5]],
            },
            "a pair has 1 and 0, or 1/2 and 1/2, unlike x : y = 1 and y : x = 1",
        ),
        (
            {"method": "dematel", "influence": [[0, 1, 1], [1, 0, 1], [1, 1, 0]]},
            "all sums are equal, so the total of indirect influences is infinite: choose another scale",
        ),
    ],
)
def test_judgements_that_give_no_weights_are_refused(weighting: dict[str, object], what: str) -> None:
    assert refusal(weighting) == f"{weighting['method']} of index: {what}"


@pytest.mark.parametrize(
    ("weighting", "what"),
    [
        (
            {"method": "bwm", "comparisons": {"x": [2, 4], "y": [2, 2], "z": [4, 1]}},
            "best to best and worst to worst are 1: add the missing 1",
        ),
        (
            {"method": "bwm", "comparisons": {"x": [1, 5], "y": [2, 2], "z": [4, 1]}},
            "x to z is 4 in best_to_others, but 5 in others_to_worst",
        ),
        (
            {"method": "bwm", "comparisons": {"x": [1, 4], "y": [0.5, 2], "z": [4, 1]}},
            "comparisons with the best and the worst are 1 or more, unlike those of y",
        ),
        (
            {"method": "dematel", "influence": [[0, -1], [1, 0]]},
            "influences are 0 or more: that of row 1 on row 2 is -1",
        ),
        (
            {"method": "anp", "supermatrix": [[0, 1], [1, 0]]},
            "a supermatrix needs names of its elements in the first row and column",
        ),
        (
            {"method": "anp", "supermatrix": [["", "x", "y"], ["x", 0, 0.5], ["y", 1, 0.3]]},
            "a column of a supermatrix sums to 1, or to 0 if nothing influences its element: y 0.8",
        ),
        (
            {"method": "anp", "supermatrix": [["", "x", "y"], ["x", 1, 0], ["y", 0, 1]]},
            "some groups of elements receive no influence from outside, so priorities are undetermined: link them",
        ),
        (
            {"method": "combination", "of": ["equal", "given", "critic"], "rule": "distance"},
            "rule = distance mixes two weightings, not 3",
        ),
        ({"method": "combination", "of": ["equal", "given"], "shares": [1]}, "there are 2 weightings and 1 shares"),
    ],
)
def test_invalid_parameters_are_refused_when_the_index_is_read(weighting: dict[str, object], what: str) -> None:
    assert refusal(weighting) == f"{weighting['method']}: {what}"


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ({"x/y": 2}, "no ratio links these groups, so their weights are undetermined: x, y | z"),
        ({"x/y": 2, "y/w": 2}, "y/w names w; the components are x, y, z"),
        ({"x/y": 2, "y/z": -1}, "a ratio of two components is a positive number, unlike y/z = -1"),
    ],
)
def test_ratios_of_pairs_that_give_no_weights_are_refused(pairs: dict[str, float], what: str) -> None:
    assert refusal({"method": "fucom", "priorities": pairs}) == f"fucom of index: {what}"


def test_consistent_ratios_have_deviation_0_and_a_cycle_that_of_equal_weights() -> None:
    agreeing = weigh({"method": "fucom", "priorities": {"x/y": 2, "y/z": 1.5, "x/z": 3}})
    assert agreeing.facts["index"]["DFC"] == 0
    assert agreeing.weights["weight"].to_list() == pytest.approx([6 / 11, 3 / 11, 2 / 11])
    circle = weigh({"method": "fucom", "priorities": {"x/y": 2, "y/z": 2, "z/x": 2}})
    assert circle.facts["index"]["DFC"] == pytest.approx(1)
    assert circle.weights["weight"].to_list() == pytest.approx([1 / 3] * 3)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    for weighting in (ahp(str(path)), {"method": "swing", "points": {"index": str(path)}}):
        assert f"cannot read {path}: No such file or directory" in refusal(weighting)


def test_several_judges_are_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "judged.csv"
    path.write_text("judge,,x,y\nAnn,x,1,2\nAnn,y,,1\nBob,x,1,3\nBob,y,1/3,1\n")
    choose = installed().choose
    method = choose("weighting", ahp(str(path), judge_weights={"Ann": 2, "Bob": 1}))
    assert choose("weighting", str(method)) == method
    assert "[['Ann', 'x', 'y'], ['x', 1, 2], ['y', '', 1]]" in str(method)


def test_components_may_be_rows_or_columns_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("indicator,Ann,Bob\nx,50,40\ny,30,40\nz,20,20\n")
    (tmp_path / "columns.csv").write_text("judge,x,y,z\nAnn,50,30,20\nBob,40,40,20\n")
    rows, columns = (
        weigh({"method": "budget_allocation", "points": str(tmp_path / file)}) for file in ("rows.csv", "columns.csv")
    )
    assert rows.weights["weight"].to_list() == columns.weights["weight"].to_list() == [0.45, 0.35, 0.2]
    assert rows.facts == columns.facts


# --- weightings within a weighting


def test_a_method_within_a_method_is_written_as_any_other() -> None:
    text = "combination(of=[entropy, ranks(rule=sum)], rule=game_theory)"
    table = {
        "method": "combination",
        "of": ["entropy", {"method": "ranks", "rule": "sum"}],
        "rule": "game_theory",
    }
    catalogue = installed()
    assert str(catalogue.choose("weighting", table)) == text
    assert catalogue.choose("weighting", text) == catalogue.choose("weighting", table)


def test_an_unknown_method_within_a_method_is_named() -> None:
    with pytest.raises(IndiciaError, match='unknown weighting "entropi"') as caught:
        weigh("combination(of=[entropi, critic])")
    assert caught.value.remedy == 'did you mean "entropy"?'


def test_a_fault_of_a_method_within_a_method_names_it() -> None:
    assert refusal("combination(of=[equal, swing(points={x: 90, y: 10, z: 10})])") == (
        "combination of index: swing: the largest swing has 100 points, not 90"
    )


@pytest.mark.parametrize(
    ("degrees", "what"),
    [
        ([[0, 1], [1, 0]], "the two degrees of a pair add up to 0, unlike component 1 : component 2 = 1"),
        ([[0, 4], ["", 0]], "degrees are whole numbers from -3 to 3, unlike component 1 : component 2 = 4"),
        ([[0, 1.5], ["", 0]], "degrees are whole numbers from -3 to 3, unlike component 1 : component 2 = 1.5"),
        ([[1, 2], ["", 0]], "the degree of a component over itself is 0, unlike component 1 : component 1 = 1"),
        ([["", "x", "y"], ["x", 0, ""], ["y", "", 0]], "each pair needs a degree, unlike x : y = nan"),
        (
            [[["Ann", "x", "y"], ["x", 0, 1], ["y", "", 0]], [["Bob", "x", "y"], ["x", 0, 1], ["y", 1, 0]]],
            "Bob: the two degrees",
        ),
    ],
)
def test_invalid_degrees_are_refused(degrees: object, what: str) -> None:
    assert what in refusal({"method": "sapevo", "degrees": degrees}, ("x", "y"))


def test_degrees_of_a_judge_who_rates_all_equally_are_refused() -> None:
    assert refusal({"method": "sapevo", "degrees": [[0, 0], [0, 0]]}, ("x", "y")) == (
        "sapevo of index: the judge rates all components equally, so their sums cannot be rescaled"
    )


def mixed(vectors: Array, **more: object) -> Result:
    points = [dict(zip("xyz", weights, strict=True)) for weights in vectors.tolist()]
    of = [{"method": "budget_allocation", "budget": 1, "points": weights} for weights in points]
    return weigh({"method": "combination", "rule": "game_theory", "of": of, **more})


@pytest.mark.parametrize("seed", range(20))
def test_no_weighting_comes_nearer_to_the_mixture_by_another_non_negative_share(seed: int) -> None:
    vectors = np.random.default_rng(seed).dirichlet(np.full(3, 2.0), 2 + seed % 2)
    result = mixed(vectors, negative="zero")
    share = np.array([value for name, value in result.facts["index"].items() if name.startswith("share of")])
    assert share.min() >= 0
    weight = result.weights["weight"].to_numpy()
    assert share @ vectors == pytest.approx(weight, abs=1e-12)
    products, own = vectors @ vectors.T, (vectors**2).sum(axis=1)
    first = int(share.argmax())
    gains = own - products @ (share * own[first] / (products[first] @ share))  # reported shares have sum 1
    assert gains[share > 0] == pytest.approx(0, abs=1e-12)
    assert gains.max() <= 1e-12


def test_a_share_that_would_be_negative_is_refused_with_a_remedy() -> None:
    vectors = np.array([[0.6, 0.2, 0.2], [0.7, 0.2, 0.1]])
    with pytest.raises(IndiciaError, match=r'has a negative share of .* choose negative = "zero" or another rule'):
        mixed(vectors)
    assert mixed(vectors, negative="zero").weights["weight"].to_list() == pytest.approx(vectors[1], abs=1e-12)


def test_linearly_dependent_weights_have_no_equilibrium() -> None:
    assert refusal("combination(of=[equal, equal], rule=game_theory)") == (
        "combination of index: the weights of equal, equal are linearly dependent: leave out a weighting"
    )


def test_a_combination_reports_facts_and_warnings_of_its_weightings() -> None:
    bad = [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]
    with pytest.warns(IndiciaWarning, match="index: ahp: judgements are inconsistent"):
        result = weigh({"method": "combination", "of": ["equal", ahp(bad)]})
    assert "ahp: CR" in result.facts["index"]


# --- principal components


@pytest.mark.parametrize("weighting", ["pca(squared=true)", "factor"])
def test_too_few_units_for_components_are_refused(weighting: str) -> None:
    with pytest.raises(IndiciaError, match="3 units are too few for components of 3 indicators"):
        indicia.score(TABLE.head(3), unit="unit", indicators=["x", "y", "z"], weighting=weighting)


@pytest.mark.parametrize("weighting", ["pca(squared=true)", "factor", "factor(factors=1)", "optimised"])
@pytest.mark.parametrize(
    ("added", "message"),
    [
        ({"v": pl.col("x") * -3 + 7}, "correlations of 4 have rank 3: x, v. Leave out one of them"),
        ({"v": pl.col("x") + pl.col("y") / 50}, "correlations of 4 have rank 3: x, y, v. Leave out one of them"),
        (
            {"v": pl.col("x") * 2, "w": pl.col("y") + pl.col("z")},
            "correlations of 5 have rank 3: x, v; y, z, w. Leave out one of each",
        ),
    ],
)
def test_linearly_dependent_components_are_refused_by_name(
    weighting: str, added: dict[str, pl.Expr], message: str
) -> None:
    rows = [(math.sqrt(2 + row) % 1, math.sqrt(3 + 5 * row) % 1, math.sqrt(5 + 7 * row) % 1) for row in range(20)]
    table = pl.DataFrame(rows, ["x", "y", "z"], orient="row").with_columns(pl.Series("unit", range(20)), **added)
    names = ["x", "y", "z", *added]
    with pytest.raises(IndiciaError, match=f"its components are linearly dependent, so that {re.escape(message)}"):
        indicia.score(table, unit="unit", indicators=names, weighting=weighting)


def test_optimised_weights_need_more_units_than_components() -> None:
    with pytest.raises(IndiciaError, match="3 units with all components are too few to weigh 3 components"):
        indicia.score(TABLE.head(3), unit="unit", indicators=["x", "y", "z"], weighting="optimised")


# --- conjoint

PROFILES = {"x": [1, 1, 2, 2], "y": [1, 2, 1, 2]}


def conjoint(ratings: object, profiles: object = None, **more: object) -> dict[str, object]:
    return {"method": "conjoint", "profiles": profiles or PROFILES, "ratings": ratings, **more}


def test_importances_of_several_judges_are_averaged() -> None:
    ratings = {"ann": [4, 4, 2, 2], "bob": [5, 4, 4, 3]}  # ann: only x counts; bob: x and y count the same
    assert weigh(conjoint(ratings), ("x", "y")).weights["weight"].to_list() == pytest.approx([0.75, 0.25])
    details = weigh(conjoint(ratings), ("x", "y")).details(table="importances")
    assert details["judge"].to_list() == ["ann", "bob", "ann", "bob"]
    assert details["importance"].to_list() == pytest.approx([1.0, 0.5, 0.0, 0.5])
    weighted = weigh(conjoint(ratings, judge_weights={"ann": 1, "bob": 3}), ("x", "y"))
    assert weighted.weights["weight"].to_list() == pytest.approx([0.625, 0.375])


def test_profiles_and_ratings_may_be_files_with_named_profiles(tmp_path: Path) -> None:
    (tmp_path / "profiles.csv").write_text("profile,x,y\na,1,1\nb,1,2\nc,2,1\nd,2,2\n")
    (tmp_path / "ratings.csv").write_text("profile,ann,bob\nd,2,3\nc,2,4\nb,4,4\na,4,5\n")
    weighting = conjoint(str(tmp_path / "ratings.csv"), str(tmp_path / "profiles.csv"))
    assert weigh(weighting, ("x", "y")).weights["weight"].to_list() == pytest.approx([0.75, 0.25])


def test_ranks_of_profiles_turn_the_part_worths_round() -> None:
    facts = weigh(conjoint({"ann": [1, 2, 3, 4]}, of="ranks"), ("x", "y")).facts
    assert facts["index"]["part-worth of x = 1"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("ratings", "profiles", "fault"),
    [
        (
            {"ann": [4, 4, 2]},
            None,
            "the profiles are 1, 2, 3, 4, and the ratings are of 1, 2, 3: give each judge a number",
        ),
        ({"ann": [3, 3, 3, 3]}, None, "the ratings of ann do not depend on the levels of any component"),
        (
            {"ann": [4, 4, 2, 2]},
            {"x": [1, 1, 2, 2], "y": [1, 1, 2, 2]},
            "4 profiles do not separate the levels of x, y",
        ),
        (
            {"ann": [4, 4, 2, 2]},
            {"x": [1, 1, 2, 2], "y": [1, 1, 1, 1]},
            "y has one level in all profiles: add profiles",
        ),
        ({"ann": [4, 4, 2, 2]}, {"x": [1, 1, 2, 2], "z": [1, 2, 1, 2]}, "z is not weighed there; y has no number"),
    ],
)
def test_profiles_that_tell_nothing_are_refused(ratings: object, profiles: object, fault: str) -> None:
    assert fault in refusal(conjoint(ratings, profiles), ("x", "y"))
