"""The workbook: what it holds, and what a spreadsheet makes of it."""

from __future__ import annotations

import io
import re
import sys
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.definition import text
from indicia.errors import DubiousWarning, MissingDependency, OutputError
from indicia.methods import Aggregation, Domain, MatrixAggregation
from indicia.run import numbers_of_bands
from indicia_workbook.book import workbook

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Index

_HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "🦊 fox",
    "مدينة القدس",
    "n" * 300,
    "a\"b'c&d",
]


def assert_equal(book: Any, result: Any, name: str = "") -> None:
    """Hold all scores and ranks of a workbook that was computed anew against those of the engine."""
    definition, scored = result.definition, result.scored
    for node in scored.tree.nodes():
        sheet = f"Level {node.level}" if node.level else "Index"
        called = text(definition.dimensions[node.id].name, "en", node.id) if node.level else "score"
        found, wanted = book.column(sheet, called), scored.nodes[node.id].cast(float).fill_null(np.nan).to_numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9, err_msg=f"{name} {node.id}")
    for column in scored.ranks.columns:
        title = "rank" if column == "rank" else f"rank within {column.removeprefix('rank_')}"
        wanted = scored.ranks[column].cast(float).fill_null(np.nan).to_numpy()
        np.testing.assert_array_equal(book.column("Index", title), wanted, err_msg=f"{name} {column}")
    for column, bands in definition.bands.items():
        title = f"{column}, number of the band" if bands.has_names else column
        wanted = numbers_of_bands(result.bands[column], bands)
        np.testing.assert_array_equal(book.column("Index", title), wanted, err_msg=f"{name} {column}")


def assert_changes(book: Any, result: Any, name: str) -> None:
    """Check that the ranking has the former ranks, and the number of places that each unit has gained since."""
    former = result.scored.ranks["rank"] if result.published_ranks is None else result.published_ranks
    title = "rank by Indicia" if result.published_ranks is None else "published rank"
    cells = book.cells("Ranking")
    ranks, formers, changes = (book.column("Ranking", heading) for heading in ("rank", title, "change"))
    by_unit = dict(zip(result.scored.units[result.unit].to_list(), former.to_list(), strict=True))
    if result.definition.data.period is None:
        wanted = [by_unit[cells[f"E{row}"]] for row in range(6, 6 + len(formers))]
        np.testing.assert_array_equal(formers, np.array(wanted, dtype=float), err_msg=name)
    np.testing.assert_array_equal(changes, formers - ranks, err_msg=name)
    assert np.nanmax(np.abs(changes)) > 0, name


def sorted_as(book: Any, result: Any) -> bool:
    """Return whether the ranking has the order of the engine; units that differ by rounding alone go by name."""
    period = result.definition.data.period
    score = pl.col("score").round(9)
    score = score if "score" in result.lowest_first else score.neg()
    order = [*([period] if period else []), "rank", score, result.unit]
    cells, wanted = book.cells("Ranking"), result.ranking.sort(order, nulls_last=True)[result.unit].to_list()
    return bool([cells[f"E{row}"] for row in range(6, 6 + len(wanted))] == wanted)


@pytest.mark.slow
@pytest.mark.thorough  # a spreadsheet opens each workbook: ten seconds
def test_a_spreadsheet_computes_the_scores_and_ranks_of_the_engine(
    office: Callable[..., Any], scored: dict[str, Any], books: Callable[[str], bytes]
) -> None:
    computed = office({name: books(name) for name in scored}, {})
    for name, (_, _, result) in scored.items():
        assert_equal(computed[name], result, name)
        assert str(computed[name].cells("Check")["A3"]).startswith("All "), name
        assert sorted_as(computed[name], result), name


