"""The page in a browser: choose, see, mend, save, upload."""

from __future__ import annotations

import re
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opened_pages import browser

from indicia_serve import Source
from indicia_serve.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["browser"]

pytestmark = pytest.mark.thorough
AXE = Path(__file__).parents[3] / "plugins" / "indicia_report" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOSTILE = "<img src=x onerror=document.title='hacked'>"


@pytest.fixture
def address(index_file: Path) -> Iterator[str]:
    """The address of a server of five cities, one of which has markup for a name."""
    table = index_file.with_name("cities.csv")
    table.write_text(table.read_text().replace("Rome", HOSTILE))
    index_file.write_text(index_file.read_text().replace('name = "Wealth"', f'name = "{HOSTILE}"'))
    announced = threading.Event()
    addresses: list[str] = []

    def announce(text: str) -> None:
        addresses.append(text)
        announced.set()

    server = _Stoppable()
    thread = threading.Thread(
        target=serve,
        args=(Source(index_file),),
        kwargs={"port": 0, "seconds": 60, "max_upload": 10**6, "announce": announce, "started": server.started},
    )
    thread.start()
    assert announced.wait(60)
    yield addresses[0]
    server.stop()
    thread.join(30)


class _Stoppable:
    """Ends a server that runs in a thread, which gets no signals."""

    def started(self, server: Any) -> None:
        self._server = server

    def stop(self) -> None:
        self._server.should_exit = True


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page, whose errors and violations of its policy fail the test."""
    with closing(browser.new_context(locale="en-GB")) as context:
        opened = context.new_page()
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        opened.goto(address)
        opened.wait_for_selector("#ranking tbody tr")
        yield opened
        assert [text for text in problems if "422" not in text] == []  # a wrong choice has the status 422
        assert opened.title() != "hacked"


def test_the_token_leaves_the_address(page: Any) -> None:
    assert "token" not in page.url
    page.reload()
    page.wait_for_selector("#ranking tbody tr")


def test_another_method_shows_what_changes_and_a_wrong_one_has_its_error(page: Any) -> None:
    assert "These are the methods of the index." in page.inner_text("#status")
    page.select_option("#stage-aggregation", "min")
    page.wait_for_selector("#changes tbody tr")
    assert re.search(r"of 5 units chang", page.inner_text("#status"))
    assert page.inner_text("#command") == "indicia run index.toml --aggregation min"
    page.fill("#stage-aggregation-text", "generalised(p=two)")
    page.wait_for_selector("#stage-aggregation-error p")
    assert "p = 'two' must be a number" in page.inner_text("#stage-aggregation-error")
    assert page.get_attribute("#stage-aggregation-text", "aria-invalid") == "true"
    page.fill("#stage-aggregation-text", "generalised(p=2)")
    page.wait_for_selector("#problem:empty", state="attached")
    assert page.inner_text("#stage-aggregation-error") == ""
    assert page.url.endswith("#aggregation=generalised%28p%3D2%29")
    page.reload()
    page.wait_for_selector("#changes tbody tr")
    assert page.input_value("#stage-aggregation-text") == "generalised(p=2)"
    page.click("#reset")
    page.wait_for_selector("#changes:empty", state="attached")
    assert "#" not in page.url


def test_a_method_for_one_dimension_and_a_variant(page: Any, index_file: Path) -> None:
    page.click("text=For one dimension or indicator")
    assert HOSTILE in page.inner_text("#part")
    page.select_option("#part-stage", "aggregation")
    page.fill("#part-method", "min")
    page.click("button:text-is('Choose')")
    page.wait_for_selector(".parts li")
    page.wait_for_selector("#changes tbody tr")
    page.click("text=Save as a variant")
    page.fill("#variant-name", "two words")
    page.click("#save")
    page.wait_for_selector("#saving .error p")
    page.fill("#variant-name", "weakest")
    page.click("#save")
    page.wait_for_selector("#saved:not(:empty)")
    assert page.inner_text("#saved") == "Saved as [variants.weakest] in index.toml."
    assert '[variants.weakest.dimensions.wealth]\naggregation = "min"\n' in index_file.read_text()


def test_the_page_speaks_chinese_and_finds_units(page: Any) -> None:
    page.click(".langs [lang=zh]")
    page.wait_for_selector("text=其他方法 >> nth=0")
    assert page.get_attribute("html", "lang") == "zh"
    assert page.evaluate("document.activeElement.textContent") == "中文"
    page.fill("input[type=search]", "oslo")
    assert page.locator("#ranking tbody tr").count() == 1


def test_an_uploaded_table_opens_its_own_page(page: Any, tmp_path: Path) -> None:
    table = tmp_path / "towns.csv"
    table.write_text("town,income,co2\nA,1,2\nB,2,4\nC,3,1\n")
    page.click("text=Start with a table")
    page.set_input_files("#upload-file", table)
    page.click("button:text-is('Draft an index')")
    page.wait_for_url("**/w/*")
    page.wait_for_selector("#ranking tbody tr")
    assert page.inner_text("#title") == "towns"
    with page.expect_download() as download:
        page.click("text=Download the index file")
    assert "towns.csv" in download.value.path().read_text()


def whole(page: Any, mark: str = "html") -> Any:
    """Return the frame of the whole page, when one with an element has arrived."""
    page.wait_for_selector("#whole:not([aria-busy]) #frame:not([hidden])")
    frame = page.query_selector("#frame").content_frame()
    frame.wait_for_selector(f"{mark} #app table tbody tr")
    return frame


def test_the_whole_page_of_the_choice_keeps_its_place_when_the_choice_changes(page: Any) -> None:
    assert page.locator("#frame[hidden]").count() == 1  # made when its tab is open
    assert page.inner_text("#methodology") == "Published. This is the methodology of index.toml."
    page.focus("#tab-changes")
    page.keyboard.press("ArrowRight")
    published = whole(page)
    assert published.title() == "Cities"
    assert published.locator(".trial").count() == 0
    published.press("#app tbody a[href*='unit/Lima']", "Enter")  # a row may still move under the mouse
    page.select_option("#stage-aggregation", "min")
    page.wait_for_selector("#methodology.tried")
    sentence = "This is not the published methodology: Aggregation min in place of arithmetic"
    assert page.inner_text("#methodology") == f"Tried. {sentence}"
    page.wait_for_selector("#whole[aria-busy]")
    tried = whole(page, "body:has(.trial)")
    assert (tried.title(), tried.evaluate("location.hash")) == ("Lima – Tried: Cities", "#/unit/Lima")
    page.go_back()  # to the ranking of the published page, whose place is shown under the choice
    page.wait_for_timeout(1000)
    assert whole(page, "body:has(.trial)").evaluate("location.hash") == "#/"
    tried.press("#app tbody a[href*='unit/Lima']", "Enter")
    page.click(".langs [lang=zh]")
    page.wait_for_selector("#whole[aria-busy]")
    assert whole(page, "html[lang=zh]").evaluate("location.hash") == "#/unit/Lima"
    page.wait_for_timeout(1000)  # the address of the frame is looked at
    assert page.url.endswith("#aggregation=min&tab=page&at=%2Funit%2FLima")
    page.reload()
    assert whole(page).evaluate("location.hash") == "#/unit/Lima"
    page.fill("#stage-aggregation-text", "mean")
    page.wait_for_selector("#stage-aggregation-error p")
    assert page.inner_text("#whole-status") == "下面是上一次选择的页面。"


def test_choices_from_a_variant_are_saved_and_shown_as_a_variant(page: Any) -> None:
    page.click("text=Save as a variant")
    assert page.is_disabled("#save")
    assert page.inner_text("#save-hint") == "Choose a method first: nothing differs yet."
    page.select_option("#choice-variant", "soft")
    assert page.is_disabled("#save")
    page.select_option("#stage-aggregation", "min")
    assert page.inner_text("#save-hint") == "The words of the variant soft are copied into the new one."
    page.fill("#variant-name", "softer")
    page.click("#save")
    page.wait_for_selector("#saved:not(:empty)")
    page.wait_for_selector("#methodology:has-text('softer')")
    assert page.inner_text("#methodology") == "Variant. This is not the published methodology: the variant softer"
    assert page.input_value("#choice-variant") == "softer"
    assert page.url.endswith("#variant=softer")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: npm ci in plugins/indicia_report/web")
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_tabs_have_no_fault_of_accessibility(browser: Any, address: str, width: int, scheme: str) -> None:
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    with closing(browser.new_context(**options)) as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_selector("#ranking tbody tr")
        if page.get_attribute("#toggle", "aria-expanded") == "false":
            page.click("#toggle")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        faults = {}
        for step in ("published", "tried", "page", "wrong"):
            if step == "tried":
                page.select_option("#stage-aggregation", "min")
                page.wait_for_selector("#methodology.tried")
            elif step == "page":
                page.click("#tab-page")
                whole(page)
            elif step == "wrong":
                page.fill("#stage-aggregation-text", "min(")
                page.wait_for_selector("#problem:not(:empty)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = page.evaluate("rules => axe.run({exclude: [['#frame']]}, {runOnly: rules})", RULES)
            faults |= {f"{step}: {fault['id']}": fault["nodes"][0]["html"] for fault in found["violations"]}
        assert faults == {}


def test_the_report_of_chosen_methods_opens(page: Any) -> None:
    page.select_option("#stage-aggregation", "min")
    page.wait_for_selector("#changes tbody tr")
    with page.context.expect_page() as opened:
        page.click("#report")
    report = opened.value
    report.wait_for_load_state()
    assert "Cities" in report.title()
    assert "min" in report.content()


@pytest.mark.parametrize("width", [1440, 768, 390, 320])
def test_nothing_is_wider_than_the_window(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.select_option("#stage-aggregation", "min")
    page.wait_for_selector("#changes tbody tr")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
