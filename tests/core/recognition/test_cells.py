from __future__ import annotations

import pytest

from indicia_recognition.cells import cell_class, is_note, year


@pytest.mark.parametrize(
    "cell",
    ["12", "-1.5", "−1,5", "1,234,567.8", "1 335,21", "1'234", "12,34,567", "(1,234)", "28.7 %", "$6.32 bn", "3.2亿元",
     "499*", "72.6[1]", "19.6¹", "31823.7 a", "82.4 p", "1.2e-5", "１２３", ".5", "€ 1.234,50", "US$ 12", "45 kg"],
)  # fmt: skip
def test_a_number_is_recognised_in_any_notation(cell: str) -> None:
    assert cell_class(cell) == "number"


@pytest.mark.parametrize("cell", ["..", ":", "-", "–", "n.a.", "k.A.", "x", ": c", "暂无", "#N/A", "#DIV/0!", "s.d."])
def test_a_mark_of_a_missing_value_is_recognised(cell: str) -> None:
    assert cell_class(cell) == "missing"


@pytest.mark.parametrize("cell", ["Lima", "2024-03-28", "10-14", "Census Tract 401", "0-5 km", "Q1", "31.12.2023 (p)"])
def test_a_text_is_no_number(cell: str) -> None:
    assert cell_class(cell) == "text"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Source: UN", True),
        ("Sources (2020)", True),
        ("Note that figures are estimates", True),
        ("1) estimated", True),
        ("注：初步数据", True),
        ("Stand", False),  # a place, perhaps
        ("Sourceville", False),
        ("Notting Hill", False),
    ],
)
def test_a_note_begins_with_a_word_of_the_list(text: str, note: bool) -> None:
    assert is_note(text) is note


def test_a_year_may_carry_the_mark_of_its_publisher() -> None:
    assert [year(cell) for cell in ("2018", "2018 [YR2018]", "2018年", "12", "2018.5", None)] == [2018] * 3 + [None] * 3
