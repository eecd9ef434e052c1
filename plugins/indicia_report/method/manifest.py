"""The manifest: what it takes to compute the page again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia_report.markup import escape
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from indicia_report.method.page_section import Shown


@dataclass(frozen=True)
class Manifest(PageSection):
    """Versions, methods, parameters, weights and hashes of the data."""

    name = "manifest"
    order = 190
    heading = "manifest"

    def draw(self, shown: Shown) -> str:
        """Return the manifest as JSON, folded."""
        document = {**shown.view.result.manifest, **shown.dossier.settings}
        text = escape(json.dumps(document, ensure_ascii=False, indent=1, default=str))
        summary = shown.texts.html("manifest_says")
        return f"<details><summary>{summary}</summary><pre tabindex=0 class=json>{text}</pre></details>"
