"""Which values are imputed, how much of the weight rests on them, and how tables say so."""

from __future__ import annotations

import io
import re
import zipfile
from html import unescape
from typing import TYPE_CHECKING, Any

import fastexcel
import polars as pl
import pytest
from shown_results import exported

import indicia
from indicia.cli import main
from indicia.data import render
from indicia.errors import DefinitionError
from indicia_bundle.fitted import fit
from indicia_report.files.document import Document, document
from indicia_report.files.long import long_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]

TOWNS = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"],
        "region": ["south", "north", "south", "north"],
        "of": ["Rome", None, "Oslo", None],
        "a": [None, 2.0, 3.0, 4.0],
        "b": [4.0, None, 2.0, 1.0],
        "c": [1.0, None, 3.0, 4.0],
        "d": [2.0, 5.0, None, 3.0],
    }
)
PARTS = {"x": {"weight": 3}, "y": {}}
LEAVES = {
    "a": {"dimension": "x", "bounds": [0, 10]},
    "b": {"dimension": "x", "bounds": [0, 10], "weight": 2},
    "c": {"dimension": "y", "bounds": [0, 10]},
    "d": {"dimension": "y", "bounds": [0, 10], "weight": 4},
}
"""Weights in the whole: a 3/4 x 1/3 = 0.25, b 0.5, c 1/4 x 1/5 = 0.05, d 0.2."""


def towns(index: Make, methodology: dict[str, Any], leaves: dict[str, Any] = LEAVES, **words: Any) -> Index:
    parts = words.pop("dimensions", PARTS)
    return index(leaves, {"weighting": "given", **methodology}, groups=("region", "of"), dimensions=parts, **words)


@pytest.mark.parametrize("imputation", ["mean", "median(within='region')", "parent(within='of')", "nearest(k=1)"])
def test_the_share_is_the_sum_of_the_weights_of_the_imputed_indicators(index: Make, imputation: str) -> None:
    table = TOWNS.with_columns(of=pl.Series(["Rome", "Pune", "Rome", None])) if "parent" in imputation else TOWNS
    table = table.with_columns(c=pl.Series([1.0, None, 3.0, 4.0]))
    scores = towns(index, {"imputation": imputation}).score(table).scores
    assert scores["imputed_share"].to_list() == pytest.approx([0.25, 0.55, 0.2, 0.0], abs=1e-15)


@pytest.mark.parametrize("policy", ["value(value=0.5)", "group_mean(within='region')"])
def test_what_a_node_puts_in_place_of_missing_parts_is_imputed(index: Make, policy: str) -> None:
    result = towns(index, {"missing": policy}).score(TOWNS)
    assert result.scores["imputed_share"].to_list() == pytest.approx([0.25, 0.55, 0.2, 0.0], abs=1e-15)
    assert result.imputed.values["x"].to_list() == [True, True, False, False]
    assert result.imputed.values["y"].to_list() == [False, True, True, False]


def test_the_score_of_a_parent_in_place_of_a_missing_dimension_counts_with_its_whole_weight(index: Make) -> None:
    table = TOWNS.with_columns(c=pl.Series([None, 2.0, 3, 4]), d=pl.Series([None, 5.0, 6, 3]))
    methodology = {"missing": "skip(minimum_share=0)", "levels": [{"missing": "parent(within='of')"}]}
    result = towns(index, methodology).score(table)
    assert result.scores["y"][0] is None
    assert result.scores["imputed_share"].to_list() == pytest.approx([0.25, 0, 0, 0], abs=1e-15)


