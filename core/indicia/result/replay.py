"""What took part in another run than in this one, by their manifests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indicia.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def read_manifest(path: Path) -> dict[str, Any]:
    """Read the manifest that was written beside a result."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read the manifest {path}: {error.strerror}") from error
    except ValueError:
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("plugins"), dict):
        raise DataError(f"{path} is not a manifest", remedy="run -o scores.csv writes scores.manifest.json")
    return content


def departures(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    """Say what a run differs in from an earlier one: plugins and their versions, Indicia, polars, the data.

    >>> now = {"indicia": "0.2.0", "plugins": {"indicia_tanh": "indicia-tanh 0.2.0"}}
    >>> list(departures(now, {"indicia": "0.2.0", "plugins": {"indicia_tanh": "indicia-tanh 0.1.0"}}))
    ['plugin indicia_tanh is indicia-tanh 0.2.0, and was indicia-tanh 0.1.0']
    """
    for word in ("indicia", "polars"):
        if word in then and now.get(word) != then[word]:
            yield f"{word} is {now.get(word)}, and was {then[word]}"
    same = {*now["plugins"].values()} & {*then["plugins"].values()}  # a file may have moved
    for plugin in sorted({*now["plugins"], *then["plugins"]}):
        has, had = now["plugins"].get(plugin), then["plugins"].get(plugin)
        if {has, had} & same:
            continue
        if had is None:
            yield f"plugin {plugin} ({has}) takes part, and did not then"
        elif has is None:
            yield f"plugin {plugin} ({had}) took part, and does not now"
        elif has != had:
            yield f"plugin {plugin} is {has}, and was {had}"
    data = [(one.get("data") or {}).get("sha256") for one in (now, then)]
    if data[1] is not None and data[0] != data[1]:
        yield "the data are not the same"
