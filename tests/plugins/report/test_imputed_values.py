"""The marks of imputed values on the page and in the charts."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.definition import Leaf
from indicia_report.markup import Texts
from indicia_report.method.methodology import methodology
from indicia_report.page import page, report
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


def cells(html: str, name: str) -> dict[str, list[str]]:
    """Return the texts of the cells of a table, by the unit of the row."""
    body = html[html.index(f'id="t-{name}"') :]
    body = body[body.index("<tbody>") : body.index("</tbody>")]
    rows = [re.split(r"<t[dh][^>]*>", line)[1:] for line in body.splitlines() if line.startswith("<tr")]
    texts = [[unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in row] for row in rows]
    return {row[1]: row for row in texts}


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


@pytest.mark.parametrize("name", ["mean", "means of groups"])
def test_the_ranking_marks_scores_and_shows_shares(index: Make, name: str) -> None:
    result = made(index, METHODS[name]).score(table())
    rows = cells(page(result), "ranking")
    for one in result.ranking.hstack(result.marks("scores").select(pl.all().name.prefix("mark "))).iter_rows(
        named=True
    ):
        _, _, _, score, share, _, *parts = rows[one["city"]]
        expected = [(f"{one[name]:.2f}", one[f"mark {name}"]) for name in ("score", "d0", "d1", "d2")]
        assert [score, *parts] == [figure + "*" * flag for figure, flag in expected]
        assert share == f"{int(100 * one['imputed_share'] + 0.5)} %"


def test_the_heat_map_marks_imputed_values_and_scores_computed_from_them(index: Make) -> None:
    data = table()
    view = PeriodView(made(index, METHODS["mean"]).score(data))
    rows = cells(page(view.result), "heat")
    for at, unit in enumerate(view.units):
        for place, part in enumerate(view.descendants):
            leaves = [part.id] if isinstance(part, Leaf) else [leaf.id for leaf in part.leaves()]
            assert rows[unit][2 + place].endswith("*") is any(data[leaf][at] is None for leaf in leaves)


def test_profiles_have_a_mark_beside_the_dots_of_imputed_values(index: Make) -> None:
    view = PeriodView(made(index, METHODS["mean"]).score(table()))
    html = page(view.result)
    profiles = html[html.index('id="profiles"') : html.index('id="heat-map"')].split("<details")[1:]
    for at, drawn in zip(view.order, profiles, strict=True):
        marks = re.findall(r'<text class="mark" x="([^"]*)" y="([^"]*)">(\**)</text>', drawn)
        number = int(view.imputed[at].sum())
        assert [len(part) for across, down, stars in marks for part in (across.split(), down.split(), stars)] == (
            [number] * 3 if number else []
        )


def test_each_section_that_marks_values_explains_the_mark_in_both_languages(index: Make) -> None:
    html = page(made(index, METHODS["mean"]).score(table()))
    sections = html.split("<section ")
    marking = [one for one in sections if re.search(r"\d\*", re.sub("<script.*?</script>", "", one, flags=re.DOTALL))]
    assert [re.match(r'id="([^"]+)"', one)[1] for one in marking] == ["ranking", "profiles", "heat-map"]
    for one in marking:
        assert "* imputed, or computed from imputed values." in one
        assert "* 填补值，或由填补值计算得出。" in one


def test_a_page_without_imputed_values_speaks_of_none(index: Make) -> None:
    html = page(made(index, {"missing": "skip"}).score(table()))
    body = re.sub("<(script|style|pre)\\b.*?</\\1>", "", html, flags=re.DOTALL)
    assert "imputed, or computed" not in body
    assert "*" not in body


def test_the_sliders_mark_scores_that_are_computed_from_imputed_values(index: Make) -> None:
    result = made(index, METHODS["mean"]).score(table())
    view = PeriodView(result)
    html = page(result)
    model = html[html.index('id="model">') :]
    flags = re.search(r'"imputed":\[([01,]*)\]', model)
    assert flags
    assert [one == "1" for one in flags[1].split(",")] == view.imputed_scores.tolist()
    assert 0 < view.imputed_scores.sum() < UNITS


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


def test_the_chinese_page_explains_mark_and_share_in_chinese(index: Make) -> None:
    html = report(made(index, METHODS["mean"]), table(), draws=5, language="zh")
    assert "填补占比：总指数权重中由填补值承担的比例。" in html
    assert "的权重部分来自填补值：" in html
