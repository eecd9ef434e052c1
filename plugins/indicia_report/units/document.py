"""An HTML file without a script, for the pages of units and the gallery."""

from __future__ import annotations

import base64
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files

from indicia_report.markup import clean, escape


def document(title: str, language: str, body: str) -> bytes:
    """Return an HTML file whose policy allows its own style sheet, and nothing else."""
    style = files("indicia_report").joinpath("units", "units.css").read_text(encoding="utf-8")
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    page = (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="generator" content="Indicia {version("indicia")}">'
        f'<link rel="icon" href="data:,"><title>{escape(clean(title))}</title><style>{style}</style></head>'
        f"<body>\n{body}\n</body></html>\n"
    )
    return page.encode()
