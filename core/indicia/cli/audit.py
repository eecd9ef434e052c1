"""indicia audit"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from indicia.analyses import tables_of
from indicia.audit.declared import DeclaredAudit
from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.defaults import ANALYSES_OF_AUDIT
from indicia.errors import OutputError
from indicia.lazy import class_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.audit import Audit, Chapter
    from indicia.inspection import ReportedFinding

_ANALYSED = [name for place in ANALYSES_OF_AUDIT for name in class_at(place).tables()]
if TYPE_CHECKING:
    _Tables = str
else:
    _Tables = Literal[(*tables_of(DeclaredAudit), *_ANALYSED)]
_SARIF = "sarif"
_ALSO = 3
"""The largest number of further places that a line names, and of further lines about one place."""


def audit(
    *,
    source: o.Source = None,
    options: IndexOptions,
    at: o.Period = None,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="Thresholds and severities: jrc (default), strict, or a TOML file of your own."),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option("--draws", min=1, help="Number of Monte Carlo draws; default: that of the profile, 4000."),
    ] = None,
    seed: o.Seed = None,
    full: Annotated[
        bool,
        typer.Option("--full", help="Add what takes long: Sobol' indices, each unit left out, unbounded frontiers."),
    ] = False,
    fail_on: o.FailOn = None,
    show: Annotated[_Tables | None, typer.Option("--show", help="The table to print or write.")] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="Whole audit: table, md, latex, html, json or sarif. One table: csv, tsv, ndjson, xlsx, parquet, too.",
        ),
    ] = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Audit the index as the JRC does: data, structure, coherence, weights, uncertainty, sensitivity.

    Each check has a code, and `indicia checks C03` explains it. [checks.CODE] of the index file sets thresholds, and
    [[waivers]] accept findings with a reason.

    \b
    Examples:
      indicia audit                               the verdict, and the findings by chapter
      indicia audit --fail-on error               exit 1 on an error, for a pipeline
      indicia audit -o annex.md                   an annex: findings, tables, thresholds, citations
      indicia audit -o annex.tex --full           the same in LaTeX, with the checks that take long
      indicia audit -o audit.sarif                for the code scanning of a forge
      indicia audit --show intervals -o ranks.csv one table behind the findings
    """
    # read when NumPy is imported below: the matrices of an audit are so small that threads take longer than they save
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    kind = _format(format, output, escape, is_whole=show is None)
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.audit import AuditSettings
    from indicia.audit.annex_formats import ANNEX_FORMATS
    from indicia.audit.audit import audit as run_audit
    from indicia.cli.output import note_raw_values, print_line, print_table, progress_bar, write_output
    from indicia.data import escape_formulas
    from indicia.inspection.remarks import words_of_limit

    lang = reader_language(lang, index.definition)
    if fail_on is not None:  # a wrong word is an error before anything is computed
        words_of_limit(fail_on, index.catalogue.with_checks().names("check"))
    settings = AuditSettings.of(index, profile=profile, draws=draws, seed=seed, period=at, is_full=full)
    with progress_bar() as progress:
        # without an index file, `table` is the frame whose columns were inferred, and `source` its name
        frame = index.read_table(table)
        outcome = run_audit(index, frame, settings, table=table if table is None else source, progress=progress)
    failing = outcome.failing(fail_on)
    if show is None and kind == "table":
        _page(outcome, lang)
    elif show is None and (whole := next((name for name in ANNEX_FORMATS if name == kind), None)):
        from indicia.exporting import files_of

        manifest = {**outcome.manifest, "table": "all"} if output else None
        write_output(files_of(outcome, "audit", whole, language=lang)[""], output, manifest)
    else:
        name = show or "findings"
        rows = outcome.frame(name)
        manifest = {**outcome.manifest, "table": name} if output else None
        print_table(escape_formulas(rows) if escape else rows, format, output, outcome.titled(lang), manifest)
        if rows.is_empty():
            print_line(f"note: {name} has no rows{_reason_for_no_rows(name, outcome)}", err=True)
    if output:
        note_raw_values(index.definition, output)
    if expected:
        expected.compare(outcome.manifest)
    if failing:
        raise typer.Exit(1)


