"""Score an index over and over, with every doubtful choice drawn anew each time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.data import read_table
from indicia.definition import STAGES, Leaf, Node
from indicia.engine import Draws, Memo, Scored, at_once, ensemble, score
from indicia.engine.prepare import prepare
from indicia.errors import DataError, DefinitionError, IndiciaError, enough_memory, listed, nearest
from indicia.methods import Domain
from indicia.robustness import sampling, standing, weights
from indicia.robustness.indices import idle_factors
from indicia.robustness.result import Factor, Failure, Robust

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from indicia.definition import Definition, Robustness
    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]
    Progress = Callable[[int, int], None]

Kept: TypeAlias = Literal["ranks", "scores", "weights"]
Planned: TypeAlias = tuple["Definition", Node]
Plan: TypeAlias = Callable[[Mapping[str, Any]], Planned]
"""Returns the index with other choices, by stage."""

FAILED = 0.01
"""The share of draws that may fail."""
_TRIED = 64
"""In how many draws each choice may change a score."""
_LEFT_OUT = ("indicators", "dimensions")


@dataclass(frozen=True)
class Study:
    """An index, its data, and what is varied."""

    plan: Plan
    table: pl.DataFrame
    varied: Robustness
    seed: int
    folder: Path
    period: object = None
    """The period that is looked at; the last if there are several and none is named."""
    design: Whole | None = None
    """Which alternative of each factor each run takes, (runs, factors), in place of one that is drawn."""

    def run(self, progress: Progress = lambda _done, _all: None) -> Robust:
        """Draw, score and rank; say where every unit stands."""
        definition, tree = self.plan({})
        memo = Memo()
        nominal = score(definition, tree, self.table, memo=memo)
        factors = self._factors(nominal)
        if all(len(factor.alternatives) < 2 and factor.name not in ("weights", "data") for factor in factors):
            alone = f": there is one alternative of {listed(factor.name for factor in factors)}" if factors else ""
            raise DefinitionError(
                f"nothing is varied{alone}",
                remedy='[robustness] weights = { spread = 0.25 }, normalisation = ["min_max", "z_score"], …',
            )
        design = self._design(factors)
        rows = rows_of(nominal, self.period)
        draws = _Drawing(self, factors, nominal, rows, memo)
        with enough_memory(f"score {len(design):,} draws of {len(rows):,} units", "ask for fewer draws"):
            found = draws.scored(design, progress)
            self._check_factors(draws, found)
        return Robust(
            definition=definition,
            nominal=nominal,
            rows=rows,
            factors=tuple(factors),
            design=design,
            kept=found.ranks,
            failed=found.failed,
            failures=found.failures,
            again=draws.again,
            seed=self.seed,
            varied=self.varied,
        )

    def _check_factors(self, draws: _Drawing, found: _Found) -> None:
        """Refuse a choice that changes no score: it was thought to be tried, and was not.

        Some draws are scored again, each time with another alternative of one choice and all else as it was.
        """
        if not np.fmin.reduce(found.ranks, axis=None) < np.fmax.reduce(found.ranks, axis=None):
            return  # all units tie, or there is one
        factors = draws.factors
        idle = [at for at, factor in enumerate(factors) if len(factor.alternatives) > 1]
        u = sampling.monte_carlo(_TRIED, len(factors), self.random("tried"))
        tried = np.stack([_chosen(factor, column) for factor, column in zip(factors, u.T, strict=True)], axis=1)
        for number, row in enumerate(tried):
            if not idle:
                return
            rows = np.repeat(row[None], len(idle) + 1, axis=0)
            for place, at in enumerate(idle):
                count = len(factors[at].alternatives)
                rows[place, at] = (row[at] + 1 + number % (count - 1)) % count
            with suppress(IndiciaError):  # which the draws would have had too, if it were often
                scores = draws.scored(rows, keep="scores").scores
                idle = [at for at, other in zip(idle, scores, strict=False) if _same(other, scores[-1])]
        if idle:
            raise idle_factors([factors[at].name for at in idle])

    def _factors(self, nominal: Scored) -> list[Factor]:
        varied = self.varied
        factors = [Factor(stage, tuple(getattr(varied, stage))) for stage in STAGES if getattr(varied, stage)]
        if varied.weights is not None:
            count = len(self.stakeholders) if varied.weights.table else varied.draws
            factors.append(Factor("weights", range(count)))
        parts = {
            "indicators": [leaf.id for leaf in nominal.tree.leaves()],
            "dimensions": [part.id for part in nominal.tree.components if isinstance(part, Node)],
        }
        for word in _LEFT_OUT:
            if getattr(varied, word):
                if len(parts[word]) < 2:
                    raise DefinitionError(
                        f"there are no {word} of which one could be left out",
                        remedy=f"take {word} out of [robustness]; leaving one out needs two or more",
                    )
                factors.append(Factor(word, (None, *parts[word])))
        if varied.data is not None:
            factors.append(Factor("data", range(varied.draws)))
        return factors

    def _design(self, factors: list[Factor]) -> Whole:
        """Return which alternative of each factor a run takes, shape (runs, factors): for Sobol' indices, then free."""
        if self.design is not None:
            return self.design
        several = [at for at, factor in enumerate(factors) if len(factor.alternatives) > 1]
        if self.varied.sensitivity is not None and not several:
            raise DefinitionError("one draw has nothing that shifts could be due to", remedy="draws = 1_000")
        drawn = sampling.monte_carlo(self.varied.draws, len(factors), self.random("design"))
        free = np.stack([_chosen(factor, column) for factor, column in zip(factors, drawn.T, strict=True)], axis=1)
        for at, factor in enumerate(factors):
            if factor.name in ("weights", "data") and len(factor.alternatives) == self.varied.draws:
                free[:, at] = np.arange(self.varied.draws)  # a set of its own for each draw
        if self.varied.sensitivity is None:
            return free
        crossed = np.zeros((self.varied.sensitivity * (len(several) + 2), len(factors)), dtype=np.int64)
        for at, column in zip(several, self._crossed(self.varied.sensitivity, len(several)).T, strict=True):
            crossed[:, at] = _chosen(factors[at], column)
        return np.concatenate([crossed, free])

    def _crossed(self, base: int, factors: int) -> Array:
        """Return the uniform numbers of the design for Sobol' indices.

        The halves of 0 to 1, and so two methods, are met in all combinations of d columns by 2^d points and no fewer.
        With fewer for both samples together, columns of theirs may choose alike in every row, and the choice would seem
        to change nothing; so which row of one meets which of the other is left to chance.
        """
        if base < 2**factors:
            raise DefinitionError(
                f"sensitivity = {base} is too few to try the combinations of {factors} choices",
                remedy=f"sensitivity = {2**factors}, or more",
            )
        u = sampling.saltelli(base, factors, self.random("sensitivity"))
        if base >= 4**factors:
            return u
        a, b = u[:base], u[base : 2 * base][self.random("pairing").permutation(base)]
        mixed = np.repeat(a[None], factors, axis=0)
        for at in range(factors):
            mixed[at, :, at] = b[:, at]
        return np.concatenate([a, b, mixed.reshape(-1, factors)])

    def random(self, *names: str) -> np.random.Generator:
        """Return a generator of its own for whatever the names say."""
        return sampling.generator(self.seed, *names)

    @cached_property
    def stakeholders(self) -> pl.DataFrame:
        """The table of weights: a row a person."""
        assert self.varied.weights is not None
        table = read_table(self.varied.weights.table, folder=self.folder)
        numbers = table.select(name for name, kind in table.schema.items() if kind.is_numeric())
        if not numbers.width:
            raise DataError(
                f"{self.varied.weights.table} has no column of numbers",
                remedy="a column for each indicator or dimension",
            )
        return numbers


