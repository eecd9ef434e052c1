"""A fitted index scores as the run did that it was fitted in, and other units as that would have."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from time import perf_counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from indicia import catalogue
from indicia.catalogue import hookimpl, installed
from indicia.errors import DataError, DefinitionError, IndiciaError, OutputError
from indicia.formulas import Question
from indicia.index import Index
from indicia.methods import MatrixImputation
from indicia.stages.stage import Fitted
from indicia.tables.scope import VALUE
from indicia_bundle import fitted, fitted_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from indicia.methods import Array
    from indicia.result import Result

    Make = Callable[..., Index]
    Again = Callable[[fitted.FittedIndex], fitted.FittedIndex]

BOTH: dict[str, Any] = {"income": {}, "co2": {"direction": "cost"}}
PERIOD: dict[str, Any] = {"period": "year"}
PANEL = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"] * 2,
        "region": ["south", "north", "south", "north"] * 2,
        "year": [2020] * 4 + [2021] * 4,
        "income": [3.0, 9.0, 1.0, 4.0, 4.0, 6.0, 2.0, 9.0],
        "co2": [2.0, 8.0, 1.5, 5.0, 1.0, 5.0, 2.5, 3.0],
        "people": [1.0, 2.0, 4.0, 2.0] * 2,
    }
)


@pytest.fixture
def again(tmp_path: Path) -> Again:
    """Write a fitted index and read it again."""

    def through(one: fitted.FittedIndex) -> fitted.FittedIndex:
        one.write(tmp_path / "fitted.json")
        return fitted.read(tmp_path / "fitted.json")

    return through


def same(one: Result, other: Result) -> bool:
    tables = ("scores", "normalised", "weights", "cells", "ranks")
    # a fitted index does not prepare the indicators that were constant
    prepared = [result.prepared.select(result.normalised.columns) for result in (one, other)]
    return prepared[0].equals(prepared[1]) and all(one.frame(name).equals(other.frame(name)) for name in tables)


# The same data


METHODOLOGIES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "plain": (BOTH, {}, {}),
    "z scores, data-driven weights": (BOTH, {"normalisation": "z_score", "weighting": "critic"}, {}),
    "robust and geometric": (
        BOTH,
        {"normalisation": "min_max(lower=1, upper=10)", "aggregation": "geometric", "weighting": "entropy"},
        {},
    ),
    "topsis": (BOTH, {"aggregation": "topsis", "weighting": "entropy"}, {}),
    "topsis by period": (BOTH, {"aggregation": "topsis", "statistics": "period"}, PERIOD),
    "vikor, rescaled": (BOTH, {"aggregation": "vikor", "rescaling": "min_max"}, {}),
    "by period": (BOTH, {"statistics": "period", "weights": "period", "weighting": "entropy"}, PERIOD),
    "by group": (BOTH, {"statistics": "region", "weights": "region", "weighting": "standard_deviation"}, PERIOD),
    "by period and group": (BOTH, {"statistics": ["period", "region"]}, PERIOD),
    "a reference period": (
        BOTH,
        {"statistics": {"reference": 2020}, "weights": {"reference": 2021}, "weighting": "entropy"},
        PERIOD,
    ),
    "treated": (
        {"income": {"treatment": "winsorise(skewness=0.1, kurtosis=-5, points=1)"}, "co2": {"transform": "box_cox"}},
        {},
        {},
    ),
    "treated by period": (
        {"income": {"treatment": "winsorise(skewness=0.1, kurtosis=-5, points=1)"}, "co2": {"transform": "box_cox"}},
        {"statistics": "period"},
        PERIOD,
    ),
    "imputed by group": (
        {"gaps": {"imputation": "mean(within=region)", "direction": "cost"}, "income": {"imputation": "median"}},
        {"weighting": "entropy"},
        {},
    ),
    "gaps filled at the node": ({"gaps": {}, "income": {}}, {"missing": "group_mean(within=region)"}, {}),
    "gaps skipped": ({"gaps": {}, "income": {}}, {"missing": "skip", "aggregation": "topsis"}, {}),
    "bounds, target, cap, denominator": (
        {
            "income": {"bounds": {"by": "region", "south": [0, 10], "north": [1, 20]}, "transform": "log(offset=1)"},
            "co2": {"direction": "target", "target": 3},
            "rate": {"column": "co2", "per": "people", "factor": 10, "cap": 30},
        },
        {},
        {},
    ),
    "screened": (
        {**BOTH, "gaps": {}, "sparse": {}},
        {"missing": "skip"},
        {"screening": {"units": 0.7, "indicators": 0.5, "keep": ["Lima"], "without": ["Pune"]}},
    ),
    "what does not vary": ({**BOTH, "one": {}}, {"constant": "drop"}, {}),
    "what does not vary, screened and imputed": (
        {**BOTH, "gaps": {"imputation": "mean"}, "sparse": {"imputation": "mean"}},
        {"constant": "drop"},
        {"screening": {"units": 0.7}},
    ),
    "what scores neutrally": ({**BOTH, "one": {}}, {"constant": "neutral"}, {}),
    "levels": (
        {"income": {"dimension": "a"}, "co2": {"dimension": "a"}, "people": {"dimension": "b"}},
        {
            "ranks": ["region"],
            "weighting": "entropy",
            "levels": [{"decimals": 3}, {"as_component": "min_max(lower=1, upper=2)", "weighting": "equal"}],
        },
        {"dimensions": {"a": {"rescaling": "z_score"}, "b": {}}},
    ),
}


@pytest.mark.parametrize("key", METHODOLOGIES)
@pytest.mark.filterwarnings("ignore:.*could not bring in")
def test_the_data_that_were_fitted_score_as_in_the_run_to_the_last_bit(
    index: Make, panel: pl.DataFrame, again: Again, key: str
) -> None:
    indicators, methodology, rest = METHODOLOGIES[key]
    table = panel.with_columns(
        gaps=pl.Series([1.0, None, 3.0, 5.0, None, 2.0, 2.5, None]),
        sparse=pl.Series([1.0] + [None] * 7, dtype=pl.Float64),
        one=pl.lit(1.0),
    )
    table = table if "period" in rest else table.filter(year=2020).drop("year")
    made = index(indicators, methodology, **rest)
    run, one = made.score(table), fitted.fit(made, table)
    assert same(one.score(table), run)
    assert same(again(one).score(table), run)


# Other data


@pytest.mark.parametrize(
    "methodology",
    [
        {},
        {"normalisation": "z_score", "weighting": "critic"},
        {"aggregation": "topsis"},
        {"treatment": "box_cox", "missing": "skip"},
    ],
    ids=str,
)
def test_a_unit_alone_scores_as_it_did_among_the_others(index: Make, again: Again, methodology: dict[str, Any]) -> None:
    values = [((7 * n * n + 3 * n + 5) % 31 + 1) / 7 for n in range(60)]
    table = pl.DataFrame(
        {
            "city": [f"c{n}" for n in range(20)],
            "region": ["south"] * 20,
            "income": values[:20],
            "co2": values[20:40],
            "third": [None if n == 7 and "missing" in methodology else value for n, value in enumerate(values[40:])],
        }
    )
    made = index({**BOTH, "third": {}}, methodology)
    run = made.score(table)
    one = again(fitted.fit(made, table))
    for number in range(len(table)):
        alone = one.score(table[number])
        assert alone.scores["score"].item() == run.scores["score"][number]
        assert alone.weights.equals(run.weights)


def test_new_units_change_nothing_for_the_fitted_ones(index: Make, cities: pl.DataFrame, again: Again) -> None:
    one = again(fitted.fit(index(BOTH), cities))
    bonn = pl.DataFrame([{"city": "Bonn", "region": "north", "income": 7.0, "co2": 1.5, "people": 1.0}])
    scores = one.score(pl.concat([bonn, cities])).scores["score"].to_list()
    assert scores[0] == (6 / 8 + 1) / 2
    assert scores[1:] == index(BOTH).score(cities).scores["score"].to_list()


def test_a_new_period_is_scored_by_pooled_or_reference_statistics(
    index: Make, panel: pl.DataFrame, again: Again
) -> None:
    later = panel.filter(year=2021).with_columns(year=pl.lit(2030))
    for statistics in ("pooled", {"reference": 2020}):
        made = index(BOTH, {"statistics": statistics}, period="year")
        expected = made.score(panel).scores.filter(year=2021)["score"]
        assert again(fitted.fit(made, panel)).score(later).scores["score"].equals(expected)


def test_what_was_complete_then_is_imputed_by_what_was_found_then(
    index: Make, cities: pl.DataFrame, again: Again
) -> None:
    words = {"imputation": "mean(within=region)", "normalisation": "none"}
    one = again(fitted.fit(index({"income": {}, "co2": {"imputation": "constant(value=7)"}}, words), cities))
    new = cities.with_columns(income=pl.Series([None, None, 1.0, 1.0]), co2=pl.lit(None, pl.Float64))
    assert one.score(new).prepared.select("income", "co2").rows() == [(2.0, 7.0), (6.5, 7.0), (1.0, 7.0), (1.0, 7.0)]
    assert one.score(new).cells.height == 6


def test_a_gap_at_a_node_counts_as_the_mean_of_the_group_then(index: Make, cities: pl.DataFrame, again: Again) -> None:
    words = {"missing": "group_mean(within=region)", "normalisation": "none"}
    one = again(fitted.fit(index({"income": {}}, words), cities))
    assert one.score(cities.with_columns(income=pl.lit(None, pl.Float64))).scores["score"].to_list() == [2, 6.5, 2, 6.5]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pl.Int16, [2020, 2021]),
        (pl.String, ["2020", "2021"]),
        (pl.Float64, [2020.0, 2021.0]),
        (pl.Date, [date(2020, 1, 1), date(2021, 1, 1)]),
    ],
)
def test_a_period_is_known_again_whatever_its_type(
    index: Make, panel: pl.DataFrame, again: Again, kind: Any, values: list[Any]
) -> None:
    words = {"statistics": "period", "weights": "period", "weighting": "entropy"}
    made = index(BOTH, words, period="year")
    retyped = panel.with_columns(pl.col("year").replace_strict([2020, 2021], values, return_dtype=kind))
    expected = made.score(panel).scores["score"]
    assert again(fitted.fit(made, retyped)).score(retyped).scores["score"].equals(expected)
    if kind != pl.Date:
        assert again(fitted.fit(made, panel)).score(retyped).scores["score"].equals(expected)


def test_what_names_units_may_name_units_of_other_tables(index: Make, cities: pl.DataFrame, again: Again) -> None:
    tables = {"eligible": {"without": ["Oslo"]}, "screening": {"units": 1, "keep": ["Lima"], "without": ["Rome"]}}
    one = again(fitted.fit(index(BOTH, **tables), cities))
    assert one.score(cities.filter(city="Pune")).scores["rank"].to_list() == [1]
    mixed = one.score(cities.filter(pl.col("city") != "Pune"))
    assert mixed.scores.select("city", "rank").rows() == [("Lima", 1), ("Oslo", None)]


def test_an_indicator_that_was_left_out_stays_out(index: Make, cities: pl.DataFrame, again: Again) -> None:
    table = cities.with_columns(one=pl.lit(1.0))
    run = fitted.fit(index({**BOTH, "one": {}}, {"constant": "drop"}), table)
    moved = table.with_columns(one=pl.Series([1.0, 2.0, 3.0, None]))
    assert again(run).score(moved).scores["score"].equals(run.score(table).scores["score"])


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=1, max_size=5))
def test_scores_do_not_depend_on_who_else_is_scored(rows: list[tuple[float, float]]) -> None:
    made = Index(
        {"data": {"unit": "city"}, "indicators": BOTH, "methodology": {"normalisation": "z_score"}}, installed()
    )
    base = pl.DataFrame({"city": list("abc"), "income": [1.0, 2.0, 4.0], "co2": [5.0, 3.0, 4.0]})
    one = fitted.fit(made, base)
    table = pl.DataFrame(rows, schema=["income", "co2"], orient="row").with_columns(
        city=pl.Series([str(number) for number in range(len(rows))])
    )
    whole = one.allowing_outside().score(table).scores["score"].to_list()
    assert whole == [one.score(table[number]).scores["score"].item() for number in range(len(rows))]


# What falls outside


def test_values_outside_the_fitted_range_are_named(index: Make, cities: pl.DataFrame, again: Again) -> None:
    one = again(fitted.fit(index(BOTH), cities))
    new = cities.with_columns(income=pl.Series([10.0, 9.0, 0.5, 4.0]))
    result = one.score(new)
    assert result.scored.outside == {"income": ["Lima", "Pune"]}
    assert result.notes == ("outside the fitted range of income: Lima, Pune",)
    assert result.normalised["income"].to_list() == [9 / 8, 1.0, -0.5 / 8, 3 / 8]
    assert one.score(cities).notes == ()


def test_the_title_of_a_fitted_score_names_the_index_whose_scale_it_has(index: Make, cities: pl.DataFrame) -> None:
    """A title such as "Index 2020" over the data of 2021 would be that of another edition."""
    named = indicia.read({**index(BOTH).raw, "name": {"en": "Index 2020", "zh": "指数 2020"}})
    result = fitted.fit(named, cities).score(cities)
    assert result.titled("en").startswith("Scored by Index 2020 · ")
    assert result.titled("zh").startswith("按“指数 2020”计分 · ")
    assert named.score(cities).titled("en").startswith("Index 2020 · ")


def test_data_of_which_most_rows_are_outside_the_fitted_range_are_refused(index: Make, cities: pl.DataFrame) -> None:
    """Income in another unit of measure: three of four cities leave the range of the fit, and so its scale."""
    one = fitted.fit(index(BOTH), cities)
    other = cities.with_columns(income=pl.Series([9.0, 900.0, 0.5, 4.0]))
    three = cities.with_columns(income=pl.Series([3000.0, 9000.0, 1000.0, 4.0]))
    assert len(one.score(other).scores) == 4  # two of four are no majority
    with pytest.raises(DataError, match="3 of 4 rows in income") as caught:
        one.score(three)
    assert "--allow-outside" in str(caught.value.remedy)
    assert "allowing_outside()" in str(caught.value.remedy)
    assert one.allowing_outside().score(three).scored.outside == {"income": ["Lima", "Oslo", "Pune"]}


def test_partitions_that_are_mostly_outside_the_fitted_range_are_refused(
    index: Make, cities: pl.DataFrame, tmp_path: Path
) -> None:
    """Two files have two of the three rows outside, so that the majority shows in both together only."""
    one, parts = fitted.fit(index(BOTH), cities), tmp_path / "parts"
    parts.mkdir()
    three = cities.with_columns(income=pl.Series([3000.0, 9000.0, 1000.0, 4.0]))
    for number in (0, 1):
        three[2 * number : 2 * number + 2].write_parquet(parts / f"{number}.parquet")
    with pytest.raises(DataError, match="3 of 4 rows in income"):
        one.score_partitions(tmp_path / "scores", parts, engine="memory")
    assert one.allowing_outside().score_partitions(tmp_path / "scores", parts, engine="memory").rows == 4


def test_few_units_outside_the_fitted_range_show_no_other_scale(index: Make, cities: pl.DataFrame) -> None:
    one = fitted.fit(index(BOTH), cities)
    new = cities.head(2).with_columns(income=pl.Series([3000.0, 9000.0]))
    assert len(one.score(new).scores) == 2


# The file


def test_the_file_tells_what_was_fitted(index: Make, cities: pl.DataFrame, again: Again, tmp_path: Path) -> None:
    words = {"weighting": "entropy"}
    again(fitted.fit(index({"income": {}, "co2": {}}, words), cities))
    content = json.loads((tmp_path / "fitted.json").read_text())
    assert content["format"] == 4
    assert content["sha256"] == fitted_file.checksum(content)
    assert content["fitted"]["data"]["rows"] == 4
    assert len(content["fitted"]["data"]["sha256"]) == 64
    assert content["fitted"]["methodology"] == "min_max > entropy(on=normalised) > arithmetic"
    assert content["statistics"]["normalisation"] == [
        {"of": [name], "statistic": statistic, "arguments": [], "value": value}
        for name, statistic, value in [
            ("income", "min", 1),
            ("income", "max", 9),
            ("co2", "min", 1.5),
            ("co2", "max", 8),
        ]
    ]
    assert content["ranges"] == {"income": [1.0, 9.0], "co2": [1.5, 8.0]}
    assert sum(content["weights"]["index"]["values"]) == pytest.approx(1.0)


def test_the_file_is_the_same_whenever_it_is_written(index: Make, cities: pl.DataFrame, tmp_path: Path) -> None:
    for name in ("one", "two"):
        fitted.fit(index(BOTH), cities).write(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_names_may_hold_what_the_file_is_written_with(index: Make, cities: pl.DataFrame, again: Again) -> None:
    indicators = {"a | b": {"column": "income"}, "weighting": {"column": "co2"}, 'q"|': {"column": "people"}}
    made = index(indicators, {"weighting": "entropy"})
    assert same(again(fitted.fit(made, cities)).score(cities), made.score(cities))


def test_weights_need_neither_their_method_nor_its_files(
    index: Make, cities: pl.DataFrame, again: Again, tmp_path: Path
) -> None:
    (tmp_path / "judged.csv").write_text(",income,co2\nincome,1,3\nco2,1/3,1\n")
    made = index(BOTH, {"weighting": {"method": "ahp", "matrix": str(tmp_path / "judged.csv")}})
    one = fitted.fit(made, cities)
    (tmp_path / "judged.csv").unlink()
    assert again(one).score(cities).weights["weight"].to_list() == [0.75, 0.25]


def test_a_variant_is_fitted_as_it_is(index: Make, cities: pl.DataFrame, again: Again) -> None:
    made = index(BOTH, variants={"other": {"normalisation": "z_score", "weighting": "entropy", "without": ["co2"]}})
    variant = made.variant("other")
    assert same(again(fitted.fit(variant, cities)).score(cities), variant.score(cities))


def test_a_plugin_file_is_found_from_where_the_fitted_index_stands(cities: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "index" / "halved.py").write_text(
        '"""A plugin."""\nfrom dataclasses import dataclass\nfrom indicia.catalogue import hookimpl\n'
        "from indicia.methods import Normalisation\n\n@dataclass(frozen=True)\nclass Halved(Normalisation):\n"
        '    """Divide by twice the largest value."""\n\n    name = "halved"\n    reference = "None"\n\n'
        "    def benefit(self, x, s):\n        return x / (2 * s.max)\n\n"
        "@hookimpl\ndef indicia_normalisations():\n    return [Halved]\n"
    )
    (tmp_path / "index" / "index.toml").write_text(
        'plugins = ["halved.py"]\n[data]\nunit = "city"\n[indicators]\nincome = {}\n'
        '[methodology]\nnormalisation = "halved"\n'
    )
    made = indicia.read(tmp_path / "index" / "index.toml", allow_code=True)
    indicia.fit(made, cities).write(tmp_path / "elsewhere" / "fitted.json")
    one = indicia.read_fitted(tmp_path / "elsewhere" / "fitted.json", allow_code=True)
    assert one.score(cities).scores["score"].to_list() == [x / 18 for x in (3.0, 9.0, 1.0, 4.0)]


# Bad input


@dataclass(frozen=True)
class Sevens(MatrixImputation):
    """Fill with sevens."""

    name = "sevens"
    reference = "None"

    def complete(self, values: Array) -> Array:
        return values * 0 + 7


@pytest.mark.parametrize(
    ("indicators", "methodology", "named"),
    [
        ({"income": {}, "co2": {"normalisation": "rank"}}, {}, "rank of co2"),
        ({"income": {}, "co2": {}}, {"aggregation": "copeland"}, "copeland of index"),
        ({"income": {"imputation": "sevens"}}, {}, "sevens of income"),
        ({"income": {}}, {"rescaling": "percentile_rank"}, "percentile_rank of index"),
        (
            {name: {"normalisation": "rank"} for name in ("income", "co2", "people")},
            {"aggregation": "copeland"},
            "rank of income, rank of co2, rank of people and 1 more",
        ),
    ],
)
def test_methods_that_need_all_units_are_named(
    index: Make, panel: pl.DataFrame, indicators: dict[str, Any], methodology: dict[str, Any], named: str
) -> None:
    offer = hookimpl(lambda: [Sevens], specname="indicia_imputations")
    from indicia_methods import aggregation, imputation, normalisation, weighting

    own = SimpleNamespace(__name__="own", indicia_imputations=offer)
    methods = catalogue.gather(imputation, normalisation, weighting, aggregation, own)
    with pytest.raises(DefinitionError) as caught:
        fitted.fit(index(indicators, methodology, period="year", methods=methods), panel)
    assert str(caught.value) == (
        f"an index cannot be fitted with methods that need all units: {named}\n"
        "  fix: choose other methods, or run the index with all units"
    )


def test_a_missing_indicator_is_named(index: Make, cities: pl.DataFrame, again: Again) -> None:
    one = again(fitted.fit(index({**BOTH, "rate": {"column": "income", "per": "people"}}), cities))
    with pytest.raises(DataError, match='no column "co2" in the table, which has 4 columns'):
        one.score(cities.drop("co2"))
    with pytest.raises(DataError, match='no column "people" in the table, which has 4 columns'):
        one.score(cities.drop("people"))


@pytest.mark.parametrize("what", ["statistics", "weights"])
@pytest.mark.parametrize(
    ("scope", "new", "said"),
    [
        ("period", {"year": 2030}, "year 2030\n  fix: known: 2020, 2021; fit the index to data that have it too"),
        (
            "region",
            {"region": "east"},
            "region east\n  fix: known: south, north; fit the index to data that have it too",
        ),
        (
            ["region", "period"],
            {"year": 2030, "region": "east"},
            "region year east 2030\n  fix: known: south 2020, north 2020, south 2021, north 2021; fit the index to data"
            " that have it too",
        ),
    ],
)
def test_a_period_or_group_that_was_not_fitted_is_refused(
    index: Make, panel: pl.DataFrame, again: Again, what: str, scope: Any, new: dict[str, Any], said: str
) -> None:
    one = again(fitted.fit(index(BOTH, {what: scope, "weighting": "equal"}, period="year"), panel))
    table = panel.filter(city="Lima", year=2020).with_columns(**{name: pl.lit(value) for name, value in new.items()})
    with pytest.raises(DataError) as caught:
        one.score(table)
    assert str(caught.value) == f"no {what} were fitted for {said}"


def test_a_group_without_a_fitted_mean_stays_missing(index: Make, cities: pl.DataFrame, again: Again) -> None:
    one = again(fitted.fit(index({"income": {"imputation": "mean(within=region)"}}), cities))
    east = cities.with_columns(region=pl.lit("east"))
    assert one.score(east).scores["score"].to_list() == [0.25, 1.0, 0.0, 0.375]
    with pytest.raises(DataError, match=r"income is missing for 1 unit\(s\): Lima"):
        one.score(east.with_columns(income=pl.Series([None, 1.0, 1.0, 1.0])))


def test_a_table_without_the_period_is_refused(index: Make, panel: pl.DataFrame, again: Again) -> None:
    one = again(fitted.fit(index(BOTH, period="year"), panel))
    with pytest.raises(DataError, match='no column "year" in the table, which is to name the period'):
        one.score(panel.filter(year=2020).drop("year"))


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "3", "[indicators]\nincome = {}", "\x00\xff"])
def test_a_file_that_is_no_fitted_index_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "fitted.json"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(DefinitionError) as caught:
        fitted.read(path)
    assert caught.value.what == f"{path} is not a fitted index"
    assert caught.value.remedy == "indicia fit INDEX -o fitted.json"


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"^no such file: .*none\.json"):
        fitted.read(tmp_path / "none.json")


def checked(content: dict[str, Any]) -> str:
    """Return the text of a file whose checksum fits its changed content."""
    return json.dumps({**content, "sha256": fitted_file.checksum(json.loads(json.dumps(content)))})


@pytest.mark.parametrize("form", [5, 3, 0, -1, "2", 2.0, True, None, [2], 10**400])
def test_a_file_of_another_form_is_refused(index: Make, cities: pl.DataFrame, tmp_path: Path, form: Any) -> None:
    path = tmp_path / "fitted.json"
    fitted.fit(index(BOTH), cities).write(path)
    later = {"format": form, "fitted": {**json.loads(path.read_text())["fitted"], "indicia": "9.1"}, "all": "else"}
    path.write_text(json.dumps(later))
    with pytest.raises(DefinitionError) as caught:
        fitted.read(path)
    assert "written by Indicia 9.1; this version of Indicia reads form 4" in caught.value.what
    assert "fit the index again" in str(caught.value.remedy)


QUESTIONS = (
    Question(("income",), "norm"),
    Question(("income",), "std", (1,)),
    Question(("income",), "quantile", (0.25,)),
    Question(("income",), "value_of_unit", ("of course",)),
    Question(("income",), "value_of_unit", ("two\nlines",)),
    Question(("income",), "value_of_period", ("2020",)),
    Question(("income",), "value_of_period", ("a|b",)),
    Question(("income",), "settled", (12,)),
    Question(("income",), "parent", ("country",)),
    Question(("income", "distance"), "max"),
    Question(("health", "income"), "settled", (2,)),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_statistic_is_read_as_it_was_written(question: Question) -> None:
    """As a number, as several, and within groups; the number of a unit stays text, and a whole number whole."""
    within = pl.DataFrame({"region": ["north", "south"], VALUE: [1.5, None]})
    for value in (0.1, [0.25, 2.0], None, within):
        content = fitted_file.content_of(Fitted({"normalisation": {question: value}}, {}, {}))
        (written,) = json.loads(json.dumps(content))["statistics"]["normalisation"]
        one = fitted_file.NamedStatistic.model_validate(written)
        assert one.question == question
        assert list(map(type, one.question.arguments)) == list(map(type, question.arguments))
        if isinstance(value, pl.DataFrame):
            assert isinstance(one.value, fitted_file.KeyedStatistic)
            assert one.value.frame().equals(within)
        else:
            assert one.value == value


def test_a_file_that_someone_changed_is_refused(index: Make, cities: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    fitted.fit(index(BOTH), cities).write(path)
    content = json.loads(path.read_text())
    content["statistics"]["normalisation"][1]["value"] = 9.5
    path.write_text(json.dumps(content))
    with pytest.raises(DefinitionError, match="is not as it was written: its checksum differs") as caught:
        fitted.read(path)
    assert caught.value.remedy
    del content["sha256"]
    path.write_text(json.dumps(content))
    with pytest.raises(DefinitionError, match="its checksum differs"):
        fitted.read(path)


def test_white_space_and_the_order_of_words_change_no_checksum(
    index: Make, cities: pl.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "fitted.json"
    made = index(BOTH, {"weighting": "entropy"})
    fitted.fit(made, cities).write(path)
    content = json.loads(path.read_text())
    path.write_text(json.dumps(dict(reversed(content.items()))))
    assert same(fitted.read(path).score(cities), made.score(cities))


def test_a_file_that_has_lost_statistics_is_refused(index: Make, cities: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "fitted.json"
    fitted.fit(index(BOTH), cities).write(path)
    path.write_text(checked({**json.loads(path.read_text()), "statistics": {}}))
    with pytest.raises(DataError, match="nothing was fitted for income"):
        fitted.read(path).score(cities)


@pytest.mark.parametrize("weights", [{}, {"index": {"values": [1.0], "facts": {}, "keys": None}}])
def test_a_file_that_has_lost_weights_is_refused(
    index: Make, cities: pl.DataFrame, tmp_path: Path, weights: dict[str, Any]
) -> None:
    path = tmp_path / "fitted.json"
    fitted.fit(index(BOTH), cities).write(path)
    path.write_text(checked({**json.loads(path.read_text()), "weights": weights}))
    with pytest.raises(DataError) as caught:
        fitted.read(path).score(cities)
    assert str(caught.value) == "the fitted index has no weights of the components of index\n  fix: fit it again"


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("statistics.normalisation.0.value", "small", "normalisation.0.value is of a wrong type"),
        ("statistics.normalisation.0.value", True, "normalisation.0.value is of a wrong type"),
        ("statistics.normalisation.0.of", "income", "normalisation.0.of is of a wrong type"),
        ("statistics.normalisation.0.statistic", None, "normalisation.0.statistic is of a wrong type"),
        ("statistics.normalisation.0.arguments", [None], "normalisation.0.arguments.0 is of a wrong type"),
        ("statistics.normalisation.0.unknown", 1, "normalisation.0.unknown is no key of a fitted index"),
        ("statistics.normalisation", "min", "statistics.normalisation is of a wrong type"),
        ("weights.index.values", [[0.5], [0.5, 0.5]], ""),
        ("weights.index.values", None, "weights.index.values is of a wrong type"),
        ("weights.index.facts", 1, "weights.index.facts is of a wrong type"),
        ("ranges.income", [1.0], "ranges.income"),
        ("ranges.income", [1.0, float("inf")], ""),
        ("left_out", "income", "left_out is of a wrong type"),
        ("fitted.methodology", 3, "fitted.methodology is of a wrong type"),
        ("fitted.data", {}, "fitted.data.sha256 is missing"),
        ("more", 1, "more is no key of a fitted index"),
    ],
)
def test_a_file_with_a_wrong_part_is_refused_with_its_place(
    index: Make, cities: pl.DataFrame, tmp_path: Path, place: str, value: object, fault: str
) -> None:
    path = tmp_path / "fitted.json"
    fitted.fit(index(BOTH), cities).write(path)
    content = json.loads(path.read_text())
    *tables, last = place.split(".")
    table = content
    for name in tables:
        table = table[int(name) if name.isdigit() else name]
    table[last] = value
    path.write_text(checked(content))
    with pytest.raises(DefinitionError) as caught:
        fitted.read(path)
    assert caught.value.what == f"{path} is not a fitted index"
    assert fault in str(caught.value.where)


@pytest.mark.parametrize(
    ("writer", "said"), [("0.1.0", 'did you mean "weights"?'), ("9.1", "Indicia 9.1, which wrote it, knows it")]
)
def test_an_unknown_key_has_the_version_that_knows_it_or_the_nearest_key(
    index: Make, cities: pl.DataFrame, tmp_path: Path, writer: str, said: str
) -> None:
    path = tmp_path / "fitted.json"
    fitted.fit(index(BOTH), cities).write(path)
    content = json.loads(path.read_text())
    content["fitted"]["indicia"] = writer
    path.write_text(checked({**content, "weihgts": {}}))
    with pytest.raises(DefinitionError) as caught:
        fitted.read(path)
    assert caught.value.where == f"weihgts is no key of a fitted index; {said}"


@pytest.mark.parametrize("part", ["ranges", "left_out", "constant", "neutral"])
def test_a_file_with_an_indicator_that_its_index_lacks_is_refused(
    index: Make, cities: pl.DataFrame, tmp_path: Path, part: str
) -> None:
    path = tmp_path / "fitted.json"
    fitted.fit(index(BOTH), cities).write(path)
    content = json.loads(path.read_text())
    content[part] = {"rainfall": [1.0, 2.0]} if part == "ranges" else ["rainfall"]
    path.write_text(checked(content))
    with pytest.raises(DefinitionError, match="indicators that its index does not have: rainfall"):
        fitted.read(path)


def test_a_statistic_that_is_not_finite_is_not_written(index: Make, cities: pl.DataFrame, tmp_path: Path) -> None:
    one = fitted.fit(index(BOTH), cities)
    endless = replace(one.fitted, ranges={"income": (1.0, float("inf"))})
    with pytest.raises(OutputError, match="not finite") as caught:
        replace(one, fitted=endless).write(tmp_path / "fitted.json")
    assert caught.value.remedy


# Damaged files


def damaged(random: Random, text: str) -> str:
    """Return a text that is cut, or of which a few characters are others."""
    at = random.randrange(len(text))
    if random.random() < 0.3:
        return text[:at]
    return text[:at] + random.choice(["", "[", "{", '"', "9" * 400, "-", "null", "NaN", "e999", ","]) + text[at + 1 :]


def distorted(random: Random, content: dict[str, Any]) -> str:
    """Return a file of which a value anywhere is another one, is left out, or changes places with its neighbour."""
    changed = json.loads(json.dumps(content))
    places = [
        (table, key)
        for table in tables_in(changed)
        for key in (table if isinstance(table, dict) else range(len(table)))
    ]
    table, key = random.choice(places)
    other = random.choice(list(table) if isinstance(table, dict) else range(len(table)))
    strange = [
        None,
        True,
        -1,
        0,
        10**400,
        1e308,
        "",
        "year",
        [],
        [[1]],
        {},
        {"columns": ["year"], "rows": [[2020]]},
        float("nan"),
    ]
    match random.randrange(4):
        case 0:
            del table[key]
        case 1:
            table[key], table[other] = table[other], table[key]
        case 2 if isinstance(table, list):
            table.insert(key, table[key])
        case _:
            table[key] = random.choice(strange)
    return json.dumps(changed)


def tables_in(value: Any) -> Iterator[Any]:
    """Yield every table and list that holds anything."""
    if isinstance(value, (dict, list)) and value:
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from tables_in(one)


def test_a_damaged_file_is_refused_or_scores_as_before(index: Make, tmp_path: Path) -> None:
    random, path = Random(17), tmp_path / "fitted.json"
    one = fitted.fit(index(BOTH, {"statistics": "region", "weighting": "entropy"}, data=PERIOD), PANEL)
    one.write(path)
    text, scores, refused = path.read_text("utf-8"), one.score(PANEL).scores, 0
    content = json.loads(text)
    for number in range(250):
        path.write_text(damaged(random, text) if number % 2 else distorted(random, content), "utf-8")
        try:
            assert fitted.read(path).score(PANEL).scores.equals(scores)
        except IndiciaError:
            refused += 1
    assert refused > 200


def test_a_large_file_is_read_in_little_time(index: Make, tmp_path: Path) -> None:
    """Statistics of 5,000 groups: the checksum and the checks of each cell take less than the rest."""
    groups = [f"group {number // 2}" for number in range(10_000)]
    table = pl.DataFrame(
        {"city": [f"c{n}" for n in range(10_000)], "region": groups, "income": [n % 97 / 7 for n in range(10_000)]}
    )
    fitted.fit(index({"income": {}}, {"statistics": "region"}), table).write(tmp_path / "fitted.json")
    start = perf_counter()
    fitted.read(tmp_path / "fitted.json")
    assert perf_counter() - start < 2


def test_a_table_whose_rows_do_not_stand_alone_is_not_scored_slice_by_slice(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("city,indicator,value\nLima,income,3\nLima,co2,5\nOslo,income,9\nOslo,co2,4\n")
    data = {"path": str(path), "unit": "city", "long": {"indicator": "indicator", "value": "value", "keys": ["city"]}}
    one = fitted.fit(indicia.read({"data": data, "indicators": BOTH}))
    with pytest.raises(DataError, match=r"a table with long in \[data\] cannot be read slice by slice") as caught:
        one.stream(path, tmp_path / "scores.csv")
    assert caught.value.remedy == "score it as a whole, without --stream"
