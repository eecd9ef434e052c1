"""Classes of plugin files in pickles for other processes."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest
from engine_tasks import HALVED, ScoreIncomes, index_with_plugin

from indicia.errors import PluginError
from indicia_engines import calls
from indicia_engines.calls import dumps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A plugin file, in a process that has unpickled nothing."""
    monkeypatch.setattr(calls, "_IMPORTED", {})
    return tmp_path / "halver.py"


@pytest.fixture
def task(file: Path) -> ScoreIncomes:
    """A task with an index whose normalisation halves values, and comes from the plugin file."""
    return ScoreIncomes(index_with_plugin(file))


@pytest.fixture
def loads(file: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Any]:
    """Unpickle as a worker does, which has not imported the plugin file."""

    def unpickle(content: bytes) -> Any:
        monkeypatch.delitem(sys.modules, str(file))
        return pickle.loads(content)

    return unpickle


def test_a_method_of_a_plugin_file_scores_in_another_process(
    task: ScoreIncomes, loads: Callable[[bytes], ScoreIncomes]
) -> None:
    assert task([2.0, 6.0]) == [1.0, 3.0]
    assert loads(dumps(task))([2.0, 6.0]) == [1.0, 3.0]


def test_a_second_task_imports_the_plugin_file_no_more(
    task: ScoreIncomes, loads: Callable[[bytes], ScoreIncomes], file: Path
) -> None:
    content = dumps(task)
    loads(content)
    module = sys.modules[str(file)]
    pickle.loads(content)
    assert sys.modules[str(file)] is module


def test_the_driver_keeps_its_module_when_it_reads_a_reply(task: ScoreIncomes, file: Path) -> None:
    module = sys.modules[str(file)]
    assert pickle.loads(dumps(module.Halved)) is module.Halved


def test_a_plugin_file_with_other_content_on_the_worker_is_refused(
    task: ScoreIncomes, loads: Callable[[bytes], ScoreIncomes], file: Path
) -> None:
    content = dumps(task)
    file.write_text(HALVED.replace("x / 2", "x / 3"))
    with pytest.raises(PluginError, match=r"halver\.py has other content on a worker") as caught:
        loads(content)
    assert str(caught.value.where).startswith("worker ")
    assert "all workers share" in str(caught.value.remedy)


def test_a_plugin_file_that_the_worker_lacks_is_refused(
    task: ScoreIncomes, loads: Callable[[bytes], ScoreIncomes], file: Path
) -> None:
    content = dumps(task)
    file.unlink()
    with pytest.raises(PluginError, match=r"no plugin file .*halver.py on a worker") as caught:
        loads(content)
    assert "package" in str(caught.value.remedy)


def test_a_plugin_file_whose_import_fails_on_the_worker_is_named(
    loads: Callable[[bytes], ScoreIncomes], file: Path
) -> None:
    index = index_with_plugin(file)
    file.write_text("import no_such_library")
    with pytest.raises(PluginError, match=r"halver.py cannot be loaded on a worker: ModuleNotFoundError"):
        loads(dumps(ScoreIncomes(index)))


def test_a_plugin_file_that_was_edited_between_two_runs_is_imported_again(
    task: ScoreIncomes, loads: Callable[[bytes], ScoreIncomes], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its bytecode would still be that of the first file, which has the same size and second of change."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    loads(dumps(task))
    file.write_text(HALVED.replace("x / 2", "x / 4"))
    assert pickle.loads(dumps(task))([2.0, 6.0]) == [0.5, 1.5]
