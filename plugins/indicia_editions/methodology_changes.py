"""The changes of the methodology between two editions, one for each part and word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.definition import ROOT, text
from indicia.definition.tree import LEAF_STAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.definition import Definition
    from indicia_editions.scored_edition import ScoredEdition

_NUMBER_OF_DIGITS = 6
_WEIGHT_NOISE = 1e-12
"""Weights that differ by no more are equal: their sums are rounded."""
_WORDS_OF_WEIGHTS = ("weight", "weighting")
_SETTINGS = ("methodology", "screening", "eligible", "bands", "aggregates", "weights")
"""The tables of the index file that are about no part of the tree."""

"""The columns of the table of changes."""


@dataclass(frozen=True)
class Change:
    """A change of the methodology."""

    change: str
    """The kind: "indicator_added", "indicator_removed", "dimension_added", "dimension_removed", "weight", "method",
    "word", "setting", "statistic" or "fitted"."""
    part: str
    """The indicator or dimension; empty for a change of the whole index."""
    word: str
    """The word of the index file, or the name of the statistic."""
    old: str
    new: str


def methodology_changes(old: ScoredEdition, new: ScoredEdition) -> tuple[Change, ...]:
    """Return the changes from one edition to the other; none if one of them has no methodology.

    A fitted index has the weights of its run and not the methods behind them. If one of the editions is fitted, weights
    are therefore compared as numbers, after scaling, and methods of weighting are not compared.
    """
    if old.methodology is None or new.methodology is None:
        return ()
    before, after = (_plain(methodology) for methodology in (old.methodology, new.methodology))
    is_fitted = old.is_fitted or new.is_fitted
    if is_fitted:
        before, after = _without_weights(before), _without_weights(after)
    changes = [*_parts(before, after), *_words(before, after), *_methods(before, after), *_nodes(before, after)]
    changes += _measures(old.definition, new.definition)  # none of a table of scores, which has other indicators
    changes += _settings(before, after)
    if is_fitted:
        changes += [*_numeric_weights(old, new), *_fitted(old, new)]
    return tuple(changes)


def change_table(changes: Iterable[Change]) -> pl.DataFrame:
    """Return the table of changes: change, part, word, old, new."""
    rows = [(change.change, change.part, change.word, change.old, change.new) for change in changes]
    schema = dict.fromkeys(("change", "part", "word", "old", "new"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plain(value: Any) -> Any:
    """Return the values of a methodology as JSON has them: lists for tuples, text for dates."""
    return json.loads(json.dumps(value, default=str))


def _without_weights(methodology: Mapping[str, Any]) -> dict[str, Any]:
    """Return a methodology without the words of weights, which a fitted index leaves out."""
    parts = {
        section: {
            name: {word: value for word, value in words.items() if word not in _WORDS_OF_WEIGHTS}
            for name, words in methodology[section].items()
        }
        for section in ("indicators", "dimensions", "nodes")
    }
    settings = {word: value for word, value in methodology["methodology"].items() if word != "weights"}
    rest = {section: words for section, words in methodology.items() if section != "weights"}
    return {**rest, **parts, "methodology": settings}


def _parts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the indicators and dimensions that one edition has and the other has not."""
    for section, noun in (("indicators", "indicator"), ("dimensions", "dimension")):
        for name in before[section]:
            if name not in after[section]:
                yield Change(f"{noun}_removed", name, "", _parent(before[section][name]), "")
        for name in after[section]:
            if name not in before[section]:
                yield Change(f"{noun}_added", name, "", "", _parent(after[section][name]))


def _parent(words: Mapping[str, Any]) -> str:
    """Return the dimension of an indicator, or the parent of a dimension; empty for the index itself."""
    return written(words.get("dimension", words.get("parent", ""))).replace(ROOT, "")


