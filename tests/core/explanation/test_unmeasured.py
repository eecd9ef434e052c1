"""Values that nobody measured stand apart from strengths, weaknesses and drivers of gaps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from explanations import sentences_of
from hypothesis import given, settings
from random_indices import random_indices
from reference_folder import ABSENT, table_of_gallery

import indicia
from indicia.definition import ROOT
from indicia_explain.gap import explain_gap
from indicia_explain.score import explain_score
from indicia_explain.unmeasured import unmeasured

STATES = pl.DataFrame(
    {
        "state": ["Dry", "Isle", "Cape", "Bay"],
        "school": [9.0, 5.0, 6.0, 3.0],
        "clinic": [None, 4.0, 8.0, 2.0],
        "fish": [None, 1.0, 2.0, 9.0],
        "reef": [None, 2.0, 3.0, 4.0],
    }
)
WORDS: dict[str, Any] = {
    "data": {"unit": "state"},
    "dimensions": {"people": {}, "sea": {}},
    "indicators": {
        "school": {"dimension": "people", "bounds": [0, 10]},
        "clinic": {"dimension": "people", "bounds": [0, 10]},
        "fish": {"dimension": "sea", "bounds": [0, 10]},
        "reef": {"dimension": "sea", "bounds": [0, 10]},
    },
    "methodology": {"missing": "skip(minimum_share=0)", "levels": [{"missing": "skip"}]},
}


def with_methodology(**words: Any) -> dict[str, Any]:
    return {**WORDS, "methodology": {**WORDS["methodology"], **words}}


def test_a_dimension_without_values_is_no_strength_and_a_sentence_of_its_own_names_it() -> None:
    sentences = sentences_of(explain_score(indicia.read(WORDS).score(STATES), "Dry"))
    strongest = next(sentence for sentence in sentences if sentence.startswith("Strongest"))
    assert "sea" not in strongest
    # its people score 0.9, which stands in the sea too: 0.65 above the medians 0.2 and 0.3, with a weight of one half
    assert "Dry has no value in sea (+0.3250): counted at the average of its other values." in sentences


def test_no_value_of_a_unit_that_lacks_it_explains_a_gap() -> None:
    gap = explain_gap(indicia.read(WORDS).score(STATES), "Dry", "Isle")
    parts = dict(gap.parts.select("indicator", "part").iter_rows())
    drivers = [sentence for sentence in sentences_of(gap) if sentence.startswith(("Most for", "By dimension"))]
    assert parts["fish"] > parts["school"] > 0
    assert drivers == ["By dimension: people +0.225.", "Most for Dry: school +0.100."]
    # the whole dimension stands for its two indicators, so that the parts that are named sum to the gap
    (apart,) = [sentence for sentence in sentences_of(gap) if "no value" in sentence]
    assert apart == "Dry has no value in sea (+0.375), clinic (+0.125): counted at the average of its other values."


@pytest.mark.parametrize(
    ("words", "names", "reason"),
    [
        ({}, {"clinic", "fish", "reef", "sea"}, "missing"),
        ({"missing": "skip(minimum_share=0.9)"}, {"people"}, "uncounted"),
        ({"missing": "value(value=0.5)"}, {"clinic", "fish", "reef", "sea"}, "filled"),
        ({"levels": [{"missing": "value(value=0.5)"}]}, {"sea"}, "filled"),
        ({"imputation": "mean"}, {"clinic", "fish", "reef", "sea"}, "imputed"),
    ],
    ids=["skipped", "too few", "replaced", "dimension replaced", "imputed"],
)
def test_the_reason_why_a_part_is_not_measured(words: dict[str, Any], names: set[str], reason: str) -> None:
    table = STATES
    if reason == "uncounted":  # the sea has both values, and people one of two
        table = table.with_columns(fish=pl.Series([1.0, 1, 2, 9]), reef=pl.Series([1.0, 2, 3, 4]))
    reasons = unmeasured(indicia.read(with_methodology(**words)).score(table), 0)
    assert {name for name, of_part in reasons.items() if of_part == reason} >= names
    assert "sea" in reasons or reason == "uncounted"
    assert not unmeasured(indicia.read(WORDS).score(table), 1)


@settings(max_examples=6, deadline=None)
@given(random_indices())
def test_every_part_is_measured_exactly_if_a_value_below_it_counts(
    example: tuple[dict[str, Any], pl.DataFrame],
) -> None:
    """A dimension is measured if and only if some path leads from it through scores to a value of the table."""
    result = indicia.read(example[0]).score(example[1])
    scored = result.scored
    for row in range(2, len(scored.units)):
        reasons, scores = unmeasured(result, row), scored.source.columns.unrounded

        def measured(part: Any, row: int = row, scores: Any = scores) -> bool:
            if not hasattr(part, "components"):
                return scored.raw.values[part.id][row] is not None
            return scores[part.id][row] is not None and any(measured(below) for below in part.components)

        if scores[ROOT][row] is not None:
            for node in scored.tree.counting_nodes():
                if node.id != ROOT and reasons.get(node.id) != "uncounted":
                    assert (node.id not in reasons) == measured(node), (node.id, row)


SDG = Path(__file__).parents[3] / "examples" / "gallery" / "sdg_2019.toml"


@pytest.mark.skipif(not table_of_gallery(SDG).exists(), reason=ABSENT)
def test_the_landlocked_is_not_weak_in_the_life_of_the_sea() -> None:
    """SDG Index 2019: Belarus has no coast, and its goal 14 is the mean of the region."""
    sentences = indicia.read(SDG).explain(table_of_gallery(SDG), of="Belarus").sentences()
    assert not [s for s in sentences if s.startswith(("Strongest", "Weakest")) and "Life below water" in s]
    assert any(sentence.startswith("Belarus has no value in Life below water (−0.89)") for sentence in sentences)
