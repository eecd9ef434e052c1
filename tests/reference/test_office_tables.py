"""Fifty tables as offices write them, each judged against the reading of a careful analyst.

The judge is `check.py` of the reference. Its verdicts, from the best: right, questioned, refused (with a remedy in the
tool), stuck (without one), silent (wrong without a word).
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from indicia.cli import main

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


@pytest.fixture(scope="module")
def judge(reference: Path) -> ModuleType:
    """Load the judge; its commands run in this process, as sixty new processes would take minutes."""
    spec = importlib.util.spec_from_file_location("office_check", reference / "office_tables" / "check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["office_check"] = module  # its dataclasses look up their module
    spec.loader.exec_module(module)
    module.call = _called
    return module


def _called(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    code: Any = 0
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(words)
        except SystemExit as ended:
            code = ended.code
    out.flush()
    return subprocess.CompletedProcess(words, int(code or 0), out.buffer.getvalue().decode(), err.getvalue())


CASES = [f"{number:02}" for number in range(1, 51)]


@pytest.mark.parametrize("way", ["on_command_line", "in_python"])
@pytest.mark.parametrize("number", CASES)
@pytest.mark.filterwarnings("ignore")
def test_a_table_is_read_right_or_questioned_or_refused_with_a_remedy(
    judge: ModuleType, reference: Path, tmp_path: Path, number: str, way: str
) -> None:
    (folder,) = (reference / "office_tables").glob(f"{number}_*")
    case = judge.Case(folder)
    for table in case.tables:
        shutil.copy(folder / table.partition("#")[0], tmp_path)
    tables = () if way == "in_python" else (case.tables,)
    got = getattr(judge, way)(case, tmp_path, *tables)
    verdict, reasons = judge.judged(case, got)
    assert verdict in ("right", "questioned", "refused"), os.linesep.join(reasons)
