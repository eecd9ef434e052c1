"""The page in a browser: choose, see, mend, save, upload."""

from __future__ import annotations

import re
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from opened_pages import browser

from indicia.serve import Source
from indicia.serve.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["browser"]

pytestmark = pytest.mark.thorough
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
