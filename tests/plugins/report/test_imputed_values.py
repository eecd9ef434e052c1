"""The marks of imputed values on the page and in the charts."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from report_pages import model_of_page, page_of

from indicia_report.markup import Texts
from indicia_report.method.methodology import methodology
from indicia_report.page import report
from indicia_report.period_view import PeriodView

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]

UNITS = 40
METHODS = {
    "mean": {"imputation": "mean"},
    "by the parent": {"imputation": "parent(within='of')"},
    "the largest": {"imputation": "constant(value=99)"},
    "a fill policy": {"missing": "value(value=1)"},
    "means of groups": {"missing": "group_mean(within='region')"},
}


def table() -> pl.DataFrame:
    """Return forty units; those that miss a value belong to the first, which is the best in everything."""
    random = np.random.default_rng(3)
    names = [f"u{number}" for number in range(UNITS)]
    values = {f"x{at}": random.uniform(1, 50, UNITS).tolist() for at in range(6)}
    for at, column in enumerate(values.values()):
        column[0] = 98.0
        for row in range(1 + at, UNITS, 7):
            column[row] = None
    regions = [f"r{number % 3}" for number in range(UNITS)]
    return pl.DataFrame({"city": names, "region": regions, "of": [None, *["u0"] * (UNITS - 1)], **values})


def made(index: Make, methodology: dict[str, Any]) -> Index:
    leaves = {f"x{at}": {"dimension": f"d{at % 3}"} for at in range(6)}
    words = {"normalisation": "min_max(lower=1, upper=100)", **methodology}
    return index(leaves, words, groups=("region", "of"), dimensions={f"d{at}": {} for at in range(3)})


@pytest.mark.parametrize("name", METHODS)
def test_an_imputed_value_is_never_a_strength_or_a_weakness(index: Make, name: str) -> None:
    """Values from the best unit, or above all others, would be the strengths of each unit that misses them."""
    data = table()
    view = PeriodView(made(index, METHODS[name]).score(data))
    missing = {(row, at) for at in range(6) for row in np.flatnonzero(data[f"x{at}"].is_null().to_numpy()).tolist()}
    assert missing
    named = [
        (row, int(view.descendants[place].id[1:]))
        for row in range(UNITS)
        for places in view.strengths_and_weaknesses(row)
        for place in places
    ]
    assert len(named) > UNITS
    assert not missing & set(named)


def test_a_page_without_imputed_values_speaks_of_none(index: Make) -> None:
    html = page_of(made(index, {"missing": "skip"}).score(table()))
    body = re.sub("<(script|style|pre)\\b.*?</\\1>", "", html, flags=re.DOTALL)
    assert "imputed, or computed" not in body
    assert "*" not in body


@pytest.mark.parametrize("name", METHODS)
def test_the_data_of_the_page_name_each_value_that_was_filled(index: Make, name: str) -> None:
    data = table()
    model = model_of_page(page_of(made(index, METHODS[name]).score(data)))
    filled = {(row, model["tree"][place]["id"]) for row, place, _ in model["imputed"]}
    missing = {
        (row, column)
        for column in data.select("^x.$").columns
        for row in np.flatnonzero(data[column].is_null().to_numpy()).tolist()
    }
    assert filled == missing
    assert all((value is None) == ("missing" in METHODS[name]) for _, _, value in model["imputed"])


def test_the_last_period_has_its_own_marks(index: Make) -> None:
    """A value that is imputed in another period is no mark of this one."""
    earlier = table().with_columns(year=pl.lit(2020))
    later = table().with_columns(pl.col("^x.$").fill_null(10.0), year=pl.lit(2021))
    yearly = index({f"x{at}": {} for at in range(6)}, {"imputation": "mean"}, groups=("region",), period="year").score(
        pl.concat([earlier, later])
    )
    assert not PeriodView(yearly).imputed.any()
    assert PeriodView(yearly, requested_period=2020).imputed.any()


# The methodology


def text_of(result: Any) -> str:
    section = methodology(PeriodView(result, ("en", "zh")), Texts.of("en"))
    return unescape(re.sub("<[^>]+>", "", section))


def gaps(data: pl.DataFrame) -> tuple[int, int]:
    """Return the number of missing values, and of the units that lack them."""
    values = data.select("^x.$")
    return sum(values.null_count().row(0)), int(values.select(pl.any_horizontal(pl.all().is_null())).to_series().sum())


def test_under_imputation_the_methodology_says_how_many_values_of_how_many_units_by_which_method(index: Make) -> None:
    data = table()
    values, units = gaps(data)
    said = text_of(made(index, METHODS["mean"]).score(data))
    assert f"Missing values are imputed: {values} values of {units} units by mean." in said
    assert f"缺失值已填补：{units} 个单位的{values} 个数值（mean）。" in said
    assert "Where a part is still missing: a missing part is an error, and no part is missing." in said
    assert "Where a part is missing" not in said


def test_each_imputation_has_its_own_count(index: Make) -> None:
    data = table()
    leaves = {f"x{at}": {"imputation": "median" if at == 0 else "mean"} for at in range(6)}
    said = text_of(index(leaves, groups=()).score(data))
    first = data["x0"].null_count()
    values, units = gaps(data.drop("x0"))
    assert f"{first} values of {first} units by median" in said
    assert f"{values} values of {units} units by mean" in said


def test_a_fill_policy_has_its_count(index: Make) -> None:
    data = table()
    values, units = gaps(data)
    said = text_of(made(index, METHODS["means of groups"]).score(data))
    assert f"counts as the mean of the unit’s group (region): here {values} values of {units} units" in said
    assert "Missing values are imputed" not in said


def test_where_nothing_was_missing_the_methodology_says_so(index: Make) -> None:
    whole = table().with_columns(pl.col("^x.$").fill_null(10.0))
    said = text_of(made(index, METHODS["mean"]).score(whole))
    assert "Where a part is missing: a missing part is an error, and no part is missing." in said
    assert "Missing values are imputed" not in said


# Charts


def _values(spec: Any) -> list[dict[str, Any]]:
    if isinstance(spec, dict):
        own = spec["data"]["values"] if isinstance(spec.get("data"), dict) and "values" in spec["data"] else []
        return [*own, *(row for value in spec.values() for row in _values(value))]
    return [row for one in spec for row in _values(one)] if isinstance(spec, list) else []


def test_charts_mark_imputed_values_and_explain_the_mark(index: Make) -> None:
    pytest.importorskip("altair")
    data = table()
    result = made(index, METHODS["mean"]).score(data)
    charts = {
        "ranking": result.plot.ranking(),
        "heat map": result.plot.heat_map(),
        "profile": result.plot.profile("u1"),
    }
    for name, chart in charts.items():
        assert "* imputed, or computed from imputed values." in chart.to_dict()["title"]["subtitle"], name
    heat = {(row["unit"], row["part"]): row["figure"] for row in _values(result.plot.heat_map().to_dict())}
    for at, unit in enumerate(data["city"]):
        assert heat[unit, "x0"].endswith("*") is (data["x0"][at] is None)
    plain = made(index, {"missing": "skip"}).score(data).plot.heat_map().to_dict()
    assert not any("imputed" in line for line in plain["title"]["subtitle"])


def test_the_chinese_page_states_shares_in_chinese(index: Make) -> None:
    html = report(made(index, METHODS["mean"]), table(), draws=5, language="zh")
    assert "的权重部分来自填补值：" in html