def test_within_a_node_that_misses_parts_the_share_is_of_the_weights_that_count(index: Make) -> None:
    """Oslo has neither b nor c: x is a alone, which is imputed; y is d alone. Lima has x of b alone, measured."""
    leaves = {**LEAVES, "a": {**LEAVES["a"], "imputation": "mean"}}
    table = TOWNS.with_columns(a=pl.Series([None, None, 3.0, 4.0]))
    result = towns(index, {"missing": "skip(minimum_share=0)"}, leaves).score(table)
    assert result.scores["imputed_share"].to_list() == pytest.approx([0.25, 0.75, 0.0, 0.0], abs=1e-15)
    half = towns(index, {"missing": "skip(minimum_share=0)"}, leaves).score(table.with_columns(d=pl.lit(None)))
    lone = half.scores["imputed_share"].to_list()  # Oslo has no y at all: its score is the imputed a
    assert lone == pytest.approx([0.25, 1.0, 0.0, 0.0], abs=1e-15)


def test_the_share_goes_by_the_weights_of_the_group_of_a_unit(index: Make) -> None:
    table = TOWNS.with_columns(b=pl.Series([4.0, 3.0, 2.0, 1.0]), c=pl.lit(1.0), d=pl.Series([2.0, 5.0, 4.0, 3.0]))
    flat = {name: {"bounds": [0, 10]} for name in "abd"}
    made = index(
        flat, {"imputation": "mean", "weighting": "standard_deviation", "weights": "region"}, groups=("region",)
    )
    result = made.score(table)
    weights = result.weights.filter(region="south", id="a")["weight"].item()
    assert weights != pytest.approx(result.weights.filter(region="north", id="a")["weight"].item())
    assert result.scores["imputed_share"].to_list() == pytest.approx([weights, 0, 0, 0])


def test_a_unit_without_a_score_has_no_share(index: Make) -> None:
    leaves = {**LEAVES, "a": {**LEAVES["a"], "imputation": "mean"}}
    scores = towns(index, {"missing": "propagate"}, leaves).score(TOWNS).scores
    assert scores["imputed_share"].to_list() == [pytest.approx(0.25), None, None, 0.0]


def test_the_column_is_there_where_the_methodology_fills_gaps_and_only_there(index: Make) -> None:
    whole = TOWNS.with_columns(pl.col("a", "b", "c", "d").fill_null(1.0))
    filling, refusing = towns(index, {"imputation": "mean"}).score(whole), towns(index, {}).score(whole)
    assert filling.scores["imputed_share"].to_list() == [0.0] * 4
    assert filling.notes[0:] == refusing.notes
    assert "imputed_share" not in refusing.scores.columns
    assert filling.scores.drop("imputed_share").equals(refusing.scores)


def test_a_note_names_the_units_with_the_largest_shares_first(index: Make) -> None:
    result = towns(index, {"imputation": "mean"}).score(TOWNS)
    note = result.notes[-1]
    assert note == "imputed values carry part of the weight of 3 units: Oslo (55 %), Lima (25 %), Pune (20 %)"
    assert (
        note.in_language("zh", {"Oslo": "奥斯陆"})
        == "3 个单位的权重部分来自填补值：奥斯陆 (55 %)、Lima (25 %)、Pune (20 %)"
    )


def test_no_dimension_takes_the_name_of_the_share(index: Make) -> None:
    with pytest.raises(DefinitionError, match='"imputed_share" is the name of the imputed share already'):
        index({"a": {"dimension": "imputed_share"}}, dimensions={"imputed_share": {}}).score(TOWNS)


# Tables


def test_marks_follow_the_order_of_the_ranking(index: Make) -> None:
    result = towns(index, {"imputation": "mean"}).score(TOWNS)
    marks = result.marks("scores").hstack(result.ranking.select("city"))
    assert {name: set(marks.filter(name)["city"]) for name in ("score", "x", "y")} == {
        "score": {"Lima", "Oslo", "Pune"},
        "x": {"Lima", "Oslo"},
        "y": {"Oslo", "Pune"},
    }
    of_indicators = result.marks("prepared")
    assert {name: of_indicators[name].to_list().index(True) for name in "abcd"} == {"a": 0, "b": 1, "c": 1, "d": 2}
    assert result.marks("normalised").equals(of_indicators)
    assert result.marks("ranks").is_empty()


