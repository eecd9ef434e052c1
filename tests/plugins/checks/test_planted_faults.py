"""Every shipped check finds a planted fault at its place; all other errors and warnings of the table have a reason.

The cases are in `planted_faults`. Each changes the sound index of `indicia.testing`, of which no check says anything
above information. Faults imply each other: a case lists the codes, or the codes and places, that come with its fault.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from planted_faults import CASES, Planted

import indicia
from indicia.catalogue import installed
from indicia.catalogue.hookspecs import CHECKS
from indicia.catalogue.reference import shipped
from indicia_audit.rule_page import headings
from indicia_conformance.sound_index import sound_audit, sound_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SERIOUS = ("error", "warning")
ENGLISH = frozenset({"D14", "D16", "D17", "D18", "D19", "D20", "D22"})
"""The checks with sentences of the recognition of tables, which have no translation yet. This set may only shrink."""


def deep(words: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables with changes."""
    changed = dict(words)
    for key, value in changes.items():
        changed[key] = deep(changed.get(key, {}), value) if isinstance(value, dict) else value
    return changed


@pytest.fixture(scope="module")
def findings_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Planted], list[dict[str, Any]]]:
    """Return a function that audits the index of a case; cases of one table share the audit."""
    folder, audited = tmp_path_factory.mktemp("planted"), {}

    def findings(case: Planted) -> list[dict[str, Any]]:
        key = (case.index, case.words, case.plant, case.draws, case.full)
        if key not in audited:
            columns = sound_table().to_dict(as_series=False)
            case.plant(columns)
            for name, text in case.files.items():
                (folder / name).write_text(text, encoding="utf-8")
            texts = (text.replace("FOLDER", folder.as_posix()) for text in (case.index, case.words))
            index = indicia.read(deep(*map(tomllib.loads, texts)))
            audit = index.audit(pl.DataFrame(columns), draws=case.draws, full=case.full)
            audited[key] = audit.frame("findings").to_dicts()
            for row, entry in zip(audited[key], audit.reported_findings, strict=True):
                row["chinese"] = entry.in_language("zh")
        return audited[key]

    return findings


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_sound_index_has_no_error_and_no_warning() -> None:
    findings = sound_audit().frame("findings")
    assert findings.filter(findings["severity"].is_in(SERIOUS)).rows() == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_planted_fault_is_found_at_its_place_and_all_else_has_a_reason(
    case: Planted, findings_of: Callable[[Planted], list[dict[str, Any]]]
) -> None:
    rows = findings_of(case)
    planted = [row for row in rows if (row["check"], row["where"]) == (case.code, case.where)]
    assert [row["severity"] for row in planted][:1] == [case.severity]
    others = {
        f"{row['check']} {row['where']}": row["sentence"]
        for row in rows
        if row not in planted and row["severity"] in SERIOUS
    }
    reasons = set(case.implied)
    assert {name: text for name, text in others.items() if not {name, name.partition(" ")[0]} & reasons} == {}
    assert reasons - {name.partition(" ")[0] for name in others} - set(others) == set(), "no finding has these reasons"
    assert {row["check"] for row in rows if row["chinese"] == row["sentence"]} <= ENGLISH
    if case.shown:
        example = squeezed(installed().choose("check", case.code).example)
        assert [row["sentence"] for row in planted if row["sentence"] in example] != []


@pytest.mark.parametrize("code", shipped([CHECKS]).names("check"))
def test_every_shipped_check_has_a_planted_fault_and_a_page_of_five_headings(code: str) -> None:
    check = installed().choose("check", code)
    assert code in {case.code for case in CASES}, "add a case to tests/planted_faults"
    assert list(headings(type(check))) == ["What it does", "Why it matters", "Example", "What to do", "References"]
    assert check.example.count('"') >= 2, "the example has the sentence of a finding between double quotes"
