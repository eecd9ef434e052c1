"""Documents in LaTeX, with the layout of their tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from itertools import repeat
from typing import TYPE_CHECKING
from unicodedata import combining, decomposition, east_asian_width, normalize

from indicia.documents.blocks import Block, Formula, Heading, Items, Line, TextTable, split_indent
from indicia.errors import TURNING, one_line
from indicia.messages.catalogue import CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


_PORTRAIT, _LANDSCAPE = 345.0, 550.0
"""The width of a line in the class article, in portrait and in landscape, in points."""

_EM = {10: 10.0, 9: 9.25, 8: 8.5, 7: 8.0, 6: 7.4}
"""The width of an em by the size of the letters, in points: Computer Modern is wider in small sizes."""

UPRIGHT = 90.0
"""The greatest height of an upright heading in points; a longer heading has two lines."""

LINE_LETTERS = 14
"""The greatest width of a line of text in a cell, in letters M; a longer text is broken into lines."""


@dataclass(frozen=True)
class Layout:
    """The orientation, letter size and gaps of a table on its page."""

    landscape: bool
    size: int
    """The size of the letters, in points."""
    gap: float = 12.0
    """The space between two columns, in points."""
    upright: bool = False
    """True if the headings of columns of numbers are upright."""

    @property
    def room(self) -> float:
        """The width of a line, in points."""
        return _LANDSCAPE if self.landscape else _PORTRAIT


_LAYOUTS = (
    *(Layout(landscape, size, gap) for landscape in (False, True) for size, gap in ((10, 12.0), (9, 10.0), (8, 8.0))),
    *(Layout(True, size, gap=5.0, upright=True) for size in (8, 7, 6)),
)


def parts_of(table: TextTable) -> list[tuple[TextTable, Layout]]:
    """Return a table with its layout; a table that is wider than a page is split into parts."""
    for layout in _LAYOUTS:
        if sum(widths := column_widths(table, layout)) <= layout.room:
            return [(table, layout)]
    left = min(table.repeated, len(widths) - 1)
    room = layout.room - sum(widths[:left])
    parts: list[list[int]] = [[]]
    for at in range(left, len(widths)):
        if parts[-1] and sum(widths[other] for other in (*parts[-1], at)) > room:
            parts.append([])
        parts[-1].append(at)
    return [(table.of_columns([*range(left), *part]), layout) for part in parts]


def column_widths(table: TextTable, layout: Layout) -> list[float]:
    """Estimate the width of each column with its gap, in points."""
    widths = []
    for at, heading in enumerate(table.headings):
        cells, wide = cells_width(table, at, layout.size), text_width(heading, layout.size)
        if not table.numbers[at]:
            cells = min(cells, LINE_LETTERS * layout.size)
        if layout.upright and table.numbers[at]:
            lines = min(wide, 1.3 * layout.size * (2 if wide > UPRIGHT else 1))
            widths.append(layout.gap + max(cells, lines))
            continue
        words = heading.split() if heading.isascii() else [heading[: max(2, len(heading) // 3 + 1)]]
        longest = max((1.1 * text_width(word, layout.size) for word in words), default=0.0)
        widths.append(layout.gap + max(cells, min(1.1 * wide, max(longest, wide / 2.5))))
    return widths


def cells_width(table: TextTable, at: int, size: int) -> float:
    """Estimate the width of the longest cell of a column in points."""
    return max((text_width(row[at], size) for row in table.rows), default=0.0)


def text_width(text: str, size: int) -> float:
    """Estimate the width of a text in points."""
    letters = sum(1.0 if east_asian_width(mark) in "WF" else 0.72 if mark.isupper() else 0.5 for mark in text)
    return letters * _EM[size]


_SPECIAL = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    **{sign: f"{{{sign}}}" for sign in "[]*"},  # after the \\ of a row, LaTeX reads these signs as options
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    "\N{MINUS SIGN}": "$-$",
    "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "≈": r"$\approx$", "∞": r"$\infty$", "∑": r"$\sum$", "√": r"$\surd$",
    "…": r"\ldots{}", "·": r"\textperiodcentered{}",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0328": "k",
    "\u0331": "b",
}  # fmt: skip
_PRINTABLE = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u0125\u0128-\u0137\u0139-\u013e\u0141-\u0148\u014a-\u0165\u0168-\u017e\u0218-\u021b"
    "\u1e9e\u2010-\u2016\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2030\u2039\u203a\u20ac\u2103\u2116\u2122\u2190-\u2193]"
)
"""The characters of the font encodings T1 and TS1, which pdflatex prints without further packages."""

_FAMILY = "gbsn"
"""The font of Chinese letters in a document that has none."""
_ADDRESS = re.compile(r"(https?://[\w./%#&=?~+:;,-]*[\w/])", re.ASCII)
_OTHER = r"\indiciaother{"


def latex(title: str, blocks: Iterable[Block]) -> str:
    r"""Return a document, or tables without a title, as a file for `\input`, which also compiles by itself.

    A long table continues on further pages. A wide table is in landscape, and a still wider table in several parts.
    """
    blocks = list(blocks)
    family = _family(normalize("NFC", "".join(set("".join(_texts([title, *blocks]))))))
    heading = [rf"\section*{{{latex_text(title, family or _FAMILY)}}}"] if title else []
    return _document([*heading, *(line for block in blocks for line in _lines(block, family))], family)


def _texts(value: object) -> Iterator[str]:
    """Yield all texts of blocks, with the words that the tables in a language get."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        if isinstance(value, TextTable):
            yield from (_word(key, value.language) for key in ("continued", "next_page", "note", "notes"))
        for part in fields(value):
            yield from _texts(getattr(value, part.name))