def test_a_gap_that_a_node_fills_stays_an_unmarked_gap_of_the_indicator(index: Make) -> None:
    result = towns(index, {"missing": "value(value=0.5)"}).score(TOWNS)
    assert result.prepared["a"][0] is None
    assert not any(column.any() for column in result.marks("prepared"))


@pytest.mark.parametrize(("form", "mark"), [("md", r"\*"), ("latex", "{*}"), ("html", "*")])
def test_tables_that_are_read_mark_imputed_figures_and_explain_the_mark(index: Make, form: str, mark: str) -> None:
    result = towns(index, {"imputation": "mean"}).score(TOWNS)
    text = exported(result, form).decode()
    starts = {name: re.compile(rf"(\| |<tr><td>|\d & )?{name}\b") for name in TOWNS["city"]}
    lines = {name: next(filter(start.match, text.splitlines())) for name, start in starts.items()}
    assert {name: line.count(mark) for name, line in lines.items()} == {"Lima": 2, "Oslo": 3, "Pune": 2, "Rome": 0}
    assert f"{mark} imputed, or computed from imputed values" in text
    assert "Oslo (55 " in text


def test_tables_without_imputed_figures_are_as_ever(index: Make) -> None:
    result = towns(index, {"missing": "skip"}).score(TOWNS)
    for form in ("md", "html"):
        assert exported(result, form) == render(result.ranking, form, title=result.title)
    assert b"mputed" not in exported(result, "latex")


def test_a_sheet_keeps_imputed_figures_as_numbers(index: Make) -> None:
    result = towns(index, {"imputation": "mean"}).score(TOWNS)
    content = render(result.prepared, "xlsx", marks=result.marks("prepared"))
    sheet = fastexcel.read_excel(content).load_sheet(0).to_polars()
    assert sheet["a"].to_list() == [3.0, 2.0, 3.0, 4.0]
    assert len(_formats(content, '"*"')) == 4
    comments = zipfile.ZipFile(io.BytesIO(content)).read("xl/comments1.xml").decode()
    assert comments.count("* imputed, or computed from imputed values") == 4


def _formats(content: bytes, form: str) -> list[str]:
    """Return the cells of a workbook whose number format ends so, with their sheets."""
    book = zipfile.ZipFile(io.BytesIO(content))
    styles = book.read("xl/styles.xml").decode()
    codes = re.findall(r'numFmtId="(\d+)" formatCode="([^"]*)"', styles)
    known = {number for number, code in codes if unescape(code).endswith(form)}
    of_cells = re.findall(r"<xf [^>]*numFmtId=\"(\d+)\"", styles[styles.index("<cellXfs") :])
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    return [
        f"{name}!{cell}"
        for name in sheets
        for cell, style in re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', book.read(name).decode())
        if of_cells[int(style)] in known
    ]


def test_the_workbook_marks_imputed_values_and_the_scores_computed_from_them(index: Make) -> None:
    result = towns(index, {"imputation": "mean"}).score(TOWNS)
    content = exported(result, "xlsx")
    # data and normalised: a, b, c, d once each; level 1: x and y twice each; the index: three scores
    assert len(_formats(content, '"*"')) == 4 + 4 + 4 + 3
    book = fastexcel.read_excel(content)
    ranking = pl.DataFrame(book.load_sheet("Ranking", header_row=4).to_polars())
    shares = dict(ranking.select("unit", "imputed share of the weight, by Indicia").iter_rows())
    assert shares == pytest.approx({"Lima": 0.25, "Oslo": 0.55, "Pune": 0.2, "Rome": 0.0})


