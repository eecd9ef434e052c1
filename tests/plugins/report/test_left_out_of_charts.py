"""A chart names above itself what it leaves out; the reasons go to standard error."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from shown_results import draw, drawing

from indicia.cli import main
from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia import Index

pytest.importorskip("altair")
TWO: dict[str, Any] = {"income": {}, "people": {}}
LISTED = {"normalisation": ["min_max(lower=1, upper=100)", "z_score"], "aggregation": ["arithmetic", "geometric"]}


def above(chart: Any) -> str:
    """Return the lines between the title of a chart and the chart."""
    return "\n".join(chart.to_dict()["title"]["subtitle"])


def title(chart: Any) -> str:
    """Return the title in lower case."""
    return str(chart.to_dict()["usermeta"]["indicia"]["title"]).lower()


@pytest.fixture
def many(index: Callable[..., Index]) -> tuple[Index, pl.DataFrame]:
    """Seventy units."""
    random = np.random.default_rng(5)
    frame = pl.DataFrame({"city": [f"c{at}" for at in range(70)], "income": random.random(70), "people": range(70)})
    return index(TWO, groups=()), frame


@pytest.mark.parametrize(
    ("kind", "shown"), [("ranking", 50), ("heat_map", 60), ("intervals", 60), ("acceptability", 40)]
)
def test_a_chart_of_the_first_units_names_their_number_and_that_of_all(
    many: tuple[Index, pl.DataFrame], kind: str, shown: int
) -> None:
    made, frame = many
    assert f"the first {shown} of 70 cities" in title(draw(made, kind, frame, draws=20))
    assert "the first 3 of 70 cities" in title(draw(made, kind, frame, draws=20, top=3))
    assert "前 3 个城市（共 70 个）" in title(draw(made, kind, frame, draws=20, top=3, language="zh"))
    assert "70 cities" in title(draw(made, kind, frame, draws=20, top=70))
    assert "the first" not in title(draw(made, kind, frame, draws=20, top=70))


@pytest.mark.parametrize("kind", ["slope", "specification"])
def test_methodologies_that_cannot_be_scored_stand_above_the_chart(
    index: Callable[..., Index], cities: pl.DataFrame, kind: str
) -> None:
    drawn = drawing(index(TWO), kind, cities, methods=LISTED)
    assert "Left out, as they cannot be scored: z_score > geometric." in above(drawn.chart)
    assert [note.kind for note in drawn.notes] == ["methodology_left_out"]
    assert "geometric of index needs positive values" in drawn.notes[0]


@pytest.mark.parametrize("kind", ["slope", "specification"])
def test_the_command_tells_the_reason_on_the_standard_error(
    kind: str,
    cities: pl.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.chdir(tmp_path)
    cities.write_csv("cities.csv")
    with pytest.raises(SystemExit) as left:
        main(["plot", kind, "cities.csv", "-n", "z_score,min_max", "-a", "arithmetic,copeland,geometric", "-f", "json"])
    out, err = capfdbinary.readouterr()
    assert left.value.code == 0
    assert "note: left out: … > geometric" in err.decode() or "note: left out: z_score > geometric" in err.decode()
    assert "needs positive values" in err.decode()
    assert "geometric" in str(json.loads(out)["title"]["subtitle"])


@pytest.mark.parametrize("kind", ["slope", "specification"])
def test_units_that_are_not_compared_stand_above_the_chart(
    index: Callable[..., Index], cities: pl.DataFrame, kind: str
) -> None:
    made = index(TWO, eligible={"without": ["Rome"]})
    chart = draw(made, kind, cities, methods={"normalisation": ["min_max", "rank"]})
    assert "Not compared, as not every methodology ranks them: Rome." in above(chart)


def test_units_without_a_rank_are_not_among_the_intervals_and_are_named(model: Index) -> None:
    chart = draw(model, "intervals", draws=20).to_dict()
    drawn = {one["unit"] for one in chart["data"]["values"]}
    absent = {"Beijing", "Chongqing", "Shanghai", "Tianjin"}
    assert len(drawn) == 32
    assert not drawn & absent
    assert f"Not drawn, as they have no rank: {', '.join(sorted(absent))}." in chart["title"]["subtitle"]


def test_a_ranking_names_the_units_that_it_shows_without_a_rank(model: Index) -> None:
    said = "Scored but not ranked, by the rules of the index: Shanghai, Beijing, Chongqing, Tianjin."
    assert said in draw(model, "ranking").to_dict()["title"]["subtitle"]
    assert "not ranked" not in above(draw(model, "ranking", top=5))


def test_units_without_a_rank_in_any_period_are_named(index: Callable[..., Index], panel: pl.DataFrame) -> None:
    made = index({"income": {"bounds": [0, 10]}}, period="year", eligible={"without": ["Pune"]})
    chart = draw(made, "slope", panel)
    assert "Not drawn, as they have no rank: Pune." in above(chart)
    assert "Pune" not in {one["unit"] for one in chart.to_dict()["data"]["values"]}


def test_draws_that_cannot_be_scored_stand_above_the_intervals_and_their_reasons_are_notes(
    index: Callable[..., Index],
) -> None:
    """A geometric mean of a value of 1 with a standard error of 0.4 fails where an error takes it below 0."""
    frame = pl.DataFrame({"city": ["a", "b"], "jobs": [1.0, 5.0], "pay": [2.0, 3.0], "se": [0.4, 0.1]})
    made = index(
        {"jobs": {}, "pay": {}},
        {"normalisation": "none", "aggregation": "geometric"},
        robustness={"draws": 2000, "seed": 1, "se": {"jobs": "se"}},
        groups=(),
    )
    drawn = drawing(made, "intervals", frame)
    failed = int(made.robustness(frame).figures.failed.sum())
    assert 0 < failed <= 20
    assert f"{failed} of 2,000 runs cannot be scored and are left out." in above(drawn.chart)
    assert [note.kind for note in drawn.notes] == ["failed"]


def rows_of(chart: dict[str, Any], layer: int) -> list[dict[str, Any]]:
    """Return the data of a layer of a chart."""
    rows: list[dict[str, Any]] = chart["layer"][layer]["data"]["values"]
    return rows


def test_each_indicator_of_the_structure_has_a_label_of_its_own(
    index: Callable[..., Index], figures: Callable[..., pl.DataFrame]
) -> None:
    weights = {f"i{at}": {"weight": 1 if at else 100} for at in range(30)}
    chart = draw(index(weights, {"weighting": "given"}), "structure", figures(weights, 8)).to_dict()
    heights = sorted(label["free"] * chart["height"] for label in rows_of(chart, 2))
    assert len(heights) == 30
    assert min(later - earlier for earlier, later in pairwise(heights)) >= 14 - 1e-6
    assert "Parts whose boxes are too low" not in str(chart["title"]["subtitle"])


def test_dimensions_whose_boxes_are_too_low_for_a_name_are_named_above_the_chart(
    index: Callable[..., Index], figures: Callable[..., pl.DataFrame]
) -> None:
    weights = {"large": 10_000, "small": 1, "least": 0.5}
    dimensions = {name: {"weight": weight} for name, weight in weights.items()}
    indicators = {f"i_{name}": {"dimension": name} for name in weights}
    made = index(indicators, {"weighting": "given"}, dimensions=dimensions)
    chart = draw(made, "structure", figures(indicators, 8)).to_dict()
    assert "Parts whose boxes are too low for a name: small, least." in chart["title"]["subtitle"]
    assert chart["height"] <= 2400


def test_the_structure_of_a_panel_has_the_weights_of_its_period(
    index: Callable[..., Index], panel: pl.DataFrame
) -> None:
    made = index(TWO, {"weighting": "entropy", "weights": "period"}, period="year")
    weights = {
        (year, name): share for year, name, share in made.score(panel).weights.select("year", "id", "effective").rows()
    }
    assert weights[2020, "income"] != weights[2021, "income"]
    for year in (2020, 2021):
        chart = draw(made, "structure", panel, period=year).to_dict()
        shares = {one["name"]: one["share"] for one in rows_of(chart, 0)}
        assert shares["income"] == weights[year, "income"]


def test_the_structure_names_the_group_whose_weights_it_shows(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    made = index(TWO, {"weighting": "entropy", "weights": "region"})
    chart = draw(made, "structure", cities)
    group = made.score(cities).weights["region"][0]
    assert f"Weights differ between groups of rows; the chart shows the weights of {group}." in above(chart)


def test_a_curve_of_a_unit_counts_the_methodologies_that_do_not_rank_it(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    gaps = cities.with_columns(people=pl.Series([1.0, 2.0, None, 2.0]))
    made = index(TWO, {"missing": "skip"}, variants={"strict": {"missing": "propagate"}})
    chart = draw(made, "specification", gaps, unit="Pune")
    assert "1 of 2 methodologies do not rank the unit, and have no dot above." in above(chart)


def test_a_curve_of_a_unit_that_no_methodology_ranks_is_an_error(model: Index) -> None:
    with pytest.raises(DataError, match='no methodology ranks "Shanghai"') as raised:
        draw(model, "specification", unit="Shanghai")
    assert raised.value.remedy is not None


def test_a_long_line_above_a_chart_is_broken_and_not_cut(
    index: Callable[..., Index], figures: Callable[..., pl.DataFrame]
) -> None:
    names = ["large", *(f"a_dimension_with_a_long_name_{at}" for at in range(40))]
    dimensions = {name: {"weight": 1e6 if name == "large" else 1} for name in names}
    indicators = {f"i_{name}": {"dimension": name} for name in names}
    made = index(indicators, {"weighting": "given"}, dimensions=dimensions)
    lines = draw(made, "structure", figures(indicators, 8)).to_dict()["title"]["subtitle"]
    assert max(map(len, lines)) < 160
    assert all(f"a_dimension_with_a_long_name_{at}" in " ".join(lines) for at in range(40))
