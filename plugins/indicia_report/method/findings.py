"""The findings of the audit, by check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.definition import ROOT
from indicia.errors import IndiciaError
from indicia_audit import AuditAnswer
from indicia_report.english import marked, translated
from indicia_report.markup import Html, escape, paragraph
from indicia_report.method.page_section import PageSection, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia_audit.inspection import ReportedFinding
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown

_PLACES = 3
"""The most findings of a check that are listed."""


@dataclass(frozen=True)
class Findings(PageSection):
    """The errors and warnings of the audit, and the number of the findings for information."""

    name = "findings"
    order = 150
    heading = "method.findings"

    def draw(self, shown: Shown) -> str | None:
        """Return the findings by check; None without an audit."""
        audit, texts = shown.dossier.audit, shown.texts
        if audit is None:
            return None
        if isinstance(audit, IndiciaError):
            return failed(audit, texts)
        index = texts.get("index")
        names = {language: {**shown.view.reader_names[language], ROOT: index[language]} for language in texts.languages}
        by_code: dict[str, list[ReportedFinding]] = {}
        problems = [finding for finding in audit.reported_findings if finding.severity != "information"]
        for finding in problems:
            by_code.setdefault(finding.code, []).append(finding)
        information = len(audit.reported_findings) - len(problems)
        is_whole = isinstance(audit, AuditAnswer)
        parts = [paragraph(texts.html("method.audit_says" if is_whole else "method.checks_say"))]
        if is_whole:
            verdict = translated(audit.verdict, texts, names=names)
            parts.append(f"<p{marked(verdict)}>{texts.show(verdict)}</p>")
        items = "".join(_check(entries, names, texts) for entries in by_code.values())
        parts.append(f'<dl class="findings">{items}</dl>' if items else paragraph(texts.html("method.no_problem")))
        parts += [paragraph(texts.html("method.for_information", count=information), "note")] if information else []
        return "".join(parts)


def _check(entries: Sequence[ReportedFinding], names: Mapping[str, Mapping[str, str]], texts: Texts) -> str:
    """Return the findings of one check: its code and title, and the first findings."""
    first = entries[0]
    title = translated(first.check.title, texts, type(first.check))
    severity = texts.html(f"method.{first.severity}")
    lines = []
    for entry in entries[:_PLACES]:
        sentence = translated(entry.finding.sentence, texts, type(entry.check), names)
        lines.append(f"<li{marked(sentence)}>{texts.show(sentence)}{_waiver(entry)}")
    further = len(entries) - _PLACES
    lines += [f"<li>{texts.html('method.further_findings', count=further)}"] if further > 0 else []
    head = (
        f"<dt{marked(title)}><code>{escape(first.code)}</code> {texts.show(title)} <span class=note>{severity}</span>"
    )
    return f"{head}</dt><dd><ul>{''.join(lines)}</ul></dd>"


def _waiver(entry: ReportedFinding) -> Html:
    return Html(f" ({escape(entry.waiver)})") if entry.waiver else Html("")
