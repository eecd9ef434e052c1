"""The page of an index of any number of parts: their scores stand in it, and no two are drawn alike."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia_report.marks import MARKS, mark_class
from indicia_report.page import page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia import Result
    from indicia.index import Index

    Make = Callable[..., Index]

BESIDE = "scores of the parts are beside them"
MANY = (13, 17, MARKS, MARKS + 8)


def scored(index: Make, parts: int, methodology: dict[str, Any] | None = None) -> Result:
    random = np.random.default_rng(parts)
    columns = {f"x{at}": random.uniform(1, 99, 12).round(3) for at in range(parts)}
    table = pl.DataFrame({"city": [f"city {at}" for at in range(12)], **columns})
    leaves = {f"x{at}": {"dimension": f"g{at}", "bounds": [0, 100]} for at in range(parts)}
    words = {"normalisation": "min_max(lower=1, upper=100)", **(methodology or {})}
    goals = {f"g{at}": {"name": f"Goal {at + 1}"} for at in range(parts)}
    return index(leaves, words, groups=(), dimensions=goals).score(table)


def rows(html: str) -> list[list[str]]:
    """Return the cells of the ranking, as markup."""
    body = html[html.index('id="t-ranking"') :]
    lines = body[body.index("<tbody>") : body.index("</tbody>")].splitlines()
    return [re.split(r"<t[dh][^>]*>", line)[1:] for line in lines if line.startswith("<tr")]


def classes(place: int) -> str:
    return mark_class(place).removeprefix("class=").strip('"')


def drawn_marks(markup: str) -> list[str]:
    return re.findall(r'class="?(k\d(?: s\d)?)"?[ >]', markup)


@pytest.mark.parametrize("parts", [2, 8, 12, *MANY])
def test_the_scores_of_all_parts_stand_in_the_ranking(index: Make, parts: int) -> None:
    result = scored(index, parts)
    html = page(result)
    assert BESIDE in html
    names = dict(result.ranking.rows_by_key("city", named=True, unique=True))
    for row in rows(html):
        unit = unescape(re.sub("<[^>]+>", "", row[1]))
        digits = 2 if parts <= 12 else 1
        assert row[4:] == [f"{names[unit][f'g{at}']:.{digits}f}" for at in range(parts)]


@pytest.mark.parametrize("parts", [8, *MANY])
def test_where_scores_do_not_add_up_the_scores_of_all_parts_stand_there_too(index: Make, parts: int) -> None:
    html = page(scored(index, parts, {"aggregation": "topsis"}))
    assert {len(row) for row in rows(html)} == {4 + parts}
    assert BESIDE not in html


@pytest.mark.parametrize("parts", [8, 9, 17, MARKS])
def test_no_two_parts_have_the_same_mark(index: Make, parts: int) -> None:
    html = page(scored(index, parts))
    legend = drawn_marks(
        html[html.index('<ul class="legend">') : html.index("</ul>", html.index('<ul class="legend">'))]
    )
    assert legend == [classes(at) for at in range(parts)]
    assert len(set(legend)) == parts
    for row in rows(html):
        drawn = drawn_marks(row[3])
        assert drawn == [one for one in legend if one in drawn]
        assert len(set(drawn)) == len(drawn) > parts // 2
    sliders = drawn_marks(html[html.index("<fieldset") : html.index("</fieldset>")]) if "<fieldset" in html else legend
    assert set(sliders) <= set(legend)


@pytest.mark.parametrize("parts", [9, 17])
def test_more_parts_than_colours_have_numbers_as_well(index: Make, parts: int) -> None:
    html = page(scored(index, parts))
    legend = html[html.index('<ul class="legend">') :]
    entries = legend[: legend.index("</ul>")].split("<li>")[1:]
    said = [unescape(re.sub("<[^>]+>", "", one)).strip() for one in entries]
    assert said == [f"{at} Goal {at}" for at in range(1, parts + 1)]


def test_headings_of_many_parts_have_the_number_and_the_mark_of_the_legend(index: Make) -> None:
    html = page(scored(index, 17))
    head = html[html.index('id="t-ranking"') :]
    headings = re.findall(r"<th scope=\"col\">(.*?)</th>", head[: head.index("</thead>")])[4:]
    assert [drawn_marks(one) for one in headings] == [[classes(at)] for at in range(17)]
    assert [re.sub("<[^>]+>", "", one) for one in headings] == [f"Goal {at}{at}" for at in range(1, 18)]


def test_more_parts_than_a_bar_tells_apart_are_not_stacked(index: Make) -> None:
    html = page(scored(index, MARKS + 1))
    assert f"The score is the sum of {MARKS + 1} parts, which are too many for the colours of a bar" in html
    assert "Bars show how much each part adds" not in html
    assert all(drawn_marks(row[3]) == ["k0"] for row in rows(html))
    assert '"stacked":false' in html
    assert '<ul class="legend">' not in html


def test_the_style_sheet_has_a_rule_of_its_own_for_each_kind_of_stripes() -> None:
    from importlib.resources import files

    style = files("indicia_report").joinpath("page.css").read_text(encoding="utf-8")
    stripes = sorted({one.partition(" ")[2] for one in map(classes, range(MARKS))} - {""})
    drawn = [re.search(rf"\.{kind}\{{([^}}]*)\}}", style) for kind in stripes]
    assert all(drawn)
    assert len({one[1] for one in drawn if one}) == len(stripes)


_IN_SIGHT = """(() => {
  const holder = document.querySelector("#ranking .scroll"), box = holder.getBoundingClientRect();
  holder.scrollLeft = document.body.clientWidth < 600 ? 260 : 0;
  const cells = [...document.querySelectorAll("#t-ranking tbody tr:first-child td")].slice(3);
  return cells.map((one) => one.getBoundingClientRect())
    .map((one) => one.left >= box.left && one.right <= box.right + 1);
})()"""
"""Which scores of the first unit are in sight, on a phone once the table has been scrolled past the bars."""


@pytest.mark.parametrize(("width", "seen"), [(1280, 17), (390, 2)])
def test_the_ranking_of_seventeen_goals_is_legible(index: Make, browser: Any, width: int, seen: int) -> None:
    """On a screen, all goals are in sight; on a phone, they scroll, and the names of the units stay."""
    opened = browser.new_page(viewport={"width": width, "height": 900})
    try:
        opened.set_content(page(scored(index, 17)))
        within: Sequence[bool] = opened.evaluate(_IN_SIGHT)
        assert sum(within) >= seen
        name = opened.evaluate("document.querySelector('#t-ranking tbody th').getBoundingClientRect().left")
        assert 0 <= name < width / 4
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        last = "document.querySelector('#t-ranking tbody td:last-child')"
        size = opened.evaluate(f"parseFloat(getComputedStyle({last}).fontSize)")
        assert size >= 12
    finally:
        opened.close()
