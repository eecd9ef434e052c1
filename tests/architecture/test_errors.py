"""An error says how it is mended."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
ROOMS = sorted(
    path
    for room in ("indicia_compare", "indicia_robustness", "indicia_statistics/analysis")
    for path in (PLUGINS / room).glob("*.py")
)
ERRORS = ("IndiciaError", "DataError", "DefinitionError", "MethodError")


@pytest.mark.parametrize("path", ROOMS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_error_that_is_raised_has_a_remedy(path: Path) -> None:
    raised = (node.exc for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Raise))
    lacking = [
        f"line {call.lineno}"
        for call in raised
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ERRORS
        and all(word.arg != "remedy" for word in call.keywords)
    ]
    assert not lacking
