"""Manifests: the record of a run beside its output, and its reproduction."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.definition import FITTED_WEIGHTS, Reference
from indicia.errors import DataError, join_names, suggest
from indicia.notes import Note, Spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Reproduction:
    """The number of published values that a run reproduces, and the units that differ."""

    sentence: Note
    equal: int
    compared: int
    differing: pl.DataFrame
    """The units that differ. For a set, the columns `published` and `scored` are Boolean; otherwise both values."""

    def __str__(self) -> str:
        return self.sentence


def with_set(scores: pl.DataFrame, reference: Reference, unit: str) -> Reproduction:
    """Compare the first units of a ranking with a published set of the same size, which has no order."""
    if not scores[unit].is_unique().all():
        raise DataError(
            "a published set is compared with one period, and the data have several",
            remedy="keep one: where = { year = 2022 } in [data]",
        )
    published = list(dict.fromkeys(reference.top or ()))
    if unknown := [name for name in published if name not in set(scores[unit])]:
        raise DataError(
            f"the reference names units that the data do not have: {join_names(unknown)}",
            remedy=suggest(unknown[0], scores[unit].to_list()),
        )
    scored = scores.filter(pl.col("rank") <= len(published))[unit].to_list()
    common = set(published) & set(scored)
    rows = [(name, True, False) for name in published if name not in common]
    rows += [(name, False, True) for name in scored if name not in common]
    differing = pl.DataFrame(
        rows, schema={unit: pl.String, "published": pl.Boolean, "scored": pl.Boolean}, orient="row"
    )
    name = reference.name or Note("published_set_unnamed")
    note = Note("published_set", what=name, common=len(common), all=len(published))
    return Reproduction(note, len(common), len(published), differing)


def with_table(
    scores: pl.DataFrame, published: pl.DataFrame, reference: Reference, key: list[str]
) -> list[Reproduction]:
    """Compare scores and ranks with published values; units without both are left out."""
    key_columns = [reference.unit or key[0], *([reference.period or key[1]] if len(key) > 1 else [])]
    pairs = [
        (own_column, column) for own_column, column in (("score", reference.score), ("rank", reference.rank)) if column
    ]
    published_values = published.select(
        *(pl.col(column).cast(scores.schema[name]).alias(name) for column, name in zip(key_columns, key, strict=True)),
        *(pl.col(column).cast(pl.Float64).alias(f"published {own_column}") for own_column, column in pairs),
    )
    both = scores.join(published_values, on=key, how="inner")
    if both.is_empty():
        raise DataError(
            "no unit of the reference is in the data", remedy="[reference] unit = names its column of units"
        )
    name = reference.name or Note("published_table_unnamed")
    return [_compare_column(both, own_column, name, key, reference.tolerance) for own_column, _ in pairs]


def published_ranks(
    units: pl.DataFrame, published: pl.DataFrame, reference: Reference, key: list[str], *, lowest_first: bool
) -> pl.Series:
    """Return the published rank of each row; published scores without ranks are ranked within their period."""
    key_columns = [reference.unit or key[0], *([reference.period or key[1]] if len(key) > 1 else [])]
    rank = pl.col(reference.rank or "").cast(pl.Float64)
    if reference.rank is None:
        rank = pl.col(reference.score or "").cast(pl.Float64).fill_nan(None).rank("min", descending=not lowest_first)
        rank = (rank.over(key_columns[1:]) if len(key) > 1 else rank).cast(pl.Float64)
    values = published.select(
        *(pl.col(column).cast(units.schema[name]).alias(name) for column, name in zip(key_columns, key, strict=True)),
        rank.alias("\0published"),
    ).drop_nulls()
    if not (repeated := values.filter(values.select(key).is_duplicated())).is_empty():
        names = repeated[key[0]].cast(pl.String).unique(maintain_order=True).to_list()
        raise DataError(f"the reference has units more than once: {join_names(names)}", remedy="keep one row per unit")
    return units.select(key).join(values, on=key, how="left", maintain_order="left")["\0published"].alias("published")


def _compare_column(
    both: pl.DataFrame, column: str, name: str | Spoken, key: list[str], tolerance: float
) -> Reproduction:
    compared = both.filter(pl.col(f"published {column}").is_not_null())
    difference = (pl.col(column).cast(pl.Float64) - pl.col(f"published {column}")).abs()
    differing = compared.filter((difference > tolerance) | pl.col(column).is_null()).select(
        *key, column, f"published {column}"
    )
    equal = len(compared) - len(differing)
    note = Note("published_table", what=name, equal=equal, all=len(compared), column=Note(f"equal_{column}s"))
    return Reproduction(note, equal, len(compared), differing)


FORMAT = 3
"""The form of a manifest."""
_INFORMATIVE = ("python", "platform", "index", "fitted_to", "files_outside", "publication")
"""Sections that no figure depends on, except the last digit of a logarithm on another platform (decision 0006)."""
_OUTCOMES = ("format", "variant", "table", "notes", "facts", "runs", "failed", "references", "citations")
"""Sections that follow from the other sections."""
_LOADED_LIBRARIES = ("scipy",)
"""Libraries that are in the manifest only if the process has loaded them."""
_PARTS = ("indicators", "dimensions", "nodes")
_STAGES = ("imputation", "treatment", "transform", "normalisation")
_NAMES = "\0"
"""The mark in the text of a difference that the names of indicators and nodes replace."""
_OF_TABLE = ("sha256", "rows", "columns")
_MAX_CHARACTERS = 60
_MAX_NAMES = 5

_OF_FORMAT = ("read_as", "joins")
"""The format in which the table was read: the fingerprint of the table shows whether another one mattered."""

Place = tuple[str, ...]
"""The path of a value in a manifest."""


@dataclass(frozen=True)
class Difference:
    """A value that differs between two runs."""

    where: str
    actual: str
    expected: str
    matters: bool = True
    """True if a result depends on it."""

    def __str__(self) -> str:
        return f"{self.where} is {self.actual}, expected {self.expected}"


@dataclass(frozen=True)
class Differences:
    """The values that differ between a run and an earlier run."""

    items: tuple[Difference, ...]
    not_compared: tuple[str, ...]
    """Sections that only one of the two manifests has."""

    @property
    def matter(self) -> bool:
        """True if a result depends on one of the differences."""
        return any(difference.matters for difference in self.items)


def _matters(place: Place) -> bool:
    """Return True if a result depends on the value at a place."""
    if place[0] == "fitted":  # the hash of the statistics and weights shows whether another file matters
        return place[1:2] not in (("path",), ("file_sha256",))
    return place[0] not in _INFORMATIVE and not (place[0] == "data" and place[1:2] and place[1] in _OF_FORMAT)


_ON_PAGE = re.compile("<pre tabindex=0 class=json>(.*?)</pre>", re.DOTALL)


def manifest_in(text: str) -> Any:
    """Return the manifest in the text of a manifest file, a report or an exported document."""
    page = _ON_PAGE.search(text)
    content = json.loads(unescape(page[1]) if page else text)
    return content.get("manifest", content) if isinstance(content, dict) else content


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Read a manifest from its own file or from a report."""
    path = Path(path)
    try:
        content = manifest_in(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read the manifest {path}: {error.strerror}") from error
    except (ValueError, RecursionError):
        content = None
    if not _is_manifest(content):
        raise DataError(f"{path} is not a manifest", remedy="run -o scores.csv writes scores.csv.manifest.json")
    if (form := content.get("format")) != FORMAT:
        raise DataError(
            f"{path} is a manifest of form {form}, and this version of Indicia reads form {FORMAT}",
            remedy="use the version of Indicia that the manifest names",
        )
    return content  # type: ignore[no-any-return]


def _is_manifest(content: Any) -> bool:
    """Return True if the content has the sections of a manifest."""
    if not isinstance(content, dict) or not {"format", "plugins"} <= content.keys():
        return False
    tables = ("plugins", "data", "methodology", "screening", "eligible", "code", *_PARTS, *_STAGES)
    if not all(isinstance(content.get(name, {}), dict) for name in tables):
        return False
    return all(isinstance(part, dict) for name in _PARTS for part in content.get(name, {}).values())


def compare_manifests(now: Mapping[str, Any], then: Mapping[str, Any]) -> Differences:
    """Compare a run with an earlier run: software, data, and every setting of the methodology.

    >>> now = {"indicia": "0.2.0", "plugins": {"indicia_tanh": "indicia-tanh 0.2.0"}}
    >>> then = {"indicia": "0.2.0", "plugins": {"indicia_tanh": "indicia-tanh 0.1.0"}}
    >>> print(*compare_manifests(now, then).items)
    plugin indicia_tanh is indicia-tanh 0.2.0, expected indicia-tanh 0.1.0
    """
    ours, theirs = (json.loads(json.dumps(manifest, default=str)) for manifest in (now, then))
    _match_moved_files(ours, theirs)
    if ("file" in ours) != (
        "file" in theirs
    ):  # one run hashed the bytes of a file, and the other run the values of a table
        for manifest in (ours, theirs):
            data = manifest.get("data", {})
            manifest["data"] = {word: value for word, value in data.items() if word not in _OF_TABLE}
    if ours.get("fitted") and theirs.get("fitted"):
        _leave_out_fitted_weightings(ours, theirs)
    _name_parts_once(ours, theirs)
    sections = [name for name in dict.fromkeys((*ours, *theirs)) if name not in _OUTCOMES]
    both = [name for name in sections if name in ours and name in theirs]
    values = [
        (place, *_texts(actual, expected))
        for name in both
        for place, actual, expected in _unequal((name,), ours[name], theirs[name])
    ]
    one_sided = [name for name in sections if name not in both and name not in _LOADED_LIBRARIES]
    return Differences(tuple(_group(values)), tuple(one_sided))


def _leave_out_fitted_weightings(now: dict[str, Any], then: dict[str, Any]) -> None:
    """Leave out what only later manifests of a fitted index have: its file, and the word for its weights."""
    for manifest, other in ((now, then), (then, now)):
        manifest["fitted"] = {word: value for word, value in manifest["fitted"].items() if word in other["fitted"]}
    for name, node in now.get("nodes", {}).items():
        other = then.get("nodes", {}).get(name)
        if other is not None and FITTED_WEIGHTS in (node.get("weighting"), other.get("weighting")):
            node["weighting"] = other["weighting"] = FITTED_WEIGHTS


def _match_moved_files(now: dict[str, Any], then: dict[str, Any]) -> None:
    """Treat plugin files with equal contents as equal, in whatever folder they are."""
    plugins, former = dict(now.get("plugins", {})), dict(then.get("plugins", {}))
    same = {*plugins.values()} & {*former.values()}
    moved = {*plugins, *former} - ({*plugins} & {*former})
    for name in moved:
        for side in (plugins, former):
            if side.get(name) in same:
                del side[name]
    for manifest, kept in ((now, plugins), (then, former)):
        if "plugins" in manifest:
            manifest["plugins"] = kept
        if "code" in manifest:
            manifest["code"] = {name: code for name, code in manifest["code"].items() if name not in moved}


def _name_parts_once(now: dict[str, Any], then: dict[str, Any]) -> None:
    """Drop parts that only one run has from sections of methods, so that such a part is one difference, not several."""
    for section, names in (*((stage, "indicators") for stage in _STAGES), ("nodes", "dimensions")):
        if not all(section in manifest and names in manifest for manifest in (now, then)):
            continue
        one_sided = {*now[names]} ^ {*then[names]}
        for manifest in (now, then):
            manifest[section] = {name: value for name, value in manifest[section].items() if name not in one_sided}
    if "nodes" in now and "nodes" in then:
        for name in {*now["nodes"]} & {*then["nodes"]}:
            ours, theirs = (manifest["nodes"][name].get("components", []) for manifest in (now, then))
            if sorted(ours) != sorted(theirs):
                for manifest in (now, then):
                    manifest["nodes"][name] = _without_components(manifest["nodes"][name])


def _without_components(node: Mapping[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in node.items() if word != "components"}


_ABSENT = object()
_HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")


def _unequal(place: Place, actual: Any, expected: Any) -> Iterator[tuple[Place, Any, Any]]:
    """Yield the values that differ, with their places; a part that one manifest lacks is one value."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        for name in dict.fromkeys((*expected, *actual)):
            yield from _unequal((*place, name), actual.get(name, _ABSENT), expected.get(name, _ABSENT))
    elif actual is _ABSENT or expected is _ABSENT or actual != expected:
        yield place, actual, expected


def _texts(actual: Any, expected: Any) -> tuple[str, str]:
    """Return two values as text; long texts are cut around the first difference."""
    if isinstance(actual, (dict, list)) != isinstance(expected, (dict, list)) and _ABSENT in (actual, expected):
        return tuple("absent" if value is _ABSENT else _brief_text(value) for value in (actual, expected))  # type: ignore[return-value]
    first, second = (_HASH.sub(r"\1…", _text(value)) for value in (actual, expected))
    if max(len(first), len(second)) <= _MAX_CHARACTERS:
        return first, second
    start = next(
        (place for place, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    start = max(0, start - _MAX_CHARACTERS // 3) if start > _MAX_CHARACTERS // 2 else 0
    return _cut(first, start), _cut(second, start)


def _cut(text: str, start: int) -> str:
    end = start + _MAX_CHARACTERS
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _text(value: Any) -> str:
    if value is _ABSENT or value is None:
        return "not set"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _brief_text(value: Any) -> str:
    return _cut(_text(value), 0) if isinstance(value, list) else "present"


def _group(values: list[tuple[Place, str, str]]) -> Iterator[Difference]:
    """Join equal differences of several indicators or nodes."""
    groups: dict[tuple[str, str, str, bool], list[str]] = {}
    for place, actual, expected in values:
        words, name = _words(place)
        groups.setdefault((words, actual, expected, _matters(place)), []).append(name)
    for (words, actual, expected, matters), names in groups.items():
        yield Difference(words.replace(_NAMES, join_names(names, _MAX_NAMES)), actual, expected, matters)


def _words(place: Place) -> tuple[str, str]:
    """Return the text for a place, with a mark instead of the name of an indicator or node, and this name."""
    section, *rest = place
    if section == "plugins" and rest:
        return f"plugin {_NAMES}", rest[0]
    if section == "code" and rest:
        return f"code of plugin {_NAMES}", rest[0]
    if section in _STAGES and rest:
        return f"{section} of {_NAMES}", rest[0]
    if section in _PARTS and rest:
        noun = "" if section == "nodes" else section.removesuffix("s") + " "
        return (f"{'.'.join(rest[1:])} of {_NAMES}" if rest[1:] else f"{noun}{_NAMES}"), rest[0]
    return _NAMES, ".".join(place)
