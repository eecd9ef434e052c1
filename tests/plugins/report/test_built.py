"""The built front end of the page is the build of the sources in the repository; `just web` builds it."""

import gzip
import hashlib
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from indicia.outputs.output import SCHEMA

REPORT = Path(__file__).parents[3] / "plugins" / "indicia_report"
PAGE, WEB = REPORT / "page", REPORT / "web"
BUILT: dict[str, Any] = json.loads((PAGE / "built.json").read_text(encoding="utf-8"))


def checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def sources() -> set[str]:
    """Return the files from which the front end is built."""
    folders = {"css": [".css"], "src": [".ts", ".tsx"]}
    files = {
        path.relative_to(WEB).as_posix()
        for folder, endings in folders.items()
        for path in (WEB / folder).rglob("*")
        if path.suffix in endings
    }
    return files | {"build.mjs", "package.json", "package-lock.json", "tsconfig.json"}


def test_the_build_names_every_source_and_every_output() -> None:
    assert set(BUILT["sources"]) == sources()
    assert {*BUILT["outputs"], "built.json"} == {path.name for path in PAGE.iterdir()}


@pytest.mark.parametrize("name", sorted(BUILT["sources"]))
def test_the_page_is_the_build_of_its_sources(name: str) -> None:
    assert checksum(WEB / name) == BUILT["sources"][name], f"{name} has changed: run `just web`"


@pytest.mark.parametrize("name", sorted(BUILT["outputs"]))
def test_outputs_are_as_the_build_wrote_them(name: str) -> None:
    assert checksum(PAGE / name) == BUILT["outputs"][name], f"{name} is not what the build wrote: run `just web`"


def test_the_script_can_stand_in_an_element_of_its_own() -> None:
    script = (PAGE / "page.js").read_text(encoding="utf-8")
    assert not re.search("</script|<!--", script, re.IGNORECASE)
    assert not re.search(r"\beval\(|\bnew Function\b|https?://(?!www\.w3\.org)", script)
    assert "Copyright (c) 2015-present Jason Miller" in script


def test_the_front_end_stays_within_its_budget() -> None:
    script = (PAGE / "page.js").read_bytes()
    assert len(script) <= 108_000
    assert len(gzip.compress(script, 9)) <= 40_000
    assert len((PAGE / "page.css").read_bytes()) <= 25_600


def test_no_source_writes_markup_as_text() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (WEB / "src").rglob("*.ts*")]
    assert not [
        text for text in texts if re.search("innerHTML|outerHTML|insertAdjacent|document\\.write", text, re.IGNORECASE)
    ]


def test_built_files_are_package_data() -> None:
    assert resources.files("indicia_report").joinpath("page/page.js").is_file()


@pytest.mark.parametrize("kind", sorted(SCHEMA))
def test_the_script_draws_every_island_of_the_contract(kind: str) -> None:
    source = (WEB / "src" / "parts" / "Islands.tsx").read_text(encoding="utf-8")
    assert f'kind === "{kind}"' in source
