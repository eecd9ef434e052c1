"""Files of a run over partitions appear whole, and a damaged one is named."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indicia.errors import OutputError
from indicia.partitions.sorted_runs import ArrayFile, WorkFiles, write_arrays

if TYPE_CHECKING:
    from pathlib import Path


def test_arrays_are_read_back_whole_and_in_part(tmp_path: Path) -> None:
    path = WorkFiles(tmp_path, "any name: a/b").path("run", 3)
    write_arrays(path, [np.array([1.5, 2.5]), np.zeros(0, np.uint32), np.arange(9, dtype=np.int32)])
    file = ArrayFile.open(path)
    assert [file.read(number).tolist() for number in range(2)] == [[1.5, 2.5], []]
    assert file.read(2, 3, 5).tolist() == [3, 4]
    assert np.searchsorted(file.mapped(0), 2.0) == 1


def test_a_full_disk_is_an_error_that_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write_arrays(tmp_path / "run.arrays", [np.zeros(9)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [None, 100])
def test_a_missing_or_cut_file_is_named_with_a_remedy(tmp_path: Path, size: int | None) -> None:
    path = tmp_path / "run.arrays"
    if size is not None:
        write_arrays(path, [np.zeros(99)])
        os.truncate(path, size)
    with pytest.raises(OutputError, match=r"run\.arrays") as error:
        ArrayFile.open(path)
    assert "remove the folder of the output, and run again" in str(error.value)
