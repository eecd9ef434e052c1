"""Words and colours of the page have the meaning of the index, in three published ones of which less is better.

Rank 1 of the INFORM Risk Index is the worst country, rank 1 of the other two the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opened_pages import OpenedPage
from reference_folder import ABSENT, table_of_gallery
from report_pages import page_of

import indicia

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.thorough, pytest.mark.filterwarnings("ignore")]

GALLERY = Path(__file__).parents[3] / "examples" / "gallery"
PRAISE = {"leads", "ahead", "behind"}
"""Words that say which of two units is better."""


@dataclass(frozen=True)
class Shown:
    """The page of an index."""

    page: OpenedPage
    starts_with_worst: bool

    def go(self, address: str) -> None:
        """Show a view."""
        self.page.ask("address => { location.hash = address }", address)
        self.page.shown.wait_for_timeout(150)

    def words(self, selector: str) -> set[str]:
        """Return the words of an element."""
        return set(self.page.shown.locator(selector).first.inner_text().replace(",", " ").split())

    def bars(self, table: str) -> list[tuple[float, str]]:
        """Return the signed parts of a table with the colours of their bars."""
        rows = f"[...document.querySelectorAll('{table} tbody tr')].filter(r => r.querySelector('.plus, .minus'))"
        number = "[...r.cells].map(c => c.innerText).find(t => /^[+−]/.test(t)) ?? '0'"
        style = "r.querySelector('.plus, .minus').className"
        found = self.page.ask(f"{rows}.map(r => [{number}, {style}])")
        return [(float(text.replace("−", "-").replace(",", "")), colour) for text, colour in found]


@pytest.fixture(scope="module", params=[("inform_2023", True), ("ghi_2016", False), ("ihdi_coefficient", False)])
def shown(request: pytest.FixtureRequest, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    name, starts_with_worst = request.param
    path = table_of_gallery(GALLERY / f"{name}.toml")
    if not path.exists():
        pytest.skip(ABSENT)
    file = tmp_path_factory.mktemp("meaning") / "page.html"
    file.write_text(page_of(indicia.read(GALLERY / f"{name}.toml").score(path)), encoding="utf-8")
    page = OpenedPage(browser, file)
    yield Shown(page, starts_with_worst)
    page.close()


def test_the_headline_praises_the_best_and_not_the_worst(shown: Shown) -> None:
    shown.go("#/")
    words = shown.words(".headline")
    assert ("leads" in words, "ahead" in words, {"worst", "worse"} < words) == (
        (False, False, True) if shown.starts_with_worst else (True, True, False)
    )


def test_the_sentences_on_units_praise_the_better_one(shown: Shown) -> None:
    shown.go("#/")
    shown.page.shown.locator("table.rank tbody th a").nth(1).click()
    shown.page.shown.wait_for_selector(".unit .says")
    assert ("better" in shown.words(".says"), "behind" in shown.words(".says")) == (
        shown.starts_with_worst,
        not shown.starts_with_worst,
    )
    shown.page.shown.get_by_role("link", name="Compare", exact=False).nth(1).click()
    shown.page.shown.wait_for_selector(".gap")
    words = shown.words(".headline")
    assert (bool(PRAISE & words), "worse" in words) == (not shown.starts_with_worst, shown.starts_with_worst)


def test_a_part_that_adds_to_the_score_has_the_colour_of_harm(shown: Shown) -> None:
    for place in (0, 1, 9):
        shown.go("#/")
        shown.page.shown.locator("table.rank tbody th a").nth(place).click()
        shown.page.shown.wait_for_selector(".unit .says")
        for table in (".waterfall", ".indicators"):
            bars = shown.bars(table)
            assert len(bars) > 1
            assert [colour for _, colour in bars] == ["minus" if part > 0 else "plus" for part, _ in bars]
