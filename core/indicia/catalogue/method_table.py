"""The table of methods, with their formulas, references and properties."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from indicia.catalogue.formulas import default_formula, properties_of
from indicia.catalogue.hookspecs import ANALYSES, KINDS, OUTPUTS
from indicia.citations import cited_works
from indicia.errors import MethodError, suggest
from indicia.methods import Property

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from indicia.catalogue.offers import Offer

_COLUMNS = ("kind", "name", "parameters", "summary", "plugin", "formula", "reference", "doi", "properties")


def method_table(offers: Iterable[Offer], properties: Iterable[str], kind: str | None) -> pl.DataFrame:
    """Return a table of the methods with all these properties; see `Catalogue.table`.

    Analyses, sections, charts and exporters, which are no methods, are in the table of their own kind only.
    """
    import polars as pl  # not at the top: completion in a shell must not wait for polars

    required = {_property(name.strip()) for name in properties}
    kinds, known = [entry.name for entry in KINDS], [entry.name for entry in (*KINDS, ANALYSES, *OUTPUTS)]
    if kind is not None and kind not in known:
        raise MethodError(f'unknown kind "{kind}"', remedy=suggest(kind, known))
    kinds = kinds if kind is None else [kind]
    chosen = [offer for offer in offers if offer.kind in kinds and required <= properties_of(offer.method)]
    chosen.sort(key=lambda offer: (kinds.index(offer.kind), offer.name))
    rows = [_row(offer) for offer in chosen]
    return pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")


def _row(offer: Offer) -> tuple[str, ...]:
    """Return the row of a method in the table of methods."""
    method = offer.method
    dois = [work.doi for work in cited_works(method.reference, method.__module__.partition(".")[0]) if work.doi]
    return (
        offer.kind,
        offer.name,
        ", ".join(field.name for field in fields(method)),
        method.summary(),
        offer.plugin,
        default_formula(method),
        method.reference,
        ", ".join(dois),
        ", ".join(sorted(declared.value for declared in properties_of(method))),
    )


def _property(name: str) -> Property:
    try:
        return Property(name)
    except ValueError as error:
        raise MethodError(
            f'unknown property "{name}"', remedy=suggest(name, [known.value for known in Property])
        ) from error
