"""The gallery links the reports of a folder, by the manifests in them."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from indicia.cli import main
from indicia.result.report_files import reports_in

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '<!doctype html><meta name="generator" content="Indicia 0.1.0">'


def report(manifest: Any, further: str = "", head: str = HEAD) -> str:
    return f"{head}<pre tabindex=0 class=json>{escape(json.dumps(manifest))}</pre>{further}"


def manifest(title: str, **publication: Any) -> dict[str, Any]:
    return {"index": title, "indicia": "0.1.0", "plugins": {}, "indicators": {"a": {}}, "publication": publication}


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["report", "--gallery", *words])
    return int(ended.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    (folder / "old").mkdir(parents=True)
    model = '<script type="application/json" id="model">{"unit": {"ids": ["A", "B"]}}</script>'
    description = '<meta name="description" content="Oslo leads &amp; wins">'
    new = report(manifest("Towns", edition="2", date="2024", publisher={"en": "Office", "zh": "城市局"}), model)
    (folder / "new.html").write_text(new.replace(HEAD, HEAD + description), encoding="utf-8")
    (folder / "old" / "a b#1.html").write_text(report(manifest("Towns", edition="1", date="2023")), encoding="utf-8")
    (folder / "note.html").write_text("<p>not by Indicia", encoding="utf-8")
    (folder / "Ash.html").write_text(f"{HEAD}a page of a unit", encoding="utf-8")
    (folder / "broken.html").write_bytes(b"\xff\xfe\x00")
    return folder


def test_reports_are_found_by_their_manifests(folder: Path) -> None:
    reports, others = reports_in(folder)
    assert [(found.path, found.title, found.date, found.units) for found in reports] == [
        ("new.html", "Towns", "2024", 2),
        ("old/a b#1.html", "Towns", "2023", None),
    ]
    assert reports[0].summary == "Oslo leads & wins"
    assert others == ["broken.html", "note.html"]


def test_the_gallery_links_the_latest_edition_first(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(str(folder)) == 0
    page = (folder / "index.html").read_text(encoding="utf-8")
    links = [unquote(link) for link in re.findall(r'<a href="([^"]+)"', page)]
    assert links == ["./new.html", "./old/a b#1.html"]
    assert "Office · edition 2 · 2024" in page
    assert "2 units, 1 indicator" in page
    assert "Oslo leads &amp; wins" in page
    assert capfd.readouterr().err.splitlines() == [
        f"wrote {folder / 'index.html'} with 2 reports",
        "note: pages that are no reports are left out: broken.html, note.html",
    ]
    assert run(str(folder)) == 0  # it replaces itself, and does not list itself


def test_links_begin_from_the_page(folder: Path, tmp_path: Path) -> None:
    assert run(str(folder), "-o", str(tmp_path / "all.html"), "--lang", "zh") == 0
    page = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert 'href="./reports/new.html"' in page
    assert "城市局" in page


def test_hostile_manifests_are_text(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    facts = manifest(hostile, publisher=hostile, edition={"en": hostile}, date=hostile)
    (tmp_path / "javascript:alert(1).html").write_text(report(facts), encoding="utf-8")
    for number, other in enumerate([[], 3, {"index": 4}, {"index": {"a": []}}, manifest("ok", edition=[1], date=3)]):
        (tmp_path / f"{number}.html").write_text(report(other), encoding="utf-8")
    assert run(str(tmp_path), "-o", str(tmp_path / "all.html")) == 0
    page = (tmp_path / "all.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert 'href="./javascript%3Aalert%281%29.html"' in page
    assert page.count("<li>") == 2
    assert "default-src 'none'; style-src 'sha256-" in page


def test_a_page_that_is_no_gallery_is_not_replaced(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "index.html").write_text(report(manifest("Towns")), encoding="utf-8")
    assert run(str(folder)) == 2
    assert "is no gallery, and is not replaced\n  fix: -o names another page" in capfd.readouterr().err


def test_a_folder_without_reports_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path)) == 2
    assert f"there is no report in {tmp_path}" in capfd.readouterr().err
    assert run(str(tmp_path / "none")) == 2
    assert "there is no folder" in capfd.readouterr().err


def test_options_that_a_gallery_does_not_use_are_refused(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(str(folder), "--draws", "5") == 2
    assert "error: --gallery does not use --draws\n  fix: leave out --draws or --gallery" in capfd.readouterr().err
    assert run(str(folder), "index.toml") == 2
    assert "error: --gallery does not use [INDEX|TABLE]" in capfd.readouterr().err
