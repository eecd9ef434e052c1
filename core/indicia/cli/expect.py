"""--expect: the differences between this run and an earlier one, and the exit code that they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import polars as pl


@dataclass(frozen=True)
class Expectation:
    """The manifest of an earlier run."""

    path: Path
    manifest: Mapping[str, Any]

    def compare(self, manifest: Mapping[str, Any], tables: Iterable[pl.DataFrame]) -> None:
        """Print what this run has otherwise; end with exit code 1 where a result depends on it.

        `tables` are those of which the manifest holds fingerprints.
        """
        # imported when the command runs, so that --help and completion start without polars
        from indicia.cli.show import say
        from indicia.result import compare_manifests

        differences = compare_manifests(manifest, self.manifest, tables)
        for one in differences.items:
            kind = "differs from" if one.matters else "note: not as in"
            say(f"{kind} {self.path.name}: {one}", err=True)
        if differences.not_compared:
            say(f"note: not compared with {self.path.name}: {', '.join(differences.not_compared)}", err=True)
        if differences.matter:
            raise typer.Exit(1)
        compared = "that was compared" if differences.not_compared else "that a result depends on"
        say(f"as in {self.path.name}: nothing differs {compared}", err=True)


def expectation(path: Path | None) -> Expectation | None:
    """Read the manifest that `--expect` names, before anything is computed."""
    if path is None:
        return None
    from indicia.result import read_manifest

    return Expectation(path, read_manifest(path))
