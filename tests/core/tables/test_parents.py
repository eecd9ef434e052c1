"""Values of parents: as an imputation, and as a rule for missing components."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import catalogue
from indicia.catalogue import hookimpl
from indicia.cli import main
from indicia.errors import DataError, DefinitionError, MethodError
from indicia.methods import Imputation
from indicia.run import Draws, score_draws, score_subsets
from indicia.tables import evaluate as evaluating
from indicia_bundle import fitted
from indicia_methods import aggregation, normalisation, weighting
from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index
    from indicia.methods import Expression, Statistics

    Make = Callable[..., Index]

AREAS = pl.DataFrame(
    {
        "city": ["Graz", "Styria", "Austria", "Bern", "Switzerland", "Leoben"],
        "of": ["Styria", "Austria", None, "Switzerland", None, "Styria"],
        "a": [None, 4.0, 5.0, None, 7.0, 3.0],
        "b": [None, None, 8.0, None, None, 1.0],
    }
)
TWO: dict[str, Any] = {"a": {}, "b": {}}
FILLED = {"imputation": "parent(within=of)", "normalisation": "none", "missing": "skip(minimum_share=0)"}
AT_NODES = {"missing": "parent(within=of, minimum_share=0)", "normalisation": "none"}


def panel(*rows: tuple[str, int, str | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"city": str, "year": int, "of": str, "a": float}, orient="row")


def said(made: Index, table: pl.DataFrame) -> str:
    with pytest.raises(DataError) as caught:
        made.score(table)
    return str(caught.value)


# An imputation


def test_a_missing_cell_takes_the_value_of_the_parent_or_of_its_parent(index: Make) -> None:
    result = index(TWO, FILLED, groups=("of",)).score(AREAS)
    assert result.prepared["a"].to_list() == [4, 4, 5, 7, 7, 3]
    assert result.prepared["b"].to_list() == [8, 8, 8, None, None, 1]
    assert result.cells.select("city", "indicator", "stage", "before", "after", "why").rows() == [
        ("Graz", "a", "imputation", None, 4.0, "parent(within=of): Styria"),
        ("Bern", "a", "imputation", None, 7.0, "parent(within=of): Switzerland"),
        ("Graz", "b", "imputation", None, 8.0, "parent(within=of): Austria"),
        ("Styria", "b", "imputation", None, 8.0, "parent(within=of): Austria"),
    ]


def test_a_value_that_no_parent_has_stays_missing_and_is_refused_by_name(index: Make) -> None:
    assert said(index(TWO, {"imputation": "parent(within=of)"}, groups=("of",)), AREAS) == (
        "b is missing for 2 unit(s): Bern, Switzerland\n"
        "  parent(within=of) found no value for these units\n"
        '  fix: complete the data, choose another imputation, or write missing = "skip" or missing = "propagate"'
    )


def test_in_a_panel_the_value_of_the_parent_is_that_of_the_same_period(index: Make) -> None:
    table = panel(
        ("Graz", 2020, "Austria", None),
        ("Graz", 2021, "Austria", None),
        ("Austria", 2021, None, 6.0),
        ("Austria", 2020, None, 5.0),
    )
    result = index({"a": {}}, FILLED, groups=("of",), period="year").score(table)
    assert result.prepared["a"].to_list() == [5, 6, 6, 5]


def test_a_unit_may_change_its_parent_from_period_to_period(index: Make) -> None:
    table = panel(
        ("Graz", 2020, "Austria", None),
        ("Graz", 2021, "Styria", None),
        *(
            (name, year, None, float(year + number))
            for year in (2020, 2021)
            for number, name in enumerate(["Austria", "Styria"])
        ),
    )
    result = index({"a": {}}, FILLED, groups=("of",), period="year").score(table)
    assert result.prepared["a"].to_list()[:2] == [2020.0, 2022.0]


def test_statistics_of_other_rows_do_not_change_who_the_parent_is(index: Make) -> None:
    table = AREAS.with_columns(kind=pl.Series(["city", "region", "land", "city", "land", "city"]))
    made = index({"a": {"bounds": [0, 10]}}, {**FILLED, "statistics": "kind"}, groups=("of", "kind"))
    assert made.score(table).prepared["a"].to_list() == [4, 4, 5, 7, 7, 3]


def test_a_denominated_indicator_takes_the_denominated_value_of_the_parent(index: Make) -> None:
    table = AREAS.with_columns(people=pl.Series([1.0, 2.0, 4.0, 1.0, 7.0, 1.0]))
    made = index({"a": {"per": "people"}}, FILLED, groups=("of",))
    assert made.score(table).prepared["a"].to_list() == [2, 2, 1.25, 1, 1, 3]


def test_names_of_units_keep_leading_zeros(index: Make) -> None:
    table = pl.DataFrame({"city": ["01", "01001", "1"], "of": ["", "01", ""], "a": [4.0, None, 9.0]})
    assert index({"a": {}}, FILLED, groups=("of",)).score(table).prepared["a"].to_list() == [4, 4, 9]


@pytest.mark.parametrize("screening", [{"without": ["Styria", "Austria"]}, {"units": 0.8, "keep": ["Graz", "Bern"]}])
def test_a_unit_that_screening_leaves_out_may_be_a_parent(index: Make, screening: dict[str, Any]) -> None:
    table = AREAS.with_columns(c=pl.Series([1.0, None, None, 1.0, 1.0, 1.0]), d=pl.Series([1.0, None, None, 1, 1, 1]))
    made = index({**TWO, "c": {}, "d": {}}, FILLED, groups=("of",), screening=screening)
    result = made.score(table)
    assert "Styria" not in result.scores["city"]
    assert result.prepared.filter(city="Graz").select("a", "b").row(0) == (4, 8)
    assert result.cells.filter(city="Graz", indicator="b")["why"].to_list() == ["parent(within=of): Austria"]


def test_a_parent_counts_among_the_units_unless_it_is_left_out(index: Make) -> None:
    words = {**FILLED, "normalisation": "min_max"}
    table = AREAS.select("city", "of", "a").head(3)
    whole = index({"a": {}}, words, groups=("of",)).score(table).scores
    assert whole.select("score", "rank").rows() == [(0, 2), (0, 2), (1, 1)]
    alone = index({"a": {"bounds": [0, 8]}}, words, groups=("of",), screening={"without": ["Austria", "Styria"]})
    assert alone.score(table).scores.select("city", "score", "rank").rows() == [("Graz", 0.5, 1)]
    unranked = index({"a": {}}, words, groups=("of",), eligible={"without": ["Austria", "Styria"]}).score(table).scores
    assert unranked.select("score", "rank").rows() == [(0, 1), (0, None), (1, None)]


# At a node


def test_a_missing_component_takes_the_value_of_the_parent(index: Make) -> None:
    dimensions = {"one": {}, "two": {}}
    spread = {"a": {"dimension": "one"}, "b": {"dimension": "two"}}
    words = {"normalisation": "none", "missing": "propagate", "levels": [{"missing": AT_NODES["missing"]}]}
    result = index(spread, words, dimensions=dimensions, groups=("of",)).score(AREAS)
    assert result.scores["one"].to_list() == [None, 4, 5, None, 7, 3]
    assert result.scores["score"].to_list() == [(4 + 8) / 2, (4 + 8) / 2, (5 + 8) / 2, 7, 7, 2]
    assert result.cells.select("city", "indicator", "stage", "after", "why").rows() == [
        ("Graz", "one", "missing", 4.0, "parent(within=of): Styria"),
        ("Bern", "one", "missing", 7.0, "parent(within=of): Switzerland"),
        ("Graz", "two", "missing", 8.0, "parent(within=of): Austria"),
        ("Styria", "two", "missing", 8.0, "parent(within=of): Austria"),
    ]
    incomplete = result.reweighted.filter(node="index").select("city", "present", "components")
    assert incomplete.rows() == [("Bern", 1, 2), ("Switzerland", 1, 2)]


def test_what_the_parents_of_a_node_have_not_is_skipped_by_share_and_count(index: Make) -> None:
    asking = {**AT_NODES, "missing": "parent(within=of, minimum_count=2)"}
    assert index(TWO, asking, groups=("of",)).score(AREAS).scores["score"].to_list() == [6, 6, 6.5, None, None, 2]


def test_a_screened_unit_has_no_score_and_passes_on_that_of_its_parent(index: Make) -> None:
    result = index(TWO, AT_NODES, groups=("of",), screening={"without": ["Styria"]}).score(AREAS)
    assert result.cells.filter(city="Graz").select("indicator", "after", "why").rows() == [
        ("a", 5.0, "parent(within=of): Austria"),
        ("b", 8.0, "parent(within=of): Austria"),
    ]


# What cannot be


@pytest.mark.parametrize("words", [FILLED, AT_NODES], ids=["imputed", "at a node"])
def test_unknown_and_circular_parents_are_refused_with_their_names(index: Make, words: dict[str, Any]) -> None:
    made = index(TWO, words, groups=("of",))
    strange = AREAS.with_columns(of=pl.Series(["Styrria", "Austria", None, None, None, None]))
    assert said(made, strange) == (
        '"of" names parents that are no units of the data: Styrria, of Graz\n  fix: did you mean "Styria"?'
    )
    strange = AREAS.with_columns(of=pl.Series(["Styria", "Austria", "Europe", None, "Europe", None]))
    assert said(made, strange) == (
        '"of" names parents that are no units of the data: Europe, of Austria, Switzerland\n'
        "  fix: add a row for each, which data.where keeps, or leave the cell empty where a unit has no parent"
    )
    own = AREAS.with_columns(of=pl.Series(["Styria", "Austria", "Austria", None, None, None]))
    assert said(made, own) == (
        '"of" names units as their own parents: Austria\n  fix: leave the cell empty where a unit has no parent'
    )
    circle = AREAS.with_columns(of=pl.Series(["Styria", "Austria", "Bern", "Styria", None, None]))
    found = said(made, circle)
    assert found.startswith('"of" leads in a circle: ')
    assert sorted(found.splitlines()[0].partition(": ")[2].split(" → ")[1:]) == ["Austria", "Bern", "Styria"]
    assert found.endswith("\n  fix: as the parent of a unit, name the larger unit to which it belongs")


@pytest.mark.parametrize("words", [FILLED, AT_NODES], ids=["imputed", "at a node"])
@pytest.mark.parametrize("column", ["off", "city"])
def test_a_column_that_is_no_group_is_refused(index: Make, words: dict[str, Any], column: str) -> None:
    words = {key: value.replace("=of", f"={column}") for key, value in words.items()}
    with pytest.raises(DefinitionError) as caught:
        index(TWO, words, groups=("of",)).score(AREAS)
    who = f"parent(within={column})" if "imputation" in words else "parent of index"
    assert caught.value.what == f'{who} names the parents "{column}", which is no column of data.groups'
    assert caught.value.remedy == ('did you mean "of"?' if column == "off" else "known: of")


def test_a_column_must_be_named(index: Make) -> None:
    with pytest.raises(MethodError, match="parent needs within"):
        _ = index(TWO, {"imputation": "parent"}, groups=("of",)).tree


@pytest.mark.parametrize("words", [FILLED, AT_NODES], ids=["imputed", "at a node"])
def test_a_parent_without_a_row_in_the_period_is_refused_where_it_is_needed(index: Make, words: dict[str, Any]) -> None:
    table = panel(
        ("Graz", 2020, "Austria", 4.0),
        ("Graz", 2021, "Austria", None),
        ("Austria", 2020, None, 5.0),
        ("Bern", 2021, None, 5.0),
    )
    made = index({"a": {}}, words, groups=("of",), period="year")
    assert said(made, table) == (
        'a is missing for Graz 2021, and the parent in "of" has no row of that period: Austria 2021\n'
        "  fix: give the parent a row in every period, or complete the data"
    )
    assert made.score(table.with_columns(pl.col("a").fill_null(1.0))).scores["score"].to_list() == [4, 1, 5, 5]


def test_a_grandparent_without_a_row_in_the_period_is_named_with_the_unit_that_needs_it(index: Make) -> None:
    table = panel(("Graz", 2021, "Styria", None), ("Styria", 2021, "Austria", None), ("Austria", 2020, None, 5.0))
    found = said(index({"a": {}}, FILLED, groups=("of",), period="year"), table)
    assert found.startswith("a is missing for Graz 2021, Styria 2021, and the parent in")
    assert "Austria 2021" in found


def test_a_parent_with_two_rows_is_refused_like_any_unit(index: Make) -> None:
    found = said(index(TWO, FILLED, groups=("of",)), pl.concat([AREAS, AREAS.filter(city="Austria")]))
    assert found.startswith("city: 1 stands more than once (Austria)")


# Fitted


def through(made: Index, table: pl.DataFrame, folder: Path) -> fitted.FittedIndex:
    fitted.fit(made, table).write(folder / "fitted.json")
    return fitted.read(folder / "fitted.json")


@pytest.mark.parametrize("words", [FILLED, AT_NODES], ids=["imputed", "at a node"])
@pytest.mark.parametrize("screening", [{}, {"without": ["Austria"]}], ids=["all", "screened"])
def test_a_fitted_index_scores_its_own_data_as_the_run_did_also_in_slices(
    index: Make, tmp_path: Path, words: dict[str, Any], screening: dict[str, Any]
) -> None:
    made = index(TWO, words, groups=("of",), screening=screening)
    run, one = made.score(AREAS), through(made, AREAS, tmp_path)
    assert one.score(AREAS).scores.equals(run.scores)
    assert one.score(AREAS).cells.equals(run.cells)
    alone = one.score(AREAS.filter(city="Graz"))
    assert alone.scores["score"].item() == run.scores.filter(city="Graz")["score"].item()
    assert alone.cells["why"].to_list() == run.cells.filter(city="Graz")["why"].to_list()
    AREAS.write_csv(tmp_path / "new.csv")
    one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=30)
    assert pl.read_csv(tmp_path / "out.csv")["score"].to_list() == run.scores["score"].to_list()


def test_a_new_unit_takes_the_fitted_value_of_its_parent(index: Make, tmp_path: Path) -> None:
    one = through(index(TWO, FILLED, groups=("of",)), AREAS, tmp_path)
    new = pl.DataFrame({"city": ["Linz"], "of": ["Austria"], "a": [None], "b": [2.0]}, schema_overrides={"a": float})
    assert one.score(new).prepared.select("a", "b").row(0) == (5, 2)


def test_a_parent_of_which_nothing_was_fitted_is_refused_where_it_is_needed(index: Make, tmp_path: Path) -> None:
    table = panel(("Graz", 2020, "Austria", None), ("Austria", 2020, None, 5.0))
    one = through(index({"a": {}}, FILLED, groups=("of",), period="year"), table, tmp_path)
    later = table.with_columns(year=pl.lit(2021))
    with pytest.raises(DataError) as caught:
        one.score(later)
    assert str(caught.value) == (
        "a is missing for Graz 2021, and no value was fitted of the parent: Austria 2021\n"
        "  fix: fit the index to data that have it too, or complete the data"
    )
    assert one.score(later.with_columns(a=pl.lit(3.0))).scores["score"].to_list() == [3, 3]


def test_an_index_without_any_parent_can_be_fitted(index: Make, tmp_path: Path) -> None:
    table = AREAS.with_columns(of=pl.lit(None, pl.String))
    made = index(TWO, FILLED, groups=("of",))
    assert through(made, table, tmp_path).score(table).scores.equals(made.score(table).scores)


# Other formulas


@dataclass(frozen=True)
class Share(Imputation):
    """Fill with a share of what the parent has."""

    name = "share"
    reference = "None"

    of: str
    share: float = 0.5

    @property
    def parents(self) -> str:
        return self.of

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return self.share * s.parent + 0 * s.mean


@dataclass(frozen=True)
class Lost(Imputation):
    """Ask for a parent of which nobody knows who it is."""

    name = "lost"
    reference = "None"

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return s.parent


OWN = catalogue.gather(
    normalisation,
    weighting,
    aggregation,
    SimpleNamespace(
        __name__="own", indicia_imputations=hookimpl(lambda: [Share, Lost], specname="indicia_imputations")
    ),
)


def test_a_formula_of_ones_own_may_ask_for_the_parent(index: Make) -> None:
    words = {**FILLED, "imputation": "share(of=of)"}
    result = index(TWO, words, groups=("of",), methods=OWN).score(AREAS)
    assert result.prepared["a"].to_list() == [2, 4, 5, 3.5, 7, 3]
    assert result.cells["why"].to_list()[0] == "share(of=of): Styria"


def test_a_formula_that_asks_without_naming_the_column_is_told(index: Make) -> None:
    with pytest.raises(MethodError, match=r"lost of a: s.parent needs an imputation or a treatment"):
        index(TWO, {**FILLED, "imputation": "lost"}, groups=("of",), methods=OWN).score(AREAS)


# Any tree of units


def nearest_value(values: dict[str, float | None], above: dict[str, str | None], unit: str) -> float | None:
    """Walk up from a unit to the first that has a value."""
    at: str | None = unit
    while at is not None and values[at] is None:
        at = above[at]
    return None if at is None else values[at]


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_any_tree_of_units_is_filled_as_by_walking_up(index: Make, data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 12))
    units = [f"u{number}" for number in data.draw(st.permutations(range(count)))]
    above = {
        unit: data.draw(st.sampled_from([None, *units[:at]]), label=f"above {unit}") for at, unit in enumerate(units)
    }
    cells = st.lists(st.sampled_from([None, 1.0, 2.0, 3.0]), min_size=count, max_size=count)
    values = dict(zip(units, data.draw(cells), strict=True))
    values[units[0]] = 9.0
    order = data.draw(st.permutations(units))
    table = pl.DataFrame(
        {"city": order, "of": [above[one] for one in order], "a": [values[one] for one in order]},
        schema_overrides={"of": pl.String, "a": pl.Float64},
    )
    wanted = [nearest_value(values, above, unit) for unit in order]
    assert index({"a": {}}, FILLED, groups=("of",)).score(table).prepared["a"].to_list() == wanted
    assert index({"a": {}}, AT_NODES, groups=("of",)).score(table).scores["score"].to_list() == wanted


def test_many_rows_are_filled_like_few_rows(index: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = index(TWO, FILLED, groups=("of",))
    few = made.score(AREAS)
    monkeypatch.setattr(evaluating, "MANY_ROWS", 2)
    many = made.score(AREAS)
    assert many.prepared.equals(few.prepared)
    assert many.cells.equals(few.cells)


def test_parents_are_found_in_deep_and_in_wide_trees(index: Make) -> None:
    """A chain of 3,000 units, of which only the top has a value, and 3,000 units under one."""
    names = [f"c{number}" for number in range(3000)]
    chain = pl.DataFrame({"city": names, "of": [None, *names[:-1]], "a": [1.0] + [None] * 2999})
    wide = pl.DataFrame({"city": [f"w{number}" for number in range(3000)], "of": ["c0"] * 3000, "a": [None] * 3000})
    table = pl.concat([chain, wide], how="vertical_relaxed")
    assert index({"a": {}}, FILLED, groups=("of",)).score(table).prepared["a"].to_list() == [1.0] * 6000


# On the screen and on the page


def test_the_methodology_says_it_in_english_and_in_chinese(index: Make) -> None:
    page = report(index(TWO, AT_NODES, groups=("of",)), AREAS)
    assert "counts as the value of the parent of the unit (of)" in page
    assert "计为所属上级单位（of）的数值" in page
    assert "<bdi><code lang=en>parent(within=of)</code></bdi>: <bdi>Styria</bdi>" in page


def test_the_page_names_a_parent_by_its_label_and_a_screened_parent_by_its_key(index: Make) -> None:
    table = AREAS.with_columns(label=pl.lit("the land of ") + pl.col("city"))
    words = {"groups": ("of",), "data": {"label": "label"}}
    page = report(index(TWO, FILLED, **words, screening={"without": ["Austria"]}), table)
    assert "<bdi><code lang=en>parent(within=of)</code></bdi>: <bdi>the land of Styria</bdi>" in page
    assert "<bdi><code lang=en>parent(within=of): Austria</code></bdi>" in page


def test_a_user_sees_whose_values_were_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    AREAS.write_csv(tmp_path / "areas.csv")
    (tmp_path / "index.toml").write_text(
        '[data]\npath = "areas.csv"\nunit = "city"\ngroups = ["of"]\n[indicators]\na = {}\n'
        "[methodology]\nimputation = \"parent(within='of')\"\n"
    )
    with pytest.raises(SystemExit):
        main(["run", str(tmp_path / "index.toml"), "--show", "cells"])
    out = capsys.readouterr().out
    assert "parent(within=of): Switzerland" in out
    assert "2 values imputed in a; --show cells lists them" in out


@pytest.mark.parametrize("screening", [{}, {"without": ["Austria", "Switzerland"]}], ids=["all", "screened"])
@pytest.mark.parametrize("words", [FILLED, AT_NODES], ids=["imputed", "at a node"])
def test_a_unit_without_a_value_has_the_errors_of_its_parent_in_every_draw(
    index: Make, words: dict[str, Any], screening: dict[str, Any]
) -> None:
    """A town without a figure has that of its province in every draw; a parent that is left out has no errors."""
    table = AREAS.select("city", "of", "a").with_columns(c=pl.Series([1.0, 2, 3, 4, 5, 6]))
    made = index({"a": {"bounds": [0, 20]}, "c": {"bounds": [0, 9]}}, words, groups=("of",), screening=screening)
    scored = made.score(table).scored
    errors = {
        "a": np.array([[0.5] * len(scored.units), [-0.5] * len(scored.units)]),
        "c": np.zeros((2, len(scored.units))),
    }
    found = score_draws(made.definition, scored, Draws(2, errors=errors))
    for draw, error in enumerate((0.5, -0.5)):
        changed = table.with_columns(
            a=pl.when(pl.col("city").is_in(scored.units["city"].implode())).then(pl.col("a") + error).otherwise("a")
        )
        assert found[draw].tolist() == pytest.approx(made.score(changed).scored.nodes["index"].to_list(), nan_ok=True)


def test_subsets_may_leave_out_parents(index: Make) -> None:
    """Where a parent is left out, what belongs to it scores as if it had none."""
    table = AREAS.with_columns(c=pl.Series([1.0, 2, 3, 4, 5, 6]))
    made = index({"a": {}, "c": {}}, {**AT_NODES, "normalisation": "min_max"}, groups=("of",))
    scored = made.score(table).scored
    sets = [[0, 1, 2, 3, 4, 5], [0, 2, 3, 4, 5], [0, 1, 2, 3, 5]]
    rows, number = np.concatenate([np.array(one) for one in sets]), np.repeat([0, 1, 2], [len(one) for one in sets])
    found = score_subsets(made.definition, scored, rows, number)
    for draw, one in enumerate(sets):
        part = table[one]
        part = part.with_columns(of=pl.when(pl.col("of").is_in(part["city"].implode())).then("of"))
        alone = made.score(part).scored.nodes["index"].to_list()
        assert found[number == draw].tolist() == pytest.approx(alone, nan_ok=True)
