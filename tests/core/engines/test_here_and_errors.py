"""The engine without workers, and the errors of options, schedulers and workers."""

from __future__ import annotations

import pickle
import socket
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import engine_tasks
import pytest

from indicia.errors import EngineError, IndiciaWarning, MissingDependency, UnknownColumn
from indicia_engines import WorkerReply, check_shared_folder, check_workers, installed_versions, open_engine
from indicia_engines.calls import answer, call_of, outcome_of, pickle_function
from indicia_engines.dask import Dask
from indicia_engines.engine import Here, in_order
from indicia_engines.spark import _failure, check_java
from indicia_engines.workers import core_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Workers:
    """An engine whose workers reply what a test says."""

    replies: list[WorkerReply]
    name: str = "dask"
    workers: int = 2
    calls: list[object] = field(default_factory=list)

    def map(self, function: Callable[[object], object], items: object) -> Iterator[object]:
        raise NotImplementedError

    def on_every_worker(self, function: Callable[[], object]) -> list[WorkerReply]:
        self.calls.append(function)
        return self.replies


def test_one_worker_is_this_process_and_outcomes_are_in_order() -> None:
    with open_engine("partitions", workers=1) as engine:
        assert isinstance(engine, Here)
        assert list(engine.map(engine_tasks.square, [3, 1, 2])) == [9, 1, 4]


def test_items_are_read_one_by_one() -> None:
    items = iter([1, 2, 3])
    with open_engine("partitions", workers=1) as engine:
        assert next(engine.map(engine_tasks.square, items)) == 1
    assert list(items) == [2, 3]


@dataclass
class Result:
    number: int
    log: list[str]

    def result(self, timeout: float | None = None) -> int:
        self.log.append(f"take {self.number}")
        return self.number

    def done(self) -> bool:
        return True

    def cancel(self) -> None:
        self.log.append(f"cancel {self.number}")


def test_at_most_a_window_of_results_is_pending_and_the_rest_is_cancelled() -> None:
    log: list[str] = []

    def submit(number: int) -> Result:
        log.append(f"submit {number}")
        return Result(number, log)

    results = in_order(submit, [1, 2, 3, 4], window=2)
    assert next(results) == 1
    assert next(results) == 2
    results.close()
    assert log == ["submit 1", "submit 2", "take 1", "submit 3", "take 2", "cancel 3"]


def reply(function: Callable[[int], object], item: int) -> object:
    return outcome_of(answer(call_of(pickle_function(function), item)))


def test_an_error_arrives_with_its_class_words_attributes_and_traceback() -> None:
    with pytest.raises(UnknownColumn) as caught:
        reply(engine_tasks.fail_at_three, 3)
    error = caught.value
    assert (error.column, error.what, error.where, error.remedy) == (
        "co3",
        'unknown column "co3"',
        "part 3",
        'did you mean "co2"?',
    )
    assert "fail_at_three" in error.__notes__[0]


def test_a_missing_dependency_keeps_its_remedy_through_a_pickle() -> None:
    error = MissingDependency("the engine dask", "dask")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_an_error_that_cannot_be_pickled_arrives_as_a_runtime_error_with_its_words() -> None:
    with pytest.raises(RuntimeError, match="UnpicklableError: this error holds a lock"):
        reply(engine_tasks.fail_with_a_lock, 1)


def test_a_warning_of_a_worker_is_issued_here() -> None:
    with pytest.warns(IndiciaWarning, match="a doubtful methodology"):
        assert reply(engine_tasks.warn, 1) == 1


def test_a_function_that_cannot_be_pickled_is_refused() -> None:
    with pytest.raises(EngineError, match="cannot be sent to workers") as caught:
        pickle_function(lambda item: item)
    assert "plugin file" in str(caught.value.remedy)


def test_a_function_that_the_worker_lacks_is_an_error_of_the_worker() -> None:
    missing = pickle_function(engine_tasks.square).replace(b"square", b"squere")
    with pytest.raises(EngineError, match=r"cannot load the run.*squere") as caught:
        outcome_of(answer(call_of(missing, 1)))
    assert str(caught.value.where).startswith("worker ")
    assert "same packages" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("name", "options", "fault", "where", "remedy"),
    [
        ("sprak", {}, 'no engine "sprak"', "--engine", 'did you mean "spark"?'),
        ("partitions", {"workers": 0}, "0 workers", "--workers", "--workers 1"),
        ("partitions", {"scheduler": "tcp://a:1"}, "partitions has no scheduler", "tcp://a:1", "--engine dask"),
        ("memory", {"workers": 2}, "memory has no workers", "--workers", "--engine partitions"),
        ("dask", {"scheduler": "tcp://a:1", "workers": 2}, "workers that were started", "--workers 2", "leave out"),
        (
            "dask",
            {"scheduler": "tpc://a:1"},
            "tpc://a:1 is no URL of a Dask scheduler",
            "--scheduler",
            "tcp://host:8786",
        ),
        ("dask", {"scheduler": "a"}, "a is no URL of a Dask scheduler", "--scheduler", "tcp://host:8786"),
        ("spark", {"scheduler": "tcp://a:1"}, "no URL of a Spark master", "--scheduler", "spark://host:7077"),
        ("spark", {"scheduler": "sc://a:1"}, "no URL of a Spark master", "--scheduler", "spark://host:7077"),
    ],
)
def test_a_wrong_option_is_refused_with_a_remedy(
    name: str, options: dict[str, object], fault: str, where: str, remedy: str
) -> None:
    with pytest.raises(EngineError, match=fault) as caught, open_engine(name, **options):
        pass
    assert where in str(caught.value.where)
    assert remedy in str(caught.value.remedy)


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that no server has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_spark_master_that_is_not_there_is_named_with_the_commands_that_start_it(closed_port: int) -> None:
    url = f"spark://127.0.0.1:{closed_port}"
    with (
        pytest.raises(EngineError, match=f"no Spark master replies at {url}") as caught,
        open_engine("spark", scheduler=url),
    ):
        pass
    assert f"sbin/start-worker.sh {url}" in str(caught.value.remedy)


