"""indicia replay"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions
from indicia.cli.language import reader_language
from indicia.errors import OutputError


def replay(
    *,
    file: Annotated[Path, typer.Argument(metavar="PACK", help="The zip that indicia pack wrote.")],
    table: Annotated[
        str | None,
        typer.Option("--table", help="The file of the data, or the folder with its files, if the pack has no data."),
    ] = None,
    within: Annotated[
        float, typer.Option("--within", min=0, help="The largest difference of two numbers that counts as the same.")
    ] = 0.0,
    show: o.ShowReplay = None,
    format: Annotated[
        str | None,
        typer.Option("--format", "-f", help="json for the whole comparison; a table of --show: csv, tsv, md, … too."),
    ] = None,
    output: o.Output = None,
    lang: o.Language = None,
    code: CodeOptions,
) -> None:
    """Compute a pack again, and compare every table; exit 1 if one differs.

    The files of the pack are checked by their hashes first: a file that is not as it was packed is an error.

    \b
    Examples:
      indicia replay index-2024.zip                    all tables, bit by bit
      indicia replay index-2024.zip --within 1e-12     numbers may differ by so much
      indicia replay index-2024.zip --table data/      a pack without its data
      indicia replay index-2024.zip --show units       the units whose score or rank differs
    """
    is_document = show is None and (format == "json" or (output is not None and output.suffix == ".json"))
    if show is None and not is_document and (output is not None or format not in (None, "table")):
        raise OutputError("only json holds a whole comparison", remedy="-f json, or --show compared for one table")
    o.check_format(format, output)
    o.check_output(output, file, table)
    # imported when the command runs, so that --help and completion start without polars
    import indicia_bundle as bundle
    from indicia.cli.folding import fold
    from indicia.cli.output import print_line, print_table, write_output

    outcome = bundle.replay(
        file,
        table=table,
        plugins=code.plugin,
        allow_code=code.allow_code,
        only_plugins=code.only,
        tolerance=within,
    )
    lang = reader_language(lang, outcome.definition)
    if is_document:
        content = json.dumps(outcome.document, ensure_ascii=False, indent=1, default=str) + "\n"
        write_output(content.encode(), output, outcome.manifest if output else None)
    elif show is not None:
        manifest = {**outcome.manifest, "table": show} if output else None
        print_table(outcome.frame(show), format, output, outcome.titled(lang), manifest)
    else:
        print_line(outcome.titled(lang))
        for line in [*outcome.sentences(lang), *(note.in_language(lang, {}) for note in outcome.notes)]:
            print_line(fold(line, 2))
    if not outcome.is_same:
        raise typer.Exit(1)
