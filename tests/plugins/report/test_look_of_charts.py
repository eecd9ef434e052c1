"""The look of charts: highlighted units, size, title, house style, pages and notebooks."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from shown_results import KINDS, data_of, draw

from indicia.cli import main
from indicia.errors import DataError, DefinitionError, IndiciaError, OutputError
from indicia.outputs import HouseStyle
from indicia_paper.drawing import read_style, size_of
from indicia_report.charts.write import check_fonts, numbers_table, rendered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from indicia import Index
    from indicia.result import Result

pytest.importorskip("altair")
pytest.importorskip("vl_convert")


def often(kinds: Iterable[str], *plain: str) -> list[Any]:
    """Return the kinds of chart, of which the plain suite tries some, and `-m thorough` all."""
    return [pytest.param(kind, marks=() if kind in plain else pytest.mark.thorough) for kind in kinds]


HIGHLIGHTING = ("acceptability", "heat_map", "intervals", "ranking", "slope", "strip")


@pytest.fixture(scope="module")
def cities_of_model(model: Index) -> Result:
    return model.score()


def bold(chart: Any) -> str:
    """Return the expression that chooses the bold labels of the axes."""
    return str(re.findall(r"indexof\((\[.*?\]), datum", json.dumps(chart.to_dict()).replace('\\"', '"')))


@pytest.mark.parametrize("kind", often(HIGHLIGHTING, "ranking", "intervals"))
def test_a_highlighted_unit_is_shown_beyond_the_first_units(model: Index, kind: str) -> None:
    options = {} if kind == "strip" else {"top": 3}
    chart = draw(model, kind, highlight=("Wuhan",), draws=20, **options)
    drawn = {value for rows in data_of(chart) for row in rows for value in row.values() if isinstance(value, str)}
    assert any("Wuhan" in text for text in drawn)
    if kind not in ("strip", "slope"):
        assert '["Wuhan"]' in bold(chart)
        assert "The last rows are highlighted, with later ranks: Wuhan." in chart.to_dict()["title"]["subtitle"]


def test_ranks_between_the_first_units_and_a_highlighted_one_are_one_gap(human: Index) -> None:
    chart = draw(human, "acceptability", highlight=("Brazil",), top=3, draws=20).to_dict()
    ranks = chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    gaps = [rank for rank in ranks if rank < 0]
    assert len(gaps) >= 1
    assert len(ranks) < 40
    assert {row["rank"] for rows in data_of(chart) for row in rows} <= set(ranks)


def test_units_that_are_not_highlighted_are_paler(cities_of_model: Result) -> None:
    bars = data_of(cities_of_model.plot(highlight=["Wuhan"]).ranking())[0]
    opacities = {row["unit"]: row["opacity"] for row in bars}
    assert opacities.pop("Wuhan") == 1
    assert set(opacities.values()) == {0.35}


def test_a_highlighted_unit_can_be_named_as_readers_call_it(cities_of_model: Result) -> None:
    assert '["Wuhan"]' in bold(cities_of_model.plot(highlight="武汉").ranking(top=2))
    with pytest.raises(DataError) as raised:
        cities_of_model.plot(highlight=["Wuhn"]).ranking()
    assert raised.value.remedy == 'did you mean "Wuhan"?'


def test_a_chart_without_units_highlights_none(cities_of_model: Result) -> None:
    with pytest.raises(IndiciaError, match="structure highlights no units") as raised:
        cities_of_model.plot(highlight=["Wuhan"]).structure()
    assert "ranking" in str(raised.value.remedy)


@pytest.mark.parametrize("kind", often(sorted({*KINDS} - {"specification"}), "ranking", "coverage"))
def test_a_picture_has_the_size_that_is_wanted(model: Index, kind: str) -> None:
    options: dict[str, Any] = {"part": "factor_input"} if kind == "distributions" else {}
    options |= {"top": 10} if kind in ("ranking", "intervals", "acceptability", "heat_map", "slope") else {}
    chart = draw(model, kind, size=(800, 700), draws=20, **options)
    specification = chart.to_dict()
    assert (specification["width"], specification["height"]) == (800, 700)
    assert specification["autosize"] == {"type": "fit", "contains": "padding"}


@pytest.mark.thorough
@pytest.mark.parametrize("kind", sorted({*KINDS} - {"specification"}))
def test_a_picture_is_as_large_as_is_wanted(model: Index, kind: str) -> None:
    options: dict[str, Any] = {"part": "factor_input"} if kind == "distributions" else {}
    options |= {"top": 10} if kind in ("ranking", "intervals", "acceptability", "heat_map", "slope") else {}
    picture = rendered(draw(model, kind, size=(800, 700), draws=20, **options), "svg").decode()
    assert re.search(r'width="(\d+)" height="(\d+)"', picture).groups() == ("800", "700")  # type: ignore[union-attr]


def test_rows_that_would_overlap_are_an_error(cities_of_model: Result) -> None:
    with pytest.raises(IndiciaError, match="a picture of 300 pixels has no room for 36 rows of text") as raised:
        cities_of_model.plot(size=(800, 300)).ranking()
    height, top = re.findall(r"a height of (\d+) pixels or more; --top (\d+)", str(raised.value.remedy))[0]
    assert cities_of_model.plot(size=(800, int(height))).ranking().to_dict()["height"] == int(height)
    assert cities_of_model.plot(size=(800, 300)).ranking(top=int(top)).to_dict()["height"] == 300


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1" fill="#cc0000"/></svg>'


def test_a_logo_stands_at_the_foot_of_a_picture_of_the_wanted_size(cities_of_model: Result, tmp_path: Path) -> None:
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8")
    (tmp_path / "house.toml").write_text('logo = "logo.svg"', encoding="utf-8")
    charts = cities_of_model.plot(style=tmp_path / "house.toml", size=(600, 400))
    chart = charts.ranking(top=5)
    picture = rendered(chart, "svg").decode()
    assert re.search(r'width="(\d+)" height="(\d+)"', picture).groups() == ("600", "400")  # type: ignore[union-attr]
    assert 'height="28" preserveAspectRatio="xMaxYMid meet" href="data:image/svg+xml;base64,' in picture
    page = rendered(chart, "html").decode()
    assert '<img src="data:image/svg+xml;base64,' in page.split("<script")[0]
    with pytest.raises(IndiciaError, match="a picture of 200 pixels has no room") as raised:
        cities_of_model.plot(style=tmp_path / "house.toml", size=(600, 200)).ranking()
    height = int(re.findall(r"a height of (\d+) pixels", str(raised.value.remedy))[0])
    assert cities_of_model.plot(style=tmp_path / "house.toml", size=(600, height)).ranking()


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["png", "pdf"])
def test_a_logo_is_drawn_into_pictures(cities_of_model: Result, kind: str) -> None:
    logo = "data:image/svg+xml;base64," + base64.b64encode(LOGO.encode()).decode()
    blank = "data:image/svg+xml;base64," + base64.b64encode(LOGO.replace("cc0000", "ffffff").encode()).decode()
    charts = [cities_of_model.plot(style=HouseStyle(logo=picture)).ranking(top=5) for picture in (logo, blank)]
    assert rendered(charts[0], kind) != rendered(charts[1], kind)


@pytest.mark.parametrize(
    ("content", "fault"),
    [(None, "cannot be read"), (b"GIF89a", "is neither SVG nor PNG"), (b"<svg " + b" " * 200_000, "has 200,005 bytes")],
)
def test_a_logo_that_is_no_small_picture_is_refused_with_its_line(
    tmp_path: Path, content: bytes | None, fault: str
) -> None:
    if content is not None:
        (tmp_path / "logo.svg").write_bytes(content)
    (tmp_path / "house.toml").write_text('width = 900\nlogo = "logo.svg"', encoding="utf-8")
    with pytest.raises(DefinitionError, match=f'the logo "logo.svg" {fault}') as raised:
        read_style(tmp_path / "house.toml")
    assert "house.toml:2" in str(raised.value)
    assert raised.value.remedy


@pytest.mark.parametrize(
    ("size", "fault"), [("900", "no size of a picture"), ("axb", "no size"), ((50, 900), "50 by 900")]
)
def test_a_size_is_two_numbers_of_pixels(size: Any, fault: str) -> None:
    with pytest.raises(IndiciaError, match=fault) as raised:
        size_of(size)
    assert raised.value.remedy
    assert size_of("900 × 600") == (900, 600)


def test_a_title_can_be_replaced_and_long_titles_are_broken_into_lines(cities_of_model: Result) -> None:
    chart = cities_of_model.plot(title="Cities of the year").ranking(top=3).to_dict()
    assert chart["title"]["text"] == "Cities of the year"
    assert chart["description"].startswith("Cities of the year.")
    words = "A title of many words " * 8
    assert len(cities_of_model.plot(title=words.strip(), size=(600, 400)).ranking(top=3).to_dict()["title"]["text"]) > 2


HOUSE = """
font = ["Our Sans", "Noto Sans"]
title_size = 22
text_size = 13
width = 720
colours = ["#111111", "#222222", "#333333", "#444444", "#555555", "#666666", "#777777"]
sequential = ["#ffffff", "#00ff00"]
diverging = ["#ff0000", "#fff", "#0000ff"]
positive = "#0a0"
negative = "#a00"
[light]
background = "#fdf6e3"
text = "#073642"
[dark]
background = "#000"
"""


def test_a_house_style_sets_colours_fonts_and_sizes(cities_of_model: Result, tmp_path: Path) -> None:
    path = tmp_path / "house.toml"
    path.write_text(HOUSE)
    plots = cities_of_model.plot(style=path)
    ranking = plots.ranking(top=5).to_dict()
    assert ranking["layer"][0]["encoding"]["color"]["scale"]["range"] == [f"#{digit * 6}" for digit in "1234567"]
    assert ranking["config"]["background"] == "#fdf6e3"
    assert ranking["config"]["font"].startswith("Our Sans, Noto Sans, ")
    assert ranking["config"]["axis"]["labelFontSize"] == 13
    assert (ranking["title"]["fontSize"], ranking["title"]["color"]) == (22, "#073642")
    assert (ranking["width"], ranking["autosize"]["type"]) == (720, "fit-x")
    assert plots(theme="dark").ranking(top=5).to_dict()["config"]["background"] == "#000000"
    assert plots.correlation().to_dict()["layer"][0]["encoding"]["color"]["scale"]["range"][2] == "#0000ff"
    waterfall = json.dumps(plots.waterfall().to_dict())
    assert "#00aa00" in waterfall
    assert plots.heat_map(top=3).to_dict()["encoding"]["color"]["scale"]["range"] == ["#ffffff", "#00ff00"]


@pytest.mark.parametrize(
    ("line", "fault", "remedy"),
    [
        ('colurs = ["#123"]', 'unknown key "colurs"', 'did you mean "colours"?'),
        ('colours = ["#123", "blue"]', '"blue" is no colour; write #0000ff', None),
        ('positive = "#12"', '"#12" is no colour; write #rrggbb', None),
        ('title_size = "9"', "title_size must be a number", "write it without quotes"),
        ("title_size = 900", "title_size must be 72 or less", None),
        ("width = 5", "width must be 120 or more", None),
        ('colours = ["#123"]', "colours must be a list of 2 or more", None),
        ('[light]\nbackgroud = "#fff"', 'unknown key "backgroud" in light', 'did you mean "background"?'),
        ("font = [", "house.toml", None),
    ],
)
def test_a_fault_in_a_house_style_names_its_line(tmp_path: Path, line: str, fault: str, remedy: str | None) -> None:
    path = tmp_path / "house.toml"
    path.write_text(line)
    with pytest.raises(DefinitionError) as raised:
        read_style(path)
    assert fault in str(raised.value)
    assert f"house.toml:{line.count(chr(10)) + 1}" in str(raised.value) or "house.toml" in fault
    if remedy:
        assert remedy in str(raised.value)


def test_a_house_style_that_is_not_there_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "house.toml").write_text(HOUSE)
    with pytest.raises(DefinitionError, match="no such house style") as raised:
        read_style(tmp_path / "hous.toml")
    assert raised.value.remedy == 'did you mean "house.toml"?'


@pytest.mark.thorough
def test_a_font_that_the_machine_lacks_is_no_silent_replacement(cities_of_model: Result) -> None:
    chart = cities_of_model.plot(style=HouseStyle(font=("No Such Font",))).strip()
    with pytest.raises(OutputError, match="this machine has no font No Such Font") as raised:
        rendered(chart, "png")
    assert "svg or html" in str(raised.value.remedy)
    assert b"No Such Font" in rendered(chart, "svg")
    check_fonts(["No Such Font", "sans-serif"])


def test_a_notebook_shows_a_picture_that_needs_no_network(cities_of_model: Result) -> None:
    chart = cities_of_model.plot.strip()
    for shown in (chart, chart.properties(height=300), chart.configure_view(stroke="#ccc")):
        bundle = shown._repr_mimebundle_()
        assert set(bundle) == {"image/svg+xml", "text/plain"}
        assert bundle["image/svg+xml"].startswith("<svg")
        assert "http" not in bundle["image/svg+xml"].replace("http://www.w3.org/", "")
        assert bundle["text/plain"] == chart.to_dict()["description"]


def test_a_renderer_of_the_user_is_kept(cities_of_model: Result) -> None:
    import altair

    with altair.renderers.enable("json"):
        bundle = cities_of_model.plot.strip()._repr_mimebundle_()
    assert "image/svg+xml" not in str(bundle)


def test_the_text_of_a_page_reflows_and_its_chart_is_as_wide_as_the_window(cities_of_model: Result) -> None:
    page = rendered(cities_of_model.plot.ranking(top=5), "html").decode()
    specification = json.loads(page.split('id="specification">')[1].split("</script>")[0])
    assert specification["width"] == "container"
    assert specification["autosize"] == {"type": "fit-x", "contains": "padding"}
    assert "title" not in specification
    assert (
        '<h1 id="title">Scores of the first 5 of 36 cities</h1><p>Intelligent manufacturing development index' in page
    )


def test_the_page_of_a_chart_has_its_numbers_in_a_table_without_script(cities_of_model: Result) -> None:
    page = rendered(cities_of_model.plot(language="zh").ranking(top=5), "html", language="zh").decode()
    before_the_script = page.split("<script")[0]
    assert "<details><summary>图中数值</summary><table>" in before_the_script
    assert '<th scope="row">深圳</th><td>产业基础</td><td>4.940</td>' in before_the_script
    assert '<div id="chart" role="img" aria-labelledby="title" aria-describedby="description">' in before_the_script


def test_layers_of_the_same_columns_make_one_table_and_a_long_table_is_cut() -> None:
    rows = [{"unit": f"U{at}", "value": at / 3, "kind": "up" if at % 2 else "down"} for at in range(2500)]
    tips = [{"field": "unit"}, {"field": "value", "format": ".1f"}]
    encoding = {"tooltip": tips, "color": {"field": "kind", "type": "nominal"}}
    layers = [{"mark": "bar", "encoding": encoding}, {"mark": "tick", "encoding": {"tooltip": tips}}]
    page = numbers_table({"data": {"values": rows}, "layer": layers}, "en")
    assert page.count("<table>") == 1
    assert '<tr><th scope="row">U1</th><td>up</td><td>0.3</td></tr>' in page
    assert (page.count("<tr>"), "The first 2,000 of 2,500 rows." in page) == (2001, True)
    assert numbers_table({"mark": "bar", "data": {"url": "a.csv"}, "encoding": encoding}, "en") == ""


@pytest.mark.thorough
@pytest.mark.parametrize("width", [390, 1200])
def test_a_page_needs_no_scrolling_to_the_side(
    browser: Any, cities_of_model: Result, tmp_path: Path, width: int
) -> None:
    for kind in ("ranking", "waterfall", "strip", "profile", "structure"):
        path = tmp_path / f"{kind}.html"
        path.write_bytes(rendered(getattr(cities_of_model.plot, kind)(), "html"))
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(path.as_uri())
        page.wait_for_selector("#chart svg")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if kind not in ("structure",):
            drawn = page.evaluate("document.querySelector('#chart svg').getBoundingClientRect().width")
            assert drawn <= page.evaluate("document.querySelector('#chart').clientWidth") + 1
        page.close()


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_chart_is_drawn_as_a_picture_with_one_minus_sign(model: Index, kind: str, language: str) -> None:
    theme: Any = "dark" if language == "zh" else "light"
    chart = draw(model, kind, draws=20, language=language, theme=theme)
    assert rendered(chart, "png").startswith(b"\x89PNG")
    assert "<td>" in numbers_table(chart.to_dict(validate=False), language)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", rendered(chart, "svg").decode())
    assert texts
    assert not [text for text in texts if re.fullmatch(r"-\d.*", text)]


def test_the_help_lists_the_charts_of_all_plugins(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plot", "--help"])
    help_text = capsys.readouterr().out
    for kind in ("acceptability", "bump", "dumbbell", "heat-map", "lines", "scatter", "strip", "waterfall"):
        assert re.search(rf"^  {kind}\s+Draw ", help_text, re.MULTILINE), kind


def test_the_command_takes_the_look(index_files: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = index_files()
    monkeypatch.chdir(folder)
    (folder / "house.toml").write_text('positive = "#010203"')
    units, look = ["--of", "Oslo", "--of", "Lima"], ["--size", "700x500", "--title", "Gap", "--style", "house.toml"]
    with pytest.raises(SystemExit) as left:
        main(["plot", "waterfall", "cities.csv", "--unit", "city", *units, *look, "--lang", "zh", "-o", "gap.json"])
    assert left.value.code == 0
    chart = json.loads((folder / "gap.json").read_text(encoding="utf-8"))
    assert (chart["width"], chart["height"], chart["title"]["text"]) == (700, 500, "Gap")
    assert "#010203" in str(chart)


@pytest.mark.parametrize(
    ("words", "fault", "remedy"),
    [
        ("profile --of Oslo --of Lima", "profile shows one unit, and two are named", "name one unit"),
        ("waterfall --of Oslo --of Lima --of Rome", "--of names 3 units", "--highlight"),
        ("structure --highlight Oslo", "structure highlights no units", "ranking"),
        ("ranking --size 12", "'12' is no size of a picture", "900x600"),
        ("ranking --style nothing.toml", "no such house style", "error"),
        ("ranking --against x", "ranking has no option against", "scatter has it"),
        ("lines", "lines shows all periods", "period"),
        ("scatter", "no variable to compare with", "[outside.variables]"),
    ],
)
def test_a_chart_that_a_command_cannot_draw_is_an_error(
    index_files: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: str, fault: str, remedy: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(index_files())
    kind, *options = words.split()
    with pytest.raises(SystemExit) as left:
        main(["plot", kind, "cities.csv", "--unit", "city", *options, "-f", "json"])
    err = capsys.readouterr().err
    assert left.value.code == 2
    assert fault in err
    assert remedy in err
    assert "Traceback" not in err


@pytest.fixture
def index_files(tmp_path: Path, cities: Any) -> Callable[..., Path]:
    """Return a function that returns a folder with a table of cities."""

    def make() -> Path:
        cities.drop("region").write_csv(tmp_path / "cities.csv")
        return tmp_path

    return make
