"""Draw in outliers, cap, and change the scale; bounds and targets follow the change of scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import GroupBounds
from indicia.engine.guard import asked, evaluated, expression, plugin_of
from indicia.engine.prepare import Ends, written
from indicia.engine.profile import domain_error, profile
from indicia.engine.settle import Over, evaluate
from indicia.errors import DataError, DefinitionError, listed, nearest
from indicia.formulas import FixedStatistics, column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Leaf
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Settled
    from indicia.formulas import Expression, Recorder
    from indicia.methods import Treatment


@dataclass(frozen=True)
class Treated:
    """Prepared values, and what there is to say against them."""

    prepared: Prepared
    warnings: tuple[str, ...] = ()


def treat(
    prepared: Prepared, leaves: Sequence[Leaf], over: Over, fitted: Mapping[str, Settled] | None = None
) -> Treated:
    """Treat outliers, cap, transform."""
    treatments = {leaf.id: leaf.treatment for leaf in leaves if leaf.treatment}
    warnings: tuple[str, ...] = ()
    if treatments:
        prepared = _apply(prepared, "treatment", treatments, over, fitted)
        warnings = () if fitted else tuple(_unmet(prepared, treatments, over))
    prepared = _capped(prepared, leaves)
    transforms = {leaf.id: leaf.transform for leaf in leaves if leaf.transform}
    if transforms:
        changes = prepared.changes
        prepared = _apply(prepared, "transform", transforms, over, fitted)
        prepared = replace(prepared, changes=changes).with_facts(prepared.facts)
    return Treated(_with_known(prepared, leaves, over), warnings)


def _apply(
    prepared: Prepared,
    stage: str,
    methods: Mapping[str, Treatment],
    over: Over,
    fitted: Mapping[str, Settled] | None,
) -> Prepared:
    for name, method in methods.items():
        if not prepared.facts[name].within(method.domain):
            units = prepared.outside(prepared.values[name], method.domain)
            remedy = f"give {name} a floor, or no transform"
            if stage == "treatment":
                remedy = f'choose another treatment for {name}, or write transform = "{method.name}" and a floor there'
            raise domain_error(method.name, method.domain, name, units, remedy)
    frame = prepared.beside(prepared.values, over)
    formulas = {name: _Treating(method, name) for name, method in methods.items()}
    found = evaluated(methods, frame, formulas, over, None if fitted is None else fitted.get(stage, {}))
    looked_at = profile(found.frame, found.frame.columns)
    for name, facts in looked_at.items():
        if not facts.finite or facts.missing > prepared.facts[name].missing:
            unmade = prepared.without_result(found.frame[name])
            raise DataError(
                f"{methods[name].name} has no finite value of {name} for {listed(unmade)}",
                where=plugin_of(methods[name]),
                remedy=f"choose another {stage} for {name}",
            )
    why = {name: str(method) for name, method in methods.items()}
    changed = prepared.changed(stage, found.frame, why, found.settled)
    return changed.with_facts({**prepared.facts, **looked_at})


@dataclass(frozen=True)
class _Treating:
    """The formula by which an indicator is treated."""

    method: Treatment
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with asked(self.method, self.name, recorder):
            return expression(self.method, self.name, self.method.treat(x, recorder(self.name, x)))


def _unmet(prepared: Prepared, methods: Mapping[str, Treatment], over: Over) -> list[str]:
    """Say which indicators do not pass, over the rows that were treated together."""
    frame, unmet = prepared.beside(prepared.values, over), dict[str, list[str]]()
    frame = frame if over.reference is None else frame.filter(over.reference)
    groups = frame.partition_by(over.key) if over.key else [frame]
    for name, method in methods.items():
        with asked(method, name):
            present = [group[name].drop_nulls().to_numpy() for group in groups]
            passed = all(method.passes(values) for values in present if values.size)
        if not passed:
            unmet.setdefault(str(method), []).append(name)
    return [f"{method} could not bring in the outliers of {listed(names)}" for method, names in unmet.items()]


def _capped(prepared: Prepared, leaves: Sequence[Leaf]) -> Prepared:
    limits = {leaf.id: (leaf.spec.floor, leaf.spec.cap) for leaf in leaves}
    limits = {name: pair for name, pair in limits.items() if pair != (None, None)}
    if not limits:
        return prepared
    capped = prepared.values.select(pl.col(name).clip(*pair) for name, pair in limits.items())
    why = {
        name: ", ".join(
            f"{word} = {end:g}" for word, end in zip(("floor", "cap"), pair, strict=True) if end is not None
        )
        for name, pair in limits.items()
    }
    return prepared.changed("cap", capped, why, {})


def _with_known(prepared: Prepared, leaves: Sequence[Leaf], over: Over) -> Prepared:
    """Bring bounds, targets and best values to the scale of the transformed values."""
    known: dict[str, FixedStatistics] = {}
    ends: dict[str, Ends] = {}
    fixed: list[pl.Series] = []
    for leaf in leaves:
        bounds, spec = leaf.spec.bounds, leaf.spec
        if isinstance(bounds, GroupBounds):
            ends_by_row = _by_group(prepared, leaf, bounds, over)
            fixed += ends_by_row
            low, high = (column(end.name).node for end in ends_by_row)
            known[leaf.id] = FixedStatistics(low, high, *_scaled(prepared, leaf, over, spec.target))
            continue
        least, most, target = _scaled(prepared, leaf, over, *(bounds or (None, None)), spec.target)
        known[leaf.id] = FixedStatistics(least, most, target)
        if spec.best is not None:
            least, most, *worst = _on_scale(prepared, leaf, over, [*spec.best, *(spec.worst or ())])
            ends[leaf.id] = Ends((least, most), (worst[0], worst[1]) if worst else None)
    return replace(prepared, known=known, ends=ends, fixed=pl.DataFrame(fixed)).with_facts(prepared.facts)


def _scaled(prepared: Prepared, leaf: Leaf, over: Over, *values: float | None) -> list[float | None]:
    scaled = iter(_on_scale(prepared, leaf, over, [value for value in values if value is not None]))
    return [None if value is None else next(scaled) for value in values]


def _on_scale(prepared: Prepared, leaf: Leaf, over: Over, numbers: list[float]) -> list[float]:
    """Transform numbers that the index file gives as the values were transformed."""
    method = leaf.transform
    if method is None or not numbers:
        return numbers
    frame = pl.DataFrame({leaf.id: pl.Series(numbers, dtype=pl.Float64)})
    settled = prepared.settled["transform"]
    if over.key and any(str(name).startswith(f"{leaf.id}\0") for name in settled):
        raise DefinitionError(
            f"{method.name} changes the scale of {leaf.id} differently within each {over.key[0]}, and its bounds are "
            "the same",
            remedy='statistics = "pooled", or no bounds',
        )
    if not profile(frame, [leaf.id])[leaf.id].within(method.domain):
        told = listed(f"{number:g}" for number in numbers)
        raise DefinitionError(
            f"{method.name} takes {method.domain.value} values, and the index file gives {leaf.id} {told}",
            remedy="bounds, target and interval are given in the unit of measure, before the transform",
        )
    scaled = evaluate(frame, {leaf.id: _Treating(method, leaf.id)}, Over(), settled).frame[leaf.id]
    ordered = scaled.gather(frame[leaf.id].arg_sort())
    if not (scaled.is_finite().all() and ordered.is_sorted()):
        raise DefinitionError(
            f"{method.name} does not keep the order of the bounds of {leaf.id}",
            remedy=f"choose another transform for {leaf.id}, or give it no bounds",
        )
    return scaled.to_list()


def _by_group(prepared: Prepared, leaf: Leaf, bounds: GroupBounds, over: Over) -> list[pl.Series]:
    by = prepared.period if bounds.by == "period" and prepared.period else bounds.by
    if by not in prepared.units.columns:
        raise DefinitionError(
            f'the bounds of {leaf.id} differ by "{bounds.by}", which is no group of the data',
            remedy=nearest(bounds.by, prepared.units.columns) or f'groups = ["{bounds.by}"] in [data]',
            word=("indicators", leaf.id, "bounds"),
        )
    prepared.check_groups([by], f"the bounds of {leaf.id}")
    group = prepared.units.select(written(by, prepared.units.schema[by])).to_series()
    if unknown := [str(name) for name in group.unique().sort() if name not in bounds.groups]:
        raise DefinitionError(
            f"{leaf.id} has no bounds for {by} {listed(unknown)}",
            remedy=f'add "{unknown[0]}" = [least, greatest]',
            word=("indicators", leaf.id, "bounds"),
        )
    columns = []
    for number, end in enumerate(("low", "high")):
        values = _on_scale(prepared, leaf, over, [float(pair[number]) for pair in bounds.groups.values()])
        of_row = group.replace_strict(list(bounds.groups), values, return_dtype=pl.Float64)
        columns.append(of_row.alias(f"\0{end} {leaf.id}"))
    return columns
