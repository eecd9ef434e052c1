"""Actions of readers on the page: follow links, change weights, scroll, print, download and share."""

from __future__ import annotations

import contextlib
import csv
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opened_pages import OpenedPage, opening

from indicia.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


pytestmark = pytest.mark.thorough

EXAMPLES = Path(__file__).parents[3] / "examples"
HOSTILE_ADDRESSES = [
    "#/unit/%E0%A4%A/%",
    "#/compare/nobody/%00",
    "#/?sort=99",
    "#/?sort=-foo&show=__proto__",
    "#/?a=index:generalised:0",
    "#/?a=index:geometric&w=index:1e8,1",
    "#/?w=;;;:::,,,&a=&pin=,,,&g=:::&y=%&lang=xx&q=%%%",
    "#/time/../..",
    f"#/?q={'x' * 5000}",
    "#/?g=region:nowhere",
    "#/unit",
    "#/compare",
    "#/?a=index:min",
    "#m-nothing",
    "#<img src=x>",
]


@pytest.fixture
def opened(browser: Any, page_of: Callable[[str], Path]) -> Iterator[Any]:
    """Return a function that opens a page by name; a page that complained of anything fails."""
    with opening(browser, page_of, quiet=True) as show:
        yield show


def text_of_focus(page: OpenedPage) -> str:
    return str(page.ask("document.activeElement.textContent"))


def until(page: OpenedPage, condition: str) -> None:
    """Wait until a condition holds. The page's policy forbids Playwright to wait in the page itself."""
    for _ in range(100):
        if page.ask(condition):
            return
        page.shown.wait_for_timeout(50)
    pytest.fail(f"{condition} does not hold: {page.ask('location.hash')}")


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_no_address_leaves_the_page_empty(opened: Any, address: str) -> None:
    page = opened("model", address)
    page.shown.wait_for_selector("#app nav")
    assert page.shown.locator("[role=alert]").count() == 0
    assert len(page.shown.locator("main").inner_text()) > 300


def test_the_row_that_has_the_focus_stays_while_the_table_scrolls(opened: Any) -> None:
    page = opened("large")
    link = page.shown.locator("table.rank tbody th a").first
    link.focus()
    name = link.inner_text()
    for share in (0.3, 0.6, 0.95, 0):
        page.ask("share => window.scrollTo(0, share * document.body.scrollHeight)", share)
        page.shown.wait_for_timeout(100)
        assert text_of_focus(page) == name
    rows = page.shown.locator("table.rank tbody tr[data-row]").count()
    assert rows < 100


def test_a_new_view_has_the_focus_on_its_heading_and_the_way_back_leads_back(opened: Any) -> None:
    page = opened("model")
    page.shown.get_by_role("link", name="Shenzhen").first.click()
    until(page, "document.activeElement.tagName === 'H2'")
    assert text_of_focus(page) == "Shenzhen"
    assert page.shown.title().startswith("Shenzhen – ")
    page.shown.go_back()
    page.shown.wait_for_selector("table.rank")
    assert page.ask("location.hash") in ("", "#/")


def test_a_link_into_the_method_opens_it_there_and_the_skip_link_changes_no_view(opened: Any) -> None:
    page = opened("model", "#/unit/Suzhou")
    page.ask("document.querySelector('.skip').click()")
    page.shown.wait_for_timeout(200)
    assert page.shown.locator("#app h2").first.inner_text() == "Suzhou"
    page.ask("location.hash = '#m-structure'")
    page.shown.wait_for_selector("#m-structure")
    assert page.shown.locator("nav [aria-current=page]").inner_text() == "Method"


def test_a_slider_is_moved_by_keys_and_stands_in_the_address(opened: Any) -> None:
    page = opened("human", "#/?panel=1")
    page.shown.locator(".what-if input[type=range]").first.focus()
    for _ in range(20):
        page.shown.keyboard.press("ArrowRight")
    assert "change rank" in page.shown.locator(".what-if [role=status]").inner_text()
    until(page, "location.hash.includes('w=index:')")
    page.shown.get_by_role("button", name="As published").click()
    assert page.shown.locator(".what-if [role=status]").inner_text() == "Every rank is as published."
    until(page, "!location.hash.includes('w=')")


@pytest.mark.parametrize(
    ("name", "folder", "address"),
    [
        ("model", "intelligent_manufacturing", "#/?panel=1&w=index:0.35,0.33,0.1,0.2,0.21,0.7,0.33;factor_input:1,5,2"),
        ("model", "intelligent_manufacturing", "#/?panel=1&w=factor_input:0,1,0&a=technological_innovation:max"),
        ("human", "human_development", "#/?panel=1&a=index:harmonic;education:geometric&w=education:0.3,0.7"),
        ("human", "human_development", "#/?panel=1&a=education:generalised:-2;index:max&w=index:3,1,2"),
    ],
)
def test_the_command_of_other_weights_gives_the_ranks_of_the_page(
    opened: Any, tmp_path: Path, name: str, folder: str, address: str
) -> None:
    page = opened(name, address)
    page.shown.locator(".what-if > details summary").click()
    words = shlex.split(page.shown.locator(".command").inner_text())
    assert words[:3] == ["indicia", "run", "index.toml"]
    output = tmp_path / "scores.csv"
    with contextlib.suppress(SystemExit):
        main(["run", str(EXAMPLES / folder / "index.toml"), *words[3:], "-o", str(output)])
    ranks = {row[0]: row for row in csv.reader(output.read_text(encoding="utf-8").splitlines())}
    at = next(iter(ranks.values())).index("rank")
    model = json.loads(page.ask("document.getElementById('model').textContent"))
    found = page.ask("address => indicia.scores(address)", address)
    assert found["refused"] == []
    assert len(found["ranks"]) == len(ranks) - 1
    for unit, rank in zip(model["unit"]["ids"], found["ranks"], strict=True):  # each unit has one row
        assert ranks[unit][at] == ("" if rank is None else f"{rank:g}")


