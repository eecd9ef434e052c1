"""Values of which a sum or a difference is infinite are refused, in memory and over partitions alike."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from partition_cuts import assert_equals_memory, score_partitions

import indicia
from indicia.errors import DataError, DefinitionError

UNITS = [f"u{number}" for number in range(12)]
UP = [float(number + 1) for number in range(12)]
LARGE = [1e307 * number for number in UP]
APART = [-1.2e308, *[0.0] * 10, 1.2e308]


def index_of(indicator: dict[str, Any] | None = None, data: dict[str, Any] | None = None, **methodology: Any) -> Any:
    spec = {"direction": "benefit", **(indicator or {})}
    return indicia.read(
        {
            "data": {"unit": "unit", **(data or {})},
            "indicators": {"gdp": spec, "people": {"direction": "benefit"}},
            "methodology": methodology,
        }
    )


def frame_of(values: list[float]) -> pl.DataFrame:
    groups = ["a", "b"] * 6
    return pl.DataFrame({"unit": UNITS, "group": groups, "gdp": values, "people": UP})


def refusals(index: Any, values: list[float], folder: Path) -> list[str]:
    """Return the errors of a run in memory and of one over partitions."""
    frame, texts = frame_of(values), []
    runs = [lambda: index.score(frame), lambda: score_partitions(index, index.read_table(frame), (3, 7), folder)]
    for run in runs:
        with pytest.raises(DataError) as caught:
            run()
        texts.append(str(caught.value))
    return texts


@pytest.mark.parametrize("word", ["bounds", "worst"])
def test_bounds_whose_difference_is_infinite_are_refused_by_name(word):
    target = {"direction": "target", "target": 3} if word == "worst" else {}
    with pytest.raises(
        DefinitionError, match=r"indicators\.gdp: " + word + r" = \[-1e\+308, 1e\+308\]: the difference"
    ):
        _ = index_of({**target, word: [-1e308, 1e308]}).definition


@pytest.mark.parametrize(
    ("methodology", "statistic"),
    [
        ({"normalisation": "mean_index"}, "the mean of gdp is infinite\n  normalisation"),
        ({"normalisation": "sum"}, "the sum of gdp is infinite\n  normalisation"),
        ({"normalisation": "vector"}, "the norm of gdp is infinite\n  normalisation"),
        ({"normalisation": "mean_index", "statistics": "group"}, "the mean of gdp is infinite\n  normalisation"),
        ({"imputation": "mean"}, "the mean of gdp is infinite\n  imputation by mean of gdp"),
        (
            {"normalisation": "none", "aggregation": "edas"},
            "the mean of index is infinite\n  aggregation by edas of index",
        ),
    ],
)
def test_a_statistic_that_is_infinite_is_refused_by_name_place_and_remedy(methodology, statistic, tmp_path):
    values = [None if "imputation" in methodology and number == 3 else x for number, x in enumerate(LARGE)]
    for error in refusals(index_of(data={"groups": ["group"]}, **methodology), values, tmp_path):
        assert error.startswith(statistic)
        assert "larger unit of measure" in error


@pytest.mark.parametrize("normalisation", ["min_max", "rank", "none"])
def test_values_whose_difference_is_infinite_are_refused_by_name_place_and_remedy(normalisation, tmp_path):
    for error in refusals(index_of(normalisation=normalisation), APART, tmp_path):
        assert error.startswith("gdp is from -1.2e+308 to 1.2e+308, and the difference is infinite\n  indicators.gdp")
        assert "factor = 1e-9" in error


def test_large_values_of_which_no_statistic_is_infinite_score_as_small_ones():
    small, large = (index_of().score(frame_of(values)).scores["score"] for values in (UP, LARGE))
    assert large.to_list() == pytest.approx(small.to_list(), rel=1e-12)
    assert_equals_memory(index_of(), frame_of(LARGE), (3, 7))


def test_the_remedy_of_an_infinite_mean_helps():
    index = index_of({"factor": 1e-9}, normalisation="mean_index")
    expected = index_of(normalisation="mean_index").score(frame_of(UP)).scores["score"]
    assert index.score(frame_of(LARGE)).scores["score"].to_list() == pytest.approx(expected.to_list(), rel=1e-12)
