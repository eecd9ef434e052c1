"""The core names no method but in `indicia.defaults`."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indicia import defaults
from indicia.catalogue import KINDS, installed
from indicia.catalogue.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Iterator

CORE = Path(defaults.__file__).parent
WORDS = {
    *("min", "max", "mean", "median", "sum", "product", "log", "power", "round", "scale"),  # statistics and operations
    *("rank", "ranks", "row", "parent", "constant", "linear", "factor", "nearest", "none", "robust"),
    *("formula", "equal", "given", "limits", "scaled"),
    *("gini", "psi"),  # the index of inequality, and the letter
    "base_period",  # a column of SDMX
}
"""The names of methods that are words of the core too."""
EXEMPT = {
    "defaults.py": "the place of these names",
    "cli/__init__.py": "examples in the help",
    "cli/index_options.py": "examples in the help",
    "methods/formula_parser.py": "arithmetic is a word",
    "recognition/coin_tool.py": "the words of the COIN Tool",
    "recognition/coinr.py": "the words of COINr",
    "recognition/indicator_lists.py": "the remedy for a column of targets",
    "report/whatif.py": "the script of the page computes these means itself",
    "report/words.py": "the names of methods in the languages of the page",
}
KIND_OF = {
    "NORMALISATION": "normalisation",
    "WEIGHTING": "weighting",
    "AGGREGATION": "aggregation",
    "AGREEMENT": "agreement",
    "CONSENSUS": "consensus",
}


def texts(module: Path) -> Iterator[tuple[int, str]]:
    """Yield the texts of a module with their lines, docstrings left out."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docstrings = {
        id(statement.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_no_module_of_the_core_names_a_method() -> None:
    names = {name for kind in KINDS for name in installed(only=()).names(kind.name)} - WORDS
    word = re.compile(r"[\w-]+")
    found = [
        f"{module.relative_to(CORE)}:{line}: {match[0]}"
        for module in sorted(CORE.rglob("*.py"))
        if module.relative_to(CORE).as_posix() not in EXEMPT
        for line, text in texts(module)
        for match in word.finditer(text)
        if match[0] in names
    ]
    assert not found


@pytest.mark.parametrize("constant", [name for name in vars(defaults) if name.isupper()])
def test_each_default_is_a_method_that_comes_with_indicia(constant: str) -> None:
    kind, choice = KIND_OF[constant.rpartition("_")[2]], getattr(defaults, constant)
    assert str(installed(only=()).choose(kind, choice)) == choice
    assert Choice.read(choice).method in installed(only=()).names(kind)
