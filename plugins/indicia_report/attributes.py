"""The attributes of values in the methodology."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_report.markup import Html, Texts
    from indicia_report.period_view import PeriodView

_MOST_CODES = 12
"""The most states that a sentence names."""


def attribute_sentences(view: PeriodView, texts: Texts) -> Iterator[Html]:
    """Yield the sentences of the methodology on years, sources, states and standard errors of values."""
    table = view.result.attributes.filter(pl.col("value").is_not_null())
    years = table["year"].drop_nulls()
    if len(years):
        first, last = years.min(), years.max()
        key = "method_year" if first == last else "method_years"
        yield texts.html(key, n=f"{len(years):,}", first=first, last=last)
    if count := table["source"].count():
        yield texts.html("method_sources", n=f"{count:,}")
    states = table["status"].drop_nulls().value_counts(sort=True).sort("count", "status", descending=[True, False])
    if len(states):
        codes = ", ".join(f"{status} ({count:,})" for status, count in states.head(_MOST_CODES).iter_rows())
        yield texts.html("method_states", n=f"{states['count'].sum():,}", codes=codes)
    if count := table["standard_error"].count():
        yield texts.html("method_errors", n=f"{count:,}")
