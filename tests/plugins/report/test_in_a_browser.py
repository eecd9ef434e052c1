"""The page as a browser shows it: quiet, inert, complete without script, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opened_pages import OpenedPage, opening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


pytestmark = pytest.mark.thorough

VIEWS = ("#/", "#/?panel=1", "#/unit", "#/compare", "#/time", "#/method")


@pytest.fixture
def opened(browser: Any, page_of: Callable[[str], Path]) -> Iterator[Any]:
    """Return a function that opens a page by name."""
    with opening(browser, page_of) as show:
        yield show


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["model", "human", "large", "hostile", "harm"])
def test_a_page_makes_no_noise_asks_for_nothing_and_fits(opened: Any, name: str, width: int) -> None:
    for address in VIEWS:
        page = opened(name, address, width=width)
        assert page.noise == []
        assert len(page.requests) == 1
        assert page.ask("document.documentElement.scrollWidth") <= width, address


def test_names_of_attacks_are_shown_as_they_are_and_do_nothing(opened: Any, names: list[str]) -> None:
    for address in VIEWS:
        page = opened("hostile", address)
        assert page.noise == []
        assert page.ask("document.images.length + document.querySelectorAll('body u, main script, iframe').length") == 0
        assert page.ask("document.querySelectorAll('script:not([type])').length") == 1
    page = opened("hostile")
    shown = page.ask("[...document.querySelectorAll('table.rank tbody th a')].map(a => a.textContent)")
    assert sorted(shown) == sorted(name.replace("\x01", "\ufffd") for name in names)


def test_a_script_of_which_a_byte_changed_does_not_run_and_the_ranking_stands_there(
    browser: Any, page_of: Callable[[str], Path], tmp_path: Path
) -> None:
    before, script, after = page_of("model").read_text(encoding="utf-8").partition("<script>/*")
    assert script
    changed = tmp_path / "changed.html"
    changed.write_text(f"{before}{script} {after}", encoding="utf-8")
    page = OpenedPage(browser, changed)
    assert "Content Security Policy" in " ".join(page.noise)
    assert page.shown.locator("#static table").is_visible()
    assert page.ask("document.querySelectorAll('#app *').length") == 0
    page.close()


@pytest.mark.parametrize(
    "attack", ["<script>alert(1)</script>", "<p style='color:red'>", "<img src=x onerror=alert(1)>"]
)
def test_markup_that_came_into_the_page_would_do_nothing(
    browser: Any, page_of: Callable[[str], Path], tmp_path: Path, attack: str
) -> None:
    attacked = tmp_path / "attacked.html"
    attacked.write_text(
        page_of("model").read_text(encoding="utf-8").replace("<main>", f"<main>{attack}"), encoding="utf-8"
    )
    page = OpenedPage(browser, attacked)
    assert page.noise
    assert all("Content Security Policy" in message for message in page.noise)
    page.close()


def test_the_script_takes_the_ranking_of_the_document_away(opened: Any) -> None:
    page = opened("model")
    assert page.ask("document.getElementById('static')") is None
    assert page.shown.locator("table.rank tbody tr").count() >= 20
    assert not page.shown.locator("#method h2").first.is_visible()
    page.shown.get_by_role("link", name="Method", exact=True).click()
    assert page.shown.locator("#method h2").first.is_visible()
    assert page.noise == []


def test_a_search_leaves_the_rows_that_have_the_word(opened: Any) -> None:
    page = opened("model", "#/?lang=zh")
    field = page.shown.locator("input[type=search]").first
    field.fill("深圳")
    page.shown.wait_for_function("document.querySelectorAll('table.rank tbody th').length === 1")
    field.fill("")
    page.shown.wait_for_function("document.querySelectorAll('table.rank tbody th').length > 20")


def test_the_page_speaks_two_languages(opened: Any) -> None:
    page = opened("model")
    page.shown.get_by_role("button", name="中文").click()
    assert page.ask("document.documentElement.lang") == "zh"
    assert page.shown.locator("table.rank tbody th a").first.inner_text() == "深圳"
    assert page.shown.locator("h1").inner_text() == "智能制造发展指数（区域）"
    page.shown.get_by_role("link", name="方法").click()
    assert "结构与权重" in page.shown.locator("#method").inner_text()


def test_without_a_script_it_is_a_document(opened: Any) -> None:
    page = opened("model", java_script_enabled=False)
    assert page.noise == []
    assert page.shown.locator("#t-ranking tbody tr").count() == 36
    assert page.shown.locator("#static p").first.inner_text().startswith("Shenzhen leads with")
    assert page.shown.locator("#method h2").first.is_visible()
    assert page.shown.locator("h1").inner_text() == "Intelligent manufacturing development index (region)"


@pytest.mark.parametrize("name", ["model", "human", "large"])
def test_a_score_has_the_same_digits_with_and_without_a_script(opened: Any, name: str) -> None:
    written = opened(name, java_script_enabled=False).shown.locator("#t-ranking tbody tr").all()[:5]
    shown = opened(name).shown.locator("table.rank tr[data-row]").all()[:5]
    scores = [row.locator("td").nth(1).inner_text() for row in written]
    assert [score in row.inner_text().split() for score, row in zip(scores, shown, strict=True)] == [True] * 5


def test_controls_are_reached_by_keyboard_and_have_names(opened: Any) -> None:
    page = opened("model", "#/?panel=1")
    nameless = page.ask(
        "[...document.querySelectorAll('button, input, textarea, select')].filter(e => !(e.textContent.trim() ||"
        " e.getAttribute('aria-label') || (e.labels && e.labels.length))).map(e => e.outerHTML)"
    )
    assert nameless == []


def test_it_is_as_quiet_in_the_dark_and_on_paper(opened: Any) -> None:
    page = opened("model", color_scheme="dark")
    dark = page.ask("getComputedStyle(document.documentElement).backgroundColor")
    page.shown.emulate_media(media="print")
    assert page.ask("getComputedStyle(document.documentElement).backgroundColor") != dark
    assert page.noise == []
