"""Every method that we ship is held to what it declares, and to what every method promises: see `indicia.testing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indicia_conformance import expected

if TYPE_CHECKING:
    from indicia_conformance.check import Check
    from indicia_conformance.subject import Subject


@pytest.mark.usefixtures("fewer_tables")
def test_a_method_keeps_its_promises(subject: Subject, check: Check) -> None:
    expected.verify(subject, check)


@pytest.mark.thorough
@pytest.mark.usefixtures("third_of_tables")
def test_a_method_keeps_its_promises_in_long_checks(subject: Subject, long_check: Check) -> None:
    expected.verify(subject, long_check)
