"""A small index without faults, and its audit: the clean case for checks that need scores, draws or further runs."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.index import read

if TYPE_CHECKING:
    from indicia_audit import AuditAnswer
    from indicia_audit.checks import Subject

UNITS = 60
DIMENSIONS = {
    "life": ("health", "safety", "housing"),
    "work": ("income", "jobs", "skills"),
    "nature": ("air", "water", "green"),
}
"""The dimensions with their indicators."""
DRAWS = 1000

SOUND_INDEX = """\
[data]
unit = "town"

[indicators]
health = { direction = "benefit", dimension = "life" }
safety = { direction = "benefit", dimension = "life" }
housing = { direction = "benefit", dimension = "life" }
income = { direction = "benefit", dimension = "work" }
jobs = { direction = "benefit", dimension = "work" }
skills = { direction = "benefit", dimension = "work" }
air = { direction = "benefit", dimension = "nature" }
water = { direction = "benefit", dimension = "nature" }
green = { direction = "benefit", dimension = "nature" }

[dimensions]
life = {}
work = {}
nature = {}

[methodology]
missing = "skip"

[robustness]
weights = { spread = 0.1 }
"""
"""The index file of `sound_table`."""


def sound_table() -> pl.DataFrame:
    """Return 60 towns with nine indicators, whose correlations are 0.6 in a dimension and 0.4 between dimensions.

    The correlations are exact but for the rounding of the values to two decimals, since the columns are combinations
    of orthonormal ones.
    """
    rng = np.random.default_rng(7)
    names = [name for names in DIMENSIONS.values() for name in names]
    parts = 1 + len(DIMENSIONS) + len(names)
    steps = (np.arange(UNITS) + 0.5) / UNITS
    columns = np.column_stack([rng.permutation(steps) for _ in range(parts)])
    orthonormal, _ = np.linalg.qr(columns - columns.mean(axis=0))
    common, of_dimension, own = np.split(orthonormal.T * np.sqrt(UNITS), [1, 1 + len(DIMENSIONS)])
    table = {"town": [f"T{row + 1:02}" for row in range(UNITS)]}
    for place, name in enumerate(names):
        z = np.sqrt(0.4) * common[0] + np.sqrt(0.2) * of_dimension[place // 3] + np.sqrt(0.4) * own[place]
        table[name] = (50 + 10 * z).round(2).tolist()
    return pl.DataFrame(table)


def faulty_table() -> pl.DataFrame:
    """Return the sound table with faults of several kinds, so that many checks have a finding.

    Jobs are empty for a third of the towns, air runs against its dimension, income has an extreme value, water copies
    green, safety is noise, and half of the towns have the same value of housing.
    """
    table = sound_table()
    rng = np.random.default_rng(2)
    town = pl.int_range(UNITS)
    return table.with_columns(
        jobs=pl.when(town % 3 != 0).then("jobs"),
        air=100.0 - pl.col("air"),
        income=pl.when(town == 4).then(400.0).otherwise("income"),
        water=pl.col("green") + pl.Series(rng.permutation(UNITS) / 100),
        safety=pl.Series(rng.permutation(UNITS) * 1.0),
        housing=pl.when(town % 20 < 11).then(40.0).otherwise("housing"),
    )


@cache
def sound_audit() -> AuditAnswer:
    """Return the audit of the sound index, with few draws."""
    return _audit(sound_table())


@cache
def audited() -> dict[str, tuple[Subject, Subject]]:
    """Return the subjects of whole audits, each of the rows in their order and in the reverse order, by description."""
    tables = {"a sound index with its scores": sound_table(), "a faulty index with its scores": faulty_table()}
    return {name: (_subject(table), _subject(table.reverse())) for name, table in tables.items()}


def _subject(table: pl.DataFrame) -> Subject:
    return _audit(table).figures.subject


def _audit(table: pl.DataFrame) -> AuditAnswer:
    return read(tomllib.loads(SOUND_INDEX)).audit(table, draws=DRAWS)
