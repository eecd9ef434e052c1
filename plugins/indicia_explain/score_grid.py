"""The table of a score: dimensions with their indicators, what each adds, and its part against the median."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.definition import Leaf, text
from indicia.notes import MARK, percentage
from indicia_explain.cells import EMPTY, heading, measured, plain, signed, signed_bar, small_table
from indicia_explain.figures import decimals_of, rounding_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.definition import Node, Part
    from indicia.documents.blocks import TextTable
    from indicia_explain.score import ExplainedScore

_HEADINGS = (
    "explained_part",
    "explained_value",
    "explained_weight",
    "explained_contribution",
    "",
    "explained_against_median",
    "explained_raw",
    "explained_rank",
)
CHANGES = 8
"""The most changed values that are shown."""
STAGES = {
    "denomination": "stage_denomination",
    "noise": "stage_noise",
    "imputation": "stage_imputation",
    "treatment": "stage_treatment",
    "cap": "stage_cap",
    "transform": "stage_transform",
    "clip": "stage_clip",
}
"""The words for the stages that change values, by stage."""
SHOWN = 24
"""The most indicators of the table; of more, those with the largest parts are shown."""


def changed_parts(score: ExplainedScore) -> list[dict[str, Any]]:
    """Return the parts whose values a stage changed, those with the largest parts first."""
    as_read = dict(score.unfolding.filter(step="read").select("indicator", "value").iter_rows())
    changed = score.parts.drop_nulls("changes")
    ordered = changed.sort(pl.col("vs_median").abs(), descending=True, nulls_last=True, maintain_order=True)
    rows = ({"read": as_read.get(row["indicator"]), "prepared": None, **row} for row in ordered.iter_rows(named=True))
    return [row for row in rows if row["prepared"] is not None or row["read"] is not None]


def changed_values(score: ExplainedScore, names: Mapping[str, str], language: str | None) -> TextTable:
    """Return the values that a stage changed, with the rules, those with the largest parts first."""
    rows = [
        (
            names.get(row["indicator"], row["indicator"]),
            plain(row["read"]),
            plain(row["prepared"]),
            _changed_by(row["changes"], language),
        )
        for row in changed_parts(score)
    ]
    headings = ("explained_indicator", "explained_read", "explained_prepared", "explained_changes")
    hidden = len(rows) - CHANGES if len(rows) > CHANGES + 1 else 0
    table = small_table(
        [heading(name, language) for name in headings],
        rows[: len(rows) - hidden],
        {1, 2},
        cut=(0, 3),
        caption=heading("explained_title_changes", language),
        notes=[heading("explained_more_indicators", language, count=hidden)] if hidden else [],
    )
    return table.without_empty_columns(EMPTY)


def _changed_by(changes: str, language: str | None) -> str:
    """Return the stages with their rules, the stages in a language."""
    steps = [step.partition(":") for step in changes.split("; ")]
    words = {stage: heading(key, language) for stage, key in STAGES.items()}
    between, colon = ("；", "：") if language == "zh" else ("; ", ": ")
    rules = ((words.get(stage, stage), rule.strip()) for stage, _, rule in steps)
    return between.join(f"{stage}{colon}{rule}" if rule else stage for stage, rule in rules)


def score_tree(score: ExplainedScore, names: Mapping[str, str], language: str | None) -> TextTable:
    """Return the tree as rows: name, value, weight in the index, contribution, part against the median, raw, rank."""
    tree = _ScoreTree(score, names, language)
    headings = [heading(name, language) if name else "" for name in _HEADINGS]
    hidden = len(tree.parts) - len(tree.shown)
    notes = [heading("explained_more_indicators", language, count=hidden)] if hidden else []
    rows = [*tree.rows(score.result.scored.tree, 0, 1.0, 1.0), *tree.sums()]
    shorter = tree.without_measures
    table = small_table(headings, rows, {1, 2, 3, 4, 6, 7}, cut=(0, 6), bars=5, notes=notes, shorter=shorter)
    return table.without_empty_columns(EMPTY)


@dataclass(frozen=True)
class _ScoreTree:
    """The tables of a score, by part."""

    score: ExplainedScore
    names: Mapping[str, str]
    language: str | None

    @cached_property
    def parts(self) -> dict[str, dict[str, Any]]:
        return {row["indicator"]: row for row in self.score.parts.iter_rows(named=True)}

    @cached_property
    def places(self) -> dict[tuple[str, str], dict[str, Any]]:
        nodes = self.score.nodes.iter_rows(named=True)
        return {(row["node"], row["part"]): row for row in nodes}

    @cached_property
    def shown(self) -> frozenset[str]:
        largest = sorted(self.parts, key=lambda name: -abs(self.parts[name]["vs_median"] or 0.0))
        return frozenset(largest[:SHOWN])

    @cached_property
    def largest(self) -> float:
        return max((abs(row["vs_median"] or 0.0) for row in self.places.values()), default=0.0)

    @cached_property
    def digits(self) -> int:
        return decimals_of(self.score.result)

    @cached_property
    def visited(self) -> set[tuple[str, str]]:
        """The nodes and components that have a row."""
        return set()

    @cached_property
    def without_measures(self) -> dict[str, str]:
        """The raw values without their units of measure, by the raw values with them."""
        return {}

    def _raw(self, part: Leaf, own: Mapping[str, Any]) -> str:
        """Return a raw value with its unit of measure, its year, and the mark of an imputed value."""
        year = "" if own.get("year") is None else f" {own['year']}"
        mark = MARK if own.get("imputed") else ""
        raw = measured(own["raw"], text(part.spec.unit, self.language)) + year + mark
        self.without_measures[raw] = plain(own["raw"]) + year + mark
        return raw

    def rows(self, node: Node, level: int, weight: float, shifted: float | None) -> Iterator[tuple[str, ...]]:
        """Yield the rows below a node; the products of the weights above it are `weight` and `shifted`."""
        for part in node.components:
            place = self.places.get((node.id, part.id))
            if place is None or (isinstance(part, Leaf) and part.id not in self.shown):
                continue
            yield self.row(part, place, level, weight, shifted)
            if not isinstance(part, Leaf):
                own = place["shifted_weight"]
                below = None if own is None or shifted is None else shifted * own
                yield from self.rows(part, level + 1, weight * (place["effective_weight"] or 0.0), below)

    def sums(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows below the tree: the rounding, if the shown parts do not add up, and the sum."""
        totals, root = self.score.totals.row(0, named=True), self.score.result.scored.tree.id
        top = [row for (node, _), row in self.places.items() if node == root]
        # a note has the constant that a rescaling of scores adds
        of_all = {"contribution": totals["published"] - (totals["constant"] or 0.0), "vs_median": totals["above_base"]}
        known = [total if all(row[part] is not None for row in top) else None for part, total in of_all.items()]
        rounding = [
            None if total is None else rounding_of([row[part] for row in top], total, self.digits)
            for part, total in zip(of_all, known, strict=True)
        ]
        rows = [("explained_rounding", rounding)] if any(rounding) else []
        for word, (added, against) in (*rows, ("explained_sum", known)):
            if added is not None or against is not None:
                sums = signed(added, self.digits).lstrip("+"), signed(against, self.digits)
                yield heading(word, self.language), "", "", *sums, "", "", ""

    def row(
        self, part: Part, place: Mapping[str, Any], level: int, weight: float, shifted: float | None
    ) -> tuple[str, ...]:
        """Return the row of a part below a node."""
        own = self.parts.get(part.id, {})
        added = None if shifted is None or place["contribution"] is None else shifted * place["contribution"]
        raw = self._raw(part, own) if isinstance(part, Leaf) and "raw" in own else ""
        # the part of a component of several dimensions is shown once, so that the parts add up
        against = None if (place["node"], part.id) in self.visited else place["vs_median"]
        self.visited.add((place["node"], part.id))
        return (
            "  " * level + self.names.get(part.id, part.id),
            signed(place["value"], self.digits).lstrip("+"),
            percentage(weight * (place["effective_weight"] or 0.0)),
            signed(added, self.digits).lstrip("+"),
            signed(against, self.digits),
            signed_bar(against, self.largest),
            raw,
            f"{own['rank']:g} / {own['of']}" if own.get("rank") is not None else "",
        )
