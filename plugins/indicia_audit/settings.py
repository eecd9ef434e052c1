"""The choices of an audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from indicia.definition import catalogue_of_file
from indicia.errors import IndiciaError
from indicia_audit.inspection.chosen_checks import CheckSettings, ChosenCheck, choose_checks
from indicia_audit.inspection.remarks import words_of_limit
from indicia_audit.profile import Profile, read_profile

if TYPE_CHECKING:
    from indicia.scorable import Scorable
    from indicia.types import Period

T = TypeVar("T")


@dataclass(frozen=True)
class AuditSettings:
    """The choices of an audit."""

    profile: Profile
    """The thresholds and severities of checks, and the choices that the draws vary."""
    draws: int
    """The number of draws of the uncertainty analysis."""
    seed: int = 1
    period: Period | None = None
    """The period of a panel whose scores are audited; by default the last."""
    is_full: bool = False
    """True for Sobol' indices, all units left out in turn, and frontiers without bounds."""
    fail_on: str = "never"
    """The findings that fail the audit: severities, or codes of checks."""
    checks: tuple[ChosenCheck, ...] = ()
    """All checks, with the thresholds and severities of the profile and the index file."""

    @classmethod
    def of(
        cls,
        index: Scorable,
        *,
        profile: str | None = None,
        draws: int | None = None,
        seed: int | None = None,
        period: Period | None = None,
        is_full: bool = False,
        fail_on: str | None = None,
    ) -> AuditSettings:
        """Return the choices of an audit: the arguments, else `[audit]` of the index file, else the profile.

        Raises
        ------
        IndiciaError
            If there is no such profile, its file is wrong, it names an unknown method, `[checks]` is wrong, or a word
            of the limit of findings is neither a severity nor the code of a check.
        """
        stated = index.definition.audit
        chosen = read_profile(profile, index.definition, index.origin)
        chosen.check_methods(catalogue_of_file(index.catalogue, index.definition, index.origin))
        files = (chosen.check_settings, CheckSettings.of_file(index.definition, index.origin))
        checks = choose_checks(index.catalogue.with_checks(), files)
        try:
            words_of_limit(limit := _first(fail_on, stated.fail_on, "never"), [check.code for check in checks])
        except IndiciaError as error:
            error.where = index.origin.where(["audit", "fail_on"]) if fail_on is None else error.where
            raise
        return cls(
            profile=chosen,
            draws=_first(draws, stated.draws, chosen.draws),
            checks=tuple(checks),
            seed=_first(seed, stated.seed, 1),
            period=period,
            is_full=is_full,
            fail_on=limit,
        )


def _first(given: T | None, stated: T | None, default: T) -> T:
    """Return what is given, else what the index file states, else a default."""
    return next((value for value in (given, stated) if value is not None), default)