@pytest.mark.thorough
def test_a_changed_weight_gives_the_scores_and_ranks_of_an_index_with_that_weight(
    office: Callable[..., Any],
    scored: dict[str, Any],
    books: Callable[[str], bytes],
    reweighted: Callable[..., Index],
) -> None:
    weights = {
        "human_development": {"health": 2.0, "income": 0.5},
        "intelligent_manufacturing": {"factor_input": 0.05, "fdi": 0.7, "co2_intensity": 0.0},
        "large": {"g1": 9.0, "p0": 1.0, "x7": 0.0},
        "quantiles": {"a": 1.0, "x0": 0.5},
        "base_gaps": {"a": 1.0, "x0": 0.5},
    }
    for name, book in office({name: books(name) for name in weights}, weights).items():
        index, frame, result = scored[name]
        cells = book.cells("Weights")
        rows = {part: place[1:] for place, part in cells.items() if place[0] == "C"}
        given = {part: float(cells[f"E{rows[part]}"]) for part in result.weights["id"]}
        other = reweighted(index, result, given).score(frame)
        assert given.items() >= weights[name].items(), name
        assert_equal(book, other, name)
        assert sorted_as(book, other), name
        assert not other.scored.nodes.equals(result.scored.nodes), name
        assert str(book.cells("Check")["A3"]).startswith("Different from Indicia"), name
        assert_changes(book, result, name)


POINT = {f"x{at}": 2.0 + at for at in range(4)}
BY_NAME: dict[str, dict[str, Any]] = {
    "aras": {"optimal": POINT},
    "ervd": {"reference_point": POINT},
    "limits_on_properties": {"lower": {"x0": 2}, "upper": {"x1": 3, "x3": 4}, "target": {"x2": 5}},
    "spotis": {"expected": POINT, "bounds": {name: [0, 50] for name in POINT}},
}
"""Values of the user by the names of components."""


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:the target of")
def test_every_method_that_has_a_formula_computes_in_a_spreadsheet(
    office: Callable[..., Any], numbers: Callable[..., pl.DataFrame]
) -> None:
    benefit, cost = {"bounds": [1, 40], "target": 30}, {"bounds": [1, 30], "target": 2, "direction": "cost"}
    catalogue, dimensions, indicators = installed(), {}, {}
    for name in catalogue.names("normalisation"):
        method = catalogue.offers["normalisation", name].method
        if method.needs_periods:
            continue
        choice = (method.example or name).replace("u0", "'city 2'")
        dimensions |= {f"{name} {half}": {"normalisation": choice} for half in "ab"}
        for at, aims in enumerate((benefit, cost, benefit, benefit)):
            indicators[f"{name} x{at}"] = {"column": f"x{at}", "dimension": f"{name} {'aabb'[at]}", **aims}
    words = {"data": {"unit": "city"}, "dimensions": dimensions, "indicators": indicators}
    index = indicia.read({**words, "methodology": {"missing": "skip"}})
    results = {"normalisations": index.score(numbers(12, gaps=True))}
    for name in catalogue.names("aggregation"):
        method = catalogue.offers["aggregation", name].method
        if issubclass(method, MatrixAggregation) and method.combine is Aggregation.combine:
            continue
        several = 3 if name in ("choquet", "comet", "utastar") else 4
        parts = {f"x{at}": {"weight": 1 + at, "direction": ("benefit", "cost")[at % 2]} for at in range(several)}
        real = method.domain is Domain.REAL or method.canonical_normalisation != "min_max"
        scale = {} if real else {"normalisation": "min_max(lower=1, upper=2)"}
        choices = [method.example or name, *([{"method": name, **BY_NAME[name]}] if name in BY_NAME else [])]
        for number, choice in enumerate(choices):
            methodology = {"aggregation": choice, "missing": "skip", **({} if number else scale)}
            words = {"data": {"unit": "city"}, "indicators": parts, "methodology": methodology}
            results[f"{name} of parts {number}"] = indicia.read(words).score(numbers(12, several, gaps=True))
    computed = office({name: workbook(result) for name, result in results.items()}, {})
    live = set()
    for name, result in results.items():
        assert_equal(computed[name], result, name)
        said = [value for value in computed[name].cells("Guide").values() if isinstance(value, str)]
        live |= {name} if "All stages from the data to the ranks are formulas." in said else set()
    assert live == results.keys()


def test_numbers_are_shown_before_anything_is_computed(
    scored: dict[str, Any], books: Callable[[str], bytes], opened: Callable[[bytes], Any]
) -> None:
    for name, (_, _, result) in scored.items():
        assert_equal(opened(books(name)), result, name)


