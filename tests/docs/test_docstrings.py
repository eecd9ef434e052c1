"""Every public function documents its parameters, what it returns, and the errors that it raises."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from functools import cache
from typing import Any

import pytest

import indicia

ROOMS = ("analysis", "checks", "citations", "methods", "outputs")
RETURNED = {
    "AuditAnswer": "indicia_audit",
    "Edition": "indicia_editions.edition",
    "EditionDifference": "indicia_editions.difference",
    "Inspection": "indicia_audit.inspection",
    "Pack": "indicia_bundle",
    "PartitionedComparison": "indicia_partitions.compare",
    "PartitionedInspection": "indicia_partitions.inspection",
    "PartitionedResult": "indicia_partitions.result",
    "Recast": "indicia_editions.recast",
    "Replay": "indicia_bundle",
}
"""The modules of the classes that functions and questions return."""
HEADINGS = ("Parameters", "Returns", "Yields", "Raises", "Notes", "Examples", "References", "See Also", "Warns")
WITH_EXAMPLE = (
    *(name for name in indicia.__all__ if inspect.isfunction(getattr(indicia, name))),
    *(f"Index.{name}" for name in ("score", "with_options", "compare", "check")),
    *(f"Result.{name}" for name in ("export",)),
)


def functions_of(name: str, offered: Any) -> dict[str, Any]:
    """Return a public function, or the public methods of a class that are Indicia's own, by name."""
    if inspect.isfunction(offered):
        return {name: offered}
    if not inspect.isclass(offered):
        return {}
    own = [base for base in offered.__mro__ if base.__module__.startswith("indicia")]
    methods: dict[str, Any] = {}
    for base in own:
        for key, value in vars(base).items():
            method = getattr(value, "__func__", value)  # of a class method
            if not key.startswith("_") and inspect.isfunction(method):
                methods.setdefault(f"{name}.{key}", method)
    return methods


@cache
def public_functions() -> dict[str, Any]:
    """Return the public functions and methods by name, without the wrapper that checks their keywords."""
    found: dict[str, Any] = {}
    for name in indicia.__all__:
        found |= functions_of(name, getattr(indicia, name))
    for name, place in RETURNED.items():
        found |= functions_of(name, getattr(importlib.import_module(place), name))
    for room in ROOMS:
        module = importlib.import_module(f"indicia.{room}")
        for name in getattr(module, "__all__", dir(module)):
            offered = getattr(module, name)
            if not name.startswith("_") and getattr(offered, "__module__", "").startswith("indicia"):
                found |= functions_of(f"{room}.{name}", offered)
    return {name: inspect.unwrap(function) for name, function in found.items()}


def sections_of(function: Any) -> dict[str, list[str]]:
    """Return the lines of each section of a docstring; the summary has the name ""."""
    sections: dict[str, list[str]] = {"": []}
    lines, heading = (inspect.getdoc(function) or "").splitlines(), ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line in HEADINGS and re.fullmatch("-{3,}", below):
            heading = line
            sections[heading] = []
        elif not (heading and re.fullmatch("-{3,}", line)):
            sections[heading].append(line)
    return sections


def parameters_of(lines: list[str]) -> dict[str, str]:
    """Return the type and the description of each parameter, by name; names before a colon share theirs."""
    entries: list[tuple[str, list[str]]] = []
    for line in lines:
        if line and not line.startswith(" "):
            entries.append((line, []))
        elif entries:
            entries[-1][1].append(line)
    found: dict[str, str] = {}
    for head, description in entries:
        names, _, kind = head.partition(" : ")
        found |= {name.strip().lstrip("*"): f"{kind}\n{' '.join(description)}" for name in names.split(",")}
    return found


def faults(name: str, function: Any) -> list[str]:
    """Return what a docstring lacks."""
    sections, signature = sections_of(function), inspect.signature(function)
    parameters = [parameter for parameter in signature.parameters.values() if parameter.name not in ("self", "cls")]
    described = parameters_of(sections.get("Parameters", []))
    lacks = [f"no parameter {parameter.name}" for parameter in parameters if parameter.name not in described]
    lacks += [f"{each} is no parameter" for each in described if each not in signature.parameters]
    for parameter in parameters:
        text = described.get(parameter.name, "default")
        if parameter.default is not inspect.Parameter.empty and not re.search("default|optional|See `", text):
            lacks.append(f"no default of {parameter.name}")
    if list(described) != [parameter.name for parameter in parameters] and not lacks:
        lacks.append("another order of parameters")
    returns = signature.return_annotation not in (None, "None") and not {"Returns", "Yields"} & set(sections)
    if parameters and returns:
        lacks.append("no Returns")
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    raises = any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(tree))
    if parameters and raises and "Raises" not in sections and not _is_abstract(function):
        lacks.append("no Raises")
    if name in WITH_EXAMPLE and "Examples" not in sections:
        lacks.append("no Examples")
    return lacks


def _is_abstract(function: Any) -> bool:
    return "raise NotImplementedError" in inspect.getsource(function)


def test_every_public_function_documents_its_parameters_results_and_errors() -> None:
    lacking = {name: lacks for name, function in public_functions().items() if (lacks := faults(name, function))}
    assert not lacking, "\n".join(f"{name}: {', '.join(lacks)}" for name, lacks in sorted(lacking.items()))


def test_the_functions_that_need_an_example_exist() -> None:
    assert set(WITH_EXAMPLE) <= set(public_functions())


def example(table: str, *, unit: str = "city") -> str:
    """Score.

    Parameters
    ----------
    tabel : str
        The table.
    unit : str
        The units.
    """
    if not table:
        raise ValueError(unit)
    return table


@pytest.mark.parametrize(
    "fault",
    ["no parameter table", "tabel is no parameter", "no default of unit", "no Returns", "no Raises", "no Examples"],
)
def test_each_fault_of_a_docstring_is_found(fault: str) -> None:
    assert fault in faults("score", example)
