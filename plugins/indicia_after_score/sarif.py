"""An audit as SARIF 2.1.0, which the code scanning of a forge and editors read.

References
----------
OASIS (2020), Static Analysis Results Interchange Format (SARIF) Version 2.1.0,
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from indicia_audit.rule_page import headings

if TYPE_CHECKING:
    from indicia_audit import AuditAnswer, AuditFigures
    from indicia_audit.checks import Check
    from indicia_audit.inspection import ReportedFinding

_LEVELS = {"error": "error", "warning": "warning", "information": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def audit_in_sarif(answer: AuditAnswer, language: str | None = None) -> str:
    """Return an audit as a SARIF log in English: a rule for each check, and a result for each finding.

    A waived finding is a suppressed result whose justification is the reason of the waiver. The location of a result is
    the line of the index file that states the part, or `[data]` for a unit.
    """
    del language
    audit = answer.figures
    rules = [_rule(chosen.check) for chosen in audit.checks]
    number = {rule["id"]: place for place, rule in enumerate(rules)}
    driver = {"name": "Indicia", "version": version("indicia"), "rules": rules}
    run = {
        "tool": {"driver": driver},
        "results": [_result(audit, entry, number[entry.code]) for entry in answer.published_findings],
        "columnKind": "unicodeCodePoints",
        "properties": {"verdict": audit.verdict, "profile": audit.settings.profile.manifest},
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _rule(check: Check) -> dict[str, Any]:
    texts = headings(type(check))
    page = "\n\n".join(f"{heading}\n{content}" for heading, content in texts.items())
    markdown = "\n\n".join(f"**{heading}.** {content}" for heading, content in texts.items())
    return {
        "id": check.code,
        "name": type(check).__name__,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": next(iter(texts.values()), check.title)},
        "help": {"text": page, "markdown": markdown},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
        "properties": {"thresholds": dict(check.parameters)},
    }


def _result(audit: AuditFigures, entry: ReportedFinding, rule: int) -> dict[str, Any]:
    finding = entry.finding
    place = "\n".join([entry.code, finding.where, finding.period or ""])
    facts = {"value": finding.value, "threshold": finding.threshold, "period": finding.period}
    result: dict[str, Any] = {
        "ruleId": entry.code,
        "ruleIndex": rule,
        "level": _LEVELS[entry.severity],
        "message": {"text": f"{entry.sentence_with_remedy}."},
        "locations": [_location(audit, finding.where)],
        "partialFingerprints": {"codeAndPlace/v1": sha256(place.encode()).hexdigest()[:32]},
        "properties": {word: value for word, value in facts.items() if value is not None and value == value},
    }
    if entry.waiver is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": entry.waiver}]
    return result


def _location(audit: AuditFigures, where: str) -> dict[str, Any]:
    """Return the place of a finding in the index file; without an index file, in the table."""
    location: dict[str, Any] = {"logicalLocations": [{"name": where}]}
    tables = audit.inspection.sources.tables
    path = audit.origin.named_file or (Path(tables[0]) if tables else None)
    if path is not None and path.is_file():
        line = audit.line_of(where) if path == audit.origin.path else None
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(path)}, "region": {"startLine": line or 1}}
    return location


def _uri(path: Path) -> str:
    """Return a path relative to the working directory as a URI; a path outside is a file URI."""
    resolved, here = path.resolve(), Path.cwd()
    return quote(resolved.relative_to(here).as_posix()) if resolved.is_relative_to(here) else resolved.as_uri()
