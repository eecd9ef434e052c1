"""The reports of the gallery can be written, and a page links them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from published.write_reports import write_reports

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.thorough
def test_reports_are_written_and_linked(tmp_path: Path) -> None:
    write_reports(tmp_path / "site", ["svi_2020_delaware_tracts", "intelligent_manufacturing"])
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [
        "index.html",
        "intelligent_manufacturing.html",
        "svi_2020_delaware_tracts.html",
    ]
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert 'href="./svi_2020_delaware_tracts.html"' in page
