"""Promises of analyses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.testing import assert_frame_equal

from indicia.analyses import Analysis, Kind
from indicia.answers.ask import answer_of
from indicia.answers.document import document_of
from indicia.answers.writers import indicia_writers, written
from indicia.documents.html import elements
from indicia.errors import IndiciaError
from indicia.outputs import markup_problem
from indicia_conformance.check import check
from indicia_conformance.outputs import HOSTILE_TAG, SECRETS, OutputSample, output_samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Table
    from indicia.answers.answer import Answer
    from indicia_conformance.subject import Subject


@check("analysis")
def check_analysis_answers(subject: Subject) -> None:
    """An index gets an answer with the declared tables, or an error that names the reason."""
    if not list(_answers(subject)):
        reason = f": {subject.errors[-1]}" if subject.errors else ""
        subject.fail("it answers", f"no sample has an answer{reason}")


@check("analysis")
def check_analysis_on_small_tables(subject: Subject) -> None:
    """One unit, two equal units and a unit without values get an answer or an error that names the reason."""
    for sample in output_samples():
        for name, table in _edges(sample):
            _ask(subject, sample, table, name)


@check("analysis")
def check_analysis_again(subject: Subject) -> None:
    """The same index and data give the same answer."""
    for sample, answer in _answers(subject):
        _compare(subject, sample, answer, _ask(subject, sample, sample.table, "again"), "the same answer again")


@check("analysis")
def check_analysis_ignores_order_of_rows(subject: Subject) -> None:
    """The order of the rows of the data changes no table and no sentence."""
    for sample, answer in _answers(subject):
        for shuffled in (sample.table.reverse(), sample.table.sample(fraction=1.0, shuffle=True, seed=5)):
            other = _ask(subject, sample, shuffled, "with other rows first")
            _compare(subject, sample, answer, other, "the order of rows changes nothing")


@check("analysis")
def check_analysis_names_units_and_parts(subject: Subject) -> None:
    """Columns of units and parts hold keys of the index, so that readers see their names."""
    for sample, answer in _answers(subject):
        known = answer.reader_names()
        for table in answer.frames:
            if isinstance(frame := _frame(answer, table), str):
                continue
            for name, column in answer.columns(table).items():
                if column is not None and column.kind in (Kind.UNIT, Kind.PART):
                    strange = [value for value in frame[name] if value is not None and value not in known]
                    if strange:
                        example = f"{table.name} has {strange[0]!r:.60} in {name}; {sample}"
                        subject.fail("units and parts are named by their keys", example)


@check("analysis")
def check_analysis_is_written(subject: Subject) -> None:
    """Every format is written, and names of the index file and of the data are text in it, not markup."""
    for sample, answer in _answers(subject):
        for language in (None, "zh"):
            with subject.watch(sample):
                written_elements = elements(document_of(answer, language))
                texts = [written(answer, form, language) for form in indicia_writers()]
            if f"<{HOSTILE_TAG}" in written_elements or markup_problem(written_elements) or not all(texts):
                subject.fail("every format is written", f"{markup_problem(written_elements) or HOSTILE_TAG}; {sample}")


@check("analysis")
def check_analysis_withholds_raw_values(subject: Subject) -> None:
    """Raw values that the index file does not publish are in no document."""
    for sample, answer in _answers(subject):
        if "not published" in sample.name:
            with subject.watch(sample):
                texts = written(answer, "json").decode() + written(answer, "md").decode()
            shown = [secret for secret in SECRETS if secret in texts]
            if shown:
                subject.fail("raw values are not published", f"{shown[0]} is in a document; mark its Column raw=True")


@check("analysis")
def check_analysis_as_json(subject: Subject) -> None:
    """JSON holds all rows of the tables that the document shows, with the meaning of each column."""
    for sample, answer in _answers(subject):
        with subject.watch(sample):
            tables = json.loads(written(answer, "json"))["tables"]
        for table in answer.document_tables:
            rows = json.loads(json.dumps(answer.published(table).to_dicts(), default=str))
            if tables[table.name]["rows"] != rows:
                subject.fail("JSON holds all rows", f"{table.name} with {len(rows)} rows; {sample}")


def _edges(sample: OutputSample) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield small tables of the sample."""
    index, table = sample.index, sample.table
    unit, numbers = str(index.definition.data.unit), list(index.definition.indicators)
    first = table.filter(pl.col(unit) == table[unit][0])
    twin = pl.concat([first, first.with_columns(pl.lit("Twin").alias(unit))])
    yield "of one unit", first
    yield "of two equal units", twin
    empty = pl.when(pl.col(unit) == table[unit][0]).then(None).otherwise(pl.col(numbers)).name.keep()
    yield "with a unit without values", table.with_columns(empty)


def _analysis(subject: Subject) -> Analysis:
    assert isinstance(subject.method, Analysis)
    return subject.method


def _answers(subject: Subject) -> Iterator[tuple[OutputSample, Answer[Any]]]:
    """Yield the answers to the samples that have one."""
    for sample in output_samples():
        if (answer := _ask(subject, sample, sample.table, "")) is not None:
            yield sample, answer


def _ask(subject: Subject, sample: OutputSample, table: pl.DataFrame, case: str) -> Answer[Any] | None:
    """Return the answer to a table; None for an error that names the reason."""
    try:
        with subject.watch(f"{sample} {case}".rstrip()):
            answer = answer_of(sample.index, _analysis(subject), table)
            answer.sentences()
            return answer
    except IndiciaError as error:
        subject.errors.append(str(error))
        return None


def _frame(answer: Answer[Any], table: Table) -> pl.DataFrame | str:
    """Return a table, or the reason why this index has none, such as a comparison without a published ranking."""
    try:
        return answer[table]
    except IndiciaError as error:
        return str(error)


def _compare(
    subject: Subject, sample: OutputSample, answer: Answer[Any], other: Answer[Any] | None, promise: str
) -> None:
    """Fail unless two answers have the same tables and sentences."""
    if other is None:
        subject.fail(promise, f"the other run has no answer: {subject.errors[-1]}; {sample}")
    for table in answer.frames:
        in_order = "the order of the data" not in table.order
        frame, again = _frame(answer, table), _frame(other, table)
        if isinstance(frame, str) or isinstance(again, str):
            if not (isinstance(frame, str) and frame == again):
                subject.fail(promise, f"{table.name} has an answer in one of two runs; {sample}")
            continue
        try:
            frame, again = _members_by_name(answer, table, frame), _members_by_name(other, table, again)
            assert_frame_equal(frame, again, rel_tol=1e-9, abs_tol=1e-12, check_row_order=in_order)
        except AssertionError as error:
            subject.fail(promise, f"{table.name} differs: {str(error).splitlines()[0]}; {sample}")
    if answer.sentences() != other.sentences():
        subject.fail(promise, f"the sentences differ: {answer.sentences()[:1]} and {other.sentences()[:1]}; {sample}")


def _members_by_name(answer: Answer[Any], table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table with its columns of units by name: as its rows, they may follow the order of the data."""
    is_member = {
        name: column is not None and column.place == "member" for name, column in answer.columns(table).items()
    }
    members = iter(sorted(name for name in frame.columns if is_member[name]))
    return frame.select(next(members) if is_member[name] else name for name in frame.columns)
