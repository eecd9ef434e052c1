"""Files of shapes, small enough to know their maps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Write a FeatureCollection of geometries by name, with further words of the file."""

    def write(shapes: dict[str, Any], **words: Any) -> Path:
        features = [
            {"type": "Feature", "properties": {"iso3": name, "number": number}, "geometry": geometry}
            for number, (name, geometry) in enumerate(shapes.items(), start=1)
        ]
        path = tmp_path / "shapes.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **words}), encoding="utf-8")
        return path

    return write
