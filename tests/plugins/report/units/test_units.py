"""Each unit has a page of its own, with what is about it and nothing else."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import polars as pl
import pytest

import indicia
from indicia.cli import main
from indicia.result import manifest_in
from indicia_paper.dossier import compile_dossier
from indicia_report.units import UnitPages
from indicia_report.units.folder import file_names

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = pl.DataFrame(
    {
        "town": ["Ash", "Elm", "Fir", "Oak", "Yew"],
        "name": ["Ash & Son", "<b>Elm</b>", "Fir", "Oak", "Yew"],
        "jobs": [1234.5, 70.0, 60.0, None, 50.0],
        "air": [5.0, 9.0, 8.0, 2.0, None],
        "parks": [3.0, 1.0, 2.0, 5.0, 4.0],
    }
)
INDEX: dict[str, Any] = {
    "name": {"en": "Towns", "zh": "城镇"},
    "data": {"unit": "town", "label": "name"},
    "dimensions": {"life": {"name": "Life"}, "work": {"name": "Work"}},
    "indicators": {
        "jobs": {"dimension": "work", "direction": "benefit", "unit": "thousand", "imputation": "median"},
        "air": {"dimension": "life", "direction": "cost", "name": {"en": "Fine particles", "zh": "细颗粒物"}},
        "parks": {"dimension": "life", "direction": "benefit"},
    },
    "methodology": {"missing": "skip"},
}


def pages(raw: dict[str, Any] | None = None, table: pl.DataFrame = TOWNS, **options: Any) -> UnitPages:
    dossier = compile_dossier(indicia.read(raw or INDEX), table, needs=("intervals",), draws=20, **options)
    return UnitPages(dossier)


def texts(page: bytes) -> str:
    """The text of a page, without tags."""
    body = page.decode().partition("<body>")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def row_of(page: bytes, indicator: str) -> str:
    """The markup of the row of an indicator."""
    rows = page.decode().split("<tr>")
    return next(row for row in rows if row.startswith(f"<th scope=row><bdi>{indicator}"))


@pytest.fixture(scope="module")
def towns() -> UnitPages:
    return pages()


def test_each_unit_has_a_file_and_one_file_links_them(towns: UnitPages) -> None:
    assert list(towns) == ["Ash.html", "Oak.html", "Yew.html", "Fir.html", "Elm.html", "index.html"]
    assert len(towns) == 6
    links = re.findall(r'<a href="([^"]+)"', towns["index.html"].decode())
    assert [unquote(link) for link in links] == [name for name in towns if name != "index.html"]


def test_a_page_has_rank_parts_neighbours_and_every_indicator(towns: UnitPages) -> None:
    shown = texts(towns["Fir.html"])
    assert "Fir is 4th of 5" in shown
    assert "In 90 % of 20 draws, its rank is between" in shown
    assert "Ash & Son" in shown  # a neighbour
    for name in ("median profile", "Life", "Work", "Fine particles", "jobs", "parks", "thousand"):
        assert name in shown


def test_a_page_has_no_raw_value_of_another_unit(towns: UnitPages) -> None:
    assert "1,234.5" in texts(towns["Ash.html"])
    for name in towns:
        if name not in ("Ash.html", "index.html"):
            assert "1,234.5" not in texts(towns[name])


def test_an_imputed_value_is_named_and_is_no_strength(towns: UnitPages) -> None:
    row = row_of(towns["Oak.html"], "jobs")
    assert "imputed" in row
    assert 'class="hollow"' in row
    assert "strength" not in row
    assert "weakness" not in row


def test_a_missing_value_is_named(towns: UnitPages) -> None:
    assert "no value" in row_of(towns["Yew.html"], "Fine particles")


def test_names_are_escaped_and_nothing_runs(towns: UnitPages) -> None:
    page = towns["Elm.html"].decode()
    assert "<b>" not in page
    assert "<script" not in page
    assert " style=" not in page
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page


def test_sentences_and_drawings_have_short_names_and_tables_the_full_ones() -> None:
    life = {"name": "Life in the towns of the district", "short": "Life"}
    page = pages({**INDEX, "dimensions": {**INDEX["dimensions"], "life": life}})["Oak.html"]
    assert "Strongest parts against the median: Life (" in texts(page)
    drawing, _, table = page.decode().partition('<svg class="waterfall"')[2].partition("</svg>")
    assert "Life<" in drawing
    assert "Life in the towns of the district" not in drawing
    assert "Life in the towns of the district" in table


def test_pages_follow_the_language() -> None:
    page = pages(language="zh")["Fir.html"]
    assert '<html lang="zh">' in page.decode()
    assert "细颗粒物" in texts(page)
    assert "名次相邻的单位" in texts(page)
    assert "Fine particles" not in texts(page)


def test_withheld_raw_values_are_on_no_page() -> None:
    withheld = pages({**INDEX, "publication": {"raw_values": False}})
    shown = texts(withheld["Ash.html"])
    assert "1,234.5" not in shown
    assert "Normalised".lower() in shown


def test_a_unit_without_a_score_has_its_values() -> None:
    shown = texts(pages({**INDEX, "methodology": {"missing": "propagate"}})["Yew.html"])
    assert "Every indicator" in shown
    assert "median profile" not in shown


def test_a_page_is_about_one_period() -> None:
    panel = pl.concat([TOWNS.with_columns(year=2020), TOWNS.with_columns(pl.col("parks") * 2, year=2021)])
    raw = {**INDEX, "data": {**INDEX["data"], "period": "year"}}
    page = pages(raw, panel, period=2020)["Ash.html"]
    assert "2020" in texts(page)
    assert "6 " not in texts(page).partition("parks")[2][:12]


def test_hostile_names_are_files_in_the_folder() -> None:
    units = ["../../etc/passwd", "/etc/passwd", "a\x00b", "..", "", "x" * 500, "CON", "Index", "index", "é", "E\u0301"]
    names = file_names(units)
    assert len({name.casefold() for name in names.values()}) == len(units)
    for name in names.values():
        assert re.fullmatch(r"[\w-]+", name)
        assert len(name.encode()) < 90
    assert names["../../etc/passwd"] == "etc-passwd"
    assert names["CON"] == "CON-unit"


def test_the_manifest_is_on_the_page_of_all_units(towns: UnitPages) -> None:
    assert manifest_in(towns["index.html"].decode())["index"] == "Towns"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    TOWNS.write_csv(tmp_path / "towns.csv")
    (tmp_path / "index.toml").write_text(
        '[publication]\npublisher = "Office"\nedition = 2\n[data]\npath = "towns.csv"\nunit = "town"\n'
        '[indicators]\nparks = { direction = "benefit" }\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["report", *words])
    return int(ended.value.code or 0)


def test_the_command_writes_the_pages_and_names_those_of_before(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "pages").mkdir()
    (folder / "pages" / "Old.html").write_text("", encoding="utf-8")
    assert run("index.toml", "--units", "pages", "--draws", "20") == 0
    assert capfd.readouterr().err.splitlines() == [
        "note: readers of the report miss date, licence, contact, which [publication] does not state",
        "wrote 6 pages to pages",
        "note: other pages in pages stay as they are: Old.html",
    ]
    written = sorted(path.name for path in (folder / "pages").iterdir())
    assert written == ["Ash.html", "Elm.html", "Fir.html", "Oak.html", "Old.html", "Yew.html", "index.html"]
    assert not (folder / "report.html").exists()


def test_a_folder_that_cannot_be_is_refused_before_anything_is_computed(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "pages").write_text("", encoding="utf-8")
    assert run("index.toml", "--units", "pages") == 2
    assert 'error: cannot create the folder "pages"' in capfd.readouterr().err
    assert run("index.toml", "--units", "none/pages") == 2
    assert "fix: create its folder first" in capfd.readouterr().err


def test_the_pages_are_no_format_of_a_single_file(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "index.toml", "--format", "unit_pages", "-o", "pages.html"])
    assert "unit_pages" in capfd.readouterr().err
    assert not list(folder.glob("*.html"))
