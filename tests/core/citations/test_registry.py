"""The works that the reference of a method names."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from indicia.citations import cited_works
from indicia.citations.citation import read_registry, registry_of
from indicia.errors import PluginWarning

if TYPE_CHECKING:
    from pathlib import Path

WORKS = """
remarks = ["as in textbooks"]

[deng_1982]
label = "Deng (1982)"
title = "Control problems of grey systems"

[li_deng_1982]
label = "Li & Deng (1982)"
title = "Grey numbers"
"""


@pytest.mark.parametrize(
    ("reference", "keys"),
    [
        ("Deng (1982), Systems & Control Letters 1(5)", ["deng_1982"]),
        ("in rounds: Deng (1982); Li & Deng (1982), p. 3", ["deng_1982", "li_deng_1982"]),
        ("Li & Deng (1982)", ["li_deng_1982"]),  # the label of Deng (1982) occurs in it
        ("Li & Deng (1982) and Deng (1982)", ["li_deng_1982", "deng_1982"]),
        ("Deng (1982); as in textbooks", ["deng_1982"]),
        ("", []),
    ],
)
def test_labels_in_a_reference_name_works(reference: str, keys: list[str]) -> None:
    assert [work.key for work in read_registry(WORKS).works_in(reference)] == keys


def test_a_part_without_a_label_becomes_a_note() -> None:
    work = next(iter(read_registry(WORKS).works_in("Bross (1958), Biometrics 14(1)")))
    assert (work.key, work.kind, work.note) == ("bross_1958", "other", "Bross (1958), Biometrics 14(1)")


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("[a_1]\ntitle = 'T'", "a_1 has no label"),
        ("[a_1]\nlabel = 'A'\nyear = 1982", "a_1: year is no text"),
        ("[a_1]\nlabel = 'A'\n[b_1]\nlabel = 'A'", "b_1 and a_1 have the same label"),
        ("['A 1']\nlabel = 'A'", "A 1 is no key"),
        ("[a_1", "Expected"),
    ],
)
def test_a_wrong_list_of_works_is_refused(toml: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_registry(toml)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that can be imported; its list of works is not yet written."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "grey_methods", raising=False)
    folder = tmp_path / "grey_methods"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    registry_of.cache_clear()
    return folder


def test_a_package_lists_its_works(package: Path) -> None:
    (package / "references.toml").write_text(WORKS)
    assert cited_works("Deng (1982)", "grey_methods")[0].title == "Control problems of grey systems"


def test_a_wrong_list_of_works_causes_a_warning_and_no_error(package: Path) -> None:
    (package / "references.toml").write_text("[deng_1982]\ntitle = 'T'")
    with pytest.warns(PluginWarning, match=r"references\.toml of grey_methods is left out: deng_1982 has no label"):
        works = cited_works("Deng (1982)", "grey_methods")
    assert works[0].note == "Deng (1982)"


def test_a_plugin_file_has_no_list_of_works() -> None:
    assert cited_works("Deng (1982)", "/tmp/plugin.py")[0].note == "Deng (1982)"
