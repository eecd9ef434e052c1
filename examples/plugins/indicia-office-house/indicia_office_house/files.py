"""The files of the office: its layout of CSV, and the page with its banner."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html import escape
from typing import Annotated

from pydantic import Field

from indicia.errors import OutputError
from indicia.outputs import Exporter, ExportOptions, Files
from indicia_office_house.house import embargo, groups_of_units
from indicia_paper.dossier import Dossier
from indicia_paper.exporting import files_of

_HEADING = ("CODE", "TIME", "GROUP", "VALUE", "RANK", "FLAG")


@dataclass(frozen=True)
class OfficeCsv(Exporter[Dossier]):
    """Write the scores in the layout of the office: semicolons, decimal commas, flags, and lines about the release.

    The flag n stands for no score, and x for a unit that is not ranked. The file has a byte order mark and the line
    ends of Windows, as spreadsheets of the office expect.
    """

    name = "office_csv"
    exports = ("dossier",)
    formats = {"office_csv": (".office.csv",)}

    decimals: Annotated[int, Field(ge=0, le=15, description="decimals of the scores")] = 2

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        result, groups = exported.result, groups_of_units(exported.result)
        period = result.definition.data.period
        publication = result.definition.publication
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(["# TITLE", _text(_name(result.definition.name))])
        writer.writerow(["# EDITION", _text(getattr(publication, "edition", None) or "")])
        writer.writerow(["# EMBARGO", embargo(result)["en"]])
        writer.writerow(_HEADING)
        for place, row in enumerate(result.scores.iter_rows(named=True)):
            score = row["score"]
            writer.writerow(
                [
                    _text(row[result.unit]),
                    "" if period is None else _text(row[period]),
                    "" if groups is None else _text(groups[place]),
                    "" if score is None else f"{score:.{self.decimals}f}".replace(".", ","),
                    "" if row["rank"] is None else row["rank"],
                    "n" if score is None else "x" if row["rank"] is None else "",
                ]
            )
        return {"": stream.getvalue().encode("utf-8-sig")}


@dataclass(frozen=True)
class OfficePage(Exporter[Dossier]):
    """Write the page of `indicia report` below a banner with the office and the embargo."""

    name = "office_page"
    exports = ("dossier",)
    formats = {"office_page": ()}
    needs = ("intervals", "comparison", "audit")

    def write(self, exported: Dossier, options: ExportOptions) -> Files:
        page = files_of(exported, "dossier", "page", language=options.language, catalogue=exported.catalogue)[
            ""
        ].decode()
        before, header, after = page.partition("<header>")
        if not header:
            raise OutputError("the page has no header to put the banner into", remedy="update indicia-office-house")
        publisher = getattr(exported.result.definition.publication, "publisher", None) or "Statistics office"
        texts = embargo(exported.result)
        said = "".join(f"<span lang={language}>{escape(text)}</span>" for language, text in texts.items())
        banner = f'<p class="sub"><strong><bdi>{escape(publisher)}</bdi></strong> · {said}</p>'
        return {"": f"{before}{header}{banner}{after}".encode()}


def _text(value: object) -> str:
    """Return a text that no spreadsheet reads as a formula."""
    text = "" if value is None else " ".join(str(value).split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _name(name: object) -> object:
    """Return the name of an index, in the first language of those that have one."""
    return next(iter(name.values())) if isinstance(name, dict) else name
