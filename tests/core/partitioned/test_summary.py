"""The notes of a run over partitions: those of a run in memory."""

import polars as pl
import pytest
from partition_cuts import score_partitions

import indicia
from indicia_partitions.scored_files import pack, unpack
from indicia_partitions.summary import RunSummary, merge_summaries

CITIES = pl.DataFrame(
    {
        "city": [f"c{number}" for number in range(14)],
        "income": [3.0, 1.5, 8.0, 2.0, 9.5, None, 4.5, 6.0, 7.0, 1.0, 2.5, None, 5.5, 4.0],
        "air": [1.0, 2.0, None, 3.0, 8.0, None, 2.5, 4.0, 7.0, 6.0, None, None, 3.5, 5.0],
        "parks": [0.5, 0.1, 0.4, 0.9, 0.2, None, 0.3, 0.7, 0.6, 0.15, 0.35, None, 0.55, 0.45],
        "flat": [1.0] * 14,
    }
)
INDEX = {
    "data": {"unit": "city"},
    "dimensions": {"green": {}, "rich": {}},
    "indicators": {
        "income": {"dimension": "rich", "cap": 7.5, "weight": 3},
        "flat": {"dimension": "rich"},
        "air": {"dimension": "green", "direction": "cost"},
        "parks": {"dimension": "green", "bounds": [0.2, 0.8]},
    },
    "methodology": {"missing": "skip", "constant": "drop", "weighting": "given"},
}


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"screening": {"units": 0.5}},
        {"screening": {"units": 0.9, "dimensions": 0.6, "without": ["c0"]}},
        {"screening": {"without": [f"c{number}" for number in range(1, 9)]}},
        {"methodology": {**INDEX["methodology"], "imputation": "mean", "constant": "neutral"}},
        {"methodology": {**INDEX["methodology"], "missing": "value(value=0.1)"}},
        {"methodology": {**INDEX["methodology"], "missing": "propagate"}},
    ],
)
@pytest.mark.parametrize("cuts", [(5, 5, 6, 11), (1, 2, 9)])
def test_merged_notes_are_those_of_memory(words, cuts, tmp_path):
    index = indicia.read({**INDEX, **words})
    result = index.score_frame(CITIES)
    summary = merge_summaries(map(RunSummary.of, score_partitions(index, CITIES, cuts, tmp_path)))
    of_run = result.notes[len(result.inputs.notes) :]  # the others are those of the index file
    assert list(map(str, summary.notes(index.tree))) == list(map(str, of_run))
    assert summary.rows == len(result.scored.units)
    assert summary.scores["index"] == (result.scored.nodes["index"].min(), result.scored.nodes["index"].max())


def test_a_summary_survives_a_file():
    index = indicia.read(INDEX)
    (outcome, *_) = score_partitions(index, CITIES, (5,))
    summary = RunSummary.of(outcome)
    assert RunSummary.of_plain(unpack(pack(summary.to_plain()))) == summary
