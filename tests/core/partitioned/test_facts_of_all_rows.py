"""Facts that a stage of a run over partitions takes from all rows, not from its own."""

import polars as pl
import pytest
from partition_cuts import assert_equals_memory, score_partitions

import indicia
from indicia.errors import DataError, NothingKept

PANEL = pl.DataFrame(
    {
        "unit": [f"u{number // 2}" for number in range(12)],
        "year": [2020, 2021] * 6,
        "group": ["a", "a", "b", "b", "a", "a", "b", "b", "a", "a", "b", "b"],
        "x": [3.0, 1.5, None, 2.0, 9.5, 4.0, 4.5, None, 7.0, 1.0, 2.5, 5.5],
        "y": [1.0, 2.0, 5.0, 3.0, 8.0, 9.0, 2.5, 4.0, 7.0, 6.0, 6.5, 3.5],
        "z": [0.5, 0.1, 0.4, 0.9, 0.2, 0.8, 0.3, 0.7, 0.6, 0.15, 0.35, 0.55],
    }
)
CUTS = (1, 5, 5, 6)


def panel(**words):
    methodology = {"normalisation": "min_max", "missing": "skip(minimum_share=0.3)", **words.pop("methodology", {})}
    indicators = {"x": {}, "y": {"direction": "cost"}, "z": {}}
    for name, changes in words.pop("indicators", {}).items():
        indicators[name] |= changes
    data = {"unit": "unit", "period": "year", "groups": ["group"], **words.pop("data", {})}
    return {"data": data, "indicators": indicators, "methodology": methodology, **words}


def test_screening_leaves_out_indicators_by_the_share_of_all_rows():
    # x has 10 of 12 values, and 1 of 1 in the first partition, 3 of 4 in the second
    (first, *_) = assert_equals_memory(panel(screening={"indicators": 0.84}), PANEL, CUTS)
    assert first.source.dropped == {"x"}
    (first, *_) = assert_equals_memory(panel(screening={"indicators": 0.83}), PANEL, CUTS)
    assert not first.source.dropped


def test_a_partition_of_which_screening_leaves_out_every_unit_does_no_harm():
    outcomes = assert_equals_memory(panel(screening={"without": ["u0", "u3"]}), PANEL, (2, 6, 8))
    assert len(outcomes) == 2


def test_it_is_an_error_if_screening_leaves_out_the_units_of_all_partitions():
    index = indicia.read(panel(screening={"units": 1.0}))
    with pytest.raises(NothingKept, match="screening leaves out every unit"):
        score_partitions(index, PANEL.with_columns(z=None), CUTS)


def test_a_unit_that_screening_names_may_stand_in_any_partition():
    index = indicia.read(panel(screening={"without": ["u5", "u99"]}))
    with pytest.raises(DataError, match="without names what is not there: u99") as caught:
        score_partitions(index, PANEL, CUTS)
    assert "u0" in caught.value.remedy


@pytest.mark.parametrize(
    "methodology",
    [{}, {"normalisation": "efficacy"}, {"weighting": "entropy"}, {"weighting": "standard_deviation"}],
    ids=str,
)
@pytest.mark.parametrize("limits", [{"floor": 2}, {"cap": 7}, {"floor": 2, "cap": 7}], ids=str)
def test_the_limits_of_floor_and_cap_are_the_extremes_of_all_rows(limits, methodology):
    assert_equals_memory(panel(indicators={"x": limits, "y": limits}, methodology=methodology), PANEL, CUTS)


def test_a_reference_period_may_stand_in_any_partition():
    assert_equals_memory(panel(methodology={"statistics": {"reference": 2021}}), PANEL, (1, 1, 3))
    index = indicia.read(panel(methodology={"statistics": {"reference": 2019}}))
    with pytest.raises(DataError, match="2019 is not in the data"):
        score_partitions(index, PANEL, CUTS)


def test_a_group_of_any_partition_needs_the_reference_period():
    index = indicia.read(panel(methodology={"statistics": {"within": "group", "reference": 2021}}))
    late = PANEL.with_columns(pl.when(pl.col("unit") == "u5").then(pl.lit("c")).otherwise("group").alias("group"))
    with pytest.raises(DataError, match="2021 is not in the data of group c"):
        score_partitions(index, late.head(11), CUTS)


