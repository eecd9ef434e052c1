"""Bring every indicator to its common scale; direction ends here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from indicia.engine.guard import asked, evaluated, expression, plugin_of
from indicia.engine.keyed import matched
from indicia.engine.prepare import Change
from indicia.engine.profile import Columns, Profile, domain_error, profile, rounded
from indicia.engine.settle import Over, evaluate
from indicia.errors import DataError, IndiciaError, listed, with_article
from indicia.formulas import FixedStatistics, Node, column, record
from indicia.formulas.expression import within_groups
from indicia.formulas.to_polars import to_polars
from indicia.methods import highest, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indicia.definition import Leaf
    from indicia.engine.prepare import Ends, Prepared
    from indicia.engine.settle import Settled
    from indicia.formulas import Expression, Recorder, Statistics
    from indicia.methods import Normalisation
    from indicia.notes import Note


@dataclass(frozen=True)
class Normalised:
    """Normalised indicators, and the statistics that went into them."""

    values: Columns
    settled: Settled
    closeness: Mapping[str, pl.Series]
    """Of indicators with best values: 1 at these, 0 at the worst; what their normalisations saw."""
    notes: Sequence[Note] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """One column per indicator."""
        return self.values.frame


def constant_indicators(prepared: Prepared, leaves: Sequence[Leaf], over: Over) -> list[str]:
    """Name the indicators that do not vary (within some key) under a normalisation that needs them to."""
    at_risk = [leaf.id for leaf in leaves if leaf.normalisation.needs_spread and leaf.spec.bounds is None]
    if not at_risk or over.pooled:
        return [name for name in at_risk if prepared.facts[name].constant]
    frame = prepared.beside(prepared.values.select(at_risk), over)
    if over.reference is not None:
        frame = frame.filter(over.reference)
    within = frame.group_by(over.key or pl.lit(0).alias("\0")).agg(
        pl.col(name).min() == pl.col(name).max() for name in at_risk
    )
    return [name for name in at_risk if within[name].any()]


def idle_targets(prepared: Prepared, leaves: Sequence[Leaf]) -> list[str]:
    """Name the indicators with a target that neither their direction nor their normalisation asks for."""
    idle = []
    for leaf in leaves:
        if leaf.spec.target is None or leaf.spec.best is not None:
            continue
        known = {leaf.id: replace(prepared.known[leaf.id], target=None)}
        try:
            record(_normalising(leaf, replace(prepared, known=known), Over(), constant=False))
        except IndiciaError:
            continue
        idle.append(leaf.id)
    return idle


def normalise(
    prepared: Prepared, leaves: Sequence[Leaf], over: Over, constant: Sequence[str], fitted: Settled | None = None
) -> Normalised:
    """Return one column per indicator, larger is better; those named `constant` score neutrally where they are."""
    for leaf in leaves:
        _check_domain(prepared, leaf, prepared.facts[leaf.id])
    frame = _with_names(prepared, over)
    formulas = {leaf.id: _normalising(leaf, prepared, over, leaf.id in constant) for leaf in leaves}
    whole_column = any(leaf.normalisation.whole_column for leaf in leaves)
    methods = {leaf.id: leaf.normalisation for leaf in leaves}
    seen = {leaf.id: _seen(leaf, prepared) for leaf in leaves if leaf.id not in prepared.ends}
    normalised = evaluated(methods, frame, formulas, over, fitted, facts=seen, whole_column=whole_column)
    looked_at = profile(normalised.frame, normalised.frame.columns)
    for name, found in looked_at.items():
        if not found.finite or found.missing > prepared.facts[name].missing:
            leaf = next(leaf for leaf in leaves if leaf.id == name)
            raise _not_finite(prepared, leaf, normalised.frame[name])
    values = Columns(normalised.frame, looked_at)
    if rounding := [rounded(leaf.id, leaf.decimals) for leaf in leaves if leaf.decimals is not None]:
        values = values.replacing(normalised.frame.select(rounding))
    closeness = {name: _Closeness(name, ends) for name, ends in prepared.ends.items()}
    near = evaluate(frame, closeness, over, normalised.settled).frame if closeness else pl.DataFrame()
    return Normalised(values, normalised.settled, {values.name: values for values in near})


def _with_names(prepared: Prepared, over: Over) -> pl.DataFrame:
    """Return the values, and beside them all that formulas may look up."""
    return prepared.beside(prepared.values, over).hstack([*prepared.fixed, *prepared.names])


def clipped(
    prepared: Prepared, leaves: Sequence[Leaf], over: Over, normalised: Normalised, fitted: bool = False
) -> tuple[Change, ...]:
    """Return the values beyond an end of the scale that score no more, or no less, than the end itself.

    Such ends are fixed bounds, the worst values and targets, the unit of comparison, and the range of the rows that
    statistics come from, where these are not all rows.
    """
    frame = _with_names(prepared, over)
    ends = [
        [
            (leaf, what, low, high)
            for what, low, high in _ends(prepared, leaf, over, normalised, fitted)
            if not prepared.facts[leaf.id].between(low, high)
        ]
        for leaf in leaves
        if not leaf.normalisation.whole_column
    ]
    turns = ([one for one in turn if one] for turn in zip_longest(*ends))  # all first ends, all second ends …
    at_once = max(1, _CELLS // max(1, len(frame)))  # what is worked out again stands beside all else
    some = (turn[start : start + at_once] for turn in turns for start in range(0, len(turn), at_once))
    return tuple(change for part in some for change in _clipped(frame, part, prepared, over, normalised))


_CELLS = 1_000_000
"""Values that are looked at together: one indicator of many units, many of few."""

_End: TypeAlias = "float | Node | pl.DataFrame | None"


def _ends(
    prepared: Prepared, leaf: Leaf, over: Over, normalised: Normalised, fitted: bool
) -> Iterator[tuple[str, _End, _End]]:
    """Yield the ends beyond which values may score no differently, by what sets them."""
    known, spec, settled = prepared.known[leaf.id], leaf.spec, normalised.settled
    cost = spec.direction == "cost"
    if spec.best is not None:
        if spec.worst is not None:
            yield "worst", *(prepared.ends[leaf.id].worst or (None, None))
        return
    if spec.bounds is not None:
        yield "bounds", known.min, known.max
    elif over.reference is not None or fitted:
        low, high = (_of_x(leaf, settled.get(f"{leaf.id}\0{end}")) for end in _turned(leaf, "min", "max"))
        yield "fitted range" if fitted else "range of the reference", low, high
    if known.target is not None:
        yield "target", *((known.target, None) if cost else (None, known.target))
    start = f"{leaf.id}\0of "
    for name in settled:
        if name.startswith(start):
            value = _of_x(leaf, settled[name])
            yield f"value of {name.removeprefix(start)}", *((value, None) if cost else (None, value))


def _mirrored(leaf: Leaf) -> bool:
    """Say whether the formula sees the indicator with its sign turned."""
    return leaf.spec.direction == "cost" and leaf.oriented and not leaf.normalisation.has_cost_formula()


def _seen(leaf: Leaf, prepared: Prepared) -> Profile:
    """Return the facts of an indicator as the formula sees it."""
    facts = prepared.facts[leaf.id]
    return facts.mirrored() if _mirrored(leaf) else facts


def _turned(leaf: Leaf, low: str, high: str) -> tuple[str, str]:
    return (high, low) if _mirrored(leaf) else (low, high)


def _of_x(leaf: Leaf, value: object) -> _End:
    """Return a settled statistic on the scale of the prepared values."""
    if isinstance(value, pl.DataFrame):
        return value.with_columns(-pl.col(value.columns[-1])) if _mirrored(leaf) else value
    if not isinstance(value, float):
        return None
    return -value if _mirrored(leaf) else value


def _clipped(
    frame: pl.DataFrame,
    ends: Sequence[tuple[Leaf, str, _End, _End]],
    prepared: Prepared,
    over: Over,
    normalised: Normalised,
) -> Iterator[Change]:
    """Clip each indicator at an end, and say which values score as they did."""
    clips = (pl.col(leaf.id).clip(_beside(frame, over, low), _beside(frame, over, high)) for leaf, _, low, high in ends)
    inside = frame.select(clips)
    beyond = [(leaf, what) for leaf, what, _, _ in ends if not inside[leaf.id].equals(frame[leaf.id], null_equal=True)]
    formulas = {leaf.id: _normalising(leaf, prepared, over, constant=False) for leaf, _ in beyond}
    again = evaluate(frame.with_columns(inside), formulas, over, normalised.settled).frame
    for leaf, what in beyond:
        z = again.select(rounded(leaf.id, leaf.decimals)).to_series() if leaf.decimals is not None else again[leaf.id]
        was, now = prepared.values[leaf.id], inside[leaf.id]
        held = (was != now) & (z == normalised.frame[leaf.id])
        if held.any():
            after = pl.select(pl.when(held).then(now).otherwise(was).alias(leaf.id))
            yield Change("clip", was.to_frame(), after, {leaf.id: f"{what}, by {leaf.normalisation}"})


def _beside(frame: pl.DataFrame, over: Over, end: _End) -> pl.Expr:
    """Return an end as an expression: a number, a column, or the value of each row's key."""
    if isinstance(end, pl.DataFrame):
        values = matched(end, frame, over.key).rename({end.columns[-1]: "\0end"})
        found = frame.select(over.key).join(values, on=over.key, how="left", nulls_equal=True, maintain_order="left")
        return pl.lit(found["\0end"])
    return to_polars(end) if isinstance(end, Node) else pl.lit(end, pl.Float64)


