"""Draws that an engine scores in blocks are those of a run in memory, to the last bit."""

from __future__ import annotations

import pickle
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DefinitionError, EngineError, WrongArgument
from indicia_after_score.robustness import Robustness
from indicia_engines import WorkerReply
from indicia_robustness import draw_blocks, draw_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from indicia.index import Index
    from indicia_after_score.robust_answer import RobustAnswer

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

POSITIVE = "min_max(lower=1, upper=9)"
Z_SCORE = "z_score(mean=50, sd=8)"
SPREAD = {"spread": 0.25}

OF_NODE = {name for name, table in Robustness.tables().items() if table.of_node}


@dataclass
class PickledCalls:
    """An engine in this process that pickles functions, items and outcomes, as workers receive and send them."""

    name: str = "dask"
    workers: int = 2
    items: list[Any] = field(default_factory=list)

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        sent = pickle.dumps(function)
        for item in items:
            self.items.append(item)
            yield pickle.loads(pickle.dumps(pickle.loads(sent)(pickle.loads(pickle.dumps(item)))))

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        return [WorkerReply("tcp://one", function())]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> PickledCalls:
    """The engine in place of Dask."""
    calls = PickledCalls()

    @contextmanager
    def opened(*_: object, **__: object) -> Iterator[PickledCalls]:
        yield calls

    monkeypatch.setattr(draw_engine, "open_engine", opened)
    return calls


def in_blocks(
    monkeypatch: pytest.MonkeyPatch, index: Index, table: pl.DataFrame, size: int, **words: Any
) -> RobustAnswer:
    """Return the analysis in blocks of a number of draws."""
    monkeypatch.setattr(draw_blocks, "BLOCK_ROWS", size * len(table))
    return index.robustness(table, engine="dask", **words)


def check_equal(answer: RobustAnswer, again: RobustAnswer) -> None:
    """Compare all arrays and tables of two analyses, bit by bit."""
    one, other = answer.figures, again.figures
    np.testing.assert_array_equal(one.compact_ranks, other.compact_ranks)
    np.testing.assert_array_equal(one.scores, other.scores)
    for name, column in one.weights.items():
        np.testing.assert_array_equal(column, other.weights[name])
    absent = set() if one.varied.imputations else {"pooled", "imputation_draws"}
    absent |= set() if one.definition.bands else {"band_probabilities"}
    absent |= set() if one.sensitivity_runs else {"sobol_indices"}
    absent |= set() if one.trajectories else {"elementary_effects"}
    absent |= {*OF_NODE, "confidence", "cross_confidence"}  # they need other choices, and have tests of their own
    for name in answer.table_names:
        if name not in absent:
            assert answer.frame(name).equals(again.frame(name)), name
    assert answer.notes == again.notes
    assert answer.title == again.title
    assert answer.manifest == again.manifest


@pytest.mark.parametrize(
    ("methodology", "varied"),
    [
        ({}, {"weights": SPREAD}),
        ({}, {"weights": {"dirichlet": 20.0}, "aggregation": ["arithmetic", "geometric"], "sensitivity": 16}),
        ({}, {"weights": {"ranges": {"economy": [0.2, 0.6]}}, "aggregation": ["topsis", "vikor"]}),
        ({}, {"weights": SPREAD, "leave_out": "indicators", "aggregation": ["geometric", "arithmetic"]}),
        ({"weighting": "critic"}, {"leave_out": "dimensions"}),
        (
            {"missing": "skip"},
            {
                "noise": 0.05,
                "weights": {"simplex": True},
                "normalisation": [POSITIVE, Z_SCORE],
                "imputation": ["mean", "constant(value=9)"],
                "leave_out": "indicators",
            },
        ),
    ],
)
def test_blocks_of_seven_draws_give_every_table_of_a_run_in_memory(
    made: Make,
    data: Data,
    engine: PickledCalls,
    monkeypatch: pytest.MonkeyPatch,
    methodology: dict[str, Any],
    varied: dict[str, Any],
) -> None:
    bands = {"band": {"of": "rank", "shares": 3}, "level": {"thresholds": [3, 5]}}
    index, table = made(methodology, bands=bands), data(gaps=bool(methodology.get("missing")))
    memory = index.robustness(table, draws=21, seed=1, **varied)
    blocks = in_blocks(monkeypatch, index, table, 7, draws=21, seed=1, **varied)
    check_equal(memory, blocks)
    assert {len(item) for item in engine.items} >= {7}


@pytest.mark.parametrize("size", [1, 1000])
def test_the_size_of_blocks_changes_nothing(
    made: Make,
    data: Data,
    choices: dict[str, Any],
    engine: PickledCalls,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
) -> None:
    index = made({"decimals": 1, "ties": "average"}, period="year")
    memory = index.robustness(data(periods=2), draws=12, seed=1, **choices)
    check_equal(memory, in_blocks(monkeypatch, index, data(periods=2), size, draws=12, seed=1, **choices))


