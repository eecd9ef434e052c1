"""Limits on sizes that a run reads and draws, so that a slip or a hostile file is refused before memory is full.

An environment variable raises or lowers each limit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from indicia.errors import DefinitionError


@dataclass(frozen=True)
class Limit:
    """The largest size that is read or drawn."""

    variable: str
    """The environment variable that sets another limit."""
    default: int
    noun: str

    @property
    def value(self) -> int:
        """The limit, from the environment variable if it is set; DefinitionError if this is no whole number above 0."""
        text = os.environ.get(self.variable, "").strip()
        if not text:
            return self.default
        if not text.isdecimal() or len(text) > 18 or int(text) < 1:
            raise DefinitionError(
                f"{self.variable} is {text[:40]!r}, which is no whole number from 1",
                remedy=f"{self.variable}={self.default}",
            )
        return int(text)

    def excess(self, size: int) -> str | None:
        """Return the error message for a size over the limit; None for a size within it.

        >>> DRAWS.excess(1_000)
        >>> DRAWS.excess(20_000_000)
        '20,000,000 draws are more than the limit of 10,000,000'
        """
        return f"{size:,} {self.noun} are more than the limit of {self.value:,}" if size > self.value else None

    def remedy(self, size: int) -> str:
        """Return the remedy that raises the limit to a size.

        >>> DRAWS.remedy(20_000_000)
        'the environment variable INDICIA_MAX_DRAWS=20000000 raises the limit'
        """
        return f"the environment variable {self.variable}={size} raises the limit"


DRAWS = Limit("INDICIA_MAX_DRAWS", 10_000_000, "draws")
"""Draws of weights, methods or errors in one run."""

WORKBOOK = Limit("INDICIA_MAX_WORKBOOK_BYTES", 1_000_000_000, "bytes")
"""The size of an Excel workbook, which is a compressed file, when it is unpacked."""

CELLS = Limit("INDICIA_MAX_CELLS", 1_000_000_000, "cells")
"""Rows times columns of a Parquet file, in which few bytes may hold many cells."""

BUNDLE = Limit("INDICIA_MAX_BUNDLE_BYTES", 4_000_000_000, "bytes")
"""The size of the files in a packed index when they are unpacked."""

BUNDLE_RATIO = Limit("INDICIA_MAX_BUNDLE_RATIO", 100, "times its size")
"""The unpacked size of a packed index, in sizes of the zip: a small zip may hold as many equal bytes as fill a disk."""
