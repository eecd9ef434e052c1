"""Pages of the repository, with links that lead to pages of the site.

A link out of `docs` leads to a page too: a Markdown file is a page as it is, another file is shown as code, and a
folder is its README or a list of its files. So the site needs no host of the repository.
"""

from __future__ import annotations

import re
from os.path import relpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indicia_site.page import DOCS, ROOT, Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FENCE = re.compile(r"(^```.*?^```$|^\$\$$.*?^\$\$$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(\]\()(?![a-z]+:)([^)#\s]*)((?:#[^)\s]*)?\))")
_MARK = re.compile(r"^<!--.*?-->\n+", re.MULTILINE | re.DOTALL)
_CODE = {".toml": "toml", ".py": "python", ".json": "json", ".cff": "yaml"}
_LINES = 200
"""The most lines of a data file that a page shows."""
_RENAMED = {"README.md": "readme.md", "docs/README.md": "index.md"}
_IMAGES = (".svg", ".png")


class RepositoryPages:
    """The pages of `docs`, and those of all files to which they link."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self._pending: list[Path] = []

    def collect(self) -> list[Page]:
        """Return the pages of `docs`, of the files at the top of the repository, and of all files they link."""
        files = [path for path in sorted(DOCS.rglob("*.md")) if path.parent.name != "site"]
        for path in [*files, *sorted(ROOT.glob("*.md"))]:
            self.place_of(path)
        while self._pending:
            path = self._pending.pop(0)
            place = _place(path)
            self.pages[place] = self._page(path, place)
        return list(self.pages.values())

    def place_of(self, path: Path) -> str:
        """Return the place of the page of a file, and put the file on the list of pages to write."""
        place = _place(path)
        if place not in self.pages and path not in self._pending:
            self._pending.append(path)
        return place

    def _page(self, path: Path, place: str) -> Page:
        if path.is_dir():
            return Page(place, self._folder(path, place))
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".md":
            return Page(place, _code_page(path, text))
        images: dict[str, bytes] = {}
        return Page(place, self._linked(text, path, place, images), assets=tuple(images.items()))

    def _linked(self, text: str, path: Path, place: str, images: dict[str, bytes]) -> str:
        """Return the text of a page with the links of the site, and without the marks of its blocks of code."""

        def link(found: re.Match[str]) -> str:
            target = (path.parent / found[2]).resolve() if found[2] else path
            if not target.exists() or not target.is_relative_to(ROOT) or not found[2]:
                return found[0]
            if target.suffix in _IMAGES:
                there = target.relative_to(ROOT).as_posix().removeprefix("docs/")
                images[there] = target.read_bytes()
            else:
                there = self.place_of(target)
            return f"{found[1]}{relative(there, place)}{found[3]}"

        return _outside_code(_MARK.sub("", text), lambda part: _LINK.sub(link, part))

    def _folder(self, path: Path, place: str) -> str:
        """Return a page that lists the files of a folder without README."""
        files = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith(".")]
        lines = [f"- [{file.name}]({relative(self.place_of(file), place)})" for file in files]
        return "\n".join([f"# {path.relative_to(ROOT)}", "", *lines, ""])


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Change the parts of a text that are neither code nor formula."""
    return "".join(part if number % 2 else change(part) for number, part in enumerate(_FENCE.split(text)))


def relative(target: str, place: str) -> str:
    """Return the link from one page to another, with slashes.

    >>> relative("tutorial.md", "methods/aggregation/topsis.md")
    '../../tutorial.md'
    """
    return PurePosixPath(relpath(target, PurePosixPath(place).parent)).as_posix()


def _place(path: Path) -> str:
    """Return the place of a file in the sources of the site."""
    if path.is_dir() and (path / "README.md").is_file():
        path /= "README.md"
    name = path.relative_to(ROOT).as_posix()
    if name in _RENAMED:
        return _RENAMED[name]
    if path.suffix != ".md" or path.is_dir():
        return f"files/{name}/index.md" if path.is_dir() else f"files/{name}.md"
    name = name.removeprefix("docs/")
    if name.endswith("/README.md"):
        return name.replace("README.md", "index.md")
    return name if "/" in name or path.parent == DOCS else name.lower()


def _code_page(path: Path, text: str) -> str:
    """Return a page that shows a file as code; of a long file, its first lines."""
    lines = text.splitlines()
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in re.findall(r"`+", text))])
    shown = [line if len(line) < 1000 else f"{line[:1000]} …" for line in lines[:_LINES]]
    rest = [f"The file has {len(lines):,} lines; these are the first {_LINES}.", ""] if len(lines) > _LINES else []
    name = path.relative_to(ROOT).as_posix()
    body = [f"{fence}{_CODE.get(path.suffix, 'text')}", *shown, fence, ""]
    return "\n".join([f"# {name}", "", *rest, *body])
