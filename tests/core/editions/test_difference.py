"""The difference of two editions: units, causes, methodology, revisions, rules; every kind of pair; errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.documents.blocks import Heading
from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia_after_score.diff import Diff
from indicia_bundle.edition_sources import open_edition
from indicia_bundle.edition_sources.packs import _departures
from indicia_editions import difference_tables
from indicia_editions.methodology_changes import Change
from indicia_editions.scored_edition import ScoredEdition
from indicia_editions.sentences import change_sentences

if TYPE_CHECKING:
    from pathlib import Path

    from indicia_editions.difference import EditionDifference

# Bounds are fixed, so that a score is (a + b) / 20.
DEFINITION: dict[str, Any] = {
    "name": "Towns",
    "data": {"unit": "town"},
    "indicators": {"a": {"bounds": [0, 10], "direction": "benefit"}, "b": {"bounds": [0, 10], "direction": "benefit"}},
}
OLD = pl.DataFrame({"town": ["Ash", "Elm", "Fir"], "a": [2.0, 6.0, 8.0], "b": [4.0, 6.0, 8.0]})
NEW = pl.DataFrame({"town": ["Ash", "Elm", "Gum"], "a": [10.0, 6.0, 5.0], "b": [8.0, 6.0, 5.0]})
PANEL = {**DEFINITION, "data": {"unit": "town", "period": "year"}}


def index(**changes: Any) -> indicia.Index:
    return indicia.read({**DEFINITION, **changes})


def with_indicator(**words: Any) -> dict[str, Any]:
    """Return the definition with other words of the indicator a."""
    indicators = DEFINITION["indicators"]
    return {"indicators": {**indicators, "a": {**indicators["a"], **words}}}


def change_of(before: indicia.Index, after: indicia.Index, table: pl.DataFrame = OLD) -> tuple[Change, ...]:
    return indicia.diff(before, after, old_table=table, new_table=table).pair.changes


@pytest.fixture(scope="module")
def towns() -> EditionDifference:
    return indicia.diff(index(), index(), old_table=OLD, new_table=NEW)


# Units, scores, ranks


def test_units_stand_by_their_new_rank_and_those_that_left_come_last(towns: EditionDifference) -> None:
    assert towns.frame("units").select("unit", "status").rows() == [
        ("Ash", "both"),
        ("Elm", "both"),
        ("Gum", "entered"),
        ("Fir", "left"),
    ]


@pytest.mark.parametrize(
    ("editions", "names"),
    [
        (("2023", "2024"), ("2023", "2024")),
        (("2024", "2024"), ("old Towns", "new Towns")),
        ((None, None), ("old Towns", "new Towns")),
    ],
)
def test_readers_know_editions_by_what_tells_them_apart(
    editions: tuple[str | None, str | None], names: tuple[str, str]
) -> None:
    old, new = (index(publication={"edition": edition}) if edition else index() for edition in editions)
    difference = indicia.diff(old, new, old_table=OLD, new_table=NEW)
    known = difference.published_names("en")
    assert (known[difference.old.title], known[difference.new.title]) == names


def test_a_move_is_the_new_rank_minus_the_old_rank(towns: EditionDifference) -> None:
    # old scores: Ash 0.3, Elm 0.6, Fir 0.8; new scores: Ash 0.9, Elm 0.6, Gum 0.5
    scores = [pytest.approx(score) for score in (0.3, 0.9, 0.6)]
    assert towns.frame("units").row(0) == ("Ash", "Ash", "both", 3.0, 1.0, -2.0, *scores)


def test_a_unit_of_one_edition_has_no_move(towns: EditionDifference) -> None:
    assert towns.frame("units").filter(status="left").row(0) == ("Fir", "Fir", "left", 1.0, None, None, 0.8, None, None)


def test_movers_are_the_units_whose_rank_or_score_differs(towns: EditionDifference) -> None:
    assert towns.frame("movers")["unit"].to_list() == ["Ash"]


def test_the_headline_counts_the_units(towns: EditionDifference) -> None:
    assert towns.sentences()[0] == "From old Towns to new Towns: 2 units in both, 1 entered, 1 left."


def test_sentences_are_in_chinese_too(towns: EditionDifference) -> None:
    assert "两版共有 2 个单位，新增 1 个，退出 1 个。" in towns.sentences("zh")[0]


# Causes


def test_the_parts_of_the_causes_add_to_the_move_and_to_the_change_of_the_score(towns: EditionDifference) -> None:
    both = towns.frame("units").filter(status="both").join(towns.frame("causes"), on="unit", maintain_order="left")
    causes = ("own", "others", "method", "sample")
    for what, total in (("rank", "move"), ("score", "score_change")):
        parts = both.select(pl.sum_horizontal(f"{what}_{cause}" for cause in causes)).to_series()
        assert parts.to_list() == pytest.approx(both[total].to_list(), abs=1e-12)


def test_with_fixed_bounds_a_score_changes_by_own_data_alone(towns: EditionDifference) -> None:
    ash = towns.frame("causes").row(by_predicate=pl.col("unit") == "Ash", named=True)
    assert [ash[f"score_{cause}"] for cause in ("own", "others", "method", "sample")] == pytest.approx([0.6, 0, 0, 0])


def test_totals_have_the_share_of_each_cause(towns: EditionDifference) -> None:
    scores = towns.frame("totals").filter(what="score")
    assert dict(scores.select("cause", "share").iter_rows()) == {
        "own": 1.0,
        "others": 0.0,
        "method": 0.0,
        "sample": 0.0,
    }


def test_of_many_units_with_statistics_of_the_sample_those_that_move_most_have_causes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(difference_tables, "_MOST_CELLS", 1)
    monkeypatch.setattr(difference_tables, "_FEWEST_EXPLAINED", 1)
    free = index(**with_indicator(bounds=None))
    difference = indicia.diff(free, free, old_table=OLD, new_table=NEW)
    assert difference.frame("causes")["unit"].to_list() == ["Ash"]
    assert any("causes are those of the 1 unit that move most" in note for note in difference.notes)


# Methodology


def test_equal_methodologies_have_no_change(towns: EditionDifference) -> None:
    assert towns.frame("methodology").is_empty()


@pytest.mark.parametrize(
    ("words", "change"),
    [
        (with_indicator(weight=3), Change("weight", "a", "weight", "1", "3")),
        (with_indicator(bounds=[0, 20]), Change("word", "a", "bounds", "0, 10", "0, 20")),
        (with_indicator(direction="cost"), Change("word", "a", "direction", "benefit", "cost")),
        (with_indicator(unit="USD"), Change("word", "a", "unit", "", "USD")),
        (with_indicator(cap=9), Change("word", "a", "cap", "", "9")),
        (with_indicator(imputation="median"), Change("method", "a", "imputation", "", "median")),
        ({"methodology": {"ties": "average"}}, Change("setting", "", "ties", "min", "average")),
    ],
    ids=["weight", "bounds", "direction", "unit of measure", "cap", "imputation", "ties"],
)
def test_a_change_of_the_methodology_is_one_row(words: dict[str, Any], change: Change) -> None:
    assert change_of(index(), index(**words)) == (change,)


def test_another_normalisation_is_a_change_of_each_indicator() -> None:
    table = OLD.with_columns(b=pl.col("b") + 1)
    changes = change_of(index(), index(methodology={"normalisation": "z_score"}), table)
    assert {(change.change, change.part, change.word) for change in changes} >= {
        ("method", "a", "normalisation"),
        ("method", "b", "normalisation"),
    }


def test_indicators_and_dimensions_that_come_and_go_are_changes() -> None:
    indicators = DEFINITION["indicators"]
    later = {"a": {**indicators["a"], "dimension": "wealth"}, "c": {**indicators["b"], "dimension": "wealth"}}
    difference = indicia.diff(
        index(),
        index(indicators=later, dimensions={"wealth": {}}),
        old_table=OLD,
        new_table=NEW.rename({"b": "c"}),
    )
    assert {(change.change, change.part) for change in difference.pair.changes} >= {
        ("indicator_removed", "b"),
        ("indicator_added", "c"),
        ("dimension_added", "wealth"),
        ("word", "a"),
    }
    assert difference.frame("indicators").rows() == [
        ("a", "both", 0.5, 0.5),
        ("b", "left", 0.5, None),
        ("c", "entered", None, 0.5),
    ]


def test_equal_changes_of_several_parts_share_a_sentence() -> None:
    changes = (Change("weight", "a", "weight", "1", "2"), Change("weight", "b", "weight", "1", "2"))
    assert change_sentences(changes) == ["weight of a, b: 1 → 2"]


def test_a_word_that_an_edition_does_not_state_is_said_so() -> None:
    (sentence,) = change_sentences((Change("word", "a", "cap", "", "9"),))
    assert sentence == "cap of a: not stated → 9"
    assert sentence.in_language("zh", {}) == "a的 cap：未注明 → 9"


# Revisions


def test_values_that_differ_are_listed_by_unit_and_indicator(towns: EditionDifference) -> None:
    assert towns.frame("revisions").rows() == [("Ash", "a", 2.0, 10.0, 8.0), ("Ash", "b", 4.0, 8.0, 4.0)]


def test_new_and_revised_values_cannot_be_told_apart_without_periods(towns: EditionDifference) -> None:
    assert any("may be a newer one or a correction" in note for note in towns.notes)


def test_in_a_panel_values_of_the_same_period_are_compared() -> None:
    before = pl.concat([OLD.with_columns(year=2020), OLD.with_columns(year=2021)])
    revised = OLD.with_columns(year=2020, a=pl.Series([3.0, None, 8.0]))
    after = pl.concat([revised, NEW.with_columns(year=2022)])
    panel = indicia.read({**PANEL, "methodology": {"missing": "skip"}})
    difference = indicia.diff(panel, panel, old_table=before, new_table=after, end=2022)
    assert difference.frame("revisions").rows() == [
        ("Ash", "2020", "a", 2.0, 3.0, 1.0),
        ("Elm", "2020", "a", 6.0, None, None),
    ]
    assert difference.frame("revision_summary").row(0, named=True) == {
        "indicator": "a",
        "values": 3,
        "changed": 2,
        "filled": 0,
        "emptied": 1,
        "mean_change": 1.0,
        "largest_change": 1.0,
        "unit": "Ash",
    }
    assert not any("told apart" in note for note in difference.notes)


def test_a_revised_denominator_revises_the_indicators_that_it_divides() -> None:
    """4 and 6 per 2 people, and per 4 people, times 10: 20 and 30, then 10 and 15."""
    words = {"data": PANEL["data"], "indicators": {"a": {"per": "people", "factor": 10}, "b": {}}}
    table = OLD.head(2).with_columns(year=2020, people=2, a=pl.Series([4.0, 6.0]))
    divided = indicia.read(words)
    difference = indicia.diff(divided, divided, old_table=table, new_table=table.with_columns(people=4))
    assert difference.frame("revisions").rows() == [
        ("Ash", "2020", "a", 20.0, 10.0, -10.0),
        ("Elm", "2020", "a", 30.0, 15.0, -15.0),
    ]
    whole = indicia.read({**words, "indicators": {"a": {"factor": 10}, "b": {}}})
    assert (
        indicia.diff(divided, whole, old_table=table, new_table=table).frame("revisions").is_empty()
    )  # the method changed


def test_an_edition_with_the_name_of_its_period_has_the_name_once() -> None:
    table, panel = OLD.with_columns(year=2020), indicia.read(PANEL)
    result = panel.score(table)
    assert [ScoredEdition.of_result(name, panel, result).title for name in ("2020", "old")] == ["2020", "old 2020"]


def test_a_folder_and_its_index_file_are_one_panel_and_a_folder_named_by_a_period_stays_out_of_the_names(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "2021"
    folder.mkdir()
    pl.concat([OLD.with_columns(year=year) for year in (2020, 2021)]).write_csv(folder / "towns.csv")
    words = '[data]\npath = "towns.csv"\nunit = "town"\nperiod = "year"\n[indicators]\na = { bounds = [0, 10] }\n'
    (folder / "index.toml").write_text(words, encoding="utf-8")
    difference = indicia.diff(folder, folder / "index.toml", start=2020, end=2021)
    assert difference.old.result is difference.new.result
    assert (difference.old.title, difference.new.title) == ("2020", "2021")


def test_two_periods_of_one_panel_are_two_editions() -> None:
    table = pl.concat([OLD.with_columns(year=2020), NEW.with_columns(year=2021)])
    panel = indicia.read(PANEL)
    difference = indicia.diff(panel, panel, old_table=table, new_table=table, start=2020)
    assert difference.frame("units").select("unit", "rank_old", "rank_new").rows() == [
        ("Ash", 3.0, 1.0),
        ("Elm", 2.0, 2.0),
        ("Gum", None, 3.0),
        ("Fir", 1.0, None),
    ]
    assert difference.title == "Towns · Towns 2020 → Towns 2021"
    assert [block.text for block in difference.document() if isinstance(block, Heading)] == [
        "What changed?",
        "Who moves most, and why?",
    ]


# Kinds of editions


SCORES_OLD = pl.DataFrame({"town": ["Ash", "Elm", "Fir"], "score": [0.3, 0.6, 0.8]})


def test_a_table_of_scores_tells_units_scores_and_ranks(towns: EditionDifference) -> None:
    difference = indicia.diff(SCORES_OLD, index(), new_table=NEW)
    assert (
        difference.frame("units")
        .select("unit", "status", "rank_old", "rank_new", "move")
        .equals(towns.frame("units").select("unit", "status", "rank_old", "rank_new", "move"))
    )
    assert difference.frame("units")["score_old"].to_list() == [0.3, 0.6, None, 0.8]
    assert difference.frame("methodology").is_empty()
    assert difference.frame("causes").is_empty()
    assert "a table of scores tells no causes, methodology or revisions of data: the old table" in difference.notes
    assert "the old table has no ranks: they are computed from its scores" in difference.notes


def test_two_tables_of_ranks_tell_moves_and_no_scores() -> None:
    ranks = pl.DataFrame({"Town": ["Ash", "Elm"], "Place": [2, 1]})
    difference = indicia.diff(ranks, ranks.with_columns(Place=pl.Series([1, 2])), unit="Town", rank="Place")
    assert difference.frame("units").select("unit", "move", "score_change").rows() == [
        ("Ash", -1.0, None),
        ("Elm", 1.0, None),
    ]
    assert "the new table has no scores: changes of scores cannot be told" in difference.notes


def test_ranks_of_a_table_of_scores_have_the_direction_of_the_other_edition() -> None:
    harm = index(direction="cost")
    difference = indicia.diff(SCORES_OLD, harm, new_table=NEW)
    assert difference.old.units["rank"].to_list() == [1.0, 2.0, 3.0]


def test_a_table_of_scores_may_have_the_labels_of_the_index() -> None:
    labelled = index(data={"unit": "code", "label": "town"})
    table = NEW.with_columns(code=pl.Series(["A", "E", "G"]))
    difference = indicia.diff(SCORES_OLD, labelled, new_table=table)
    assert difference.frame("units").select("unit", "label", "status").rows() == [
        ("A", "Ash", "both"),
        ("E", "Elm", "both"),
        ("G", "Gum", "entered"),
        ("Fir", "Fir", "left"),
    ]


def test_a_table_of_scores_of_a_panel_is_read_for_one_period() -> None:
    scores = pl.concat([SCORES_OLD.with_columns(year=2020), SCORES_OLD.with_columns(year=2021, score=0.5)])
    table = NEW.with_columns(year=2022)
    difference = indicia.diff(scores, indicia.read(PANEL), new_table=table, start=2020)
    assert difference.old.period == "2020"
    assert difference.frame("units").filter(unit="Ash")["score_old"].to_list() == [0.3]


def test_a_fitted_index_is_compared_with_the_table_of_its_edition(towns: EditionDifference) -> None:
    free = index(**with_indicator(bounds=None))
    fitted = indicia.fit(free, OLD)
    difference = indicia.diff(fitted, fitted, old_table=OLD, new_table=NEW)
    # a is fitted to 2–8: the scores of Ash are (0 + 0.4) / 2 = 0.2, and ((10 - 2) / 6 + 0.8) / 2
    scores = difference.frame("units").filter(unit="Ash").select("score_old", "score_new").row(0)
    assert scores == (pytest.approx(0.2), pytest.approx((8 / 6 + 0.8) / 2))
    assert any("weights are compared as numbers" in note for note in difference.notes)


def test_the_difference_of_a_free_and_a_fitted_index_is_that_statistics_are_fixed() -> None:
    fitted = indicia.fit(index(), OLD)
    difference = indicia.diff(index(), fitted, old_table=OLD, new_table=NEW)
    assert difference.pair.changes == (Change("fitted", "", "statistics", "computed", "fitted"),)


def test_fixed_statistics_that_differ_are_changes() -> None:
    free = index(**with_indicator(bounds=None))
    difference = indicia.diff(indicia.fit(free, OLD), indicia.fit(free, NEW), old_table=OLD, new_table=NEW)
    statistics = [change for change in difference.pair.changes if change.change == "statistic"]
    assert statistics == [
        Change("statistic", "a", "normalisation min", "2", "5"),
        Change("statistic", "a", "normalisation max", "8", "10"),
    ]


def test_files_are_named_by_their_folders_if_their_names_are_equal(tmp_path: Path) -> None:
    for year in ("2023", "2024"):
        (tmp_path / year).mkdir()
        SCORES_OLD.write_csv(tmp_path / year / "scores.csv")
    difference = indicia.diff(tmp_path / "2023" / "scores.csv", tmp_path / "2024" / "scores.csv")
    assert difference.title == "2023/scores.csv → 2024/scores.csv"


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with packs of both editions, and one without data."""
    folder = tmp_path_factory.mktemp("packs")
    for name, table, words in (("old", OLD, {}), ("new", NEW, with_indicator(weight=3)), ("bare", NEW, {})):
        indicia.pack(index(**words), folder / f"{name}.zip", table, with_data=name != "bare", audit=False, report=False)
    return folder


