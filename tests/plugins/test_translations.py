"""Each text of the shipped checks and methods has a translation to Chinese with the same slots."""

from __future__ import annotations

import ast
import string
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import indicia_audit.verdict
import indicia_checks
import indicia_methods
from indicia.catalogue import KINDS
from indicia.catalogue.choice import schema
from indicia.catalogue.hookspecs import CHECKS
from indicia.catalogue.reference import shipped
from indicia.checks import CHAPTERS, Check
from indicia.messages import translations
from indicia_report.map import shapes_check

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = [*Path(indicia_checks.__file__).parent.glob("*.py"), Path(shapes_check.__file__)]
"""The modules of the shipped checks."""
OF_MAPS, OF_CHECKS, OF_CORE, OF_METHODS = (
    {key: text for key, text in tomllib.loads(path.read_text(encoding="utf-8")).items() if isinstance(text, str)}
    for path in (
        Path(shapes_check.__file__).parents[1] / "messages" / "zh.toml",
        Path(indicia_checks.__file__).parent / "messages" / "zh.toml",
        Path(translations.__file__).parent / "zh.toml",
        Path(indicia_methods.__file__).parent / "messages" / "zh.toml",
    )
)
OF_CHECKS |= OF_MAPS
ENGLISH_ONLY = {"verb", "noun"}
"""Slots with an English word in the singular or plural, which another language may leave out."""


def fields(template: str) -> set[tuple[str, str | None, str | None]]:
    """Return the slots of a template with their formats."""
    return {(slot, form, conversion) for _, slot, form, conversion in string.Formatter().parse(template) if slot}


@cache
def templates(path: Path) -> frozenset[str]:
    """Return the templates of the sentences in a module, and those of numbers with their nouns."""
    return frozenset(_templates(ast.parse(path.read_text(encoding="utf-8"))))


def _templates(tree: ast.AST) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        if call.func.id == "Sentence":  # type: ignore[attr-defined]
            first = call.args[0]
            choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            yield from (choice.value for choice in choices if isinstance(choice, ast.Constant))  # type: ignore[misc]
        elif call.func.id in ("counted", "_counted") and isinstance(call.args[1], ast.Constant):  # type: ignore[attr-defined]
            form = "{number:,}" if call.func.id == "counted" else "{number}"  # type: ignore[attr-defined]
            yield from (f"{form} {call.args[1].value}{ending}" for ending in ("", "s"))


@pytest.mark.parametrize("path", sorted(MODULES), ids=lambda path: path.stem)
def test_each_template_of_a_check_has_a_translation(path: Path) -> None:
    assert sorted(templates(path) - OF_CHECKS.keys()) == []


def test_each_template_of_a_verdict_has_a_translation() -> None:
    path = Path(indicia_audit.verdict.__file__)
    chapters = {heading.lower() for heading in (*CHAPTERS.values(), "Other checks")}
    caveat = {indicia_audit.verdict.CAVEAT}
    choices = {"Errors concern {chapters}", "Warnings concern {chapters}"}
    assert sorted((templates(path) | chapters | caveat | choices) - OF_CORE.keys()) == []


@cache
def titles() -> frozenset[str]:
    """Return the titles of the shipped checks."""
    return frozenset(
        offer.method.title for offer in shipped([CHECKS]).offers.values() if issubclass(offer.method, Check)
    )


def test_each_title_of_a_check_has_a_translation() -> None:
    assert len(titles()) > 60
    assert sorted(titles() - OF_CHECKS.keys()) == []


def test_each_method_has_a_summary_and_descriptions_of_its_parameters() -> None:
    kinds = {kind.name for kind in KINDS}
    methods = [offer.method for (kind, _), offer in shipped().offers.items() if kind in kinds]
    assert len(methods) > 160
    texts = {method.summary() for method in methods}
    for method in methods:
        texts |= {words.get("description", "") for words in schema(method).get("properties", {}).values()}
    assert sorted(texts - OF_METHODS.keys()) == []
    assert sorted(OF_METHODS.keys() - texts) == [], "no method has these texts"


@pytest.mark.parametrize("sentences", [OF_CHECKS, OF_CORE], ids=["checks", "core"])
def test_a_translation_has_the_slots_of_the_english_template(sentences: dict[str, str]) -> None:
    differing = {
        english: text
        for english, text in sentences.items()
        if {slot for slot in fields(english) if slot[0] not in ENGLISH_ONLY} != fields(text)
    }
    assert differing == {}


def test_no_translation_of_a_check_is_unused() -> None:
    used = {template for path in MODULES for template in templates(path)}
    facts = {"publisher", "edition", "date", "licence", "contact", "citation"}
    rows = {"{number:,} row", "{number:,} rows", " to "}
    assert sorted(OF_CHECKS.keys() - used - titles() - facts - rows) == []
