"""Every shipped method with every check that concerns it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from indicia.catalogue import installed
from indicia_conformance import parameters, partitions, sample, suite

if TYPE_CHECKING:
    from indicia_conformance.subject import Subject


@pytest.fixture(autouse=True)
def other_tables(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Draw other tables than usual where the command says `--hypothesis-seed`; else try two values of parameters."""
    if seed := pytestconfig.getoption("--hypothesis-seed"):
        monkeypatch.setattr(sample, "SEED", int(seed))
    else:
        monkeypatch.setattr(parameters, "VARIANTS", 2)


@pytest.fixture
def third_of_tables(subject: Subject, monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    """Draw one table in three, and four at least: as many as find each planted fault. Draw all with a stated seed.

    Each method is tried in half of the settings over partitions, so that every setting has many methods.
    """
    if not pytestconfig.getoption("--hypothesis-seed"):
        fewer = {kind: max(4, number // 3) for kind, number in sample.NUMBERS.items()}
        monkeypatch.setattr(sample, "NUMBERS", fewer)
        monkeypatch.setattr(partitions, "SETTINGS", partitions.SETTINGS[len(subject.method.name) % 2 :: 2])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `subject` and `check` with every shipped method and every check that concerns it.

    `long_check` stands for the checks that take longest, and `check` for all others. The tests of worked examples run
    these examples.
    """
    for argument in ("check", "long_check"):
        if {"subject", argument} <= set(metafunc.fixturenames):
            cases = [
                pytest.param(subject, check, id=f"{subject.method.name}-{subject.kind}-{check.name}")
                for subject in shipped_subjects()
                for check in suite.checks_for(subject)
                if (check.name in _LONG) == (argument == "long_check") and check.name != "worked_examples"
            ]
            metafunc.parametrize(("subject", argument), cases)


_LONG = (
    *("chart_again", "chart_is_drawn", "constant", "draws", "earlier_runs", "exporter_again", "exporter_writes"),
    *("extremes", "few_units", "fitted", "missing", "negated_costs", "order_of_indicators", "other_parameters"),
    *("partitions", "periods", "units_of_measure", "weights_of_components"),
)
"""The checks that take longest."""


NEEDED: dict[str, dict[str, object]] = {
    "audit": {"draws": 20},
    "explain": {"of": "Town 2"},
    "gap": {"a": "Town 2", "b": "Town 3", "weights": "±25%", "draws": 20, "seed": 1},
    "move": {"of": "Town 2", "weights": "±25%", "draws": 20, "seed": 1},
    "reach": {"of": "Town 2", "rank": 1},
    "robustness": {"weights": "±25%", "draws": 20, "seed": 1},
}
"""The options without which an analysis has nothing to answer."""


@cache
def shipped_subjects() -> tuple[Subject, ...]:
    shipped = [offer for offer in installed().offers.values() if offer.plugin.startswith("indicia_")]
    return tuple(suite.subject_of(offer, NEEDED.get(offer.name, {})) for offer in shipped)
