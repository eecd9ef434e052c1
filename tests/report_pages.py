"""Pages of results, and what they hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indicia_paper.dossier import Dossier
from indicia_report.page import page_of_dossier

if TYPE_CHECKING:
    from indicia.result import Result


def page_of(result: Result) -> str:
    """Return the page of a result alone, without rank intervals, variants and audit."""
    return page_of_dossier(Dossier(result))


def model_of_page(html: str) -> dict[str, Any]:
    """Return the data of a page."""
    start = html.index('id="model">') + len('id="model">')
    data: dict[str, Any] = json.loads(html[start : html.index("</script>", start)])
    return data


def part_of_page(html: str, name: str) -> str:
    """Return the markup of a section of a page."""
    return html.partition(f'<section id="{name}"')[2].partition("</section>")[0]