def normalising(leaf: Leaf, x: Any, prepared: Prepared, ask: Callable[..., Statistics], constant: bool) -> Any:
    """Return the formula by which an indicator is normalised, over x and what is asked of it."""
    return _normalising(leaf, prepared, Over(), constant).of(x, ask)


def _normalising(leaf: Leaf, prepared: Prepared, over: Over, constant: bool) -> _Normalising:
    method, is_cost = leaf.normalisation, leaf.spec.direction == "cost"
    return _Normalising(
        method=method,
        name=leaf.id,
        is_cost=is_cost and leaf.oriented,
        fixed=prepared.known[leaf.id],
        ends=None if is_cost else prepared.ends.get(leaf.id),
        key=over.key if method.whole_column else (),
        constant=constant,
    )


@dataclass(frozen=True)
class _Normalising:
    """The formula by which an indicator is normalised."""

    method: Normalisation
    name: str
    is_cost: bool
    """True if a lower value is better, and scores more."""
    fixed: FixedStatistics
    ends: Ends | None
    key: tuple[str, ...]
    """The groups within which a method that looks at the column as a whole is computed."""
    constant: bool
    """True if the indicator scores neutrally where it does not vary."""

    def __call__(self, recorder: Recorder) -> Expression:
        z = expression(self.method, self.name, self.of(column(self.name), recorder))
        return within_groups(z, self.key)

    def of(self, x: Any, ask: Callable[..., Statistics]) -> Any:
        """Return the formula over x and what is asked of it."""
        method, fixed = self.method, self.fixed
        with asked(method, self.name, ask):
            if self.is_cost and not method.has_cost_formula():
                x, fixed = -x, fixed.mirrored()
            elif self.ends is not None:
                x, fixed = _closeness(x, self.name, self.ends, ask), FixedStatistics(0.0, 1.0, 1.0)
            s = ask(self.name, x, fixed)
            z = method.cost(x, s) if self.is_cost and method.has_cost_formula() else method.benefit(x, s)
        return where(x.is_null() | (s.max > s.min), z, method.neutral) if self.constant else z


