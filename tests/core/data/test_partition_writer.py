"""The folder to which tasks write: parts appear whole, the manifest last, and nobody's files are touched."""

from __future__ import annotations

import json
import pickle
import resource
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from indicia.data.partition_writer import OutputState, PartitionedOutput, WrittenPart
from indicia.data.read_partition import read
from indicia.data.table_partitions import find_partitions
from indicia.errors import DataError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = pl.DataFrame({"city": [f"c{n:02}" for n in range(25)], "score": [n / 7 for n in range(25)]})
RUN = {"index": "a", "data": "b"}
LARGE = pl.DataFrame({"x": pl.int_range(100_000, eager=True).hash(1)})
"""A frame that cannot be compressed to 100 KB."""


@pytest.fixture
def output(tmp_path: Path) -> PartitionedOutput:
    return PartitionedOutput(tmp_path / "out")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system refuse files of more bytes, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def finished(output: PartitionedOutput, run: dict[str, str] = RUN) -> list[WrittenPart]:
    with output.opened(run):
        parts = [output.write(number, part) for number, part in enumerate((TABLE[:10], TABLE[10:]))]
        output.finish(parts, {"index": "cities"})
    return parts


# A whole run


def test_the_parts_in_their_order_are_the_table_and_are_read_as_partitions(output: PartitionedOutput) -> None:
    finished(output)
    assert names(output.folder) == [".indicia", "_manifest.json", "part-00000.parquet", "part-00001.parquet"]
    assert_frame_equal(pl.concat(read(part) for part in find_partitions(output.folder, rows=10).partitions), TABLE)


def test_the_manifest_lists_the_rows_and_the_hash_of_each_part(output: PartitionedOutput) -> None:
    first, second = finished(output)
    manifest = json.loads((output.folder / "_manifest.json").read_text())
    assert (manifest["index"], [part["rows"] for part in manifest["parts"]]) == ("cities", [10, 15])
    assert output.written_parts() == [first, second]
    assert output.is_whole(first)
    (output.folder / "part-00000.parquet").write_bytes(b"other")
    assert not output.is_whole(first)


def test_a_second_attempt_of_a_task_writes_the_same_bytes(output: PartitionedOutput) -> None:
    worker = pickle.loads(pickle.dumps(output))
    with output.opened(RUN):
        chunks = pl.concat([TABLE[:3], TABLE[3:]], rechunk=False)
        assert output.write(0, TABLE) == worker.write(0, chunks)
    assert names(output.folder) == [".indicia", "part-00000.parquet"]
    assert names(output.workspace) == ["run.json"]


