"""indicia run"""

from __future__ import annotations

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.row_options import RowOptions


def run(
    *,
    source: o.Source = None,
    options: IndexOptions,
    show: o.ShowResult = "scores",
    rows: RowOptions,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Score and rank; print the ranking, or write it to a file with a manifest beside it."""
    o.check_format(format, output, escape)
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_result

    result = index.score(table)
    print_result(result, show, format, output, lang, escape, rows)
    if expected:
        expected.compare(result.manifest, result.input_tables)
