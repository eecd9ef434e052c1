"""The folders with the results of others and the published indices, with which tests compare."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

_TESTS = Path(__file__).parent
FOLDER = Path(os.environ.get("INDICIA_REFERENCE") or _TESTS.parents[1] / "shared" / "reference")
ABSENT = f"no reference folder {FOLDER}; INDICIA_REFERENCE says where it is"
"""The reason of a test that is skipped."""
DATA = _TESTS / "data"
"""The published indices whose licences allow a copy here; tests read these from here only."""


def published_folder(name: str) -> Path:
    """Return the folder of a published index: in the repository, or else in the reference folder."""
    return DATA / name if (DATA / name).is_dir() else FOLDER / "published" / name


def folder_of_case(name: str, case: dict[str, Any]) -> Path:
    """Return the folder of the data of a case of tests/published/cases.toml."""
    return published_folder(str(case.get("folder", case.get("file", name))))


def table_of_gallery(file: Path) -> Path:
    """Return the table that an index file of examples/gallery names."""
    place = Path(tomllib.loads(file.read_text(encoding="utf-8"))["data"]["path"]).relative_to("data")
    return published_folder(place.parts[0]).joinpath(*place.parts[1:])


def link_published(folder: Path) -> None:
    """Make a folder with a link to the data of each published index, for index files of examples/gallery."""
    folder.mkdir(parents=True)
    names = {path.name for home in (DATA, FOLDER / "published") if home.is_dir() for path in home.iterdir()}
    for name in names:
        if published_folder(name).is_dir():
            (folder / name).symlink_to(published_folder(name))
