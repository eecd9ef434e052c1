"""Writing tables: data survive the journey, tables for reading are escaped, and a file is whole or absent."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from indicia.data import FORMATS, escape_formulas, format_of, read_table, render, write
from indicia.errors import MissingDependency, OutputError

SCORES = pl.DataFrame({"city": ["Lima", "广州"], "score": [0.5, None], "rank": [1, 2]})
NAMES = {"text": ["unit"], "numbers": ["x"]}

# Neither Excel nor a line of text can hold every control character.
letters = st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"])
units = st.text(letters, min_size=1, max_size=20)


@st.composite
def frames(draw: st.DrawFn, texts: st.SearchStrategy[str] = units, largest: float | None = None) -> pl.DataFrame:
    lowest = None if largest is None else -largest
    numbers = st.none() | st.floats(lowest, largest, allow_nan=False, allow_infinity=False)
    rows = draw(st.lists(st.tuples(texts, numbers), min_size=1))
    return pl.DataFrame(rows, schema={"unit": pl.String, "x": pl.Float64}, orient="row")


def text(frame: pl.DataFrame, kind: str, title: str | None = None) -> str:
    return render(frame, kind, title=title).decode()


# Data


@pytest.mark.parametrize("kind", ["csv", "tsv", "json", "ndjson", "parquet"])
@given(frame=frames())
def test_a_frame_comes_back_as_it_was(kind: str, frame: pl.DataFrame) -> None:
    assert_frame_equal(read_back(frame, kind), frame, check_exact=True)


@given(frame=frames(st.text(st.characters(exclude_categories=["Cs"]), min_size=1)))
def test_any_text_comes_back_from_parquet(frame: pl.DataFrame) -> None:
    assert_frame_equal(read_back(frame, "parquet"), frame, check_exact=True)


@given(frame=frames(largest=9e307))
def test_a_frame_comes_back_from_excel_to_sixteen_digits(frame: pl.DataFrame) -> None:
    assert_frame_equal(read_back(frame, "xlsx"), frame, rel_tol=1e-14, abs_tol=0)


def read_back(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(render(frame, kind)))
    try:
        return read_table("-", **NAMES)
    finally:
        sys.stdin = stdin


@pytest.mark.parametrize("kind", ["csv", "tsv"])
@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "007", "NA", 'a "b"', "a,b\tc", "line\nbreak"])
def test_a_text_is_written_as_it_is(kind: str, cell: str) -> None:
    frame = pl.DataFrame({"unit": [cell, "b"], "x": [1.5, 2.5]})
    assert_frame_equal(read_back(frame, kind), frame)


def test_a_gap_is_empty_in_csv_and_so_is_nan() -> None:
    assert text(pl.DataFrame({"x": [None, float("nan"), 0.0], "y": [1, 2, 3]}), "csv") == "x,y\n,1\n,2\n0.0,3\n"


def test_json_is_a_list_of_records_with_null_for_gaps() -> None:
    assert json.loads(render(SCORES, "json")) == [
        {"city": "Lima", "score": 0.5, "rank": 1},
        {"city": "广州", "score": None, "rank": 2},
    ]


def test_json_keeps_letters_as_letters() -> None:
    assert '"广州"' in text(SCORES, "json")


def test_ndjson_is_one_record_per_line() -> None:
    assert [json.loads(line)["rank"] for line in render(SCORES, "ndjson").splitlines()] == [1, 2]


@pytest.mark.parametrize("kind", ["json", "ndjson", "xlsx"])
def test_infinity_is_refused_where_it_cannot_be_written(kind: str) -> None:
    with pytest.raises(OutputError, match="cannot hold the infinite values of x"):
        render(pl.DataFrame({"x": [float("inf")]}), kind)


def test_lists_are_refused_in_csv() -> None:
    with pytest.raises(OutputError, match="the table cannot be written as csv"):
        render(pl.DataFrame({"x": [[1, 2]]}), "csv")


# Tables to be read


def test_markdown_aligns_numbers_to_the_right() -> None:
    assert text(SCORES, "md").splitlines() == [
        "| city | score | rank |",
        "| :-- | --: | --: |",
        "| Lima | 0.5 | 1 |",
        "| 广州 |  | 2 |",
    ]


def test_markdown_escapes_what_would_end_a_cell() -> None:
    frame = pl.DataFrame({"a|b": ["x|y\nz", "<b>", "\\"]})
    assert text(frame, "md").splitlines() == [r"| a\|b |", "| :-- |", r"| x\|y z |", r"| \<b> |", r"| \\ |"]


def test_a_title_stands_above_a_markdown_table() -> None:
    assert text(SCORES, "md", title="Scores | 2020").startswith("**Scores \\| 2020**\n\n| city")


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.123456789, 12.3], ["0.1235", "12.3000"]),
        ([0.5, 0.25], ["0.50", "0.25"]),
        ([100.0, 50.0], ["100", "50"]),
        ([1234567.8, 0.4], ["1234568", "0"]),
        ([0.00012345678, None], ["0.000123457", ""]),
        ([-0.0000001, 1.25], ["0.00", "1.25"]),
        ([0.0, 0.0], ["0", "0"]),
    ],
)
def test_six_digits_of_the_largest_number_are_shown(values: list[float | None], shown: list[str]) -> None:
    lines = text(pl.DataFrame({"x": values}), "md").splitlines()[2:]
    assert [line.strip("| ") for line in lines] == shown


def test_latex_is_a_booktabs_table() -> None:
    lines = text(SCORES, "latex").splitlines()
    assert lines[lines.index(r"\begin{longtable}{lrr}") + 1 :][:4] == [
        r"\toprule",
        r"city & score & rank \\",
        r"\midrule",
        r"\endhead",
    ]
    assert lines[lines.index(r"\endlastfoot") + 1 :][:3] == [
        r"Lima & 0.5 & 1 \\",
        r"广州 &  & 2 \\",
        r"\end{longtable}",
    ]


def test_latex_escapes_its_specials() -> None:
    frame = pl.DataFrame({"a_b": [r"5% & $x^2$ #1 {~} \n", "[x]"]})
    lines = text(frame, "latex").splitlines()
    assert r"a\_b \\" in lines
    assert lines[lines.index(r"\endlastfoot") + 1 :][:2] == [
        r"5\% \& \$x\textasciicircum{}2\$ \#1 \{\textasciitilde{}\} \textbackslash{}n \\",
        r"{[}x{]} \\",
    ]


def test_a_title_is_the_caption_in_latex() -> None:
    assert r"\caption{Scores \& ranks}" in text(SCORES, "latex", title="Scores & ranks")


class Cells(HTMLParser):
    """Collects what a browser shows."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_shows_every_text_as_it_is() -> None:
    cells = Cells(text(pl.DataFrame({"<i>": ["<script>alert('&amp;')</script>"]}), "html", title="</title><b>"))
    assert "script" not in cells.tags
    assert {"</title><b>", "<i>", "<script>alert('&amp;')</script>"} <= set(cells.texts)


