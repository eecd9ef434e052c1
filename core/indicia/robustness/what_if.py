"""What it would take to change a ranking: a part left out, a weight a little different, a unit that comes or goes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import Node, text
from indicia.engine import ROWS, Draws, Scored, apart, at_once, ensemble, linear, score
from indicia.errors import DataError, IndiciaError, counted, listed
from indicia.robustness import closed_form, sampling, search
from indicia.robustness.run import ranks_of, rows_of, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from indicia.definition import Definition
    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]
    Progress = Callable[[int, int], None]

TABLES = ("without", "ranks", "weights", "nearest", "reversals")
"""The tables of a look at stability, by name."""
_SAID = ("without", "weights", "nearest", "reversals")
_KINDS = ("dimension", "indicator", "unit")
_STEPS = 32
_HALVINGS = 30
_TRIES = 64
_NEARLY = 1 - 1e-9
"""No weight is led to 0 or 1 itself, where a unit that misses the one component that counts has no score."""


@dataclass(frozen=True, repr=False)
class Stability:
    """How little it takes to change a ranking."""

    definition: Definition
    tree: Node
    table: pl.DataFrame
    nominal: Scored
    rows: npt.NDArray[np.bool_]
    """The rows of the data that are looked at: those of one period."""
    most: int
    """So many units, from the first, are left out in turn, replaced, and compared in pairs."""
    progress: Progress = lambda _done, _all: None

    @classmethod
    def of(
        cls,
        definition: Definition,
        tree: Node,
        table: pl.DataFrame,
        *,
        period: object = None,
        units: int = 100,
        progress: Progress = lambda _done, _all: None,
    ) -> Stability:
        """Score the index as it stands, which all else is compared with."""
        nominal = score(definition, tree, table)
        rows = rows_of(nominal, period)
        if nominal.rank.filter(pl.Series(rows)).drop_nulls().len() < 2:
            raise DataError(
                "fewer than two units have a rank, so that none can change places",
                remedy='complete the data, or write missing = "skip" in [methodology]; look at [eligible] too',
            )
        return cls(definition, tree, table, nominal, rows, units, progress)

    @cached_property
    def names(self) -> list[str]:
        """The units."""
        return self.nominal.units[self._unit].filter(pl.Series(self.rows)).to_list()

    @property
    def _unit(self) -> str:
        return self.nominal.source.unit

    @cached_property
    def nominal_ranks(self) -> Array:
        """The ranks of the index as it stands, (units,)."""
        return self.nominal.rank.cast(pl.Float64).filter(pl.Series(self.rows)).to_numpy()

    @cached_property
    def order(self) -> Whole:
        """The units that have a rank, from the first; units that tie by name."""
        order = np.lexsort((np.array(self.names), self.nominal_ranks))
        return order[np.isfinite(self.nominal_ranks[order])]

    # A part left out

    @cached_property
    def _without(self) -> list[tuple[str, str, Array | IndiciaError]]:
        """What was left out, and the ranks of the others."""
        tree = self.nominal.tree
        parts = [("dimension", node.id) for node in tree.nodes() if node.level]
        parts += [("indicator", leaf.id) for leaf in tree.leaves()]
        parts = parts if len(parts) > 1 else []
        parts += [("unit", self.names[at]) for at in self._leavable]
        found: list[tuple[str, str, Array | IndiciaError]] = []
        for number, (kind, name) in enumerate(parts):
            try:
                found.append((kind, name, self._ranks_without(kind, name)))
            except IndiciaError as error:
                found.append((kind, name, error))
            self.progress(number + 1, len(parts))
        return found

    @property
    def _leavable(self) -> list[int]:
        others = np.flatnonzero(np.isnan(self.nominal_ranks))
        return [*self.order[: self.most].tolist(), *others[: self.most].tolist()] if len(self.order) > 2 else []

    def _ranks_without(self, kind: str, name: str) -> Array:
        definition, tree = self.definition, self.tree
        if kind == "unit":
            screening, eligible = definition.screening, definition.eligible
            only = None if eligible.only is None else tuple(unit for unit in eligible.only if unit != name)
            others = tuple(unit for unit in eligible.without if unit != name)
            definition = definition.model_copy(
                update={
                    "screening": screening.model_copy(update={"without": (*screening.without, name)}),
                    "eligible": eligible.model_copy(update={"only": only, "without": others}),
                }
            )
        else:
            tree = without(tree, [name])
        scored = score(definition, tree, self.table)
        return self._placed(scored, scored.rank.cast(pl.Float64))

    def _placed(self, scored: Scored, column: pl.Series) -> Array:
        """Return a column of another run in the order of the units, NaN for one that is not there."""
        source = self.nominal.source
        key = [source.unit, *([source.period] if source.period else [])]
        beside = scored.units.select(key).hstack([column.alias("\0")])
        found = self.nominal.units.select(key).join(beside, on=key, how="left", maintain_order="left")["\0"]
        return found.filter(pl.Series(self.rows)).to_numpy()

    def _nominal_among(self, ranks: Array) -> Array:
        """Return nominal ranks as if there were only the units that have a rank."""
        if np.isfinite(ranks).sum() == np.isfinite(self.nominal_ranks).sum():
            return self.nominal_ranks
        kept = np.where(np.isfinite(ranks), self.nominal_ranks, np.nan)
        given = pl.Series(kept, nan_to_null=True)
        return given.rank(self.definition.methodology.ties).cast(pl.Float64).to_numpy()

    @cached_property
    def without(self) -> pl.DataFrame:
        """What ranks do where one dimension, indicator or unit is left out: one row each, by mean shift.

        Where a unit is left out, the others are compared with their places among each other.
        """
        rows: list[tuple[Any, ...]] = []
        for kind, name, ranks in self._without:
            if isinstance(ranks, IndiciaError):
                rows.append((kind, name, None, None, None, None, ranks.reason))
                continue
            shift = np.abs(ranks - self._nominal_among(ranks))
            most = float(np.nanmax(shift))
            who = self.names[int(np.nanargmax(shift))] if most else None
            first = [self.names[at] for at in np.flatnonzero(ranks == np.nanmin(ranks))]
            rows.append((kind, name, float(np.nanmean(shift)), most, who, listed(first), None))
        kinds = {"left_out": pl.String, "name": pl.String, "mean_shift": pl.Float64, "largest_shift": pl.Float64}
        schema = {**kinds, "moves_most": pl.String, "first": pl.String, "fault": pl.String}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        return frame.sort("mean_shift", descending=True, nulls_last=True, maintain_order=True)

    @cached_property
    def ranks(self) -> pl.DataFrame:
        """The rank of every unit where one dimension, indicator or unit is left out: one row for each pair."""
        frames = [
            pl.DataFrame(
                {
                    "left_out": [kind] * len(self.names),
                    "name": [name] * len(self.names),
                    self._unit if self._unit not in ("left_out", "name") else "unit": self.names,
                    "nominal": pl.Series(self._nominal_among(ranks), nan_to_null=True),
                    "rank": pl.Series(ranks, nan_to_null=True),
                }
            )
            for kind, name, ranks in self._without
            if not isinstance(ranks, IndiciaError)
        ]
        return pl.concat(frames) if frames else pl.DataFrame()

    # Other weights

    @cached_property
    def weights(self) -> pl.DataFrame:
        """By which share of itself a weight must change for another unit to be first, and for any two to change places.

        -0.25 says: take a quarter off that weight alone, then scale those of its dimension to sum 1. Null where no
        change of that weight does it. In closed form where the score is linear in it, else by search.
        """
        found = {**self._searched(), **self._critical()}
        rows = []
        for node in self._weighable:
            critical = found[node.id]
            for number, part in enumerate(node.components):
                pair = [self._named(unit) for unit in critical.any_by[number]]
                top = critical.top[number], self._named(critical.top_by[number])
                weight = float(np.atleast_2d(self.nominal.weighed[node.id].values)[0, number])
                rows.append((node.id, part.id, weight, *top, critical.any[number], *pair))
        numbers = {"weight": pl.Float64, "first_changes": pl.Float64, "then_first": pl.String}
        swap = {"two_swap": pl.Float64, "ahead": pl.String, "behind": pl.String}
        schema = {"of": pl.String, "part": pl.String, **numbers, **swap}
        frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
        return frame.sort(pl.col("first_changes").abs(), pl.col("two_swap").abs(), nulls_last=True, maintain_order=True)

    @property
    def _weighable(self) -> list[Node]:
        nodes = [node for node in self.nominal.tree.nodes() if len(node.components) > 1]
        return [node for node in nodes if self.nominal.weighed[node.id].keys is None]

    def _named(self, unit: int) -> str | None:
        return None if unit < 0 else self.names[unit]

    @cached_property
    def _effects(self) -> dict[str, float]:
        """The weight of each node in the index, where the score is linear in it and in all above it."""
        effects: dict[str, float] = {self.nominal.tree.id: 1.0}
        for node in self.nominal.tree.nodes():  # parents first
            if node.id not in effects:
                continue
            if not linear(node, self.nominal):
                del effects[node.id]
                continue
            for part, weight in zip(node.components, self.nominal.weighed[node.id].values, strict=True):
                if isinstance(part, Node) and part.as_component is None:
                    effects[part.id] = effects[node.id] * float(weight)
        return effects

    def _critical(self) -> dict[str, closed_form.Critical]:
        values = self.nominal.components.filter(pl.Series(self.rows))[self.order]
        scores = values[self.nominal.tree.id].to_numpy()
        found = {}
        for node in self._weighable:
            if node.id not in self._effects:
                continue
            matrix = values.select(part.id for part in node.components).to_numpy()
            own = self.nominal.weighed[node.id].values
            one = closed_form.critical(matrix, own, scores=scores, effect=self._effects[node.id])
            top_by, any_by = (np.where(by < 0, -1, self.order[by]) for by in (one.top_by, one.any_by))
            found[node.id] = closed_form.Critical(one.top, top_by, one.any, any_by)
        return found

    def _searched(self) -> dict[str, closed_form.Critical]:
        """Lead every weight to 1 and to 0, all of them at once, and find where ranks first change."""
        nodes = [node for node in self._weighable if node.id not in self._effects]
        if not nodes:
            return {}
        ways = [
            _Way(node, number, target, np.asarray(self.nominal.weighed[node.id].values))
            for node in nodes
            for number in range(len(node.components))
            for target in (1.0, 0.0)
        ]
        first = [self._first_reached(ways, condition) for condition in (self._dethroned, self._swapped)]
        found = {}
        for node in nodes:
            count = len(node.components)
            tops, anys = np.full(count, np.nan), np.full(count, np.nan)
            top_by, any_by = np.full(count, -1), np.full((count, 2), -1)
            for (reached, ranks), changes in zip(first, (tops, anys), strict=True):
                for at, way in enumerate(ways):
                    if way.node is not node or np.isnan(reached[at]):
                        continue
                    change = way.relative(reached[at])
                    if np.isnan(changes[way.number]) or abs(change) < abs(changes[way.number]):
                        changes[way.number] = change
                        pair = self._pair(ranks[at], top=changes is tops)
                        if changes is tops:
                            top_by[way.number] = pair[1]
                        else:
                            any_by[way.number] = pair
            found[node.id] = closed_form.Critical(tops, top_by, anys, any_by)
        return found

    def _first_reached(
        self, ways: list[_Way], condition: Callable[[Array], npt.NDArray[np.bool_]]
    ) -> tuple[Array, Array]:
        """Return how far along each way ranks first meet a condition, NaN where they never do, and those ranks."""
        count = len(ways)
        grid = np.arange(_STEPS + 1) / _STEPS * _NEARLY
        hit = np.zeros((count, len(grid)), dtype=bool)
        for at, share in enumerate(grid):
            hit[:, at] = condition(self._ranks_on(ways, np.full(count, share)))
        some = hit.any(axis=1)
        high = np.where(some, grid[hit.argmax(axis=1)], np.nan)
        low = np.maximum(high - 1 / _STEPS, 0.0)
        going = np.flatnonzero(some & (high > 0))
        for _ in range(_HALVINGS if len(going) else 0):
            middle = (low[going] + high[going]) / 2
            there = condition(self._ranks_on([ways[at] for at in going], middle))
            high[going], low[going] = np.where(there, middle, high[going]), np.where(there, low[going], middle)
        return high, self._ranks_on(ways, np.where(some, high, 0.0))

    def _ranks_on(self, ways: list[_Way], shares: Array) -> Array:
        """Return ranks (ways, units), each with the weights that stand so far along a way."""
        step = at_once(self.nominal, errors=False)
        parts = []
        for start in range(0, len(ways), step):
            some = list(zip(ways[start : start + step], shares[start : start + step], strict=True))
            drawn = {
                node.id: np.stack(
                    [way.at(share) if way.node is node else self.nominal.weighed[node.id].values for way, share in some]
                )
                for node in self._weighable
            }
            parts.append(self._ranked(ensemble(self.definition, self.nominal, Draws(len(some), drawn))))
        return np.concatenate(parts)

    def _ranked(self, scores: Array) -> Array:
        units = self.nominal.units[self._unit].filter(pl.Series(self.rows))
        return ranks_of(self.definition, self.nominal, scores[:, self.rows], units)

    def _dethroned(self, ranks: Array) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = np.any(ranks[:, self.order[1:]] <= ranks[:, self.order[:1]], axis=1)
        return found

    def _swapped(self, ranks: Array) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = np.any(ranks[:, self.order[1:]] <= ranks[:, self.order[:-1]], axis=1)
        return found

    def _pair(self, ranks: Array, top: bool) -> tuple[int, int]:
        before = np.full(len(self.order) - 1, self.order[0]) if top else self.order[:-1]
        at = int((ranks[self.order[1:]] <= ranks[before]).argmax())
        if top:
            at = int(np.argmin(ranks[self.order[1:]]))
        return int(before[at]), int(self.order[1 + at])

    @cached_property
    def nearest(self) -> pl.DataFrame:
        """How much weight must move between the parts of the index for a unit to draw level with the first.

        All weights of the index change at will; `moved` is the share of the whole that goes from some parts to others.
        Where the score is linear, that is the least there is, for every unit that can do it. Elsewhere it is found by
        search, for the unit that needs least, and less may do.
        """
        tree = self.nominal.tree
        names = [part.id for part in tree.components]
        if tree not in self._weighable:
            return pl.DataFrame()
        own = np.asarray(self.nominal.weighed[tree.id].values)
        if tree.id in self._effects:
            values = self.nominal.components.filter(pl.Series(self.rows))[self.order].select(names).to_numpy()
            found = closed_form.dethroning(values, own, first=0)
            far, weights, who = found.distance, found.weights, [self.names[at] for at in self.order]
        else:
            one, unit = search.dethroning(
                self._scores_by_weight, own, sampling.generator(0, "nearest"), steps=_STEPS // 2, tries=_TRIES
            )
            far, weights = np.atleast_1d(one.distance), np.atleast_2d(one.weights)
            who = [self.names[self.order[unit]]] if unit >= 0 else [""]
        frame = pl.DataFrame([pl.Series(self._unit, who), pl.Series("moved", far / 2, nan_to_null=True)])
        frame = frame.hstack([pl.Series(name, weights[:, at]) for at, name in enumerate(names)])
        return frame.drop_nulls("moved").sort("moved", maintain_order=True)

    @property
    def searched_for_nearest(self) -> bool:
        """Whether the nearest weights are in closed form, or have been searched for, which takes its time."""
        return self.nominal.tree.id in self._effects or "nearest" in vars(self)

    def _scores_by_weight(self, weights: Array) -> Array:
        """Return scores of the ranked units, larger is better, by weights of the parts of the index."""
        tree, rows = self.nominal.tree, np.flatnonzero(self.rows)[self.order]
        own, step = self.nominal.weighed[tree.id].values, at_once(self.nominal, errors=False)
        parts = [
            ensemble(self.definition, self.nominal, Draws(len(some), {tree.id: _NEARLY * some + (1 - _NEARLY) * own}))
            for some in (weights[start : start + step] for start in range(0, len(weights), step))
        ]
        found = np.concatenate(parts)[:, rows] if parts else np.empty((0, len(rows)))
        return -found if tree.low_is_best else found

    # Other units

    @cached_property
    def reversals(self) -> pl.DataFrame:
        """Whether units change places though nothing of theirs has changed.

        A unit is left out, or takes the worst value of every indicator, and the others should keep their order; units
        are compared in pairs as if there were no others, and should stand as in the ranking, and not in a circle.
        Weights, filled gaps and treated outliers stay as they are.

        Source: Wang & Triantaphyllou (2008), Omega 36(1), tests 1 to 3.
        """
        tests = [self._changed("a unit leaves", worse=False), self._changed("a unit gets worse", worse=True)]
        rows = [row for test in [*tests, self._pairs()] for row in test]
        kinds = {"test": pl.String, "should": pl.String, "tried": pl.Int64, "failed": pl.Int64}
        return pl.DataFrame(rows, schema={**kinds, "example": pl.String, "fault": pl.String}, orient="row")

    def _changed(self, test: str, *, worse: bool) -> list[tuple[Any, ...]]:
        """Let each unit but the first leave, or get the worst of all values, and look at the others."""
        tried, first, order, faults = 0, list[str](), list[str](), list[IndiciaError]()
        for at in self.order[1 : self.most]:
            gone = self._rows_of(at)
            rows = np.arange(len(self.nominal.units))
            try:
                ranks = self._ranks_of_set(rows, gone) if worse else self._ranks_of_set(np.delete(rows, gone), None)
            except IndiciaError as error:
                faults.append(error)
                continue
            tried += 1
            others = self.order[self.order != at]
            if ranks[others[0]] > np.nanmin(ranks[others]):
                first.append(f"{self.names[at]}: {self.names[others[np.nanargmin(ranks[others])]]} is first")
            if (back := _backwards(self.nominal_ranks[others], ranks[others])) is not None:
                ahead, behind = (self.names[others[one]] for one in back)
                order.append(f"{self.names[at]}: {behind} before {ahead}")
        fault = faults[0].reason if faults else None
        shoulds = ("the first stays first", "the others keep their order")
        return [
            (test, should, tried, len(found), found[0] if found else None, fault)
            for should, found in zip(shoulds, (first, order), strict=True)
        ]

    def _ranks_of_set(self, rows: Whole, worsened: Whole | None) -> Array:
        """Rank some rows as if there were no others, NaN for the rest."""
        values = None
        if worsened is not None:
            number = pl.Series(np.isin(np.arange(len(self.nominal.units)), worsened))
            own = self.nominal.source.values
            values = own.with_columns(
                pl.when(number).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
                for name, value in self._worst.items()
            )
        scores = np.full(len(self.nominal.units), np.nan)
        scores[rows] = apart(self.definition, self.nominal, rows, np.zeros(len(rows), dtype=np.int64), values)
        ranks: Array = self._ranked(scores[None])[0]
        return ranks

    @cached_property
    def _worst(self) -> dict[str, float]:
        """The value of each indicator that scores least."""
        found = {}
        for leaf in self.nominal.tree.leaves():
            z, x = self.nominal.normalised[leaf.id], self.nominal.prepared[leaf.id]
            as_cost = leaf.spec.direction == "cost" and not leaf.oriented
            at = z.arg_max() if as_cost else z.arg_min()
            if at is not None:
                found[leaf.id] = float(x[at])
        return found

    def _rows_of(self, unit: int) -> Whole:
        """Return the rows of a unit, of all periods."""
        return (self.nominal.units[self._unit] == self.names[unit]).arg_true().to_numpy().astype(np.int64)

    def _pairs(self) -> list[tuple[Any, ...]]:
        """Score every two of the units as if there were no others."""
        units = self.order[: self.most]
        rows = np.flatnonzero(self.rows)[units]
        pairs = np.stack(np.triu_indices(len(units), 1), axis=1)
        step = max(1, ROWS // 2)
        faults: list[IndiciaError] = []
        scores = np.concatenate(
            [self._scores_of_pairs(rows[pairs[start : start + step]], faults) for start in range(0, len(pairs), step)]
        )
        known = np.isfinite(scores).all(axis=1)
        ranks = np.full(scores.shape, np.nan)
        if known.any():
            open_to_all = self.definition.model_copy(update={"eligible": type(self.definition.eligible)()})
            ranks[known] = ranks_of(open_to_all, self.nominal, scores[known], pl.Series(["", "\0"]))
        better = self.nominal_ranks[units]
        reversed_ = known & (ranks[:, 0] > ranks[:, 1]) & (better[pairs[:, 0]] < better[pairs[:, 1]])
        names = [self.names[at] for at in units]
        example = None
        if reversed_.any():
            ahead, behind = pairs[reversed_.argmax()]
            example = f"{names[behind]} before {names[ahead]}"
        beats = np.zeros((len(units), len(units)))
        won, lost = known & (ranks[:, 0] < ranks[:, 1]), known & (ranks[:, 0] > ranks[:, 1])
        beats[pairs[won, 0], pairs[won, 1]] = 1
        beats[pairs[lost, 1], pairs[lost, 0]] = 1
        circles = round(float(((beats @ beats) * beats.T).sum()) / 3)
        triples = len(units) * (len(units) - 1) * (len(units) - 2) // 6
        fault = faults[0].reason if faults else None
        two = "two units alone"
        return [
            (two, "they stand as in the ranking", int(known.sum()), int(reversed_.sum()), example, fault),
            (two, "no three stand in a circle", triples, circles, _circle(beats, names), fault),
        ]

    def _scores_of_pairs(self, pairs: Whole, faults: list[IndiciaError]) -> Array:
        """Return the scores of pairs of rows (m, 2); NaN for those that cannot be scored, found by halves."""
        try:
            number = np.repeat(np.arange(len(pairs)), 2)
            return apart(self.definition, self.nominal, pairs.reshape(-1), number).reshape(-1, 2)
        except IndiciaError as error:
            if len(pairs) == 1 or len(faults) > _FAULTS:
                faults.append(error)
                return np.full(pairs.shape, np.nan)
            half = len(pairs) // 2
            return np.concatenate([self._scores_of_pairs(some, faults) for some in (pairs[:half], pairs[half:])])

    # To look at

    def frame(self, name: str) -> pl.DataFrame:
        """Return one of the tables by name."""
        if name not in TABLES:
            raise IndiciaError(f'stability has no table "{name}"', remedy=f"one of {', '.join(TABLES)}")
        found: pl.DataFrame = getattr(self, name)
        return found

    def said(self, name: str) -> list[str]:
        """Say in a sentence or two what one of the tables shows."""
        sentences = {
            "without": self._on_parts,
            "weights": self._on_weights,
            "nearest": self._on_nearest,
            "reversals": self._on_reversals,
        }
        return list(sentences[name]())

    @property
    def _first(self) -> str:
        return listed(self.names[at] for at in np.flatnonzero(self.nominal_ranks == np.nanmin(self.nominal_ranks)))

    def _on_parts(self) -> Iterator[str]:
        scored = self.without.filter(pl.col("fault").is_null())
        if len(scored):
            left = scored["left_out"].to_list()
            kinds = [counted(left.count(kind), kind) for kind in _KINDS if kind in left]
            most = scored.row(0, named=True)
            yield (
                f"Left out in turn: {', '.join(kinds)}. Most depends on {most['name']}: without it units move "
                f"{most['mean_shift']:.1f} places on average, {most['moves_most'] or 'none'} {most['largest_shift']:g}."
            )
            others = scored.filter(pl.col("first") != self._first, pl.col("name") != self._first)
            if len(others):
                yield f"Another unit is first without {listed(others['name'])}."
            else:
                yield f"{self._first} stays first whichever other part is left out."
        faults = self.without.filter(pl.col("fault").is_not_null())
        if len(faults):
            yield f"Not scored without {listed(faults['name'])}: {faults['fault'][0]}"

    def _on_weights(self) -> Iterator[str]:
        top = self.weights.filter(pl.col("first_changes").is_finite())
        if len(top):
            row = top.row(0, named=True)
            yield (
                f"{self._first} stays first unless a weight changes by {percent(abs(row['first_changes']))} of itself: "
                f"that of {row['part']} is the nearest, and {row['then_first']} would draw level."
            )
        else:
            yield f"{self._first} stays first whatever any one weight is."
        swap = self.weights.filter(pl.col("two_swap").is_finite()).sort(pl.col("two_swap").abs())
        if len(swap):
            row = swap.row(0, named=True)
            yield (
                f"The least change that lets two units change places: {percent(abs(row['two_swap']))} of the weight of "
                f"{row['part']}, for {row['behind']} to draw level with {row['ahead']}."
            )

    def _on_nearest(self) -> Iterator[str]:
        if not self.searched_for_nearest:
            yield "The index is not linear in its weights: --show nearest, or `nearest`, searches for those nearest."
            return
        if self.nearest.is_empty():
            yield f"No other weights of the parts of the index make another unit first than {self._first}."
            return
        row = self.nearest.row(0, named=True)
        tree = self.nominal.tree
        own = np.asarray(self.nominal.weighed[tree.id].values)
        changes = {
            part.id: (float(weight), float(row[part.id])) for part, weight in zip(tree.components, own, strict=True)
        }
        moved = sorted(changes.items(), key=lambda change: -abs(change[1][1] - change[1][0]))
        words = [f"{name} {was:.3f} → {now:.3f}" for name, (was, now) in moved if abs(now - was) >= 0.0005]
        least = "At least" if tree.id in self._effects else "As found by search,"
        yield (
            f"{least} {row['moved']:.1%} of the weight must move between the parts of the index for "
            f"{row[self._unit]} to draw level with {self._first}" + (f": {listed(words)}." if words else ".")
        )

    def _on_reversals(self) -> Iterator[str]:
        tried, failed = self.reversals["tried"].sum(), self.reversals["failed"].sum()
        if not tried:
            yield "Not tried: there are too few units."
        elif failed:
            yield "Units change places though nothing of theirs has changed, only who else is in the data:"
        else:
            yield "No unit changes places because others come, go or get worse."
        if (faults := self.reversals["fault"].drop_nulls()).len():
            yield f"Some could not be scored: {faults[0]}"

    @property
    def title(self) -> str:
        """Name and size, in one line."""
        parts = sum(1 for _ in self.nominal.tree.leaves())
        sizes = [counted(len(self.order), "ranked unit"), counted(parts, "indicator")]
        return " · ".join([text(self.definition.name), *sizes])

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What it takes to run this again."""
        return {"index": text(self.definition.name), "units": self.most, "version": version("indicia")}

    def __repr__(self) -> str:
        return "\n".join([self.title, *(line for name in _SAID for line in self.said(name))])


