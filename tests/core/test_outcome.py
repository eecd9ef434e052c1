"""The common face of results, comparisons and analyses."""

from __future__ import annotations

import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError
from indicia.outcome import Outcome
from indicia.result import Result
from indicia_after_score.robust_answer import RobustAnswer
from indicia_after_score.robustness import Robustness
from indicia_compare import ComparisonAnswer as Comparison

Outcomes = dict[type[Outcome], Outcome]

OF_NODE = {name for name, table in Robustness.tables().items() if table.of_node}
OUTCOMES = (Result, Comparison, RobustAnswer)


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    table = {"city": ["Lima", "Oslo", "<Pune>"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
    frame = pl.DataFrame(table)
    index = indicia.read(
        {"data": {"unit": "city"}, "indicators": {"income": {"name": {"en": "Income", "zh": "收入"}}, "co2": {}}}
    )
    return {
        Result: index.score(frame),
        Comparison: index.compare(table=frame, normalisation=["min_max", "z_score"], against=["Oslo"]),
        RobustAnswer: index.robustness(frame, draws=20, seed=1, weights={"spread": 0.5}),
    }


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_outcome_has_its_tables_by_name(outcomes: Outcomes, kind: type[Outcome]) -> None:
    outcome = outcomes[kind]
    needing_more = {"trends", "contributions", "sobol_indices", "reproduction", "agreement"}
    needing_more |= {"details"} if kind is Comparison else set()  # borda has none
    needing_more |= {"bands", "band_counts", "band_changes", "band_probabilities", "imputation_draws", "pooled"}
    needing_more |= {*OF_NODE, "confidence", "cross_confidence", "elementary_effects"}
    for name in set(outcome.table_names) - needing_more:
        assert outcome.frame(name) is not None
    with pytest.raises(IndiciaError, match='has no table "sores"'):
        outcome.frame("sores")


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_outcome_prints_its_title_and_its_notes(outcomes: Outcomes, kind: type[Outcome]) -> None:
    outcome = outcomes[kind]
    page = outcome._repr_html_()
    assert page.startswith("<p><b>Index · ")
    assert "<Pune>" not in page
    assert repr(outcome).startswith(outcome.title)
    for note in outcome.notes:
        read = note.in_language(None, outcome.reader_names())  # in sentences of answers, names are those for readers
        assert note in repr(outcome) or read in repr(outcome)


@pytest.mark.parametrize("kind", OUTCOMES)
def test_units_and_indicators_have_names_in_a_language(outcomes: Outcomes, kind: type[Outcome]) -> None:
    names = outcomes[kind].reader_names("zh")
    assert (names["Lima"], names["income"], names["co2"]) == ("Lima", "收入", "co2")