def _lines(block: Block, family: str) -> Iterator[str]:
    """Yield the lines of a block; `family` is the font of the Chinese letters of the document."""

    def linked(text: str) -> str:
        """Return a text in which addresses may be broken into lines."""
        pieces = _ADDRESS.split(text)
        addresses = [*(rf"\url{{{address}}}" for address in pieces[1::2]), ""]
        texts = (latex_text(piece, family or _FAMILY) for piece in pieces[::2])
        return "".join(f"{piece}{address}" for piece, address in zip(texts, addresses, strict=True))

    if isinstance(block, Heading):
        yield rf"\subsection*{{{linked(block.text)}}}"
    elif isinstance(block, Line):
        yield from (linked(block.text), "")
    elif isinstance(block, Formula):
        yield rf"\[{block.latex}\]"
    elif isinstance(block, Items):
        items = (rf"\item {linked(text)}" for text in block.texts)
        yield from (r"\begin{itemize}\raggedright", *items, r"\end{itemize}")
    else:
        yield from _table_lines(block, family)


def _table_lines(table: TextTable, family: str) -> list[str]:
    """Return the lines of a table, with its notes."""
    parts = parts_of(table)
    lines = [
        line
        for number, (part, layout) in enumerate(parts)
        for line in _Writer(part, layout, family, first=number == 0).longtable()
    ]
    lines += _Writer(table, parts[0][1], family).notes() if table.notes else []
    if any(layout.landscape for _, layout in parts):
        lines = [r"\begin{landscape}", *lines, r"\end{landscape}"]
    return lines


def _document(body: Sequence[str], family: str) -> str:
    r"""Return the text of a file for `\input` with these lines, which also compiles by itself as a document."""
    content = "\n".join(body)
    other = _OTHER in content
    preamble = _preamble(content, family, other=other)
    lines = [
        r"% Put \input{this file} into a paper whose preamble has:",
        *(f"%   {line}" for line in preamble),
        "% The file also compiles by itself, with pdflatex or xelatex; compile again while the widths change.",
        r"\expandafter\ifx\csname @nodocument\endcsname\relax\else",
        r"  \documentclass{article}",
        *(f"  {line}" for line in preamble),
        r"  \begin{document}",
        r"  \def\indiciaend{\end{document}}",
        r"\fi",
    ]
    if other:
        lines += [
            r"% Letters that pdflatex has no font for are question marks there; xelatex sets them.",
            r"\providecommand{\indiciaother}[1]{\ifdefined\Umathchar #1\else ?\fi}",
        ]
    if family:
        body = [
            rf"\ifdefined\Umathchar\else\begin{{CJK*}}{{UTF8}}{{{family}}}\fi",
            *body,
            r"\ifdefined\Umathchar\else\end{CJK*}\fi",
        ]
    return "\n".join([*lines, *body, r"\ifdefined\indiciaend\expandafter\indiciaend\fi"]) + "\n"


