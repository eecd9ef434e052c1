"""Every method of the catalogue, scored in the settings in which formulas are treated differently."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import indicia
from golden.outcome import Outcome, joined, of_frame, of_numbers, of_texts
from golden.runs import attempt, of_comparison, of_fit, of_result, of_robustness
from indicia.analysis import agreement, concordance, consensus
from indicia.catalogue import KINDS, Choice, installed
from indicia.errors import IndiciaError
from indicia.methods import Normalisation, SeriesImputation
from indicia_conformance import round_trips, suite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.index import Index
    from indicia.methods import Method

UNITS = pl.read_csv(Path(__file__).with_name("units.csv"))
"""Nine units in two years. Indicators rise together, since some weightings refuse those that do not; u7 is an outlier
in x2."""

PARTS = ("x0", "x1", "x2")
"""The names that methods with judgements are given as an example."""

_TABLES = ("prepared", "normalised", "weights", "scores", "details", "cells")
_SCALE = {"method": "min_max", "lower": 1.0, "upper": 100.0}
_COMPANIONS = {
    "imputation": {"weighting": "equal"},
    "treatment": {"weighting": "equal"},
    "normalisation": {"weighting": "equal"},
    "weighting": {},
    "aggregation": {"weighting": "given"},
}
_EXAMPLES = {"limits": "limits(lower=12, upper=35)", "logit": "logit(whole=200)"}
"""Parameters for the figures of our table, in place of those of a method's own example."""

_OTHERS = {
    "imputation": ["median", "mean"],
    "treatment": ["winsorise", "none"],
    "normalisation": ["z_score", _SCALE],
    "weighting": ["equal", "entropy"],
    "aggregation": ["arithmetic", "geometric"],
}
"""The methods that a method is compared with."""

RANKINGS = {
    "plain": {"a": [1, 2, 3, 4, 5, 6], "b": [2, 1, 3, 4, 6, 5], "c": [3, 1, 2, 6, 5, 4], "d": [1, 4, 2, 3, 6, 5]},
    "ties": {"a": [1, 1, 3, 4, 5, 6], "b": [2, 1, 3, 3, 6, 5], "c": [1.5, 1.5, 3, 6, 5, 4], "d": [1, 4, 2, 3, 5, 5]},
    "opposite": {"a": [1, 2, 3, 4, 5, 6], "b": [6, 5, 4, 3, 2, 1]},
    "all tied": {"a": [1, 2, 3, 4, 5, 6], "b": [1, 1, 1, 1, 1, 1], "c": [2, 1, 3, 4, 6, 5]},
    "gap": {"a": [1, 2, 3, 4, 5, 6], "b": [2, 1, None, 4, 6, 5], "c": [3, 1, 2, 6, 5, 4]},
    "circle": {"a": [1, 2, 3], "b": [2, 3, 1], "c": [3, 1, 2]},
}
"""Rankings for agreements and consensuses, by setting."""


@dataclass(frozen=True)
class Subject:
    """A method of the catalogue, with the parameters of its example where it asks for some."""

    kind: str
    name: str

    @cached_property
    def _tested(self) -> Any:
        parameters = Choice.read(_EXAMPLES.get(self.name, self.name)).parameters
        return suite.subject_of(installed().offers[self.kind, self.name], parameters)

    @property
    def method(self) -> Method:
        """The method that is scored."""
        method: Method = self._tested.method
        return method

    @property
    def choice(self) -> str:
        """The method as an index file names it."""
        return _EXAMPLES.get(self.name) or self.method.example or self.name

    @property
    def needs_periods(self) -> bool:
        """True if the method needs a panel."""
        method = self.method
        return isinstance(method, SeriesImputation) or (isinstance(method, Normalisation) and method.needs_periods)

    def index(
        self,
        table: pl.DataFrame,
        words: Mapping[str, Mapping[str, Any]],
        methodology: Mapping[str, Any],
        method: Method | None = None,
        **more: Any,
    ) -> Index:
        """Return an index of the table's indicators; `words` are those of each indicator in the index file."""
        chosen = method or self.method
        indicators = {name: {"weight": 3 - at, **words.get(name, {})} for at, name in enumerate(PARTS)}
        if isinstance(chosen, Normalisation):
            for spec in indicators.values():
                direction, least = spec.get("direction", "benefit"), 1.0 if "transform" in spec else -150.0
                if direction in ("benefit", "cost"):
                    if chosen.needs_bounds or "transform" in spec:
                        spec.setdefault("bounds", [least, 160.0])
                    # the aim of distance_to_target, which others do not look at
                    spec.setdefault("target", 500.0 if direction == "benefit" else least / 2)
        period = {"period": "year"} if table["year"].n_unique() > 1 or self.needs_periods else {}
        stages = {**_COMPANIONS[self.kind], self.kind: method or self.choice}
        if self.kind == "aggregation":
            stages["normalisation"] = self._tested.normalisation
        if any(table[name].null_count() for name in PARTS):
            stages["missing"] = "skip"
        raw = {
            "data": {"unit": "unit", "groups": ["region", "parent"], **period},
            "indicators": indicators,
            "methodology": stages | dict(methodology),
        }
        return indicia.read({**raw, **more})