def test_html_is_one_document_in_utf_8_that_loads_nothing() -> None:
    document = text(SCORES, "html")
    assert '<meta charset="utf-8">' in document
    assert not {"link", "script", "img"} & set(Cells(document).tags)


def test_html_aligns_numbers_to_the_right() -> None:
    assert '<tr><td>Lima</td><td class="n">0.5</td><td class="n">1</td></tr>' in text(SCORES, "html")


# Excel


@pytest.mark.parametrize("cell", ["=1+1", "{=1+1}", "https://example.org", "mailto:a@example.org", "007"])
def test_a_text_is_never_a_formula_a_link_or_a_number_in_excel(cell: str) -> None:
    content = render(pl.DataFrame({"unit": [cell], "x": [1.0]}), "xlsx")
    sheet = ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert fastexcel.read_excel(content).load_sheet(0).to_polars()["unit"].to_list() == [cell]


def test_the_same_table_is_the_same_workbook() -> None:
    assert render(SCORES, "xlsx") == render(SCORES, "xlsx")
    created = ZipFile(io.BytesIO(render(SCORES, "xlsx"))).read("docProps/core.xml").decode()
    assert "2000-01-01T00:00:00Z</dcterms:created>" in created


@pytest.mark.parametrize(
    ("title", "sheet"),
    [(None, "Table"), ("Scores", "Scores"), ("a/b:c*[d]?'e'", "a b c  d   e"), ("x" * 40, "x" * 31), ("???", "Table")],
)
def test_the_title_names_the_sheet_as_far_as_excel_allows(title: str | None, sheet: str) -> None:
    assert fastexcel.read_excel(render(SCORES, "xlsx", title=title)).sheet_names == [sheet]


def test_excel_holds_dates_truths_and_long_integers() -> None:
    frame = pl.DataFrame({"day": [dt.date(2020, 12, 31)], "yes": [True], "id": [12345678901234567]})
    back = fastexcel.read_excel(render(frame, "xlsx")).load_sheet(0).to_polars()
    assert back.cast({"day": pl.Date}).rows() == [(dt.date(2020, 12, 31), True, "12345678901234567")]