def test_packs_tell_everything(packs: Path) -> None:
    difference = indicia.diff(packs / "old.zip", packs / "new.zip")
    direct = indicia.diff(index(), index(**with_indicator(weight=3)), old_table=OLD, new_table=NEW)
    for name in difference.table_names:
        assert difference.frame(name).equals(direct.frame(name))
    assert difference.title == "Towns · old.zip → new.zip"


def test_a_pack_without_data_tells_scores_and_methodology(packs: Path) -> None:
    difference = indicia.diff(packs / "bare.zip", packs / "new.zip")
    assert difference.pair.changes == (Change("weight", "a", "weight", "1", "3"),)
    assert difference.frame("units").filter(unit="Ash")["score_old"].to_list() == pytest.approx([0.9])
    assert difference.frame("causes").is_empty()
    assert any(
        "an edition without its data tells no causes" in note and "bare.zip" in note for note in difference.notes
    )


def test_a_document_tells_scores_and_methodology(tmp_path: Path) -> None:
    index().score(OLD).export(tmp_path / "old.json")
    difference = indicia.diff(tmp_path / "old.json", index(**with_indicator(weight=3)), new_table=NEW)
    assert difference.pair.changes == (Change("weight", "a", "weight", "1", "3"),)
    assert difference.frame("units").filter(unit="Ash").select("rank_old", "rank_new").row(0) == (3.0, 1.0)
    assert any("an edition without its data" in note and "old.json" in note for note in difference.notes)


