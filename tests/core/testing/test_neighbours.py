"""A card depends on its method alone: not on other plugins, and not on libraries that the method imports."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import indicia_conformance as testing
from indicia.catalogue import installed, offers
from indicia_conformance import scaffold, suite
from indicia_conformance.subject import catalogue_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
NEIGHBOURS = {
    "cannot be imported": ("import a_library_that_is_not_there", "was not loaded: ModuleNotFoundError"),
    "prints": ("print('hello')", "prints as it is imported: 'hello'"),
    "is slow": ("import time\ntime.sleep(0.3)", "s to import: its authors can"),
    "warns": ("import warnings\nwarnings.warn('an old library')", "an old library"),
    "draws random numbers": ("import random\nrandom.random()", ""),
}
"""The behaviour of another plugin on import, with the warning about it."""


@pytest.fixture
def clear(fewer_tables: None) -> Iterator[None]:
    """Read the installed plugins again, before and after the test."""
    catalogue_of.cache_clear()
    yield
    catalogue_of.cache_clear()


def cases(method: str, kind: str, *names: str) -> list[testing.Case]:
    """Return the cases of a method for some checks, as the tests of a plugin get them."""
    (offer,) = (offer for offer in installed().find(method) if offer.kind == kind)
    chosen = [case for case in testing.checks(offer.method) if case.check.name in names]
    assert len(chosen) == len(names)
    return chosen


@pytest.mark.usefixtures("clear")
@pytest.mark.parametrize("neighbour", NEIGHBOURS)
@pytest.mark.parametrize(
    ("method", "kind", "names"),
    [
        ("kendall", "agreement", ("repeat", "unanimity")),
        ("median", "consensus", ("repeat", "unanimity")),
        ("mean", "imputation", ("repeat", "fitted")),
        ("winsorise", "treatment", ("repeat", "fitted")),
        ("min_max", "normalisation", ("repeat", "fitted")),
    ],
)
def test_another_plugin_breaks_no_promise_of_a_method(
    method: str,
    kind: str,
    names: tuple[str, ...],
    neighbour: str,
    site: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text, message = NEIGHBOURS[neighbour]
    to_run = cases(method, kind, *names)
    site("other-plugin", text)
    catalogue_of.cache_clear()
    monkeypatch.setattr(offers, "SLOW", 0.25)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        for case in to_run:
            case()
    assert [warning for warning in caught if message in str(warning.message)] or not message


@pytest.mark.slow
@pytest.mark.thorough  # another test runs the tests of a new plugin without such a neighbour
def test_the_tests_of_a_new_plugin_pass_beside_one_that_cannot_be_imported_though_warnings_are_errors(
    tmp_path: Path, site: Callable[..., Path]
) -> None:
    scaffold.create("my-likeness", "agreement", tmp_path)
    folder = site("other-plugin", "import a_library_that_is_not_there")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (folder, ROOT / "core", ROOT / "plugins")))}
    words = ("-W", "error", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", ".")
    process = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "tests"],
        cwd=tmp_path / "my-likeness",
        env={**env, "PYTHONPATH": f"{env['PYTHONPATH']}{os.pathsep}{tmp_path / 'my-likeness'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout
    assert "plugin other-plugin (other_plugin) was not loaded" in process.stdout


LAZY = '''
from dataclasses import dataclass

from indicia.catalogue import hookimpl
from indicia.methods import Agreement, Imputation, Normalisation


@dataclass(frozen=True)
class Lazy(Normalisation):
    """Take the share of the largest value."""

    name = "lazy"
    reference = "A test"

    def benefit(self, x, s):
        {body}
        return x / (1 + s.max.abs())


@dataclass(frozen=True)
class LazyAlike(Agreement):
    """Take the share of units that have the same rank."""

    name = "lazy_alike"
    reference = "A test"

    def measure(self, first, others):
        {body}
        return (first == others).mean(axis=-1)


@hookimpl
def indicia_normalisations():
    return [Lazy]


@hookimpl
def indicia_agreements():
    return [LazyAlike]
'''
LIBRARY = "import random, warnings\nimport numpy as np\n{does}\n"
IMPORTS = {
    "draws": ("random.random(); np.random.random()", "import a_lazy_library"),
    "seeds": ("random.seed(0); np.random.seed(0)", "import importlib; importlib.import_module('a_lazy_library')"),
    "has a slip in its code": ("warnings.warn('invalid escape sequence', SyntaxWarning)", "import a_lazy_library"),
}


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Return a function that writes a library which runs a statement on import."""
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda does: (tmp_path / "a_lazy_library.py").write_text(LIBRARY.format(does=does)) and None
    sys.modules.pop("a_lazy_library", None)


