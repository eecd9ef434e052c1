"""indicia run"""

from __future__ import annotations

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
from indicia.cli.expect import expectation


def run(
    *,
    source: o.Source = None,
    chosen: Chosen,
    show: o.ShowResult = "scores",
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: Code,
) -> None:
    """Score and rank; print the ranking, or write it with a manifest beside it."""
    o.check_format(format, output, escape)
    expected = expectation(expect)
    index, table = chosen.open(source, code, output, **chosen.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli import show as shown

    result = index.score(table)
    shown.result(result, show, format, output, lang, escape)
    if expected:
        expected.compare(result.manifest, result.input_tables)
