"""Random weightings and aggregations have other numbers in each draw, whatever engine scores it."""

from __future__ import annotations

import pickle
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from indicia.catalogue import installed
from indicia.index import Index
from indicia.methods import Array, Indicators, MatrixAggregation, MatrixContext, Weighting
from indicia.methods.numbers import seed_of_draw
from indicia_engines import WorkerReply
from indicia_robustness import Study, draw_blocks, draw_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import polars as pl

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]


class PickledCalls:
    """An engine in this process that pickles functions, items and outcomes, as workers receive and send them."""

    name = "dask"
    workers = 2

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        sent = pickle.dumps(function)
        for item in items:
            yield pickle.loads(pickle.dumps(pickle.loads(sent)(item)))

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        return [WorkerReply("tcp://one", function())]


@dataclass(frozen=True)
class Drawn(Weighting):
    """Draw the weights."""

    name = "drawn"
    reference = "Example"
    is_random = True

    def weigh(self, indicators: Indicators) -> Array:
        return np.array([indicators.random.shared("weight", name).exponential() for name in indicators.names])


@dataclass(frozen=True)
class Disturbed(MatrixAggregation):
    """Add a random error to the mean."""

    name = "disturbed"
    reference = "Example"
    is_random = True

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return values @ weights + context.random.normal("error")


@pytest.fixture
def random(made: Make) -> Make:
    """A function that makes the index with a catalogue that has the random methods."""
    catalogue = installed().with_named("weighting", {"drawn": Drawn()})
    catalogue = catalogue.with_named("aggregation", {"disturbed": Disturbed()})

    def make(methodology: dict[str, Any], **tables: Any) -> Index:
        return Index(made(**tables).raw | {"methodology": {"normalisation": "min_max", **methodology}}, catalogue)

    return make


WORDS = ({"weighting": "drawn"}, {"weighting": "equal", "aggregation": "disturbed"})


@pytest.mark.parametrize("words", WORDS)
def test_each_draw_is_the_run_with_its_seed(random: Make, data: Data, words: dict[str, str]) -> None:
    robust = random(words).robustness(data(), seed=3, draws=4).figures
    seeds = [seed_of_draw(3, number + 1) for number in range(4)]
    runs = [random({**words, "seed": seed}).score(data()).scored.nodes["index"].to_list() for seed in seeds]
    assert robust.scores == pytest.approx(np.array(runs), rel=1e-12)
    assert [str(factor) for factor in robust.factors] == ["random numbers"]
    assert len(np.unique(robust.scores[:, 0])) == 4


def test_the_draws_of_a_method_that_is_not_random_do_not_vary(random: Make, data: Data) -> None:
    robust = random({"weighting": "drawn"}).robustness(data(), seed=1, draws=8, weighting=["drawn", "equal"]).figures
    choice = robust.design[:, 0]
    assert len(np.unique(robust.scores[choice == 1], axis=0)) == 1
    assert len(np.unique(robust.scores[choice == 0], axis=0)) == (choice == 0).sum()


@pytest.mark.parametrize("words", WORDS)
def test_errors_of_the_data_change_no_random_number(random: Make, data: Data, words: dict[str, str]) -> None:
    varied: dict[str, Any] = {"seed": 1, "draws": 3}
    plain = random(words).robustness(data(), **varied).figures
    disturbed = random(words).robustness(data(), **varied, noise=1e-12).figures
    assert disturbed.scores == pytest.approx(plain.scores, rel=1e-6)


def test_drawn_weights_take_the_place_of_random_ones(random: Make, data: Data) -> None:
    varied: dict[str, Any] = {"seed": 1, "draws": 5, "weights": {"simplex": True}}
    robust, equal = (random({"weighting": name}).robustness(data(), **varied).figures for name in ("drawn", "equal"))
    assert robust.scores == pytest.approx(equal.scores, rel=1e-12)


@pytest.mark.thorough
@pytest.mark.parametrize("words", WORDS)
def test_blocks_have_the_numbers_of_a_run_in_memory(
    monkeypatch: pytest.MonkeyPatch, random: Make, data: Data, words: dict[str, str]
) -> None:
    monkeypatch.setattr(Study, "_packages", lambda _: [])  # the methods stand in no package
    monkeypatch.setattr(draw_engine, "open_engine", lambda *_, **__: nullcontext(PickledCalls()))
    varied: dict[str, Any] = {"seed": 5, "draws": 7, "noise": 0.05, "leave_out": "indicators"}
    memory = random(words).robustness(data(), **varied).figures
    for size in (2, 5):
        monkeypatch.setattr(draw_blocks, "BLOCK_ROWS", size * len(data()))
        blocks = random(words).robustness(data(), engine="dask", **varied).figures
        np.testing.assert_array_equal(memory.scores, blocks.scores)
        np.testing.assert_array_equal(memory.compact_ranks, blocks.compact_ranks)


@pytest.mark.thorough
def test_the_order_of_the_rows_changes_no_draw(random: Make, data: Data) -> None:
    made = random(WORDS[1])
    one, other = (made.robustness(table, seed=1, draws=5).figures for table in (data(), data().reverse()))
    assert other.scores[:, ::-1] == pytest.approx(one.scores, rel=1e-12)


def test_trajectories_hold_the_numbers_fixed(random: Make, data: Data) -> None:
    robust = random(WORDS[0]).robustness(data(), seed=1, draws=8, morris=2, weighting=["drawn", "equal"]).figures
    assert robust.trajectories is not None
    assert robust.trajectories.names == ("weighting",)


def test_runs_of_the_user_have_the_numbers_of_the_index(random: Make, data: Data, tmp_path: Path) -> None:
    (tmp_path / "runs.csv").write_text("weighting\nequal\ndrawn\nequal\n")
    made = random({**WORDS[0], "seed": 9})
    robust = made.robustness(data(), seed=1, design=tmp_path / "runs.csv").figures
    assert robust.scores[1] == pytest.approx(made.score(data()).scored.nodes["index"].to_numpy(), rel=1e-12)
