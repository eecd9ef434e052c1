"""Build the documentation site: `python -m indicia_site FOLDER`, with `docs/site` on the path."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from indicia_site.live_reports import FOLDER, files_to_copy
from indicia_site.page import DOCS
from indicia_site.pictures import picture
from indicia_site.sources import site_pages, write_sources

_MARK = ".indicia-site"
"""The file that marks a folder as a site, which may be replaced."""


def main() -> int:
    """Write the sources to a folder of their own, build them, and return the exit code of Sphinx."""
    parser = argparse.ArgumentParser(prog="python -m indicia_site", description="Build the documentation site.")
    parser.add_argument("folder", type=Path, help="the folder of the site; its content is replaced")
    parser.add_argument("--reports", type=Path, help="a folder of reports, which the page of the gallery links")
    options = parser.parse_args()
    if options.folder.exists() and any(options.folder.iterdir()) and not (options.folder / _MARK).exists():
        parser.error(f"{options.folder} is no earlier site, and its files would be lost: name another folder")
    with tempfile.TemporaryDirectory() as work:
        sources = Path(work) / "sources"
        write_sources(site_pages(picture, options.reports), sources)
        shutil.rmtree(options.folder, ignore_errors=True)
        options.folder.mkdir(parents=True)
        (options.folder / _MARK).touch()
        code = _build(sources, options.folder, Path(work) / "read")
    if options.reports:
        copies = options.folder / FOLDER
        copies.mkdir(exist_ok=True)
        for report in files_to_copy(options.reports):
            shutil.copy(report, copies)
    return code


def _build(sources: Path, target: Path, read: Path) -> int:
    """Run Sphinx, for which every warning is an error, such as a link that leads nowhere."""
    command = ["-W", "--keep-going", "-q", "-b", "html", "-j", "2", "-c", str(DOCS / "site"), "-d", str(read)]
    return subprocess.run([sys.executable, "-m", "sphinx", *command, str(sources), str(target)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
