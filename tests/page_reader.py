"""A reader that does what a page of the documentation says.

Blocks of a page run in order, in one folder that holds a copy of the examples:

    ```python      is executed, in one namespace per page
    ```toml        holds words of an index file, unless a mark says what it is

A mark is a comment on the line above a block:

    file: NAME     the block is the content of a file
    lines of: NAME each line replaces the line of the file that begins with the same word
    end of: NAME   the block is added to the file
    shown: NAME    the file has this content
    checked        each command prints what stands below it; a line "…" stands for any lines
    printed        the Python block above printed this
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from indicia.cli import main
from indicia.definition import Origin, define

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^>]*?) -->\n)?```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A block of code, and where it stands."""

    mark: str
    language: str
    body: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("body")) + 1
        yield Block(found["mark"] or "", found["language"], found["body"], line)


@dataclass
class Reader:
    """Does what a page says, in a folder of its own."""

    page: Path
    module: ModuleType
    printed: str = ""

    def follow(self, block: Block) -> None:
        what, _, name = block.mark.partition(": ")
        file = Path(name)
        match what:
            case "file":
                file.write_text(block.body, encoding="utf-8")
            case "lines of":
                self.change(file, block)
            case "end of":
                file.write_text(file.read_text(encoding="utf-8") + "\n" + block.body, encoding="utf-8")
            case "shown":
                assert file.read_text(encoding="utf-8") == block.body, self.at(block)
            case "checked":
                self.run(block)
            case "printed":
                assert self.printed == block.body, self.at(block)
            case _:
                assert not what, f"{self.at(block)}: unknown mark {block.mark!r}"
                if block.language == "toml":
                    define({"indicators": {"gdp": {}}, **tomllib.loads(block.body)}, Origin())
        if block.language == "python":
            self.execute(block)

    def at(self, block: Block) -> str:
        return f"{self.page.relative_to(ROOT)}:{block.line}"

    def change(self, path: Path, block: Block) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()
        for new in block.body.splitlines():
            word = re.match(r"\w+", new)
            assert word, self.at(block)
            (number,) = [number for number, old in enumerate(lines) if re.match(rf"{word[0]}\b", old)]
            lines[number] = new
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def execute(self, block: Block) -> None:
        code = compile("\n" * (block.line - 1) + block.body, str(self.page), "exec")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, vars(self.module))
        self.printed = out.getvalue()

    def run(self, block: Block) -> None:
        first, *commands = re.split(r"^\$ ", block.body, flags=re.MULTILINE)
        assert not first, self.at(block)
        for command in commands:
            line, _, wanted = command.partition("\n")
            said = output(line)
            assert re.fullmatch(_pattern(wanted), said), f"{self.at(block)}: $ {line}\n{said}"


def output(command: str) -> str:
    """Return the output of a command on both streams, without spaces at the ends of lines."""
    program, *arguments = shlex.split(command)
    assert program == "indicia"
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream), pytest.raises(SystemExit):
        main(arguments)
    stream.seek(0)
    return re.sub(r" +$", "", stream.read(), flags=re.MULTILINE)


def _pattern(wanted: str) -> str:
    parts = re.split(r"^…\n", re.sub(r" +$", "", wanted.rstrip("\n") + "\n", flags=re.MULTILINE), flags=re.MULTILINE)
    return r"(?:.*\n)*".join(map(re.escape, parts))


def read(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what a page says, in a folder with a copy of the examples."""
    monkeypatch.chdir(folder)
    module = ModuleType(f"page_{page.stem.replace('-', '_')}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    reader = Reader(page, module)
    for block in blocks(page):
        reader.follow(block)
