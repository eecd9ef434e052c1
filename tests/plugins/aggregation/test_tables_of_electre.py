"""The tables of ELECTRE: pairs of each form, units beside profiles, and the steps of distillations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indicia.methods import MatrixContext
from indicia_methods.aggregation.electre import Electre

VALUES = np.array([[4.0, 1.0], [2.0, 2.0], [0.0, 5.0]])
WEIGHTS = np.array([0.75, 0.25])


def table(method: Electre, name: str, values: Any = VALUES) -> dict[str, list[Any]]:
    context = MatrixContext(("x", "y"), np.zeros(2, dtype=np.bool_), ("A", "B", "C")[: len(values)])
    found = method.detail_table(name, values, WEIGHTS, context)
    return {column: np.asarray(cells).tolist() for column, cells in found.items()}


def test_each_form_has_its_tables() -> None:
    forms = [Electre(), Electre(form="ii"), Electre(form="iii"), Electre(form="tri", profiles=((2, 2),))]
    tables = [list(form.reported_tables) for form in forms]
    assert tables == [["units", "pairs"], ["units", "pairs"], ["units", "pairs", "distillation"], ["units", "profiles"]]


def test_pairs_of_the_first_form_have_concordance_discordance_and_whether_a_outranks_b() -> None:
    assert table(Electre(), "pairs") == {
        "a": ["A", "A", "B", "B", "C", "C"],
        "b": ["B", "C", "A", "C", "A", "B"],
        "concordance": [0.75, 0.75, 0.25, 0.75, 0.25, 0.25],
        "discordance": [0.25, 1.0, 0.5, 0.75, 1.0, 0.5],
        "outranks": [True, False, False, False, False, False],
    }


def test_pairs_of_the_second_form_have_the_strength_of_an_outranking() -> None:
    method = Electre(form="ii", concordance=(0.8, 0.7, 0.6), discordance=(0.8, 0.3))
    assert table(method, "pairs")["outranks"] == ["strongly", "no", "no", "weakly", "no", "no"]


def test_pairs_of_the_third_form_have_the_credibility_that_a_veto_lowers() -> None:
    found = table(Electre(form="iii", q=0.0, p=2.0, v=3.2), "pairs")
    assert found["concordance"] == [0.875, 0.75, 0.25, 0.75, 0.25, 0.25]
    assert found["credibility"] == pytest.approx([0.875, 0.0, 0.25, 0.5, 0.0, 0.25])  # B, C: 0.75 · (1 - 1/1.2) / 0.25
    # ranks 1, 2, 3 downwards and 1, 2, 1 upwards: the two orders of B and C contradict each other
    assert found["relation"] == ["P", "P", "P-", "R", "P-", "R"]


def test_steps_name_the_units_that_are_compared_at_each_level() -> None:
    found = table(Electre(form="iii", q=0.0, p=2.0), "distillation")
    first = [number for number, rank in enumerate(found["rank"]) if rank == 1]
    descending = [number for number in first if found["distillation"][number] == "descending"]
    assert [found["unit"][number] for number in descending] == ["A", "B", "C"]
    # the credibilities are 0.875, 0.75 and 0.25; the next one counts if it is below 0.875 - (0.3 - 0.15 · 0.875)
    assert {(found["level"][number], found["cut"][number]) for number in descending} == {(0.875, 0.25)}
    assert sum(found["qualification"][number] for number in descending) == 0
    alone = table(Electre(form="iii", q=0.0, p=2.0), "distillation", VALUES[:1])
    assert alone == {name: [] for name in found}


def test_units_stand_beside_each_profile() -> None:
    found = table(Electre(form="tri", profiles=((1, 1), (3, 3)), cut=0.7), "profiles")
    assert found == {
        "unit": ["A", "A", "B", "B", "C", "C"],
        "profile": [1, 2, 1, 2, 1, 2],
        "concordance": [1.0, 0.75, 1.0, 0.0, 0.25, 0.25],
        "credibility": [1.0, 0.75, 1.0, 0.0, 0.25, 0.25],
        "concordance_of_profile": [0.25, 0.25, 0.0, 1.0, 0.75, 0.75],
        "credibility_of_profile": [0.25, 0.25, 0.0, 1.0, 0.75, 0.75],
        "relation": [">", ">", ">", "<", "<", "<"],
    }


def test_a_veto_against_a_profile_makes_them_incomparable() -> None:
    found = table(Electre(form="tri", profiles=((1, 1),), v=3.0, cut=0.7), "profiles")
    assert found["credibility_of_profile"][2] == pytest.approx(0.0)
    assert found["relation"][2] == "R"
