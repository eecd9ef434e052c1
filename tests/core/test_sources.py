"""The hook indicia_open decides by the kind of source what opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia.catalogue import open_source
from indicia.errors import IndiciaError, PluginError
from indicia.shipped_sources import IndexFile, OpenIndex
from indicia.sources import TableSource
from indicia_bundle.sources import FittedFile, PackFile

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = """
from indicia.catalogue import hookimpl
from indicia.sources import TableSource

@hookimpl
def indicia_open(source):
    if not str(source).startswith("towns:"):
        return None
    size = int(str(source).removeprefix("towns:"))
    return TableSource({"town": ["Ash", "Elm", "Fir", "Oak"][:size], "income": [3.0, 9.0, 1.0, 4.0][:size]})
"""


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    path = tmp_path / "towns.py"
    path.write_text(TOWNS)
    return path


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "index.toml"
    path.write_text('[data]\npath = "towns.csv"\nunit = "town"\n[indicators]\nincome = {}\n')
    (tmp_path / "towns.csv").write_text("town,income\nAsh,3\nElm,9\nFir,1\n")
    return path


def test_each_kind_of_source_has_one_implementation(index: Path, tmp_path: Path) -> None:
    opened = indicia.read(index)
    fitted = indicia.fit(opened)
    fitted.write(tmp_path / "fitted.json")
    (tmp_path / "table.json").write_text('[{"town": "Ash"}]')
    kinds = {
        index: IndexFile,
        tmp_path: IndexFile,
        "missing": IndexFile,
        tmp_path / "fitted.json": FittedFile,
        "index.ZIP": PackFile,
        "towns.csv": TableSource,
        "book.xlsx#Data": TableSource,
        "postgresql://host/db": TableSource,
        "parts/*.parquet": TableSource,
        tmp_path / "table.json": TableSource,
        "-": TableSource,
    }
    assert {source: type(open_source(source, only=())) for source in kinds} == kinds
    assert [type(open_source(value, only=())) for value in (opened, fitted, pl.DataFrame())] == [
        OpenIndex,
        OpenIndex,
        TableSource,
    ]
    assert [open_source(value).is_fitted for value in (opened, fitted)] == [False, True]  # type: ignore[attr-defined]


def test_a_plugin_opens_an_address_as_a_table(towns: Path, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from indicia.cli import main

    for words in (["run", "towns:4"], ["run", "towns:4", "-c", str(index)]):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--plugin", str(towns), "--format", "csv"])
        assert ended.value.code == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.partition(",")[0] for line in lines[1:]] == ["Elm", "Oak", "Ash", "Fir"]


def test_a_plugin_opens_an_address_as_an_edition(towns: Path, index: Path) -> None:
    towns.write_text(TOWNS.replace('"income"', '"score"'))
    units = indicia.diff("towns:3", index, plugins=[towns]).frame("units")
    assert sorted(units["unit"]) == ["Ash", "Elm", "Fir"]


def test_a_pack_is_the_method_of_old_years(index: Path, tmp_path: Path) -> None:
    indicia.pack(indicia.read(index), tmp_path / "index.zip", audit=False, report=False)
    series = indicia.recast(tmp_path / "index.zip", {"old": {"town": ["Ash", "Elm"], "income": [3.0, 9.0]}}).series
    assert series["rank"].to_list() == [1, 2]


@pytest.mark.parametrize(
    ("returned", "message"),
    [('"towns.csv"', "returned 'towns.csv', which is no Source"), ("1 / 0", "indicia_open failed: ZeroDivisionError")],
)
def test_a_hook_that_opens_no_source_is_named(returned: str, message: str, towns: Path) -> None:
    towns.write_text(TOWNS.partition("    if not")[0] + f"    return {returned}\n")
    with pytest.raises(PluginError, match=message):
        open_source("towns:2", [towns])


def test_an_index_is_no_table_of_a_plugin_that_is_left_out(index: Path) -> None:
    with pytest.raises(IndiciaError, match="towns:4"):
        indicia.diff("towns:4", index, only_plugins=[])
