"""The changes since an earlier edition, on the page, in the workbook and in the document."""

from __future__ import annotations

import json
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
        "From 2023 to index.toml: 2 units in both, 1 entered, 1 left.",
        "两版共有 2 个单位",
        "weight of a: 1 → 3",
        "3 → 1",
        "changed",
    ):
        assert words in changes


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
    assert changes["methodology"] == [{"change": "weight", "part": "a", "word": "weight", "old": "1", "new": "3"}]
    assert "since" in json.loads((folder / "index.schema.json").read_text(encoding="utf-8"))["properties"]


def test_scores_of_an_earlier_edition_are_enough(folder: Path) -> None:
    (folder / "published.csv").write_text("town,score\nAsh,0.3\nElm,0.6\n", encoding="utf-8")
    assert run("export", "--since", "published.csv", "-o", "index.json") == 0
    changes = json.loads((folder / "index.json").read_text(encoding="utf-8"))["since"]
    assert changes["causes"] == []
    assert any("a table of scores tells no causes" in note for note in changes["notes"])


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
