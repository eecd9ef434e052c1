"""The table of gaps that the page computes again is what the explanations of a run say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gap_cases import PATH, gap_cases


def test_the_committed_cases_are_those_of_the_explanations() -> None:
    """Write the file anew with `python tests/gap_cases.py` if an explanation has changed."""
    committed, computed = json.loads(PATH.read_text(encoding="utf-8")), json.loads(json.dumps(gap_cases()))
    assert _differences("", committed, computed) == []


def _differences(place: str, committed: Any, computed: Any) -> list[str]:
    """Return the places at which two documents differ; numbers may differ by rounding."""
    if isinstance(committed, dict) and isinstance(computed, dict) and committed.keys() == computed.keys():
        return [line for key in committed for line in _differences(f"{place}/{key}", committed[key], computed[key])]
    if isinstance(committed, list) and isinstance(computed, list) and len(committed) == len(computed):
        pairs = enumerate(zip(committed, computed, strict=True))
        return [line for key, pair in pairs for line in _differences(f"{place}/{key}", *pair)]
    if isinstance(committed, float) and isinstance(computed, float):
        return [] if computed == pytest.approx(committed, rel=1e-12, abs=1e-12) else [place]
    return [] if committed == computed else [place]
