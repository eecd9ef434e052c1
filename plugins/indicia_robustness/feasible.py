"""The choices of a design with which an index can be scored; the others are left out, each with the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, combinations, product
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from indicia.catalogue import Choice
from indicia.definition import OPTIONAL, STAGES, Node
from indicia.errors import IndiciaError
from indicia.run import StageCache, score, tree_is_linear
from indicia_robustness.design import LEFT_OUT
from indicia_robustness.measurement import MeasurementErrors
from indicia_robustness.omissions import without_parts
from indicia_robustness.result import FeasibleDesign
from indicia_robustness.weight_sets import weight_sets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from indicia.definition import Definition, Robustness
    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline, Plan

Alternative: TypeAlias = "tuple[str, int]"
"""A stage, and the number of one of its methods in the design."""
Combination: TypeAlias = "tuple[Alternative, ...]"

_COMBINATIONS = 64
"""The largest number of combinations of methods of which each is tried; of more, all pairs of methods are tried."""


def choice_of_index(definition: Definition, tree: Node, stage: str) -> object | None:
    """Return the method of an index at a stage, as the index file writes it; None if levels or parts differ.

    A dimension or an indicator that states its own method keeps it in all draws, and does not count here.
    """
    if any(getattr(level, stage) is not None for level in definition.methodology.levels):
        return None
    stated: object | None = getattr(definition.methodology, stage)
    if stated is not None:
        return stated
    parts = tree.nodes() if stage in ("weighting", "aggregation") else tree.leaves()
    methods = [getattr(part, stage) for part in parts]  # some have no hash, such as those with a table of values
    names = {"none" if method is None and stage in OPTIONAL else str(method) for method in methods}
    return names.pop() if len(names) == 1 else None


@dataclass(frozen=True)
class FeasibilityTrial:
    """An index, its data, and a design whose choices are tried before any draw."""

    plan: Plan
    table: pl.DataFrame
    varied: Robustness
    persons: pl.DataFrame | None
    seed: int
    folder: Path
    baseline: Baseline
    cache: StageCache
    is_default: bool = False
    """True if the design is a default one, which has the method of the index first in each stage."""
    _errors: dict[Combination, IndiciaError | None] = field(default_factory=dict)
    _ranks: dict[Alternative, Array] = field(default_factory=dict)

    def design(self) -> FeasibleDesign:
        """Return the design without the choices that fail, alone or together."""
        methods, reasons = self._methods()
        ranks = {
            (stage, str(self._choice((stage, number)))): self._ranks[stage, number]
            for stage, numbers in methods.items()
            for number in numbers
            if (stage, number) in self._ranks and not self._is_of_index((stage, number))
        }
        kept = {stage: tuple(self._choice((stage, number)) for number in methods[stage]) for stage in methods}
        update: dict[str, Any] = {**kept, **dict.fromkeys(self._no_longer_varied(methods), ())}
        left_out = self.varied.left_out
        for word, reason in self._other_faults():
            update |= dict.fromkeys(("noise", "se") if word == "data" else () if word in LEFT_OUT else (word,))
            left_out = tuple(other for other in left_out if other != word)
            reasons.append(f"{word}: {reason}")
        update["leave_out"] = left_out or None
        needed_parts = self._needed_parts()
        reasons += [f"{name} left out: {reason}" for name, reason in needed_parts.items()]
        return FeasibleDesign(self.varied.model_copy(update=update), tuple(reasons), ranks, frozenset(needed_parts))

    def _no_longer_varied(self, methods: Mapping[str, list[int]]) -> list[str]:
        """Return the stages of which the method of the index is all that is left of several."""
        several = [stage for stage in methods if len(getattr(self.varied, stage)) > 1]
        return [stage for stage in several if methods[stage] == [self._own.get(stage)]]

    def _is_of_index(self, alternative: Alternative) -> bool:
        """Return whether an alternative is the method of the index, perhaps with other parameters."""
        stage, own = alternative[0], self._own.get(alternative[0])
        if own is None or self._choice((stage, own)) is None or self._choice(alternative) is None:
            return own == alternative[1]
        return Choice.read(self._choice((stage, own))).method == Choice.read(self._choice(alternative)).method

    def _choice(self, alternative: Alternative) -> Any:
        stage, number = alternative
        return getattr(self.varied, stage)[number]

    @cached_property
    def _own(self) -> dict[str, int]:
        """The number of the method of the index among the methods of the design, by stage."""
        definition, tree = self.baseline.definition, self.baseline.nominal.tree
        own: dict[str, int] = {}
        for stage in STAGES:
            choice = choice_of_index(definition, tree, stage)
            for number, alternative in enumerate(getattr(self.varied, stage)):
                if alternative is None or (choice is not None and Choice.read(alternative) == Choice.read(choice)):
                    own.setdefault(stage, number)
        return own

    def _methods(self) -> tuple[dict[str, list[int]], list[str]]:
        """Return the methods that go together, by stage, and the reasons for those that are left out."""
        stages = [stage for stage in STAGES if getattr(self.varied, stage)]
        numbers = {stage: list(range(len(getattr(self.varied, stage)))) for stage in stages}
        for stage in stages:
            self._try_alone(stage)
        if self.is_default:
            self._drop_doubles(numbers)
        reasons = []
        while failing := [tried for tried in _combinations(numbers) if self._error(tried)]:
            worst = self._most_often(failing, _combinations(numbers))
            if worst is None:
                break
            error = next(error for tried in failing if worst in tried and (error := self._error(tried)))
            reasons.append(f"{worst[0]} {self._choice(worst)}: {error.reason}")
            numbers[worst[0]].remove(worst[1])
        return numbers, reasons

    def _try_alone(self, stage: str) -> None:
        """Score the index with each method of a stage, and keep the ranks."""
        for number in range(len(getattr(self.varied, stage))):
            try:
                definition, tree = self.plan({stage: self._choice((stage, number))})
                scored = score(definition, tree, self.table, cache=self.cache)
            except IndiciaError:
                continue
            ranks, units = np.full(len(self.baseline.names), np.nan), self.baseline.units_of(scored)
            ranks[units[units >= 0]] = scored.rank.cast(float).to_numpy()[units >= 0]
            self._ranks[stage, number] = ranks

    def _drop_doubles(self, numbers: Mapping[str, list[int]]) -> None:
        """Drop the default methods of the name that the method of the index has, with other parameters.

        If both rank the units alike, and the default fails in fewer combinations, it takes the place of the method of
        the index: that may take values from 0 to 1, and a geometric mean needs the same values from 1 to 100.
        """
        failures = Counter(chain.from_iterable(tried for tried in _combinations(numbers) if self._error(tried)))
        for stage, own in list(self._own.items()):
            for number in [number for number in numbers[stage] if self._is_of_index((stage, number))]:
                kept = self._own[stage]
                if number == kept:
                    continue
                ranks, own_ranks = self._ranks.get((stage, number)), self._ranks.get((stage, own))
                alike = ranks is not None and own_ranks is not None and np.array_equal(ranks, own_ranks, equal_nan=True)
                if alike and failures[stage, number] < failures[stage, kept]:
                    self._own[stage] = number
                numbers[stage].remove(kept if self._own[stage] == number else number)

    def _most_often(self, failing: Iterable[Combination], tried: Iterable[Combination]) -> Alternative | None:
        """Return the method with the largest share of failures, which is not the method of the index."""
        failures, trials = Counter(chain.from_iterable(failing)), Counter(chain.from_iterable(tried))
        own = set(self._own.items())
        candidates = [alternative for alternative in failures if alternative not in own]
        order = list(STAGES)
        return max(
            candidates or list(failures),
            key=lambda each: (failures[each] / trials[each], order.index(each[0]), each[1]),
            default=None,
        )

    def _error(self, tried: Combination) -> IndiciaError | None:
        """Return the error of a combination; None if the index can be scored with it."""
        if tried not in self._errors:
            try:
                definition, tree = self.plan({stage: self._choice((stage, number)) for stage, number in tried})
                score(definition, tree, self.table, cache=self.cache)
                self._errors[tried] = None
            except IndiciaError as error:
                self._errors[tried] = error
        return self._errors[tried]

    def _needed_parts(self) -> dict[str, str]:
        """Return the parts without which the index cannot be scored, each with the reason.

        The score of a linear tree is a weighted sum, which needs no single part.
        """
        baseline = self.baseline
        if tree_is_linear(baseline.nominal):
            return {}
        tree = baseline.nominal.tree
        parts = [*(tree.indicators if "indicators" in self.varied.left_out else ())]
        if "dimensions" in self.varied.left_out:
            parts += [part.id for part in tree.components if isinstance(part, Node)]
        runs = without_parts(baseline, self.plan({})[1], self.table, parts)
        return {
            name: outcome.reason for name, outcome in zip(parts, runs, strict=True) if isinstance(outcome, IndiciaError)
        }

    def _other_faults(self) -> Iterator[tuple[str, str]]:
        """Yield the other choices that cannot be drawn, with the reasons."""
        varied, tree = self.varied, self.baseline.nominal.tree
        parts = {
            "indicators": tree.indicators,
            "dimensions": [part.id for part in tree.components if isinstance(part, Node)],
        }
        for word in LEFT_OUT:
            if word in varied.left_out and len(parts[word]) < 2:
                yield word, f"the index has fewer than two {word}"
        if varied.weights is not None:
            names = {part.id for node in tree.nodes() for part in node.components}
            if all(len(node.components) < 2 for node in tree.counting_nodes()):
                yield "weights", "no part of the index has two components"
            else:
                single = varied.model_copy(update={"draws": 1})
                yield from _fault_of("weights", weight_sets, single, self.persons, 0, self.baseline.nominal, names)
        if varied.data is not None:
            yield from _fault_of(
                "data", MeasurementErrors.of, varied.data, self.table, self.baseline, self.seed, self.folder
            )


def _fault_of(word: str, function: Any, *arguments: object) -> Iterator[tuple[str, str]]:
    """Yield a choice and the reason if a function cannot prepare its draws."""
    try:
        function(*arguments)
    except IndiciaError as error:
        yield word, error.reason


def _combinations(numbers: Mapping[str, list[int]]) -> Iterator[Combination]:
    """Yield the combinations of methods to try: all, or if these are many, all pairs of methods."""
    choices = [[(stage, number) for number in numbers[stage]] for stage in numbers if numbers[stage]]
    if prod(map(len, choices)) <= _COMBINATIONS:
        yield from product(*choices) if choices else ()
        return
    first = [of_stage[0] for of_stage in choices]
    for one, other in combinations(range(len(choices)), 2):
        for pair in product(choices[one], choices[other]):
            rest = [alternative for place, alternative in enumerate(first) if place not in (one, other)]
            yield tuple(sorted((*pair, *rest), key=lambda each: STAGES.index(each[0])))
