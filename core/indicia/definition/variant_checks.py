"""Checks of variants that need the whole definition: the parts that they name, and the published units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition.weight_checks import check_weight_sets
from indicia.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from collections.abc import Collection

    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin
    from indicia.definition.variant_section import Variant

_NOUNS = {"indicators": "indicator", "dimensions": "dimension"}


def check_names_in_tables(definition: Definition, origin: Origin) -> None:
    """Refuse variants and sets of weights that name parts that the index lacks, and variants without its reference."""
    check_weight_sets(definition, origin)
    for name, variant in definition.variants.items():
        for kind, noun in _NOUNS.items():
            parts = getattr(definition, kind)
            if unknown := next((part for part in getattr(variant, kind) if part not in parts), None):
                raise DefinitionError(
                    f'variant "{name}" changes the {noun} "{unknown}", which the index does not have',
                    where=origin.where(["variants", name, kind, unknown]),
                    remedy=suggest(unknown, parts) or f"add it to [{kind}]",
                )
        known = [*definition.indicators, *definition.dimensions]
        if unknown := next((part for part in variant.without if part not in known), None):
            raise DefinitionError(
                f'variant "{name}" leaves out "{unknown}", which is no indicator and no dimension',
                where=origin.where(["variants", name, "without"]),
                remedy=suggest(unknown, known),
            )
        _check_reference(definition, name, variant, origin)


def _check_reference(definition: Definition, name: str, variant: Variant, origin: Origin) -> None:
    """Refuse a variant that leaves out units of the published set, so that they have no score to compare."""
    top = definition.reference.top if definition.reference else None
    rules: dict[tuple[str, str], Collection[str]] = {
        ("data", "without"): variant.data.without or (),
        ("screening", "without"): variant.screening.without,
        ("eligible", "without"): variant.eligible.without,
    }
    if variant.eligible.only is not None:
        rules["eligible", "only"] = set(top or ()) - set(variant.eligible.only)
    for word, names in rules.items():
        if left_out := next((unit for unit in top or () if unit in names), None):
            raise DefinitionError(
                f'variant "{name}" leaves out {left_out}, which [reference] compares',
                where=origin.lines(["variants", name, *word], ["reference", "top"]),
                remedy=f"keep {left_out} in the variant, or take it out of the reference",
            )
