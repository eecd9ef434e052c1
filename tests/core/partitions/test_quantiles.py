"""Quantiles over partitions have the bits of polars."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indicia.partitions.partition import Partition, Pending
from indicia.partitions.quantiles import Quantile, QuantileSearch, ask_quantiles, ordered_bits

INTERPOLATIONS = ("linear", "lower", "higher", "nearest", "midpoint")
PROBABILITIES = (0.0, 0.1, 1 / 3, 0.5, 0.9, 1.0)


def search(
    columns: list[pl.Series],
    cuts: list[int],
    quantiles: list[Quantile],
    codes: npt.NDArray[np.int32] | None = None,
    number_of_codes: int = 1,
    **limits: int,
) -> tuple[list[pl.Series], int]:
    """Return quantiles of columns whose rows are cut into partitions, and the number of rounds."""
    edges = [0, *sorted(cuts), len(columns[0])]
    parts = [slice(start, end) for start, end in pairwise(edges)]
    state = QuantileSearch.start(quantiles, len(columns), number_of_codes, **limits)
    while (question := state.question()) is not None:
        answers = [
            question.state([column[part] for column in columns], None if codes is None else codes[part])
            for part in parts
        ]
        state = state.after(question, question.merge.value(reduce(question.merge.join, answers)))
    return state.values(), state.rounds


numbers = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 7.0]), st.floats(allow_nan=False))


@given(
    st.lists(st.tuples(numbers, numbers), max_size=30),
    st.lists(st.integers(0, 30), max_size=4),
    st.lists(st.floats(0, 1), min_size=1, max_size=2),
    st.sampled_from([(1, 2), (3, 4), (100, 2)]),
)
@settings(max_examples=25)
@example([(1.0, -1e308), (5e-324, 1e308), (2.0, None)], [1], [0.5], (1, 2))
def test_quantiles_over_partitions_are_those_of_polars(
    rows: list[tuple[float | None, float | None]],
    cuts: list[int],
    probabilities: list[float],
    limits: tuple[int, int],
) -> None:
    columns = [pl.Series(column, dtype=pl.Float64) for column in zip(*rows, strict=True)] or [
        pl.Series([], dtype=float)
    ] * 2
    quantiles = [
        Quantile(column, probability, interpolation)
        for column in range(2)
        for probability in probabilities
        for interpolation in INTERPOLATIONS
    ]
    cuts = [cut for cut in cuts if cut <= len(rows)]
    values, _ = search(columns, cuts, quantiles, most_values=limits[0], most_bins=limits[1])
    for quantile, value in zip(quantiles, values, strict=True):
        expected = columns[quantile.column].quantile(quantile.probability, quantile.interpolation)
        assert value.equals(pl.Series([expected], dtype=pl.Float64)), quantile


@given(
    st.lists(st.tuples(st.integers(-1, 3), numbers), max_size=30),
    st.lists(st.integers(0, 30), max_size=3),
    st.integers(1, 9),
)
@settings(max_examples=20)
def test_quantiles_within_groups_are_those_of_polars(
    rows: list[tuple[int, float | None]], cuts: list[int], most_values: int
) -> None:
    frame = pl.DataFrame(rows, schema={"code": pl.Int32, "x": pl.Float64}, orient="row")
    quantiles = [Quantile(0, probability) for probability in PROBABILITIES]
    values, _ = search(
        [frame["x"]],
        [cut for cut in cuts if cut <= len(rows)],
        quantiles,
        frame["code"].to_numpy(),
        5,
        most_values=most_values,
        most_bins=4,
    )
    for code in range(5):
        within = (
            frame.filter(pl.col("code") == code)
            .group_by("code")
            .agg(
                pl.col("x").quantile(quantile.probability, "linear").alias(str(number))
                for number, quantile in enumerate(quantiles)
            )
        )
        for number in range(len(quantiles)):
            expected = within[str(number)].to_list() or [None]
            assert values[number][code : code + 1].equals(pl.Series(expected, dtype=pl.Float64))


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(0).normal(size=20_000),
        np.exp(np.random.default_rng(1).normal(size=20_000) * 20),
        np.repeat([0.0, 3.0], 10_000),
        np.append(np.zeros(19_999), 1e300),
    ],
    ids=["normal", "spread over many powers of ten", "two values", "an outlier"],
)
def test_a_search_ends_after_a_few_rounds(values: npt.NDArray[np.float64]) -> None:
    column = pl.Series(values)
    quantiles = [Quantile(0, 0.25), Quantile(0, 0.5)]
    found, rounds = search([column], [5_000, 12_000], quantiles, most_values=100, most_bins=1024)
    assert [value.item() for value in found] == [column.quantile(0.25, "linear"), column.median()]
    assert rounds <= 5


def test_many_equal_values_are_counted_and_not_returned() -> None:
    column = pl.Series([0.0] * 900 + [1.0, 2.0])
    state = QuantileSearch.start([Quantile(0, 0.5)], 1, most_values=10, most_bins=4)
    while (question := state.question()) is not None:
        answer = question.state([column])
        assert question.kind != "values" or len(answer[0]) <= 10
        state = state.after(question, question.merge.value(answer))
    assert state.values()[0].item() == 0.0


def test_the_door_is_asked_once_a_round() -> None:
    halves, answers = [pl.Series([1.0, 5.0, None]), pl.Series([2.0])], {}
    while True:
        states = []
        for number, column in enumerate(halves):
            partition = Partition(number, answers)
            try:
                assert ask_quantiles(partition, "income", [Quantile(0, 0.5)], [column])[0].to_list() == [2.0]
            except Pending:
                states.append(partition.questions)
        if not states:
            break
        for key, question in states[0].items():
            answers[key] = question.merge.value(question.merge.join(question.state, states[1][key].state))
    assert sorted(answers) == ["income: quantiles, round 1", "income: quantiles, round 2"]


def test_bits_are_in_the_order_of_numbers() -> None:
    numbers = np.array([-np.inf, -1e308, -1.0, -5e-324, -0.0, 5e-324, 1.0, np.inf, np.nan])
    assert (np.diff(ordered_bits(numbers).astype(object)) > 0).all()
    assert ordered_bits(np.array([-0.0])) == ordered_bits(np.array([0.0]))
