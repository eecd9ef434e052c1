"""The statistical audit of an index: all checks, with the results of a run, its draws, and further runs."""

from indicia.audit.audit import Audit, audit
from indicia.audit.chapters import Chapter
from indicia.audit.coherence_report import CoherenceReport, coherence_report
from indicia.audit.importance_report import ImportanceReport, importance_report
from indicia.audit.settings import AuditSettings
from indicia.audit.verdict import CAVEAT, CAVEAT_SOURCE, CAVEAT_URL

__all__ = [
    "CAVEAT",
    "CAVEAT_SOURCE",
    "CAVEAT_URL",
    "Audit",
    "AuditSettings",
    "Chapter",
    "CoherenceReport",
    "ImportanceReport",
    "audit",
    "coherence_report",
    "importance_report",
]
