"""Which methodologies are compared, and what is left out."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.errors import DataError, DefinitionError, IndiciaError, IndiciaWarning, MethodError
from indicia.stages.normalise import Normalise

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

EXAMPLE = Path(__file__).parents[3] / "examples" / "intelligent_manufacturing" / "index.toml"
TWO: dict[str, Any] = {"income": {}, "people": {}}


def test_lists_of_methods_give_every_combination_in_the_order_of_the_stages(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    found = (
        index(TWO)
        .compare(table=cities, aggregation=["arithmetic", "topsis"], normalisation=["min_max", "rank"])
        .figures
    )
    assert found.methodologies.drop("methodology").rows() == [
        ("min_max > arithmetic", "min_max", "arithmetic"),
        ("min_max > topsis", "min_max", "topsis"),
        ("rank > arithmetic", "rank", "arithmetic"),
        ("rank > topsis", "rank", "topsis"),
    ]


def test_progress_is_reported_after_each_methodology(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    told: list[tuple[int, int]] = []
    index(TWO).compare(
        table=cities, normalisation=["min_max", "rank"], progress=lambda done, every: told.append((done, every))
    )
    assert told == [(1, 2), (2, 2)]


def test_each_methodology_scores_as_a_run_with_its_options_does() -> None:
    index = indicia.read(EXAMPLE)
    found = index.compare(
        normalisation=["min_max(upper=100)", "z_score"],
        weighting=["equal", "critic"],
        aggregation=["arithmetic", "topsis", "copeland"],
    ).figures
    assert len(found.methods) == 12
    for one in found.methods:
        run = index.with_options(**one.choices).score().scores
        assert found.scores[str(one.number)].to_list() == run["score"].to_list(), one.label
        assert found.ranks[str(one.number)].to_list() == run["rank"].to_list(), one.label


@pytest.mark.parametrize(
    "said", [{}, {"statistics": "period", "weights": "period"}, {"statistics": "region"}, {"missing": "skip"}]
)
def test_a_grid_scores_as_its_methodologies_do_alone_to_the_last_bit(said: dict[str, Any]) -> None:
    """Those that share a formula are scored at once: what sums over units must not hang on that."""
    x = np.random.default_rng(3).lognormal(size=(90, 6))
    table = pl.DataFrame(
        {
            "city": [f"city {row // 3}" for row in range(90)],
            "year": [2020 + row % 3 for row in range(90)],
            "region": ["north" if row < 40 else "south" for row in range(90)],
            **{f"x{column}": x[:, column] for column in range(6)},
        }
    )
    if "missing" in said:
        table = table.with_columns(pl.when(pl.int_range(90) % 7 > 0).then("x1"))
    index = indicia.read(
        {
            "data": {"unit": "city", "period": "year", "groups": ["region"]},
            "dimensions": {"one": {}, "two": {}},
            "indicators": {f"x{column}": {"dimension": "one" if column < 4 else "two"} for column in range(6)},
            "methodology": said,
        }
    )
    found = index.compare(
        table=table,
        normalisation=["min_max(lower=1, upper=100)", "rank"],
        weighting=["equal", "critic", "entropy"],
        aggregation=["topsis", "aras", "codas", "copras", "waspas", "product", "mean_min", "median"],
    ).figures
    assert len(found.methods) > 20
    for one in found.methods:
        run = index.with_options(**one.choices).score(table).scores.filter(pl.col("year") == 2022)
        assert found.scores[str(one.number)].to_list() == run["score"].to_list(), one.label
        assert found.ranks[str(one.number)].to_list() == run["rank"].to_list(), one.label


def test_a_methodology_that_fails_among_others_of_its_formula_is_left_out_with_its_own_reason(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    large = "formula(expression='exp(100 * income) + people')"
    listed = {"normalisation": ["min_max(lower=1, upper=2)", "z_score", "none"], "aggregation": [large]}
    found = (
        index(TWO).compare(table=cities, **listed, weighting=["equal", "given"], against=cities.head(2)["city"]).figures
    )
    alone = index(TWO).with_options(normalisation="none", aggregation=large)
    with pytest.raises(IndiciaError) as refused:
        alone.score(cities)
    reasons = {one.choices["normalisation"]: one.reason for one in found.failures}
    assert reasons["none"] == refused.value.what


def test_a_method_with_other_parameters_is_another_choice(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    found = (
        index(TWO).compare(table=cities, aggregation=["arithmetic", "generalised(p=0.5)", "generalised(p=2)"]).figures
    )
    assert found.methodologies["aggregation"].to_list() == ["arithmetic", "generalised(p=0.5)", "generalised(p=2)"]


def test_a_method_that_is_listed_twice_is_compared_once(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    found = index(TWO).compare(table=cities, normalisation=["min_max", "min_max(lower=0)", "rank"]).figures
    assert found.methodologies["label"].to_list() == ["min_max", "rank"]


def test_imputation_and_treatment_may_be_none(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    gaps = cities.with_columns(income=pl.Series([3.0, 9.0, None, 4.0]))
    found = index(TWO, {"missing": "skip"}).compare(table=gaps, imputation=["none", "median"]).figures
    assert found.methodologies["imputation"].to_list() == ["none", "median"]
    assert found.scores["1"].to_list() != found.scores["2"].to_list()


def test_without_a_list_the_index_is_compared_with_its_variants(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    variants = {"poor": {"without": ["co2"]}, "even": {"weighting": "equal", "constant": "drop"}}
    found = index({"income": {"weight": 3}, "co2": {}}, variants=variants).compare(table=cities).figures
    assert found.methodologies.rows() == [
        (1, "as it stands", "given", "refuse", "all"),
        (2, "poor", "given", "refuse", "without co2"),
        (3, "even", "equal", "drop", "all"),
    ]
    assert dict(found.effects.select("choice", "pairs").iter_rows()) == {"indicators": 1, "weighting": 0, "constant": 0}


def test_variants_that_differ_at_a_level_differ_in_that_stage(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    variants = {"levelled": {"levels": [{"weighting": "equal", "decimals": 1}]}}
    found = index({"income": {"weight": 3}, "co2": {}}, variants=variants).compare(table=cities).figures
    assert found.choices == ("weighting", "levels")
    assert found.methodologies["levels"].to_list() == [None, "decimals = 1"]


def test_other_index_files_are_compared_and_their_data_read_once(
    tmp_path: Path, cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    cities.write_csv(tmp_path / "cities.csv")
    text = (
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = { weight = 3 }\nco2 = {}\n[methodology]\n'
    )
    for name, method in (("one", "given"), ("two", "equal"), ("three", "entropy")):
        (tmp_path / f"{name}.toml").write_text(text + f'weighting = "{method}"\n')
    one, *others = (indicia.read(tmp_path / f"{name}.toml") for name in ("one", "two", "three"))
    reads = []
    original = type(one).read_table
    monkeypatch.setattr(type(one), "read_table", lambda self, table=None: reads.append(1) or original(self, table))
    found = one.compare(others=others).figures
    assert found.methodologies.rows() == [(1, "one", "given"), (2, "two", "equal"), (3, "three", "entropy")]
    assert (found.ranks["1"].to_list(), found.ranks["2"].to_list()) == (found.ranks["3"].to_list(), [3, 1, 4, 2])
    assert found.effects.row(0)[::2] == ("weighting", 1)
    assert len(reads) == 1


def test_promethee_is_one_ranking_under_five_normalisations_and_counts_once() -> None:
    normalisations = ["min_max(upper=100)", "max", "none", "z_score", "rank"]
    found = (
        indicia.read(EXAMPLE)
        .compare(normalisation=normalisations, aggregation=["arithmetic", "promethee"], weighting="equal")
        .figures
    )
    assert len(found.methods) == 10
    first = found.rankings.row(0, named=True)
    assert (first["label"], first["methodologies"]) == ("min_max(upper=100) > equal > promethee", 5)
    assert len(found.distinct_methods) == 6
    assert found.top(1)["share"].sum() == pytest.approx(1)
    assert found.top(1)["rankings"].sum() == 6
    # arithmetic: every two of five normalisations; promethee: none of them moves a unit
    assert dict(found.effects.select("choice", "pairs").rows()) == {"normalisation": 11, "aggregation": 5}


def test_count_is_distinct_or_all(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    with pytest.raises(DefinitionError, match="count = 'each' must be 'distinct' or 'all'") as caught:
        index(TWO).compare(table=cities, weighting=["equal", "given"], count="each")
    assert "(distinct)" in str(caught.value.remedy)
    assert "(all)" in str(caught.value.remedy)


def test_index_files_of_other_indicators_are_not_compared_choice_by_choice(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    found = index(TWO).compare(others=[index({"income": {}}, {"weighting": "equal"})], table=cities).figures
    assert found.effects.drop_nulls().is_empty()


def test_units_are_matched_by_name_where_index_files_have_others(tmp_path: Path, cities: pl.DataFrame) -> None:
    text = '[data]\npath = "{0}.csv"\nunit = "city"\n[indicators]\nincome = {{}}\nco2 = {{}}\n'
    for name, rows in (("one", cities), ("two", cities.reverse().head(3))):
        rows.write_csv(tmp_path / f"{name}.csv")
        (tmp_path / f"{name}.toml").write_text(text.format(name))
    found = indicia.read(tmp_path / "one.toml").compare(others=[indicia.read(tmp_path / "two.toml")]).figures
    assert found.ranks["2"].to_list() == [None, 1, 3, 2]
    assert found.unranked == ["Lima"]


def test_units_that_only_another_index_file_has_keep_their_labels(tmp_path: Path, cities: pl.DataFrame) -> None:
    text = '[data]\npath = "{}.csv"\nunit = "city"\nlabel = "region"\n[indicators]\nincome = {{}}\n'
    for name, rows in (("one", cities.head(3)), ("two", cities.tail(3))):
        rows.write_csv(tmp_path / f"{name}.csv")
        (tmp_path / f"{name}.toml").write_text(text.format(name))
    found = indicia.read(tmp_path / "one.toml").compare(others=[indicia.read(tmp_path / "two.toml")]).figures
    assert found.reader_names()["Rome"] == "north (Rome)"  # Oslo has this label too


def test_a_list_is_tried_in_each_of_several_index_files(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    found = (
        index(TWO)
        .compare(others=[index({"income": {}, "co2": {}})], table=cities, normalisation=["min_max", "rank"])
        .figures
    )
    assert found.methodologies["label"].to_list() == [
        "index 1: min_max",
        "index 1: rank",
        "index 2: min_max",
        "index 2: rank",
    ]
    assert found.choices == ("index", "normalisation")


def test_a_combination_that_cannot_be_scored_is_left_out_with_the_reason(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    found = (
        index(TWO)
        .compare(
            table=cities,
            normalisation=["min_max(lower=1, upper=100)", "z_score"],
            aggregation=["arithmetic", "geometric"],
        )
        .figures
    )
    assert found.methodologies["label"].len() == 3
    label, reason = found.left_out.row(0)
    assert label == "z_score > geometric"
    assert reason.startswith("geometric of index needs positive values")


def test_a_methodology_that_the_data_do_not_allow_is_left_out_too(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    signed = cities.with_columns(co2=pl.Series([-1.0, 2.0, 3.0, 1.0]))
    found = (
        index({"income": {}, "co2": {}})
        .compare(table=signed, normalisation=["min_max", "max", "rank"], weighting=["entropy"])
        .figures
    )
    assert found.methodologies["label"].to_list() == ["min_max > entropy", "rank > entropy"]
    assert found.left_out["label"].to_list() == ["max > entropy"]


def test_if_no_methodology_can_be_scored_the_error_gives_the_reasons(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    with pytest.raises(DefinitionError, match="none of the 2 methodologies can be scored") as caught:
        index(TWO).compare(table=cities, normalisation=["min_max", "z_score"], aggregation="geometric")
    assert "min_max > geometric: geometric of index needs positive values" in str(caught.value)
    assert "fix: " in str(caught.value)


def test_a_comparison_needs_two_methodologies(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    with pytest.raises(DefinitionError, match="only 1 of the 2 methodologies can be scored"):
        index(TWO).compare(table=cities, normalisation="z_score", aggregation=["arithmetic", "geometric"])


@pytest.mark.parametrize(
    ("listed", "error", "message"),
    [
        ({"weighting": ["equal", "entrpy"]}, MethodError, 'unknown weighting "entrpy"'),
        ({"normalisation": ["min_max", "z_score(sdd=1)"]}, MethodError, 'z_score has no parameter "sdd"'),
        ({"weighting": ["equal"]}, DefinitionError, "there is only one methodology to compare: equal"),
        ({}, DefinitionError, "there is only one methodology to compare: as it stands"),
        ({"weighting": []}, DefinitionError, "no weighting is listed"),
        ({"weightings": ["equal"]}, DefinitionError, 'compare has no argument "weightings"'),
        ({"normalisation": ["none", "no"]}, MethodError, 'unknown normalisation "no"'),
        ({"weighting": ["equal", "given"], "period": 2020}, DefinitionError, "the index has no periods"),
    ],
)
def test_a_wrong_list_is_one_clear_message(
    index: Callable[..., Index], cities: pl.DataFrame, listed: dict[str, Any], error: type[IndiciaError], message: str
) -> None:
    with pytest.raises(error) as caught:
        index(TWO).compare(table=cities, **listed)
    assert message in str(caught.value)


def test_an_unknown_method_in_a_variant_is_an_error_and_not_left_out(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    variants = {"a": {"weighting": "equal"}, "b": {"weighting": "entrpy"}}
    with pytest.raises(MethodError, match='unknown weighting "entrpy"'):
        index(TWO, variants=variants).compare(table=cities)


def test_a_list_of_methods_that_nothing_uses_is_an_error(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    own = {"income": {"normalisation": "rank"}, "people": {"normalisation": "min_max"}}
    with pytest.raises(DefinitionError, match="the choice of normalisation changes nothing"):
        index(own).compare(table=cities, normalisation=["z_score", "min_max"])


def test_one_unit_cannot_be_compared(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="at least two units"):
        index(TWO, {"constant": "neutral"}).compare(table=cities.head(1), aggregation=["arithmetic", "max"])


def test_units_that_are_all_tied_are_no_ranking(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    alike = cities.with_columns(income=pl.lit(1.0), people=pl.lit(2.0))
    with pytest.raises(DefinitionError, match="none of the 2 methodologies") as caught:
        index(TWO, {"constant": "neutral"}).compare(table=alike, aggregation=["arithmetic", "max"])
    assert "all units are equal" in str(caught.value)


def test_a_panel_is_compared_in_its_last_period_or_a_chosen_period(
    index: Callable[..., Index], panel: pl.DataFrame
) -> None:
    yearly = index({"income": {}, "co2": {}}, period="year")
    latest = yearly.compare(table=panel, normalisation=["min_max", "rank"]).figures
    assert (latest.period, len(latest.common_ranks)) == ("2021", 4)
    assert "· 2021 ·" in latest.title
    earlier = yearly.compare(table=panel, normalisation=["min_max", "rank"], period=2020).figures
    run = yearly.score(panel).scores.filter(year=2020)
    assert earlier.ranks["1"].to_list() == run["rank"].to_list()
    with pytest.raises(DataError, match="the period 2019 is not in the data"):
        yearly.compare(table=panel, normalisation=["min_max", "rank"], period=2019)


def test_a_single_methodology_may_be_compared_with_a_published_ranking(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    found = index(TWO).compare(table=cities, against=["Oslo", "Pune"]).figures
    assert found.against().select("recovered", "of").rows() == [(2, 2)]


def test_the_reference_of_the_index_is_the_published_ranking() -> None:
    found = indicia.read(EXAMPLE).compare().figures
    assert found.against().select("recovered", "of").rows() == [(18, 20), (18, 20)]


def test_a_note_of_some_methodologies_states_their_number() -> None:
    (note,) = [note for note in indicia.read(EXAMPLE).compare().figures.notes if "simulated" in note]
    assert note.endswith("(in 1 of 2 methodologies)")


def test_filled_values_are_noted_also_for_nodes_that_methodologies_share(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    """The dimension is scored once, and both methodologies above it rest on its two values."""
    table = cities.with_columns(income=pl.Series([3.0, None, None, 4.0]))
    made = index(
        {"income": {"dimension": "a"}, "people": {"dimension": "a"}, "co2": {}},
        {"missing": "value(value=0.5)", "normalisation": "min_max(lower=1, upper=100)"},
        dimensions={"a": {"aggregation": "arithmetic"}},
    )
    assert "2 values put in place of missing scores in income" in made.score(table).notes
    compared = made.compare(table=table, aggregation=["arithmetic", "harmonic"]).figures
    assert "2 values put in place of missing scores in income" in compared.notes


def test_a_stage_is_computed_once_for_all_that_share_it(
    index: Callable[..., Index], cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    original = Normalise.apply
    monkeypatch.setattr(Normalise, "apply", lambda *a: calls.append(1) or original(*a))
    index(TWO).compare(
        table=cities, normalisation=["min_max", "rank"], weighting=["equal", "given"], aggregation=["arithmetic", "max"]
    )
    assert len(calls) == 2


def test_weights_that_use_no_normalised_value_are_computed_once_for_all_normalisations(
    index: Callable[..., Index], cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighing = importlib.import_module("indicia.stages.weigh")
    weighed = []
    original = weighing._weigh_group
    monkeypatch.setattr(
        weighing, "_weigh_group", lambda node, *a: weighed.append(str(node.weighting)) or original(node, *a)
    )
    raw, equal, normalised = "entropy(on=raw)", "equal", "entropy"
    index(TWO).compare(table=cities, normalisation=["min_max", "min_max(upper=9)"], weighting=[raw, equal, normalised])
    assert Counter(weighed) == {raw: 1, equal: 1, normalised: 2}


def test_a_comparison_does_not_depend_on_what_is_compared_with_it(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    several = index(TWO).compare(table=cities, normalisation=["z_score", "rank"], weighting=["critic", "equal"]).figures
    fewer = index(TWO).compare(table=cities, normalisation=["rank"], weighting=["critic", "equal"]).figures
    assert several.scores["3"].to_list() == fewer.scores["1"].to_list()


def test_a_list_is_tried_in_the_variant_that_is_chosen(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    variants = {"poor": {"without": ["co2"], "normalisation": "rank"}}
    chosen = index({"income": {}, "people": {}, "co2": {}}, variants=variants).variant("poor")
    found = chosen.compare(table=cities, normalisation=["min_max", "z_score"], aggregation="arithmetic").figures
    assert found.scores["1"].to_list() == index(TWO).score(cities).scores["score"].to_list()
    with pytest.raises(DefinitionError, match="there is only one methodology to compare: poor"):
        chosen.compare(table=cities)


def test_an_index_that_cannot_be_scored_as_it_stands_is_compared_with_other_methods(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    impossible = index(TWO, {"normalisation": "z_score", "aggregation": "geometric"})
    assert (
        len(
            impossible.compare(
                table=cities, normalisation=["rank", "min_max(lower=1, upper=9)", "z_score"]
            ).figures.methods
        )
        == 2
    )


def test_a_warning_of_several_methodologies_is_shown_once(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    contradictory = {"method": "ahp", "matrix": [[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]}
    three = index({"income": {}, "people": {}, "co2": {}})
    with pytest.warns(IndiciaWarning) as caught:
        three.compare(table=cities, weighting=[contradictory, "equal"], normalisation=["min_max", "z_score"])
    (warning,) = [str(one.message) for one in caught if "consisten" in str(one.message)]
    assert warning.startswith("min_max > ahp(")
    assert " (and 1 more): " in warning
