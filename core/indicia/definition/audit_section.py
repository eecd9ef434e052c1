"""The table `[audit]` of an index file: the choices of an audit, which options replace."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from indicia.definition.section import Section, Whole, Word


class AuditChoices(Section):
    """The profile, the draws and the factors of an audit, and the findings that fail it."""

    profile: Word | None = Field(
        None, description='the profile of thresholds and severities: "jrc", "strict", or the path of a TOML file'
    )
    draws: Whole | None = Field(
        None, ge=1, le=1_000_000_000, description="number of draws of the uncertainty analysis; default: the profile's"
    )
    seed: Whole | None = Field(None, ge=0, description="seed of the random numbers; default: 1")
    fail_on: Word | None = Field(
        None,
        description='the findings on which `indicia audit` exits with 1: "error", "warning", "information", "never", '
        "or codes of checks, separated by commas",
    )
    factors: Whole | None = Field(
        None,
        ge=2,
        description="number of principal components that the tables of rotated loadings rotate; default: those with an "
        "eigenvalue above 1",
    )


AuditTable = Annotated[AuditChoices, Field(AuditChoices(), description="the choices of an audit")]
