"""Engines with workers: local processes, two worker processes of Dask, two executors of Spark."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NoReturn

import engine_tasks
import pytest
from clusters import is_running, killing_a_worker, worker_processes

from indicia.errors import EngineError, IndiciaWarning, UnknownColumn
from indicia_engines import check_shared_folder, check_workers, dask, installed_versions, open_engine
from indicia_engines.calls import SHARED_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from indicia_engines import Engine

pytestmark = pytest.mark.thorough


def test_workers_of_this_machine_have_the_versions_and_folders_of_the_driver(engine: Engine, tmp_path: Path) -> None:
    assert engine.workers == 2
    check_workers(engine, installed_versions())
    check_shared_folder(engine, tmp_path)
    assert len(engine.on_every_worker(os.getpid)) == (1 if engine.name == "partitions" else 2)


def test_a_worker_with_another_version_is_refused(engine: Engine) -> None:
    with pytest.raises(EngineError, match=r"a worker has polars .*, and this command has 0\.1") as caught:
        check_workers(engine, {"polars": "0.1"})
    assert str(caught.value.where).startswith("worker ")


def test_outcomes_are_in_the_order_of_the_items(engine: Engine) -> None:
    assert list(engine.map(engine_tasks.slow_square, range(7))) == [0, 1, 4, 9, 16, 25, 36]


def test_a_relative_path_names_the_same_file_on_workers(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(engine.map(engine_tasks.full_path, ["cities.csv"] * 2)) == [str(tmp_path / "cities.csv")] * 2


def test_the_error_of_the_earliest_item_arrives_with_its_words(engine: Engine) -> None:
    outcomes = engine.map(engine_tasks.fail_at_three, range(6))
    assert [next(outcomes) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(UnknownColumn) as caught:
        next(outcomes)
    assert (caught.value.where, caught.value.remedy) == ("part 3", 'did you mean "co2"?')
    assert "fail_at_three" in caught.value.__notes__[0]


def test_warnings_arrive_and_printed_text_does_no_harm(engine: Engine) -> None:
    with pytest.warns(IndiciaWarning, match="a doubtful methodology"):
        assert list(engine.map(engine_tasks.warn, [1, 1])) == [1, 1]
    assert list(engine.map(engine_tasks.print_text, [1, 2])) == [1, 2]


def test_a_method_of_a_plugin_file_runs_on_workers(engine: Engine, tmp_path: Path) -> None:
    index = engine_tasks.index_with_plugin(tmp_path / "halver.py")
    task = engine_tasks.ScoreIncomes(index)
    assert list(engine.map(task, [[2.0, 6.0], [4.0, 8.0]])) == [[1.0, 3.0], [2.0, 4.0]]


def test_a_worker_that_is_killed_while_it_works_changes_no_outcome(engine: Engine, tmp_path: Path) -> None:
    items = [(number, tmp_path) for number in range(8)]
    both_at_work, killed_file = (lambda: len(list(tmp_path.iterdir())) == 2), tmp_path / "killed"
    with killing_a_worker(engine.name, both_at_work, killed_file.touch) as killed:
        outcomes = list(engine.map(engine_tasks.LargeFunction(b"a" + bytes(SHARED_BYTES)), items))
    assert len(killed) == 1
    assert outcomes == [1, 2, 5, 10, 17, 26, 37, 50]
    assert list(engine.map(engine_tasks.square, [3, 1])) == [9, 1]  # a small function after a large one
    assert len(list(tmp_path.glob("*-*"))) > len(items)  # the item of the killed worker ran twice


def test_an_item_whose_workers_die_each_time_is_named(engine: Engine) -> None:
    outcomes = engine.map(engine_tasks.die, [0, 1, 2, 3])
    with pytest.raises(EngineError, match="died one after the other") as caught:
        list(outcomes)
    suspects = {"0", "1", "2", "3"} if engine.name == "dask" else {"2"}  # Dask suspects all items of the worker
    assert caught.value.where in suspects
    assert "memory" in str(caught.value.remedy)


DRIVER = """
import signal
import sys
import engine_tasks
from indicia_engines import open_engine
from pathlib import Path

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell without job control lets its background ignore it
with open_engine("partitions", workers=2) as engine:
    list(engine.map(engine_tasks.work_for_a_minute, [Path(sys.argv[1])] * 4))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_worker_processes_end_with_their_driver(number: signal.Signals, tmp_path: Path) -> None:
    path = os.pathsep.join(filter(None, sys.path))
    environment = os.environ | {"PYTHONPATH": path}
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(tmp_path)], env=environment, stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    workers = [process.pid for process in worker_processes("partitions")]
    driver.send_signal(number)
    driver.communicate(timeout=60)
    assert len(workers) == 2
    wait_until(lambda: not any(map(is_running, workers)))


def wait_until(condition: object, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_dask_scheduler_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 1)
    with pytest.raises(EngineError, match="no Dask scheduler replies at tcp://127") as caught:
        open_engine("dask", scheduler="tcp://127.0.0.1:9").__enter__()
    assert "dask scheduler" in str(caught.value.remedy)


def test_a_dask_that_starts_no_workers_names_the_line_that_a_script_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(**_: object) -> NoReturn:
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr("distributed.LocalCluster", failing)
    with pytest.raises(EngineError, match=r"Dask cannot start workers on this machine: Nanny failed") as caught:
        open_engine("dask", workers=1).__enter__()
    assert 'if __name__ == "__main__":' in str(caught.value.remedy)
