"""The source of a definition, which knows the line of every word."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia.definition.indicator_table import IndicatorTable
    from indicia.notes import Note


@dataclass(frozen=True)
class Origin:
    """The source of a definition, so that an error can name the line of the fault."""

    path: Path | None = None
    toml: str = ""
    options: frozenset[str] = frozenset()
    """The dotted paths of the settings that options have changed."""
    places: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """The path in the file of each word that a variant or another table has in place of the word of the index."""
    variant: str | None = None
    """The variant that is scored."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """The values that the variant states, by dotted path."""
    indicator_table: IndicatorTable | None = None
    """The table of the indicators, if they are in a table of their own."""
    weights_table: str | None = None
    """The path of the table of the sets of weights, if they are in a table of their own."""
    notes: tuple[Note, ...] = ()
    """Notes on a definition that is proposed for a table without an index file."""
    pack: Path | None = None
    """The pack of the file, if `path` is in a temporary folder."""

    @cached_property
    def folder(self) -> Path:
        """The folder of relative paths in the definition."""
        return self.path.parent if self.path else Path()

    @property
    def named_file(self) -> Path | None:
        """The file that readers know: the pack of the index file, else the index file."""
        return self.pack or self.path

    def where(self, keys: Sequence[object]) -> str | None:
        """Return the file, line and text of a setting; without a file, the dotted path of the setting."""
        dotted = ".".join(str(key) for key in keys)
        if any(f"{dotted}.".startswith(f"{option}.") for option in self.options):
            return f"given as an option: {dotted}"
        path = tuple(map(str, keys))
        for stated, place in self.places.items():
            if path[: len(stated)] == stated:
                return self._line([*place, *keys[len(stated) :]])
        # a table of which a variant changes some words: the line of the table, and the line in the variant
        below = [place for stated, place in self.places.items() if len(path) > 1 and stated[: len(path)] == path]
        return "\n".join(dict.fromkeys(filter(None, map(self._line, [keys, *below[:1]])))) or None

    def _line(self, keys: Sequence[object]) -> str | None:
        """Return the place of a setting under the path that the file has for it."""
        if self.indicator_table and (cell := self.indicator_table.where(keys)):
            return cell
        line = locate(self.toml, keys)
        if self.path and line:
            return f"{self.path.name}:{line[0]}   {line[1]}"
        return ".".join(str(key) for key in keys) or None

    def line_number(self, keys: Sequence[object]) -> int | None:
        """Return the number of the line of the file that states a setting, or the table of the setting."""
        line = locate(self.toml, keys)
        return line[0] if line else None

    def with_stages_from(self, table: str, stages: Iterable[str]) -> Origin:
        """Return the origin of a definition whose choices of these stages stand in another table of the file."""
        of_stages: dict[tuple[str, ...], tuple[str, ...]] = {("methodology", stage): (table, stage) for stage in stages}
        return replace(self, places={**self.places, **of_stages})

    def lines(self, *paths: Sequence[object]) -> str | None:
        """Return the places of several settings that contradict each other, one in a line."""
        return "\n".join(dict.fromkeys(filter(None, map(self.where, paths)))) or None

    def locate(self, error: IndiciaError) -> None:
        """Add to an error the line of the word that causes it."""
        if error.word and error.where is None:
            error.where = self.where(error.word)

    @contextmanager
    def located(self) -> Iterator[None]:
        """Add the line of the fault to an error that is raised in the context."""
        try:
            yield
        except IndiciaError as error:
            self.locate(error)
            raise


_KEY = r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'"
_PATH = rf"(?:{_KEY})(?:\s*\.\s*(?:{_KEY}))*"
_HEADER = re.compile(rf"^\[{{1,2}}\s*({_PATH})\s*\]{{1,2}}\s*(?:#.*)?$")
_SETTING = re.compile(rf"^({_PATH})\s*=")


def locate(toml: str, path: Sequence[object]) -> tuple[int, str] | None:
    """Return the number and text of the line that sets a path of keys, or the longest beginning of the path.

    A number in the path counts the tables of one name in double brackets; in other lists it is passed over.

    >>> locate('[indicators]\\ngdp = { direction = "up" }', ["indicators", "gdp", "direction"])
    (2, 'gdp = { direction = "up" }')
    >>> locate('[[waivers]]\\ncode = "D01"\\n[[waivers]]\\ncode = "D02"', ["waivers", 1, "code"])
    (4, 'code = "D02"')
    """
    keys = [key if isinstance(key, int) else str(key) for key in path]
    table: list[str | int] = []
    counts: dict[tuple[str | int, ...], int] = {}
    longest: tuple[int, int, str] | None = None
    for number, text in enumerate(toml.splitlines(), start=1):
        line = text.strip()
        if header := _HEADER.match(line):
            table = line_keys = _numbered(_keys(header[1]), line.startswith("[["), counts)
        elif setting := _SETTING.match(line):
            line_keys = [*table, *_keys(setting[1])]
        else:
            continue
        if _begins(line_keys, keys) and (longest is None or len(line_keys) > longest[0]):
            longest = len(line_keys), number, line
    return longest[1:] if longest else None


def _numbered(names: list[str], is_one_of_several: bool, counts: dict[tuple[str | int, ...], int]) -> list[str | int]:
    """Return the path of a table, with the number of each table in double brackets; count a new one."""
    path: list[str | int] = []
    for place, name in enumerate(names, start=1):
        path.append(name)
        if is_one_of_several and place == len(names):
            counts[tuple(path)] = counts.get(tuple(path), -1) + 1
        if tuple(path) in counts:
            path.append(counts[tuple(path)])
    return path


def _begins(line_keys: list[str | int], path: list[str | int]) -> bool:
    """Return whether the path of a line is the beginning of a path; a path without a number means the first table."""
    rest = list(line_keys)
    for key in path:
        if isinstance(key, str) and rest and rest[0] == 0:
            rest.pop(0)
        if not rest:
            return True
        if key == rest[0]:
            rest.pop(0)
        elif isinstance(key, str) or isinstance(rest[0], int):
            return False
    return not any(rest)


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_KEY, dotted)]
