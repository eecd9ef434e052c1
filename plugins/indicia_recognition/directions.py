"""The directions of indicators, proposed from their names and from the signs of their rank correlations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia_recognition.direction_words import NameReading, ProposedDirection, is_amount, read_name, read_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia_recognition.direction_words import Vocabulary

THRESHOLD = 0.4
"""The least absolute rank correlation that tells a direction, or that runs against one."""
LEAST_PAIRS = 10
"""The least number of units with both values."""
SIGNIFICANCE = 0.05
_AGREEMENT = 0.75
"""The least share of the strong correlations, by their size, that have the same sign."""
_LEAST_STRONG = 2
"""The least number of strong correlations that tell a direction; one alone may be a matter of size."""
_SAMPLE = 2000
_NEAR_CONSTANT = 1e-9
_WIDE_SPAN = 100
"""Whole numbers whose 90th percentile is so many times the 10th are taken for counts, which grow with the unit."""
_CONFLICT = 0.3
"""The least absolute mean correlation of a conflict."""
_LEAST_SCORES = 5
"""The least number of indicators on a common scale that look like scores."""
_SPANNING = 0.75
"""The least share of them whose values take up four fifths of the scale."""
_SCORES_RISE_TOGETHER = 0.1
"""The mean correlation of harms with goods in a table of scores: 0.13 and 0.41 in the gallery, where raw values have
-0.05 to -0.29."""
_MINUS = str.maketrans("-", "−")

Floats: TypeAlias = "npt.NDArray[np.float64]"
Source: TypeAlias = Literal["name", "correlation", "stated", "none"]


@dataclass(frozen=True)
class Proposal:
    """A direction for an indicator, with its source and its evidence."""

    direction: ProposedDirection
    source: Source
    reason: str
    """The evidence in one clause: '"murder" is a word for harm'."""


@dataclass(frozen=True)
class Conflict:
    """An indicator whose correlations run against its direction."""

    indicator: str
    direction: Literal["benefit", "cost"]
    r: float
    """The mean rank correlation with the other indicators, of which more is better after turning the costs round."""
    n: int
    """The least number of units with both values."""
    p: float
    """The probability of the strongest contrary correlation by chance, if there were none."""
    against: tuple[str, ...]
    """The indicators with a strong contrary correlation, the strongest first."""

    def __str__(self) -> str:
        return (
            f"{_as_stated(self.indicator, self.direction)}, but it runs against {join_names(self.against[:3])}: "
            f"its mean rank correlation is {_number(self.r)} in {self.n} units"
        )


def propose_directions(
    frame: pl.DataFrame,
    indicators: Sequence[str],
    *,
    names: Mapping[str, str] | None = None,
    stated: Mapping[str, str] | None = None,
    vocabulary: Path | None = None,
) -> dict[str, Proposal]:
    """Propose a direction for each indicator, for an index of which more is better.

    A stated direction comes first, then the name, then the correlations with the indicators that have a direction by
    statement or by name. A name that is neutral, such as "population", stays unclear.

    Parameters
    ----------
    frame
        The table, with a row for each unit and period.
    indicators
        The columns of the indicators.
    names
        Longer names of columns. The longer name comes first, the name of the column is read if the longer one tells
        nothing.
    stated
        Directions that the user or the metadata state, by column.
    vocabulary
        A file with words of the user, in the form of `vocabulary/directions.toml`.

    Returns
    -------
    A proposal for each indicator.

    Examples
    --------
    >>> cities = pl.DataFrame({"murder": [1.0, 2.0], "Life Exp": [70.0, 80.0], "frost": [1.0, 9.0]})
    >>> for indicator, proposal in propose_directions(cities, cities.columns).items():
    ...     print(indicator, proposal.direction, proposal.reason, sep=": ")
    murder: cost: "murder" is a word for harm
    Life Exp: benefit: "Life Exp" is a word for a good
    frost: unclear: "frost" is neither good nor bad in itself
    """
    words = read_vocabulary(vocabulary)
    names, stated = names or {}, stated or {}
    readings = {column: _read(column, names.get(column), words) for column in indicators if column not in stated}
    proposals = {column: _by_statement(stated[column]) for column in indicators if column in stated}
    proposals |= {column: _by_name(reading) for column, reading in readings.items()}
    sample = _sample(frame.select(column for column in indicators if column in frame.columns))
    open_columns = {column for column in sample.columns if column in readings and not readings[column].settled}
    doubted = _doubted_scores(sample, proposals)
    proposals |= doubted
    amounts = _amounts(sample, names, words)
    proposals |= {
        column: Proposal("unclear", "none", "its name does not tell, and its values grow with the size of the unit")
        for column in amounts & open_columns
        if readings[column].kind == "silent"
    }
    anchors = {
        column: _sign(proposals[column].direction)
        for column in sample.columns
        if proposals[column].direction != "unclear" and column not in amounts
    }
    asked = [column for column in sample.columns if column in (open_columns | doubted.keys()) - amounts]
    if anchors and asked:
        correlations = _Correlations.of(sample, asked, list(anchors))
        for column in asked:
            proposals[column] = _by_correlation(correlations, column, anchors, names) or proposals[column]
    return {column: proposals[column] for column in indicators}


def conflicts(
    frame: pl.DataFrame, directions: Mapping[str, str], *, names: Mapping[str, str] | None = None
) -> Iterator[Conflict]:
    """Yield the indicators whose rank correlations run against their directions.

    Costs are turned round, so that every correlation should be positive. An indicator conflicts if its mean correlation
    with the others is negative, and its strong correlations are contrary. A strong correlation is at least 0.4,
    significant, and has ten units or more.

    >>> table = pl.DataFrame({"income": range(20), "literacy": range(20), "murder": range(20, 0, -1)})
    >>> [conflict.indicator for conflict in conflicts(table, dict.fromkeys(table.columns, "benefit"))]
    ['murder']
    >>> list(conflicts(table, {"income": "benefit", "literacy": "benefit", "murder": "cost"}))
    []
    """
    signs = {column: _sign(word) for column, word in directions.items() if word in ("benefit", "cost")}
    signs = {column: sign for column, sign in signs.items() if column in frame.columns}
    if len(signs) < 2:
        return
    sample = _sample(frame.select(signs.keys()))
    correlations = _Correlations.of(sample, list(signs), list(signs))
    amounts = _amounts(sample, names or {}, read_vocabulary())
    for column, sign in signs.items():
        others = {o: s for o, s in signs.items() if o != column and not {o, column} <= amounts}
        pairs = correlations.oriented(column, others)
        strong = pairs.strong
        contrary = strong.of_sign(-sign)
        if not contrary.names or contrary.weight < _AGREEMENT * strong.weight:
            continue
        mean = float(pairs.r.mean()) * sign
        if mean <= -_CONFLICT:
            direction: Literal["benefit", "cost"] = "benefit" if sign > 0 else "cost"
            yield Conflict(
                column, direction, mean, int(contrary.n.min()), float(contrary.p.min()), tuple(contrary.names)
            )


def _as_stated(indicator: str, direction: str) -> str:
    return f"{indicator} is a {direction} ({'more' if direction == 'benefit' else 'less'} is better)"


def _read(column: str, name: str | None, vocabulary: Vocabulary) -> NameReading:
    """Return the direction that the longer name tells, or else the name of the column; "rank" counts in either."""
    by_column = read_name(column, vocabulary)
    if name is None or name == column:
        return by_column
    by_name = read_name(name, vocabulary)
    if by_name.kind == "silent" or (by_column.kind == "order" and by_name.kind != "note"):
        return by_column
    return by_name


def _amounts(sample: pl.DataFrame, names: Mapping[str, str], vocabulary: Vocabulary) -> set[str]:
    """Return the indicators that grow with the size of the unit, by their names or as counts of a wide span.

    Amounts correlate with each other because some units are large, not because they are good.
    """
    named = {column for column in sample.columns if is_amount(names.get(column, column), vocabulary)}
    value = pl.all().cast(pl.Float64, strict=False)
    is_whole = sample.select((value % 1 == 0).all()).row(0)
    low, high = (sample.select(value.quantile(share)).row(0) for share in (0.1, 0.9))
    spans = zip(sample.columns, is_whole, low, high, strict=True)
    return named | {name for name, whole, least, most in spans if whole and most and most >= _WIDE_SPAN * max(least, 1)}


def _doubted_scores(sample: pl.DataFrame, proposals: Mapping[str, Proposal]) -> dict[str, Proposal]:
    """Return doubts about the costs by name if all indicators look like scores of which more is better.

    Publishers name a score after its subject: in the Environmental Performance Index, 100 in "PM2.5 exposure" is the
    least exposure. Such indicators have a common scale, which most of them span, and those with names for harm rise
    with those with names for goods.
    """
    by_name = {
        column: p.direction for column, p in proposals.items() if p.source == "name" and column in sample.columns
    }
    harms = [column for column, direction in by_name.items() if direction == "cost"]
    goods = [column for column, direction in by_name.items() if direction == "benefit"]
    if not harms or not goods or (limit := _common_limit(sample)) is None:
        return {}
    r = _Correlations.of(sample, harms, goods).r
    r = r[np.isfinite(r)]
    if not r.size or r.mean() <= _SCORES_RISE_TOGETHER:
        return {}
    doubt = f"but the indicators look like scores from 0 to {limit}"
    return {column: Proposal("unclear", "none", f"{proposals[column].reason}, {doubt}") for column in harms}


def _common_limit(sample: pl.DataFrame) -> int | None:
    """Return 10 or 100 if most of the indicators span the scale from 0 to it, and none goes beyond."""
    numbers = sample.select(pl.all().cast(pl.Float64, strict=False))
    both = zip(numbers.min().row(0), numbers.max().row(0), strict=True)
    ends = [(low, high) for low, high in both if high is not None]
    # published scores exceed their scale by rounding: 10.000001
    limit = next((end for end in (10, 100) if all(low >= 0 and high <= end * 1.0001 for low, high in ends)), None)
    if limit is None or len(ends) < _LEAST_SCORES:
        return None
    spanning = sum(high - low >= 0.8 * limit for low, high in ends)
    return limit if spanning >= _SPANNING * len(ends) else None


def _by_statement(direction: str) -> Proposal:
    if direction in ("benefit", "cost"):
        return Proposal("benefit" if direction == "benefit" else "cost", "stated", "its direction is stated")
    return Proposal("unclear", "stated", f'its direction is stated as "{direction}"')


def _by_name(reading: NameReading) -> Proposal:
    if reading.direction != "unclear":
        return Proposal(reading.direction, "name", reading.reason)
    if reading.kind == "silent":
        return Proposal("unclear", "none", "neither its name nor its correlations tell")
    return Proposal("unclear", "none", reading.reason)


def _by_correlation(
    correlations: _Correlations, column: str, anchors: Mapping[str, int], names: Mapping[str, str]
) -> Proposal | None:
    """Return the direction of most of the strong correlations with the anchors, if their mean is strong."""
    pairs = correlations.oriented(column, anchors)
    if not pairs.names:
        return None
    mean = float(pairs.r.mean())
    agreeing = pairs.strong.of_sign(mean)
    if abs(mean) < THRESHOLD or len(agreeing.names) < _LEAST_STRONG:
        return None
    if agreeing.weight < _AGREEMENT * pairs.strong.weight:
        return None
    evidence = dict(zip(agreeing.names[:3], agreeing.r, strict=False))
    others, figures = [], []
    for sign, better in ((1, "more"), (-1, "less")):
        of_sign = [name for name in evidence if anchors[name] == sign]
        if of_sign:
            others.append(f"{join_names([names.get(name, name) for name in of_sign])} ({better} is better)")
            figures += [_number(evidence[name] * sign) for name in of_sign]
    reason = f"its rank correlations with {' and '.join(others)} are {join_names(figures)}"
    return Proposal("benefit" if mean > 0 else "cost", "correlation", reason)


@dataclass(frozen=True)
class _Pairs:
    """The rank correlations of an indicator with others, turned round where the other one is a cost."""

    names: Sequence[str]
    r: Floats
    n: Floats
    p: Floats

    @property
    def strong(self) -> _Pairs:
        """The correlations of at least 0.4 that are significant, the strongest first."""
        chosen = np.flatnonzero((np.abs(self.r) >= THRESHOLD) & (self.p < SIGNIFICANCE))
        return self.take(chosen[np.argsort(-np.abs(self.r[chosen]), kind="stable")])

    def take(self, places: npt.NDArray[np.intp]) -> _Pairs:
        return _Pairs([self.names[place] for place in places], self.r[places], self.n[places], self.p[places])

    def of_sign(self, sign: float) -> _Pairs:
        return self.take(np.flatnonzero(self.r * sign > 0))

    @property
    def weight(self) -> float:
        return float(np.abs(self.r).sum())


@dataclass(frozen=True)
class _Correlations:
    """Rank correlations between two lists of columns, over the rows with both values."""

    rows: Mapping[str, int]
    columns: Mapping[str, int]
    r: Floats
    n: Floats

    @classmethod
    def of(cls, sample: pl.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> _Correlations:
        ranks = sample.select(_ranks(column) for column in dict.fromkeys([*rows, *columns]))
        left, right = (ranks.select(names).to_numpy() for names in (rows, columns))
        r, n = _pairwise(left, right)
        return cls({c: i for i, c in enumerate(rows)}, {c: i for i, c in enumerate(columns)}, r, n)

    def oriented(self, column: str, signs: Mapping[str, int]) -> _Pairs:
        """Return the correlations with the other columns times their signs, without pairs of too few units."""
        row, others = self.rows[column], np.array([self.columns[other] for other in signs], dtype=np.intp)
        r, n = self.r[row, others] * np.array(list(signs.values()), dtype=np.float64), self.n[row, others]
        pairs = _Pairs(list(signs), r, n, _probability(r, n))
        return pairs.take(np.flatnonzero((n >= LEAST_PAIRS) & np.isfinite(r)))


def _probability(r: Floats, n: Floats) -> Floats:
    """Return the probability of a rank correlation by chance: Fisher's z with the variance 1.06 / (n - 3).

    Fieller, Hartley and Pearson (1957), Tests for rank correlation coefficients I, Biometrika 44, 470-481,
    https://doi.org/10.1093/biomet/44.3-4.470
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(np.arctanh(r)) * np.sqrt(np.maximum(n - 3, 0) / 1.06)
    return np.array([math.erfc(value / math.sqrt(2)) for value in z])


