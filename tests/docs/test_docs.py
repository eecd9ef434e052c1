"""The documentation is run: what a page shows is what happens (`page_reader`)."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from page_reader import ROOT, Block, blocks, read
from reference_folder import ABSENT, FOLDER, link_published

from indicia.testing import checks
from indicia_conformance.target import offers

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = [ROOT / "examples" / name / "README.md" for name in ("comparison", "handbook", "human_development")]
AUDITS = ROOT / "examples" / "audit" / "README.md"
"""A page about published indices, whose tables are no part of the repository."""
EDITIONS = ROOT / "examples" / "editions" / "README.md"
"""A page whose commands are run by tests/examples/test_editions.py, in the folder of the page."""
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *EXAMPLES]
TRANSLATED = {ROOT / "docs" / "zh"}
"""The folders of translations, whose blocks of code are those of the English pages (test_site.py)."""
SLOW_PAGES = {ROOT / "docs" / f"{name}.md" for name in ("how-sure-is-a-rank", "auditing", "reporting")}
"""Pages with many draws or all files of a report, which tests/core/robustness, audit and tests/plugins test too."""
SLOW_PAGES |= {ROOT / "docs" / "hooks" / f"{kind}.md" for kind in ("section", "chart", "exporter")}  # many samples


# a page shows how many promises are kept, and not on how many tables
@pytest.mark.usefixtures("fewer_tables", "fewer_edges")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.thorough) if page in SLOW_PAGES else page
        for page in PAGES
        if page.parent not in TRANSLATED and any(blocks(page))
    ],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_page_shows_the_true_output(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    read(page, tmp_path, monkeypatch)


@pytest.mark.thorough  # the audits of three large indices take half a minute
@pytest.mark.skipif(not (FOLDER / "published").is_dir(), reason=ABSENT)
def test_the_page_of_audits_shows_the_true_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    link_published(tmp_path / "examples" / "gallery" / "data")
    read(AUDITS, tmp_path, monkeypatch)


_PLUGINS = [
    block
    for block in blocks(ROOT / "docs" / "writing-a-method.md")
    if block.mark.startswith("file: ") and "@hookimpl" in block.body
]


@pytest.mark.thorough
@pytest.mark.usefixtures("fewer_tables", "fewer_edges")
@pytest.mark.parametrize("block", _PLUGINS, ids=lambda block: block.mark)
def test_a_method_that_is_shown_keeps_its_promises(block: Block, tmp_path: Path) -> None:
    file = tmp_path / block.mark.removeprefix("file: ")
    file.write_text(block.body, encoding="utf-8")
    for offer in offers(str(file)):
        for case in checks(offer.method.name, plugins=[file]):
            case()


@pytest.mark.parametrize("page", [*PAGES, AUDITS, EDITIONS], ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
