"""Charts of scores over time, of two units, draws, distributions and outside variables: their data are the results'."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from shown_results import data_of, draw

import indicia
from indicia.errors import DataError, IndiciaError, OutputError
from indicia_paper.drawing import charts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia import Index
    from indicia.result import Result

pytest.importorskip("altair")

YEARS, PLACES = (2019, 2020, 2021), ("Lima", "Oslo", "Pune", "Rome", "Bonn", "Kyiv")


def towns(years: tuple[int, ...] = YEARS) -> pl.DataFrame:
    """Return six cities in three years, with a gap and a variable outside the index."""
    random = np.random.default_rng(3)
    rows = len(PLACES) * len(years)
    jobs = random.uniform(1, 9, rows).round(2).tolist()
    jobs[1] = None
    return pl.DataFrame(
        {
            "city": list(PLACES) * len(years),
            "year": [year for year in years for _ in PLACES],
            "pay": random.uniform(1, 9, rows).round(2),
            "jobs": jobs,
            "air": np.exp(random.normal(size=rows)).round(3),
            "happiness": [None, *random.uniform(1, 9, rows - 1).round(2)],
        }
    )


def index_of_cities(index: Callable[..., Index], *, period: bool = True, **sections: Any) -> tuple[Index, pl.DataFrame]:
    """Return an index of two dimensions, and the table of the cities."""
    indicators = {"pay": {"dimension": "means"}, "jobs": {"dimension": "means"}, "air": {"dimension": "life"}}
    dimensions = {"means": {"name": {"en": "Means", "zh": "收入"}}, "life": {}}
    outside = {"variables": {"happiness": {"name": {"en": "Happiness", "zh": "幸福感"}, "source": "A survey"}}}
    made = index(
        indicators,
        {"normalisation": "min_max(lower=1, upper=100)", "missing": "skip"},
        period="year" if period else None,
        groups=(),
        dimensions=dimensions,
        outside=outside,
        **sections,
    )
    return made, towns() if period else towns((2021,)).drop("year")


def scored(index: Callable[..., Index], **words: Any) -> Result:
    """Return the scores of the cities."""
    made, table = index_of_cities(index, **words)
    return made.score(table)


@pytest.fixture(scope="module")
def panel_of_towns(index: Callable[..., Index]) -> Result:
    return scored(index)


@pytest.fixture(scope="module")
def year(index: Callable[..., Index]) -> Result:
    return scored(index, period=False)


def title(chart: Any) -> str:
    return str(chart.to_dict()["usermeta"]["indicia"]["title"])


def above(chart: Any) -> str:
    return " ".join(chart.to_dict()["title"]["subtitle"])


def test_lines_have_the_scores_of_all_units_and_periods(panel_of_towns: Result) -> None:
    chart = panel_of_towns.plot.lines(top=2)
    rows = panel_of_towns.scores.select("city", "year", "score").iter_rows()
    scores = {(city, at): score for city, at, score in rows}
    grey, coloured = data_of(chart)[:2]
    drawn = {(row["unit"], row["period"]): row["value"] for row in (*grey, *coloured)}
    assert drawn == scores
    last = panel_of_towns.scores.filter(year=2021).sort("rank")["city"].to_list()
    assert {row["unit"] for row in coloured} == set(last[:2])
    assert title(chart) == "Scores of 6 cities, 2019 to 2021"
    assert "Coloured: the first 2 of 2021." in above(chart)


def test_lines_of_a_part_have_its_scores_and_its_name(panel_of_towns: Result) -> None:
    chart = panel_of_towns.plot(language="zh", highlight="Pune").lines(part="means")
    coloured = data_of(chart)[1]
    means = panel_of_towns.scores.filter(city="Pune").sort("year")["means"].to_list()
    assert [row["value"] for row in coloured] == means
    assert title(chart) == "收入：6 个城市的得分（2019 至 2021）"


def test_a_bump_chart_has_the_ranks_of_all_periods(panel_of_towns: Result) -> None:
    chart = panel_of_towns.plot.bump()
    drawn = {(row["unit"], row["period"]): row["value"] for row in data_of(chart)[0]}
    ranks = panel_of_towns.scores.select("city", "year", "rank").iter_rows()
    assert drawn == {(city, at): rank for city, at, rank in ranks}
    assert title(chart) == "Ranks of 6 cities, 2019 to 2021"
    assert "Rank 1 is at the top." in above(chart)


def test_ranks_after_the_first_ones_are_closer_together_in_a_bump_chart(
    index: Callable[..., Index], figures: Callable[..., pl.DataFrame]
) -> None:
    frame = figures(["income", "people"], 40, periods=3)
    result = index({"income": {}, "people": {}}, period="year").score(frame)
    heights = {
        row["value"]: row["height"] for rows in data_of(result.plot.bump(top=5)) for row in rows if "height" in row
    }
    assert all(heights[rank] == rank for rank in heights if rank and rank <= 5)
    assert max(height for height in heights.values() if height) == pytest.approx(5 + 8)


@pytest.mark.parametrize("kind", ["lines", "bump"])
def test_an_index_of_one_period_has_no_chart_over_time(year: Result, kind: str) -> None:
    with pytest.raises(IndiciaError, match=f"{kind} shows all periods, and this result has one period") as raised:
        getattr(year.plot, kind)()
    assert 'period = "year" in [data]' in str(raised.value.remedy)


def test_a_strip_has_the_score_of_every_unit_and_the_medians(year: Result) -> None:
    chart = year.plot(highlight=["Pune", "Lima"]).strip()
    scores, medians, marked = data_of(chart)[:3]
    by_row = {row["row"] for row in scores}
    assert by_row == {"Index", "Means", "life"}
    drawn = {row["unit"]: row["value"] for row in scores if row["row"] == "Means"}
    assert drawn == dict(year.scores.select("city", "means").iter_rows())
    of_index = next(row["value"] for row in medians if row["row"] == "Index")
    assert of_index == pytest.approx(year.scores["score"].median())
    assert {row["unit"] for row in marked} == {"Pune", "Lima"}
    shapes = [layer["encoding"]["shape"]["scale"] for layer in chart.to_dict()["layer"] if "shape" in layer["encoding"]]
    assert shapes == [{"domain": ["Pune", "Lima"], "range": ["circle", "square"]}]


def test_a_strip_of_one_part_has_one_row(year: Result) -> None:
    chart = year.plot.strip(part="means")
    assert {row["row"] for row in data_of(chart)[0]} == {"Means"}
    assert title(chart) == "Means: scores of 6 cities"


def test_a_scatter_has_the_values_and_the_correlations_of_the_result(year: Result) -> None:
    chart = year.plot.scatter()
    line, dots = data_of(chart)[:2]
    values = year.outside_values.join(year.scores, on="city").drop_nulls("happiness")
    assert {row["unit"]: (row["x"], row["y"]) for row in dots} == {
        city: (x, y) for city, x, y in values.select("city", "happiness", "score").iter_rows()
    }
    facts = year.outside.filter(variable="happiness", id="index").row(0, named=True)
    pearson, spearman = (f"{facts[name]:.2f}".replace("-", "−") for name in ("pearson", "spearman"))
    assert f"Pearson’s r {pearson}, Spearman’s ρ {spearman}, over 5 cities" in above(chart)
    assert "Without a value of the variable: 1." in above(chart)
    assert above(chart).endswith(f"Source: A survey. Computed by Indicia {indicia.__version__}.")
    slope, height = np.polyfit(values["happiness"].to_numpy(), values["score"].to_numpy(), 1)
    assert [point["y"] for point in line] == pytest.approx([height + slope * point["x"] for point in line])


def test_a_scatter_names_the_highlighted_units_and_the_part(year: Result) -> None:
    chart = year.plot(highlight=["Oslo"], language="zh").scatter("幸福感", part="means")
    assert {row["unit"] for row in data_of(chart)[1] if row["named"]} == {"Oslo"}
    assert title(chart) == "6 个城市中的 5 个的收入与幸福感"


def test_a_scatter_needs_a_variable_of_the_index(year: Result, human: Index) -> None:
    with pytest.raises(IndiciaError, match="no variable to compare with") as raised:
        human.score().plot.scatter()
    assert "[outside.variables]" in str(raised.value.remedy)
    with pytest.raises(IndiciaError) as raised:
        year.plot.scatter("hapiness")
    assert raised.value.remedy == 'did you mean "happiness"?'


def test_values_that_are_not_published_are_on_no_chart(index: Callable[..., Index]) -> None:
    result = scored(index, period=False, publication={"raw_values": False})
    with pytest.raises(OutputError, match="does not publish raw values"):
        result.plot.scatter()
    chart = result.plot.distributions()
    assert {row["stage"] for row in data_of(chart)[0]} == {0}
    assert title(chart) == "Normalised values of 3 indicators"
    assert "Raw values are not published." in above(chart)
    extremes = {row["label"] for rows in data_of(chart) for row in rows if row.get("align") in ("left", "right")}
    assert extremes == {"1", "100"}


def test_histograms_count_every_value_and_name_the_ends_and_the_skewness(year: Result) -> None:
    chart = year.plot.distributions()
    bars = data_of(chart)[0]
    frame = towns((2021,))
    for name in ("pay", "jobs", "air"):
        for stage in (0, 1, 2):
            counted = sum(bar["units"] for bar in bars if (bar["indicator"], bar["stage"]) == (name, stage))
            assert counted == frame[name].count()
    texts = [
        row["label"] for rows in data_of(chart) for row in rows if row.get("indicator") == "air" and "label" in row
    ]
    from_mean = frame["air"].to_numpy() - frame["air"].mean()
    skewness = (from_mean**3).mean() / (from_mean**2).mean() ** 1.5
    assert f"{frame['air'].min():.4g}" in texts
    assert f"skewness {skewness:.2f}".replace("-", "−") in texts
    assert title(year.plot.distributions("means")) == "Raw, treated and normalised values of 2 indicators"


def test_an_unknown_part_is_answered_with_the_nearest_name(year: Result) -> None:
    for chart in (year.plot.strip, year.plot.distributions, year.plot.heat_map, year.plot.scatter):
        with pytest.raises(DataError) as raised:
            chart(part="meens")
        assert raised.value.remedy in ('did you mean "means"?', 'did you mean "Means"?')


def test_two_units_have_their_places_between_the_worst_and_the_best(year: Result) -> None:
    chart = year.plot.dumbbell("Lima", "Oslo")
    between, dots = data_of(chart)[:2]
    means = year.scores["means"]
    place = {
        city: 100 * (score - means.min()) / (means.max() - means.min())
        for city, score in year.scores.select("city", "means").iter_rows()
    }
    of_means = {row["unit"]: row["value"] for row in dots if row["part"] == "Means"}
    assert of_means == pytest.approx({"Lima": place["Lima"], "Oslo": place["Oslo"]})
    ahead = next(row["ahead"] for row in between if row["part"] == "Means")
    assert ahead == max(("Lima", "Oslo"), key=place.__getitem__)
    assert title(chart) == "Lima and Oslo, part by part"


@pytest.mark.parametrize(
    ("units", "fault", "remedy"),
    [
        ((), "a dumbbell of an index compares two units", "--of A --of B names them"),
        (("Lima",), "a dumbbell of an index compares two units", "--of A --of B names them"),
        (("Lima", "Lima"), "both are one", "--of A --of B names two units"),
        (("Lima", "Osla"), '"Osla" is no unit of the data', 'did you mean "Oslo"?'),
    ],
)
def test_a_dumbbell_of_an_index_compares_two_units(year: Result, units: Any, fault: str, remedy: str) -> None:
    with pytest.raises(IndiciaError) as raised:
        year.plot.dumbbell(*units)
    assert fault in str(raised.value)
    assert raised.value.remedy == remedy


def test_a_waterfall_of_a_result_is_that_of_its_explanation(index: Callable[..., Index], year: Result) -> None:
    of_cities, table = index_of_cities(index, period=False)
    assert data_of(year.plot.waterfall("Lima")) == data_of(of_cities.explain(table, of="Lima").plot.waterfall())
    gap = year.plot.waterfall("Lima", "Oslo")
    assert data_of(gap) == data_of(of_cities.gap(table, a="Lima", b="Oslo").plot.waterfall())
    assert title(gap) == "Gap between Lima and Oslo, indicator by indicator"
    first = year.scores.sort("rank")["city"][0]
    assert title(year.plot.waterfall()) == f"Score of {first} from the median of each indicator"


def test_a_waterfall_of_a_panel_is_of_the_period(panel_of_towns: Result) -> None:
    chart = panel_of_towns.plot(period=2020).waterfall("Lima")
    score = panel_of_towns.scores.filter(city="Lima", year=2020)["score"][0]
    assert data_of(chart)[0][-1]["to"] == score
    assert title(chart).endswith(", 2020")


def test_cells_are_the_shares_of_draws(index: Callable[..., Index], figures: Callable[..., pl.DataFrame]) -> None:
    answer = index({"income": {}, "people": {}}, groups=()).robustness(
        figures(["income", "people"], 12), draws=40, seed=1, weights={"spread": 0.5}
    )
    robust, chart = answer.figures, answer.plot.acceptability(top=5)
    cells = {(row["unit"], str(row["rank"])): row["share"] for row in data_of(chart)[0]}
    first = robust.units.head(5)["city"].to_list()
    shares = robust.acceptability.filter(pl.col("city").is_in(first))
    ranks = shares.columns[1:]
    expected = {(row["city"], rank): row[rank] for row in shares.iter_rows(named=True) for rank in ranks}
    assert cells == {key: share for key, share in expected.items() if share >= 0.005}
    assert title(chart) == "How often the first 5 of 12 cities have each rank, in 40 draws"


def test_a_title_says_how_many_of_the_units_are_shown(human: Index) -> None:
    assert title(draw(human, "strip")) == "Scores of 193 countries"
    assert title(draw(human, "ranking", top=20)) == "Scores of the first 20 of 193 countries"


SHAPES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"town": name},
            "geometry": {"type": "Polygon", "coordinates": [[[x, 10], [x + 4, 10], [x + 4, 16], [x, 16], [x, 10]]]},
        }
        for x, name in zip(range(0, 30, 5), ("Lima", "Oslo", "Pune", "Rome", "Bonn", "Elsewhere"), strict=True)
    ],
}


@pytest.fixture
def mapped(tmp_path: Path) -> Result:
    """Scores with a map of five of the six cities; one of the five has no score."""
    (tmp_path / "towns.geojson").write_text(json.dumps(SHAPES))
    (tmp_path / "index.toml").write_text(
        '[data]\nunit = "city"\n[map]\npath = "towns.geojson"\nkey = "town"\n'
        'source = { en = "A survey", zh = "测绘" }\n'
        '[indicators]\npay = {}\njobs = {}\n[methodology]\nmissing = "propagate"\n'
    )
    return indicia.read(tmp_path / "index.toml").score(towns((2019,)).drop("year", "happiness", "air"))


def test_a_map_has_the_score_and_the_class_of_each_unit(mapped: Result) -> None:
    chart = mapped.plot.map()
    _, shapes, hatched = data_of(chart)[:3]
    scores = dict(mapped.scores.select("city", "score").iter_rows())
    assert {row["unit"]: row["value"] for row in shapes} == {
        city: score for city, score in scores.items() if city != "Kyiv"
    }
    assert scores["Oslo"] is None
    assert len(hatched) == 1
    colours = {row["unit"]: row["colour"] for row in shapes}
    ranked = sorted((score, city) for city, score in scores.items() if score is not None and city != "Kyiv")
    assert len({colours[city] for _, city in ranked}) >= 4
    assert title(chart) == "Map of the scores of 5 of 6 cities"
    assert "Not on the map: Kyiv. Shapes: A survey." in above(chart)
    assert "测绘" in above(mapped.plot(language="zh").map())
    assert [note.kind for note in charts()["map"]().notes(mapped)] == [
        "map_units_without_shape",
        "map_shapes_without_unit",
    ]


def test_a_highlighted_unit_of_a_map_has_an_edge_and_its_name(mapped: Result) -> None:
    chart = mapped.plot(highlight="Rome").map()
    edges = {row["unit"]: row["width"] for row in data_of(chart)[1]}
    assert edges.pop("Rome") > max(edges.values())
    named = [row["unit"] for rows in data_of(chart) for row in rows if set(row) == {"unit", "x", "y"}]
    assert set(named) == {"Rome"}


def test_a_map_needs_shapes(year: Result) -> None:
    with pytest.raises(IndiciaError, match="the index has no map") as raised:
        year.plot.map()
    assert 'write [map] path = "shapes.geojson"' in str(raised.value.remedy)


def test_labels_of_charts_are_short_names(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    names = {"income": {"name": "Income per head of the people", "short": {"en": "Income", "zh": "收入"}}, "people": {}}
    result = index(names).score(cities)
    for chart in (result.plot.correlation(), result.plot.structure(), result.plot.coverage(), result.plot.profile()):
        drawn = json.dumps(data_of(chart))
        assert "Income" in drawn
        assert "per head" not in drawn
    assert "收入" in json.dumps(data_of(result.plot(language="zh").profile()), ensure_ascii=False)