def test_workers_read_the_inputs_once_and_receive_the_rows_of_the_design(
    made: Make, data: Data, choices: dict[str, Any], engine: PickledCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    scorer = draw_blocks.BlockInputs.scorer
    monkeypatch.setattr(draw_blocks.BlockInputs, "scorer", lambda inputs: read.append(1) or scorer(inputs))
    robust = in_blocks(monkeypatch, made(), data(), 5, draws=40, seed=1, **choices).figures
    assert read == [1]
    rows = np.concatenate(engine.items)
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, robust.design.tolist()))


def test_workers_read_no_files(made: Make, data: Data, tmp_path: Path) -> None:
    from indicia_robustness.draw_scorer import DrawScorer

    weights = tmp_path / "panel.csv"
    pl.DataFrame({"person": ["Ana", "Bo"], "economy": [1, 3], "nature": [1, 1], "water": [2, 0]}).write_csv(weights)
    robust = made().robustness(data(), draws=10, seed=1, weights={"table": str(weights)}, noise=0.1).figures
    scorer = getattr(robust.rescore, "__self__", None)
    assert isinstance(scorer, DrawScorer)
    task = draw_blocks.BlockTask.of(scorer, robust.design, "scores")
    weights.unlink()
    np.testing.assert_array_equal(task(robust.design).scores, robust.scores)


def rare(error: float = 0.4) -> pl.DataFrame:
    """Return units of which one may fall below 0 under an error of measurement."""
    return pl.DataFrame(
        {"city": ["a", "b"], "region": ["n", "n"], "jobs": [1.0, 5.0], "pay": [2.0, 3.0], "se": [error, 0.1]}
    )


def test_draws_that_fail_are_counted_over_all_blocks(
    index: Make, engine: PickledCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none", "aggregation": "geometric"})
    words = {"draws": 400, "seed": 1, "se": {"jobs": "se"}}
    memory = made.robustness(rare(), **words)
    blocks = in_blocks(monkeypatch, made, rare(), 7, **words)
    assert memory.figures.failed.any()
    np.testing.assert_array_equal(memory.figures.failed, blocks.figures.failed)
    assert memory.figures.failures == blocks.figures.failures
    check_equal(memory, blocks)


def test_more_than_one_in_a_hundred_that_fail_over_all_blocks_are_an_error(
    index: Make, engine: PickledCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none", "aggregation": "geometric"})
    with pytest.raises(DefinitionError) as raised:
        in_blocks(monkeypatch, made, rare(0.6), 7, draws=400, seed=1, se={"jobs": "se"})
    assert raised.value.what.startswith("at least 1.2% of the draws cannot be scored, and the limit is 1%: ")
    assert "geometric of index needs positive values" in raised.value.what
    assert len(engine.items) < 400 / 7  # the other blocks are not scored


def test_methods_that_make_no_index_fail_in_blocks_as_in_memory(
    made: Make, data: Data, engine: PickledCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: dict[str, Any] = {"normalisation": ["z_score", "rank"], "aggregation": ["geometric"], "draws": 20, "seed": 1}
    with pytest.raises(DefinitionError) as memory:
        made().robustness(data(), **words)
    with pytest.raises(DefinitionError) as blocks:
        in_blocks(monkeypatch, made(), data(), 7, **words)
    assert blocks.value.what.split(": ", 1)[1] == memory.value.what.split(": ", 1)[1]
    assert blocks.value.where == memory.value.where
    assert blocks.value.remedy == memory.value.remedy


def test_progress_counts_the_draws_of_blocks(
    made: Make, data: Data, engine: PickledCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []
    in_blocks(
        *(monkeypatch, made(), data(), 8),
        draws=20,
        seed=1,
        weights=SPREAD,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(8, 20), (16, 20), (20, 20)]


def test_one_worker_on_this_machine_scores_blocks_in_this_process(made: Make, data: Data) -> None:
    memory = made().robustness(data(), draws=20, seed=1, weights=SPREAD)
    check_equal(memory, made().robustness(data(), engine="partitions", workers=1, draws=20, seed=1, weights=SPREAD))


@pytest.mark.parametrize(
    ("words", "what", "remedy"),
    [
        (
            {"engine": "memroy"},
            "robustness: engine = 'memroy' must be 'memory', 'partitions', 'dask' or 'spark'",
            'did you mean "memory"?',
        ),
        ({"workers": 2}, "the engine memory has no workers", "--engine partitions"),
        ({"engine": "partitions", "workers": 0}, "0 workers cannot run anything", "--workers 1, or more"),
        (
            {"engine": "partitions", "scheduler": "tcp://a:1"},
            "the engine partitions has no scheduler",
            "--engine dask or --engine spark",
        ),
    ],
)
def test_options_of_engines_are_checked_before_the_data_are_read(
    made: Make, words: dict[str, Any], what: str, remedy: str
) -> None:
    with pytest.raises((EngineError, WrongArgument)) as raised:
        made().robustness("no such file.csv", weights=SPREAD, **words)
    assert raised.value.what == what
    assert raised.value.remedy == remedy
