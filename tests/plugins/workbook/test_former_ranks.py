"""The ranks with which a workbook compares its live ranks, its chart, and its pages on paper."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest

import indicia
from indicia_workbook.book import workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia import Index


def parts(content: bytes) -> dict[str, str]:
    book = zipfile.ZipFile(io.BytesIO(content))
    return {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}


def sheet(content: bytes, name: str) -> str:
    """Return the XML of a sheet by its name."""
    files = parts(content)
    names = re.findall(r'<sheet name="([^"]*)"', files["xl/workbook.xml"])
    return files[f"xl/worksheets/sheet{names.index(name) + 1}.xml"]


def test_published_ranks_stand_beside_the_live_ranks(
    scored: dict[str, Any], books: Callable[[str], bytes], opened: Callable[[bytes], Any]
) -> None:
    book = opened(books("human_development"))
    published, ranks = (book.column("Ranking", heading) for heading in ("published rank", "rank"))
    assert published[:3].tolist() == [1, 2, 3]
    np.testing.assert_array_equal(book.column("Ranking", "change"), published - ranks)
    assert book.cells("Ranking")["A3"].startswith("Published ranks: UNDP, Human Development Index 2022.")
    assert book.formulas("Ranking")["D6"] == 'IF(OR(B6="",C6=""),"",C6-B6)'


def test_without_published_ranks_the_former_ranks_are_those_of_indicia(
    scored: dict[str, Any], books: Callable[[str], bytes], opened: Callable[[bytes], Any]
) -> None:
    book = opened(books("intelligent_manufacturing"))  # its reference is a set without order
    np.testing.assert_array_equal(book.column("Ranking", "rank by Indicia"), book.column("Ranking", "rank"))
    assert np.isnan(book.column("Ranking", "change")[-1])  # a unit that is not ranked
    assert set(book.column("Ranking", "change")[:32]) == {0}


def test_a_rank_counted_from_the_worst_rises_if_its_number_does(
    books: Callable[[str], bytes], opened: Callable[[bytes], Any]
) -> None:
    assert opened(books("harm_from_worst")).formulas("Ranking")["D6"] == 'IF(OR(B6="",C6=""),"",B6-C6)'


@pytest.fixture
def panel(tmp_path: Path) -> Callable[..., Any]:
    """A function that scores a panel with a published table."""
    frame = pl.DataFrame({"city": ["a", "b", "c"] * 2, "year": [2020] * 3 + [2021] * 3, "x": [3.0, 2, 1, 1, 2, 3]})

    def score(published: pl.DataFrame, **reference: str) -> Any:
        published.write_csv(tmp_path / "published.csv")
        index = {"data": {"unit": "city", "period": "year"}, "indicators": {"x": {}}}
        return indicia.read({**index, "reference": {"path": str(tmp_path / "published.csv"), **reference}}).score(frame)

    return score


def test_published_scores_are_ranked_within_their_period(panel: Callable[..., Any]) -> None:
    table = pl.DataFrame({"city": ["a", "b", "a", "c"], "year": [2020, 2020, 2021, 2021], "points": [5, 7, 9, 8]})
    assert panel(table, score="points").published_ranks.to_list() == [2, 1, None, 1, None, 2]


def test_published_ranks_of_a_unit_twice_are_refused(panel: Callable[..., Any]) -> None:
    table = pl.DataFrame({"city": ["a", "a"], "year": [2020, 2020], "place": [1, 2]})
    with pytest.raises(indicia.IndiciaError, match="the reference has units more than once: a"):
        _ = panel(table, rank="place").published_ranks


def test_a_chart_shows_the_first_units_of_the_last_period(panel: Callable[..., Any]) -> None:
    table = pl.DataFrame({"city": ["a"], "year": [2020], "place": [1]})
    files = parts(workbook(panel(table, rank="place")))
    (chart,) = [text for name, text in files.items() if name.startswith("xl/charts/")]
    # place, rank, published rank, change, unit, period, score: rows 9 to 11 are those of 2021
    assert re.findall("<c:f>([^<]*)</c:f>", chart)[-2:] == ["Ranking!$E$9:$E$11", "Ranking!$G$9:$G$11"]
    assert "Scores of the first 3 units, 2021" in chart
    assert '<c:min val="0"/>' in chart


def test_every_sheet_is_set_up_for_paper(make: Callable[..., Index], numbers: Callable[..., pl.DataFrame]) -> None:
    index = make({}, name="R&D & more")
    content = workbook(index.score(numbers()))
    files = parts(content)
    sheets = [name for name in files if name.startswith("xl/worksheets/sheet")]
    for name in sheets:
        assert 'paperSize="9"' in files[name], name
        assert "<oddFooter>&amp;L&amp;8 R&amp;&amp;D &amp;&amp; more&amp;C&amp;8 &amp;A" in files[name], name
        assert "page &amp;P of &amp;N" in files[name], name
    assert 'orientation="portrait"' in sheet(content, "Data")
    assert 'orientation="landscape"' in sheet(content, "Weights")
    titles = re.findall(r'name="_xlnm.Print_Titles"[^>]*>([^<]*)<', files["xl/workbook.xml"])
    assert "Ranking!$5:$5" in titles
    assert len(titles) == len(sheets) - 2  # all but the guide and the chart have headings


def test_a_sheet_too_wide_for_a_page_repeats_its_first_columns(scored: dict[str, Any]) -> None:
    content = workbook(scored["large"][2])
    tree = ElementTree.fromstring(sheet(content, "Data"))
    setup = next(element for element in tree.iter() if element.tag.endswith("pageSetup"))
    assert int(setup.get("fitToWidth", "1")) > 1
    assert setup.get("fitToHeight") == "0"
    assert ">Data!$A:$A,Data!$5:$5<" in parts(content)["xl/workbook.xml"]


def test_a_long_title_fits_the_footer(make: Callable[..., Index], numbers: Callable[..., pl.DataFrame]) -> None:
    content = workbook(make({}, name="&" * 300).score(numbers(5)), "zh")
    footer = re.search("<oddFooter>([^<]*)</oddFooter>", sheet(content, "数据"))
    assert footer is not None
    shown = footer[1].replace("&amp;", "&")
    assert len(shown) <= 255
    assert shown.endswith("第 &P 页，共 &N 页")
