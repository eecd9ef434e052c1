"""The formats of a whole audit, in a module of their own: a command that prints a screen imports no report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from indicia.data import format_of

if TYPE_CHECKING:
    from pathlib import Path

AnnexFormat: TypeAlias = Literal["md", "latex", "html", "json", "sarif"]
ANNEX_FORMATS: tuple[AnnexFormat, ...] = get_args(AnnexFormat)
"""The formats of a whole audit."""


def annex_format(path: Path) -> str:
    """Return the format of a file by its ending, which may be one of a table too.

    Raises
    ------
    OutputError
        If no format has the ending.
    """
    return "sarif" if path.suffix.lower() == ".sarif" else format_of(path)