def slug(name: str) -> str:
    """Return a name as the label of a table.

    >>> slug("Human Development Index 2022")
    'tab:human-development-index-2022'
    """
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "tab:" + ("-".join(re.findall("[a-z0-9]+", plain)[:8]) or "index")


def latex_text(text: str, family: str = _FAMILY) -> str:
    r"""Escape the signs of LaTeX in a text; `family` is the font of Chinese letters.

    >>> print(latex_text("R&D, 50 % of CO₂ in Łódź"))
    R\&D, 50 \% of CO\textsubscript{2} in Łódź
    """
    line = normalize("NFC", TURNING.sub("", one_line(text)))
    letters = "".join(map(_letter, line, f" {line}", f"{line[1:]} ", repeat(family)))
    runs = re.sub(
        r"(?:\\indiciaother\{.\})+", lambda run: f"{_OTHER}{run[0][len(_OTHER) :: len(_OTHER) + 2]}}}", letters
    )
    return re.sub("-(?=-)", "-{}", runs)


def _letter(mark: str, before: str, after: str, family: str) -> str:
    if mark in _SPECIAL:
        return _SPECIAL[mark]
    if combining(mark):
        return ""
    if _PRINTABLE.match(mark) or _is_chinese(mark, family):
        return mark
    if mark in _GREEK and not (_is_greek(before) or _is_greek(after)):
        return rf"$\{_GREEK[mark]}$"
    kind, _, code = decomposition(mark).partition(" ")
    if kind in ("<sub>", "<super>"):
        command = "textsubscript" if kind == "<sub>" else "textsuperscript"
        return rf"\{command}{{{latex_text(chr(int(code, 16)))}}}"
    base, *accents = list(normalize("NFD", mark))
    if accents and base.isascii() and set(accents) <= set(_ACCENTS):
        for accent in accents:
            base = rf"\{_ACCENTS[accent]}{{{base}}}"
        return base
    return f"{_OTHER}{mark}}}"


def _is_greek(mark: str) -> bool:
    return "\u0370" <= mark <= "\u03ff" or "\u1f00" <= mark <= "\u1fff"


_CODECS = {"gbsn": "gb2312", "bsmi": "big5"}
"""The LaTeX fonts of simplified and traditional Chinese, with the encoding that has the same letters."""


def _is_chinese(mark: str, family: str) -> bool:
    """Return True if a letter is Chinese and the font has it."""
    if east_asian_width(mark) not in "WF":
        return False
    try:
        mark.encode(_CODECS[family])
    except UnicodeEncodeError:
        return False
    return True


def _family(letters: str) -> str:
    """Return the font of the Chinese letters for pdflatex; an empty text if there are none."""
    simplified, traditional = ([_is_chinese(mark, family) for mark in letters] for family in _CODECS)
    if not any(simplified) and not any(traditional):
        return ""
    return "bsmi" if sum(traditional) > sum(simplified) else "gbsn"


def _word(key: str, language: str) -> str:
    return CORE.message(f"table.{key}", language)


def _preamble(content: str, family: str, *, other: bool) -> list[str]:
    packages = ["array", "booktabs", "longtable"]
    packages += ["graphicx"] if r"\rotatebox" in content else []
    packages += ["pdflscape"] if r"\begin{landscape}" in content else []
    lines = [r"\usepackage[hyphens]{url}"] if r"\url{" in content else []
    lines += [rf"\usepackage{{{','.join(packages)}}}"]
    pdf, xe = r"\usepackage[T1]{fontenc}\usepackage{textcomp}", r"\usepackage{fontspec}"
    if family:
        pdf += r"\usepackage{CJKutf8}"
        xe += r"\usepackage{xeCJK}\setCJKmainfont{FandolSong-Regular.otf}[BoldFont=FandolSong-Bold.otf]"
    if other:
        xe += r"\IfFontExistsTF{FreeSerif}{\setmainfont{FreeSerif}}{}"
    return [*lines, r"\ifdefined\Umathchar", f"  {xe}", r"\else", f"  {pdf}", r"\fi"]