def test_a_text_that_is_too_long_for_excel_is_refused() -> None:
    with pytest.raises(OutputError, match="unit holds a text of more than 32,767 characters"):
        render(pl.DataFrame({"unit": ["x" * 32_768]}), "xlsx")


def test_a_table_that_is_too_long_for_excel_is_refused() -> None:
    with pytest.raises(OutputError, match="larger than an Excel sheet"):
        render(pl.DataFrame({"x": range(1_048_576)}), "xlsx")


def test_excel_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[excel\]'"):
        render(SCORES, "xlsx")


# Formats and endings


@pytest.mark.parametrize("kind", FORMATS)
def test_a_table_without_rows_can_be_written(kind: str) -> None:
    assert isinstance(render(SCORES.clear(), kind), bytes)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_format_is_written_the_same_every_time(kind: str) -> None:
    assert render(SCORES, kind, title="Scores") == render(SCORES, kind, title="Scores")


def test_an_unknown_format_names_the_nearest() -> None:
    with pytest.raises(OutputError, match='unknown format "cvs"') as caught:
        render(SCORES, "cvs")
    assert caught.value.remedy == 'did you mean "csv"?'


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.csv", "csv"), ("a.TSV", "tsv"), ("a.jsonl", "ndjson"), ("a.tex", "latex"), ("a.b.htm", "html")],
)
def test_the_ending_tells_the_format(name: str, expected: str) -> None:
    assert format_of(Path(name)) == expected


@pytest.mark.parametrize("name", ["scores.doc", "scores"])
def test_an_unknown_ending_lists_the_known_ones(name: str) -> None:
    with pytest.raises(OutputError, match=f'the ending of "{name}" is not that of a format') as caught:
        format_of(Path(name))
    assert str(caught.value.remedy).startswith("known: .csv, .tsv, .json")


# Files


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("old")
    write(b"new", path)
    assert path.read_text() == "new"
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "scores.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match=r'cannot write "scores.csv": Permission denied'):
        write(b"new", path)
    assert path.read_text() == "old"
    assert [*tmp_path.iterdir()] == [path]


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder") as caught:
        write(b"", tmp_path / "none" / "scores.csv")
    assert caught.value.where == str(tmp_path / "none" / "scores.csv")


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="there is no folder"):
        write(b"", tmp_path / "file" / "scores.csv")


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        write(b"", tmp_path)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "scores.csv")
    write(b"new", tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "scores.csv").read_text() == "new"


def test_a_device_is_written_to_and_not_replaced() -> None:
    write(b"gone", Path(os.devnull))
    assert not Path(os.devnull).is_file()


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250 + ".csv")
    write(b"new", path)
    assert path.read_text() == "new"


@pytest.mark.parametrize("kind", ["md", "latex", "html"])
def test_a_table_to_be_read_does_nothing_to_a_terminal_or_a_typesetter(kind: str) -> None:
    frame = pl.DataFrame({"u\x07nit": ["red\x1b[31m", "a\rb"], "x": [1.0, 2.0]})
    written = text(frame, kind, "title\x1b]0;other\x07")
    assert not set(written) & {"\x07", "\x1b", "\r"}
    assert "red\ufffd" in written.replace(r"\indiciaother{", "")


def test_a_name_makes_no_link_in_markdown() -> None:
    frame = pl.DataFrame(
        {"[city](x)": ["[Lima](http://example.org)", "![Oslo](http://example.org/x.png)"], "x": [1, 2]}
    )
    text = render(frame, "md", title="[Cities](http://a.org)").decode()
    assert "\\[Lima](" in text
    assert not re.findall(r"(?<!\\)\[", text)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "=HYPERLINK(1)", "-a", "+", "-"]
)
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(cell: str) -> None:
    frame = pl.DataFrame({cell: [cell, None], "kind": pl.Series([cell, "a"], dtype=pl.Categorical)})
    escaped = escape_formulas(frame)
    assert escaped.to_dict(as_series=False) == {f"'{cell}": [f"'{cell}", None], "kind": [f"'{cell}", "a"]}


@pytest.mark.parametrize("cell", ["Lima", "1=1", "", "-1", "+1.5", "-.5e-3", "1e5", "a-b", " =1", "北京"])
def test_another_text_stays_as_it_is(cell: str) -> None:
    assert escape_formulas(pl.DataFrame({"x": [cell]}))["x"].to_list() == [cell]


def test_numbers_stay_numbers() -> None:
    frame = pl.DataFrame({"x": [-1.5, 2.0], "n": [-1, None], "day": [dt.date(2020, 1, 1)] * 2, "yes": [True, False]})
    assert_frame_equal(escape_formulas(frame), frame)
