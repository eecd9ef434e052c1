"""indicia recast"""

from __future__ import annotations

from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions
from indicia.cli.language import reader_language


def recast(
    *,
    new: Annotated[
        str, typer.Argument(metavar="INDEX", help="The new method: index file or its folder, or fitted index.")
    ],
    tables: Annotated[
        list[str],
        typer.Argument(
            metavar="TABLE...", help="The tables of the years, or a panel; 2020=data.csv gives a table another name."
        ),
    ],
    show: o.ShowRecast = "series",
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Score old years under the new method, as one series of scores and ranks.

    A fitted index scores all tables by its statistics. An index with a period scores the tables as one panel, with
    statistics as the index file states them. Another index scores each table by itself.

    \b
    Examples:
      indicia recast edition-2024.json 2022.csv 2023.csv 2024.csv -o series.csv
      indicia recast index.toml panel.csv                  all periods of a panel
      indicia recast 2024/index.toml 2022=old/data.csv 2023=data.csv
    """
    o.check_format(format, output, escape)
    expected = expectation(expect)
    # imported when the command runs, so that --help and completion start without polars
    from indicia import edition_sources
    from indicia.cli.output import note_raw_values, print_line, print_table
    from indicia.data import escape_formulas
    from indicia.definition import text

    for source in (new, *(edition_sources.named_table(table)[1] for table in tables)):
        o.check_output(output, source)
    outcome = edition_sources.recast(new, tables, code=code.of_editions)
    lang = reader_language(lang, outcome.definition)
    frame, manifest = outcome.frame(show), {**outcome.manifest, "table": show} if output or expected else None
    if output is None and format in (None, "table"):  # the labels of other languages are for files
        data = outcome.definition.data
        frame = frame.drop({*data.labels()} - {data.unit, text(data.label, lang)}, strict=False)
    print_table(escape_formulas(frame) if escape else frame, format, output, outcome.titled(lang), manifest)
    names = outcome.reader_names(lang)
    for note in outcome.notes:
        print_line(f"note: {note.in_language(lang, names)}", err=True)
    if output:
        note_raw_values(outcome.definition, output)
    if expected and manifest:
        expected.compare(manifest, outcome.input_tables)
