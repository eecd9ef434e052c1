"""Functions whose first argument is an index are its methods too."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import WrongArgument

if TYPE_CHECKING:
    from pathlib import Path

INDEX = indicia.read({"name": "Towns", "data": {"unit": "town"}, "indicators": {"a": {"direction": "benefit"}}})
OLD = {"town": ["Ash", "Elm", "Fir"], "a": [1.0, 3.0, 2.0]}
NEW = {"town": ["Ash", "Elm", "Fir"], "a": [4.0, 3.0, 2.0]}


def test_an_index_is_fitted_compared_and_packed_as_by_the_functions(tmp_path: Path) -> None:
    fitted = INDEX.fit(OLD)
    assert fitted.score(NEW).scores.equals(indicia.fit(INDEX, OLD).score(NEW).scores)
    later = INDEX.diff(fitted, old_table=OLD, new_table=NEW, min_rank_change=1)
    assert later.frame("movers").equals(
        indicia.diff(INDEX, fitted, old_table=OLD, new_table=NEW, min_rank_change=1).frame("movers")
    )
    assert later.frame("movers")["unit"].to_list() == ["Ash", "Elm", "Fir"]
    packed = INDEX.pack(tmp_path / "a.zip", pl.DataFrame(OLD), audit=False, report=False)
    assert packed.sha256 == indicia.pack(INDEX, tmp_path / "b.zip", OLD, audit=False, report=False).sha256


@pytest.mark.parametrize("name", ["fit", "diff", "pack"])
def test_a_method_has_the_docstring_of_the_function_and_its_arguments_but_the_index(name: str) -> None:
    function, method = getattr(indicia, name), getattr(INDEX, name)
    assert method.__doc__ == function.__doc__
    assert list(signature(method).parameters) == list(signature(function).parameters)[1:]


@pytest.mark.parametrize("wrong", [{"kep": ["bounds"]}, {"table": 3}])
def test_a_wrong_argument_of_a_method_names_the_function(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongArgument) as error:
        INDEX.fit(**wrong)
    assert "indicia.fit(" in str(error.value)
