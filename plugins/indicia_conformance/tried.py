"""Properties that a method does not declare, and parameters without a visible effect: tried, and never a failure."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from indicia.methods import Property
from indicia_conformance import declared, edges, invariance, sample
from indicia_conformance.declared import FITTING
from indicia_conformance.parameters import parameters_without_effect
from indicia_conformance.tolerance import BrokenPromise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_conformance.check import Check
    from indicia_conformance.subject import Subject

_CHECKS: dict[Property, Check] = {
    Property.MONOTONE: declared.check_monotone,
    Property.COMPENSATORY: declared.check_compensation,
    Property.SCALE_INVARIANT: invariance.check_units_of_measure,
    Property.DEFINED_AT_ZERO: edges.check_zeros_and_negatives,
    Property.DEFINED_BELOW_ZERO: edges.check_zeros_and_negatives,
    Property.FREE_OF_RANK_REVERSAL: declared.check_rank_reversal,
    Property.ZERO_FOR_CONSTANT: edges.check_constant,
}
"""The check of each property."""
_EXAMPLES = 8
"""The number of tables that an undeclared property is tried on."""


def remarks(subject: Subject) -> Iterator[str]:
    """Yield what was tried beyond the declarations of a method, for its card."""
    tried: dict[bool, list[str]] = {True: [], False: []}
    for name, holds in undeclared_properties(subject):
        tried[holds].append(name)
    if tried[True]:
        yield f"{', '.join(tried[True])}: not declared, and {_verb(tried[True], 'seems', 'seem')} to hold"
    if tried[False]:
        yield f"{', '.join(tried[False])}: not declared, and {_verb(tried[False], 'does', 'do')} not hold"
    for name in parameters_without_effect(subject, [field.name for field in fields(subject.method)], chosen=True):
        yield f"the parameter {name} changes no figure of the tables that were tried"


def undeclared_properties(subject: Subject) -> Iterator[tuple[str, bool]]:
    """Yield the properties that a method of the kind can have and this one does not declare, and whether they hold.

    A property that holds for the tables that were tried may fail for others. One that no table could try is left out.
    """
    for assumed in sorted(FITTING.get(subject.kind, ()), key=lambda each: each.value):
        check = _CHECKS[assumed]
        if subject.declares(assumed) or subject.kind not in check.kinds:
            continue
        with sample.at_most(_EXAMPLES, reduced=False):
            try:
                check.verify(replace(subject, assumed=assumed))
            except BrokenPromise as broken:
                if not (broken.is_without_example or broken.is_fault_of_code):
                    yield assumed.value, False
            else:
                yield assumed.value, True


def _verb(names: list[str], one: str, several: str) -> str:
    return one if len(names) == 1 else several