def test_scores_that_a_pack_has_otherwise_are_noted() -> None:
    edition = open_edition(index(), table=OLD)
    assert list(_departures(edition, edition.units)) == []
    packed = edition.units.with_columns(score=pl.when(pl.col("unit") == "Elm").then(0.7).otherwise("score"))
    (note,) = _departures(edition, packed)
    assert note == ("Towns gives other scores or ranks here than those packed for 1 unit: Elm")


# Renamed units


def test_a_unit_with_a_similar_name_is_noted_and_not_assumed() -> None:
    later = SCORES_OLD.with_columns(pl.col("town").replace({"Fir": "Fir2", "Ash": "Ashe"}))
    difference = indicia.diff(SCORES_OLD, later)
    assert difference.frame("units").filter(status="entered")["unit"].to_list() == ["Fir2", "Ashe"]
    assert any(
        "perhaps other names of the same units" in note and "Fir → Fir2" in note and "--rename" in note
        for note in difference.hints
    )
    assert not any("rename" in note for note in difference.notes)


def test_a_renamed_unit_is_one_unit(towns: EditionDifference) -> None:
    former = OLD.with_columns(pl.col("town").replace({"Ash": "Esh"}))
    difference = indicia.diff(index(), index(), old_table=former, new_table=NEW, renamed={"Esh": "Ash"})
    assert difference.frame("units").equals(towns.frame("units"))
    assert difference.frame("causes").equals(towns.frame("causes"))
    assert difference.frame("revisions").equals(towns.frame("revisions"))


