"""The example of each hook of methods is a plugin that keeps the promises of its kind."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.catalogue import hookspecs
from indicia.catalogue.hookspecs import KINDS
from indicia.testing import check_method

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.catalogue.hookspecs import Kind

    Example = Callable[[Kind], Any]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Example:
    """Return a function that returns a method of the class in the docstring of a hook."""
    monkeypatch.syspath_prepend(tmp_path)

    def example_of(kind: Kind) -> Any:
        text = inspect.getdoc(getattr(hookspecs, kind.hook)) or ""
        name = f"example_of_{kind.hook}"
        (tmp_path / f"{name}.py").write_text(text.partition("Examples\n--------\n")[2], encoding="utf-8")
        (offered,) = getattr(import_module(name), kind.hook)()
        return offered()

    return example_of


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.usefixtures("fewer_tables", "fewer_edges")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_a_hook_keeps_the_promises_of_its_kind(example: Example, kind: Kind) -> None:
    check_method(example(kind))


def test_the_example_of_a_normalisation_follows_the_direction_of_benefits_and_costs(example: Example) -> None:
    halved = example(next(kind for kind in KINDS if kind.name == "normalisation"))
    words = {"income": {"direction": "benefit"}, "co2": {"direction": "cost"}}
    index = indicia.read({"data": {"unit": "city"}, "indicators": words, "methodology": {"normalisation": halved}})
    table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [2.0, 8.0], "co2": [4.0, 1.0]})
    assert index.score(table).normalised.drop("city").rows() == [(0.125, 0.125), (0.5, 0.5)]
