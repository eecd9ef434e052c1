"""The data of the page: schema, parts, values, intervals, and what they withhold."""

from __future__ import annotations

import base64
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from pydantic import TypeAdapter

import indicia
from indicia.result import clear_trends
from indicia_paper.dossier import Dossier, compile_dossier
from indicia_report.markup import Texts, json_data
from indicia_report.model import PageModel, page_model, page_schema
from indicia_report.model.columns import decode, decode_line
from indicia_robustness import Robust

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Index

CHECKED = TypeAdapter(PageModel)


def model_of(index: Index, table: pl.DataFrame | None = None, **options: Any) -> dict[str, Any]:
    """Return the data of the page of an index, after a check by the schema."""
    dossier = compile_dossier(index, table, needs=options.pop("needs", ()), **options)
    data = page_model(dossier, Texts.of(dossier.language))
    CHECKED.validate_python(data)
    return json.loads(json_data(data))  # type: ignore[no-any-return]


def part(data: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a part of the tree."""
    return next(entry for entry in data["tree"] if entry["id"] == name)  # type: ignore[no-any-return]


def normalised(data: dict[str, Any], place: int) -> np.ndarray[Any, Any]:
    """Return the normalised values of an indicator, as the script of the page decodes them."""
    column = data["z"][str(place)]
    if column["t"] != "lin":
        return decode(column)
    values = decode(data["raw"][str(place)])
    for row, node, value in data["imputed"]:
        if node == place and value is not None:
            values[row] = value
    return decode_line(column, values)


def simple(**more: Any) -> Index:
    """Return an index of two indicators in a dimension, and one beside it."""
    methodology = {"normalisation": "min_max(lower=1, upper=100)", "missing": "skip"}
    raw = {
        "name": "Simple",
        "data": {"unit": "u", "groups": ["g"], **more.pop("data", {})},
        "dimensions": {"d": more.pop("d", {})},
        "indicators": {"a": {"dimension": "d"}, "b": {"dimension": "d"}, "c": {}, **more.pop("indicators", {})},
        "methodology": methodology | more.pop("methodology", {}),
        **more,
    }
    return indicia.read(raw)


UNSCALED = {"a": {"dimension": "d", "weight": 2}, "b": {"dimension": "d", "weight": 3}, "c": {"weight": 2}}
TABLE = pl.DataFrame(
    {
        "u": ["Lima", "Pune", "Oslo", "Bern"],
        "g": ["x", "x", "y", "y"],
        "a": [1.5, None, 3.0, 4.5],
        "b": [2.0, 1.0, 4.0, 8.0],
        "c": [10.0, 40.0, 20.0, 15.0],
    }
)


def test_the_committed_schema_is_that_of_the_types() -> None:
    committed = files("indicia_report").joinpath("page.schema.json").read_text(encoding="utf-8")
    assert json.loads(committed) == page_schema()


@pytest.mark.parametrize("name", ["model", "human", "hostile"])
def test_columns_hold_the_values_of_the_result(name: str, request: pytest.FixtureRequest) -> None:
    subject = request.getfixturevalue(name)
    index, table = subject if isinstance(subject, tuple) else (subject, None)
    result, data = index.score(table), model_of(index, table)
    for place, entry in enumerate(data["tree"]):
        if entry.get("leaf"):
            expected = result.normalised[entry["id"]].fill_null(np.nan).to_numpy()
            size = np.nanmax(np.abs(expected))
            assert normalised(data, place) == pytest.approx(expected, abs=4e-15 * size, rel=0, nan_ok=True)
    scores, ranks = result.scores["score"], result.scores["rank"].cast(pl.Float64)
    assert np.array_equal(decode(data["score"]), scores.fill_null(np.nan).to_numpy(), equal_nan=True)
    assert np.array_equal(decode(data["rank"]), ranks.fill_null(np.nan).to_numpy(), equal_nan=True)


@pytest.mark.parametrize("name", ["model", "human", "hostile"])
def test_every_rank_of_the_page_is_that_of_the_result(name: str, request: pytest.FixtureRequest) -> None:
    subject = request.getfixturevalue(name)
    index, table = subject if isinstance(subject, tuple) else (subject, None)
    result, data = index.score(table), model_of(index, table)
    for place, entry in enumerate(data["tree"][1:], start=1):
        ranks = (result.indicator_ranks if entry.get("leaf") else result.ranks)[entry["id"]]
        expected = ranks.cast(pl.Float64).fill_null(np.nan).to_numpy()
        assert np.array_equal(decode(data["ranks"][str(place)]), expected, equal_nan=True)


def test_a_unit_that_is_not_ranked_takes_no_rank_of_an_indicator(model: Index) -> None:
    """Suzhou is 6th of 32 in loans, as `indicia explain` says; three cities that are not ranked have more."""
    data = model_of(model)
    loans, units = data["ranks"][str(data["tree"].index(part(data, "loans")))], data["unit"]["ids"]
    ranks = dict(zip(units, decode(loans), strict=True))
    assert (ranks["Suzhou"], np.isnan(ranks["Beijing"]), np.nanmax(decode(loans))) == (6, True, 32)


def test_the_tree_has_parents_before_parts_and_weights_of_parts(model: Index) -> None:
    data = model_of(model)
    assert data["tree"][0]["parents"] == []
    for place, entry in enumerate(data["tree"][1:], start=1):
        assert all(parent < place and place in data["tree"][parent]["kids"] for parent in entry["parents"])
    weights = model.score().weights
    for entry in data["tree"]:
        for kid, weight in zip(entry.get("kids", []), entry.get("w", []), strict=True):
            name = data["tree"][kid]["id"]
            expected = weights.filter(id=name, parent=entry["id"])["weight"].item()
            assert weight == expected
    assert all(entry["exact"] for entry in data["tree"] if not entry.get("leaf"))


def test_a_part_of_two_dimensions_stands_once() -> None:
    index = simple(dimensions={"d": {}, "e": {}}, indicators={"b": {"dimension": ["d", "e"]}, "c": {"dimension": "e"}})
    data = model_of(index, TABLE)
    names = [entry["id"] for entry in data["tree"]]
    assert sorted(names) == ["a", "b", "c", "d", "e", "index"]
    assert {names[parent] for parent in part(data, "b")["parents"]} == {"d", "e"}
    assert names.index("b") > max(names.index("d"), names.index("e"))


@pytest.mark.parametrize(
    ("words", "node", "reason"),
    [
        ({}, "d", None),
        ({"d": {"aggregation": "geometric"}}, "d", None),
        ({"d": {"aggregation": "generalised(p=2)", "missing": "propagate"}}, "d", None),
        ({"d": {"aggregation": "min"}}, "d", None),
        ({"d": {"aggregation": "median"}}, "d", "aggregation"),
        ({"d": {"rescaling": "min_max"}}, "d", "rescaling"),
        ({"d": {"as_component": "min_max"}}, "index", "as_component"),
        ({"d": {"direction": "cost"}}, "index", "turned"),
        ({"d": {"missing": {"policy": "group_mean", "within": "g"}}}, "d", None),
        ({"d": {"missing": {"policy": "value", "value": 50}}}, "d", None),
        ({"methodology": {"aggregation": "topsis"}}, "index", "aggregation"),
        ({"methodology": {"weighting": "entropy", "weights": "g"}}, "d", "weights_by_group"),
        ({"methodology": {"scale_weights": False}, "d": {"weight": 1}, "indicators": UNSCALED}, "d", None),
        ({"d": {"scale_weights": False, "aggregation": "geometric"}, "indicators": UNSCALED}, "d", None),
    ],
)
def test_a_dimension_that_the_script_cannot_compute_has_its_reason_and_its_scores(
    words: dict[str, Any], node: str, reason: str | None
) -> None:
    index = simple(**words)
    data = model_of(index, TABLE)
    entry = part(data, node)
    assert entry["exact"] == (reason is None)
    assert entry.get("why") == reason
    if reason is not None and node != "index":
        column = decode(data["scores"][str(data["tree"].index(entry))])
        expected = index.score(TABLE).scores[node].fill_null(np.nan).to_numpy()
        assert np.array_equal(column, expected, equal_nan=True)


def test_imputed_cells_have_their_raw_value_and_filled_components_none() -> None:
    data = model_of(simple(methodology={"imputation": "mean"}), TABLE)
    place = data["tree"].index(part(data, "a"))
    assert data["imputed"] == [[1, place, 3.0]]
    filled = model_of(simple(d={"missing": {"policy": "value", "value": 50}}), TABLE)
    assert filled["imputed"] == [[1, place, None]]
    assert np.isnan(normalised(filled, place)[1])


def test_an_index_of_costs_has_the_lowest_score_first() -> None:
    data = model_of(simple(direction="cost"), TABLE)
    assert data["lowest_first"]
    assert all(entry.get("low_best") for entry in data["tree"])
    assert all(entry["exact"] for entry in data["tree"] if not entry.get("leaf"))


def test_raw_values_that_are_withheld_are_nowhere() -> None:
    publication = {"publisher": "Office", "raw_values": False}
    indicators = {"a": {"dimension": "d", "bounds": [0.5, 7.25]}}
    index = simple(publication=publication, indicators=indicators, methodology={"imputation": "mean"})
    data = model_of(index, TABLE, needs=("intervals",), draws=20)
    assert data["withheld"]
    assert data["raw"] == {}
    assert all(column["t"] != "lin" for column in data["z"].values())
    assert all(value is None for _, _, value in data["imputed"])
    assert data["imputed"]
    assert not any({"bounds", "decimals_raw"} & entry.keys() for entry in data["tree"])


def test_units_with_one_row_each_need_no_numbers_of_units(model: Index) -> None:
    assert model_of(model)["row"]["unit"] is None


def test_a_panel_has_a_row_for_each_unit_and_period() -> None:
    later = TABLE.with_columns(pl.lit(2021.0).alias("year"), pl.col("c") + 1, pl.col("a").fill_null(2.0))
    panel = pl.concat([TABLE.with_columns(pl.lit(2019.0).alias("year")), later.head(3)])
    index = simple(data={"period": "year"})
    data = model_of(index, panel, needs=("intervals",), draws=20)
    assert data["periods"] == ["2019", "2021"]
    assert data["row"]["period"] == [0, 0, 0, 0, 1, 1, 1]
    assert data["row"]["unit"] == [0, 1, 2, 3, 0, 1, 2]
    assert data["robust"]["period"] == 1
    assert data["robust"]["lower"][3] is None  # Bern has no row in the last period
    assert data["trends"] is None  # two periods


def test_the_trend_of_a_row_is_that_of_the_periods_up_to_its_own() -> None:
    rows = [
        TABLE.with_columns(pl.lit(2013.0 + year).alias("year"), pl.col("c") + (year if year < 6 else -9.0))
        for year in range(7)
    ]
    index = simple(data={"period": "year"})
    panel = pl.concat([rows[6], *rows[:6]])  # the periods stand in any order
    data = model_of(index, panel)
    trend = clear_trends(index.score(panel).scores, "score", unit="u", period="year").cast({"direction": pl.Float64})
    assert {1.0, 0.0} <= set(trend["direction"])
    assert np.array_equal(decode(data["trends"]["0"]["direction"]), trend["direction"].to_numpy(), equal_nan=True)
    assert set(decode(data["trends"]["0"]["since"])) == {0.0}


def test_group_means_are_computed_only_if_the_groups_last_and_periods_are_apart() -> None:
    rule = {"missing": {"policy": "group_mean", "within": "g"}}
    panel = pl.concat([TABLE.with_columns(pl.lit(year).alias("year")) for year in (2019, 2020)])
    moved = panel.with_columns(pl.when(pl.int_range(pl.len()) == 7).then(pl.lit("x")).otherwise("g").alias("g"))
    by_period = {"statistics": "period"}
    cases = [(panel, {}), (panel, by_period), (moved, by_period)]
    indices = [simple(d=rule, data={"period": "year"}, methodology=words) for _, words in cases]
    models = [model_of(index, table) for index, (table, _) in zip(indices, cases, strict=True)]
    assert [part(data, "d").get("why") for data in models] == ["groups_by_row", None, "groups_by_row"]


def test_pairs_of_few_units_are_those_of_the_draws(model: Index) -> None:
    dossier = compile_dossier(model, needs=("intervals",), draws=60)
    data = page_model(dossier, Texts.of(None))
    robust = dossier.robust
    assert isinstance(robust, Robust)
    pairs = data["robust"]["pairs"]  # type: ignore[index]
    assert pairs is not None
    assert pairs["kind"] == "half"
    shares = robust.pairwise.drop(robust.unit).to_numpy()
    order = [robust.names.index(name) for name in data["unit"]["ids"]]
    half = shares[np.ix_(order, order)][np.triu_indices(len(order), 1)]
    found = np.frombuffer(base64.b64decode(pairs["v"]), np.uint8)
    assert np.array_equal(found == 255, np.isnan(half))
    assert np.abs(found / 200 - half)[found != 255].max() <= 0.0025


def test_of_many_units_each_is_compared_with_the_ten_before_it(making: Callable[..., Any]) -> None:
    index, table = making(510, 3, 1)
    dossier = compile_dossier(index, table, needs=("intervals",), draws=30)
    robust = dossier.robust
    assert isinstance(robust, Robust)
    pairs = page_model(dossier, Texts.of(None))["robust"]["pairs"]  # type: ignore[index]
    assert pairs is not None
    assert pairs["kind"] == "ten"
    order = decode(pairs["order"]).astype(int)
    assert order.tolist() == robust.order.tolist()
    found = np.frombuffer(base64.b64decode(pairs["v"]), np.uint8).reshape(-1, 10)
    assert found[0].tolist() == [255] * 10
    shares = robust.pairwise.drop(robust.unit).to_numpy()
    for k in (1, 12, 200, len(order) - 1):
        for step in range(min(k, 10)):
            assert found[k, step] == np.rint(200 * shares[order[k - 1 - step], order[k]])


def test_bands_have_a_number_for_each_row() -> None:
    data = model_of(
        simple(bands={"half": {"of": "score", "shares": 2}, "air": {"of": "c", "thresholds": [16.0]}}), TABLE
    )
    half, air = data["bands"]
    assert [half["node"], data["tree"][air["node"]]["id"]] == [0, "c"]
    assert half["shades"] == [0, 9]
    assert decode(air["of"]).tolist() == [0, 1, 1, 0]


def test_years_and_notes_of_values_stand_beside_them() -> None:
    table = TABLE.with_columns(
        pl.Series("a_year", [2019, 2018, 2019, 2015]), pl.Series("a_flag", ["A", "E", "E", None])
    )
    attributes = {"year": "a_year", "status": "a_flag"}
    data = model_of(simple(indicators={"a": {"dimension": "d", "attributes": attributes}}), table)
    place = data["tree"].index(part(data, "a"))
    assert part(data, "a")["year"] == "2015–2019"
    years = decode(data["years"][str(place)])
    assert np.array_equal(years, [2019, np.nan, 2019, 2015], equal_nan=True)  # Pune has no value
    assert data["noted"] == [[2, place, "E"]]


def test_a_language_that_repeats_the_first_is_left_out(model: Index) -> None:
    data = model_of(model)
    assert data["langs"] == ["en", "zh"]
    assert data["title"]["zh"] == "智能制造发展指数（区域）"
    assert set(data["unit"]["names"]) == {"en", "zh"}
    assert model_of(simple(), TABLE)["title"] == {"en": "Simple"}
    assert model_of(simple(), TABLE)["unit"] == {"ids": ["Lima", "Pune", "Oslo", "Bern"], "names": {}}


def test_an_analysis_that_failed_leaves_no_intervals(human: Index) -> None:
    dossier = Dossier(human.score(), robust=indicia.IndiciaError("no draws"))
    assert page_model(dossier, Texts.of(None))["robust"] is None


def test_names_of_attacks_are_data(hostile: tuple[Index, pl.DataFrame], names: list[str]) -> None:
    index, table = hostile
    dossier = compile_dossier(index, table, needs=("intervals",), draws=20)
    document = json_data(page_model(dossier, Texts.of(None)))
    assert "<" not in document
    assert json.loads(document)["unit"]["ids"] == [name.replace("\x01", "\ufffd") for name in names]


def test_short_names_are_the_names_unless_the_index_file_has_others() -> None:
    data = model_of(simple(indicators={"a": {"dimension": "d", "name": "Gross income", "short": "Income"}}), TABLE)
    assert (part(data, "a")["name"], part(data, "a")["short"]) == ({"en": "Gross income"}, {"en": "Income"})
    assert "short" not in part(data, "b")


@pytest.mark.parametrize(
    ("data", "noun"),
    [
        ({}, {"en": "U"}),
        ({"label": {"en": "town", "zh": "城市"}}, {"en": "Town", "zh": "城市"}),
        ({"label": {"en": "city", "zh": "city_zh"}}, {"en": "City", "zh": "城市"}),
        ({"label": "code", "column_names": {"code": {"en": "Ward", "zh": "选区"}}}, {"en": "Ward", "zh": "选区"}),
        ({"label": "town_code"}, None),
        ({"unit": "iso3"}, None),
    ],
)
def test_a_unit_is_called_as_its_column_unless_that_has_codes(
    data: dict[str, Any], noun: dict[str, str] | None
) -> None:
    columns = ("town", "城市", "city", "city_zh", "code", "town_code", "iso3")
    table = TABLE.with_columns(pl.col("u").alias(name) for name in columns)
    assert model_of(simple(data=data), table)["noun"] == noun


def test_columns_of_groups_have_names_for_readers_and_texts_by_language() -> None:
    table = TABLE.with_columns(
        pl.col("g").replace({"x": "North", "y": "South"}).alias("home_region"),
        pl.col("g").replace({"x": "北方", "y": "南方"}).alias("home_region_zh"),
        pl.Series("province_zh", ["甲", "乙", "丙", "丁"]),
    )
    groups = ["home_region", "home_region_zh", "province_zh"]
    found = model_of(simple(data={"groups": groups}, name={"en": "Simple", "zh": "简单"}), table)["groups"]
    assert [(group["id"], group["name"]) for group in found] == [
        ("home_region", {"en": "Home region"}),
        ("province_zh", {"en": "Province", "zh": "省份"}),
    ]
    assert found[0]["labels"] == [{"en": "North", "zh": "北方"}, {"en": "South", "zh": "南方"}]
    named = {"groups": ["g"], "column_names": {"g": {"en": "Part of the world", "zh": "地区"}}}
    assert model_of(simple(data=named), table)["groups"][0]["name"] == {"en": "Part of the world", "zh": "地区"}


def test_a_column_of_another_language_with_other_groups_stays_a_column_of_its_own() -> None:
    table = TABLE.with_columns(pl.Series("g_zh", ["甲", "乙", "丙", "丁"]))
    found = model_of(simple(data={"groups": ["g", "g_zh"]}), table)["groups"]
    assert [group["id"] for group in found] == ["g", "g_zh"]


def test_a_column_without_a_role_has_no_name_for_readers() -> None:
    with pytest.raises(indicia.IndiciaError, match='"h" has a name for readers') as caught:
        simple(data={"column_names": {"h": "Home"}}).score(TABLE)
    assert caught.value.remedy == "known: g, u"
