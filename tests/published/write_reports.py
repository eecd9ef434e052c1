"""Write the reports of the published indices to a folder, and a page that links them.

`just reports site` writes all whose data are at hand, `just reports site "hdi cpi_2019"` two of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from published.test_gallery import CASES, ROOT, folder, index

from indicia.index import read
from indicia.outputs import ExportOptions
from indicia.result.report_files import reports_in
from indicia_paper.dossier import compile_dossier
from indicia_paper.exporting import exporter_of, make_folder, write_files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from indicia.index import Index

EXAMPLES = ("human_development", "intelligent_manufacturing")
DRAWS = 300


def indices() -> Iterator[tuple[str, Index, Path | None]]:
    """Yield name, index and table of the examples, and of each published index whose data are at hand."""
    for name in EXAMPLES:
        yield name, read(ROOT / "examples" / name / "index.toml"), None
    for name, case in CASES.items():
        table = folder(name) / str(case.get("table", "indicators.csv"))
        if table.is_file():
            yield name, index(name), table


def write_reports(site: Path, names: Collection[str] = ()) -> None:
    """Write the reports with these names, by default all, and `index.html`."""
    make_folder(site)
    for name, of_name, table in indices():
        if not names or name in names:
            form, page = exporter_of("dossier", "page")
            dossier = compile_dossier(of_name, table, needs=page.needs, draws=DRAWS)
            write_files(page.write(dossier, ExportOptions(form)), site / f"{name}.html")
            sys.stderr.write(f"wrote {name}.html\n")
    target = site / "index.html"
    form, gallery = exporter_of("reports", "gallery")
    details = {"folder": site, "page": target}
    write_files(gallery.write(reports_in(site, without=target)[0], ExportOptions(form, details=details)), target)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("name a folder: just reports site")
    write_reports(Path(sys.argv[1]), sys.argv[2:])
