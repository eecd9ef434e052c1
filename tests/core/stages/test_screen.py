"""Screening: units and indicators that have too few values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]

GAPS = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"],
        "region": ["south", "north", "south", "north"],
        "a": [1.0, 2.0, None, 4.0],
        "b": [1.0, None, None, 2.0],
        "c": [0.0, 3.0, 5.0, 0.0],
        "d": [2.0, 3.0, 4.0, 0.0],
    }
)
FOUR: dict[str, Any] = {"a": {"dimension": "one"}, "b": {"dimension": "one"}, "c": {"dimension": "two"}, "d": {}}
TREE: dict[str, Any] = {"dimensions": {"one": {}, "two": {}}}


def screened(index: Make, **words: Any) -> Any:
    return index(FOUR, {"missing": "skip(minimum_share=0)", "normalisation": "none"}, screening=words, **TREE).score(
        GAPS
    )


def names(result: Any) -> list[str]:
    found: list[str] = result.scores["city"].to_list()
    return found


def test_a_unit_with_exactly_the_share_that_is_asked_for_stays(index: Make) -> None:
    assert names(screened(index, units=0.75)) == ["Lima", "Oslo", "Rome"]
    assert names(screened(index, units=0.76)) == ["Lima", "Rome"]


def test_what_was_left_out_is_told_with_the_share_that_it_has(index: Make) -> None:
    result = screened(index, units=0.76)
    assert result.left_out.rows() == [
        ("Oslo", 0.75, 0.76, "indicators", None),
        ("Pune", 0.5, 0.76, "indicators", None),
    ]
    assert result.notes[0] == "2 units left out by screening: Oslo, Pune"


def test_every_dimension_is_asked_for_its_share(index: Make) -> None:
    result = screened(index, dimensions=0.5)
    assert names(result) == ["Lima", "Oslo", "Rome"]
    assert result.left_out.rows() == [("Pune", 0.0, 0.5, "indicators of one", None)]


def test_zeros_count_among_the_values_that_are_present(index: Make) -> None:
    result = screened(index, non_zero=0.6)
    assert names(result) == ["Lima", "Oslo", "Pune"]
    assert result.left_out.rows() == [("Rome", 0.5, 0.6, "values other than zero", None)]


def test_an_indicator_that_too_few_units_have_is_left_out_before_units_are_asked(index: Make) -> None:
    result = screened(index, indicators=0.75, units=0.6)
    assert result.prepared.columns == ["city", "region", "a", "c", "d"]
    assert names(result) == ["Lima", "Oslo", "Pune", "Rome"]
    assert result.left_out.rows() == [(None, 0.5, 0.75, "units", "b")]
    assert result.notes[0] == "left out, too few units having them: b"


def test_a_dimension_without_indicators_is_gone(index: Make) -> None:
    result = index(
        {"b": {"dimension": "one"}, "c": {}},
        {"normalisation": "none"},
        dimensions={"one": {}},
        screening={"indicators": 1},
    ).score(GAPS)
    assert "one" not in result.scores.columns
    assert result.weights["id"].to_list() == ["c"]


def test_units_and_indicators_are_kept_and_left_out_by_name(index: Make) -> None:
    result = screened(index, units=1, indicators=0.9, keep=["Pune", "a", "b"], without=["Rome"])
    assert names(result) == ["Lima", "Pune"]
    assert result.left_out.rows() == [
        ("Oslo", 0.75, 1.0, "indicators", None),
        ("Rome", None, None, "by name", None),
    ]


def test_one_unit_may_be_left_out_for_two_reasons(index: Make) -> None:
    result = screened(index, units=0.75, dimensions=0.5)
    assert result.left_out.select("city", "of").rows() == [("Pune", "indicators"), ("Pune", "indicators of one")]
    assert "1 unit left out by screening: Pune" in result.notes


def test_screening_comes_before_imputation(index: Make) -> None:
    result = index({"a": {}, "b": {}}, {"imputation": "mean"}, screening={"units": 0.5}).score(GAPS)
    assert names(result) == ["Lima", "Oslo", "Rome"]
    assert result.prepared["b"].to_list() == [1.0, 1.5, 2.0]


def test_units_of_a_panel_are_screened_in_each_period(index: Make) -> None:
    panel = pl.concat(
        [GAPS.with_columns(year=pl.lit(2020)), GAPS.with_columns(a=pl.lit(1.0), b=pl.lit(2.0), year=pl.lit(2021))]
    )
    result = index({"a": {}, "b": {}}, {"normalisation": "none"}, period="year", screening={"units": 1}).score(panel)
    assert result.scores.select("city", "year").rows() == [
        ("Lima", 2020),
        ("Rome", 2020),
        ("Lima", 2021),
        ("Oslo", 2021),
        ("Pune", 2021),
        ("Rome", 2021),
    ]
    assert "2 rows left out by screening: Oslo 2020, Pune 2020" in result.notes
    assert result.left_out.select("city", "year").rows() == [("Oslo", 2020), ("Pune", 2020)]


@pytest.mark.parametrize(
    ("screening", "said"),
    [
        (
            {"keep": ["Limma"]},
            '[screening] keep names what is not there: Limma\n  screening.keep\n  fix: did you mean "Lima"?',
        ),
        (
            {"without": ["a", "Rom"]},
            "[screening] without names what is not there: a, Rom\n  screening.without\n"
            "  fix: known: Lima, Oslo, Pune, Rome",
        ),
        (
            {"without": ["Lima", "Oslo", "Pune", "Rome"]},
            "screening leaves out every unit\n  fix: ask for less in [screening]",
        ),
        ({"non_zero": 1, "units": 1}, "screening leaves out every unit\n  fix: ask for less in [screening]"),
    ],
)
def test_impossible_screening_is_an_error(index: Make, screening: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        screened(index, **screening)
    assert str(caught.value) == said


def test_screening_that_leaves_no_indicator_is_refused(index: Make) -> None:
    with pytest.raises(DataError) as caught:
        index({"a": {}, "b": {}}, screening={"indicators": 0.9}).score(GAPS)
    assert str(caught.value) == (
        "no indicator has as many values as screening asks for\n  fix: ask for less: [screening] indicators = 0.5"
    )
