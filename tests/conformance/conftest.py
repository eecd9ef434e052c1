"""Every shipped method with every check that concerns it."""

from __future__ import annotations

import pytest

from indicia.catalogue import installed
from indicia.testing import subject, suite


@pytest.fixture(autouse=True)
def other_tables(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Draw other tables than always where the command says `--hypothesis-seed`."""
    if asked := pytestconfig.getoption("--hypothesis-seed"):
        monkeypatch.setattr(subject, "SEED", int(asked))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `subject` and `check` with every shipped method and every check that concerns it."""
    if "check" in metafunc.fixturenames:
        shipped = [one for one in installed().offers.values() if one.plugin.startswith("indicia_methods")]
        cases = [
            pytest.param(method, check, id=f"{method.method.name}-{method.kind}-{check.name}")
            for method in (suite.subject(one, {}) for one in shipped)
            for check in suite.concerning(method)
        ]
        metafunc.parametrize(("subject", "check"), cases)
