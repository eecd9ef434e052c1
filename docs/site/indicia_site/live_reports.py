"""The part of the gallery's page that links live reports, and the reports that a public site may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.result.report_files import reports_in
from indicia_site.page import cell

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "reports"
"""The folder of the reports in the site."""
NOT_PUBLISHED = {
    "arwu_2005_2015": "its publisher states no licence",
    "cpi_2019": "CC BY-ND 4.0 forbids to pass on what is made from it",
    "decathlon": "GPL-2, a licence of programs",
    "efw_1995_2016": "its publisher states no licence",
    "epi_2020": "its publisher states no licence",
    "ghi_2016": "its publisher states no licence",
}
"""The tables of the gallery whose licence does not let a site pass on their data, with the reasons."""


def live_reports(folder: Path | None) -> list[str]:
    """Return the lines on the reports of a folder, without those that may not be published."""
    lines = ["", "## Live reports", ""]
    reports = [] if folder is None else [each for each in reports_in(folder)[0] if _may_be_published(each.path)]
    if reports:
        lines += ["Each opens as a page of its own, with sliders, comparisons and the methodology.", ""]
        lines += ["| index | units | indicators |", "|---|--:|--:|"]
        for each in reports:
            link = f'<a href="{FOLDER}/{each.path}">{cell(each.title)}</a>'
            lines.append(f"| {link} | {each.units or ''} | {each.indicators or ''} |")
    else:
        lines.append("This build has none.")
    refused = "; ".join(f"{name} ({reason})" for name, reason in NOT_PUBLISHED.items())
    missing = "Reports of other indices are absent because their data were not at hand when the site was built."
    return [
        *lines,
        "",
        f"{missing} Not published, as the licence of the data forbids or does not allow it: {refused}.",
        "",
    ]


def files_to_copy(folder: Path) -> list[Path]:
    """Return the reports of a folder that the site may hold."""
    return [folder / each.path for each in reports_in(folder)[0] if _may_be_published(each.path)]


def _may_be_published(path: str) -> bool:
    return not path.startswith(tuple(NOT_PUBLISHED))  # the report of a variant has the name of the table before its own