@dataclass(frozen=True)
class _Closeness:
    """The formula by which an indicator with best values is seen."""

    name: str
    ends: Ends

    def __call__(self, recorder: Recorder) -> Expression:
        closeness: Expression = _closeness(column(self.name), self.name, self.ends, recorder)
        return closeness


def _closeness(x: Any, name: str, ends: Ends, ask: Callable[..., Statistics]) -> Any:
    """Return 1 at the best values, 0 at the worst, linear between: the worst given, or the farthest unit."""
    low, high = ends.best
    if ends.worst is not None:
        least, most = ends.worst
        below, above = (x - least) / (low - least), (most - x) / (most - high)
        return where(x < low, below, where(x > high, above, where(x.is_null(), x, 1.0))).clip(0.0, 1.0)
    distance = highest([low - x, x - high]).clip(0.0)
    farthest = ask(f"{name} distance", distance).max
    return where(farthest > 0, 1 - distance / farthest, where(x.is_null(), x, 1.0))


def _check_domain(prepared: Prepared, leaf: Leaf, facts: Profile) -> None:
    method, values = leaf.normalisation, prepared.values[leaf.id]
    cost = leaf.spec.direction == "cost" and leaf.oriented
    domain = method.cost_domain if cost else method.domain
    if leaf.spec.best is not None:
        facts, values = replace(facts, lowest=0.0), pl.repeat(0.0, len(values), eager=True)
    elif cost and not method.has_cost_formula():
        facts = facts.mirrored()
        values = -values
    if not facts.within(domain):
        units = prepared.outside(values, domain)
        seen = f"{leaf.id}, a cost and so taken as -x," if _mirrored(leaf) and leaf.spec.best is None else leaf.id
        remedy = 'choose one that takes them, such as normalisation = "min_max"'
        raise domain_error(method.name, domain, seen, units, remedy)


def _not_finite(prepared: Prepared, leaf: Leaf, z: pl.Series) -> DataError:
    units = prepared.without_result(z)
    return DataError(
        f"{leaf.normalisation.name} has no finite value of {leaf.id} for {len(units)} unit(s): {listed(units)}",
        where=plugin_of(leaf.normalisation),
        remedy=f"look at {leaf.id} there: a logarithm or root may have no value, a sum, maximum or difference that the "
        "formula divides by be zero, or a figure be too large",
    )


def said_constant(names: Sequence[str], leaves: Sequence[Leaf], units: int, over: Over) -> DataError:
    """Say which indicators do not vary."""
    method = next(leaf.normalisation.name for leaf in leaves if leaf.id in names)
    if units == 1:
        return DataError(
            f"{method} compares units, and there is one",
            remedy="score it with an index that was fitted to more: indicia fit, indicia score; "
            "or by min_max with bounds = [least, greatest] of every indicator",
        )
    verb, within = "is" if len(names) == 1 else "are", f" within {with_article(over.key[0])}" if over.key else ""
    return DataError(
        f"{listed(names)} {verb} the same for all units{within}; {method} has no value there",
        remedy='leave out the indicator, or write constant = "drop" or constant = "neutral" in [methodology]',
    )
