"""Waivers with a last day, and waivers without effect."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.checks import Check, Finding
from indicia.definition import Waiver
from indicia.errors import DefinitionError
from indicia_audit.inspection.chosen_checks import CheckSettings, ChosenCheck, choose_checks
from indicia_audit.inspection.findings import acceptance, look_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia.checks import Subject

TOWNS = pl.DataFrame(
    {
        "town": [f"T{row:02}" for row in range(20)],
        "income": [float(3 * row % 20) for row in range(20)],
        "waste": [900.0, *(float(7 * row % 20) for row in range(1, 20))],  # skewed: D05
    }
)
RAW: dict[str, Any] = {
    "data": {"unit": "town"},
    "indicators": {"income": {"direction": "benefit"}, "waste": {"direction": "cost"}},
}
SKEWED = {"code": "D05", "where": "waste", "reason": "a landfill lies in T00"}


def inspect(*waivers: dict[str, Any], **tables: Any) -> Any:
    return indicia.read({**RAW, "waivers": waivers, **tables}).check(TOWNS)


def without_effect(outcome: Any) -> list[tuple[str, str, str]]:
    """Return where, severity and sentence of the findings about waivers."""
    return [
        (entry.finding.where, entry.severity, entry.finding.sentence)
        for entry in outcome.reported_findings
        if entry.code == "V01"
    ]


def test_a_waiver_that_accepts_a_finding_is_no_finding() -> None:
    assert without_effect(inspect(SKEWED)) == []


def test_a_waiver_of_a_place_without_a_finding_is_a_warning_at_its_place() -> None:
    assert without_effect(inspect({**SKEWED, "code": "D06", "where": "income"})) == [
        ("income", "warning", "the waiver of D06 for income matches no finding")
    ]


def test_a_waiver_of_a_whole_check_without_findings_is_a_warning_of_the_index() -> None:
    assert without_effect(inspect({"code": "D21", "reason": "no reason"})) == [
        ("index", "warning", "the waiver of D21 matches no finding")
    ]


def test_a_waiver_of_an_unknown_code_is_a_warning_with_the_nearest_code() -> None:
    outcome = inspect({**SKEWED, "code": "D5"})
    assert without_effect(outcome) == [
        ("waste", "warning", "the waiver of D5 for waste names a code that no check has")
    ]
    (finding,) = (entry.finding for entry in outcome.reported_findings if entry.code == "V01")
    assert finding.remedy.startswith('did you mean "D')


def test_a_waiver_of_a_check_that_cannot_look_names_the_reason() -> None:
    (finding,) = without_effect(inspect({"code": "D09", "reason": "few"}))
    assert finding[2] == "the waiver of D09 matches no finding, as no value is imputed"


def test_a_waiver_of_a_check_that_is_off_is_no_finding() -> None:
    assert without_effect(inspect(SKEWED, checks={"D05": {"on": False}})) == []


def test_a_waiver_of_a_check_of_scores_is_no_finding_of_the_check_of_the_data() -> None:
    assert without_effect(inspect({"code": "D12", "reason": "towns grow"})) == []


def test_a_finding_counts_again_after_the_last_day_of_its_waiver() -> None:
    outcome = inspect({**SKEWED, "until": date(2020, 1, 31)})
    assert [entry.waiver for entry in outcome.reported_findings if entry.code == "D05"] == [None]
    sentence = "the last day of the waiver of D05 for waste, 2020-01-31, is over, and its findings count again"
    assert without_effect(outcome) == [("waste", "warning", sentence)]


def test_an_expired_waiver_without_a_finding_can_be_removed() -> None:
    (finding,) = without_effect(inspect({**SKEWED, "code": "D06", "where": "income", "until": date(2020, 1, 31)}))
    assert finding[2].endswith("2020-01-31, is over, and it matches no finding")


def test_an_expired_waiver_of_a_check_of_scores_may_match_a_finding_of_an_audit() -> None:
    (finding,) = without_effect(inspect({"code": "D12", "reason": "towns grow", "until": date(2020, 1, 31)}))
    assert finding[2] == "the last day of the waiver of D12, 2020-01-31, is over, and its findings count again"


def findings_on(day: date) -> list[str | None]:
    index = indicia.read({**RAW, "waivers": [{**SKEWED, "until": date(2027, 1, 1)}]})
    checks = choose_checks(index.catalogue.with_checks(), [CheckSettings.of_file(index.definition, index.origin)])
    subject = index.inspect_frame(index.read_table(TOWNS), look=False).subject
    findings, _, _ = look_for(subject, checks, index.definition.waivers, index.origin, day)
    return [entry.waiver for entry in findings if entry.code == "D05"]


def test_a_waiver_accepts_findings_on_its_last_day_and_shows_it() -> None:
    assert findings_on(date(2027, 1, 1)) == ["a landfill lies in T00 (until 2027-01-01)"]


def test_a_waiver_may_name_a_unit_in_a_period() -> None:
    finding = Finding("Oslo", None, None, "Oslo is odd", period="2020")
    waivers = [Waiver(code="D02", where=where, reason=where) for where in ("Oslo 2021", "Oslo 2020", "Oslo")]
    assert acceptance("D02", finding, waivers, date(2026, 1, 1)) == "Oslo 2020"


def test_a_waiver_accepts_nothing_on_the_day_after() -> None:
    assert findings_on(date(2027, 1, 2)) == [None]


@pytest.mark.parametrize("until", ["soon", 2027, True])
def test_a_last_day_that_is_no_day_is_an_error_with_an_example(tmp_path: Path, until: object) -> None:
    word = f'"{until}"' if isinstance(until, str) else str(until).lower()
    file = tmp_path / "index.toml"
    waiver = '[[waivers]]\ncode = "D01"\nreason = "few"\n'
    file.write_text(f"{waiver}{waiver}until = {word}\n[indicators]\ngdp = {{}}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="write until = 2027-01-01") as caught:
        _ = indicia.read(file).definition
    assert (caught.value.where or "").startswith("index.toml:7")


def test_the_remedy_names_the_line_of_the_second_waiver(tmp_path: Path) -> None:
    file = tmp_path / "index.toml"
    file.write_text(
        '[data]\nunit = "town"\n[indicators]\nwaste = { direction = "cost" }\n'
        '[[waivers]]\ncode = "D05"\nreason = "a landfill"\n[[waivers]]\ncode = "D21"\nreason = "none"\n',
        encoding="utf-8",
    )
    findings = indicia.read(file).check(TOWNS).reported_findings
    (remedy,) = (entry.finding.remedy for entry in findings if entry.code == "V01")
    assert remedy == "remove it from [[waivers]] (index.toml:8)"


class Later(Check):
    """Find more in an audit."""

    code, title, source, uses = "Z01", "later", "Example", ("scores",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from ()


def test_a_waiver_of_a_check_that_finds_more_in_an_audit_is_no_finding_of_the_check_of_the_data() -> None:
    index = indicia.read({**RAW, "waivers": [{"code": "Z01", "reason": "later"}]})
    checks = choose_checks(index.catalogue.with_checks(), [CheckSettings.of_file(index.definition, index.origin)])
    subject = index.inspect_frame(index.read_table(TOWNS), look=False).subject
    checks.append(ChosenCheck(Later(), "example"))
    findings, _, _ = look_for(subject, checks, index.definition.waivers, index.origin)
    assert "V01" not in [entry.code for entry in findings]
