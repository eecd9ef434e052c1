"""Every kind of chart by every documented way of calling `indicia plot`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from shown_results import KINDS, data_of

import indicia
from indicia.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

pytest.importorskip("altair")

TABLE = """city,name,year,income,people,air
LIM,Lima,2020,3,1,5
OSL,Oslo,2020,9,2,4
PUN,Pune,2020,1,4,1
ROM,Rome,2020,4,2,3
LIM,Lima,2021,3.5,1,7.5
OSL,Oslo,2021,9.5,2,6
PUN,Pune,2021,1.5,4,1.5
ROM,Rome,2021,3,2,4.5
"""
INDEX = """
name = { en = "Cities", zh = "城市" }
[data]
path = "cities.csv"
unit = "city"
label = "name"
PERIOD
[dimensions]
means = { name = "Means" }
life = { name = "Life" }
[indicators]
income = { dimension = "means", source = "A statistics office" }
people = { dimension = "means", direction = "cost" }
air = { dimension = "life", weight = 2 }
[methodology]
normalisation = "min_max(lower=1, upper=100)"
weighting = "equal"
"""
VARIANTS = """
[variants.strict]
aggregation = "geometric"
[variants.by_rank]
normalisation = "rank"
levels = [{ decimals = 1 }]
"""
ALONE = [kind.replace("_", "-") for kind, of in KINDS.items() if of != "comparison" and kind != "slope"]
"""The charts of a single methodology."""
SEVERAL = ("slope", "specification")
"""The charts of several."""
Drawn = dict[str, Any]


@pytest.fixture
def plot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Drawn]:
    """Return a function that runs `indicia plot … --format json` in a folder of index files, and reads the chart."""
    monkeypatch.chdir(tmp_path)
    year = pl.read_csv(TABLE.encode()).filter(year=2021).drop("year")
    year.write_csv("cities.csv")
    Path("panel.csv").write_text(TABLE)
    Path("index.toml").write_text(INDEX.replace("PERIOD", "") + VARIANTS)
    Path("plain.toml").write_text(INDEX.replace("PERIOD", ""))
    Path("panel.toml").write_text(INDEX.replace("cities.csv", "panel.csv").replace("PERIOD", 'period = "year"'))

    def run(kind: str, *arguments: str) -> Drawn:
        draws = ("--draws", "20") if kind in ("intervals", "acceptability") else ()
        with pytest.raises(SystemExit) as left:
            main(["plot", kind, *arguments, *draws, "--format", "json"])
        out, err = capfdbinary.readouterr()
        assert left.value.code == 0, err.decode()
        chart: Drawn = json.loads(out)
        return chart

    return run


def figures(chart: Drawn) -> list[dict[str, Any]]:
    """Return the rows of data of all parts of a chart."""
    return [row for rows in data_of(chart) for row in rows]


def texts(chart: Drawn, column: str) -> set[str]:
    return {row[column] for row in figures(chart) if column in row}


UNITS = {"Lima", "Oslo", "Pune", "Rome"}
HAS: dict[str, tuple[str, set[str]]] = {
    "ranking": ("unit", UNITS),
    "profile": ("part", {"Means", "Life", "income", "people", "air"}),
    "heat-map": ("unit", UNITS),
    "intervals": ("unit", UNITS),
    "correlation": ("first", {"income", "people", "air", "score"}),
    "structure": ("name", {"Means", "Life", "income", "people", "air"}),
    "coverage": ("indicator", {"income", "people", "air"}),
    "acceptability": ("unit", UNITS),
    "distributions": ("indicator", {"income", "people", "air"}),
    "strip": ("row", {"Cities", "Means", "Life"}),
    "waterfall": ("name", {"median of each indicator", "income", "people", "air"}),
}
"""A column in the data of each chart that shows names of the index file, and these names."""


AT_A_PERIOD = ("panel.toml", "--at", "2020")
"""The way in which the plain suite draws every chart."""
WAYS = (
    ("index.toml",),
    (),
    ("index.toml", "--variant", "strict"),
    ("index.toml", "--set", "indicators.air.weight=3"),
    ("index.toml", "-n", "rank", "-w", "entropy", "-a", "arithmetic"),
    ("cities.csv", "-c", "plain.toml"),
    ("panel.toml",),
    AT_A_PERIOD,
    ("index.toml", "--theme", "dark"),
)
OFTEN = ("ranking", "intervals")
"""The charts that the plain suite draws in every way, of a result and of draws; `-m thorough` draws all so."""


def ways(kinds: Iterable[str], arguments: Iterable[tuple[str, ...]]) -> list[Any]:
    """Return each kind of chart with each way to call the command."""
    return [
        pytest.param(
            kind,
            way,
            id=" ".join((kind, *way)),
            marks=() if kind in OFTEN or way == AT_A_PERIOD else pytest.mark.thorough,
        )
        for way in arguments
        for kind in kinds
    ]


def seldom(kinds: Iterable[str]) -> list[Any]:
    """Return the kinds of chart; `-m thorough` draws those that the plain suite draws in one way."""
    often = {*OFTEN, *SEVERAL}
    return [pytest.param(kind, marks=() if kind.replace("_", "-") in often else pytest.mark.thorough) for kind in kinds]


@pytest.mark.parametrize(("kind", "arguments"), ways(ALONE, WAYS))
def test_a_chart_of_one_methodology_shows_the_index(plot: Callable[..., Drawn], kind: str, arguments: Any) -> None:
    chart = plot(kind, *arguments)
    column, names = HAS[kind]
    assert texts(chart, column) - UNITS == names - UNITS
    assert bool(texts(chart, column) & UNITS) == (kind == "waterfall" or names == UNITS)
    assert chart["description"].startswith(chart["title"]["text"])
    assert chart["title"]["subtitle"][0] == "Cities"


@pytest.mark.parametrize("kind", seldom(ALONE))
def test_a_chart_of_a_bare_table_shows_its_columns(plot: Callable[..., Drawn], kind: str) -> None:
    chart = plot(kind, "cities.csv", "--unit", "city", "--label", "name", "--cost", "people", "-w", "equal")
    column, names = HAS[kind]
    parts = {"income", "people", "air"}
    expected = names - {"Means", "Life", "Cities"} | ({"Index", *parts} if kind == "strip" else set())
    assert texts(chart, column) - UNITS == expected - UNITS


@pytest.mark.parametrize("kind", seldom([*ALONE, "slope"]))
def test_a_chart_of_a_bare_panel_shows_its_last_period(plot: Callable[..., Drawn], kind: str) -> None:
    chart = plot(kind, "panel.csv", "--unit", "city", "--period", "year")
    assert figures(chart)
    if kind == "slope":
        assert texts(chart, "column") == {"2020", "2021"}


@pytest.mark.parametrize("kind", seldom(KINDS))
def test_a_chart_of_standard_input_is_that_of_the_table(
    plot: Callable[..., Drawn], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = ("-w", "equal,entropy") if kind in SEVERAL else ()
    table = Path("cities.csv").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(table)))
    assert figures(plot(kind, "-", "-c", "plain.toml", *several)) == figures(plot(kind, "plain.toml", *several))


METHODS = [
    (("-w", "equal,entropy,critic"), 3, "Weighting: critic"),
    (("--weighting", "equal,critic", "-n", "rank"), 2, "Weighting: critic"),
    (("-n", "min_max(lower=1, upper=100),rank", "-a", "arithmetic,geometric"), 4, "Normalisation: rank"),
    (("-a", "arithmetic,median", "--set", "indicators.air.weight=3"), 2, "Aggregation: median"),
    (("-t", "none,winsorise"), 2, "Treatment of outliers: winsorise"),
    (("-i", "none,mean"), 2, "Imputation: mean"),
]


SOURCES = (("index.toml",), ("cities.csv", "--unit", "city"), AT_A_PERIOD)
LISTED = [
    pytest.param(
        source,
        *method,
        id=" ".join((*source, *method[0])),
        marks=() if source == SOURCES[0] or method == METHODS[0] else pytest.mark.thorough,
    )
    for source in SOURCES
    for method in METHODS
]
"""Each list of methods with an index file, and the first with every source; `-m thorough` tries all with all."""


@pytest.mark.parametrize(("source", "arguments", "number", "choice"), LISTED)
def test_methods_with_commas_between_them_are_compared(
    plot: Callable[..., Drawn], source: Any, arguments: Any, number: int, choice: str
) -> None:
    slopes = plot("slope", *source, *arguments)
    assert len(texts(slopes, "column")) == number
    curve = plot("specification", *source, *arguments)
    assert len(texts(curve, "methodology")) == number
    assert choice in texts(curve, "choice")


@pytest.mark.parametrize("kind", SEVERAL)
def test_variants_are_compared_without_a_list(plot: Callable[..., Drawn], kind: str) -> None:
    chart = plot(kind, "index.toml")
    if kind == "slope":
        assert texts(chart, "column") == {"1 as it stands", "2 strict", "3 by_rank"}
        assert texts(chart, "name") == UNITS
    else:
        assert texts(chart, "methodology") == {"1", "2", "3"}
        assert texts(chart, "choice") == {
            "Normalisation: min_max(lower=1, upper=100)", "Normalisation: rank", "Aggregation: arithmetic",
            "Aggregation: geometric", "levels: none", "levels: decimals = 1",
        }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("unit", ["ROM", "Rome"])
def test_a_curve_of_a_unit_has_its_ranks(plot: Callable[..., Drawn], unit: str, language: str) -> None:
    chart = plot("specification", "plain.toml", "-w", "equal,entropy,critic", "--of", unit, "--lang", language)
    ranks = [row["value"] for row in figures(chart) if "value" in row]
    found = indicia.read("plain.toml").compare(weighting=["equal", "entropy", "critic"]).figures
    assert ranks == sorted(found.ranks.filter(city="ROM").drop("city", "name").row(0))
    assert chart["title"]["text"] == (
        "Rank of Rome by 3 methodologies" if language == "en" else "Rome在 3 种方法下的排名"
    )


def test_a_profile_is_of_the_unit_that_is_named(plot: Callable[..., Drawn]) -> None:
    assert plot("profile", "index.toml", "--of", "PUN")["title"]["text"] == "Pune among 4 cities"


@pytest.mark.parametrize("kind", ["ranking", "heat-map", "intervals", "acceptability"])
def test_the_first_units_are_as_many_as_are_wanted(plot: Callable[..., Drawn], kind: str) -> None:
    chart = plot(kind, "index.toml", "--top", "2")
    assert len(texts(chart, "unit")) == 2
    assert "the first 2 of 4 cities" in chart["title"]["text"]


def test_intervals_are_of_the_seed_that_is_named(plot: Callable[..., Drawn]) -> None:
    arguments = ("index.toml", "--seed", "7")
    assert plot("intervals", *arguments) == plot("intervals", *arguments)
    assert "20 draws, seed 7" in " ".join(plot("intervals", *arguments)["title"]["subtitle"])


@pytest.mark.parametrize("kind", KINDS)
def test_python_draws_what_the_command_draws(plot: Callable[..., Drawn], kind: str) -> None:
    index = indicia.read("index.toml")
    plots: Any = {
        "result": lambda: index.score().plot,
        "comparison": lambda: index.compare().plot,
        "robust": lambda: index.robustness(draws=20, seed=1, weights={"spread": 0.25}).plot,
    }["comparison" if kind in SEVERAL else KINDS[kind]]()
    assert figures(getattr(plots, kind)().to_dict()) == figures(plot(kind.replace("_", "-"), "index.toml"))


BEGINS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "html": b"<!doctype html>", "json": b"{"}


@pytest.mark.parametrize("ending", BEGINS)
def test_a_file_and_the_standard_output_hold_a_chart_of_the_format(
    plot: Callable[..., Drawn], capfdbinary: pytest.CaptureFixture[bytes], ending: str
) -> None:
    pytest.importorskip("vl_convert")
    assert plot  # the folder has an index file
    for arguments in (["--format", ending], ["-o", f"chart.{ending}"]):
        with pytest.raises(SystemExit) as left:
            main(["plot", "specification", "index.toml", *arguments])
        out, err = capfdbinary.readouterr()
        assert left.value.code == 0, err.decode()
        written = Path(f"chart.{ending}").read_bytes() if "-o" in arguments else out
        assert written.startswith(BEGINS[ending])