def _sample(frame: pl.DataFrame) -> pl.DataFrame:
    """Return at most 2,000 rows, evenly spaced."""
    return frame if len(frame) <= _SAMPLE else frame.gather_every(math.ceil(len(frame) / _SAMPLE))


def _ranks(column: str) -> pl.Expr:
    """Return the ranks of a column; a column that is constant but for rounding has none."""
    value = pl.col(column).cast(pl.Float64, strict=False)
    value = pl.when(value.is_finite()).then(value)
    spread, size = value.max() - value.min(), value.abs().max()
    return pl.when(spread > _NEAR_CONSTANT * size).then(value.rank("average")).alias(column)


def _pairwise(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Return Pearson's correlation of each column of `left` with each of `right`, and the numbers of complete rows.

    Ranks are taken within a column before the pairs are formed, so that a table of many columns takes a few matrix
    products.
    """
    has_left, has_right = (np.isfinite(matrix).astype(np.float64) for matrix in (left, right))
    a, b = np.nan_to_num(left), np.nan_to_num(right)
    n = has_left.T @ has_right
    with np.errstate(invalid="ignore", divide="ignore"):
        sum_a, sum_b = a.T @ has_right, has_left.T @ b
        covariance = a.T @ b - sum_a * sum_b / n
        variance_a = (a**2).T @ has_right - sum_a**2 / n
        variance_b = has_left.T @ (b**2) - sum_b**2 / n
        r = covariance / np.sqrt(variance_a * variance_b)
    return np.where(np.isfinite(r), np.clip(r, -1, 1), np.nan), n


def _sign(direction: str) -> int:
    return 1 if direction == "benefit" else -1


def _number(value: float) -> str:
    return f"{value:.2f}".translate(_MINUS)
