"""indicia diff --recast: a series of several tables under one method."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indicia.cli import main

INDEX = """[data]
unit = "city"

[indicators]
income = { direction = "benefit", bounds = [0, 10] }
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(("diff", "--recast", *words))
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


@pytest.fixture(autouse=True)
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write an index and the tables of two years."""
    monkeypatch.chdir(tmp_path)
    Path("index.toml").write_text(INDEX)
    Path("2021.csv").write_text("city,income\nLima,3\nOslo,9\n")
    Path("new.csv").write_text("city,income\nLima,4\nOslo,8\n")


def test_a_series_has_the_scores_of_all_tables_and_names_the_method(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "2021.csv", "2022=new.csv", "index.toml")
    assert code == 0
    title, heading, *rows = out.splitlines()
    assert title == "Index · min_max > arithmetic · 2 tables · 4 rows"
    assert heading.split() == ["city", "edition", "score", "rank"]
    assert [row.split()[:2] for row in rows] == [["Oslo", "2021"], ["Lima", "2021"], ["Oslo", "2022"], ["Lima", "2022"]]
    assert "note: each table is scored by itself" in err


def test_a_file_has_its_manifest_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, _ = run(capsys, "2021.csv", "2022=new.csv", "index.toml", "-o", "series.csv")
    assert code == 0
    assert Path("series.csv").read_text().splitlines()[1] == "Oslo,2021,0.9,1"
    manifest = json.loads(Path("series.csv.manifest.json").read_text())
    assert list(manifest["runs"]) == ["2021", "2022"]


def test_an_output_that_would_replace_a_table_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "2022=new.csv", "index.toml", "-o", "new.csv")
    assert code == 2
    assert "new.csv" in err


@pytest.mark.parametrize(
    ("words", "fault", "remedy"),
    [
        (("--recast", "--rename", "A=B"), "--recast does not use --rename", "leave out --rename or --recast"),
        (("--recast", "--show", "units"), "diff has no table units with --recast", "one of series, editions"),
        (("--show", "series"), "diff has no table series without --recast", "--recast --show series"),
        ((), "diff compares two editions, and 3 are named", "name two; or --recast"),
        (("--expect", "a.json"), "--expect needs --recast in diff", "leave it out"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], fault: str, remedy: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(("diff", "2021.csv", "2022=new.csv", "index.toml", *words))
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith(f"error: {fault}\n")
    assert f"fix: {remedy}" in err