def test_finishing_removes_parts_that_a_broken_attempt_left_beyond_the_last(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        parts = [output.write(number, TABLE) for number in range(3)]
        output.finish(parts[:2], {})
    assert "part-00002.parquet" not in names(output.folder)


def test_a_part_that_disappears_leaves_the_folder_incomplete(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        part = output.write(0, TABLE)
        (output.folder / part.name).unlink()
        with pytest.raises(
            OutputError, match=r"part-00000\.parquet disappeared during the run\n.*\n  fix: start again"
        ):
            output.finish([part], {})
    assert "_manifest.json" not in names(output.folder)


# A run that was broken off, or is repeated


def test_a_run_continues_its_own_folder(output: PartitionedOutput) -> None:
    with output.opened(RUN) as state:
        assert state == OutputState(resumed=False, complete=False)
        part = output.write(0, TABLE)
    (output.workspace / ".indicia-0123456789abcdef.part").write_text("of a worker that was killed")
    with output.opened(RUN) as state:
        assert state == OutputState(resumed=True, complete=False)
        assert output.is_whole(part)
        assert names(output.workspace) == ["run.json"]


def test_a_finished_run_is_complete_when_it_is_repeated(output: PartitionedOutput) -> None:
    finished(output)
    with output.opened(RUN) as state:
        assert state == OutputState(resumed=True, complete=True)
    assert "_manifest.json" in names(output.folder)


def test_a_finished_run_with_a_changed_part_is_no_longer_complete(output: PartitionedOutput) -> None:
    finished(output)
    (output.folder / "part-00001.parquet").write_bytes(b"PAR1")
    with output.opened(RUN) as state:
        assert state == OutputState(resumed=True, complete=False)
    assert "_manifest.json" not in names(output.folder)


def test_the_results_of_another_run_are_refused_with_the_names_of_what_differs(output: PartitionedOutput) -> None:
    finished(output)
    message = (
        r"the results of another run, which differs in: data, polars\n.*\n  fix: name another folder, or .*--force"
    )
    with pytest.raises(OutputError, match=message), output.opened({"index": "a", "data": "c", "polars": "2"}):
        pass
    assert "_manifest.json" in names(output.folder)


def test_the_results_of_another_run_are_replaced_where_the_user_asks_for_it(output: PartitionedOutput) -> None:
    finished(output)
    (output.workspace / "round-0000.zip").touch()
    (output.workspace / "sorted").mkdir()
    with output.opened({"index": "z"}, replace=True) as state:
        assert state == OutputState(resumed=False, complete=False)
        assert (names(output.folder), names(output.workspace)) == ([".indicia"], ["run.json"])


def test_a_run_that_failed_before_its_first_part_makes_way_for_a_run_with_other_data(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        pass
    with output.opened({"index": "z"}) as state:
        assert state == OutputState(resumed=False, complete=False)


def test_scored_partitions_of_a_run_that_broke_off_are_not_replaced_by_another_run(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        (output.workspace / "scores-00000.arrow").touch()
    with pytest.raises(OutputError, match="another run"), output.opened({"index": "z"}):
        pass


def test_a_manifest_has_dates_as_text(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        output.finish([], {"periods": [date(2020, 12, 31)]})
    assert json.loads((output.folder / "_manifest.json").read_text())["periods"] == ["2020-12-31"]


# Folders of others


@pytest.mark.parametrize("replace", [True, False])
def test_a_folder_with_other_files_is_refused_with_their_names(output: PartitionedOutput, replace: bool) -> None:
    output.folder.mkdir()
    (output.folder / "part-00000.parquet").write_text("of another program")
    (output.folder / "notes.txt").write_text("mine")
    message = r'"out" has other files: notes\.txt, part-00000\.parquet\n.*\n  fix: name a new or an empty folder'
    with pytest.raises(OutputError, match=message), output.opened(RUN, replace=replace):
        pass
    assert names(output.folder) == ["notes.txt", "part-00000.parquet"]


def test_a_file_that_a_user_adds_to_results_is_never_removed(output: PartitionedOutput) -> None:
    finished(output)
    (output.folder / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"has other files: notes\.txt"), output.opened({"index": "z"}, replace=True):
        pass
    assert (output.folder / "notes.txt").read_text() == "mine"


def test_an_empty_folder_is_taken(output: PartitionedOutput) -> None:
    output.folder.mkdir()
    assert len(finished(output)) == 2


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("file", r'"file" is a file|is a file\n  fix: parts are written'),
        ("no/out", r'there is no folder ".*no"\n.*\n  fix: create'),
    ],
)
def test_a_place_that_can_be_no_folder_is_refused(tmp_path: Path, name: str, fault: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=fault), PartitionedOutput(tmp_path / name).opened(RUN):
        pass


def test_a_hidden_folder_that_is_a_link_is_refused(output: PartitionedOutput, tmp_path: Path) -> None:
    output.folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    output.workspace.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match=r"is a link\n  fix: name a new folder"), output.opened(RUN):
        pass


def test_two_runs_do_not_write_to_one_folder_at_a_time(output: PartitionedOutput) -> None:
    message = r"another run writes to this folder\n.*out\n  fix: wait until it ends"
    with output.opened(RUN), pytest.raises(OutputError, match=message), output.opened(RUN):
        pass
    assert len(finished(output)) == 2


def test_the_parts_of_a_run_that_did_not_finish_are_not_read_as_a_table(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        output.write(0, TABLE)
    for source in (output.folder, output.folder / "*.parquet"):
        with pytest.raises(DataError, match=r"scores of a run that did not finish\n.*out\n  fix: run it again"):
            find_partitions(source)


# A full disk


def test_a_part_on_a_full_disk_is_named_and_nothing_of_it_stays(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        kept = output.write(0, TABLE)
        message = (
            r'cannot write "part-00001\.parquet": File too large\n.*\n  fix: free space .* finished parts are kept'
        )
        with largest_file(100_000), pytest.raises(OutputError, match=message):
            output.write(1, LARGE)
        assert names(output.folder) == [".indicia", "part-00000.parquet"]
        assert names(output.workspace) == ["run.json"]
        output.finish([kept, output.write(1, LARGE)], {})
    assert "_manifest.json" in names(output.folder)


def test_a_manifest_on_a_full_disk_leaves_the_folder_incomplete(output: PartitionedOutput) -> None:
    with output.opened(RUN):
        part = output.write(0, TABLE)
        with largest_file(100), pytest.raises(OutputError, match=r'cannot write "_manifest\.json": File too large'):
            output.finish([part], {"index": "x" * 1000})
    assert names(output.folder) == [".indicia", "part-00000.parquet"]


def test_a_worker_without_the_folder_is_named(output: PartitionedOutput) -> None:
    with pytest.raises(
        OutputError, match=r'cannot write "part-00000\.parquet": No such file .*\n.*\n  fix: give all workers'
    ):
        output.write(0, TABLE)
