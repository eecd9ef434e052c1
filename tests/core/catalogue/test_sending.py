"""Functions with methods of plugin files, sent to another process."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING, Any

import pytest
from engine_tasks import HALVED, ScoreIncomes, index_with_plugin

import indicia
from indicia.catalogue import sending
from indicia.catalogue.sending import plugin_packages, with_plugin_files
from indicia.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index whose normalisation comes from a plugin file."""
    return index_with_plugin(tmp_path / "halver.py")


def in_another_process(pickled: bytes, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Unpickle without the modules of plugin files, as a worker does."""
    for name in [name for name in sys.modules if name.endswith("halver.py")]:
        monkeypatch.delitem(sys.modules, name)
    function: Callable[[Any], Any] = pickle.loads(pickled)
    return function


@pytest.fixture
def pickled(index: Index, monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setattr(sending, "_IMPORTED", {})
    return pickle.dumps(with_plugin_files(ScoreIncomes(index), index.catalogue))


def test_a_method_of_a_plugin_file_scores_in_another_process(
    index: Index, pickled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ScoreIncomes(index)([2.0, 6.0]) == [1.0, 3.0]
    assert in_another_process(pickled, monkeypatch)([2.0, 6.0]) == [1.0, 3.0]


def test_a_second_task_imports_the_plugin_file_no_more(pickled: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    in_another_process(pickled, monkeypatch)
    (name,) = [name for name in sys.modules if name.endswith("halver.py")]
    module = sys.modules[name]
    pickle.loads(pickled)
    assert sys.modules[name] is module


def test_a_plugin_file_with_other_content_on_the_worker_is_refused(
    pickled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "halver.py").write_text(HALVED.replace("x / 2", "x / 3"))
    with pytest.raises(PluginError, match=r"halver\.py has other content on a worker") as caught:
        in_another_process(pickled, monkeypatch)
    assert str(caught.value.where).startswith("worker ")
    assert "all workers share" in str(caught.value.remedy)


def test_a_plugin_file_that_the_worker_lacks_is_refused(
    pickled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "halver.py").unlink()
    with pytest.raises(PluginError, match=r"no plugin file .*halver.py on a worker") as caught:
        in_another_process(pickled, monkeypatch)
    assert "package" in str(caught.value.remedy)


def test_a_plugin_file_that_was_edited_between_two_runs_is_imported_again(
    index: Index, pickled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_another_process(pickled, monkeypatch)
    (tmp_path / "halver.py").write_text(HALVED.replace("x / 2", "x / 4"))
    again = pickle.dumps(with_plugin_files(ScoreIncomes(index), index.catalogue))
    assert pickle.loads(again)([2.0, 6.0]) == [0.5, 1.5]


def test_a_function_without_plugin_files_is_sent_as_it_is() -> None:
    catalogue = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}}}).catalogue
    assert with_plugin_files(ScoreIncomes, catalogue) is ScoreIncomes


def test_the_packages_of_plugins_are_those_of_their_entry_points(index: Index) -> None:
    assert "indicia" in plugin_packages(index.catalogue)
    assert not any(package.endswith(".py") for package in plugin_packages(index.catalogue))
