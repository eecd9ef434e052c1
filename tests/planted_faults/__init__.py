"""Planted faults: for each code, a small index with the fault, and the reason of every other error and warning."""

from __future__ import annotations

from planted_faults.of_data import OF_DATA
from planted_faults.of_parts import OF_PARTS
from planted_faults.of_ranks import OF_RANKS
from planted_faults.planted import Planted

CASES = (*OF_DATA, *OF_PARTS, *OF_RANKS)

__all__ = ["CASES", "Planted"]