def _format(format: str | None, output: Path | None, escape: bool, *, is_whole: bool) -> str:
    """Return the format of the output; refuse one that cannot be written, before anything is computed."""
    from indicia.audit.annex_formats import annex_format

    if format != _SARIF and (output is None or output.suffix.lower() != f".{_SARIF}"):
        try:
            o.check_format(format, output, escape)
        except OutputError as error:
            if is_whole and error.remedy and error.remedy.startswith("known: "):
                error.remedy += f", {_SARIF}" if format else f", .{_SARIF}"
            raise
    kind = format or (annex_format(output) if output else "table")
    if kind == _SARIF:
        if not is_whole or escape:
            option = "--escape-formulas" if escape else "--show"
            raise OutputError(f"sarif holds a whole audit, and {option} is for tables", remedy=f"leave {option} out")
        o.check_output(output)
    return kind


def _reason_for_no_rows(name: str, outcome: Audit) -> str:
    """Return a clause with the reason why a table of the audit is empty; nothing if it need not have rows."""
    reasons = {
        "sensitivity": ": indicia audit --full computes it",
        "spatial": ": the index file states no neighbours in [outside]",
        "local_spatial": ": the index file states no neighbours in [outside]",
        "inequality_by_group": ": the index file states no groups in [data]",
        "inequality_by_pair": ": the index file states no groups in [data], or no column has such parts",
        "rotated": ": no node has two or more components to rotate",
        "promax": ": no node has two or more components to rotate",
        "factor_correlations": ": no node has two or more components to rotate",
    }
    if name in ("intervals", "sensitivity") and outcome.robust is None:
        return f": {outcome.subject.absences.get('draws', 'nothing is drawn')}"
    return reasons.get(name, "")


def _page(outcome: Audit, language: str | None) -> None:
    """Print the verdict, and the findings by chapter."""
    from indicia.cli.folding import fold
    from indicia.cli.output import print_line, print_section
    from indicia.definition import ROOT
    from indicia.messages.translations import in_language

    print_line(fold(outcome.titled(language), 2))
    if outcome.inspection.files:
        print_line(fold(outcome.inspection.files, 2))
    names = {**outcome.reader_names(language), ROOT: in_language(ROOT, language)}
    print_section("Verdict", [fold(in_language(outcome.verdict, language, names=names))])
    for chapter in outcome.chapters:
        lines = list(_lines(chapter, language, names))
        if lines:
            print_section(chapter.heading, (fold(line, 2) for line in lines))
    notes = list(dict.fromkeys([*outcome.remarks, *_notes(outcome, language)]))
    if notes:
        print_section("Notes", (fold(note, 2) for note in notes))
    if outcome.skipped_checks:
        print_section("Not looked at", (fold(line, 2) for line in _skipped(outcome)))


def _lines(chapter: Chapter, language: str | None = None, names: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield a line for each check and severity of a chapter, the gravest first, then the waived findings.

    Further findings about the place of the first one have lines of their own, since their sentences differ.
    """
    groups: dict[tuple[str, str], list[ReportedFinding]] = {}
    for entry in chapter.findings:
        if not entry.is_waived:
            groups.setdefault((entry.severity, entry.code), []).append(entry)
    for (severity, code), members in groups.items():
        first = members[0].finding
        in_words = members[0].sentence_in if severity == "information" else members[0].sentence_with_remedy_in
        sentence = in_words(language, names)
        others = list(dict.fromkeys(entry.finding.where for entry in members[1:] if entry.finding.where != first.where))
        also = f"; also {', '.join(others[:_ALSO])}" if others else ""
        also += f" and {len(others) - _ALSO} more" if len(others) > _ALSO else ""
        yield f"{severity} {code}: {sentence}{also}"
        same_place = [entry for entry in members[1:] if entry.finding.where == first.where]
        yield from (f"{severity} {code}: {entry.sentence_in(language, names)}" for entry in same_place[:_ALSO])
        if (more := len(same_place) - _ALSO) > 0:
            yield f"{severity} {code}: {more} more about {first.where}; --show findings lists all"
    for entry in chapter.findings:
        if entry.is_waived:
            yield f"waived {entry.code}: {entry.sentence_in(language, names)}; reason: {entry.waiver}"


def _skipped(outcome: Audit) -> Iterator[str]:
    """Yield a line for each reason with the codes of the checks that did not look."""
    codes: dict[str, list[str]] = {}
    for skip in outcome.skipped_checks:
        codes.setdefault(skip.reason, []).append(skip.check.code)
    yield from (f"{', '.join(names)}: {reason}" for reason, names in codes.items())


def _notes(outcome: Audit, language: str | None) -> Iterator[str]:
    names = outcome.reader_names(language)
    yield from (note.in_language(language, names) for note in outcome.notes)
