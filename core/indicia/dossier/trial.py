"""Methods that a reader tries in place of those of an index, which a page must not show as published."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TriedMethod:
    """A method that a reader tries."""

    stage: str
    method: str
    """The method as the reader writes it: "min_max(lower=1, upper=100)"."""
    part: str | None = None
    """The dimension or indicator that has the method; None for the index."""
    in_place_of: str | None = None
    """The method that it replaces; None if it cannot be told."""


@dataclass(frozen=True)
class Trial:
    """A methodology that a reader tries, or a variant in place of the index."""

    methods: tuple[TriedMethod, ...]
    variant: str | None
    """The variant that the methods change; None for the index."""
    command: str
    """The command that gives the same scores."""
