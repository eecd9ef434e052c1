"""The reports of the gallery can be written, and a page links them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from published.write_reports import write_reports

from indicia_site.live_reports import files_to_copy, live_reports

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


@pytest.mark.thorough
def test_the_site_links_the_reports_that_it_may_hold(tmp_path: Path) -> None:
    write_reports(tmp_path, ["human_development", "intelligent_manufacturing"])
    (tmp_path / "human_development.html").rename(tmp_path / "cpi_2019.html")  # a table whose licence is not open
    assert [path.name for path in files_to_copy(tmp_path)] == ["intelligent_manufacturing.html"]
    links = "\n".join(live_reports(tmp_path))
    assert 'href="reports/intelligent_manufacturing.html"' in links
    assert "reports/cpi_2019.html" not in links
