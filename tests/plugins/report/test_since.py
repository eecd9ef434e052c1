"""The changes since an earlier edition, on the page, in the workbook and in the document."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from two_editions import OLD, run, write_editions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_editions(tmp_path)
    monkeypatch.chdir(tmp_path / "2024")
    return tmp_path / "2024"


def test_the_page_shows_the_changes_in_both_languages(folder: Path) -> None:
    assert run("report", "--since", "../2023", "-o", "page.html", "--draws", "5") == 0
    page = (folder / "page.html").read_text(encoding="utf-8")
    start = page.index('<section id="m-since"')
    changes = page[start : page.index("</section>", start)]
    for words in (
        "From 2023 to this edition: 2 units in both, 1 entered, 1 left.",
        "两版共有 2 个单位",
        "weight of a: 1 → 3",
        "<td>3<td>1<td>+2",
        "changed",
    ):
        assert words in changes


def test_no_page_for_readers_names_options_commands_or_files(folder: Path) -> None:
    """Fir of the earlier edition may be Fir2 of this one, which the terminal tells with the option that says so."""
    (folder / "towns.csv").write_text((folder / "towns.csv").read_text(encoding="utf-8").replace("Gum", "Fir2"))
    (folder / "2023.csv").write_text("town,score\nAsh,0.3\nElm,0.6\nFir,0.5\n", encoding="utf-8")
    assert run("report", "--since", "2023.csv", "-o", "page.html", "--draws", "5") == 0
    page = (folder / "page.html").read_text(encoding="utf-8")
    start = page.index('<section id="m-since"')
    texts = [page[start : page.index("</section>", start)]]
    for name in ("changes.md", "changes.html", "changes.tex"):
        assert run("diff", "2023.csv", ".", "-o", name) == 0
        texts.append((folder / name).read_text(encoding="utf-8"))
    assert run("diff", "2023.csv", ".", "-o", "changes.xlsx") == 0
    sheet = pl.read_excel(folder / "changes.xlsx", sheet_id=1, has_header=False)
    texts.append("\n".join(sheet.to_series(0).drop_nulls()))
    for text in texts:
        assert "the earlier edition" in text
        assert not [word for word in ("--rename", "indicia explain", ".csv", ".toml") if word in text]


def test_a_fall_is_negative_for_readers_but_not_in_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ash climbs from 2nd to 1st, and Elm falls."""
    (folder / "before.csv").write_text("town,score\nAsh,0.3\nElm,0.6\n", encoding="utf-8")
    (folder / "after.csv").write_text("town,score\nAsh,0.7\nElm,0.6\n", encoding="utf-8")
    for name in ("changes.md", "changes.tex", "changes.xlsx", "changes.csv"):
        assert run("diff", "before.csv", "after.csv", "-o", name, *(["--show", "units"] if "csv" in name else [])) == 0
    assert run("diff", "before.csv", "after.csv") == 0
    screen = capsys.readouterr().out
    lines = [
        *screen.splitlines(),
        *(folder / "changes.md").read_text(encoding="utf-8").splitlines(),
        *(folder / "changes.tex").read_text(encoding="utf-8").splitlines(),
    ]
    for town, gained in (("Ash", "+1"), ("Elm", "-1")):
        rows = [
            line.replace("$", "").replace("−", "-")
            for line in lines
            if line.lstrip("| ").startswith(town) and ("score" in line or re.search(r"\d.*\d", line))
        ]
        assert len(rows) == 3
        assert all(gained in row for row in rows)
    sheet = pl.read_excel(folder / "changes.xlsx", sheet_name="Units then and now")
    assert sheet.select("unit", "move").rows() == [("Ash", -1), ("Elm", 1)]
    sheet = pl.read_excel(folder / "changes.xlsx", sheet_name="The largest moves")
    assert sheet.select("unit", "gained").rows() == [("Ash", 1), ("Elm", -1)]
    assert pl.read_csv(folder / "changes.csv").select("unit", "move").rows() == [("Ash", -1), ("Elm", 1)]


def test_the_manifest_of_the_page_has_the_earlier_edition(folder: Path) -> None:
    assert run("report", "--since", "../2023", "-o", "page.html", "--draws", "5") == 0
    assert run("report", "--since", "../2023", "-o", "page.html", "--draws", "5", "--expect", "page.html") == 0
    (folder.parent / "2023" / "towns.csv").write_text(OLD.replace("2,4", "3,4"), encoding="utf-8")
    assert run("report", "--since", "../2023", "-o", "later.html", "--draws", "5", "--expect", "page.html") == 1


def test_a_page_without_an_earlier_edition_has_no_such_section(folder: Path) -> None:
    assert run("report", "-o", "page.html", "--draws", "5") == 0
    assert 'id="m-since"' not in (folder / "page.html").read_text(encoding="utf-8")


def test_the_workbook_has_sheets_of_changes_and_its_guide_lists_them(folder: Path) -> None:
    assert run("export", "--since", "../2023", "-o", "index.xlsx") == 0
    units = pl.read_excel(folder / "index.xlsx", sheet_name="Units then and now")
    assert units.select("unit", "status").rows() == [
        ("Ash", "both"),
        ("Elm", "both"),
        ("Gum", "entered"),
        ("Fir", "left"),
    ]
    guide = pl.read_excel(folder / "index.xlsx", sheet_id=1, has_header=False)
    assert "Since the last edition" in guide.to_series(0).to_list()


def test_the_document_has_the_changes(folder: Path) -> None:
    assert run("export", "--since", "../2023", "-o", "index.json") == 0
    changes = json.loads((folder / "index.json").read_text(encoding="utf-8"))["since"]
    assert changes["edition"] == "2023"
    assert changes["tables"]["methodology"]["rows"] == [
        {"change": "weight", "part": "a", "word": "weight", "old": "1", "new": "3"}
    ]
    assert "since" in json.loads((folder / "index.schema.json").read_text(encoding="utf-8"))["properties"]


def test_scores_of_an_earlier_edition_are_enough(folder: Path) -> None:
    (folder / "published.csv").write_text("town,score\nAsh,0.3\nElm,0.6\n", encoding="utf-8")
    assert run("export", "--since", "published.csv", "-o", "index.json") == 0
    changes = json.loads((folder / "index.json").read_text(encoding="utf-8"))["since"]
    assert changes["tables"]["causes"]["rows"] == []
    assert any("a table of scores tells no causes" in note for note in changes["sentences"])


@pytest.mark.parametrize(
    ("words", "fault", "remedy"),
    [
        (("report", "--since-table", "towns.csv"), "--since-table needs --since", "--since names the earlier edition"),
        (("export", "--since", "../2023", "-o", "index.csv"), "csv holds no difference", "index.xlsx or index.json"),
        (("report", "--since", "../2022"), "no such index file: ../2022", "fix:"),
        (("report", "--since", "../2023", "--since-table", "none.csv"), 'no file "none.csv"', "fix:"),
    ],
)
def test_wrong_words_are_refused(
    words: tuple[str, ...], fault: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    error = capsys.readouterr().err
    assert fault in error
    assert remedy in error
