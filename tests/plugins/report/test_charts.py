"""Charts: what they hold, what they style like as files, and that names in them do nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from shown_results import KINDS, draw

import indicia
from indicia.cli import main
from indicia.errors import DataError, DefinitionError, IndiciaError, MissingDependency, OutputError
from indicia_paper.drawing import kind_of
from indicia_report.charts.write import can_draw, check_letters, rendered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia import Index

pytest.importorskip("altair")
pytest.importorskip("vl_convert")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
def test_every_chart_has_title_source_line_and_alternative_text(model: Index, kind: str, theme: Any) -> None:
    chart = draw(model, kind, draws=20, theme=theme).to_dict()
    assert chart["title"]["subtitle"][0] == "Intelligent manufacturing development index (region)"
    assert chart["title"]["subtitle"][-1].startswith(("Source: ", "Computed by Indicia"))
    assert chart["description"].startswith(chart["usermeta"]["indicia"]["title"])
    assert len(chart["description"]) > 80


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_can_be_drawn_in_chinese(model: Index, kind: str) -> None:
    svg = rendered(draw(model, kind, draws=20, language="zh"), "svg")
    root = ET.fromstring(svg)
    texts = "".join(root.itertext())
    assert "智能制造发展指数（区域）" in texts
    assert root.find(f"{SVG}title") is not None


def test_methodologies_and_their_choices_are_in_chinese(model: Index) -> None:
    drawn = {kind: str(draw(model, kind, language="zh").to_dict()) for kind in ("slope", "specification")}
    assert "1 指数原方法" in drawn["slope"]
    assert "指标：全部" in drawn["specification"]
    assert "指标：不含高新技术企业数、" in drawn["specification"]


def test_a_result_a_comparison_and_an_analysis_draw_themselves(model: Index) -> None:
    assert model.score().plot.ranking(top=5).to_dict()["title"]["text"] == "Scores of the first 5 of 36 cities"
    assert model.score().plot(language="zh").ranking().to_dict()["title"]["text"] == "36 个城市的得分"
    assert model.compare().plot.slope().to_dict()["layer"]
    assert model.robustness(draws=20, seed=1, weights={"spread": 0.1}).plot.intervals().to_dict()["layer"]
    with pytest.raises(IndiciaError, match="nothing is drawn of a str"):
        kind_of("result")


def test_a_chart_can_be_changed(model: Index) -> None:
    chart = model.score().plot.ranking(top=3).properties(title="Mine").to_dict()
    assert chart["title"] == "Mine"


def test_a_ranking_holds_the_scores(model: Index) -> None:
    result = model.score()
    chart = result.plot.ranking(top=1).to_dict()
    bars = chart["layer"][0]["data"]["values"]
    assert sum(one["value"] for one in bars) == pytest.approx(result.ranking["score"][0], rel=1e-12)


def test_a_slope_chart_of_a_panel_shows_its_periods(index: Callable[..., Index], panel: pl.DataFrame) -> None:
    yearly = index({"income": {"bounds": [0, 10]}}, period="year")
    chart = draw(yearly, "slope", panel).to_dict()
    assert {one["column"] for one in chart["data"]["values"]} == {"2020", "2021"}


def test_a_single_ranking_has_no_slope_chart(human: Index) -> None:
    with pytest.raises(IndiciaError, match="several rankings"):
        human.score().plot.slope()


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("rankin", {}, 'did you mean "ranking"'),
        ("profile", {"unit": "Beijin"}, 'did you mean "Beijing"'),
        (
            "ranking",
            {"unit": "Beijing"},
            "ranking has no option unit\n  fix: dumbbell, profile, specification, waterfall have it",
        ),
        ("structure", {"top": 3}, "structure has no option top\n  fix: acceptability, bump, dumbbell"),
        ("ranking", {"methods": {"weighting": ["equal", "entropy"]}}, "several are listed"),
    ],
)
def test_a_chart_that_cannot_be_drawn_is_an_error(model: Index, kind: str, words: dict[str, Any], said: str) -> None:
    with pytest.raises(IndiciaError) as raised:
        draw(model, kind, **words)
    assert said in str(raised.value)


def test_a_unit_can_be_named_as_readers_call_it(model: Index) -> None:
    assert draw(model, "profile", unit="苏州").to_dict()["title"]["text"] == "Suzhou among 36 cities"


def test_a_misspelt_unit_is_answered_with_the_nearest_name(human: Index) -> None:
    with pytest.raises(DataError) as raised:
        draw(human, "profile", unit="Switzerlnd")
    assert raised.value.remedy == 'did you mean "Switzerland"?'


def test_files_begin_as_such_files_do(human: Index) -> None:
    chart = human.score().plot.correlation()
    assert rendered(chart, "png").startswith(b"\x89PNG")
    assert rendered(chart, "pdf").startswith(b"%PDF")
    assert "vega-lite/v6" in json.loads(rendered(chart, "json"))["$schema"]
    with pytest.raises(OutputError, match="cannot be written"):
        rendered(chart, "gif")


def test_letters_that_no_font_has_are_not_drawn_as_boxes() -> None:
    chart = {"title": "北京", "data": {"values": [{"unit": "القاهرة"}, {"unit": "Zürich"}]}}
    with pytest.raises(OutputError) as raised:
        check_letters(chart, lambda letter: letter < "\u0300")
    assert "fonts-noto-cjk" in str(raised.value)
    assert "fonts-noto-core" in str(raised.value)
    check_letters(chart, lambda _: True)


def test_the_renderer_says_which_letters_it_can_draw() -> None:
    assert can_draw("a")
    assert not can_draw("\u0378")  # assigned to no letter


def test_names_in_a_chart_are_texts(hostile: tuple[Index, pl.DataFrame]) -> None:
    index, table = hostile
    for kind in ("ranking", "profile", "slope", "structure"):
        chart = draw(index, kind, table)
        root = ET.fromstring(rendered(chart, "svg"))
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= _SHAPES


def test_names_in_the_page_of_a_chart_are_texts(hostile: tuple[Index, pl.DataFrame]) -> None:
    index, table = hostile
    html = rendered(draw(index, "ranking", table), "html").decode()
    start = html.index('<script type="application/json" id="specification">')
    assert "<img" not in html[: html.index("</script>", start)]
    assert html[start : html.index("</script>", start)].count("<") == 1


_SHAPES = {
    "svg",
    "title",
    "desc",
    "g",
    "rect",
    "path",
    "line",
    "text",
    "defs",
    "clipPath",
    "linearGradient",
    "stop",
    "tspan",
}


@pytest.mark.slow
def test_a_page_with_a_chart_loads_nothing_from_a_network(
    browser: Any, hostile: tuple[Index, pl.DataFrame], tmp_path: Path
) -> None:
    index, table = hostile
    path = tmp_path / "chart.html"
    path.write_bytes(rendered(draw(index, "ranking", table), "html"))
    shown = browser.new_page()
    noise: list[str] = []
    shown.on("console", lambda message: noise.append(message.text))
    shown.on("pageerror", lambda error: noise.append(str(error)))
    shown.on("request", lambda request: noise.append(request.url))
    shown.goto(path.as_uri())
    shown.wait_for_selector("#chart svg")
    assert noise == [path.as_uri()]
    assert "مدينة القاهرة" in shown.inner_html("#chart")
    shown.close()


def test_altair_is_imported_with_the_first_chart() -> None:
    code = "import indicia, indicia.index, indicia_report.page, sys; print('altair' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_without_the_library_the_error_names_the_extra(human: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingDependency) as raised:
        human.score().plot.ranking()
    assert "pip install 'indicia[charts]'" in str(raised.value)


def test_a_command_writes_the_format_of_the_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cities: pl.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cities.write_csv("cities.csv")
    for arguments in (
        ["ranking", "cities.csv", "-o", "a.svg"],
        ["slope", "cities.csv", "-w", "equal,entropy", "-o", "b.json"],
    ):
        with pytest.raises(SystemExit) as left:
            main(["plot", *arguments])
        assert left.value.code == 0
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(SystemExit) as left:
        main(["plot", "ranking", "cities.csv"])
    assert left.value.code == 2
    assert "-o ranking.svg" in capsys.readouterr().err


def test_a_list_of_methods_is_for_charts_that_compare(human: Index) -> None:
    with pytest.raises(DefinitionError, match="ranking shows one methodology"):
        draw(human, "ranking", methods={"weighting": ["equal", "entropy"]})


SIGNS = [*range(32), 0x7F, 0x85, 0x200B, 0x2028, 0x2029, 0x202E, 0xFEFF, 0xFFFF, *map(ord, "'\"\\`<&[{$")]


@pytest.mark.parametrize("kind", ["svg", pytest.param("png", marks=pytest.mark.thorough)])
def test_a_name_with_any_character_is_drawn(kind: str) -> None:
    """The renderer puts names into programs, where a line separator ends a text."""
    names = [f"a{chr(sign)}b {number}" for number, sign in enumerate(SIGNS)]
    numbers = [float(number) for number in range(len(names))]
    table = pl.DataFrame({"city": names, "income": numbers, "co\u2028 2": numbers[::-1]})
    result = indicia.score(table, unit="city")
    for chart in (result.plot.ranking(), result.plot.heat_map(), result.plot.profile()):
        assert len(rendered(chart, kind)) > 1000
