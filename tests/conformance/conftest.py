"""Every shipped method with every check that concerns it."""

from __future__ import annotations

import pytest

from indicia.catalogue import installed
from indicia.testing import examples, suite


@pytest.fixture(autouse=True)
def other_tables(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Draw other tables than usual where the command says `--hypothesis-seed`."""
    if seed := pytestconfig.getoption("--hypothesis-seed"):
        monkeypatch.setattr(examples, "SEED", int(seed))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `subject` and `check` with every shipped method and every check that concerns it."""
    if {"subject", "check"} <= set(metafunc.fixturenames):
        shipped = [offer for offer in installed().offers.values() if offer.plugin.startswith("indicia_")]
        cases = [
            pytest.param(subject, check, id=f"{subject.method.name}-{subject.kind}-{check.name}")
            for subject in (suite.subject_of(offer, {}) for offer in shipped)
            for check in suite.checks_for(subject)
        ]
        metafunc.parametrize(("subject", "check"), cases)
