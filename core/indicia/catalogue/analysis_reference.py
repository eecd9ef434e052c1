"""The reference of the analyses, in Markdown: `python -m indicia.catalogue.analysis_reference > docs/analyses.md`."""

from __future__ import annotations

import sys
from dataclasses import MISSING, fields
from inspect import cleandoc
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from indicia.analyses import tables_of
from indicia.catalogue.hookspecs import ANALYSES
from indicia.catalogue.reference import shipped
from indicia.documents.markdown import table_lines
from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Column, Table
    from indicia.catalogue.discovery import Catalogue

_HEAD = """\
# The analyses

<!-- Written by `python -m indicia.catalogue.analysis_reference > docs/analyses.md`: change the classes. -->

An analysis answers a question about the scores in tables and sentences. `indicia analyse` lists the installed ones, and
`indicia analyse NAME` answers one:

<!-- checked -->
```console
$ indicia analyse coupling examples/human_development --show degrees -f csv
unit,coupling,coordination,degree
CHE,0.9995009703706498,0.9670052517291141,0.9831188572379049
NOR,0.9997302767623235,0.966169312683185,0.9828065498194568
…
```

Without `--show`, an answer is a document with all tables: on the screen, and as `md`, `html`, `latex`, `docx`, `xlsx`
or `json`; workbooks and `json` have all rows. `--show TABLE` has all rows of one table, in every format of tables. The
options of a command are also words of the index file, and arguments in Python; an option on the command line replaces
that of the index file:

```toml
[analyses.obstacles]
top = 3
```

```python
import indicia

index = indicia.read("examples/human_development/index.toml")
answer = index.analyse("obstacles", top=1)
print(answer.sentences()[0].partition(":")[0])
print(answer.frame("counts").row(0))
```

<!-- printed -->
```text
Gross national income per capita is the largest obstacle on average
('national_income', 129, 0.3288199296489072)
```

[An analysis of your own](hooks/analysis.md) is a class of some thirty lines: the command, the section of the index
file, the formats and the documentation derive from it.
"""


def analysis_reference(catalogue: Catalogue) -> str:
    """Return the page of all analyses: question, formula, source, options and tables of each.

    >>> "## obstacles" in analysis_reference(shipped([ANALYSES]))
    True
    """
    return "\n".join([_HEAD, *(line for name in catalogue.names("analysis") for line in _lines(catalogue, name))])


def _lines(catalogue: Catalogue, name: str) -> Iterator[str]:
    """Yield the lines on an analysis."""
    analysis: Any = catalogue.offers["analysis", name].method
    text, _, examples = cleandoc(analysis.__doc__).partition("\b\nExamples:\n")
    yield from (f"## {name}", "", f"*{analysis.heading}*", "", text.rstrip(), "")
    if examples:
        yield from ("```text", dedent(examples), "```", "")
    if analysis.formula:
        yield from ("$$", analysis().formula_of_run, "$$", "")
    if analysis.reference:
        yield from (f"Source: {analysis.reference}.", "")
    if options := fields(analysis):
        rows = (_option(option, analysis.annotations_of_options()[option.name]) for option in options)
        yield from (*table_lines(["option", "default", "meaning"], rows), "")
    for table in tables_of(analysis).values():
        yield from lines_of_table(table)
    if others := [f"[{other.name}](#{other.name})" for other in analysis.joined]:
        yield from (f"Its answers have all tables of {join_names(others)} too.", "")


def _option(option: Any, annotation: Any) -> tuple[str, str, str]:
    default = option.default_factory() if option.default_factory is not MISSING else option.default
    shown = "" if default in (None, MISSING, (), {}) else f"`{str(default).lower() if default is False else default}`"
    notes = (getattr(note, "description", None) for note in getattr(annotation, "__metadata__", ()))
    return f"`{option.name}`", shown, next(filter(None, notes), "")


def lines_of_table(table: Table) -> Iterator[str]:
    """Yield the lines on a table."""
    caption = table.caption[:1].upper() + table.caption[1:]
    yield from (f"**`{table.name}`**: {caption}. {table.order}", "")
    yield from (*table_lines(["column", "kind", "meaning"], map(_row, table.columns.values())), "")


def _row(column: Column) -> tuple[str, str, str]:
    remarks = [*(["raw values"] if column.raw else []), *(["not in every answer"] if column.optional else [])]
    return f"`{column.name}`", "; ".join([column.kind.value, *remarks]), column.meaning


if __name__ == "__main__":
    sys.stdout.write(analysis_reference(shipped([ANALYSES])))
