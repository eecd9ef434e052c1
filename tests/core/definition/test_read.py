"""An index file is read as written, and an error names the line that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.definition import Origin, define, index_schema, indicators_of, load, text, with_options
from indicia.errors import DefinitionError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.definition import Definition

    Defined = Callable[[str], Definition]
    Fault = Callable[[str], str]
    Written = Callable[[str], Path]

FLAT = "[indicators]\ngdp = {}\n"


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(IndiciaError) as caught:
        work()
    return str(caught.value)


# The file


def test_a_file_gives_words_and_the_folder_of_its_paths(written: Written, tmp_path: Path) -> None:
    raw, origin = load(written('name = "Cities"\n' + FLAT))
    assert raw == {"name": "Cities", "indicators": {"gdp": {}}}
    assert origin.folder == tmp_path


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "index.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FLAT.encode())
    assert load(path)[0] == {"indicators": {"gdp": {}}}


def test_names_and_keys_may_be_in_any_script(defined: Defined) -> None:
    whole = defined('name = { en = "Cities", zh = "城市" }\n[indicators]\n"人均GDP" = { name = "人均GDP" }')
    assert text(whole.name, "zh") == "城市"
    assert list(whole.indicators) == ["人均GDP"]


def test_a_text_falls_back_to_english_and_then_to_the_first_language() -> None:
    assert text({"zh": "城市", "en": "Cities"}, "fr") == "Cities"
    assert text({"zh": "城市", "de": "Städte"}, "fr") == "城市"


def test_a_file_that_is_not_there_is_named_with_the_nearest(written: Written, tmp_path: Path) -> None:
    written(FLAT)
    path = tmp_path / "indx.toml"
    assert refusal(lambda: load(path)) == f'no such index file: {path}\n  fix: did you mean "index.toml"?'


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.toml"
    path.write_bytes('name = "Städte"'.encode("latin-1"))
    assert refusal(lambda: load(path)) == f"{path} is not UTF-8 (byte 10)\n  fix: save it as UTF-8"


def test_a_file_that_is_not_toml_names_the_line(written: Written) -> None:
    said = refusal(lambda: load(written("name = Cities\n" + FLAT)))
    assert "is not TOML" in said
    assert "line 1" in said


def test_a_folder_is_no_index_file(tmp_path: Path) -> None:
    assert refusal(lambda: load(tmp_path)).startswith(f"cannot read {tmp_path}")


# Words


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            'nme = "Cities"\n' + FLAT,
            'unknown key "nme" in the index file\n  index.toml:1   nme = "Cities"\n  fix: did you mean "name"?',
        ),
        (
            '[data]\npth = "cities.csv"\n' + FLAT,
            'unknown key "pth" in data\n  index.toml:2   pth = "cities.csv"\n  fix: did you mean "path"?',
        ),
        (
            '[indicators]\ngdp = { dirction = "cost" }',
            'unknown key "dirction" in indicators.gdp\n'
            '  index.toml:2   gdp = { dirction = "cost" }\n  fix: did you mean "direction"?',
        ),
        (
            '[indicators.gdp]\nunit = "euro"\nweigth = 2',
            'unknown key "weigth" in indicators.gdp\n  index.toml:3   weigth = 2\n  fix: did you mean "weight"?',
        ),
        (
            FLAT + "[dimensions]\neconomy = { wieght = 2 }",
            'unknown key "wieght" in dimensions.economy\n'
            '  index.toml:4   economy = { wieght = 2 }\n  fix: did you mean "weight"?',
        ),
        (
            FLAT + '[methodology]\nnormalization = "rank"',
            'unknown key "normalization" in methodology\n'
            '  index.toml:4   normalization = "rank"\n  fix: did you mean "normalisation"?',
        ),
        (
            FLAT + '[methodology]\nmissing = { polcy = "skip" }',
            'unknown key "polcy" in methodology.missing\n'
            '  index.toml:4   missing = { polcy = "skip" }\n  fix: did you mean "policy"?',
        ),
        (
            FLAT + '[variants.ideal]\nagregation = "topsis"',
            'unknown key "agregation" in variants.ideal\n'
            '  index.toml:4   agregation = "topsis"\n  fix: did you mean "aggregation"?',
        ),
        (
            FLAT + '[eligible]\nwihtout = ["Lima"]',
            'unknown key "wihtout" in eligible\n  index.toml:4   wihtout = ["Lima"]\n  fix: did you mean "without"?',
        ),
    ],
)
def test_an_unknown_word_is_refused_on_its_line_with_the_nearest(fault: Fault, toml: str, said: str) -> None:
    assert fault(toml) == said


@pytest.mark.parametrize(
    ("toml", "remedy"),
    [
        (
            FLAT + '[methodology]\nwithin = "region"',
            "write missing.within or statistics.within or weights.within",
        ),
        (FLAT + "[methodology]\nminimum_share = 0.5", "write missing.minimum_share"),
        (FLAT + '[methodology]\nperiod = "year"', "write it in [data]"),
        (FLAT + "[variants.v]\nunits = 0.5", "write screening.units"),
        ('[indicators]\ngdp = { weighting = "equal" }', "write it in [dimensions] or [methodology]"),
        ('aggregation = "sum"\n' + FLAT, "write it in [dimensions] or [methodology]"),
        (FLAT + '[dimensions]\na = { dimension = "b" }', 'did you mean "parent"?'),
        ('[indicators]\ngdp = { parent = "a" }', 'did you mean "dimension"?'),
        # a slip of the pen comes before the same key in another table
        ("[indicators]\ngdp = { weights = 2 }", 'did you mean "weight"?'),
    ],
)
def test_a_key_of_another_table_is_refused_with_the_place_where_it_belongs(
    fault: Fault, toml: str, remedy: str
) -> None:
    assert fault(toml).splitlines()[-1] == f"  fix: {remedy}"


def test_an_index_without_indicators_says_where_they_go(fault: Fault) -> None:
    said = fault('name = "Cities"')
    assert said == "the index file does not say indicators\n  fix: add [indicators], one line each"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("weight = -1", "weight must be 0 or more"),
        ('weight = "much"', "weight must be a number"),
        ("weight = true", "weight must be a number"),
        ("bounds = [false, 1]", "bounds.0 must be a number"),
        ('bounds = { by = "sex", female = [0, true] }', "bounds.female.1 must be a number"),
        ("target = true", "target must be a number"),
        ("factor = true", "factor must be a number"),
        ("floor = false", "floor must be a number"),
        ("cap = true", "cap must be a number"),
        ("decimals = true", "decimals must be a whole number or 'none'"),
        ('weight = "2"', "weight must be a number"),
        ("bounds = [0]", "bounds must be two numbers"),
        ("bounds = [0, 1, 2]", "bounds must be two numbers"),
        ("bounds = [0, 'x']", "bounds.1 must be a number"),
        ("bounds = [2, 1]", "bounds = [2, 1]: the first must be smaller than the second"),
        ("bounds = [0, inf]", "bounds.1 must be a finite number"),
        (
            "bounds = { female = [0, 1] }",
            'bounds: bounds that differ between groups need the column of the groups: by = "sex"',
        ),
        ('bounds = { by = "sex", female = [1, 0] }', "bounds = [1, 0]: the first must be smaller than the second"),
        ("floor = 5, cap = 3", "floor = 5, cap = 3: the floor must be smaller than the cap"),
        ("decimals = 16", "decimals must be 15 or less"),
        ("decimals = 1.5", "decimals must be a whole number"),
        ('simulated = "perhaps"', "simulated must be true or false"),
        ("column = 3", "column must be a text"),
        ("interval = [1, 2]", 'interval = [from, to] goes with direction = "interval"'),
        ("worst = [1, 2]", 'worst = [low, high] goes with direction = "target" or "interval"'),
        ("factor = 0", "factor = 0 makes all units the same"),
        ("bounds = [5, 9], cap = 4", "bounds = [5, 9] lie beyond the cap or the floor"),
        ("bounds = [5, 9], floor = 9", "bounds = [5, 9] lie beyond the cap or the floor"),
    ],
)
def test_a_value_that_cannot_be_is_refused_on_its_line(fault: Fault, words: str, said: str) -> None:
    line = f"gdp = {{ {words} }}"
    found = fault(f"[indicators]\n{line}")
    assert found.startswith("indicators.gdp")
    assert said in found
    assert f"\n  index.toml:2   {line}" in found


def test_keys_that_contradict_each_other_are_refused_with_the_lines_of_both(fault: Fault) -> None:
    message = fault("[indicators.gdp]\nfloor = 5\nunit = 'euro'\ncap = 3")
    assert message.endswith("must be smaller than the cap\n  index.toml:2   floor = 5\n  index.toml:4   cap = 3")


@pytest.mark.parametrize(
    "word",
    [
        "[screening]\nunits",
        "[screening]\nnon_zero",
        "[reference]\ntop = ['Lima']\ntolerance",
        "[robustness]\ndraws",
        "[robustness]\nseed",
        "[robustness]\nsensitivity",
        "[robustness]\nweights.spread",
        "[robustness]\nweights.dirichlet",
        "[robustness]\nnoise",
        "[methodology]\nmissing.minimum_share",
        "[methodology]\nmissing.minimum_count",
        "[methodology]\nmissing.value",
        "[dimensions]\nhealth.weight",
    ],
)
@pytest.mark.parametrize("value", ["true", '"1"'])
def test_a_number_is_neither_true_nor_in_quotes(fault: Fault, word: str, value: str) -> None:
    said = fault(f"{FLAT}{word} = {value}")
    assert "number\n  index.toml:" in said
    assert said.endswith("fix: write it without quotes") is (value != "true")


def test_a_weight_in_a_table_of_indicators_may_be_text_and_the_one_that_is_no_number_is_named() -> None:
    table = pl.DataFrame({"name": ["income", "co2"], "weight": ["2", "much"]})
    assert refusal(lambda: define({"indicators": indicators_of(table)}, Origin())) == (
        "indicators.co2.weight must be a number\n  indicators.co2.weight"
    )


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            'data = { groups = "region" }',
            'data.groups must be a list, [ … ]\n  index.toml:1   data = { groups = "region" }\n'
            '  fix: groups = ["region"]',
        ),
        ('data = { unit = "" }', "data.unit must be a text, and not an empty one\n  index.toml:1 "),
        ("robustness = { draws = 1_000_000_000_000 }", "robustness.draws must be 1e+09 or less"),
        ('dimensions = { health = "Health" }', "dimensions.health must be a table, { … }"),
        ('[indicators]\ngdp = { direction = "csot" }', 'fix: did you mean "cost"?'),
    ],
)
def test_what_is_written_in_another_form_says_in_which(fault: Fault, toml: str, said: str) -> None:
    assert said in fault(toml if "[indicators]" in toml else f"{toml}\n{FLAT}")


# Directions


@pytest.mark.parametrize(
    ("written_as", "direction"),
    [
        ('"benefit"', "benefit"),
        ('"max"', "benefit"),
        ('"+"', "benefit"),
        ('"1"', "benefit"),
        ("1", "benefit"),
        ("1.0", "benefit"),
        ('"cost"', "cost"),
        ('"min"', "cost"),
        ('"-"', "cost"),
        ('"-1"', "cost"),
        ("-1", "cost"),
        ("-1.0", "cost"),
        ('" min "', "cost"),
    ],
)
def test_directions_are_written_in_the_ways_of_the_field(defined: Defined, written_as: str, direction: str) -> None:
    assert defined(f"[indicators]\ngdp = {{ direction = {written_as} }}").indicators["gdp"].direction == direction


def test_without_a_direction_more_is_better(defined: Defined) -> None:
    assert defined(FLAT).indicators["gdp"].direction == "benefit"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('direction = "up"', "indicators.gdp.direction must be 'benefit', 'cost', 'target' or 'interval'"),
        ('direction = "target"', 'indicators.gdp: direction "target" needs the best value: target = 60'),
        (
            'direction = "interval", target = 60',
            'indicators.gdp: direction "interval" needs the best values: interval = [40, 60]',
        ),
        (
            'direction = "target", target = 60, bounds = [0, 100]',
            'indicators.gdp: direction "target" takes worst = [low, high] in place of bounds',
        ),
        (
            'direction = "target", target = 60, worst = [61, 100]',
            "indicators.gdp: worst = [61, 100] must enclose the best values",
        ),
        (
            'direction = "interval", interval = [40, 60], worst = [40, 60]',
            "indicators.gdp: worst = [40, 60] are the best values: all units would be the same",
        ),
        (
            'direction = "interval", interval = [40, 60], worst = [0, 50]',
            "indicators.gdp: worst = [0, 50] must enclose the best values",
        ),
        (
            'direction = "interval", interval = [60, 40]',
            "indicators.gdp: interval = [60, 40]: the first must be smaller than the second",
        ),
    ],
)
def test_a_direction_says_what_it_needs(fault: Fault, words: str, said: str) -> None:
    line = f"gdp = {{ {words} }}"
    assert fault(f"[indicators]\n{line}") == f"{said}\n  index.toml:2   {line}"


def test_the_best_values_of_a_target_are_one_point(defined: Defined) -> None:
    whole = defined(
        "[indicators]\n"
        'debt = { direction = "target", target = 60, worst = [0, 150] }\n'
        'ph = { direction = "interval", interval = [6.5, 8.5] }\n'
        "gdp = { target = 90 }"
    )
    assert [spec.best for spec in whole.indicators.values()] == [(60, 60), (6.5, 8.5), None]


# What is missing, and the reference


@pytest.mark.parametrize(
    ("written_as", "policy", "share"),
    [
        ('"skip"', "skip", 0.5),
        ('"skip(minimum_share=0.7)"', "skip", 0.7),
        ('{ policy = "skip", minimum_share = 0.7 }', "skip", 0.7),
        ('"propagate"', "propagate", 0.5),
    ],
)
def test_what_is_missing_is_a_word_or_a_table(defined: Defined, written_as: str, policy: str, share: float) -> None:
    missing = defined(f"{FLAT}[methodology]\nmissing = {written_as}").methodology.missing
    assert missing
    assert (missing.policy, missing.minimum_share) == (policy, share)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("drop", " must be 'refuse', 'skip', 'propagate', 'value', 'group_mean' or 'parent'"),
        ("value", 'the policy "value" and a value go together: value(value=0)'),
        ("skip(value=0)", 'the policy "value" and a value go together: value(value=0)'),
        ("group_mean", "the policy \"group_mean\" and its groups go together: group_mean(within='region')"),
        ("parent", "the policy \"parent\" and the column of the parents go together: parent(within='country')"),
        ("skip(minimum_count=0)", "methodology.missing.minimum_count must be 1 or more"),
        ("skip(minimum_share=2)", "fix: minimum_share = 1, or less"),
    ],
)
def test_an_unknown_policy_is_refused(fault: Fault, missing: str, said: str) -> None:
    found = fault(f'{FLAT}[methodology]\nmissing = "{missing}"')
    assert found.startswith("methodology.missing")
    assert said in found
    assert f'\n  index.toml:4   missing = "{missing}"' in found


def test_a_transform_is_any_treatment(fault: Fault) -> None:
    assert fault('[indicators]\ngdp = { transform = "logg" }') == (
        'unknown treatment "logg"\n  index.toml:2   gdp = { transform = "logg" }\n  fix: did you mean "log"?'
    )


@pytest.mark.parametrize(
    ("written_as", "within", "reference"),
    [
        ('"pooled"', (), None),
        ('"period"', ("period",), None),
        ('["period", "region"]', ("period", "region"), None),
        ("{ reference = 2015 }", (), 2015),
        ("{ reference = 2015-01-31 }", (), "2015-01-31"),
        ('{ within = "region", reference = "2015Q1" }', ("region",), "2015Q1"),
    ],
)
def test_a_scope_is_a_word_a_list_or_a_reference(
    defined: Defined, written_as: str, within: tuple[str, ...], reference: object
) -> None:
    methodology = defined(f"{FLAT}[methodology]\nstatistics = {written_as}\nweights = {written_as}").methodology
    for scope in (methodology.statistics, methodology.weights):
        assert (scope.within, scope.reference) == (within, reference)


def test_a_column_of_the_units_is_not_called_as_a_result_is(fault: Fault) -> None:
    said = fault('[data]\nunit = "rank"\n[indicators]\ngdp = {}')
    assert said.startswith('the column "rank" has the name of the rank\n  index.toml:1')
    named = fault(
        '[data]\ngroups = ["area"]\n[methodology]\nranks = ["area"]\n[dimensions]\nrank_area = {}\n'
        '[indicators]\ngdp = { dimension = "rank_area" }'
    )
    assert named.startswith('"rank_area" is the name of the rank within a group already')


@pytest.mark.parametrize(
    ("words", "said", "lines"),
    [
        (
            'name = "Prize"',
            "reference: a reference is either a set (top = [...]) or a table (path = ...)",
            "  index.toml:3   [reference]",
        ),
        (
            'top = ["Lima"]\npath = "p.csv"',
            "reference: a reference is either a set",
            '  index.toml:4   top = ["Lima"]\n  index.toml:5   path = "p.csv"',
        ),
        (
            'path = "p.csv"',
            "reference: a table of reference needs score = or rank =, the column to compare with",
            "  index.toml:3   [reference]",
        ),
    ],
)
def test_a_reference_is_a_set_or_a_table(fault: Fault, words: str, said: str, lines: str) -> None:
    found = fault(f"{FLAT}[reference]\n{words}")
    assert found.startswith(said)
    assert found.endswith(f"\n{lines}")


# Indicators in a table


def test_indicators_may_be_a_mapping_to_directions() -> None:
    assert indicators_of({"gdp": "max", "co2": {"direction": "cost", "weight": 2}}) == {
        "gdp": {"direction": "max"},
        "co2": {"direction": "cost", "weight": 2},
    }


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_indicators_may_be_a_frame(library: str) -> None:
    columns = {"name": ["gdp", "co2"], "direction": ["max", "min"], "weight": [2.0, 1.0]}
    frame = pl.DataFrame(columns) if library == "polars" else pd.DataFrame(columns)
    assert indicators_of(frame) == {
        "gdp": {"direction": "max", "weight": 2.0},
        "co2": {"direction": "min", "weight": 1.0},
    }


def test_indicators_may_be_a_file_that_the_index_file_names(defined: Defined, tmp_path: Path) -> None:
    (tmp_path / "indicators.csv").write_text(
        "id,dimension,direction,weight,bounds,simulated,name_en,name_zh,source_zh\n"
        'gdp,economy,+,2,"0, 90",true,Product,生产总值,年鉴\n'
        "co2,,-1,,,,Carbon,碳,\n",
        encoding="utf-8",
    )
    whole = defined('indicators = "indicators.csv"\n[dimensions]\neconomy = {}')
    gdp, co2 = whole.indicators.values()
    assert (gdp.dimension, gdp.direction, gdp.weight, gdp.bounds, gdp.simulated) == (
        ("economy",),
        "benefit",
        2,
        (0, 90),
        True,
    )
    assert gdp.name == {"en": "Product", "zh": "生产总值"}
    assert gdp.source == {"zh": "年鉴"}
    assert (co2.dimension, co2.direction, co2.weight, co2.bounds, co2.simulated) == ((), "cost", 1, None, False)


@pytest.mark.parametrize(
    ("cell", "pair"),
    [("0, 2", [0, 2]), ("[0, 2]", [0, 2]), ("-1.5; 2e3", [-1.5, 2000]), ("0 2", [0, 2])],
)
def test_a_pair_is_two_numbers_in_a_cell(cell: str, pair: list[float]) -> None:
    frame = pl.DataFrame({"name": ["gdp", "debt"], "bounds": [cell, None], "worst": [None, cell]})
    assert indicators_of(frame) == {"gdp": {"bounds": pair}, "debt": {"worst": pair}}


def test_the_column_of_the_data_names_an_indicator_where_nothing_else_does() -> None:
    assert list(indicators_of(pl.DataFrame({"column": ["gdp"], "direction": ["max"]}))) == ["gdp"]


def test_a_name_and_the_name_in_a_language_are_one_text() -> None:
    frame = pl.DataFrame({"id": ["gdp"], "name": ["Product"], "name_zh": ["生产总值"]})
    assert text(indicators_of(frame)["gdp"]["name"]) == "Product"
    assert text(indicators_of(frame)["gdp"]["name"], "zh") == "生产总值"


def test_a_name_that_names_the_indicator_is_seen_by_readers_of_other_languages() -> None:
    frame = pl.DataFrame({"name": ["Product"], "name_zh": ["生产总值"]})
    assert text(indicators_of(frame)["Product"]["name"], "en") == "Product"


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"indicator": ["gdp"], "weight": [1.0]},
            "the table of indicators has no column that names them\n  columns: indicator, weight\n  fix: call it name",
        ),
        (
            {"name": ["gdp", "gdp"], "weight": [1.0, 2.0]},
            'the table of indicators: row 3: "gdp" stands twice, in row 2 too\n  row 3, column "name"\n'
            "  fix: one row per indicator",
        ),
        (
            {"name": ["gdp", None], "weight": [1.0, 2.0]},
            'the table of indicators: row 3: the indicator has no name\n  row 3, column "name"\n'
            "  fix: one row per indicator",
        ),
    ],
)
def test_a_table_of_indicators_that_cannot_be_is_refused(columns: dict[str, Any], said: str) -> None:
    assert refusal(lambda: indicators_of(pl.DataFrame(columns))) == said


@pytest.mark.parametrize(
    ("rows", "fault", "place"),
    [
        ("gdp,benefit,1\nair,costt,1", "indicators.air.direction must be", 'row 3 (air), column "direction": costt'),
        ("gdp,benefit,abc\nair,cost,1", "indicators.gdp.weight must be a number", 'row 2 (gdp), column "weight": abc'),
    ],
)
def test_a_fault_in_a_table_of_indicators_names_file_row_and_column(
    rows: str, fault: str, place: str, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text(f"id,direction,weight\n{rows}\n")
    (tmp_path / "index.toml").write_text('indicators = "list.csv"\n')
    message = refusal(lambda: define(*load(tmp_path / "index.toml")))
    assert message.startswith(fault)
    assert f"\n  list.csv: {place}" in message


def test_a_column_that_is_no_word_is_refused_with_the_nearest() -> None:
    raw = {"indicators": indicators_of(pl.DataFrame({"name": ["gdp"], "directon": ["max"]}))}
    assert refusal(lambda: define(raw, Origin())) == (
        'unknown key "directon" in indicators.gdp\n  indicators.gdp.directon\n  fix: did you mean "direction"?'
    )


# Options


def test_a_setting_goes_by_its_path_and_makes_the_tables_it_needs() -> None:
    raw = {"indicators": {"gdp": {"weight": 1}}}
    changed = with_options(raw, settings={"indicators.gdp.weight": 2, "eligible.without": ["Lima"], "name": "Cities"})
    assert changed["indicators"] == {"gdp": {"weight": 2}}
    assert changed["eligible"] == {"without": ["Lima"]}
    assert changed["name"] == "Cities"


def test_options_leave_the_definition_that_they_change_as_it_is() -> None:
    raw = {"indicators": {"gdp": {"weight": 1}}, "methodology": {"levels": [{"aggregation": "geometric"}]}}
    with_options(raw, aggregation="topsis", settings={"indicators.gdp.weight": 2})
    assert raw == {"indicators": {"gdp": {"weight": 1}}, "methodology": {"levels": [{"aggregation": "geometric"}]}}


def test_a_setting_below_a_word_that_is_no_table_is_refused() -> None:
    assert refusal(lambda: with_options({"name": "Cities"}, settings={"name.en.short": 1})) == (
        'cannot set "name.en.short": "name" is not a table'
    )


def test_an_option_replaces_the_choice_of_methodology_and_levels_and_of_no_node() -> None:
    raw = {
        "dimensions": {"economy": {"aggregation": "harmonic"}},
        "methodology": {"aggregation": "arithmetic", "levels": [{"aggregation": "geometric", "decimals": 3}]},
    }
    assert with_options(raw, aggregation="topsis") == {
        "dimensions": {"economy": {"aggregation": "harmonic"}},
        "methodology": {"aggregation": "topsis", "levels": [{"decimals": 3}]},
    }


@pytest.mark.parametrize("wrong", [3, {"levels": 3}, {"levels": [3]}])
def test_an_option_leaves_what_is_no_table_to_be_refused(wrong: object) -> None:
    changed = with_options({"indicators": {"gdp": {}}, "methodology": wrong}, weighting="equal")
    assert refusal(lambda: define(changed, Origin())).startswith("methodology")


def test_a_setting_is_checked_like_a_word_of_the_file(written: Written) -> None:
    raw, origin = load(written(FLAT))
    changed = with_options(raw, settings={"indicators.gdp.weight": -1})
    assert refusal(lambda: define(changed, origin)) == (
        "indicators.gdp.weight must be 0 or more\n  index.toml:2   gdp = {}\n"
        "  fix: weight = 0, or more; the default is 1"
    )


@pytest.mark.parametrize(
    ("toml", "where", "remedy"),
    [
        ("name = 'x'\nnote = [1,", "index.toml:2   note = [1,", "put texts in quotes"),
        ("name = 'x'\nnote = \N{MINUS SIGN}1\n", "index.toml:2   note = \N{MINUS SIGN}1", "put texts in quotes"),
        ("[data]\nunit = 'a'\nunit = 'b'\n", "index.toml:3   unit = 'b'", "write each word once"),
    ],
)
def test_what_is_no_toml_is_shown_with_its_line(written: Written, toml: str, where: str, remedy: str) -> None:
    said = refusal(lambda: load(written(toml)))
    assert f"\n  {where}\n  fix: {remedy}" in said


def test_a_file_of_another_kind_is_neither_index_nor_table(tmp_path: Path) -> None:
    path = tmp_path / "cities.xls"
    path.write_text("city;gdp")
    assert "is no index file\n  fix: an index file is TOML" in refusal(lambda: load(path))


def test_bounds_in_a_table_may_have_the_sign_of_typesetters() -> None:
    table = pl.DataFrame({"id": ["growth"], "bounds": ["\N{MINUS SIGN}5, 10"]})
    assert indicators_of(table)["growth"]["bounds"] == [-5.0, 10.0]


def test_an_index_file_that_is_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.toml").write_text("name = " + "[" * 100_000)
    with pytest.raises(DefinitionError, match="nested too deeply") as caught:
        load(tmp_path / "index.toml")
    assert caught.value.remedy


# Short names


def test_a_part_has_a_short_name_and_without_one_its_name(defined: Defined) -> None:
    definition = defined(
        '[dimensions]\nhealth = { name = "Health of all people", short = "Health" }\nwealth = { name = "Wealth" }\n'
        "[indicators]\n"
        'gdp = { dimension = "wealth", name = "Gross product", short = { en = "GDP", zh = "生产总值" } }\n'
        'life = { dimension = "health" }\n'
    )
    short_names = {name: part.short_name for name, part in definition.parts.items()}
    assert short_names == {
        "health": "Health",
        "wealth": "Wealth",
        "gdp": {"en": "GDP", "zh": "生产总值"},
        "life": None,
    }


def test_a_table_of_indicators_has_short_names_by_language() -> None:
    frame = pl.DataFrame({"id": ["gdp"], "short": ["GDP"], "short_zh": ["生产总值"]})
    assert indicators_of(frame) == {"gdp": {"short": {"en": "GDP", "zh": "生产总值"}}}


def test_short_names_are_in_the_schema() -> None:
    tables = index_schema(installed(only=()))["$defs"]
    for table in ("Indicator", "Dimension"):
        assert {"type": "string"} in tables[table]["properties"]["short"]["anyOf"]
