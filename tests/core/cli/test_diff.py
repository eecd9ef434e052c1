"""`indicia diff` on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from two_editions import OLD, write_editions
from two_editions import run as run_command

from indicia_after_score.diff import Diff

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_editions(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def run(*words: str) -> int:
    return run_command("diff", *words)


def test_the_page_has_units_movers_causes_methodology_and_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2023", "2024/index.toml") == 0
    # scores of Ash: 0.3 before, 0.95 = (3 * 1 + 0.8) / 4 now; 0.25 = (3 * 0.2 + 0.4) / 4 with the old data and the new
    # weights, 0.9 with the new data and the old weights: the method's part is the mean of -0.05 and 0.05, which is 0.
    # Ash has rank 3 with its old data and rank 1 with its new data, in either sample. Elm has 0.6 always: Ash overtakes
    # it (+1 by others' data), and Fir, which was ahead of it, leaves (-1 by the sample). So 2, 1, 0, 1 of 4 places.
    assert capsys.readouterr().out.splitlines() == [
        "Towns · 2023 → index.toml",
        "",
        "From 2023 to index.toml: 2 units in both, 1 entered, 1 left.",
        "",
        "Who moves most, and why?",
        "Entered: Gum.",
        "Left: Fir.",
        "A unit in both moves 1.0 places on average, Ash most: from rank 3 to 1.",
        "Ash overtook Elm.",
        "Ahead of Ash before, and no longer in the ranking: Fir.",
        "Changes of scores: 100 % from own data, 0 % from others' data, 0 % from the method, 0 % from the sample "
        "(units that came or went).",
        "Moves in rank: 50 % from own data, 25 % from others' data, 0 % from the method, 25 % from the sample "
        "(units that came or went).",
        "unit  rank old  rank new  gained  score change  own  others  method  sample",
        "Ash          3         1      +2        +0.650   +2       0       0       0",
        "",
        "What changed in the methodology?",
        "weight of a: 1 → 3",
        "",
        "Which data changed?",
        "2 of 4 values changed in a, b.",
        "indicator  values  changed  filled  emptied  mean change  largest  unit",
        "a               2        1       0        0       +8.000   +8.000  Ash",
        "b               2        1       0        0       +4.000   +4.000  Ash",
        "",
        "Notes",
        "a changed value may be a newer one or a correction: the tables do not state the period of their values",
    ]


def test_the_page_is_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2023", "2024", "--lang", "zh") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["城镇 · 2023 → 2024", "", "从 2023 到 2024：两版共有 2 个单位，新增 1 个，退出 1 个。"]
    assert "方法有哪些更改？" in lines
    assert "a的 weight：1 → 3" in lines


def test_a_rule_that_holds_exits_with_1_and_names_the_units(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2023", "2024", "--fail-on", "max_move > 1", "--fail-on", "left > 5") == 1
    out = capsys.readouterr().out
    assert "the rule max_move > 1 holds: 2 (Ash)" in out
    assert "left > 5" not in out


def test_a_rule_that_holds_is_on_standard_error_beside_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2023", "2024", "--fail-on", "entered > 0", "-o", "units.csv") == 1
    assert "the rule entered > 0 holds: 1 (Gum)" in capsys.readouterr().err


def test_rules_that_do_not_hold_exit_with_0() -> None:
    assert run("2023", "2024", "--fail-on", "max_move > 10, entered > 3") == 0


def test_a_wrong_rule_is_an_error_before_anything_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nowhere", "2024", "--fail-on", "max_mov > 1") == 2
    assert capsys.readouterr().err == 'error: no rule is about "max_mov"\n  fix: did you mean "max_move"?\n'


def test_a_table_is_written_with_the_manifests_of_both_editions(folder: Path) -> None:
    assert run("2023", "2024", "--show", "revisions", "-o", "revisions.csv") == 0
    assert pl.read_csv(folder / "revisions.csv").rows() == [("Ash", "a", 2.0, 10.0, 8.0), ("Ash", "b", 4.0, 8.0, 4.0)]
    manifest = json.loads((folder / "revisions.csv.manifest.json").read_text(encoding="utf-8"))
    assert manifest["table"] == "revisions"
    assert {side: manifest["difference"][side]["name"] for side in ("old", "new")} == {"old": "2023", "new": "2024"}
    assert manifest["difference"]["old"]["data"]["sha256"] != manifest["difference"]["new"]["data"]["sha256"]


@pytest.mark.parametrize("table", Diff.tables())
def test_every_table_is_printed(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2023", "2024", "--show", table) == 0
    assert len(capsys.readouterr().out.splitlines()) > 2


@pytest.mark.parametrize("ending", ["md", "html", "tex", "json"])
def test_a_document_has_movers_methodology_and_data(folder: Path, ending: str) -> None:
    assert run("2023", "2024", "-o", f"changes.{ending}", "--fail-on", "entered > 0") == 1
    content = (folder / f"changes.{ending}").read_text(encoding="utf-8")
    for words in ("2 units in both, 1 entered, 1 left.", "weight", "Gum", "Ash", "entered", "holds"):
        assert words in content


def test_the_workbook_has_a_sheet_for_each_table(folder: Path) -> None:
    assert run("2023", "2024", "-o", "changes.xlsx") == 0
    units = pl.read_excel(folder / "changes.xlsx", sheet_name="Units then and now")
    assert units["unit"].to_list() == ["Ash", "Elm", "Gum", "Fir"]
    first = pl.read_excel(folder / "changes.xlsx", sheet_name="What changed", has_header=False)
    assert "weight of a: 1 → 3" in first.to_series(0).to_list()


def test_published_scores_are_compared_with_an_index(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "published.csv").write_text("Town,Index value\nAsh,0.3\nElm,0.6\nFir,0.8\n", encoding="utf-8")
    assert run("published.csv", "2024", "--unit", "Town", "--score", "Index value") == 0
    out = capsys.readouterr().out
    assert "2 units in both, 1 entered, 1 left." in out
    assert "What changed in the methodology?" not in out
    assert "a table of scores tells no causes, methodology or revisions of data: published.csv" in " ".join(out.split())


def test_a_sheet_of_a_workbook_is_a_table_of_scores(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scores = pl.DataFrame({"town": ["Ash", "Elm", "Fir"], "rank": [3, 2, 1]})
    scores.write_excel(folder / "book.xlsx", worksheet="Ranks")
    assert run("book.xlsx#Ranks", "2024") == 0
    assert "Ash most: from rank 3 to 1." in capsys.readouterr().out


def test_a_renamed_unit_is_named_on_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "2023" / "towns.csv").write_text(OLD.replace("Fir", "Gumm"), encoding="utf-8")
    assert run("2023", "2024") == 0
    assert "Gumm → Gum; if so, --rename Gumm=Gum" in " ".join(capsys.readouterr().out.split())
    assert run("2023", "2024", "--rename", "Gumm=Gum") == 0
    assert "3 units in both, 0 entered, 0 left." in capsys.readouterr().out


def test_rename_without_a_new_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2023", "2024", "--rename", "Gumm") == 2
    assert capsys.readouterr().err == ('error: cannot read --rename "Gumm"\n  fix: write --rename OLD=NEW\n')


def test_a_unit_that_is_renamed_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("2023", "2024", "--rename", "Gum=Fir", "--rename", "Gum=Elm") == 2
    assert capsys.readouterr().err == "error: --rename names Gum twice\n  fix: name it once\n"


def test_raw_values_that_are_not_published_are_not_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index = folder / "2024" / "index.toml"
    index.write_text(index.read_text(encoding="utf-8") + "\n[publication]\nraw_values = false\n", encoding="utf-8")
    assert run("2023", "2024", "--show", "revisions", "-o", "revisions.csv") == 2
    assert "a file of the table revisions would hold raw values" in capsys.readouterr().err
    assert run("2023", "2024", "-o", "changes.json") == 0
    document = json.loads((folder / "changes.json").read_text(encoding="utf-8"))
    rows = [{"unit": "Ash", "indicator": part} for part in ("a", "b")]
    assert document["tables"]["revisions"]["rows"] == rows


@pytest.mark.parametrize(
    ("editions", "problem"),
    [
        (("a.csv", "b.csv"), 'no table of scores has the column "Score2" of --score'),
        (("2023", "2024"), "--score names a column of a table of scores, and no edition is one"),
    ],
)
def test_a_column_of_scores_that_no_edition_has_is_refused(
    editions: tuple[str, str], problem: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("unit,score\nAsh,1\nElm,2\n", encoding="utf-8")
    assert run(*editions, "--score", "Score2") == 2
    message = capsys.readouterr().err
    assert problem in message
    assert "fix:" in message