def test_a_score_is_a_formula_over_weights_and_normalised_values(
    make: Callable[..., Index], numbers: Callable[..., pl.DataFrame], opened: Callable[[bytes], Any]
) -> None:
    book = opened(workbook(make({}).score(numbers())))
    assert book.formulas("Normalised")["B6"] == (
        "IF('Data'!$B6=\"\",\"\",('Data'!$B6-'Statistics'!$C$6)/('Statistics'!$D$6-'Statistics'!$C$6))"
    )
    assert book.formulas("Normalised")["C6"] == (
        "IF('Data'!$C6=\"\",\"\",(-'Data'!$C6+'Statistics'!$D$7)/(-'Statistics'!$C$7+'Statistics'!$D$7))"
    )
    assert book.formulas("Level 1")["B6"] == "'Weights'!$F$8*'Normalised'!$B6+'Weights'!$F$9*'Normalised'!$C6"
    assert book.formulas("Weights")["F8"] == "$E8/SUM($E$8:$E$9)"
    assert book.formulas("Weights")["G8"] == "$F8*$G$6"
    assert book.formulas("Statistics")["D6"] == "MAX('Data'!$B$6:$B$29)"


def test_ordered_weights_take_the_largest_the_next_and_so_on(
    books: Callable[[str], bytes], opened: Callable[[bytes], Any]
) -> None:
    book = opened(books("ordered"))
    assert book.formulas("Level 1")["B6"] == "0.25*LARGE('Normalised'!$B6:$C6,1)+0.75*LARGE('Normalised'!$B6:$C6,2)"
    assert book.formulas("Index")["B6"] == (
        "0.6666666666666666*LARGE('Level 1'!$B6:$C6,1)+0.3333333333333333*LARGE('Level 1'!$B6:$C6,2)"
    )


@pytest.mark.parametrize(
    "name", ["ordered", "ordered_gaps", "quantiles", "base", "base_gaps", "counted", "aims", "panel", "mixed"]
)
def test_from_the_data_to_the_ranks_all_is_live(
    books: Callable[[str], bytes], opened: Callable[[bytes], Any], name: str
) -> None:
    assert "All stages from the data to the ranks are formulas." in opened(books(name)).cells("Guide").values()


def test_the_ranking_sorts_itself(
    scored: dict[str, Any], books: Callable[[str], bytes], opened: Callable[[bytes], Any]
) -> None:
    for name in ("human_development", "intelligent_manufacturing", "panel", "propagate"):
        assert sorted_as(opened(books(name)), scored[name][2]), name


def test_changed_cells_are_coloured_and_say_what_they_were(scored: dict[str, Any]) -> None:
    _, _, result = scored["prepared"]
    book = zipfile.ZipFile(io.BytesIO(workbook(result)))
    notes = " ".join(
        re.sub("<[^>]+>", "", book.read(name).decode()) for name in book.namelist() if name.startswith("xl/comments")
    )
    row = result.cells.filter(stage="imputation").row(0, named=True)
    assert f"imputation: – → {row['after']:.6g}; {row['why']}" in notes
    treated = result.cells.filter(stage="treatment").row(0, named=True)
    assert f"treatment: {treated['before']:.6g} → {treated['after']:.6g}" in notes
    assert {"FFBDD7EE", "FFF8CBAD"} <= set(re.findall(r'fgColor rgb="(\w+)"', book.read("xl/styles.xml").decode()))


def test_what_no_formula_says_stands_as_values_and_the_guide_says_so(
    scored: dict[str, Any], opened: Callable[[bytes], Any]
) -> None:
    _, _, result = scored["pairwise"]
    book = opened(workbook(result))
    assert not book.formulas("Level 1")
    assert "promethee: the method computes with arrays and has no formula" in book.cells("Guide").values()
    assert "'Level 1'!$B6" in book.formulas("Index")["B6"]


def test_a_fitted_index_says_that_its_statistics_are_of_other_data(
    make: Callable[..., Index], numbers: Callable[..., pl.DataFrame], opened: Callable[[bytes], Any]
) -> None:
    frame = numbers()
    result = indicia.fit(make({}), frame).score(frame.head(5))
    book = opened(workbook(result))
    assert book.formulas("Normalised")
    assert "the statistics come from other data" in book.cells("Guide").values()
    assert_equal(book, result)


