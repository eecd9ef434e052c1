"""The pages of units and the map of the page, in a browser with their policies."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from opened_pages import OpenedPage
from report_pages import page_of

import indicia
from indicia_paper.dossier import compile_dossier
from indicia_report.units import UnitPages

if TYPE_CHECKING:
    from pathlib import Path

    from indicia import Index

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def page(model: Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a city of the example, which has gaps and 16 indicators."""
    path = tmp_path_factory.mktemp("pages") / "Hefei.html"
    path.write_bytes(UnitPages(compile_dossier(model, needs=("intervals",), draws=20))["Hefei.html"])
    return path


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_the_page_of_a_unit_loads_nothing_and_fits_the_window(browser: Any, page: Path, width: int) -> None:
    opened = OpenedPage(browser, page, width=width)
    assert opened.noise == []
    assert opened.requests == [page.as_uri()]
    assert opened.ask("document.documentElement.scrollWidth") <= width
    assert opened.ask("getComputedStyle(document.body).maxWidth") == "992px"  # the style sheet is allowed
    opened.close()


def test_the_page_of_a_unit_prints_on_one_sheet(browser: Any, page: Path) -> None:
    opened = OpenedPage(browser, page)
    document = opened.shown.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", document)) == 1
    opened.close()


def test_the_page_shows_the_map(browser: Any, tmp_path: Path) -> None:
    squares = {
        name: [[west, 0], [west + 4, 0], [west + 4, 4], [west, 4]] for name, west in (("A", 0), ("B", 4), ("", 8))
    }
    features = [
        {"properties": {"id": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for name, ring in squares.items()
    ]
    content = {"type": "FeatureCollection", "features": features}
    (tmp_path / "shapes.geojson").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "table.csv").write_text("unit,a\nA,1\nB,2\nC,3\n", encoding="utf-8")
    (tmp_path / "index.toml").write_text(
        '[data]\npath = "table.csv"\nunit = "unit"\n[map]\npath = "shapes.geojson"\nkey = "id"\nsource = "own work"\n'
        '[indicators]\na = { direction = "benefit" }\n',
        encoding="utf-8",
    )
    path = tmp_path / "page.html"
    path.write_text(page_of(indicia.read(tmp_path / "index.toml").score()), encoding="utf-8")
    opened = OpenedPage(browser, path)
    figure = opened.shown.locator("figure.map")
    assert figure.locator("path[data-id]").count() == 2
    assert figure.locator("path.others").count() == 1
    assert "no shape in shapes.geojson for 1 unit: C" in figure.inner_text()
    assert "own work" in figure.inner_text()
    figure.locator("path[data-id=B]").click()
    assert opened.ask("location.hash").startswith("#/unit/B")
    assert opened.noise == []
    opened.close()
