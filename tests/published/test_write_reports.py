"""The reports of the gallery can be written, and a page links them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from published.write_reports import write_reports
from reference_folder import ABSENT, FOLDER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.thorough
@pytest.mark.skipif(not (FOLDER / "published").is_dir(), reason=ABSENT)
def test_reports_are_written_and_linked(tmp_path: Path) -> None:
    write_reports(tmp_path / "site", ["decathlon", "intelligent_manufacturing"])
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [
        "decathlon.html",
        "index.html",
        "intelligent_manufacturing.html",
    ]
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert 'href="./decathlon.html"' in page
