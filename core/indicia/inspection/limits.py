"""Counts of findings, and the findings that a limit does not accept."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from indicia.arguments import names_its_arguments
from indicia.checks import SEVERITIES
from indicia.defaults import EXAMPLE_CODES
from indicia.errors import IndiciaError, suggest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.checks import Severity
    from indicia.definition import Definition
    from indicia.inspection.chosen_checks import ChosenCheck
    from indicia.inspection.findings import ReportedFinding


def words_of_limit(limit: str, codes: Sequence[str]) -> list[str]:
    """Return the severities and codes of a limit of findings.

    >>> words_of_limit("error, D05", ["D05", "D13"])
    ['error', 'D05']

    Raises
    ------
    IndiciaError
        If there is no word, or a word is neither a severity nor one of the codes.
    """
    words = [word.strip() for word in limit.split(",") if word.strip()]
    limits = [*SEVERITIES, "never", *codes]
    choices = f"write {', '.join(limits[:4])}, or codes of checks: {','.join(EXAMPLE_CODES)}"
    if not words:
        raise IndiciaError("the limit of findings is empty", remedy=choices)
    for word in words:
        if word not in limits:
            raise IndiciaError(f'findings cannot be limited by "{word}"', remedy=suggest(word, limits) or choices)
    return words


class CountsFindings:
    """The base of an inspection and an audit, which have findings."""

    definition: Definition
    reported_findings: tuple[ReportedFinding, ...]
    """The findings with their severities and waivers, the gravest first."""
    checks: tuple[ChosenCheck, ...]
    """All checks, with the thresholds of the index file."""

    @property
    def manifest_of_checks(self) -> dict[str, Any]:
        """The thresholds of all checks and the waivers, for a manifest."""
        waivers = [waiver.model_dump(mode="json", exclude_none=True) for waiver in self.definition.waivers]
        return {"checks": {check.code: check.settings for check in self.checks}, "waivers": waivers}

    @names_its_arguments
    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity that no waiver accepts.

        Parameters
        ----------
        severity : {"error", "warning", "information"}
            The severity.

        Returns
        -------
        int
            The number.
        """
        return sum(entry.severity == severity for entry in self.unwaived)

    @cached_property
    def unwaived(self) -> tuple[ReportedFinding, ...]:
        """The findings that no waiver accepts."""
        return tuple(entry for entry in self.reported_findings if not entry.is_waived)

    @cached_property
    def waived(self) -> tuple[ReportedFinding, ...]:
        """The findings that a waiver accepts."""
        return tuple(entry for entry in self.reported_findings if entry.is_waived)

    @names_its_arguments
    def fails(self, limit: str) -> list[ReportedFinding]:
        """Return the findings that a limit does not accept.

        Parameters
        ----------
        limit
            "error", "warning" or "information": findings of this severity or a graver one; "never": none; else codes of
            checks, separated by commas.

        Returns
        -------
        list of ReportedFinding
            The findings; empty if none is as grave.

        Raises
        ------
        IndiciaError
            If a word is neither a severity nor the code of a check.
        """
        words = words_of_limit(limit, [check.code for check in self.checks])
        grave = {
            severity for word in words if word in SEVERITIES for severity in SEVERITIES[: SEVERITIES.index(word) + 1]
        }
        return [entry for entry in self.unwaived if entry.severity in grave or entry.code in words]
