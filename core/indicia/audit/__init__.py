"""The statistical audit of an index: all checks, with the results of a run, its draws, and further runs."""

from indicia.audit.audit import Audit, AuditSettings, audit
from indicia.audit.auditable import Auditable

__all__ = ["Audit", "AuditSettings", "Auditable", "audit"]
