"""The choices of a request, and its answer."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from indicia.catalogue import Choice
from indicia.definition import OPTIONAL, STAGES, Definition, catalogue_of_file
from indicia.errors import DefinitionError, IndiciaError, shorten, strip_controls, suggest
from indicia_compare.methodology import methods
from indicia_paper.dossier import Trial, TriedMethod

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.index import Index


FileState: TypeAlias = tuple[str, int, int]
"""The path of a file, the time of its last change in nanoseconds, and its size."""
JSON = "application/json"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """A response."""

    content: bytes
    media: str = JSON
    status: int = 200
    name: str = ""
    """The name of the file, for a download."""
    files: tuple[FileState, ...] | None = None
    """The files that a report is made of; None if other sources may change."""


def answer_json(content: Mapping[str, Any], status: int = 200) -> Answer:
    """Return an answer in JSON, in which a number that is not finite is null."""
    return Answer(json.dumps(_finite(content), ensure_ascii=False, allow_nan=False).encode(), status=status)


def answer_error(error: IndiciaError, status: int = 422) -> Answer:
    """Return the answer for an error: its parts, and the place of the request that is at fault.

    >>> answer_error(IndiciaError("no such thing", remedy="choose another")).content.decode()
    '{"errors": [{"what": "no such thing", "where": null, "remedy": "choose another", "place": null}]}'
    """
    problems: dict[Any, IndiciaError] = {None: error}
    if isinstance(error, ChoicesError):
        problems = {**error.problems}
    return answer_json({"errors": [_parts(part, place) for place, part in problems.items()]}, status)


def _parts(error: IndiciaError, place: str | None) -> dict[str, str | None]:
    texts = {"what": error.what, "where": error.where, "remedy": error.remedy}
    return {**{word: strip_controls(shorten(text)) if text else None for word, text in texts.items()}, "place": place}


def _finite(value: Any) -> Any:
    """Return a value with null for each number that is not finite, which JSON cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(element) for key, element in value.items()}
    return [_finite(element) for element in value] if isinstance(value, (list, tuple)) else value


STAGES_OF_INDICATORS = ("imputation", "treatment", "normalisation")
"""The stages whose method an indicator may have of its own; a dimension may have all."""
MAX_TEXT = 4000
"""The most characters of a choice: a table of judgements may be long."""
MAX_PARTS = 500
_WORDS = ("methods", "parts", "variant", "period")


class ChoicesError(IndiciaError):
    """Several choices are wrong, each in its place."""

    def __init__(self, problems: Mapping[str, IndiciaError]) -> None:
        super().__init__("; ".join(error.what for error in problems.values()))
        self.problems: dict[str, IndiciaError] = dict(problems)
        """The errors, by the stage, or by the part and the stage: "dimensions.health.aggregation"."""