def test_the_long_table_has_the_code_of_imputed_values_and_the_shares(index: Make) -> None:
    long = long_table(towns(index, {"imputation": "mean"}).score(TOWNS))
    imputed = {("Lima", "a"), ("Oslo", "b"), ("Oslo", "c"), ("Pune", "d")}
    for measure in ("VALUE", "NORMALISED"):
        found = long.filter(MEASURE=measure, OBS_STATUS="I")
        assert set(found.select("REF_AREA", "INDICATOR").iter_rows()) == imputed
    computed = long.filter(OBS_COMMENT="computed from imputed values").select("REF_AREA", "INDICATOR")
    assert set(computed.filter(INDICATOR="x")["REF_AREA"]) == {"Lima", "Oslo"}
    shares = dict(long.filter(MEASURE="IMPUTED_SHARE").select("REF_AREA", "OBS_VALUE").iter_rows())
    assert shares == pytest.approx({"Lima": 0.25, "Oslo": 0.55, "Pune": 0.2, "Rome": 0.0})


def test_the_document_says_which_values_are_imputed(index: Make) -> None:
    result = towns(index, {"imputation": "mean"}).score(TOWNS)
    lima, oslo, *_ = Document.model_validate_json(document(result)).units
    assert lima.imputed_share == pytest.approx(0.25)
    assert [name for name, value in oslo.indicators.items() if value.imputed] == ["b", "c"]
    assert "imputed" not in document(towns(index, {"missing": "skip"}).score(TOWNS)).partition('"manifest"')[0]


# The terminal and streams


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an index file that imputes."""
    TOWNS.write_csv(tmp_path / "towns.csv")
    (tmp_path / "index.toml").write_text(
        '[data]\npath = "towns.csv"\nunit = "city"\ngroups = ["region"]\n[dimensions]\nx = { weight = 3 }\ny = {}\n'
        "[indicators]\n"
        + "".join(
            f'{name} = {{ dimension = "{leaf["dimension"]}", bounds = [0, 10], weight = {leaf.get("weight", 1)} }}\n'
            for name, leaf in LEAVES.items()
        )
        + '[methodology]\nimputation = "mean"\n'
    )
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    assert left.value.code == 0
    return capsys.readouterr().out


def test_the_printed_ranking_marks_figures_and_shows_shares(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "run", folder / "index.toml").splitlines()
    assert "imputed" in out[1].split()
    rows = {line.split()[1]: line.split() for line in out[2:6]}
    assert {name: sum(cell.endswith("*") for cell in row) for name, row in rows.items()} == {
        "Lima": 2,
        "Oslo": 3,
        "Pune": 2,
        "Rome": 0,
    }
    assert "55 %" in " ".join(rows["Oslo"])
    assert "* imputed, or computed from imputed values" in out


def test_printed_tables_of_indicators_mark_imputed_values(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "run", folder / "index.toml", "--show", "prepared").splitlines()
    assert out[2].split() == ["Lima", "south", "3*", "4", "1", "2"]
    assert "* imputed, or computed from imputed values" in out


def test_in_a_terminal_marked_and_unmarked_figures_stand_below_each_other(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    lines = run(capsys, "run", folder / "index.toml").splitlines()
    rows = [line for line in lines if re.match(r" +\d  ", line)]
    assert len(rows) == 4
    assert len({line.index(".") for line in rows}) == 1
    assert sum("*" in line for line in rows) == 3


def test_data_that_go_elsewhere_have_shares_and_no_marks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "run", folder / "index.toml", "-f", "csv")
    assert "*" not in out
    assert dict(pl.read_csv(io.StringIO(out)).select("city", "imputed_share").iter_rows())["Oslo"] == pytest.approx(
        0.55
    )


def test_every_slice_of_a_stream_has_the_column(folder: Path) -> None:
    fitted = fit(indicia.read(folder / "index.toml"))
    fitted.stream(folder / "towns.csv", folder / "scores.csv", size=1)  # a row is a slice
    streamed = pl.read_csv(folder / "scores.csv")
    assert streamed["imputed_share"].to_list() == pytest.approx([0.25, 0.55, 0.2, 0.0], abs=1e-15)