@dataclass(frozen=True)
class Setting:
    """A table, the words of its indicators, and the methodology."""

    change: Callable[[pl.DataFrame], pl.DataFrame] = lambda table: table
    words: Mapping[str, Mapping[str, Any]] | None = None
    methodology: Mapping[str, Any] | None = None
    panel: bool = False

    def table(self, subject: Subject) -> pl.DataFrame:
        """Return the table; an imputation finds gaps in every setting."""
        table = UNITS if self.panel or subject.needs_periods else UNITS.filter(pl.col("year") == 2016)
        return self.change(with_gaps(table) if subject.kind == "imputation" else table)

    def index(self, subject: Subject, table: pl.DataFrame, method: Method | None = None) -> Index:
        """Return the index that is scored."""
        words = _COST if self.words is None else self.words
        return subject.index(table, words, self.methodology or {}, method)


def with_gaps(table: pl.DataFrame) -> pl.DataFrame:
    """Take out values of x0 and x2 in 2016."""
    gaps = {"u2": "x0", "u4": "x0", "u8": "x2"}
    at = {name: (pl.col("unit") == unit) & (pl.col("year") == 2016) for unit, name in gaps.items()}
    return table.with_columns(pl.when(~gap).then(name).alias(name) for name, gap in at.items())


def _mirrored(table: pl.DataFrame) -> pl.DataFrame:
    """Turn x1 round, for it to be a cost that goes with the benefits."""
    return table.with_columns(x1=60 - pl.col("x1"))


def _below_zero(table: pl.DataFrame) -> pl.DataFrame:
    return _mirrored(table).with_columns(x0=pl.col("x0") - 20, x2=pl.col("x2") - 200)


_COST = {"x1": {"direction": "cost"}}
_BOUNDS = {
    name: {"bounds": {"by": "region", "north": [2.0, 160.0 + at], "south": [4.5 - at, 155.0]}, "cap": 90.0}
    for at, name in enumerate(PARTS)
}
_BOUNDS["x1"] |= {"direction": "cost", "floor": 12.0}
_BOUNDS["x2"] |= {"transform": "log"}

SETTINGS: dict[str, Setting] = {
    "plain": Setting(words={}),
    "costs with gaps": Setting(lambda table: with_gaps(_mirrored(table))),
    "by period": Setting(_mirrored, methodology={"statistics": "period", "weights": "period"}, panel=True),
    "reference period": Setting(
        _mirrored,
        methodology={"statistics": {"reference": 2015}, "weights": {"reference": 2015}},
        panel=True,
    ),
    "by group": Setting(_mirrored, methodology={"statistics": "region", "weights": "region"}, panel=True),
    "negative values": Setting(_below_zero),
    "bounds by group": Setting(_mirrored, words=_BOUNDS),
    "targets and intervals": Setting(
        words={
            "x0": {"direction": "target", "target": 30.0, "worst": [0.0, 70.0]},
            "x1": {"direction": "interval", "interval": [20.0, 30.0], "worst": [0.0, 90.0]},
            "x2": {"direction": "target", "target": 20.0},
        }
    ),
    "constant is neutral": Setting(
        lambda table: _mirrored(table).with_columns(x2=pl.lit(7.0)), methodology={"constant": "neutral"}
    ),
    "transform": Setting(
        _mirrored,
        words={
            "x0": {"transform": "log"},
            "x1": {"transform": "log", "direction": "cost"},
            "x2": {"transform": "log"},
        },
    ),
}
"""Settings in which a table is scored once."""


def outcomes(kind: str, name: str) -> dict[str, Outcome]:
    """Return the outcome of a method in each setting; one without parameters has none in that of parameters."""
    found = {setting: outcome(kind, name, setting) for setting in settings(kind)}
    return {setting: one for setting, one in found.items() if one.figures or one.texts}


def outcome(kind: str, name: str, setting: str) -> Outcome:
    """Return the outcome of a method in a setting."""
    if kind in ("agreement", "consensus"):
        return _of_rankings(kind, name, RANKINGS[setting])
    subject = Subject(kind, name)
    if setting in SETTINGS:
        return attempt(lambda: _scored(subject, SETTINGS[setting]))
    return attempt(lambda: _FURTHER[setting](subject))


def settings(kind: str) -> tuple[str, ...]:
    """Return the settings in which methods of a kind are scored."""
    return tuple(RANKINGS if kind in ("agreement", "consensus") else {**SETTINGS, **_FURTHER})


