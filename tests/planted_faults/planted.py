"""A fault in the sound index, and the functions that plant it in the table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia_conformance.sound_index import DRAWS, SOUND_INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Planted:
    """A fault in the sound index."""

    code: str
    where: str
    plant: Callable[[Columns], Any] = lambda columns: None
    """Changes the columns of the table."""
    words: str = ""
    """Changes of the index file."""
    severity: str = "warning"
    implied: Mapping[str, str] = field(default_factory=dict)
    """Other errors and warnings, "CODE" or "CODE PLACE", with the reason."""
    shown: bool = True
    """True if the example of the check has the sentence of this fault."""
    index: str = SOUND_INDEX
    draws: int = DRAWS
    full: bool = False
    files: Mapping[str, str] = field(default_factory=dict)
    """Files beside the index file, in a folder that the words call FOLDER."""

    def __str__(self) -> str:
        return f"{self.code}-{self.where}"


def without(indicator: str, count: int) -> Callable[[Columns], None]:
    """Take away the values of the first units."""

    def plant(columns: Columns) -> None:
        columns[indicator] = [None] * count + columns[indicator][count:]

    return plant


def at(indicator: str, values: Mapping[str, float | None]) -> Callable[[Columns], None]:
    """Set the values of some towns."""

    def plant(columns: Columns) -> None:
        for town, value in values.items():
            columns[indicator][columns["town"].index(town)] = value

    return plant


def lowest(indicator: str, count: int, value: float) -> Callable[[Columns], None]:
    """Set the lowest values to one number."""

    def plant(columns: Columns) -> None:
        limit = sorted(columns[indicator])[count - 1]
        columns[indicator] = [value if x <= limit else x for x in columns[indicator]]

    return plant


def noise(*names: str) -> Callable[[Columns], None]:
    """Replace indicators by independent numbers; without names, all of them."""

    def plant(columns: Columns) -> None:
        rng = np.random.default_rng(6)
        for name in names or [name for name in columns if name != "town"]:
            columns[name] = (rng.permutation(60) + 1.0).tolist()

    return plant


def against(name: str) -> Callable[[Columns], None]:
    """Turn an indicator against its dimension."""

    def plant(columns: Columns) -> None:
        columns[name] = [100.0 - x for x in columns[name]]

    return plant


FLAT = re.sub(r', dimension = "\w+"', "", SOUND_INDEX.replace("[dimensions]\nlife = {}\nwork = {}\nnature = {}\n", ""))
"""The sound index without dimensions."""


def but(reasons: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return reasons without some of them."""
    return {name: reason for name, reason in reasons.items() if name not in names}
