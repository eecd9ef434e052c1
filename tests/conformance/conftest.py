"""Every shipped method with every check of its kind."""

from __future__ import annotations

import pytest

from indicia.catalogue import installed
from indicia.testing.suite import CHECKS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `kind`, `name` and `check` with every shipped method and every check of its kind."""
    if "check" in metafunc.fixturenames:
        cases = [
            pytest.param(kind, name, check, id=f"{name}-{kind}-{check.name}")
            for (kind, name), offer in installed().offers.items()
            if offer.plugin.startswith("indicia_methods")
            for check in CHECKS
            if kind in check.kinds
        ]
        metafunc.parametrize(("kind", "name", "check"), cases)
