"""A browser, and pages that are open in it with everything that happens to them."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import system_tools

from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from indicia import Index

    Subject = tuple[Index, pl.DataFrame | None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window, if the machine has one.

    It closes with its module: Playwright's event loop runs as long as it is open, and tests of the server start loops.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = system_tools.need(system_tools.browser())
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


class OpenedPage:
    """A page that is open; `noise` has all messages, errors and dialogs, and `requests` all addresses."""

    def __init__(self, browser: Any, path: Path, address: str = "", *, width: int = 1280, **context: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.shown = self.context.new_page()
        self.noise: list[str] = []
        self.requests: list[str] = []
        self.shown.on("console", lambda message: self.noise.append(message.text))
        self.shown.on("pageerror", lambda error: self.noise.append(str(error)))
        self.shown.on("dialog", lambda dialog: (self.noise.append(dialog.message), dialog.dismiss()))
        self.shown.on("request", lambda request: self.requests.append(request.url))
        self.shown.goto(path.as_uri() + address)

    def ask(self, script: str, argument: Any = None) -> Any:
        """Return the value of an expression in the page."""
        return self.shown.evaluate(script, argument)

    def close(self) -> None:
        """Close the page."""
        self.context.close()


def written_once(folder: Path, subjects: Mapping[str, Subject]) -> Callable[[str], Path]:
    """Return a function that writes the report on a subject when it is first needed."""

    @cache
    def written(name: str) -> Path:
        page = folder / f"{name}.html"
        page.write_text(report(*subjects[name], draws=50), encoding="utf-8")
        return page

    return written


@contextmanager
def opening(
    browser: Any, page_of: Callable[[str], Path], *, quiet: bool = False
) -> Iterator[Callable[..., OpenedPage]]:
    """Give a function that opens a page by name, and close all at the end; if quiet, a page that complained fails."""
    pages: list[OpenedPage] = []

    def show(name: str, address: str = "", **options: Any) -> OpenedPage:
        pages.append(OpenedPage(browser, page_of(name), address, **options))
        return pages[-1]

    yield show
    for page in pages:
        page.close()
    assert not quiet or [page.noise for page in pages] == [[] for _ in pages]
