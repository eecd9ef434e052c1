"""The folder with the results of others and the published indices, with which tests compare."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(os.environ.get("INDICIA_REFERENCE") or Path(__file__).parents[2] / "shared" / "reference")
ABSENT = f"no reference folder {FOLDER}; INDICIA_REFERENCE says where it is"
"""The reason of a test that is skipped."""
