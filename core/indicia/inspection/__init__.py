"""The inspection of the data of an index: facts by indicator, unit and period, and the findings of checks.

No score is computed.
"""

from indicia.inspection.findings import ReportedFinding, SkippedCheck
from indicia.inspection.inspection import Inspection, Sources, inspect

__all__ = ["Inspection", "ReportedFinding", "SkippedCheck", "Sources", "inspect"]
