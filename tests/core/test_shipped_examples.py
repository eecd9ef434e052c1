"""An installed package has examples to run: they are copied, and nothing is replaced."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from indicia.cli import main
from indicia.errors import OutputError
from indicia.shipped_examples import EXAMPLES, copy_example

ROOT = Path(__file__).parents[2]
WITHOUT_DATA = {"audit", "gallery"}
"""Folders of examples about tables that are not part of the repository."""


def test_each_example_with_data_is_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    folders = {path.name for path in (ROOT / "examples").iterdir() if path.is_dir()} - WITHOUT_DATA
    assert set(EXAMPLES) == folders
    assert wheel == {f"examples/{name}": f"indicia/examples/{name}" for name in folders}


def test_each_example_of_a_plugin_is_on_the_list_of_plugins() -> None:
    page = (ROOT / "docs" / "plugins-list.md").read_text(encoding="utf-8")
    plugins = {path.name for path in (ROOT / "examples" / "plugins").iterdir() if path.is_dir()}
    assert plugins == set(re.findall(r"\(\.\./examples/plugins/([^)]*)\)", page))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_copy_has_all_files_and_no_link_to_others(name: str, tmp_path: Path) -> None:
    copied, kept = copy_example(name, tmp_path)
    assert copied == [tmp_path / name, *(tmp_path / other for other in EXAMPLES[name].reads)]
    assert kept == []
    original = ROOT / "examples" / name
    tables = [path.relative_to(original) for path in original.rglob("*.csv")]
    assert all((tmp_path / name / path).read_bytes() == (original / path).read_bytes() for path in tables)
    for page in tmp_path.rglob("*.md"):
        targets = re.findall(r"\]\((?!https?:|#)([^)#]*)", page.read_text(encoding="utf-8"))
        assert [target for target in targets if not (page.parent / target).exists()] == []


def test_nothing_is_replaced(tmp_path: Path) -> None:
    copy_example("intelligent_manufacturing", tmp_path)
    (tmp_path / "intelligent_manufacturing" / "README.md").write_text("mine")
    with pytest.raises(OutputError, match="exists already, and is not replaced") as caught:
        copy_example("intelligent_manufacturing", tmp_path)
    assert caught.value.remedy == (
        "indicia example intelligent_manufacturing FOLDER copies to FOLDER/intelligent_manufacturing"
    )
    copied, kept = copy_example("comparison", tmp_path)
    assert (copied, kept) == ([tmp_path / "comparison"], [tmp_path / "intelligent_manufacturing"])
    assert (tmp_path / "intelligent_manufacturing" / "README.md").read_text() == "mine"


def test_an_unknown_example_is_an_error() -> None:
    with pytest.raises(OutputError, match='no example is called "human"') as caught:
        copy_example("human")
    assert caught.value.remedy == "known: " + ", ".join(sorted(EXAMPLES))


@pytest.mark.parametrize(
    "name", ["human_development", *(pytest.param(name, marks=pytest.mark.thorough) for name in [*EXAMPLES][1:-1])]
)
def test_the_command_that_follows_works(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["example", name])
    command = capsys.readouterr().err.rpartition("next: indicia ")[2]
    assert f"examples/{name}" in command
    with pytest.raises(SystemExit) as caught:
        main(shlex.split(command))
    assert not caught.value.code


def test_the_list_has_each_example_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["example"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*EXAMPLES]
    assert lines[0] == "human_development          Human Development Index 2022"
