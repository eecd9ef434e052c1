"""Each path, module and room of the code that a page names is there."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "indicia"
PAGES = [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCES = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r"`([\w./-]+)`")
FILE = re.compile(r"[\w./-]+\.(?:py|tsx?|css)")
MODULE = re.compile(r"indicia(?:_\w+)?(?:\.\w+)+")
FOLDERS = ("core", "plugins", "docs", "tests", "examples")
OF_CODE = {ROOT / "docs" / "how-it-works.md", *(ROOT / "docs" / "decisions").glob("*.md"), ROOT / "CONTRIBUTING.md"}
"""The pages on the code itself, whose folders and files without a folder are those of the code."""


def code_files() -> set[str]:
    """Return the paths of all files and folders of the repository, below its folders."""
    below = chain.from_iterable((ROOT / folder).rglob("*") for folder in FOLDERS)
    return {f"/{path.relative_to(ROOT).as_posix()}" for path in below if "node_modules" not in path.parts}


CODE = code_files()


def tokens(page: Path) -> list[str]:
    """Return the words of a page that are written as code, outside blocks of code."""
    return TOKEN.findall(FENCES.sub("", page.read_text(encoding="utf-8")))


def is_there(name: str) -> bool:
    ends = (f"/{name.rstrip('/')}", f"/{name}.py")
    return any(path.endswith(ends) for path in CODE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_path_and_module_that_a_page_names_is_there(page: Path) -> None:
    names = tokens(page)
    paths = {name for name in names if FILE.fullmatch(name) and ("/" in name or page in OF_CODE)}
    if page in OF_CODE:
        paths |= {name for name in names if re.fullmatch(r"[a-z_]+/[a-z_/]*", name) and not name.startswith("build/")}
    assert {name for name in paths if not is_there(name)} == set()
    for name in filter(MODULE.fullmatch, names):
        assert resolves(name), name


def resolves(name: str) -> bool:
    """Return whether a dotted name is a module, or an attribute below one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value = import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for attribute in parts[length:]:
            value = getattr(value, attribute, None)  # type: ignore[assignment]
        return value is not None
    return False


def named_in_table(heading: str) -> set[str]:
    """Return the words of the first column of a table of how-it-works.md, written as code."""
    text = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    table = text[text.index(f"\n| {heading} |") :].lstrip().partition("\n\n")[0]
    return {word for line in table.splitlines() for word in re.findall(r"`(\w+)`", line.split("|")[1])}


def test_each_room_of_the_table_is_a_package_or_a_module_of_the_kernel() -> None:
    named = named_in_table("room")
    assert len(named) > 25
    assert {room for room in named if not (CORE / room).is_dir() and not (CORE / f"{room}.py").exists()} == set()


def test_each_package_has_a_line_in_the_table_of_packages() -> None:
    assert named_in_table("package") == {path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")}
