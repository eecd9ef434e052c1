"""--expect: compare this run with the manifest of an earlier one, print the differences, set the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Expectation:
    """The manifest of an earlier run."""

    path: Path
    manifest: Mapping[str, Any]

    def compare(self, manifest: Mapping[str, Any]) -> None:
        """Print the differences; exit with code 1 if a difference can change a result."""
        # imported when the command runs, so that --help and completion start without polars
        from indicia.cli.output import print_line
        from indicia.result import compare_manifests

        differences = compare_manifests(manifest, self.manifest)
        for difference in differences.items:
            kind = "differs from" if difference.matters else "note: differs from"
            print_line(f"{kind} {self.path.name}: {difference}", err=True)
        if differences.not_compared:
            print_line(f"note: not compared with {self.path.name}: {', '.join(differences.not_compared)}", err=True)
        if differences.matter:
            raise typer.Exit(1)
        scope = "in the values that were compared" if differences.not_compared else "that can change a result"
        print_line(f"compared with {self.path.name}: no difference {scope}", err=True)


def expectation(path: Path | None) -> Expectation | None:
    """Read the manifest that `--expect` names, before anything is computed."""
    if path is None:
        return None
    from indicia.result import read_manifest

    return Expectation(path, read_manifest(path))