def rows_of(nominal: Scored, period: object) -> npt.NDArray[np.bool_]:
    """Say which rows are ranked against each other: those of one period, the last if none is named."""
    column = nominal.source.period
    if column is None and period is not None:
        raise DefinitionError("the index has no periods", remedy='write period = "year" in [data]')
    if column is None:
        return np.ones(len(nominal.units), dtype=bool)
    periods = nominal.units[column]
    wanted = periods.max() if period is None else period
    rows = (periods.cast(pl.String) == str(wanted)).to_numpy()
    if not rows.any():
        known = [str(one) for one in periods.unique().sort()]
        raise DataError(f"the period {wanted} is not in the data", remedy=nearest(str(wanted), known))
    return rows


def ranks_of(definition: Definition, scored: Scored, scores: Array, units: pl.Series) -> Array:
    """Rank the scores (draws, n) of n units as the index ranks them."""
    only, without = definition.eligible.only, definition.eligible.without
    eligible = np.array([(only is None or name in only) and name not in without for name in units])
    return standing.ranks(
        np.where(eligible, scores, np.nan),
        definition.methodology.ties,
        low_is_best=scored.tree.low_is_best,
        positive=scored.tree.aggregation.domain is Domain.POSITIVE,
    )


def _same(scores: Array, others: Array) -> bool:
    noise = standing.NOISE * np.abs(others).max(initial=0.0, where=np.isfinite(others))
    return bool(np.isclose(scores, others, rtol=0, atol=noise, equal_nan=True).all())