def _words(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the words that differ in the tables of indicators and dimensions of both editions."""
    for section in ("indicators", "dimensions"):
        for name, words in before[section].items():
            if name in after[section]:
                yield from _unequal("word", name, words, after[section][name])


def _methods(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the methods of indicators that differ."""
    common = [name for name in before["indicators"] if name in after["indicators"]]
    for stage in LEAF_STAGES:
        for name in common:
            old, new = before.get(stage, {}).get(name), after.get(stage, {}).get(name)
            if old != new:
                yield Change("method", name, stage, written(old), written(new))


def _nodes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the methods and words of nodes that differ; components follow from the parts that come and go."""
    for name, words in before["nodes"].items():
        if name in after["nodes"]:
            old, new = (
                {word: value for word, value in entry.items() if word not in ("components", "shown")}
                for entry in (words, after["nodes"][name])
            )
            yield from _unequal("method", name, old, new)


def _measures(old: Definition, new: Definition) -> Iterator[Change]:
    """Yield units of measure and sources that differ; no figure depends on these words."""
    for name, spec in old.indicators.items():
        other = new.indicators.get(name)
        for word in ("unit", "source") if other is not None else ():
            before, after = (text(getattr(entry, word), None) for entry in (spec, other))
            if before != after:
                yield Change("word", name, word, before or "", after or "")


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the settings of the whole index that differ."""
    for section in _SETTINGS:
        place = "" if section == "methodology" else section
        yield from _unequal("setting", "", before.get(section, {}), after.get(section, {}), place)


def _unequal(
    change: str, part: str, before: Mapping[str, Any], after: Mapping[str, Any], place: str = ""
) -> Iterator[Change]:
    """Yield the values that differ, with their dotted words."""
    for word in dict.fromkeys((*before, *after)):
        old, new, dotted = before.get(word), after.get(word), f"{place}.{word}" if place else word
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            first, second = (value if isinstance(value, Mapping) else {} for value in (old, new))
            yield from _unequal(change, part, first, second, dotted)
        elif old != new:
            kind = "weight" if word == "weight" and part else change
            yield Change(kind, part, dotted, written(old), written(new))


def _numeric_weights(old: ScoredEdition, new: ScoredEdition) -> Iterator[Change]:
    """Yield the weights within parents that differ; none if they differ between groups."""
    before, after = (_weights(edition) for edition in (old, new))
    for (part, parent), weight in before.items():
        other = after.get((part, parent))
        if other is not None and abs(other - weight) > _WEIGHT_NOISE:
            yield Change("weight", part, "weight", written(weight), written(other))


def _weights(edition: ScoredEdition) -> Mapping[tuple[str, str], float]:
    """Return the weights within parents; none if they differ between groups."""
    if edition.result is None:
        return edition.stated_weights
    table = edition.result.weights
    if table.columns[0] != "id":
        return {}
    return {(part, parent): weight for part, parent, weight in table.select("id", "parent", "weight").iter_rows()}


def _fitted(old: ScoredEdition, new: ScoredEdition) -> Iterator[Change]:
    """Yield that statistics are fixed in one edition only, or the fixed statistics that differ."""
    if old.is_fitted != new.is_fitted:
        fixed, free = "fitted", "computed"
        yield Change("fitted", "", "statistics", *((fixed, free) if old.is_fitted else (free, fixed)))
        return
    before, after = (_statistics(edition) for edition in (old, new))
    for key, value in before.items():
        if key in after and after[key] != value:
            subject, statistic = key[1], " ".join(filter(None, (key[0], *key[2:])))
            yield Change("statistic", subject, statistic, written(value), written(after[key]))


def _statistics(edition: ScoredEdition) -> Mapping[tuple[str, ...], Any]:
    """Return the values of the statistics of a run, by stage, subject, statistic and group."""
    if edition.result is None:
        return edition.stated_statistics
    frame = edition.result.statistics
    keys = [column for column in frame.columns if column not in ("value", "formula")]
    return {
        tuple("" if entry is None else str(entry) for entry in row[:-1]): row[-1]
        for row in frame.select(*keys, "value").iter_rows()
    }


def written(value: Any) -> str:
    """Return a value of an index file as text.

    >>> [written(value) for value in (None, 2.0, [20, 85.5], True, "log", 1 / 3)]
    ['', '2', '20, 85.5', 'true', 'log', '0.333333']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:.{max(_NUMBER_OF_DIGITS, len(str(int(abs(value)))))}g}" if value == value else ""
    if isinstance(value, list):
        return ", ".join(map(written, value))
    return str(value)
