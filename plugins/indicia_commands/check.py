"""indicia check"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from indicia.analyses.words_of_draws import FAIL_ON
from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia_commands.engine_options import PartitionOptions
from indicia_commands.expect import expectation
from indicia_commands.partitions import inspect_partitions, takes_partitions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia_audit.inspection import Inspection, ReportedFinding

_FAILS = f"{FAIL_ON.description[:1].upper()}{FAIL_ON.description[1:]}."
FailOn = Annotated[str | None, typer.Option("--fail-on", metavar=FAIL_ON.metavar, help=_FAILS)]
_INDICATORS = 12
"""The largest number of indicators on the screen."""
_WIDTH = 80
"""The width of a screen, in columns."""
_SHORTEST_NAME = 10
_GROUPS = 12
"""The largest number of lines of findings on the screen."""
_MARKS: dict[str, str] = {"benefit": "↑", "cost": "↓", "target": "→", "interval": "→"}


def check(
    *,
    source: o.Source = None,
    options: IndexOptions,
    show: o.ShowInspection = None,
    fail_on: FailOn = None,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    engine: PartitionOptions,
    code: CodeOptions,
) -> None:
    """Report on the data: directions, gaps, outliers and findings of checks, without a score.

    A folder or pattern of files is read in partitions: statistics are of all rows, and checks of single rows look at
    every k-th row.
    """
    o.check_format(format, output, escape)
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import note_raw_values, print_table
    from indicia.data import escape_formulas, format_of

    lang = reader_language(lang, index.definition)
    inspection: Inspection
    if takes_partitions(engine, index, table):
        inspection = inspect_partitions(index, table, engine)
    else:  # without an index file, `table` is the frame whose columns were inferred, and `source` its name
        inspection = index.inspect_frame(index.read_table(table), table if table is None else source)
    failing = inspection.fails(fail_on) if fail_on else []
    kind = format or (format_of(output) if output else "table")
    if show is None and kind == "table":
        _page(inspection, lang)
    elif show is None and kind == "json":
        _write_document(inspection, output)
    else:
        name = show or "findings"
        frame = inspection.frame(cast("Any", name))
        manifest = {**inspection.manifest, **inspection.manifest_of_checks, "table": name} if output else None
        print_table(escape_formulas(frame) if escape else frame, format, output, inspection.titled(lang), manifest)
    if output:
        note_raw_values(index.definition, output)
    if inspection.errors:
        sys.stdout.flush()  # the report precedes the error
        raise inspection.errors[0]
    if expected:
        expected.compare(inspection.manifest)
    if failing:
        raise typer.Exit(1)


def _write_document(inspection: Inspection, output: Path | None) -> None:
    """Write all tables as one JSON document."""
    from indicia.cli.output import write_output

    text = json.dumps(inspection.document, ensure_ascii=False, indent=2, default=str)
    manifest = {**inspection.manifest, **inspection.manifest_of_checks, "table": "all"} if output else None
    write_output(f"{text}\n".encode(), output, manifest)


def _page(inspection: Inspection, language: str | None) -> None:
    """Print the report on one screen: indicators, findings, what has no role, and the verdict."""
    from indicia.cli.output import print_grid, print_line, print_paragraphs
    from indicia.errors import pluralise

    names = inspection.reader_names(language) if language else {}
    print_line(inspection.titled(language))
    if inspection.files:
        print_line(inspection.files)
    if inspection.coverage:
        print_paragraphs([inspection.coverage])
    print_grid(_HEADINGS, _rows(inspection, names), right=_RIGHT)
    more = len(inspection.indicators) - _INDICATORS
    if more > 0:
        print_line(f"… {pluralise(more, 'more indicator')}; --show indicators lists all")
    print_paragraphs(_lines(inspection))


_HEADINGS = ("indicator", "", "present", "min", "median", "max", "skew", "kurt", "findings", "out")
_RIGHT = ("present", "min", "median", "max", "skew", "kurt", "out")


def _rows(inspection: Inspection, names: dict[str, str]) -> list[list[str]]:
    """Return the indicators, those with findings first if there are many; names are cut until rows fit a screen."""
    from indicia.cli.output import display_width, shorten

    codes: dict[str, list[str]] = {}
    for entry in inspection.reported_findings:
        if entry.is_problem:
            codes.setdefault(entry.finding.where, []).append(entry.code)
    indicators = inspection.indicators.to_dicts()
    if len(indicators) > _INDICATORS:  # a stable sort: the order of the index file otherwise
        indicators.sort(key=lambda row: row["indicator"] not in codes)
    rows = [_row(row, names, codes.get(row["indicator"], [])) for row in indicators[:_INDICATORS]]
    widths = [max(map(display_width, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    space = _WIDTH - sum(widths[1:]) - 2 * (len(widths) - 1)
    limit = max(_SHORTEST_NAME, min(space, widths[0]))
    return [[shorten(row[0], limit), *row[1:]] for row in rows]


def _row(row: dict[str, Any], names: dict[str, str], codes: list[str]) -> list[str]:
    """Return the cells of an indicator; `?` follows an assumed direction, and `!` a contradicted one."""
    from indicia.notes import percentage

    doubts = ("?" if row["direction_source"] == "assumed" else "") + ("!" if row["direction_conflict"] else "")
    return [
        names.get(row["indicator"], row["indicator"]),
        _MARKS[row["direction"]] + doubts,
        percentage(row["share"] or 0.0),
        *(_number(row[key], 3) for key in ("minimum", "median", "maximum")),
        *(_number(row[key], 2) for key in ("skewness", "kurtosis")),
        " ".join(dict.fromkeys(codes)),
        str(row["outliers"]),
    ]


def _number(value: float | None, digits: int) -> str:
    """Return a number with few digits.

    >>> _number(0.123456, 3), _number(1234567.0, 3), _number(12345678.0, 3)
    ('0.123', '1234567', '1.23e+07')
    """
    if value is None:
        return "–"
    if abs(value) >= 1e7:
        return f"{value:.3g}"
    return f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"


def _lines(inspection: Inspection) -> Iterator[str]:
    """Yield the lines below the indicators."""
    from indicia.defaults import CODE_OF_DIRECTIONS
    from indicia.errors import join_names

    harms = any(facts.direction_of_dimension == "cost" for facts in inspection.subject.indicators.values())
    legend = "↑ raises the score, ↓ lowers it" if harms else "↑ more is better, ↓ less is"
    if (inspection.indicators["direction_source"] == "assumed").any():
        legend += ", ? assumed (no direction in the index file)"
    if inspection.indicators["direction_conflict"].any():
        legend += f", ! contradicted ({CODE_OF_DIRECTIONS})"
    yield legend
    yield from inspection.remarks
    yield inspection.gaps
    if inspection.sources.files_outside:
        yield f"files outside the folder of the index file: {', '.join(inspection.sources.files_outside)}"
    for reason, names in inspection.unused.group_by("reason", maintain_order=True).agg("name").iter_rows():
        yield f"not used: {join_names(names, 6)}: {reason}"
    groups = list(_grouped(inspection.reported_findings))
    yield from groups[:_GROUPS]
    if len(groups) > _GROUPS:
        yield f"… {len(groups) - _GROUPS} more checks with findings"
    for entry in inspection.reported_findings:
        if entry.is_waived:
            yield f"waived {entry.code}: {entry.finding.sentence}; reason: {entry.waiver}"
    yield from (f"error: {error.reason}" for error in inspection.errors[1:])  # the command ends with the first one
    hidden = "; --show findings lists all" if inspection.reported_findings else ""
    yield inspection.verdict + hidden


def _grouped(reported_findings: tuple[ReportedFinding, ...]) -> Iterator[str]:
    """Yield a line for each check and severity: the first finding, and the number of the others.

    Findings on all rows and on a sample of rows have lines of their own.
    """
    groups: dict[tuple[str, str, bool], list[ReportedFinding]] = {}
    for entry in reported_findings:
        if entry.is_problem:
            groups.setdefault((entry.severity, entry.code, entry.finding.evidence == "sample"), []).append(entry)
    for (severity, code, _), members in groups.items():
        sentence = members[0].sentence_with_remedy if len(members) == 1 else members[0].finding.sentence
        others = ", ".join(dict.fromkeys(member.finding.where for member in members[1:4]))
        more = f"; also {others}" if others else ""
        more += f" and {len(members) - 4} more" if len(members) > 4 else ""
        yield f"{severity} {code}: {sentence}{more}"
