"""The measurement model of an index and of its dimensions."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import indicia
from indicia.errors import DefinitionError
from indicia_audit.facts import run_facts_of

TOWNS = pl.DataFrame({"town": ["A", "B", "C"], "trust": [1.0, 2.0, 4.0], "income": [3.0, 1.0, 2.0]})

FORMATIVE = {"index": "formative", "money": "formative"}


def read(measurement: str | None, **dimensions: dict[str, Any]) -> indicia.Index:
    top = {} if measurement is None else {"measurement": measurement}
    parts = {"trust": {"dimension": "people"}, "income": {"dimension": "money"}}
    return indicia.read({**top, "data": {"unit": "town"}, "dimensions": dimensions, "indicators": parts})


@pytest.mark.parametrize(
    ("top", "people", "models"),
    [
        (None, {}, {}),
        ("formative", {}, {"index": "formative", "people": "formative", "money": "formative"}),
        (
            "formative",
            {"measurement": "reflective"},
            {"index": "formative", "people": "reflective", "money": "formative"},
        ),
        (None, {"measurement": "reflective"}, {"people": "reflective"}),
    ],
)
def test_a_dimension_has_its_own_model_or_that_of_its_parent(
    top: str | None, people: dict[str, Any], models: dict[str, str]
) -> None:
    result = read(top, people=people, money={}).score(TOWNS)
    assert run_facts_of(result).measurement == models


def test_a_dimension_of_a_dimension_has_the_model_of_its_parent() -> None:
    index = read(None, money={"measurement": "formative"}, people={"parent": "money"})
    assert index.definition.measurement_of("people") == "formative"


def test_no_score_depends_on_the_model() -> None:
    scores = [read(top, people={}, money={}).score(TOWNS).scores for top in (None, "reflective")]
    assert scores[0].equals(scores[1])


def test_another_word_is_an_error_with_the_nearest_one() -> None:
    with pytest.raises(DefinitionError, match=r"dimensions\.people\.measurement must be 'formative' or") as caught:
        _ = read(None, people={"measurement": "reflectiv"}, money={}).definition
    assert caught.value.remedy == 'did you mean "reflective"?'
