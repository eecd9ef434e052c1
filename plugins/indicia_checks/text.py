"""The wording of findings: numbers, intervals, sources and remedies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.methods.probabilities import correlation_interval
from indicia_audit.checks import Finding, RunFacts, Sentence, Severity, Subject, Topic
from indicia_audit.checks.remedies import has_few_parts, home_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_statistics.coherence import Coherence


_LEAST = 5
"""The least number of pairs of a correlation."""


def pearson(first: pl.Series, second: pl.Series) -> tuple[float | None, int]:
    """Return the correlation of the rows that have both values, and their number; None for too few or constants.

    >>> pearson(pl.Series([1.0, 2.0, 3.0, 4.0, 5.0, None]), pl.Series([2.0, 4.0, 6.0, 8.0, 10.0, 1.0]))
    (1.0, 5)
    """
    columns = [column.cast(pl.Float64).alias(name) for column, name in ((first, "x"), (second, "y"))]
    pairs = pl.DataFrame(columns).filter(pl.col("x").is_finite(), pl.col("y").is_finite())
    if len(pairs) < _LEAST or any(column.min() == column.max() for column in pairs):
        return None, len(pairs)
    r = float(pairs.select(pl.corr("x", "y")).item())
    return (None if r != r else max(-1.0, min(1.0, r))), len(pairs)


def is_formula(run: RunFacts, node: str) -> bool:
    """Return whether an expression defines the score of a node, which may then fall while a part rises."""
    return run.methods.get(node, {}).get("aggregation", "").partition("(")[0] == "formula"


def interval(r: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a correlation of n pairs, by Fisher's transformation; -1 to 1 for fewer than 4 pairs.

    >>> tuple(round(end, 3) for end in interval(0.8, 20))
    (0.553, 0.918)
    """
    low, high = correlation_interval(np.array(r), n)
    return float(low), float(high)


def interval_text(r: float, n: int) -> str:
    """Return the 95 % interval of a correlation as words in brackets.

    >>> interval_text(0.8, 20)
    '(95 % interval 0.55 to 0.92)'
    """
    low, high = interval(r, n)
    return Sentence("(95 % interval {low:z.2f} to {high:z.2f})", low=low, high=high)


def severity_at(r: float, n: int, cut: float, severity: Severity | None = None) -> Severity | None:
    """Return the severity of a correlation beyond a cut-off: information if its 95 % interval covers the cut-off.

    `cut` has the sign of the side that is at issue: -0.4 for a correlation below -0.4. `severity` is that of a
    certain finding; None leaves it to the check.

    >>> severity_at(-0.45, 23, -0.4), severity_at(-0.9, 23, -0.4, "error")
    ('information', 'error')
    """
    return severity_beside(interval(r, n), cut, severity)


def severity_beside(ends: tuple[float, float], cut: float, severity: Severity | None = None) -> Severity | None:
    """Return the severity of a figure beyond a cut-off: information if its interval covers the cut-off.

    >>> severity_beside((0.1, 0.4), 0.3), severity_beside((0.1, 0.2), 0.3, "warning")
    ('information', 'warning')
    """
    low, high = ends
    return "information" if low <= cut <= high else severity


def findings_of(subject: Subject, topic: Topic) -> Iterator[Finding]:
    """Yield a finding for each observation of a topic; its place is the first name that it is about."""
    for observation in sorted(subject.observations(topic), key=lambda observation: observation.sentence):
        where = observation.names[0] if observation.names else "index"
        yield Finding(where, None, None, observation.sentence, observation.remedy)


def ask_for_concept(coherence: Coherence, node: str, needed: str) -> str:
    """Return the question whether a node needs parts, for a node of few parts."""
    parts = coherence.components[node].width
    return f"ask whether the concept of {node} needs {needed}: with {parts} parts, correlations do not decide"


def move_or_leave_out(coherence: Coherence, node: str, part: str, first: str = "") -> str:
    """Return a first remedy of a part that does not fit its node, and the others; without a clear home it is not moved.

    In a node of few parts, the others are the question whether the concept needs the part.
    """
    if has_few_parts(coherence, node):
        others = [ask_for_concept(coherence, node, part)]
    else:
        home = home_of(coherence, node, part)
        others = [*([f'move it (dimension = "{home}")'] if home else []), "leave it out"]
    *before, last = [first, *others] if first else others
    return f"{', '.join(before)}, or {last}" if before else last


COINR = "Becker et al. (2022), COINr, Journal of Open Source Software 7(78), 4567, https://doi.org/10.21105/joss.04567"
GII_AUDIT = (
    "European Commission, JRC (2023), Statistical audit of the Global Innovation Index, "
    "https://knowledge4policy.ec.europa.eu/publication/"
    "joint-research-centre-jrc-statistical-audit-2023-global-innovation-index_en"
)
GUIDE = (
    "European Commission, JRC (2019), 10-Step Pocket Guide to Composite Indicators and Scoreboards, "
    "https://knowledge4policy.ec.europa.eu/sites/default/files/"
    "10-step-pocket-guide-to-composite-indicators-and-scoreboards.pdf"
)
HANDBOOK = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, https://doi.org/10.1787/9789264043466-en"
SAISANA = (
    "Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168(2), "
    "https://doi.org/10.1111/j.1467-985X.2005.00350.x"
)
SALTELLI = "Saltelli et al. (2010), Computer Physics Communications 181(2), https://doi.org/10.1016/j.cpc.2009.09.018"


_THOUSAND = 999.5
_MILLION = 999_999.5
_LARGEST = 1e15
"""Above this number, digits before the point are no longer exact."""


def percent(share: float) -> str:
    """Return a share in percent, without decimals unless it is close to 0 or 100 %.

    >>> percent(0.4), percent(0.9996), percent(0.004)
    ('40 %', '99.96 %', '0.4 %')
    """
    value = 100 * share
    text = f"{value:.0f}" if 1 <= value <= 99 or value in (0.0, 100.0) else f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def number(value: float) -> str:
    """Return a number with at most six digits; a number of seven to fifteen digits before the point has them all.

    >>> number(17098242.0), number(0.5), number(1.5e20)
    ('17,098,242', '0.5', '1.5e+20')
    """
    return f"{value:,.0f}" if _MILLION <= abs(value) < _LARGEST else f"{value:.6g}"


def rounded(value: float) -> str:
    """Return a positive number with three digits, and all digits before the point.

    >>> rounded(0.96429), rounded(1118.2)
    ('0.964', '1,118')
    """
    return f"{value:.3g}" if value < _THOUSAND else f"{value:,.0f}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "unit"), counted(1200, "row")
    ('1 unit', '1,200 rows')
    """
    return Sentence(f"{{number:,}} {noun}" if number == 1 else f"{{number:,}} {noun}s", number=number)
