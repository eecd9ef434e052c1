"""The room of the stages: each is one module, has a name of its own, stands in the list, and knows no run."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import Counter
from typing import TYPE_CHECKING

import grimp

from indicia import stages
from indicia.run import plan
from indicia.stages.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

MODULES = [importlib.import_module(f"{stages.__name__}.{one.name}") for one in pkgutil.iter_modules(stages.__path__)]
STAGES = [
    member
    for module in MODULES
    for _, member in inspect.getmembers(module, inspect.isclass)
    if issubclass(member, Stage) and not inspect.isabstract(member) and member.__module__ == module.__name__
]


def made(source: str) -> set[str]:
    """Return the names that are called in a module."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


def shared_names(kinds: Iterable[type[Stage]]) -> list[str]:
    return [name for name, count in Counter(kind.name for kind in kinds).items() if count > 1]


def imports_of_runs(graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Return the modules of stages that import a module of runs."""
    runs = {"indicia.run", *graph.find_descendants("indicia.run")}
    return {
        (module, imported)
        for module in ("indicia.stages", *graph.find_descendants("indicia.stages"))
        for imported in graph.find_modules_directly_imported_by(module) & runs
    }


def test_every_stage_stands_in_the_list_of_a_run() -> None:
    source = inspect.getsource(plan)
    assert len(STAGES) > 20
    assert {kind.__name__ for kind in STAGES} - made(source) == set()
    assert {kind.__name__ for kind in STAGES} - made(source.replace("LevelNoise(", "level_noise(")) == {"LevelNoise"}


def test_the_name_of_a_stage_is_its_own() -> None:
    """Statistics of a fitted index, and changes of cells, are found by it."""
    assert shared_names(STAGES) == []
    assert shared_names([*STAGES, STAGES[0]]) == [STAGES[0].name]


def test_no_stage_imports_a_run() -> None:
    graph = grimp.build_graph("indicia", cache_dir=None)
    assert imports_of_runs(graph) == set()
    graph.add_import(importer="indicia.stages.weigh", imported="indicia.run.plan")
    assert imports_of_runs(graph) == {("indicia.stages.weigh", "indicia.run.plan")}
