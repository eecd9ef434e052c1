"""The examples that come with Indicia: their names, and copies of their files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.data import write
from indicia.errors import OutputError, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

FOLDER = Path("examples")
"""The folder for copies, as in the commands of the documentation."""


@dataclass(frozen=True)
class Example:
    """A command that shows an example, and the other examples whose files it reads.

    `{folder}` in the command stands for the folder of the example.
    """

    command: str
    reads: tuple[str, ...] = ()


EXAMPLES = {
    "human_development": Example("indicia run {folder}/index.toml"),
    "intelligent_manufacturing": Example("indicia run {folder}/index.toml"),
    "comparison": Example("indicia compare {folder}/index.toml", reads=("intelligent_manufacturing",)),
    "editions": Example("indicia run {folder}/2022"),
    "handbook": Example("indicia run {folder}/index.toml"),
    "plugins": Example("indicia plugins test {folder}/indicia-tanh"),
}
"""The examples by the names of their folders, in the order for a first reader."""

_CACHES = {"__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "build", "dist"}
_LINK_OUTSIDE = re.compile(r"\[([^\]]*)\]\(\.\./[^)]*\)")
"""A link of a README to a page that is not copied."""


def title(name: str) -> str:
    """Return the title of an example: the heading of its README.

    >>> title("human_development")
    'Human Development Index 2022'
    """
    text = (_home() / name / "README.md").read_text(encoding="utf-8")
    return text.partition("\n")[0].removeprefix("# ")


def copy_example(name: str, folder: Path = FOLDER) -> tuple[list[Path], list[Path]]:
    """Copy an example, and the examples whose files it reads, to a folder.

    Parameters
    ----------
    name
        The name of the example, a key of `EXAMPLES`.
    folder
        The folder for the copies; each example gets a folder of its name in it.

    Returns
    -------
    copied : list of Path
        The new folders, the example first.
    kept : list of Path
        The folders of examples that it reads, where they existed before; nothing in them changes.

    Raises
    ------
    OutputError
        If no example has this name, or the folder of the example exists already.
    """
    if name not in EXAMPLES:
        raise OutputError(f'no example is called "{name}"', remedy=suggest(name, EXAMPLES))
    if (folder / name).exists():
        what = f"{folder / name} exists already, and is not replaced"
        raise OutputError(what, remedy=f"indicia example {name} FOLDER copies to FOLDER/{name}")
    read = EXAMPLES[name].reads
    kept = [folder / other for other in read if (folder / other).exists()]
    copied = [folder / other for other in (name, *read) if folder / other not in kept]
    for target in copied:
        for words, source in _files(_home() / target.name):
            path = target.joinpath(*words)
            path.parent.mkdir(parents=True, exist_ok=True)
            content = source.read_bytes()
            write(_without_links_outside(content) if path.suffix == ".md" else content, path)
    return copied, kept


def _home() -> Traversable:
    """Return the folder of the examples: in the package as installed, or in the repository of an editable one."""
    installed = files("indicia") / "examples"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "examples"


def _files(folder: Traversable, *above: str) -> Iterator[tuple[tuple[str, ...], Traversable]]:
    """Yield the files in a folder and its folders, each after the words of its path."""
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_file():
            yield (*above, item.name), item
        elif item.name not in _CACHES and not item.name.endswith(".egg-info"):
            yield from _files(item, *above, item.name)


def _without_links_outside(page: bytes) -> bytes:
    return _LINK_OUTSIDE.sub(r"\1", page.decode("utf-8")).encode("utf-8")