def test_methods_count_the_units_of_all_partitions():
    # outranking needs 2 units; every partition has one
    cities = PANEL.unique("unit", maintain_order=True).with_columns(pl.col("x").fill_null(1.0))
    index = {"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}, "methodology": {"normalisation": "min_max"}}
    assert_equals_memory(index, cities, (1, 2, 3, 4, 5))
    with pytest.raises(DataError, match="compares units, and there is one"):
        score_partitions(indicia.read(index), cities.head(1), (0,))


def test_a_row_without_a_unit_is_named_with_its_partition():
    index = indicia.read(panel())
    gap = PANEL.with_columns(pl.when(pl.col("z") == 0.2).then(None).otherwise("unit").alias("unit"))
    with pytest.raises(DataError, match=r'"unit" is empty in 1 row: 4\n  partition 2; rows are counted from there'):
        score_partitions(index, gap, CUTS)


def test_a_unit_in_two_partitions_is_named_with_both(tmp_path):
    index = indicia.read(panel())
    twice = pl.concat([PANEL, PANEL[1:2]])
    with pytest.raises(DataError, match=r"unit and year: 1 stands more than once \(u0 2021\)") as caught:
        score_partitions(index, twice, CUTS, tmp_path)
    assert caught.value.where == "u0 2021: partition 2; partition 5"


def test_a_name_with_another_spelling_in_another_partition_is_an_error(tmp_path):
    index = indicia.read(panel())
    spelt = PANEL.with_columns(pl.when(pl.col("z") == 0.55).then(pl.lit("u0 ")).otherwise("unit").alias("unit"))
    with pytest.raises(DataError, match="'u0' and 'u0 ' differ only in white space"):
        score_partitions(index, spelt, CUTS, tmp_path)


def test_the_extremes_are_those_of_the_units_that_screening_keeps():
    # u0 and u5 have the extremes of z, 0.1 and 0.55 of the rest; every unit of the last partition stays
    screening = {"indicators": 0.1, "without": ["u0", "u1"]}  # shares of indicators are those before
    assert_equals_memory(panel(screening=screening), PANEL, (4, 9))


CITIES = PANEL.unique("unit", maintain_order=True).drop("year").with_columns(pl.col("x").fill_null(1.0))
OF_CITIES = {"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}, "z": {}}}


def test_the_unit_of_comparison_may_stand_in_any_partition():
    index = {**OF_CITIES, "methodology": {"normalisation": "distance_to_reference(unit='u4')"}}
    assert_equals_memory(index, CITIES, (1, 2, 2, 5))
    unknown = indicia.read({**OF_CITIES, "methodology": {"normalisation": "distance_to_reference(unit='u44')"}})
    with pytest.raises(DataError, match="x is compared with u44, and there is no such unit") as caught:
        score_partitions(unknown, CITIES, (1, 2, 2, 5))
    assert caught.value.remedy == 'did you mean "u4"?'


def test_gaps_of_all_partitions_are_counted():
    index = indicia.read(panel(methodology={"missing": "refuse"}))
    with pytest.raises(DataError, match=r"x is missing for 2 unit\(s\): u1 2020, u3 2021"):
        score_partitions(index, PANEL, CUTS)


SCOPES = ["pooled", "period", "group", {"within": "group", "reference": 2020}]
NORMALISATIONS = ["min_max", "z_score", "robust", "rank"]


@pytest.mark.parametrize(("statistics", "normalisation"), [*zip(SCOPES[1:], NORMALISATIONS[1:], strict=True)])
def test_statistics_within_keys_are_those_of_all_rows(statistics, normalisation, tmp_path):
    check_statistics(statistics, normalisation, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("statistics", SCOPES)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_all_statistics_within_keys_are_those_of_all_rows(statistics, normalisation, tmp_path):
    check_statistics(statistics, normalisation, tmp_path)


def check_statistics(statistics, normalisation, tmp_path):
    words = {"statistics": statistics, "normalisation": normalisation}
    assert_equals_memory(panel(methodology=words), PANEL, CUTS, tmp_path)


def test_an_indicator_that_varies_by_noise_only_is_constant_in_all_partitions():
    noisy = PANEL.with_columns(y=pl.Series([0.3, 0.1 + 0.2] * 6))
    (first, *_) = assert_equals_memory(panel(methodology={"constant": "drop"}), noisy, CUTS)
    assert first.source.dropped == {"y"}


def test_values_near_the_best_value_of_any_partition_become_the_best_value(tmp_path):
    near = PANEL.with_columns(y=pl.Series([0.3, 9.0, 0.1 + 0.2, 4.0, 5.0, 0.3, 7.0, 8.0, 2.0, 0.1 + 0.2, 6.0, 1.0]))
    target = {"direction": "target", "target": 0.3}
    outcomes = assert_equals_memory(panel(indicators={"y": target}), near, CUTS, tmp_path)
    assert [outcome.prepared["y"].to_list().count(0.3) for outcome in outcomes] == [1, 1, 1, 1]


def test_noise_between_partitions_gives_no_ranks_of_their_own(tmp_path):
    noisy = PANEL.with_columns(z=pl.Series([0.3, 0.1, 0.4, 0.1 + 0.2, 0.2, 0.8, 0.3, 0.7, 0.6, 0.15, 0.1 + 0.2, 0.55]))
    assert_equals_memory(panel(methodology={"normalisation": "rank"}), noisy, CUTS, tmp_path)


def test_a_reversed_order_that_only_all_partitions_show_is_refused():
    # within each partition the scores rise with x
    frame = pl.DataFrame({"unit": list("abcd"), "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 3.0, 5.0]})
    formula = {"method": "formula", "expression": "-((x - 1.5) ** 2)"}
    definition = {
        "data": {"unit": "unit"},
        "indicators": {"x": {"direction": "benefit", "normalisation": formula}, "y": {}},
        "methodology": {"normalisation": "min_max"},
    }
    index = indicia.read(definition)
    with pytest.raises(indicia.errors.AgainstDirection, match="x against its direction"):
        index.score_frame(frame)
    with pytest.raises(indicia.errors.AgainstDirection, match="x against its direction"):
        score_partitions(index, frame, (1, 2, 3))


@pytest.mark.parametrize("normalisation", ["rank", "min_max", "z_score"])
@pytest.mark.parametrize("statistics", ["pooled", "period"])
@pytest.mark.parametrize("worst", [{}, {"worst": [0.0, 1.0]}])
def test_units_in_several_partitions_that_are_equally_far_from_a_target_are_equal(
    normalisation, statistics, worst, tmp_path
):
    x = [0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6, None, 0.5, 0.45, 0.55]  # pairs on the two sides of 0.5
    indicators = {"x": {"direction": "target", "target": 0.5, **worst}}
    words = panel(indicators=indicators, methodology={"normalisation": normalisation, "statistics": statistics})
    outcomes = assert_equals_memory(words, PANEL.with_columns(x=pl.Series(x)), CUTS, tmp_path)
    closeness = [z for outcome in outcomes for z in outcome.normalised["x"]]
    if statistics == "pooled":
        assert closeness[0:8:2] == closeness[1:8:2]
