"""The units that change places with a unit between two editions."""

from __future__ import annotations

from typing import Any

import polars as pl
from explanations import sentences_of
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.index import read
from indicia_editions.difference import difference_of
from indicia_editions.edition import Edition
from indicia_editions.move import explain_move
from indicia_editions.overtaken import changed_places
from indicia_editions.scored_edition import ScoredEdition

WORDS: dict[str, Any] = {"data": {"unit": "town"}, "indicators": {"x": {"bounds": [0, 10]}}}
OLD = {"town": ["Ash", "Elm", "Fir", "Oak"], "x": [8.0, 5.0, 9.0, 2.0]}
NEW = {"town": ["Ash", "Elm", "Gum", "Oak"], "x": [6.0, 7.0, 10.0, 1.0]}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12))
def test_the_places_add_up_to_the_move_where_equal_scores_share_the_best_rank(scores: list[tuple[int, int]]) -> None:
    """A score of 0 is none: the unit came or went. The first unit has both scores."""
    scores[0] = (scores[0][0] or 2, scores[0][1] or 2)
    before, after = (
        {
            f"u{number}": 1.0 + sum(other[edition] > own[edition] for other in scores)
            for number, own in enumerate(scores)
            if own[edition]
        }
        for edition in (0, 1)
    )
    places = {kind: len(units) for kind, units in changed_places("u0", before, after).items()}
    moved = after["u0"] - before["u0"]
    assert moved == places["overtook"] + places["came"] - places["passed"] - places["gone"]


def test_the_sentences_of_a_move_name_who_overtook_and_who_came_ahead() -> None:
    old, new = (Edition.of(read(WORDS), pl.DataFrame(table), name=name) for name, table in (("A", OLD), ("B", NEW)))
    sentences = sentences_of(explain_move(old, new, "Ash"))
    assert sentences[0].startswith("Ash fell from 2nd in A to 3rd in B")
    assert sentences[1:4] == [
        "Ash was overtaken by Elm.",
        "Ahead of Ash, and not in the former ranking: Gum.",
        "Ahead of Ash before, and no longer in the ranking: Fir.",
    ]
    assert "Elm overtook Ash." in sentences_of(explain_move(old, new, "Elm"))


def test_the_sentences_of_a_difference_name_who_overtook_the_largest_mover() -> None:
    index = read(WORDS)
    tables = {"A": OLD, "B": {**OLD, "x": [1.0, 5.0, 9.0, 2.0]}}
    scored = {name: index.score(pl.DataFrame(table)) for name, table in tables.items()}
    difference = difference_of(*(ScoredEdition.of_result(name, index, result) for name, result in scored.items()))
    assert difference.sentences()[1:3] == [
        "A unit in both moves 1.0 places on average, Ash most: from rank 2 to 4.",
        "Ash was overtaken by Elm, Oak.",
    ]