@dataclass(frozen=True)
class _Writer:
    """Writes a table with a layout."""

    table: TextTable
    layout: Layout
    family: str
    """The font of Chinese letters."""
    first: bool = True
    """True for a complete table, and for the first part of a split table."""

    def longtable(self) -> list[str]:
        """Return the lines of the table."""
        table, layout = self.table, self.layout
        headings = " & ".join(map(self._heading, range(len(table.headings)), self._widths)) + r" \\"
        kinds = "".join(map(self._kind, range(len(table.headings))))
        head = [r"\toprule", headings, r"\midrule"]
        size = rf"\fontsize{{{layout.size}}}{{{1.2 * layout.size:.1f}}}\selectfont" if layout.size < 10 else ""
        lines = [rf"\begingroup{size}\setlength{{\tabcolsep}}{{{layout.gap / 2:g}pt}}"]
        lines += [r"\setlength{\LTcapwidth}{\linewidth}"]
        name = _word("table", table.language)
        lines += [] if name == "Table" else [rf"\renewcommand{{\tablename}}{{{name}}}"]
        lines += [] if self.first else [r"\addtocounter{table}{-1}"]
        lines += [rf"\begin{{longtable}}{{{kinds}}}"]
        continued, next_page = (self._text(_word(key, table.language)) for key in ("continued", "next_page"))
        if table.caption:
            caption = self._text(table.caption)
            label = rf"\label{{{table.label}}}" if table.label else ""
            repeated_caption = rf"\caption[]{{{caption} {continued}}}\\"
            lines += [rf"\caption{{{caption}}}{label}\\" if self.first else repeated_caption]
            lines += [*head, r"\endfirsthead", repeated_caption, *head, r"\endhead"]
        else:
            lines += [*head, r"\endhead"]
        lines += [r"\midrule", rf"\multicolumn{{{len(table.headings)}}}{{r}}{{{next_page}}} \\", r"\endfoot"]
        lines += [r"\bottomrule", r"\endlastfoot"]
        for first, *others in table.rows:
            level, text = split_indent(first)
            cells = " & ".join(map(self._cell, [text, *others], table.numbers))
            lines.append("".join([*[r"\quad "] * level, cells, r" \\"]))
        return [*lines, r"\end{longtable}", r"\endgroup"]

    def notes(self) -> list[str]:
        """Return the lines of the notes below the table."""
        notes = self.table.notes
        end, space = (_word(key, self.table.language) for key in ("stop", "between"))
        sentences = space.join(self._text(note if note.endswith(end) else f"{note}{end}") for note in notes)
        heading = self._text(_word("notes" if len(notes) > 1 else "note", self.table.language))
        return [rf"\begingroup\footnotesize\noindent\textit{{{heading}:}} {sentences}\par\endgroup"]

    def _text(self, text: str) -> str:
        return latex_text(text, self.family or _FAMILY)

    def _cell(self, cell: str, is_number: bool) -> str:
        return f"$-${cell[1:]}" if is_number and re.match(r"-[\d.]", cell) else self._text(cell)

    def _kind(self, at: int) -> str:
        longest = LINE_LETTERS * self.layout.size
        if self.table.numbers[at]:
            return "r"
        broken = cells_width(self.table, at, self.layout.size) > longest
        return rf">{{\raggedright\arraybackslash}}p{{{longest}pt}}" if broken else "l"

    @property
    def _widths(self) -> list[float]:
        return [width - self.layout.gap for width in column_widths(self.table, self.layout)]

    def _heading(self, at: int, width: float) -> str:
        heading, wide = self._text(self.table.headings[at]), text_width(self.table.headings[at], self.layout.size)
        if wide <= width:
            return heading
        if self.layout.upright and self.table.numbers[at]:
            lines = rf"\parbox[b]{{{UPRIGHT:g}pt}}{{\raggedright {heading}}}" if wide > UPRIGHT else heading
            return rf"\rotatebox{{90}}{{{lines}}}"
        side = "left" if self.table.numbers[at] else "right"
        return rf"\multicolumn{{1}}{{>{{\ragged{side}\arraybackslash}}b{{{width:.0f}pt}}}}{{{heading}}}"
