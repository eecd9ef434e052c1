"""The inspection of the data of an index: facts by indicator, unit and period, and the findings of checks.

No score is computed.
"""

from typing import TYPE_CHECKING

from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia_audit.inspection.findings import ReportedFinding, SkippedCheck
    from indicia_audit.inspection.inspection import Inspection, Sources, inspect
else:
    __getattr__ = names_of(__name__, findings="ReportedFinding SkippedCheck", inspection="Inspection Sources inspect")

__all__ = ["Inspection", "ReportedFinding", "SkippedCheck", "Sources", "inspect"]
