"""Runs over partitions: they equal runs in memory, and refuse methods that look at one partition only."""

import gc
import weakref
from dataclasses import dataclass
from itertools import pairwise

import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError
from indicia.partitions.mergeable import Total
from indicia.partitions.partition import Partition, for_each
from indicia_partitions.replay import Replay, ScoreJob


class Here:
    def map(self, function, items):
        for item in items:
            yield function(item)


def read(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


FRAME = pl.DataFrame(
    {
        "city": [f"c{number}" for number in range(12)],
        "income": [3.0, 1.5, 8.0, 2.0, 9.5, 4.0, 4.5, 6.0, 7.0, 1.0, 2.5, 5.5],
        "air": [1.0, 2.0, 5.0, 3.0, 8.0, 9.0, 2.5, 4.0, 7.0, 6.0, 6.5, 3.5],
        "parks": [0.5, 0.1, 0.4, 0.9, 0.2, 0.8, 0.3, 0.7, 0.6, 0.15, 0.35, 0.55],
    }
)
DEFINITION = {
    "data": {"unit": "city"},
    "dimensions": {"green": {}},
    "indicators": {"income": {}, "air": {"dimension": "green", "direction": "cost"}, "parks": {"dimension": "green"}},
}
CUTS = [0, 5, 5, 6, 12]


def partitions_of(frame: pl.DataFrame) -> list[pl.DataFrame]:
    return [frame.slice(start, end - start) for start, end in pairwise(CUTS)]


@pytest.mark.parametrize(
    ("normalisation", "weighting", "aggregation"),
    [
        ("min_max", "equal", "arithmetic"),
        ("min_max", "entropy", "arithmetic"),
        ("z_score", "equal", "arithmetic"),
        ("vector", "standard_deviation", "topsis"),
    ],
)
def test_a_run_over_partitions_equals_a_run_in_memory(normalisation, weighting, aggregation):
    index = indicia.read(DEFINITION).with_options(
        normalisation=normalisation, weighting=weighting, aggregation=aggregation
    )
    in_memory = index.score(FRAME).scored
    outcomes = Replay(ScoreJob(index, read), partitions_of(FRAME)).run(Here())
    scores = pl.concat([outcome.nodes for outcome in outcomes])
    for name in scores.columns:
        assert scores[name].to_list() == pytest.approx(in_memory.nodes[name].to_list(), rel=1e-12)


def test_the_profiles_of_columns_answer_for_extremes_means_and_counts():
    index = indicia.read({**DEFINITION, "dimensions": {}, "indicators": {"income": {}, "parks": {}}})
    index = index.with_options(normalisation="min_max", weighting="entropy", aggregation="arithmetic")
    rounds = []
    Replay(ScoreJob(index, read), partitions_of(FRAME)).run(Here(), lambda answers: rounds.append(list(answers)))
    # normalised values are straight lines of values, so that their means are known; the order costs no round of its own
    profiles, order, entropies = rounds[-1]
    assert profiles == "values as read: profiles of income, parks"
    assert order == "direction income, parks: order of scores"
    assert entropies.startswith("weights of index, normalised: sum(")
    assert [len(answers) for answers in rounds] == [1, 3]


def test_the_means_of_normalised_values_that_are_no_straight_lines_are_asked_for():
    index = indicia.read({**DEFINITION, "dimensions": {}, "indicators": {"income": {}, "parks": {}}})
    index = index.with_options(normalisation="min_max(clip=both)", weighting="entropy", aggregation="arithmetic")
    rounds = []
    Replay(ScoreJob(index, read), partitions_of(FRAME)).run(Here(), lambda answers: rounds.append(list(answers)))
    assert "normalisation: profiles of income, parks" in rounds[1]
    assert [len(answers) for answers in rounds] == [1, 3, 4]


class Rows:
    pass


@pytest.mark.thorough
def test_the_rows_of_a_partition_leave_the_memory_once_it_has_asked():
    rows = []

    def ask_of_rows(_: int, partition: Partition) -> int:
        held = [Rows()]
        rows.append(weakref.ref(held[0]))
        in_memory = sum(row() is not None for row in rows)

        def count(name: str) -> int:
            return partition.ask(name, Total(), lambda: len(held))

        # the partition and `for_each` keep exceptions, in circles that only the garbage collector would find
        assert for_each(partition, ["first", "second"], count) == [3, 3]
        return in_memory

    gc.disable()
    try:
        assert Replay(ask_of_rows, range(3)).run(Here()) == [1, 1, 1]
    finally:
        gc.enable()


@dataclass(frozen=True)
class AsksOnlyOfLargePartitions:
    def __call__(self, item: pl.DataFrame, partition: Partition) -> float:
        if len(item) > 5:
            return partition.ask("sum of income", Total(), lambda: item["income"].sum())
        return partition.ask("number of rows", Total(), lambda: len(item))


def test_a_question_that_only_some_partitions_ask_is_an_error():
    with pytest.raises(IndiciaError, match=r"partition 4 .* ask for different facts of all rows: number of rows"):
        Replay(AsksOnlyOfLargePartitions(), partitions_of(FRAME)).run(Here())
