"""The findings of the shipped checks on small tables."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from reference_folder import ABSENT, FOLDER

from indicia.catalogue import installed
from indicia.checks import Finding, IndicatorFacts, NodeFacts, RunFacts, Subject, TableObservation, moments

_NAMES = pl.DataFrame({"unit": [f"u{row:02}" for row in range(20)]})
_STEPS = [float(row) for row in range(20)]


def look(code: str, subject: Subject, **thresholds: Any) -> list[Finding]:
    return list(installed().choose("check", {"method": code, **thresholds}).look(subject))


def of(**columns: list[float | None]) -> Subject:
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.Float64) for name, values in columns.items()})
    return Subject.of(_NAMES.head(len(frame)), frame)


def facts(**words: Any) -> dict[str, IndicatorFacts]:
    return {"x": IndicatorFacts("x", **words)}


@pytest.mark.parametrize(("gaps", "found"), [(7, False), (8, True)])  # 13 of 20 is 65 %
def test_an_indicator_with_less_than_65_percent_of_its_values_is_found(gaps: int, found: bool) -> None:
    findings = look("D01", of(x=[None] * gaps + _STEPS[gaps:], y=_STEPS))
    assert [finding.where for finding in findings] == (["x"] if found else [])
    if found:
        assert findings[0].sentence == "x is missing for 8 of 20 units (40 %)"
        assert findings[0].value == pytest.approx(0.6)


def test_a_threshold_of_the_index_file_replaces_the_default() -> None:
    assert not look("D01", of(x=[None] * 10 + _STEPS[10:]), share=0.5)


def test_a_unit_that_lacks_a_third_of_its_indicators_is_an_error() -> None:
    columns = {name: [1.0, 2.0] for name in "abc"}
    subject = of(**{**columns, "a": [None, 2.0], "b": [None, 2.0]})
    (finding,) = look("D02", subject)
    assert (finding.where, finding.sentence) == ("u00", "u00 has 1 of 3 indicators (33 %)")
    assert finding.severity is None


def test_a_unit_with_less_than_half_of_a_dimension_is_a_warning() -> None:
    frame = pl.DataFrame({name: [1.0, 2.0] for name in "abcdefg"}).with_columns(
        pl.Series("a", [None, 1.0], dtype=pl.Float64), pl.Series("b", [None, 1.0], dtype=pl.Float64)
    )
    nodes = {
        "index": NodeFacts(("d", "d2"), tuple("abcdefg"), "skip"),
        "d": NodeFacts(tuple("abc"), tuple("abc"), "skip"),
        "d2": NodeFacts(tuple("defg"), tuple("defg"), "skip"),
    }
    (finding,) = look("D02", Subject.of(_NAMES.head(2), frame, nodes=nodes))
    assert (finding.where, finding.severity) == ("u00", "warning")
    assert finding.sentence == "u00 has 1 of 3 indicators of d (33 %)"


def test_one_value_for_more_than_half_of_the_units_is_found() -> None:
    (finding,) = look("D03", of(x=[5.0] * 11 + _STEPS[:9]))
    assert finding.sentence.startswith("x is 5 for 12 of 20 units") or finding.sentence.startswith("x is 5 for")
    assert not look("D03", of(x=[5.5] * 10 + _STEPS[:10]))


def test_one_value_for_most_units_after_a_cap_is_found() -> None:
    raw = pl.DataFrame({"x": _STEPS})
    subject = Subject.of(_NAMES, raw, indicators=facts(bounds=(0.0, 8.0)))
    (finding,) = look("D03", replace(subject, capped=raw.select(pl.col("x").clip(None, 8))))
    assert finding.sentence == "x is 8 for 12 of 20 units after caps and floors (60 %)"
    assert not look("D03", subject)  # beyond bounds alone, values stay distinct


def test_many_zeros_are_a_warning_and_few_distinct_values_are_information() -> None:
    (zeros,) = look("D04", of(x=[0.0] * 11 + _STEPS[1:10]))
    assert (zeros.sentence, zeros.severity) == ("11 of 20 values of x are zero", None)
    (ties,) = look("D04", of(x=[1.0, 2.0, 3.0, 4.0] * 5))
    assert (ties.sentence, ties.severity) == ("x has 4 distinct values for 20 units", "information")


def test_skewness_and_kurtosis_together_are_found_with_the_unit_of_the_extreme() -> None:
    (finding,) = look("D05", of(x=[*_STEPS[:19], 200.0]))
    assert "x is skewed: skewness" in finding.sentence
    assert "the largest value is 200 (u19)" in finding.sentence
    assert finding.value == pytest.approx(moments(pl.Series([*_STEPS[:19], 200.0]))[0])


@pytest.mark.parametrize(
    ("values", "remedy"),
    [
        ([*_STEPS[1:20], 200.0], 'transform = "log"'),
        ([*_STEPS[:19], 200.0], "log(form='reflected')"),  # the smallest value is 0
        ([*_STEPS[1:20], -200.0], "log(form='reflected')"),
        ([1.0] * 19 + [0.0], "no treatment helps two values"),
    ],
)
def test_the_remedy_of_skewness_suits_the_values(values: list[float], remedy: str) -> None:
    (finding,) = look("D05", of(x=values))
    assert finding.remedy is not None
    assert remedy in finding.remedy


def test_a_large_value_has_all_its_digits() -> None:
    (finding,) = look("D05", of(x=[*_STEPS[:19], 17098242.0]))
    assert "the largest value is 17,098,242 (u19)" in finding.sentence


def test_a_treated_indicator_is_not_reported_as_skewed_but_for_what_remains() -> None:
    raw, treated = pl.DataFrame({"x": [*_STEPS[:19], 200.0]}), pl.DataFrame({"x": [*_STEPS[:19], 19.0]})
    subject = Subject.of(_NAMES, raw, treated=treated, indicators=facts(treatment="winsorise"))
    assert not look("D05", subject)
    assert not look("D07", subject)
    (finding,) = look("D07", Subject.of(_NAMES, raw, indicators=facts(treatment="winsorise")))
    assert "x stays skewed after winsorise" in finding.sentence
    assert finding.sentence.endswith("over 20 values")


def test_a_treatment_of_more_than_five_values_is_found() -> None:
    raw = pl.DataFrame({"x": _STEPS})
    treated = pl.DataFrame({"x": [min(value, 13.0) for value in _STEPS]})
    (finding,) = look("D07", Subject.of(_NAMES, raw, treated=treated, indicators=facts(treatment="winsorise")))
    assert finding.sentence == "winsorise changes 6 values of x"


def test_symmetric_heavy_tails_are_found() -> None:
    values = [*np.linspace(-1, 1, 18), -60.0, 60.0]
    (finding,) = look("D06", of(x=values), kurtosis=5.0)
    assert "x has heavy tails" in finding.sentence
    assert "over 20 values; the largest value is 60 (u19)" in finding.sentence
    assert not look("D05", of(x=values))


def test_a_value_that_is_carried_forward_for_more_than_five_years_is_found() -> None:
    units = pl.DataFrame({"unit": ["a", "a", "b", "b"], "year": [2010, 2020, 2010, 2020]})
    raw = pl.DataFrame({"x": [1.0, None, 2.0, 3.0]})
    filled = pl.DataFrame({"x": [1.0, 1.0, 2.0, 3.0]})
    (finding,) = look("D08", Subject.of(units, raw, period="year", filled=filled))
    assert (finding.where, finding.value) == ("x", 10.0)
    assert "such as a (2010)" in finding.sentence


def test_a_value_more_than_five_years_older_than_the_newest_is_found() -> None:
    years = pl.DataFrame({"x": [2023, 2018, 2017, None], "y": [2022, 2022, 2022, 2022]})
    raw = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 3.0, 4.0]})
    (finding,) = look("D23", Subject.of(_NAMES.head(4), raw, years=years))
    assert (finding.where, finding.value) == ("x", pytest.approx(1 / 3))
    assert finding.sentence == "1 of 3 values of x is more than 5 years old, the oldest that of u02 (2017, 6 years)"
    assert not look("D23", Subject.of(_NAMES.head(4), raw, years=years), share=0.5)


def test_the_age_of_a_value_in_a_panel_counts_from_its_period() -> None:
    units = pl.DataFrame({"unit": ["a", "b", "a", "b"], "year": [2010, 2010, 2020, 2020]})
    raw = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]})
    years = pl.DataFrame({"x": [2008, 2010, 2010, 2020]})
    (finding,) = look("D23", Subject.of(units, raw, period="year", years=years))
    assert finding.sentence.endswith("the oldest that of a 2020 (2010, 10 years)")


def test_a_unit_with_most_of_the_weight_is_found() -> None:
    weights = pl.DataFrame({"people": [6.0, 3.0, 1.0]})
    subject = Subject.of(_NAMES.head(3), pl.DataFrame({"x": [1.0, 2.0, 3.0]}), weights_of_units=weights)
    (finding,) = look("D24", subject)
    assert (finding.where, finding.value) == ("people", 0.6)
    assert finding.sentence.startswith("u00 has 60 % of the weight in people")
    assert not look("D24", subject, share=0.6)


def test_the_weight_of_a_unit_is_that_of_its_period() -> None:
    units = pl.DataFrame({"unit": ["a", "b", "a", "b"], "year": [2010, 2010, 2020, 2020]})
    weights = pl.DataFrame({"people": [1.0, 1.0, 9.0, 1.0]})
    raw = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0]})
    (finding,) = look("D24", Subject.of(units, raw, period="year", weights_of_units=weights))
    assert (finding.period, finding.value) == ("2020", 0.9)


def test_more_than_a_third_of_imputed_values_is_found_by_indicator_and_unit() -> None:
    raw = pl.DataFrame({"x": [None] * 8 + _STEPS[8:], "y": _STEPS, "z": _STEPS}, schema_overrides={"x": pl.Float64})
    filled = raw.with_columns(pl.col("x").fill_null(1.0))
    indicators = {name: IndicatorFacts(name, imputation="mean") for name in raw.columns}
    findings = look("D09", Subject.of(_NAMES, raw, filled=filled, indicators=indicators), share=0.33)
    assert findings[0].sentence == "8 of 20 values of x are imputed by mean (40 %)"
    assert [finding.where for finding in findings[1:]] == [f"u{row:02}" for row in range(8)]


def test_units_that_are_scored_without_a_value_are_information() -> None:
    (finding,) = look("D10", of(x=[None, *_STEPS[1:]], y=_STEPS))
    assert finding.sentence.startswith("1 of 20 units lack a value")


def test_an_indicator_that_follows_a_size_is_information_unless_it_is_divided_by_it() -> None:
    sizes = pl.DataFrame({"people": [10 * value for value in _STEPS]})
    raw = pl.DataFrame({"x": _STEPS})
    (finding,) = look("D11", Subject.of(_NAMES, raw, denominators=sizes))
    assert finding.sentence.startswith("x follows people: r = 1.00 over 20 units (95 % interval 1.00 to ")
    assert not look("D11", Subject.of(_NAMES, raw, denominators=sizes, indicators=facts(per="people")))


@pytest.mark.parametrize(("rows", "severity"), [(200, None), (20, "information")])
def test_a_score_that_follows_a_size_is_a_warning_where_the_correlation_is_certain(
    rows: int, severity: str | None
) -> None:
    rng = np.random.default_rng(2)
    size = rng.normal(size=rows)
    noise = rng.normal(size=rows)
    noise -= size * (noise @ size) / (size @ size)
    scores = 0.75 * size / size.std() + 0.66 * noise / noise.std()  # r is 0.75, and the limit 0.6
    units = pl.DataFrame({"unit": [f"u{row:03}" for row in range(rows)]})
    raw = pl.DataFrame({"x": rng.normal(size=rows)})
    subject = Subject.of(units, raw, denominators=pl.DataFrame({"people": size}))
    run = RunFacts.of({"index": pl.DataFrame({"x": scores})})
    (finding,) = look("D12", replace(subject, run=run))
    assert (finding.where, finding.severity) == ("index", severity)


def test_more_than_five_percent_of_values_beyond_the_bounds_is_found() -> None:
    raw = pl.DataFrame({"x": _STEPS})
    (finding,) = look("D13", Subject.of(_NAMES, raw, indicators=facts(bounds=(1.0, 17.0))))
    assert finding.sentence == "1 below 1 and 2 above 17, of 20 values of x (15 %)"
    assert not look("D13", Subject.of(_NAMES, raw, indicators=facts(bounds=(1.0, 30.0))))


def test_a_unit_without_a_group_or_with_a_gap_of_periods_is_an_error() -> None:
    units = pl.DataFrame(
        {"unit": ["a", "a", "b", "b", "b"], "year": [1, 3, 1, 2, 3], "region": ["n", "n", "s", None, "s"]}
    )
    subject = Subject.of(units, pl.DataFrame({"x": [1.0] * 5}), period="year", groups=("region",))
    assert [finding.sentence for finding in look("D14", subject)] == [
        "b 2 has no region",
        "a is absent in 2, and present before and after",
    ]


def test_an_unusual_combination_is_found_where_each_value_is_ordinary() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=60)
    y = x + rng.normal(scale=0.05, size=60)
    y[7] = -x[7] + 2.5
    frame = pl.DataFrame({"x": x, "y": y})
    names = pl.DataFrame({"unit": [f"u{row:02}" for row in range(60)]})
    (finding,) = look("D15", Subject.of(names, frame))
    assert finding.where == "u07"
    assert not look("D15", Subject.of(names, pl.DataFrame({"x": x, "y": rng.normal(size=60)})))


def test_an_assumed_direction_is_information_and_a_contradicted_one_a_warning() -> None:
    raw = pl.DataFrame({"x": _STEPS})
    assumed = facts(direction_stated=False)
    (finding,) = look("D16", Subject.of(_NAMES, raw, indicators=assumed))
    assert finding.severity == "information"
    contrary = (TableObservation("direction", "direction_conflict", ("x",), "x runs against y", "look"),)
    (finding,) = look("D16", Subject.of(_NAMES, raw, indicators=assumed, table_observations=contrary))
    assert (finding.severity, finding.sentence) == (None, "x runs against y")


@pytest.mark.parametrize(
    ("code", "topic", "name"),
    [
        ("D17", "column", "x"),
        ("D18", "row", "u00"),
        ("D19", "value", "x"),
        ("D20", "scale", "x"),
        ("D22", "alike", "u00"),
    ],
)
def test_an_observation_of_the_recognition_is_a_finding(code: str, topic: Any, name: str) -> None:
    observed = (TableObservation(topic, "rule", (name,), f"{name} is doubtful", "look"),)
    (finding,) = look(code, Subject.of(_NAMES, pl.DataFrame({"x": _STEPS}), table_observations=observed))
    assert (finding.where, finding.sentence, finding.remedy) == (name, f"{name} is doubtful", "look")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([3.0] * 20, "x is constant: 3 for all 20 units"),
        ([0.1 + 0.2] + [0.3] * 19, "x is constant but for rounding noise: 0.3 to 0.30000000000000004 over 20 units"),
    ],
)
def test_a_constant_is_found_even_with_rounding_noise(values: list[float | None], sentence: str) -> None:
    (finding,) = look("D21", of(x=values))
    assert finding.sentence == sentence


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("audit", ["attitude", "asem"])
def test_skewness_and_kurtosis_are_those_of_type_2(audit: str) -> None:
    """The figures are of R e1071, type 2 (Joanes & Gill 1998)."""
    folder = FOLDER
    data = (
        folder / "audit" / "attitude" / "raw.csv"
        if audit == "attitude"
        else folder / "asem" / "golden" / "build_aggregated.csv"
    )
    values = pl.read_csv(data)
    with (folder / "audit" / audit / "skew.csv").open() as file:
        for row in csv.DictReader(file):
            skewness, kurtosis = moments(values[row["item"]].cast(pl.Float64))
            assert skewness == pytest.approx(float(row["skew2"]), rel=1e-9)
            assert kurtosis == pytest.approx(float(row["kurt2"]), rel=1e-9, abs=1e-9)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_the_worked_example_of_the_handbook_has_the_findings_of_its_audit() -> None:
    """OECD/JRC (2008), technology achievement of 23 countries: patents are skewed, two goalposts clip."""
    folder = FOLDER / "audit" / "handbook_tai"
    data = pl.read_csv(folder / "data.csv")
    units, raw = data.select(data.columns[0]), data.select(pl.col(pl.Float64, pl.Int64).cast(pl.Float64))
    subject = Subject.of(units, raw)
    (finding,) = look("D05", subject)
    assert "patents" in finding.where
    assert "skewness 2.62, kurtosis 6.91 over 23 values" in finding.sentence
    assert not look("D03", subject)


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_the_goalposts_of_the_handbook_clip_telephones_and_electricity() -> None:
    """The logarithms of 901 telephones and of 6,969 kWh, in two digits as the Handbook prints its data."""
    data = pl.read_csv(FOLDER / "audit" / "handbook_tai" / "data.csv")
    raw = data.select("telephones", "electricity").cast(pl.Float64)
    ends = {"telephones": (0.0, float(np.log10(901))), "electricity": (float(np.log10(22)), float(np.log10(6969)))}
    indicators = {name: IndicatorFacts(name, bounds=bounds) for name, bounds in ends.items()}
    subject = Subject.of(data.select("country"), raw, indicators=indicators)
    shares = {finding.where: finding.value for finding in look("D13", subject)}
    assert shares == {"telephones": pytest.approx(0.565, abs=5e-4), "electricity": pytest.approx(0.391, abs=5e-4)}
    capped = raw.select(pl.col(name).clip(None, high) for name, (_, high) in ends.items())
    (finding,) = look("D03", replace(subject, capped=capped))
    assert (finding.where, finding.value) == ("telephones", pytest.approx(0.565, abs=5e-4))


_NODES = {
    "index": NodeFacts(("a", "b"), ("x", "y"), "skip"),
    "a": NodeFacts(("x", "y"), ("x", "y"), "skip", weight=0.5),
    "b": NodeFacts(("x",), ("x",), "skip", weight=0.5),
}


def test_a_part_of_two_dimensions_is_found_with_its_effective_weight() -> None:
    (finding,) = look("S04", replace(of(x=_STEPS, y=_STEPS), indicators=facts(weight=0.75), nodes=_NODES))
    assert (finding.where, finding.value) == ("x", 2.0)
    assert finding.sentence == "x counts in a and b; its effective weight in the index is 0.75"
    assert "take it out of one of them" in finding.remedy


def test_a_part_of_a_dimension_that_does_not_count_is_not_counted_twice() -> None:
    nodes = {**_NODES, "index": NodeFacts(("a",), ("x", "y"), "skip")}
    assert not look("S04", replace(of(x=_STEPS, y=_STEPS), indicators=facts(weight=0.5), nodes=nodes))
