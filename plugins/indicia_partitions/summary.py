"""The summary of a run over partitions: notes, counted over partitions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.definition import ROOT, Node
from indicia.methods.profile import Profile
from indicia.notes import Count, Names, Note, Shares
from indicia.partitions.partition import MOST_NAMES, FirstNames
from indicia.run import IMPUTED_SHARE, Scored, fills_gaps, find_imputed
from indicia.run.notes import computed_notes, ends_of_ranks, lost_differences, score_notes, uncounted
from indicia.tables.table import row_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Ends = Mapping[str, tuple[float | None, float | None]]


_OF_ALL_ROWS = ("screened_units",)
"""The notes whose counts are those of all rows in each partition."""

_LISTS_OF_PARTS = ("parts", "nodes")


@dataclass(frozen=True)
class NoteTally:
    """A note in a form that merges."""

    kind: str
    place: tuple[int, int]
    """Its place in the order of notes."""
    words: tuple[tuple[str, str | tuple[str, ...]], ...]
    """The words that are the same in all partitions; a list of names is a tuple."""
    counts: tuple[tuple[str, int, str], ...] = ()
    """Each count with its noun."""
    units: tuple[tuple[str, FirstNames], ...] = ()
    parts: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    """Lists of indicators or nodes, of which partitions may have some, with the number that a sentence shows."""
    by_node: tuple[tuple[str, FirstNames], ...] = ()
    """Units by node: a sentence names the nodes, and first the units of the first node."""
    shares: tuple[tuple[str, float], ...] = ()
    """The units with the largest shares, in descending order."""

    @classmethod
    def of(cls, note: Note, place: tuple[int, int]) -> NoteTally:
        """Return the tally of a note on one partition."""
        words: list[tuple[str, str | tuple[str, ...]]] = []
        counts, units, parts = [], [], []
        for name, value in note.filled.items():
            if isinstance(value, Count):
                counts.append((name, value.number, value.noun))
            elif isinstance(value, Names) and name == "units":
                number = len(value.names) if value.count is None else value.count
                units.append((name, FirstNames(number, FirstNames.of(value.names).names)))
            elif isinstance(value, Names) and name in _LISTS_OF_PARTS:
                parts.append((name, tuple(map(str, value.names)), value.limit))
            else:
                words.append((name, tuple(map(str, value.names)) if isinstance(value, Names) else str(value)))
        return cls(note.kind, place, tuple(words), tuple(counts), tuple(units), tuple(parts))

    @property
    def identity(self) -> tuple[Any, ...]:
        """A key that tallies of the same note share."""
        return self.kind, self.words, tuple((name, noun) for name, _, noun in self.counts)

    def __add__(self, other: NoteTally) -> NoteTally:
        if self.kind in _OF_ALL_ROWS:
            return self
        pairs = zip(self.counts, other.counts, strict=True)
        counts = [(name, own + others, noun) for (name, own, noun), (_, others, _) in pairs]
        units = [(name, own + others) for (name, own), (_, others) in zip(self.units, other.units, strict=True)]
        parts = [
            (name, tuple(dict.fromkeys((*own, *others))), max(limit, most))
            for (name, own, limit), (_, others, most) in zip(self.parts, other.parts, strict=True)
        ]
        by_node = dict(self.by_node)
        for node, first in other.by_node:
            by_node[node] = by_node[node] + first if node in by_node else first
        # a stable sort: of equal shares, those of earlier rows come first
        shares = sorted((*self.shares, *other.shares), key=lambda pair: -pair[1])[:MOST_NAMES]
        return replace(
            self,
            place=min(self.place, other.place),
            counts=tuple(counts),
            units=tuple(units),
            parts=tuple(parts),
            by_node=tuple(by_node.items()),
            shares=tuple(shares),
        )

    def note(self, order: Mapping[str, int]) -> Note:
        """Return the note; `order` has the places of indicators and nodes in lists of them."""
        filled: dict[str, Any] = {
            name: Names.of(value) if isinstance(value, tuple) else value for name, value in self.words
        }
        filled |= {name: Count(number, noun) for name, number, noun in self.counts}
        filled |= {name: Names(units.names, count=units.count) for name, units in self.units}
        if self.shares:
            filled["shares"] = Shares(self.shares, count=self.counts[0][1])
        if self.by_node:
            nodes = sorted(self.by_node, key=lambda pair: order.get(f"node {pair[0]}", len(order)))
            names = dict.fromkeys(name for _, first in nodes for name in first.names)
            filled["nodes"] = Names.of([node for node, _ in nodes])
            filled["units"] = Names(tuple(names)[:MOST_NAMES], count=self.counts[0][1])
        for name, parts, limit in self.parts:
            in_order = sorted(parts, key=lambda part: order.get(part, len(order)))
            filled[name] = Names.of(in_order, limit)
        return Note(self.kind, **filled)

    def to_plain(self) -> dict[str, Any]:
        """Return the fields as plain values, for a file."""
        units = tuple((name, first.count, first.names) for name, first in self.units)
        fields = {"kind": self.kind, "place": self.place, "words": self.words, "counts": self.counts}
        by_node = tuple((node, first.count, first.names) for node, first in self.by_node)
        return {**fields, "units": units, "parts": self.parts, "by_node": by_node, "shares": self.shares}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> NoteTally:
        """Return the tally, given the fields as plain values."""
        units = tuple((name, FirstNames(count, names)) for name, count, names in plain["units"])
        by_node = tuple((node, FirstNames(count, names)) for node, count, names in plain["by_node"])
        return cls(**{**plain, "units": units, "by_node": by_node})


def merged_tallies(first: Sequence[NoteTally], second: Sequence[NoteTally]) -> tuple[NoteTally, ...]:
    """Return the tallies of both; those of the same note add up."""
    tallies: dict[tuple[Any, ...], NoteTally] = {}
    for tally in (*first, *second):
        earlier = tallies.get(tally.identity)
        tallies[tally.identity] = tally if earlier is None else earlier + tally
    return tuple(tallies.values())


_COMPUTED, _RECORDS, _OUTSIDE, _CHANGES, _SCORES, _LOST, _TREE, _UNRANKED, _IMPUTED = range(9)
"""The order of notes in a run."""

_FIRST_OF_SCORES = ("simulated", "rescaled_weights", "no_score")


@dataclass(frozen=True)
class RunSummary:
    """The facts of the rows of one partition, or of several."""

    rows: int
    """The number of scored rows, and of those without a score of the index."""
    without_score: int
    tallies: tuple[NoteTally, ...]
    """The notes whose counts and units add up."""
    changed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The number of changed cells, by stage and indicator or node."""
    values: Ends = field(default_factory=dict)
    """The lowest and the highest value of each indicator after its preparation."""
    components: Ends = field(default_factory=dict)
    """The lowest and the highest value of indicators and nodes as components."""
    imputed: tuple[str, ...] = ()
    """The indicators with an imputation, in the order in which notes name them."""
    scores: Ends = field(default_factory=dict)
    """The lowest and the highest score of each node."""
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, scored: Scored) -> RunSummary:
        """Return the summary of the rows of a partition; no fact of all rows is asked for."""
        changed: dict[str, Counter[str]] = {}
        for change in scored.changes:
            by_part = changed.setdefault(change.stage, Counter())
            for name in change.after.columns:
                by_part[name] += int(change.before[name].ne_missing(change.after[name]).sum())
        return cls(
            len(scored.units),
            scored.nodes[ROOT].null_count(),
            tuple(_tallies(scored)),
            {stage: dict(counts) for stage, counts in changed.items()},
            _ends(scored.source.values),
            _ends(scored.components),
            next((tuple(record.formulas) for record in scored.records if record.stage == "imputation"), ()),
            _ends(scored.nodes),
            scored.warnings,
        )

    def __add__(self, other: RunSummary) -> RunSummary:
        changed = {stage: Counter(counts) for stage, counts in self.changed.items()}
        for stage, counts in other.changed.items():
            changed.setdefault(stage, Counter()).update(counts)
        return RunSummary(
            self.rows + other.rows,
            self.without_score + other.without_score,
            merged_tallies(self.tallies, other.tallies),
            {stage: dict(counts) for stage, counts in changed.items()},
            _joined(self.values, other.values),
            _joined(self.components, other.components),
            self.imputed,
            _joined(self.scores, other.scores),
            tuple(dict.fromkeys((*self.warnings, *other.warnings))),
        )

    @property
    def outside(self) -> dict[str, int]:
        """The number of rows outside the fitted range, by indicator."""
        tallies = (tally for tally in self.tallies if tally.kind == "outside")
        return {dict(tally.words)["part"][0]: dict(tally.units)["units"].count for tally in tallies}

    def notes(self, tree: Node) -> list[Note]:
        """Return the notes on all rows, in the order of a run in memory.

        Parameters
        ----------
        tree : Node
            The tree of the index; parts that the run left out are ignored.
        """
        order = {part: place for place, part in enumerate(_parts(tree))}
        scored_first = sorted(tree.nodes(), key=lambda node: -node.level)
        order |= {f"node {node.id}": place for place, node in enumerate(scored_first)}
        notes = [(tally.place, tally.note(order)) for tally in self.tallies]
        filled = dict.fromkeys(part.id for node in scored_first for part in node.components)
        orders = {"imputation": self.imputed, "missing": filled}
        places = {stage: {part: place for place, part in enumerate(parts)} for stage, parts in orders.items()}
        notes += [((_CHANGES, place), note) for place, note in enumerate(self._changed_notes(order, places))]
        scored_tree = _without_left_out(tree, self.components)
        lost = lost_differences(scored_tree, _profiles(self.values), _profiles(self.components))
        notes += [((_LOST, 0), note) for note in lost]
        return [note for _, note in sorted(notes, key=lambda pair: pair[0])]

    def _changed_notes(self, order: Mapping[str, int], of_stages: Mapping[str, Mapping[str, int]]) -> Iterator[Note]:
        """Yield a note for each stage that changed cells; see `indicia.run.notes.changed_notes`.

        `order` has the place of each part, and `of_stages` the places in stages that take the parts in another order.
        """
        for stage in sorted(self.changed, key=lambda stage: _STAGES.index(stage) if stage in _STAGES else len(_STAGES)):
            counts = self.changed[stage]
            own = of_stages.get(stage, order)
            places = {name: own.get(name, len(order)) for name in counts}
            names = sorted(counts, key=places.__getitem__)
            yield Note(stage, count=Count(sum(counts.values()), "value"), parts=Names.of(names, 3))

    def to_plain(self) -> dict[str, Any]:
        """Return the fields as plain values, for a file."""
        fields = {name: getattr(self, name) for name in ("rows", "without_score", "changed", "values", "components")}
        tallies = [tally.to_plain() for tally in self.tallies]
        return {**fields, "imputed": self.imputed, "scores": self.scores, "warnings": self.warnings, "tallies": tallies}

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> RunSummary:
        """Return the summary, given the fields as plain values."""
        tallies = tuple(NoteTally.of_plain(tally) for tally in plain["tallies"])
        return cls(**{**plain, "tallies": tallies, "warnings": tuple(plain["warnings"])})


