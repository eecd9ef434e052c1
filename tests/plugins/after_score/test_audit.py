"""The content of an annex of an audit, and of its SARIF log, before any page is written."""

from __future__ import annotations

import io
import json
import re
import tomllib
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
import indicia_after_score
from indicia.analyses import Facts, tables_of
from indicia.answers.ask import held
from indicia.answers.document import ROWS_OF_ANNEX, document_of
from indicia.answers.needs import Asked
from indicia.answers.writers import written
from indicia.checks import CHAPTERS
from indicia.documents.blocks import Heading, Items, Line, TextTable
from indicia_after_score.audit import Audit
from indicia_after_score.sarif import audit_in_sarif
from indicia_audit.chapters import FURTHER

if TYPE_CHECKING:
    from indicia.documents.blocks import Block
    from indicia_audit import AuditAnswer

INDEX = """\
[data]
unit = "code"
label = "town"
[dimensions]
wealth = {}
nature = {}
[indicators]
income = { direction = "benefit", dimension = "wealth" }
schools = { direction = "benefit", dimension = "wealth" }
parks = { direction = "benefit", dimension = "nature" }
air = { direction = "benefit", dimension = "nature" }
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> AuditAnswer:
    file = tmp_path_factory.mktemp("annex") / "index.toml"
    file.write_text(INDEX, encoding="utf-8")
    values = np.random.default_rng(3).uniform(10, 90, (10, 4)).round(1)
    columns = dict(zip(("income", "schools", "parks", "air"), values.T, strict=True))
    towns = pl.DataFrame({"code": [f"T{row}" for row in range(10)], "town": [f"Town {row}" for row in range(10)]})
    return indicia.read(file).audit(towns.with_columns(**columns), draws=20)


def with_findings(outcome: AuditAnswer, number: int, waived: int = 0) -> AuditAnswer:
    """Return the audit with findings of its first check alone, the first of them waived."""
    entry = outcome.reported_findings[0]
    findings = [
        replace(
            entry,
            finding=replace(entry.finding, where=f"T{row}", sentence=f"T{row} is odd"),
            waiver="a reason" if row < waived else None,
        )
        for row in range(number)
    ]
    analysis, asked = outcome.analysis, outcome.facts[Asked()]
    figures = replace(outcome.figures, reported_findings=tuple(findings))
    facts = Facts({Asked(): asked, analysis.audited: figures})
    return replace(outcome, facts=facts, frames=held(analysis, facts, outcome.names_in_columns))


def below(outcome: AuditAnswer, heading: str, language: str | None = None) -> list[Block]:
    """Return the blocks of a file below a heading."""
    blocks = document_of(outcome, language)
    start = next(at for at, block in enumerate(blocks) if isinstance(block, Heading) and block.text == heading)
    return [*takewhile(lambda block: not isinstance(block, Heading), blocks[start + 1 :])]


def table_of(outcome: AuditAnswer, name: str) -> TextTable:
    """Return a table of a file."""
    (table,) = (block for block in document_of(outcome) if isinstance(block, TextTable) and block.name == name)
    return table


def test_a_file_has_the_document_of_the_screen_and_the_annex_below(outcome: AuditAnswer) -> None:
    screen, file = document_of(outcome, published=False), document_of(outcome)
    assert file[: len(screen)] == screen
    headings = [block.text for block in file[len(screen) :] if isinstance(block, Heading)]
    assert headings == ["Tables", "Profile and thresholds", "Methods", "Sources of the checks", "How to cite"]


def test_all_findings_stand_in_the_table_of_a_file(outcome: AuditAnswer) -> None:
    rows = table_of(with_findings(outcome, 30), "findings").rows
    assert [row[rows[0].index("T0 is odd")] for row in rows] == [f"T{row} is odd" for row in range(30)]


def test_waived_findings_stand_after_the_others_with_their_reason(outcome: AuditAnswer) -> None:
    changed = with_findings(outcome, 3, waived=1)
    entry = outcome.reported_findings[0]
    (heading,) = (chapter.heading for chapter in changed.chapters if chapter.findings)
    (lines,) = (block for block in below(changed, heading) if isinstance(block, Items))
    assert lines.texts[0].startswith(f"{entry.severity} {entry.code}: T1 is odd")
    assert lines.texts[0].endswith("; also T2")
    assert lines.texts[1:] == [f"waived {entry.code}: T0 is odd; reason: a reason"]


def test_a_work_is_listed_once_with_the_codes_of_its_checks(outcome: AuditAnswer) -> None:
    sources = dict(outcome.frame("sources").rows())
    assert not any(work.startswith("Indicia") for work in sources)
    figures = outcome.figures
    codes = {chosen.code for chosen in figures.checks} - {skip.check.code for skip in figures.skipped_checks}
    (handbook,) = (checks for work, checks in sources.items() if work.endswith("10.1787/9789264043466-en"))
    assert {part.partition(":")[0] for part in handbook.split("; ")} <= codes


def test_a_check_has_its_thresholds_and_a_skipped_check_its_reason(outcome: AuditAnswer) -> None:
    thresholds = {row[0]: row[2] for row in outcome.frame("thresholds").rows()}
    assert thresholds["D05"] == "skewness = 2; kurtosis = 3.5"
    assert "methods = arithmetic, geometric, mazziotta_pareto, min" in thresholds["B02"]
    (skipped,) = below(outcome, "Not looked at")
    assert isinstance(skipped, Items)
    (line,) = (line for line in skipped.texts if "P01" in line)
    assert line.endswith(": the index has one period")
    assert "P01" not in thresholds


def test_a_part_has_its_correlation_with_its_node_with_the_rest_of_the_node_and_with_the_index(
    outcome: AuditAnswer,
) -> None:
    rows = table_of(outcome, "node_correlations").rows
    shown = {row[2]: row[5] for row in rows if row[:2] == ("wealth", "income")}
    frame = outcome.frame("node_correlations").filter(node="wealth", item="income")
    for relation in ("own", "rest", "index"):
        assert shown[relation] == f"{frame.filter(relation=relation)['r'].item():.3f}"


def test_ranks_have_the_labels_of_units(outcome: AuditAnswer) -> None:
    table = table_of(outcome, "intervals")
    assert table.headings[:5] == ["rank", "town", "5 %", "median", "95 %"]
    assert table.numbers[:5] == [True, False, True, True, True]
    assert all(row[1].startswith("Town ") for row in table.rows)


def test_a_long_table_counts_its_other_rows(outcome: AuditAnswer) -> None:
    changed = with_findings(outcome, 300)
    table = table_of(changed, "findings")
    assert len(table.rows) == ROWS_OF_ANNEX == 250
    assert table.notes == ["50 more rows"]


def test_a_result_of_sarif_has_a_fingerprint_of_code_and_place_and_no_empty_property(outcome: AuditAnswer) -> None:
    results = json.loads(audit_in_sarif(outcome))["runs"][0]["results"]
    places = {(result["ruleId"], result["locations"][0]["logicalLocations"][0]["name"]) for result in results}
    marks = [result["partialFingerprints"]["codeAndPlace/v1"] for result in results]
    assert len(set(marks)) == len(places)
    assert all(value is not None for result in results for value in result["properties"].values())


def test_an_index_file_outside_the_working_directory_is_a_file_uri(outcome: AuditAnswer) -> None:
    result = json.loads(audit_in_sarif(outcome))["runs"][0]["results"][0]
    assert outcome.figures.origin.path
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == Path(outcome.figures.origin.path).resolve().as_uri()


def test_every_text_of_an_audit_has_its_chinese() -> None:
    catalogue = Path(str(indicia_after_score.__file__)).parent / "messages" / "zh.toml"
    chinese = tomllib.loads(catalogue.read_text(encoding="utf-8"))
    texts = {Audit.heading, *CHAPTERS.values(), FURTHER}
    for table in tables_of(Audit).values():
        texts |= {table.caption, *(column.heading for column in table.columns.values() if not column.place)}
    assert texts - chinese.keys() == {"5 %", "95 %"}


def test_headings_notes_and_methods_are_chinese_for_readers_of_chinese(outcome: AuditAnswer) -> None:
    blocks = document_of(outcome, "zh")
    texts = [block.text for block in blocks if isinstance(block, Heading)]
    texts += [text for heading in ("标准与阈值", "方法") for text in below(outcome, heading, "zh")[0].texts]
    assert [text for text in texts if not re.search("[\u4e00-\u9fff]", text)] == []


def test_findings_about_data_have_no_values_that_the_index_does_not_publish(outcome: AuditAnswer) -> None:
    index = outcome.figures.trial.index.with_options(settings={"publication.raw_values": False})
    skewed = pl.when(pl.col("code") == "T0").then(8765.5).otherwise("income").alias("income")
    answer = index.audit(outcome.figures.trial.frame.with_columns(skewed), draws=20)
    published = dict(zip(answer.reported_findings, answer.published_findings, strict=True))
    of_data = [entry for entry in published if entry.is_of_data]
    assert "D05" in {entry.code for entry in of_data}
    assert any("8765.5" in sentence for sentence in answer.sentences())
    assert not any("8765.5" in written(answer, form).decode() for form in ("md", "json", "sarif"))
    assert all(published[entry].finding.value is None for entry in of_data)
    assert all(published[entry].finding.sentence == entry.check.title for entry in of_data)
    others = [entry for entry in published if not entry.is_of_data]
    assert all(published[entry] == entry for entry in others)
    (line,) = (note for note in answer.chapters[0].lines() if note.filled["finding"].code == of_data[0].code)
    assert of_data[0].finding.sentence in answer.said(line)
    assert of_data[0].finding.sentence not in answer.said(line, published=True)


def test_a_word_document_has_the_headings_sentences_and_tables_of_the_annex(outcome: AuditAnswer) -> None:
    docx = pytest.importorskip("docx")
    content = written(outcome, "docx")
    assert content == written(outcome, "docx")
    document, blocks = docx.Document(io.BytesIO(content)), document_of(outcome)
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == outcome.titled(None)
    assert set(texts) >= {block.text for block in blocks if isinstance(block, Heading | Line)}
    assert set(texts) >= {text for block in blocks if isinstance(block, Items) for text in block.texts}
    assert len(document.tables) >= sum(isinstance(block, TextTable) for block in blocks)
