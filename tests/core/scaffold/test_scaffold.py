"""A new plugin is whole, whatever its kind, and replaces nothing."""

from __future__ import annotations

import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

from indicia.catalogue import installed
from indicia.catalogue.hookspecs import OFFERED_KINDS, OUTPUTS
from indicia.errors import OutputError, PluginError
from indicia.testing import cards_of_plugin
from indicia_conformance import scaffold
from indicia_conformance.target import offers

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [kind.name for kind in OFFERED_KINDS]
CODES = {"check": "FC01"}
"""The names of methods that are no words of the project."""


@pytest.mark.parametrize("kind", NAMES)
def test_a_package_offers_the_method_of_a_single_file(kind: str, tmp_path: Path) -> None:
    """That it keeps its promises is shown, and tried, in docs/hooks."""
    (single,) = scaffold.create(f"fresh-{kind}", kind, tmp_path, single_file=True)
    scaffold.create(f"fresh-{kind}", kind, tmp_path)
    (offer,) = offers(str(tmp_path / f"fresh-{kind}"))
    assert (offer.kind, offer.method.name) == (kind, CODES.get(kind, f"fresh_{kind}"))
    assert (tmp_path / f"fresh-{kind}" / single.name).read_text() == single.read_text()


@pytest.mark.parametrize("kind", NAMES)
def test_a_single_file_is_a_plugin(kind: str, tmp_path: Path) -> None:
    (path,) = scaffold.create("indicia-lone", kind, tmp_path, single_file=True)
    assert path == tmp_path / "indicia_lone.py"
    assert ("L01" if kind == "check" else "lone") in installed([path]).names(kind)


@pytest.mark.parametrize("kind", NAMES)
def test_a_lazy_package_offers_its_class_by_its_place(kind: str, tmp_path: Path) -> None:
    files = scaffold.create(f"late-{kind}", kind, tmp_path, lazy=True)
    home = tmp_path / f"late-{kind}"
    assert {home / f"late_{kind}" / "__init__.py", home / f"late_{kind}" / f"{kind}.py"} <= set(files)
    (offer,) = offers(str(home))
    assert offer.source == f"late_{kind}.{kind}:Late{kind.capitalize()}"
    assert f"late_{kind}.{kind}" not in sys.modules
    assert offer.method.name == offer.name
    assert "hookimpl" not in (home / f"late_{kind}" / f"{kind}.py").read_text()
    tests = (home / "tests" / f"test_late_{kind}.py").read_text()
    assert f"from late_{kind}.{kind} import Late{kind.capitalize()}" in tests
    assert f"checks(Late{kind.capitalize()})" in tests
    project = tomllib.loads((home / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["include"] == [f"late_{kind}/*.py"]


def test_a_single_file_cannot_be_lazy(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="leave out --lazy, or --single-file"):
        scaffold.create("my-sigmoid", "weighting", tmp_path, single_file=True, lazy=True)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [kind.name for kind in OUTPUTS])
def test_a_new_output_keeps_its_promises(kind: str, tmp_path: Path) -> None:
    (path,) = scaffold.create(f"fresh-{kind}", kind, tmp_path, single_file=True)
    (card,) = cards_of_plugin(str(path))
    assert card.findings
    assert card.broken == ()


def test_a_package_holds_all_that_it_takes_to_be_installed_and_tested(tmp_path: Path) -> None:
    files = scaffold.create("my-sigmoid", "normalisation", tmp_path, licence="BSD-3-Clause")
    assert {path.relative_to(tmp_path / "my-sigmoid").as_posix() for path in files} == {
        "pyproject.toml",
        "my_sigmoid.py",
        "tests/test_my_sigmoid.py",
        "README.md",
        "LICENSE",
        ".gitignore",
        ".github/workflows/test.yml",
        ".github/workflows/publish.yml",
    }
    project = tomllib.loads((tmp_path / "my-sigmoid" / "pyproject.toml").read_text())
    assert project["project"]["entry-points"] == {"indicia": {"my_sigmoid": "my_sigmoid"}}
    assert project["project"]["license"] == "BSD-3-Clause"
    text = "".join(path.read_text() for path in files)
    assert "${{ matrix.python }}" in text
    assert "$method" not in text
    assert "The my-sigmoid developers" in text


def test_a_new_method_has_a_name_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r'a weighting "critic" exists already in indicia_methods\.weighting'):
        scaffold.create("indicia-critic", "weighting", tmp_path)
    assert scaffold.create("indicia-critic", "consensus", tmp_path)


def test_the_tests_of_a_package_try_whatever_it_offers(tmp_path: Path) -> None:
    scaffold.create("my-mean", "consensus", tmp_path)
    text = (tmp_path / "my-mean" / "tests" / "test_my_mean.py").read_text()
    assert "from my_mean import indicia_consensuses" in text
    assert "checks(*indicia_consensuses())" in text


@pytest.mark.parametrize("licence", [name for name in scaffold.LICENCES if name != "none"])
def test_a_licence_is_the_text_of_its_name(licence: str, tmp_path: Path) -> None:
    scaffold.create("my-sigmoid", "weighting", tmp_path, licence=licence)
    text = (tmp_path / "my-sigmoid" / "LICENSE").read_text()
    assert licence.partition("-")[0].lower() in text.lower()


def test_a_plugin_may_have_no_licence(tmp_path: Path) -> None:
    files = scaffold.create("my-sigmoid", "weighting", tmp_path, licence="none")
    assert "LICENSE" not in {path.name for path in files}
    assert "license" not in tomllib.loads((tmp_path / "my-sigmoid" / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("name", ["1st", "a b", "json", "class", "indicia-class", "x/y", "", "polars", "é"])
def test_a_name_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError):
        scaffold.create(name, "weighting", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_replaced(tmp_path: Path) -> None:
    scaffold.create("my-sigmoid", "weighting", tmp_path)
    with pytest.raises(OutputError, match="exists already"):
        scaffold.create("my-sigmoid", "weighting", tmp_path)
    (tmp_path / "lone.py").write_text("kept")
    with pytest.raises(OutputError, match="exists already"):
        scaffold.create("lone", "weighting", tmp_path, single_file=True)
    assert (tmp_path / "lone.py").read_text() == "kept"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"kind": "normalization"}, 'did you mean "normalisation"'),
        ({"licence": "GPL"}, "one of MIT, BSD-3-Clause, Apache-2.0, none"),
    ],
)
def test_an_unknown_kind_or_licence_is_told(words: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=said):
        scaffold.create(**{"name": "my-sigmoid", "kind": "weighting", "folder": tmp_path, **words})
