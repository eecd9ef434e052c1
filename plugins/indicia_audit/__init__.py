"""The statistical audit of an index: all checks, with the results of a run, its draws, and further runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia_audit.answer import AuditAnswer
    from indicia_audit.audit import AuditFigures
    from indicia_audit.chapters import Chapter
    from indicia_audit.settings import AuditSettings
    from indicia_audit.verdict import CAVEAT, CAVEAT_SOURCE, CAVEAT_URL
else:
    __getattr__ = names_of(
        __name__,
        answer="AuditAnswer",
        audit="AuditFigures",
        chapters="Chapter",
        settings="AuditSettings",
        verdict="CAVEAT CAVEAT_SOURCE CAVEAT_URL",
    )

__all__ = ["CAVEAT", "CAVEAT_SOURCE", "CAVEAT_URL", "AuditAnswer", "AuditFigures", "AuditSettings", "Chapter"]
