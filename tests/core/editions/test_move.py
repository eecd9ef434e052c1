"""The explanation of a move: tables, sentences, draws and refusals."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from explanations import sentences_of

from indicia.errors import DataError, DefinitionError
from indicia.index import read
from indicia_after_score.explained import table_of_draws
from indicia_editions.drawn_move import draw_editions
from indicia_editions.edition import Edition
from indicia_editions.move import ExplainedMove, explain_move

UNITS = ["A", "B", "C", "D"]
LABELS = ["Ayr", "Bonn", "Cusco", "Dover"]
OLD = {"unit": UNITS, "name": LABELS, "x": [2.0, 0.0, 10.0, 7.0], "y": [1.0, 2.0, 0.0, 4.0], "z": [3.0, 5.0, 1.0, 2.0]}
NEW = {"unit": UNITS, "name": LABELS, "x": [9.0, 0.0, 8.0, 5.0], "y": [1.0, 3.0, 0.0, 4.0], "z": [4.0, 2.0, 1.0, 3.0]}
WORDS: dict[str, Any] = {
    "data": {"unit": "unit", "label": "name"},
    "indicators": {"x": {"dimension": "one"}, "y": {"dimension": "two"}, "z": {"dimension": "two"}},
    "dimensions": {"one": {}, "two": {}},
    "methodology": {"normalisation": "min_max(lower=1, upper=100)"},
}


def edition(columns: dict[str, Any], name: str, words: dict[str, Any] = WORDS, **methodology: Any) -> Edition:
    stated = {**words, "methodology": {**words["methodology"], **methodology}}
    return Edition.of(read(stated), pl.DataFrame(columns), name=name)


@pytest.fixture(scope="module")
def editions() -> tuple[Edition, Edition]:
    """Return two editions of four units; the new one is geometric, and A improves."""
    return edition(OLD, "2021"), edition(NEW, "2022", aggregation="geometric")


@pytest.fixture(scope="module")
def move(editions: tuple[Edition, Edition]) -> ExplainedMove:
    """Return the move of A, with draws of weights."""
    design = {"weights": {"spread": 0.25}, "draws": 20}
    return explain_move(*editions, "A", robust=draw_editions(*editions, design))


def test_the_four_causes_add_up_to_the_move_of_score_and_rank(move: ExplainedMove) -> None:
    for what, before, after, change in move.totals.iter_rows():
        parts = move.causes.filter((pl.col("what") == what) & (pl.col("cause") != "data"))["shapley"]
        assert change == after - before
        assert parts.sum() == pytest.approx(change, abs=1e-10)


def test_the_first_and_the_last_scenario_are_the_published_figures(
    move: ExplainedMove, editions: tuple[Edition, Edition]
) -> None:
    rows = move.scenarios.select("score", "rank").rows()
    published = [(float(e.scores[0]), float(e.ranks[0])) for e in editions]
    assert [rows[0], rows[-1]] == published
    assert len(rows) == 16


def test_a_label_names_the_unit(editions: tuple[Edition, Edition], move: ExplainedMove) -> None:
    assert explain_move(*editions, "Ayr").causes.equals(move.causes)


def test_parts_of_indicators_add_up_to_the_own_data_that_the_sentence_states(move: ExplainedMove) -> None:
    own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
    assert move.parts["part"].sum() == pytest.approx(own["shapley"], abs=1e-10)
    y = move.parts.row(by_predicate=pl.col("indicator") == "y", named=True)
    assert (y["old_raw"], y["new_raw"], y["part"]) == (1, 1, 0)


def test_the_sentence_divides_the_own_data_among_the_indicators(move: ExplainedMove) -> None:
    own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
    (sentence,) = [sentence for sentence in sentences_of(move) if sentence.startswith("Own data")]
    x, z = (move.parts.filter(indicator=name)["part"].item() for name in "xz")
    assert sentence == f"Own data {own['shapley']:+.1f} by indicator: x {x:+.1f}, z {z:+.1f}."


def test_a_value_that_an_edition_lacks_stands_apart() -> None:
    new = {**NEW, "z": [None, *NEW["z"][1:]]}
    old, new_edition = edition(OLD, "2021", missing="skip"), edition(new, "2022", missing="skip")
    sentences = sentences_of(explain_move(old, new_edition, "A"))
    (measured,) = [sentence for sentence in sentences if sentence.startswith("Own data")]
    assert ": x +" in measured
    assert "z" not in measured
    assert any(sentence.startswith("Ayr in 2022 has no value in z (") for sentence in sentences)


def test_weights_found_in_data_have_a_part_of_their_own() -> None:
    old, new = edition(OLD, "2021"), edition(NEW, "2022", weighting="entropy")
    move = explain_move(old, new, "A")
    own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
    assert "(weights)" in move.parts["indicator"].to_list()
    assert move.parts["part"].sum() == pytest.approx(own["shapley"], abs=1e-10)


def test_parts_of_a_method_without_closed_form_are_refused_by_name() -> None:
    old, new = edition(OLD, "2021"), edition(NEW, "2022", aggregation="topsis")
    move = explain_move(old, new, "A")
    with pytest.raises(DefinitionError, match="scored by topsis") as caught:
        _ = move.parts
    assert "causes" in str(caught.value.remedy)
    assert any(note.startswith("own data are not divided among indicators: ") for note in move.notes)


def test_parts_of_a_method_that_is_no_mean_add_up_if_rows_are_scored_alone() -> None:
    bounded = {name: {**word, "bounds": [0, 10]} for name, word in WORDS["indicators"].items()}
    words = {**WORDS, "indicators": bounded}
    move = explain_move(edition(OLD, "2021", words), edition(NEW, "2022", words, aggregation="min"), "A")
    own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
    assert move.parts["part"].sum() == pytest.approx(own["shapley"], abs=1e-10)
    assert move.parts["old_raw"].to_list() == [2, 1, 3]


def test_the_sentences_have_the_move_the_causes_and_the_certainty(move: ExplainedMove) -> None:
    headline, places, score, own, rank, *others = sentences_of(move)
    assert headline.startswith("Ayr climbed from 4th in 2021 to 1st in 2022; its score changed from ")
    assert places == "Ayr overtook Dover, Cusco, Bonn."
    assert score.startswith("Causes of the change of the score by +")
    assert own.startswith("Own data +")
    assert rank.startswith("Causes of the move in rank by +3 (a climb is positive): ")
    assert any(sentence.startswith("Ayr climbed in ") and "of 20 draws" in sentence for sentence in others)


def test_a_part_whose_sign_depends_on_the_order_is_named_as_a_convention() -> None:
    """A gains 0.5 in x and loses 0.5 in y: own data are +0.25 by the old weights 3 : 1, and -0.25 by the new ones."""
    before, after = ({"unit": UNITS[:3], "x": [x, 0.0, 1.0], "y": [y, 0.0, 1.0]} for x, y in ((0.2, 0.7), (0.7, 0.2)))
    words = {"data": {"unit": "unit"}, "methodology": {}}
    old = edition(before, "2021", {**words, "indicators": {"x": {"weight": 3}, "y": {"weight": 1}}})
    new = edition(after, "2022", {**words, "indicators": {"x": {"weight": 1}, "y": {"weight": 3}}})
    move = explain_move(old, new, "A")
    own = move.causes.row(by_predicate=(pl.col("what") == "score") & (pl.col("cause") == "own"), named=True)
    assert (own["first"], own["last"], own["shapley"]) == pytest.approx((0.25, -0.25, 0), abs=1e-15)
    (sentence,) = [sentence for sentence in sentences_of(move) if "depends on the order" in sentence]
    assert "own data in the score (from −0.250 to +0.250)" in sentence
    assert "convention" in sentence


def test_the_sentences_are_in_chinese_too(move: ExplainedMove) -> None:
    headline, *_ = sentences_of(move, "zh")
    assert headline.startswith("Ayr由2021的第 4 名升至2022的第 1 名")


def test_shares_of_draws_sum_to_one_and_a_seed_repeats_them(
    editions: tuple[Edition, Edition], move: ExplainedMove
) -> None:
    draws = table_of_draws(move.drawn).row(0, named=True)
    assert draws["climbed"] + draws["stayed"] + draws["fell"] == pytest.approx(1)
    assert draws["rank_lower"] <= draws["rank_median"] <= draws["rank_upper"]
    again = draw_editions(*editions, {"weights": {"spread": 0.25}, "draws": 20, "seed": 1})
    assert table_of_draws(explain_move(*editions, "A", robust=again).drawn).equals(table_of_draws(move.drawn))


def test_without_draws_the_table_of_draws_names_the_remedy(editions: tuple[Edition, Edition]) -> None:
    with pytest.raises(DefinitionError, match="nothing is drawn") as caught:
        table_of_draws(explain_move(*editions, "A").drawn)
    assert "--weights" in str(caught.value.remedy)


def test_the_manifest_names_both_editions(move: ExplainedMove) -> None:
    question = move.question
    assert (question["move"], question["old"]["name"], question["new"]["name"]) == ("A", "2021", "2022")
    assert question["old"]["manifest"]["data"]["sha256"] != move.result.manifest["data"]["sha256"]


def test_a_panel_notes_the_statistics_that_stay_the_same() -> None:
    both = {name: [*OLD[name], *NEW[name]] for name in OLD}
    words = {**WORDS, "data": {**WORDS["data"], "period": "year"}}
    panel = edition({**both, "year": [2021] * 4 + [2022] * 4}, "panel", words)
    (note,) = explain_move(panel.at(2021), panel.at(2022), "A").notes
    assert note.startswith("normalisation: statistics of all periods")


@pytest.mark.parametrize(
    ("dropped", "verb"), [("2021", "entered"), ("2022", "left")], ids=["entered", "left"]
)  # the edition that lacks the unit
def test_a_unit_that_came_or_went_is_refused_with_its_presence(dropped: str, verb: str) -> None:
    columns = {"2021": OLD, "2022": NEW}
    columns[dropped] = {name: values[1:] for name, values in columns[dropped].items()}
    old, new = (edition(columns[name], name) for name in columns)
    with pytest.raises(DataError, match=f"A {verb}: {dropped} does not have it") as caught:
        explain_move(old, new, "A")
    assert "indicia diff" in str(caught.value.remedy)


def test_an_unknown_unit_has_the_nearest_name_as_remedy(editions: tuple[Edition, Edition]) -> None:
    with pytest.raises(DataError, match='"Dovver" is no unit') as caught:
        explain_move(*editions, "Dovver")
    assert "Dover" in str(caught.value.remedy)


def test_a_unit_without_a_score_in_an_edition_is_refused_with_the_edition() -> None:
    old = edition(OLD, "2021", missing="skip(minimum_share=0.5)")
    new = edition({**NEW, "x": [None, *NEW["x"][1:]]}, "2022", missing="skip(minimum_share=0.9)")
    with pytest.raises(DataError, match="A has no score in 2022"):
        explain_move(old, new, "A")


def test_a_unit_without_a_score_in_one_run_is_refused_with_the_run() -> None:
    old = edition({**OLD, "x": [None, *OLD["x"][1:]]}, "2021", missing="skip(minimum_share=0.5)")
    new = edition(NEW, "2022", missing="skip(minimum_share=0.9)")
    with pytest.raises(DataError, match=r"A has no score with its own data of 2021, .* the method of 2022"):
        explain_move(old, new, "A")


def test_a_unit_that_a_method_does_not_rank_has_causes_of_its_score_alone() -> None:
    words = {**WORDS, "eligible": {"without": ["A"]}}
    move = explain_move(edition(OLD, "2021"), edition(NEW, "2022", words), "A")
    assert move.causes["what"].unique().to_list() == ["score"]
    assert sentences_of(move)[0].startswith("The score of Ayr changed from ")
    assert any("no rank" in note for note in move.notes)
