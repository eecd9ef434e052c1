"""No module but those that offer them names a method, check, section, chart or exporter, but in `indicia.defaults`."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from indicia import defaults
from indicia.answers.writers import indicia_writers
from indicia.catalogue import KINDS, installed
from indicia.catalogue.choice import Choice
from indicia.catalogue.hookspecs import OUTPUTS
from indicia_paper.exporting import exporters

ROOT = Path(__file__).parents[2]
OFFERING = {f"indicia_{name}" for name in ("after_score", "checks", "methods", "report", "workbook")}
"""The packages of methods, checks and outputs."""
MODULES = {
    path.relative_to(package.parent).as_posix(): path
    for package in [ROOT / "core" / "indicia", *sorted((ROOT / "plugins").glob("indicia_*"))]
    if package.name not in OFFERING
    for path in sorted(package.rglob("*.py"))
}
"""The modules of the kernel and of all other packages."""
WORDS = {
    *("min", "max", "mean", "median", "sum", "product", "log", "power", "round", "scale"),  # statistics and operations
    *("rank", "ranks", "row", "parent", "constant", "linear", "factor", "nearest", "none", "robust"),
    *("formula", "equal", "given", "limits", "scaled"),
    *("gini", "psi"),  # the index of inequality, and the letter
    "base_period",  # a column of SDMX
}
"""The names of methods that are words of the core too."""
EXEMPT = {
    "indicia/defaults.py": "the place of these names",
    "indicia/cli/__init__.py": "examples in the help",
    "indicia/cli/index_options.py": "examples in the help",
    "indicia/methods/formula_parser.py": "arithmetic is a word",
    "indicia_recognition/coin_tool.py": "the words of the COIN Tool",
    "indicia_recognition/metadata.py": "the words of COINr",
    "indicia_recognition/indicator_lists.py": "the remedy for a column of targets",
}
KIND_OF = {
    "NORMALISATION": "normalisation",
    "WEIGHTING": "weighting",
    "AGGREGATION": "aggregation",
    "AGREEMENT": "agreement",
    "CONSENSUS": "consensus",
}


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    """Return the nodes of a module, which is parsed once for all tests."""
    return tuple(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))


@cache
def texts(module: Path) -> tuple[tuple[int, str], ...]:
    """Return the texts of a module with their lines, docstrings left out."""
    docstrings = {
        id(statement.value)
        for node in nodes(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for statement in node.body
        if isinstance(statement, ast.Expr)
    }
    return tuple(
        (node.lineno, node.value)
        for node in nodes(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    )


def test_no_module_names_a_method() -> None:
    names = {name for kind in KINDS for name in installed(only=()).names(kind.name)} - WORDS
    word = re.compile(r"[\w-]+")
    found = [
        f"{name}:{line}: {match[0]}"
        for name, module in MODULES.items()
        if name not in EXEMPT
        for line, text in texts(module)
        for match in word.finditer(text)
        if match[0] in names
    ]
    assert not found


CODES_ARE_EXAMPLES = {
    "indicia/defaults.py": "the place of these codes",
    "indicia_audit/check_reference.py": "the text of the page of the checks",
    "indicia/cli/__init__.py": "an example in the help",
    "indicia/definition/checks_section.py": "examples in the descriptions of keys",
}
WORDS_OF_OUTPUTS = {
    *(
        "aggregates",
        "bands",
        "comparison",
        "correlation",
        "coverage",
        "findings",
        "intervals",
        "map",
        "notes",
        "outside",
    ),
    *("distributions", "lines", "manifest", "methodology", "profile", "publication", "ranking", "since", "slope"),
    *("sources", "specification", "strip", "structure", "waterfall"),  # tables, keys of index files and islands
    "acceptability",  # a table of draws
    *("document", "page", "picture"),
    *("gallery", "long_table", "unit_pages"),  # a command, a rule of recognition, a folder of a pack
}
"""The names of sections, charts and exporters that are words of the core too."""
ASKS_FOR_A_FORMAT = {"contents": None, "export": 3, "exporter_of": 1, "files_of": 2}
"""The functions to which a format is an argument, and its place."""


def test_no_module_names_a_check() -> None:
    codes = set(installed(only=()).names("check"))
    found = [
        f"{name}:{line}: {word}"
        for name, module in MODULES.items()
        if name not in CODES_ARE_EXAMPLES
        for line, text in texts(module)
        for word in re.findall(r"\b[A-Z]\d\d\b", text)
        if word in codes
    ]
    assert not found


def test_no_module_names_a_section_a_chart_or_an_exporter() -> None:
    catalogue = installed(only=())
    names = {name for kind in OUTPUTS for name in catalogue.names(kind.name)} - WORDS_OF_OUTPUTS
    found = [
        f"{name}:{line}: {text}" for name, module in MODULES.items() for line, text in texts(module) if text in names
    ]
    assert not found


def test_no_module_asks_for_a_format_by_its_name() -> None:
    found = []
    for name, module in MODULES.items():
        for node in nodes(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKS_FOR_A_FORMAT:
                place = ASKS_FOR_A_FORMAT[node.func.id]
                form = node.args[place] if place is not None and len(node.args) > place else None
                if isinstance(form, ast.Constant) and isinstance(form.value, str):
                    found.append(f"{name}:{node.lineno}: {form.value}")
    assert not found


def test_codes_and_formats_of_the_core_are_those_of_shipped_plugins() -> None:
    catalogue = installed(only=())
    codes = set(catalogue.names("check"))
    named = {defaults.CODE_OF_IMPORTANCE, defaults.CODE_OF_NUMBERS, defaults.CODE_OF_DIRECTIONS}
    assert codes >= named | {defaults.CODE_OF_COLUMNS, *defaults.EXAMPLE_CODES}
    assert all(any(code.startswith(beginning) for code in codes) for beginning in defaults.CODES_OF_WEIGHTS)
    assert defaults.PAGE_FORMAT in exporters("dossier")
    assert defaults.PAGES_OF_UNITS_FORMAT in exporters("units")
    assert defaults.GALLERY_FORMAT in exporters("reports")
    assert set(defaults.RECORD_FORMATS) <= set(indicia_writers())
    assert defaults.RECORD_FORMATS[0] in exporters("dossier")
    assert defaults.PAPER_TABLE_FORMAT in exporters("dossier")


@pytest.mark.parametrize("constant", [name for name in vars(defaults) if name.rpartition("_")[2] in KIND_OF])
def test_each_default_is_a_method_that_comes_with_indicia(constant: str) -> None:
    kind, choice = KIND_OF[constant.rpartition("_")[2]], getattr(defaults, constant)
    assert str(installed(only=()).choose(kind, choice)) == choice
    assert Choice.read(choice).method in installed(only=()).names(kind)
