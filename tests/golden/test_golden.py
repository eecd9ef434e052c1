"""The code computes the figures of the record, and a change of the last digit is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from golden import answers, indices, kinds, methods
from golden.machine import machine
from golden.outcome import Outcome, of_document, of_texts
from golden.record import FOLDER, Record
from indicia.formulas import to_polars as compiling
from indicia.tables import statistics_resolver
from indicia_methods.normalisation.linear import MinMax

if TYPE_CHECKING:
    from pathlib import Path

    from golden.outcome import Line

RENEW = "if the change is meant: just golden-renew"
RECORDS = {path.stem: Record.read(path.stem) for path in sorted(FOLDER.glob("*.tsv"))}
MAIN = [name for name in indices.examples() if "/" not in name]
"""The examples without their variants, which `just golden` compares as well."""


def check(kind: str, subject: str) -> None:
    """Compare a method or an index with the record."""
    found = list(RECORDS[kind].differences(kind, subject, kinds.lines(kind, subject)))
    assert not found, "\n".join([*found, RENEW])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("kind", "name"),
    [pytest.param(*one, id=f"{one[1]}-{one[0]}-{RECORDS[one[0]].comparison}") for one in methods.shipped()],
)
def test_a_method_gives_the_recorded_figures_and_messages(kind: str, name: str) -> None:
    check(kind, name)


@pytest.mark.parametrize("name", MAIN)
def test_an_example_gives_the_recorded_figures_pages_and_workbook(name: str) -> None:
    check("examples", name)


@pytest.mark.parametrize(
    "name", [name if name == "panel" else pytest.param(name, marks=pytest.mark.thorough) for name in answers.SUBJECTS]
)
def test_every_table_and_sentence_of_every_question_is_as_recorded(name: str) -> None:
    check("answers", name)


def test_the_record_holds_every_method_and_every_index_and_nothing_else() -> None:
    recorded = {(kind, subject) for kind, record in RECORDS.items() for subject, _ in record.lines}
    gallery = {("gallery", name) for name in indices.CASES}
    examples = {("examples", name) for name in indices.examples()}
    answered = {("answers", name) for name in answers.SUBJECTS}
    assert recorded == {*methods.shipped(), *examples, *gallery, *answered}, RENEW


def test_every_setting_of_a_method_is_recorded() -> None:
    for kind, record in RECORDS.items():
        if kind not in (kinds.EXAMPLES, kinds.GALLERY, kinds.ANSWERS):
            assert {setting for _, setting in record.lines} == set(methods.settings(kind)), RENEW


@pytest.fixture(scope="module")
def unchanged() -> dict[str, Line]:
    """The lines of min_max before anything is planted."""
    return kinds.lines("normalisation", "min_max")


def planted(unchanged: dict[str, Line]) -> list[str]:
    """Return the differences of min_max from the record."""
    before = {("min_max", setting): line for setting, line in unchanged.items()}
    return list(
        Record(machine(), before).differences("normalisation", "min_max", kinds.lines("normalisation", "min_max"))
    )


def test_a_formula_times_one_and_a_last_digit_is_seen(
    unchanged: dict[str, Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    formula = MinMax.benefit
    monkeypatch.setattr(MinMax, "benefit", lambda self, x, s: formula(self, x, s) * (1 + 2.3e-16))
    found = planted(unchanged)
    (plain,) = [line for line in found if ", plain:" in line]
    assert "normalisation min_max, plain: other figures (normalised, scores" in plain
    assert 'just golden-show normalisation min_max "plain"' in plain
    assert len(found) >= 12


def test_a_statistic_that_enters_a_formula_as_a_literal_is_seen(
    unchanged: dict[str, Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics_resolver, "_FEW", 0)  # of few rows settled numbers are columns of the frame
    monkeypatch.setattr(compiling, "_EXACT_WITH_NUMBERS", {"truediv"})
    assert any(", plain: other figures (normalised" in line for line in planted(unchanged))


@pytest.mark.parametrize(
    ("kind", "method"), [("normalisation", "z_score"), ("weighting", "entropy"), ("aggregation", "vikor")]
)
def test_a_table_of_many_rows_gets_the_digits_of_a_table_of_few(
    kind: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_rows = kinds.lines(kind, method)
    monkeypatch.setattr(statistics_resolver, "_FEW", 0)  # of many rows statistics enter formulas as numbers
    assert (
        list(
            Record(machine(), {(method, setting): line for setting, line in few_rows.items()}).differences(
                kind, method, kinds.lines(kind, method)
            )
        )
        == []
    )


def test_nothing_differs_where_nothing_is_planted(unchanged: dict[str, Line]) -> None:
    assert planted(unchanged) == []


A = Outcome({"scores": np.array([0.1, 0.2, np.nan])}, {"notes": "one unit has no score"})


def record(outcome: Outcome, mark: str | None = None) -> Record:
    return Record(mark or machine(), {("mean", "plain"): outcome.line})


def found(recorded: Record, outcome: Outcome) -> list[str]:
    return list(recorded.differences("aggregation", "mean", {"plain": outcome.line}))


def test_a_new_message_is_a_difference_of_texts_and_not_of_figures() -> None:
    (line,) = found(record(A), replace(A, texts={"notes": "a unit has no score"}))
    assert "aggregation mean, plain: other texts (notes)" in line


def test_a_message_that_is_no_longer_given_is_a_difference() -> None:
    (line,) = found(record(A | of_texts("warnings", ["look"])), A)
    assert "other texts (warnings)" in line


def test_a_value_that_comes_to_be_missing_is_a_difference() -> None:
    (line,) = found(record(A), replace(A, figures={"scores": np.array([0.1, np.nan, np.nan])}))
    assert "other figures (scores)" in line


def test_a_setting_that_is_no_longer_computed_is_a_difference() -> None:
    (line,) = record(A).differences("aggregation", "mean", {})
    assert line == "aggregation mean, plain: recorded, and no longer computed"


@pytest.mark.parametrize(("change", "seen"), [(1e-16, 0), (1e-11, 0), (1e-7, 1)])
def test_a_record_of_another_machine_is_compared_but_for_rounding(change: float, seen: int) -> None:
    other = replace(A, figures={"scores": A.figures["scores"] * (1 + change)})
    assert len(found(record(A, "another machine"), other)) == seen


def test_a_message_with_all_digits_of_a_figure_is_compared_on_the_same_machine_alone() -> None:
    one, other = (replace(A, texts={"notes": f"0.12345678901234{digit} is large"}) for digit in "56")
    assert len(found(record(one), other)) == 1
    assert found(record(one, "another machine"), other) == []


def test_a_document_with_all_digits_is_compared_on_the_same_machine_alone() -> None:
    one, other = (
        of_document("page", f"<td>{value}</td><td>0.12345678901234</td>") for value in (1, 0.9999999999999999)
    )
    assert len(found(record(one), other)) == 2
    assert found(record(one, "another machine"), other) == []


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record(A).write("aggregation", tmp_path)
    again = Record.read("aggregation", tmp_path)
    assert again.machine == machine()
    assert str(again.lines["mean", "plain"]) == str(A.line)
