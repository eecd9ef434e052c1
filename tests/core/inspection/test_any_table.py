"""Any table is inspected, or refused with an error that a user can act on."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError

_ROWS = 30


def table(seed: int) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return a table of odd columns, and the words of an index file for it."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, _ROWS))
    columns = {
        "x": rng.normal(size=rows),
        "skewed": rng.lognormal(0, 3, rows),
        "yes": np.round(rng.random(rows)),
        "constant": np.full(rows, 3.0),
        "large": rng.random(rows) * 1e15,
        "small": rng.random(rows) * 1e-300,
        "rate": np.where(rng.random(rows) < 0.2, -999, rng.random(rows)),
        "share of women (%)": rng.random(rows) * 120,
        "year": 2000.0 + np.arange(rows),
    }
    chosen = [name for name in columns if rng.random() < 0.5] or ["x"]
    frame = pl.DataFrame({"unit": [f"单位{row // 3}" if seed % 2 else f"u{row}" for row in range(rows)]})
    data: dict[str, Any] = {"unit": "unit"}
    if seed % 2:
        frame = frame.with_columns(pl.Series("time", [2000 + 2 * (row % 3) for row in range(rows)]))
        data["period"] = "time"
    if seed % 3 == 0:
        frame = frame.with_columns(pl.Series("group", [None if row == 1 else "ab"[row % 2] for row in range(rows)]))
        data["groups"] = ["group"]
    specs: dict[str, dict[str, Any]] = {}
    for name in chosen:
        gaps = pl.Series(rng.random(rows) < rng.choice([0.0, 0.3, 1.0], p=[0.5, 0.4, 0.1]))
        frame = frame.with_columns(pl.Series(name, columns[name]).set(gaps, None))
        words = {"direction": "cost", "bounds": [0.1, 0.6], "imputation": "mean", "treatment": "winsorise", "cap": 0.5}
        specs[name] = {word: value for word, value in words.items() if rng.random() < 0.25}
    methodology = {"missing": "skip" if seed % 5 else "refuse", "constant": "drop" if seed % 7 else "refuse"}
    return frame, {"data": data, "indicators": specs, "methodology": methodology}


@pytest.mark.parametrize("seed", range(80))
def test_any_table_is_inspected_or_refused(seed: int) -> None:
    frame, raw = table(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outcome = indicia.read(raw).check(frame)
        except IndiciaError:
            return
    assert all(outcome.frame(name).width for name in outcome.table_names)
    assert outcome.lines
    for entry in outcome.reported_findings:
        finding = entry.finding
        assert finding.where in outcome.subject.places
        assert finding.where == "index" or finding.where in finding.sentence
        assert not finding.sentence.endswith(".")
