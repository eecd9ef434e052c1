"""Compare what the code computes with the record, write the record anew, or print the figures behind a line.

    PYTHONPATH=tests python -m golden check [FOLDER]
    PYTHONPATH=tests python -m golden renew [FOLDER]
    PYTHONPATH=tests python -m golden show KIND SUBJECT SETTING

FOLDER is a record that was written on this machine before a change; without it, it is that of the repository.
"""

from __future__ import annotations

import argparse
import sys
from itertools import groupby
from pathlib import Path

from golden import indices, kinds
from golden.record import FOLDER, Record


def main() -> int:
    """Run a command, and return 1 where something differs."""
    parser = argparse.ArgumentParser(prog="golden", description="Golden figures of all methods and examples.")
    commands = parser.add_subparsers(dest="command", required=True)
    for command, text in (("check", "compare with the record"), ("renew", "write the record anew")):
        one = commands.add_parser(command, help=text)
        one.add_argument("folder", nargs="?", type=Path, default=FOLDER, help="a record elsewhere")
    show = commands.add_parser("show", help="print the figures and texts behind a line of the record")
    for word in ("kind", "subject", "setting"):
        show.add_argument(word)
    chosen = parser.parse_args()
    if chosen.command == "show":
        return _show(chosen.kind, chosen.subject, chosen.setting)
    if absent := len(indices.CASES) - len(indices.gallery()):
        _write(f"without {absent} published indices: INDICIA_REFERENCE says where they are")
    return _renew(chosen.folder) if chosen.command == "renew" else _check(chosen.folder)


def _write(*lines: str, sep: str = "\n") -> None:
    sys.stdout.write(sep.join(lines) + "\n")
    sys.stdout.flush()


def _renew(folder: Path) -> int:
    for kind, record in kinds.records(kinds.subjects()).items():
        record.write(kind, folder)
        _write(f"wrote {len(record.lines)} lines to {folder / kind}.tsv")
    return 0


def _check(folder: Path) -> int:
    differing = 0
    for kind, computed in groupby(kinds.computed(kinds.subjects()), key=lambda one: one[0]):
        record = Record.read(kind, folder)
        known = {subject for subject, _ in record.lines}
        found = []
        for _, subject, lines in computed:
            found += record.differences(kind, subject, lines)
            known.discard(subject)
        found += [f"{kind} {subject}: recorded, and no longer computed" for subject in sorted(known)]
        differing += len(found)
        _write(f"{kind}, {record.comparison}: {f'{len(found)} differ' if found else 'all equal'}", *found, sep="\n  ")
    return 1 if differing else 0


def _show(kind: str, subject: str, setting: str) -> int:
    outcome = kinds.outcomes(kind, subject)[setting]
    for group, values in outcome.figures.items():
        _write(f"[{group}]", *map(repr, values.tolist()))
    for group, text in outcome.texts.items():
        _write(f"[{group}]", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
