"""Bring every indicator to its common scale; direction ends here."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.engine.prepare import known
from indicia.engine.profile import Columns, Profile, domain_error
from indicia.engine.settle import UNIT, Known, evaluate
from indicia.errors import DataError, MethodError, listed
from indicia.methods import Domain, where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Leaf
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Ask, Formula


def constant_indicators(prepared: Prepared, leaves: Sequence[Leaf], key: Sequence[str]) -> list[str]:
    """Name the indicators that do not vary (within some key) under a normalisation that needs them to."""
    at_risk = [leaf.id for leaf in leaves if leaf.normalisation.needs_spread and leaf.spec.bounds is None]
    if not key:
        return [name for name in at_risk if prepared.facts[name].constant]
    if not at_risk:
        return []
    frame = pl.concat([prepared.units.select(key), prepared.values.select(at_risk)], how="horizontal")
    within = frame.group_by(key).agg(pl.col(name).min() == pl.col(name).max() for name in at_risk)
    return [name for name in at_risk if within[name].any()]


def normalise(prepared: Prepared, leaves: Sequence[Leaf], key: Sequence[str], constant: Sequence[str]) -> Columns:
    """Return one column per indicator, larger is better; those named `constant` score neutrally where they are."""
    for leaf in leaves:
        _check_domain(prepared, leaf, prepared.facts[leaf.id])
    about = prepared.units.select(*key, pl.col(prepared.unit).alias(UNIT))
    frame = pl.concat([about, prepared.values], how="horizontal")
    formulas = {leaf.id: _formula(leaf, key, leaf.id in constant) for leaf in leaves}
    normalised = Columns.of(evaluate(frame, formulas, key))
    for leaf in leaves:
        found = normalised.facts[leaf.id]
        if not found.finite or found.missing > prepared.facts[leaf.id].missing:
            raise _not_finite(prepared, leaf, normalised.frame[leaf.id])
    return normalised


def _formula(leaf: Leaf, key: Sequence[str], constant: bool) -> Formula:
    method, spec = leaf.normalisation, leaf.spec

    def formula(ask: Ask) -> pl.Expr:
        x, facts = pl.col(leaf.id), known(spec)
        try:
            if spec.direction == "cost" and not leaf.oriented:
                s = ask(leaf.id, x, facts)
                z = method.benefit(x, s)
            elif spec.direction == "cost" and method.has_cost_formula():
                s = ask(leaf.id, x, facts)
                z = method.cost(x, s)
            else:
                if spec.direction == "cost":
                    x, facts = -x, facts.mirrored()
                elif spec.best is not None:
                    x, facts = _closeness(x, leaf, ask), Known(0.0, 1.0, 1.0)
                s = ask(leaf.id, x, facts)
                z = method.benefit(x, s)
        except ValueError as error:
            raise MethodError(f"{method.name} of {leaf.id}: {error}") from error
        if constant:
            z = where(x.is_null() | (s.max > s.min), z, method.neutral)
        return z.over(key) if key and method.whole_column else z

    return formula


def _closeness(x: pl.Expr, leaf: Leaf, ask: Ask) -> pl.Expr:
    """Return 1 at the best values, 0 at the worst, linear between: the worst given, or the farthest unit."""
    spec = leaf.spec
    scaled = math.log if spec.transform == "log" else float
    low, high = (scaled(end) for end in spec.best or (0.0, 0.0))
    if spec.worst is not None:
        least, most = (scaled(end) for end in spec.worst)
        below, above = (x - least) / (low - least), (most - x) / (most - high)
        return (
            pl.when(x < low)
            .then(below)
            .when(x > high)
            .then(above)
            .otherwise(pl.when(x.is_not_null()).then(1.0))
            .clip(0.0, 1.0)
        )
    distance = pl.max_horizontal(low - x, x - high).clip(0.0)
    farthest = ask(f"{leaf.id} distance", distance).max
    return where(farthest > 0, 1 - distance / farthest, where(x.is_null(), x, 1.0))


def _check_domain(prepared: Prepared, leaf: Leaf, facts: Profile) -> None:
    method, column = leaf.normalisation, pl.col("\0")
    cost = leaf.spec.direction == "cost" and leaf.oriented
    domain = method.cost_domain if cost else method.domain
    if leaf.spec.best is not None:
        facts, column = replace(facts, lowest=0.0), pl.lit(0.0)
    elif cost and not method.has_cost_formula():
        facts = replace(facts, lowest=None if facts.highest is None else -facts.highest)
        column = -column
    if not facts.within(domain):
        outside = column <= 0 if domain is Domain.POSITIVE else column < 0
        units = prepared.naming(prepared.values[leaf.id], outside)
        raise domain_error(
            method.name, domain, leaf.id, units, 'choose one that takes them, such as normalisation = "min_max"'
        )


def _not_finite(prepared: Prepared, leaf: Leaf, z: pl.Series) -> DataError:
    units = prepared.naming(
        z.fill_null(math.nan).set(prepared.values[leaf.id].is_null(), 0.0), ~pl.col("\0").is_finite()
    )
    return DataError(
        f"{leaf.normalisation.name} has no finite value of {leaf.id} for {len(units)} unit(s): {listed(units)}",
        remedy=f"look at {leaf.id}: a sum, maximum or difference that the formula divides by is zero or too large",
    )


def said_constant(names: Sequence[str], leaves: Sequence[Leaf], units: int, key: Sequence[str]) -> DataError:
    """Say which indicators do not vary."""
    method = next(leaf.normalisation.name for leaf in leaves if leaf.id in names)
    if units == 1:
        return DataError(
            f"{method} compares units, and there is one", remedy="give every indicator bounds = [least, greatest]"
        )
    verb, within = "is" if len(names) == 1 else "are", f" within a {key[0]}" if key else ""
    return DataError(
        f"{listed(names)} {verb} the same for all units{within}; {method} has no value there",
        remedy='leave out the indicator, or write constant = "drop" or constant = "neutral" in [methodology]',
    )