# Rules


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("max_move > 1", "the rule max_move > 1 holds: 2 (Ash)"),
        ("mean_move >= 1", "the rule mean_move >= 1 holds: 1"),
        ("max_score_change > 0.5", "the rule max_score_change > 0.5 holds: 0.6 (Ash)"),
        ("mean_score_change > 0.2", "the rule mean_score_change > 0.2 holds: 0.3"),
        ("entered > 0", "the rule entered > 0 holds: 1 (Gum)"),
        ("left == 1", "the rule left == 1 holds: 1 (Fir)"),
        ("revised_cells != 0", "the rule revised_cells != 0 holds: 2 (a, b)"),
        ("method_changes < 1", "the rule method_changes < 1 holds: 0"),
        ("indicators_left <= 0", "the rule indicators_left <= 0 holds: 0"),
        ("indicators_entered <= 0", "the rule indicators_entered <= 0 holds: 0"),
        ("top1_changed > 0", "the rule top1_changed > 0 holds: 1 (Ash)"),
    ],
)
def test_a_rule_that_holds_names_the_figure_and_the_units(towns: EditionDifference, rule: str, sentence: str) -> None:
    assert towns.failing(rule) == (sentence,)


def test_a_rule_that_does_not_hold_has_no_sentence(towns: EditionDifference) -> None:
    assert towns.failing(["max_move > 2", "left > 1"]) == ()


