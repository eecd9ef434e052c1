"""Tables for papers: structure, descriptive statistics, correlations and agreement, in each format."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import numpy as np
import polars as pl
import pytest
from docx.oxml.ns import qn

import indicia
from indicia.cli import main
from indicia.errors import MissingDependency, OutputError
from indicia_report.files.paper_tables import correlation_table, descriptive_table, structure_table

EXAMPLES = Path(__file__).parents[4] / "examples"
CITIES = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Kyiv", "Baku"],
        "year": [2020, 2020, 2020, 2020, 2019],
        "jobs": [2.0, 4.0, 4.0, 5.0, 99.0],
        "air": [9.0, None, 7.5, 3.0, 99.0],
        "rent": [1.0, 1.0, 1.0, 1.0, 99.0],
    }
)
INDEX: dict[str, Any] = {
    "name": {"en": "City index", "zh": "城市指数"},
    "data": {"unit": "city", "period": "year"},
    "dimensions": {"work": {"weight": 3, "name": {"en": "Work", "zh": "就业"}}, "place": {}},
    "indicators": {
        "jobs": {"dimension": "work", "unit": "thousands", "source": "lfs"},
        "air": {"dimension": "place", "direction": "cost", "weight": 2},
        "rent": {"dimension": "place"},
    },
    "sources": {"lfs": {"title": "Labour force survey", "publisher": "Office", "year": "2021"}},
    "methodology": {"normalisation": "min_max", "missing": "skip"},
}


@pytest.fixture(scope="module")
def result() -> Any:
    """The scores of the index."""
    return indicia.read(INDEX).score(CITIES)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return int(caught.value.code or 0)


def test_the_structure_has_each_part_with_its_weights_and_source(result: Any) -> None:
    table = structure_table(result)
    assert table.caption == "City index: structure"
    assert [*map(list, table.rows)] == [
        ["1", "Work", "", "", "0.750", "0.750", ""],
        ["1.1", "jobs", "thousands", "benefit", "1.000", "0.750", "Office: Labour force survey (2021)"],
        ["2", "place", "", "", "0.250", "0.250", ""],
        ["2.1", "air", "", "cost", "0.667", "0.167", ""],
        ["2.2", "rent", "", "benefit", "0.333", "0.083", ""],
    ]
    assert structure_table(result, "zh").rows[0][1] == "就业"
    assert structure_table(result, "zh").rows[3][3] == "负向"


def test_an_index_without_units_of_measure_and_sources_has_no_columns_for_them() -> None:
    index = indicia.read({"data": {"unit": "city"}, "indicators": {"jobs": {}}})
    table = structure_table(index.score(CITIES.drop("year").head(4)))
    assert [*table.headings] == [
        "No.",
        "Indicator or dimension",
        "Direction",
        "Weight within parent",
        "Effective weight",
    ]


def test_weights_that_differ_between_periods_are_a_range(scored: dict[str, Any]) -> None:
    _, _, result = scored["panel"]
    weights = result.weights.filter(id="x0", parent="a")["weight"]
    row = next(row for row in structure_table(result).rows if row[1] == "x0")
    assert f"{weights.min():.3f}–{weights.max():.3f}" in row


def test_a_part_of_several_dimensions_is_listed_in_each(scored: dict[str, Any]) -> None:
    rows = structure_table(scored["graph"][2]).rows
    assert [row[0] for row in rows if row[1] == "x0"] == ["1.2", "4.1"]


def test_descriptive_statistics_are_of_the_values_as_read_in_the_last_period(result: Any) -> None:
    table = descriptive_table(result)
    assert [*table.headings[3:]] == [
        *("n", "Mean", "Standard deviation", "Minimum", "Median", "Maximum", "Skewness", "Excess kurtosis"),
    ]
    jobs, air, rent = map(list, table.rows)
    # 2, 4, 4, 5: squared deviations from 3.75 sum to 4.75; G1 and G2 as SKEW and KURT of a spreadsheet
    assert jobs[3:] == ["4", "3.750", "1.258", "2.000", "4.000", "5.000", "-1.13", "2.23"]
    assert air[3:5] == ["3", "6.500"]
    assert rent[3:] == ["4", "1.000", "0.000", "1.000", "1.000", "1.000", "–", "–"]
    assert table.notes[0] == "Period: 2020"
    assert [*descriptive_table(result, None, 2019).rows[0][3:6]] == ["1", "99.00", "–"]


def test_correlations_are_a_lower_triangle_of_the_normalised_values(scored: dict[str, Any]) -> None:
    _, _, result = scored["skip"]
    table = correlation_table(result)
    pair = result.normalised.select("x0", "x1").drop_nulls().to_numpy().T
    assert table.rows[1][2:4] == [f"{np.corrcoef(pair)[0, 1]:.2f}", "1"]
    assert [row.count("") for row in table.rows] == [3, 2, 1, 0]


def test_a_constant_indicator_has_no_correlation(result: Any) -> None:
    assert correlation_table(result).rows[-1][2:4] == ["–", "–"]


def test_simulated_indicators_are_named_below_their_statistics(scored: dict[str, Any]) -> None:
    result = scored["intelligent_manufacturing"][2]
    for table in (descriptive_table(result, "zh"), correlation_table(result, "zh")):
        assert table.notes[-1].startswith("模拟数据，并非实测：高新技术企业数")


def test_a_word_document_has_a_table_with_a_repeated_heading_and_a_numbered_caption(
    result: Any, tmp_path: Path
) -> None:
    result.export(tmp_path / "structure.docx", "zh", table="structure")
    document = docx.Document(str(tmp_path / "structure.docx"))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells][:2] == ["1", "就业"]
    heads = [row for row in table.rows if row._tr.find(f".//{qn('w:tblHeader')}") is not None]
    assert [row.cells[0].text for row in heads] == ["序号"]
    caption = document.paragraphs[0]
    assert caption.style.name == "Caption"
    assert caption._p.find(qn("w:fldSimple")).get(qn("w:instr")) == r"SEQ Table \* ARABIC"
    assert caption.text.endswith("城市指数：指标体系")
    assert document.paragraphs[-1].text.endswith("有效权重为在总指数中的占比。")


def test_a_table_wider_than_a_page_is_split_with_its_first_columns_repeated(tmp_path: Path) -> None:
    columns = {f"x{at}": [float((row * (at + 3)) % 19 + row) for row in range(5)] for at in range(60)}
    frame = pl.DataFrame({"city": list("abcde"), **columns})
    result = indicia.read({"data": {"unit": "city"}, "indicators": {name: {} for name in columns}}).score(frame)
    result.export(tmp_path / "wide.docx", table="normalised")
    tables = docx.Document(str(tmp_path / "wide.docx")).tables
    assert len(tables) > 1
    assert {table.rows[0].cells[0].text for table in tables} == {"City"}
    assert sum(len(table.columns) - 1 for table in tables) == 60


def test_hostile_names_are_texts_in_every_format(tmp_path: Path) -> None:
    names = ["<script>alert(1)</script>", "\\input{x}|*`[a](b)", "=1+1\x00\x1b[31m\u202e\uffff"]
    frame = pl.DataFrame({"city": names, "jobs": [1.0, 2.0, 3.0], "air": [2.0, 1.0, 3.0]})
    parts = {"jobs": {"name": names[0]}, "air": {"name": names[1]}}
    result = indicia.read({"name": names[0], "data": {"unit": "city"}, "indicators": parts}).score(frame)
    for table in ("scores", "structure"):
        for form in ("docx", "html", "md", "tex"):
            result.export(tmp_path / f"table.{form}", table=table)
        assert b"<script" not in (tmp_path / "table.html").read_bytes()
        assert b"<script" not in (tmp_path / "table.md").read_bytes().replace(rb"\<script", b"")
        assert rb"\input{x}|" not in (tmp_path / "table.tex").read_bytes()
        xml = zipfile.ZipFile(tmp_path / "table.docx").read("word/document.xml")
        assert b"<script" not in xml
        assert b"\xe2\x80\xae" not in xml
    cells = [cell.text for row in docx.Document(str(tmp_path / "table.docx")).tables[0].rows for cell in row.cells]
    assert names[0] in cells


def test_equal_results_are_equal_documents(result: Any, tmp_path: Path) -> None:
    for name in ("one.docx", "two.docx"):
        result.export(tmp_path / name)
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()


def test_without_the_library_an_error_names_the_extra(
    result: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[word\]'"):
        result.export(tmp_path / "ranking.docx")


def test_the_agreement_is_that_of_the_variants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    index = EXAMPLES / "intelligent_manufacturing" / "index.toml"
    assert run("export", str(index), "-o", "agreement.md", "--show", "agreement") == 0
    lines = (tmp_path / "agreement.md").read_text().splitlines()
    agreement = indicia.read(index).compare().frame("agreement")
    assert lines[4].startswith("| as it stands |")
    assert f"{agreement['official'][0]:.5f}" in lines[4]
    assert "1 = as it stands" not in lines, "the table has the names"


def test_an_index_without_variants_has_no_agreement(result: Any, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the agreement of methodologies needs several, and there is one"):
        result.export(tmp_path / "agreement.tex", table="agreement")


def test_a_file_with_the_whole_result_takes_no_table(result: Any, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="json holds the whole result, and no single table"):
        result.export(tmp_path / "index.json", table="structure")
    with pytest.raises(OutputError, match='latex has no table "weight"'):
        result.export(tmp_path / "index.tex", table="weight")


def test_statistics_of_values_that_are_not_published_are_refused(tmp_path: Path) -> None:
    result = indicia.read({**INDEX, "publication": {"publisher": "Office", "raw_values": False}}).score(CITIES)
    for table in ("descriptive", "prepared"):
        with pytest.raises(OutputError, match=f"a file of the table {table} would hold raw values"):
            result.export(tmp_path / "table.docx", table=table)
    result.export(tmp_path / "table.md", table="structure")
    result.export(tmp_path / "table.md", table="correlations")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["table.md"]