@pytest.mark.parametrize(("name", "module"), [("dask", "distributed"), ("spark", "pyspark")])
def test_a_library_that_is_not_installed_is_named(name: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(MissingDependency) as caught, open_engine(name):
        pass
    assert caught.value.remedy == f"pip install 'indicia[{name}]'"


def fake_java(folder: Path, text: str) -> None:
    java = folder / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{text}' >&2\n")
    java.chmod(0o755)


def test_a_machine_without_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="no command java") as caught:
        check_java()
    assert "openjdk-17" in str(caught.value.remedy)


def test_a_java_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_java(tmp_path, 'java version "1.8.0_392"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match="needs Java 17 or newer, and this is Java 8"):
        check_java()


def test_a_java_home_without_java_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match="java -version fails") as caught:
        check_java()
    assert caught.value.where == f"JAVA_HOME={tmp_path}"


def test_workers_with_the_versions_of_the_driver_pass() -> None:
    check_workers(Here(), installed_versions())


@pytest.mark.parametrize(
    ("package", "there", "fault", "remedy"),
    [
        ("polars", "1.0", "polars 1.0, and this command has 2.0", "pip install polars==2.0"),
        ("halver", None, "no package halver", "pip install halver==2.0"),
        ("Python", "3.9", "Python 3.9, and this command has 2.0", "with Python 2.0"),
    ],
)
def test_a_worker_with_another_version_is_named(package: str, there: str | None, fault: str, remedy: str) -> None:
    workers = Workers([WorkerReply("tcp://a:1", {package: "2.0"}), WorkerReply("tcp://b:2", {package: there})])
    with pytest.raises(EngineError, match=fault) as caught:
        check_workers(workers, {package: "2.0"})
    assert caught.value.where == "worker tcp://b:2"
    assert remedy in str(caught.value.remedy)


def test_a_worker_that_runs_no_call_is_named() -> None:
    workers = Workers([WorkerReply("tcp://a:1", error=ModuleNotFoundError("No module named 'cloudpickle'"))])
    with pytest.raises(EngineError, match="No module named 'cloudpickle'") as caught:
        check_workers(workers, {})
    assert caught.value.where == "worker tcp://a:1"


def test_the_folder_of_a_worker_that_sees_it_is_shared_and_stays_empty(tmp_path: Path) -> None:
    check_shared_folder(Here(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_a_worker_does_not_see_is_named(tmp_path: Path) -> None:
    workers = Workers([WorkerReply("tcp://a:1", "a file of this command is not there")])
    with pytest.raises(EngineError, match=f"{tmp_path} is not shared") as caught:
        check_shared_folder(workers, tmp_path)
    assert caught.value.where == "worker tcp://a:1"
    assert "file system" in str(caught.value.remedy)


def test_a_quota_of_a_container_limits_the_cores(tmp_path: Path) -> None:
    quota = tmp_path / "sys/fs/cgroup/cpu.max"
    quota.parent.mkdir(parents=True)
    quota.write_text("50000 100000\n")
    assert core_count(tmp_path) == 1
    quota.write_text("max 100000\n")
    assert core_count(tmp_path) == core_count(tmp_path / "no groups")


@dataclass(frozen=True)
class Future:
    """A future of Dask that has failed."""

    error: BaseException

    def done(self) -> bool:
        return True

    def result(self) -> object:
        raise self.error

    def cancel(self) -> None: ...


@dataclass(frozen=True)
class Client:
    """A client of Dask whose calls all fail."""

    error: BaseException

    def nthreads(self) -> dict[str, int]:
        return {"tcp://a:1": 1}

    def submit(self, *_: object, **__: object) -> Future:
        return Future(self.error)


def test_a_dask_scheduler_that_is_lost_is_named() -> None:
    engine = Dask(Client(CancelledError("scheduler-connection-lost")), "tcp://a:8786")
    with pytest.raises(EngineError, match="connection to the Dask scheduler is lost") as caught:
        next(engine.map(engine_tasks.square, [1]))
    assert caught.value.where == "tcp://a:8786"
    assert "start the scheduler" in str(caught.value.remedy)


def test_a_job_that_spark_gives_up_names_the_item_of_its_task() -> None:
    message = "Job aborted due to stage failure: Task 1 in stage 17.0 failed 4 times, most recent failure: Lost task"
    error = _failure(f"{message} 0.3 in stage 17.0: Python worker exited unexpectedly (crashed)", ["part 7", "part 8"])
    assert "4 workers of Spark died" in error.what
    assert error.where == "part 8"
    assert "memory" in str(error.remedy)
    assert _failure("Job 3 cancelled\nas a whole", ["part 7"]).what == "Spark gives up: Job 3 cancelled"
