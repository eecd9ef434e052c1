"""Several methodologies, and the ranks of the same units by each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.catalogue import installed
from indicia.citations import with_unique_keys
from indicia.data import fingerprint
from indicia.errors import DataError, pluralise
from indicia.notes import Names, Note
from indicia.outcome import Told
from indicia.result.run_citations import manifest_of
from indicia.stages.rank import lowest_ranks_first
from indicia_compare.distinct import first_with_same_ranking
from indicia_compare.methodology import group_by_reason
from indicia_compare.published import Published

if TYPE_CHECKING:
    from collections.abc import Container

    import numpy.typing as npt

    from indicia.catalogue import Catalogue
    from indicia.result import Inputs
    from indicia.types import PublishedRanking
    from indicia_compare.bands import BandsOfMethodology
    from indicia_compare.distinct import Count
    from indicia_compare.methodology import LeftOut, Methodology


@dataclass(frozen=True, repr=False, eq=False)
class RankedMethodologies(Told):
    """The methodologies of a comparison, their distinct rankings, the ranks to compare, and what is left out."""

    period: str | None
    """The period of a panel whose rankings are compared."""
    methods: tuple[Methodology, ...]
    scores: pl.DataFrame
    ranks: pl.DataFrame
    failures: tuple[LeftOut, ...]
    scoring_notes: tuple[Note, ...]
    """The notes of the runs of the methodologies."""
    chosen_reference: Published | None = None
    """The published ranking to compare with; None for the reference of the index file."""
    folder: Path = Path()
    """The folder of the reference of the index file."""
    count: Count = "distinct"
    """Medians, shares, the consensus and effects count each distinct ranking once, or all."""
    inputs: tuple[Inputs, ...] = ()
    """The inputs of each methodology."""
    index_inputs: Inputs | None = None
    """The inputs of the index without changes."""
    bands: tuple[BandsOfMethodology, ...] = ()
    """The bands of the units, by methodology."""

    @property
    def unit(self) -> str:
        """The column that names the units."""
        return self.ranks.columns[0]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the index, and the settings in which each methodology differs from the index."""
        index_inputs = self.index_inputs or self.inputs[0]
        catalogues = {id(inputs.catalogue): inputs.catalogue for inputs in self.inputs}.values()
        plugins = {plugin: version for inputs in self.inputs for plugin, version in inputs.plugins.items()}
        code = {name: code for catalogue in catalogues for name, code in catalogue.code_of(plugins).items()}
        names = [f"{methodology.number} {methodology.label}" for methodology in self.methods]
        changes = [dict(inputs.changes_from(index_inputs)) for inputs in self.inputs]
        return {
            **index_inputs.manifest,
            "plugins": dict(sorted(plugins.items())),
            "code": dict(sorted(code.items())),
            "period": self.period,
            "against": None if self.chosen_reference is None else fingerprint(self.chosen_reference.values),
            "methodologies": dict(zip(names, changes, strict=True)),
            **manifest_of(with_unique_keys(work for inputs in self.inputs for work in inputs.citations)),
        }

    @property
    def names_in_columns(self) -> dict[str, Container[str]]:
        """The names of columns of families: of units, of methodologies and of choices."""
        methodologies = {*self._numbers, *self.method_names.cast(pl.String)}
        unit, *labels = self._columns
        return {"unit": (unit,), "label": labels, "methodology": methodologies, "choice": self.choices}

    @property
    def catalogue(self) -> Catalogue:
        """The methods of the first methodology."""
        return self.inputs[0].catalogue if self.inputs else installed()

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices in which the methodologies differ: stages, or other keys of the index file."""
        names = dict.fromkeys(name for methodology in self.methods for name in methodology.choices)
        return tuple(name for name in names if self._differs(name))

    def _differs(self, name: str) -> bool:
        return len({methodology.identity.get(name) for methodology in self.methods}) > 1

    @cached_property
    def methodologies(self) -> pl.DataFrame:
        """The number of each methodology, its label, and one column for each choice in which methodologies differ."""
        return pl.DataFrame(
            {
                "methodology": [methodology.number for methodology in self.methods],
                "label": [methodology.label for methodology in self.methods],
                **{name: [methodology.choices.get(name) for methodology in self.methods] for name in self.choices},
            },
            schema_overrides={"methodology": pl.Int64},
        )

    @property
    def method_names(self) -> pl.Series:
        """The methodologies in tables: their names, or their numbers if some have no name of their own."""
        names = [methodology.label for methodology in self.methods]
        has_names = all(methodology.has_own_name for methodology in self.methods) and "methodology" not in names
        return pl.Series(names if has_names else [methodology.number for methodology in self.methods])

    @cached_property
    def left_out(self) -> pl.DataFrame:
        """The methodologies that cannot be scored, with the reasons."""
        return pl.DataFrame(
            [(failure.label, failure.reason) for failure in self.failures],
            orient="row",
            schema={"label": pl.String, "reason": pl.String},
        )

    @property
    def ranks_from_worst(self) -> bool:
        """True if rank 1 is the worst."""
        return self.definition.methodology.rank_from == "worst"

    @property
    def lowest_first(self) -> bool:
        """True if the lowest score of the index has rank 1."""
        index = self.index_inputs or (self.inputs[0] if self.inputs else None)
        if index is None:
            return (self.definition.direction == "cost") != self.ranks_from_worst
        return lowest_ranks_first(self.definition, index.tree)

    @cached_property
    def common_ranks(self) -> pl.DataFrame:
        """The ranks among the units that every methodology ranks."""
        numbers = self._numbers
        common = self.ranks.drop_nulls(numbers)
        if len(common) < 2:
            raise DataError(
                "fewer than two units are ranked by every methodology",
                remedy="compare fewer methodologies; units of several index files are matched by name",
            )
        if all(self.ranks[name].count() == len(common) for name in numbers):
            return common
        ties = self.definition.methodology.ties
        return common.with_columns(pl.col(numbers).rank(ties))

    @cached_property
    def distinct_methods(self) -> tuple[Methodology, ...]:
        """The first methodology of each distinct ranking; two rankings are distinct if the rank of a unit differs."""
        return tuple(self.methods[place] for place in dict.fromkeys(self._first_with_same_ranking))

    @property
    def counted_methods(self) -> tuple[Methodology, ...]:
        """The methodologies whose rankings enter medians, shares, the consensus and effects."""
        return self.methods if self.count == "all" else self.distinct_methods

    @cached_property
    def rankings(self) -> pl.DataFrame:
        """The distinct rankings: the first methodology of each, the count of its methodologies, and their numbers.

        Rankings of many methodologies come first.
        """
        groups: dict[int, list[int]] = {}
        for place, first in enumerate(self._first_with_same_ranking):
            groups.setdefault(first, []).append(self.methods[place].number)
        rows = [
            (numbers[0], self.methods[first].label, len(numbers), ", ".join(map(str, numbers)))
            for first, numbers in groups.items()
        ]
        schema = {"methodology": pl.Int64, "label": pl.String, "methodologies": pl.Int64, "numbers": pl.String}
        rankings = pl.DataFrame(rows, schema=schema, orient="row")
        return rankings.sort("methodologies", "methodology", descending=[True, False])

    @cached_property
    def unranked(self) -> list[str]:
        """The units that some methodologies rank and other methodologies do not."""
        is_ranked = pl.col(self._numbers).is_not_null()
        in_some_only = pl.any_horizontal(is_ranked) & ~pl.all_horizontal(is_ranked)
        return self.ranks.filter(in_some_only)[self.unit].to_list()

    @cached_property
    def published(self) -> Published | None:
        """The published ranking to compare with, if there is one."""
        chosen = self.chosen_reference
        return self.read_published(None) if chosen is None else replace(chosen, lowest_first=self.lowest_first)

    def read_published(self, published: PublishedRanking | None) -> Published | None:
        """Read a published ranking of these units.

        Parameters
        ----------
        published : path, frame or list of units, or None
            The ranking; None for the reference of the index file.

        Returns
        -------
        Published or None
            The ranking; None if there is none.
        """
        units = self.ranks.select(self._columns)
        source = Published.of(published, self.definition, units, self.folder, self.period)
        return None if source is None else replace(source, lowest_first=self.lowest_first)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The methodologies and units that are left out, with the reasons, and the notes of the methodologies."""
        lines = [
            Note("methodology_left_out", label=failure.label, reason=failure.reason)
            for failure in group_by_reason(self.failures)
        ]
        if self.unranked:
            lines.append(Note("not_compared", units=Names.of(self.unranked)))
        if self.published and self.published.unknown:
            lines.append(Note("not_in_data", units=Names.of(self.published.unknown)))
        return (*(self.inputs[0].notes if self.inputs else ()), *lines, *self.scoring_notes)

    @property
    def _title_parts(self) -> list[str]:
        units = pluralise(len(self.common_ranks), "ranked unit")
        number = len(self.methods)
        methodologies = f"{number} methodolog{'y' if number == 1 else 'ies'}"
        if len(self.distinct_methods) < number:
            methodologies += f" with {pluralise(len(self.distinct_methods), 'distinct ranking')}"
        left_out = f", {len(self.failures)} left out" if self.failures else ""
        return [*([self.period] if self.period else []), methodologies + left_out, units]

    @property
    def _numbers(self) -> list[str]:
        return [str(methodology.number) for methodology in self.methods]

    @property
    def _columns(self) -> list[str]:
        return self.ranks.columns[: -len(self.methods)]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.ranks.select(self._columns)

    @property
    def _unit_columns(self) -> pl.DataFrame:
        return self.common_ranks.select(self._columns)

    @property
    def _rankings(self) -> pl.DataFrame:
        return self.common_ranks.select(self.unit, *self._numbers)

    @cached_property
    def _matrix(self) -> npt.NDArray[np.float64]:
        """The common ranks, shape (units, methodologies)."""
        return self.common_ranks.select(pl.col(self._numbers).cast(pl.Float64)).to_numpy()

    @cached_property
    def _first_with_same_ranking(self) -> tuple[int, ...]:
        """For each methodology, the place of the first methodology with the same ranking."""
        return first_with_same_ranking(self._matrix)

    @property
    def _counted_ranks(self) -> npt.NDArray[np.float64]:
        """The common ranks of the counted rankings, shape (units, rankings)."""
        return self._matrix[:, [methodology.number - 1 for methodology in self.counted_methods]]

    @cached_property
    def _medians(self) -> npt.NDArray[np.float64]:
        """The median rank of each unit over the counted rankings."""
        medians: npt.NDArray[np.float64] = np.median(self._counted_ranks, axis=1)
        return medians
