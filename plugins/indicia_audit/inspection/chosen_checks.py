"""The checks of a run of checks: their thresholds, other severities, and the checks that are off.

Later settings replace earlier ones: those of the class of a check, of a profile, of `[checks]` in the index file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.definition import choose
from indicia.errors import MethodError, suggest
from indicia_audit.checks import SEVERITIES, Check, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Origin

WORDS_OF_ALL = ("severity", "on")
"""The words of `[checks.CODE]` that are no thresholds, and that every check has."""
_NEEDS_BEYOND_ONE_RUN = frozenset({"draws", "sensitivity", "rescoring", "full", "findings"})


@dataclass(frozen=True)
class CheckSettings:
    """The words of one file about checks: thresholds, `severity` and `on`."""

    words: Mapping[str, Mapping[str, Any]]
    """The words by code, as the file has them."""
    origin: Origin
    """The file, for error messages."""
    source: str = "the index file"
    """The name of the file, for the reason why a check is off."""
    may_name_absent: bool = False
    """True if a code that no installed check has is no error."""

    @classmethod
    def of_file(cls, definition: Definition, origin: Origin) -> CheckSettings:
        """Return the words of `[checks]` of an index file."""
        return cls(definition.checks, origin)


@dataclass(frozen=True)
class ChosenCheck:
    """A check with its thresholds, and with the severity that a profile or the index file gives it."""

    check: Check
    plugin: str
    severity: Severity | None = None
    """The severity in place of that of the class; None for that of the class."""
    off_in: str | None = None
    """The file that switches the check off; None if it is on."""

    @property
    def code(self) -> str:
        """The code of the check."""
        return self.check.code

    @property
    def looks_at_one_run(self) -> bool:
        """True if the check needs neither draws nor further runs nor the findings of the checks that need them."""
        return not _NEEDS_BEYOND_ONE_RUN.intersection(self.check.needs)

    def severity_of(self, finding: Finding) -> Severity:
        """Return the severity of a finding; a milder or graver severity that the check states itself stays."""
        stated = finding.severity or self.check.severity
        return self.severity if self.severity and stated == self.check.severity else stated

    @property
    def settings(self) -> dict[str, Any]:
        """The thresholds, and the words that differ from those of the class, for a manifest."""
        words: dict[str, Any] = {} if self.severity is None else {"severity": self.severity}
        words |= {"on": False} if self.off_in else {}
        return {**self.check.parameters, **words}


def choose_checks(catalogue: Catalogue, files: Sequence[CheckSettings]) -> list[ChosenCheck]:
    """Return all checks with the settings of files, in the order of their codes; a later file replaces an earlier one.

    Raises
    ------
    MethodError
        If a file names an unknown check or threshold, or a value is wrong; the error names its line.
    """
    catalogue = catalogue.importable("check")
    codes = catalogue.names("check")
    for file in files:
        for code, words in file.words.items():
            if code in codes or not file.may_name_absent:
                _check_words(catalogue, file, code, words)
    return [_choose(catalogue, files, code) for code in codes]


def _check_words(catalogue: Catalogue, file: CheckSettings, code: str, words: Mapping[str, Any]) -> None:
    """Refuse wrong words of one file about a check."""
    choose(catalogue, "check", code, file.origin, ["checks", code])
    for word, value in _thresholds(words).items():  # one by one, so that an error names the line of the word
        choose(catalogue, "check", {"method": code, word: value}, file.origin, ["checks", code, word])
    severity, is_on = words.get("severity", SEVERITIES[0]), words.get("on", True)
    if severity not in SEVERITIES:
        raise MethodError(
            f"severity of {code} must be {', '.join(SEVERITIES[:-1])} or {SEVERITIES[-1]}, and is {severity!r:.40}",
            where=file.origin.where(["checks", code, "severity"]),
            remedy=suggest(str(severity), SEVERITIES),
        )
    if not isinstance(is_on, bool):
        raise MethodError(
            f"on of {code} must be true or false, and is {is_on!r:.40}",
            where=file.origin.where(["checks", code, "on"]),
            remedy="on = false switches the check off",
        )


def _choose(catalogue: Catalogue, files: Sequence[CheckSettings], code: str) -> ChosenCheck:
    merged: dict[str, Any] = {}
    off_in = None
    for file in files:
        words = file.words.get(code, {})
        merged |= words
        if "on" in words:
            off_in = None if words["on"] else file.source
    choice = {"method": code, **_thresholds(merged)}
    check = choose(catalogue, "check", choice, files[-1].origin, ["checks", code])
    return ChosenCheck(check, catalogue.offers["check", code].plugin, merged.get("severity"), off_in)


def _thresholds(words: Mapping[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in words.items() if word not in WORDS_OF_ALL}
