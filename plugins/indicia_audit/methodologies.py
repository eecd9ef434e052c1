"""The findings about each methodology of a comparison, without draws and without further runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import IndiciaError
from indicia.result import Result
from indicia.run import score
from indicia_audit.checks import SEVERITIES
from indicia_audit.facts import run_facts_of
from indicia_audit.inspection import Sources, inspect
from indicia_audit.inspection.chosen_checks import CheckSettings, choose_checks
from indicia_audit.inspection.findings import look_for
from indicia_audit.profile import read_profile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.result import Inputs
    from indicia_audit.inspection import ReportedFinding
    from indicia_compare import Comparison


def audit_methodologies(comparison: Comparison) -> Iterator[tuple[int | str | None, ...]]:
    """Yield the findings of checks about each methodology of a comparison, as rows of its table `audit`.

    Checks of data, structure, coherence, importance and pairs of methods look, with the profile and the thresholds of
    the index file of the methodology. Checks of draws and of further runs do not; `index.audit()` has them.
    """
    for method, inputs in zip(comparison.methods, comparison.inputs, strict=True):
        yield method.number, method.label, *_row(inputs, comparison.period)
    for failure in comparison.failures:
        yield None, failure.label, *[None] * 5, failure.reason


def _row(inputs: Inputs, period: str | None) -> tuple[int | str | None, ...]:
    """Return the counts and codes of a methodology, or the reason why it cannot be audited."""
    try:
        findings = list(_findings(inputs, period))
    except IndiciaError as error:
        return (*[None] * 5, error.reason)
    by_severity = {
        severity: [entry.code for entry in findings if entry.severity == severity] for severity in SEVERITIES
    }
    errors, warnings = (", ".join(sorted(set(by_severity[severity]))) for severity in SEVERITIES[:2])
    return (*map(len, by_severity.values()), errors or None, warnings or None, None)


def _findings(inputs: Inputs, period: str | None) -> Iterator[ReportedFinding]:
    """Yield the findings about a methodology that no waiver accepts."""
    definition, catalogue, origin, table = inputs.definition, inputs.catalogue, inputs.origin, inputs.table
    if not isinstance(table, pl.DataFrame):
        raise TypeError("a comparison has tables")
    with origin.located():
        inspection = inspect(
            definition, inputs.tree, table, catalogue.with_checks(), origin, sources=Sources(), look=False
        )
        result = Result(definition, score(definition, inputs.tree, table), table, catalogue, origin, inputs.tree)
    files = (read_profile(None, definition, origin).check_settings, CheckSettings.of_file(definition, origin))
    checks = [chosen for chosen in choose_checks(catalogue.with_checks(), files) if chosen.looks_at_one_run]
    subject = replace(inspection.subject, run=run_facts_of(result, period))
    findings, _, _ = look_for(subject, checks, definition.waivers, origin)
    yield from (entry for entry in findings if not entry.is_waived)
