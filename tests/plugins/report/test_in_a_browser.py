"""The page, as a browser shows it: quiet, inert, and with the engine's numbers whatever the sliders say."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

import indicia
from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from indicia import Index

    Subject = tuple[Index, pl.DataFrame | None]

pytestmark = pytest.mark.slow


LARGE = pytest.param("large", marks=pytest.mark.thorough)
"""The page of many units, which takes a browser some seconds."""


class Page:
    """A page that is open, and all that happened to it."""

    def __init__(self, browser: Any, path: Path, width: int = 1280, **context: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 900}, **context)
        self.shown = self.context.new_page()
        self.noise: list[str] = []
        self.requests: list[str] = []
        self.shown.on("console", lambda message: self.noise.append(message.text))
        self.shown.on("pageerror", lambda error: self.noise.append(str(error)))
        self.shown.on("dialog", lambda dialog: (self.noise.append(dialog.message), dialog.dismiss()))
        self.shown.on("request", lambda request: self.requests.append(request.url))
        self.shown.goto(path.as_uri())

    def ask(self, script: str, argument: Any = None) -> Any:
        return self.shown.evaluate(script, argument)

    def move(self, slider: int, value: float) -> None:
        self.ask(
            "([at, value]) => { const s = document.getElementById('w' + at); s.value = value;"
            " s.dispatchEvent(new Event('input')); }",
            [slider, value],
        )

    def outcome(self) -> dict[int, tuple[str, float | None]]:
        """Return rank and score by row of the data."""
        rows = self.ask(
            "[...document.querySelectorAll('#t-what-if tbody tr')]"
            ".map(r => [Number(r.dataset.unit), r.cells[0].textContent, r.dataset.score])"
        )
        return {unit: (rank, None if score == "null" else float(score)) for unit, rank, score in rows}


@pytest.fixture(scope="session")
def subjects(model: Index, human: Index, large: Subject, hostile: Subject) -> dict[str, Subject]:
    """The examples, a large index and a hostile one, with their data."""
    harm = replace(human, raw={**human.raw, "direction": "cost"})
    return {"model": (model, None), "human": (human, None), "harm": (harm, None), "large": large, "hostile": hostile}


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory, subjects: dict[str, Subject]) -> Callable[[str], Path]:
    """Return a function that writes the report on a subject when it is first wanted."""
    folder = tmp_path_factory.mktemp("pages")

    @cache
    def written(name: str) -> Path:
        index, table = subjects[name]
        page = folder / f"{name}.html"
        page.write_text(report(index, table, draws=50), encoding="utf-8")
        return page

    return written


@pytest.fixture
def opened(browser: Any, page_of: Callable[[str], Path]) -> Iterator[Any]:
    """Return a function that opens a page by name."""
    every: list[Page] = []

    def show(name: str, **how: Any) -> Page:
        every.append(Page(browser, page_of(name), **how))
        return every[-1]

    yield show
    for page in every:
        page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["model", "human", LARGE, "hostile"])
def test_a_page_makes_no_noise_asks_for_nothing_and_fits(opened: Any, name: str, width: int) -> None:
    page = opened(name, width=width)
    assert page.noise == []
    assert len(page.requests) == 1
    assert page.ask("document.documentElement.scrollWidth") == width
    beyond = page.ask(
        "w => [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .formula, nav, pre, svg,"
        " .skip, caption') && e.getBoundingClientRect().right > w + 1).map(e => e.outerHTML.slice(0, 80))",
        width,
    )
    assert beyond == []


def test_names_are_shown_as_they_are_and_do_nothing(opened: Any, names: list[str]) -> None:
    page = opened("hostile")
    assert page.noise == []
    assert page.ask("document.images.length + document.querySelectorAll('body u, body i').length") == 0
    assert page.ask("document.querySelectorAll('script:not([type])').length") == 1
    shown = page.ask("[...document.querySelectorAll('#t-ranking tbody th')].map(c => c.querySelector('[lang=en]')"
                     " ? c.querySelector('[lang=en]').textContent : c.textContent)")  # fmt: skip
    assert sorted(shown) == sorted(name.replace("\x01", "\ufffd") for name in names)


def merged(raw: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """Return an index with further words."""
    return raw | {
        key: merged(raw.get(key, {}), value) if isinstance(value, dict) else value for key, value in words.items()
    }


MEANS = ("arithmetic", "geometric", "harmonic", "min", "max")


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("human", MEANS),
        ("harm", MEANS[:2]),
        ("hostile", MEANS),
        pytest.param("large", ["geometric"], marks=pytest.mark.thorough),
    ],
)
def test_sliders_give_the_numbers_of_the_engine(
    opened: Any, subjects: dict[str, Subject], name: str, means: Sequence[str]
) -> None:
    index, table = subjects[name]
    page = opened(name)
    page.move(0, 62.5)
    page.move(1, 7)
    for mean in means:
        page.ask("mean => document.querySelector(`[name=mean][value=${mean}]`).click()", mean)
        words = tomllib.loads(page.ask("document.getElementById('toml').value"))
        result = indicia.read(merged(dict(index.raw), words)).score(index.read_table(table))
        assert mean in str(result.methodology), mean
        assert_equal(page.outcome(), result.scores)


def test_where_values_are_missing_sliders_give_the_numbers_of_the_engine(opened: Any, model: Index) -> None:
    page = opened("model")
    page.move(3, 50)
    words = tomllib.loads(page.ask("document.getElementById('toml').value"))
    result = indicia.read(merged(dict(model.raw), words)).score(model.read_table())
    assert_equal(page.outcome(), result.scores)
    assert "units change rank" in page.ask("document.getElementById('moved').textContent")
    page.shown.click("#reset")
    assert_equal(page.outcome(), model.score().scores)
    shares = "[...document.querySelectorAll('.slider')].map(s => [s.querySelector('output').textContent,"
    shown = page.ask(f"{shares} s.querySelector('input').getAttribute('aria-valuetext')])")
    assert shown[0] == ["5.6 %", "5.6 %"]
    assert len(shown) == 7


def assert_equal(found: dict[int, tuple[str, float | None]], scores: pl.DataFrame) -> None:
    assert len(found) == len(scores)
    for at, (rank, score) in enumerate(scores.select("rank", "score").iter_rows()):
        assert found[at][0] == ("–" if rank is None else f"{rank:g}")
        assert found[at][1] == pytest.approx(score, rel=1e-9)


def test_without_any_weight_there_is_no_ranking(opened: Any) -> None:
    page = opened("human")
    for slider in range(3):
        page.move(slider, 0)
    assert page.outcome() == {}
    assert page.ask("document.getElementById('moved').textContent") == "Give at least one part a weight"


def test_a_search_leaves_the_rows_that_have_the_word(opened: Any) -> None:
    page = opened("model")
    field = page.shown.locator("#ranking input[type=search]")
    field.fill("深圳")
    shown = "[...document.querySelectorAll('#t-ranking tbody tr')].filter(r => !r.hidden).length"
    assert page.ask(shown) == 1
    field.fill("")
    assert page.ask(shown) == 36


def test_a_heading_sorts_up_and_down(opened: Any) -> None:
    page = opened("model")
    first = "document.querySelector('#t-ranking tbody tr').cells[1].querySelector('[lang=en]').textContent"
    score = page.shown.locator("#t-ranking thead th", has_text="score").locator("button")
    score.click()
    assert page.ask(first) == "Huizhou"
    score.press("Enter")
    assert page.ask(first) == "Shanghai"
    assert page.ask("document.querySelectorAll('#t-ranking [aria-sort=descending]').length") == 1
    page.shown.locator("#t-ranking thead th", has_text="rank").locator("button").click()
    assert page.ask(first) == "Shenzhen"
    last = "[...document.querySelectorAll('#t-ranking tbody tr')].at(-1).cells[0].textContent"
    assert page.ask(last) == "–"


def test_the_page_speaks_two_languages(opened: Any) -> None:
    page = opened("model")
    heading = page.shown.locator("#ranking h2")
    assert heading.inner_text() == "Ranking"
    page.shown.click(".langs [lang=zh]")
    assert heading.inner_text() == "排名"
    assert page.shown.locator("#t-what-if tbody th").first.inner_text() == "深圳"
    assert page.shown.locator("h1").inner_text() == "智能制造发展指数（区域）"
    assert page.ask("document.documentElement.lang") == "zh"


def test_without_a_script_it_is_a_document(opened: Any) -> None:
    page = opened("model", java_script_enabled=False)
    assert page.noise == []
    assert page.shown.locator("#t-ranking tbody tr").count() == 36
    assert page.shown.locator("#what-if").inner_text().splitlines()[-1].startswith("This part of the page needs")
    assert "slider" not in page.shown.locator("#what-if").inner_text()
    assert page.shown.locator(".profile svg").first.is_visible()
    assert page.shown.locator("h1").inner_text() == "Intelligent manufacturing development index (region)"


def test_controls_are_reached_by_keyboard_and_have_names(opened: Any) -> None:
    page = opened("model")
    nameless = page.ask(
        "[...document.querySelectorAll('button, input, textarea, select')].filter(e => !(e.textContent.trim() ||"
        " e.getAttribute('aria-label') || (e.labels && e.labels.length))).map(e => e.outerHTML)"
    )
    assert nameless == []
    page.shown.focus("#w0")
    before = page.outcome()
    page.shown.keyboard.press("ArrowRight")
    assert page.outcome() != before


def test_it_is_as_quiet_in_the_dark_and_on_paper(opened: Any) -> None:
    page = opened("model", color_scheme="dark")
    dark = page.ask("getComputedStyle(document.body).backgroundColor")
    page.shown.emulate_media(media="print")
    assert page.ask("getComputedStyle(document.body).backgroundColor") != dark
    assert page.shown.locator("nav").is_hidden()
    assert page.noise == []


def test_bars_of_the_sliders_are_called_what_they_are(opened: Any) -> None:
    page = opened("human")
    heading = "document.getElementById('drawn').textContent"
    assert page.ask(heading) == "bar of the score"
    page.ask("document.querySelector('[name=mean][value=arithmetic]').click()")
    assert page.ask(heading) == "contribution of each part"


@pytest.mark.parametrize("name", ["model", "human", LARGE, "hostile"])
def test_no_label_of_a_drawing_is_cut_or_runs_into_the_drawing(opened: Any, name: str) -> None:
    page = opened(name)
    beyond = page.ask(
        "[...document.querySelectorAll('section svg[role=img] > text')].filter(e => { const box = e.getBBox();"
        " return box.width && (box.x < 0 || box.x + box.width > e.ownerSVGElement.viewBox.baseVal.width); })"
        ".map(e => e.textContent)"
    )
    assert beyond == []
    wide = page.ask(  # what profiles have in common is drawn by reference, and measured where it is drawn itself
        "(() => { const svg = document.querySelector('.profile svg'); const symbol = document.getElementById('ground');"
        " const left = Number(symbol.querySelector('.rule').getAttribute('d').match(/M(\\d+)/)[1]);"
        " const all = [...symbol.querySelectorAll('text')].map(e => svg.appendChild(e.cloneNode(true)));"
        " return all.filter(e => e.getBBox().width > left).map(e => e.textContent); })()"
    )
    assert wide == []
