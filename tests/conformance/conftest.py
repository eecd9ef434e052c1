"""Every shipped method with every check that concerns it."""

from __future__ import annotations

import pytest

from indicia.catalogue import installed
from indicia.testing import suite


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `subject` and `check` with every shipped method and every check that concerns it."""
    if "check" in metafunc.fixturenames:
        shipped = [one for one in installed().offers.values() if one.plugin.startswith("indicia_methods")]
        cases = [
            pytest.param(subject, check, id=f"{subject.method.name}-{subject.kind}-{check.name}")
            for subject in (suite.subject(one, {}) for one in shipped)
            for check in suite.concerning(subject)
        ]
        metafunc.parametrize(("subject", "check"), cases)
