"""The office's year of `examples/editions`: every command of its page, and a replay in another folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
from page_reader import ROOT, output, read

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EDITIONS = ROOT / "examples" / "editions"


def test_the_commands_of_the_office_print_what_its_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shutil.copytree(EDITIONS, tmp_path / "editions")
    read(EDITIONS / "README.md", folder, monkeypatch)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(folder / "trillion-yuan-2023.zip", elsewhere)
    shutil.rmtree(folder / "2023")
    monkeypatch.chdir(elsewhere)
    assert "All 17 tables of the result are the same bit by bit." in output("indicia replay trillion-yuan-2023.zip")
    page = (folder / "report-2023.html").read_text(encoding="utf-8")
    assert "From 2022 to 2023: 24 units in both, 2 entered, 0 left." in page


def test_the_revised_gdp_of_zhengzhou_is_the_only_figure_of_2022_that_differs_between_the_editions() -> None:
    before, after = (pl.read_csv(EDITIONS / year / "cities.csv").filter(year=2022) for year in ("2022", "2023"))
    differs = before.with_columns((pl.col(name).ne_missing(after[name])) for name in before.columns)
    assert [differs[name].sum() for name in before.columns if name != "gdp"] == [0] * (before.width - 1)
    assert before.hstack([after["gdp"].alias("final")]).filter(differs["gdp"]).select(
        "city", "gdp", "final"
    ).rows() == [("Zhengzhou", 12935.0, 12735.8)]


def test_all_cities_have_a_gdp_of_a_trillion_yuan_in_the_year_of_their_edition() -> None:
    for year in (2022, 2023):
        gdp = pl.read_csv(EDITIONS / str(year) / "cities.csv").filter(year=year)["gdp"]
        assert gdp.min() >= 10_000
