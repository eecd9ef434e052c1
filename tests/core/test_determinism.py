"""A run depends on its input and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

INDEX = Path(__file__).parents[2] / "examples" / "intelligent_manufacturing" / "index.toml"


@pytest.mark.slow
@pytest.mark.thorough
def test_the_number_of_threads_does_not_change_a_byte() -> None:
    outputs = {
        subprocess.run(
            [sys.executable, "-m", "indicia", "run", str(INDEX), "-w", "critic", "--format", "csv"],
            env=os.environ | {"POLARS_MAX_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "5")
    }
    assert len(outputs) == 1