def test_several_rules_are_separated_by_commas(towns: EditionDifference) -> None:
    assert len(towns.failing("max_move > 1, entered > 0, left > 5")) == 2


@pytest.mark.parametrize(
    ("rule", "fault", "remedy"),
    [
        ("max_mov > 1", 'no rule is about "max_mov"', 'did you mean "max_move"?'),
        ("top0_changed > 1", 'no rule is about "top0_changed"', "top10_changed"),
        ("max_move => 1", '"=>" in the rule "max_move => 1" is no comparison', ">="),
        ("max_move", 'cannot read the rule "max_move"', "max_move > 10"),
        ("", 'cannot read the rule ""', "max_move > 10"),
    ],
)
def test_a_wrong_rule_is_refused(towns: EditionDifference, rule: str, fault: str, remedy: str) -> None:
    with pytest.raises(IndiciaError) as caught:
        towns.failing(rule)
    assert fault in caught.value.what
    assert remedy in str(caught.value.remedy)


def test_a_rule_about_a_figure_that_the_editions_cannot_tell_is_refused() -> None:
    difference = indicia.diff(SCORES_OLD, SCORES_OLD)
    with pytest.raises(IndiciaError, match="revised_cells cannot be told of these editions") as caught:
        difference.failing("revised_cells > 0")
    assert "fitted indices with their tables" in str(caught.value.remedy)


