"""Every method that we ship is held to what it declares, and to what every method promises: see `indicia.testing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.testing import subject as subjects

if TYPE_CHECKING:
    import pytest

    from indicia.testing.check import Check

FEWER = {kind: -(-number // 3) for kind, number in subjects.EXAMPLES.items()}
"""Tables for a promise: one in three of those that a method of others is tried on."""


def test_a_method_keeps_its_promises(
    subject: subjects.Subject, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subjects, "EXAMPLES", FEWER)
    check.keep(subject)
