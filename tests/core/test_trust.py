"""An index file may come from anybody: the files that it names are told, and no error shows a line of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import indicia
from indicia.cli import main
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

SECRET = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1,,,:/usr/sbin:/usr/sbin/nologin\n"
FLAT = '[data]\npath = "{path}"\nunit = "city"\n[indicators]\nincome = {{}}\nco2 = {{}}\n'
CITIES = "city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\n"
JUDGED = ",income,co2\nincome,1,3\nco2,1/3,1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of an index file, with tables in it and beside it."""
    inside = tmp_path / "index"
    inside.mkdir()
    for place in (inside, tmp_path):
        (place / "cities.csv").write_text(CITIES)
        (place / "judged.csv").write_text(JUDGED)
    monkeypatch.chdir(inside)
    return inside


def read(folder: Path, text: str) -> indicia.Index:
    (folder / "index.toml").write_text(text)
    return indicia.read(folder / "index.toml")


def said_of_files(index: indicia.Index) -> list[str]:
    return [line for line in index.check().lines if line.startswith("files outside")]


# Files outside the folder


def test_check_names_no_file_of_its_own_folder(folder: Path) -> None:
    weighted = FLAT + '[methodology]\nweighting = {{ method = "ahp", matrix = "judged.csv" }}\n'
    assert not said_of_files(read(folder, weighted.format(path="../index/cities.csv")))


@pytest.mark.parametrize("path", ["../cities.csv", "{folder}/cities.csv"])
def test_check_and_manifest_name_the_table(folder: Path, path: str) -> None:
    path = path.format(folder=folder.parent)
    index = read(folder, FLAT.format(path=path))
    assert said_of_files(index) == [f"files outside the folder of the index file: {path}"]
    assert index.score().manifest["files_outside"] == [path]


def test_a_link_leads_outside(folder: Path) -> None:
    (folder / "linked.csv").symlink_to(folder.parent / "cities.csv")
    assert said_of_files(read(folder, FLAT.format(path="linked.csv")))[0].endswith("linked.csv")


@pytest.mark.parametrize(
    "words",
    [
        'weighting = { method = "ahp", matrix = "../judged.csv" }',
        'weighting = { method = "ahp", matrix = ["judged.csv", "../other.csv"] }',
        'weighting = { method = "combination", of = ["ahp(matrix=\'../judged.csv\')", "equal"] }',
        'levels = [{ weighting = { method = "ahp", matrix = { index = "../judged.csv" } } }]',
    ],
)
def test_files_of_judgements_are_named(folder: Path, words: str) -> None:
    (folder.parent / "other.csv").write_text(JUDGED)
    index = read(folder, FLAT.format(path="cities.csv") + f"[methodology]\n{words}\n")
    assert index.files_outside == ("../other.csv" if "other" in words else "../judged.csv",)


def test_tables_of_indicators_references_and_weights_are_named(folder: Path) -> None:
    (folder.parent / "indicators.csv").write_text("name,direction\nincome,benefit\nco2,cost\n")
    text = 'indicators = "../indicators.csv"\n[data]\npath = "cities.csv"\nunit = "city"\n'
    text += '[reference]\npath = "../published.csv"\nscore = "score"\n[robustness.weights]\ntable = "../weights.csv"\n'
    assert read(folder, text).files_outside == ("../indicators.csv", "../published.csv", "../weights.csv")


def test_an_index_that_is_no_file_has_no_folder(cities: pl.DataFrame) -> None:
    raw = {"data": {"unit": "city", "path": "/elsewhere/cities.csv"}, "indicators": {"income": {}}}
    assert indicia.read(raw).files_outside == ()
    assert "files_outside" not in indicia.read(raw).score(cities).manifest


def test_the_manifest_of_a_run_names_them(folder: Path) -> None:
    read(folder, FLAT.format(path="../cities.csv"))
    with pytest.raises(SystemExit):
        main(["run", "-o", "scores.csv"])
    manifests = [json.loads(path.read_text()) for path in folder.glob("*manifest.json")]
    assert [one["files_outside"] for one in manifests] == [["../cities.csv"]]


# What errors show


@pytest.mark.parametrize("name", ["passwd", "passwd.txt", "passwd.csv", "passwd.tsv", "passwd.json", "passwd.xlsx"])
@pytest.mark.parametrize(
    "words",
    [
        FLAT.format(path="{file}"),
        FLAT.format(path="cities.csv") + '[methodology]\nweighting = {{ method = "ahp", matrix = "{file}" }}\n',
        FLAT.format(path="cities.csv")
        + '[methodology]\nweighting = {{ method = "budget_allocation", points = "{file}" }}\n',
        'indicators = "{file}"\n[data]\npath = "cities.csv"\nunit = "city"\n',
        FLAT.format(path="cities.csv") + '[reference]\npath = "{file}"\nscore = "score"\n',
        'plugins = ["{file}"]\n' + FLAT.format(path="cities.csv"),
    ],
    ids=["data", "matrix", "points", "indicators", "reference", "plugins"],
)
def test_no_line_of_a_file_that_is_no_table_is_shown(folder: Path, words: str, name: str) -> None:
    file = folder.parent / name
    file.write_text(SECRET)
    with pytest.raises(IndiciaError) as caught:
        _ = read(folder, words.replace("{{", "{").replace("}}", "}").replace("{file}", str(file))).score().reproduction
    shown = str(caught.value).replace("passwd", "")
    assert not [word for word in ("root:", "daemon", "bash", "nologin", "sbin") if word in shown]
    assert name in str(caught.value)