# Errors


def test_editions_without_a_common_unit_are_refused() -> None:
    other = NEW.with_columns(town=pl.Series(["Oak", "Yew", "Box"]))
    with pytest.raises(DataError, match="no unit of") as caught:
        indicia.diff(index(), index(), old_table=OLD, new_table=other)
    assert "Ash, Elm, Fir" in str(caught.value.where)
    assert "Oak, Yew, Box" in str(caught.value.where)
    assert "--rename OLD=NEW" in str(caught.value.remedy)


def test_editions_without_a_common_indicator_are_refused() -> None:
    indicators = {"c": DEFINITION["indicators"]["a"], "d": DEFINITION["indicators"]["b"]}
    table = NEW.rename({"a": "c", "b": "d"})
    with pytest.raises(DataError, match="no indicator of") as caught:
        indicia.diff(index(), index(indicators=indicators), old_table=OLD, new_table=table)
    assert "a, b" in str(caught.value.where)
    assert "compare tables of scores" in str(caught.value.remedy)


def test_a_table_without_scores_and_ranks_is_refused() -> None:
    with pytest.raises(DataError, match="the old table has neither a column of scores nor of ranks") as caught:
        indicia.diff(OLD, SCORES_OLD)
    assert "town, a, b" in str(caught.value.where)
    assert "--score COLUMN" in str(caught.value.remedy)


def test_a_unit_twice_in_a_table_of_scores_is_refused() -> None:
    with pytest.raises(DataError, match="the old table has units more than once: Ash") as caught:
        indicia.diff(pl.concat([SCORES_OLD, SCORES_OLD.head(1)]), SCORES_OLD)
    assert "--period COLUMN" in str(caught.value.remedy)


