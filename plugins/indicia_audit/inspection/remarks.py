"""Remarks of an inspection, and its limits."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from indicia.arguments import names_its_arguments
from indicia.defaults import EXAMPLE_CODES
from indicia.definition import Data, Definition, unused_sources
from indicia.errors import IndiciaError, join_names, pluralise, suggest
from indicia.paths import expanded
from indicia.tables.table import shared_labels
from indicia_audit.checks import SEVERITIES, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from indicia.result.outside import Neighbours, OutsideValues
    from indicia.run import CellAttributes
    from indicia_audit.inspection.chosen_checks import ChosenCheck
    from indicia_audit.inspection.findings import ReportedFinding


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
    if TYPE_CHECKING:  # a field of a dataclass would take a property of its base for a default

        @property
        def reported_findings(self) -> tuple[ReportedFinding, ...]:
            """The findings with their severities and waivers, the gravest first."""

        @property
        def checks(self) -> tuple[ChosenCheck, ...]:
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


_MOST_NAMES = 8
"""The largest number of sources that a line names."""
_MOST_LABELS = 3
"""The largest number of labels that a line names."""


def remarks_on(
    definition: Definition,
    units: pl.DataFrame,
    attributes: CellAttributes,
    outside: OutsideValues,
    neighbours: Neighbours | None,
) -> Iterator[str]:
    """Yield lines on what accompanies the values; `units` has a row for each unit, with its labels."""
    yield from _about_labels(shared_labels(units, definition.data))
    yield from about_sources(definition, attributes.sources)
    yield from about_attributes(attributes, definition.data)
    yield from about_outside(outside, neighbours)


def _about_labels(shared: Mapping[str, list[str]]) -> list[str]:
    """Return lines on the labels of several units; many labels get one line."""
    effect = "reports and charts write the unit beside it"
    if len(shared) <= _MOST_LABELS:
        return [
            f'label "{label}" names {len(units)} units: {join_names(units)}; {effect}'
            for label, units in shared.items()
        ]
    first = [f'"{label}" ({len(units)} units)' for label, units in shared.items()]
    return [f"{len(shared):,} labels name several units: {join_names(first, _MOST_LABELS)}; {effect}"]


def about_map(definition: Definition, folder: Path) -> list[str]:
    """Return a line if the file with the shapes of the units does not exist."""
    if definition.map is None or (folder / expanded(definition.map.path)).is_file():
        return []
    return [f"[map] names {definition.map.path}, and there is no such file: pages and charts cannot show a map"]


def about_sources(definition: Definition, of_values: Iterable[str]) -> list[str]:
    """Return a line on the sources of the index file that nothing names."""
    unused = unused_sources(definition, of_values)
    if not unused:
        return []
    names = join_names(unused, _MOST_NAMES)
    return [f'no indicator names {names} of [sources]: write source = "{unused[0]}", or leave the table out']


def about_attributes(attributes: CellAttributes, data: Data) -> Iterator[str]:
    """Yield a line on each attribute: its indicators, and the number of values that have it."""
    for attribute, frame in attributes.frames.items():
        values = attributes.values.select(frame.columns)
        has_both = sum(int((frame[name].is_not_null() & values[name].is_not_null()).sum()) for name in frame.columns)
        present = sum(values[name].count() for name in frame.columns)
        without = [name for name in attributes.values.columns if name not in frame.columns]
        others = f"; none for {join_names(without, _MOST_NAMES)}" if without else ""
        noun = attribute.replace("_", " ")
        names = join_names(frame.columns, _MOST_NAMES)
        yield f"{noun} of values: {has_both:,} of {present:,} values of {names}{others}"
    if data.flags and not (data.attributes and data.attributes.has_flags):
        remedy = '[data.attributes] status = "flags" keeps them'
        yield f"flags behind numbers ({join_names(data.flags)}) are not kept; {remedy}"


def about_outside(outside: OutsideValues, neighbours: Neighbours | None) -> Iterator[str]:
    """Yield a line on each variable outside the index, and a line on the neighbours."""
    frame = outside.frame
    keys = frame.columns[: frame.width - len(outside.variables)]
    for name in outside.variables:
        missing = frame.filter(frame[name].is_null()).select(keys)
        names = [" ".join(map(str, row)) for row in missing.iter_rows()]
        gaps = f"; none for {join_names(names, _MOST_NAMES)}" if names else ""
        unmatched = outside.unmatched.get(name, ())
        others = f"; units that the data do not have: {join_names(unmatched, _MOST_NAMES)}" if unmatched else ""
        noun = "unit" if len(keys) == 1 else "row"
        yield f"outside variable {name}: {len(frame) - len(names):,} of {pluralise(len(frame), noun)}{gaps}{others}"
    if neighbours is not None:
        kind = "symmetric" if neighbours.is_symmetric else "not symmetric"
        alone = neighbours.islands
        islands = f"; no neighbour: {join_names(alone, _MOST_NAMES)}" if alone else ""
        unmatched = neighbours.unmatched
        others = f"; names that are no units of the index: {join_names(unmatched, _MOST_NAMES)}" if unmatched else ""
        yield f"neighbours: {pluralise(len(neighbours.first), 'pair')}, {kind}{islands}{others}"
