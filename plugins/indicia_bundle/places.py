"""The files that an index file names, their places in a pack, and the index file with these places."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from indicia.data import file_of, is_database, is_server, shown, split_sheet
from indicia.definition import STAGES, files_named, files_of_values, judgement_files
from indicia.errors import DefinitionError, IndiciaError, join_names
from indicia.paths import expanded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.questions import Questions

FOLDER = "index"
"""The folder of a pack with the index file and the files that it names."""
_OUTSIDE = "outside"
"""The folder in it of files that are outside the folder of the index file."""


@dataclass(frozen=True)
class PackedFile:
    """A file that an index file names."""

    name: str
    """Its name in the index file, with the sheet of a workbook."""
    packed_name: str
    """Its name in the index file of the pack."""
    path: Path
    place: str
    """The name of the file in the zip."""
    has_values: bool
    """True if the file has values of units."""


def named_files(index: Questions, skipped: Iterable[str] = ()) -> list[PackedFile]:
    """Return the files that an index file and its variants name, except those in `skipped`.

    Raises
    ------
    DefinitionError
        If a file other than the table of the data is on a server.
    """
    names, values = _names(index)
    names = {name: None for name in names if name not in skipped}
    if servers := [shown(name) for name in names if is_server(name)]:
        raise DefinitionError(
            f"a table on a server cannot be packed: {join_names(servers)}",
            remedy="write it to a file, and name this file in the index file",
        )
    folder = Path(os.path.abspath(index.origin.folder))  # noqa: PTH100, a link in the folder stays a link
    places = _places([_path_of(name, folder) for name in names], folder)
    return [_packed(name, folder, places, has_values=name in values) for name in names]


def tables_as_read(index: Questions) -> tuple[str, ...]:
    """Return the table of the data and the joined tables, if one of them is in a database.

    A database may hold other tables, which are private. Hence the rows are packed as they were read, not the database.
    """
    data = index.definition.data
    names = [name for name in (data.path, *(join.path for join in data.joins)) if name]
    return tuple(names) if any(name == "-" or is_database(name) for name in names) else ()


def _names(index: Questions) -> tuple[dict[str, None], set[str]]:
    """Return the names of files of the index, its variants and its choices in [robustness]; and those with values."""
    names, values = dict.fromkeys(files_named(index.definition, index.tree, index.origin)), set[str]()
    values |= set(files_of_values(index.definition))
    for variant in (None, *index.definition.variants):
        with suppress(IndiciaError):  # a variant that cannot be scored is packed with the index file, without its files
            other = index.variant(variant)
            names |= dict.fromkeys(files_named(other.definition, other.tree, other.origin))
            values |= set(files_of_values(other.definition))
    for stage in STAGES:
        for choice in getattr(index.definition.robustness, stage):
            with suppress(IndiciaError):  # an analysis of robustness raises the error
                method = index.catalogue.choose(stage, choice, index.origin.folder)
                names |= dict.fromkeys(judgement_files(method))
    return names, values


def _path_of(name: str, folder: Path) -> Path:
    return Path(os.path.normpath(folder / expanded(file_of(split_sheet(name)[0]))))


def _places(paths: Iterable[Path], folder: Path) -> dict[Path, str]:
    """Return the place of each file below the index file; files outside its folder come together in one folder."""
    unique = list(dict.fromkeys(paths))
    places = {path: path.relative_to(folder).as_posix() for path in unique if path.is_relative_to(folder)}
    for path in unique:
        if path not in places:
            places[path] = _free(f"{_OUTSIDE}/{path.name}", {place.casefold() for place in places.values()})
    return places


def _packed(name: str, folder: Path, places: Mapping[Path, str], *, has_values: bool) -> PackedFile:
    source, sheet = split_sheet(name)
    file, path = file_of(source), _path_of(name, folder)
    place = places[path]
    packed_name = name
    if place != file:
        packed_name = f"sqlite:///{place}" if file != source else f"{place}#{sheet}" if sheet else place
    return PackedFile(name, packed_name, path, f"{FOLDER}/{place}", has_values)


def _free(place: str, taken: set[str]) -> str:
    """Return a place that no file has yet: outside/rates.csv, outside/rates-2.csv."""
    path, number, free = PurePosixPath(place), 1, place
    while free.casefold() in taken:
        number += 1
        free = f"{path.parent}/{path.stem}-{number}{path.suffix}"
    return free


def moved_names(files: Iterable[PackedFile]) -> dict[str, str]:
    """Return the names that differ in the pack, by their names in the index file."""
    return {file.name: file.packed_name for file in files if file.name != file.packed_name}


def renamed_text(toml: str, moved: Mapping[str, str]) -> str | None:
    """Return the text of an index file with other names of files; None if only a changed definition can have them."""
    text = toml
    for name, other in moved.items():
        for quote in ('"', "'"):
            text = text.replace(f"{quote}{name}{quote}", f"{quote}{other}{quote}")
        text = text.replace(json.dumps(name, ensure_ascii=False), json.dumps(other, ensure_ascii=False))
    return text if tomllib.loads(text) == renamed(tomllib.loads(toml), moved) else None


def renamed(value: Any, moved: Mapping[str, str]) -> Any:
    """Return a definition with other names of files: texts that are a name, and names in quotes in other texts.

    >>> renamed({"path": "../a.csv", "weighting": "ahp(matrix='../a.csv')"}, {"../a.csv": "outside/a.csv"})
    {'path': 'outside/a.csv', 'weighting': "ahp(matrix='outside/a.csv')"}
    """
    if isinstance(value, str):
        if value in moved:
            return moved[value]
        for name, other in moved.items():
            for quote in ('"', "'"):
                value = value.replace(f"{quote}{name}{quote}", f"{quote}{other}{quote}")
        return value
    if isinstance(value, Mapping):
        return {key: renamed(part, moved) for key, part in value.items()}
    return [renamed(part, moved) for part in value] if isinstance(value, list | tuple) else value


def paths_leading_out(raw: Any, folder: Path) -> Iterator[str]:
    """Yield each text of a definition that is the path of an existing file outside a folder."""
    folder = folder.resolve()
    for text in texts_in(raw):
        with suppress(IndiciaError, OSError, ValueError):  # most texts are no paths
            path = (folder / expanded(file_of(split_sheet(text)[0]))).resolve()
            if not path.is_relative_to(folder) and path.is_file():
                yield text


def texts_in(value: Any) -> Iterator[str]:
    """Yield the texts of a definition, and the texts in quotes within them."""
    if isinstance(value, str):
        yield value
        for quote in ('"', "'"):
            yield from value.split(quote)[1::2]
    elif isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from texts_in(part)