def test_a_fitted_index_without_a_table_is_refused() -> None:
    fitted = indicia.fit(index(), OLD)
    with pytest.raises(DefinitionError, match="is a fitted index, which has no data") as caught:
        indicia.diff(fitted, index(), new_table=NEW)
    assert "--old-table" in str(caught.value.remedy)


def test_two_fitted_indices_without_tables_have_the_methodology_changes_of_those_with_tables() -> None:
    words = [{"normalisation": "z_score"}, {"normalisation": "z_score", "weighting": "critic"}]
    old, new = (
        indicia.fit(index(methodology=methodology), table) for methodology, table in zip(words, (OLD, NEW), strict=True)
    )
    without = indicia.diff(old, new)
    assert without.frame("methodology").equals(
        indicia.diff(old, new, old_table=OLD, new_table=NEW).frame("methodology")
    )
    assert {"weight", "statistic"} <= {*without.frame("methodology")["change"]}
    assert without.frame("units").is_empty()
    assert "the methodologies of two fitted indices, without units" in without.sentences()[0]
    assert "without tables" in str(without.notes[0])
    assert "--old-table and --new-table name the tables" in without.hints
    with pytest.raises(IndiciaError, match="no unit has a rank in both editions"):
        without.plot.dumbbell()


@pytest.mark.parametrize("rule", ["left > 0", "max_move > 1", "revised_cells > 0"])
def test_a_rule_on_units_cannot_be_told_of_fitted_indices_without_tables(rule: str) -> None:
    old, new = indicia.fit(index(), OLD), indicia.fit(index(), NEW)
    with pytest.raises(IndiciaError, match="cannot be told of these editions") as caught:
        indicia.diff(old, new).failing(rule)
    assert "fitted indices with their tables" in str(caught.value.remedy)


def test_an_error_in_an_edition_names_the_edition() -> None:
    gap = OLD.with_columns(a=pl.Series([None, 6.0, 8.0]))
    with pytest.raises(DataError, match="a is missing for 1 unit") as caught:
        indicia.diff(index(name="Towns of old"), index(), old_table=gap, new_table=NEW)
    assert caught.value.where == "Towns of old"


def test_another_table_than_that_of_a_pack_is_refused_with_the_option_to_write(packs: Path, tmp_path: Path) -> None:
    NEW.head(2).write_csv(tmp_path / "other.csv")
    with pytest.raises(DataError, match="is not the table") as caught:
        indicia.diff(packs / "bare.zip", packs / "new.zip", old_table=tmp_path / "other.csv")
    assert "--old-table" in str(caught.value.remedy)


def test_a_table_of_scores_has_no_further_table() -> None:
    with pytest.raises(DefinitionError, match="the new table is a table of scores") as caught:
        indicia.diff(SCORES_OLD, SCORES_OLD, new_table=NEW)
    assert "leave it out" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("renamed", "fault", "remedy"),
    [
        ({"Fer": "Gum"}, 'the renamed unit "Fer" is not in', 'did you mean "Fir"?'),
        ({"Fir": "Gom"}, 'the renamed unit "Gom" is not in', 'did you mean "Gum"?'),
        ({"Fir": "Ash"}, '"Ash" is a unit of', "leave it out"),
    ],
)
def test_a_wrong_new_name_is_refused(renamed: dict[str, str], fault: str, remedy: str) -> None:
    with pytest.raises(DataError) as caught:
        indicia.diff(index(), index(), old_table=OLD, new_table=NEW, renamed=renamed)
    assert fault in caught.value.what
    assert "--rename" in str(caught.value.where)
    assert caught.value.remedy == remedy


def test_an_unknown_period_is_refused_with_the_nearest() -> None:
    table = pl.concat([OLD.with_columns(year=2020), NEW.with_columns(year=2021)])
    panel = indicia.read(PANEL)
    with pytest.raises(DataError, match="the period 2019 is not in the data"):
        indicia.diff(panel, panel, old_table=table, new_table=table, start=2019)


# Raw values that are not published


def test_raw_values_that_an_index_withholds_are_not_in_published_tables() -> None:
    withheld = index(publication={"raw_values": False})
    difference = indicia.diff(withheld, withheld, old_table=OLD, new_table=NEW)
    assert difference.published(Diff.revisions).columns == ["unit", "indicator"]
    assert "mean_change" not in difference.published(Diff.revision_summary).columns
    assert any("not published" in note for note in difference.notes)
