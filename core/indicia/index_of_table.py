"""The index of a table that has no index file: scored as it is recognised, or written as a draft of a file."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.callers import warn
from indicia.catalogue import installed
from indicia.data import TableAsRead
from indicia.definition import STAGES, Origin, define, indicators_of, with_options
from indicia.errors import DefinitionError, DubiousWarning, IndiciaError, suggest
from indicia.index import Index
from indicia.notes import Names, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.catalogue import Catalogue
    from indicia.recognition import Recognised


def index_from_table(
    table: object,
    *,
    indicators: object = None,
    missing: object = None,
    plugins: Iterable[str | Path] = (),
    only_plugins: Iterable[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    encoding: str | None = None,
    methods: Mapping[str, object] | None = None,
    **roles: Any,
) -> tuple[Index, TableAsRead]:
    """Return a flat index of a table, with an indicator for each column, and the table.

    Parameters
    ----------
    table : path, frame, or a list of them
        The table; further tables are joined, or describe the indicators.
    indicators, missing : optional
        See `indicia.score`.
    settings : mapping, optional
        Words of an index file by dotted path; words of `[data]` decide how the table is read.
    methods : mapping, optional
        Choices by stage.
    **roles
        Columns by role: unit, label, period, groups, costs. Roles that are None or empty are inferred.
    """
    recognised = _recognise(table, indicators, settings, encoding, Path(), **roles)
    for doubt in recognised.doubts:
        warn(doubt, DubiousWarning)
    further = {key: value for key, value in (settings or {}).items() if not key.startswith("data.")}
    further |= {} if missing is None else {"methodology.missing": missing}
    catalogue = installed(map(Path, plugins), STAGES, only_plugins)
    raw = with_options(recognised.definition, None, further, **(methods or {}))
    raw, used = _without_used_columns(raw, catalogue, methods or {})
    notes = (*recognised.notes, *([Note("used_by_method", parts=Names.of(used))] if used else []))
    return Index(raw, catalogue, Origin(notes=notes)), TableAsRead(recognised.frame)


def _without_used_columns(
    raw: Mapping[str, Any], catalogue: Catalogue, methods: Mapping[str, object]
) -> tuple[dict[str, Any], list[str]]:
    """Return a definition without the indicators whose columns the chosen methods use, and these columns."""
    used: set[str] = set()
    for stage, choice in methods.items():
        with suppress(IndiciaError):  # planning raises the error
            used |= set(() if choice is None else catalogue.choose(stage, choice).used_names)
    indicators = raw["indicators"]
    columns = {name: spec.get("column", name) for name, spec in indicators.items()}
    rest = {name: spec for name, spec in indicators.items() if columns[name] not in used}
    return {**raw, "indicators": rest}, [column for column in columns.values() if column in used]


def draft_index_file(
    tables: Sequence[str],
    folder: Path,
    *,
    indicators: object = None,
    settings: Mapping[str, Any] | None = None,
    encoding: str | None = None,
    **roles: Any,
) -> tuple[str, Recognised]:
    """Return the text of an index file in `folder` for tables, and all that was recognised.

    The parameters are those of `index_from_table`.
    """
    from indicia.recognition.draft import draft  # imported here, since an index file needs no recognition

    recognised = _recognise(list(tables), indicators, settings, encoding, Path(), **roles)
    recognised = replace(recognised, indicators=_with_settings(recognised.indicators, settings or {}))
    source = str(recognised.source)
    stem = "Index" if source == "-" else Path(re.split(r"[#?]", source)[0].rstrip("/").rpartition("/")[2]).stem
    return draft(recognised, folder, name=recognised.name or stem), recognised


def _with_settings(
    indicators: Mapping[str, Mapping[str, Any]], settings: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """Return the words of the indicators with the settings for them; settings of `[data]` apply already."""
    changed = dict(indicators)
    for key, value in settings.items():
        if key.startswith("data."):
            continue
        name, _, word = key.removeprefix("indicators.").rpartition(".")
        if not key.startswith("indicators.") or not word:
            raise DefinitionError(
                f"init cannot set {key}", remedy="set words of [data] and [indicators], and write others into the file"
            )
        if name not in changed:
            raise DefinitionError(f'"{name}" is no indicator', remedy=suggest(name, changed))
        changed[name] = {**changed[name], word: value}
    return changed


def _recognise(
    table: object,
    indicators: object,
    settings: Mapping[str, Any] | None,
    encoding: str | None,
    folder: Path,
    **roles: Any,
) -> Recognised:
    """Recognise a table; words of `[data]` among the settings are stated by the user."""
    from indicia.recognition.recognise import recognise  # imported here, since an index file needs no recognition

    stated = {key.removeprefix("data."): value for key, value in (settings or {}).items() if key.startswith("data.")}
    if encoding:
        stated["encoding"] = encoding
    if isinstance(stated.get("groups"), str):  # a single group on the command line
        stated["groups"] = [stated["groups"]]
    raw = {"data": _nested(stated), "indicators": {}}
    data = define(raw, Origin(options=frozenset(f"data.{word}" for word in stated))).data
    named = {"unit": data.unit, "period": data.period, "groups": data.groups, "label": data.label}
    roles = {**roles, **{role: column for role, column in named.items() if column and not roles.get(role)}}
    specs = None if indicators is None else indicators_of(indicators)
    words = [word.partition(".")[0] for word in stated]
    return recognise(table, data.format, indicators=specs, where=data.where, words=words, folder=folder, **roles)


def _nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings by dotted path as tables in tables."""
    raw = with_options({}, None, {f"data.{word}": value for word, value in settings.items()})
    return dict(raw.get("data", {}))
