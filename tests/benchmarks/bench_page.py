"""Speed of the page in a browser: `pytest -n 0 tests/benchmarks/bench_page.py`.

No figure is asserted: machines are noisy. The yardstick is a fixed loop of the same browser, timed by turns with each
step. A step lasts until the browser has drawn it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from opened_pages import OpenedPage, browser

import indicia
from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["browser"]

SIZES = (36, 2_000, 10_000)
INDICATORS, DIMENSIONS = 16, 7

LOOP = "() => { const a = performance.now(); let s = 0; for (let i = 1; i < 5e6; i++) s += Math.log(i);"
LOOP += " window.sum = s; return (performance.now() - a) / 1000 }"
"""Five million logarithms."""

DRAWN = """
async (act) => {
  const start = performance.now();
  act();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  return (performance.now() - start) / 1000;
}
"""
TYPE = "const enter = (box, text) => { box.value = text; box.dispatchEvent(new Event('input', {bubbles: true})); };"
STEPS = {
    "a step of a slider": "enter(document.querySelectorAll('aside input[type=range]')[1], 10 + (window.n % 60))",
    "a search": "enter(document.querySelector('input[type=search]'), ['a', 'an', 'ani', '', 'e', 'er'][window.n % 6])",
    "a sort": "const heads = document.querySelectorAll('thead button'); heads[window.n % heads.length].click()",
    "opening a unit": "location.hash = window.n % 2 ? '#/' : '#/unit/u7'",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Write the page of an index for each number of units."""
    folder, written = tmp_path_factory.mktemp("pages"), {}
    for units in SIZES:
        random = np.random.default_rng(1)
        columns = {f"x{at}": np.round(random.lognormal(2, 1, units), 3) for at in range(INDICATORS)}
        table = pl.DataFrame({"city": [f"u{at}" for at in range(units)], **columns})
        raw = {
            "name": "Made",
            "data": {"unit": "city"},
            "dimensions": {f"d{at}": {} for at in range(DIMENSIONS)},
            "indicators": {
                name: {"dimension": f"d{at % DIMENSIONS}", "direction": "benefit"} for at, name in enumerate(columns)
            },
        }
        written[units] = folder / f"{units}.html"
        written[units].write_text(report(indicia.read(raw), table, draws=200), encoding="utf-8")
    return written


@pytest.mark.parametrize("units", SIZES)
def test_opening_a_page(compare: Callable[..., None], browser: Any, pages: dict[int, Path], units: int) -> None:
    def ready() -> float:
        page = OpenedPage(browser, pages[units], "#/?panel=1", width=1440)
        page.shown.wait_for_selector("aside")
        taken: float = page.ask("performance.getEntriesByName('ready')[0].startTime / 1000")
        page.close()
        return taken

    def loop() -> float:
        page = OpenedPage(browser, pages[units])
        taken: float = page.ask(LOOP)
        page.close()
        return taken

    compare(f"page of {units:,} units: until it is ready", ready, {"a fixed loop": loop})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("units", SIZES)
def test_a_step(compare: Callable[..., None], browser: Any, pages: dict[int, Path], units: int, step: str) -> None:
    page = OpenedPage(browser, pages[units], "#/?panel=1", width=1440)
    page.shown.wait_for_selector("aside")
    page.ask("() => { window.n = 0 }")

    def act() -> float:
        taken: float = page.ask(f"() => {{ {TYPE} window.n++; return ({DRAWN})(() => {{ {STEPS[step]} }}) }}")
        return taken

    compare(f"page of {units:,} units: {step}", act, {"a fixed loop": lambda: float(page.ask(LOOP))})
    page.close()