@cache
def shipped() -> tuple[tuple[str, str], ...]:
    """Return the kind and the name of every method that we ship."""
    kinds = {kind.name for kind in KINDS}
    offers = installed().offers.items()
    return tuple(sorted(key for key, one in offers if one.plugin.startswith("indicia_methods") and key[0] in kinds))


def _scored(subject: Subject, setting: Setting) -> Outcome:
    table = setting.table(subject)
    return of_result(setting.index(subject, table).score(table), _TABLES)


def _levels(subject: Subject) -> Outcome:
    """Score two dimensions that are rescaled, rounded, and normalised for the index; the first uses the method."""
    table = _mirrored(SETTINGS["plain"].table(subject))
    own = subject.kind == "normalisation"
    method = subject.choice
    dimensions = {
        "first": {subject.kind: method, "rescaling": method if own else "z_score", "as_component": "rank"},
        "second": {"normalisation": "rank", "as_component": method if own else "percentile_rank"},
    }
    words = {name: {**_COST.get(name, {}), "dimension": "first"} for name in PARTS}
    index = subject.index(
        table,
        words,
        {
            "aggregation": "arithmetic",
            "weighting": "given",
            "levels": [{"decimals": 3, "rescaling": {"method": "min_max", "upper": 10.0}}],
            "normalised_decimals": 4,
            "ties": "average",
        },
        dimensions=dimensions,
    )
    second = {"y": {"dimension": "second", "weight": 2}}
    raw = {**index.raw, "indicators": {**index.raw["indicators"], **second}}
    return of_result(indicia.read(raw).score(table), _TABLES)


def _parameters(subject: Subject) -> Outcome:
    """Score the method with other values of each parameter."""
    setting = SETTINGS["plain"]
    table = _mirrored(setting.table(subject))
    found = []
    for method in round_trips.variants(subject.method):
        if not all(_moderate(value) for value in method.parameters.values()):
            continue
        group = str(method).replace(" ", "")
        try:
            result = subject.index(table, _COST, {}, method).score(table)
            found.append(of_frame(group, result.frame("scores")))
        except IndiciaError as error:
            found.append(of_texts(group, [error]))
    whole = joined(found)
    figures = {"scores": [value for values in whole.figures.values() for value in values]} if whole.figures else {}
    texts = [f"{group}: {text}" for group, text in whole.texts.items()]
    return joined([*(of_numbers(group, values) for group, values in figures.items()), of_texts("texts", texts)])


def _moderate(value: object) -> bool:
    """Return whether a number is neither tiny nor huge; such numbers show no digits of the formula."""
    return isinstance(value, bool) or not isinstance(value, float) or value == 0 or 0.01 < abs(value) < 1000


def _drawn(**varied: Any) -> Callable[[Subject], Outcome]:
    def run(subject: Subject) -> Outcome:
        setting = SETTINGS["reference period" if subject.needs_periods else "plain"]
        table = _mirrored(setting.table(subject))
        index = subject.index(table, _COST, {})
        return of_robustness(index.robustness(table, draws=6, seed=1, **varied))

    return run


def _compared(subject: Subject) -> Outcome:
    table = _mirrored(SETTINGS["plain"].table(subject))
    methods = [subject.choice, *_OTHERS[subject.kind]]
    others = {"normalisation": {"aggregation": ["arithmetic", "topsis"]}}.get(subject.kind, {"normalisation": [_SCALE]})
    index = subject.index(table, _COST, {})
    comparison = index.compare(table=table, **{subject.kind: methods}, **others)
    return of_comparison(comparison, ("scores", "ranks", "methodologies", "left_out"))


def _fitted(subject: Subject) -> Outcome:
    table = _mirrored(SETTINGS["plain"].table(subject))
    one = pl.col("unit") == "u3"
    other = table.filter(one).with_columns(pl.lit("v0").alias("unit"), (pl.col(PARTS) * 1.1 + 0.3))
    return of_fit(subject.index(table, _COST, {}), table, other)


_FURTHER: dict[str, Callable[[Subject], Outcome]] = {
    "levels": _levels,
    "parameters": _parameters,
    "weight draws": _drawn(weights={"spread": 0.25}),
    "data draws": _drawn(noise=0.1),
    "comparison": _compared,
    "fitted": _fitted,
}
"""Settings in which a table is scored more than once, or in a tree."""


def _of_rankings(kind: str, name: str, ranks: Mapping[str, list[float | None]]) -> Outcome:
    """Return the agreement of rankings, or their consensus."""
    units = [f"u{number}" for number in range(len(ranks["a"]))]
    rankings = pl.DataFrame({"unit": units, **ranks}, strict=False)
    if kind == "consensus":
        return attempt(lambda: of_frame("consensus", consensus(rankings, name)))
    pairs = attempt(lambda: of_frame("agreement", agreement(rankings, name)))
    together = attempt(lambda: of_numbers("concordance", concordance(rankings, name)))
    return pairs | Outcome(together.figures, {f"{group} of all": text for group, text in together.texts.items()})
