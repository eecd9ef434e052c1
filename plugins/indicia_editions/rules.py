"""Rules on the difference of two editions, such as "max_move > 10"."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import IndiciaError, suggest
from indicia.notes import Names, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indicia_editions.difference_tables import DifferenceTables

_RULE = re.compile(r"\s*(?P<name>[A-Za-z]\w*)\s*(?P<comparison>[<>=!]+)\s*(?P<limit>[-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*")
_TOP = re.compile(r"top(\d+)_changed")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
_EXAMPLE = 'such as "max_move > 10"'
_NAMES_SHOWN = 10


@dataclass(frozen=True)
class Fact:
    """A figure of a difference that a rule can compare, with the units or indicators behind it."""

    value: float
    names: tuple[str, ...] = ()
    values: tuple[float, ...] | None = None
    """The figure of each name; None if the names have no figures."""

    def names_behind(self, rule: Rule) -> tuple[str, ...]:
        """Return the names for whose own figures a rule holds; all names if they have none."""
        if self.values is None:
            return self.names
        return tuple(name for name, value in zip(self.names, self.values, strict=True) if rule.holds(value))


@dataclass(frozen=True)
class Rule:
    """A comparison of a figure of a difference with a number."""

    name: str
    comparison: str
    limit: float

    def __str__(self) -> str:
        return f"{self.name} {self.comparison} {self.limit:g}"

    def holds(self, value: float) -> bool:
        """Return True if the comparison is true of a value."""
        return _COMPARISONS[self.comparison](value, self.limit)


def read_rules(texts: Iterable[str]) -> tuple[Rule, ...]:
    """Read rules; a text may have several, separated by commas.

    >>> [str(rule) for rule in read_rules(["max_move>10, left > 0"])]
    ['max_move > 10', 'left > 0']

    Raises
    ------
    IndiciaError
        If a text is no comparison, or its name is not one of `FACTS` or topN_changed.
    """
    return tuple(_rule(part) for text in texts for part in text.split(","))


def _rule(text: str) -> Rule:
    match = _RULE.fullmatch(text)
    if match is None or match["limit"].count(".") > 1:
        remedy = f"write a name, a comparison and a number, {_EXAMPLE}"
        raise IndiciaError(f'cannot read the rule "{text.strip()}"', remedy=remedy)
    name, comparison = match["name"], match["comparison"]
    if comparison not in _COMPARISONS:
        raise IndiciaError(
            f'"{comparison}" in the rule "{text.strip()}" is no comparison', remedy=f"one of {', '.join(_COMPARISONS)}"
        )
    top = _TOP.fullmatch(name)
    if name not in FACTS and (top is None or int(top[1]) == 0):
        names = [*FACTS, "top10_changed"]
        raise IndiciaError(f'no rule is about "{name}"', remedy=suggest(name, names) or f"known: {', '.join(names)}")
    return Rule(name, comparison, float(match["limit"]))


def fact_of(difference: DifferenceTables, name: str) -> Fact | None:
    """Return the figure of a name; None if the editions cannot tell it."""
    top = _TOP.fullmatch(name)
    return _top_changed(difference, int(top[1])) if top else FACTS[name](difference)


def broken_rules(difference: DifferenceTables, rules: Iterable[Rule]) -> tuple[Note, ...]:
    """Return a sentence for each rule that holds, with the units behind it.

    Raises
    ------
    IndiciaError
        If the editions cannot tell the figure of a rule.
    """
    sentences = []
    for rule in rules:
        fact = fact_of(difference, rule.name)
        if fact is None:
            raise IndiciaError(
                f"{rule.name} cannot be told of these editions: {difference.names_of_editions}",
                remedy="compare index files, packs, or fitted indices with their tables",
            )
        if rule.holds(fact.value):
            filled = {"rule": str(rule), "value": f"{fact.value:.6g}"}
            names = fact.names_behind(rule)
            named = {"names": Names.of(names, _NAMES_SHOWN)} if names else {}
            sentences.append(Note("rule_holds_for" if named else "rule_holds", **filled, **named))
    return tuple(sentences)


def _largest(difference: DifferenceTables, column: str) -> Fact | None:
    """Return the largest absolute value of a column, with that of each unit; None if no unit has one."""
    rows = difference.units.drop_nulls(column).select("unit", pl.col(column).abs())
    rows = rows.sort(column, descending=True, maintain_order=True)
    return Fact(float(rows[column][0]), tuple(rows["unit"]), tuple(rows[column])) if len(rows) else None


def _mean(difference: DifferenceTables, column: str) -> Fact | None:
    mean = difference.units[column].abs().mean()
    return Fact(mean) if isinstance(mean, float) else None


def _count(difference: DifferenceTables, status: str) -> Fact | None:
    if difference.units.is_empty():
        return None
    names = tuple(difference.units.filter(status=status)["unit"])
    return Fact(len(names), names)


def _revised(difference: DifferenceTables) -> Fact | None:
    if not difference.have_data:
        return None
    summary = difference.revision_summary.filter(pl.col("changed") > 0)
    return Fact(int(summary["changed"].sum()), tuple(summary["indicator"]))


def _method_changes(difference: DifferenceTables) -> Fact | None:
    changes = difference.methodology
    return Fact(len(changes), tuple(dict.fromkeys(filter(None, changes["part"])))) if difference.have_methods else None


def _indicators(difference: DifferenceTables, status: str) -> Fact | None:
    if not difference.have_methods:
        return None
    names = tuple(difference.indicators.filter(status=status)["indicator"])
    return Fact(len(names), names)


def _top_changed(difference: DifferenceTables, places: int) -> Fact | None:
    """Return the number of units among the first `places` of the new edition that were not there before."""
    units = difference.units
    if units["rank_new"].null_count() == len(units) or units["rank_old"].null_count() == len(units):
        return None
    now = units.filter(pl.col("rank_new") <= places)
    names = tuple(now.filter(pl.col("rank_old").is_null() | (pl.col("rank_old") > places))["unit"])
    return Fact(len(names), names)


FACTS: dict[str, Callable[[DifferenceTables], Fact | None]] = {
    "max_move": lambda difference: _largest(difference, "move"),
    "mean_move": lambda difference: _mean(difference, "move"),
    "max_score_change": lambda difference: _largest(difference, "score_change"),
    "mean_score_change": lambda difference: _mean(difference, "score_change"),
    "entered": lambda difference: _count(difference, "entered"),
    "left": lambda difference: _count(difference, "left"),
    "revised_cells": _revised,
    "method_changes": _method_changes,
    "indicators_entered": lambda difference: _indicators(difference, "entered"),
    "indicators_left": lambda difference: _indicators(difference, "left"),
}
"""The figures of rules by name; `topN_changed` is the number of units that came among the first N."""