def _chosen(factor: Factor, u: Array) -> Whole:
    """Return which alternative uniform numbers choose, whatever the order in which methods are listed."""
    chosen = sampling.alternative(u, len(factor.alternatives))
    if factor.name not in STAGES:
        return chosen
    by_name = sorted(range(len(factor.alternatives)), key=lambda at: str(factor.alternatives[at]))
    return np.array(by_name, dtype=np.int64)[chosen]


@dataclass(frozen=True)
class _Drawing:
    """Scores the draws of a design."""

    study: Study
    factors: Sequence[Factor]
    nominal: Scored
    rows: npt.NDArray[np.bool_]
    memo: Memo
    last: list[Any] = field(default_factory=list)
    """The last methods, and the sets of weights that were drawn for them."""

    def again(self, design: Whole, keep: Kept) -> Any:
        """Return scores, or effective weights, of a design that was scored: the same draws once more."""
        return getattr(self.scored(design, keep=keep), keep)

    def scored(self, design: Whole, progress: Progress = lambda _done, _all: None, keep: Kept = "ranks") -> _Found:
        """Score all draws of a design, those together that share their methods, and keep what is asked for of each."""
        found = _Found.of(len(design), self.nominal, self.rows, keep)
        names = [factor.name for factor in self.factors]
        # what differs between these needs a tree of its own; all else is drawn within it
        fixed = [at for at, name in enumerate(names) if name in (*STAGES, *_LEFT_OUT)]
        combinations, which = np.unique(design[:, fixed], axis=0, return_inverse=True)
        done = 0
        for number, combination in enumerate(combinations):
            drawn = np.flatnonzero(which.ravel() == number)
            chosen = {names[at]: self.factors[at].alternatives[one] for at, one in zip(fixed, combination, strict=True)}
            numbers = {name: design[drawn, at] for at, name in enumerate(names) if at not in fixed}
            self._alike(found, chosen, drawn, numbers, lambda more, before=done: progress(before + more, len(design)))  # type: ignore[misc]
            done += len(drawn)
        self.last.clear()
        return found

    def _alike(
        self,
        found: _Found,
        chosen: Mapping[str, Any],
        drawn: Whole,
        numbers: Mapping[str, Whole],
        progress: Callable[[int], None],
    ) -> None:
        """Score the draws of one choice of methods and of what is left out; `numbers` are those of sets and errors."""
        stages = {stage: chosen[stage] for stage in STAGES if stage in chosen}
        gone = [str(chosen[word]) for word in _LEFT_OUT if chosen.get(word) is not None]
        try:
            definition, tree = self.study.plan(stages)
            whole = scored = score(definition, tree, self.study.table, memo=self.memo)
            if gone:
                scored = score(definition, without(whole.tree, gone), self.study.table)
        except IndiciaError as error:
            self._failed(found, chosen, drawn, error)
            return
        if "weights" in numbers and (not self.last or self.last[0] != stages):
            self.last.clear()  # so that two sets of weights are never held at once
            self.last[:] = [stages, self._sets(whole)]
        step = at_once(scored, errors="data" in numbers)
        for start, stop in pairwise([*range(0, len(drawn), step), len(drawn)]):
            some, now = drawn[start:stop], _part(numbers, slice(start, stop))
            sets = _kept(self.last[1], whole, scored, now["weights"]) if "weights" in now else {}
            if found.keep == "weights":
                effective = _effective(scored, sets, len(some))
                for name, column in found.weights.items():
                    column[some] = effective.get(name, 0.0)
            else:
                self._score(found, chosen, definition, scored, some, sets, now)
            progress(stop)

    def _score(
        self,
        found: _Found,
        chosen: Mapping[str, Any],
        definition: Definition,
        scored: Scored,
        drawn: Whole,
        sets: Mapping[str, Array],
        numbers: Mapping[str, Whole],
    ) -> None:
        """Score some draws; where that cannot be, find those that cannot by halves."""
        errors = self._errors(found, scored, numbers["data"]) if "data" in numbers else None
        try:
            scores = ensemble(definition, scored, Draws(len(drawn), sets, errors))
            found.note(drawn, definition, scored, scores)
        except IndiciaError as error:
            if len(drawn) == 1:
                self._failed(found, chosen, drawn, error)
                return
            for part in (slice(None, len(drawn) // 2), slice(len(drawn) // 2, None)):
                self._score(found, chosen, definition, scored, drawn[part], _part(sets, part), _part(numbers, part))

    def _failed(self, found: _Found, chosen: Mapping[str, Any], drawn: Whole, error: IndiciaError) -> None:
        found.fail(_said(chosen), error, drawn)
        share = found.failed.mean()
        if share > FAILED:
            raise DefinitionError(
                f"at least {share:.1%} of the draws cannot be scored, and more than {FAILED:.0%} may not: "
                f"{_said(chosen)}: {error.what}",
                where=error.where,
                remedy=error.remedy or "leave out the alternative that does not go with the others",
            ) from error

    def _sets(self, whole: Scored) -> dict[str, Array]:
        """Draw the sets of weights of each node, shape (sets, k)."""
        study, varied = self.study, self.study.varied.weights
        assert varied is not None
        known = {part.id for node in self.nominal.tree.nodes() for part in node.components}
        table = study.stakeholders if varied.table else pl.DataFrame()
        for words, what in ((varied.ranges or {}, "ranges of weights name"), (table.columns, f"{varied.table} names")):
            if unknown := [name for name in words if name not in known]:
                raise DefinitionError(
                    f"{what} what is no indicator or dimension: {listed(unknown)}", remedy=nearest(unknown[0], known)
                )
        sets: dict[str, Array] = {}
        for node in whole.tree.nodes():
            one, names = whole.weighed[node.id], [part.id for part in node.components]
            if len(names) == 1:
                continue
            if one.keys is not None:
                raise DefinitionError(
                    "weights that differ between periods or groups cannot be drawn", remedy='weights = "pooled"'
                )
            random = study.random("weights", node.id)
            if varied.spread is not None:
                sets[node.id] = weights.spread(one.values, varied.spread, study.varied.draws, random)
            elif varied.dirichlet is not None:
                sets[node.id] = weights.dirichlet(one.values, varied.dirichlet, study.varied.draws, random)
            elif varied.simplex:
                sets[node.id] = weights.simplex(len(names), study.varied.draws, random)
            elif varied.ranges is not None and not set(names).isdisjoint(varied.ranges):
                sets[node.id] = _within(varied.ranges, names, one.values, study.varied.draws, random)
            elif varied.table is not None and not set(names).isdisjoint(table.columns):
                columns = {name: table[name].to_list() for name in table.columns}
                sets[node.id] = weights.table(columns, names, np.arange(len(table)))
        return sets

    def _errors(self, found: _Found, scored: Scored, which: Whole) -> dict[str, Array]:
        """Return the errors of raw values, shape (draws, rows) each."""
        size = self.deviations
        drawn = np.stack(
            [
                self.study.random("data", str(number)).standard_normal((len(size), len(self.nominal.units)))
                for number in which
            ],
            axis=1,
        )
        places = found.places(scored)
        known = places >= 0
        errors = {}
        for at, (name, sizes) in enumerate(size.items()):
            errors[name] = np.zeros((len(which), len(places)))
            errors[name][:, known] = (drawn[at] * sizes)[:, places[known]]
        return errors

    @cached_property
    def deviations(self) -> dict[str, Array]:
        """The standard deviations of the errors of raw values, shape (rows,), by indicator."""
        varied, nominal = self.study.varied.data, self.nominal
        assert varied is not None
        values = nominal.raw.values
        columns = self._beside() if varied.se == "columns" else varied.se or {}
        found = {name: self._standard_errors(name, column) for name, column in columns.items()}
        if varied.noise is not None:
            for name in values.columns:
                found.setdefault(name, varied.noise * values[name].abs().fill_null(0.0).to_numpy())
        if not found:
            raise DefinitionError("data errors say neither noise nor se", remedy="data = { noise = 0.02 }")
        return found

    def _beside(self) -> dict[str, str]:
        """Return the columns of standard errors that are called after those of indicators."""
        named = {leaf.id: f"{leaf.spec.column or leaf.id}_se" for leaf in self.nominal.tree.leaves()}
        found = {name: column for name, column in named.items() if column in self.study.table.columns}
        if not found:
            first, column = next(iter(named.items()))
            raise DefinitionError(
                f"no indicator has a column of standard errors in the data, such as {column} for {first}",
                remedy=f'data = {{ se = {{ {first} = "its column" }} }}',
            )
        return found

    def _standard_errors(self, name: str, column: str) -> Array:
        leaves, table = {leaf.id: leaf for leaf in self.nominal.tree.leaves()}, self.study.table
        if name not in leaves:
            raise DefinitionError(f'data.se names "{name}", which is no indicator', remedy=nearest(name, leaves))
        if column not in table.columns:
            raise DefinitionError(
                f'the standard errors of {name} are to stand in "{column}", which is no column of the data',
                remedy=nearest(column, table.columns),
            )
        if not table.schema[column].is_numeric():
            raise DataError(
                f'the standard errors of {name}, "{column}", are no numbers',
                remedy="name a column of numbers, or list what stands for gaps in missing = [...] of [data]",
            )
        # as the values: denominated, and of the rows that are kept
        leaf = replace(leaves[name], spec=leaves[name].spec.model_copy(update={"column": column}))
        data, unit = self.nominal.source, self.nominal.source.unit
        told = prepare(table, self.study.plan({})[0].data, [leaf])
        about = [unit, *([data.period] if data.period else [])]
        beside = told.units.select(about).hstack([told.values[name].alias("\0")])
        sizes = data.units.select(about).join(beside, on=about, how="left", maintain_order="left")["\0"].fill_null(0.0)
        if (sizes < 0).any():
            raise DataError(
                f'a standard error of {name}, in "{column}", is negative', remedy="write 0 where a value has no error"
            )
        return sizes.to_numpy()


@dataclass
class _Found:
    """What has been computed so far."""

    nominal: Scored
    rows: npt.NDArray[np.bool_]
    keep: Kept
    """What is kept of each draw; all else is empty, since many draws of many units fill the memory."""
    scores: Array
    ranks: Array
    failed: npt.NDArray[np.bool_]
    weights: dict[str, Array]
    reasons: dict[tuple[str, str], int]

    @classmethod
    def of(cls, runs: int, nominal: Scored, rows: npt.NDArray[np.bool_], keep: Kept) -> _Found:
        units = int(rows.sum())
        scores = np.full((runs if keep == "scores" else 0, units), np.nan)
        ranks = np.full((runs if keep == "ranks" else 0, units), np.nan, dtype=standing.exact(units))
        names = [leaf.id for leaf in nominal.tree.leaves()] if keep == "weights" else []
        weights = {name: np.full(runs, np.nan) for name in names}
        return cls(nominal, rows, keep, scores, ranks, np.zeros(runs, dtype=bool), weights, {})

    @property
    def failures(self) -> tuple[Failure, ...]:
        return tuple(Failure(choices, reason, draws) for (choices, reason), draws in self.reasons.items())

    def places(self, scored: Scored) -> Whole:
        """Return at which row of the nominal run each row of another stands, -1 where it is not there."""
        source = self.nominal.source
        key = [source.unit, *([source.period] if source.period else [])]
        if scored.units is self.nominal.units or scored.units.select(key).equals(self.nominal.units.select(key)):
            return np.arange(len(scored.units))
        beside = self.nominal.units.select(key).with_row_index("\0")
        found = scored.units.select(key).join(beside, on=key, how="left", maintain_order="left")["\0"]
        return found.cast(pl.Int64).fill_null(-1).to_numpy()

    def note(self, drawn: Whole, definition: Definition, scored: Scored, scores: Array) -> None:
        """Take the scores (draws, rows) of some draws, or rank them."""
        places = self.places(scored)
        column = np.where(self.rows, self.rows.cumsum() - 1, -1)
        at = np.where(places >= 0, column[places], -1)
        some = at >= 0
        if self.keep == "scores":
            self.scores[drawn[:, None], at[some]] = scores[:, some]
            return
        units = scored.units[scored.source.unit].filter(pl.Series(some))
        self.ranks[drawn[:, None], at[some]] = ranks_of(definition, scored, scores[:, some], units)

    def fail(self, choices: str, error: IndiciaError, drawn: Whole) -> None:
        """Count draws that cannot be scored."""
        self.failed[drawn] = True
        reason = (choices, error.reason)
        self.reasons[reason] = self.reasons.get(reason, 0) + len(drawn)


def without(node: Node, gone: Collection[str]) -> Node:
    """Return a tree without some indicators and dimensions."""
    kept: list[Node | Leaf] = []
    for part in node.components:
        if part.id in gone:
            continue
        if isinstance(part, Leaf):
            kept.append(part)
        elif (smaller := without(part, gone)).components:
            kept.append(smaller)
    if node.level == 0 and not kept:
        raise DefinitionError(
            f"nothing is left to score without {listed(gone)}",
            remedy='leave indicators out, or dimensions: one of the two = "leave_one_out"',
        )
    return replace(node, components=tuple(kept))


def _within(
    ranges: Mapping[str, tuple[float, float]], names: list[str], own: Array, draws: int, random: np.random.Generator
) -> Array:
    """Draw the weights that have ranges; the others share what is left as they do."""
    named = np.array([name in ranges for name in names])
    pairs = [ranges[name] for name in names if name in ranges]
    rest = own[~named]
    if rest.sum() > 0:
        pairs.append((0.0, 1.0))
    low, high = np.array(pairs, dtype=float).T
    drawn = weights.ranges(low, high, draws, random)
    found = np.zeros((draws, len(names)))
    found[:, named] = drawn[:, : named.sum()]
    if rest.sum() > 0:
        found[:, ~named] = drawn[:, -1:] * (rest / rest.sum())
    return found


def _kept(sets: Mapping[str, Array], whole: Scored, scored: Scored, which: Whole) -> dict[str, Array]:
    """Return the weights of each node in each draw, those of what is left scaled to sum 1."""
    found = {}
    before = {node.id: [part.id for part in node.components] for node in whole.tree.nodes()}
    for node in scored.tree.nodes():
        if node.id not in sets or len(node.components) == 1:
            continue
        drawn = sets[node.id][which]
        columns = [before[node.id].index(part.id) for part in node.components]
        if len(columns) < drawn.shape[1]:
            drawn = drawn[:, columns]
            total = drawn.sum(axis=1, keepdims=True)
            drawn = np.divide(drawn, total, out=np.full_like(drawn, 1 / len(columns)), where=total > 0)
        found[node.id] = drawn
    return found


def _effective(scored: Scored, sets: Mapping[str, Array], draws: int) -> dict[str, Array]:
    """Return the effective weight of each indicator in each draw, (draws,)."""
    found: dict[str, Array] = {}

    def descend(node: Node, above: Array) -> None:
        own = sets.get(node.id)
        own = np.atleast_2d(scored.weighed[node.id].values)[:1] if own is None else own
        for number, part in enumerate(node.components):
            share = above * own[:, number]
            if isinstance(part, Leaf):
                found[part.id] = share
            else:
                descend(part, share)

    descend(scored.tree, np.ones(draws))
    return found


def _part(columns: Mapping[str, npt.NDArray[Any]], part: slice) -> dict[str, Any]:
    return {name: column[part] for name, column in columns.items()}


def _said(chosen: Mapping[str, Any]) -> str:
    words = [str(choice) for stage, choice in chosen.items() if stage in STAGES]
    words += [f"without {chosen[word]}" for word in _LEFT_OUT if chosen.get(word) is not None]
    return " > ".join(words) or "the index as it stands"