def merge_summaries(summaries: Iterable[RunSummary]) -> RunSummary:
    """Return the summary of all partitions, given those of partitions in their order."""
    first, *others = summaries
    for other in others:
        first = first + other
    return first


_STAGES = ("noise", "imputation", "treatment", "cap", "clip", "missing")
"""The stages that change cells, in the order of a run."""


def _tallies(scored: Scored) -> Iterator[NoteTally]:
    """Yield the notes on a partition whose counts and units add up, each with its place in the order of notes."""
    definition, tree = scored.definition, scored.tree
    for place, note in enumerate(computed_notes(definition, tree, scored.fitted_by, scored.records)):
        yield NoteTally.of(note, (_COMPUTED, place))
    for place, record in enumerate(scored.records):
        for note in record.notes:
            yield NoteTally.of(note, (_RECORDS, place))
    for place, (name, units) in enumerate(scored.outside.items()):
        yield NoteTally.of(Note("outside", part=Names.of([name]), units=Names.of(units)), (_OUTSIDE, place))
    for note in score_notes(tree, scored.node_weights, scored.reweighted, scored.components[ROOT]):
        order = _FIRST_OF_SCORES.index(note.kind) if note.kind in _FIRST_OF_SCORES else len(_FIRST_OF_SCORES)
        tally = NoteTally.of(note, (_SCORES, order))
        yield _by_node(tally, scored.reweighted) if note.kind == "rescaled_weights" else tally
    for place, note in enumerate((*uncounted(tree), *ends_of_ranks(definition, tree))):
        yield NoteTally.of(note, (_TREE, place))
    for place, note in enumerate(_unranked(scored)):
        yield NoteTally.of(note, (_UNRANKED, place))
    yield from _imputed(scored)