@pytest.mark.usefixtures("clear")
@pytest.mark.parametrize("does", IMPORTS)
@pytest.mark.parametrize("name", ["lazy", "lazy_alike"])
def test_a_method_is_not_blamed_for_the_code_of_a_library_that_runs_on_import(
    name: str, does: str, library: Callable[[str], None], tmp_path: Path
) -> None:
    text, body = IMPORTS[does]
    library(text)
    file = tmp_path / "lazy.py"
    file.write_text(LAZY.format(body=body))
    for case in testing.checks(name, plugins=[file]):
        if case.check.name in ("repeat", "order_of_rows", "order_of_units"):
            sys.modules.pop("a_lazy_library", None)
            case()


@pytest.mark.usefixtures("clear")
@pytest.mark.parametrize("name", ["lazy", "lazy_alike"])
@pytest.mark.parametrize("draws", ["np.random.random()", "np.random.seed(0)"])
def test_a_method_that_imports_a_library_and_draws_itself_is_found(
    name: str, draws: str, library: Callable[[str], None], tmp_path: Path
) -> None:
    library("")
    file = tmp_path / "lazy.py"
    file.write_text(LAZY.format(body=f"import numpy as np, a_lazy_library; {draws}"))
    (case,) = (case for case in testing.checks(name, plugins=[file]) if case.check.name == "repeat")
    with pytest.raises(AssertionError, match="does not use the shared random generators"):
        case()


@pytest.mark.usefixtures("clear")
def test_a_method_that_prints_itself_is_found(tmp_path: Path) -> None:
    file = tmp_path / "lazy.py"
    file.write_text(LAZY.format(body="print('hello')"))
    for case in testing.checks("lazy", "lazy_alike", plugins=[file]):
        if case.check.name == "repeat":
            with pytest.raises(AssertionError, match=r"prints nothing\n.* prints 'hello'"):
                case()


@pytest.mark.parametrize("kind", ["agreement", "imputation", "treatment", "aggregation"])
def test_the_article_before_a_kind_is_a_or_an_as_it_must_be(kind: str, tmp_path: Path) -> None:
    wrong, right = ("a", "an") if kind[0] in "aeiou" else ("an", "a")
    for path in scaffold.create("my-own", kind, tmp_path):
        if path.suffix != ".yml":
            text = path.read_text(encoding="utf-8").lower()
            assert f" {wrong} {kind}" not in f" {text}"
    assert f"{right} {kind} for Indicia" in (tmp_path / "my-own" / "pyproject.toml").read_text(encoding="utf-8")


def test_the_error_about_a_property_names_the_kind_with_its_article() -> None:
    from dataclasses import dataclass
    from typing import Any

    from indicia.methods import Imputation, Normalisation, Property

    @dataclass(frozen=True)
    class Wrong(Imputation):
        """Fill with the mean."""

        name, reference = "wrong", "A test"
        properties = frozenset({Property.COMPENSATORY})

        def fill(self, x: Any, s: Any) -> Any:
            return s.mean

    @dataclass(frozen=True)
    class WrongToo(Normalisation):
        """Leave as it is."""

        name, reference = "wrong_too", "A test"
        properties = frozenset({Property.COMPENSATORY})

        def benefit(self, x: Any, s: Any) -> Any:
            return x

    for method, words in ((Wrong(), "an imputation declares"), (WrongToo(), "a normalisation declares")):
        (subject,) = suite.subjects(method)
        (check,) = (check for check in suite.checks_for(subject) if check.name == "properties_fit_the_kind")
        with pytest.raises(AssertionError, match=words):
            check.verify(subject)
