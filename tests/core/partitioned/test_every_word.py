"""Random indices with every word of an index file on which figures depend score over partitions as in memory."""

import tempfile
import warnings
from pathlib import Path

import pytest
from partition_cuts import assert_near
from random_words import Draw, text_of, without, words_in, words_to_use

import indicia
from indicia.errors import IndiciaError, IndiciaWarning
from indicia.partitions.partition import NeedsAllRows

ALL = 40
"""The first indices, which are compared whatever their words."""


def write(rows, data, folder, places):
    """Write a table as one file, and in parts with a header each; return both paths."""
    separator, encoding = data.get("separator", ","), data.get("encoding", "utf-8")
    header, *rows = rows
    (folder / "parts").mkdir()
    whole = folder / "whole.csv"
    whole.write_text(text_of([header, *rows], separator), encoding)
    starts = [0, *places]
    for number, (start, end) in enumerate(zip(starts, [*places, len(rows)], strict=True)):
        part = folder / "parts" / f"{number}.csv"
        part.write_text(text_of([header, *rows[start:end]], separator), encoding)
    return whole, folder / "parts"


def assert_equal(scores, expected):
    """Compare tables of scores or weights: numbers at 1e-12 of the largest, and ranks, bands and names exactly."""
    assert scores.columns == expected.columns
    for name in scores.columns:
        if scores.schema[name].is_float():
            assert_near(scores[name], expected[name], name)
        else:
            assert scores[name].to_list() == expected[name].to_list(), name


def attempt(run):
    """Return the result of a run, and its error if Indicia refuses it."""
    try:
        return run(), None
    except IndiciaError as error:
        return None, error


def compare(seed, wanted, folder, unused):
    """Compare a random run over partitions with one in memory; return which of the words matter to its figures.

    What memory refuses has to be refused over partitions too, and then nothing is compared: None. So it is with an
    index whose figures depend on none of the words, once enough are compared.
    """
    draw = Draw(seed, wanted)
    definition = draw.index()
    rows = draw.table(definition["data"])
    places = sorted(draw.chance.choice(range(1, len(rows) - 1), 2, replace=False).tolist())
    whole, parts = write(rows, definition["data"], folder, places)
    index, _ = attempt(lambda: indicia.read(definition))
    if index is None or attempt(lambda: index.tree)[1]:
        return None
    memory, refusal = attempt(lambda: index.score(whole))
    words = {
        word
        for word in unused.intersection(words_in(definition))
        if memory and matters(word, definition, whole, memory)
    }
    if seed >= ALL and not words:
        return None
    result, fault = attempt(
        lambda: index.score_partitions(folder / "scores", parts, engine="memory", rows=len(rows) // 2)
    )
    if isinstance(fault, NeedsAllRows):
        return None
    assert (refusal is None) == (fault is None), f"in memory: {refusal}; over partitions: {fault}"
    if memory is None:
        return None
    assert len(result.parts) > 1
    assert_equal(result.scan().collect(), memory.scores)
    assert_equal(result.weights.select(memory.weights.columns), memory.weights)
    return words


def matters(word, definition, table, result):
    """Return whether an index without a word is refused, or has other scores or ranks."""
    other, _ = attempt(lambda: indicia.read(without(definition, *word)).score(table))
    return other is None or not other.scores.equals(result.scores)


@pytest.mark.long
@pytest.mark.thorough
def test_partitions_score_as_memory_with_every_word_of_the_index_file():
    unused = {(place, word) for place, words in words_to_use().items() for word in words}
    for seed in range(250):
        wanted = sorted(unused)[seed % len(unused)] if unused else ("", "")
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore", IndiciaWarning)
            try:
                words = compare(seed, wanted, Path(folder), unused)
            except AssertionError as error:
                raise AssertionError(f"seed {seed} with {wanted}: {error}") from error
        unused -= words or set()
        if seed >= ALL and not unused:
            break
    assert not unused, f"no index that was scored has figures that depend on: {sorted(unused)}"
