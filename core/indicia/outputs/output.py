"""The common base of sections, charts and exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from indicia.methods import Method


@dataclass(frozen=True)
class Output(Method):
    """A form in which results reach readers; its fields are its options, with defaults."""

    reference: ClassVar[str] = ""
    """The publication of the form, if there is one."""
    stated: ClassVar[tuple[str, ...]] = ("name",)
