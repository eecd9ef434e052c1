"""Profiles of an audit: thresholds and severities of checks, and the choices that its draws vary.

A profile is a TOML file. `jrc` and `strict` are in the folder `profiles`; users write others:

    name = "our office"
    description = "the rules of our office"
    draws = 2000

    [checks.D01]
    share = 0.9          # a threshold
    severity = "error"   # in place of the severity of the check

    [checks.D15]
    on = false           # the check does not look

    [robustness]         # the words of [robustness] of an index file; without the table, those of jrc
    weights = { spread = 0.5 }
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError, field_validator

from indicia.definition import OPTIONAL, STAGES, Origin, Robustness, choose, explain_faults, read_toml
from indicia.definition.section import Section, Whole, Word
from indicia.errors import DefinitionError, suggest
from indicia_audit.inspection.chosen_checks import CheckSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition

DEFAULT = "jrc"
"""The profile of an audit without a choice."""
FOLDER = Path(__file__).parent / "profiles"
_DRAWS = 4000


class ProfileFile(Section):
    """The words of a profile."""

    name: Word | None = Field(None, description="the name of the profile; default: that of the file")
    description: str = Field("", description="the purpose of the profile, in a line")
    draws: Whole | None = Field(None, ge=1, le=1_000_000_000, description="number of draws of the uncertainty analysis")
    checks: dict[str, dict[str, Any]] = Field(
        {}, description="by code: thresholds, severity, and on = false for a check that does not look"
    )
    robustness: Robustness | None = Field(
        None,
        description="the choices that vary, with the words of [robustness] of an index file; default: those of jrc",
    )

    @field_validator("robustness")
    @classmethod
    def _draws_at_the_top(cls, robustness: Robustness | None) -> Robustness | None:
        stated = robustness.model_fields_set if robustness else set()
        if word := next((word for word in ("draws", "seed") if word in stated), None):
            place = "draws stands at the top of the profile" if word == "draws" else "[audit] of an index file has it"
            raise ValueError(f"a profile has no {word} there: {place}")
        return robustness


@dataclass(frozen=True)
class Profile:
    """The thresholds and severities of checks, and the design of the draws."""

    name: str
    description: str
    checks: Mapping[str, Mapping[str, Any]]
    """By code, the words of `[checks]`: thresholds, severity, on."""
    robustness: Mapping[str, Any]
    """The words of `[robustness]` that vary if the index file varies nothing."""
    draws: int
    sha256: str
    """The fingerprint of the file."""
    origin: Origin
    is_shipped: bool = False

    @property
    def check_settings(self) -> CheckSettings:
        """The words about checks; a shipped profile may name checks that are not installed."""
        return CheckSettings(self.checks, self.origin, f"the profile {self.name}", self.is_shipped)

    def check_methods(self, catalogue: Catalogue) -> None:
        """Refuse a method that the catalogue does not have; a shipped profile names shipped methods."""
        for stage in () if self.is_shipped else STAGES:
            for choice in self.robustness.get(stage, ()):
                if choice != "none" or stage not in OPTIONAL:
                    choose(catalogue, stage, choice, self.origin, ["robustness", stage])

    @property
    def manifest(self) -> dict[str, str]:
        """The name and the fingerprint of the profile."""
        return {"name": self.name, "sha256": self.sha256}


def shipped_profiles() -> list[str]:
    """Return the names of the shipped profiles.

    >>> shipped_profiles()
    ['jrc', 'strict']
    """
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def read_profile(profile: str | None, definition: Definition, origin: Origin) -> Profile:
    """Return a profile by its name or its path; by default that of `[audit]` of an index file, else `jrc`.

    Parameters
    ----------
    profile
        The name of a shipped profile, or the path of a TOML file, relative to the working directory.
    definition, origin
        The index; a path in its `[audit]` is relative to the index file.

    Raises
    ------
    DefinitionError
        If no profile has the name, or the file is no profile; the error names the file, the line and the nearest word.
    """
    if profile is not None:
        return _read(profile, Path(), None)
    if (stated := definition.audit.profile) is not None:
        is_option = "audit.profile" in origin.options
        return _read(stated, Path() if is_option else origin.folder, origin.where(["audit", "profile"]))
    return _read(DEFAULT, Path(), None)


def _read(profile: str, folder: Path, where: str | None) -> Profile:
    if profile in shipped_profiles():
        return _read_file(FOLDER / f"{profile}.toml", is_shipped=True)
    path = folder / profile
    if path.suffix != ".toml" or not path.is_file():
        names = [*shipped_profiles(), *(file.name for file in path.parent.glob("*.toml"))]
        choices = f"a profile is {', '.join(shipped_profiles())}, or the path of a TOML file"
        close = suggest(path.name, names) or ""
        raise DefinitionError(
            f'no profile "{profile}"', where=where, remedy=close if close.startswith("did you") else choices
        )
    return _read_file(path)


def _read_file(path: Path, *, is_shipped: bool = False) -> Profile:
    raw, toml = read_toml(path, "profile")
    origin = Origin(path, toml)
    try:
        words = ProfileFile.model_validate(raw)
    except ValidationError as error:
        raise explain_faults(error, raw, origin, ProfileFile) from error
    is_default = is_shipped and path.stem == DEFAULT
    default = None if is_default else _read_file(FOLDER / f"{DEFAULT}.toml", is_shipped=True)
    varied = words.robustness.model_dump(exclude_unset=True) if words.robustness else None
    return Profile(
        name=words.name or path.stem,
        description=words.description,
        checks=words.checks,
        robustness=varied or (default.robustness if default else {}),
        draws=words.draws or (default.draws if default else _DRAWS),
        sha256=sha256(toml.encode()).hexdigest(),
        origin=origin,
        is_shipped=is_shipped,
    )
