"""A design of runs that the user brings: a table with a row for each run, and a column for each choice."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data import read_table
from indicia.definition import STAGES, Node
from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia_robustness.design import LEFT_OUT
from indicia_robustness.imputations import IMPUTATIONS
from indicia_robustness.result import Factor
from indicia_robustness.sample_layout import GivenRuns, saltelli_layout
from indicia_robustness.weight_regions import drawn_weights

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.definition import Robustness

    Integers = npt.NDArray[np.int64]

LABELS = ("draw", "run", "rep", "replicate")
"""The names of a column that labels the runs."""
_NUMBERED = (IMPUTATIONS, "weights", "data")
"""The choices whose alternatives are numbers, from 1: an imputation, a row of the table of weights, a set of errors."""
_PREFIX = "weights."
_OWN_WORDS = ("top", "seed")
"""The words of `[robustness]` that say nothing on the runs."""


@dataclass(frozen=True, eq=False)
class OutsideDesign:
    """A table of runs. Its columns are stages, parts left out, numbered sets, and weights of parts."""

    table: pl.DataFrame
    name: str
    """The name of the table in messages and in the manifest."""

    @classmethod
    def read(cls, source: object, folder: Path) -> OutsideDesign:
        """Read a design from a table; a path is relative to the folder."""
        table = read_table(source, folder=folder)
        name = source if isinstance(source, str) else "the design"
        design = cls(table, name)
        if not design.inputs:
            raise DataError(
                f"{name} has no column of a choice",
                remedy=f"a stage ({', '.join(STAGES)}), {' or '.join(LEFT_OUT)}, or the weight of a part",
            )
        return design

    @property
    def label(self) -> str | None:
        """The column that labels the runs."""
        return next((name for name in self.table.columns if name.lower() in LABELS), None)

    @property
    def inputs(self) -> list[str]:
        """The columns of choices."""
        return [name for name in self.table.columns if name != self.label]

    @property
    def weight_columns(self) -> dict[str, str]:
        """The columns with weights of parts, by part."""
        words = (*STAGES, *LEFT_OUT, *_NUMBERED)
        return {name.removeprefix(_PREFIX): name for name in self.inputs if name not in words}

    def settings(self, stated: Mapping[str, Any], explicit: Collection[str]) -> dict[str, Any]:
        """Return `[robustness]` for this design: the choices of its columns, and the words that go with them.

        Words of `explicit`, which the user states beside the design, are an error if the design has no use for them;
        other words of `stated` are then left out.
        """
        usable = {*_OWN_WORDS, *({"weights"} & set(self.inputs)), *(("noise", "se") if "data" in self.inputs else ())}
        if refused := [word for word in stated if word in explicit and word not in (*usable, "design")]:
            raise DefinitionError(
                f"{self.name} states all choices of its runs, and {join_names(refused)} "
                f"{'changes' if len(refused) == 1 else 'change'} none of them",
                remedy="leave out the design, or these words",
            )
        words = {word: value for word, value in stated.items() if word in usable}
        words["draws"] = len(self.table)
        for stage in STAGES:
            if stage in self.inputs:
                words[stage] = self._alternatives(stage)
        if left_out := [word for word in LEFT_OUT if word in self.inputs]:
            words["leave_out"] = left_out
        if IMPUTATIONS in self.inputs:
            words[IMPUTATIONS] = max(2, int(self._numbers(IMPUTATIONS).max()) + 1)
        if self.weight_columns:
            if "weights" in self.inputs:
                raise DefinitionError(
                    f"{self.name} has a column of sets of weights, and columns of weights of parts: "
                    f"{join_names(self.weight_columns)}",
                    remedy="keep one of the two",
                )
            words["weights"] = {"table": self.name}
        elif "weights" in self.inputs and not _has_table(words.get("weights")):
            raise DefinitionError(
                f"the column weights of {self.name} has numbers of rows of a table, and no table of weights is stated",
                remedy='weights = "panel.csv", --weights panel.csv; or a column for each part',
            )
        if "data" in self.inputs and not {"noise", "se"} & words.keys():
            raise DefinitionError(
                f"the column data of {self.name} has numbers of sets of errors, and no errors are stated",
                remedy="noise = 0.02, --noise 0.02",
            )
        return words

    def factors_and_runs(
        self, varied: Robustness, tree: Node, persons: pl.DataFrame | None
    ) -> tuple[list[Factor], Integers]:
        """Return the choices with their alternatives, and the alternative of each choice in each run."""
        self._check_parts(tree)
        factors, columns = [], []
        for word in (*STAGES, IMPUTATIONS, "weights", *LEFT_OUT, "data"):
            if word == "weights" and self.weight_columns:
                factors.append(Factor(word, self.persons.rows()))
                columns.append(self._row_of_weights)
            elif word in self.inputs:
                factor, numbers = self._factor(word, varied, tree, persons)
                factors.append(factor)
                columns.append(numbers)
        return factors, np.stack(columns, axis=1)

    @cached_property
    def persons(self) -> pl.DataFrame:
        """The different sets of weights of parts, a row for each set, with a column for each part."""
        return self._weights.unique(maintain_order=True).select(sorted(self._weights.columns))

    @cached_property
    def runs(self) -> GivenRuns:
        """The runs, with the parts of a design of Saltelli if they are one.

        The weights of parts are an input each, or all together one input.
        """
        single = [name for name in self.inputs if name not in self.weight_columns.values()]
        codes = [self.table[name].rank("dense").fill_null(0).to_numpy().astype(np.int64) for name in single]
        weights = list(self.weight_columns.values())
        of_parts = [self.table[name].rank("dense").to_numpy().astype(np.int64) for name in weights]
        layout = saltelli_layout(np.stack([*codes, *of_parts], axis=1))
        names = (*single, *weights)
        if layout is None and len(weights) > 1:
            layout = saltelli_layout(np.stack([*codes, self._row_of_weights], axis=1))
            names = (*single, "weights")
        return GivenRuns(self.name, self.table, names if layout else (), layout)

    def _alternatives(self, stage: str) -> list[str | None]:
        """Return the different methods of a stage; None stands for an empty cell, the methods of the index."""
        methods = self._texts(stage).unique(maintain_order=True).to_list()
        return sorted(methods, key=lambda method: (method is not None, method))

    def _texts(self, word: str) -> pl.Series:
        """Return a column of texts, with null for an empty cell."""
        return self.table.select(pl.col(word).cast(pl.String).str.strip_chars().replace("", None)).to_series()

    def _factor(
        self, word: str, varied: Robustness, tree: Node, persons: pl.DataFrame | None
    ) -> tuple[Factor, Integers]:
        """Return a choice with its alternatives, and the number of the alternative in each run."""
        alternatives: Sequence[Any]
        if word in STAGES:
            alternatives = tuple(getattr(varied, word))
            return Factor(word, alternatives), self._places(word, alternatives)
        if word in LEFT_OUT:
            parts = list(tree.indicators)
            if word == "dimensions":
                parts = [part.id for part in tree.components if isinstance(part, Node)]
            alternatives = (None, *parts)
            unknown = [part for part in self._texts(word).unique() if part not in alternatives]
            if unknown:
                raise DefinitionError(
                    f"{self.name} leaves out {join_names(sorted(unknown))}, which the index does not have among its "
                    f"{word}",
                    remedy=suggest(unknown[0], parts) or "an empty cell leaves out nothing",
                )
            return Factor(word, alternatives), self._places(word, alternatives)
        numbers = self._numbers(word)
        if word == "weights":
            assert persons is not None
            alternatives = persons.select(sorted(persons.columns)).rows()
            if numbers.max() >= len(persons):
                raise DataError(
                    f"the column weights of {self.name} has the number {numbers.max() + 1}, and the table of weights "
                    f"{len(persons)} rows",
                    remedy="the number of a row of the table, from 1",
                )
            return Factor(word, alternatives), numbers
        count = varied.imputations if word == IMPUTATIONS else None
        return Factor(word, range(count or int(numbers.max()) + 1)), numbers

    def _places(self, word: str, alternatives: Sequence[str | None]) -> Integers:
        """Return the place of the value of each run among the alternatives."""
        places = {alternative: place for place, alternative in enumerate(alternatives)}
        known = [alternative for alternative in alternatives if alternative is not None]
        numbers = self._texts(word).replace_strict(
            known, [places[name] for name in known], default=places.get(None, 0), return_dtype=pl.Int64
        )
        return numbers.to_numpy()

    def _numbers(self, word: str) -> Integers:
        """Return a column of numbers from 1, minus 1."""
        column = self.table[word]
        is_whole = column.dtype.is_numeric() and column.cast(pl.Float64).is_finite().fill_null(False).all()
        if not is_whole or (column < 1).any() or (column % 1 != 0).any():
            raise DataError(
                f"the column {word} of {self.name} has a value that is no whole number from 1",
                remedy="number the sets from 1, in every row",
            )
        return column.cast(pl.Int64).to_numpy() - 1

    @cached_property
    def _weights(self) -> pl.DataFrame:
        """The weights of parts in each run."""
        for part, name in self.weight_columns.items():
            column = self.table[name]
            if not column.dtype.is_numeric():
                raise DefinitionError(
                    f'the column "{name}" of {self.name} is no choice, and has no weights of a part',
                    remedy=suggest(name, (*STAGES, *LEFT_OUT, *_NUMBERED)) or "leave it out, or call a label draw",
                )
            values = column.cast(pl.Float64)
            if not values.is_finite().fill_null(False).all() or (values < 0).any():
                row = int((~(values.is_finite().fill_null(False) & (values >= 0).fill_null(False))).arg_true()[0])
                raise DataError(
                    f"the weight of {part} in row {row + 1} of {self.name} is not a number from 0 up",
                    remedy="a weight for each part in every row; 0 leaves the part out",
                )
        return self.table.select(
            pl.col(name).cast(pl.Float64).alias(part) for part, name in self.weight_columns.items()
        )

    @cached_property
    def _row_of_weights(self) -> Integers:
        """The number of the set of weights of each run."""
        numbered = self._weights.unique(maintain_order=True).with_row_index("\0row")
        joined = self._weights.join(numbered, on=self._weights.columns, how="left", maintain_order="left")
        return joined["\0row"].cast(pl.Int64).to_numpy()

    def _check_parts(self, tree: Node) -> None:
        """Refuse columns of no part, and weights of a part without those of the parts beside it."""
        columns = self.weight_columns
        if both := [part for part, name in columns.items() if name != part and part in self.inputs]:
            raise DefinitionError(
                f"{self.name} has two columns for the weight of {both[0]}: {both[0]} and {columns[both[0]]}",
                remedy="keep one of the two",
            )
        nodes = [node for node in tree.nodes() if node.components]
        known = [part.id for node in nodes for part in node.components]
        if unknown := [part for part in columns if part not in known]:
            raise DefinitionError(
                f'the column "{columns[unknown[0]]}" of {self.name} is no choice, indicator or dimension',
                remedy=suggest(unknown[0], [*known, *STAGES, *LEFT_OUT, *_NUMBERED])
                or "leave it out, or call a label draw",
            )
        for node in nodes:
            parts = [part.id for part in node.components]
            missing = [part for part in parts if part not in columns]
            if missing and len(missing) < len(parts):
                raise DefinitionError(
                    f"{self.name} has weights of {join_names(part for part in parts if part in columns)}, and none of "
                    f"{join_names(missing)} beside them",
                    remedy="a column for every part of a dimension; the weights of each dimension are scaled to sum 1",
                )
            if missing:
                continue
            totals = self._weights.select(pl.sum_horizontal(parts)).to_series()
            if not (totals > 0).all():
                raise DataError(
                    f"row {int((totals <= 0).arg_true()[0]) + 1} of {self.name} has only weights of 0 for "
                    f"{join_names(parts)}",
                    remedy="one of them above 0, or leave the dimension out: a column dimensions",
                )


def _has_table(weights: str | Mapping[str, Any] | None) -> bool:
    return bool((drawn_weights(weights) or {}).get("table"))
