"""Random indices over random cuts of their tables score as in memory, with the same weights and notes."""

import tempfile
from pathlib import Path

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings
from partition_cuts import assert_equals_memory
from random_indices import random_indices

import indicia
from indicia_partitions.summary import RunSummary, merge_summaries

NORMALISATIONS = ("min_max(lower=1, upper=100)", "rank", "percentile_rank(ties=average)", "goalposts", "z_score")
WEIGHTINGS = ("given", "equal", "entropy", "critic", "standard_deviation", "gini")
IMPUTATIONS = (None, "mean", "median", "constant(value=2)")
TREATMENTS = (None, "winsorise_quantiles", "fences")


@st.composite
def indices_in_cuts(draw):
    """Draw an index with a table, further methods, and the places where the table is cut."""
    definition, frame = draw(random_indices())
    methodology = definition["methodology"]
    normalisation = draw(st.sampled_from(NORMALISATIONS))
    if normalisation == "goalposts":
        methodology["normalisation"] = "goalposts"
        for indicator in definition["indicators"].values():
            indicator["bounds"] = [0.5, 9.5]
    elif normalisation != "z_score":
        methodology["normalisation"] = normalisation
    methodology["weighting"] = draw(st.sampled_from(WEIGHTINGS))
    for indicator in definition["indicators"].values():
        for word, methods in (("imputation", IMPUTATIONS), ("treatment", TREATMENTS)):
            if (method := draw(st.sampled_from(methods))) is not None:
                indicator[word] = method
    if draw(st.booleans()):
        definition["screening"] = {"units": draw(st.sampled_from([0.3, 0.8])), "indicators": 0.2}
    places = draw(st.lists(st.integers(0, len(frame)), min_size=1, max_size=5).map(sorted))
    return definition, frame, places


def check(case):
    definition, frame, places = case
    index = indicia.read(definition)
    try:
        memory = index.score_frame(frame)
    except indicia.errors.IndiciaError:
        return  # the errors of stages have tests of their own
    with tempfile.TemporaryDirectory() as folder:
        outcomes = assert_equals_memory(index, frame, places, Path(folder))
    notes = merge_summaries(map(RunSummary.of, outcomes)).notes(index.tree)
    assert list(map(str, notes)) == list(map(str, memory.notes[len(memory.inputs.notes) :]))


@settings(max_examples=2, derandomize=True, database=None)
@given(indices_in_cuts())
def test_random_cuts_of_a_random_index_equal_memory(case):
    check(case)


@pytest.mark.long
@pytest.mark.thorough
@settings(max_examples=60)
@given(indices_in_cuts())
def test_many_random_cuts_of_random_indices_equal_memory(case):
    check(case)


def test_parts_that_nodes_fill_are_named_from_the_deepest_node():
    dimensions = {"a": {}, "b": {}, "shared": {"parent": ["a", "b"]}, "deep": {"parent": "b"}}
    parents = {"x0": "a", "x1": "b", "x2": "shared", "x3": "deep"}
    definition = {
        "data": {"unit": "unit"},
        "dimensions": dimensions,
        "indicators": {name: {"dimension": node, "direction": "benefit"} for name, node in parents.items()},
        "methodology": {"normalisation": "min_max", "weighting": "equal", "missing": "value(value=0.3)"},
    }
    columns = {name: [1.0, None if place % 2 else 2.0, None, 4.0] for place, name in enumerate(parents)}
    check((definition, pl.DataFrame({"unit": list("abcd"), **columns}), [2]))
