"""Definitions, written as index files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indicia import catalogue
from indicia.definition import build_tree, define, load
from indicia.errors import IndiciaError
from indicia_methods import aggregation, imputation, normalisation, treatment, weighting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.definition import Definition, Node

METHODS = catalogue.gather(imputation, treatment, normalisation, weighting, aggregation)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Write an index file."""

    def write(toml: str) -> Path:
        path = tmp_path / "index.toml"
        path.write_text(toml, encoding="utf-8")
        return path

    return write


@pytest.fixture
def defined(written: Callable[[str], Path]) -> Callable[[str], Definition]:
    """Return the definition in an index file."""
    return lambda toml: define(*load(written(toml)))


@pytest.fixture
def planned(written: Callable[[str], Path]) -> Callable[[str], Node]:
    """Return the tree of an index file."""

    def plan_it(toml: str) -> Node:
        raw, origin = load(written(toml))
        return build_tree(define(raw, origin), METHODS, origin)

    return plan_it


@pytest.fixture
def fault(planned: Callable[[str], Node]) -> Callable[[str], str]:
    """Return the error about an index file."""

    def said(toml: str) -> str:
        with pytest.raises(IndiciaError) as caught:
            planned(toml)
        return str(caught.value)

    return said
