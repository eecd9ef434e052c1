"""The table of methods, with their formulas, references and properties."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from indicia.catalogue.hookspecs import ANALYSES, KINDS, OUTPUTS
from indicia.citations import cited_works
from indicia.errors import MethodError, suggest
from indicia.methods import Method, Property
from indicia.methods.contract import fill_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def all_formulas(method: type[Method], template: str) -> Iterator[tuple[str, str]]:
    """Yield the formula of the default parameters, then the clauses that other values change.

    Yields
    ------
    condition
        Such as "form = shifted"; empty for the defaults.
    formula
        The whole formula of the defaults; for other values, the clauses that differ. Wide spaces separate clauses.
    """
    values = _defaults(method)
    default = fill_template(template, method.variants, values)
    yield "", default
    clauses = set(_clauses(default))
    for name in dict.fromkeys(place.partition(".")[0] for place in method.variants):
        places = [pieces for place, pieces in method.variants.items() if place.partition(".")[0] == name]
        keys = list(dict.fromkeys(key for pieces in places for key in pieces))
        for key in keys:
            if key == values[name] or (key is ... and values[name] not in keys):
                continue
            other = fill_template(template, method.variants, _changed(method, values, name, key))
            if changed := [clause for clause in _clauses(other) if clause not in clauses]:
                yield _condition(name, key, values[name]), r", \quad ".join(changed)


def default_formula(method: type[Method]) -> str:
    """Return the formula of the default parameters; empty if a method has none, or if its pieces do not fit."""
    try:
        return next(all_formulas(method, method.formula))[1] if method.formula else ""
    except KeyError:
        return ""


def of_default_parameters(method: type[Method], attribute: str, otherwise: Any) -> Any:
    """Return an attribute of a class; if a property computes it, that of the method with its default parameters.

    A method that cannot be built without parameters gets the value `otherwise`.
    """
    declared = getattr(method, attribute)
    if not isinstance(declared, property):
        return declared
    try:
        return getattr(method(), attribute)
    except (TypeError, ValueError):
        return otherwise


def properties_of(method: type[Method]) -> frozenset[Property]:
    """Return the properties that a method has with its default parameters."""
    properties: frozenset[Property] = of_default_parameters(method, "properties", frozenset())
    return properties


def _defaults(method: type[Method]) -> dict[str, Any]:
    """Return the defaults of the parameters; `...` for a parameter without one."""
    if all(field.default is not MISSING or field.default_factory is not MISSING for field in fields(method)):
        try:
            return method().settings
        except ValueError:
            pass
    return {field.name: ... if field.default is MISSING else field.default for field in fields(method)}


def _changed(method: type[Method], values: dict[str, Any], name: str, key: object) -> dict[str, Any]:
    """Return the values with another value of one parameter, and the values of others that depend on it."""
    try:
        return values | {name: key} if key is ... else method(**{name: key}).settings
    except (TypeError, ValueError):
        return values | {name: key}


def _condition(name: str, key: object, default: object) -> str:
    if key is ...:
        return f"{'with' if default is None else 'another'} {name}"
    if key is None:
        return f"without {name}"
    return f"{name} = {str(key).lower() if isinstance(key, bool) else f'{key:g}' if isinstance(key, float) else key}"


def _clauses(formula: str) -> list[str]:
    """Return the parts of a formula between wide spaces outside of braces."""
    parts, depth = [""], 0
    for token in re.findall(r"\\[A-Za-z]+|\\.|.", formula, flags=re.DOTALL):
        depth += (token in ("{", "\\left")) - (token in ("}", "\\right"))
        if token == "\\quad" and not depth:
            parts.append("")
        else:
            parts[-1] += token
    return [stripped for part in parts if (stripped := part.strip(" ,;"))]
