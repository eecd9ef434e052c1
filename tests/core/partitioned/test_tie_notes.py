"""Ranks that units share although their scores differ by more than noise are named."""

from __future__ import annotations

from typing import Any

from indicia_partitions.run import tie_notes


def ties(rows: int, highest: float) -> dict[str, Any]:
    return {"rows": 1000, "noisy_levels": 1, "noisy_rows": rows, "longest": (rows, 0.0, highest), "tolerance": 1e-10}


def test_two_neighbours_within_noise_need_no_note() -> None:
    assert tie_notes(ties(2, 1e-10)) == []


def test_many_units_of_one_rank_whose_scores_differ_are_named_with_a_remedy() -> None:
    (note,) = tie_notes(ties(800, 6.4e-5))
    assert "800 of 1,000 units share a rank" in note
    assert "from 0 to 6.4e-05" in note
    assert "transform for skewed figures" in note
