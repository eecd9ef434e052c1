"""The extension of Sphinx: formulas as MathML, search of Chinese words, the side bar, and the language of a page.

Formulas are MathML in the page, so that a page loads no script for them. The search index has two neighbouring
characters of a Chinese text as one word, and so has the script that reads a query.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx.search.en import SearchEnglish

from indicia_report.mathml import mathml
from indicia_site.navigation import PARTS

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_WORD = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")
_SPLITTER = """
var splitQuery = (query) =>
  (query.match(/[\\u3400-\\u9fff]+|[^\\u3400-\\u9fff]+/gu) || []).flatMap((part) => {
    if (!/[\\u3400-\\u9fff]/u.test(part)) return part.split(/[^\\p{Letter}\\p{Number}_]+/gu).filter((word) => word);
    if (part.length < 3) return [part];
    return Array.from({ length: part.length - 1 }, (_, start) => part.slice(start, start + 2));
  });
"""


class SearchOfBothLanguages(SearchEnglish):
    """Words of English by their stems, and pairs of Chinese characters."""

    lang = "en-zh"
    language_name = "English"  # names the stemmer
    js_splitter_code = _SPLITTER

    def split(self, input: str) -> list[str]:  # noqa: A002
        """Return the words of a text.

        >>> SearchOfBothLanguages({}).split("min_max 标准化")
        ['min_max', '标', '准', '化', '标准', '准化']
        """
        return [part for word in _WORD.findall(input) for part in _parts(word)]

    def word_filter(self, stemmed_word: str) -> bool:
        return stemmed_word >= "\u3400" or super().word_filter(stemmed_word)


def _parts(word: str) -> list[str]:
    if word < "\u3400":
        return [word]
    return [*word, *(word[start : start + 2] for start in range(len(word) - 1))]


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(f'<span class="formula">{mathml(node.astext())}</span>')
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext())}</div>')
    raise nodes.SkipNode


def _set_context(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    if page.startswith("zh/"):
        context["language"] = "zh-CN"
    context["toctree"] = lambda **_: _side_bar(app, page)
    if "body" in context:  # long lines of code can be scrolled by the keyboard
        context["body"] = context["body"].replace(
            '<div class="highlight"><pre>', '<div class="highlight"><pre tabindex="0">'
        )


def _side_bar(app: Sphinx, page: str) -> str:
    """Return the side bar of a page; Sphinx would copy all headings for each page, which takes a minute."""
    lines = []
    for part, documents in PARTS.items():
        lines += [
            f'<p class="caption" role="heading" aria-level="2"><span class="caption-text">{escape(part)}</span></p>'
        ]
        lines.append("<ul>")
        lines += [_entry(app, page, document, 1) for document in documents]
        lines.append("</ul>")
    return "\n".join(lines)


def _entry(app: Sphinx, page: str, document: str, level: int) -> str:
    within = app.env.toctree_includes.get(document, [])
    is_part = page.partition("/")[0] == document.removesuffix("/index")  # a page of a method belongs to the methods
    current = " current" if is_part or page in (document, *within) else ""
    address = app.builder.get_relative_uri(page, document) or "#"
    title = escape(app.env.titles[document].astext())
    link = f'<a class="reference internal{" current" if document == page else ""}" href="{address}">{title}</a>'
    inner = "".join(_entry(app, page, each, level + 1) for each in within)
    return f'<li class="toctree-l{level}{current}">{link}{f"<ul>{inner}</ul>" if inner else ""}</li>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register all parts with Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.add_search_language(SearchOfBothLanguages)
    app.add_lexer("csv", TextLexer)
    app.connect("html-page-context", _set_context, priority=400)  # before the theme reads it
    return {"parallel_read_safe": True, "parallel_write_safe": True}
