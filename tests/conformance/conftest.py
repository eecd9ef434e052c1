"""The checks of `checks.py`, for the tests beside it."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indicia.catalogue import installed

if TYPE_CHECKING:
    from types import ModuleType


def _loaded(path: Path) -> ModuleType:
    spec = spec_from_file_location(f"conformance_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECKS: ModuleType = _loaded(Path(__file__).with_name("checks.py"))


@pytest.fixture(scope="session")
def checks() -> ModuleType:
    """Return the module of the checks."""
    return CHECKS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `kind`, `name` and `check` with every method that we ship and every check."""
    if "check" in metafunc.fixturenames:
        shipped = [
            (kind, name)
            for (kind, name), offer in installed().offers.items()
            if kind in CHECKS.EXAMPLES and offer.plugin.startswith("indicia_methods")
        ]
        cases = [
            pytest.param(kind, name, check, id=f"{name}-{kind}-{title.removeprefix('check_')}")
            for kind, name in shipped
            for title, check in CHECKS.CHECKS.items()
        ]
        metafunc.parametrize(("kind", "name", "check"), cases)
