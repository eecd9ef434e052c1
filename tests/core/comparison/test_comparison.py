"""The figures of a comparison, computed by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.analyses import Facts
from indicia.answers.ask import held
from indicia.definition import Origin, define
from indicia.errors import DataError, DefinitionError, IndiciaError, MethodError
from indicia_after_score import compare as sentences
from indicia_after_score.compare import Compare
from indicia_compare import Comparison, ComparisonAnswer, LeftOut, Methodology
from indicia_compare.answer import Compared

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = {"name": "Cities", "data": {"unit": "city"}, "indicators": {"income": {}}}
UNITS = ("Lima", "Oslo", "Pune", "Rome")
CHOICES = (("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"))


def of(*rankings: tuple[int | None, ...], choices: tuple[tuple[str, str], ...] = CHOICES, **fields: Any) -> Comparison:
    """Return a comparison of rankings; each is of one weighting and one aggregation."""
    chosen = [dict(zip(("weighting", "aggregation"), one, strict=True)) for one in choices[: len(rankings)]]
    ranks = pl.DataFrame({"city": UNITS, **{str(number): ranks for number, ranks in enumerate(rankings, start=1)}})
    return Comparison(
        **{
            "definition": define(DEFINITION, Origin()),
            "period": None,
            "methods": tuple(
                Methodology(number, " > ".join(one.values()), one, one) for number, one in enumerate(chosen, start=1)
            ),
            "scores": ranks.with_columns(-pl.col(pl.Int64) + 10.0),
            "ranks": ranks,
            "failures": (),
            "scoring_notes": (),
            **fields,
        }
    )


def answered(comparison: Comparison) -> ComparisonAnswer:
    """Return the answer of the analysis on a comparison."""
    analysis, facts = Compare(), Facts({Compared("distinct"): comparison})
    return ComparisonAnswer(comparison.definition, analysis, held(analysis, facts), None, facts)


@pytest.fixture
def four() -> Comparison:
    """Weighting a or b, aggregation x or y."""
    return of((1, 2, 3, 4), (1, 2, 4, 3), (2, 1, 3, 4), (3, 1, 4, 2))


def test_movers_are_sorted_by_spread_and_say_where(four: Comparison) -> None:
    columns = ("city", "best", "median", "worst", "spread", "best_in", "worst_in")
    assert four.movers.select(columns).rows() == [
        ("Lima", 1, 1.5, 3, 2, 1, 4),
        ("Rome", 2, 3.5, 4, 2, 4, 1),
        ("Oslo", 1, 1.5, 2, 1, 3, 1),
        ("Pune", 3, 3.5, 4, 1, 1, 2),
    ]


@pytest.mark.parametrize(("name", "table"), [("best", "movers"), ("share", "top")])
def test_a_column_of_the_data_is_not_lost_to_a_figure_of_its_name(four: Comparison, name: str, table: str) -> None:
    renamed = replace(four, ranks=four.ranks.rename({"city": name}))
    with pytest.raises(DataError, match=f'the column "{name}" has the name of a figure'):
        _ = renamed.top(1) if table == "top" else renamed.movers


def test_an_effect_is_the_mean_shift_over_pairs_that_differ_in_that_choice_alone(four: Comparison) -> None:
    # weighting: 1-3 moves 1, 1, 0, 0 places and 2-4 moves 2, 1, 0, 1; aggregation: 1-2 0, 0, 1, 1 and 3-4 1, 0, 1, 2
    assert four.effects.rows() == [("weighting", 0.75, 2), ("aggregation", 0.75, 2)]


def test_the_agreement_by_choice_is_over_pairs_that_differ_in_that_choice_alone(four: Comparison) -> None:
    # tau of 1-3 and 2-4 for the weighting, of 1-2 and 3-4 for the aggregation: 2/3 and 1/3, 2/3 and 1/3
    rows = four.agreement_by_choice().rows()
    assert rows[0] == pytest.approx(("weighting", 0.5, 1 / 3, 2, 2, "a > y", 4, "b > y"), nan_ok=True)
    assert rows[1][:4] == pytest.approx(("aggregation", 0.5, 1 / 3, 2))
    assert rows[1][4:] == (3, "b > x", 4, "b > y")


def test_the_least_agreement_of_a_distance_is_its_largest_value(four: Comparison) -> None:
    # footrule of 1-3 and 2-4: 2 and 4
    assert four.agreement_by_choice("footrule").row(0)[:4] == ("weighting", 3.0, 4.0, 2)


def test_a_pair_of_rankings_is_shown_by_methodologies_that_differ_in_the_choice_alone() -> None:
    # the first methodologies of both rankings, 1 and 3, differ in both choices
    choices = (("a", "x"), ("a", "y"), ("b", "y"), ("c", "z"))
    found = of((1, 2, 3, 4), (1, 2, 3, 4), (2, 1, 3, 4), (2, 1, 4, 3), choices=choices)
    row = found.agreement_by_choice().filter(choice="weighting").row(0, named=True)
    assert (row["methodology"], row["other"], row["pairs"]) == (2, 3, 1)


def test_methodologies_with_names_have_them_in_tables(four: Comparison) -> None:
    named = replace(four, methods=tuple(replace(method, label=f"m{method.number}") for method in four.methods))
    assert named.agreement().columns == ["methodology", "m1", "m2", "m3", "m4"]
    assert named.agreement().drop("methodology").rows() == four.agreement().drop("methodology").rows()
    assert named.agreement()["methodology"].to_list() == ["m1", "m2", "m3", "m4"]
    assert named.movers.select("best_in", "worst_in").row(0) == ("m1", "m4")
    assert named.movers.drop("best_in", "worst_in").equals(four.movers.drop("best_in", "worst_in"))
    assert "m4" in sentences.on_movers(named)[0]
    assert four.agreement().columns == ["methodology", "1", "2", "3", "4"]


def test_a_choice_that_never_changes_alone_has_no_effect() -> None:
    found = of((1, 2, 3, 4), (2, 1, 3, 4), choices=(("a", "x"), ("b", "y")))
    assert found.effects.rows() == [("weighting", None, 0), ("aggregation", None, 0)]
    assert sentences.on_effects(found) == [
        "No two methodologies differ in a single choice, so the effect of a choice cannot be measured."
    ]


def test_a_unit_is_stable_within_k_places_of_its_own_median(four: Comparison) -> None:
    assert four.stable(0) == []
    assert four.stable(0.5) == ["Oslo", "Pune"]
    assert four.stable(1.5) == list(UNITS)


def test_the_overlap_at_the_top_is_counted_by_methodology(four: Comparison) -> None:
    assert four.top(2).rows() == [("Oslo", 4, 1.0), ("Lima", 3, 0.75), ("Rome", 1, 0.25)]


LEVELS = (("min_max", "x"), ("min_max", "y"), ("rank", "x"), ("rank", "y"), ("copy", "x"), ("copy", "y"))
SIX = ((1, 2, 3, 4), (4, 1, 2, 3), (1, 2, 4, 3), (4, 2, 1, 3), (1, 2, 3, 4), (4, 1, 2, 3))
"""The last two rankings are those of the first two: "copy" ranks as min_max does."""


def test_distinct_rankings_are_those_in_which_some_unit_has_another_rank() -> None:
    found = of(*SIX, choices=LEVELS)
    assert [one.number for one in found.distinct_methods] == [1, 2, 3, 4]
    assert found.rankings.rows() == [
        (1, "min_max > x", 2, "1, 5"),
        (2, "min_max > y", 2, "2, 6"),
        (3, "rank > x", 1, "3"),
        (4, "rank > y", 1, "4"),
    ]


def test_the_title_tells_the_number_of_distinct_rankings_where_methodologies_share_one() -> None:
    assert of(*SIX, choices=LEVELS).title == "Cities · 6 methodologies with 4 distinct rankings · 4 ranked units"
    assert of(*SIX[:4], choices=LEVELS).title == "Cities · 4 methodologies · 4 ranked units"
    assert of(SIX[0], SIX[0]).title == "Cities · 2 methodologies with 1 distinct ranking · 4 ranked units"


def test_a_methodology_that_ranks_as_another_does_changes_no_figure() -> None:
    """A comparison of four rankings gives the same figures when two of the rankings occur twice."""
    four, six = of(*SIX[:4], choices=LEVELS), of(*SIX, choices=LEVELS)
    assert six.top(1).rows() == four.top(1).rows() == [("Lima", 2, 0.5), ("Oslo", 1, 0.25), ("Pune", 1, 0.25)]
    assert six.effects.rows() == four.effects.rows()
    assert six.stable(0.5) == four.stable(0.5)
    columns = ("city", "best", "median", "worst", "spread", "best_in", "worst_in")
    assert six.movers.select(columns).rows() == four.movers.select(columns).rows()
    for method in ("borda", "mean_rank", "median", "kemeny"):
        assert six.consensus(method)["rank"].to_list() == four.consensus(method)["rank"].to_list(), method
    middle = {row[0]: row[1] for row in six.specification().select("methodology", "mean_shift").rows()}
    assert {number: middle[number] for number in (1, 2, 3, 4)} == dict(
        four.specification().select("methodology", "mean_shift").rows()
    )
    assert (middle[5], middle[6]) == (middle[1], middle[2])
    assert sentences.on_agreement(six, "kendall") == sentences.on_agreement(four, "kendall")
    assert sentences.on_agreement(six, "footrule") == sentences.on_agreement(four, "footrule")


def test_on_request_every_methodology_counts() -> None:
    found = of(*SIX, choices=LEVELS, count="all")
    assert found.top(1).rows() == [("Lima", 3, 0.5), ("Oslo", 2, 1 / 3), ("Pune", 1, 1 / 6)]
    # weighting: 1-3 and 3-5 move 1/2 a place, 2-4 and 4-6 1/2, 1-5 and 2-6 none
    assert found.effects.filter(choice="weighting").row(0) == pytest.approx(("weighting", 1 / 3, 6))
    assert found.movers.filter(city="Oslo")["median"].item() == 2.0
    assert found.consensus("mean_rank").filter(city="Rome")["score"].item() == pytest.approx(20 / 6)


def test_the_effect_of_a_choice_is_averaged_over_pairs_of_distinct_rankings() -> None:
    # weighting: 1-3 and 2-4 move 1/2 a place each; 3-5 and 4-6 are these pairs again, 1-5 and 2-6 are no pairs.
    # aggregation: 1-2 moves (3 + 1 + 1 + 1) / 4 places, 3-4 (3 + 0 + 3 + 0) / 4; 5-6 is 1-2 again
    effects = {row[0]: row[1:] for row in of(*SIX, choices=LEVELS).effects.rows()}
    assert effects == {"weighting": (0.5, 2), "aggregation": (1.5, 2)}


def test_a_choice_that_moves_no_unit_under_another_choice_counts_there_once_as_none() -> None:
    """Aggregation y ranks alike under all three weightings, as promethee does under normalisations."""
    same, options = (4, 1, 2, 3), ("a", "b", "c")
    choices = tuple((weighting, aggregation) for aggregation in ("x", "y") for weighting in options)
    found = of((1, 2, 3, 4), (1, 2, 4, 3), (2, 1, 3, 4), same, same, same, choices=choices)
    # x: a-b and a-c move 1/2 a place, b-c 1; y: none, once
    assert found.effects.filter(choice="weighting").rows() == [("weighting", 0.5, 4)]
    every = replace(found, count="all")
    assert every.effects.filter(choice="weighting").rows() == [("weighting", pytest.approx(1 / 3), 6)]


def test_a_choice_that_never_moves_a_unit_has_no_effect_and_is_not_without_one() -> None:
    found = of((1, 2, 3, 4), (2, 1, 3, 4), (1, 2, 3, 4), (2, 1, 3, 4))
    assert dict(found.effects.select("choice", "mean_shift").rows()) == {"aggregation": 0.5, "weighting": 0.0}


def test_sentences_count_distinct_rankings() -> None:
    found = of(*SIX, choices=LEVELS)
    assert sentences.on_units(found, 2, 0.5)[:2] == [
        "First in 2 of 4 distinct rankings: Lima.",
        "Also first: Oslo (1) · Pune (1).",
    ]
    (line,) = sentences.on_distinct(found)
    assert line.startswith("The 6 methodologies give 4 distinct rankings")
    assert "--count all" in line
    every = replace(found, count="all")
    assert sentences.on_units(every, 2, 0.5)[:2] == [
        "First in 3 of 6 methodologies: Lima.",
        "Also first: Oslo (2) · Pune (1).",
    ]
    assert sentences.on_distinct(every)[0].endswith("each counts as often as it occurs.")
    assert sentences.on_distinct(of(*SIX[:4], choices=LEVELS)) == []


def test_methodologies_that_all_rank_alike_are_told_to_and_have_no_agreement_to_average() -> None:
    same = of((1, 2, 3, 4), (1, 2, 3, 4))
    assert sentences.on_distinct(same) == ["All 2 methodologies give the same ranking."]
    assert sentences.on_agreement(same, "kendall") == []
    assert sentences.on_units(same, 1, 0)[0] == "First in every methodology: Lima."


def test_agreement_is_kendalls_unless_said(four: Comparison) -> None:
    assert four.agreement().row(0) == pytest.approx((1, 1.0, 2 / 3, 2 / 3, 0.0))
    assert four.agreement("spearman").row(0) == pytest.approx((1, 1.0, 0.8, 0.8, 0.0))


def test_a_consensus_is_sorted_by_rank(four: Comparison) -> None:
    assert four.consensus("mean_rank").rows() == [
        ("Oslo", 1.5, 1.0),
        ("Lima", 1.75, 2.0),
        ("Rome", 3.25, 3.0),
        ("Pune", 3.5, 4.0),
    ]


def test_a_specification_curve_is_sorted_by_the_rank_of_a_unit(four: Comparison) -> None:
    curve = four.specification("Lima")
    assert curve.columns == ["methodology", "rank", "score", "label", "weighting", "aggregation"]
    assert curve.select("methodology", "rank", "score").rows() == [(1, 1, 9.0), (2, 1, 9.0), (3, 2, 8.0), (4, 3, 7.0)]


def test_a_specification_without_a_unit_begins_near_the_middle(four: Comparison) -> None:
    assert four.specification().select("methodology", "mean_shift").row(0) == (1, 0.5)


def test_a_specification_of_an_unknown_unit_names_the_nearest(four: Comparison) -> None:
    with pytest.raises(DataError, match='"Oslos" is no unit') as caught:
        four.specification("Oslos")
    assert caught.value.remedy == 'did you mean "Oslo"?'


def test_units_that_some_methodologies_do_not_rank_are_left_out_and_ranks_taken_anew() -> None:
    found = of((1, 2, 3, 4), (1, None, 3, 2))
    assert found.unranked == ["Oslo"]
    assert found.common_ranks.rows() == [("Lima", 1, 1), ("Pune", 2, 3), ("Rome", 3, 2)]
    assert "not ranked by every methodology, and not compared: Oslo" in found.notes
    assert found.ranks["1"].to_list() == [1, 2, 3, 4]


def test_a_unit_that_no_methodology_ranks_is_not_compared_and_not_missed() -> None:
    found = of((1, 2, 3, None), (2, 1, 3, None))
    assert found.unranked == []
    assert found.common_ranks["city"].to_list() == ["Lima", "Oslo", "Pune"]


def test_methodologies_that_rank_no_two_units_alike_cannot_be_compared() -> None:
    with pytest.raises(DataError, match="fewer than two units are ranked by every methodology"):
        _ = of((1, 2, None, None), (None, None, 1, 2)).movers


def test_reasons_are_told_once_for_all_that_share_them() -> None:
    failures = tuple(
        LeftOut(f"{weighting} > y", {"weighting": weighting, "aggregation": "y"}, "y needs more")
        for weighting in ("a", "b", "c")
    )
    found = of((1, 2, 3, 4), (2, 1, 3, 4), failures=failures)
    assert found.notes == ("left out: … > y (3): y needs more",)
    assert found.left_out.rows()[0] == ("a > y", "y needs more")
    assert found.title == "Cities · 2 methodologies, 3 left out · 4 ranked units"


def test_every_table_has_a_name(four: Comparison) -> None:
    answer = answered(four)
    of_inputs = {"audit", "stability", "iterated"}  # the comparison has no inputs
    without = {"band_changes", "details"}  # of bands, and of other consensuses than borda
    for name in set(Compare.tables()) - of_inputs - without:
        if name != "reproduction":
            assert isinstance(answer.frame(name), pl.DataFrame), name
    with pytest.raises(IndiciaError, match='no table "rank"'):
        answer.frame("rank")


def test_a_comparison_shows_itself_in_a_notebook(four: Comparison) -> None:
    assert repr(answered(four)).startswith("Cities · 4 methodologies · 4 ranked units\n")
    assert "<table" in answered(four)._repr_html_()


# weights of rankings, and units that some methodologies rank


def test_a_ranking_counts_with_its_weight_in_the_consensus(four: Comparison) -> None:
    # points by rank 3 2 1 0: Lima 3 + 3 + 2 + 1, and 4 times the last one
    assert dict(four.consensus().select("city", "score").rows())["Lima"] == 9
    assert dict(four.consensus(weights={"4": 4}).select("city", "score").rows())["Lima"] == 12
    assert four.consensus(weights={"b > y": 4}).equals(four.consensus(weights={"4": 4}))
    assert four.consensus(weights={"4": 4})["city"][0] == "Oslo"


def test_a_ranking_that_counts_once_has_the_weight_of_any_of_its_methodologies() -> None:
    same = of((1, 2, 3, 4), (1, 2, 3, 4), (2, 1, 3, 4))
    for name in ("1", "2", "a > y"):
        assert dict(same.consensus(weights={name: 2}).select("city", "score").rows()) == {
            "Lima": 8,
            "Oslo": 7,
            "Pune": 3,
            "Rome": 0,
        }
    with pytest.raises(DefinitionError, match="a > x and a > y give the same ranking, which counts once"):
        same.consensus(weights={"1": 2, "2": 3})
    every = replace(same, count="all").consensus(weights={"1": 2, "2": 3})
    assert dict(every.select("city", "score").rows())["Lima"] == 17


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"a > z": 2}, '"a > z" has a weight and is no methodology'),
        ({"1": 2, "a > x": 2}, "methodology 1 has two weights"),
        ({"1": -2}, "must be a number above 0"),
    ],
)
def test_a_weight_belongs_to_one_methodology(four: Comparison, weights: dict[str, float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        four.consensus(weights=weights)


def test_a_consensus_that_takes_no_weights_or_lists_is_refused(four: Comparison) -> None:
    with pytest.raises(MethodError, match="median takes no weights"):
        four.consensus("median", weights={"1": 2})
    with pytest.raises(DefinitionError, match='consensus has no units "some"'):
        four.consensus(units="some")  # type: ignore[arg-type]
    lists = of((1, 2, 3, None), (1, 2, 3, 4))
    with pytest.raises(DataError, match="median needs a rank of each unit, and only some methodologies rank Rome"):
        lists.consensus("median", units="all")


def test_units_that_some_methodologies_rank_are_in_the_consensus_of_all_units() -> None:
    lists = of((1, 2, 3, None), (2, 3, 4, 1))
    assert lists.consensus()["city"].to_list() == ["Lima", "Oslo", "Pune"]
    # a list of three of four units leaves the last no point: 3 2 1 0 and 2 1 0 3
    assert lists.consensus(units="all").rows() == [
        ("Lima", 5.0, 1.0),
        ("Oslo", 3.0, 2.5),
        ("Rome", 3.0, 2.5),
        ("Pune", 1.0, 4.0),
    ]


# against what was published


def test_published_ranks_are_compared_unit_by_unit(four: Comparison) -> None:
    published = pl.DataFrame({"city": UNITS, "rank": [2, 1, 3, 4]})
    rows = four.against(published).select("methodology", "agreement", "mean_shift", "equal_ranks", "of").rows()
    assert rows[0] == (3, 1.0, 0.0, 4, 4)
    assert rows[1] == pytest.approx((1, 2 / 3, 0.5, 2, 4))


def test_published_scores_are_ranked_the_highest_first(four: Comparison) -> None:
    published = pl.DataFrame({"city": ["Rome", "Lima", "Pune", "Oslo"], "score": [6.0, 9.0, 7.0, 8.0]})
    row = four.against(published).row(0, named=True)
    assert (row["methodology"], row["agreement"], row["equal_scores"]) == (1, 1.0, 4)
    assert "equal_ranks" not in row


@pytest.mark.parametrize("published", [["Rome", "Oslo"], pl.DataFrame({"name": ["Rome", "Oslo"]})])
def test_a_published_set_counts_how_many_are_among_the_first(four: Comparison, published: object) -> None:
    rows = four.against(published).select("methodology", "recovered", "of").rows()
    assert rows == [(4, 2, 2), (1, 1, 2), (2, 1, 2), (3, 1, 2)]


def test_a_list_of_names_needs_no_heading(four: Comparison, tmp_path: Path) -> None:
    (tmp_path / "top.csv").write_text("Rome\nOslo\n")
    assert four.against(tmp_path / "top.csv").row(0, named=True)["recovered"] == 2


def test_published_units_that_the_data_do_not_have_are_named(four: Comparison) -> None:
    published = pl.DataFrame({"city": ["Quito", "Lima", "Rome", "Oslo"], "rank": [1, 2, 3, 4]})
    read = four.read_published(published)
    assert read is not None
    assert read.unknown == ("Quito",)
    row = four.against(published).row(0, named=True)
    assert (row["of"], row["equal_ranks"]) == (3, 1)


@pytest.mark.parametrize(
    ("published", "message"),
    [
        (["Lima", "Osla"], "names units that the data do not have: Osla"),
        (pl.DataFrame({"city": ["Quito"], "rank": [1]}), "no unit of the published ranking is in the data"),
        (pl.DataFrame({"city": ["Lima"], "place": [1]}), "has neither a column rank nor a column score"),
        (pl.DataFrame({"city": ["Lima", "Lima"], "rank": [1, 2]}), "has units more than once: Lima"),
        (pl.DataFrame({"rank": [1, 2]}), "has no column of units"),
        ("nowhere.csv", "nowhere.csv"),
    ],
)
def test_what_cannot_be_compared_with_is_one_clear_message(four: Comparison, published: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        four.against(published)


def test_without_a_published_ranking_there_is_nothing_to_recover(four: Comparison) -> None:
    with pytest.raises(IndiciaError, match="there is no published ranking"):
        _ = four.against()


def test_published_ranks_that_are_all_tied_have_no_agreement(four: Comparison) -> None:
    row = four.against(pl.DataFrame({"city": UNITS, "rank": [1, 1, 1, 1]})).row(0, named=True)
    assert row["agreement"] is None


# in sentences


def test_sentences_say_how_many_pairs_are_in_the_same_order(four: Comparison) -> None:
    lines = sentences.on_agreement(four, "kendall")
    assert lines[0].startswith("Two of the rankings put about 69 of any 100 pairs of units in the same order")
    assert lines[1] == "The two least alike: a > x and b > y (50 of 100 pairs, 0.00)."


def test_sentences_of_a_distance_name_the_largest_as_least_alike(four: Comparison) -> None:
    lines = sentences.on_agreement(four, "footrule")
    assert lines[0].endswith("(0 is the same ranking).")
    assert lines[1].startswith("The two least alike: a > x and b > y")


def test_sentences_name_who_is_first_and_who_stays(four: Comparison) -> None:
    assert sentences.on_units(four, 2, 0.5) == [
        "First in 2 of 4 methodologies: Lima.",
        "Also first: Oslo (2).",
        "Among the first 2 in every methodology (1 unit): Oslo.",
        "Within 0.5 places of their own median rank in every methodology (2 units of 4): Oslo · Pune.",
    ]


def test_sentences_say_where_the_largest_mover_stands(four: Comparison) -> None:
    assert sentences.on_movers(four) == ["Lima has rank 1 by a > x, rank 3 by b > y."]


def test_rankings_that_are_the_same_move_nobody() -> None:
    same = of((1, 2, 3, 4), (1, 2, 3, 4))
    assert sentences.on_movers(same) == ["No unit moves: all rankings are the same."]
    assert sentences.on_effects(same) == ["No choice moves any unit."]
