"""The subject of checks, from the stages of a run before normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.defaults import DRAFT_WEIGHTING
from indicia.definition import Definition, FittedWeights, GroupBounds, Leaf, Node, text, uses_of
from indicia.formulas import USED
from indicia.run.scored import effective_weights_of
from indicia.stages.normalise import reads_ends_of_scale
from indicia.stages.stage import nodes_taking_part
from indicia_audit.checks import IndicatorFacts, NodeFacts, Subject, TableObservation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.run import CellAttributes
    from indicia.run.plan import Step
    from indicia.tables.fitted import Fitted
    from indicia.tables.table import Table


def subject_of(
    definition: Definition,
    tree: Node,
    steps: Sequence[Step],
    *,
    unused: Mapping[str, str],
    table_observations: Sequence[TableObservation] = (),
    attributes: CellAttributes | None = None,
) -> Subject:
    """Return the subject of the steps of a run; units and indicators that screening leaves out do not take part."""
    after = {step.record.stage: step.table for step in steps}
    raw, prepared = after["scope"], after["transform"]  # without the constant indicators of the fit of a fitted index
    (root,) = nodes_taking_part([tree], raw)
    leaves = {leaf.id: leaf for leaf in root.leaves()}
    weights = effective_weights_of(root, {node.id: _known_weights(node, raw.fitted) for node in root.nodes()})
    data, uses = definition.data, uses_of(definition, tree)
    return Subject(
        unit=raw.unit,
        period=raw.period,
        labels=tuple(label for label in data.labels() if label in raw.units.columns),
        groups=data.groups,
        units=raw.units,
        raw=raw.values,
        filled=after["imputation"].values,
        treated=after["treatment"].values,
        capped=after["cap"].values,
        prepared=prepared.values,
        indicators={
            name: IndicatorFacts(
                column=leaf.column,
                direction=leaf.spec.direction,
                direction_of_dimension="cost" if name in root.harms else "benefit",
                direction_stated="direction" in leaf.spec.model_fields_set,
                measure=text(leaf.spec.unit),
                **_bounds(leaf, raw),
                per=leaf.spec.per,
                weight=weights[name],
                imputation=str(leaf.imputation) if leaf.imputation else "",
                treatment=str(leaf.treatment) if leaf.treatment else "",
            )
            for name, leaf in leaves.items()
        },
        nodes={
            node.id: NodeFacts(
                components=tuple(part.id for part in node.components),
                indicators=node.indicators,
                missing=node.missing.policy,
                weight=weights[node.id],
                votes=node.aggregation.votes_by_weight,
            )
            for node in root.nodes()
        },
        denominators=_denominators(after["read"].source, raw.units, raw.key, leaves.values()),
        unused=unused,
        table_observations=tuple(table_observations),
        used_columns=raw.used_columns.rename(lambda name: name.removeprefix(USED)),
        weights_of_units=tuple(dict.fromkeys(use.column.name for use in uses if use.column.is_weight)),
        years=pl.DataFrame() if attributes is None else _years(attributes, raw.values),
        table_units=after["read"].units[raw.unit].cast(pl.String),
    )


def _years(attributes: CellAttributes, raw: pl.DataFrame) -> pl.DataFrame:
    """Return the years of the values that are present."""
    years = attributes.frames.get("year", pl.DataFrame())
    return pl.DataFrame([years[name].set(raw[name].is_null(), None) for name in years.columns if name in raw.columns])


def _known_weights(node: Node, fitted: Fitted | None) -> list[float]:
    """Return the weights of the components of a node in the index file or the fitted index, scaled to sum 1.

    Weights that a method computes from the data are not known before the normalisation.
    """
    if fitted is not None and isinstance(node.weighting, FittedWeights):
        weights_of_fit = fitted.weights_of(node.id, [part.id for part in node.components])
        if weights_of_fit is not None and weights_of_fit.keys is None:
            return [float(weight) for weight in weights_of_fit.values]
    equal = node.weighting.name == DRAFT_WEIGHTING
    weights = [1.0 if equal else part.weight_in(node.id) for part in node.components]
    total = sum(weights)
    return [weight / total if total else 0.0 for weight in weights]


def _bounds(leaf: Leaf, table: Table) -> dict[str, Any]:
    """Return the fixed ends of the scale of an indicator, as words of `IndicatorFacts`; none if no score uses them."""
    spec = leaf.spec
    if spec.worst is not None:
        return {"bounds": spec.worst}
    if spec.bounds is None or not reads_ends_of_scale(leaf):
        return {}
    if not isinstance(spec.bounds, GroupBounds):
        return {"bounds": spec.bounds}
    column = table.period if spec.bounds.by == "period" and table.period else spec.bounds.by
    if column not in table.units.columns:  # an error when the index is scored
        return {}
    return {"group_of_bounds": column, "bounds_of_groups": dict(spec.bounds.groups)}


def _denominators(source: pl.DataFrame, units: pl.DataFrame, key: list[str], leaves: Iterable[Leaf]) -> pl.DataFrame:
    """Return the columns that indicators are divided by, for the rows that take part."""
    names = sorted({leaf.spec.per for leaf in leaves if leaf.spec.per})
    if not names:
        return pl.DataFrame()
    sizes = source.select(*key, *(pl.col(name).cast(pl.Float64, strict=False).alias(f"\0{name}") for name in names))
    joined = units.select(key).join(sizes, on=key, how="left", maintain_order="left")
    return joined.select(pl.col(f"\0{name}").alias(name) for name in names)
