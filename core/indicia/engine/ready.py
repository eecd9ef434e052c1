"""Data and tree as they go into normalisation: prepared, screened, imputed, treated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import Leaf
from indicia.engine.aggregate import missing_error
from indicia.engine.fit import check_known
from indicia.engine.impute import impute, unfilled
from indicia.engine.names import shared_labels
from indicia.engine.noise import level_imputed, level_noise
from indicia.engine.normalise import constant_indicators, idle_targets, said_constant
from indicia.engine.notes import screened_notes
from indicia.engine.prepare import prepare, resolved
from indicia.engine.rank import check_eligible
from indicia.engine.screen import screen
from indicia.engine.treat import treat
from indicia.errors import DataError, DefinitionError, counted, listed
from indicia.notes import Names, Note

if TYPE_CHECKING:
    from collections.abc import Collection

    from indicia.definition import Definition, Node
    from indicia.engine.fit import Fitted
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Over
    from indicia.methods import Method


@dataclass(frozen=True)
class Ready:
    """Data and tree, as they go into normalisation."""

    raw: Prepared
    prepared: Prepared
    tree: Node
    over: Over
    weights_over: Over
    left_out: pl.DataFrame
    screened: tuple[str, ...]
    """Indicators that screening left out."""
    constant: tuple[str, ...]
    """Indicators that did not vary and are left out."""
    neutral: tuple[str, ...]
    notes: tuple[Note, ...]
    warnings: tuple[str, ...]

    @property
    def dropped(self) -> tuple[str, ...]:
        """All indicators that take no part."""
        return (*self.screened, *self.constant)


def ready(definition: Definition, tree: Node, table: pl.DataFrame, fitted: Fitted | None = None) -> Ready:
    """Prepare, screen, impute, treat; leave out what does not vary, where the methodology says so."""
    data, methodology = definition.data, definition.methodology
    if fitted and fitted.left_out:
        tree = without(tree, fitted.left_out)
    screened = screen(prepare(table, data, tuple(tree.leaves())), tree, definition.screening, whole=fitted is None)
    tree, prepared = without(tree, screened.indicators), screened.prepared
    over, weights_over = (
        resolved(scope.model_copy(update={"reference": None}) if fitted else scope, data, prepared, what)
        for what, scope in (("statistics", methodology.statistics), ("weights", methodology.weights))
    )
    if fitted:
        check_known(prepared.units, fitted, over, weights_over)
        tree = without(tree, fitted.constant)
        prepared = prepared.without(fitted.constant)
    else:
        _check_units(tree, prepared.units, over, weights_over)
        prepared = level_noise(prepared, tree, over)
    raw = prepared
    prepared = impute(prepared, tree, data, over, fitted.of("imputation") if fitted else None)
    if not fitted:
        prepared = level_imputed(prepared, tree, over)
    notes = [*screened_notes(screened, prepared.unit), *unfilled(prepared, tree)]
    treated = treat(prepared, tuple(tree.leaves()), over, fitted.settled if fitted else None)
    prepared = treated.prepared
    _check_present(tree, prepared)
    if fitted:
        gone, varying = fitted.left_out, _Varying(fitted.constant, fitted.neutral)
    else:
        gone, varying = screened.indicators, _varying(definition, tree, prepared, over)
        tree = without(tree, varying.dropped)
        prepared = prepared.without(varying.dropped) if varying.dropped else prepared
    idle = [
        f'the target of {name} counts for nothing: say direction = "target", or leave it out'
        for name in idle_targets(prepared, tuple(tree.leaves()))
    ]
    return Ready(
        raw=raw,
        prepared=prepared,
        tree=tree,
        over=over,
        weights_over=weights_over,
        left_out=screened.left_out,
        screened=gone,
        constant=varying.dropped,
        neutral=varying.neutral,
        notes=(*notes, *varying.notes),
        warnings=(*treated.warnings, *idle),
    )


def examine(definition: Definition, tree: Node, table: pl.DataFrame) -> list[str]:
    """Make the checks that need no score, and say what the data hold; a fault is an error."""
    found = ready(definition, tree, table)
    prepared = found.prepared
    check_eligible(definition, prepared.units)
    gaps = [f"{name} ({count})" for name in prepared.values.columns if (count := prepared.values[name].null_count())]
    period = definition.data.period
    sizes = [counted(prepared.units[prepared.unit].n_unique(), "unit")]
    sizes += [counted(prepared.units[period].n_unique(), "period")] if period else []
    sizes += [counted(prepared.values.width, "indicator"), counted(sum(1 for _ in found.tree.nodes()) - 1, "dimension")]
    return [
        ", ".join(sizes),
        *found.notes,
        *(
            f'label "{label}" names {len(units)} units: {listed(units)}; reports and charts write the unit beside it'
            for label, units in shared_labels(prepared.units, definition.data).items()
        ),
        f"missing values: {listed(gaps, len(gaps))}" if gaps else "no missing values",
        "ok",
    ]


def _check_units(tree: Node, units: pl.DataFrame, over: Over, weights_over: Over) -> None:
    """Refuse methods that need more units than there are where they look: in all rows, or in the smallest period."""
    scaling: list[Method] = [leaf.normalisation for leaf in tree.leaves()]
    scaling += [node.aggregation for node in tree.nodes()]
    weighing: list[Method] = [node.weighting for node in tree.nodes()]
    for methods, within in ((scaling, over), (weighing, weights_over)):
        most = max((method.minimum_units for method in methods), default=1)
        if most <= 1:
            continue
        compared = units if within.reference is None else units.filter(within.reference)
        sizes = compared.group_by(within.key, maintain_order=True).len() if within.key else compared.select(pl.len())
        *where, fewest = sizes.row(sizes["len"].arg_min() or 0)
        there = " ".join(["there are", str(fewest), *(["in", *map(str, where)] if where else [])])
        for method in methods:
            if fewest < method.minimum_units:
                raise DataError(
                    f"{method.name} needs at least {method.minimum_units} units, and {there}",
                    remedy="choose another method there, or look at more rows together",
                )


def _check_present(tree: Node, prepared: Prepared) -> None:
    gaps = [
        part
        for node in tree.nodes()
        for part in node.components
        if isinstance(part, Leaf) and node.missing.policy == "refuse" and prepared.facts[part.id].missing
    ]
    if gaps:
        raise missing_error(gaps, prepared)


@dataclass(frozen=True)
class _Varying:
    """Indicators that do not vary: left out, or scored neutrally."""

    dropped: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def _varying(definition: Definition, tree: Node, prepared: Prepared, over: Over) -> _Varying:
    leaves = tuple(tree.leaves())
    constant = tuple(constant_indicators(prepared, leaves, over))
    policy = definition.methodology.constant
    if not constant:
        return _Varying()
    if policy == "refuse":
        raise said_constant(constant, leaves, len(prepared.units), over)
    if policy == "drop":
        return _Varying(dropped=constant, notes=(Note("constant_dropped", parts=Names.of(constant)),))
    return _Varying(neutral=constant, notes=(Note("constant_neutral", parts=Names.of(constant)),))


def without(tree: Node, dropped: Collection[str]) -> Node:
    """Return the tree without indicators that take no part."""
    if not dropped:
        return tree
    left = tree.without(dropped)
    if not left.components:
        raise DefinitionError("every indicator is the same for all units; nothing is left to score")
    return left
