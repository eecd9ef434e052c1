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
from indicia.catalogue.rule_page import headings
from indicia.testing.sound_index import sound_audit, sound_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from indicia.audit import Audit

SERIOUS = ("error", "warning")


def deep(words: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables with changes."""
    changed = dict(words)
    for key, value in changes.items():
        changed[key] = deep(changed.get(key, {}), value) if isinstance(value, dict) else value
    return changed


def audit_of(case: Planted, folder: Path) -> Audit:
    columns = sound_table().to_dict(as_series=False)
    case.plant(columns)
    index, words = (tomllib.loads(text.replace("FOLDER", folder.as_posix())) for text in (case.index, case.words))
    for name, text in case.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return indicia.read(deep(index, words)).audit(pl.DataFrame(columns), draws=case.draws, full=case.full)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_sound_index_has_no_error_and_no_warning() -> None:
    findings = sound_audit().findings
    assert findings.filter(findings["severity"].is_in(SERIOUS)).rows() == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_planted_fault_is_found_at_its_place_and_all_else_has_a_reason(case: Planted, tmp_path: Path) -> None:
    rows = audit_of(case, tmp_path).findings.to_dicts()
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
    if case.shown:
        example = squeezed(installed().choose("check", case.code).example)
        assert [row["sentence"] for row in planted if row["sentence"] in example] != []


@pytest.mark.parametrize("code", shipped([CHECKS]).names("check"))
def test_every_shipped_check_has_a_planted_fault_and_a_page_of_five_headings(code: str) -> None:
    check = installed().choose("check", code)
    assert code in {case.code for case in CASES}, "add a case to tests/planted_faults"
    assert list(headings(type(check))) == ["What it does", "Why it matters", "Example", "What to do", "References"]
    assert check.example.count('"') >= 2, "the example has the sentence of a finding between double quotes"
