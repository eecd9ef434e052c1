"""The published indices and the examples score over partitions as in memory, or name the method that needs all rows."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from reference_folder import ABSENT, folder_of_case

import indicia
from indicia.partitions.partition import NeedsAllRows
from indicia_conformance.partitions import differences, score_partitions

if TYPE_CHECKING:
    import polars as pl

    from indicia.index import Index

pytestmark = pytest.mark.thorough

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = tomllib.loads(Path(__file__).with_name("cases.toml").read_text(encoding="utf-8"))
FILES = [
    *sorted(str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob("*/*.toml") if path.parent.name != "gallery"),
    *sorted(str(path.relative_to(EXAMPLES)) for path in EXAMPLES.glob("editions/*/*.toml")),
]

REFUSED = {
    "handbook/index.toml, benefit_of_the_doubt": "benefit_of_the_doubt of index",
    "handbook/index.toml, non_compensatory": "kemeny of index",
}
"""The cases that need all rows, and the method that does: it compares all units with each other."""


def published_case(name: str) -> tuple[Index, pl.DataFrame]:
    case = CASES[name]
    index = indicia.read(EXAMPLES / "gallery" / f"{case.get('file', name)}.toml")
    index = index.variant(case["variant"]) if "variant" in case else index
    return index, index.read_table(folder_of_case(name, case) / case.get("table", "indicators.csv"))


def random_cuts(rows: int, seed: int) -> list[int]:
    """Return the rows at which four partitions end: one is empty, and one has a single row."""
    first, second = sorted(np.random.default_rng(seed).integers(1, rows - 1, 2).tolist())
    return [0, first, first, first + 1, max(second, first + 1), rows]


def check_equals_memory(name: str, index: Index, frame: pl.DataFrame) -> None:
    """Compare runs over random partitions and in memory, or expect the refusal of the method that needs all rows."""
    cuts = random_cuts(len(frame), seed=sum(name.encode()))
    partitions = [frame[start:end] for start, end in pairwise(cuts)]
    if name in REFUSED:
        with pytest.raises(NeedsAllRows, match=REFUSED[name]):
            score_partitions(index, partitions)
        return
    difference = next(differences(score_partitions(index, partitions), index.score_frame(frame).scored), None)
    assert difference is None, f"{difference}; partitions end at the rows {cuts}"


@pytest.mark.parametrize("name", CASES)
def test_a_published_index_is_the_same_over_partitions(name: str) -> None:
    if not folder_of_case(name, CASES[name]).is_dir():
        pytest.skip(ABSENT)
    check_equals_memory(name, *published_case(name))


@pytest.mark.parametrize("name", FILES)
def test_an_example_and_its_variants_are_the_same_over_partitions(name: str) -> None:
    whole = indicia.read(EXAMPLES / name)
    for variant in (None, *whole.definition.variants):
        index = whole if variant is None else whole.variant(variant)
        check_equals_memory(f"{name}, {variant}" if variant else name, index, index.read_table())