def test_the_power_of_a_mean_is_a_box_that_refuses_what_is_no_power(opened: Any) -> None:
    page = opened("model", "#/?panel=1")
    page.shown.get_by_label("Mean that combines the parts of Intelligent").select_option("generalised")
    box = page.shown.get_by_label("Power p of the mean of Intelligent")
    assert box.input_value() == "2"
    box.fill("0.5")
    until(page, "location.hash.includes('a=index:generalised:0.5')")
    for refused in ("0", "101", ""):
        box.fill(refused)
        assert box.get_attribute("aria-invalid") == "true"
        assert "A power is a number from −100 to 100, except 0." in page.shown.locator(".power").inner_text()
    until(page, "location.hash.includes('a=index:generalised:0.5')")
    page.shown.locator("summary", has_text="As a command").click()
    assert "generalised(p=0.5)" in page.shown.locator(".command").first.inner_text()


def test_a_mean_that_the_values_do_not_admit_is_refused_in_words(opened: Any) -> None:
    page = opened("model", "#/?panel=1&a=index:geometric")
    assert "is not defined for the values" in page.shown.locator(".note[role=status]").inner_text()
    assert page.shown.locator(".what-if select option[value=geometric]").first.is_disabled()


def test_paper_has_all_rows_under_the_readers_weights(opened: Any) -> None:
    page = opened("human", "#/?w=index:1,2,1")
    page.shown.pdf()
    page.ask("window.dispatchEvent(new Event('beforeprint'))")
    assert page.shown.locator(".printed tbody tr").count() == 193
    assert "your weights" in page.shown.locator(".printed caption").inner_text()
    page.ask("window.dispatchEvent(new Event('afterprint'))")
    assert page.shown.locator(".printed").count() == 0


def test_the_table_is_downloaded_with_exact_numbers(opened: Any) -> None:
    page = opened("human", "#/?q=land&sort=name")
    with page.shown.expect_download() as download:
        page.shown.get_by_role("button", name="Download CSV").click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    assert all("land" in row["name"].lower() for row in rows)
    switzerland = next(row for row in rows if row["id"] == "CHE")
    assert (switzerland["rank"], switzerland["score"], switzerland["life_expectancy_raw"]) == ("1", "0.967", "84.255")


def test_a_frame_shows_one_view_without_navigation(opened: Any) -> None:
    page = opened("model", "#/unit/Suzhou?embed=1")
    assert page.shown.locator("#app h2").first.inner_text() == "Suzhou"
    assert page.shown.locator("#app nav").count() == 0
    assert page.shown.get_by_role("link", name="Open the whole report").get_attribute("href").endswith("#/unit/Suzhou")


def test_pins_are_at_most_four_and_stand_in_the_address(opened: Any) -> None:
    page = opened("model")
    for button in page.shown.locator("table.rank .pin").all()[:5]:
        button.click()
    assert page.shown.locator(".pins li").count() == 4
    until(page, "location.hash.includes('pin=') && location.hash.split(',').length === 4")
    first, fifth = (page.shown.locator("table.rank tbody th").nth(at).inner_text() for at in (0, 4))
    replaced = page.shown.locator(".replaced[role=status]")
    until(page, "document.querySelector('.replaced').textContent !== ''")
    assert replaced.inner_text() == f"{fifth} replaced {first}: 4 units can be pinned."
    page.shown.get_by_role("button", name="中文").click()
    assert "最多可标记4个单位" in replaced.inner_text()
    page.shown.locator(".pins button").first.click()
    until(page, "document.querySelector('.replaced').textContent === ''")


def test_results_say_which_figures_are_made_up_and_lead_to_the_notes(opened: Any) -> None:
    page = opened("model")
    assert page.shown.locator(".results .note").inner_text().startswith("Simulated figures, not measured: High-tech")
    page.shown.get_by_role("link", name="Notes for readers").click()
    page.shown.wait_for_selector("#m-notes")


def test_values_that_take_a_unit_level_with_the_next_are_those_of_the_engine(opened: Any) -> None:
    page = opened("human", "#/unit/BRA")
    data = json.loads(page.ask("document.getElementById('model').textContent"))
    _, listed, *_ = data["levers"]["above"][str(data["unit"]["ids"].index("BRA"))]
    rows = page.shown.locator(".reach tbody tr").all()
    shown = [row.locator("td").last.inner_text() for row in rows]
    assert shown == [f"{value:,}".removesuffix(".0") for _, value in listed]
    assert page.shown.locator(".reach code").count() == 0


def test_where_values_would_move_other_scores_the_page_has_a_command_that_finds_them(
    opened: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    view = opened("model", "#/unit/Jinan").shown.locator(".reach")
    assert "enough:" not in view.inner_text()
    view.get_by_role("button", name="The first 10").click()
    words = shlex.split(view.locator("code").inner_text())
    assert words[:4] == ["indicia", "explain", "Jinan", "--overtake"]
    with contextlib.suppress(SystemExit):
        main([*words[1:], "--index", str(EXAMPLES / "intelligent_manufacturing" / "index.toml")])
    assert f"for Jinan to draw level with {words[4]}." in " ".join(capsys.readouterr().out.split())
