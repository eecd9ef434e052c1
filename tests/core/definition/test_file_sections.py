"""Sections of the index file that plugins offer: kept by name, imported and checked if a file states them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import indicia
from indicia.catalogue import installed
from indicia.definition import index_schema
from indicia.definition.file_sections import file_sections
from indicia.definition.model import Definition
from indicia.errors import IndiciaError, PluginError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

INDEX = '[data]\nunit = "city"\n[indicators]\ngdp = {}\n'
LETTER = """
from indicia.catalogue import hookimpl
from indicia.definition.section import Section

class Newsletter(Section):
    editor: str
    pages: int = 4

@hookimpl
def indicia_file_sections():
    return {"newsletter": Newsletter}
"""
PLACES = """
from indicia.catalogue import hookimpl

@hookimpl
def indicia_file_sections():
    return {"newsletter": "letter_model:Newsletter", "panel": "letter_of_nobody.panel:Panel"}
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "letter.py"
    path.write_text(LETTER)
    return path


def index(folder: Path, section: str, *plugins: Path, only: list[str] | None = None) -> indicia.Index:
    (folder / "index.toml").write_text(INDEX + section)
    return indicia.read(folder / "index.toml", plugins, only_plugins=only)


def fault(folder: Path, section: str, *plugins: Path, only: list[str] | None = None) -> str:
    with pytest.raises(IndiciaError) as caught:
        _ = index(folder, section, *plugins, only=only).definition
    return str(caught.value)


def test_a_plugin_reads_its_section_by_its_model(tmp_path: Path, plugin: Path) -> None:
    opened = index(tmp_path, '[newsletter]\neditor = "Ada"\n', plugin)
    model = sys.modules[str(plugin)].Newsletter
    assert opened.definition.section(model) == model(editor="Ada")
    assert index(tmp_path, "", plugin).definition.section(model) is None


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (
            '[newsletter]\neditr = "Ada"\neditor = "Ada"',
            'unknown key "editr" in newsletter\n  index.toml:6   editr = "Ada"\n  fix: did you mean "editor"?',
        ),
        ("[newsletter]\npages = 3", "newsletter does not say editor\n  index.toml:5   [newsletter]\n"),
        ('[newsletter]\neditor = "Ada"\npages = "x"', "newsletter.pages must be"),
        (
            '[newslettr]\neditor = "Ada"',
            'unknown key "newslettr" in the index file\n  index.toml:5   [newslettr]\n'
            '  fix: did you mean "newsletter"?',
        ),
        ("[robustnss]", 'unknown key "robustnss" in the index file\n  index.toml:5   [robustnss]\n'),
        ("[robustness]\ndraws = 0", "robustness.draws must be 1 or more\n  index.toml:6   draws = 0\n"),
        ("[robustness.weights]\nsprad = 0.1", 'unknown key "sprad" in robustness.weights\n'),
    ],
)
def test_a_stated_section_is_checked_when_the_index_is_read(
    section: str, message: str, tmp_path: Path, plugin: Path
) -> None:
    assert fault(tmp_path, section, plugin).startswith(message)


def test_a_section_that_no_file_states_is_not_imported(site: Callable[..., Path], tmp_path: Path) -> None:
    folder = site("letters", PLACES)
    (folder / "letter_model.py").write_text(LETTER)
    sys.modules.pop("letter_model", None)
    _ = index(tmp_path, "[robustness]\ndraws = 5\n").definition
    assert "letter_model" not in sys.modules
    stated = index(tmp_path, '[newsletter]\neditor = "Ada"\n').definition.sections["newsletter"]
    assert stated.pages == 4


def test_a_section_of_a_package_that_is_not_installed_names_the_package(
    site: Callable[..., Path], tmp_path: Path
) -> None:
    site("letters", PLACES)
    assert fault(tmp_path, "[panel]\nsize = 3\n") == (
        "[panel] is a section of the package letter_of_nobody, which is not installed\n"
        "  index.toml:5   [panel]\n"
        "  fix: pip install letter-of-nobody, or take the section out of the file"
    )


def test_a_section_of_a_plugin_that_is_left_out_names_the_plugin(site: Callable[..., Path], tmp_path: Path) -> None:
    site("letters", PLACES)
    assert fault(tmp_path, "[panel]\nsize = 3\n", only=[]) == (
        'unknown key "panel" in the index file\n'
        "  index.toml:5   [panel]\n"
        "  fix: if it is a section of letters, leave out --no-plugins or --only-plugins"
    )


@pytest.mark.parametrize(
    ("offered", "message"),
    [
        ("['newsletter']", "returns no mapping"),
        ("{'newsletter': 'nowhere'}", "which is no place of a class"),
        ("{'data': Newsletter}", "the core has this section"),
    ],
)
def test_a_hook_that_offers_no_sections_is_refused(offered: str, message: str, tmp_path: Path, plugin: Path) -> None:
    plugin.write_text(LETTER.replace('{"newsletter": Newsletter}', offered))
    with pytest.raises(PluginError, match=message):
        _ = index(tmp_path, "[robustness]\ndraws = 5\n", plugin).definition


def test_two_plugins_cannot_offer_one_section(tmp_path: Path, plugin: Path) -> None:
    (tmp_path / "other.py").write_text(LETTER)
    with pytest.raises(PluginError, match='two plugins offer the file_section "newsletter"'):
        _ = index(tmp_path, "", plugin, tmp_path / "other.py")


def test_the_schema_has_the_section_of_a_plugin(plugin: Path) -> None:
    schema = index_schema(installed([plugin], kinds=(), only=()))
    assert schema["$defs"]["Newsletter"]["required"] == ["editor"]
    assert list(schema["properties"])[-1] == "newsletter"


def test_one_table_lists_every_section_with_its_owner_and_model() -> None:
    sections = file_sections(installed(only=()))
    assert {section.name for section in sections} == set(index_schema(installed(kinds=(), only=()))["properties"])
    assert {section.owner for section in sections} == {"indicia", "indicia.definition.file_sections"}
    assert {section.name for section in sections if section.owner == "indicia"} == set(Definition.model_fields)
    assert {section.version for section in sections} == {f"indicia {indicia.__version__}"}