@dataclass(frozen=True)
class Choices:
    """Other methods for an index: by stage for the whole index, and by part and stage."""

    methods: Mapping[str, str] = field(default_factory=dict)
    """The text of a method by stage: `{"normalisation": "min_max(lower=1, upper=100)"}`."""
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The same for single parts: `{"dimensions.health": {"aggregation": "geometric"}}`."""
    variant: str | None = None
    """The variant that the choices change; None for the index."""
    period: str | None = None

    @classmethod
    def read(cls, request: object) -> Choices:
        """Return the choices of a request.

        >>> Choices.read({"methods": {"normalisation": " z_score ", "weighting": ""}}).methods
        {'normalisation': 'z_score'}

        Raises
        ------
        DefinitionError
            If the request is not a table of choices.
        """
        if not isinstance(request, Mapping):
            raise DefinitionError("the request is not an object of JSON", remedy='send {"methods": {…}}')
        if unknown := next((word for word in request if word not in _WORDS), None):
            raise DefinitionError(f'the request has an unknown key "{unknown}"', remedy=suggest(str(unknown), _WORDS))
        parts = _table(request.get("parts"), "parts")
        if len(parts) > MAX_PARTS:
            raise DefinitionError(f"the request changes {len(parts)} parts", remedy=f"change {MAX_PARTS} at most")
        return cls(
            _texts(request.get("methods"), "methods"),
            {part: texts for part, words in parts.items() if (texts := _texts(words, part))},
            _text(request.get("variant"), "variant") or None,
            _text(request.get("period"), "period") or None,
        )

    @property
    def settings(self) -> dict[str, str]:
        """The choices for single parts by dotted path, as options have them."""
        return {f"{part}.{stage}": text for part, stages in self.parts.items() for stage, text in stages.items()}

    def apply(self, index: Index) -> Index:
        """Return the index with these choices.

        Raises
        ------
        ChoicesError
            If a choice names no method, or has wrong parameters.
        """
        base = index.variant(self.variant) if self.variant else index
        if problems := dict(self._problems(base)):
            raise ChoicesError(problems)
        return base.with_options(settings=self.settings, **self.methods) if self.methods or self.parts else base

    def trial(self, index: Index, path: Path) -> Trial | None:
        """Return what is tried in place of the methodology of the index file; None if that is the same.

        >>> from pathlib import Path
        >>> from indicia import read
        >>> index = read({"indicators": {"a": {}}, "methodology": {"aggregation": "min"}})
        >>> Choices({"aggregation": "min"}).trial(index, Path("index.toml")) is None
        True
        >>> Choices({"aggregation": "max"}).trial(index, Path("index.toml")).methods
        (TriedMethod(stage='aggregation', method='max', part=None, in_place_of='min'),)
        """
        replaced: Mapping[str, str] = {}
        with suppress(IndiciaError):  # methods that do not go together have no tree, and the choices may mend them
            replaced = methods(index.variant(self.variant).tree if self.variant else index.tree)
        chosen = ((stage, text, replaced.get(stage)) for stage, text in self.methods.items())
        tried = [TriedMethod(stage, text, None, before) for stage, text, before in chosen if text != before]
        for part, texts in self.parts.items():
            tried += [TriedMethod(stage, text, part.partition(".")[2]) for stage, text in texts.items()]
        return Trial(tuple(tried), self.variant, self.command(path)) if tried or self.variant else None

    def _problems(self, index: Index) -> Iterator[tuple[str, IndiciaError]]:
        """Yield each place with a wrong choice, and its error."""
        definition = index.definition
        catalogue = catalogue_of_file(index.catalogue, definition, index.origin)
        choices: list[tuple[str, str | None, str, str]] = [
            (stage, None, stage, text) for stage, text in self.methods.items()
        ]
        choices += [
            (f"{part}.{stage}", part, stage, text)
            for part, words in self.parts.items()
            for stage, text in words.items()
        ]
        for place, part, stage, text in choices:
            try:
                allowed = STAGES if part is None else _stages_of_part(definition, part)
                if stage not in allowed:
                    raise DefinitionError(f'no choice of "{stage}" here', remedy=suggest(stage, allowed))
                if not (stage in OPTIONAL and Choice.read(text).method == "none"):
                    catalogue.choose(stage, text, index.origin.folder)
            except IndiciaError as error:
                yield place, error

    def command(self, path: Path) -> str:
        """Return the command that scores the index with these choices.

        >>> from pathlib import Path
        >>> Choices({"aggregation": "generalised(p=0.5)"}, variant="old").command(Path("index.toml"))
        "indicia run index.toml --variant old --aggregation 'generalised(p=0.5)'"
        """
        words = ["indicia", "run", path.name]
        words += ["--variant", self.variant] if self.variant else []
        words += [word for stage, text in self.methods.items() for word in (f"--{stage}", text)]
        words += [word for place, text in self.settings.items() for word in ("--set", f"{place}={text}")]
        return shlex.join(words)


def _stages_of_part(definition: Definition, part: str) -> tuple[str, ...]:
    """Return the stages that a part may choose, such as "dimensions.health".

    Other keys of the index file, such as the path of its data, are out of reach of a request.
    """
    table, _, name = part.partition(".")
    tables: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
        "dimensions": (definition.dimensions, STAGES),
        "indicators": (definition.indicators, STAGES_OF_INDICATORS),
    }
    if table not in tables:
        raise DefinitionError(
            f'"{part}" is no part of the index', remedy='write "dimensions.NAME" or "indicators.NAME"'
        )
    parts, stages = tables[table]
    if name not in parts:
        raise DefinitionError(f'the index has no "{name}" in its {table}', remedy=suggest(name, parts))
    if "." in name:
        raise DefinitionError(f'"{name}" has a point in its name', remedy="choose its methods in the index file")
    return stages


def _table(value: object, word: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise DefinitionError(f"{word} is not an object of JSON", remedy=f'send {{"{word}": {{…}}}}')
    return value


def _texts(value: object, word: str) -> dict[str, str]:
    """Return the texts of a table without the empty ones, in the order of the stages."""
    texts = {key: _text(text, f"{word}: {key}") for key, text in _table(value, word).items()}
    ordered = sorted(texts, key=lambda stage: (STAGES.index(stage) if stage in STAGES else len(STAGES), stage))
    return {key: texts[key] for key in ordered if texts[key]}


def _text(value: object, word: str) -> str:
    if value is not None and not isinstance(value, str):
        raise DefinitionError(f"{word} is not a text", remedy="write a method as on the command line, in quotes")
    text = (value or "").strip()
    if len(text) > MAX_TEXT:
        raise DefinitionError(f"{word} has {len(text):,} characters", remedy=f"write {MAX_TEXT:,} at most")
    return text
