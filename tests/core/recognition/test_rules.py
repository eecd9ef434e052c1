"""Each rule of recognition in the code is listed with its meaning, and each listed rule is in the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from indicia import recognition
from indicia.recognition.rules import RULES

FOLDER = Path(recognition.__file__).parent
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
    assert sorted(in_code) == sorted(rule.name for rule in RULES)


def test_a_rule_is_listed_once_with_a_sentence() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.name for rule in RULES if not re.fullmatch(r"[A-Z].*\.", rule.meaning)] == []
