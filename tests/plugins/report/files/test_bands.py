"""Bands in files: the long table, the document, and the ranking for a paper."""

from __future__ import annotations

import io
import json
import zipfile

import polars as pl
import pytest

import indicia
from indicia.documents.latex import latex
from indicia_report.files.document import Document, document
from indicia_report.files.long import long_table
from indicia_report.files.papers import result_table
from indicia_workbook.book import workbook


@pytest.fixture
def result() -> indicia.Result:
    """Three cities; grades have names in two languages, and halves have numbers."""
    return indicia.read(
        {
            "data": {"unit": "city"},
            "indicators": {"x": {"direction": "benefit", "bounds": [0, 10]}},
            "bands": {
                "grade": {
                    "name": {"en": "Grade", "zh": "等级"},
                    "thresholds": [0.5],
                    "names": [{"en": "low", "zh": "低"}, {"en": "high", "zh": "高"}],
                },
                "half": {"of": "rank", "shares": 2},
            },
        }
    ).score(pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "x": [2.0, 5.0, 8.0]}))


def test_the_long_table_has_the_number_of_each_band_and_its_name(result: indicia.Result) -> None:
    rows = long_table(result).filter(MEASURE="BAND").select("REF_AREA", "INDICATOR", "OBS_VALUE", "OBS_COMMENT")
    assert rows.filter(INDICATOR="grade").rows() == [
        ("Lima", "grade", 1.0, "low"),
        ("Oslo", "grade", 2.0, "high"),
        ("Pune", "grade", 2.0, "high"),
    ]
    assert rows.filter(INDICATOR="half")["OBS_VALUE"].to_list() == [2.0, 2.0, 1.0]


def test_the_document_has_the_bands_of_each_unit(result: indicia.Result) -> None:
    content = json.loads(document(result, "zh"))
    Document.model_validate(content)
    assert [unit["bands"] for unit in content["units"]] == [
        {"grade": "低", "half": 2},
        {"grade": "高", "half": 2},
        {"grade": "高", "half": 1},
    ]


def test_the_ranking_of_a_paper_has_the_bands_behind_the_score(result: indicia.Result) -> None:
    table = latex("", [result_table(result, language="zh")])
    assert "1 & Pune & 0.8000 & 高 & 1" in table
    assert "& 等级 & Half" in table


def test_the_terminal_and_files_have_the_bands(result: indicia.Result) -> None:
    assert result.scores.columns == ["city", "score", "rank", "grade", "half"]
    assert "grade" in repr(result)


def test_a_workbook_without_raw_values_has_numbers_for_the_bands_of_an_indicator() -> None:
    table = pl.DataFrame({"city": ["Lima", "Oslo"], "x": [2.5, 7.5]})
    raw = {"data": {"unit": "city"}, "indicators": {"x": {}}, "publication": {"raw_values": False}}
    result = indicia.read({**raw, "bands": {"half": {"of": "x", "shares": 2}}}).score(table)
    with zipfile.ZipFile(io.BytesIO(workbook(result))) as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets"))
    assert b"<v>7.5</v>" not in sheets
