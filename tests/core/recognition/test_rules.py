"""Each rule of recognition in the code is listed in the documentation, and each listed rule is in the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import indicia_recognition as recognition

FOLDER = Path(recognition.__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "tables.md"
RULES = re.findall(
    r"^\| `(.*?)` \| (.*) \|$", PAGE.read_text(encoding="utf-8").partition("## The rules")[2], re.MULTILINE
)
"""The name and the meaning of each rule."""
MAKERS = {"Observation", "Sentinel", "left_out", "_question", "_Notation"}
"""The functions whose first argument is the name of a rule."""


def rules_of(file: Path) -> set[str]:
    """Return the names of rules that a module writes into observations."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        arguments: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
            arguments = node.args[:1]
        if file.stem == "number_columns" and isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            arguments = node.value.elts[:1]  # a verdict: the rule and the reason
        names |= {each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return {name for name in names if re.fullmatch(r"[a-z][a-z0-9_]*", name)}


def test_every_rule_in_the_code_is_listed_and_no_other() -> None:
    in_code = set().union(*(rules_of(file) for file in FOLDER.glob("*.py") if file.stem != "observation"))
    assert sorted(in_code) == sorted(name for name, _ in RULES)


def test_a_rule_is_listed_once_with_a_sentence() -> None:
    assert len({name for name, _ in RULES}) == len(RULES)
    assert [name for name, meaning in RULES if not re.fullmatch(r"[A-Z].*\.", meaning)] == []
