"""An audit as a JSON document."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia.audit import Audit


def audit_in_json(audit: Audit) -> str:
    """Return the document of an audit as JSON; a number that JSON does not know is null."""
    return json.dumps(_finite(audit.document), ensure_ascii=False, indent=2, allow_nan=False, default=str) + "\n"


def _finite(value: object) -> object:
    """Return a value with null in place of NaN and infinite numbers."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
