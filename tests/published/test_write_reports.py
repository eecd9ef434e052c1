"""The reports of the gallery can be written, and a page links them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from reference_folder import ABSENT, FOLDER


@pytest.mark.thorough
@pytest.mark.skipif(not (FOLDER / "published").is_dir(), reason=ABSENT)
def test_reports_are_written_and_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parent), *sys.path])
    from write_reports import write_reports

    write_reports(tmp_path / "site", ["decathlon", "intelligent_manufacturing"])
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [
        "decathlon.html",
        "index.html",
        "intelligent_manufacturing.html",
    ]
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert 'href="./decathlon.html"' in page
