"""Indices to be reported on, and a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from opened_pages import browser, written_once
from small_indices import cities, figures, index, panel

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable

    from opened_pages import Subject

    from indicia import Index

__all__ = ["browser", "cities", "figures", "index", "panel"]

EXAMPLES = Path(__file__).parents[3] / "examples"
MARKUP = "<img src=x onerror=alert(2)>"
HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.org","x")',
    "x" * 300,
    "word " * 60,
    "🏙️ emoji 👩‍👩‍👧",
    "مدينة القاهرة",
    "\u202eturned round",
    "</script><img src=x onerror=alert(1)>",
    "a&b\"'",
    "北京",
    "control\x01",
    "--><!--",
]


@pytest.fixture(scope="session")
def model() -> Index:
    """The example with names in two languages, gaps, units that are not ranked, and a variant."""
    return indicia.read(EXAMPLES / "intelligent_manufacturing" / "index.toml")


@pytest.fixture(scope="session")
def human() -> Index:
    """The example whose top is a geometric mean of rounded scores."""
    return indicia.read(EXAMPLES / "human_development" / "index.toml")


def made(units: int, indicators: int, dimensions: int = 8) -> tuple[Index, pl.DataFrame]:
    """Return an index of made-up figures, with gaps and outliers, and its data."""
    random = np.random.default_rng(0)
    common = random.normal(size=units)
    columns: dict[str, Any] = {
        "unit": [f"Unit {number:04d}" for number in range(units)],
        "region": [f"Region {number % 12}" for number in range(units)],
    }
    for number in range(indicators):
        values = np.exp(0.5 * common * (number % 3) + random.normal(size=units))
        columns[f"i{number}"] = np.where(random.random(units) < 0.02, np.nan, values)
    raw = {
        "name": {"en": "A large index", "zh": "大型指数"},
        "data": {"unit": "unit", "groups": ["region"]},
        "dimensions": {
            f"d{number}": {"name": {"en": f"Dimension number {number}", "zh": f"维度{number}"}}
            for number in range(dimensions)
        },
        "indicators": {
            f"i{number}": {
                "dimension": f"d{number % dimensions}",
                "name": {"en": f"An indicator of matter {number}", "zh": f"某方面的指标{number}"},
                "direction": "cost" if number % 5 == 0 else "benefit",
            }
            for number in range(indicators)
        },
        "methodology": {
            "normalisation": "min_max(lower=1, upper=100)",
            "treatment": "winsorise_quantiles",
            "weighting": "equal",
            "missing": "skip",
        },
        "variants": {"strict": {"aggregation": "geometric"}, "telling": {"weighting": "entropy"}},
    }
    return indicia.read(raw), pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))


@pytest.fixture(scope="session")
def large() -> tuple[Index, pl.DataFrame]:
    """Two hundred units and fifty indicators."""
    return made(200, 50)


@pytest.fixture(scope="session")
def making() -> Callable[[int, int], tuple[Index, pl.DataFrame]]:
    """Return a function that makes an index of a size, and its data."""
    return made


@pytest.fixture(scope="session")
def names() -> list[str]:
    """Names of units that a stranger's table may hold."""
    return HOSTILE


@pytest.fixture(scope="session")
def hostile() -> tuple[Index, pl.DataFrame]:
    """An index in which all that can be named has the name of an attack, and its data."""
    random = np.random.default_rng(1)
    frame = pl.DataFrame(
        {
            "<u>nit": HOSTILE,
            "g<b>": [f"<i>{number % 2}" for number in range(len(HOSTILE))],
            "zh": [name[::-1] for name in HOSTILE],
            **{name: random.normal(size=len(HOSTILE)) + 5 for name in ("a<b>", "b&", "c'\"")},
        }
    )
    raw = {
        "name": {"en": MARKUP + "T" * 80, "zh": MARKUP},
        "note": MARKUP,
        "data": {"unit": "<u>nit", "label": {"en": "<u>nit", "zh": "zh"}, "groups": ["g<b>"]},
        "dimensions": {MARKUP: {"name": {"en": "D" * 120, "zh": MARKUP}}, "e": {}},
        "indicators": {
            "a<b>": {"dimension": MARKUP, "name": "</script>", "unit": MARKUP, "source": MARKUP},
            "b&": {"dimension": "e"},
            "c'\"": {"dimension": "e", "direction": "cost", "simulated": True},
        },
        "methodology": {"normalisation": "min_max(lower=1, upper=100)", "aggregation": "geometric"},
        "variants": {MARKUP: {"aggregation": "arithmetic"}, "z": {"weighting": "entropy"}},
    }
    return indicia.read(raw), frame


@pytest.fixture(scope="session")
def page_of(
    tmp_path_factory: pytest.TempPathFactory, model: Index, human: Index, large: Subject, hostile: Subject
) -> Callable[[str], Path]:
    """Return a function that writes the report on an example, a large index or a hostile one when it is first needed.

    `harm` is an example in which higher scores are worse.
    """
    harm = replace(human, raw={**human.raw, "direction": "cost"})
    subjects = {
        "model": (model, None),
        "human": (human, None),
        "harm": (harm, None),
        "large": large,
        "hostile": hostile,
    }
    return written_once(tmp_path_factory.mktemp("pages"), subjects)
