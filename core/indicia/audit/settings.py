"""The choices of an audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.audit.profile import Profile, read_profile
from indicia.definition import catalogue_of_file

if TYPE_CHECKING:
    from indicia.scorable import Scorable
    from indicia.types import Period


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
    ) -> AuditSettings:
        """Return the choices of an audit: the arguments, else `[audit]` of the index file, else the profile.

        Raises
        ------
        DefinitionError
            If there is no such profile, its file is wrong, or it names an unknown method.
        """
        stated = index.definition.audit
        chosen = read_profile(profile, index.definition, index.origin)
        chosen.check_methods(catalogue_of_file(index.catalogue, index.definition, index.origin))
        return cls(
            profile=chosen,
            draws=_first(draws, stated.draws, chosen.draws),
            seed=_first(seed, stated.seed, 1),
            period=period,
            is_full=is_full,
        )


def _first(*values: int | None) -> int:
    """Return the first number that is stated."""
    return next(value for value in values if value is not None)