def _by_node(tally: NoteTally, reweighted: pl.DataFrame) -> NoteTally:
    """Return the tally of re-scaled weights, with the units of each node."""
    nodes = reweighted.filter(pl.col("scored")).partition_by("node", maintain_order=True)
    by_node = tuple((str(rows["node"][0]), FirstNames.of(row_names(rows, before="node"))) for rows in nodes)
    return replace(tally, units=(), parts=(), by_node=by_node)


def _imputed(scored: Scored) -> Iterator[NoteTally]:
    """Yield the tally of units whose scores are computed from imputed values; a result has the note."""
    if not fills_gaps(scored.tree):
        return
    key = scored.source.key
    rows = scored.units.select(unit=pl.concat_str(pl.col(key).cast(pl.String), separator=" "))
    rows = rows.with_columns(find_imputed(scored).share).filter(pl.col(IMPUTED_SHARE) > 0)
    if len(rows):
        noun = "row" if len(key) > 1 else "unit"
        largest = rows.sort(IMPUTED_SHARE, descending=True, maintain_order=True).head(MOST_NAMES)
        counts = (("count", len(rows), noun),)
        yield NoteTally("imputed_share", (_IMPUTED, 0), (), counts, shares=tuple(largest.iter_rows()))


def _unranked(scored: Scored) -> Iterator[Note]:
    """Yield notes on the units with a score that `[eligible]` excludes from ranks; see `indicia.run.notes.unranked`."""
    eligible, units = scored.definition.eligible, scored.units[scored.source.unit]
    excluded = {"without": units.is_in(list(eligible.without))}
    if eligible.only is not None:
        excluded["only"] = ~units.is_in(list(eligible.only))
    for rule, rows in excluded.items():
        if names := units.filter(rows & scored.nodes[ROOT].is_not_null()).unique(maintain_order=True).to_list():
            yield Note("kept_out", rule=rule, units=Names.of(names))


def _ends(frame: pl.DataFrame) -> dict[str, tuple[float | None, float | None]]:
    lowest, highest = frame.min(), frame.max()
    return {name: (lowest[name][0], highest[name][0]) for name in frame.columns}


def _joined(first: Ends, second: Ends) -> dict[str, tuple[float | None, float | None]]:
    """Return the extremes of both."""
    joined = {**second, **first}
    for name in first.keys() & second.keys():
        ends = [end for end in (*first[name], *second[name]) if end is not None]
        joined[name] = (min(ends, default=None), max(ends, default=None))
    return joined


def _profiles(ends: Ends) -> dict[str, Profile]:
    return {name: Profile(0, False, *pair) for name, pair in ends.items()}


def _parts(tree: Node) -> Sequence[str]:
    return [*(leaf.id for leaf in tree.leaves()), *(node.id for node in tree.nodes())]


def _without_left_out(tree: Node, components: Ends) -> Node:
    """Return the tree without the indicators that the run left out, such as constant ones."""
    return tree.without(frozenset(leaf.id for leaf in tree.leaves() if leaf.id not in components))