def hostile(make: Callable[..., Index], numbers: Callable[..., pl.DataFrame]) -> Any:
    """Score units, groups, indicators and dimensions that are called what no one should be."""
    frame = numbers(len(_HOSTILE)).with_columns(pl.Series("city", _HOSTILE), pl.Series("region", _HOSTILE))
    names = {part: {"name": name} for part, name in zip(("x0", "x1", "x2", "x3"), _HOSTILE, strict=False)}
    names = {part: {**one, "dimension": "a" if part < "x2" else "b", "unit": "=1+1"} for part, one in names.items()}
    index = make({"ranks": ["region"]}, indicators=names, dimensions={"a": {"name": "=A1"}, "b": {"name": "@b"}})
    return index.score(frame)


def test_names_are_texts_and_never_formulas(
    make: Callable[..., Index], numbers: Callable[..., pl.DataFrame], opened: Callable[[bytes], Any]
) -> None:
    content = workbook(hostile(make, numbers))
    book = opened(content)
    assert [book.cells("Data")[f"A{row}"] for row in range(6, 6 + len(_HOSTILE))] == _HOSTILE
    formulas = [formula for sheet in book.names for formula in book.formulas(sheet).values()]
    assert formulas
    assert not any(part in formula for formula in formulas for part in ("HYPERLINK", "script", "A1+", "1+1", "2+3"))
    links = [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "sheet" in name and "rels" in name]
    told = b"".join(zipfile.ZipFile(io.BytesIO(content)).read(name) for name in links)
    assert b"External" not in told


def test_units_of_measure_stand_in_as_many_lines_as_they_need(scored: dict[str, Any]) -> None:
    _, _, result = scored["intelligent_manufacturing"]
    files = zipfile.ZipFile(io.BytesIO(workbook(result)))
    row = re.search(r'<row r="4"[^>]* ht="([^"]*)"', files.read("xl/worksheets/sheet4.xml").decode())
    assert row is not None
    # "tonnes per 10 thousand yuan" in two lines, above a column of 15 letters; some versions write whole pixels
    assert float(row[1]) == pytest.approx(25, abs=0.5)


@pytest.mark.slow
def test_names_are_inert_and_legible_in_a_spreadsheet(
    office: Callable[..., Any], make: Callable[..., Index], numbers: Callable[..., pl.DataFrame]
) -> None:
    result = hostile(make, numbers)
    book = office({"hostile": workbook(result)}, {})["hostile"]
    assert [book.cells("Data")[f"A{row}"] for row in range(6, 6 + len(_HOSTILE))] == _HOSTILE
    assert str(book.cells("Check")["A3"]).startswith("All ")
    ranked = [book.cells("Ranking")[f"E{row}"] for row in range(6, 6 + len(_HOSTILE))]
    assert ranked == result.ranking["city"].to_list()


def test_sheets_and_names_are_in_the_language_of_the_reader(
    scored: dict[str, Any], opened: Callable[[bytes], Any]
) -> None:
    _, _, result = scored["intelligent_manufacturing"]
    book = opened(workbook(result, "zh"))
    assert book.names[:5] == ["说明", "排名", "图表", "数据", "权重"]
    assert "产业基础" in book.cells("第1级").values()
    assert "深圳" in book.cells("排名").values()


def test_the_same_result_is_the_same_file(make: Callable[..., Index], numbers: Callable[..., pl.DataFrame]) -> None:
    result = make({}).score(numbers())
    assert workbook(result) == workbook(result)


def test_a_formula_stays_within_what_a_spreadsheet_holds(opened: Callable[[bytes], Any]) -> None:
    columns = {
        f"x{at}": [float((row * (at + 3)) % 17 + (row == 0) * (at + 1)) for row in range(5)] for at in range(300)
    }
    frame = pl.DataFrame({"city": list("abcde"), **columns})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DubiousWarning)
        result = indicia.score(frame, unit="city", missing="skip", normalisation="z_score")
    book = opened(workbook(result))
    longest = max(len(formula) for sheet in book.names for formula in book.formulas(sheet).values())
    assert longest < 8192
    assert_equal(book, result)


def test_a_text_that_no_cell_holds_is_an_error(
    make: Callable[..., Index], numbers: Callable[..., pl.DataFrame]
) -> None:
    frame = numbers(3).with_columns(pl.Series("city", ["n" * 40_000, "b", "c"]))
    with pytest.raises(OutputError, match="a text of 40,000 characters"):
        workbook(make({}).score(frame))


def test_without_the_library_an_error_names_the_extra(
    make: Callable[..., Index], numbers: Callable[..., pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = make({}).score(numbers())
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[excel\]'"):
        workbook(result)
