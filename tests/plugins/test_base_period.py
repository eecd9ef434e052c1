"""Index numbers: each unit compared with itself in a base period."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from indicia import Index, IndiciaError
from indicia.catalogue import installed
from indicia_bundle.fitted import fit

PANEL = pl.DataFrame(
    {"city": ["A", "B"] * 3, "year": [2015, 2015, 2016, 2016, 2017, 2017], "x": [50.0, 10, 75, 11, 60, None]}
)


def index(normalisation: str, **more: Any) -> Index:
    data = {"unit": "city", **more.pop("data", {"period": "year"})}
    methodology = {"normalisation": normalisation, "missing": "propagate", **more}
    return Index({"data": data, "indicators": {"x": {}}, "methodology": methodology}, installed())


def test_statistics_within_periods_do_not_change_the_base() -> None:
    pooled = index("base_period(period=2015)").score(PANEL)
    within = index("base_period(period=2015)", statistics="period").score(PANEL)
    assert within.normalised.equals(pooled.normalised)


def test_new_periods_are_compared_with_the_fitted_base() -> None:
    fitted = fit(index("base_period(period=2015)"), PANEL)
    new = pl.DataFrame({"city": ["A", "B"], "year": [2018, 2018], "x": [55.0, 8.0]})
    assert fitted.score(new).scores["score"].to_list() == pytest.approx([110.0, 80.0])


def test_periods_may_be_text() -> None:
    result = index("base_period(period=2015)").score(PANEL.with_columns(pl.col("year").cast(pl.String)))
    assert result.normalised["x"].to_list() == [100.0, 100.0, 150.0, 110.0, 120.0, None]


@pytest.mark.parametrize(
    ("normalisation", "more", "message"),
    [
        ("base_period(period=2014)", {}, "x is compared with 2014, and there is no such period"),
        ("base_period(period=2017)", {}, "x is compared with 2017, in which it has no value for B"),
        ("base_period(period=2015)", {"data": {}}, "base_period of x compares periods, and the data have none"),
        ("none", {"rescaling": "base_period(period=2015)"}, "not the scores of index"),
    ],
)
def test_a_missing_base_is_refused(normalisation: str, more: dict[str, Any], message: str) -> None:
    table = PANEL if "data" not in more else PANEL.filter(year=2016).drop("year")
    with pytest.raises(IndiciaError, match=message):
        index(normalisation, **more).score(table)


def test_a_base_of_0_has_no_index_numbers() -> None:
    table = PANEL.with_columns(x=pl.when(city="A", year=2015).then(0.0).otherwise(pl.col("x")))
    with pytest.raises(IndiciaError, match=r"base_period has no finite value of x for .*A 2015"):
        index("base_period(period=2015)").score(table)
