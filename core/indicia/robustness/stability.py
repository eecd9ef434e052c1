"""What it would take to change a ranking: a part left out, a weight a little different, a unit that comes or goes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.definition import text
from indicia.errors import IndiciaError, pluralise
from indicia.progress import Progress, silent
from indicia.robustness import omissions, sentences
from indicia.robustness.baseline import Baseline, check_ranked
from indicia.robustness.critical_weights import critical_weights
from indicia.robustness.nearest_weights import nearest_weights
from indicia.robustness.reversals import rank_reversals
from indicia.run import score
from indicia.tables.names import reader_names
from indicia.tables.periods import of_period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia.definition import Definition, Node
    from indicia.result import Inputs


TABLES = ("without", "ranks", "weights", "nearest", "reversals")
"""The tables of a look at stability, by name."""
_DESCRIBED = ("without", "weights", "nearest", "reversals")
"""The tables that have sentences."""


@dataclass(frozen=True, repr=False)
class Stability(Baseline):
    """How little it takes to change a ranking."""

    tree: Node
    table: pl.DataFrame
    most: int
    """So many units, from the first, are left out in turn, replaced, and compared in pairs."""
    progress: Progress = silent
    period: str | None = None
    """The period whose ranks are looked at, of a panel."""
    inputs: Inputs | None = None
    """All that the index depends on."""

    @classmethod
    def of(
        cls,
        definition: Definition,
        tree: Node,
        table: pl.DataFrame,
        *,
        period: object = None,
        units: int = 100,
        progress: Progress = silent,
        inputs: Inputs | None = None,
    ) -> Stability:
        """Score the index as it stands, which all else is compared with."""
        nominal = score(definition, tree, table)
        chosen, rows = of_period(nominal.source, period)
        check_ranked(nominal.rank.filter(rows), least=2)
        return cls(definition, nominal, rows.to_numpy(), tree, table, units, progress, chosen, inputs)

    @cached_property
    def _omissions(self) -> list[omissions.Omission]:
        return omissions.omissions(self, self.tree, self.table, self.most, self.progress)

    @cached_property
    def without(self) -> pl.DataFrame:
        """What ranks do where one dimension, indicator or unit is left out: one row each, by mean shift.

        Where a unit is left out, the others are compared with their places among each other.
        """
        return omissions.shifts(self, self._omissions)

    @property
    def dethroned(self) -> set[tuple[str, str]]:
        """The parts, by kind and name, without which a unit is first that is behind in the index."""
        return omissions.dethroned(self, self._omissions)

    @cached_property
    def ranks(self) -> pl.DataFrame:
        """The rank of every unit where one dimension, indicator or unit is left out: one row for each pair."""
        return omissions.ranks(self, self._omissions)

    @cached_property
    def weights(self) -> pl.DataFrame:
        """By which share of itself a weight must change for another unit to be first, and for any two to change places.

        -0.25 says: take a quarter off that weight alone, then scale those of its dimension to sum 1. Null where no
        change of that weight does it. In closed form where the score is linear in it, else by search.
        """
        return critical_weights(self)

    @cached_property
    def nearest(self) -> pl.DataFrame:
        """How much weight must move between the parts of the index for a unit to draw level with the first.

        All weights of the index change at will; `moved` is the share of the whole that goes from some parts to others.
        Where the score is linear, that is the least there is, for every unit that can do it. Elsewhere it is found by
        search, for the unit that needs least, and less may do.
        """
        return nearest_weights(self)

    @property
    def nearest_is_known(self) -> bool:
        """Whether the nearest weights need no search, which takes its time, or have been searched for."""
        return self.nominal.tree.id in self.effects or "nearest" in vars(self)

    @cached_property
    def reversals(self) -> pl.DataFrame:
        """Whether units change places though nothing of theirs has changed.

        A unit is left out, or takes the worst value of every indicator, and the others should keep their order; units
        are compared in pairs as if there were no others, and should stand as in the ranking, and not in a circle.
        Weights, filled gaps and treated outliers stay as they are.

        Source: Wang & Triantaphyllou (2008), Omega 36(1), tests 1 to 3.
        """
        return rank_reversals(self, self.most)

    def frame(self, name: str) -> pl.DataFrame:
        """Return one of the tables by name."""
        if name not in TABLES:
            raise IndiciaError(f'stability has no table "{name}"', remedy=f"one of {', '.join(TABLES)}")
        found: pl.DataFrame = getattr(self, name)
        return found

    def said(self, name: str, language: str | None = None) -> list[str]:
        """Say in a sentence or two what one of the tables shows; units and parts by their names in a language."""
        if name not in _DESCRIBED:
            raise IndiciaError(f'there are no sentences on "{name}"', remedy=f"one of {', '.join(_DESCRIBED)}")
        called = self.called(language)
        return list(self._sentences(name, lambda word: called.get(word, word)))

    def _sentences(self, name: str, named: Callable[[str], str]) -> Iterator[str]:
        if name == "without":
            return sentences.on_omissions(self.without, self.dethroned, self.first, named)
        if name == "weights":
            return sentences.on_weights(self.weights, self.first, named)
        if name == "reversals":
            return sentences.on_reversals(self.reversals)
        tree = self.nominal.tree
        nearest = self.nearest if self.nearest_is_known else None
        weights = {}
        if nearest is not None and len(nearest):  # else the parts may have no weights that hold for all units
            own = self.nominal.weighed[tree.id].values
            weights = {part.id: float(one) for part, one in zip(tree.components, own, strict=True)}
        return sentences.on_nearest(nearest, weights, self.first, named, linear=tree.id in self.effects)

    def called(self, language: str | None) -> dict[str, str]:
        """Return what readers of a language call units and parts; where none is said, the words of the data do."""
        if language is None:
            return {}
        units, definition = self.nominal.units, self.definition
        names = reader_names(units, definition.data, language)
        called = dict(zip(units[self.unit].cast(pl.String), names, strict=True))
        called |= {part: text(node.name, language, part) for part, node in definition.dimensions.items()}
        called |= {part: text(spec.name, language, part) for part, spec in definition.indicators.items()}
        return called

    @property
    def title(self) -> str:
        """Name and size, in one line."""
        return self.titled(None)

    def titled(self, language: str | None) -> str:
        """Return the title with the name of the index in a language."""
        parts = sum(1 for _ in self.nominal.tree.leaves())
        sizes = [pluralise(len(self.order), "ranked unit"), pluralise(parts, "indicator")]
        return " · ".join([text(self.definition.name, language), *sizes])

    @property
    def tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables of which the manifest holds fingerprints."""
        return self.inputs.tables if self.inputs else ()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """All that this look at stability depends on."""
        return {**(self.inputs.manifest if self.inputs else {}), "period": self.period, "units": self.most}

    def __repr__(self) -> str:
        return "\n".join([self.title, *(line for name in _DESCRIBED for line in self.said(name))])