_FAULTS = 20
"""After so many faults, what is left of a part that fails is given up."""


@dataclass(frozen=True)
class _Way:
    """The way of one weight from where it is to 1 or to 0, the others of the node keeping their proportions."""

    node: Node
    number: int
    target: float
    own: Array

    def at(self, share: float) -> Array:
        """Return the weights so far along the way."""
        weight = self.own[self.number]
        now = weight + share * (self.target - weight)
        if weight >= 1:
            return self.own
        found: Array = self.own * ((1 - now) / (1 - weight))
        found[self.number] = now
        return found

    def relative(self, share: float) -> float:
        """Return by which share of itself the weight has changed, before all are scaled to sum 1."""
        change = np.zeros(len(self.own))
        change[self.number] = self.at(share)[self.number] - self.own[self.number]
        return float(closed_form.relative(change, self.own)[self.number])


def percent(share: float) -> str:
    """Write a share in percent, with a digit that is not 0.

    >>> percent(1.8154), percent(-0.00014), percent(0.0)
    ('181.5%', '-0.01%', '0.0%')
    """
    return f"{100 * share:.1f}%" if abs(share) >= 0.0005 or not share else f"{100 * share:.1g}%"


def _backwards(before: Array, after: Array) -> tuple[int, int] | None:
    """Return the first two units whose order has turned; `before` rises."""
    lowest, at = np.inf, -1
    for number in range(len(after) - 1, -1, -1):
        if np.isnan(after[number]):
            continue
        if after[number] > lowest and before[number] < before[at]:
            return number, at
        if after[number] < lowest:
            lowest, at = after[number], number
    return None


def _circle(beats: Array, names: list[str]) -> str | None:
    """Name three units of which each stands before the next, and the last before the first."""
    first, third = np.nonzero((beats @ beats) * beats.T)
    if not len(first):
        return None
    second = int(np.argmax(beats[first[0]] * beats[:, third[0]]))
    return " before ".join(names[at] for at in (first[0], second, third[0], first[0]))
