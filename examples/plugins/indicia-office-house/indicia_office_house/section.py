"""The section of the page with the facts of a release."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from indicia.outputs import Rendered, Section
from indicia_office_house.house import LEAST_UNITS, embargo, groups_of_units
from indicia_paper.dossier import Dossier

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = {
    "en": {"publisher": "Publisher", "edition": "Edition", "contact": "Contact", "groups": "Groups"},
    "zh": {"publisher": "发布机构", "edition": "版本", "contact": "联系方式", "groups": "组别"},
}
_SMALL = {
    "en": "{small} of {all} have fewer than {least} units; their means are not drawn",
    "zh": "{all} 组中有 {small} 组少于 {least} 个单位，不绘制其平均值",
}


@dataclass(frozen=True)
class Release(Section[Dossier]):
    """The facts of the release: embargo, publisher, edition, contact, and groups that are too small."""

    name = "office_release"
    view = "method"
    order = 5  # before all sections of Indicia

    def render(self, dossier: Dossier, languages: Sequence[str]) -> Rendered | None:
        result, known = dossier.result, [language for language in languages if language in _WORDS] or ["en"]
        parts = [f"<p><strong>{_in_languages(embargo(result), known)}</strong></p>"]
        facts = {
            word: value
            for word in ("publisher", "edition", "contact")
            if (value := getattr(result.definition.publication, word, None))
        }
        rows = [_row({language: _WORDS[language][word] for language in known}, value) for word, value in facts.items()]
        if (groups := groups_of_units(result)) is not None:
            sizes = groups.drop_nulls().value_counts()["count"]
            numbers = {"small": int((sizes < LEAST_UNITS).sum()), "all": len(sizes), "least": LEAST_UNITS}
            texts = {language: _SMALL[language].format(**numbers) for language in known}
            label = _in_languages({language: _WORDS[language]["groups"] for language in known}, known)
            rows.append(f"<dt>{label}</dt><dd>{_in_languages(texts, known)}</dd>")
        parts += [f"<dl>{''.join(rows)}</dl>"] if rows else []
        return Rendered({"en": "Release", "zh": "发布"}, "".join(parts))


def _row(label: dict[str, str], value: object) -> str:
    return f"<dt>{_in_languages(label, list(label))}</dt><dd><bdi>{escape(str(value))}</bdi></dd>"


def _in_languages(texts: object, languages: Sequence[str]) -> str:
    """Return a text in each language; the page shows that of the reader."""
    return "".join(f"<span lang={language}>{escape(dict(texts)[language])}</span>" for language in languages)
