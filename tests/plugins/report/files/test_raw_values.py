"""An index whose raw values are not published: files, pages and workbooks leave them out."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.cli import main
from indicia_report.files.document import document, document_schema
from indicia_report.files.long import long_table
from indicia_report.page import report
from indicia_workbook.book import workbook

if TYPE_CHECKING:
    from indicia.result import Result

RAW = ("81.25", "76.5", "74.75", "9.125", "12.375", "66.625")
CITIES = "city,jobs,air\nNorthport,81.25,9.125\nEaston,76.5,12.375\nSoutham,74.75,\nWeston,,66.625\n"
TOML = """[publication]
publisher = "Office of Cities"
licence = "CC-BY-4.0"
citation = "Office of Cities, City index"
raw_values = false

[data]
path = "cities.csv"
unit = "city"

[indicators]
jobs = { direction = "benefit", source = "lfs" }
air = { direction = "cost" }

[sources.lfs]
title = "Labour force survey"

[methodology]
imputation = "mean"
normalisation = "min_max(lower=1, upper=100)"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the index and its data."""
    monkeypatch.chdir(tmp_path)
    Path("cities.csv").write_text(CITIES)
    Path("index.toml").write_text(TOML)
    return tmp_path


@pytest.fixture
def result(folder: Path) -> Result:
    """The scores of the index."""
    return indicia.read(folder / "index.toml").score()


def raw_in(text: str) -> list[str]:
    return [value for value in RAW if value in text]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return int(caught.value.code or 0)


def test_a_note_states_that_raw_values_are_not_published(result: Result) -> None:
    assert str(result.notes[-1]) == (
        "values before normalisation are not published: files, pages and workbooks leave them out"
    )


def test_python_keeps_the_values(result: Result) -> None:
    assert result.prepared["jobs"].to_list()[:2] == [81.25, 76.5]


def test_the_long_table_has_no_raw_values(result: Result) -> None:
    table = long_table(result)
    assert sorted(table["MEASURE"].unique()) == ["IMPUTED_SHARE", "NORMALISED", "RANK", "SCORE"]
    assert raw_in(table.write_csv()) == []


def test_the_document_has_no_raw_values_and_follows_its_schema(result: Result) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    text = document(result)
    content = json.loads(text)
    jsonschema.validate(content, document_schema())
    assert raw_in(text) == []
    assert set(content["units"][0]["indicators"]["jobs"]) == {"normalised"}
    assert {(cell["before"], cell["after"]) for cell in content["cells"]} == {(None, None)}


def test_the_workbook_has_scores_as_formulas_and_no_raw_values(result: Result) -> None:
    with zipfile.ZipFile(BytesIO(workbook(result))) as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert raw_in(text) == []
    assert 'name="Data"' not in text
    assert 'name="Changed cells"' not in text
    assert 'name="Normalised"' in text
    assert "<f>" in text
    assert "Office of Cities, City index" in text
    assert "Labour force survey" in text


def test_the_workbook_has_no_values_of_the_columns_that_methods_use(folder: Path) -> None:
    people = pl.read_csv("cities.csv").with_columns(people=pl.Series([31.5, 32.5, 33.5, 34.5]))
    people.write_csv("cities.csv")
    words = 'imputation = "mean(weights=people)"\nrescaling = "z_score(weights=people)"'
    Path("index.toml").write_text(TOML.replace('imputation = "mean"', words))
    result = indicia.read(folder / "index.toml").score()
    with zipfile.ZipFile(BytesIO(workbook(result))) as book:
        text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "33.5" not in text
    assert "a spreadsheet has no formula for people, whose values are not published" in text


def test_the_page_has_no_raw_values(folder: Path) -> None:
    page = report(indicia.read(folder / "index.toml"), draws=2, seed=1)
    assert raw_in(page) == []
    assert "Office of Cities, City index" in page
    assert "CC-BY-4.0" in page
    assert "Labour force survey" in page


@pytest.mark.parametrize("table", ["prepared", "cells", "statistics"])
def test_a_file_of_raw_values_is_refused_with_the_line(table: str, folder: Path, capfd: Any) -> None:
    assert run("run", "--show", table, "-o", "table.csv") == 2
    assert capfd.readouterr().err == (
        f"error: a file of the table {table} would hold raw values, and the index does not publish them\n"
        "  index.toml:5   raw_values = false\n"
        "  fix: raw_values = true if they may be published; --show without -o and --format prints them here\n"
    )
    assert not (folder / "table.csv").exists()


def test_another_program_gets_no_raw_values(folder: Path, capfd: Any) -> None:
    assert folder
    assert run("run", "--show", "prepared", "-f", "csv") == 2
    assert capfd.readouterr().out == ""


def test_the_terminal_shows_them(folder: Path, capfd: Any) -> None:
    assert folder
    assert run("run", "--show", "prepared") == 0
    assert "81.25" in capfd.readouterr().out


def test_the_file_of_a_fitted_index_is_for_oneself(folder: Path, capfd: Any) -> None:
    Path("new.toml").write_text(TOML.replace('imputation = "mean"\n', ""))
    Path("cities.csv").write_text("city,jobs,air\nNorthport,81.25,9.125\nEaston,76.5,12.375\n")
    assert run("fit", str(folder / "new.toml"), "-o", "fitted.json") == 0
    assert capfd.readouterr().err.startswith(
        "note: fitted.json holds raw values or statistics of them, which the index does not publish: "
    )


def test_a_published_index_has_all_of_them(folder: Path) -> None:
    index = indicia.read(folder / "index.toml").with_options(settings={"publication.raw_values": True})
    result = index.score()
    assert "VALUE" in long_table(result)["MEASURE"].to_list()
    assert raw_in(document(result)) == list(RAW)
    assert isinstance(result.notes, tuple)
    assert isinstance(result.prepared, pl.DataFrame)
