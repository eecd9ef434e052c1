"""--since: the difference from an earlier edition, in a report or a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.cli import options as o
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.cli.index_options import CodeOptions
    from indicia.questions import Questions
    from indicia.types import Period, TableLike
    from indicia_editions.difference import EditionDifference


def since_edition(
    since: str | None,
    since_table: str | None,
    index: Questions,
    table: TableLike | None,
    code: CodeOptions,
    output: Path | None,
    period: Period | None = None,
) -> EditionDifference | None:
    """Return the difference of an index from the edition of --since; None without the option.

    Refuse --since-table without --since, and an output that would replace a file that is read.
    """
    if since is None:
        if since_table is not None:
            raise DefinitionError("--since-table needs --since", remedy="--since names the earlier edition")
        return None
    o.check_output(output, since, since_table)
    # imported when the option is used, so that other runs start without it
    from indicia_bundle.edition_sources import difference_since

    result = index.score_frame(index.read_table(table))
    return difference_since(index, result, since, table=since_table, period=period, code=code.choices)
