"""What is drawn: the rows of one period of a result, with names in the languages of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Leaf, text
from indicia.notes import Names, Note
from indicia.report.markup import Html, inert
from indicia.report.markup import text as escaped
from indicia.tables.names import reader_names
from indicia.tables.periods import of_period
from indicia.tables.written import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from indicia.definition import Node, Part
    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.result import Result


LISTED = 3000
"""A page with longer tables than these would be too large to be opened."""


@dataclass(frozen=True)
class Subject:
    """A result as it is drawn; arrays have one row per unit, in the order of the data."""

    result: Result
    languages: tuple[str, ...] = ("en",)
    asked: object = None
    """The period; the last if there are several and none is named."""

    @cached_property
    def rows(self) -> npt.NDArray[np.bool_]:
        """The rows of the period."""
        return self._period[1].to_numpy()

    @property
    def period(self) -> str | None:
        """The period that is drawn, of a panel."""
        return self._period[0]

    @cached_property
    def _period(self) -> tuple[str | None, pl.Series]:
        return of_period(self.result.scored.source, self.asked)

    @cached_property
    def about(self) -> pl.DataFrame:
        """Unit, period, labels and groups."""
        return self._of(self.result.scored.units)

    @cached_property
    def units(self) -> list[str]:
        """What the data call the units."""
        return [str(one) for one in self.about[self.result.unit]]

    @cached_property
    def names(self) -> list[Spoken]:
        """What readers call the units."""
        columns = [self._names_of_rows[language].filter(pl.Series(self.rows)) for language in self.languages]
        return [dict(zip(self.languages, names, strict=True)) for names in zip(*columns, strict=True)]

    @cached_property
    def _names_of_rows(self) -> dict[str, pl.Series]:
        """The name of the unit of each row for readers, of all periods, by language."""
        units, data = self.result.scored.units, self.result.definition.data
        return {language: reader_names(units, data, language) for language in self.languages}

    @cached_property
    def title(self) -> Spoken:
        """The name of the index."""
        return {one: text(self.result.definition.name, one) for one in self.languages}

    def called(self, part: str) -> Spoken:
        """Return the name of a dimension or an indicator."""
        definition = self.result.definition
        if part == ROOT:
            return self.title
        known = definition.dimensions.get(part) or definition.indicators[part]
        return {one: text(known.name, one, part) for one in self.languages}

    def said(self, note: Note) -> Spoken:
        """Return a note with parts and units as readers call them."""
        return {one: note.said(one, self._called[one]) for one in self.languages}

    def noted(self, note: Note, voice: Voice) -> Html:
        """Return a note as markup; the reason of an error, which ends it, is marked as English."""
        reason = next((key for key in ("reason", "reasons") if key in note.filled), None)
        if reason is None:
            return voice.show(self.said(note))
        before = Note(note.kind, **{**note.filled, reason: ""})
        said = note.filled[reason].said("en", {}) if isinstance(note.filled[reason], Names) else note.filled[reason]
        return Html(f"{voice.show(self.said(before))}<em lang=en>{escaped(said)}</em>")

    @cached_property
    def _called(self) -> dict[str, dict[str, str]]:
        """What readers call units and parts, by language."""
        parts = [part.id for part in self.below]
        return {
            one: {name: inert(said) for name, said in self._units_called(one).items()}
            | {part: inert(self.called(part)[one]) for part in (ROOT, *parts)}
            for one in self.languages
        }

    def _units_called(self, language: str) -> dict[str, str]:
        """Return what readers call the units, in a panel those of every period with it, as notes name them."""
        own = {unit: name[language] for unit, name in zip(self.units, self.names, strict=True)}
        data, units = self.result.definition.data, self.result.scored.units
        if data.period is None:
            return own
        period, unit = pl.col(data.period).cast(pl.String), pl.col(self.result.unit).cast(pl.String)
        rows = units.select(
            pl.concat_str(unit, period, separator=" "),
            named=pl.concat_str(self._names_of_rows[language], period, separator=" "),
        )
        return own | {key: said for key, said in rows.iter_rows() if key is not None}

    @cached_property
    def tree(self) -> Node:
        """The tree as it was scored."""
        return self.result.scored.tree

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts that the index itself is made of."""
        return self.tree.components

    @cached_property
    def leaves(self) -> list[Leaf]:
        """The indicators that were scored."""
        return list(self.tree.leaves())

    @cached_property
    def below(self) -> list[Part]:
        """All that stands below the index, parents first."""
        found: list[Part] = []

        def descend(node: Node) -> None:
            for part in node.components:
                found.append(part)
                if not isinstance(part, Leaf):
                    descend(part)

        descend(self.tree)
        return found

    @cached_property
    def scores(self) -> Array:
        """The scores of the index, (units,); NaN where a unit has none."""
        return self._numbers(self.result.scored.nodes.select(ROOT))[:, 0]

    @cached_property
    def ranks(self) -> Array:
        """The ranks of the index, (units,); NaN where a unit has none."""
        return self._numbers(self.result.scored.ranks.select("rank"))[:, 0]

    @cached_property
    def order(self) -> list[int]:
        """The rows, best first; those without rank last, by their scores."""
        low = self.tree.low_is_best
        score = np.nan_to_num(self.scores if low else -self.scores, nan=np.inf)
        rank = np.nan_to_num(self.ranks, nan=np.inf)
        return sorted(range(len(self.units)), key=lambda at: (rank[at], score[at], self.units[at]))

    def counted_units(self, voice: Voice) -> Spoken:
        """Say how many units there are, and how many of them are ranked."""
        every, ranked = len(self.units), int((~np.isnan(self.ranks)).sum())
        key = "units" if ranked == every else "units_ranked"
        return voice.said(key, n=f"{every:,}", ranked=f"{ranked:,}")

    @cached_property
    def eligible(self) -> list[bool]:
        """Whether the rules of the index let a unit be ranked."""
        eligible = self.result.definition.eligible
        return [one not in eligible.without and (eligible.only is None or one in eligible.only) for one in self.units]

    @property
    def listed(self) -> list[int]:
        """The rows that tables list: the first of the ranking, if there are very many."""
        return self.order[:LISTED]

    @cached_property
    def components(self) -> Array:
        """The parts of the index as it takes them, (units, parts)."""
        return self._numbers(self.result.scored.components.select(part.id for part in self.parts))

    @cached_property
    def normalised(self) -> Array:
        """The normalised indicators, (units, indicators)."""
        return self._numbers(self.result.scored.normalised.select(leaf.id for leaf in self.leaves))

    @cached_property
    def values_below(self) -> Array:
        """The scores of dimensions and the normalised indicators, in the order of `below`, larger being better."""
        scored = self.result.scored
        low = {node.id for node in self.tree.nodes() if node.low_is_best}
        frame = pl.DataFrame(
            [
                scored.normalised[part.id]
                if isinstance(part, Leaf)
                else -scored.nodes[part.id]
                if part.id in low
                else scored.nodes[part.id]
                for part in self.below
            ]
        )
        return self._numbers(frame)

    @cached_property
    def imputed(self) -> npt.NDArray[np.bool_]:
        """Which values of `values_below` are imputed or computed from imputed values, (units, parts below)."""
        return self._flags(part.id for part in self.below) & ~np.isnan(self.values_below)

    @cached_property
    def imputed_parts(self) -> npt.NDArray[np.bool_]:
        """Which values of `components` are imputed or computed from imputed values, (units, parts)."""
        return self._flags(part.id for part in self.parts) & ~np.isnan(self.components)

    @cached_property
    def imputed_scores(self) -> npt.NDArray[np.bool_]:
        """Which scores of the index are computed from imputed values, (units,)."""
        flags: npt.NDArray[np.bool_] = self._flags([ROOT])[:, 0] & ~np.isnan(self.scores)
        return flags

    @cached_property
    def imputed_share(self) -> Array:
        """The share of the weight of the index that rests on imputed values, (units,)."""
        return self._numbers(self.result.imputed.share.to_frame())[:, 0]

    def _flags(self, names: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Return which values of parts are imputed or computed from imputed values, in the rows of the period."""
        flags, none = self.result.imputed.values, pl.repeat(value=False, n=len(self.result.scored.units), eager=True)
        frame = pl.DataFrame([(flags[name] if name in flags.columns else none).alias(name) for name in names])
        found: npt.NDArray[np.bool_] = self._of(frame).to_numpy()
        return found

    @cached_property
    def within(self) -> Array:
        """The values of `values_below` between the lowest of all units, 0, and the highest, 1."""
        values = self.values_below
        low, high = _ends(values)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Array = np.where(high > low, (values - low) / (high - low), np.where(np.isnan(values), np.nan, 0.5))
        return found

    @cached_property
    def weights(self) -> Array:
        """The weights of the parts of the index, (units, parts): the same in every row, or those of its group."""
        return self.result.scored.weighed[self.tree.id].of_rows(self.about)

    @cached_property
    def contributions(self) -> Array | None:
        """How much each part adds to the score, (units, parts); None where the score is no sum of its parts."""
        tree = self.tree
        if not tree.aggregation.additive or tree.rescaling is not None:
            return None
        present = ~np.isnan(self.components)
        weights = np.where(present, self.weights, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = np.where(
                present.all(axis=1, keepdims=True), self.weights, weights / weights.sum(axis=1, keepdims=True)
            )
        added: Array = np.where(present, shares * np.nan_to_num(self.components), 0.0)
        added[np.isnan(self.scores)] = 0.0
        return added

    @cached_property
    def effective(self) -> dict[str, float]:
        """The effective weights of all parts, in the period that is drawn; of the first group where they differ."""
        weights = self._weights.unique("id", keep="first", maintain_order=True)
        return dict(weights.select("id", "effective").iter_rows())

    @property
    def group_of_weights(self) -> str | None:
        """The group whose effective weights are drawn, where weights differ between groups."""
        keys = self._weights.columns[: self._weights.columns.index("id")]
        groups = self._weights.select(keys).unique(maintain_order=True)
        return ", ".join(map(str, groups.row(0))) if keys and len(groups) > 1 else None

    @cached_property
    def _weights(self) -> pl.DataFrame:
        """The weights of all parts, in the period that is drawn; columns of groups stand before `id`."""
        weights, period = self.result.weights, self.result.definition.data.period
        if period is None or period not in weights.columns[: weights.columns.index("id")]:
            return weights
        return weights.filter(weights.select(written(period, weights.schema[period])).to_series() == self.period)

    @cached_property
    def correlations(self) -> Array:
        """Pearson correlations of the normalised indicators and, last, the score, over rows where both are present."""
        return correlated(np.column_stack([self.normalised, -self.scores if self.tree.low_is_best else self.scores]))

    @cached_property
    def group(self) -> str | None:
        """The column that groups units, where one does so in several groups of several units."""
        for column in self.result.definition.data.groups:
            sizes = self.about[column].drop_nulls().value_counts()["count"]
            if len(sizes) > 1 and (sizes > 1).any():
                return column
        return None

    @cached_property
    def _near(self) -> Array:
        """The scores of the parts, each between 0 and 1, by which peers are found."""
        parts = {part.id for part in self.parts}
        found: Array = self.within[:, [at for at, part in enumerate(self.below) if part.id in parts]]
        return found

    @cached_property
    def _groups(self) -> tuple[list[object], dict[object, list[int]]]:
        """The group of each unit, and the units of each group."""
        groups: list[object] = self.about[self.group].to_list() if self.group else [None] * len(self.units)
        members: dict[object, list[int]] = {}
        for at, group in enumerate(groups):
            members.setdefault(group, []).append(at)
        return groups, members

    def peers(self, row: int) -> list[int]:
        """Return the rows of up to five peers of a unit, nearest first: of its own group, if that has three others."""
        values, (groups, members) = self._near, self._groups
        own = members[groups[row]] if groups[row] is not None else []
        near = np.array(own if len(own) > 3 else range(len(values)))
        apart = (values[near] - values[row]) ** 2
        known = ~np.isnan(apart)
        count = known.sum(axis=1)
        distance = np.where(count > 0, np.where(known, apart, 0.0).sum(axis=1) / np.maximum(count, 1), np.inf)
        ordered = near[np.argsort(distance, kind="stable")]
        return [int(at) for at in ordered[:6] if at != row][:5]

    @cached_property
    def standing(self) -> Array:
        """The share of the other units that are below each value of `values_below`, ties counting half."""
        values = self.values_below
        found = np.full(values.shape, np.nan)
        for column in range(values.shape[1]):
            ranks = pl.Series(values[:, column]).fill_nan(None).rank("average")
            count = ranks.count()
            if count > 1:
                found[:, column] = ((ranks - 1) / (count - 1)).to_numpy()
        return found

    def remarkable(self, row: int, number: int = 3) -> tuple[list[int], list[int]]:
        """Return the indicators, by their place in `below`, that speak most for and most against a unit.

        Among the highest quarter of all units, or the lowest; what does not vary tells nothing. An imputed value says
        nothing about the unit, and is neither.
        """
        varied = np.nanmax(self.within, axis=0, initial=0.0) > np.nanmin(self.within, axis=0, initial=1.0)
        leaves = [at for at, part in enumerate(self.below) if isinstance(part, Leaf) and varied[at]]
        measured = [at for at in leaves if not self.imputed[row, at] and not np.isnan(self.standing[row, at])]
        known = [(at, self.standing[row, at]) for at in measured]
        weight = self.effective
        strong = sorted(
            (one for one in known if one[1] >= 0.75), key=lambda one: (-one[1], -weight.get(self.below[one[0]].id, 0.0))
        )
        weak = sorted(
            (one for one in known if one[1] <= 0.25), key=lambda one: (one[1], -weight.get(self.below[one[0]].id, 0.0))
        )
        return [at for at, _ in strong[:number]], [at for at, _ in weak[:number]]

    @cached_property
    def digits(self) -> int:
        """How many decimals scores are written with."""
        if self.tree.decimals is not None:
            return self.tree.decimals
        return 2 if np.nanmax(np.abs(self.scores), initial=0.0) >= 10 else 4

    def _of(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame if self.rows.all() else frame.filter(pl.Series(self.rows))

    def _numbers(self, frame: pl.DataFrame) -> Array:
        found: Array = self._of(frame).cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return found


def correlated(values: Array) -> Array:
    """Return correlations of columns over the rows where both are present; NaN where one does not vary."""
    present = ~np.isnan(values)
    both = present.astype(float).T @ present
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(present, values - np.nanmean(values, axis=0), 0.0)
        means = (centred.T @ present) / both
        products = centred.T @ centred / both - means * means.T
        squares = (centred**2).T @ present / both - means**2
        size = np.where(squares > 1e-24 * np.nanmax(squares, initial=0.0), squares, np.nan)
        found: Array = np.clip(products / np.sqrt(size * size.T), -1, 1)
    return found


def _ends(values: Array) -> tuple[Array, Array]:
    filled_low, filled_high = np.where(np.isnan(values), np.inf, values), np.where(np.isnan(values), -np.inf, values)
    return filled_low.min(axis=0), filled_high.max(axis=0)
