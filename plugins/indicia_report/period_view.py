"""The rows of a period of a result, with names in the languages of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data.cell_text import cell_text
from indicia.definition import ROOT, Leaf, Node, Part, text
from indicia.means.divided_differences import weights_of_sum
from indicia.notes import Names, Note, Spoken
from indicia.tables.periods import rows_of_period
from indicia.tables.table import reader_names
from indicia_report.markup import Html, Texts, escape, isolate

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.result import Result


@dataclass(frozen=True)
class PeriodView:
    """A period of a result, for pages and charts.

    Arrays have one row per unit, in the order of the data; a missing value is NaN.
    """

    result: Result
    languages: tuple[str, ...] = ("en",)
    requested_period: object = None
    """The period of a panel; None for the last."""

    @cached_property
    def rows(self) -> npt.NDArray[np.bool_]:
        """The rows of the period."""
        return self._period[1].to_numpy()

    @property
    def period(self) -> str | None:
        """The period, if the result is a panel."""
        return self._period[0]

    @cached_property
    def _period(self) -> tuple[str | None, pl.Series]:
        return rows_of_period(self.result.scored.source, self.requested_period)

    @cached_property
    def labels(self) -> pl.DataFrame:
        """The columns of units, periods, labels and groups."""
        return self._in_period(self.result.scored.units)

    @cached_property
    def units(self) -> list[str]:
        """The names of the units in the data."""
        return [str(unit) for unit in self.labels[self.result.unit]]

    @cached_property
    def names(self) -> list[Spoken]:
        """The names of the units for readers, by language."""
        columns = [self._names_of_rows[language].filter(pl.Series(self.rows)) for language in self.languages]
        return [dict(zip(self.languages, names, strict=True)) for names in zip(*columns, strict=True)]

    @cached_property
    def _names_of_rows(self) -> dict[str, pl.Series]:
        """The names of the units for readers in the rows of all periods, by language."""
        units, data = self.result.scored.units, self.result.definition.data
        return {language: reader_names(units, data, language) for language in self.languages}

    @cached_property
    def title(self) -> Spoken:
        """The name of the index, by language."""
        return {language: text(self.result.definition.name, language) for language in self.languages}

    def name_of(self, part: str) -> Spoken:
        """Return the name of a dimension or an indicator, by language."""
        definition = self.result.definition
        if part == ROOT:
            return self.title
        spec = definition.dimensions.get(part) or definition.indicators[part]
        return {language: text(spec.name, language, part) for language in self.languages}

    def label_of(self, part: str) -> Spoken:
        """Return the short name of a dimension or an indicator, by language; without one, its name."""
        definition = self.result.definition
        spec = definition.dimensions.get(part) or definition.indicators.get(part)
        if spec is None:
            return self.name_of(part)
        return {language: text(spec.short_name, language, part) for language in self.languages}

    def name_of_bands(self, name: str) -> Spoken:
        """Return the name of a classification of `[bands]`, by language."""
        spec = self.result.definition.bands[name]
        return {language: text(spec.name, language, name) for language in self.languages}

    def translate_note(self, note: Note) -> Spoken:
        """Return a note by language, with the names of parts and units for readers."""
        return {language: note.in_language(language, self.reader_names[language]) for language in self.languages}

    def note_html(self, note: Note, texts: Texts) -> Html:
        """Return a note as markup; the reason of an error, at the end of the note, is marked as English."""
        reason = next((key for key in ("reason", "reasons") if key in note.filled), None)
        if reason is None:
            return texts.show(self.translate_note(note))
        before = Note(note.kind, **{**note.filled, reason: ""})
        value = note.filled[reason]
        english = value.in_language("en", {}) if isinstance(value, Names) else value
        return Html(f"{texts.show(self.translate_note(before))}<em lang=en>{escape(english)}</em>")

    @cached_property
    def reader_names(self) -> dict[str, dict[str, str]]:
        """The names of units and parts for readers, by language."""
        parts = [part.id for part in self.descendants]
        return {
            language: {unit: isolate(name) for unit, name in self._unit_names(language).items()}
            | {part: isolate(self.name_of(part)[language]) for part in (ROOT, *parts)}
            for language in self.languages
        }

    def _unit_names(self, language: str) -> dict[str, str]:
        """Return the names of units for readers; in a panel also of units with their period, as notes name these."""
        names = {unit: name[language] for unit, name in zip(self.units, self.names, strict=True)}
        data, units = self.result.definition.data, self.result.scored.units
        if data.period is None:
            return names
        period, unit = pl.col(data.period).cast(pl.String), pl.col(self.result.unit).cast(pl.String)
        rows = units.select(
            pl.concat_str(unit, period, separator=" "),
            named=pl.concat_str(self._names_of_rows[language], period, separator=" "),
        )
        return names | {key: name for key, name in rows.iter_rows() if key is not None}

    @cached_property
    def tree(self) -> Node:
        """The tree of the index, without the parts that were left out."""
        return self.result.scored.tree

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The components of the index."""
        return self.tree.components

    @cached_property
    def leaves(self) -> list[Leaf]:
        """The indicators that were scored."""
        return list(self.tree.leaves())

    @cached_property
    def descendants(self) -> list[Part]:
        """All dimensions and indicators, each once, where it first occurs below the index."""
        return list(self.tree.descendants())

    @cached_property
    def scores(self) -> Array:
        """The scores of the index, (units,)."""
        return self._numbers(self.result.scored.nodes.select(ROOT))[:, 0]

    @cached_property
    def ranks(self) -> Array:
        """The ranks of the index, (units,)."""
        return self._numbers(self.result.scored.ranks.select("rank"))[:, 0]

    @property
    def starts_with_worst(self) -> bool:
        """True if the worst unit has rank 1, as in an index of risk."""
        return ("score" in self.result.lowest_first) != self.tree.low_is_best

    @cached_property
    def order(self) -> list[int]:
        """The rows by rank; units without rank come last, by score."""
        score = np.nan_to_num(self.scores if "score" in self.result.lowest_first else -self.scores, nan=np.inf)
        rank = np.nan_to_num(self.ranks, nan=np.inf)
        return sorted(range(len(self.units)), key=lambda at: (rank[at], score[at], self.units[at]))

    def unit_count(self, texts: Texts) -> Spoken:
        """Return the sentence with the number of units, and of ranked units."""
        count, ranked = len(self.units), int((~np.isnan(self.ranks)).sum())
        key = "units" if ranked == count else "units_ranked"
        return texts.get(key, n=f"{count:,}", ranked=f"{ranked:,}")

    @cached_property
    def eligible(self) -> list[bool]:
        """True for the units that the index file allows to be ranked."""
        eligible = self.result.definition.eligible
        only, without = eligible.only, eligible.without
        return [unit not in without and (only is None or unit in only) for unit in self.units]

    @cached_property
    def components(self) -> Array:
        """The values of the parts that the index aggregates, (units, parts)."""
        return self._numbers(self.result.scored.components.select(part.id for part in self.parts))

    @cached_property
    def normalised(self) -> Array:
        """The normalised indicators, (units, indicators); larger is better."""
        values = self._numbers(self.result.scored.normalised.select(leaf.id for leaf in self.leaves))
        signs = [-1.0 if leaf.id in self.tree.harms else 1.0 for leaf in self.leaves]
        return values * signs

    @cached_property
    def descendant_values(self) -> Array:
        """The scores of dimensions and the normalised indicators, (units, descendants); larger is better."""
        scored = self.result.scored
        low = self.tree.harms | {node.id for node in self.tree.nodes() if node.low_is_best}
        sources = (scored.normalised if isinstance(part, Leaf) else scored.nodes for part in self.descendants)
        columns = (source[part.id] for source, part in zip(sources, self.descendants, strict=True))
        return self._numbers(pl.DataFrame([-column if column.name in low else column for column in columns]))

    @cached_property
    def imputed(self) -> npt.NDArray[np.bool_]:
        """Flags of the `descendant_values` that are imputed or computed from imputed values, (units, descendants)."""
        return self._flags(part.id for part in self.descendants) & ~np.isnan(self.descendant_values)

    @cached_property
    def imputed_parts(self) -> npt.NDArray[np.bool_]:
        """Flags of the `components` that are imputed or computed from imputed values, (units, parts)."""
        return self._flags(part.id for part in self.parts) & ~np.isnan(self.components)

    @cached_property
    def imputed_scores(self) -> npt.NDArray[np.bool_]:
        """Flags of the scores of the index that are computed from imputed values, (units,)."""
        flags: npt.NDArray[np.bool_] = self._flags([ROOT])[:, 0] & ~np.isnan(self.scores)
        return flags

    @cached_property
    def imputed_share(self) -> Array:
        """The share of the weight of the index that rests on imputed values, (units,)."""
        return self._numbers(self.result.imputed.share.to_frame())[:, 0]

    def _flags(self, names: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Return flags of the values of parts that are imputed or computed from imputed values."""
        flags, none = self.result.imputed.values, pl.repeat(value=False, n=len(self.result.scored.units), eager=True)
        frame = pl.DataFrame([(flags[name] if name in flags.columns else none).alias(name) for name in names])
        in_period: npt.NDArray[np.bool_] = self._in_period(frame).to_numpy()
        return in_period

    @cached_property
    def positions(self) -> Array:
        """The `descendant_values` rescaled to 0 for the lowest of all units and 1 for the highest."""
        values = self.descendant_values
        low, high = _extremes(values)
        constant = np.where(np.isnan(values), np.nan, 0.5)
        with np.errstate(invalid="ignore", divide="ignore"):
            positions: Array = np.where(high > low, (values - low) / (high - low), constant)
        return positions

    @cached_property
    def weights(self) -> Array:
        """The weights of the parts of the index, (units, parts); rows differ only if weights differ by group."""
        return self.result.scored.weights_in_score[self.tree.id].of_rows(self.labels)

    @cached_property
    def contributions(self) -> Array | None:
        """The contribution of each part to the score, (units, parts); None if the score is no power mean."""
        tree, power = self.tree, self.tree.aggregation.power
        if power is None or tree.rescaling is not None or (power != 1 and np.nanmin(self.components, initial=0.0) < 0):
            return None
        present = ~np.isnan(self.components)
        weights = np.where(present, self.weights, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = weights / weights.sum(axis=1, keepdims=True) * (tree.sum_of_weights or 1.0)
            shares = np.where(present.all(axis=1, keepdims=True), self.weights, scaled)
        if tree.aggregation.weights_sum_to_count:
            shares = shares * len(tree.components)
        if power != 1:
            shares = weights_of_sum(self.components, shares, power)
        contributions: Array = np.where(present, shares * np.nan_to_num(self.components), 0.0)
        contributions[np.isnan(self.scores)] = 0.0
        return contributions

    @cached_property
    def effective(self) -> dict[str, float]:
        """The effective weights of all parts in the period; the weights of the first group if they differ by group."""
        weights = self.weight_rows.unique("id", keep="first", maintain_order=True)
        return dict(weights.select("id", "effective").iter_rows())

    @cached_property
    def shares_in_parents(self) -> dict[tuple[str, str], float]:
        """The weights by parent and part, with sum 1 in each parent, also if the index leaves the weights unscaled.

        They are those of the first group if they differ by group.
        """
        unscaled = [node.id for node in self.tree.nodes() if node.sum_of_weights is not None]
        weights = self.weight_rows.unique(["parent", "id"], keep="first", maintain_order=True)
        total = pl.when(pl.col("parent").is_in(unscaled)).then(pl.col("weight").sum().over("parent")).otherwise(1.0)
        rows = weights.select("parent", "id", pl.col("weight") / total).iter_rows()
        return {(parent, part): share for parent, part, share in rows}

    @property
    def weights_group(self) -> str | None:
        """The group of the `effective` weights if weights differ by group."""
        keys = self.weight_rows.columns[: self.weight_rows.columns.index("id")]
        groups = self.weight_rows.select(keys).unique(maintain_order=True)
        return ", ".join(map(str, groups.row(0))) if keys and len(groups) > 1 else None

    @cached_property
    def weight_rows(self) -> pl.DataFrame:
        """The weights of all parts in the period; columns of groups come before `id`."""
        weights, period = self.result.weights, self.result.definition.data.period
        if period is None or period not in weights.columns[: weights.columns.index("id")]:
            return weights
        return weights.filter(weights.select(cell_text(period, weights.schema[period])).to_series() == self.period)

    @cached_property
    def correlations(self) -> Array:
        """Pearson correlations of the normalised indicators and, last, the score."""
        return correlated(np.column_stack([self.normalised, -self.scores if self.tree.low_is_best else self.scores]))

    @cached_property
    def group(self) -> str | None:
        """The first column of groups that has several groups, and several units in a group."""
        for column in self.result.definition.data.groups:
            sizes = self.labels[column].drop_nulls().value_counts()["count"]
            if len(sizes) > 1 and (sizes > 1).any():
                return column
        return None

    @cached_property
    def _near(self) -> Array:
        """The positions of units in the parts of the index; peers have near positions."""
        parts = {part.id for part in self.parts}
        near: Array = self.positions[:, [at for at, part in enumerate(self.descendants) if part.id in parts]]
        return near

    @cached_property
    def _groups(self) -> tuple[list[object], dict[object, list[int]]]:
        """The group of each unit, and the units of each group."""
        groups: list[object] = self.labels[self.group].to_list() if self.group else [None] * len(self.units)
        members: dict[object, list[int]] = {}
        for at, group in enumerate(groups):
            members.setdefault(group, []).append(at)
        return groups, members

    def peers(self, row: int) -> list[int]:
        """Return the rows of up to five peers of a unit, nearest first.

        Peers are units of the same group if the group has at least three other units.
        """
        values, (groups, members) = self._near, self._groups
        group_rows = members[groups[row]] if groups[row] is not None else []
        near = np.array(group_rows if len(group_rows) > 3 else range(len(values)))
        squares = (values[near] - values[row]) ** 2
        present = ~np.isnan(squares)
        count = present.sum(axis=1)
        means = np.where(present, squares, 0.0).sum(axis=1) / np.maximum(count, 1)
        nearest = near[np.argsort(np.where(count > 0, means, np.inf), kind="stable")]
        return [int(at) for at in nearest[:6] if at != row][:5]

    @cached_property
    def percentiles(self) -> Array:
        """The share of the other units with a lower value, (units, descendants); an equal value counts one half."""
        values = self.descendant_values
        shares = np.full(values.shape, np.nan)
        for column in range(values.shape[1]):
            ranks = pl.Series(values[:, column]).fill_nan(None).rank("average")
            count = ranks.count()
            if count > 1:
                shares[:, column] = ((ranks - 1) / (count - 1)).to_numpy()
        return shares

    def strengths_and_weaknesses(self, row: int, number: int = 3) -> tuple[list[int], list[int]]:
        """Return the strongest and the weakest indicators of a unit, as positions in `descendants`.

        A strength is in the highest quarter of all units, a weakness in the lowest. Constant indicators, imputed
        values and indicators that do not count are neither.
        """
        varied = np.nanmax(self.positions, axis=0, initial=0.0) > np.nanmin(self.positions, axis=0, initial=1.0)
        indicators = set(self.tree.indicators)
        leaves = [at for at, part in enumerate(self.descendants) if part.id in indicators and varied[at]]
        measured = [at for at in leaves if not self.imputed[row, at] and not np.isnan(self.percentiles[row, at])]
        share = self.percentiles[row]
        weight = [self.effective.get(part.id, 0.0) for part in self.descendants]
        strong = sorted((at for at in measured if share[at] >= 0.75), key=lambda at: (-share[at], -weight[at]))
        weak = sorted((at for at in measured if share[at] <= 0.25), key=lambda at: (share[at], -weight[at]))
        return strong[:number], weak[:number]

    @cached_property
    def digits(self) -> int:
        """The number of decimals of scores."""
        if self.tree.decimals is not None:
            return self.tree.decimals
        return 2 if np.nanmax(np.abs(self.scores), initial=0.0) >= 10 else 4

    def _in_period(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame if self.rows.all() else frame.filter(pl.Series(self.rows))

    def _numbers(self, frame: pl.DataFrame) -> Array:
        numbers: Array = self._in_period(frame).cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return numbers


def correlated(values: Array) -> Array:
    """Return the correlations of columns over the rows where both are present; NaN for a constant column."""
    present = ~np.isnan(values)
    both = present.astype(float).T @ present
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(present, values - np.nanmean(values, axis=0), 0.0)
        means = (centred.T @ present) / both
        products = centred.T @ centred / both - means * means.T
        squares = (centred**2).T @ present / both - means**2
        size = np.where(squares > 1e-24 * np.nanmax(squares, initial=0.0), squares, np.nan)
        correlations: Array = np.clip(products / np.sqrt(size * size.T), -1, 1)
    return correlations


def _extremes(values: Array) -> tuple[Array, Array]:
    filled_low, filled_high = np.where(np.isnan(values), np.inf, values), np.where(np.isnan(values), -np.inf, values)
    return filled_low.min(axis=0), filled_high.max(axis=0)
