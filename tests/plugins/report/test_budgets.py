"""The bytes of a page, and the nodes that its script makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from opened_pages import OpenedPage
from reference_folder import table_of_gallery

import indicia
from indicia_paper.dossier import compile_dossier
from indicia_report.page import page_of_dossier

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Index

    Subject = tuple[Index, pl.DataFrame | Path | None]

pytestmark = pytest.mark.thorough

GALLERY = Path(__file__).parents[3] / "examples" / "gallery"

BUDGETS = {
    # kB of the data and the ranking without script, kB of the page, nodes with the panel of weights
    "36×16": (22, 240, 2_000),
    "193×4": (78, 275, 2_000),
    "162×85": (225, 565, 4_000),
    "2000×16": (430, 665, 2_000),
    "10000×16": (2_150, 2_380, 2_000),
}
"""The script, the style and the messages are 147 kB of each page, and the view Method 40 to 190 kB.

Each rank of an indicator or a dimension has 2.7 bytes.
"""
VIEWS = ("#/", "#/?panel=1")


@pytest.fixture(scope="module")
def subjects(
    model: Index, human: Index, making: Callable[[int, int], tuple[Index, pl.DataFrame]]
) -> dict[str, Subject]:
    """Indices by the numbers of units and indicators."""
    made = {units: making(units, 16) for units in (2000, 10000)}
    with_decimals = {
        f"{units}×16": (index, table.with_columns(pl.col("^i.*$").round(3))) for units, (index, table) in made.items()
    }
    sdg = GALLERY / "sdg_2019.toml"
    published: dict[str, Subject] = {"162×85": (indicia.read(sdg), table_of_gallery(sdg))}
    return {"36×16": (model, None), "193×4": (human, None), **published, **with_decimals}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("size", BUDGETS)
def test_a_page_stays_within_its_budget(browser: Any, tmp_path: Path, subjects: dict[str, Subject], size: str) -> None:
    index, table = subjects[size]
    dossier = compile_dossier(index, table, needs=("intervals",), draws=200)
    html = page_of_dossier(dossier)
    most_data, most_bytes, most_nodes = BUDGETS[size]
    static = html[html.index('<section id="static"') : html.index('<section id="method"')]
    data = html[html.index('id="model">') :].partition("</script>")[0]
    assert len((static + data).encode()) <= 1000 * most_data
    assert len(html.encode()) <= 1000 * most_bytes
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    for address in VIEWS:
        page = OpenedPage(browser, path, address, width=1440)
        assert page.noise == []
        assert page.ask("document.getElementsByTagName('*').length") <= most_nodes, address
        page.close()
