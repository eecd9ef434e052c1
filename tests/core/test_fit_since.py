"""The next edition keeps bounds, statistics or weights of an earlier one, and computes all else from the new data."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import DefinitionError, IndiciaWarning

if TYPE_CHECKING:
    from pathlib import Path

    from indicia import FittedIndex, Index

OLD = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 8.0, 1.0]})
NEW = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [4.0, 11.0, 1.0], "co2": [2.0, 6.0, 1.0]})


def index(**methodology: Any) -> Index:
    return indicia.read(
        {
            "data": {"unit": "city"},
            "indicators": {"income": {"direction": "benefit"}, "co2": {"direction": "cost"}},
            "methodology": methodology,
        }
    )


def next_edition(*keep: str, old: Index | None = None, new: Index | None = None) -> FittedIndex:
    old = index() if old is None else old
    return indicia.fit(old if new is None else new, NEW, since=indicia.fit(old, OLD), keep=keep or None)


def normalised(fitted: FittedIndex, name: str) -> list[float]:
    values: list[float] = fitted.score(NEW).frame("normalised")[name].to_list()
    return values


def test_the_bounds_of_the_earlier_edition_are_kept_by_default() -> None:
    # income was 1 to 9, and co2, a cost, 1 to 8: (11 - 1) / 8, (8 - 6) / 7
    fitted = next_edition()
    assert normalised(fitted, "income") == [0.375, 1.25, 0.0]
    assert normalised(fitted, "co2") == pytest.approx([6 / 7, 2 / 7, 1.0])


def test_the_bounds_of_one_indicator_are_kept_and_the_others_are_new() -> None:
    fitted = next_edition("bounds=income")
    assert normalised(fitted, "income") == [0.375, 1.25, 0.0]
    assert normalised(fitted, "co2") == [0.8, 0.0, 1.0]  # 1 to 6


def test_mean_and_deviation_are_bounds_of_a_z_score() -> None:
    fitted = next_edition("bounds", old=index(normalisation="z_score"))
    mean, deviation = OLD["income"].mean(), OLD["income"].std(ddof=1)
    assert isinstance(mean, float)
    assert isinstance(deviation, float)
    assert normalised(fitted, "income")[1] == pytest.approx((11 - mean) / deviation)


def weights(fitted: FittedIndex) -> list[float]:
    values: list[float] = fitted.score(NEW).weights["weight"].to_list()
    return values


def test_weights_are_computed_from_the_new_data_unless_they_are_kept() -> None:
    by_data = index(weighting="entropy")
    of_old, of_new = indicia.fit(by_data, OLD), indicia.fit(by_data, NEW)
    assert weights(next_edition("weights", old=by_data)) == weights(of_old)
    # entropy does not depend on the scale, and the least income is 1 in both editions
    assert weights(next_edition("bounds=income", old=by_data)) == pytest.approx(weights(of_new))


def test_kept_statistics_include_those_of_imputation_and_treatment() -> None:
    imputed = index(imputation="mean")
    gap = NEW.with_columns(income=pl.Series([4.0, 11.0, None]))
    old = indicia.fit(imputed, OLD)
    kept = indicia.fit(imputed, gap, since=old, keep=["statistics"])
    anew = indicia.fit(imputed, gap, since=old, keep=["bounds"])
    means = [fitted.score(gap).frame("prepared")["income"][2] for fitted in (kept, anew)]
    assert means == pytest.approx([13 / 3, 7.5])  # the means of 3, 9, 1, and of 4, 11


def test_everything_that_is_kept_makes_the_edition_the_earlier_one() -> None:
    fitted, old = next_edition("statistics", "weights"), indicia.fit(index(), OLD)
    assert fitted.score(NEW).scores.equals(old.score(NEW).scores)


def test_kept_last_values_fill_the_gaps_of_the_new_table() -> None:
    panel = indicia.read(
        {
            "data": {"unit": "city", "period": "year"},
            "indicators": {"income": {"direction": "benefit", "imputation": "last_value", "bounds": [0, 10]}},
        }
    )
    old = indicia.fit(panel, OLD.select("city", "income", year=pl.lit(2023)))
    rows = {"city": ["Lima", "Oslo"], "year": [2024, 2024], "income": [None, 7.0]}
    fitted = indicia.fit(panel, pl.DataFrame(rows), since=old, keep=["statistics"])
    later = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "year": [2025] * 3}).with_columns(
        income=pl.lit(None, pl.Float64)
    )
    # Lima has the value of 2023, Oslo that of 2024, and Pune, which the second table lacks, that of 2023
    assert fitted.score(later).frame("prepared")["income"].to_list() == [3.0, 7.0, 1.0]


def test_the_file_names_the_chain_of_editions_and_what_is_kept(tmp_path: Path) -> None:
    indicia.fit(index(), OLD).write(tmp_path / "2023.json")
    first = indicia.read_fitted(tmp_path / "2023.json")
    indicia.fit(index(), NEW, since=first, keep=["bounds=co2"]).write(tmp_path / "2024.json")
    second = indicia.read_fitted(tmp_path / "2024.json")
    indicia.fit(index(), NEW, since=second, keep=["weights"]).write(tmp_path / "2025.json")
    chain = json.loads((tmp_path / "2025.json").read_text())["fitted"]["since"]
    assert [(edition["path"], edition["kept"]) for edition in chain] == [
        ("2024.json", {"weights": ["index"]}),
        ("2023.json", {"bounds": ["co2"]}),
    ]
    assert len(chain[0]["file_sha256"]) == 64
    assert indicia.read_fitted(tmp_path / "2025.json").kept == {"weights": ["index"]}


def test_parts_that_are_prepared_otherwise_are_named_and_computed_anew() -> None:
    changed = indicia.read({**index().raw, "indicators": {"income": {"cap": 10}, "co2": {"direction": "cost"}}})
    with pytest.warns(IndiciaWarning, match="not kept, .*: bounds of income"):
        fitted = next_edition("bounds", new=changed)
    assert normalised(fitted, "income") == [3 / 9, 1.0, 0.0]  # 1 to the cap of 10
    assert fitted.kept == {"bounds": ["co2"]}


def test_a_part_that_is_named_and_cannot_be_kept_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="has no bounds for income: it is new, or prepared by other methods"):
        next_edition("bounds=income", new=index(normalisation="z_score"))


@pytest.mark.parametrize(
    ("word", "fault", "remedy"),
    [
        ("bonds", '"bonds" is nothing that an edition keeps', 'did you mean "bounds"?'),
        ("bounds=incom", 'the index has no indicator "incom"', 'did you mean "income"?'),
        ("weights=indx", 'the index has no dimension "indx"', 'did you mean "index"?'),
    ],
)
def test_a_wrong_word_names_the_nearest_one(word: str, fault: str, remedy: str) -> None:
    with pytest.raises(DefinitionError) as error:
        next_edition(word)
    assert fault in error.value.what
    assert error.value.remedy == remedy


def test_screening_by_the_new_data_stays() -> None:
    gaps = NEW.with_columns(trees=pl.Series([1.0, None, None]))
    screened = indicia.read(
        {**index().raw, "indicators": {"income": {}, "co2": {}, "trees": {}}, "screening": {"indicators": 0.5}}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        old = indicia.fit(screened, OLD.with_columns(trees=pl.Series([1.0, 2.0, 3.0])))
        fitted = indicia.fit(screened, gaps, since=old)
    assert fitted.fitted.left_out == ("trees",)


def test_a_method_that_refuses_values_below_the_kept_bounds_has_the_way_out_in_the_remedy() -> None:
    below = NEW.with_columns(income=pl.Series([4.0, 11.0, 0.0]))
    entropy = index(weighting="entropy")
    earlier = indicia.fit(entropy, OLD)
    with pytest.raises(DefinitionError, match=r"non-negative .* \(by what is kept of the earlier edition\)") as error:
        indicia.fit(entropy, below, since=earlier)
    assert "keep the bounds of other indicators only (--keep bounds=A,B)" in str(error.value.remedy)
    assert indicia.fit(entropy, below, since=earlier, keep=["bounds=co2"]).score(below).scores.height == 3
